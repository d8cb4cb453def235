//! The clinic's own values inside what a policy permits, and the rules a session keeps.

use super::{Given, Policy, Quantity, Requirement, UnreadablePolicy};
use crate::course::screening::person::{Product, Route};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A policy file that ships inside the program.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// The file's name, with its folder.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Its cases: the witness beside it.
    pub cases: &'static str,
}

macro_rules! built_in {
    ($name:literal) => {
        BuiltIn {
            file: concat!("policies/", $name, ".toml"),
            text: include_str!(concat!("../../../../policies/", $name, ".toml")),
            cases: include_str!(concat!("../../../../policies/", $name, ".cases.toml")),
        }
    };
}

macro_rules! protocol {
    ($name:literal) => {
        BuiltIn {
            file: concat!("protocols/", $name, ".toml"),
            text: include_str!(concat!("../../../../protocols/", $name, ".toml")),
            cases: include_str!(concat!("../../../../protocols/", $name, ".cases.toml")),
        }
    };
}

/// Every policy of the session that ships, and every protocol of dosing.
pub const BUILT_IN: [BuiltIn; 23] = [
    protocol!("racemic-intravenous"),
    built_in!("agreement"),
    built_in!("time-out"),
    built_in!("room-ready"),
    built_in!("room-ready-esketamine"),
    built_in!("programme-esketamine"),
    built_in!("patient-signal"),
    built_in!("fasting"),
    built_in!("pre-dose-blood-pressure"),
    built_in!("monitoring-schedule"),
    built_in!("monitoring-injection"),
    built_in!("monitoring-nasal"),
    built_in!("monitoring-by-mouth"),
    built_in!("monitoring-esketamine"),
    built_in!("escalation"),
    built_in!("discharge"),
    built_in!("fasting-esketamine"),
    built_in!("fasting-other-ways"),
    protocol!("racemic-intramuscular"),
    protocol!("racemic-subcutaneous"),
    protocol!("racemic-intranasal"),
    protocol!("racemic-oral"),
    protocol!("esketamine-intranasal"),
];

/// A policy with the values that a clinic has adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedPolicy {
    policy: Arc<Policy>,
    values: BTreeMap<String, Quantity>,
}

/// The clinic's own values, by policy and parameter.
pub type OwnValues = BTreeMap<String, BTreeMap<String, Quantity>>;

/// Values that a policy does not permit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy {policy} does not permit {parameter} = {value}")]
pub struct NotAdoptable {
    /// The policy.
    pub policy: String,
    /// The parameter.
    pub parameter: String,
    /// What was asked for.
    pub value: String,
}

impl AdoptedPolicy {
    /// Adopts a policy with some values of the clinic's own.
    ///
    /// Refuses a value outside the policy's permitted range, and a parameter it does not have.
    pub fn adopt(
        policy: Arc<Policy>,
        values: BTreeMap<String, Quantity>,
    ) -> Result<Self, NotAdoptable> {
        for (name, value) in &values {
            let permitted = policy
                .parameters
                .get(name)
                .is_some_and(|parameter| parameter.permits(*value));
            if !permitted {
                return Err(NotAdoptable {
                    policy: policy.id.clone(),
                    parameter: name.clone(),
                    value: value.to_string(),
                });
            }
        }
        Ok(Self { policy, values })
    }

    /// The same policy with other values of the clinic's own; refuses as [`Self::adopt`] does.
    pub fn with(&self, values: BTreeMap<String, Quantity>) -> Result<Self, NotAdoptable> {
        Self::adopt(Arc::clone(&self.policy), values)
    }

    /// The policy's name.
    pub fn id(&self) -> &str {
        &self.policy.id
    }
    /// The clinic's own values: those that differ from the shipped ones.
    pub const fn own(&self) -> &BTreeMap<String, Quantity> {
        &self.values
    }
    /// The policy's version.
    pub fn version(&self) -> u32 {
        self.policy.version
    }
    /// Where the policy comes from.
    pub fn source(&self) -> &str {
        &self.policy.source
    }
    /// The policy as it ships.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
    /// What must be true.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.policy.requirements.iter()
    }
    /// The value in force.
    pub fn value(&self, parameter: &str) -> Option<Quantity> {
        self.values.get(parameter).copied().or_else(|| {
            self.policy
                .parameters
                .get(parameter)
                .map(|known| known.value)
        })
    }
    /// A sentence with `{parameter}` filled in.
    pub fn fill(&self, sentence: &str) -> String {
        self.policy
            .parameters
            .keys()
            .fold(sentence.to_owned(), |text, name| {
                let value = self
                    .value(name)
                    .map_or_else(String::new, |value| value.to_string());
                text.replace(&format!("{{{name}}}"), &value)
            })
    }
}

/// The rules in force for one session: sessions under way keep the ones they began with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules(Vec<AdoptedPolicy>);

/// Which policy, in which version, with which values of the clinic's own: as the record keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesInForce {
    /// The policy's name.
    pub policy: String,
    /// Its version.
    pub version: u32,
    /// Values that differ from the shipped ones.
    pub values: BTreeMap<String, Quantity>,
}

impl Rules {
    /// Those that are about a way of giving: what names no ways is about all of them.
    pub fn of_way(&self, product: Product, route: Route) -> Self {
        let about =
            |policy: &&AdoptedPolicy| {
                policy.policy().ways.as_ref().is_none_or(|ways| {
                    ways.products.contains(&product) && ways.routes.contains(&route)
                })
            };
        Self(self.0.iter().filter(about).cloned().collect())
    }

    /// The protocol of dosing for a way of giving; none where this clinic does not give it so.
    pub fn protocol(&self, product: Product, route: Route) -> Option<(&AdoptedPolicy, Given)> {
        self.0.iter().find_map(|policy| {
            let ways = policy.policy().ways.as_ref()?;
            let about = ways.products.contains(&product) && ways.routes.contains(&route);
            Some((policy, ways.giving.filter(|_| about)?))
        })
    }

    /// Built from adopted policies.
    pub fn new(policies: Vec<AdoptedPolicy>) -> Self {
        Self(policies)
    }

    /// The shipped policies with their shipped values.
    pub fn shipped() -> Result<Self, UnreadablePolicy> {
        BUILT_IN
            .iter()
            .map(|built_in| {
                let policy = Arc::new(Policy::read(built_in.text)?);
                Ok(AdoptedPolicy {
                    policy,
                    values: BTreeMap::new(),
                })
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Self)
    }

    /// The same rules with the clinic's own values; what is named of other policies is not read.
    ///
    /// Refuses a value outside its policy's permitted range.
    pub fn adopted(&self, own: &OwnValues) -> Result<Self, NotAdoptable> {
        self.0
            .iter()
            .map(|policy| policy.with(own.get(policy.id()).cloned().unwrap_or_default()))
            .collect::<Result<Vec<_>, _>>()
            .map(Self)
    }

    /// The rules that a session recorded when it was planned.
    ///
    /// Refuses a policy or version that this program does not ship any more, and values that the
    /// policy does not permit: a session under way is then not judged by other rules in silence.
    pub fn recorded(in_force: &[RulesInForce]) -> Result<Self, UnreadablePolicy> {
        let shipped = Self::shipped()?;
        in_force
            .iter()
            .map(|recorded| {
                let unreadable = |reason: String| UnreadablePolicy {
                    policy: recorded.policy.clone(),
                    reason,
                };
                let known = shipped
                    .0
                    .iter()
                    .find(|known| {
                        known.id() == recorded.policy && known.version() == recorded.version
                    })
                    .ok_or_else(|| {
                        unreadable(format!("version {} is not known here", recorded.version))
                    })?;
                AdoptedPolicy::adopt(Arc::clone(&known.policy), recorded.values.clone())
                    .map_err(|error| unreadable(error.to_string()))
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Self)
    }

    /// Every policy.
    pub fn policies(&self) -> &[AdoptedPolicy] {
        &self.0
    }

    /// The value of a parameter in a policy, if both exist.
    pub fn value(&self, policy: &str, parameter: &str) -> Option<Quantity> {
        self.0
            .iter()
            .find(|known| known.id() == policy)?
            .value(parameter)
    }

    /// What the record keeps of these rules.
    pub fn in_force(&self) -> Vec<RulesInForce> {
        self.0
            .iter()
            .map(|adopted| RulesInForce {
                policy: adopted.id().to_owned(),
                version: adopted.version(),
                values: adopted.values.clone(),
            })
            .collect()
    }
}
