//! The shape of a policy file, and its reading.

use crate::course::screening::person::{Product, Route};
use crate::record::Role;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use units::Span;

/// A point in the course that rules guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Whether this person may be treated with this product at all.
    AcceptForTreatment,
    /// Whether they may be treated on the day of the visit.
    DayOfSession,
    /// What is to be given at the visit, before it is planned or changed.
    Order,
    /// The first drug of the visit.
    StartInfusion,
    /// A further dose or device of the visit.
    NextDose,
    /// A faster rate than before.
    RaiseRate,
    /// Leaving the clinic.
    Discharge,
}

/// How grave an unmet requirement is; the highest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Shown, no action needed.
    Info,
    /// The prescriber acknowledges with a plan.
    Caution,
    /// Not today unless corrected or overridden as the rule allows.
    HoldToday,
    /// Blocked until a clearance is signed.
    Clearance,
    /// Never, whoever asks.
    Exclude,
}

/// The unit of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Hours.
    #[serde(rename = "hours")]
    Hours,
    /// Minutes.
    #[serde(rename = "minutes")]
    Minutes,
    /// Seconds.
    #[serde(rename = "seconds")]
    Seconds,
    /// Millimetres of mercury.
    #[serde(rename = "mmHg")]
    MillimetresOfMercury,
    /// Percent.
    #[serde(rename = "percent")]
    Percent,
    /// Beats or breaths per minute.
    #[serde(rename = "per_minute")]
    PerMinute,
    /// Degrees Celsius.
    #[serde(rename = "celsius")]
    Celsius,
    /// Points of a score.
    #[serde(rename = "points")]
    Points,
    /// How many.
    #[serde(rename = "count")]
    Count,
    /// Completed years of life.
    #[serde(rename = "years")]
    Years,
    /// Whole days of the calendar.
    #[serde(rename = "days")]
    Days,
    /// Months of the calendar.
    #[serde(rename = "months")]
    Months,
    /// Milliseconds, of an interval on a trace.
    #[serde(rename = "milliseconds")]
    Milliseconds,
    /// Kilograms of body weight.
    #[serde(rename = "kg")]
    Kilograms,
    /// Body-mass index.
    #[serde(rename = "kg_per_m2")]
    KilogramsPerSquareMetre,
    /// Milligrams of drug.
    #[serde(rename = "mg")]
    Milligrams,
    /// Milligrams of drug for each kilogram of body weight.
    #[serde(rename = "mg_per_kg")]
    MilligramsPerKilogram,
    /// Milligrams of drug each day.
    #[serde(rename = "mg_per_day")]
    MilligramsPerDay,
    /// Multiples of a laboratory's upper limit of normal.
    #[serde(rename = "times_upper_limit")]
    TimesUpperLimit,
    /// Filtration of the kidneys, for a standard body surface.
    #[serde(rename = "ml_per_min_per_1_73_m2")]
    MillilitresPerMinute,
    /// Something the clinic has switched on (1) or off (0).
    #[serde(rename = "switch")]
    Switch,
}

impl Unit {
    /// The unit as it is shown.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Hours => "h",
            Self::Minutes => "min",
            Self::Seconds => "s",
            Self::MillimetresOfMercury => "mmHg",
            Self::Percent => "%",
            Self::PerMinute => "/min",
            Self::Celsius => "°C",
            Self::Years => "years",
            Self::Days => "days",
            Self::Months => "months",
            Self::Milliseconds => "ms",
            Self::Kilograms => "kg",
            Self::KilogramsPerSquareMetre => "kg/m²",
            Self::Milligrams => "mg",
            Self::MilligramsPerKilogram => "mg/kg",
            Self::MilligramsPerDay => "mg/day",
            Self::TimesUpperLimit => "× upper limit",
            Self::MillilitresPerMinute => "mL/min/1.73 m²",
            Self::Points | Self::Count | Self::Switch => "",
        }
    }
}

impl Unit {
    /// True where only whole numbers mean something: half a switch is neither on nor off.
    pub const fn counts_wholes(self) -> bool {
        match self {
            Self::Points | Self::Count | Self::Years | Self::Days | Self::Months | Self::Switch => {
                true
            }
            Self::Hours
            | Self::Minutes
            | Self::Seconds
            | Self::MillimetresOfMercury
            | Self::Percent
            | Self::PerMinute
            | Self::Celsius
            | Self::Milliseconds
            | Self::Kilograms
            | Self::KilogramsPerSquareMetre
            | Self::Milligrams
            | Self::MilligramsPerKilogram
            | Self::MilligramsPerDay
            | Self::TimesUpperLimit
            | Self::MillilitresPerMinute => false,
        }
    }
}

/// A number with its unit: in a file, `{ hours = 6 }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Unit, Number>", into = "BTreeMap<Unit, Number>")]
pub struct Quantity {
    /// The number.
    pub value: Decimal,
    /// Its unit.
    pub unit: Unit,
}

impl PartialOrd for Unit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Unit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (*self as u8).cmp(&(*other as u8))
    }
}

/// A number in a policy file: a whole number, or a decimal in quotes (so that it stays exact).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Exact(String),
}

impl TryFrom<BTreeMap<Unit, Number>> for Quantity {
    type Error = String;
    fn try_from(map: BTreeMap<Unit, Number>) -> Result<Self, String> {
        let mut entries = map.into_iter();
        match (entries.next(), entries.next()) {
            (Some((unit, number)), None) => {
                let value = match number {
                    Number::Whole(whole) => Decimal::from(whole),
                    Number::Exact(text) => text
                        .parse()
                        .map_err(|_| format!("{text:?} is not a decimal"))?,
                };
                Ok(Self { value, unit })
            }
            _ => Err("a quantity names exactly one unit".to_owned()),
        }
    }
}

impl From<Quantity> for BTreeMap<Unit, Number> {
    fn from(quantity: Quantity) -> Self {
        Self::from([(
            quantity.unit,
            Number::Exact(quantity.value.normalize().to_string()),
        )])
    }
}

impl Quantity {
    /// As a length of time, if its unit is one.
    pub fn span(self) -> Option<Span> {
        let seconds = match self.unit {
            Unit::Hours => Decimal::from(3_600),
            Unit::Minutes => Decimal::from(60),
            Unit::Seconds => Decimal::ONE,
            Unit::MillimetresOfMercury
            | Unit::Percent
            | Unit::PerMinute
            | Unit::Celsius
            | Unit::Points
            | Unit::Count
            | Unit::Years
            | Unit::Days
            | Unit::Months
            | Unit::Milliseconds
            | Unit::Kilograms
            | Unit::KilogramsPerSquareMetre
            | Unit::Milligrams
            | Unit::MilligramsPerKilogram
            | Unit::MilligramsPerDay
            | Unit::TimesUpperLimit
            | Unit::MillilitresPerMinute
            | Unit::Switch => return None,
        };
        i64::try_from(self.value * seconds * Decimal::from(1_000_000))
            .ok()
            .map(Span::from_microseconds)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unit == Unit::Switch {
            return f.write_str(if self.value.is_zero() { "off" } else { "on" });
        }
        match self.unit.shown() {
            "" => write!(f, "{}", self.value.normalize()),
            unit => write!(f, "{}\u{a0}{unit}", self.value.normalize()),
        }
    }
}

/// What the clinic may set, and between which ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// In words.
    pub says: String,
    /// The value as shipped.
    pub value: Quantity,
    /// The permitted range.
    pub may_be: Range,
    /// Where the number comes from.
    pub source: String,
    /// True where the source could not be read by us; shown beside the number.
    #[serde(default)]
    pub unverified: bool,
}

/// Both ends of what a parameter may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The lower end, itself permitted.
    pub at_least: Quantity,
    /// The upper end, itself permitted.
    pub at_most: Quantity,
}

/// How a fact is compared. A closed handful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The number is this parameter or more.
    AtLeast(String),
    /// The number is this parameter or less.
    AtMost(String),
    /// The number is less than this parameter.
    Below(String),
    /// The word is one of these.
    OneOf(Vec<String>),
    /// The word is none of these.
    NoneOf(Vec<String>),
    /// It was done and confirmed.
    Answered(bool),
    /// Another part of the record says that it is in force.
    InForce(bool),
    /// At least this much time has passed since the moment.
    ElapsedAtLeast(String),
    /// At most this much time has passed since the moment.
    ElapsedAtMost(String),
}

/// What to answer when the fact is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenUnknown {
    /// Unknown blocks like unmet.
    Refuse,
}

/// What an answer of "there is none" (no trace was written, no test was done) means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenNone {
    /// Nothing to hold against anyone; another requirement asks whether one is needed.
    Met,
    /// The requirement asks for it, and it is missing.
    Unmet,
}

/// When a requirement is asked at all.
///
/// Only a premise that is known not to hold takes the requirement away: an unknown one leaves it
/// asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Premise {
    /// The fact's name.
    pub fact: String,
    /// The comparison.
    pub is: Comparison,
}

/// One thing that must be true at a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its name; unique in the clinic's rules.
    pub id: String,
    /// Where it is asked.
    pub gate: Gate,
    /// In words, with `{parameter}` filled in.
    pub says: String,
    /// The fact's name.
    pub fact: String,
    /// The comparison.
    pub must_be: Comparison,
    /// How grave it is when unmet.
    pub severity: Severity,
    /// What an unknown fact means.
    pub when_unknown: WhenUnknown,
    /// Who may let it pass, with a reason; nobody when empty.
    #[serde(default)]
    pub may_be_overridden_by: Vec<Role>,
    /// An override needs a second clinician by name.
    #[serde(default)]
    pub second_clinician: bool,
    /// What to do about it, in words.
    #[serde(default)]
    pub remedy: String,
    /// Where the rule comes from, if not from the policy's own source.
    #[serde(default)]
    pub source: String,
    /// The hazard it guards against.
    pub hazard: String,
    /// Asked only when every one of these holds or is unknown.
    #[serde(default)]
    pub only_if: Vec<Premise>,
    /// What "there is none" means; without this it is an unknown.
    #[serde(default)]
    pub when_none: Option<WhenNone>,
    // From here on: what only the gates of screening read.
    /// The rule's short name in the clinical reference, such as `X01`.
    #[serde(default)]
    pub code: String,
    /// The products it is about; all of them when empty.
    #[serde(default)]
    pub products: Vec<String>,
    /// The routes it is about; all of them when empty.
    #[serde(default)]
    pub routes: Vec<String>,
    /// Whose dated clearance lifts it, once signed; nobody's when empty.
    #[serde(default)]
    pub cleared_by: Vec<String>,
    /// What the visit must have when this applies, in words.
    #[serde(default)]
    pub adds: Vec<String>,
    /// True where the source could not be read by us, or sources disagree; shown beside the rule.
    #[serde(default)]
    pub unverified: bool,
}

/// The ways of giving that a policy is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ways {
    /// These products.
    pub products: Vec<Product>,
    /// By these routes.
    pub routes: Vec<Route>,
    /// Of a protocol of dosing: how it is given.
    #[serde(default)]
    pub giving: Option<Given>,
}

/// How a protocol of dosing gives its drug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// By a pump.
    Infusion,
    /// Dose by dose.
    Doses,
    /// Device by device.
    Devices,
}

/// A policy: parameters and the requirements that use them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub id: String,
    /// Counts up with every change of meaning.
    pub version: u32,
    /// In words.
    pub title: String,
    /// Which visits a new version applies to.
    pub applies_to: String,
    /// Where it comes from.
    pub source: String,
    /// The ways of giving that it is about; all of them without.
    #[serde(default)]
    pub ways: Option<Ways>,
    /// What the clinic may set.
    #[serde(default, rename = "parameter")]
    pub parameters: BTreeMap<String, Parameter>,
    /// What must be true.
    #[serde(default, rename = "requirement")]
    pub requirements: Vec<Requirement>,
}

/// A policy file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy {policy}: {reason}")]
pub struct UnreadablePolicy {
    /// Which one, as far as known.
    pub policy: String,
    /// Why not.
    pub reason: String,
}

impl Policy {
    /// Reads a policy and checks that it is whole: every parameter that is named exists, has a
    /// unit that its comparison can use, and lies inside its own permitted range.
    pub fn read(text: &str) -> Result<Self, UnreadablePolicy> {
        let policy: Self = toml::from_str(text).map_err(|error| UnreadablePolicy {
            policy: "(unread)".to_owned(),
            reason: error.to_string(),
        })?;
        policy.check().map_err(|reason| UnreadablePolicy {
            policy: policy.id.clone(),
            reason,
        })?;
        Ok(policy)
    }

    fn check(&self) -> Result<(), String> {
        for (name, parameter) in &self.parameters {
            if !parameter.permits(parameter.value) {
                return Err(format!(
                    "parameter {name} is outside its own permitted range"
                ));
            }
        }
        for requirement in &self.requirements {
            // What a gate does not read would be passed over in silence.
            if !requirement.gate.is_of_screening() && requirement.narrows() {
                return Err(format!(
                    "requirement {} says for whom it holds, which only the gates of screening read",
                    requirement.id
                ));
            }
            let premises = requirement.only_if.iter().map(|premise| &premise.is);
            for comparison in premises.chain([&requirement.must_be]) {
                self.check_comparison(&requirement.id, comparison)?;
            }
        }
        Ok(())
    }

    fn check_comparison(&self, id: &str, comparison: &Comparison) -> Result<(), String> {
        let (parameter, needs_time) = match comparison {
            Comparison::AtLeast(name) | Comparison::AtMost(name) | Comparison::Below(name) => {
                (name, false)
            }
            Comparison::ElapsedAtLeast(name) | Comparison::ElapsedAtMost(name) => (name, true),
            Comparison::OneOf(_)
            | Comparison::NoneOf(_)
            | Comparison::Answered(_)
            | Comparison::InForce(_) => {
                return Ok(());
            }
        };
        let known = self
            .parameters
            .get(parameter)
            .ok_or_else(|| format!("requirement {id} names an unknown parameter {parameter}"))?;
        if needs_time && known.value.span().is_none() {
            return Err(format!("parameter {parameter} is not a length of time"));
        }
        Ok(())
    }
}

impl Gate {
    /// True for the gates that screening asks, which read more of a requirement than the others.
    pub const fn is_of_screening(self) -> bool {
        match self {
            Self::AcceptForTreatment | Self::DayOfSession => true,
            Self::Order
            | Self::StartInfusion
            | Self::NextDose
            | Self::RaiseRate
            | Self::Discharge => false,
        }
    }
}

impl Requirement {
    fn narrows(&self) -> bool {
        !self.products.is_empty() || !self.routes.is_empty() || !self.cleared_by.is_empty()
    }
}

impl Parameter {
    /// True when there is nothing to choose: both ends of the range are the same.
    pub fn is_fixed(&self) -> bool {
        self.may_be.at_least == self.may_be.at_most
    }

    /// True when the clinic may set this value: in the parameter's unit, inside its range, and
    /// whole where parts of it mean nothing.
    pub fn permits(&self, value: Quantity) -> bool {
        value.unit == self.may_be.at_least.unit
            && (!value.unit.counts_wholes() || value.value.fract().is_zero())
            && value.unit == self.may_be.at_most.unit
            && value.value >= self.may_be.at_least.value
            && value.value <= self.may_be.at_most.value
    }
}
