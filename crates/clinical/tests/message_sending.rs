//! A message on its way: who hands it over, by which way, and when it is given up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::message::{Message, MessageEvent, Outgoing, Standing, Tried};
use clinical::leaflet::Language;
use clinical::patient::Channel;
use clinical::record::{
    Actor, CommandId, EventId, Folded, Header, PatientId, Recorded, StreamId, StreamKind, TenantId,
};
use units::{Moment, Span};
use uuid::Uuid;

const DUE: Moment = Moment::from_microseconds(1_790_000_000_000_000);

fn minutes(count: i64) -> Moment {
    DUE + Span::from_minutes(count)
}

fn take(outgoing: &mut Outgoing, events: Vec<MessageEvent>, at: Moment) -> usize {
    let count = events.len();
    for event in events {
        let header = Header {
            tenant: TenantId(Uuid::from_u128(1)),
            position: 1,
            stream: StreamId::of(StreamKind::Message, Uuid::from_u128(2)),
            stream_version: 1,
            event_id: EventId(Uuid::from_u128(3)),
            kind: event.name().to_owned(),
            schema_version: MessageEvent::SCHEMA_VERSION,
            actor: Actor::System {
                part: "messages".to_owned(),
            },
            command_id: CommandId(Uuid::from_u128(4)),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        outgoing.take(&header, &event);
    }
    count
}

fn queued() -> Outgoing {
    let mut outgoing = Outgoing::default();
    let message = Message {
        patient: PatientId(Uuid::from_u128(5)),
        staff: None,
        escort: None,
        session: None,
        kind: "reminder".to_owned(),
        channel: Channel::TextMessage,
        language: Language::English,
        subject: "Please read".to_owned(),
        text: "Please read".to_owned(),
        leads_to: None,
        due: DUE,
    };
    let events = outgoing.queue(message);
    take(&mut outgoing, events, DUE);
    outgoing
}

fn channel(outgoing: &Outgoing) -> Channel {
    outgoing.message.as_ref().unwrap().channel
}

fn never() -> Tried {
    Tried::Never {
        why: "no such number".to_owned(),
    }
}

const BOTH: [Channel; 2] = [Channel::TextMessage, Channel::Email];

#[test]
fn of_two_servers_one_has_a_message_until_its_claim_has_run_out() {
    let mut outgoing = queued();
    let (first, second) = (Uuid::from_u128(10), Uuid::from_u128(11));
    assert_eq!(outgoing.claim(first, DUE - Span::from_seconds(1)), []);
    let events = outgoing.claim(first, DUE);
    assert_eq!(take(&mut outgoing, events, DUE), 1);
    assert_eq!(outgoing.claimed, Some(first));
    assert_eq!(outgoing.claim(second, minutes(4)), []);
    // The machine of the first one died: five minutes later another one sends it.
    let events = outgoing.claim(second, minutes(5));
    assert_eq!(take(&mut outgoing, events, minutes(5)), 1);
    assert_eq!(outgoing.claimed, Some(second));
}

#[test]
fn what_came_of_a_try_ends_its_claim() {
    let mut outgoing = queued();
    let events = outgoing.claim(Uuid::from_u128(10), DUE);
    take(&mut outgoing, events, DUE);
    let later = Tried::NotNow {
        why: "busy".to_owned(),
    };
    let events = outgoing.tried(later, &BOTH, DUE);
    take(&mut outgoing, events, DUE);
    assert_eq!(outgoing.claimed, None);
    assert_eq!(outgoing.standing, Standing::Waiting { due: minutes(1) });
    assert_eq!(channel(&outgoing), Channel::TextMessage);
}

#[test]
fn what_cannot_arrive_by_one_way_goes_by_the_next_that_was_agreed_to_and_then_fails() {
    let mut outgoing = queued();
    let events = outgoing.tried(never(), &BOTH, DUE);
    take(&mut outgoing, events, DUE);
    assert_eq!(channel(&outgoing), Channel::Email);
    assert_eq!(outgoing.standing, Standing::Waiting { due: DUE });
    assert_eq!(outgoing.trouble.as_deref(), Some("no such number"));
    let events = outgoing.tried(never(), &BOTH, minutes(1));
    take(&mut outgoing, events, minutes(1));
    assert!(matches!(outgoing.standing, Standing::Failed { .. }));
}

#[test]
fn nobody_is_written_to_by_a_way_that_they_did_not_agree_to() {
    let mut outgoing = queued();
    let events = outgoing.tried(never(), &[Channel::TextMessage], DUE);
    take(&mut outgoing, events, DUE);
    assert!(matches!(outgoing.standing, Standing::Failed { .. }));
    assert_eq!(channel(&outgoing), Channel::TextMessage);
}

#[test]
fn a_way_that_is_given_up_after_its_tries_is_followed_by_the_next_one() {
    let mut outgoing = queued();
    for _ in 0..7 {
        let later = Tried::NotNow {
            why: "busy".to_owned(),
        };
        let events = outgoing.tried(later, &BOTH, DUE);
        assert_eq!(take(&mut outgoing, events, DUE), 1);
    }
    assert_eq!(channel(&outgoing), Channel::Email);
    assert_eq!(outgoing.tries, 0);
}
