//! When the answer is looked at, and how far apart later sessions lie.

use super::alternatives::{Alternatives, UnreadableAlternatives};
use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Span;

/// The policy that ships.
pub const NEXT_STEP: BuiltIn = BuiltIn {
    file: "policies/next-step.toml",
    text: include_str!("../../../../../../policies/next-step.toml"),
    cases: include_str!("../../../../../../policies/next-step.cases.toml"),
};

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableNextStepRules {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// The alternatives cannot be read.
    #[error(transparent)]
    Alternatives(#[from] UnreadableAlternatives),
    /// A number is missing, or has another unit.
    #[error("policy next-step: {0} is missing, or is not in the unit that is read")]
    Missing(&'static str),
}

/// The rules of what can come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStepRules {
    policy: AdoptedPolicy,
    /// What can come next, with what each rests on.
    pub alternatives: Alternatives,
    /// After so many sessions of a series the answer is looked at for the first time.
    pub check_after: u32,
    /// By so much of the score before the first session, in percent, it has fallen at the end of a
    /// series; less is looked at by a prescriber.
    pub least_improvement: u32,
    /// Between sessions when a series is over.
    pub first_gap: Span,
    /// The time between sessions grows by it.
    pub longer_by: Span,
    /// Between later sessions at the least.
    pub least_gap: Span,
    /// Between later sessions at the most.
    pub most_gap: Span,
    /// More later sessions than this in 365 days are said.
    pub in_a_year: u32,
    /// After so long without a word of a prescriber on what comes next it is said.
    pub review_every: Span,
}

impl NextStepRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableNextStepRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableNextStepRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(NEXT_STEP.text)?), values)?;
        let whole = |name: &'static str, unit: Unit| {
            policy
                .value(name)
                .filter(|value| value.unit == unit)
                .and_then(|value| u32::try_from(value.value).ok())
                .ok_or(UnusableNextStepRules::Missing(name))
        };
        let days = |name: &'static str| {
            whole(name, Unit::Days).map(|days| Span::from_hours(24 * i64::from(days)))
        };
        Ok(Self {
            check_after: whole("check_after", Unit::Count)?,
            least_improvement: whole("least_improvement", Unit::Percent)?,
            first_gap: days("first_gap")?,
            longer_by: days("longer_by")?,
            least_gap: days("least_gap")?,
            most_gap: days("most_gap")?,
            in_a_year: whole("in_a_year", Unit::Count)?,
            review_every: days("review_every")?,
            alternatives: Alternatives::shipped()?,
            policy,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }
}
