//! Against arithmetic of 60 digits by another program: `witness/witness.json`, made by the command
//! that stands in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pharmacokinetics::dose;
use pharmacokinetics::model::shipped;
use pharmacokinetics::quantity::{Age, BodyWeight, EffectSiteRate, Elapsed};
use pharmacokinetics::{Engine, Person, Plan, Prediction, Settings};
use serde_json::Value;

#[allow(clippy::too_many_arguments)]
fn held_to(
    name: &str,
    id: &str,
    kilograms: f64,
    years: f64,
    doses: &[&str],
    minutes: f64,
    ke0: Option<f64>,
    engines: &[Engine],
) {
    let witness: Value = serde_json::from_str(include_str!("../witness/witness.json")).unwrap();
    let expected = witness[name].as_array().unwrap();
    let models = shipped().unwrap();
    let model = models.iter().find(|model| model.id == id).unwrap();
    let person = Person {
        weight: BodyWeight::from_kilograms(kilograms).unwrap(),
        age: Some(Age::from_years(years).unwrap()),
    };
    let plan = Plan {
        doses: doses
            .iter()
            .map(|line| dose::parse(line).unwrap())
            .collect(),
        until: Elapsed::from_minutes(minutes).unwrap(),
        every: Elapsed::from_minutes(10.0).unwrap(),
    };
    for &engine in engines {
        let settings = Settings {
            effect_site: ke0.map(|ke0| EffectSiteRate::from_per_minute(ke0).unwrap()),
            engine,
            ..Settings::default()
        };
        let curves = Prediction::new(model, &person, &plan, &settings)
            .unwrap()
            .typical();
        for (k, row) in expected.iter().enumerate() {
            for (curve, expected) in curves.iter().zip(row.as_array().unwrap()) {
                let (ours, theirs) = (
                    curve.nanograms_per_millilitre[k],
                    expected.as_f64().unwrap(),
                );
                assert!(
                    (ours - theirs).abs() <= 1e-12 * theirs,
                    "{name} {engine:?} {} {k}: {ours:e} {theirs:e}",
                    curve.analyte
                );
            }
        }
        assert_eq!(curves[0].nanograms_per_millilitre.len(), expected.len());
    }
}

#[test]
fn a_pause_a_rate_change_and_a_bolus_by_kamp() {
    let doses = ["35 mg over 40 min", "5 mg iv at 50 min"];
    // The same as the witness: 15 min of the infusion, a pause of 10, the rest, then a bolus.
    let as_given = [
        "52.5 mg/h for 15 min",
        "52.5 mg/h for 25 min at 25 min",
        doses[1],
    ];
    held_to(
        "kamp_2020",
        "kamp-2020",
        82.5,
        40.0,
        &as_given,
        240.0,
        Some(0.238),
        &[Engine::Modal, Engine::MatrixExponential],
    );
}

#[test]
fn two_devices_five_minutes_apart_at_seventy_by_perez_ruixo() {
    held_to(
        "perez_ruixo_2021",
        "perez-ruixo-2021",
        80.0,
        70.0,
        &["28 mg nasal", "28 mg nasal at 5 min"],
        480.0,
        None,
        &[Engine::MatrixExponential],
    );
}

#[test]
fn a_film_with_both_metabolites_by_simons() {
    held_to(
        "simons_2022",
        "simons-2022",
        70.0,
        25.0,
        &["50 mg film"],
        300.0,
        None,
        &[Engine::MatrixExponential],
    );
}
