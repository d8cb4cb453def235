//! How long a population takes. Figures, not verdicts; the promises stand beside them.
//!
//! `cargo bench -p pharmacokinetics`. CPU time of this thread as the kernel counts it, best of
//! several, so that a busy machine spoils it less.

#![allow(clippy::expect_used)]

use pharmacokinetics::model::Model;
use pharmacokinetics::quantity::{Age, BodyWeight, EffectSiteRate, Elapsed};
use pharmacokinetics::{
    BandOf, Engine, Person, Plan, Population, Prediction, Settings, dose, model,
};
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 7;
const PEOPLE: u32 = 10_000;
const KE0: f64 = 0.238;

fn main() {
    let models = model::shipped().expect("the shipped models are readable");
    let of = |id: &str| {
        models
            .iter()
            .find(|model| model.id == id)
            .expect("a shipped model")
    };
    let ten_seconds = Elapsed::from_seconds(10);
    let (kamp, nasal) = (of("kamp-2020"), of("perez-ruixo-2021"));
    println!("{PEOPLE} people, 1,681 times, all curves kept; CPU of one thread, best of {ROUNDS}");
    for (name, model, dose, engine, promise) in [
        (
            "Kamp + effect site, modal",
            kamp,
            "35 mg over 40 min",
            Engine::Modal,
            25,
        ),
        (
            "Kamp + effect site, matrix exponential",
            kamp,
            "35 mg over 40 min",
            Engine::MatrixExponential,
            120,
        ),
        (
            "Perez-Ruixo nasal + noresketamine + effect site",
            nasal,
            "84 mg nasal",
            Engine::Fitting,
            350,
        ),
    ] {
        let prediction = prediction(model, dose, ten_seconds, engine);
        let mut crowd = prediction.population(people(PEOPLE)).expect("a population");
        let best = best(|| {
            crowd
                .parts(1)
                .into_iter()
                .for_each(pharmacokinetics::Part::draw)
        });
        println!(
            "{name:<52} {:>8.1} ms   (promise: {promise} ms)",
            milliseconds(best)
        );
    }
    redraw(kamp);
    two_threads(kamp);
}

/// A whole redraw as a live chart would ask for it.
fn redraw(kamp: &Model) {
    let prediction = prediction(
        kamp,
        "35 mg over 40 min",
        Elapsed::from_seconds(60),
        Engine::Fitting,
    );
    let best = best(|| {
        let crowd = prediction.population(people(1_024)).expect("a population");
        black_box(crowd.drawn().bands());
    });
    let name = "redraw: 1,024 people, 1-min steps, 5 percentiles";
    println!(
        "{name:<52} {:>8.1} ms   (promise: 8 ms)",
        milliseconds(best)
    );
}

fn two_threads(kamp: &Model) {
    let prediction = prediction(
        kamp,
        "35 mg over 40 min",
        Elapsed::from_seconds(10),
        Engine::MatrixExponential,
    );
    let mut crowd = prediction.population(people(PEOPLE)).expect("a population");
    let mut wall = |threads: usize| {
        (0..ROUNDS)
            .map(|_| {
                let begun = Instant::now();
                std::thread::scope(|scope| {
                    for part in crowd.parts(threads) {
                        scope.spawn(|| part.draw());
                    }
                });
                begun.elapsed()
            })
            .min()
            .unwrap_or_default()
    };
    let (one, two) = (wall(1), wall(2));
    let name = "two threads over one, wall time, matrix exponential";
    println!(
        "{name:<52} {:>8.2} ×    (promise: 1.8 ×; of an idle machine)",
        one.as_secs_f64() / two.as_secs_f64()
    );
    // Counted by the kernel for each thread: what two threads take from each other (a lock, a shared
    // line of memory, an allocator) makes the longer one longer, and other programs do so far less.
    let mut longest = |threads: usize| {
        let round = |_| {
            std::thread::scope(|scope| {
                let parts = crowd.parts(threads).into_iter();
                let running: Vec<_> = parts
                    .map(|part| {
                        scope.spawn(|| {
                            let begun = processor_time();
                            part.draw();
                            processor_time().saturating_sub(begun)
                        })
                    })
                    .collect();
                let took = running.into_iter().map(|thread| thread.join());
                took.flatten().max().unwrap_or_default()
            })
        };
        (0..ROUNDS).map(round).min().unwrap_or_default()
    };
    let (one, two) = (longest(1), longest(2));
    let name = "the same, CPU of the one over CPU of the longer";
    println!(
        "{name:<52} {:>8.2} ×    (promise: 1.8 ×)",
        one.as_secs_f64() / two.as_secs_f64()
    );
}

fn people(people: u32) -> Population {
    Population {
        people,
        seed: 7,
        band: BandOf::People,
    }
}

fn prediction<'m>(model: &'m Model, dose: &str, every: Elapsed, engine: Engine) -> Prediction<'m> {
    let person = Person {
        weight: BodyWeight::from_kilograms(70.0).expect("a weight"),
        age: Some(Age::from_years(40.0).expect("an age")),
    };
    let plan = Plan {
        doses: vec![dose::parse(dose).expect("a dose")],
        until: Elapsed::from_minutes(280.0).expect("a time"),
        every,
    };
    let settings = Settings {
        effect_site: Some(EffectSiteRate::from_per_minute(KE0).expect("a rate")),
        engine,
        ..Settings::default()
    };
    Prediction::new(model, &person, &plan, &settings).expect("a prediction")
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

/// What this thread has used of a processor, by the kernel's own clock: the counts in `/proc` grow by
/// whole ticks of 4 ms.
fn processor_time() -> Duration {
    let counted = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        counted.tv_sec.try_into().unwrap_or_default(),
        counted.tv_nsec.try_into().unwrap_or_default(),
    )
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
