//! Every case beside every instrument: ends, edges of bands, missing answers, and the known traps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::instrument::{
    Answer, Answers, BUILT_IN, Holds, Incomplete, Instrument, Library, Points, Response,
    ScoreValue, Scored, ScoringResult, Subject, Test, assess, change,
};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(rename = "witness")]
    _witness: String,
    case: Vec<Case>,
    #[serde(default)]
    change: Vec<ChangeCase>,
    #[serde(default)]
    wording: Vec<WordingCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    row: String,
    /// By item; `every` for all that are not named (a number: for all that count), `fill_to` for a
    /// sum of points.
    answers: BTreeMap<String, toml::Value>,
    #[serde(default)]
    missing: Vec<String>,
    expect: Expect,
}

/// What is not named is expected to be absent, but cuts and scores, which are compared if named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    result: Option<String>,
    total: Option<Points>,
    #[serde(default)]
    no_total: bool,
    #[serde(default)]
    scores: BTreeMap<String, Points>,
    band: Option<String>,
    #[serde(default)]
    no_band: bool,
    at_least: Option<String>,
    #[serde(default)]
    cuts: BTreeMap<String, Holds>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    undecided: Vec<String>,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    estimated: bool,
    #[serde(default)]
    problems: usize,
    /// How many items the instrument has.
    items: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeCase {
    row: String,
    of: Option<String>,
    before: Points,
    now: Points,
    expect: BTreeMap<String, Holds>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordingCase {
    row: String,
    language: String,
    options: String,
    option: String,
    says: String,
}

fn library() -> Library {
    Library::shipped().unwrap_or_else(|error| panic!("{error}"))
}

fn shipped() -> Vec<(Instrument, Cases)> {
    let library = library();
    BUILT_IN
        .iter()
        .map(|built_in| {
            let id = built_in.file.trim_start_matches("instruments/");
            let instrument = library.named(id.trim_end_matches(".toml"));
            let cases = toml::from_str(built_in.cases)
                .unwrap_or_else(|error| panic!("{}: {error}", built_in.file));
            (instrument.expect("named as its file").clone(), cases)
        })
        .collect()
}

/// `1..9` is nine items.
fn expanded(ids: &[String]) -> Vec<String> {
    let one = |id: &String| match id.split_once("..") {
        None => vec![id.clone()],
        Some((first, last)) => {
            let prefix = first.trim_end_matches(|c: char| c.is_ascii_digit());
            let from: u32 = first[prefix.len()..].parse().expect("a number");
            (from..=last.parse().expect("a number"))
                .map(|number| format!("{prefix}{number}"))
                .collect()
        }
    };
    ids.iter().flat_map(one).collect()
}

fn answer(instrument: &Instrument, item: &str, value: &toml::Value) -> Answer {
    let is_choice = instrument
        .item(item)
        .is_some_and(|item| matches!(item.response, Response::Options(_)));
    match value {
        toml::Value::Integer(number) => {
            Answer::Number(Points::whole(i32::try_from(*number).unwrap()).unwrap())
        }
        toml::Value::String(text) if text == "not-sure" => Answer::NotSure,
        toml::Value::String(text) if is_choice => Answer::Chosen(text.clone()),
        toml::Value::String(text) => Answer::Number(Points::new(text.parse().unwrap()).unwrap()),
        other => panic!("a case cannot answer {other}"),
    }
}

/// The highest points of an item, where it counts anything, and the lowest.
fn ends(instrument: &Instrument, item: &str) -> Option<(Decimal, Decimal)> {
    match &instrument.item(item)?.response {
        Response::Whole(range) | Response::Measured { range, .. } => {
            Some((range.from.number(), range.to.number()))
        }
        Response::Options(set) => {
            let points: Option<Vec<Decimal>> = instrument
                .choices(set)
                .iter()
                .map(|choice| choice.points.map(Points::number))
                .collect();
            let points = points?;
            Some((*points.iter().min()?, *points.iter().max()?))
        }
    }
}

fn answers(instrument: &Instrument, case: &Case) -> Answers {
    let mut answers = Answers::new();
    let mut left = case
        .answers
        .get("fill_to")
        .map(|value| Decimal::from(value.as_integer().expect("a whole number")));
    for item in &instrument.items {
        let id = item.id.as_str();
        let every = case.answers.get("every");
        let every = every.filter(|value| value.is_str() || ends(instrument, id).is_some());
        let given = case.answers.get(id).or(every);
        if let Some(value) = given {
            answers = answers.with(id, answer(instrument, id, value));
        } else if let (Some(rest), Some((_, highest))) = (left.as_mut(), ends(instrument, id)) {
            let points = highest.min(*rest);
            *rest -= points;
            answers = answers.with(id, Answer::Number(Points::new(points).unwrap()));
        }
    }
    for (id, value) in &case.answers {
        if instrument.item(id).is_none() && id != "every" && id != "fill_to" {
            answers = answers.with(id, answer(instrument, id, value));
        }
    }
    expanded(&case.missing)
        .iter()
        .fold(answers, |answers, item| answers.without(item))
}

fn check(at: &str, instrument: &Instrument, case: &Case) {
    let expect = &case.expect;
    let assessment = assess(instrument, &answers(instrument, case));
    assert_eq!(
        assessment.problems.len(),
        expect.problems,
        "{at}: {:?}",
        assessment.problems
    );
    if let Some(items) = expect.items {
        assert_eq!(instrument.items.len(), items, "{at}: items");
    }
    let flags = |flags: &[clinical::instrument::RaisedFlag]| -> Vec<String> {
        flags.iter().map(|flag| flag.id.clone()).collect()
    };
    let undecided = |flags: &[clinical::instrument::UndecidedFlag]| -> Vec<String> {
        flags.iter().map(|flag| flag.id.clone()).collect()
    };
    match (assessment.outcome, expect.result.as_deref()) {
        (ScoringResult::Scored(found), None | Some("scored")) => {
            assert_eq!(flags(&found.flags), expect.flags, "{at}: flags");
            assert_eq!(
                undecided(&found.undecided),
                expect.undecided,
                "{at}: undecided"
            );
            assert_eq!(found.missing, expanded(&expect.missing), "{at}: missing");
            check_scored(at, &found, expect);
        }
        (ScoringResult::Incomplete(found), Some("incomplete")) => {
            assert_eq!(flags(&found.flags), expect.flags, "{at}: flags");
            assert_eq!(
                undecided(&found.undecided),
                expect.undecided,
                "{at}: undecided"
            );
            assert_eq!(found.missing, expanded(&expect.missing), "{at}: missing");
            check_incomplete(at, &found, expect);
        }
        (found, wanted) => panic!("{at}: found {found:?}, wanted {wanted:?}"),
    }
}

fn check_scores(at: &str, found: &[ScoreValue], expect: &Expect) {
    for (id, points) in &expect.scores {
        let value = found.iter().find(|value| &value.id == id);
        assert_eq!(value.map(|value| value.points), Some(*points), "{at}: {id}");
    }
}

fn check_scored(at: &str, found: &Scored, expect: &Expect) {
    let total = found.total.as_ref();
    assert_eq!(total.map(|total| total.points), expect.total, "{at}: total");
    assert_eq!(expect.total.is_none(), expect.no_total, "{at}: no total");
    if let Some(total) = total {
        assert_eq!(total.estimated, expect.estimated, "{at}: estimated");
    }
    let band = found.band.as_ref().map(|band| band.id.clone());
    assert_eq!(band, expect.band, "{at}: band");
    assert_eq!(expect.band.is_none(), expect.no_band, "{at}: no band");
    for (id, passed) in &expect.cuts {
        let cut = found.cuts.iter().find(|cut| &cut.id == id);
        assert_eq!(cut.map(|cut| cut.passed), Some(*passed), "{at}: cut {id}");
    }
    assert_eq!(
        found.cuts.len(),
        expect.cuts.len(),
        "{at}: every cut is expected"
    );
    check_scores(at, &found.subscales, expect);
}

fn check_incomplete(at: &str, found: &Incomplete, expect: &Expect) {
    let at_least = found.at_least.as_ref().map(|band| band.id.clone());
    assert_eq!(at_least, expect.at_least, "{at}: at least");
    check_scores(at, &found.known, expect);
}

#[test]
fn every_case_beside_an_instrument_holds() {
    // Hazard: H40
    let mut count = 0;
    for (instrument, cases) in shipped() {
        for case in &cases.case {
            check(
                &format!("{} / {}", instrument.id, case.row),
                &instrument,
                case,
            );
            count += 1;
        }
    }
    assert!(count > 180, "only {count} cases were read");
}

#[test]
fn every_change_beside_an_instrument_is_found_as_published() {
    for (instrument, cases) in shipped() {
        for case in &cases.change {
            let at = format!("{} / {}", instrument.id, case.row);
            let of = case.of.as_deref().or(instrument.principal.as_deref());
            let found: BTreeMap<String, Holds> =
                change(&instrument, of.expect(&at), case.before, case.now)
                    .into_iter()
                    .map(|finding| (finding.id, finding.met))
                    .collect();
            assert_eq!(found, case.expect, "{at}");
        }
        let tried = cases.change.iter().flat_map(|case| case.expect.keys());
        let tried: BTreeSet<&String> = tried.collect();
        for rule in &instrument.changes {
            assert!(tried.contains(&rule.id), "{}: {}", instrument.id, rule.id);
        }
    }
}

#[test]
fn words_that_copies_get_wrong_are_the_published_ones() {
    for (instrument, cases) in shipped() {
        for case in &cases.wording {
            let found = &instrument.wording[&case.language].option[&case.options][&case.option];
            assert_eq!(found, &case.says, "{} / {}", instrument.id, case.row);
        }
    }
}

#[test]
fn every_band_is_reached_by_a_case() {
    for (instrument, cases) in shipped() {
        let reached: BTreeSet<&String> = cases
            .case
            .iter()
            .filter_map(|case| case.expect.band.as_ref())
            .collect();
        for band in &instrument.bands {
            assert!(reached.contains(&band.id), "{}: {}", instrument.id, band.id);
        }
    }
}

#[test]
fn every_edge_of_a_band_has_a_case_on_both_sides() {
    for (instrument, cases) in shipped() {
        let totals: BTreeSet<Points> = cases.case.iter().filter_map(|c| c.expect.total).collect();
        let principal = instrument.principal.clone().map(Subject::Score);
        let conditions = instrument
            .bands
            .iter()
            .filter_map(|band| band.when.as_ref());
        for (_, _, condition) in conditions.flat_map(|when| when.conditions()) {
            if let (Test::AtLeast(limit), true) = (
                &condition.test,
                Some(&condition.subject) == principal.as_ref(),
            ) {
                let below = Points::new(limit.number() - Decimal::ONE).unwrap();
                for side in [below, *limit] {
                    assert!(totals.contains(&side), "{}: {side}", instrument.id);
                }
            }
        }
    }
}

#[test]
fn every_flag_is_raised_left_out_and_undecided_in_some_case() {
    // Hazard: H40
    for (instrument, cases) in shipped() {
        for flag in &instrument.flags {
            let of = |pick: fn(&Expect) -> &Vec<String>| {
                let mut cases = cases.case.iter();
                cases.any(|case| pick(&case.expect).contains(&flag.id))
            };
            let absent = cases.case.iter().any(|case| {
                !case.expect.flags.contains(&flag.id) && !case.expect.undecided.contains(&flag.id)
            });
            let all = of(|e| &e.flags) && of(|e| &e.undecided) && absent;
            assert!(all, "{}: {}", instrument.id, flag.id);
        }
    }
}
