//! Ours and pharmsol, the same task in the same run: 35 mg over 40 min into a vein, Kamp's three
//! compartments, a plan of 4 h 40 min at steps of 10 s, 10,000 people.
//!
//! pharmsol gets the plasma alone, from its analytical solver. Ours gets the plasma, and then the
//! plasma with the effect site. CPU time of this thread as the kernel counts it, best of several.

use pharmacokinetics::model::Model;
use pharmacokinetics::quantity::{Age, BodyWeight, EffectSiteRate, Elapsed};
use pharmacokinetics::{
    BandOf, Engine, Part, Person, Plan, Population, Prediction, Settings, dose, model,
};
use pharmsol::prelude::*;
use pharmsol::{Cache as _, Parameters};
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

const ROUNDS: u32 = 5;
const PEOPLE: u32 = 10_000;
const TIMES: u32 = 1_681;
const KE0: f64 = 0.238;

/// Between the two for one person, of the value itself, at every time but the first, which is 0.
const MAY_DIFFER_BY: f64 = 1e-6;

/// Kamp 2020 at 70 kg: litres and litres per hour. Literals, not read from our file.
const KAMP: [f64; 6] = [25.0, 56.0, 157.0, 84.0, 161.0, 79.0];

/// Variances of the logarithms of V1, CL and Q3: what our file has of people.
const SPREAD: [f64; 3] = [0.057, 0.029, 0.026];

fn main() -> Result<(), Box<dyn Error>> {
    let models = model::shipped()?;
    let kamp = models
        .iter()
        .find(|model| model.id == "kamp-2020")
        .ok_or("no such model")?;
    let theirs = theirs();
    let subject = subject();

    let typical = plan(kamp, None, Engine::Modal)?.typical();
    let ours = &typical.first().ok_or("no curve")?.nanograms_per_millilitre;
    let witness = predicted(&theirs, &subject, KAMP)?;
    assert_eq!(
        (ours.len(), witness.len()),
        (TIMES as usize, TIMES as usize)
    );
    let largest = ours
        .iter()
        .zip(&witness)
        .skip(1)
        .map(|(ours, theirs)| (ours - theirs).abs() / theirs)
        .fold(0.0, f64::max);
    println!("one person, 1,680 times after the start: largest relative difference {largest:.1e}");
    assert!(
        largest <= MAY_DIFFER_BY,
        "{largest} is beyond {MAY_DIFFER_BY}"
    );

    println!("{PEOPLE} people, {TIMES} times; CPU of one thread, best of {ROUNDS}");
    let mut figures = Vec::new();
    for (name, effect_site, engine) in [
        ("ours, plasma, modal", None, Engine::Modal),
        (
            "ours, plasma, matrix exponential",
            None,
            Engine::MatrixExponential,
        ),
        (
            "ours, plasma and effect site, modal",
            Some(KE0),
            Engine::Modal,
        ),
        (
            "ours, plasma and effect site, matrix exponential",
            Some(KE0),
            Engine::MatrixExponential,
        ),
    ] {
        let prediction = plan(kamp, effect_site, engine)?;
        let mut crowd = prediction.population(Population {
            people: PEOPLE,
            seed: 7,
            band: BandOf::People,
        })?;
        figures.push((
            name,
            best(|| crowd.parts(1).into_iter().for_each(Part::draw)),
        ));
    }
    let people: Vec<[f64; 6]> = (0..PEOPLE).map(person).collect();
    let mut trouble = None;
    let theirs_took = best(|| {
        for person in &people {
            match predicted(&theirs, &subject, *person) {
                Ok(curve) => drop(black_box(curve)),
                Err(error) => trouble = Some(error),
            }
        }
    });
    if let Some(error) = trouble {
        return Err(error);
    }
    for (name, took) in &figures {
        let ratio = theirs_took.as_secs_f64() / took.as_secs_f64();
        println!(
            "{name:<50} {:>9.1} ms   pharmsol takes {ratio:.0} ×",
            milliseconds(*took)
        );
    }
    println!(
        "{:<50} {:>9.1} ms",
        "pharmsol, plasma, analytical",
        milliseconds(theirs_took)
    );
    Ok(())
}

/// Their model: rates per minute, milligrams, litres.
fn theirs() -> pharmsol::equation::Analytical {
    let model = analytical! {
        name: "three_compartments_into_a_vein",
        params: [k10, k12, k13, k21, k31, v],
        states: [central, second, third],
        outputs: [plasma],
        routes: [
            infusion(vein) -> central,
        ],
        structure: three_compartments,
        out: |x, _t, y| {
            y[plasma] = x[central] / v;
        },
    };
    // Each person is reckoned anew, as ours are.
    model.disable_cache()
}

fn subject() -> Subject {
    (0..TIMES)
        .fold(
            Subject::builder("one").infusion(0.0, 35.0, "vein", 40.0),
            |plan, step| plan.missing_observation(f64::from(step) / 6.0, "plasma"),
        )
        .build()
}

/// In ng/mL.
fn predicted(
    model: &pharmsol::equation::Analytical,
    subject: &Subject,
    [v1, v2, v3, clearance, q2, q3]: [f64; 6],
) -> Result<Vec<f64>, Box<dyn Error>> {
    let per_minute = |clearance: f64, volume: f64| clearance / volume / 60.0;
    let parameters = Parameters::with_model(
        model,
        [
            ("k10", per_minute(clearance, v1)),
            ("k12", per_minute(q2, v1)),
            ("k13", per_minute(q3, v1)),
            ("k21", per_minute(q2, v2)),
            ("k31", per_minute(q3, v3)),
            ("v", v1),
        ],
    )?;
    let predicted = model.estimate_predictions(subject, &parameters)?;
    Ok(predicted
        .flat_predictions()
        .iter()
        .map(|milligrams_per_litre| milligrams_per_litre * 1_000.0)
        .collect())
}

fn plan(
    model: &Model,
    effect_site: Option<f64>,
    engine: Engine,
) -> Result<Prediction<'_>, Box<dyn Error>> {
    let person = Person {
        weight: BodyWeight::from_kilograms(70.0)?,
        age: Some(Age::from_years(40.0)?),
    };
    let plan = Plan {
        doses: vec![dose::parse("35 mg over 40 min")?],
        until: Elapsed::from_minutes(280.0)?,
        every: Elapsed::from_seconds(10),
    };
    let settings = Settings {
        effect_site: effect_site
            .map(EffectSiteRate::from_per_minute)
            .transpose()?,
        engine,
        ..Settings::default()
    };
    Ok(Prediction::new(model, &person, &plan, &settings)?)
}

/// Somebody of the same spread, by a sequence of its own: the time does not hang on who it is.
fn person(number: u32) -> [f64; 6] {
    let [v1, v2, v3, clearance, q2, q3] = KAMP;
    let about = |value: f64, variance: f64, step: f64| {
        // Between -1.7 and 1.7 standard deviations, evenly: the variance of a uniform distribution.
        let evenly = (f64::from(number) * step).fract() * 2.0 - 1.0;
        value * (evenly * (3.0 * variance).sqrt()).exp()
    };
    let [of_v1, of_clearance, of_q3] = SPREAD;
    [
        about(v1, of_v1, 0.754_877_666_246_693),
        v2,
        v3,
        about(clearance, of_clearance, 0.569_840_290_998_053),
        q2,
        about(q3, of_q3, 0.430_159_709_001_947),
    ]
}

fn best(mut work: impl FnMut()) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let begun = processor_time();
            work();
            processor_time().saturating_sub(begun)
        })
        .min()
        .unwrap_or_default()
}

/// What this thread has used of a processor.
fn processor_time() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counted.split_whitespace().next();
    Duration::from_nanos(
        nanoseconds
            .and_then(|text| text.parse().ok())
            .unwrap_or_default(),
    )
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
