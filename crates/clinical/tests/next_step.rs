//! What can come next: the facts beside each alternative, and what a prescriber decides.
//!
//! Witness: the cases beside `policies/next-step.toml`, counted by hand in days.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::booking::Series;
use clinical::course::outcomes::next_step::{
    About, Alternatives, Known, NextStep, NextStepRules, Stands, facts,
};
use clinical::course::outcomes::{BaselineScore, Outcomes, OutcomesEvent, Refusal, Relapse};
use clinical::instrument::Points;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use units::{Moment, Span};

/// 1 June 2026, 10:00 UTC.
const FIRST: Moment = Moment::from_microseconds(1_780_308_000_000_000);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    title: String,
    sessions: Vec<i64>,
    now: i64,
    #[serde(default)]
    before: Option<i32>,
    #[serde(default)]
    newest: Option<(i64, i32)>,
    #[serde(default)]
    decided: Option<i64>,
    says: BTreeMap<About, String>,
    rule: BTreeSet<About>,
}

fn day(day: i64) -> Moment {
    FIRST + Span::from_hours(24 * day)
}

fn known<'a>(case: &Case, sessions: &'a [(Moment, bool)]) -> Known<'a> {
    let points = |points| Points::whole(points).unwrap();
    Known {
        sessions,
        series: Some(Series {
            visits: 6,
            within_days: 21,
            in_seven_days: 3,
            least_gap: Span::from_hours(48),
            most_gap: Span::from_hours(7 * 24),
            usual_gap: Span::from_hours(84),
        }),
        scale: "PHQ-9",
        baseline: case
            .before
            .map_or(BaselineScore::Unknown, |before| BaselineScore::Known {
                at: day(-1),
                points: points(before),
                estimated: false,
            }),
        newest: case.newest.map(|(at, score)| (day(at), points(score))),
        relapse: Relapse::NoRemission,
        risen: None,
        holds: None,
        decided: case.decided.map(day),
        now: day(case.now),
    }
}

fn cases() -> Vec<Case> {
    let text = include_str!("../../../policies/next-step.cases.toml");
    toml::from_str::<Cases>(text).unwrap().case
}

#[test]
fn the_facts_are_those_of_the_cases() {
    // Hazard: H73
    let rules = NextStepRules::shipped().unwrap();
    for case in cases() {
        let sessions: Vec<_> = case.sessions.iter().map(|on| (day(*on), false)).collect();
        let found = facts(&known(&case, &sessions), &rules);
        for (about, says) in &case.says {
            let stands = found
                .iter()
                .any(|fact| fact.about == *about && fact.says.replace('\u{a0}', " ") == *says);
            assert!(stands, "{}: {says}\n{found:#?}", case.title);
        }
        let rule: BTreeSet<About> = found
            .iter()
            .filter(|fact| fact.stands == Stands::Rule)
            .map(|fact| fact.about)
            .collect();
        assert_eq!(rule, case.rule, "{}", case.title);
    }
}

#[test]
fn what_stands_against_giving_anything_and_what_rose_is_said_as_a_rule() {
    // Hazard: H73
    let rules = NextStepRules::shipped().unwrap();
    let case = &cases()[1];
    let sessions: Vec<_> = case
        .sessions
        .iter()
        .map(|on| (day(*on), *on == 3))
        .collect();
    let mut known = known(case, &sessions);
    known.holds = Some("A warning sign after a session is not dealt with: blood in the urine.");
    known.risen = Some("PHQ-9 17 on 5 Jun 2026");
    known.relapse = Relapse::OneScore {
        remission: day(1),
        at: day(4),
        confirmed_from: day(11),
    };
    let found = facts(&known, &rules);
    let of = |about: About| -> Vec<&str> {
        found
            .iter()
            .filter(|fact| fact.about == about && fact.stands == Stands::Rule)
            .map(|fact| fact.says.as_str())
            .collect()
    };
    assert!(of(About::Signs)[0].contains("blood in the urine"));
    assert_eq!(of(About::Worse).len(), 2);
    let early = found.iter().find(|fact| fact.about == About::StoppedEarly);
    assert_eq!(early.unwrap().says, "1 session ended before all was given.");
}

#[test]
fn later_sessions_of_a_year_are_counted_without_those_of_any_series() {
    // Six of a series, then every second week: 27 later sessions, of which the last 25 lie in the
    // 365 days before now; the limit is 24.
    let rules = NextStepRules::shipped().unwrap();
    let case = &cases()[1];
    let later = (1..=27).map(|number| 17 + 14 * number);
    let sessions: Vec<_> = [0, 3, 7, 10, 14, 17]
        .into_iter()
        .chain(later)
        .map(|on| (day(on), false))
        .collect();
    let mut known = known(case, &sessions);
    // The third later session is on day 59; 365 days after it, it counts no more.
    known.now = day(59 + 365 - 1);
    let says = |known: &Known<'_>| {
        let found = facts(known, &rules);
        let fact = found
            .iter()
            .find(|fact| fact.about == About::InYear)
            .unwrap();
        (fact.says.clone(), fact.stands)
    };
    assert_eq!(
        says(&known),
        (
            "25 sessions after a series in 365 days: more than 24.".to_owned(),
            Stands::Rule
        )
    );
    known.now = day(59 + 365);
    assert_eq!(
        says(&known),
        (
            "24 sessions after a series in 365 days.".to_owned(),
            Stands::Plain
        )
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    case: Vec<BesideCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideCase {
    alternative: NextStep,
    beside: Vec<About>,
}

#[test]
fn every_alternative_stands_once_with_its_basis_and_source() {
    // Hazard: H73
    let shipped = Alternatives::shipped().unwrap();
    let text = include_str!("../../../policies/next-step-alternatives.cases.toml");
    let cases: Beside = toml::from_str(text).unwrap();
    let order: Vec<NextStep> = cases.case.iter().map(|one| one.alternative).collect();
    let shown: Vec<NextStep> = shipped.all().iter().map(|one| one.id).collect();
    assert_eq!(shown, order);
    for (one, case) in shipped.all().iter().zip(&cases.case) {
        for about in &case.beside {
            assert!(
                one.looks_at.contains(about),
                "{}: {}",
                one.says,
                about.word()
            );
        }
    }
    for one in shipped.all() {
        assert!(!one.basis.is_empty() && !one.source.is_empty() && !one.looks_at.is_empty());
    }
    let text = include_str!("../../../policies/next-step-alternatives.toml");
    let twice = text.replace("id = \"later\"", "id = \"sooner\"");
    assert!(Alternatives::read(&twice).is_err());
    let weighed = text.replace("id = \"later\"", "id = \"later\"\nscore = 3");
    assert!(
        Alternatives::read(&weighed).is_err(),
        "nothing weighs one against another"
    );
}

#[test]
fn a_decision_says_why() {
    let outcomes = Outcomes::default();
    assert_eq!(
        outcomes.decide_next(NextStep::Later, "  "),
        Err(Refusal::NoReason)
    );
    let long = "x".repeat(2_001);
    assert_eq!(
        outcomes.decide_next(NextStep::Later, &long),
        Err(Refusal::NoReason)
    );
    let taken = outcomes
        .decide_next(NextStep::Later, " stays well ")
        .unwrap();
    assert_eq!(
        taken.events,
        [OutcomesEvent::NextStepDecided {
            step: NextStep::Later,
            why: "stays well".to_owned(),
        }]
    );
}
