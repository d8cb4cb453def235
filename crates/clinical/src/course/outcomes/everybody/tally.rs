//! Counts over people: what was owed and what came, what each definition found, who is missing.

use super::super::asked::SCALES;
use super::super::definitions::{Missing, Now, Relapse};
use super::ends::{Ends, WayOn};
use super::person::{OnePerson, Owed, Point, WhyMissing};
use super::rules::OutcomeRules;
use crate::instrument::{Library, Points};
use crate::record::PatientId;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use units::Moment;

/// How wide a bar of a histogram is, in points. Nine bars of PHQ-9, seven of GAD-7.
const BAR: u32 = 3;

/// What was owed of one scale at one time, over everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// A score came.
    pub answered: u32,
    /// None came, by why.
    pub missing: BTreeMap<WhyMissing, u32>,
    /// There is time to answer: not owed yet.
    pub waiting: u32,
}

impl Completion {
    /// How many were owed: answered and missing together.
    pub fn owed(&self) -> u32 {
        self.answered + self.missing.values().sum::<u32>()
    }
}

/// How many scores lie where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// How many scores in each bar, from the lowest score on.
    pub bars: Vec<u32>,
    /// From which score each bar goes on.
    pub from: Vec<u32>,
}

/// What one definition found by the newest score, over everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// Met.
    pub met: u32,
    /// Not met.
    pub not_met: u32,
    /// It cannot be said, by why.
    pub unknown: BTreeMap<Missing, u32>,
}

impl Definition {
    /// Of how many it can be said.
    pub const fn known(&self) -> u32 {
        self.met + self.not_met
    }
}

/// Relapses among those who had come to remission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relapses {
    /// Confirmed by a second score.
    pub relapsed: u32,
    /// One score speaks of it.
    pub one_score: u32,
    /// None since.
    pub none: u32,
}

/// One scale over everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScaleTally {
    /// What was owed at each time, in order.
    pub completion: BTreeMap<Point, Completion>,
    /// Scores at each time, in order.
    pub scores: BTreeMap<Point, Histogram>,
    /// What each definition found, in the order of the scale's file.
    pub definitions: Vec<Definition>,
    /// Relapses; none where there is no definition for this scale.
    pub relapses: Option<Relapses>,
}

/// Whose score is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whose {
    /// Whose.
    pub patient: PatientId,
    /// At which time.
    pub point: Point,
    /// When it was due; before the first session that is the session.
    pub due: Moment,
    /// Which scale, by its place in [`SCALES`].
    pub scale: usize,
    /// Why.
    pub why: WhyMissing,
}

/// Everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// People who were given a drug.
    pub people: u32,
    /// Each scale, in the order of [`SCALES`].
    pub scales: Vec<ScaleTally>,
    /// Whose score is missing, the newest first.
    pub missing: Vec<Whose>,
    /// Who goes on and who does not.
    pub ends: Ends,
}

impl Tally {
    /// Of people, each once. `booked` has those of whom a visit stands ahead.
    // Hazard: H65, H66
    pub fn of<'a>(
        people: impl Iterator<Item = (PatientId, &'a OnePerson)>,
        booked: &BTreeSet<PatientId>,
        library: &Library,
        rules: &OutcomeRules,
        now: Moment,
    ) -> Self {
        let highest: Vec<u32> = SCALES.iter().map(|scale| top(library, scale)).collect();
        let mut tally = Self {
            scales: vec![ScaleTally::default(); SCALES.len()],
            ..Self::default()
        };
        for (patient, person) in people {
            tally.people += 1;
            tally.take_scales(patient, person, &highest, now);
            tally.take_asked(patient, person, &highest, now);
            let way = WayOn::of(person, booked.contains(&patient), rules, now);
            tally.ends.count(way, person.finished_series);
        }
        tally
            .missing
            .sort_by_key(|whose| (std::cmp::Reverse(whose.due), whose.patient.0, whose.scale));
        tally
    }

    fn take_scales(
        &mut self,
        patient: PatientId,
        person: &OnePerson,
        highest: &[u32],
        now: Moment,
    ) {
        let due = person.first_drug.min(now);
        for (scale, (found, highest)) in person.scales.iter().zip(highest).enumerate() {
            let Some(of) = self.scales.get_mut(scale) else {
                continue;
            };
            let before = of.completion.entry(Point::Before).or_default();
            match found.before {
                Some(points) => {
                    before.answered += 1;
                    of.scores
                        .entry(Point::Before)
                        .or_insert_with(|| Histogram::up_to(*highest))
                        .take(points);
                }
                None => {
                    let why = WhyMissing::NoneBefore;
                    *before.missing.entry(why).or_default() += 1;
                    self.missing.push(Whose {
                        patient,
                        point: Point::Before,
                        due,
                        scale,
                        why,
                    });
                }
            }
            of.definitions.resize_with(
                found.found.len().max(of.definitions.len()),
                Definition::default,
            );
            for (definition, now) in of.definitions.iter_mut().zip(&found.found) {
                match now {
                    Now::Known(true) => definition.met += 1,
                    Now::Known(false) => definition.not_met += 1,
                    Now::Unknown(why) => *definition.unknown.entry(*why).or_default() += 1,
                }
            }
            match found.relapse {
                Relapse::NotDefined => {}
                Relapse::NoRemission => {
                    of.relapses.get_or_insert_default();
                }
                Relapse::NoneSince { .. } => of.relapses.get_or_insert_default().none += 1,
                Relapse::OneScore { .. } => of.relapses.get_or_insert_default().one_score += 1,
                Relapse::Relapsed { .. } => of.relapses.get_or_insert_default().relapsed += 1,
            }
        }
    }

    fn take_asked(&mut self, patient: PatientId, person: &OnePerson, highest: &[u32], now: Moment) {
        for one in &person.asked {
            let (Some(of), Some(highest)) =
                (self.scales.get_mut(one.scale), highest.get(one.scale))
            else {
                continue;
            };
            let owed = person.owed(one, now);
            if owed == Owed::NotYet && one.due > now {
                continue;
            }
            let completion = of.completion.entry(one.point).or_default();
            match owed {
                Owed::NotYet => completion.waiting += 1,
                Owed::Answered => {
                    completion.answered += 1;
                    if let Some(points) = one.points {
                        of.scores
                            .entry(one.point)
                            .or_insert_with(|| Histogram::up_to(*highest))
                            .take(points);
                    }
                }
                Owed::Missing(why) => {
                    *completion.missing.entry(why).or_default() += 1;
                    self.missing.push(Whose {
                        patient,
                        point: one.point,
                        due: one.due,
                        scale: one.scale,
                        why,
                    });
                }
            }
        }
    }
}

impl Histogram {
    fn up_to(highest: u32) -> Self {
        let from: Vec<u32> = (0..=highest / BAR)
            .map(|bar| bar * BAR)
            .filter(|from| *from < highest)
            .collect();
        Self {
            bars: vec![0; from.len()],
            from,
        }
    }

    /// The highest score of all stands in the last bar, which is one point wider.
    fn take(&mut self, points: Points) {
        let whole: u32 = points.number().trunc().try_into().unwrap_or(0);
        let last = self.bars.len().saturating_sub(1);
        let bar = usize::try_from(whole / BAR).map_or(last, |bar| bar.min(last));
        if let Some(count) = self.bars.get_mut(bar) {
            *count += 1;
        }
    }
}

/// The highest score of a scale.
fn top(library: &Library, scale: &str) -> u32 {
    library
        .named(scale)
        .and_then(|instrument| instrument.score(instrument.principal.as_deref()?))
        .map_or(Decimal::ZERO, |score| score.range.to.number())
        .trunc()
        .try_into()
        .unwrap_or(0)
}
