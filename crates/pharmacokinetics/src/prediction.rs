//! One person, one plan, one model: the typical curve, and what population bands start from.

use crate::dose::{Dose, How};
use crate::exponential::{self, Pattern, Workspace};
use crate::model::{Kind, Model, RouteOf, Site};
use crate::network::{Added, Network, is_constant, share};
use crate::quantity::{Age, BodyWeight, EffectSiteRate, Elapsed, Implausible};
use crate::timeline::{Entry, Timeline};
use crate::{adaptive, modal};
use std::collections::BTreeMap;

/// Of whom a prediction is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    /// What they weigh.
    pub weight: BodyWeight,
    /// How old they are; a model that asks for it refuses who is of unknown age.
    pub age: Option<Age>,
}

/// What is given, and for which times the answer is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// In any order.
    pub doses: Vec<Dose>,
    /// The last moment.
    pub until: Elapsed,
    /// A value is wanted at 0 and at each multiple of this.
    pub every: Elapsed,
}

/// How it is worked out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// Shows an effect site beside the first analyte: an assumed delay, nothing that was measured.
    pub effect_site: Option<EffectSiteRate>,
    /// Values in place of those of the file, by name, in the unit of the file.
    pub set: BTreeMap<String, f64>,
    /// One of the model's scenarios.
    pub scenario: Option<String>,
    /// Go beyond what was studied; what it goes beyond is said in [`Prediction::beyond`].
    pub beyond_what_was_studied: bool,
    /// Which exact solver.
    pub engine: Engine,
}

/// A solver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// The closed form where there is one, the exponential elsewhere; the adaptive solver where
    /// rates change.
    #[default]
    Fitting,
    /// The closed form: up to three compartments, depots, an effect site.
    Modal,
    /// The exponential of the rate matrix: anything with constant rates.
    MatrixExponential,
    /// Runge and Kutta, with step control: anything; not exact.
    Adaptive,
}

/// Why nothing is predicted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The model is not for this route.
    #[error("{model} has no route “{route}”; it has {known}.")]
    NoSuchRoute {
        /// The model's name.
        model: String,
        /// What was asked.
        route: String,
        /// What there is.
        known: String,
    },
    /// A value that nobody has read.
    #[error("{model} has no value for {parameter}: {why}")]
    MissingValue {
        /// The model's name.
        model: String,
        /// The parameter.
        parameter: String,
        /// What the file says of it.
        why: String,
    },
    /// There is no such parameter.
    #[error("{model} has no parameter {parameter}.")]
    NoSuchParameter {
        /// The model's name.
        model: String,
        /// What was asked.
        parameter: String,
    },
    /// There is no such scenario.
    #[error("{model} has no scenario “{scenario}”.")]
    NoSuchScenario {
        /// The model's name.
        model: String,
        /// What was asked.
        scenario: String,
    },
    /// Nobody like this, or nothing like this, was studied.
    #[error("{0} Nothing is predicted beyond what was studied unless you say so.")]
    BeyondWhatWasStudied(String),
    /// The age matters and is not known.
    #[error("{0} needs the person's age, which is not known.")]
    AgeUnknown(String),
    /// This route takes no infusion.
    #[error("Nothing is given over a time by the route “{0}”.")]
    NoInfusion(String),
    /// Devices are whole.
    #[error("{0} mg are not a whole number of devices of {1} mg.")]
    NoWholeDevices(f64, f64),
    /// Nobody has published how people differ.
    #[error("{0} has no published spread between people, so no percentiles are drawn.")]
    NoSpread(String),
    /// The solver that was asked for cannot.
    #[error("{0} is not of the form that this solver is for.")]
    OtherForm(String),
    /// More than is worked out at once.
    #[error("{0}")]
    TooMuch(String),
    /// A number that cannot be.
    #[error(transparent)]
    Implausible(#[from] Implausible),
}

/// What is shown at each time.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// As in `ketamine`.
    pub analyte: String,
    /// Where it would be drawn.
    pub site: Site,
    /// In ng/mL, one for each time.
    pub nanograms_per_millilitre: Vec<f64>,
}

/// How much of an analyte there was.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// As in `ketamine`.
    pub analyte: String,
    /// Where it would be drawn.
    pub site: Site,
    /// The highest of the values at the plan's times, in ng/mL.
    pub peak_ng_ml: f64,
    /// When it was.
    pub peak_at: Elapsed,
    /// The area under the curve up to the plan's end, in ng·h/mL; exact.
    pub area_ng_h_ml: f64,
}

/// More points than any screen or file needs.
const MOST_POINTS: i64 = 200_000;
const MOST_DOSES: usize = 500;
/// Rates that differ more than this from each other are a slip.
const MOST_RATE: f64 = 1e6;

/// A prediction that is ready to be worked out.
#[derive(Debug, Clone)]
pub struct Prediction<'m> {
    pub(crate) model: &'m Model,
    plan: Plan,
    added: Added,
    pub(crate) typical: Vec<f64>,
    /// Positions of parameters that were set by hand, and do not vary.
    pub(crate) fixed: Vec<usize>,
    given: Vec<Given>,
    beyond: Vec<String>,
    timing_varies: bool,
    timeline: Timeline,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Modal(modal::Plan),
    Exponential(Pattern),
    Adaptive,
}

/// One dose, or one device of it.
#[derive(Debug, Clone, Copy)]
struct Given {
    route: usize,
    milligrams: f64,
    at: Elapsed,
    over: Option<Elapsed>,
    /// Not the first device.
    later: bool,
}

impl<'m> Prediction<'m> {
    /// Checks everything that can be refused; what follows cannot fail.
    pub fn new(
        model: &'m Model,
        person: &Person,
        plan: &Plan,
        settings: &Settings,
    ) -> Result<Self, Refusal> {
        check_size(plan)?;
        let mut beyond = outside_population(model, person)?;
        let (typical, fixed) = typical_values(model, person, settings)?;
        let given = given(model, person, plan, &mut beyond)?;
        if !beyond.is_empty() && !settings.beyond_what_was_studied {
            return Err(Refusal::BeyondWhatWasStudied(beyond.join(" ")));
        }
        check_values(model, &typical, &given)?;
        let added = Added {
            effect_site: settings.effect_site.map(EffectSiteRate::per_minute),
            ..Added::default()
        };
        let entries = entries(model, &given, &typical);
        let timeline = Timeline::new(&entries, plan.until, plan.every);
        let network = Network::new(&model.structure, [&typical], added);
        let way = way(model, &network, &entries, settings)?;
        Ok(Self {
            model,
            plan: plan.clone(),
            added,
            timing_varies: timing_varies(model, &given),
            typical,
            fixed,
            given,
            beyond,
            timeline,
            way,
        })
    }

    /// The model.
    pub const fn model(&self) -> &'m Model {
        self.model
    }

    /// What of this nobody has studied, in sentences; empty unless going beyond was asked for.
    pub fn beyond(&self) -> &[String] {
        &self.beyond
    }

    /// Which solver works it out.
    pub const fn engine(&self) -> Engine {
        match self.way {
            Way::Modal(_) => Engine::Modal,
            Way::Exponential(_) => Engine::MatrixExponential,
            Way::Adaptive => Engine::Adaptive,
        }
    }

    /// The times of the values.
    pub fn times(&self) -> Vec<Elapsed> {
        let mut times = Vec::with_capacity(self.timeline.outputs);
        let mut time = Elapsed::ZERO;
        for _ in 0..self.timeline.outputs {
            times.push(time);
            time = time.plus(self.plan.every);
        }
        times
    }

    /// The curves that it gives, in their order: analyte and site.
    pub fn curves(&self) -> Vec<(String, Site)> {
        let mut curves: Vec<(String, Site)> = self
            .model
            .observed()
            .map(|(analyte, site)| (analyte.to_owned(), site))
            .collect();
        if let (Some(_), Some((analyte, _))) = (self.added.effect_site, curves.first().cloned()) {
            curves.push((analyte, Site::Effect));
        }
        curves
    }

    /// How far apart the values are.
    pub(crate) const fn every(&self) -> Elapsed {
        self.plan.every
    }

    /// How many values each curve has.
    pub(crate) const fn outputs(&self) -> usize {
        self.timeline.outputs
    }

    /// The milligrams given up to each time, as base: the one curve that is certain.
    pub fn given_so_far(&self) -> Vec<f64> {
        let so_far = |time: Elapsed| {
            self.given
                .iter()
                .map(|given| match given.over {
                    _ if time < given.at => 0.0,
                    Some(over) if time < given.at.plus(over) => {
                        given.milligrams * time.since(given.at).minutes() / over.minutes()
                    }
                    _ => given.milligrams,
                })
                .sum()
        };
        self.times().into_iter().map(so_far).collect()
    }

    /// The curves of a person with the model's own values.
    pub fn typical(&self) -> Vec<Curve> {
        self.of(&self.typical)
    }

    /// The curves of a person with these values, in litres, minutes and shares.
    pub(crate) fn of(&self, values: &[f64]) -> Vec<Curve> {
        let mut curves: Vec<Curve> = self
            .curves()
            .into_iter()
            .map(|(analyte, site)| Curve {
                analyte,
                site,
                nanograms_per_millilitre: vec![0.0; self.timeline.outputs],
            })
            .collect();
        self.follow_one(values, &mut Workspace::default(), |output, curve, value| {
            curves[curve].nanograms_per_millilitre[output] = value;
        });
        curves
    }

    /// Peak, its time, and the exact area, of the typical person.
    pub fn exposure(&self) -> Vec<Exposure> {
        let curves = self.typical();
        let areas = self.areas();
        let times = self.times();
        curves
            .into_iter()
            .zip(areas)
            .map(|(curve, area_ng_h_ml)| {
                let mut peak = (0.0, Elapsed::ZERO);
                for (&value, &time) in curve.nanograms_per_millilitre.iter().zip(&times) {
                    if value > peak.0 {
                        peak = (value, time);
                    }
                }
                Exposure {
                    analyte: curve.analyte,
                    site: curve.site,
                    peak_ng_ml: peak.0,
                    peak_at: peak.1,
                    area_ng_h_ml,
                }
            })
            .collect()
    }

    fn areas(&self) -> Vec<f64> {
        const MINUTES_IN_AN_HOUR: f64 = 60.0;
        let network = Network::new(&self.model.structure, [&self.typical], self.added);
        let count = network.read.len();
        let areas = if matches!(self.way, Way::Adaptive) {
            let entries = entries(self.model, &self.given, &self.typical);
            adaptive::areas(
                self.model,
                &self.typical,
                &network,
                &self.timeline,
                &entries,
            )
        } else {
            let network = network.with_areas();
            let entries = entries(self.model, &self.given, &self.typical);
            let amounts = exponential::amounts_at_the_end(&network, &self.timeline, &entries);
            amounts[amounts.len() - count..].to_vec()
        };
        areas
            .into_iter()
            .map(|area| area / MINUTES_IN_AN_HOUR)
            .collect()
    }

    /// Follows one person; `write` gets output, curve, and ng/mL.
    fn follow_one(
        &self,
        values: &[f64],
        space: &mut Workspace<1>,
        mut write: impl FnMut(usize, usize, f64),
    ) {
        let entries = entries(self.model, &self.given, values);
        let own;
        let timeline = if self.timing_varies {
            own = Timeline::new(&entries, self.plan.until, self.plan.every);
            &own
        } else {
            &self.timeline
        };
        let network = Network::new(&self.model.structure, [values], self.added);
        let write = |output: usize, curve: usize, value: &[f64; 1]| write(output, curve, value[0]);
        match &self.way {
            Way::Modal(plan) => modal::follow(plan, &network, timeline, [&entries], write),
            Way::Exponential(pattern) => {
                exponential::follow(pattern, &network, timeline, [&entries], space, write);
            }
            Way::Adaptive => {
                adaptive::follow(self.model, values, &network, timeline, &entries, write);
            }
        }
    }

    /// Follows people abreast; `write` gets output, curve, and ng/mL of each.
    pub(crate) fn follow<const L: usize>(
        &self,
        values: &[Vec<f64>; L],
        spaces: &mut Spaces<L>,
        mut write: impl FnMut(usize, usize, &[f64; L]),
    ) {
        if self.timing_varies || matches!(self.way, Way::Adaptive) {
            let size = self.timeline.outputs;
            spaces.curves.clear();
            spaces.curves.resize(size * self.curves().len(), [0.0; L]);
            for (l, values) in values.iter().enumerate() {
                let curves = &mut spaces.curves;
                self.follow_one(values, &mut spaces.one, |output, curve, value| {
                    curves[curve * size + output][l] = value;
                });
            }
            for (k, value) in spaces.curves.iter().enumerate() {
                write(k % size, k / size, value);
            }
            return;
        }
        let entries: [Vec<Entry>; L] =
            std::array::from_fn(|l| entries(self.model, &self.given, &values[l]));
        let entries: [&[Entry]; L] = std::array::from_fn(|l| entries[l].as_slice());
        let of: [&[f64]; L] = std::array::from_fn(|l| values[l].as_slice());
        let network = Network::new(&self.model.structure, of, self.added);
        match &self.way {
            Way::Modal(plan) => modal::follow(plan, &network, &self.timeline, entries, write),
            Way::Exponential(pattern) => exponential::follow(
                pattern,
                &network,
                &self.timeline,
                entries,
                &mut spaces.abreast,
                write,
            ),
            Way::Adaptive => {}
        }
    }

    /// The typical person with a place for everything that leaves: for the proof that nothing is
    /// made and nothing vanishes.
    #[cfg(test)]
    pub(crate) fn with_what_is_lost(&self) -> (Network<1>, &Timeline, Vec<Entry>) {
        let added = Added {
            lost: true,
            ..Added::default()
        };
        (
            Network::new(&self.model.structure, [&self.typical], added),
            &self.timeline,
            entries(self.model, &self.given, &self.typical),
        )
    }
}

/// Working space, kept from person to person.
#[derive(Debug)]
pub(crate) struct Spaces<const L: usize> {
    one: Workspace<1>,
    abreast: Workspace<L>,
    curves: Vec<[f64; L]>,
}

impl<const L: usize> Default for Spaces<L> {
    fn default() -> Self {
        Self {
            one: Workspace::default(),
            abreast: Workspace::default(),
            curves: Vec::new(),
        }
    }
}

fn check_size(plan: &Plan) -> Result<(), Refusal> {
    if plan.every == Elapsed::ZERO {
        return Err(Refusal::TooMuch(
            "Values are wanted at steps longer than nothing.".to_owned(),
        ));
    }
    if plan.until.milliseconds() / plan.every.milliseconds() >= MOST_POINTS {
        return Err(Refusal::TooMuch(format!(
            "More than {MOST_POINTS} points are not worked out at once."
        )));
    }
    if plan.doses.len() > MOST_DOSES {
        return Err(Refusal::TooMuch(format!(
            "More than {MOST_DOSES} doses are not worked out at once."
        )));
    }
    Ok(())
}

fn outside_population(model: &Model, person: &Person) -> Result<Vec<String>, Refusal> {
    let mut beyond = Vec::new();
    if let Some([least, most]) = model.validity.age_years {
        match person.age {
            None => beyond.push(format!(
                "{} was studied from {least} to {most} years, and the age is not known.",
                model.name
            )),
            Some(age) if !(least..=most).contains(&age.years()) => beyond.push(format!(
                "{} was studied from {least} to {most} years, and this person is {} years old.",
                model.name,
                age.years()
            )),
            Some(_) => {}
        }
    }
    if let Some([least, most]) = model.validity.weight_kg
        && !(least..=most).contains(&person.weight.kilograms())
    {
        beyond.push(format!(
            "{} was studied from {least} to {most} kg, and this person weighs {} kg.",
            model.name,
            person.weight.kilograms()
        ));
    }
    let asks_age = model
        .parameters
        .iter()
        .any(|parameter| parameter.with_age.is_some());
    if asks_age && person.age.is_none() {
        return Err(Refusal::AgeUnknown(model.name.clone()));
    }
    Ok(beyond)
}

/// In litres, minutes and shares; what is not known is no number.
fn typical_values(
    model: &Model,
    person: &Person,
    settings: &Settings,
) -> Result<(Vec<f64>, Vec<usize>), Refusal> {
    let mut own: Vec<Option<f64>> = model
        .parameters
        .iter()
        .map(|parameter| parameter.value)
        .collect();
    let mut fixed = Vec::new();
    if let Some(asked) = &settings.scenario {
        let scenario = model
            .scenarios
            .iter()
            .find(|scenario| scenario.id == *asked)
            .ok_or_else(|| Refusal::NoSuchScenario {
                model: model.name.clone(),
                scenario: asked.clone(),
            })?;
        for &(position, value) in &scenario.set {
            own[position] = Some(value);
        }
    }
    for (name, &value) in &settings.set {
        let position = model
            .parameter(name)
            .ok_or_else(|| Refusal::NoSuchParameter {
                model: model.name.clone(),
                parameter: name.clone(),
            })?;
        if !(value.is_finite() && value > 0.0) {
            return Err(Refusal::TooMuch(format!("{name} cannot be {value}.")));
        }
        own[position] = Some(value);
        fixed.push(position);
    }
    let values = model.parameters.iter().zip(own).map(|(parameter, own)| {
        let mut value = own.unwrap_or(f64::NAN);
        if let Some(with) = parameter.with_weight {
            value *= (person.weight.kilograms() / with.reference_kg).powf(with.exponent);
        }
        if let (Some(with), Some(age)) = (parameter.with_age, person.age) {
            value += with.per_year * (age.years() - with.above_years).max(0.0);
        }
        value * parameter.unit.inside(person.weight)
    });
    Ok((values.collect(), fixed))
}

fn given(
    model: &Model,
    person: &Person,
    plan: &Plan,
    beyond: &mut Vec<String>,
) -> Result<Vec<Given>, Refusal> {
    let mut doses: Vec<&Dose> = plan.doses.iter().collect();
    doses.sort_by_key(|dose| dose.at);
    let mut given = Vec::new();
    let mut total = vec![0.0; model.structure.routes.len()];
    for dose in doses {
        let routes = &model.structure.routes;
        let (position, route) = routes
            .iter()
            .enumerate()
            .find(|(_, route)| route.id == dose.route)
            .ok_or_else(|| Refusal::NoSuchRoute {
                model: model.name.clone(),
                route: dose.route.clone(),
                known: model.routes().collect::<Vec<_>>().join(", "),
            })?;
        let milligrams = dose.milligrams(person.weight)?.milligrams();
        let over = match dose.how {
            How::AtOnce => {
                if let Some(why) = &route.not_at_once {
                    beyond.push(why.clone());
                }
                None
            }
            How::Over(_) if !route.infusion => {
                return Err(Refusal::NoInfusion(route.id.clone()));
            }
            How::Over(duration) if duration == Elapsed::ZERO => None,
            How::Over(duration) => Some(duration),
        };
        let one = |milligrams: f64, later: bool| Given {
            route: position,
            milligrams,
            at: dose.at,
            over,
            later,
        };
        match route.device_mg {
            Some(device) => {
                let count = (milligrams / device).round();
                if (count * device - milligrams).abs() > 1e-9 || count < 1.0 {
                    return Err(Refusal::NoWholeDevices(milligrams, device));
                }
                let mut left = count;
                while left > 0.0 {
                    given.push(one(device, total[position] > 0.0));
                    total[position] += device;
                    left -= 1.0;
                }
            }
            None => {
                given.push(one(milligrams, false));
                total[position] += milligrams;
            }
        }
    }
    for (route, total) in model.structure.routes.iter().zip(total) {
        beyond.extend(outside_dose(model, route, total));
    }
    Ok(given)
}

fn outside_dose(model: &Model, route: &RouteOf, total: f64) -> Option<String> {
    let [least, most] = route.studied_mg?;
    (total > 0.0 && !(least..=most).contains(&total)).then(|| {
        format!(
            "{} was studied from {least} to {most} mg ({}), and these are {total} mg.",
            model.name, route.id
        )
    })
}

/// Every value that is used must be known, and every rate must be one.
fn check_values(model: &Model, values: &[f64], given: &[Given]) -> Result<(), Refusal> {
    let mut used = vec![false; values.len()];
    let structure = &model.structure;
    let mut mark = |positions: &mut dyn Iterator<Item = usize>| {
        for position in positions {
            used[position] = true;
        }
    };
    for link in &structure.links {
        match link.rate {
            crate::model::Rate::Clearance { clearance, volume } => {
                mark(&mut [clearance, volume].into_iter());
            }
            crate::model::Rate::Constant(k) | crate::model::Rate::OneOver(k) => {
                mark(&mut std::iter::once(k));
            }
        }
        mark(&mut link.share.of.iter().chain(&link.share.without).copied());
        match link.changes {
            Some(crate::model::Changes::Grows { per_minute }) => {
                mark(&mut std::iter::once(per_minute));
            }
            Some(crate::model::Changes::Inhibited { half, most, .. }) => {
                mark(&mut [half, most].into_iter());
            }
            None => {}
        }
    }
    for observed in &structure.observed {
        mark(&mut observed.parts.iter().map(|part| part.1));
        mark(&mut observed.times.into_iter());
    }
    for given in given {
        let route = &structure.routes[given.route];
        mark(&mut route.later.into_iter().flatten());
        for input in &route.inputs {
            mark(&mut input.share.of.iter().chain(&input.share.without).copied());
            mark(&mut input.over.into_iter().chain(input.after));
        }
    }
    for (position, parameter) in model.parameters.iter().enumerate() {
        if !used[position] {
            continue;
        }
        let value = values[position];
        let divides = parameter.unit.is_divided_by();
        if value.is_nan() {
            let why = model
                .unknown
                .iter()
                .find(|unknown| unknown.what == parameter.name)
                .map_or("nobody has read one.", |unknown| unknown.why.as_str());
            return Err(Refusal::MissingValue {
                model: model.name.clone(),
                parameter: parameter.name.clone(),
                why: why.to_owned(),
            });
        }
        if !(value.is_finite() && value >= 0.0) || (divides && value == 0.0) {
            return Err(Refusal::TooMuch(format!(
                "{} of {} becomes {value} for this person, which it cannot be.",
                parameter.name, model.name
            )));
        }
    }
    for link in &structure.links {
        let part = share(&link.share, values, None);
        let rate = crate::network::rate(link.rate, values) * part;
        if !(0.0..=MOST_RATE).contains(&rate) {
            return Err(Refusal::TooMuch(format!(
                "A rate of {} becomes {rate} per minute, which it cannot be.",
                model.name
            )));
        }
    }
    Ok(())
}

fn entries(model: &Model, given: &[Given], values: &[f64]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for given in given {
        let route = &model.structure.routes[given.route];
        let instead = route
            .later
            .filter(|_| given.later)
            .map(|[parameter, times]| (parameter, values[parameter] * values[times]));
        for input in &route.inputs {
            // Drawn times are held to whole milliseconds; none is refused any more.
            let time = |position: Option<usize>| {
                position.map(|position| {
                    Elapsed::from_minutes(values[position]).unwrap_or(Elapsed::LONGEST)
                })
            };
            let from = given.at.plus(time(input.after).unwrap_or_default());
            let lasts = given.over.or(time(input.over)).unwrap_or_default();
            entries.push(Entry {
                into: input.into,
                amount: given.milligrams * share(&input.share, values, instead),
                from,
                until: from.plus(lasts),
            });
        }
    }
    entries
}

/// Whether people differ in when something begins or ends.
fn timing_varies(model: &Model, given: &[Given]) -> bool {
    given.iter().any(|given| {
        let inputs = &model.structure.routes[given.route].inputs;
        inputs
            .iter()
            .flat_map(|input| input.over.into_iter().chain(input.after))
            .any(|position| !model.parameters[position].spread.is_empty())
    }) && model.kind == Kind::Model
}

fn way(
    model: &Model,
    network: &Network<1>,
    entries: &[Entry],
    settings: &Settings,
) -> Result<Way, Refusal> {
    let constant = is_constant(&model.structure);
    let other_form = || Refusal::OtherForm(model.name.clone());
    let effect = settings.effect_site.map(|_| model.structure.states.len());
    let closed = || modal::Plan::of(network, effect).filter(|_| constant);
    let exponential = || Way::Exponential(Pattern::new(network, entries));
    match settings.engine {
        Engine::Fitting if !constant => Ok(Way::Adaptive),
        Engine::Fitting => Ok(closed().map_or_else(exponential, Way::Modal)),
        Engine::Modal => closed().map(Way::Modal).ok_or_else(other_form),
        Engine::MatrixExponential if constant => Ok(exponential()),
        Engine::MatrixExponential => Err(other_form()),
        Engine::Adaptive => Ok(Way::Adaptive),
    }
}
