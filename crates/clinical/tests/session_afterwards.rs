//! What was recorded without contact, or on paper, and reaches the record afterwards.
//!
//! Source of the expected answers: issue text and safety reference 14.6 (all entries once, conflicts
//! shown and not dropped, nothing re-dated); hazards H22, H23, H26. Milligrams by hand: 75 mL/h of
//! 0.7 mg/mL is 52.5 mg in an hour, 0.875 mg in a minute.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::prediction::{Basis, Doubt};
use clinical::course::session::*;
use clinical::record::*;
use units::*;
use uuid::Uuid;

fn kept() -> Afterwards {
    Afterwards {
        how: HowLater::WithoutContact,
        tablet: "tablet-a".to_owned(),
        tablet_at: Some(minute(1)),
        doubt: None,
    }
}

/// An act that happened at one minute and reaches the server at another.
fn arrives(
    visit: &mut Visit,
    command: Command,
    at: Moment,
    now: Moment,
) -> Result<Vec<SessionEvent>, Refusal> {
    arrives_with(visit, command, at, now, kept())
}

fn arrives_with(
    visit: &mut Visit,
    command: Command,
    at: Moment,
    now: Moment,
    kept: Afterwards,
) -> Result<Vec<SessionEvent>, Refusal> {
    let actor = nurse();
    let context = Context {
        now,
        at,
        actor: &actor,
        monitor: visit.monitor.clone(),
        papers: &visit.papers,
        rules: &visit.rules,
    };
    let events = decide_afterwards(&visit.session, command, &context, kept)?;
    let command_id = CommandId(Uuid::from_u128(90_000 + u128::from(visit.session.version)));
    for event in &events {
        let version = visit.session.version + 1;
        let header = Header {
            tenant: TenantId(Uuid::from_u128(2)),
            position: version,
            stream: StreamId::session(visit.session.id),
            stream_version: version,
            event_id: EventId(Uuid::from_u128(1_000 + u128::from(version))),
            kind: event.name().to_owned(),
            schema_version: SessionEvent::SCHEMA_VERSION,
            actor: actor.clone(),
            command_id,
            occurred_at: at,
            recorded_at: now,
            previous: [0; 32],
        };
        // What is stored is read back: the events of this file too.
        let written = serde_json::to_string(event).unwrap();
        let read: SessionEvent = serde_json::from_str(&written).unwrap();
        assert_eq!(&read, event);
        visit.session.apply(&header, read.clone());
        visit.events.push((header, read));
    }
    Ok(events)
}

fn resume() -> Command {
    Command::ResumeInfusion
}

fn is_held(events: &[SessionEvent]) -> bool {
    matches!(events.first(), Some(SessionEvent::ActHeld { .. }))
}

fn waiting(visit: &Visit) -> usize {
    visit.session.waiting_for_review().count()
}

fn review(
    visit: &mut Visit,
    outcome: LateOutcome,
    now: Moment,
) -> Result<Vec<SessionEvent>, Refusal> {
    let entry = visit.session.waiting_for_review().next().unwrap().event_id;
    let command = Command::ReviewLateEntry {
        entry,
        outcome,
        note: "asked Nora".to_owned(),
    };
    visit.tries(command, now)
}

#[test]
fn what_the_rules_would_have_let_pass_is_charted_at_its_own_time_and_marked() {
    // Hazard: H22
    let mut visit = Visit::running();
    arrives(&mut visit, note("asked for water"), minute(8), minute(40)).unwrap();
    let entry = visit.session.entries.iter().rev().nth(1).unwrap();
    assert_eq!(entry.occurred_at, minute(8));
    assert_eq!(entry.recorded_at, minute(40));
    let later = entry.later.as_ref().unwrap();
    assert_eq!(
        (later.how, later.tablet.as_str()),
        (HowLater::WithoutContact, "tablet-a")
    );
    assert_eq!(later.tablet_at, Some(minute(1)));
    assert_eq!(later.against, None);
    assert_eq!(waiting(&visit), 0);
}

#[test]
fn a_start_that_the_gate_would_have_refused_is_a_fact_and_waits_for_review() {
    // Hazard: H22
    let mut visit = Visit::checked_in(order(), 0);
    visit.does(identify(), START);
    assert!(visit.clone().tries(start(), minute(5)).is_err());
    let events = arrives(&mut visit, start(), minute(5), minute(30)).unwrap();
    let SessionEvent::DosingStarted { verdict, .. } = &events[0] else {
        panic!("{events:?}")
    };
    assert!(!verdict.is_open());
    assert_eq!(visit.session.stage, Stage::Infusion);
    assert_eq!(waiting(&visit), 1);
}

#[test]
fn nothing_is_signed_while_a_late_entry_waits() {
    let mut visit = Visit::running();
    visit.does(stop(), minute(40));
    visit.does(Command::BeginObservation, minute(41));
    arrives(&mut visit, stop(), minute(38), minute(42)).unwrap();
    for at in [60, 75, 100, 140] {
        visit.does(sedation(5), minute(at));
        visit.does(distress(0), minute(at));
        visit.does(chart(vital_signs(120, 70)), minute(at));
    }
    visit.comes_back(minute(160));
    visit.does(discharge("Sam Lee"), minute(161));
    let refused = visit.by(&prescriber(), sign(), minute(170), minute(170));
    assert_eq!(refused, Err(Refusal::LateEntriesWait { count: 1 }));
    review(&mut visit, LateOutcome::SetAside, minute(171)).unwrap();
    visit
        .by(&prescriber(), sign(), minute(172), minute(172))
        .unwrap();
}

#[test]
fn two_people_who_stopped_the_infusion_are_a_question_for_a_person() {
    // Hazard: H26
    let mut visit = Visit::running();
    visit.does(stop(), minute(30));
    let events = arrives(&mut visit, stop(), minute(20), minute(40)).unwrap();
    assert!(is_held(&events));
    assert_eq!(visit.session.stage, Stage::Stopped);
    // Until somebody decides, the record stands: 30 min × 0.875 mg = 26.25 mg.
    let given = |visit: &Visit| {
        visit
            .session
            .infusion()
            .unwrap()
            .delivered(minute(60))
            .amount
    };
    assert_eq!(given(&visit), milligrams("26.25"));
    // 20 min × 0.875 mg = 17.5 mg.
    review(&mut visit, LateOutcome::Counts, minute(41)).unwrap();
    assert_eq!(given(&visit), milligrams("17.5"));
    assert_eq!(visit.session.stage, Stage::Stopped);
}

#[test]
fn an_infusion_that_was_started_twice_is_started_once() {
    // Hazard: H26
    let mut visit = Visit::running();
    let events = arrives(&mut visit, start(), minute(2), minute(9)).unwrap();
    assert!(is_held(&events));
    assert_eq!(waiting(&visit), 1);
    review(&mut visit, LateOutcome::SetAside, minute(10)).unwrap();
    assert_eq!(waiting(&visit), 0);
    let stretches = visit.session.infusion().unwrap();
    assert_eq!(stretches.stretches().len(), 1);
}

#[test]
fn a_pause_and_a_resume_that_arrive_after_the_end_stand_before_it() {
    // Hazard: H23
    let mut visit = Visit::running();
    visit.does(stop(), minute(30));
    assert!(!is_held(
        &arrives(&mut visit, pause(), minute(10), minute(40)).unwrap()
    ));
    // Between the two the record says that it ended while it was paused.
    assert_eq!(visit.session.stage, Stage::Stopped);
    assert!(!is_held(
        &arrives(&mut visit, resume(), minute(14), minute(40)).unwrap()
    ));
    assert_eq!(visit.session.stage, Stage::Stopped);
    assert_eq!(visit.session.stage_since, Some(minute(30)));
    // 26 min × 0.875 mg = 22.75 mg.
    let given = visit.session.infusion().unwrap().delivered(minute(60));
    assert_eq!(given.amount, milligrams("22.75"));
}

#[test]
fn a_rate_that_was_changed_while_somebody_else_had_paused_is_held() {
    // Hazard: H26
    let mut visit = Visit::running();
    visit.does(pause(), minute(10));
    visit.does(resume(), minute(20));
    assert!(is_held(
        &arrives(&mut visit, change_rate("60"), minute(15), minute(30)).unwrap()
    ));
    assert!(!is_held(
        &arrives(&mut visit, change_rate("60"), minute(25), minute(30)).unwrap()
    ));
}

#[test]
fn a_change_of_rate_that_waits_for_a_person_breaks_what_is_predicted() {
    // Hazard: H69
    let mut visit = Visit::running();
    visit.does(pause(), minute(10));
    visit.does(resume(), minute(20));
    assert!(is_held(
        &arrives(&mut visit, change_rate("60"), minute(15), minute(30)).unwrap()
    ));
    let basis = Basis::of(&visit.session, None, None).unwrap();
    assert_eq!(basis.doubts, [Doubt::Unconfirmed { at: minute(15) }]);
}

#[test]
fn what_was_charted_after_the_person_had_left_is_kept_and_waits() {
    let mut visit = Visit::ready();
    visit.does(cancel(), minute(5));
    assert!(visit.clone().tries(sedation(4), minute(6)).is_err());
    arrives(&mut visit, sedation(4), minute(6), minute(9)).unwrap();
    assert_eq!(visit.session.sedation().map(|(at, _)| at), Some(minute(6)));
    assert_eq!(waiting(&visit), 1);
    review(&mut visit, LateOutcome::Stands, minute(10)).unwrap();
    assert_eq!(waiting(&visit), 0);
}

#[test]
fn a_bolus_that_was_charted_on_two_tablets_is_there_twice_and_somebody_looks() {
    // Hazard: H21
    let mut visit = Visit::running();
    visit.does(bolus("5"), minute(3));
    arrives(&mut visit, bolus("5"), minute(3), minute(9)).unwrap();
    assert_eq!(visit.session.infusion().unwrap().boluses().len(), 2);
    assert_eq!(waiting(&visit), 1);
}

#[test]
fn a_time_that_has_not_come_is_not_changed_and_the_entry_is_held() {
    // Hazard: H10
    let mut visit = Visit::running();
    let events = arrives(&mut visit, sedation(4), minute(500), minute(9)).unwrap();
    assert!(is_held(&events));
    assert_eq!(
        visit
            .session
            .entries
            .iter()
            .rev()
            .nth(1)
            .unwrap()
            .occurred_at,
        minute(500)
    );
    assert_eq!(visit.session.sedation(), None);
    // Within the five seconds in which two clocks of one house may differ it is simply charted.
    assert!(!is_held(
        &arrives(&mut visit, sedation(4), second(545), second(540)).unwrap()
    ));
    assert!(is_held(
        &arrives(&mut visit, sedation(4), second(546), second(540)).unwrap()
    ));
}

#[test]
fn a_doubtful_clock_is_said_and_the_time_stands() {
    // Hazard: H10
    let mut visit = Visit::running();
    let doubted = Afterwards {
        doubt: Some("check the time.".to_owned()),
        ..kept()
    };
    arrives_with(&mut visit, sedation(4), minute(8), minute(9), doubted).unwrap();
    assert_eq!(visit.session.sedation().map(|(at, _)| at), Some(minute(8)));
    assert_eq!(waiting(&visit), 1);
}

#[test]
fn what_arrives_after_the_signature_is_shown_beside_the_record_and_changes_nothing() {
    let mut visit = Visit::ready();
    visit.does(cancel(), minute(5));
    visit
        .by(&prescriber(), sign(), minute(6), minute(6))
        .unwrap();
    assert!(is_held(
        &arrives(&mut visit, note("late"), minute(3), minute(9)).unwrap()
    ));
    assert_eq!(visit.session.stage, Stage::Signed);
    assert!(review(&mut visit, LateOutcome::Counts, minute(10)).is_err());
    review(&mut visit, LateOutcome::SetAside, minute(10)).unwrap();
}

#[test]
fn what_does_not_say_what_it_should_is_refused_and_its_author_puts_it_right() {
    let mut visit = Visit::running();
    let wrong = arrives(
        &mut visit,
        chart(vital_signs(70, 120)),
        minute(8),
        minute(9),
    );
    assert!(matches!(wrong, Err(Refusal::ImpossibleVitalSigns { .. })));
    assert_eq!(
        arrives(&mut visit, note(" "), minute(8), minute(9)),
        Err(Refusal::WordsMissing)
    );
    assert_eq!(
        arrives(&mut visit, change_rate("0"), minute(8), minute(9)),
        Err(Refusal::PauseInstead)
    );
}

#[test]
fn orders_and_signatures_need_the_whole_record_in_view() {
    let mut visit = Visit::running();
    for command in [plan(order(), 0), sign()] {
        let refused = arrives(&mut visit, command, minute(8), minute(9));
        assert!(
            matches!(refused, Err(Refusal::OnlyWithContact { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn an_entry_is_looked_at_once_and_in_a_way_that_fits_it() {
    let mut visit = Visit::running();
    arrives(&mut visit, start(), minute(2), minute(9)).unwrap();
    assert_eq!(
        review(&mut visit, LateOutcome::Stands, minute(10)),
        Err(Refusal::DoesNotFit)
    );
    review(&mut visit, LateOutcome::SetAside, minute(10)).unwrap();
    let entry = visit
        .session
        .entries
        .iter()
        .find(|entry| entry.review.is_some())
        .unwrap()
        .event_id;
    let again = Command::ReviewLateEntry {
        entry,
        outcome: LateOutcome::Counts,
        note: "again".to_owned(),
    };
    assert_eq!(visit.tries(again, minute(11)), Err(Refusal::NoSuchEntry));
}

#[test]
fn facts_of_two_tablets_give_the_same_record_in_whatever_order_they_arrive() {
    // Hazard: H23
    let acts = || {
        vec![
            (pause(), minute(10)),
            (chart(vital_signs(150, 90)), minute(11)),
            (resume(), minute(12)),
            (change_rate("60"), minute(20)),
            (bolus("2"), minute(22)),
            (stop(), minute(40)),
        ]
    };
    let mut in_order = Visit::running();
    for (command, at) in acts() {
        assert!(!is_held(
            &arrives(&mut in_order, command, at, minute(60)).unwrap()
        ));
    }
    // The second tablet's acts first: rate, bolus and end; then pause, pressure and resume.
    let mut swapped = Visit::running();
    let mut two = acts();
    two.rotate_left(3);
    for (command, at) in two {
        arrives(&mut swapped, command, at, minute(60)).unwrap();
    }
    // The pause could not be followed by a change of rate until the resume was known, so that both
    // were held; a person lets them count.
    while waiting(&swapped) > 0 {
        let held = swapped
            .session
            .waiting_for_review()
            .any(|entry| matches!(entry.event, SessionEvent::ActHeld { .. }));
        let entry = swapped.session.waiting_for_review().next().unwrap();
        let outcome = match entry.event {
            SessionEvent::ActHeld { .. } => LateOutcome::Counts,
            _ => LateOutcome::Stands,
        };
        assert!(held || outcome == LateOutcome::Stands);
        review(&mut swapped, outcome, minute(61)).unwrap();
    }
    for at in [5, 11, 15, 21, 30, 50] {
        let given = |visit: &Visit| {
            visit
                .session
                .infusion()
                .unwrap()
                .delivered(minute(at))
                .amount
        };
        assert_eq!(given(&in_order), given(&swapped), "{at}");
    }
    assert_eq!(in_order.session.stage, swapped.session.stage);
}
