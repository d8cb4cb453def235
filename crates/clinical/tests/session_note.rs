//! What a clinician writes of a session: composed from what stands, signed, added to.
//!
//! Witness of the amounts: 35 mg in 50 mL at 75 mL/h runs 40 min; 10 min of it are 12.5 mL of
//! 0.7 mg/mL, that is 8.75 mg.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::note::{
    Addendum, Chart, Composing, Focus, Note, NoteEvent, Notes, Refusal, Visit as Visited, composed,
};
use clinical::course::session::{Correction, Stage};
use clinical::record::*;
use units::Moment;
use uuid::Uuid;

/// Somebody whose account is not the nurse's.
fn doctor() -> Actor {
    person("Birgit Halvorsen", Role::Prescriber)
}

const MEANS: &str = "I wrote this note.";

fn minutes(at: Moment) -> String {
    format!("T{:+}", (at - START).seconds() / 60)
}

fn lines(visit: &Visit, focus: Focus) -> Vec<String> {
    let composing = Composing {
        session: &visit.session,
        clock: &minutes,
        recoveries: &clinical::course::session::decide::recoveries(&visit.session, &visit.rules),
    };
    composed(&composing, focus)
        .into_iter()
        .flat_map(|paragraph| paragraph.lines)
        .collect()
}

fn has(lines: &[String], says: &str) -> bool {
    lines.iter().any(|line| line.contains(says))
}

/// Given for ten minutes, paused, stopped for safety; left two hours later.
fn whole_visit() -> Visit {
    let mut visit = Visit::running();
    visit.does(chart(vital_signs(158, 92)), minute(5));
    visit.does(sedation(4), minute(8));
    visit.does(note("asked for the window to be closed"), minute(9));
    visit.does(pause(), minute(10));
    visit.does(stop(), minute(12));
    visit.does(
        clinical::course::session::Command::BeginObservation,
        minute(13),
    );
    visit.comes_back(minute(150));
    visit.does(discharge("Bea Ortiz"), minute(150));
    visit
}

#[test]
fn a_note_says_what_was_given_what_was_highest_and_who_took_them_home() {
    let says = lines(&whole_visit(), Focus::Whole);
    assert!(
        has(&says, "T+0 infusion begun at 75\u{a0}mL/h"),
        "{says:#?}"
    );
    assert!(has(&says, "T+10 paused"));
    assert!(has(&says, "T+12 ordered dose given"));
    assert!(has(&says, "In all 8.75\u{a0}mg of 35\u{a0}mg ordered."));
    assert!(has(&says, "highest 158/92"));
    assert!(has(&says, "at T+5, lowest 120/70"));
    assert!(has(&says, "MOAA/S: lowest 4 of 5 at T+8."));
    assert!(has(&says, "Breathing: not charted."));
    assert!(has(&says, "T+9 asked for the window to be closed"));
    assert!(has(&says, "T+150 left with Bea Ortiz."));
}

#[test]
fn a_value_that_was_put_right_stands_alone_and_a_struck_note_is_left_out() {
    let mut visit = Visit::running();
    let wrong = visit.does(chart(vital_signs(258, 92)), minute(5));
    let said = visit.does(note("belongs to room 2"), minute(6));
    visit.does(
        correct(
            wrong,
            Correction::VitalSigns {
                values: vital_signs(158, 92),
            },
        ),
        minute(7),
    );
    visit.does(correct(said, Correction::Struck), minute(7));
    let says = lines(&visit, Focus::Whole);
    assert!(has(&says, "highest 158/92"));
    assert!(!has(&says, "258"));
    assert!(!has(&says, "belongs to room 2"));
    assert!(has(&says, "2 entries were corrected"));
}

#[test]
fn what_was_not_charted_is_said_and_not_left_out() {
    let visit = Visit::checked_in(order(), 0);
    let says = lines(&visit, Focus::Whole);
    assert!(has(&says, "No drug was given."));
    assert!(has(&says, "No vital signs were charted."));
    assert!(has(&says, "Has not left yet."));
}

#[test]
fn a_therapist_begins_without_the_numbers_of_the_monitor() {
    let says = lines(&whole_visit(), Focus::of(Role::Therapist));
    assert!(!has(&says, "Blood pressure"));
    assert!(has(&says, "In all 8.75\u{a0}mg"));
    assert!(has(&says, "left with Bea Ortiz"));
}

fn chart_of(version: u64) -> Chart {
    Chart {
        version,
        leaf: format!("{version:064x}"),
    }
}

fn visited(chart: &Chart, stage: Stage, seen: u64) -> Visited<'_> {
    Visited {
        session: SessionId(Uuid::from_u128(1)),
        stage,
        chart,
        seen,
    }
}

fn after(notes: &Notes, actor: &Actor, events: Vec<NoteEvent>, at: Moment) -> Notes {
    let mut notes = notes.clone();
    for event in events {
        let header = Header {
            tenant: TenantId(Uuid::from_u128(2)),
            position: 1,
            stream: StreamId::of(StreamKind::Notes, Uuid::from_u128(1)),
            stream_version: 1,
            event_id: EventId(Uuid::from_u128(9)),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: actor.clone(),
            command_id: CommandId(Uuid::from_u128(3)),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        notes.take(&header, &event);
    }
    notes
}

fn author(actor: &Actor) -> StaffId {
    match actor {
        Actor::Person { id, .. } => *id,
        other => panic!("{other:?}"),
    }
}

fn signed_by_the_nurse() -> Notes {
    let chart = chart_of(40);
    let notes = Notes::default();
    let events = notes
        .sign(
            &nurse(),
            minute(160),
            ("All went well.", MEANS),
            &visited(&chart, Stage::Discharged, 40),
        )
        .unwrap();
    after(&notes, &nurse(), events, minute(160))
}

#[test]
fn nobody_signs_before_the_visit_has_ended() {
    let chart = chart_of(40);
    for stage in [
        Stage::Infusion,
        Stage::Paused,
        Stage::Stopped,
        Stage::Observation,
    ] {
        let refused = Notes::default().sign(
            &nurse(),
            minute(20),
            ("All went well.", MEANS),
            &visited(&chart, stage, 40),
        );
        assert_eq!(refused, Err(Refusal::VisitNotOver), "{stage:?}");
    }
}

// Hazard: H70
#[test]
fn nobody_signs_beside_a_chart_that_they_have_not_seen() {
    let chart = chart_of(41);
    let refused = Notes::default().sign(
        &nurse(),
        minute(160),
        ("All went well.", MEANS),
        &visited(&chart, Stage::Discharged, 40),
    );
    assert_eq!(refused, Err(Refusal::ChartChanged));
}

#[test]
fn a_signed_note_is_not_written_over() {
    let notes = signed_by_the_nurse();
    assert_eq!(notes.draft(&nurse(), "Else."), Err(Refusal::AlreadySigned));
    let chart = chart_of(40);
    let again = notes.sign(
        &nurse(),
        minute(170),
        ("Else.", MEANS),
        &visited(&chart, Stage::Signed, 40),
    );
    assert_eq!(again, Err(Refusal::AlreadySigned));
    // Somebody else has a note of their own.
    assert!(notes.draft(&doctor(), "Mine.").is_ok());
}

// Hazard: H70
#[test]
fn a_signature_holds_for_its_words_its_time_its_name_its_meaning_and_its_chart_alone() {
    let session = SessionId(Uuid::from_u128(1));
    let notes = signed_by_the_nurse();
    let note = notes.of(author(&nurse())).unwrap();
    assert!(note.holds(session));
    assert!(!note.holds(SessionId(Uuid::from_u128(4))));
    let other = |change: fn(&mut Note)| {
        let mut other = note.clone();
        change(&mut other);
        other.holds(session)
    };
    assert!(!other(|note| note.text.push('.')));
    let signature = |change: fn(&mut clinical::course::note::Signature)| {
        let mut other = note.clone();
        change(&mut other.signed.as_mut().unwrap().0);
        other.holds(session)
    };
    assert!(!signature(|one| one.at = minute(161)));
    assert!(!signature(|one| one.name = "Nora Lynd".to_owned()));
    assert!(!signature(|one| one.role = Role::Prescriber));
    assert!(!signature(|one| one.means.clear()));
    let mut moved = note.clone();
    moved.signed.as_mut().unwrap().1 = chart_of(41);
    assert!(!moved.holds(session));
}

#[test]
fn an_addendum_has_a_signature_of_its_own_and_anybody_who_writes_may_add() {
    let notes = signed_by_the_nurse();
    let chart = chart_of(44);
    let events = notes
        .add(
            &doctor(),
            minute(300),
            ("She called: no nausea.", MEANS),
            (author(&nurse()), false),
            &visited(&chart, Stage::Signed, 44),
        )
        .unwrap();
    let notes = after(&notes, &doctor(), events, minute(300));
    let note = notes.of(author(&nurse())).unwrap();
    assert_eq!(note.text, "All went well.");
    let added: Vec<&str> = note
        .addenda
        .iter()
        .map(|one: &Addendum| &*one.text)
        .collect();
    assert_eq!(added, ["She called: no nausea."]);
    assert_eq!(note.addenda[0].signature.name, "Birgit Halvorsen");
    assert!(note.holds(SessionId(Uuid::from_u128(1))) && !note.is_struck());
}

#[test]
fn only_its_author_takes_a_note_back_and_it_stays_readable() {
    let notes = signed_by_the_nurse();
    let chart = chart_of(40);
    let take_back = |actor: &Actor| {
        notes.add(
            actor,
            minute(200),
            ("About somebody else.", MEANS),
            (author(&nurse()), true),
            &visited(&chart, Stage::Discharged, 40),
        )
    };
    assert_eq!(take_back(&doctor()), Err(Refusal::NotTheAuthor));
    let notes = after(&notes, &nurse(), take_back(&nurse()).unwrap(), minute(200));
    let note = notes.of(author(&nurse())).unwrap();
    assert!(note.is_struck());
    assert_eq!(note.text, "All went well.");
}

#[test]
fn a_draft_is_kept_once_and_an_empty_one_is_asked_about() {
    let notes = Notes::default();
    assert_eq!(notes.draft(&nurse(), "  \n "), Err(Refusal::Empty));
    let events = notes.draft(&nurse(), " Came early.\r\nSlept.\n").unwrap();
    let notes = after(&notes, &nurse(), events, minute(1));
    assert_eq!(
        notes.of(author(&nurse())).unwrap().text,
        "Came early.\nSlept."
    );
    assert_eq!(notes.draft(&nurse(), "Came early.\nSlept."), Ok(Vec::new()));
    assert_eq!(notes.draft(&engine(), "x"), Err(Refusal::NotAPerson));
    assert_eq!(
        notes.draft(&nurse(), &"a".repeat(20_001)),
        Err(Refusal::TooLong)
    );
}
