//! How long a consent holds, as the clinic has adopted it.

use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The policy of consent that ships.
pub const CONSENT: BuiltIn = BuiltIn {
    file: "policies/consent.toml",
    text: include_str!("../../../../../policies/consent.toml"),
    cases: include_str!("../../../../../policies/consent.cases.toml"),
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
    /// How long a signature holds is missing, or is not in months.
    #[error("policy consent: holds is missing, or is not in months")]
    Holds,
}

/// The rules of consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRules {
    policy: AdoptedPolicy,
    /// For how many months a signature holds. Source: clinical.md §10.2, 12 months `[D]`.
    pub holds_months: u16,
}

impl ConsentRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(CONSENT.text)?), values)?;
        let holds_months = policy
            .value("holds")
            .filter(|holds| holds.unit == Unit::Months)
            .and_then(|holds| u16::try_from(holds.value).ok())
            .ok_or(UnusableRules::Holds)?;
        Ok(Self {
            policy,
            holds_months,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }
}
