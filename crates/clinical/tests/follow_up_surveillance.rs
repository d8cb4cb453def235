//! What is due over months and years, against days worked out by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::follow_up::{SURVEILLANCE, Screen, SurveillanceRules};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use units::{Moment, Span};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
    creep: Vec<CreepCase>,
}

#[derive(Deserialize)]
struct Case {
    screen: Screen,
    sessions: Vec<i64>,
    done: Vec<i64>,
    due: i64,
}

#[derive(Deserialize)]
struct CreepCase {
    sessions: Vec<i64>,
    percent: Option<i64>,
}

fn day(number: i64) -> Moment {
    Moment::from_microseconds(1_795_165_200_000_000) + Span::from_hours(24 * number)
}

fn days(numbers: &[i64]) -> Vec<Moment> {
    numbers.iter().map(|number| day(*number)).collect()
}

#[test]
fn each_screen_is_due_when_the_reference_says() {
    let rules = SurveillanceRules::shipped().unwrap();
    let cases: Cases = toml::from_str(SURVEILLANCE.cases).unwrap();
    let mut tried = BTreeSet::new();
    for case in cases.case {
        let done: BTreeMap<Screen, Moment> = case
            .done
            .iter()
            .max()
            .map(|last| (case.screen, day(*last)))
            .into_iter()
            .collect();
        let due = rules.due(&days(&case.sessions), &done, day(200));
        let found = due.iter().find(|one| one.screen == case.screen).unwrap();
        assert_eq!(
            found.due,
            day(case.due),
            "{:?} {:?}",
            case.screen,
            case.done
        );
        assert_eq!(found.never_done, case.done.is_empty());
        tried.insert(case.screen);
    }
    assert_eq!(tried.len(), Screen::ALL.len());
}

#[test]
fn sessions_that_come_faster_and_faster_are_told() {
    let rules = SurveillanceRules::shipped().unwrap();
    let cases: Cases = toml::from_str(SURVEILLANCE.cases).unwrap();
    assert!(cases.creep.len() >= 5);
    for case in cases.creep {
        let percent = rules
            .creep(&days(&case.sessions))
            .map(|creep| creep.percent);
        assert_eq!(percent, case.percent, "{:?}", case.sessions);
    }
}

#[test]
fn nobody_without_a_session_is_watched_nor_somebody_whose_last_one_is_a_year_ago() {
    let rules = SurveillanceRules::shipped().unwrap();
    assert!(rules.due(&[], &BTreeMap::new(), day(0)).is_empty());
    assert!(
        !rules
            .due(&days(&[0]), &BTreeMap::new(), day(365))
            .is_empty()
    );
    assert!(
        rules
            .due(&days(&[0]), &BTreeMap::new(), day(366))
            .is_empty()
    );
}
