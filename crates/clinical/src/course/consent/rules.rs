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
    /// A number that consent needs is missing, or has another unit.
    #[error("policy consent: {0} is missing, or is not in the unit that consent reads")]
    Missing(&'static str),
}

/// The rules of consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRules {
    policy: AdoptedPolicy,
    /// For how many months a signature holds. Source: clinical.md §10.2, 12 months `[D]`.
    pub holds_months: u16,
    /// How many days before its last day the same text may be signed again.
    pub renewal_days: u16,
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
        let whole = |name, unit| {
            let value = policy.value(name).filter(|known| known.unit == unit);
            value
                .and_then(|known| u16::try_from(known.value).ok())
                .ok_or(UnusableRules::Missing(name))
        };
        Ok(Self {
            holds_months: whole("holds", Unit::Months)?,
            renewal_days: whole("renewal", Unit::Days)?,
            policy,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }
}
