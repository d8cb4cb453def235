//! Whether an acceptance holds for a visit: what came up since stands against it, and what did
//! not does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::screening::case::{Case, read};
use clinical::course::screening::person::{Product, Route};
use clinical::course::screening::{
    Acceptance, Command, Context, Decided, OwnValues, Plan, ScreeningRules, Visit, decide, standing,
};
use clinical::policy::{Outcome, Quantity, Unit};
use clinical::record::{Actor, Role, StaffId};
use std::collections::BTreeMap;
use std::path::Path;
use units::Span;
use uuid::Uuid;

fn rules() -> ScreeningRules {
    ScreeningRules::shipped().unwrap()
}

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Somebody whom a prescriber has accepted, each caution planned for.
fn accepted(name: &str) -> (Case, Acceptance) {
    let case = read(&text(name)).unwrap();
    let rules = rules();
    let actor = Actor::Person {
        id: StaffId(Uuid::from_u128(7)),
        name: "Ines Falk".into(),
        role: Role::Prescriber,
    };
    let context = Context {
        at: case.at,
        actor: &actor,
        person: &case.person,
        rules: &rules,
    };
    let mut acceptance = Acceptance::default();
    let ask = Command::AskRules {
        visit: case.visit,
        gate: case.gate,
    };
    for event in decide(&acceptance.clone(), ask, &context).unwrap() {
        acceptance.apply(&event);
    }
    let plans = acceptance
        .latest
        .as_ref()
        .unwrap()
        .open
        .iter()
        .map(|found| Plan {
            requirement: found.rule.requirement.clone(),
            plan: "watched closely".into(),
        })
        .collect();
    let confirm = Command::ConfirmEligibility {
        plans,
        passed: Vec::new(),
        statement: "I have read the screening.".into(),
    };
    for event in decide(&acceptance.clone(), confirm, &context).unwrap() {
        acceptance.apply(&event);
    }
    (case, acceptance)
}

/// The same visit this many days later.
fn later(visit: Visit, days: i32) -> Visit {
    Visit {
        at: visit.at + Span::from_hours(24 * i64::from(days)),
        on: visit.on.plus_days(days),
        ..visit
    }
}

#[test]
fn an_acceptance_with_nothing_against_it_is_met() {
    let (case, acceptance) = accepted("1-ana.toml");
    let stands = standing(&acceptance, &case.person, &case.visit, &rules(), case.at);
    assert_eq!(stands.outcome, Outcome::Met, "{}", stands.says);
    assert_eq!(stands.until, None);
}

#[test]
fn nobody_having_decided_is_unknown_and_a_decline_is_unmet() {
    // Hazard: H24
    let (case, mut acceptance) = accepted("1-ana.toml");
    let undecided = Acceptance {
        decided: None,
        ..acceptance.clone()
    };
    let ask = |acceptance: &Acceptance| {
        standing(acceptance, &case.person, &case.visit, &rules(), case.at).outcome
    };
    assert_eq!(ask(&undecided), Outcome::Unknown);
    assert_eq!(ask(&Acceptance::default()), Outcome::Unknown);
    acceptance.decided = Some(Decided::Declined {
        reason: "she changed her mind".into(),
    });
    assert_eq!(ask(&acceptance), Outcome::Unmet);
}

#[test]
fn a_letter_holds_on_its_ninetieth_day_and_stands_against_the_visit_on_the_next() {
    // Hazard: H24. The letter is dated 5 October 2026: 90 days later is 3 January 2027.
    let (case, acceptance) = accepted("hypertension-cleared.toml");
    let days = "2027-01-03"
        .parse::<clinical::patient::CivilDate>()
        .unwrap();
    let last = days.days_since(case.visit.on);
    // The other facts of the case grow old too; they are renewed so that the letter is alone.
    let ask = |days: i32| {
        standing(
            &acceptance,
            &case.person,
            &later(case.visit, days),
            &rules(),
            case.at,
        )
    };
    let (held, gone) = (ask(last), ask(last + 1));
    assert_eq!(held.outcome, Outcome::Met, "{}", held.says);
    assert_eq!(held.until, Some(days));
    assert_eq!(gone.outcome, Outcome::Unmet);
    assert_eq!(gone.requirement.as_deref(), Some("C01"));
    assert!(gone.says.contains("held until 2027-01-03"), "{}", gone.says);
    assert!(gone.remedy.contains("primary care"), "{}", gone.remedy);
}

#[test]
fn an_answer_that_changes_after_the_signature_stands_against_the_visit() {
    // Hazard: H24
    let (case, acceptance) = accepted("1-ana.toml");
    let changed = text("1-ana.toml").replace(
        "medicines = []",
        "medicines = [{ words = \"theophylline\" }]",
    );
    let person = read(&changed).unwrap().person;
    let stands = standing(&acceptance, &person, &case.visit, &rules(), case.at);
    assert_eq!(stands.outcome, Outcome::Unmet);
    assert!(!stands.remedy.is_empty());
}

#[test]
fn a_minimum_age_that_the_clinic_raises_stands_against_the_visit() {
    // Hazard: H24. Ana is 34; nobody between 18 and 21 is among the cases, so one is made.
    let young = text("1-ana.toml")
        .lines()
        .map(|line| {
            if line.starts_with("birth_date") {
                "birth_date = \"2007-01-01\"".to_owned()
            } else {
                line.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    let (case, acceptance) = accepted("1-ana.toml");
    let person = read(&young).unwrap().person;
    let years = Quantity {
        value: 21.into(),
        unit: Unit::Years,
    };
    let own = OwnValues::from([(
        "eligibility".to_owned(),
        BTreeMap::from([("minimum_age".to_owned(), years)]),
    )]);
    let raised = ScreeningRules::adopted(&own).unwrap();
    let ask = |rules: &ScreeningRules| {
        standing(&acceptance, &person, &case.visit, rules, case.at).outcome
    };
    assert_eq!(ask(&rules()), Outcome::Met);
    assert_eq!(ask(&raised), Outcome::Unmet);
}

#[test]
fn an_acceptance_for_one_way_of_giving_is_none_for_another() {
    let (case, acceptance) = accepted("1-ana.toml");
    for (product, route) in [
        (Product::Racemic, Route::Intramuscular),
        (Product::Esketamine, Route::Intranasal),
    ] {
        let visit = Visit {
            product,
            route,
            ..case.visit
        };
        let stands = standing(&acceptance, &case.person, &visit, &rules(), case.at);
        assert_eq!(stands.outcome, Outcome::Unmet);
    }
}
