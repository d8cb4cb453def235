//! Whether predictions are shown, and by which model.

use crate::course::screening::person::{Product, Route};
use crate::course::session::Giving;
use crate::policy::{
    AdoptedPolicy, BuiltIn, Given, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whether they are shown.
pub const PREDICTION: BuiltIn = BuiltIn {
    file: "policies/prediction.toml",
    text: include_str!("../../../../../policies/prediction.toml"),
    cases: include_str!("../../../../../policies/prediction.cases.toml"),
};

/// By which model.
pub const MODEL_CHOICE: BuiltIn = BuiltIn {
    file: "policies/prediction-models.toml",
    text: include_str!("../../../../../policies/prediction-models.toml"),
    cases: include_str!("../../../../../policies/prediction-models.cases.toml"),
};

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusablePrediction {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// A number is missing, or has another unit.
    #[error("policy prediction: {0} is missing, or is not in the unit that is read")]
    Missing(&'static str),
    /// The choice of models cannot be read.
    #[error("policies/prediction-models.toml: {0}")]
    Choice(String),
}

/// The rules of showing predictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredictionRules {
    policy: AdoptedPolicy,
    choice: ModelChoice,
    in_room: bool,
    with_order: bool,
    people: u32,
    hours: u32,
}

impl PredictionRules {
    /// The rules as they ship: nothing is shown.
    pub fn shipped() -> Result<Self, UnusablePrediction> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusablePrediction> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(PREDICTION.text)?), values)?;
        let whole = |name: &'static str, unit: Unit| {
            policy
                .value(name)
                .filter(|value| value.unit == unit)
                .and_then(|value| u32::try_from(value.value).ok())
                .ok_or(UnusablePrediction::Missing(name))
        };
        Ok(Self {
            in_room: whole("in_room", Unit::Switch)? != 0,
            with_order: whole("with_order", Unit::Switch)? != 0,
            people: whole("people", Unit::Count)?,
            hours: whole("hours", Unit::Hours)?,
            choice: ModelChoice::shipped()?,
            policy,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }

    /// Which model for which way.
    pub const fn choice(&self) -> &ModelChoice {
        &self.choice
    }

    /// Shown in the session room.
    pub const fn in_room(&self) -> bool {
        self.in_room
    }

    /// Shown where a dose is ordered.
    pub const fn with_order(&self) -> bool {
        self.with_order
    }

    /// Of how many simulated people a band is.
    pub const fn people(&self) -> u32 {
        self.people
    }

    /// For how many minutes from the first drug.
    pub const fn minutes(&self) -> u32 {
        const MINUTES_IN_AN_HOUR: u32 = 60;
        self.hours * MINUTES_IN_AN_HOUR
    }
}

/// One line of the choice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is given.
    pub product: Product,
    /// The way into the body.
    pub by: Route,
    /// How it is given.
    pub giving: Given,
    /// The model's short name.
    pub model: String,
    /// The second model's short name.
    pub beside: Option<String>,
    /// The models' word for the way into the body.
    pub route: String,
    /// Why this one.
    pub because: String,
}

/// Which model for which way: a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelChoice {
    /// Its name.
    pub id: String,
    /// Counts up with every change of meaning.
    pub version: u32,
    /// In words.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    choice: Vec<Choice>,
}

impl ModelChoice {
    /// The file that ships.
    pub fn shipped() -> Result<Self, UnusablePrediction> {
        toml::from_str(MODEL_CHOICE.text)
            .map_err(|error| UnusablePrediction::Choice(error.message().to_owned()))
    }

    /// The line for a way; none where no model is chosen.
    pub fn of(&self, product: Product, by: Route, giving: Giving) -> Option<&Choice> {
        let giving = match giving {
            Giving::Infusion => Given::Infusion,
            Giving::Doses { .. } => Given::Doses,
            Giving::Devices { .. } => Given::Devices,
        };
        self.choice
            .iter()
            .find(|choice| (choice.product, choice.by, choice.giving) == (product, by, giving))
    }

    /// Every line.
    pub fn lines(&self) -> &[Choice] {
        &self.choice
    }
}
