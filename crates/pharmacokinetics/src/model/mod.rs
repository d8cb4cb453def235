//! Published models as data: their parameters, whose they are, and what is not known of them.

mod file;
mod shipped;
mod structure;
mod unit;

pub use shipped::{SHIPPED, Shipped, shipped};
pub use unit::Unit;

pub(crate) use structure::{Changes, Rate, RouteOf, Share, Structure};

use serde::{Deserialize, Serialize};
use std::fmt;

/// A model that was read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its short name, as in `kamp-2020`.
    pub id: String,
    /// Counted up whenever its file changes.
    pub version: u32,
    /// Its name for people.
    pub name: String,
    /// What is given.
    pub drug: String,
    /// Which mirror image: `racemic`, `S` or `R`.
    pub enantiomer: String,
    /// A model, or scenarios alone.
    pub kind: Kind,
    /// One sentence on what it is.
    pub says: String,
    /// Where its values stand.
    pub sources: Vec<Source>,
    /// Who was studied.
    pub population: Population,
    /// Outside of this nobody was studied.
    pub validity: Validity,
    /// Whose spread it is, where it was borrowed.
    pub spread_is: Option<String>,
    /// What is known to be wrong with it.
    pub defects: Vec<String>,
    /// What nobody has read, and is therefore absent.
    pub unknown: Vec<Unknown>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Covariances of two parameters on the log scale.
    pub covariances: Vec<Covariance>,
    /// What a laboratory's reading differs by.
    pub residuals: Vec<Residual>,
    /// Assumed values in place of a spread.
    pub scenarios: Vec<Scenario>,
    pub(crate) structure: Structure,
}

/// Whether percentiles may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Fitted to people, published.
    Model,
    /// Put together from single figures: assumed values, drawn as lines.
    Scenario,
}

/// A publication.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The word by which parameters name it.
    pub id: String,
    /// Journal, volume, page, year.
    pub cites: String,
}

/// How a value was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// In the abstract or the record of the paper.
    Abstract,
    /// In a table of the paper.
    Table,
    /// In a public model library, which cites the paper's table value by value.
    ModelLibrary,
    /// In the source of simulators; the paper itself was not readable.
    Simulators,
    /// In a secondary text.
    Secondary,
    /// Computed from values that were read.
    Computed,
    /// Taken over from another model or study.
    Borrowed,
    /// Chosen by the project; nobody has measured it.
    Assumed,
}

/// Who was studied.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// In words.
    pub who: String,
    /// How many, where it was read.
    pub people: Option<u32>,
}

/// What a model holds for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// From and to, in years.
    pub age_years: Option<[f64; 2]>,
    /// From and to, in kilograms.
    pub weight_kg: Option<[f64; 2]>,
}

/// Something that nobody has read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Unknown {
    /// A parameter's name, or words.
    pub what: String,
    /// Why it is absent.
    pub why: String,
}

/// What differs from reading to reading.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Residual {
    /// Of which analyte.
    pub analyte: String,
    /// As a share of the value: one standard deviation.
    pub proportional_sd: Option<f64>,
    /// Beside it, in ng/mL: one standard deviation.
    pub additive_ng_ml: Option<f64>,
    /// On the log scale: one standard deviation.
    pub log_sd: Option<f64>,
}

/// Where blood was drawn, or drug is thought to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// From an artery.
    Arterial,
    /// From a vein.
    Venous,
    /// The source does not say.
    NotSaid,
    /// Pooled data of both.
    Mixed,
    /// The assumed place of effect; never measured.
    Effect,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arterial => "arterial",
            Self::Venous => "venous",
            Self::NotSaid => "not-said",
            Self::Mixed => "mixed",
            Self::Effect => "effect",
        })
    }
}

/// A parameter, its value in the unit of its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// As in `V1` or `CL`.
    pub name: String,
    /// Absent where nobody has read it.
    pub value: Option<f64>,
    /// The unit of the value.
    pub unit: Unit,
    /// Its source's id; absent with the value.
    pub source: Option<String>,
    /// How it was read; absent with the value.
    pub read: Option<Read>,
    /// A word more.
    pub note: Option<String>,
    /// How it goes with body weight, beyond what its unit says.
    pub with_weight: Option<WithWeight>,
    /// How it goes with age.
    pub with_age: Option<WithAge>,
    /// How it differs between people, and between occasions.
    pub spread: Vec<Spread>,
}

/// Multiplied by (weight / reference) to the power of the exponent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WithWeight {
    /// The power.
    pub exponent: f64,
    /// In kilograms.
    pub reference_kg: f64,
}

/// Added for each year above an age, in the unit of the parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WithAge {
    /// For each year.
    pub per_year: f64,
    /// From this age on.
    pub above_years: f64,
}

/// Between whom a parameter differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Between {
    /// One person and another.
    People,
    /// One day and another of the same person.
    Occasions,
}

/// How much a parameter differs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Between whom.
    pub between: Between,
    /// How.
    pub law: Law,
}

/// The law by which a parameter differs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Law {
    /// The logarithm is normal, with this variance.
    LogNormal(f64),
    /// The logit is normal, with this variance.
    LogitNormal(f64),
}

/// Two parameters that differ together, on the log scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Covariance {
    /// Positions among the parameters.
    pub of: [usize; 2],
    /// Their covariance.
    pub value: f64,
}

/// Assumed values in place of those of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// As in `low`.
    pub id: String,
    /// What is assumed.
    pub says: String,
    /// Position of a parameter, and its value in the unit of the file.
    pub set: Vec<(usize, f64)>,
}

/// A file that is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{model}: {says}")]
pub struct UnreadableModel {
    /// The model's id, where it could be read.
    pub model: String,
    /// What is wrong, as a sentence.
    pub says: String,
}

impl Model {
    /// Reads a model's file.
    ///
    /// Refuses unknown words, a value without source, a unit that does not fit its place, a name
    /// that is nowhere declared, and a missing value that is not named under `unknown`.
    pub fn read(text: &str) -> Result<Self, UnreadableModel> {
        let file: file::File = toml::from_str(text).map_err(|error| UnreadableModel {
            model: "A model's file".to_owned(),
            says: error.message().to_owned(),
        })?;
        let id = file.id.clone();
        structure::check(file).map_err(|says| UnreadableModel { model: id, says })
    }

    /// The position of a parameter.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters
            .iter()
            .position(|parameter| parameter.name == name)
    }

    /// Whether any parameter has a spread: without one there are no percentiles.
    pub fn has_spread(&self) -> bool {
        self.kind == Kind::Model
            && self
                .parameters
                .iter()
                .any(|parameter| !parameter.spread.is_empty())
    }

    /// The routes that it is for.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.structure.routes.iter().map(|route| route.id.as_str())
    }

    /// What it shows: analyte, and where it would be drawn.
    pub fn observed(&self) -> impl Iterator<Item = (&str, Site)> {
        self.structure
            .observed
            .iter()
            .map(|observed| (observed.analyte.as_str(), observed.site))
    }
}
