//! The adaptive solver, for rates that change with time or with what is in the blood.
//!
//! Dormand and Prince's pair of the fifth and fourth order (J Comput Appl Math 6:19, 1980), its
//! error held to 1e-10 of each amount. It stops at every event, as the exact solvers do. Only models
//! with such rates need it; on the others it is a third witness.

use crate::model::Model;
use crate::network::{Network, factor};
use crate::timeline::{Entry, Timeline};

const RELATIVE: f64 = 1e-10;
/// Milligrams; a millionth of a microgram is nothing.
const ABSOLUTE: f64 = 1e-12;
const MOST_STEPS: u32 = 2_000_000;

const NODES: [f64; 7] = [0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0, 1.0];
const WEIGHTS: [[f64; 6]; 7] = [
    [0.0; 6],
    [0.2, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
    [
        19372.0 / 6561.0,
        -25360.0 / 2187.0,
        64448.0 / 6561.0,
        -212.0 / 729.0,
        0.0,
        0.0,
    ],
    [
        9017.0 / 3168.0,
        -355.0 / 33.0,
        46732.0 / 5247.0,
        49.0 / 176.0,
        -5103.0 / 18656.0,
        0.0,
    ],
    [
        35.0 / 384.0,
        0.0,
        500.0 / 1113.0,
        125.0 / 192.0,
        -2187.0 / 6784.0,
        11.0 / 84.0,
    ],
];
/// The difference of the two orders.
const ERROR: [f64; 7] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339_200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];

/// The right side of the equations, and the areas under what is read.
struct System<'a> {
    model: &'a Model,
    values: &'a [f64],
    network: &'a Network<1>,
    running: Vec<f64>,
}

impl System<'_> {
    fn slope(&self, minutes: f64, amounts: &[f64], slope: &mut [f64]) {
        slope.fill(0.0);
        let links = &self.model.structure.links;
        let concentration = |place: usize| {
            self.model.structure.states[place]
                .volume
                .map_or(0.0, |volume| amounts[place] / self.values[volume])
        };
        for link in links {
            let mut rate = crate::network::rate(link.rate, self.values)
                * crate::network::share(&link.share, self.values, None);
            if let Some(changes) = link.changes {
                rate *= factor(changes, self.values, minutes, concentration);
            }
            let flow = rate * amounts[link.from];
            slope[link.from] -= flow;
            if let Some(to) = link.to {
                slope[to] += flow;
            }
        }
        let own = self.model.structure.states.len();
        // The effect site, which takes nothing away from where it looks.
        for &(to, from, [rate]) in self.network.flows.iter().filter(|flow| flow.0 >= own) {
            slope[to] += rate * amounts[from];
        }
        for place in own..self.network.places {
            slope[place] -= self.network.leaves[place][0] * amounts[place];
        }
        for (slope, rate) in slope.iter_mut().zip(&self.running) {
            *slope += rate;
        }
        for (k, reading) in self.network.read.iter().enumerate() {
            slope[self.network.places + k] = reading
                .parts
                .iter()
                .map(|(place, [factor])| factor * amounts[*place])
                .sum();
        }
    }
}

/// As `exponential::follow`, for one person.
pub(crate) fn follow(
    model: &Model,
    values: &[f64],
    network: &Network<1>,
    timeline: &Timeline,
    entries: &[Entry],
    write: impl FnMut(usize, usize, &[f64; 1]),
) {
    run(model, values, network, timeline, entries, write);
}

/// The areas under what is read, in ng·min/mL.
pub(crate) fn areas(
    model: &Model,
    values: &[f64],
    network: &Network<1>,
    timeline: &Timeline,
    entries: &[Entry],
) -> Vec<f64> {
    let amounts = run(model, values, network, timeline, entries, |_, _, _| {});
    amounts[network.places..].to_vec()
}

fn run(
    model: &Model,
    values: &[f64],
    network: &Network<1>,
    timeline: &Timeline,
    entries: &[Entry],
    mut write: impl FnMut(usize, usize, &[f64; 1]),
) -> Vec<f64> {
    let size = network.places + network.read.len();
    let mut system = System {
        model,
        values,
        network,
        running: vec![0.0; size],
    };
    let mut amounts = vec![0.0; size];
    let mut stages = vec![vec![0.0; size]; NODES.len()];
    let mut trial = vec![0.0; size];
    let mut now = 0.0_f64;
    let mut tries_step = 0.01_f64;
    let mut left = MOST_STEPS;
    let mut output = 0;
    for stretch in &timeline.runs {
        for &k in &timeline.at_once[stretch.at_once.0..stretch.at_once.1] {
            amounts[entries[k].into] += entries[k].amount;
        }
        system.running.fill(0.0);
        for &k in &timeline.running[stretch.running] {
            system.running[entries[k].into] += entries[k].rate();
        }
        for _ in 0..stretch.steps {
            if stretch.writes {
                for (k, reading) in network.read.iter().enumerate() {
                    let parts = reading.parts.iter();
                    let value = parts
                        .map(|(place, [factor])| amounts[*place] * factor)
                        .sum();
                    write(output, k, &[value]);
                }
                output += 1;
            }
            let Some(length) = stretch.length else {
                continue;
            };
            let end = now + timeline.lengths[length];
            while now < end && left > 0 {
                left -= 1;
                let step = tries_step.min(end - now);
                let error = attempt(&system, now, step, &amounts, &mut stages, &mut trial);
                if error <= 1.0 {
                    now = if step == end - now { end } else { now + step };
                    std::mem::swap(&mut amounts, &mut trial);
                }
                let grows = (0.9 * error.max(1e-10).powf(-0.2)).clamp(0.2, 5.0);
                if error > 1.0 || step == tries_step {
                    tries_step = step * grows;
                }
            }
            now = end;
        }
    }
    amounts
}

/// One step into `trial`; its error, in units of what is allowed.
fn attempt(
    system: &System<'_>,
    now: f64,
    step: f64,
    amounts: &[f64],
    stages: &mut [Vec<f64>],
    trial: &mut [f64],
) -> f64 {
    for stage in 0..NODES.len() {
        for (k, value) in trial.iter_mut().enumerate() {
            let mut sum = 0.0;
            for (weight, earlier) in WEIGHTS[stage].iter().zip(stages.iter()).take(stage) {
                sum += weight * earlier[k];
            }
            *value = amounts[k] + step * sum;
        }
        let slope = &mut stages[stage];
        system.slope(now + NODES[stage] * step, trial, slope);
    }
    // The last stage stands at the new point already.
    let mut worst = 0.0_f64;
    for (k, value) in trial.iter().enumerate() {
        let error: f64 = ERROR
            .iter()
            .zip(stages.iter())
            .map(|(weight, stage)| weight * stage[k])
            .sum();
        let allowed = ABSOLUTE + RELATIVE * value.abs().max(amounts[k].abs());
        worst = worst.max((step * error).abs() / allowed);
    }
    worst
}
