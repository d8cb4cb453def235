//! The patient's signal, and what is said before the start.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::advisory::Priority;
use clinical::course::session::signal::{AUTHOR, Step, Times, answered, due_louder, paper};
use clinical::course::session::*;
use clinical::policy::Outcome;
use clinical::record::{Actor, Role};
use std::collections::BTreeSet;

const DEVICE: &str = "11aa";

fn device() -> Actor {
    Actor::Device {
        name: AUTHOR.to_owned(),
    }
}

fn system() -> Actor {
    Actor::System {
        part: "signal".to_owned(),
    }
}

fn signal(act: SignalAct) -> Command {
    Command::UseSignal { act }
}

fn pair(device: &str) -> Command {
    signal(SignalAct::Pair {
        device: device.to_owned(),
    })
}

fn give(device: &str, meaning: Meaning) -> Command {
    signal(SignalAct::Give {
        device: device.to_owned(),
        meaning,
    })
}

/// Checked in, with a device by the chair since second 0.
fn paired() -> Visit {
    let mut visit = Visit::checked_in(order(), 0);
    visit.by(&nurse(), pair(DEVICE), START, START).unwrap();
    visit
}

fn gives(visit: &mut Visit, meaning: Meaning, at: i64) {
    let at = second(at);
    visit.by(&device(), give(DEVICE, meaning), at, at).unwrap();
}

fn times(visit: &Visit) -> Times {
    Times::of(&visit.rules).unwrap()
}

#[test]
fn all_is_well_is_a_line_in_the_record_and_calls_nobody() {
    let mut visit = paired();
    gives(&mut visit, Meaning::AllIsWell, 5);
    assert!(visit.session.open_advisories().is_empty());
    assert_eq!(
        visit.session.signal.last().unwrap().meaning,
        Meaning::AllIsWell
    );
}

#[test]
fn come_quietly_is_a_medium_notice_and_now_is_a_high_one() {
    // Hazard: H60
    let mut visit = paired();
    gives(&mut visit, Meaning::ComeQuietly, 5);
    gives(&mut visit, Meaning::Now, 6);
    let open: Vec<_> = visit
        .session
        .open_advisories()
        .into_iter()
        .map(|known| (known.notice.condition.as_str(), known.notice.priority))
        .collect();
    assert_eq!(
        open,
        [
            (AdvisoryNotice::SIGNAL_NOW, Priority::High),
            (AdvisoryNotice::SIGNAL_QUIET, Priority::Medium),
        ]
    );
}

#[test]
fn a_second_call_is_a_second_notice_although_the_first_still_stands() {
    // Hazard: H60
    let mut visit = paired();
    gives(&mut visit, Meaning::Now, 5);
    gives(&mut visit, Meaning::Now, 7);
    assert_eq!(visit.session.open_advisories().len(), 2);
}

#[test]
fn a_device_that_is_not_this_sessions_signal_says_nothing_here() {
    // Hazard: H02
    let mut visit = paired();
    let refused = visit
        .by(&device(), give("22bb", Meaning::Now), second(5), second(5))
        .unwrap_err();
    assert_eq!(refused, Refusal::NotTheSignal);
    // The next device takes the first one's place.
    visit
        .by(&nurse(), pair("22bb"), second(6), second(6))
        .unwrap();
    let refused = visit
        .by(&device(), give(DEVICE, Meaning::Now), second(7), second(7))
        .unwrap_err();
    assert_eq!(refused, Refusal::NotTheSignal);
}

#[test]
fn a_signal_is_answered_by_whoever_acknowledges_its_notice() {
    let mut visit = paired();
    gives(&mut visit, Meaning::ComeQuietly, 5);
    let given = visit.session.signal.last().unwrap();
    assert_eq!(answered(&visit.session, &given), None);
    let seen = Command::AcknowledgeAdvisories {
        advisories: BTreeSet::from([given.advisory.unwrap()]),
    };
    visit.by(&nurse(), seen, second(9), second(9)).unwrap();
    let (by, at) = answered(&visit.session, &given).unwrap();
    assert_eq!((by, at), (nurse(), second(9)));
    assert!(due_louder(&visit.session, &times(&visit), minute(60)).is_empty());
}

#[test]
fn what_nobody_answers_goes_to_the_board_and_then_to_the_second_person() {
    // Hazard: H60. Source: policy `patient-signal`: 15 s, and 30 s more.
    let mut visit = paired();
    let here = Command::CheckForStart {
        check: StartCheck::StaffPresent {
            in_room: vec![Present {
                name: "Nora Lind".into(),
                role: Role::Nurse,
            }],
            in_house: vec![Present {
                name: "Åsa Berg".into(),
                role: Role::Prescriber,
            }],
        },
    };
    visit.by(&nurse(), here, START, START).unwrap();
    gives(&mut visit, Meaning::Now, 10);
    let due = |visit: &Visit, at| due_louder(&visit.session, &times(visit), second(at));
    assert!(due(&visit, 24).is_empty());
    assert_eq!(due(&visit, 25), [(1, Step::Board)]);
    let louder = |step| signal(SignalAct::AskLouder { number: 1, step });
    let too_early = visit.by(&system(), louder(Step::Board), second(24), second(24));
    assert_eq!(too_early.unwrap_err(), Refusal::AlreadyRaised);
    visit
        .by(&system(), louder(Step::Board), second(25), second(25))
        .unwrap();
    assert!(due(&visit, 54).is_empty());
    assert_eq!(due(&visit, 55), [(1, Step::SecondPerson)]);
    visit
        .by(
            &system(),
            louder(Step::SecondPerson),
            second(55),
            second(55),
        )
        .unwrap();
    let said = &visit.session.open_advisories()[0].notice.says;
    assert!(said.ends_with("Second person: Åsa Berg."), "{said}");
    assert!(due(&visit, 600).is_empty());
}

#[test]
fn a_try_calls_nobody_and_counts_only_when_staff_have_seen_that_very_one() {
    // Hazard: H60
    let mut visit = paired();
    let stands =
        |visit: &Visit| paper(&visit.session, Some(second(30)), &visit.rules, second(31)).outcome;
    assert_eq!(stands(&visit), Outcome::Unmet);
    let ask = signal(SignalAct::AskForTest);
    visit.by(&nurse(), ask, second(10), second(10)).unwrap();
    let see = |number| signal(SignalAct::SeeTest { number });
    let nothing = visit.by(&nurse(), see(1), second(11), second(11));
    assert_eq!(nothing.unwrap_err(), Refusal::NoTestArrived);
    gives(&mut visit, Meaning::ComeQuietly, 12);
    assert!(visit.session.open_advisories().is_empty());
    assert_eq!(stands(&visit), Outcome::Unmet);
    visit.by(&nurse(), see(1), second(14), second(14)).unwrap();
    assert_eq!(stands(&visit), Outcome::Met);
    // Another device was not tried.
    visit
        .by(&nurse(), pair("22bb"), second(20), second(20))
        .unwrap();
    assert_eq!(stands(&visit), Outcome::Unmet);
}

#[test]
fn a_call_after_the_try_has_arrived_is_a_call_although_nobody_has_seen_the_try() {
    // Hazard: H60
    let mut visit = paired();
    let ask = signal(SignalAct::AskForTest);
    visit.by(&nurse(), ask, second(10), second(10)).unwrap();
    gives(&mut visit, Meaning::AllIsWell, 12);
    gives(&mut visit, Meaning::Now, 32);
    let open = visit.session.open_advisories();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].notice.condition, AdvisoryNotice::SIGNAL_NOW);
}

#[test]
fn a_try_that_is_asked_for_again_counts_only_when_it_was_seen_again() {
    // Hazard: H60
    let mut visit = paired();
    let ask = || signal(SignalAct::AskForTest);
    visit.by(&nurse(), ask(), second(10), second(10)).unwrap();
    gives(&mut visit, Meaning::AllIsWell, 12);
    let see = signal(SignalAct::SeeTest { number: 1 });
    visit.by(&nurse(), see, second(14), second(14)).unwrap();
    visit.by(&nurse(), ask(), second(20), second(20)).unwrap();
    let stands = paper(&visit.session, Some(second(21)), &visit.rules, second(22));
    assert_eq!(stands.outcome, Outcome::Unmet);
}

#[test]
fn a_call_long_after_a_try_was_asked_for_is_a_call() {
    // Hazard: H60. Source: policy `patient-signal`, test_lasts: 60 s.
    let mut visit = paired();
    let ask = signal(SignalAct::AskForTest);
    visit.by(&nurse(), ask, second(10), second(10)).unwrap();
    gives(&mut visit, Meaning::Now, 71);
    assert_eq!(visit.session.open_advisories().len(), 1);
}

#[test]
fn a_tested_device_that_is_not_heard_closes_the_start_and_nobody_having_heard_it_does_too() {
    // Hazard: H60. Source: policy `patient-signal`, lost_after: 10 s.
    let mut visit = paired();
    let ask = signal(SignalAct::AskForTest);
    visit.by(&nurse(), ask, second(10), second(10)).unwrap();
    gives(&mut visit, Meaning::AllIsWell, 12);
    let see = signal(SignalAct::SeeTest { number: 1 });
    visit.by(&nurse(), see, second(14), second(14)).unwrap();
    let at = |heard, now| paper(&visit.session, heard, &visit.rules, second(now)).outcome;
    assert_eq!(at(Some(second(20)), 30), Outcome::Met);
    assert_eq!(at(Some(second(20)), 31), Outcome::Unmet);
    assert_eq!(at(None, 15), Outcome::Unmet);
}

#[test]
fn a_lost_device_is_a_technical_notice_that_ends_when_it_is_heard_again() {
    // Hazard: H60
    let mut visit = paired();
    let lost = || {
        signal(SignalAct::LoseContact {
            last_heard: second(20),
        })
    };
    visit.by(&system(), lost(), second(31), second(31)).unwrap();
    assert!(visit.session.open_advisories()[0].notice.technical);
    let again = visit.by(&system(), lost(), second(32), second(32));
    assert_eq!(again.unwrap_err(), Refusal::AlreadyRaised);
    let back = signal(SignalAct::RegainContact);
    visit.by(&system(), back, second(40), second(40)).unwrap();
    assert!(visit.session.open_advisories().is_empty());
}

#[test]
fn nobody_says_by_hand_that_the_device_is_heard_and_no_machine_says_that_a_try_was_seen() {
    let mut visit = paired();
    let lost = signal(SignalAct::LoseContact {
        last_heard: second(20),
    });
    let refused = visit.by(&nurse(), lost, second(31), second(31));
    assert_eq!(refused.unwrap_err(), Refusal::NotForPeople);
    let see = signal(SignalAct::SeeTest { number: 1 });
    let refused = visit.by(&system(), see, second(31), second(31));
    assert_eq!(refused.unwrap_err(), Refusal::OnlyAPerson);
}

fn check(check: StartCheck) -> Command {
    Command::CheckForStart { check }
}

#[test]
fn a_question_of_the_day_that_was_left_out_is_not_all_clear() {
    // Hazard: H25
    let mut visit = Visit::checked_in(order(), 0);
    let lines = DayLine::ALL[1..].to_vec();
    let refused = visit.by(
        &nurse(),
        check(StartCheck::DayAsked { lines }),
        START,
        START,
    );
    assert_eq!(refused.unwrap_err(), Refusal::NotAllClear);
}

#[test]
fn a_therapist_alone_in_the_room_does_not_watch_somebody_under_the_drug() {
    // Hazard: H17. Source: clinical reference 10.3: a therapist gives no drug.
    let mut visit = Visit::checked_in(order(), 0);
    let present = |name: &str, role| Present {
        name: name.into(),
        role,
    };
    let said = |in_room| {
        check(StartCheck::StaffPresent {
            in_room,
            in_house: Vec::new(),
        })
    };
    let outcome = |visit: &Visit| start::staff_in_room(&visit.session, &visit.rules).outcome;
    assert_eq!(outcome(&visit), Outcome::Unknown);
    let therapist = vec![present("Theo", Role::Therapist)];
    visit.by(&nurse(), said(therapist), START, START).unwrap();
    assert_eq!(outcome(&visit), Outcome::Unmet);
    let both = vec![
        present("Theo", Role::Therapist),
        present("Nora Lind", Role::Nurse),
    ];
    visit.by(&nurse(), said(both), START, START).unwrap();
    assert_eq!(outcome(&visit), Outcome::Met);
    assert_eq!(
        start::prescriber_in_house(&visit.session).outcome,
        Outcome::Unmet
    );
    let nobody = visit.by(&nurse(), said(Vec::new()), START, START);
    assert_eq!(nobody.unwrap_err(), Refusal::NobodyNamed);
}

#[test]
fn what_the_room_does_not_have_ready_closes_the_start_line_by_line() {
    // Hazard: H25
    let mut visit = Visit::ready();
    visit.papers.room = RoomPapers::all(&Paper::not_known());
    let refused = visit
        .by(&nurse(), start(), minute(1), minute(1))
        .unwrap_err();
    let mut open: Vec<String> = refused
        .verdict()
        .unwrap()
        .open()
        .into_iter()
        .map(|finding| finding.requirement.clone())
        .collect();
    open.sort();
    assert_eq!(
        open,
        [
            "drug-double-checked",
            "drug-issued",
            "equipment-checked",
            "escort-named",
            "prepared-for-today",
            "prescriber-in-house",
            "signal-tested",
            "sound-heard",
            "staff-in-room",
        ]
    );
}
