//! The two exact solvers against each other over random models, and against themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pharmacokinetics::dose;
use pharmacokinetics::model::Model;
use pharmacokinetics::quantity::{BodyWeight, EffectSiteRate, Elapsed};
use pharmacokinetics::{Curve, Engine, Person, Plan, Prediction, Settings};
use proptest::prelude::*;
use std::fmt::Write as _;

/// Agreement of two exact solvers, relative to each value.
const AGREE: f64 = 1e-12;

/// Rate constants per minute of a random model.
#[derive(Debug, Clone)]
struct Rates {
    out: f64,
    beside: Vec<(f64, f64)>,
    depot: f64,
    ke0: f64,
}

fn model(rates: &Rates) -> Model {
    let mut text = String::from(
        r#"
id = "random"
version = 1
name = "Random"
drug = "ketamine"
enantiomer = "racemic"
kind = "model"
says = "A model for a test."
population = { who = "nobody" }
source = [{ id = "test", cites = "drawn" }]
[[compartment]]
id = "central"
volume = "V"
[[compartment]]
id = "depot"
[[path]]
from = "central"
rate = "out"
[[path]]
from = "depot"
to = "central"
rate = "depot"
[[observed]]
analyte = "ketamine"
compartment = "central"
site = "venous"
[[route]]
id = "intravenous"
infusion = true
[[route.input]]
into = "central"
[[route]]
id = "intramuscular"
infusion = true
[[route.input]]
into = "depot"
"#,
    );
    let mut parameter = |name: &str, value: f64, unit: &str| {
        let mut lines = String::new();
        writeln!(lines, "[parameter.{name}]\nvalue = {value:?}\nunit = \"{unit}\"\nsource = \"test\"\nread = \"assumed\"").unwrap();
        text.push_str(&lines);
    };
    parameter("V", 25.0, "L");
    parameter("out", rates.out, "1/min");
    parameter("depot", rates.depot, "1/min");
    for (k, (there, back)) in rates.beside.iter().enumerate() {
        parameter(&format!("there{k}"), *there, "1/min");
        parameter(&format!("back{k}"), *back, "1/min");
    }
    for k in 0..rates.beside.len() {
        writeln!(text, "[[compartment]]\nid = \"beside {k}\"\n[[exchange]]\nbetween = [\"central\", \"beside {k}\"]\nrates = [\"there{k}\", \"back{k}\"]").unwrap();
    }
    Model::read(&text).unwrap()
}

fn person() -> Person {
    Person {
        weight: BodyWeight::from_kilograms(70.0).unwrap(),
        age: None,
    }
}

fn plan(doses: &[&str], minutes: f64, every: f64) -> Plan {
    Plan {
        doses: doses
            .iter()
            .map(|line| dose::parse(line).unwrap())
            .collect(),
        until: Elapsed::from_minutes(minutes).unwrap(),
        every: Elapsed::from_minutes(every).unwrap(),
    }
}

fn curves(model: &Model, plan: &Plan, ke0: f64, engine: Engine) -> Vec<Curve> {
    let settings = Settings {
        effect_site: Some(EffectSiteRate::from_per_minute(ke0).unwrap()),
        engine,
        ..Settings::default()
    };
    Prediction::new(model, &person(), plan, &settings)
        .unwrap()
        .typical()
}

fn worst(ours: &[Curve], theirs: &[Curve]) -> f64 {
    // Below a femtogram in a litre there is nothing to agree on.
    worst_above(1e-12, ours, theirs)
}

fn worst_above(least: f64, ours: &[Curve], theirs: &[Curve]) -> f64 {
    let mut worst = 0.0_f64;
    for (one, other) in ours.iter().zip(theirs) {
        let values = one
            .nanograms_per_millilitre
            .iter()
            .zip(&other.nanograms_per_millilitre);
        for (a, b) in values {
            if a.max(*b) > least {
                worst = worst.max((a - b).abs() / a.max(*b));
            }
        }
    }
    worst
}

/// From a millionth to ten per minute, over all orders of size alike.
fn a_rate() -> impl Strategy<Value = f64> {
    (-6.0..1.0_f64).prop_map(|power| 10.0_f64.powf(power))
}

fn random_rates() -> impl Strategy<Value = Rates> {
    (
        a_rate(),
        prop::collection::vec((a_rate(), a_rate()), 0..=2),
        a_rate(),
        a_rate(),
    )
        .prop_map(|(out, beside, depot, ke0)| Rates {
            out,
            beside,
            depot,
            ke0,
        })
}

/// Two rates that coincide, or differ in one of the last digits.
fn coinciding() -> impl Strategy<Value = Rates> {
    (
        random_rates(),
        0_usize..6,
        prop::sample::select(vec![0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3]),
    )
        .prop_map(|(mut rates, which, gap)| {
            let near = |rate: f64| rate * (1.0 + gap);
            match (which, rates.beside.len()) {
                (0, _) => rates.depot = near(rates.ke0),
                (1, _) => rates.depot = near(rates.out),
                (2, 1..) => rates.beside[0].1 = near(rates.out),
                (3, 1..) => rates.ke0 = near(rates.beside[0].1),
                (4, 2..) => rates.beside[1].1 = near(rates.beside[0].1),
                (5, 2..) => {
                    rates.beside[1] = rates.beside[0];
                    rates.ke0 = near(rates.beside[0].1);
                    rates.depot = rates.ke0;
                }
                _ => rates.ke0 = near(rates.out),
            }
            rates
        })
}

const DOSES: [&str; 5] = [
    "35 mg over 40 min",
    "10 mg im at 15 min",
    "5 mg iv at 20 min",
    "8 mg im over 7 min at 33 min",
    "20 mg/h for 13 min at 51 min",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_two_exact_solvers_agree(rates in random_rates()) {
        let (model, plan) = (model(&rates), plan(&DOSES, 240.0, 5.0));
        let modal = curves(&model, &plan, rates.ke0, Engine::Modal);
        let exponential = curves(&model, &plan, rates.ke0, Engine::MatrixExponential);
        let worst = worst(&modal, &exponential);
        prop_assert!(worst < AGREE, "{worst:e}");
    }

    #[test]
    fn they_agree_where_rates_coincide(rates in coinciding()) {
        let (model, plan) = (model(&rates), plan(&DOSES, 240.0, 5.0));
        let modal = curves(&model, &plan, rates.ke0, Engine::Modal);
        let exponential = curves(&model, &plan, rates.ke0, Engine::MatrixExponential);
        let worst = worst(&modal, &exponential);
        prop_assert!(worst < AGREE, "{worst:e}");
    }

    #[test]
    fn they_agree_at_very_large_rates(rates in random_rates(), times in 10.0..100.0_f64) {
        let rates = Rates { out: rates.out * times, depot: rates.depot * times, ..rates };
        let (model, plan) = (model(&rates), plan(&DOSES, 60.0, 1.0));
        let modal = curves(&model, &plan, rates.ke0, Engine::Modal);
        let exponential = curves(&model, &plan, rates.ke0, Engine::MatrixExponential);
        let worst = worst(&modal, &exponential);
        prop_assert!(worst < AGREE, "{worst:e}");
    }

    #[test]
    fn one_long_step_is_many_short_ones(rates in random_rates()) {
        let model = model(&rates);
        for engine in [Engine::Modal, Engine::MatrixExponential] {
            let long = curves(&model, &plan(&DOSES, 240.0, 80.0), rates.ke0, engine);
            let mut short = curves(&model, &plan(&DOSES, 240.0, 1.0 / 6.0), rates.ke0, engine);
            for curve in &mut short {
                let values = &mut curve.nanograms_per_millilitre;
                *values = values.iter().step_by(480).copied().collect();
            }
            let worst = worst(&long, &short);
            // Half a digit of the last place for each of 1,440 steps.
            prop_assert!(worst < 5.0 * AGREE, "{worst:e}");
        }
    }

    #[test]
    fn doses_add_up(rates in random_rates()) {
        let model = model(&rates);
        let all = curves(&model, &plan(&DOSES, 240.0, 5.0), rates.ke0, Engine::Fitting);
        let mut sum: Option<Vec<Curve>> = None;
        for dose in DOSES {
            let one = curves(&model, &plan(&[dose], 240.0, 5.0), rates.ke0, Engine::Fitting);
            sum = Some(match sum {
                None => one,
                Some(mut sum) => {
                    for (sum, one) in sum.iter_mut().zip(one) {
                        for (sum, one) in sum.nanograms_per_millilitre.iter_mut().zip(one.nanograms_per_millilitre) {
                            *sum += one;
                        }
                    }
                    sum
                }
            });
        }
        let worst = worst(&all, &sum.unwrap());
        prop_assert!(worst < AGREE, "{worst:e}");
    }

    #[test]
    fn three_times_the_dose_is_three_times_the_level(rates in random_rates()) {
        let model = model(&rates);
        let one = curves(&model, &plan(&["10 mg over 20 min"], 240.0, 5.0), rates.ke0, Engine::Fitting);
        let mut three = curves(&model, &plan(&["30 mg over 20 min"], 240.0, 5.0), rates.ke0, Engine::Fitting);
        for curve in &mut three {
            for value in &mut curve.nanograms_per_millilitre {
                *value /= 3.0;
            }
        }
        let worst = worst(&one, &three);
        prop_assert!(worst < AGREE, "{worst:e}");
    }

    #[test]
    fn the_adaptive_solver_is_a_third_witness(
        out in 0.001..0.5_f64, there in 0.001..0.5_f64, back in 0.001..0.5_f64, depot in 0.01..0.5_f64,
    ) {
        let rates = Rates { out, beside: vec![(there, back)], depot, ke0: 0.2 };
        let (model, plan) = (model(&rates), plan(&DOSES, 120.0, 5.0));
        let exact = curves(&model, &plan, rates.ke0, Engine::Fitting);
        let adaptive = curves(&model, &plan, rates.ke0, Engine::Adaptive);
        let worst = worst_above(0.01, &exact, &adaptive);
        prop_assert!(worst < 1e-7, "{worst:e}");
    }

    #[test]
    fn clearance_times_area_is_the_dose(out in 0.01..1.0_f64, there in 0.01..0.1_f64, back in 0.05..1.0_f64) {
        let rates = Rates { out, beside: vec![(there, back)], depot: 0.1, ke0: 0.2 };
        let model = model(&rates);
        let plan = plan(&["35 mg over 40 min"], 20_000.0, 100.0);
        let exposure = Prediction::new(&model, &person(), &plan, &Settings::default()).unwrap().exposure();
        // mg = L/min × ng·h/mL × 60 min/h ÷ 1000
        let dose = out * 25.0 * exposure[0].area_ng_h_ml * 60.0 / 1_000.0;
        prop_assert!((dose / 35.0 - 1.0).abs() < 1e-9, "{dose}");
    }
}

#[test]
fn nothing_given_is_nothing_found() {
    let rates = Rates {
        out: 0.1,
        beside: vec![(0.2, 0.3)],
        depot: 0.1,
        ke0: 0.2,
    };
    for engine in [Engine::Modal, Engine::MatrixExponential, Engine::Adaptive] {
        let curves = curves(&model(&rates), &plan(&[], 60.0, 1.0), 0.2, engine);
        assert!(
            curves
                .iter()
                .flat_map(|curve| &curve.nanograms_per_millilitre)
                .all(|value| *value == 0.0)
        );
    }
}

#[test]
fn the_effect_site_is_highest_where_it_crosses_the_plasma() {
    let rates = Rates {
        out: 0.05,
        beside: vec![(0.1, 0.05)],
        depot: 0.1,
        ke0: 0.2,
    };
    let curves = curves(
        &model(&rates),
        &plan(&["10 mg iv"], 60.0, 0.01),
        0.2,
        Engine::Fitting,
    );
    let [plasma, effect] = &curves[..] else {
        panic!("two curves")
    };
    let highest = (0..effect.nanograms_per_millilitre.len())
        .max_by(|a, b| {
            effect.nanograms_per_millilitre[*a].total_cmp(&effect.nanograms_per_millilitre[*b])
        })
        .unwrap();
    let (plasma, effect) = (
        plasma.nanograms_per_millilitre[highest],
        effect.nanograms_per_millilitre[highest],
    );
    assert!((plasma / effect - 1.0).abs() < 1e-3, "{plasma} {effect}");
}
