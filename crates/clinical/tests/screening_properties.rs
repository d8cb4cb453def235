//! What holds for every person: more against them never helps, and neither does knowing less.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::screening::case::{Case, read};
use clinical::course::screening::medicine::{Medicine, Use};
use clinical::course::screening::person::{
    Answer, ChildPugh, Examination, LastEvent, LastUse, Person, Scale, Scored, Source, Substance,
    Test, TestValue, Witness,
};
use clinical::course::screening::{
    Decision, Level, Question, Screening, ScreeningRules, Visit, screen,
};
use clinical::patient::Sex;
use clinical::policy::{Gate, Outcome, Severity};
use proptest::prelude::*;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use units::{Moment, Span};

static RULES: LazyLock<ScreeningRules> = LazyLock::new(|| ScreeningRules::shipped().unwrap());
/// Someone against whom nothing stands, on the day of the visit.
static ORDINARY: LazyLock<Case> = LazyLock::new(|| {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening/day-alcohol.toml");
    let text = std::fs::read_to_string(path).unwrap();
    read(&text.replace("2026-11-23T11:01:00", "2026-11-20T11:01:00")).unwrap()
});

fn witness() -> Arc<Witness> {
    Arc::new(Witness {
        source: Source::Patient,
        name: "Patient".into(),
        at: ORDINARY.at,
    })
}

fn said<T>(value: T) -> Answer<T> {
    Answer::Said(value, witness())
}

fn medicine(words: &str) -> Medicine {
    Medicine {
        words: words.into(),
        codes: vec![],
        status: Use::Current,
        last_taken: Some(LastUse::At(ORDINARY.visit.at - Span::from_hours(5))),
        milligrams_per_day: None,
        morphine_equivalent: None,
        review: None,
    }
}

fn judged(person: &Person, visit: &Visit, gate: Gate) -> Screening {
    screen(person, visit, gate, &RULES, ORDINARY.at)
}

/// One thing about a person that may be otherwise.
#[derive(Clone, Debug)]
enum Change {
    Question(Question, Answer<bool>),
    Sex(Sex),
    BornYearsAgo(i16),
    Liver(ChildPugh),
    Event(i32),
    Scale(Scale, u8),
    Electrocardiogram(i64, i32),
    Pregnancy(bool, i32),
    Drinks(Substance, i64),
    Takes(&'static str),
}

fn changes() -> impl Strategy<Value = Change> {
    let question = (0..Question::ALL.len(), 0..4u8).prop_map(|(place, answer)| {
        let answer = match answer {
            0 => Answer::NotAsked,
            1 => Answer::NotSure(witness()),
            2 => said(true),
            _ => said(false),
        };
        Change::Question(Question::ALL[place], answer)
    });
    let sex = prop_oneof![
        Just(Sex::Female),
        Just(Sex::Male),
        Just(Sex::Other),
        Just(Sex::Unknown)
    ];
    let medicine = prop_oneof![
        Just("theophylline"),
        Just("lorazepam"),
        Just("phenelzine"),
        Just("methylphenidate"),
        Just("semaglutide"),
        Just("insulin"),
        Just("citalopram"),
        Just("something red"),
    ];
    prop_oneof![
        4 => question,
        1 => sex.prop_map(Change::Sex),
        1 => (12i16..90).prop_map(Change::BornYearsAgo),
        1 => (0..ChildPugh::ALL.len()).prop_map(|place| Change::Liver(ChildPugh::ALL[place])),
        1 => (0i32..400).prop_map(Change::Event),
        1 => (0..Scale::ALL.len(), 0u8..7)
            .prop_map(|(place, points)| Change::Scale(Scale::ALL[place], points)),
        1 => (400i64..520, 0i32..120).prop_map(|(qt, ago)| Change::Electrocardiogram(qt, ago)),
        1 => (any::<bool>(), 0i32..20).prop_map(|(positive, ago)| Change::Pregnancy(positive, ago)),
        1 => (0..Substance::ALL.len(), 0i64..200)
            .prop_map(|(place, hours)| Change::Drinks(Substance::ALL[place], hours)),
        2 => medicine.prop_map(Change::Takes),
    ]
}

fn apply(person: &mut Person, change: &Change) {
    let visit = ORDINARY.visit;
    match change {
        Change::Question(question, answer) => {
            person.questions.insert(*question, answer.clone());
        }
        Change::Sex(sex) => person.sex = said(*sex),
        Change::BornYearsAgo(years) => {
            let year = visit.on.year() - years;
            person.birth_date = said(clinical::patient::CivilDate::new(year, 1, 1).unwrap());
        }
        Change::Liver(class) => person.liver = said(*class),
        Change::Event(ago) => {
            person.acute_event = said(LastEvent::On(visit.on.plus_days(-ago)));
        }
        Change::Scale(scale, points) => {
            person.scales.insert(*scale, said(Scored::Points(*points)));
        }
        Change::Electrocardiogram(qt, ago) => {
            let done = Examination::Done {
                on: visit.on.plus_days(-ago),
                value: Some(TestValue::Number((*qt).into())),
            };
            person.tests.insert(Test::Electrocardiogram, said(done));
        }
        Change::Pregnancy(positive, ago) => {
            let done = Examination::Done {
                on: visit.on.plus_days(-ago),
                value: Some(if *positive {
                    TestValue::Positive
                } else {
                    TestValue::Negative
                }),
            };
            person.tests.insert(Test::Pregnancy, said(done));
        }
        Change::Drinks(substance, hours) => {
            let at: Moment = visit.at - Span::from_hours(*hours);
            person.substances.insert(*substance, said(LastUse::At(at)));
        }
        Change::Takes(words) => {
            let mut all = person.medicines.said().cloned().unwrap_or_default();
            all.push(medicine(words));
            person.medicines = said(all);
        }
    }
}

/// The places where an answer can be missing.
const PLACES: usize = 14 + Question::ALL.len() + Scale::ALL.len() + Test::ALL.len() + 3;

/// Forgets the answer at one place.
fn forget(person: &mut Person, place: usize) {
    match place {
        0 => person.birth_date = Answer::NotAsked,
        1 => person.sex = Answer::NotAsked,
        2 => person.height = Answer::NotAsked,
        3 => person.weight = Answer::NotAsked,
        4 => person.pressures = Answer::NotAsked,
        5 => person.today = Answer::NotAsked,
        6 => person.indication = Answer::NotAsked,
        7 => person.trials = Answer::NotAsked,
        8 => person.medicines = Answer::NotAsked,
        9 => person.intolerances = Answer::NotAsked,
        10 => person.acute_event = Answer::NotAsked,
        11 => person.liver = Answer::NotAsked,
        12 => person.suicide_risk = Answer::NotAsked,
        13 => person.clearances.clear(),
        other => {
            let mut rest = other - 14;
            if let Some(question) = Question::ALL.get(rest) {
                person.questions.remove(question);
                return;
            }
            rest -= Question::ALL.len();
            if let Some(scale) = Scale::ALL.get(rest) {
                person.scales.remove(scale);
                return;
            }
            rest -= Scale::ALL.len();
            if let Some(test) = Test::ALL.get(rest) {
                person.tests.remove(test);
                return;
            }
            rest -= Test::ALL.len();
            person.substances.remove(&Substance::ALL[rest]);
        }
    }
}

fn gates() -> impl Strategy<Value = Gate> {
    prop_oneof![Just(Gate::AcceptForTreatment), Just(Gate::DayOfSession)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn forgetting_an_answer_never_turns_blocked_into_eligible(
        changes in prop::collection::vec(changes(), 0..4),
        place in 0..PLACES,
        gate in gates(),
    ) {
        // Hazard: H24
        let mut person = ORDINARY.person.clone();
        changes.iter().for_each(|change| apply(&mut person, change));
        let before = judged(&person, &ORDINARY.visit, gate);
        forget(&mut person, place);
        let after = judged(&person, &ORDINARY.visit, gate);
        if before.decision == Decision::Blocked {
            prop_assert_eq!(after.decision, Decision::Blocked);
        }
    }

    #[test]
    fn one_more_exclusion_never_makes_the_answer_better(
        changes in prop::collection::vec(changes(), 0..4),
        exclusion in 0..64usize,
        gate in gates(),
    ) {
        // Hazard: H24
        let mut person = ORDINARY.person.clone();
        changes.iter().for_each(|change| apply(&mut person, change));
        let before = judged(&person, &ORDINARY.visit, gate);
        let exclusions = exclusions();
        let question = exclusions[exclusion % exclusions.len()];
        person.questions.insert(question, said(true));
        let after = judged(&person, &ORDINARY.visit, gate);
        prop_assert!(after.level >= before.level);
        // Pregnancy alone waits for the question whether it is possible.
        if question != Question::Pregnant {
            prop_assert_eq!(after.level, Level::Exclude);
        }
    }

    #[test]
    fn what_is_eligible_has_every_blocking_rule_met_or_cleared(
        changes in prop::collection::vec(changes(), 0..3),
        gate in gates(),
    ) {
        let mut person = ORDINARY.person.clone();
        changes.iter().for_each(|change| apply(&mut person, change));
        let screening = judged(&person, &ORDINARY.visit, gate);
        let gravest = screening.open.iter().map(|found| found.level).max();
        prop_assert_eq!(screening.level, gravest.unwrap_or(Level::Clear));
        if screening.decision == Decision::Eligible {
            for found in &screening.open {
                prop_assert!(found.rule.severity <= Severity::Caution);
            }
        }
        // Every rule is answered once or is said not to be about this visit.
        let answered = screening.open.len() + screening.met.len() + screening.not_about.len();
        let asked = match gate {
            Gate::DayOfSession => RULES.rules().count(),
            _ => RULES
                .requirements()
                .filter(|(_, requirement)| requirement.gate == Gate::AcceptForTreatment)
                .count(),
        };
        prop_assert_eq!(answered, asked);
    }
}

/// Questions whose "yes" excludes someone who is to have racemic ketamine.
fn exclusions() -> Vec<Question> {
    RULES
        .requirements()
        .filter(|(_, requirement)| {
            requirement.severity == Severity::Exclude
                && (requirement.products.is_empty() || requirement.products == ["racemic-ketamine"])
                && requirement.fact.starts_with("condition.")
                // What the clinic has switched off excludes nobody.
                && !requirement
                    .only_if
                    .iter()
                    .any(|premise| premise.fact.starts_with("setting."))
        })
        .filter_map(|(_, requirement)| Question::of_name(&requirement.fact))
        .collect()
}

#[test]
fn the_ordinary_person_is_eligible_at_both_gates() {
    for gate in [Gate::AcceptForTreatment, Gate::DayOfSession] {
        let screening = judged(&ORDINARY.person, &ORDINARY.visit, gate);
        assert_eq!(screening.level, Level::Clear, "{:#?}", screening.open);
    }
}

#[test]
fn every_answer_that_a_blocking_rule_asks_for_blocks_when_it_is_missing_or_not_sure() {
    // Hazard: H24
    let asked: Vec<Question> = RULES
        .requirements()
        .filter(|(_, requirement)| {
            requirement.severity >= Severity::HoldToday
                && (requirement.products.is_empty() || requirement.products == ["racemic-ketamine"])
                && requirement.only_if.is_empty()
        })
        .filter_map(|(_, requirement)| Question::of_name(&requirement.fact))
        .collect();
    assert!(asked.len() > 50, "{}", asked.len());
    for question in asked {
        for answer in [Answer::NotAsked, Answer::NotSure(witness())] {
            let mut person = ORDINARY.person.clone();
            person.questions.insert(question, answer);
            let screening = judged(&person, &ORDINARY.visit, Gate::DayOfSession);
            assert_eq!(screening.level, Level::Incomplete, "{question}");
            assert!(
                screening
                    .blocking()
                    .all(|found| found.outcome == Outcome::Unknown),
                "{question}"
            );
        }
    }
}
