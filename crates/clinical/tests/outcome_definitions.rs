//! What a change of the score means, against a table worked out on paper, and what becomes of
//! missing answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::outcomes::{
    BaselineScore, Course, First, Missing, Now, Reading, Relapse, Score, Source,
};
use clinical::instrument::{Library, Points};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use units::{Moment, Span};
use uuid::Uuid;

const CASES: &str = include_str!("../src/course/outcomes/definitions.cases.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(rename = "witness")]
    _witness: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    row: String,
    scale: String,
    #[serde(default)]
    no_session: bool,
    scores: Vec<(i64, String)>,
    baseline: String,
    #[serde(default)]
    now: BTreeMap<String, String>,
    #[serde(default)]
    first: BTreeMap<String, String>,
    #[serde(default)]
    at_baseline: BTreeSet<String>,
    #[serde(default)]
    relapse: Option<String>,
}

/// The first drug: 1 June 2026, 10:00 UTC.
const DRUG: Moment = Moment::from_microseconds(1_780_308_000_000_000);

fn points(text: &str) -> Points {
    Points::new(text.parse().unwrap()).unwrap()
}

fn reading(hours: i64, score: Score) -> Reading {
    Reading {
        at: DRUG + Span::from_hours(hours),
        source: Source::Sheet(Uuid::from_u128(hours.unsigned_abs().into())),
        score,
        band: None,
        undecided: Vec::new(),
    }
}

fn complete(hours: i64, text: &str) -> Reading {
    reading(
        hours,
        Score::Complete {
            points: points(text),
            estimated: false,
        },
    )
}

const fn why(missing: Missing) -> &'static str {
    match missing {
        Missing::NoSession => "no-session",
        Missing::NoBaseline => "no-baseline",
        Missing::NoScoreSince => "no-score-since",
        Missing::BaselineOfZero => "baseline-of-zero",
    }
}

fn hours(at: Moment) -> i64 {
    (at - DRUG).minutes() / 60
}

fn relapse_says(relapse: Relapse) -> String {
    match relapse {
        Relapse::NotDefined => "not-defined".to_owned(),
        Relapse::NoRemission => "no-remission".to_owned(),
        Relapse::NoneSince { remission } => format!("none {}", hours(remission)),
        Relapse::OneScore {
            at, confirmed_from, ..
        } => format!("one {} {}", hours(at), hours(confirmed_from)),
        Relapse::Relapsed {
            began,
            confirmed,
            after,
            ..
        } => format!(
            "relapsed {} {} {}",
            hours(began),
            hours(confirmed),
            after.minutes() / 60
        ),
    }
}

#[test]
fn every_definition_finds_what_was_worked_out_on_paper() {
    // Hazard: H65
    let library = Library::shipped().unwrap();
    let cases: Cases = toml::from_str(CASES).unwrap();
    let mut tried = BTreeSet::new();
    for case in cases.case {
        let row = &case.row;
        let instrument = library.named(&case.scale).unwrap();
        let readings: Vec<Reading> = case
            .scores
            .iter()
            .map(|(hours, text)| complete(*hours, text))
            .collect();
        let first_drug = (!case.no_session).then_some(DRUG);
        let course = Course::of(instrument, &readings, first_drug);
        let baseline = match course.baseline() {
            BaselineScore::NoSession => "no-session".to_owned(),
            BaselineScore::Unknown => "unknown".to_owned(),
            BaselineScore::Known { points, .. } => points.to_string(),
        };
        assert_eq!(baseline, case.baseline, "{row}");
        let findings = course.findings();
        let of = |id: &str| {
            findings
                .iter()
                .find(|finding| finding.id == id)
                .unwrap_or_else(|| panic!("{row}: {id}"))
        };
        for (id, expected) in &case.now {
            let found = match of(id).now {
                Now::Known(true) => "yes",
                Now::Known(false) => "no",
                Now::Unknown(missing) => why(missing),
            };
            assert_eq!(found, expected, "{row}: {id} now");
            tried.insert((case.scale.clone(), id.clone()));
        }
        for (id, expected) in &case.first {
            let found = match of(id).first {
                First::NotYet => "never".to_owned(),
                First::At { at, after, .. } => {
                    assert_eq!(after, at - DRUG, "{row}: {id}");
                    hours(at).to_string()
                }
                First::Unknown(missing) => why(missing).to_owned(),
            };
            assert_eq!(&found, expected, "{row}: {id} first");
        }
        for id in &case.at_baseline {
            assert!(of(id).at_baseline, "{row}: {id}");
        }
        if let Some(expected) = &case.relapse {
            assert_eq!(&relapse_says(course.relapse()), expected, "{row}");
        }
    }
    // The six of the reference, on the scale that has them.
    for id in [
        "response",
        "partial-response",
        "remission",
        "reliable-improvement",
        "deterioration",
    ] {
        assert!(tried.contains(&("phq-9".to_owned(), id.to_owned())), "{id}");
    }
}

#[test]
fn a_scale_without_a_score_is_no_baseline_and_no_score() {
    let library = Library::shipped().unwrap();
    let instrument = library.named("phq-9").unwrap();
    let incomplete = Score::Incomplete {
        missing: vec!["8".to_owned(), "9".to_owned()],
    };
    let readings = [
        complete(-48, "21"),
        reading(-1, incomplete.clone()),
        complete(168, "9"),
        reading(336, incomplete),
        reading(700, Score::Declined),
    ];
    let course = Course::of(instrument, &readings, Some(DRUG));
    // The last complete one, not the last one.
    assert_eq!(course.baseline().points(), Some(points("21")));
    let findings = course.findings();
    let response = findings.iter().find(|one| one.id == "response").unwrap();
    // 12 of 21 points are 57 %.
    assert_eq!(response.now, Now::Known(true));
}

proptest! {
    #[test]
    fn the_order_in_which_scores_arrive_changes_nothing(
        scores in proptest::collection::vec((-300_i64..3_000, 0_i32..28), 0..9),
        seed in any::<u64>(),
    ) {
        let library = Library::shipped().unwrap();
        let instrument = library.named("phq-9").unwrap();
        let mut seen = BTreeSet::new();
        let readings: Vec<Reading> = scores
            .iter()
            .filter(|(hours, _)| seen.insert(*hours))
            .map(|(hours, points)| complete(*hours, &points.to_string()))
            .collect();
        let mut other = readings.clone();
        if !other.is_empty() {
            let by = usize::try_from(seed % (other.len() as u64)).unwrap();
            other.rotate_left(by);
            other.reverse();
        }
        let one = Course::of(instrument, &readings, Some(DRUG));
        let two = Course::of(instrument, &other, Some(DRUG));
        prop_assert_eq!(one.findings(), two.findings());
        prop_assert_eq!(one.relapse(), two.relapse());
        // Nobody relapses without a score that reaches the limit, nor without remission.
        if let Relapse::Relapsed { remission, began, confirmed, .. } = one.relapse() {
            prop_assert!(remission < began && confirmed - began >= Span::from_hours(168));
        }
    }
}
