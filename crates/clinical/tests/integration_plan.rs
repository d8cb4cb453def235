//! What is owed before and after sessions, against the windows of the reference.
//!
//! Witnesses: `policies/integration.cases.toml` and `policies/integration-prompts.cases.toml`, worked
//! out by hand from clinical reference 9; and dates around a change of the clocks, worked out with a
//! calendar: in New York clocks went back an hour on 1 November 2026 at 02:00 and go forward on
//! 14 March 2027.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::integration::{
    ContactKind, Given, INTEGRATION, Integration, IntegrationEvent, IntegrationRules, Mode, Note,
    Prompts, Standing, Visit, owed, plan,
};
use clinical::policy::{Quantity, Unit};
use clinical::record::{
    Actor, CommandId, EventId, Folded as _, Header, Recorded as _, Role, SessionId, StaffId,
    StreamId, StreamKind, TenantId,
};
use serde::Deserialize;
use units::{Moment, Span};
use uuid::Uuid;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    says: String,
    sessions: Vec<i64>,
    owed: Vec<(String, u128, i64, i64, i64)>,
}

#[derive(Deserialize)]
struct PromptCases {
    case: Vec<PromptCase>,
}

#[derive(Deserialize)]
struct PromptCase {
    hours: i64,
    prompts: Vec<String>,
}

const END: Moment = Moment::from_microseconds(1_795_179_600_000_000);

fn rules() -> IntegrationRules {
    IntegrationRules::shipped().unwrap()
}

fn session(number: u128) -> SessionId {
    SessionId(Uuid::from_u128(number))
}

fn given(hours: &[i64]) -> Vec<Given> {
    hours
        .iter()
        .zip(1..)
        .map(|(hours, number)| {
            let ended = END + Span::from_hours(*hours);
            Given {
                session: session(number),
                ended,
                left: Some(ended + Span::from_hours(1)),
            }
        })
        .collect()
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn therapist() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(7)),
        name: "Tess Moran".to_owned(),
        role: Role::Therapist,
    }
}

fn taken(state: &mut Integration, events: &[IntegrationEvent], at: Moment) {
    for event in events {
        let header = Header {
            tenant: TenantId(Uuid::nil()),
            position: 0,
            stream: StreamId::of(StreamKind::Integration, Uuid::nil()),
            stream_version: 0,
            event_id: EventId(Uuid::nil()),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: therapist(),
            command_id: CommandId(Uuid::nil()),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        state.take(&header, event);
    }
}

#[test]
fn sessions_owe_the_contacts_of_the_reference() {
    let cases: Cases = toml::from_str(INTEGRATION.cases).unwrap();
    assert!(cases.case.len() >= 8);
    for case in cases.case {
        let owed: Vec<(String, u128, i64, i64, i64)> = owed(&given(&case.sessions), None, &rules())
            .into_iter()
            .filter(|one| one.kind != ContactKind::Check)
            .map(|one| {
                let hours = |at: Moment| (at - END).minutes() / 60;
                let number = one.session.unwrap().0.as_u128();
                let closes = hours(one.closes.unwrap());
                let word = one.kind.word().to_owned();
                (word, number, hours(one.opens), hours(one.aim), closes)
            })
            .collect();
        assert_eq!(owed, case.owed, "{}", case.says);
    }
}

#[test]
fn questions_come_and_go_by_the_hours_since_the_session() {
    let text = include_str!("../../../policies/integration-prompts.cases.toml");
    let cases: PromptCases = toml::from_str(text).unwrap();
    let prompts = Prompts::shipped().unwrap();
    for case in cases.case {
        let asked: Vec<&str> = prompts
            .at(Span::from_hours(case.hours))
            .map(|one| one.id.as_str())
            .collect();
        assert_eq!(asked, case.prompts, "after {} h", case.hours);
    }
}

#[test]
fn the_themes_are_those_of_the_reference() {
    // Witness: the list of clinical reference 9, counted: sixteen.
    assert_eq!(Prompts::shipped().unwrap().themes.len(), 16);
}

#[test]
fn windows_are_time_that_passes_where_the_clocks_are_changed() {
    // Ended on Saturday, 31 October 2026, 22:00 in New York, which was 02:00 UTC on Sunday. A day
    // later the clock shows 21:00 on Sunday; the window closes on Wednesday, 4 November, 21:00.
    let one = Given {
        session: session(1),
        ended: at("2026-11-01T02:00:00Z"),
        left: None,
    };
    let all = owed(&[one], None, &rules());
    let first = all
        .iter()
        .find(|one| one.kind == ContactKind::First)
        .unwrap();
    assert_eq!(first.opens, at("2026-11-02T02:00:00Z"));
    assert_eq!(first.aim, at("2026-11-04T02:00:00Z"));
    assert_eq!(first.closes, Some(at("2026-11-05T02:00:00Z")));
    // 30 days after Friday, 26 February 2027, 10:00 (15:00 UTC) is Sunday, 28 March, 15:00 UTC, which
    // the clock shows as 11:00; a week either side of it, 21 March and 4 April.
    let one = Given {
        session: session(1),
        ended: at("2027-02-26T15:00:00Z"),
        left: None,
    };
    let all = owed(&[one], None, &rules());
    let review = all
        .iter()
        .find(|one| one.kind == ContactKind::Review)
        .unwrap();
    assert_eq!(review.opens, at("2027-03-21T15:00:00Z"));
    assert_eq!(review.aim, at("2027-03-28T15:00:00Z"));
    assert_eq!(review.closes, Some(at("2027-04-04T15:00:00Z")));
}

#[test]
fn a_preparation_visit_is_owed_within_fourteen_days_before_the_first_session_and_never_later() {
    let visit = Some(Visit {
        starts: at("2026-12-20T10:00:00Z"),
    });
    let all = owed(&[], visit, &rules());
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].kind, ContactKind::Preparation);
    assert_eq!(all[0].opens, at("2026-12-06T10:00:00Z"));
    assert_eq!(all[0].closes, Some(at("2026-12-20T10:00:00Z")));
    let after = owed(&given(&[0]), visit, &rules());
    assert!(after.iter().all(|one| one.kind != ContactKind::Preparation));
}

#[test]
fn the_check_before_leaving_is_due_until_the_person_has_left() {
    let mut here = given(&[0]);
    here[0].left = None;
    let stands = |given: &[Given], now: Moment| {
        let plan = plan(given, None, &Integration::default(), &rules(), now);
        let check = plan
            .into_iter()
            .find(|one| one.owed.kind == ContactKind::Check);
        check.unwrap().standing
    };
    assert_eq!(stands(&here, END + Span::from_hours(5)), Standing::Due);
    let left = given(&[0]);
    assert_eq!(stands(&left, END + Span::from_minutes(60)), Standing::Due);
    assert_eq!(stands(&left, END + Span::from_minutes(61)), Standing::Late);
}

#[test]
fn a_contact_is_ahead_due_and_late_by_its_window_to_the_second() {
    // Hazard: H68
    let stands = |hours: i64, seconds: i64| {
        let now = END + Span::from_hours(hours) + Span::from_seconds(seconds);
        let plan = plan(&given(&[0]), None, &Integration::default(), &rules(), now);
        let first = plan
            .into_iter()
            .find(|one| one.owed.kind == ContactKind::First);
        first.unwrap().standing
    };
    assert_eq!(stands(24, -1), Standing::Ahead);
    assert_eq!(stands(24, 0), Standing::Due);
    assert_eq!(stands(96, 0), Standing::Due);
    assert_eq!(stands(96, 1), Standing::Late);
}

#[test]
fn a_day_that_was_agreed_and_has_passed_without_a_note_holds_nothing() {
    // Hazard: H68
    let mut known = Integration::default();
    let contact = (ContactKind::First, Some(session(1)));
    let day = END + Span::from_hours(48);
    let events = known
        .book(Uuid::from_u128(1), contact, (day, Mode::Video, None), END)
        .unwrap();
    taken(&mut known, &events, END);
    let stands = |hours: i64| {
        let now = END + Span::from_hours(hours);
        let plan = plan(&given(&[0]), None, &known, &rules(), now);
        let first = plan
            .into_iter()
            .find(|one| one.owed.kind == ContactKind::First);
        first.unwrap().standing
    };
    let booked = Standing::Booked {
        booking: Uuid::from_u128(1),
        at: day,
    };
    assert_eq!(stands(47), booked);
    assert_eq!(stands(48), Standing::Due);
    assert_eq!(stands(97), Standing::Late);
}

#[test]
fn a_contact_that_was_held_late_is_held() {
    let mut known = Integration::default();
    let held = END + Span::from_hours(120);
    let mut note = Note::new(ContactKind::First, held, Mode::Phone);
    note.session = Some(session(1));
    let id = Uuid::from_u128(9);
    let events = known.draft(id, note, &therapist(), |_| true, held).unwrap();
    taken(&mut known, &events, held);
    let now = END + Span::from_hours(130);
    let plan = plan(&given(&[0]), None, &known, &rules(), now);
    let first = plan
        .into_iter()
        .find(|one| one.owed.kind == ContactKind::First);
    let standing = Standing::Held {
        note: id,
        at: held,
        signed: false,
    };
    assert_eq!(first.unwrap().standing, standing);
}

#[test]
fn hours_of_a_window_that_do_not_follow_each_other_are_refused() {
    let hours = |hours: i64| Quantity {
        value: hours.into(),
        unit: Unit::Hours,
    };
    let own = |pairs: &[(&str, i64)]| {
        let values = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), hours(*value)));
        IntegrationRules::adopted(values.collect())
    };
    assert!(own(&[("opens", 24), ("aim", 24), ("closes", 72)]).is_ok());
    assert!(own(&[("opens", 48), ("aim", 36)]).is_err());
    assert!(own(&[("aim", 96), ("closes", 72)]).is_err());
}
