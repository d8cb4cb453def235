//! The closed form: a central compartment, up to two beside it, each mode by itself.
//!
//! The rates of the modes are the zeros of the secular equation
//! k10 = λ (1 + Σ k1j / (kj1 - λ)), one below the smallest, one between each two, one above the
//! largest of the kj1. Each is found as its distance from the nearer end of its interval, so that
//! neither λ nor kj1 - λ is a difference of large numbers, and neither are the weights. Source: the arrowhead form of a
//! mammillary rate matrix; any text on symmetric eigenvalue problems.

// `l` is a person, and counts through several arrays of people at once.
#![allow(clippy::needless_range_loop)]

use crate::divided_difference::convolution;
use crate::network::{Abreast, Network};
use crate::timeline::{Entry, Timeline};

/// What drains a central compartment, and what it exchanges with: rates per minute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mammillary {
    pub out: f64,
    /// To and from each place beside it; (0, anything) is no place.
    pub beside: [(f64, f64); 2],
}

/// A rate per minute, and the part of a bolus that decays with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mode {
    pub rate: f64,
    pub weight: f64,
}

/// No mode: its weight is nothing.
const NONE: Mode = Mode {
    rate: 1.0,
    weight: 0.0,
};

impl Mammillary {
    /// The modes. Weights add up to one.
    pub fn modes(&self) -> [Mode; 3] {
        let [mut near, mut far] = self.beside;
        // Two places that give back at the same rate are one place.
        if near.0 > 0.0 && far.0 > 0.0 && near.1 == far.1 {
            near = (near.0 + far.0, near.1);
            far = (0.0, 1.0);
        }
        if near.0 <= 0.0 {
            std::mem::swap(&mut near, &mut far);
        }
        if near.0 <= 0.0 {
            let alone = Mode {
                rate: self.out,
                weight: 1.0,
            };
            return [alone, NONE, NONE];
        }
        if far.0 <= 0.0 {
            let poles = [near];
            let zeros = [
                self.zero(&poles, 0.0, near.1),
                self.zero(&poles, near.1, f64::INFINITY),
            ];
            let [low, high] = weighed(zeros, [near.1]);
            return [low, high, NONE];
        }
        if near.1 > far.1 {
            std::mem::swap(&mut near, &mut far);
        }
        let poles = [near, far];
        let zeros = [
            self.zero(&poles, 0.0, near.1),
            self.zero(&poles, near.1, far.1),
            self.zero(&poles, far.1, f64::INFINITY),
        ];
        weighed(zeros, [near.1, far.1])
    }

    /// The one zero between two ends, as distance from the nearer.
    fn zero(&self, poles: &[(f64, f64)], low: f64, high: f64) -> Zero {
        if self.out == 0.0 && low == 0.0 {
            return Zero {
                origin: 0.0,
                offset: 0.0,
            };
        }
        // No zero lies above the sum of all rates.
        let end = if high.is_finite() {
            high
        } else {
            self.out + poles.iter().map(|(to, back)| to + back).sum::<f64>()
        };
        let half = (end - low) / 2.0;
        // Above the zero the difference is negative.
        let from_low = !high.is_finite() || self.look(poles, low, half).difference <= 0.0;
        let (origin, sign) = if from_low { (low, 1.0) } else { (end, -1.0) };
        let mut inner = 0.0;
        let mut outer = if high.is_finite() {
            half
        } else {
            (end - low) * (1.0 + 4.0 * f64::EPSILON)
        };
        let mut offset = outer / 2.0;
        for _ in 0..MOST_ROUNDS {
            let look = self.look(poles, origin, sign * offset);
            // Counted from the origin, positive before the zero.
            let value = look.difference * sign;
            if value > 0.0 {
                inner = offset;
            } else {
                outer = offset;
            }
            // Beside a pole the difference goes like 1/offset, and times the offset like a line.
            let step = if origin > 0.0 {
                value * offset / (value + look.slope * offset)
            } else {
                value / look.slope
            };
            let next = offset - step;
            if next > inner && next < outer {
                let moved = (next - offset).abs();
                offset = next;
                if moved <= offset * f64::EPSILON {
                    break;
                }
            } else if step.abs() <= offset * f64::EPSILON {
                break;
            } else if inner > 0.0 {
                offset = (inner * outer).sqrt();
            } else {
                offset = outer / 16.0;
            }
        }
        Zero {
            origin,
            offset: sign * offset,
        }
    }

    /// k10 - λ (1 + Σ k1j / (kj1 - λ)) at λ = origin + offset, and its derivative
    /// -(1 + Σ k1j kj1 / (kj1 - λ)²).
    #[inline]
    fn look(&self, poles: &[(f64, f64)], origin: f64, offset: f64) -> Look {
        let mut sum = 1.0;
        let mut slope = 1.0;
        for (to, back) in poles {
            let inverse = 1.0 / ((back - origin) - offset);
            let part = to * inverse;
            sum += part;
            slope += part * back * inverse;
        }
        Look {
            difference: self.out - (origin + offset) * sum,
            slope: -slope,
        }
    }
}

/// A zero of the secular equation: origin + offset, kept apart.
#[derive(Debug, Clone, Copy)]
struct Zero {
    origin: f64,
    offset: f64,
}

/// The weights that belong to these zeros and poles exactly: Π (pole - λ) / Π (other λ - λ). Where
/// two zeros come close each weight is uncertain, and their sum, which is what counts, is not.
fn weighed<const N: usize, const POLES: usize>(zeros: [Zero; N], poles: [f64; POLES]) -> [Mode; N] {
    std::array::from_fn(|k| {
        let zero = zeros[k];
        let mut weight = 1.0;
        let others = zeros.iter().enumerate().filter(|(other, _)| *other != k);
        for ((_, other), pole) in others.zip(poles) {
            let gap = (other.origin - zero.origin) + (other.offset - zero.offset);
            weight *= ((pole - zero.origin) - zero.offset) / gap;
        }
        Mode {
            rate: zero.origin + zero.offset,
            weight,
        }
    })
}

struct Look {
    difference: f64,
    slope: f64,
}

/// Newton's steps are a handful; bisection in the worst case needs no more than this.
const MOST_ROUNDS: usize = 200;

/// A network that is a central compartment with at most two beside it, perhaps with first-order
/// depots before and an effect site behind; places and flows by position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    central: usize,
    /// Flows to and from each place beside it.
    beside: Vec<(usize, usize)>,
    /// The place, and the flow from it into the central one.
    depots: Vec<(usize, usize)>,
    effect: Option<usize>,
}

impl Plan {
    /// Refuses, by `None`, a network of another form. `effect` is the place of the effect site.
    pub fn of<const L: usize>(network: &Network<L>, effect: Option<usize>) -> Option<Self> {
        let reading = network.read.first()?;
        if network.read.len() != 1 + usize::from(effect.is_some()) || reading.parts.len() != 1 {
            return None;
        }
        let central = reading.parts.first()?.0;
        let between = |to: usize, from: usize| {
            let mut found = (0..network.flows.len())
                .filter(|&k| (network.flows[k].0, network.flows[k].1) == (to, from));
            (found.next(), found.next().is_some())
        };
        let mut plan = Self {
            central,
            beside: Vec::new(),
            depots: Vec::new(),
            effect,
        };
        for place in (0..network.places).filter(|&place| place != central) {
            if Some(place) == effect {
                continue;
            }
            let alone = network.flows.iter().all(|&(to, from, _)| {
                (to != place || from == central) && (from != place || to == central)
            });
            let (there, there_twice) = between(place, central);
            let (back, back_twice) = between(central, place);
            if !alone || there_twice || back_twice {
                return None;
            }
            match (there, back) {
                (Some(there), Some(back)) => plan.beside.push((there, back)),
                (None, Some(back)) => plan.depots.push((place, back)),
                // Something that gathers what comes, or that nothing comes to.
                (_, None) => return None,
            }
        }
        let effect_looks_at_central = network
            .flows
            .iter()
            .all(|&(to, from, _)| Some(to) != effect || from == central);
        // A place beside it that also loses drug is of another form.
        let whole = plan.beside.iter().all(|&(_, back)| {
            let (_, from, rates) = network.flows[back];
            network.leaves[from] == rates
        });
        (plan.beside.len() <= 2 && effect_looks_at_central && whole).then_some(plan)
    }
}

/// What one length of step does to one person: everything in ng/mL at the central place.
#[derive(Debug, Clone, Copy)]
struct Step {
    decay: [f64; 3],
    /// What a running input of 1 mg/min adds to each mode.
    drive: [f64; 3],
    effect_decay: f64,
    effect: [f64; 3],
    effect_drive: f64,
}

/// What one length of step does with one depot.
#[derive(Debug, Clone, Copy)]
struct DepotStep {
    decay: f64,
    /// What a running input of 1 mg/min leaves in the depot.
    drive: f64,
    to_modes: [f64; 3],
    drive_to_modes: [f64; 3],
    to_effect: f64,
    drive_to_effect: f64,
}

/// One person in closed form.
struct Person {
    modes: [Mode; 3],
    /// ng/mL at the central place for each milligram.
    factor: f64,
    ke0: f64,
    /// Into the central place, and out of the depot in all.
    depots: Vec<(f64, f64)>,
}

impl Person {
    fn of<const L: usize>(plan: &Plan, network: &Network<L>, l: usize) -> Self {
        let mut beside = [(0.0, 1.0); 2];
        for (place, &(there, back)) in beside.iter_mut().zip(&plan.beside) {
            *place = (network.flows[there].2[l], network.flows[back].2[l]);
        }
        let out = plan.out(network, l);
        let (_, factor) = network.read[0].parts[0];
        Self {
            modes: Mammillary { out, beside }.modes(),
            factor: factor[l],
            ke0: plan.effect.map_or(1.0, |place| network.leaves[place][l]),
            depots: plan
                .depots
                .iter()
                .map(|&(place, flow)| (network.flows[flow].2[l], network.leaves[place][l]))
                .collect(),
        }
    }

    fn step(&self, minutes: f64) -> Step {
        let mut step = Step {
            decay: [0.0; 3],
            drive: [0.0; 3],
            effect_decay: convolution([self.ke0], minutes),
            effect: [0.0; 3],
            effect_drive: 0.0,
        };
        for (k, mode) in self.modes.iter().enumerate() {
            let height = mode.weight * self.factor;
            step.decay[k] = (-mode.rate * minutes).exp();
            step.drive[k] = height * convolution([mode.rate, 0.0], minutes);
            step.effect[k] = self.ke0 * convolution([mode.rate, self.ke0], minutes);
            if height > 0.0 {
                step.effect_drive +=
                    self.ke0 * height * convolution([mode.rate, self.ke0, 0.0], minutes);
            }
        }
        step
    }

    fn depot_step(&self, (into, out): (f64, f64), minutes: f64) -> DepotStep {
        let mut step = DepotStep {
            decay: convolution([out], minutes),
            drive: convolution([out, 0.0], minutes),
            to_modes: [0.0; 3],
            drive_to_modes: [0.0; 3],
            to_effect: 0.0,
            drive_to_effect: 0.0,
        };
        for (k, mode) in self.modes.iter().enumerate() {
            let height = mode.weight * self.factor * into;
            if height > 0.0 {
                step.to_modes[k] = height * convolution([out, mode.rate], minutes);
                step.drive_to_modes[k] = height * convolution([out, mode.rate, 0.0], minutes);
                let height = height * self.ke0;
                step.to_effect += height * convolution([out, mode.rate, self.ke0], minutes);
                step.drive_to_effect +=
                    height * convolution([out, mode.rate, self.ke0, 0.0], minutes);
            }
        }
        step
    }
}

impl Plan {
    /// What leaves the central place for good, per minute: summed from what is no exchange.
    fn out<const L: usize>(&self, network: &Network<L>, l: usize) -> f64 {
        network.lost[self.central][l]
    }
}

/// Numbers of a step, each for several people abreast.
#[derive(Debug, Clone, Copy)]
struct Steps<const L: usize> {
    decay: [[f64; L]; 3],
    drive: [[f64; L]; 3],
    effect_decay: [f64; L],
    effect: [[f64; L]; 3],
    effect_drive: [f64; L],
}

/// Follows people abreast along a timeline, in closed form; as `exponential::follow`.
pub(crate) fn follow<const L: usize>(
    plan: &Plan,
    network: &Network<L>,
    timeline: &Timeline,
    entries: [&[Entry]; L],
    mut write: impl FnMut(usize, usize, &Abreast<L>),
) {
    let people: [Person; L] = std::array::from_fn(|l| Person::of(plan, network, l));
    let steps: Vec<Steps<L>> = timeline
        .lengths
        .iter()
        .map(|&minutes| abreast(std::array::from_fn(|l| people[l].step(minutes))))
        .collect();
    let depot_steps: Vec<Vec<[DepotStep; L]>> = timeline
        .lengths
        .iter()
        .map(|&minutes| {
            (0..plan.depots.len())
                .map(|d| {
                    std::array::from_fn(|l| people[l].depot_step(people[l].depots[d], minutes))
                })
                .collect()
        })
        .collect();
    let mut depots = vec![[0.0; L]; plan.depots.len()];
    let mut depot_rates = depots.clone();
    let mut modes = [[0.0; L]; 3];
    let mut effect = [0.0; L];
    let mut plasma_rows = [[0.0; L]; TOGETHER];
    let mut effect_rows = [[0.0; L]; TOGETHER];
    let mut output = 0;
    for run in &timeline.runs {
        for &k in &timeline.at_once[run.at_once.0..run.at_once.1] {
            for l in 0..L {
                let entry = &entries[l][k];
                match plan.depots.iter().position(|depot| depot.0 == entry.into) {
                    Some(depot) => depots[depot][l] += entry.amount,
                    None => {
                        for (mode, value) in people[l].modes.iter().zip(&mut modes) {
                            value[l] += entry.amount * mode.weight * people[l].factor;
                        }
                    }
                }
            }
        }
        let mut rate = [0.0; L];
        depot_rates.fill([0.0; L]);
        for &k in &timeline.running[run.running] {
            for l in 0..L {
                let entry = &entries[l][k];
                match plan.depots.iter().position(|depot| depot.0 == entry.into) {
                    Some(depot) => depot_rates[depot][l] += entry.rate(),
                    None => rate[l] += entry.rate(),
                }
            }
        }
        // The last point has no step after it: it stays where it is.
        let Some(length) = run.length else {
            if run.writes {
                let mut plasma = [0.0; L];
                for l in 0..L {
                    plasma[l] = modes[0][l] + modes[1][l] + modes[2][l];
                }
                write(output, 0, &plasma);
                if plan.effect.is_some() {
                    write(output, 1, &effect);
                }
                output += 1;
            }
            continue;
        };
        let step = steps[length];
        let mut drive = [[0.0; L]; 3];
        let mut effect_drive = [0.0; L];
        for l in 0..L {
            for (drive, by) in drive.iter_mut().zip(&step.drive) {
                drive[l] = rate[l] * by[l];
            }
            effect_drive[l] = rate[l] * step.effect_drive[l];
        }
        if plan.depots.is_empty() && run.writes {
            let mut stretch = Stretch {
                step: &step,
                drive: &drive,
                effect_drive: &effect_drive,
                modes: &mut modes,
                effect: &mut effect,
            };
            let mut left = run.steps;
            while left > 0 {
                let steps = left.min(TOGETHER);
                left -= steps;
                if plan.effect.is_some() {
                    stretch.advance::<true>(steps, &mut plasma_rows, &mut effect_rows);
                } else {
                    stretch.advance::<false>(steps, &mut plasma_rows, &mut effect_rows);
                }
                for k in 0..steps {
                    write(output, 0, &plasma_rows[k]);
                    if plan.effect.is_some() {
                        write(output, 1, &effect_rows[k]);
                    }
                    output += 1;
                }
            }
            continue;
        }
        for _ in 0..run.steps {
            if run.writes {
                let mut plasma = [0.0; L];
                for l in 0..L {
                    plasma[l] = modes[0][l] + modes[1][l] + modes[2][l];
                }
                write(output, 0, &plasma);
                if plan.effect.is_some() {
                    write(output, 1, &effect);
                }
                output += 1;
            }
            for l in 0..L {
                effect[l] = effect[l] * step.effect_decay[l]
                    + (modes[0][l] * step.effect[0][l] + modes[1][l] * step.effect[1][l])
                    + (modes[2][l] * step.effect[2][l] + effect_drive[l]);
            }
            for ((mode, decay), drive) in modes.iter_mut().zip(&step.decay).zip(&drive) {
                for l in 0..L {
                    mode[l] = mode[l] * decay[l] + drive[l];
                }
            }
            for (d, depot) in depots.iter_mut().enumerate() {
                for l in 0..L {
                    let step = &depot_steps[length][d][l];
                    let (held, rate) = (depot[l], depot_rates[d][l]);
                    for (k, mode) in modes.iter_mut().enumerate() {
                        mode[l] += held * step.to_modes[k] + rate * step.drive_to_modes[k];
                    }
                    effect[l] += held * step.to_effect + rate * step.drive_to_effect;
                    depot[l] = held * step.decay + rate * step.drive;
                }
            }
        }
    }
}

/// So many steps are taken before their values are handed on: what they fill stays near.
const TOGETHER: usize = 32;
/// So many people's numbers stay in a processor's registers from step to step.
const GROUP: usize = 4;

/// People abreast over equal steps without a depot.
struct Stretch<'a, const L: usize> {
    step: &'a Steps<L>,
    drive: &'a [[f64; L]; 3],
    effect_drive: &'a [f64; L],
    modes: &'a mut [[f64; L]; 3],
    effect: &'a mut [f64; L],
}

impl<const L: usize> Stretch<'_, L> {
    /// Writes a row before each step. The same sums in the same order as one step at a time.
    fn advance<const EFFECT: bool>(
        &mut self,
        steps: usize,
        plasma: &mut [[f64; L]; TOGETHER],
        effects: &mut [[f64; L]; TOGETHER],
    ) {
        for first in (0..L).step_by(GROUP) {
            // Fewer people than a group: the last one counts for the missing ones.
            let of = |all: &[f64; L]| -> [f64; GROUP] {
                std::array::from_fn(|l| all[(first + l).min(L - 1)])
            };
            let three = |all: &[[f64; L]; 3]| [of(&all[0]), of(&all[1]), of(&all[2])];
            let [d0, d1, d2] = three(&self.step.decay);
            let [r0, r1, r2] = three(self.drive);
            let [e0, e1, e2] = three(&self.step.effect);
            let (decay, drive) = (of(&self.step.effect_decay), of(self.effect_drive));
            let [mut s0, mut s1, mut s2] = three(self.modes);
            let mut effect = of(self.effect);
            for k in 0..steps {
                let mut sum = [0.0; GROUP];
                for l in 0..GROUP {
                    sum[l] = s0[l] + s1[l] + s2[l];
                }
                put(&mut plasma[k][first..], &sum);
                if EFFECT {
                    put(&mut effects[k][first..], &effect);
                    for l in 0..GROUP {
                        effect[l] = effect[l] * decay[l]
                            + (s0[l] * e0[l] + s1[l] * e1[l])
                            + (s2[l] * e2[l] + drive[l]);
                    }
                }
                for l in 0..GROUP {
                    s0[l] = s0[l] * d0[l] + r0[l];
                    s1[l] = s1[l] * d1[l] + r1[l];
                    s2[l] = s2[l] * d2[l] + r2[l];
                }
            }
            for (mode, values) in self.modes.iter_mut().zip([s0, s1, s2]) {
                put(&mut mode[first..], &values);
            }
            put(&mut self.effect[first..], &effect);
        }
    }
}

/// The values of a group, as far as there is room for them.
#[inline]
fn put(into: &mut [f64], values: &[f64; GROUP]) {
    if let Some(whole) = into.first_chunk_mut::<GROUP>() {
        *whole = *values;
    } else {
        for (place, value) in into.iter_mut().zip(values) {
            *place = *value;
        }
    }
}

fn abreast<const L: usize>(steps: [Step; L]) -> Steps<L> {
    let each = |of: fn(&Step) -> f64| std::array::from_fn(|l| of(&steps[l]));
    let modes = |of: fn(&Step) -> [f64; 3]| {
        std::array::from_fn(|k| std::array::from_fn(|l| of(&steps[l])[k]))
    };
    Steps {
        decay: modes(|step| step.decay),
        drive: modes(|step| step.drive),
        effect_decay: each(|step| step.effect_decay),
        effect: modes(|step| step.effect),
        effect_drive: each(|step| step.effect_drive),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Domino's micro-constants; the witness is crates/pharmacokinetics/witness/witness.py.
    #[test]
    fn half_lives_are_those_of_the_reference() {
        let domino = Mammillary {
            out: 0.4381,
            beside: [(0.5921, 0.2470), (0.5900, 0.0146)],
        };
        let halves = domino
            .modes()
            .map(|mode| std::f64::consts::LN_2 / mode.rate);
        for (found, expected) in halves.into_iter().zip([115.0, 4.6, 0.4]) {
            assert!((found / expected - 1.0).abs() < 0.08, "{found} {expected}");
        }
    }

    #[test]
    fn weights_add_up_to_one_and_rates_to_their_sum() {
        for beside in [
            [(0.6, 0.25), (0.6, 0.014)],
            [(0.6, 0.25), (0.6, 0.25)],
            [(0.6, 0.25), (0.6, 0.25 * (1.0 + 1e-13))],
            [(0.0, 1.0), (0.6, 0.25)],
            [(1e-9, 1e3), (1e3, 1e-9)],
            [(1e-300, 0.3), (0.2, 0.3)],
        ] {
            for out in [0.0, 1e-9, 0.44, 0.25, 1e4] {
                let modes = Mammillary { out, beside }.modes();
                let weights: f64 = modes.iter().map(|mode| mode.weight).sum();
                assert!((weights - 1.0).abs() < 1e-14, "{out} {beside:?} {modes:?}");
            }
        }
    }
}
