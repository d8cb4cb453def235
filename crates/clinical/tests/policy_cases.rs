//! Every case beside every policy, with its four rows, against the rules as shipped.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::case_table::{Cases, NOW};
use clinical::policy::{
    AdoptedPolicy, BUILT_IN, Comparison, Fact, Facts, Outcome, Policy, Rules, evaluate,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Span;

#[test]
fn every_case_beside_a_policy_holds() {
    // Hazard: H24, H39, H04, H25
    let count = crate::case_table::hold(&BUILT_IN);
    assert!(count > 100, "only {count} cases were read");
}

#[test]
fn every_requirement_has_its_four_rows() {
    for built_in in BUILT_IN {
        let policy = Policy::read(built_in.text).expect(built_in.file);
        if policy.requirements.is_empty() {
            continue;
        }
        let cases: Cases = toml::from_str(built_in.cases).expect(built_in.file);
        for requirement in &policy.requirements {
            let rows: Vec<&str> = match requirement.must_be {
                Comparison::Answered(_) => vec!["unknown", "answered"],
                Comparison::InForce(_) => vec!["unknown", "met", "unmet"],
                Comparison::OneOf(_) | Comparison::NoneOf(_) => vec!["unknown"],
                Comparison::AtLeast(_)
                | Comparison::AtMost(_)
                | Comparison::Below(_)
                | Comparison::ElapsedAtLeast(_)
                | Comparison::ElapsedAtMost(_) => {
                    vec!["unknown", "just below", "exactly", "just above"]
                }
            };
            for row in rows {
                assert!(
                    cases
                        .case
                        .iter()
                        .any(|case| case.requirement == requirement.id && case.row == row),
                    "{}: {} has no row {row:?}",
                    built_in.file,
                    requirement.id
                );
            }
        }
    }
}

#[test]
fn a_gate_with_no_facts_at_all_is_closed_and_says_unknown() {
    // Hazard: H24
    let rules = Rules::shipped().expect("shipped");
    for gate in [
        clinical::policy::Gate::Order,
        clinical::policy::Gate::StartInfusion,
        clinical::policy::Gate::RaiseRate,
        clinical::policy::Gate::Discharge,
    ] {
        let verdict = evaluate(gate, &rules, &Facts::new(), NOW);
        assert!(!verdict.is_open());
        assert!(
            verdict
                .findings
                .iter()
                .all(|finding| finding.outcome == Outcome::Unknown)
        );
    }
}

#[test]
fn a_value_outside_the_permitted_range_cannot_be_adopted() {
    let text = BUILT_IN
        .iter()
        .find(|known| known.file.contains("fasting"))
        .expect("fasting");
    let policy = Arc::new(Policy::read(text.text).expect("reads"));
    let hours = |value: i64| clinical::policy::Quantity {
        value: value.into(),
        unit: clinical::policy::Unit::Hours,
    };
    let adopt = |value: i64| {
        AdoptedPolicy::adopt(
            Arc::clone(&policy),
            BTreeMap::from([("light_meal".to_owned(), hours(value))]),
        )
    };
    assert!(adopt(6).is_ok());
    assert!(adopt(8).is_ok());
    assert!(adopt(5).is_err());
    assert!(adopt(9).is_err());
}

#[test]
fn fasting_is_met_by_itself_at_a_time_that_is_said() {
    let rules = Rules::shipped().expect("shipped");
    let ate = NOW - Span::from_hours(5);
    let facts = Facts::new().with("preparation.last_light_meal", Fact::At(ate));
    let verdict = evaluate(clinical::policy::Gate::StartInfusion, &rules, &facts, NOW);
    let finding = verdict
        .findings
        .iter()
        .find(|finding| finding.requirement == "fasting-light-meal")
        .expect("asked");
    assert_eq!(finding.met_at, Some(ate + Span::from_hours(6)));
    assert_eq!(finding.needed, "at least 6\u{a0}h");
    assert_eq!(finding.found, "5\u{a0}h\u{a0}00\u{a0}min");
}
