//! What may be drawn, and when a difference must be told, as the clinic has adopted it.

use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{Micrograms, Microlitres, Span};

/// The policy of controlled drugs that ships.
pub const CONTROLLED_DRUGS: BuiltIn = BuiltIn {
    file: "policies/controlled-drugs.toml",
    text: include_str!("../../../../policies/controlled-drugs.toml"),
    cases: include_str!("../../../../policies/controlled-drugs.cases.toml"),
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
    /// A number that the ledger needs is missing, or has another unit.
    #[error("policy controlled-drugs: {0} is missing, or is not in the unit that the ledger reads")]
    Missing(&'static str),
}

/// The rules of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRules {
    policy: AdoptedPolicy,
    beyond_label: u64,
    beyond_order: u64,
    /// After so long a syringe that nobody has accounted for is told.
    pub syringe_open: Span,
    /// In so many days the form about a loss is filed.
    pub form_days: i32,
    /// So many days after one inventory the next is taken at the latest.
    pub inventory_days: i32,
}

impl LedgerRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(CONTROLLED_DRUGS.text)?), values)?;
        let whole = |name, unit| {
            let value = policy.value(name).filter(|known| known.unit == unit);
            value
                .and_then(|known| u16::try_from(known.value).ok())
                .ok_or(UnusableRules::Missing(name))
        };
        Ok(Self {
            beyond_label: u64::from(whole("beyond_label", Unit::Percent)?),
            beyond_order: u64::from(whole("beyond_order", Unit::Percent)?),
            syringe_open: Span::from_hours(i64::from(whole("syringe_hours", Unit::Hours)?)),
            form_days: i32::from(whole("form_days", Unit::Days)?),
            inventory_days: i32::from(whole("inventory_days", Unit::Days)?),
            policy,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }

    /// How much more than its label may come out of a container.
    pub fn beyond_label(&self, fill: Microlitres) -> Microlitres {
        Microlitres::new(fill.count().saturating_mul(self.beyond_label) / 100)
    }

    /// How much may be drawn for an ordered dose without a reason.
    pub fn most_for(&self, ordered: Micrograms) -> Micrograms {
        let more = ordered.count().saturating_mul(self.beyond_order) / 100;
        ordered.with(Micrograms::new(more))
    }
}
