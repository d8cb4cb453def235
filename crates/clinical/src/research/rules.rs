//! How small a cell may be, and how far days are moved.

use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The policy that ships.
pub const RESEARCH_EXPORT: BuiltIn = BuiltIn {
    file: "policies/research-export.toml",
    text: include_str!("../../../../policies/research-export.toml"),
    cases: include_str!("../../../../policies/research-export.cases.toml"),
};

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableResearchRules {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// A number is missing, or has another unit.
    #[error("policy research-export: {0} is missing, or is not in the unit that is read")]
    Missing(&'static str),
}

/// The rules of a research export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResearchRules {
    policy: AdoptedPolicy,
    /// What is told of fewer people than this is generalised or withheld.
    pub small: u32,
    /// A person's days are moved back by 1 to so many whole weeks.
    pub weeks_back: u32,
    /// An export of a stretch of time is of at least so many days: a short one would tell, by who is
    /// in it, when they were treated.
    pub shortest_days: u32,
}

impl ResearchRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableResearchRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableResearchRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(RESEARCH_EXPORT.text)?), values)?;
        let whole = |name: &'static str, unit: Unit| {
            policy
                .value(name)
                .filter(|value| value.unit == unit)
                .and_then(|value| u32::try_from(value.value).ok())
                .ok_or(UnusableResearchRules::Missing(name))
        };
        Ok(Self {
            small: whole("small", Unit::Count)?,
            weeks_back: whole("weeks-back", Unit::Count)?,
            shortest_days: whole("shortest", Unit::Days)?,
            policy,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }
}
