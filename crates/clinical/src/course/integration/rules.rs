//! The windows of integration, as the clinic has adopted them.

use super::prompts::{Prompts, UnreadablePrompts};
use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Span;

/// The policy that ships.
pub const INTEGRATION: BuiltIn = BuiltIn {
    file: "policies/integration.toml",
    text: include_str!("../../../../../policies/integration.toml"),
    cases: include_str!("../../../../../policies/integration.cases.toml"),
};

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableRules {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// The prompts are not whole.
    #[error(transparent)]
    Prompts(#[from] UnreadablePrompts),
    /// A number is missing, or has another unit.
    #[error("policy integration: {0} is missing, or is not in the unit that is read")]
    Missing(&'static str),
    /// The hours of a window do not follow each other.
    #[error("policy integration: a contact opens before it is aimed at, and closes after that")]
    Window,
}

/// The rules of integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationRules {
    policy: AdoptedPolicy,
    /// One has a preparation visit within so long before the first session.
    pub preparation_within: Span,
    /// The check before leaving takes so long.
    pub check: Span,
    /// From so long after the drug has ended a contact can be held.
    pub opens: Span,
    /// Within so long it should be.
    pub aim: Span,
    /// From then on it is late.
    pub closes: Span,
    /// A week of the series.
    pub week: Span,
    /// After so long without a session another series begins.
    pub series_gap: Span,
    /// So long after the last session of a series the review is.
    pub review: Span,
    /// So long before and after that it is in time.
    pub review_window: Span,
    /// What a person is asked for their own journal, and the themes.
    pub prompts: Prompts,
}

impl IntegrationRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit, and hours of a window that do not follow
    /// each other.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(INTEGRATION.text)?), values)?;
        let span = |name: &'static str| {
            policy
                .value(name)
                .and_then(length)
                .ok_or(UnusableRules::Missing(name))
        };
        let rules = Self {
            preparation_within: span("preparation_within")?,
            check: span("check_minutes")?,
            opens: span("opens")?,
            aim: span("aim")?,
            closes: span("closes")?,
            week: span("week")?,
            series_gap: span("series_gap")?,
            review: span("review")?,
            review_window: span("review_window")?,
            prompts: Prompts::shipped()?,
            policy,
        };
        if rules.opens > rules.aim || rules.aim > rules.closes {
            return Err(UnusableRules::Window);
        }
        Ok(rules)
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }
}

/// A day is 24 hours of time that passes, as in following up.
fn length(value: Quantity) -> Option<Span> {
    match value.unit {
        Unit::Days => i64::try_from(value.value)
            .ok()
            .map(|days| Span::from_hours(24 * days)),
        _another => value.span(),
    }
}
