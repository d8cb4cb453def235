//! Whether predictions are shown, by which model, and what they are made from.
//!
//! Witnesses: the cases beside policies/prediction.toml and policies/prediction-models.toml, read
//! from pharmacokinetics reference 6 and 7; milligrams and minutes worked out by hand beside each
//! test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::prediction::{MODEL_CHOICE, ModelChoice, PREDICTION, PredictionRules};
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::Giving;
use clinical::policy::{Quantity, Unit};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;
use units::Milligrams;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    row: String,
    adopts: BTreeMap<String, i64>,
    in_room: bool,
    with_order: bool,
}

#[derive(Deserialize)]
struct Ways {
    case: Vec<Way>,
}

#[derive(Deserialize)]
struct Way {
    product: Product,
    by: Route,
    giving: String,
    model: Option<String>,
    beside: Option<String>,
}

// Hazard: H69
#[test]
fn nothing_is_shown_until_somebody_has_signed_for_it() {
    let cases: Cases = toml::from_str(PREDICTION.cases).expect(PREDICTION.file);
    assert_eq!(cases.case.len(), 4);
    for case in cases.case {
        let values = case.adopts.into_iter().map(|(name, value)| {
            let value = Quantity {
                value: Decimal::from(value),
                unit: Unit::Switch,
            };
            (name, value)
        });
        let rules = PredictionRules::adopted(values.collect()).expect(&case.row);
        assert_eq!(rules.in_room(), case.in_room, "{}", case.row);
        assert_eq!(rules.with_order(), case.with_order, "{}", case.row);
    }
}

#[test]
fn each_way_has_the_model_that_the_reference_recommends() {
    let cases: Ways = toml::from_str(MODEL_CHOICE.cases).expect(MODEL_CHOICE.file);
    let choice = ModelChoice::shipped().unwrap();
    let each = Milligrams::new(Decimal::from(28)).unwrap();
    for case in cases.case {
        let giving = match case.giving.as_str() {
            "infusion" => Giving::Infusion,
            "doses" => Giving::Doses { number: 1, each },
            "devices" => Giving::Devices { number: 1, each },
            other => panic!("{other}"),
        };
        let found = choice.of(case.product, case.by, giving);
        let model = found.map(|choice| choice.model.clone());
        assert_eq!(model, case.model, "{:?} {:?}", case.product, case.by);
        let beside = found.and_then(|choice| choice.beside.clone());
        assert_eq!(beside, case.beside, "{:?} {:?}", case.product, case.by);
    }
}
