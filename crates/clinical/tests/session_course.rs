//! The course of a session: stages, boluses, corrections, advisories, times and the schedule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::advisory::Priority;
use clinical::course::session::*;
use clinical::record::EventId;
use units::{Moment, Span};
use uuid::Uuid;

#[test]
fn an_advisory_that_ended_unseen_can_still_be_seen_and_must_be_before_signing() {
    let mut visit = Visit::ready();
    visit
        .by(&engine(), raise(Priority::Medium, false), START, START)
        .unwrap();
    let how = "back within limits".to_owned();
    visit
        .by(
            &engine(),
            Command::ResolveAdvisories {
                advisories: [1].into(),
                how,
            },
            START,
            START,
        )
        .unwrap();
    visit.does(cancel(), minute(1));
    assert_eq!(
        visit.tries(sign(), minute(2)),
        Err(Refusal::AdvisoriesUnseen { numbers: vec![1] })
    );
    visit.does(acknowledge(&[1]), minute(2));
    assert_eq!(
        visit.tries(acknowledge(&[1]), minute(2)),
        Err(Refusal::NoSuchAdvisory)
    );
    visit.does(sign(), minute(3));
    assert_eq!(visit.session.stage, Stage::Signed);
}

#[test]
fn notices_that_are_shown_as_one_are_seen_together_and_each_is_in_the_record() {
    let mut visit = Visit::ready();
    for condition in ["systolic-high", "diastolic-high"] {
        let Command::RaiseAdvisory { mut notice } = raise(Priority::High, false) else {
            unreachable!()
        };
        notice.condition = condition.to_owned();
        visit
            .by(&engine(), Command::RaiseAdvisory { notice }, START, START)
            .unwrap();
    }
    let unknown = visit.tries(acknowledge(&[1, 9]), minute(1));
    assert_eq!(unknown, Err(Refusal::NoSuchAdvisory));
    visit.does(acknowledge(&[1]), minute(1));
    // Of two, one was seen already: the other is what is left.
    visit.does(acknowledge(&[1, 2]), minute(2));
    let seen: Vec<_> = visit
        .session
        .advisories
        .values()
        .map(|one| one.acknowledged.as_ref().map(|(_, at)| *at))
        .collect();
    assert_eq!(seen, [Some(minute(1)), Some(minute(2))]);
    let again = visit.tries(acknowledge(&[1, 2]), minute(3));
    assert_eq!(again, Err(Refusal::NoSuchAdvisory));
}

#[test]
fn a_technical_notice_does_not_hold_the_signature() {
    let mut visit = Visit::ready();
    visit
        .by(&engine(), raise(Priority::Low, true), START, START)
        .unwrap();
    visit.does(cancel(), minute(1));
    visit.does(sign(), minute(3));
}

#[test]
fn people_do_not_raise_notices_and_the_same_one_is_raised_once() {
    let mut visit = Visit::ready();
    assert_eq!(
        visit.tries(raise(Priority::Low, false), START),
        Err(Refusal::NotForPeople)
    );
    visit
        .by(&engine(), raise(Priority::Low, false), START, START)
        .unwrap();
    let again = visit.by(&engine(), raise(Priority::Low, false), START, START);
    assert_eq!(again, Err(Refusal::AlreadyRaised));
}

#[test]
fn a_notice_that_grows_graver_must_be_seen_anew() {
    // Hazard: H15
    let mut visit = Visit::ready();
    visit
        .by(&engine(), raise(Priority::Low, false), START, START)
        .unwrap();
    visit.does(acknowledge(&[1]), START);
    visit
        .by(&engine(), raise(Priority::High, false), START, START)
        .unwrap();
    let open: Vec<_> = visit
        .session
        .open_advisories()
        .iter()
        .map(|a| a.number)
        .collect();
    assert_eq!(open, [2]);
    assert!(visit.session.advisories[&2].acknowledged.is_none());
}

#[test]
fn the_same_bolus_within_a_minute_is_asked_about_first() {
    // Hazard: H21
    let mut visit = Visit::running();
    visit.does(bolus("2"), minute(1));
    let (at, amount) = (minute(1), milligrams("2"));
    assert_eq!(
        visit.tries(bolus("2"), second(119)),
        Err(Refusal::JustGiven { at, amount })
    );
    assert!(
        visit.clone().tries(bolus("3"), second(119)).is_ok(),
        "another amount"
    );
    assert!(
        visit.clone().tries(bolus("2"), second(120)).is_ok(),
        "a whole minute later"
    );
    let again = Command::GiveBolus {
        amount,
        again: true,
    };
    assert!(
        visit.tries(again, second(119)).is_ok(),
        "said to be a second one"
    );
}

#[test]
fn a_bolus_of_more_than_the_bag_holds_is_refused_and_of_all_of_it_is_not() {
    // Hazard: H21 — 35 mg less 17.5 mg in twenty minutes.
    let remaining = milligrams("17.5");
    let refusal = Visit::running().tries(bolus("17.51"), minute(20));
    assert_eq!(refusal, Err(Refusal::MoreThanRemains { remaining }));
    let mut visit = Visit::running();
    visit.does(bolus("17.5"), minute(20));
    assert_eq!(visit.left(minute(20)), milligrams("0"));
    let refusal = Visit::running().tries(bolus("0"), minute(20));
    assert_eq!(refusal, Err(Refusal::NothingGiven));
}

const STAGES: [Stage; 10] = [
    Stage::NotPlanned,
    Stage::Planned,
    Stage::Preparation,
    Stage::Infusion,
    Stage::Paused,
    Stage::Stopped,
    Stage::Observation,
    Stage::Discharged,
    Stage::Cancelled,
    Stage::Signed,
];

/// A visit that has come to this stage at minute 100 or before, with an advisory where it can be.
fn at_stage(stage: Stage) -> (Visit, EventId) {
    let nothing = EventId(Uuid::from_u128(0));
    match stage {
        Stage::NotPlanned => return (Visit::new(), nothing),
        Stage::Planned => {
            let mut visit = Visit::new();
            visit.does(plan(order(), 0), minute(-60));
            return (visit, nothing);
        }
        Stage::Preparation
        | Stage::Infusion
        | Stage::Paused
        | Stage::Stopped
        | Stage::Observation
        | Stage::Discharged
        | Stage::Cancelled
        | Stage::Signed => {}
    }
    let mut visit = Visit::ready();
    let entry = visit.does(note("calm"), START);
    visit
        .by(&engine(), raise(Priority::Low, true), START, START)
        .unwrap();
    let steps: &[Command] = match stage {
        Stage::NotPlanned | Stage::Planned | Stage::Preparation => &[],
        Stage::Cancelled => &[cancel()],
        Stage::Infusion => &[start()],
        Stage::Paused => &[start(), pause()],
        Stage::Stopped => &[start(), stop()],
        Stage::Observation | Stage::Discharged | Stage::Signed => {
            &[start(), stop(), Command::BeginObservation]
        }
    };
    for step in steps {
        visit.does(step.clone(), START);
    }
    if matches!(
        stage,
        Stage::Observation | Stage::Discharged | Stage::Signed
    ) {
        visit.comes_back(minute(45));
    }
    if matches!(stage, Stage::Discharged | Stage::Signed) {
        visit.does(discharge("Sister"), minute(60));
    }
    if stage == Stage::Signed {
        visit.does(sign(), minute(60));
    }
    assert_eq!(visit.session.stage, stage);
    (visit, entry)
}

#[test]
fn every_command_is_done_at_its_stages_and_at_no_other() {
    // Hazard: H25
    use Stage::*;
    const HERE: &[Stage] = &[Preparation, Infusion, Paused, Stopped, Observation];
    const KEPT: &[Stage] = &[
        Preparation,
        Infusion,
        Paused,
        Stopped,
        Observation,
        Discharged,
        Cancelled,
    ];
    let table = |entry: EventId| -> Vec<(Command, &[Stage])> {
        let support = Command::GiveSupport {
            kind: SupportKind::Music,
            note: String::new(),
            detail: SupportDetail::default(),
        };
        let text = "calm, eyes closed".to_owned();
        vec![
            (plan(order(), 0), &[NotPlanned]),
            (check_in(), &[Planned]),
            (Command::AnswerFasting { fasting: fasted() }, &[Preparation]),
            (identify(), &[Preparation]),
            (chart(vital_signs(120, 70)), HERE),
            (sedation(5), HERE),
            (distress(0), HERE),
            (check(back()), &[Stopped, Observation]),
            (time_out(Monitoring::Monitor), &[Preparation]),
            (start(), &[Preparation]),
            (change_rate("60"), &[Infusion]),
            (bolus("1"), &[Infusion]),
            (pause(), &[Infusion]),
            (Command::ResumeInfusion, &[Paused]),
            (stop(), &[Infusion, Paused]),
            (note("calm"), KEPT),
            (support, HERE),
            (raise(Priority::High, true), HERE),
            (acknowledge(&[1]), KEPT),
            (
                Command::ResolveAdvisories {
                    advisories: [1].into(),
                    how: "ended".to_owned(),
                },
                KEPT,
            ),
            (correct(entry, Correction::Text { text }), KEPT),
            (Command::BeginObservation, &[Stopped]),
            (discharge("Sister"), &[Observation]),
            (cancel(), &[Planned, Preparation]),
            (sign(), &[Discharged, Cancelled]),
        ]
    };
    for stage in STAGES {
        let (visit, entry) = at_stage(stage);
        let at = match stage {
            NotPlanned | Planned | Preparation | Infusion | Paused | Stopped => START,
            Observation | Discharged | Cancelled | Signed => minute(60),
        };
        let commands = table(entry);
        assert_eq!(commands.len(), 25, "every command of the closed list");
        for (command, allowed) in commands {
            let says = command.says();
            let actor = if matches!(command, Command::RaiseAdvisory { .. }) {
                engine()
            } else {
                nurse()
            };
            let mut tried = visit.clone();
            let answer = tried.by(&actor, command, at, at);
            if allowed.contains(&stage) {
                assert!(answer.is_ok(), "{says} at {}: {answer:?}", stage.says());
            } else {
                let (command, stage) = (says.to_owned(), stage.says().to_owned());
                assert_eq!(answer, Err(Refusal::NotNow { command, stage }));
                assert_eq!(tried.session, visit.session);
            }
        }
    }
}

#[test]
fn every_correction_fits_only_its_own_kind_of_entry() {
    let mut visit = Visit::ready();
    let confirmed = visit.does(identify(), START);
    let vitals = visit.does(chart(vital_signs(121, 71)), START);
    let alert = visit.does(sedation(4), START);
    let calm = visit.does(distress(3), START);
    let words = visit.does(note("calm"), START);
    let started = visit.does(start(), START);
    let changed = visit.does(change_rate("60"), START);
    let given = visit.does(bolus("1"), START);
    let text = "anxious".to_owned();
    let rows: [(Correction, &[EventId]); 7] = [
        (
            Correction::Struck,
            &[vitals, alert, calm, words, changed, given],
        ),
        (
            Correction::VitalSigns {
                values: vital_signs(112, 70),
            },
            &[vitals],
        ),
        (
            Correction::Sedation {
                score: 5.try_into().unwrap(),
            },
            &[alert],
        ),
        (
            Correction::Distress {
                score: 5.try_into().unwrap(),
            },
            &[calm],
        ),
        (Correction::Text { text }, &[words]),
        (Correction::Rate { rate: rate("70") }, &[started, changed]),
        (
            Correction::Bolus {
                amount: milligrams("2"),
            },
            &[given],
        ),
    ];
    for (correction, fitting) in rows {
        for entry in [
            confirmed, vitals, alert, calm, words, started, changed, given,
        ] {
            let answer = visit
                .clone()
                .tries(correct(entry, correction.clone()), minute(1));
            if fitting.contains(&entry) {
                assert!(answer.is_ok(), "{correction:?}");
            } else {
                assert_eq!(answer, Err(Refusal::DoesNotFit), "{correction:?}");
            }
        }
    }
    let nothing = Correction::Bolus {
        amount: milligrams("0"),
    };
    assert_eq!(
        visit.tries(correct(given, nothing), minute(1)),
        Err(Refusal::DoesNotFit)
    );
    let unknown = EventId(Uuid::from_u128(1));
    assert_eq!(
        visit.tries(correct(unknown, Correction::Struck), minute(1)),
        Err(Refusal::NoSuchEntry)
    );
}

#[test]
fn a_corrected_entry_shows_what_was_charted_and_what_stands() {
    let mut visit = Visit::ready();
    let wrong = visit.does(chart(vital_signs(210, 70)), minute(1));
    let stands = |visit: &Visit| {
        let entry = visit
            .session
            .entries
            .iter()
            .find(|entry| entry.event_id == wrong)
            .unwrap()
            .clone();
        assert!(
            matches!(&entry.event, SessionEvent::VitalSignsCharted { values, .. } if *values == vital_signs(210, 70))
        );
        (entry.vital_signs(), entry.corrections.len())
    };
    visit.does(correct(wrong, Correction::Struck), minute(2));
    assert_eq!(stands(&visit), (None, 1));
    assert_eq!(visit.session.latest_blood_pressure().unwrap().0, START);
    let values = vital_signs(120, 70);
    visit.does(
        correct(
            wrong,
            Correction::VitalSigns {
                values: values.clone(),
            },
        ),
        minute(3),
    );
    assert_eq!(stands(&visit), (Some(values), 2));
    assert_eq!(visit.session.latest_blood_pressure().unwrap().0, minute(1));
}

#[test]
fn acts_keep_their_order_facts_may_be_late_and_nothing_is_charted_ahead() {
    let mut visit = Visit::running();
    visit.does(pause(), minute(10));
    let (at, not_before) = (minute(9), minute(10));
    let refusal = visit.by(&nurse(), Command::ResumeInfusion, at, minute(11));
    assert_eq!(refusal, Err(Refusal::TooEarly { at, not_before }));
    assert!(visit.by(&nurse(), note("late"), START, minute(11)).is_ok());
    let at = second(-1);
    let refusal = visit.by(&nurse(), note("before the person was here"), at, minute(11));
    assert_eq!(
        refusal,
        Err(Refusal::TooEarly {
            at,
            not_before: START
        })
    );
    let at = minute(11) + Span::from_seconds(5);
    assert!(
        visit
            .by(&nurse(), note("clocks differ"), at, minute(11))
            .is_ok()
    );
    let at = at + Span::from_microseconds(1);
    assert_eq!(
        visit.by(&nurse(), note("ahead"), at, minute(11)),
        Err(Refusal::InTheFuture { at })
    );
}

fn due(visit: &Visit) -> Due {
    next_due(&visit.session, &visit.rules).unwrap()
}

fn with_set_at(earlier_sessions: u32, set: Moment) -> Visit {
    with_set_after(Some("35"), earlier_sessions, set)
}

/// The order is of 35 mg; the last one was of this.
fn with_set_after(last: Option<&str>, earlier_sessions: u32, set: Moment) -> Visit {
    let order = order();
    let last = last.map(|dose| LastDose {
        at: START - Span::from_hours(7 * 24),
        dose: milligrams(dose),
        dosing_weight: order.dosing_weight,
    });
    let grounds = order.grounds.clone().map(|known| Grounds { last, ..known });
    let mut visit = Visit::ready_with(Order { grounds, ..order }, earlier_sessions);
    visit.does(start(), START);
    visit
        .by(&nurse(), chart(vital_signs(120, 70)), set, minute(30))
        .unwrap();
    visit
}

#[test]
fn sets_are_due_every_five_minutes_and_one_taken_within_the_tolerance_serves_its_mark() {
    assert_eq!(due(&Visit::running()).at, minute(5));
    for (taken, next) in [(239, 5), (240, 10), (300, 10), (539, 10), (540, 15)] {
        assert_eq!(
            due(&with_set_at(0, second(taken))).at,
            minute(next),
            "set at {taken} s"
        );
    }
}

#[test]
fn a_set_is_overdue_from_its_tolerance_on() {
    let due = due(&Visit::running());
    let end = minute(6);
    assert!(!due.is_overdue(end - Span::from_microseconds(1)));
    assert!(due.is_overdue(end));
    assert!(due.is_overdue(end + Span::from_microseconds(1)));
}

#[test]
fn from_the_fourth_session_on_sets_are_due_every_ten_minutes_and_after_the_end_every_fifteen() {
    for (earlier, next) in [(0, 5), (2, 5), (3, 10), (9, 10)] {
        assert_eq!(due(&with_set_at(earlier, START)).at, minute(next));
    }
    // After a dose rise as in the first sessions, and where nobody can say (reference 4.2).
    for (last, next) in [(Some("35.001"), 10), (Some("34.999"), 5), (None, 5)] {
        assert_eq!(
            due(&with_set_after(last, 3, START)).at,
            minute(next),
            "{last:?}"
        );
    }
    let mut visit = Visit::running();
    visit.does(stop(), minute(40));
    assert_eq!(
        (due(&visit).at, due(&visit).overdue_from),
        (minute(55), minute(60))
    );
    visit.does(Command::BeginObservation, minute(41));
    visit.does(chart(vital_signs(120, 70)), minute(50));
    assert_eq!(due(&visit).at, minute(70));
}

#[test]
fn from_the_moment_at_which_more_is_given_sets_are_due_every_five_minutes_again() {
    // Reference 4.2: after a dose rise. A slower rate and a resumed one are none.
    let from_the_fourth = || with_set_at(3, START);
    let mut slower = from_the_fourth();
    slower.does(change_rate("30"), minute(2));
    slower.does(pause(), minute(3));
    slower.does(Command::ResumeInfusion, minute(4));
    assert_eq!(due(&slower).at, minute(10));
    let mut faster = from_the_fourth();
    faster.does(change_rate("90"), minute(2));
    assert_eq!(due(&faster).at, minute(7));
    let mut more = from_the_fourth();
    more.does(bolus("2"), minute(3));
    assert_eq!(due(&more).at, minute(8));
}
