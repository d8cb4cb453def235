//! Section 13 of the clinical reference, row by row: `scenarios/reference/13.toml`.
//!
//! Every row stands there, with what must come out of it. A row about what is not built yet says to
//! which part it belongs, and proves nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::booking_book::{Book, Page, booking, person, session, visit};
use clinical::course::booking::{Refusal, Visit, Warning};
use clinical::course::screening::case::read;
use clinical::course::screening::person::{Product, Route};
use clinical::course::screening::{Level, Screening, ScreeningRules};
use clinical::instrument::{
    Answer, Answers, Holds, Instrument, Library, Points, Scored, ScoringResult, assess, change,
};
use clinical::policy::{AdoptedPolicy, BUILT_IN, Fact, Facts, Outcome, Policy, Rules, evaluate};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use units::{Moment, Span};

/// The six scenarios and the boundary cases of section 13, in its order: as many rows there.
const SCENARIOS: usize = 6;
const BOUNDARIES: usize = 19;

const NOW: Moment = Moment::from_microseconds(1_790_000_000_000_000);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    is: String,
    /// What of the row belongs to a part that is not built yet.
    #[serde(default)]
    later: Vec<String>,
    #[serde(default)]
    screened: Vec<Screened>,
    #[serde(default)]
    scored: Vec<ScoredRow>,
    #[serde(default)]
    changed: Vec<Changed>,
    #[serde(default)]
    required: Vec<Required>,
    #[serde(default)]
    shipped: Vec<Shipped>,
    #[serde(default)]
    booked: Vec<Booked>,
    /// Tests of this folder that tell the row: file and name.
    #[serde(default)]
    proven_by: Vec<String>,
}

impl Row {
    fn proofs(&self) -> usize {
        self.screened.len()
            + self.scored.len()
            + self.changed.len()
            + self.required.len()
            + self.shipped.len()
            + self.booked.len()
            + self.proven_by.len()
    }
}

/// A person of `scenarios/screening/`, with some of the text changed. What is not named is not
/// compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Screened {
    case: String,
    #[serde(default)]
    change: Vec<(String, String)>,
    level: Option<Level>,
    blocking: Option<Vec<String>>,
    #[serde(default)]
    among_blocking: Vec<String>,
    #[serde(default)]
    not_blocking: Vec<String>,
    noted: Option<Vec<String>>,
    adds: Option<String>,
    rule_says: Option<String>,
    never_says: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoredRow {
    instrument: String,
    answers: BTreeMap<String, toml::Value>,
    total: Option<Points>,
    band: Option<String>,
    #[serde(default)]
    cuts: BTreeMap<String, Holds>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    instrument: String,
    before: Points,
    now: Points,
    finding: String,
    met: Holds,
}

/// One requirement as shipped, with one fact.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Required {
    requirement: String,
    minutes_ago: Option<i64>,
    number: Option<String>,
    outcome: Outcome,
}

/// A parameter as shipped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    policy: String,
    parameter: String,
    value: toml::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Booked {
    product: Product,
    starts: Vec<String>,
    answer: String,
}

fn scenarios() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"))
}

fn table() -> Table {
    let text = std::fs::read_to_string(scenarios().join("reference/13.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_row_of_section_13_is_proven_or_says_to_which_part_it_belongs() {
    let rows = table().row;
    assert_eq!(rows.len(), SCENARIOS + BOUNDARIES);
    for (number, row) in rows.iter().take(SCENARIOS).enumerate() {
        let begins = format!("scenario {}:", number + 1);
        assert!(row.is.starts_with(&begins), "{}", row.is);
    }
    for row in &rows {
        assert!(row.proofs() > 0 || !row.later.is_empty(), "{}", row.is);
        for proof in &row.proven_by {
            let (file, name) = proof.split_once("::").expect(proof);
            let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
            let text = std::fs::read_to_string(tests.join(file).with_extension("rs")).expect(proof);
            assert!(text.contains(&format!("#[test]\nfn {name}()")), "{proof}");
        }
    }
}

fn screening(row: &Screened, at: &str) -> Screening {
    let file = scenarios().join("screening").join(&row.case);
    let mut text = std::fs::read_to_string(file).expect(&row.case);
    for (from, into) in &row.change {
        assert!(text.contains(from), "{at}: {} has no {from:?}", row.case);
        text = text.replace(from, into);
    }
    let case = read(&text).unwrap_or_else(|problems| panic!("{at}: {problems:#?}"));
    case.screen(&ScreeningRules::adopted(&case.own).expect(at))
}

fn check_screened(row: &Screened, at: &str) {
    let found = screening(row, at);
    let blocking: Vec<&str> = found
        .blocking()
        .map(|finding| finding.rule.requirement.as_str())
        .collect();
    let noted: Vec<&str> = found
        .open
        .iter()
        .filter(|finding| !finding.level.blocks())
        .map(|finding| finding.rule.requirement.as_str())
        .collect();
    if let Some(level) = row.level {
        assert_eq!(found.level, level, "{at}: level, blocked by {blocking:?}");
    }
    if let Some(expected) = &row.blocking {
        assert_eq!(&blocking, expected, "{at}: blocking");
    }
    if let Some(expected) = &row.noted {
        assert_eq!(&noted, expected, "{at}: noted");
        assert_eq!(blocking, Vec::<&str>::new(), "{at}: blocking");
    }
    for expected in &row.among_blocking {
        assert!(blocking.contains(&expected.as_str()), "{at}: {blocking:?}");
    }
    for rule in &row.not_blocking {
        assert!(!blocking.contains(&rule.as_str()), "{at}: {blocking:?}");
        assert_eq!(found.of(rule).expect(at).outcome, Outcome::Met, "{at}");
    }
    if let Some(words) = &row.adds {
        let adds = found.adds();
        assert!(
            adds.iter().any(|says| says.contains(words)),
            "{at}: {adds:?}"
        );
    }
    if let Some(words) = &row.rule_says {
        let mut blocking = found.blocking();
        assert!(
            blocking.all(|finding| finding.rule.says.contains(words)),
            "{at}"
        );
    }
    if let Some(words) = &row.never_says {
        for finding in &found.open {
            let remedy = finding.rule.remedy.to_lowercase();
            assert!(!remedy.contains(words), "{at}: {remedy}");
        }
    }
}

#[test]
fn every_person_of_section_13_is_screened_as_it_says() {
    // Hazard: H24
    for row in table().row {
        for person in &row.screened {
            check_screened(person, &row.is);
        }
    }
}

fn scored(instrument: &Instrument, row: &ScoredRow, at: &str) -> Scored {
    let mut answers = Answers::new();
    for (item, value) in &row.answers {
        let answer = match value {
            toml::Value::Integer(number) => {
                Answer::Number(Points::whole(i32::try_from(*number).unwrap()).unwrap())
            }
            toml::Value::String(chosen) => Answer::Chosen(chosen.clone()),
            other => panic!("{at}: a row cannot answer {other}"),
        };
        answers = answers.with(item, answer);
    }
    let assessment = assess(instrument, &answers);
    assert!(
        assessment.problems.is_empty(),
        "{at}: {:?}",
        assessment.problems
    );
    match assessment.outcome {
        ScoringResult::Scored(found) => found,
        ScoringResult::Incomplete(found) => panic!("{at}: {found:?}"),
    }
}

#[test]
fn every_score_of_section_13_counts_as_it_says() {
    // Hazard: H40
    let library = Library::shipped().unwrap();
    for row in table().row {
        let at = &row.is;
        for expected in &row.scored {
            let instrument = library.named(&expected.instrument).expect(at);
            let found = scored(instrument, expected, at);
            let total = found.total.as_ref().map(|total| total.points);
            assert_eq!(total, expected.total, "{at}: total");
            if let Some(band) = &expected.band {
                assert_eq!(found.band.as_ref().map(|band| &band.id), Some(band), "{at}");
            }
            for (id, passed) in &expected.cuts {
                let cut = found.cuts.iter().find(|cut| &cut.id == id);
                assert_eq!(cut.map(|cut| cut.passed), Some(*passed), "{at}: {id}");
            }
        }
        for expected in &row.changed {
            let instrument = library.named(&expected.instrument).expect(at);
            let of = instrument.principal.as_deref().expect(at);
            let findings = change(instrument, of, expected.before, expected.now);
            let found = findings
                .iter()
                .find(|finding| finding.id == expected.finding);
            assert_eq!(found.map(|finding| finding.met), Some(expected.met), "{at}");
        }
    }
}

fn outcome(row: &Required, at: &str) -> Outcome {
    let fact = match (row.minutes_ago, &row.number) {
        (Some(minutes), None) => Fact::At(NOW - Span::from_minutes(minutes)),
        (None, Some(number)) => Fact::Number(number.parse().expect(at)),
        _ => panic!("{at}: a row gives one fact"),
    };
    for built_in in BUILT_IN {
        let policy = Arc::new(Policy::read(built_in.text).expect(built_in.file));
        let named = |id: &str| id == row.requirement;
        let Some(requirement) = policy.requirements.iter().find(|known| named(&known.id)) else {
            continue;
        };
        let facts = Facts::new().with(&requirement.fact, fact);
        let adopted = AdoptedPolicy::adopt(Arc::clone(&policy), BTreeMap::new()).expect(at);
        let verdict = evaluate(requirement.gate, &Rules::new(vec![adopted]), &facts, NOW);
        let finding = verdict
            .findings
            .iter()
            .find(|found| named(&found.requirement));
        return finding.expect("the gate answers the requirement").outcome;
    }
    panic!("{at}: no requirement {}", row.requirement)
}

#[test]
fn every_limit_of_section_13_passes_and_holds_as_it_says() {
    // Hazard: H04
    for row in table().row {
        for expected in &row.required {
            let found = outcome(expected, &row.is);
            assert_eq!(
                found, expected.outcome,
                "{}: {}",
                row.is, expected.requirement
            );
        }
        for expected in &row.shipped {
            let file = format!("policies/{}.toml", expected.policy);
            let built_in = BUILT_IN
                .iter()
                .find(|known| known.file == file)
                .expect(&file);
            let policy: toml::Table = built_in.text.parse().expect(&file);
            let found = &policy["parameter"][&expected.parameter]["value"];
            assert_eq!(found, &expected.value, "{}", row.is);
        }
    }
}

fn booked(row: &Booked) -> &'static str {
    // From the Saturday before the clocks go back to the Monday after they go forward.
    let mut book = Book::new(0, 1);
    book.days = (-2..134).map(Page::new).collect();
    let route = match row.product {
        Product::Racemic => Route::Intravenous,
        Product::Esketamine => Route::Intranasal,
    };
    let visits = (0..).zip(&row.starts).map(|(number, starts)| Visit {
        visit: session(number),
        patient: person(1),
        product: row.product,
        route,
        ..visit(1, 1, Moment::parse(starts).unwrap())
    });
    match book.decide(&booking(visits.collect())) {
        Ok(_) => "booked",
        Err(Refusal::TooManyInSevenDays { .. }) => "too many in seven days",
        Err(Refusal::Warned { warnings }) if matches!(warnings[..], [Warning::TooClose { .. }]) => {
            "too close"
        }
        Err(other) => panic!("{:?}: {other:?}", row.starts),
    }
}

#[test]
fn every_course_of_section_13_is_booked_or_not_as_it_says() {
    // Hazard: H55
    for row in table().row {
        for course in &row.booked {
            assert_eq!(
                booked(course),
                course.answer,
                "{}: {:?}",
                row.is,
                course.starts
            );
        }
    }
}
