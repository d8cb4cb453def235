//! What must hold for any bytes: the bodies of the fuzz targets, and of the corpus test.
//!
//! Each function asserts its invariants and returns nothing; a broken one panics, which is what
//! the fuzzer looks for. Hazard: H69.

use crate::dose::{self, Amount, Dose, How};
use crate::model::Model;
use crate::prediction::{Person, Plan, Prediction, Settings};
use crate::quantity::{Age, BodyWeight, Elapsed, Milligrams};

/// The body of one fuzz target.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also the folder of its corpus.
pub const TARGETS: [(&str, Target); 2] = [("model", model), ("dose", dose)];

/// A model's file: refused in words, or a model of which every prediction is refused in words or is
/// made of numbers.
pub fn model(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let model = match Model::read(text) {
        Ok(model) => model,
        Err(refused) => {
            assert!(!refused.to_string().is_empty());
            return;
        }
    };
    let (Ok(weight), Ok(age)) = (BodyWeight::from_kilograms(70.0), Age::from_years(40.0)) else {
        return;
    };
    let person = Person {
        weight,
        age: Some(age),
    };
    let routes: Vec<String> = model.routes().map(str::to_owned).collect();
    let scenario = model.scenarios.first().map(|first| first.id.clone());
    for route in routes {
        for how in [How::AtOnce, How::Over(Elapsed::from_seconds(2_400))] {
            let Ok(amount) = Milligrams::new(28.0) else {
                return;
            };
            let plan = Plan {
                doses: vec![Dose {
                    amount: Amount::Total(amount),
                    route: route.clone(),
                    how,
                    at: Elapsed::ZERO,
                }],
                until: Elapsed::from_seconds(3_600),
                every: Elapsed::from_seconds(600),
            };
            let settings = Settings {
                scenario: scenario.clone(),
                ..Settings::default()
            };
            let Ok(prediction) = Prediction::new(&model, &person, &plan, &settings) else {
                continue;
            };
            for curve in prediction.typical() {
                assert_eq!(curve.nanograms_per_millilitre.len(), 7);
                for value in curve.nanograms_per_millilitre {
                    assert!(value.is_finite(), "{value} in {}", model.id);
                }
            }
        }
    }
}

/// A line that says a dose: refused in words, or a dose whose own line says the same dose.
pub fn dose(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = match dose::parse(text) {
        Ok(read) => read,
        Err(refused) => {
            assert!(refused.to_string().contains("is not understood as a dose"));
            return;
        }
    };
    let milligrams = match read.amount {
        Amount::Total(amount) => amount.milligrams(),
        Amount::PerKilogram(amount) => amount,
    };
    assert!(milligrams.is_finite() && milligrams >= 0.0, "{read}");
    if let How::Over(lasts) = read.how {
        assert!(lasts > Elapsed::ZERO);
    }
    let again = dose::parse(&read.to_string());
    assert_eq!(again.as_ref(), Ok(&read), "{read}");
}
