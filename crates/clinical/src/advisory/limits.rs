//! The limits as data: what the clinic watches for, how long, with which priority, and why.

use super::{Condition, Priority, Tier};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use units::Span;

/// The limits as shipped, in `policies/advisory-limits.toml`.
pub const SHIPPED: &str = include_str!("../../../../policies/advisory-limits.toml");

/// A limits file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("advisory limits: {0}")]
pub struct UnreadableLimits(pub String);

/// A value of the clinic's own that the file does not permit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("advisory limits do not permit {name} = {value}: {reason}")]
pub struct NotPermitted {
    /// The limit: `oxygen-saturation-low.act`.
    pub name: String,
    /// What was asked for.
    pub value: String,
    /// Why not.
    pub reason: String,
}

/// How a value is beyond a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beyond {
    /// Less than the limit.
    Below(Decimal),
    /// The limit or less.
    AtMost(Decimal),
    /// More than the limit.
    Above(Decimal),
    /// The limit or more.
    AtLeast(Decimal),
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it is about.
    pub condition: Condition,
    /// How grave.
    pub tier: Tier,
    /// The limit.
    pub beyond: Beyond,
    /// The permitted range for the clinic's own value; `None`: fixed.
    pub may_be: Option<(Decimal, Decimal)>,
    /// How long it must last.
    pub persists: Span,
    /// Its priority.
    pub priority: Priority,
    /// Where the numbers come from.
    pub source: String,
    /// True where the reference itself could not check the number.
    pub unverified: bool,
}

/// Every limit, with the timing that they share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The file's name for itself.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// In words.
    pub title: String,
    /// Which visits a new version, or a value of the clinic's own, applies to.
    pub applies_to: String,
    /// Where it comes from.
    pub source: String,
    /// The limits; those of one condition from the lowest tier to the highest.
    pub rules: Vec<Rule>,
    /// The share of the window that must lie beyond a limit.
    pub share_of_window: Decimal,
    /// For this long a value must be inside before a condition ends.
    pub clear_for: Span,
    /// Within this a cuff reading beyond a limit is repeated.
    pub repeat_within: Span,
    /// A feed is stale after this many periods …
    pub stale_after_periods: i64,
    /// … but not sooner than this.
    pub stale_after_at_least: Span,
    /// A feed that is stale for this long while infusing is of high priority.
    pub stale_is_high_after: Span,
    /// Without a trustworthy saturation for this long during dosing, the signal is lost.
    pub saturation_lost_after: Span,
    /// How far inside its limit a value must be before the condition can end.
    pub clear_margin: BTreeMap<Condition, Decimal>,
}

impl Beyond {
    /// True when the value is beyond the limit.
    pub fn holds(self, value: Decimal) -> bool {
        match self {
            Self::Below(limit) => value < limit,
            Self::AtMost(limit) => value <= limit,
            Self::Above(limit) => value > limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    /// True when the value is inside the limit by at least this much.
    pub fn is_inside_by(self, value: Decimal, margin: Decimal) -> bool {
        match self {
            Self::Below(limit) | Self::AtMost(limit) => {
                !self.holds(value) && value >= limit + margin
            }
            Self::Above(limit) | Self::AtLeast(limit) => {
                !self.holds(value) && value <= limit - margin
            }
        }
    }

    /// The number.
    pub const fn limit(self) -> Decimal {
        match self {
            Self::Below(limit)
            | Self::AtMost(limit)
            | Self::Above(limit)
            | Self::AtLeast(limit) => limit,
        }
    }

    fn with(self, limit: Decimal) -> Self {
        match self {
            Self::Below(_) => Self::Below(limit),
            Self::AtMost(_) => Self::AtMost(limit),
            Self::Above(_) => Self::Above(limit),
            Self::AtLeast(_) => Self::AtLeast(limit),
        }
    }
}

impl fmt::Display for Beyond {
    /// `< 90`, `≥ 180`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self {
            Self::Below(_) => "<",
            Self::AtMost(_) => "≤",
            Self::Above(_) => ">",
            Self::AtLeast(_) => "≥",
        };
        write!(f, "{sign}\u{a0}{}", self.limit().normalize())
    }
}

impl Rule {
    /// The limit's name in an adoption: `oxygen-saturation-low.act`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.condition.word(), self.tier.word())
    }
}

impl Limits {
    /// The limits as shipped.
    pub fn shipped() -> Result<Self, UnreadableLimits> {
        Self::read(SHIPPED)
    }

    /// Reads a limits file and checks that it is whole: every value inside its own range, no
    /// limit twice, and a higher tier never easier to reach than a lower one.
    pub fn read(text: &str) -> Result<Self, UnreadableLimits> {
        let file: File =
            toml::from_str(text).map_err(|error| UnreadableLimits(error.to_string()))?;
        let mut rules = file
            .rule
            .into_iter()
            .map(RuleInFile::rule)
            .collect::<Result<Vec<_>, _>>()
            .map_err(UnreadableLimits)?;
        rules.sort_by_key(|rule| (rule.condition, rule.tier));
        let timing = file.timing;
        let limits = Self {
            id: file.id,
            version: file.version,
            title: file.title,
            applies_to: file.applies_to,
            source: file.source,
            rules,
            share_of_window: timing.share_of_window.0,
            clear_for: Span::from_seconds(timing.clear_for_seconds),
            repeat_within: Span::from_seconds(timing.repeat_within_seconds),
            stale_after_periods: timing.feed.stale_after_periods,
            stale_after_at_least: Span::from_seconds(timing.feed.stale_after_at_least_seconds),
            stale_is_high_after: Span::from_seconds(timing.feed.high_after_seconds),
            saturation_lost_after: Span::from_seconds(timing.saturation_signal.lost_after_seconds),
            clear_margin: file
                .clear_margin
                .into_iter()
                .map(|(key, exact)| (key, exact.0))
                .collect(),
        };
        limits.check().map_err(UnreadableLimits)?;
        Ok(limits)
    }

    /// The limits with some values of the clinic's own, by [`Rule::name`].
    ///
    /// Refuses an unknown name, a fixed limit, a text that is no number, a value outside the
    /// permitted range, and values that would put a higher tier before a lower one.
    pub fn adopt(mut self, values: &BTreeMap<String, String>) -> Result<Self, NotPermitted> {
        for (name, text) in values {
            let refused = |reason: &str| NotPermitted {
                name: name.clone(),
                value: text.clone(),
                reason: reason.to_owned(),
            };
            let rule = self
                .rules
                .iter_mut()
                .find(|rule| rule.name() == *name)
                .ok_or_else(|| refused("there is no such limit"))?;
            let value: Decimal = text.parse().map_err(|_| refused("it is not a number"))?;
            let (low, high) = rule.may_be.ok_or_else(|| refused("this limit is fixed"))?;
            if value < low || value > high {
                return Err(refused(&format!("it must be from {low} to {high}")));
            }
            rule.beyond = rule.beyond.with(value);
            let checked = self.check();
            checked.map_err(|reason| refused(&reason))?;
        }
        Ok(self)
    }

    /// The limits of one condition, from the lowest tier to the highest.
    pub fn of(&self, condition: Condition) -> impl Iterator<Item = &Rule> {
        self.rules
            .iter()
            .filter(move |rule| rule.condition == condition)
    }

    /// How far inside its limit a value must be before the condition can end.
    pub fn margin(&self, condition: Condition) -> Decimal {
        self.clear_margin
            .get(&condition)
            .copied()
            .unwrap_or_default()
    }

    fn check(&self) -> Result<(), String> {
        for rule in &self.rules {
            let limit = rule.beyond.limit();
            if rule
                .may_be
                .is_some_and(|(low, high)| limit < low || limit > high)
            {
                return Err(format!(
                    "{} is outside its own permitted range",
                    rule.name()
                ));
            }
            if rule.condition.is_technical() {
                return Err(format!("{} has no value to limit", rule.name()));
            }
        }
        for pair in self.rules.windows(2) {
            let (lower, higher) = match pair {
                [lower, higher] if lower.condition == higher.condition => (lower, higher),
                _ => continue,
            };
            if lower.tier == higher.tier {
                return Err(format!("{} stands twice", lower.name()));
            }
            if !lower.beyond.holds(higher.beyond.limit())
                && lower.beyond.limit() != higher.beyond.limit()
            {
                return Err(format!(
                    "{} would be reached before {}",
                    higher.name(),
                    lower.name()
                ));
            }
            if higher.priority < lower.priority {
                return Err(format!(
                    "{} has a lower priority than {}",
                    higher.name(),
                    lower.name()
                ));
            }
        }
        let zero = Decimal::ZERO;
        if self.share_of_window <= zero || self.share_of_window > Decimal::ONE {
            return Err("share_of_window must be above 0 and at most 1".to_owned());
        }
        Ok(())
    }
}

/// A decimal in quotes, so that it stays exact.
#[derive(Clone, Copy)]
struct Exact(Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    version: u32,
    title: String,
    applies_to: String,
    source: String,
    timing: Timing,
    clear_margin: BTreeMap<Condition, Exact>,
    rule: Vec<RuleInFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Timing {
    share_of_window: Exact,
    #[serde(rename = "share_source")]
    _share_source: String,
    #[serde(rename = "share_unverified")]
    _share_unverified: bool,
    clear_for_seconds: i64,
    repeat_within_seconds: i64,
    #[serde(rename = "clear_source")]
    _clear_source: String,
    feed: Feed,
    saturation_signal: SaturationSignal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feed {
    stale_after_periods: i64,
    stale_after_at_least_seconds: i64,
    high_after_seconds: i64,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaturationSignal {
    lost_after_seconds: i64,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleInFile {
    condition: Condition,
    tier: Tier,
    below: Option<Exact>,
    at_most: Option<Exact>,
    above: Option<Exact>,
    at_least: Option<Exact>,
    may_be: Option<RangeInFile>,
    persists_seconds: i64,
    priority: Priority,
    source: String,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RangeInFile {
    at_least: Exact,
    at_most: Exact,
}

impl RuleInFile {
    fn rule(self) -> Result<Rule, String> {
        let given = [
            self.below.map(|exact| Beyond::Below(exact.0)),
            self.at_most.map(|exact| Beyond::AtMost(exact.0)),
            self.above.map(|exact| Beyond::Above(exact.0)),
            self.at_least.map(|exact| Beyond::AtLeast(exact.0)),
        ];
        let mut given = given.into_iter().flatten();
        let (Some(beyond), None) = (given.next(), given.next()) else {
            return Err(format!("{} needs exactly one limit", self.condition.word()));
        };
        Ok(Rule {
            condition: self.condition,
            tier: self.tier,
            beyond,
            may_be: self.may_be.map(|range| (range.at_least.0, range.at_most.0)),
            persists: Span::from_seconds(self.persists_seconds),
            priority: self.priority,
            source: self.source,
            unverified: self.unverified,
        })
    }
}

#[cfg(test)]
mod tests;
