//! Bands: the same on any number of threads, right in their spread, steadier than chance.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pharmacokinetics::dose;
use pharmacokinetics::model::{Model, shipped};
use pharmacokinetics::quantity::{Age, BodyWeight, Elapsed};
use pharmacokinetics::{Band, BandOf, Person, Plan, Population, Prediction, Refusal, Settings};

fn model(id: &str) -> Model {
    shipped()
        .unwrap()
        .into_iter()
        .find(|model| model.id == id)
        .unwrap()
}

fn person() -> Person {
    Person {
        weight: BodyWeight::from_kilograms(70.0).unwrap(),
        age: Some(Age::from_years(40.0).unwrap()),
    }
}

fn plan(dose: &str, minutes: f64) -> Plan {
    Plan {
        doses: vec![dose::parse(dose).unwrap()],
        until: Elapsed::from_minutes(minutes).unwrap(),
        every: Elapsed::from_minutes(1.0).unwrap(),
    }
}

fn population(people: u32, seed: u32, band: BandOf) -> Population {
    Population { people, seed, band }
}

fn bands(model: &Model, dose: &str, minutes: f64, population: Population) -> Vec<Band> {
    let prediction =
        Prediction::new(model, &person(), &plan(dose, minutes), &Settings::default()).unwrap();
    prediction.population(population).unwrap().drawn().bands()
}

#[test]
fn any_number_of_threads_gives_the_same_band() {
    let cases = [
        ("kamp-2020", "35 mg over 40 min"),
        ("simons-2022", "50 mg film"),
        ("perez-ruixo-2021", "28 mg nasal"),
    ];
    for (id, dose) in cases {
        let model = model(id);
        let prediction =
            Prediction::new(&model, &person(), &plan(dose, 120.0), &Settings::default()).unwrap();
        let of = population(100, 7, BandOf::People);
        let alone = prediction.population(of).unwrap().drawn().bands();
        for threads in [2, 3, 7] {
            let mut crowd = prediction.population(of).unwrap();
            std::thread::scope(|scope| {
                for part in crowd.parts(threads) {
                    scope.spawn(|| part.draw());
                }
            });
            assert_eq!(crowd.bands(), alone, "{id} on {threads}");
        }
    }
}

// Otto, 28 mg over 40 min at 70 kg: 95 % limits of 86-172 between people and 61-208 with residual
// error around 126 (project reference 5.4, by another implementation). Here the 90 % band, which a
// log-normal makes 1.645/1.96 as wide on the log scale.
#[test]
fn the_band_is_as_wide_as_another_implementation_found() {
    let narrowed = |limit: f64, around: f64| around * (limit / around).powf(1.645 / 1.96);
    for (band, low, high) in [
        (BandOf::People, 86.0, 172.0),
        (BandOf::Readings, 61.0, 208.0),
    ] {
        let found = &bands(
            &model("otto-2021"),
            "28 mg over 40 min",
            60.0,
            population(8_192, 1, band),
        )[0];
        let [p05, _, p50, _, p95] = found.percentiles[40];
        assert!((p50 / 126.0 - 1.0).abs() < 0.03, "{p50}");
        assert!(
            (p05 / narrowed(low, 126.0) - 1.0).abs() < 0.07,
            "{band:?} {p05}"
        );
        assert!(
            (p95 / narrowed(high, 126.0) - 1.0).abs() < 0.07,
            "{band:?} {p95}"
        );
    }
}

#[test]
fn another_seed_moves_a_percentile_by_less_than_the_stated_error() {
    let model = model("otto-2021");
    let of = |seed| {
        bands(
            &model,
            "28 mg over 40 min",
            41.0,
            population(1_024, seed, BandOf::People),
        )
        .swap_remove(0)
    };
    let many: Vec<Band> = (1..=40).map(of).collect();
    for k in 0..5 {
        let values: Vec<f64> = many.iter().map(|band| band.percentiles[40][k]).collect();
        let mean = values.iter().sum::<f64>() / 40.0;
        let spread = (values
            .iter()
            .map(|value| (value / mean - 1.0).powi(2))
            .sum::<f64>()
            / 39.0)
            .sqrt();
        let stated = many[0].sampling_error[k];
        assert!(spread < stated, "{k}: {spread} {stated}");
        assert!(stated < 0.03, "{stated}");
    }
}

#[test]
fn what_has_no_spread_has_no_percentiles() {
    let model = model("domino");
    let prediction = Prediction::new(
        &model,
        &person(),
        &plan("35 mg over 40 min", 60.0),
        &Settings::default(),
    )
    .unwrap();
    let refused = prediction.population(population(100, 1, BandOf::People));
    assert!(matches!(refused, Err(Refusal::NoSpread(_))));
}

#[test]
fn the_typical_person_lies_in_the_band() {
    for (id, dose) in [
        ("kamp-2020", "35 mg over 40 min"),
        ("simons-2022", "20 mg over 20 min"),
        ("simons-2022", "50 mg film"),
        ("otto-2021", "20 mg over 20 min"),
        ("perez-ruixo-2021", "84 mg nasal"),
        ("perez-ruixo-2021", "84 mg oral"),
    ] {
        let model = model(id);
        let prediction =
            Prediction::new(&model, &person(), &plan(dose, 240.0), &Settings::default()).unwrap();
        let bands = prediction
            .population(population(512, 3, BandOf::People))
            .unwrap()
            .drawn()
            .bands();
        for (band, curve) in bands.iter().zip(prediction.typical()) {
            for (percentiles, typical) in band
                .percentiles
                .iter()
                .zip(curve.nanograms_per_millilitre)
                .skip(1)
            {
                let [p05, p25, p50, p75, p95] = *percentiles;
                assert!(p05 <= p25 && p25 <= p50 && p50 <= p75 && p75 <= p95);
                assert!(p05 <= typical && typical <= p95 * 1.01, "{id} {dose}");
            }
        }
    }
}

// Worked out by hand: the area of a whole curve is dose over clearance, and the middle person has
// the middle clearance: 35 mg / 84 L/h = 416.7 ng·h/mL. Everybody's highest level of an infusion is
// at its end, 40 min. The spread of the area is that of the clearance: log-variance 0.029, so that
// its 5th and 95th percentiles are 416.7 × exp(∓1.645 × 0.1703) = 314.9 and 551.4.
#[test]
fn peak_time_and_area_of_the_people_are_those_worked_out_by_hand() {
    let model = model("kamp-2020");
    let plan = plan("35 mg over 40 min", 60.0 * 72.0);
    let prediction = Prediction::new(&model, &person(), &plan, &Settings::default()).unwrap();
    let crowd = prediction
        .population(population(1_024, 7, BandOf::People))
        .unwrap()
        .drawn();
    let summary = crowd.summary(0);
    for (found, expected) in [
        (summary.area_ng_h_ml[0], 314.9),
        (summary.area_ng_h_ml[2], 416.7),
        (summary.area_ng_h_ml[4], 551.4),
    ] {
        assert!((found / expected - 1.0).abs() < 0.02, "{found} {expected}");
    }
    assert_eq!(summary.peak_at_min, [40.0; 5]);
    let band = crowd.percentiles(0, 40..41);
    assert_eq!(summary.peak_ng_ml, band[0]);
    // The typical person has 253 at 40 min and less than half of it a quarter of an hour later.
    assert!(summary.half_at_min[2] > 40.0 && summary.half_at_min[4] < 55.0);
    assert_eq!(summary.halved_of_100, 100);
}
