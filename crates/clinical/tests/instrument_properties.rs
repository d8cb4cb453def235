//! What holds of every shipped instrument, whatever is answered.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::instrument::{
    Answer, Answers, Assessment, Holds, Instrument, Library, Points, Response, ScoreValue,
    ScoringResult, assess, change,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::shipped().unwrap());

fn instrument() -> impl Strategy<Value = &'static Instrument> {
    let count = LIBRARY.instruments().count();
    (0..count).prop_map(|index| LIBRARY.instruments().nth(index).unwrap())
}

/// Any answer, mostly one that the item cannot have.
fn any_answer() -> impl Strategy<Value = Answer> {
    let number = (any::<i64>(), 0_u32..7)
        .prop_map(|(number, scale)| Points::new(Decimal::new(number % 10_000_000, scale)));
    prop_oneof![
        "[a-z-]{0,12}".prop_map(Answer::Chosen),
        Just(Answer::Chosen("yes".to_owned())),
        number.prop_map(|number| Answer::Number(number.unwrap_or(Points::ZERO))),
        Just(Answer::NotSure),
        Just(Answer::Declined),
    ]
}

/// An answer that the item can have, the `pick`-th of them.
fn possible(instrument: &Instrument, response: &Response, pick: u32) -> Answer {
    match response {
        Response::Options(set) => {
            let choices = instrument.choices(set);
            Answer::Chosen(choices[pick as usize % choices.len()].id.clone())
        }
        Response::Whole(range) | Response::Measured { range, .. } => {
            let steps = (range.to.number() - range.from.number()).floor() + Decimal::ONE;
            let number = range.from.number() + Decimal::from(pick) % steps;
            Answer::Number(Points::new(number).unwrap())
        }
    }
}

/// Every item that is asked, answered with something that it can have.
fn whole_answers(instrument: &Instrument, picks: &[u32]) -> Answers {
    let mut answers = Answers::new();
    for (item, pick) in instrument.items.iter().zip(picks.iter().cycle()) {
        let with = answers
            .clone()
            .with(&item.id, possible(instrument, &item.response, *pick));
        // An answer to what is not asked is a contradiction, and not given here.
        if assess(instrument, &with).problems.is_empty() {
            answers = with;
        }
    }
    answers
}

fn values(assessment: &Assessment) -> Vec<&ScoreValue> {
    match &assessment.outcome {
        ScoringResult::Scored(scored) => scored.total.iter().chain(&scored.subscales).collect(),
        ScoringResult::Incomplete(incomplete) => incomplete.known.iter().collect(),
    }
}

fn raised(assessment: &Assessment) -> Vec<String> {
    let flags = match &assessment.outcome {
        ScoringResult::Scored(scored) => &scored.flags,
        ScoringResult::Incomplete(incomplete) => &incomplete.flags,
    };
    flags.iter().map(|flag| flag.id.clone()).collect()
}

fn open(assessment: &Assessment) -> Vec<String> {
    let flags = match &assessment.outcome {
        ScoringResult::Scored(scored) => &scored.undecided,
        ScoringResult::Incomplete(incomplete) => &incomplete.undecided,
    };
    flags.iter().map(|flag| flag.id.clone()).collect()
}

/// How grave a band is: 0 is the gravest.
fn place(instrument: &Instrument, band: &str) -> usize {
    let mut bands = instrument.bands.iter();
    bands.position(|known| known.id == band).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_answers_make_it_panic_and_no_score_leaves_its_range(
        instrument in instrument(),
        given in proptest::collection::vec((any::<prop::sample::Index>(), any_answer()), 0..40),
        stray in proptest::option::of("[a-z0-9-]{0,8}"),
    ) {
        let mut answers = Answers::new();
        for (index, answer) in given {
            let item = index.get(&instrument.items);
            answers = answers.with(&item.id, answer);
        }
        if let Some(stray) = stray {
            answers = answers.with(&stray, Answer::NotSure);
        }
        let assessment = assess(instrument, &answers);
        for value in values(&assessment) {
            prop_assert!(value.range.from <= value.points && value.points <= value.range.to);
        }
        let json = serde_json::to_string(&assessment).unwrap();
        prop_assert_eq!(serde_json::from_str::<Assessment>(&json).unwrap(), assessment);
    }

    #[test]
    fn what_is_answered_whole_is_scored_within_its_range_and_has_nothing_open(
        instrument in instrument(),
        picks in proptest::collection::vec(any::<u32>(), 1..100),
    ) {
        let assessment = assess(instrument, &whole_answers(instrument, &picks));
        let ScoringResult::Scored(scored) = &assessment.outcome else {
            return Err(TestCaseError::fail(format!("{assessment:?}")));
        };
        prop_assert!(scored.undecided.is_empty() && scored.missing.is_empty());
        prop_assert!(scored.cuts.iter().all(|cut| cut.passed != Holds::Unknown));
        for value in values(&assessment) {
            prop_assert!(!value.estimated);
            prop_assert!(value.range.from <= value.points && value.points <= value.range.to);
        }
        prop_assert_eq!(scored.band.is_some(), !instrument.bands.is_empty());
    }

    // Hazard: H40
    #[test]
    fn a_missing_answer_never_lowers_severity_in_silence(
        instrument in instrument(),
        picks in proptest::collection::vec(any::<u32>(), 1..100),
        leave_out in proptest::collection::vec(any::<prop::sample::Index>(), 1..6),
    ) {
        let whole = whole_answers(instrument, &picks);
        let given: Vec<String> = whole.iter().map(|(item, _)| item.to_owned()).collect();
        let left_out: Vec<&String> = leave_out.iter().map(|index| index.get(&given)).collect();
        let part = left_out.iter().fold(whole.clone(), |part, item| part.without(item));
        let (before, after) = (assess(instrument, &whole), assess(instrument, &part));

        // A flag that the answers raise is still raised, or said to be open.
        for flag in raised(&before) {
            prop_assert!(raised(&after).contains(&flag) || open(&after).contains(&flag), "{}", flag);
        }
        // A flag that is raised without them was right.
        for flag in raised(&after) {
            prop_assert!(raised(&before).contains(&flag), "{}", flag);
        }
        let needed = left_out.iter().any(|item| !instrument.item(item).unwrap().optional);
        match (&before.outcome, &after.outcome) {
            // Whoever reads the result sees what it made up for.
            (_, ScoringResult::Scored(scored)) if needed => {
                prop_assert!(!scored.missing.is_empty());
                prop_assert!(values(&after).iter().any(|value| value.estimated));
            }
            (_, ScoringResult::Scored(_)) => {}
            // A bound is a bound: never graver than what the whole answers say.
            (ScoringResult::Scored(whole), ScoringResult::Incomplete(part)) => {
                prop_assert!(!part.missing.is_empty());
                if let (Some(band), Some(bound)) = (&whole.band, &part.at_least) {
                    prop_assert!(place(instrument, &band.id) <= place(instrument, &bound.id));
                }
            }
            (ScoringResult::Incomplete(_), ScoringResult::Incomplete(_)) => {
                return Err(TestCaseError::fail("whole answers are scored"));
            }
        }
    }

    #[test]
    fn a_change_is_never_both_better_and_worse(
        instrument in instrument(),
        before in 0_i32..100,
        now in 0_i32..100,
    ) {
        let Some(principal) = instrument.principal.as_deref() else { return Ok(()) };
        let points = |number| Points::whole(number).unwrap();
        let found = change(instrument, principal, points(before), points(now));
        let met = |id: &str| found.iter().any(|f| f.id == id && f.met == Holds::Yes);
        prop_assert!(!(met("reliable-improvement") && met("deterioration")));
        prop_assert!(!(met("response") && met("partial-response")));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,200}") {
        let mut library = Library::default();
        let _ = library.add([("own.toml", text.as_str())].into_iter());
    }

    #[test]
    fn a_shipped_file_with_a_line_taken_out_is_read_or_refused_with_a_sentence(
        file in any::<prop::sample::Index>(),
        line in any::<prop::sample::Index>(),
    ) {
        let built_in = file.get(&clinical::instrument::BUILT_IN);
        let lines: Vec<&str> = built_in.text.lines().collect();
        let out = line.index(lines.len());
        let text: Vec<&str> = lines
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != out)
            .map(|(_, line)| *line)
            .collect();
        let mut library = Library::default();
        if let Err(error) = library.add([("own.toml", text.join("\n").as_str())].into_iter()) {
            prop_assert!(error.says.ends_with('.') && error.says.len() > 10, "{}", error);
            prop_assert!(error.line <= lines.len());
        }
    }

    #[test]
    fn a_shipped_file_with_a_number_changed_is_refused_or_scores_within_its_range(
        file in any::<prop::sample::Index>(),
        which in any::<prop::sample::Index>(),
        number in prop::sample::select(vec![
            "0", "1", "-1", "2", "7", "100", "999999", "1000000", "-1000000", "9223372036854775807",
            "\"0.000001\"", "\"-999999.999999\"", "\"0.5\"",
        ]),
        given in proptest::collection::vec((any::<prop::sample::Index>(), any::<u32>()), 0..40),
    ) {
        let built_in = file.get(&clinical::instrument::BUILT_IN);
        let numbers: Vec<(usize, &str)> = built_in
            .text
            .match_indices("= ")
            .map(|(at, equals)| (at + equals.len(), &built_in.text[at + equals.len()..]))
            .map(|(at, rest)| (at, rest.split(|c: char| !c.is_ascii_digit()).next().unwrap()))
            .filter(|(_, digits)| !digits.is_empty())
            .collect();
        let (at, digits) = numbers[which.index(numbers.len())];
        let text = format!(
            "{}{number}{}",
            &built_in.text[..at],
            &built_in.text[at + digits.len()..]
        );
        let mut library = Library::default();
        if library.add([("own.toml", text.as_str())].into_iter()).is_ok() {
            let own = library.instruments().next().unwrap();
            let mut answers = Answers::new();
            for (index, pick) in &given {
                let item = index.get(&own.items);
                answers = answers.with(&item.id, possible(own, &item.response, *pick));
            }
            for value in values(&assess(own, &answers)) {
                prop_assert!(value.range.from <= value.points && value.points <= value.range.to);
            }
        }
    }
}
