//! How long screening takes: one case, and a clinic of 100,000 after a change of the rules.
//!
//! `cargo xtask bench screening`. Figures, not verdicts: the promise is 200 µs of CPU for one case
//! and 30 s for 100,000 on two cores.

#![allow(clippy::expect_used)]

use clinical::course::screening::case::{Case, read};
use clinical::course::screening::{Decision, ScreeningRules};
use std::hint::black_box;
use std::time::{Duration, Instant};

const CASES: [(&str, &str); 3] = [
    (
        "nothing against treatment",
        include_str!("../../../scenarios/screening/1-ana.toml"),
    ),
    (
        "two interacting medicines",
        include_str!("../../../scenarios/screening/4-gus.toml"),
    ),
    (
        "the day of the visit",
        include_str!("../../../scenarios/screening/day-alcohol.toml"),
    ),
];
const ROUNDS: u32 = 2_000;
const PEOPLE: usize = 100_000;
const CORES: usize = 2;

fn main() {
    let rules = ScreeningRules::shipped().expect("the shipped rules are readable");
    let cases: Vec<(&str, Case)> = CASES
        .iter()
        .map(|(name, text)| (*name, read(text).expect("the scenarios are readable")))
        .collect();
    println!("screening, CPU for one case (promise: 200 µs)");
    for (name, case) in &cases {
        let began = cpu_time();
        for _ in 0..ROUNDS {
            black_box(case.screen(black_box(&rules)));
        }
        let each = (cpu_time() - began) / ROUNDS;
        println!("  {name:<28} {:>8.1} µs", each.as_secs_f64() * 1e6);
    }
    let began = Instant::now();
    let blocked: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CORES)
            .map(|core| {
                let (rules, cases) = (&rules, &cases);
                scope.spawn(move || {
                    (core..PEOPLE)
                        .step_by(CORES)
                        .filter(|person| {
                            let (_, case) = &cases[person % cases.len()];
                            case.screen(rules).decision == Decision::Blocked
                        })
                        .count()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker ends"))
            .sum()
    });
    println!(
        "screening, {PEOPLE} people on {CORES} cores (promise: 30 s): {:.2} s, {blocked} blocked",
        began.elapsed().as_secs_f64()
    );
}

/// The CPU time of this thread, where the system tells it; wall time elsewhere.
fn cpu_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(wall_time, Duration::from_nanos)
}

fn wall_time() -> Duration {
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}
