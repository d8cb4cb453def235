//! Whom a person agreed to have told, and what a letter may say.
//!
//! Expected answers: hazard H74, written by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::correspondence::{
    AgreedHow, Correspondence, CorrespondenceEvent, LONGEST_NAME, LONGEST_WORDS, Letter, Part,
    Recipient, Refusal, Section, Telling, Topic, Way,
};
use clinical::patient::CivilDate;
use clinical::record::{
    Actor, CommandId, EventId, Folded as _, Header, Recorded as _, Role, StreamId, StreamKind,
    TenantId,
};
use units::Moment;
use uuid::Uuid;

const AGREEMENT: Uuid = Uuid::from_u128(1);
const LETTER: Uuid = Uuid::from_u128(2);

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn take(state: &mut Correspondence, events: Vec<CorrespondenceEvent>) {
    for event in events {
        let at = Moment::parse("2026-11-30T10:00:00Z").unwrap();
        let header = Header {
            tenant: TenantId(Uuid::nil()),
            position: 0,
            stream: StreamId::of(StreamKind::Correspondence, Uuid::nil()),
            stream_version: 0,
            event_id: EventId(Uuid::nil()),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: Actor::System {
                part: "test".to_owned(),
            },
            command_id: CommandId(Uuid::nil()),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        state.take(&header, &event);
    }
}

fn telling(topics: &[Topic]) -> Telling {
    Telling {
        to: Recipient {
            name: " Dr Amara Diallo, Riverside Practice ".to_owned(),
            part: Part::Referrer,
            address: "1 River Road".to_owned(),
        },
        topics: topics.iter().copied().collect(),
        how: AgreedHow::Spoken,
        until: Some(day("2026-12-31")),
    }
}

fn letter(topics: &[Topic], words: &str) -> Letter {
    let section = |topic: &Topic| Section {
        topic: *topic,
        lines: vec!["Three sessions.".to_owned()],
        head: Vec::new(),
        rows: Vec::new(),
    };
    Letter {
        from: day("2026-11-01"),
        until: day("2026-11-30"),
        sections: topics.iter().map(section).collect(),
        words: words.to_owned(),
        name: "Dr Maria Okonkwo".to_owned(),
        role: Role::Prescriber,
    }
}

fn agreed(topics: &[Topic]) -> Correspondence {
    let mut state = Correspondence::default();
    let events = state.agree(AGREEMENT, telling(topics), day("2026-11-30"));
    take(&mut state, events.unwrap());
    state
}

#[test]
fn who_is_told_has_a_name_and_something_is_named_that_may_be_told() {
    let today = day("2026-11-30");
    let nobody = Correspondence::default();
    let refused = |change: &dyn Fn(&mut Telling)| {
        let mut wanted = telling(&[Topic::Sessions]);
        change(&mut wanted);
        nobody.agree(AGREEMENT, wanted, today).unwrap_err()
    };
    assert_eq!(
        refused(&|wanted| wanted.to.name = "  ".to_owned()),
        Refusal::NoName
    );
    assert_eq!(
        refused(&|wanted| wanted.to.name = "x".repeat(201)),
        Refusal::TooLong(LONGEST_NAME)
    );
    assert_eq!(
        refused(&|wanted| wanted.topics.clear()),
        Refusal::NothingToTell
    );
    assert_eq!(
        refused(&|wanted| wanted.until = Some(day("2026-11-29"))),
        Refusal::OverAlready
    );
    let known = agreed(&[Topic::Sessions]);
    assert_eq!(
        known.agreements[0].telling.to.name,
        "Dr Amara Diallo, Riverside Practice"
    );
}

#[test]
fn a_letter_tells_only_what_the_person_agreed_to_have_told() {
    // Hazard: H74
    let known = agreed(&[Topic::Sessions, Topic::Next]);
    let today = day("2026-11-30");
    let signed = |contents| known.sign(LETTER, AGREEMENT, contents, today);
    assert!(signed(letter(&[Topic::Sessions], "")).is_ok());
    assert!(signed(letter(&[], "She is coming again in May.")).is_ok());
    assert_eq!(
        signed(letter(&[Topic::Sessions, Topic::Scales], "")),
        Err(Refusal::NotAgreed(Topic::Scales))
    );
    assert_eq!(
        signed(letter(&[Topic::Effects], "")),
        Err(Refusal::NotAgreed(Topic::Effects))
    );
    assert_eq!(signed(letter(&[], " \n ")), Err(Refusal::Empty));
    assert_eq!(
        signed(letter(&[], &"x".repeat(6_001))),
        Err(Refusal::TooLong(LONGEST_WORDS))
    );
    let mut backwards = letter(&[Topic::Next], "");
    backwards.from = day("2026-12-01");
    assert_eq!(signed(backwards), Err(Refusal::Backwards));
    let mut to_come = letter(&[Topic::Next], "");
    to_come.until = day("2026-12-01");
    assert_eq!(signed(to_come), Err(Refusal::DayToCome));
    let other = known.sign(LETTER, Uuid::from_u128(9), letter(&[], "So."), today);
    assert_eq!(other, Err(Refusal::NoAgreement));
}

#[test]
fn what_was_taken_back_stops_the_next_letter_and_the_one_that_has_not_left() {
    // Hazard: H74
    let mut state = agreed(&[Topic::Sessions]);
    let today = day("2026-11-30");
    let contents = letter(&[Topic::Sessions], "");
    let signed = state.sign(LETTER, AGREEMENT, contents.clone(), today);
    take(&mut state, signed.unwrap());
    let left = state.leave(LETTER, Way::Post, " to the practice ", today);
    take(&mut state, left.unwrap());
    assert_eq!(state.letters[0].left.len(), 1);
    assert_eq!(state.letters[0].left[0].note, "to the practice");

    let back = state.take_back(AGREEMENT, "she is not my doctor any more");
    take(&mut state, back.unwrap());
    assert!(!state.agreements[0].stands(today));
    // Once is enough.
    assert_eq!(state.take_back(AGREEMENT, ""), Ok(Vec::new()));
    let again = state.sign(Uuid::from_u128(3), AGREEMENT, contents, today);
    assert_eq!(again, Err(Refusal::TakenBack));
    let leaves = state.leave(LETTER, Way::Fax, "", today);
    assert_eq!(leaves, Err(Refusal::TakenBack));
    // What has left stays in the record.
    assert_eq!(state.letters[0].left.len(), 1);
}

#[test]
fn an_agreement_holds_until_the_end_of_its_last_day() {
    // Hazard: H74
    let state = agreed(&[Topic::Sessions]);
    let contents = letter(&[Topic::Sessions], "");
    let on = |text: &str| state.sign(LETTER, AGREEMENT, contents.clone(), day(text));
    assert!(on("2026-12-31").is_ok());
    assert_eq!(on("2027-01-01"), Err(Refusal::Over));
    let unknown = state.leave(LETTER, Way::Post, "", day("2026-12-01"));
    assert_eq!(unknown, Err(Refusal::NoLetter));
}
