//! The tables of cases beside the policies, read and held against them.
#![allow(unreachable_pub, reason = "a module of two tests")]

use clinical::policy::{AdoptedPolicy, BuiltIn, Fact, Facts, Outcome, Policy, Rules, evaluate};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{Moment, Span};

/// When every case is judged.
pub const NOW: Moment = Moment::from_microseconds(1_790_000_000_000_000);

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The cases.
    pub case: Vec<Case>,
}

/// One row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Of which requirement.
    pub requirement: String,
    /// Which row.
    pub row: String,
    fact: CaseFact,
    /// What must come out.
    pub expect: Outcome,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CaseFact {
    Said(String),
    Given(BTreeMap<String, toml::Value>),
}

fn fact(given: &CaseFact) -> Fact {
    match given {
        CaseFact::Said(said) => match said.as_str() {
            "unknown" => Fact::Unknown,
            "answered" => Fact::Answered,
            "none-such" => Fact::NoneSuch,
            other => panic!("a case cannot say {other:?}"),
        },
        CaseFact::Given(map) => {
            let (kind, value) = map.iter().next().expect("a case gives one fact");
            match kind.as_str() {
                "number" => Fact::Number(value.as_str().expect("text").parse().expect("decimal")),
                "standing" => {
                    let word = value.as_str().expect("text");
                    let outcome = value.clone().try_into().expect("an outcome");
                    Fact::Standing(outcome, format!("it is {word}"))
                }
                "word" => Fact::Word(value.as_str().expect("text").to_owned()),
                "minutes_ago" => {
                    Fact::At(NOW - Span::from_minutes(value.as_integer().expect("minutes")))
                }
                other => panic!("a case cannot give {other:?}"),
            }
        }
    }
}

/// Holds every case beside these policies against them; gives how many there were.
pub fn hold(policies: &[BuiltIn]) -> usize {
    let mut count = 0;
    for built_in in policies {
        let policy = Arc::new(Policy::read(built_in.text).expect(built_in.file));
        // What requires nothing has cases of its own shape, run beside the code that asks it.
        if policy.requirements.is_empty() {
            continue;
        }
        let adopted = AdoptedPolicy::adopt(Arc::clone(&policy), BTreeMap::new()).expect("shipped");
        let rules = Rules::new(vec![adopted]);
        let cases: Cases = toml::from_str(built_in.cases).expect(built_in.file);
        for case in cases.case {
            let requirement = policy
                .requirements
                .iter()
                .find(|known| known.id == case.requirement)
                .unwrap_or_else(|| {
                    panic!("{}: no requirement {}", built_in.file, case.requirement)
                });
            let facts = Facts::new().with(&requirement.fact, fact(&case.fact));
            let verdict = evaluate(requirement.gate, &rules, &facts, NOW);
            let finding = verdict
                .findings
                .iter()
                .find(|finding| finding.requirement == case.requirement)
                .expect("the gate answers the requirement");
            assert_eq!(
                finding.outcome, case.expect,
                "{} / {} / {}",
                built_in.file, case.requirement, case.row
            );
            count += 1;
        }
    }
    count
}
