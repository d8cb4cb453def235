//! The rate matrix of one person, or of several abreast.

use crate::model::{Changes, Rate, Share, Structure};

/// One number for each of several people.
pub(crate) type Abreast<const L: usize> = [f64; L];

/// Rates of flow between places, per minute, and what is read off them.
#[derive(Debug, Clone)]
pub(crate) struct Network<const L: usize> {
    /// The places that hold drug, then those added here: the effect site, what was lost.
    pub places: usize,
    /// To, from, rate per minute. Several may join the same two places.
    pub flows: Vec<(usize, usize, Abreast<L>)>,
    /// What leaves each place, per minute, wherever to.
    pub leaves: Vec<Abreast<L>>,
    /// What of it leaves the body, or becomes something that is not followed.
    pub lost: Vec<Abreast<L>>,
    pub read: Vec<Reading<L>>,
}

/// A concentration: a sum of amounts, each times a factor, in ng/mL.
#[derive(Debug, Clone)]
pub(crate) struct Reading<const L: usize> {
    pub parts: Vec<(usize, Abreast<L>)>,
}

/// What is added to a model's own places.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Added {
    /// The rate of an effect site beside the first of what is observed, per minute.
    pub effect_site: Option<f64>,
    /// A place that gathers everything that is lost.
    pub lost: bool,
}

/// ng/mL in a mg/L.
const NANOGRAMS_PER_MILLILITRE: f64 = 1_000.0;

/// The values of parameters, in litres, minutes and shares, with one of them exchanged.
pub(crate) fn share(share: &Share, values: &[f64], instead: Option<(usize, f64)>) -> f64 {
    let value = |position: usize| match instead {
        Some((exchanged, value)) if exchanged == position => value,
        _ => values[position],
    };
    let of: f64 = share.of.iter().map(|&k| value(k)).product();
    let without: f64 = share.without.iter().map(|&k| 1.0 - value(k)).product();
    of * without
}

pub(crate) fn rate(rate: Rate, values: &[f64]) -> f64 {
    match rate {
        Rate::Clearance { clearance, volume } => values[clearance] / values[volume],
        Rate::Constant(k) => values[k],
        Rate::OneOver(time) => 1.0 / values[time],
    }
}

impl<const L: usize> Network<L> {
    /// Of people whose parameters have these values.
    pub fn new(structure: &Structure, values: [&[f64]; L], added: Added) -> Self {
        let own = structure.states.len();
        let effect = added.effect_site.map(|_| own);
        let lost = added.lost.then_some(own + usize::from(effect.is_some()));
        let places = own + usize::from(effect.is_some()) + usize::from(lost.is_some());
        let mut network = Self {
            places,
            flows: Vec::with_capacity(structure.links.len() + 1),
            leaves: vec![[0.0; L]; places],
            lost: vec![[0.0; L]; places],
            read: Vec::with_capacity(structure.observed.len() + 1),
        };
        for link in &structure.links {
            let rates =
                values.map(|values| rate(link.rate, values) * share(&link.share, values, None));
            for (total, rate) in network.leaves[link.from].iter_mut().zip(rates) {
                *total += rate;
            }
            if link.to.is_none() {
                for (total, rate) in network.lost[link.from].iter_mut().zip(rates) {
                    *total += rate;
                }
            }
            if let Some(to) = link.to.or(lost) {
                network.flows.push((to, link.from, rates));
            }
        }
        for observed in &structure.observed {
            let parts = observed
                .parts
                .iter()
                .map(|&(state, volume)| {
                    let factor = values.map(|values| {
                        let times = observed.times.map_or(1.0, |times| values[times]);
                        NANOGRAMS_PER_MILLILITRE * times / values[volume]
                    });
                    (state, factor)
                })
                .collect();
            network.read.push(Reading { parts });
        }
        if let (Some(place), Some(ke0)) = (effect, added.effect_site) {
            // Takes nothing away from where it looks; read with the factor of the first part.
            let parts = network.read[0].parts.clone();
            let first = parts[0].1;
            for (state, factor) in parts {
                let rates = std::array::from_fn(|l| ke0 * factor[l] / first[l]);
                network.flows.push((place, state, rates));
            }
            network.leaves[place] = [ke0; L];
            network.read.push(Reading {
                parts: vec![(place, first)],
            });
        }
        network
    }
}

impl Network<1> {
    /// With a place behind each reading that adds it up over time, in ng·min/mL.
    pub fn with_areas(mut self) -> Self {
        for reading in self.read.clone() {
            for (place, factor) in reading.parts {
                self.flows.push((self.places, place, factor));
            }
            self.leaves.push([0.0]);
            self.lost.push([0.0]);
            self.places += 1;
        }
        self
    }
}

/// Whether rates stay as they are, so that exact steps exist.
pub(crate) fn is_constant(structure: &Structure) -> bool {
    structure.links.iter().all(|link| link.changes.is_none())
}

/// A factor of a rate that changes: at `minutes`, with concentrations of mg/L in the places.
pub(crate) fn factor(
    changes: Changes,
    values: &[f64],
    minutes: f64,
    concentration: impl Fn(usize) -> f64,
) -> f64 {
    match changes {
        Changes::Grows { per_minute } => 1.0 + values[per_minute] * minutes,
        Changes::Inhibited { by, half, most } => {
            let found = concentration(by) * NANOGRAMS_PER_MILLILITRE;
            1.0 - values[most] * found / (values[half] + found)
        }
    }
}
