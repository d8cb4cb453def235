//! From a model's words to compartments, links between them, and ways in.

use super::file::{self, File};
use super::unit::Dimension;
use super::{Covariance, Law, Model, Parameter, Scenario, Site, Spread, WithAge, WithWeight};
use std::collections::BTreeMap;

/// Compartments and links, by position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Structure {
    pub states: Vec<State>,
    pub links: Vec<Link>,
    pub observed: Vec<Observed>,
    pub routes: Vec<RouteOf>,
}

impl Structure {
    /// Parameters of which the rest to one is used.
    pub fn without(&self) -> impl Iterator<Item = usize> {
        let links = self.links.iter().map(|link| &link.share);
        let inputs = self.routes.iter().flat_map(|route| &route.inputs);
        links
            .chain(inputs.map(|input| &input.share))
            .flat_map(|share| share.without.iter().copied())
    }
}

/// A place that holds an amount of drug, or of what it became.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    pub id: String,
    pub volume: Option<usize>,
}

/// A first-order way from one place to another, or out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    pub from: usize,
    pub to: Option<usize>,
    pub rate: Rate,
    pub share: Share,
    pub changes: Option<Changes>,
}

/// The rate constant of a link; numbers are positions of parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rate {
    /// Clearance over the volume that it is taken from.
    Clearance {
        clearance: usize,
        volume: usize,
    },
    Constant(usize),
    /// One over a mean time.
    OneOver(usize),
}

/// A product of parameters, and of one minus parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Share {
    pub of: Vec<usize>,
    pub without: Vec<usize>,
}

/// A rate that does not stay as it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Changes {
    /// Times 1 + parameter × time.
    Grows { per_minute: usize },
    /// Times 1 - most × c / (half + c), c being the concentration in a state.
    Inhibited { by: usize, half: usize, most: usize },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Observed {
    pub analyte: String,
    pub site: Site,
    /// Places whose concentrations are added up, such as of both mirror images, and their volumes.
    pub parts: Vec<(usize, usize)>,
    pub times: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RouteOf {
    pub id: String,
    pub infusion: bool,
    pub not_at_once: Option<String>,
    pub studied_mg: Option<[f64; 2]>,
    pub device_mg: Option<f64>,
    /// From the second device on: this parameter times that one.
    pub later: Option<[usize; 2]>,
    pub inputs: Vec<Input>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    pub into: usize,
    pub share: Share,
    pub over: Option<usize>,
    pub after: Option<usize>,
}

/// More places than any published model has; beyond it a file is a mistake.
const MOST_STATES: usize = 64;
const MOST_STEPS: usize = 32;
/// Bounds of a parameter's number, in whatever unit: beyond them it is a slip.
const LEAST: f64 = 1e-9;
const MOST: f64 = 1e9;
const MOST_VARIANCE: f64 = 10.0;

struct Names {
    parameters: BTreeMap<String, (usize, Dimension)>,
    states: Vec<State>,
}

pub(super) fn check(file: File) -> Result<Model, String> {
    for (what, text) in [
        ("id", &file.id),
        ("name", &file.name),
        ("drug", &file.drug),
        ("enantiomer", &file.enantiomer),
        ("says", &file.says),
        ("population", &file.population.who),
    ] {
        if text.trim().is_empty() {
            return Err(format!("its {what} is empty."));
        }
    }
    if file.source.is_empty()
        || file
            .source
            .iter()
            .any(|source| source.cites.trim().is_empty())
    {
        return Err("it names no source.".to_owned());
    }
    check_ranges(&file)?;
    let mut parameters = Vec::new();
    let mut by_name = BTreeMap::new();
    for (name, parameter) in &file.parameter {
        by_name.insert(name.clone(), (parameters.len(), parameter.unit.dimension()));
        parameters.push(parameter_of(name, parameter, &file)?);
    }
    let mut names = Names {
        parameters: by_name,
        states: Vec::new(),
    };
    for compartment in &file.compartment {
        if names.states.iter().any(|state| state.id == compartment.id) {
            return Err(format!("compartment {} stands twice.", compartment.id));
        }
        let volume = names.optional(compartment.volume.as_deref(), Dimension::Volume)?;
        names.states.push(State {
            id: compartment.id.clone(),
            volume,
        });
    }
    let mut links = Vec::new();
    for exchange in &file.exchange {
        names.exchange(exchange, &mut links)?;
    }
    for path in &file.path {
        names.path(path, &mut links)?;
    }
    if names.states.len() > MOST_STATES {
        return Err(format!("it has more than {MOST_STATES} compartments."));
    }
    let observed = file
        .observed
        .iter()
        .map(|observed| names.observed(observed))
        .collect::<Result<Vec<_>, _>>()?;
    if observed.is_empty() {
        return Err("nothing of it is observed.".to_owned());
    }
    let mut routes: Vec<RouteOf> = Vec::new();
    for route in &file.route {
        if routes.iter().any(|other| other.id == route.id) {
            return Err(format!("route {} stands twice.", route.id));
        }
        routes.push(names.route(route)?);
    }
    if routes.is_empty() {
        return Err("it has no route.".to_owned());
    }
    let covariances = covariances(&file, &names, &parameters)?;
    let scenarios = scenarios(&file, &names)?;
    for residual in &file.residual {
        if !observed
            .iter()
            .any(|observed| observed.analyte == residual.analyte)
        {
            return Err(format!(
                "a residual error is of {}, which is not observed.",
                residual.analyte
            ));
        }
        let parts = [
            residual.proportional_sd,
            residual.additive_ng_ml,
            residual.log_sd,
        ];
        if parts.iter().flatten().any(|sd| !(0.0..=MOST).contains(sd)) {
            return Err("a residual error is no standard deviation.".to_owned());
        }
    }
    Ok(Model {
        id: file.id,
        version: file.version,
        name: file.name,
        drug: file.drug,
        enantiomer: file.enantiomer,
        kind: file.kind,
        says: file.says,
        sources: file.source,
        population: file.population,
        validity: file.validity,
        spread_is: file.spread_is,
        defects: file.defects,
        unknown: file.unknown,
        parameters,
        covariances,
        residuals: file.residual,
        scenarios,
        structure: Structure {
            states: names.states,
            links,
            observed,
            routes,
        },
    })
}

fn check_ranges(file: &File) -> Result<(), String> {
    let ranges = [file.validity.age_years, file.validity.weight_kg];
    let studied = file.route.iter().map(|route| route.studied_mg);
    for [least, most] in ranges.into_iter().chain(studied).flatten() {
        if !(least >= 0.0 && most >= least && most.is_finite()) {
            return Err(format!("from {least} to {most} is no range."));
        }
    }
    Ok(())
}

fn parameter_of(name: &str, read: &file::Parameter, file: &File) -> Result<Parameter, String> {
    match read.value {
        Some(value) => {
            if !(LEAST..=MOST).contains(&value) && !(value == 0.0) {
                return Err(format!("{name} is {value}, which it cannot be."));
            }
            if value == 0.0 && read.unit.is_divided_by() {
                return Err(format!("{name} is nothing, and is divided by."));
            }
            let source = read.source.as_deref().unwrap_or_default();
            if !file.source.iter().any(|known| known.id == source) {
                return Err(format!("{name} names no source of the file."));
            }
            if read.read.is_none() {
                return Err(format!("{name} does not say how it was read."));
            }
        }
        None => {
            if !file.unknown.iter().any(|unknown| unknown.what == name) {
                return Err(format!(
                    "{name} has no value and is not named under `unknown`."
                ));
            }
        }
    }
    let mut spread = Vec::new();
    for part in &read.spread {
        let law = match (part.log_variance, part.cv_percent, part.logit_sd) {
            (Some(variance), None, None) => Law::LogNormal(variance),
            // A coefficient of variation of a log-normal: variance = ln(1 + CV²).
            (None, Some(cv), None) => Law::LogNormal((cv / 100.0).powi(2).ln_1p()),
            (None, None, Some(sd)) => Law::LogitNormal(sd * sd),
            _ => return Err(format!("a spread of {name} needs one figure.")),
        };
        let (Law::LogNormal(variance) | Law::LogitNormal(variance)) = law;
        if !(0.0..=MOST_VARIANCE).contains(&variance) {
            return Err(format!("a spread of {name} is no variance."));
        }
        if matches!(law, Law::LogitNormal(_))
            && (read.unit.dimension() != Dimension::Share
                || !read.value.is_some_and(|value| value > 0.0 && value < 1.0))
        {
            return Err(format!(
                "{name} is no part of one, and has a spread by logit."
            ));
        }
        spread.push(Spread {
            between: part.between,
            law,
        });
    }
    let logits = spread
        .iter()
        .filter(|part| matches!(part.law, Law::LogitNormal(_)))
        .count();
    if logits != 0 && logits != spread.len() {
        return Err(format!("the spreads of {name} are of two kinds."));
    }
    if let Some(with) = &read.with_weight
        && !((-3.0..=3.0).contains(&with.exponent) && (1.0..=400.0).contains(&with.reference_kg))
    {
        return Err(format!("{name} goes with weight in no possible way."));
    }
    if let Some(with) = &read.with_age
        && !(with.per_year.is_finite() && (0.0..=120.0).contains(&with.above_years))
    {
        return Err(format!("{name} goes with age in no possible way."));
    }
    Ok(Parameter {
        name: name.to_owned(),
        value: read.value,
        unit: read.unit,
        source: read.source.clone(),
        read: read.read,
        note: read.note.clone(),
        with_weight: read.with_weight.as_ref().map(|with| WithWeight {
            exponent: with.exponent,
            reference_kg: with.reference_kg,
        }),
        with_age: read.with_age.as_ref().map(|with| WithAge {
            per_year: with.per_year,
            above_years: with.above_years,
        }),
        spread,
    })
}

fn covariances(
    file: &File,
    names: &Names,
    parameters: &[Parameter],
) -> Result<Vec<Covariance>, String> {
    let mut covariances = Vec::new();
    for covariance in &file.covariance {
        let mut of = [0; 2];
        let mut variances = 1.0;
        for (place, name) in of.iter_mut().zip(&covariance.of) {
            let (position, _) = names.known(name)?;
            *place = position;
            let variance = parameters[position].spread.iter().find_map(|part| {
                match (part.between, part.law) {
                    (super::Between::People, Law::LogNormal(variance)) => Some(variance),
                    _ => None,
                }
            });
            variances *= variance
                .ok_or_else(|| format!("{name} varies with another, but not by itself."))?;
        }
        if of[0] == of[1] || covariance.value.abs() > variances.sqrt() || covariance.value.is_nan()
        {
            return Err("a covariance is larger than the variances allow.".to_owned());
        }
        covariances.push(Covariance {
            of,
            value: covariance.value,
        });
    }
    Ok(covariances)
}

fn scenarios(file: &File, names: &Names) -> Result<Vec<Scenario>, String> {
    let mut scenarios = Vec::new();
    for scenario in &file.scenario {
        let mut set = Vec::new();
        for (name, value) in &scenario.set {
            if !(LEAST..=MOST).contains(value) {
                return Err(format!(
                    "scenario {}: {name} cannot be {value}.",
                    scenario.id
                ));
            }
            set.push((names.known(name)?.0, *value));
        }
        scenarios.push(Scenario {
            id: scenario.id.clone(),
            says: scenario.says.clone(),
            set,
        });
    }
    Ok(scenarios)
}

impl Names {
    fn known(&self, name: &str) -> Result<(usize, Dimension), String> {
        self.parameters
            .get(name)
            .copied()
            .ok_or_else(|| format!("parameter {name} is nowhere given."))
    }

    fn parameter(&self, name: &str, dimension: Dimension) -> Result<usize, String> {
        let (position, is) = self.known(name)?;
        if is == dimension {
            Ok(position)
        } else {
            Err(format!(
                "{name} is a {is:?} and stands where a {dimension:?} belongs."
            ))
        }
    }

    fn optional(&self, name: Option<&str>, dimension: Dimension) -> Result<Option<usize>, String> {
        name.map(|name| self.parameter(name, dimension)).transpose()
    }

    fn state(&self, id: &str) -> Result<usize, String> {
        self.states
            .iter()
            .position(|state| state.id == id)
            .ok_or_else(|| format!("compartment {id} is nowhere given."))
    }

    fn volume_of(&self, state: usize) -> Result<usize, String> {
        self.states[state]
            .volume
            .ok_or_else(|| format!("compartment {} has no volume.", self.states[state].id))
    }

    fn share(&self, of: &[String], without: &[String]) -> Result<Share, String> {
        let positions = |names: &[String]| {
            names
                .iter()
                .map(|name| self.parameter(name, Dimension::Share))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Share {
            of: positions(of)?,
            without: positions(without)?,
        })
    }

    fn rate(
        &self,
        from: usize,
        clearance: Option<&str>,
        rate: Option<&str>,
        time: Option<&str>,
    ) -> Result<Rate, String> {
        match (clearance, rate, time) {
            (Some(clearance), None, None) => Ok(Rate::Clearance {
                clearance: self.parameter(clearance, Dimension::Flow)?,
                volume: self.volume_of(from)?,
            }),
            (None, Some(rate), None) => Ok(Rate::Constant(self.parameter(rate, Dimension::Rate)?)),
            (None, None, Some(time)) => Ok(Rate::OneOver(self.parameter(time, Dimension::Time)?)),
            _ => Err(format!(
                "a way out of {} needs a clearance, a rate or a time.",
                self.states[from].id
            )),
        }
    }

    fn exchange(&self, exchange: &file::Exchange, links: &mut Vec<Link>) -> Result<(), String> {
        let [one, other] = &exchange.between;
        let ends = [self.state(one)?, self.state(other)?];
        if ends[0] == ends[1] {
            return Err(format!("compartment {one} exchanges with itself."));
        }
        let clearance = exchange.clearance.as_deref();
        for (side, (from, to)) in [(ends[0], ends[1]), (ends[1], ends[0])]
            .into_iter()
            .enumerate()
        {
            let rate = exchange.rates.as_ref().map(|rates| rates[side].as_str());
            links.push(Link {
                from,
                to: Some(to),
                rate: self.rate(from, clearance, rate, None)?,
                share: Share::default(),
                changes: None,
            });
        }
        Ok(())
    }

    fn path(&mut self, path: &file::Path, links: &mut Vec<Link>) -> Result<(), String> {
        let from = self.state(&path.from)?;
        let end = path.to.as_deref().map(|to| self.state(to)).transpose()?;
        if end == Some(from) {
            return Err(format!("a way leads from {} to itself.", path.from));
        }
        let rate = self.rate(
            from,
            path.clearance.as_deref(),
            path.rate.as_deref(),
            path.time.as_deref(),
        )?;
        let share = self.share(&path.share, &path.share_without)?;
        let changes = self.changes(path)?;
        let mut here = Link {
            from,
            to: end,
            rate,
            share,
            changes,
        };
        if let Some(through) = &path.through {
            if through.steps == 0 || through.steps > MOST_STEPS {
                return Err(format!(
                    "a way out of {} has {} steps.",
                    path.from, through.steps
                ));
            }
            let time = self.parameter(&through.time_in_each, Dimension::Time)?;
            for step in 1..=through.steps {
                let place = self.states.len();
                self.states.push(State {
                    id: format!(
                        "{} to {}, step {step}",
                        path.from,
                        path.to.as_deref().unwrap_or("out")
                    ),
                    volume: None,
                });
                here.to = Some(place);
                links.push(here);
                here = Link {
                    from: place,
                    to: end,
                    rate: Rate::OneOver(time),
                    share: Share::default(),
                    changes: None,
                };
            }
        }
        links.push(here);
        Ok(())
    }

    fn changes(&self, path: &file::Path) -> Result<Option<Changes>, String> {
        let Some(changes) = &path.changes else {
            return Ok(None);
        };
        let parts = (
            changes.grows_with_time.as_deref(),
            changes.inhibited_by.as_deref(),
            changes.half_inhibited_at.as_deref(),
            changes.at_most.as_deref(),
        );
        match parts {
            (Some(growth), None, None, None) => Ok(Some(Changes::Grows {
                per_minute: self.parameter(growth, Dimension::Rate)?,
            })),
            (None, Some(by), Some(half), Some(most)) => {
                let by = self.state(by)?;
                self.volume_of(by)?;
                Ok(Some(Changes::Inhibited {
                    by,
                    half: self.parameter(half, Dimension::Concentration)?,
                    most: self.parameter(most, Dimension::Share)?,
                }))
            }
            _ => Err(
                "a rate changes by `grows_with_time`, or by `inhibited_by`, `half_inhibited_at` and `at_most`."
                    .to_owned(),
            ),
        }
    }

    fn observed(&self, observed: &file::Observed) -> Result<Observed, String> {
        let mut parts = Vec::new();
        for place in std::iter::once(&observed.compartment).chain(&observed.and) {
            let state = self.state(place)?;
            parts.push((state, self.volume_of(state)?));
        }
        Ok(Observed {
            analyte: observed.analyte.clone(),
            site: observed.site,
            parts,
            times: self.optional(observed.times.as_deref(), Dimension::Share)?,
        })
    }

    fn route(&self, route: &file::Route) -> Result<RouteOf, String> {
        if route.input.is_empty() {
            return Err(format!("route {} leads nowhere.", route.id));
        }
        let mut inputs = Vec::new();
        for input in &route.input {
            if route.infusion && input.over.is_some() {
                return Err(format!("route {} has two durations.", route.id));
            }
            inputs.push(Input {
                into: self.state(&input.into)?,
                share: self.share(&input.share, &input.share_without)?,
                over: self.optional(input.over.as_deref(), Dimension::Time)?,
                after: self.optional(input.after.as_deref(), Dimension::Time)?,
            });
        }
        let devices = route.devices.as_ref();
        if devices.is_some_and(|devices| !(devices.milligrams > 0.0 && devices.milligrams < MOST)) {
            return Err(format!("route {} has devices of no amount.", route.id));
        }
        let later = devices
            .and_then(|devices| devices.later.as_ref())
            .map(|later| {
                Ok::<_, String>([
                    self.parameter(&later.parameter, Dimension::Share)?,
                    self.parameter(&later.times, Dimension::Share)?,
                ])
            })
            .transpose()?;
        Ok(RouteOf {
            id: route.id.clone(),
            infusion: route.infusion,
            not_at_once: route.not_at_once.clone(),
            studied_mg: route.studied_mg,
            device_mg: devices.map(|devices| devices.milligrams),
            later,
            inputs,
        })
    }
}
