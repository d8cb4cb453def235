//! Adverse events outside the room: what is asked of them, their clocks, and the clinic's log.
//!
//! Witness: clinical reference 6.4 (what makes an event serious; a visit to an emergency department),
//! 7.2 (grades, expected, same-day review), 6.3 (seven days); dates worked out by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::clinic::Clinic;
use clinical::course::reporting::{
    Account, ClockStanding, Clocks, EmergencyVisit, Expectation, Known, Learned, Noted, Origin,
    Refusal, Reporting, ReportingEvent, Seriousness, ToldBy, accounts,
};
use clinical::course::session::*;
use clinical::emergency::Cards;
use clinical::patient::CivilDate;
use clinical::record::{
    CommandId, EventId, Folded, Header, PatientId, Recorded, StreamId, StreamKind, TenantId,
};
use std::collections::{BTreeMap, BTreeSet};
use units::Moment;
use uuid::Uuid;

const EVENT: Uuid = Uuid::from_u128(0xae);

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn noted() -> Noted {
    Noted {
        description: "fell at home, cut over the eye".to_owned(),
        began_at: minute(300),
        ended_at: None,
        severity: Severity::Moderate,
        serious: BTreeSet::new(),
        emergency_visit: EmergencyVisit::None,
        expected: Expectation::NotListed,
        relatedness: Relatedness::Possible,
        outcome: AdverseOutcome::Recovering,
        treatment: "three stitches".to_owned(),
        told_by: ToldBy::Patient,
        report: None,
    }
}

fn by(criteria: &[Criterion]) -> Seriousness {
    Seriousness::By(criteria.iter().copied().collect())
}

fn enter(noted: Noted, seriousness: Seriousness) -> Result<Vec<ReportingEvent>, Refusal> {
    let whose = (EVENT, PatientId(Uuid::from_u128(7)));
    Reporting::default().note(whose, noted, seriousness, minute(2_000))
}

fn taken(reporting: &mut Reporting, events: Vec<ReportingEvent>) {
    taken_at(minute(2_000), reporting, events);
}

fn taken_at(at: Moment, reporting: &mut Reporting, events: Vec<ReportingEvent>) {
    for event in events {
        let header = Header {
            tenant: TenantId(Uuid::nil()),
            position: 0,
            stream: StreamId::of(StreamKind::Reporting, Uuid::from_u128(1)),
            stream_version: 1,
            event_id: EventId(Uuid::nil()),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: nurse(),
            command_id: CommandId(Uuid::nil()),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        reporting.take(&header, &event);
    }
}

/// With one event that staff entered.
fn with(noted: Noted, seriousness: Seriousness) -> (Reporting, Account) {
    let mut reporting = Reporting::default();
    let events = enter(noted, seriousness).unwrap();
    taken(&mut reporting, events);
    let account = only(&reporting);
    (reporting, account)
}

/// The one event that staff entered.
fn only(reporting: &Reporting) -> Account {
    let session = Session::new(clinical::record::SessionId(Uuid::from_u128(1)));
    accounts(&session, reporting).pop().unwrap()
}

/// The adverse event of a card that is opened after this visit, serious and treated.
pub fn of_a_card(visit: &Visit) -> Vec<Account> {
    accounts(&with_a_card(visit).session, &Reporting::default())
}

fn report() -> AdverseEvent {
    AdverseEvent {
        description: "pressure 212/118 at the door".to_owned(),
        began_at: minute(132),
        ended_at: Some(minute(139)),
        severity: Severity::Severe,
        serious: [Criterion::Hospitalisation, Criterion::OtherImportant].into(),
        relatedness: Relatedness::Probable,
        outcome: AdverseOutcome::Recovering,
        statement: "I have checked this.".to_owned(),
    }
}

fn with_a_card(visit: &Visit) -> Visit {
    let mut visit = visit.clone();
    let cards = Cards::shipped().unwrap();
    let card = OpenedCard::of(cards.card("hypertension").unwrap(), &Clinic::default());
    visit.does(
        Command::OpenCard {
            card,
            because: Because::Hand,
        },
        minute(132),
    );
    visit.does(
        Command::GiveCardMedicine {
            opening: 1,
            step: None,
            medicine: "Labetalol".to_owned(),
            dose: "10 mg".to_owned(),
            route: "IV over 2 min".to_owned(),
            again: false,
        },
        minute(133),
    );
    visit.does(
        Command::CloseCard {
            opening: 1,
            outcome: CardOutcome::TakenOver,
            note: String::new(),
        },
        minute(140),
    );
    let report = report();
    visit.does(
        Command::RecordAdverseEvent { opening: 1, report },
        minute(141),
    );
    visit
}

#[test]
fn an_event_of_which_nobody_said_whether_it_is_serious_is_not_saved() {
    // Hazard: H67
    let not_said = enter(noted(), Seriousness::NotSaid);
    assert_eq!(not_said, Err(Refusal::SeriousnessNotSaid));
    assert_eq!(enter(noted(), by(&[])), Err(Refusal::SeriousnessNotSaid));
    assert!(enter(noted(), Seriousness::NotSerious).is_ok());
}

#[test]
fn several_criteria_hold_at_once() {
    let both = by(&[Criterion::LifeThreatening, Criterion::Disability]);
    let (_, account) = with(noted(), both);
    assert_eq!(
        account.criteria_say(),
        "life-threatening; disability or permanent damage"
    );
}

#[test]
fn a_visit_to_an_emergency_department_without_admission_is_not_by_itself_a_hospitalisation() {
    // Hazard: H67. Witness: clinical reference 6.4.
    let went = |emergency_visit| Noted {
        emergency_visit,
        ..noted()
    };
    let home_again = || went(EmergencyVisit::WithoutAdmission);
    assert!(enter(home_again(), Seriousness::NotSerious).is_ok());
    assert!(enter(home_again(), by(&[Criterion::OtherImportant])).is_ok());
    assert_eq!(
        enter(home_again(), by(&[Criterion::Hospitalisation])),
        Err(Refusal::HospitalisationWithoutAdmission)
    );
    let admitted = || went(EmergencyVisit::Admitted);
    assert_eq!(
        enter(admitted(), Seriousness::NotSerious),
        Err(Refusal::AdmittedWithoutHospitalisation)
    );
    assert!(enter(admitted(), by(&[Criterion::Hospitalisation])).is_ok());
}

#[test]
fn parts_that_contradict_each_other_are_asked_back() {
    let died = Noted {
        outcome: AdverseOutcome::Died,
        ..noted()
    };
    assert_eq!(
        enter(died, by(&[Criterion::LifeThreatening])),
        Err(Refusal::DeathDoesNotAgree)
    );
    let ended = Noted {
        ended_at: Some(minute(299)),
        ..noted()
    };
    let not = || Seriousness::NotSerious;
    assert_eq!(enter(ended, not()), Err(Refusal::EndsBeforeItBegins));
    let later = Noted {
        began_at: minute(2_001),
        ..noted()
    };
    assert_eq!(enter(later, not()), Err(Refusal::InTheFuture));
    let empty = Noted {
        description: "  ".to_owned(),
        ..noted()
    };
    assert!(matches!(
        enter(empty, not()),
        Err(Refusal::WordsMissing { .. })
    ));
}

#[test]
fn what_nobody_looked_up_counts_as_not_in_the_products_list() {
    // Witness: clinical reference 7.2: expected = in the list and at most grade 2.
    let unexpected = |expected, severity| {
        let noted = Noted {
            expected,
            severity,
            ..noted()
        };
        with(noted, Seriousness::NotSerious).1.is_unexpected()
    };
    assert!(!unexpected(Expectation::Listed, Severity::Moderate));
    assert!(unexpected(Expectation::Listed, Severity::Severe));
    assert!(unexpected(Expectation::NotListed, Severity::Mild));
    assert!(unexpected(Expectation::NotKnown, Severity::Mild));
}

fn known(visit: Option<&str>, today: &str) -> Known {
    Known {
        programme_visit: visit.map(day),
        noted_on: day("2026-11-23"),
        today: day(today),
        reviewed_on: None,
        form_sent_on: None,
        told_on: BTreeMap::new(),
    }
}

#[test]
fn clocks_run_as_the_reference_says_and_no_day_is_invented() {
    // Hazard: H67. Entered on 23 November, of a visit on the 20th: looked at on the 23rd; with the
    // form, due on the 27th.
    let clocks = Clocks::shipped().unwrap();
    let (_, account) = with(noted(), by(&[Criterion::OtherImportant]));
    let now = known(Some("2026-11-20"), "2026-11-24");
    let standings: Vec<(String, ClockStanding)> = clocks
        .running(&account, &now)
        .into_iter()
        .map(|one| (one.clock.id.clone(), one.standing))
        .collect();
    let runs = |until: &str, left| ClockStanding::Runs {
        until: day(until),
        left,
    };
    assert_eq!(
        standings,
        [
            ("same-day-review".to_owned(), runs("2026-11-23", -1)),
            ("programme-form".to_owned(), runs("2026-11-27", 3)),
            ("programme-telephone".to_owned(), ClockStanding::NoClock),
            ("regulator".to_owned(), ClockStanding::NoClock),
        ]
    );
    // Without the programme, only the regulator is left besides the review.
    let elsewhere = known(None, "2026-11-24");
    let names: Vec<&str> = clocks
        .running(&account, &elsewhere)
        .iter()
        .map(|one| one.clock.id.as_str())
        .collect();
    assert_eq!(names, ["same-day-review", "regulator"]);
}

#[test]
fn an_expected_event_that_is_not_serious_has_no_clock() {
    let listed = Noted {
        expected: Expectation::Listed,
        ..noted()
    };
    let (_, account) = with(listed, Seriousness::NotSerious);
    let clocks = Clocks::shipped().unwrap();
    let now = known(Some("2026-11-20"), "2026-11-24");
    assert!(clocks.running(&account, &now).is_empty());
}

#[test]
fn the_log_is_closed_by_whoever_looked_and_not_while_a_question_is_open() {
    let (mut reporting, account) = with(noted(), Seriousness::NotSerious);
    assert_eq!(reporting.close(&account), Err(Refusal::NotReviewed));
    let learned = |open_question: &str| Learned {
        learned: "walk people to the door".to_owned(),
        open_question: open_question.to_owned(),
        expected: Expectation::NotListed,
        emergency_visit: EmergencyVisit::WithoutAdmission,
    };
    let looked = reporting.look(&account, learned("was the step lit?"));
    taken(&mut reporting, looked.unwrap());
    assert_eq!(reporting.close(&account), Err(Refusal::QuestionOpen));
    let looked = reporting.look(&account, learned(""));
    taken(&mut reporting, looked.unwrap());
    let closed = reporting.close(&account).unwrap();
    taken(&mut reporting, closed);
    assert!(!reporting.is_open(&account));
    assert_eq!(reporting.reviews[&EVENT].len(), 2, "the first look stays");
}

#[test]
fn an_event_entered_anew_opens_the_log_again() {
    let (mut reporting, account) = with(noted(), Seriousness::NotSerious);
    let learned = Learned {
        learned: "nothing".to_owned(),
        open_question: String::new(),
        expected: Expectation::Listed,
        emergency_visit: EmergencyVisit::None,
    };
    let looked = reporting.look(&account, learned).unwrap();
    taken(&mut reporting, looked);
    let closed = reporting.close(&account).unwrap();
    taken(&mut reporting, closed);
    let worse = Noted {
        outcome: AdverseOutcome::NotRecovered,
        ..noted()
    };
    let whose = (EVENT, PatientId(Uuid::from_u128(7)));
    let again = reporting.note(whose, worse, Seriousness::NotSerious, minute(3_000));
    taken_at(minute(3_000), &mut reporting, again.unwrap());
    let account = only(&reporting);
    assert!(reporting.is_open(&account));
    // What was said at the look does not stand over what was entered since.
    assert_eq!(account.noted.expected, Expectation::NotListed);
    // Its clocks began when it was known, and begin anew where it is serious after all.
    assert_eq!(account.at, minute(2_000));
    let graver = Noted {
        treatment: "kept for the night".to_owned(),
        ..noted()
    };
    let serious = by(&[Criterion::OtherImportant]);
    let again = reporting.note(whose, graver, serious, minute(4_000));
    taken_at(minute(4_000), &mut reporting, again.unwrap());
    assert_eq!(only(&reporting).at, minute(4_000));
    let more = by(&[Criterion::OtherImportant, Criterion::Disability]);
    let again = reporting.note(whose, noted(), more, minute(5_000));
    taken_at(minute(5_000), &mut reporting, again.unwrap());
    let account = only(&reporting);
    assert_eq!(
        (account.at, account.changed_at),
        (minute(4_000), minute(5_000))
    );
}

#[test]
fn an_event_of_a_card_that_is_recorded_again_keeps_its_clock_and_opens_the_log_again() {
    // Hazard: H67
    let mut visit = Visit::running();
    visit.does(stop(), minute(40));
    let mut visit = with_a_card(&visit);
    let account = accounts(&visit.session, &Reporting::default()).remove(0);
    let mut reporting = Reporting::default();
    let learned = Learned {
        learned: "the cuff was too small".to_owned(),
        open_question: String::new(),
        expected: Expectation::Listed,
        emergency_visit: EmergencyVisit::Admitted,
    };
    let looked = reporting.look(&account, learned).unwrap();
    taken_at(minute(150), &mut reporting, looked);
    let closed = reporting.close(&account).unwrap();
    taken_at(minute(151), &mut reporting, closed);
    assert!(!reporting.is_open(&account));
    let report = AdverseEvent {
        outcome: AdverseOutcome::Recovered,
        ..report()
    };
    visit.does(
        Command::RecordAdverseEvent { opening: 1, report },
        minute(160),
    );
    let again = accounts(&visit.session, &reporting).remove(0);
    assert_eq!(again.noted.outcome, AdverseOutcome::Recovered);
    assert_eq!((again.at, again.changed_at), (minute(141), minute(160)));
    assert!(reporting.is_open(&again));
}

#[test]
fn a_card_feeds_the_log_with_what_was_given_for_it() {
    let mut visit = Visit::running();
    visit.does(stop(), minute(40));
    let events = of_a_card(&visit);
    let [account] = events.as_slice() else {
        panic!("one event")
    };
    assert!(matches!(account.origin, Origin::Card { opening: 1, .. }));
    assert_eq!(account.noted.treatment, "Labetalol 10 mg IV over 2 min");
    assert!(account.is_serious());
    let refused = Reporting::default().strike(account, "wrong");
    assert_eq!(refused, Err(Refusal::OfACard));
}

#[test]
fn an_event_that_was_struck_out_has_no_clock_and_is_not_open() {
    let (mut reporting, account) = with(noted(), by(&[Criterion::Disability]));
    let struck = reporting.strike(&account, "another person’s").unwrap();
    taken(&mut reporting, struck);
    let session = Session::new(clinical::record::SessionId(Uuid::from_u128(1)));
    let account = accounts(&session, &reporting).pop().unwrap();
    assert_eq!(account.struck.as_deref(), Some("another person’s"));
    let now = known(Some("2026-11-20"), "2026-11-24");
    assert!(
        Clocks::shipped()
            .unwrap()
            .running(&account, &now)
            .is_empty()
    );
    assert!(!reporting.is_open(&account));
}
