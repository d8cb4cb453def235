//! Emergency cards in a session: opened, ticked, given, closed, and the adverse event after them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::clinic::Clinic;
use clinical::course::session::*;
use clinical::emergency::Cards;
use std::collections::BTreeSet;
use units::Moment;

fn card(id: &str) -> OpenedCard {
    OpenedCard::of(
        Cards::shipped().unwrap().card(id).unwrap(),
        &Clinic::default(),
    )
}

fn open(id: &str) -> Command {
    Command::OpenCard {
        card: card(id),
        because: Because::Hand,
    }
}

fn tick(step: &str) -> Command {
    Command::DoCardStep {
        opening: 1,
        step: step.to_owned(),
        answer: StepAnswer::Done,
        note: String::new(),
    }
}

fn labetalol(again: bool) -> Command {
    Command::GiveCardMedicine {
        opening: 1,
        step: Some("labetalol".to_owned()),
        medicine: "Labetalol".to_owned(),
        dose: "10 mg".to_owned(),
        route: "IV over 2 min".to_owned(),
        again,
    }
}

fn close(outcome: CardOutcome) -> Command {
    Command::CloseCard {
        opening: 1,
        outcome,
        note: String::new(),
    }
}

fn event(severity: Severity, serious: &[Criterion], outcome: AdverseOutcome) -> AdverseEvent {
    AdverseEvent {
        description: "Pressure 190/112, settled after labetalol".to_owned(),
        began_at: minute(5),
        ended_at: Some(minute(20)),
        severity,
        serious: serious.iter().copied().collect::<BTreeSet<_>>(),
        relatedness: Relatedness::Probable,
        outcome,
        statement: "I have checked this.".to_owned(),
    }
}

fn report(report: AdverseEvent) -> Command {
    Command::RecordAdverseEvent { opening: 1, report }
}

fn done(visit: &mut Visit, command: Command, at: Moment) -> Result<Vec<SessionEvent>, Refusal> {
    visit.by(&nurse(), command, at, at)
}

fn with_card() -> Visit {
    let mut visit = Visit::checked_in(order(), 1);
    done(&mut visit, open("hypertension"), minute(5)).unwrap();
    visit
}

#[test]
fn what_was_done_stands_in_the_record_with_its_times() {
    // Hazard: H56
    let mut visit = with_card();
    done(&mut visit, tick("start-call-for-help"), minute(6)).unwrap();
    done(&mut visit, labetalol(false), minute(8)).unwrap();
    done(&mut visit, close(CardOutcome::Settled), minute(20)).unwrap();
    let cards = visit.session.cards();
    let [known] = cards.as_slice() else {
        panic!("one card")
    };
    assert_eq!((known.opening, known.opened_at), (1, minute(5)));
    assert_eq!(known.card.approved_by, None);
    assert_eq!(known.step("start-call-for-help").unwrap().at, minute(6));
    assert_eq!(known.medicines.first().unwrap().dose, "10 mg");
    assert_eq!(known.medicines.first().unwrap().at, minute(8));
    assert_eq!(
        known.closed,
        Some((CardOutcome::Settled, String::new(), minute(20)))
    );
}

#[test]
fn a_card_opens_before_the_check_in_and_after_the_person_left() {
    // Hazard: H56
    let mut before = Visit::new();
    before.does(plan(order(), 1), minute(-60));
    assert!(done(&mut before, open("collapse"), minute(-10)).is_ok());
    let mut cancelled = Visit::checked_in(order(), 1);
    let reason = "unwell".to_owned();
    done(&mut cancelled, Command::CancelSession { reason }, minute(2)).unwrap();
    assert!(done(&mut cancelled, open("collapse"), minute(3)).is_ok());
}

#[test]
fn the_same_card_does_not_open_twice_but_another_one_does() {
    let mut visit = with_card();
    let refused = done(&mut visit, open("hypertension"), minute(6)).unwrap_err();
    assert!(matches!(refused, Refusal::CardStandsOpen { .. }));
    done(&mut visit, open("panic"), minute(6)).unwrap();
    assert_eq!(visit.session.cards().len(), 2);
    done(&mut visit, close(CardOutcome::Settled), minute(7)).unwrap();
    done(&mut visit, open("hypertension"), minute(8)).unwrap();
    let numbers: Vec<u32> = visit.session.cards().iter().map(|c| c.opening).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn an_advisory_that_is_not_there_opens_nothing() {
    let mut visit = Visit::checked_in(order(), 1);
    let wanted = Command::OpenCard {
        card: card("hypertension"),
        because: Because::Advisory { advisory: 4 },
    };
    assert_eq!(
        done(&mut visit, wanted, minute(5)),
        Err(Refusal::NoSuchAdvisory)
    );
}

#[test]
fn a_step_is_ticked_once_and_only_if_the_card_has_it() {
    // Hazard: H26
    let mut visit = with_card();
    done(&mut visit, tick("repeat-by-hand"), minute(6)).unwrap();
    assert_eq!(
        done(&mut visit, tick("repeat-by-hand"), minute(7)),
        Err(Refusal::StepDone)
    );
    assert_eq!(
        done(&mut visit, tick("larson"), minute(7)),
        Err(Refusal::NoSuchStep)
    );
    let elsewhere = Command::DoCardStep {
        opening: 9,
        step: "repeat-by-hand".to_owned(),
        answer: StepAnswer::Done,
        note: String::new(),
    };
    assert_eq!(
        done(&mut visit, elsewhere, minute(7)),
        Err(Refusal::NoSuchCard)
    );
}

#[test]
fn a_tick_that_was_struck_can_be_done_again() {
    let mut visit = with_card();
    done(&mut visit, tick("repeat-by-hand"), minute(6)).unwrap();
    let wrong = visit.session.entries.last().unwrap().event_id;
    done(&mut visit, correct(wrong, Correction::Struck), minute(7)).unwrap();
    assert_eq!(visit.session.card(1).unwrap().step("repeat-by-hand"), None);
    assert!(done(&mut visit, tick("repeat-by-hand"), minute(8)).is_ok());
}

#[test]
fn the_same_medicine_within_a_minute_is_asked_about_first() {
    // Hazard: H21
    let mut visit = with_card();
    done(&mut visit, labetalol(false), second(600)).unwrap();
    let refused = done(&mut visit, labetalol(false), second(659)).unwrap_err();
    assert!(matches!(refused, Refusal::MedicineJustGiven { .. }));
    assert!(done(&mut visit, labetalol(true), second(659)).is_ok());
    assert!(done(&mut visit, labetalol(false), second(719)).is_ok());
    assert_eq!(visit.session.card(1).unwrap().medicines.len(), 3);
}

#[test]
fn a_medicine_without_a_dose_in_words_is_not_charted() {
    let mut visit = with_card();
    let wanted = Command::GiveCardMedicine {
        opening: 1,
        step: None,
        medicine: "Oxygen".to_owned(),
        dose: " ".to_owned(),
        route: String::new(),
        again: false,
    };
    assert_eq!(
        done(&mut visit, wanted, minute(6)),
        Err(Refusal::WordsMissing)
    );
}

#[test]
fn what_was_done_is_charted_late_after_the_card_was_closed() {
    let mut visit = with_card();
    done(&mut visit, close(CardOutcome::Settled), minute(20)).unwrap();
    visit
        .by(&nurse(), labetalol(false), minute(8), minute(25))
        .unwrap();
    assert_eq!(visit.session.card(1).unwrap().medicines[0].at, minute(8));
}

#[test]
fn a_card_with_a_medicine_that_was_given_was_not_opened_by_mistake() {
    let mut visit = with_card();
    done(&mut visit, labetalol(false), minute(8)).unwrap();
    assert_eq!(
        done(&mut visit, close(CardOutcome::OpenedByMistake), minute(9)),
        Err(Refusal::SomethingWasGiven)
    );
}

#[test]
fn the_record_is_signed_only_after_the_card_is_closed_and_its_adverse_event_complete() {
    // Hazard: H56
    let sign = || Command::Sign {
        statement: "Complete and true.".to_owned(),
    };
    let mut visit = with_card();
    let reason = "unwell".to_owned();
    done(&mut visit, Command::CancelSession { reason }, minute(20)).unwrap();
    let refused = done(&mut visit, sign(), minute(21)).unwrap_err();
    assert!(matches!(refused, Refusal::CardsOpen { .. }), "{refused:?}");
    done(&mut visit, close(CardOutcome::Settled), minute(22)).unwrap();
    let refused = done(&mut visit, sign(), minute(23)).unwrap_err();
    assert!(matches!(refused, Refusal::AdverseEventsMissing { .. }));
    let whole = event(Severity::Moderate, &[], AdverseOutcome::Recovered);
    done(&mut visit, report(whole.clone()), minute(24)).unwrap();
    assert_eq!(visit.session.card(1).unwrap().adverse_event, Some(whole));
    done(&mut visit, sign(), minute(25)).unwrap();
    assert_eq!(visit.session.stage, Stage::Signed);
}

#[test]
fn a_card_opened_by_mistake_asks_for_no_adverse_event() {
    let mut visit = with_card();
    done(&mut visit, close(CardOutcome::OpenedByMistake), minute(6)).unwrap();
    assert!(!visit.session.card(1).unwrap().adverse_event_is_missing());
}

#[test]
fn an_adverse_event_waits_until_the_card_is_closed() {
    let mut visit = with_card();
    let early = event(Severity::Mild, &[], AdverseOutcome::Recovered);
    let refused = done(&mut visit, report(early), minute(21)).unwrap_err();
    assert!(matches!(refused, Refusal::CardsOpen { .. }));
}

#[test]
fn what_is_grave_is_serious() {
    // Clinical reference 6.4 and 7.2: grade 4 is life-threatening and grade 5 is death, which are
    // two of the criteria.
    let mut visit = with_card();
    done(&mut visit, close(CardOutcome::GoesOn), minute(20)).unwrap();
    for (severity, serious, outcome, accepted) in [
        (Severity::Mild, vec![], AdverseOutcome::Recovered, true),
        (Severity::Severe, vec![], AdverseOutcome::Recovered, true),
        (
            Severity::LifeThreatening,
            vec![],
            AdverseOutcome::Recovering,
            false,
        ),
        (
            Severity::LifeThreatening,
            vec![Criterion::LifeThreatening],
            AdverseOutcome::Recovering,
            true,
        ),
        (
            Severity::Death,
            vec![Criterion::Hospitalisation],
            AdverseOutcome::Died,
            false,
        ),
        (Severity::Severe, vec![], AdverseOutcome::Died, false),
        (
            Severity::Death,
            vec![Criterion::Death],
            AdverseOutcome::Died,
            true,
        ),
    ] {
        let wanted = report(event(severity, &serious, outcome));
        let answer = done(&mut visit, wanted, minute(21));
        assert_eq!(answer.is_ok(), accepted, "{severity:?} {serious:?}");
    }
}

#[test]
fn an_adverse_event_does_not_end_before_it_began_or_in_the_future() {
    let mut visit = with_card();
    done(&mut visit, close(CardOutcome::Settled), minute(20)).unwrap();
    for (began, ended) in [(10, 9), (10, 40), (40, 41)] {
        let wanted = AdverseEvent {
            began_at: minute(began),
            ended_at: Some(minute(ended)),
            ..event(Severity::Mild, &[], AdverseOutcome::Recovered)
        };
        assert!(done(&mut visit, report(wanted), minute(21)).is_err());
    }
}

#[test]
fn a_record_of_a_card_reads_back_as_it_was_written() {
    let mut visit = with_card();
    done(&mut visit, labetalol(false), minute(8)).unwrap();
    for entry in &visit.session.entries {
        let text = serde_json::to_string(&entry.event).unwrap();
        let read: SessionEvent = serde_json::from_str(&text).unwrap();
        assert_eq!(read, entry.event);
    }
}
