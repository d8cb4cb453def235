//! Many simulated people like those who were studied, and the bands that they make.
//!
//! People are the points of an Owen-scrambled Sobol sequence (crate `sobol_burley`, after Burley
//! 2020 and Joe and Kuo) taken through the inverse normal. Each person depends on the seed and on
//! their own number alone, so that the same band comes out on any number of threads, and the same
//! people are met again when a plan changes.

use crate::model::{Between, Law, Model, Residual, Site};
use crate::prediction::{Prediction, Refusal, Spaces};
use std::ops::Range;

/// How many are followed abreast.
const ABREAST: usize = 8;
/// The parts of people below each percentile.
pub const PERCENTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// As many as the sequence has points.
const MOST_PEOPLE: u32 = 65_536;
const FEWEST_PEOPLE: u32 = 16;
/// Half a gigabyte.
const MOST_VALUES: usize = 128 * 1024 * 1024;

/// Who is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// How many: 16 to 65,536.
    pub people: u32,
    /// The same seed gives the same people.
    pub seed: u32,
    /// What the band is of.
    pub band: BandOf,
}

/// What a band is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BandOf {
    /// Where a person's true level may lie.
    #[default]
    People,
    /// What a laboratory might report of it.
    Readings,
}

/// The percentiles of one curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// As in `ketamine`.
    pub analyte: String,
    /// Where it would be drawn.
    pub site: Site,
    /// For each time, the five of [`PERCENTILES`] in ng/mL.
    pub percentiles: Vec<[f64; 5]>,
    /// One standard error of each percentile where the median is highest, as part of it: what
    /// another seed would change at most. Of as many people drawn independently; those of a Sobol
    /// sequence lie closer.
    pub sampling_error: [f64; 5],
}

/// What of one curve happens when and how much, over all people: five percentiles each, those of
/// [`PERCENTILES`] where no others were asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// The highest of the values at the plan's times, in ng/mL.
    pub peak_ng_ml: [f64; 5],
    /// When it is, in minutes.
    pub peak_at_min: [f64; 5],
    /// The first of the plan's times after the peak at which half of it or less is left, in minutes;
    /// the plan's end for those who have more at it.
    pub half_at_min: [f64; 5],
    /// How many of 100 people are at half of their peak before the plan ends, rounded down.
    pub halved_of_100: u32,
    /// The area under the curve up to the plan's end by trapezoids, in ng·h/mL.
    pub area_ng_h_ml: [f64; 5],
}

/// Parameters that differ, and how together.
#[derive(Debug, Clone)]
struct Draws {
    /// Position of a parameter, and whether it differs by its logit.
    of: Vec<(usize, bool)>,
    /// Lower triangle, row by row: eta = root × z.
    root: Vec<Vec<f64>>,
    /// Shares of which the rest is used: none passes one.
    at_most_one: Vec<usize>,
    seed: u32,
}

/// People with their curves.
#[derive(Debug)]
pub struct Crowd<'p, 'm> {
    prediction: &'p Prediction<'m>,
    population: Population,
    draws: Draws,
    /// Block by block of people; in it curve by curve, time by time, person by person. As 32-bit
    /// numbers: a ten-millionth of a value is far below the sampling error.
    values: Vec<f32>,
}

/// A part of a crowd that one thread can draw.
#[derive(Debug)]
pub struct Part<'a, 'm> {
    prediction: &'a Prediction<'m>,
    population: Population,
    draws: &'a Draws,
    first_block: usize,
    values: &'a mut [f32],
}

impl<'m> Prediction<'m> {
    /// Room for a population; draw its [`Crowd::parts`] next. Refuses a model without spread, and
    /// more than is worked out at once.
    pub fn population(&self, population: Population) -> Result<Crowd<'_, 'm>, Refusal> {
        if !self.model.has_spread() {
            return Err(Refusal::NoSpread(self.model.name.clone()));
        }
        if !(FEWEST_PEOPLE..=MOST_PEOPLE).contains(&population.people) {
            return Err(Refusal::TooMuch(format!(
                "A population is of {FEWEST_PEOPLE} to {MOST_PEOPLE} people."
            )));
        }
        let blocks = blocks(population.people);
        let values = blocks * block_size(self);
        if values > MOST_VALUES {
            return Err(Refusal::TooMuch(format!(
                "{} people at {} times are more than is worked out at once.",
                population.people,
                self.outputs()
            )));
        }
        Ok(Crowd {
            prediction: self,
            population,
            draws: Draws::new(self.model, &self.fixed, population.seed),
            values: vec![0.0; values],
        })
    }
}

fn blocks(people: u32) -> usize {
    (people as usize).div_ceil(ABREAST)
}

fn block_size(prediction: &Prediction<'_>) -> usize {
    prediction.curves().len() * prediction.outputs() * ABREAST
}

impl<'p, 'm> Crowd<'p, 'm> {
    /// Disjoint parts, at most this many, of about the same size. Each must be drawn once.
    pub fn parts(&mut self, count: usize) -> Vec<Part<'_, 'm>> {
        let size = block_size(self.prediction);
        let each = blocks(self.population.people).div_ceil(count.max(1));
        let (prediction, population, draws) = (self.prediction, self.population, &self.draws);
        self.values
            .chunks_mut(each * size)
            .enumerate()
            .map(|(k, values)| Part {
                prediction,
                population,
                draws,
                first_block: k * each,
                values,
            })
            .collect()
    }

    /// Draws everybody, on this thread.
    #[must_use]
    pub fn drawn(mut self) -> Self {
        for part in self.parts(1) {
            part.draw();
        }
        self
    }

    /// The percentiles of one curve at some of its times, in ng/mL.
    pub fn percentiles(&self, curve: usize, times: Range<usize>) -> Vec<[f64; 5]> {
        self.percentiles_of(PERCENTILES, curve, times)
    }

    /// The same below which these parts of people lie, rising, each between 0 and 1.
    pub fn percentiles_of(
        &self,
        parts: [f64; 5],
        curve: usize,
        times: Range<usize>,
    ) -> Vec<[f64; 5]> {
        let mut scratch = Vec::with_capacity(self.population.people as usize + ABREAST);
        times
            .map(|time| {
                self.gather(curve, time, &mut scratch);
                five(parts, &mut scratch)
            })
            .collect()
    }

    /// The bands of all curves, worked out on this thread.
    pub fn bands(&self) -> Vec<Band> {
        let all = 0..self.prediction.outputs();
        (0..self.prediction.curves().len())
            .map(|curve| self.band(curve, self.percentiles(curve, all.clone())))
            .collect()
    }

    /// The band of one curve, its percentiles having been worked out.
    pub fn band(&self, curve: usize, percentiles: Vec<[f64; 5]>) -> Band {
        let (analyte, site) = self.prediction.curves().swap_remove(curve);
        let highest = (0..percentiles.len())
            .max_by(|a, b| percentiles[*a][2].total_cmp(&percentiles[*b][2]))
            .unwrap_or_default();
        Band {
            analyte,
            site,
            sampling_error: self.sampling_error(curve, highest),
            percentiles,
        }
    }

    /// Peak, its time, the time of half of it, and area, person by person.
    pub fn summary(&self, curve: usize) -> Summary {
        self.summary_of(PERCENTILES, curve)
    }

    /// The same below which these parts of people lie, rising, each between 0 and 1.
    pub fn summary_of(&self, parts: [f64; 5], curve: usize) -> Summary {
        const MINUTES_IN_AN_HOUR: f32 = 60.0;
        const HUNDRED: usize = 100;
        let outputs = self.prediction.outputs();
        let people = self.population.people as usize;
        let every = self.prediction.every().minutes() as f32;
        let minutes = |output: usize| output as f32 * every;
        let mut of: [Vec<u32>; 4] = std::array::from_fn(|_| Vec::with_capacity(people + ABREAST));
        let mut halved = 0;
        let start = curve * outputs * ABREAST;
        for block in self.values.chunks_exact(block_size(self.prediction)) {
            let rows = &block[start..start + outputs * ABREAST];
            for l in 0..ABREAST {
                let value = |output: usize| rows[output * ABREAST + l];
                let mut peak = 0;
                let mut area = 0.0;
                for output in 1..outputs {
                    area += (value(output) + value(output - 1)) / 2.0;
                    if value(output) > value(peak) {
                        peak = output;
                    }
                }
                let half = (peak..outputs).find(|output| value(*output) * 2.0 <= value(peak));
                let is_counted = of[0].len() < people;
                halved += usize::from(half.is_some() && is_counted);
                let row = [
                    value(peak),
                    minutes(peak),
                    minutes(half.unwrap_or(outputs - 1)),
                    area * every / MINUTES_IN_AN_HOUR,
                ];
                for (column, value) in of.iter_mut().zip(row) {
                    column.push(value.to_bits());
                }
            }
        }
        let [peak_ng_ml, peak_at_min, half_at_min, area_ng_h_ml] = of.map(|mut column| {
            column.truncate(people);
            five(parts, &mut column)
        });
        Summary {
            peak_ng_ml,
            peak_at_min,
            half_at_min,
            halved_of_100: number(halved * HUNDRED / people),
            area_ng_h_ml,
        }
    }

    // Bits of numbers that are not negative are in the order of the numbers.
    fn gather(&self, curve: usize, time: usize, into: &mut Vec<u32>) {
        let outputs = self.prediction.outputs();
        let people = self.population.people as usize;
        let start = (curve * outputs + time) * ABREAST;
        into.clear();
        for block in self.values.chunks_exact(block_size(self.prediction)) {
            into.extend(
                block[start..start + ABREAST]
                    .iter()
                    .map(|value| value.to_bits()),
            );
        }
        into.truncate(people);
    }

    /// Half the distance between the ranks one binomial standard deviation to either side.
    fn sampling_error(&self, curve: usize, time: usize) -> [f64; 5] {
        let mut values = Vec::new();
        self.gather(curve, time, &mut values);
        values.sort_unstable();
        let people = f64::from(self.population.people);
        let at = |rank: f64| {
            let place = rank.clamp(0.0, people - 1.0).round() as usize;
            f64::from(f32::from_bits(values[place]))
        };
        PERCENTILES.map(|part| {
            let middle = part * (people - 1.0);
            let deviation = (people * part * (1.0 - part)).sqrt();
            let half = (at(middle + deviation) - at(middle - deviation)) / 2.0;
            let value = at(middle);
            if value > 0.0 { half / value } else { 0.0 }
        })
    }
}

/// Linear between the two nearest ranks.
fn five(parts: [f64; 5], values: &mut [u32]) -> [f64; 5] {
    let last = (values.len() - 1) as f64;
    let mut ranks = [0; 5];
    for (rank, part) in ranks.iter_mut().zip(parts) {
        let below = (part * last).floor() as usize;
        *rank = below;
    }
    let mut found = [(0, 0); 5];
    select(values, 0, &ranks, &mut found);
    let mut percentiles = [0.0; 5];
    for (k, (low, high)) in found.into_iter().enumerate() {
        let (low, high) = (
            f64::from(f32::from_bits(low)),
            f64::from(f32::from_bits(high)),
        );
        let beyond = parts[k] * last - ranks[k] as f64;
        percentiles[k] = low + (high - low) * beyond;
    }
    percentiles
}

/// The values at these rising ranks and at the next, the slice beginning at rank `from`.
fn select(values: &mut [u32], from: usize, ranks: &[usize], found: &mut [(u32, u32)]) {
    let middle = ranks.len() / 2;
    let Some(&rank) = ranks.get(middle) else {
        return;
    };
    let place = (rank - from).min(values.len() - 1);
    let (below, value, above) = values.select_nth_unstable(place);
    let value = *value;
    let next = above.iter().copied().min().unwrap_or(value);
    found[middle] = (value, next);
    let (lower, higher) = ranks.split_at(middle);
    let (found_lower, found_higher) = found.split_at_mut(middle);
    // A rank that comes twice, among few people.
    if lower.last().is_some_and(|lower| *lower == rank) || higher.get(1) == Some(&rank) {
        values.sort_unstable();
        for (found, rank) in found.iter_mut().zip(ranks) {
            let place = rank - from;
            let next = values.get(place + 1).copied().unwrap_or(values[place]);
            *found = (values[place], next);
        }
        return;
    }
    select(below, from, lower, found_lower);
    select(above, rank + 1, &higher[1..], &mut found_higher[1..]);
}

impl Part<'_, '_> {
    /// Works out the curves of these people.
    pub fn draw(self) {
        let outputs = self.prediction.outputs();
        let curves = self.prediction.curves();
        let mut spaces = Spaces::<ABREAST>::default();
        let mut people: [Vec<f64>; ABREAST] = std::array::from_fn(|_| Vec::new());
        let size = block_size(self.prediction);
        for (block, values) in self.values.chunks_exact_mut(size).enumerate() {
            let first = (self.first_block + block) * ABREAST;
            for (l, person) in people.iter_mut().enumerate() {
                self.draws
                    .person(number(first + l), &self.prediction.typical, person);
            }
            self.prediction
                .follow(&people, &mut spaces, |output, curve, concentrations| {
                    let start = (curve * outputs + output) * ABREAST;
                    let places = &mut values[start..start + ABREAST];
                    for (place, value) in places.iter_mut().zip(concentrations) {
                        let value = *value as f32;
                        *place = value;
                    }
                });
            if self.population.band == BandOf::Readings {
                for (curve, (analyte, site)) in curves.iter().enumerate() {
                    let residual = self.prediction.model.residuals.iter();
                    let residual = residual.filter(|_| *site != Site::Effect);
                    if let Some(residual) = residual.into_iter().find(|of| of.analyte == *analyte) {
                        let of = &mut values[curve * outputs * ABREAST..];
                        self.draws
                            .read(residual, curve, first, &mut of[..outputs * ABREAST]);
                    }
                }
            }
        }
    }
}

fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

impl Draws {
    fn new(model: &Model, fixed: &[usize], seed: u32) -> Self {
        let varies = |position: &usize| {
            !fixed.contains(position) && !model.parameters[*position].spread.is_empty()
        };
        let positions: Vec<usize> = (0..model.parameters.len()).filter(varies).collect();
        let count = positions.len();
        let mut covariance = vec![vec![0.0; count]; count];
        let mut of = Vec::new();
        for (k, &position) in positions.iter().enumerate() {
            let mut logit = false;
            for spread in &model.parameters[position].spread {
                // One visit of one person is both a person and an occasion.
                let (Between::People | Between::Occasions) = spread.between;
                covariance[k][k] += match spread.law {
                    Law::LogNormal(variance) => variance,
                    Law::LogitNormal(variance) => {
                        logit = true;
                        variance
                    }
                };
            }
            of.push((position, logit));
        }
        for pair in &model.covariances {
            let place = |position| positions.iter().position(|known| *known == position);
            if let (Some(one), Some(other)) = (place(pair.of[0]), place(pair.of[1])) {
                covariance[one][other] = pair.value;
                covariance[other][one] = pair.value;
            }
        }
        let mut at_most_one: Vec<usize> = model.structure.without().collect();
        at_most_one.sort_unstable();
        at_most_one.dedup();
        Self {
            of,
            root: root(&covariance),
            at_most_one,
            seed,
        }
    }

    /// A standard normal number: in the middle of one of 2^24 cells of equal probability.
    fn normal(&self, person: u32, dimension: u32) -> f64 {
        const HALF_A_CELL: f64 = 1.0 / 33_554_432.0;
        let point = f64::from(sobol_burley::sample(
            person % MOST_PEOPLE,
            dimension,
            self.seed,
        ));
        inverse_normal(point + HALF_A_CELL)
    }

    /// One reading of each value; a person's error is one draw at all times, which leaves the
    /// percentiles of each time what they are.
    fn read(&self, residual: &Residual, curve: usize, first: usize, values: &mut [f32]) {
        let dimension = number(self.of.len() + curve);
        for (k, value) in values.iter_mut().enumerate() {
            let z = self.normal(number(first + k % ABREAST), dimension);
            let true_value = f64::from(*value);
            let log = true_value * (residual.log_sd.unwrap_or(0.0) * z).exp();
            let proportional = residual.proportional_sd.unwrap_or(0.0) * true_value;
            let additive = residual.additive_ng_ml.unwrap_or(0.0);
            let read = (log + z * proportional.hypot(additive)).max(0.0) as f32;
            *value = read;
        }
    }

    /// The parameters of one person into `values`.
    fn person(&self, person: u32, typical: &[f64], values: &mut Vec<f64>) {
        const MOST_DIMENSIONS: usize = 64;
        values.clear();
        values.extend_from_slice(typical);
        let mut z = [0.0; MOST_DIMENSIONS];
        let count = self.of.len().min(MOST_DIMENSIONS);
        for (dimension, z) in z.iter_mut().enumerate().take(count) {
            *z = self.normal(person, number(dimension));
        }
        for (&(position, logit), root) in self.of.iter().zip(&self.root) {
            let eta: f64 = root.iter().zip(&z).map(|(root, z)| root * z).sum();
            let value = &mut values[position];
            if logit {
                // The odds are multiplied.
                let odds = *value / (1.0 - *value) * eta.exp();
                *value = odds / (1.0 + odds);
            } else {
                *value *= eta.exp();
            }
        }
        for &position in &self.at_most_one {
            values[position] = values[position].min(1.0);
        }
    }
}

/// The lower triangle whose product with itself is the matrix (Cholesky). What rounding makes
/// negative is nothing.
fn root(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut root: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for (k, row) in matrix.iter().enumerate() {
        let mut new = vec![0.0; k + 1];
        for column in 0..=k {
            let known: f64 = (0..column)
                .map(|j| new[j] * if column == k { new[j] } else { root[column][j] })
                .sum();
            let rest = row[column] - known;
            new[column] = if column == k {
                rest.max(0.0).sqrt()
            } else if root[column][column] > 0.0 {
                rest / root[column][column]
            } else {
                0.0
            };
        }
        root.push(new);
    }
    root
}

/// The number below which a standard normal one lies with probability `p`, for `p` of the cells
/// above. Source: Wichura, algorithm AS 241 (PPND16), Applied Statistics 37:477 (1988).
fn inverse_normal(p: f64) -> f64 {
    const MIDDLE: f64 = 0.425;
    let q = p - 0.5;
    if q.abs() <= MIDDLE {
        let r = MIDDLE * MIDDLE - q * q;
        return q * ratio(r, &MIDDLE_ABOVE, &MIDDLE_BELOW);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-tail.ln()).sqrt() - 1.6;
    ratio(r, &TAIL_ABOVE, &TAIL_BELOW).copysign(q)
}

fn ratio(r: f64, above: &[f64; 8], below: &[f64; 8]) -> f64 {
    let polynomial = |factors: &[f64; 8]| factors.iter().fold(0.0, |sum, factor| sum * r + factor);
    polynomial(above) / polynomial(below)
}

#[expect(
    clippy::excessive_precision,
    reason = "the digits are those that were published"
)]
const MIDDLE_ABOVE: [f64; 8] = [
    2509.0809287301226727,
    33430.575583588128105,
    67265.770927008700853,
    45921.953931549871457,
    13731.693765509461125,
    1971.5909503065514427,
    133.14166789178437745,
    3.387132872796366608,
];
#[expect(
    clippy::excessive_precision,
    reason = "the digits are those that were published"
)]
const MIDDLE_BELOW: [f64; 8] = [
    5226.495278852854561,
    28729.085735721942674,
    39307.89580009271061,
    21213.794301586595867,
    5394.1960214247511077,
    687.1870074920579083,
    42.313330701600911252,
    1.0,
];
#[expect(
    clippy::excessive_precision,
    reason = "the digits are those that were published"
)]
const TAIL_ABOVE: [f64; 8] = [
    7.7454501427834140764e-4,
    2.27238449892691845833e-2,
    2.4178072517745061177e-1,
    1.27045825245236838258,
    3.64784832476320460504,
    5.7694972214606914055,
    4.6303378461565452959,
    1.42343711074968357734,
];
#[expect(
    clippy::excessive_precision,
    reason = "the digits are those that were published"
)]
const TAIL_BELOW: [f64; 8] = [
    1.05075007164441684324e-9,
    5.475938084995344946e-4,
    1.51986665636164571966e-2,
    1.4810397642748007459e-1,
    6.8976733498510000455e-1,
    1.6763848301838038494,
    2.05319162663775882187,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: Python's statistics.NormalDist().inv_cdf.
    #[test]
    fn normal_numbers_are_those_of_another_program() {
        for (p, expected) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_053_6),
            (0.05, -1.644_853_626_951_472_4),
            (1e-6, -4.753_424_308_822_899),
            (0.2, -0.841_621_233_572_914_2),
        ] {
            let found = inverse_normal(p);
            assert!((found - expected).abs() < 1e-14, "{p}: {found} {expected}");
        }
    }

    #[test]
    fn five_percentiles_are_those_of_the_sorted_values() {
        for people in [16_usize, 17, 100, 1_001] {
            let mut values: Vec<u32> = (0..people)
                .map(|k| {
                    let value = (k * 7_919 % people) as f32;
                    value.to_bits()
                })
                .collect();
            let expected = PERCENTILES.map(|part| part * (people - 1) as f64);
            for (found, expected) in five(PERCENTILES, &mut values).into_iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-9,
                    "{people}: {found} {expected}"
                );
            }
        }
    }

    // Witness: the rank of a percentile, worked out by hand: of the numbers 0 to 1,000 the part p
    // lies at 1,000 p.
    #[test]
    fn other_percentiles_are_those_of_the_sorted_values_too() {
        let mut values: Vec<u32> = (0..=1_000_usize)
            .map(|k| {
                let value = (k * 7_919 % 1_001) as f32;
                value.to_bits()
            })
            .collect();
        let found = five([0.025, 0.1, 0.5, 0.9, 0.975], &mut values);
        for (found, expected) in found.into_iter().zip([25.0, 100.0, 500.0, 900.0, 975.0]) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn a_root_times_itself_is_the_covariance() {
        let matrix = [vec![0.084_177, 0.022_61], vec![0.022_61, 0.026_048]];
        let root = root(&matrix);
        assert!((root[1][0] * root[0][0] - 0.022_61).abs() < 1e-15);
        assert!((root[1][0].powi(2) + root[1][1].powi(2) - 0.026_048).abs() < 1e-15);
    }
}
