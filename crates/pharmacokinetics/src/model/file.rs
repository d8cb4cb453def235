//! A model's file, word for word. `docs/adding-a-model.md` describes it.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub id: String,
    pub version: u32,
    pub name: String,
    pub drug: String,
    pub enantiomer: String,
    /// `model`, or `scenario` where no spread may be drawn.
    pub kind: super::Kind,
    pub says: String,
    pub source: Vec<super::Source>,
    pub population: super::Population,
    #[serde(default)]
    pub validity: super::Validity,
    /// Whose spread it is, where it is not the model's own.
    pub spread_is: Option<String>,
    #[serde(default)]
    pub defects: Vec<String>,
    #[serde(default)]
    pub unknown: Vec<super::Unknown>,
    pub parameter: BTreeMap<String, Parameter>,
    #[serde(default)]
    pub covariance: Vec<Covariance>,
    pub compartment: Vec<Compartment>,
    #[serde(default)]
    pub exchange: Vec<Exchange>,
    #[serde(default)]
    pub path: Vec<Path>,
    pub observed: Vec<Observed>,
    #[serde(default)]
    pub residual: Vec<super::Residual>,
    pub route: Vec<Route>,
    #[serde(default)]
    pub scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    /// Absent where nobody has read one; it must be named under `unknown` then.
    pub value: Option<f64>,
    pub unit: super::Unit,
    pub source: Option<String>,
    pub read: Option<super::Read>,
    pub note: Option<String>,
    pub with_weight: Option<WithWeight>,
    pub with_age: Option<WithAge>,
    #[serde(default)]
    pub spread: Vec<Spread>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithWeight {
    pub exponent: f64,
    pub reference_kg: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithAge {
    pub per_year: f64,
    pub above_years: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spread {
    pub between: super::Between,
    pub log_variance: Option<f64>,
    pub cv_percent: Option<f64>,
    pub logit_sd: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Covariance {
    pub of: [String; 2],
    pub value: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compartment {
    pub id: String,
    pub volume: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub between: [String; 2],
    pub clearance: Option<String>,
    pub rates: Option<[String; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Path {
    pub from: String,
    pub to: Option<String>,
    pub clearance: Option<String>,
    pub rate: Option<String>,
    /// A mean time, in place of a rate.
    pub time: Option<String>,
    #[serde(default)]
    pub share: Vec<String>,
    #[serde(default)]
    pub share_without: Vec<String>,
    pub through: Option<Through>,
    pub changes: Option<Changes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Through {
    pub steps: usize,
    /// The mean time in each of the steps.
    pub time_in_each: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    pub grows_with_time: Option<String>,
    pub inhibited_by: Option<String>,
    pub half_inhibited_at: Option<String>,
    pub at_most: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Observed {
    pub analyte: String,
    pub compartment: String,
    /// Further places whose concentrations are added.
    #[serde(default)]
    pub and: Vec<String>,
    pub site: super::Site,
    /// A share with which amounts of drug become amounts of this analyte, such as a ratio of molar masses.
    pub times: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    pub id: String,
    #[serde(default)]
    pub infusion: bool,
    /// Why nothing may be given at once, where a model has no fast phase.
    pub not_at_once: Option<String>,
    pub studied_mg: Option<[f64; 2]>,
    pub devices: Option<Devices>,
    pub input: Vec<Input>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Devices {
    pub milligrams: f64,
    pub later: Option<Later>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Later {
    pub parameter: String,
    pub times: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub into: String,
    #[serde(default)]
    pub share: Vec<String>,
    #[serde(default)]
    pub share_without: Vec<String>,
    pub over: Option<String>,
    pub after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub id: String,
    pub says: String,
    pub set: BTreeMap<String, f64>,
}
