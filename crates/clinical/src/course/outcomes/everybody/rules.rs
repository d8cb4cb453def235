//! When somebody counts as away, and which counts are too small to leave the house.

use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Span;

/// The policy that ships.
pub const OUTCOMES: BuiltIn = BuiltIn {
    file: "policies/outcomes.toml",
    text: include_str!("../../../../../../policies/outcomes.toml"),
    cases: include_str!("../../../../../../policies/outcomes.cases.toml"),
};

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableOutcomeRules {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// A number is missing, or has another unit.
    #[error("policy outcomes: {0} is missing, or is not in the unit that is read")]
    Missing(&'static str),
}

/// The rules of the clinic's outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRules {
    policy: AdoptedPolicy,
    /// Without a session for so long, and with nothing booked, somebody counts as away.
    pub away_after: Span,
    /// A count of at least one and less than this does not leave the house.
    pub small: u32,
}

impl OutcomeRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableOutcomeRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableOutcomeRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(OUTCOMES.text)?), values)?;
        let whole = |name: &'static str, unit: Unit| {
            policy
                .value(name)
                .filter(|value| value.unit == unit)
                .and_then(|value| u32::try_from(value.value).ok())
                .ok_or(UnusableOutcomeRules::Missing(name))
        };
        let days = whole("away", Unit::Days)?;
        Ok(Self {
            away_after: Span::from_hours(24 * i64::from(days)),
            small: whole("small", Unit::Count)?,
            policy,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }
}
