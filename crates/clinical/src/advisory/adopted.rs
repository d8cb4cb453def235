//! The limits with the values that a clinic has adopted, as one of its policies.

use super::{Beyond, Condition, Limits, Rule, UnreadableLimits};
use crate::clinic::{Clinic, own_values};
use crate::course::session::{Session, SessionEvent};
use crate::policy::{AdoptedPolicy, NotAdoptable, Parameter, Policy, Quantity, Range, Unit};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Moment;

/// The policy's name.
pub const POLICY: &str = "advisory-limits";

/// The limits in force, and the policy by which a medical director changes them.
///
/// Every limit is a parameter by its [`Rule::name`]; one without a permitted range is fixed.
/// Source: clinical reference §4.3 (limits and ranges), §13.4 of the device reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRules {
    policy: AdoptedPolicy,
    shipped: Arc<Limits>,
    limits: Arc<Limits>,
}

impl LimitRules {
    /// The limits as shipped.
    pub fn shipped() -> Result<Self, UnreadableLimits> {
        let shipped = Arc::new(Limits::shipped()?);
        let policy = AdoptedPolicy::adopt(Arc::new(as_policy(&shipped)), BTreeMap::new())
            .map_err(|error| UnreadableLimits(error.to_string()))?;
        Ok(Self {
            policy,
            limits: Arc::clone(&shipped),
            shipped,
        })
    }

    /// The same limits with the clinic's own values instead of those now in force.
    ///
    /// Refuses what [`AdoptedPolicy::adopt`] and [`Limits::adopt`] refuse.
    pub fn with(&self, own: BTreeMap<String, Quantity>) -> Result<Self, NotAdoptable> {
        let policy = self.policy.with(own)?;
        let values = policy
            .own()
            .iter()
            .map(|(name, value)| (name.clone(), value.value.to_string()))
            .collect();
        let limits = Limits::clone(&self.shipped)
            .adopt(&values)
            .map_err(|refused| NotAdoptable {
                policy: POLICY.to_owned(),
                parameter: refused.name,
                value: refused.value,
            })?;
        Ok(Self {
            policy,
            shipped: Arc::clone(&self.shipped),
            limits: Arc::new(limits),
        })
    }

    /// The limits as the clinic has adopted them.
    pub const fn limits(&self) -> &Arc<Limits> {
        &self.limits
    }

    /// The policy with the clinic's own values.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }

    /// The limits by which a session is watched: those in force when the person came in.
    ///
    /// An adoption while somebody is in the room counts from the next person on: no notice about
    /// a person under drug goes quiet, and none comes up, because a form was signed elsewhere.
    /// Derived from the record alone, so that a restart and a later reading find the same. An
    /// adoption that this release does not permit counts as none, as it does everywhere.
    // Hazard: H27
    pub fn of_session(&self, clinic: &Clinic, session: &Session) -> Arc<Limits> {
        let Some(came_in) = came_in(session) else {
            return Arc::clone(&self.limits);
        };
        let mut adoptions = clinic
            .adoptions
            .iter()
            .filter(|adoption| adoption.policy == POLICY)
            .peekable();
        let changed_since = adoptions.clone().any(|adoption| adoption.at > came_in);
        if adoptions.peek().is_none() || !changed_since {
            return Arc::clone(&self.limits);
        }
        adoptions
            .take_while(|adoption| adoption.at <= came_in)
            .last()
            .and_then(|adoption| self.with(own_values(adoption).ok()?).ok())
            .map_or_else(|| Arc::clone(&self.shipped), |then| then.limits)
    }
}

/// When the server learned that the person is in the room.
fn came_in(session: &Session) -> Option<Moment> {
    session.entries.iter().find_map(|entry| {
        matches!(entry.event, SessionEvent::PatientCheckedIn { .. }).then_some(entry.recorded_at)
    })
}

/// The limits as the policy that a clinic adopts.
fn as_policy(limits: &Limits) -> Policy {
    let parameters = limits
        .rules
        .iter()
        .map(|rule| (rule.name(), parameter(rule)));
    Policy {
        id: limits.id.clone(),
        version: limits.version,
        title: limits.title.clone(),
        applies_to: limits.applies_to.clone(),
        source: limits.source.clone(),
        ways: None,
        parameters: parameters.collect(),
        requirements: Vec::new(),
    }
}

fn parameter(rule: &Rule) -> Parameter {
    let unit = unit(rule.condition);
    let quantity = |value| Quantity { value, unit };
    let limit = rule.beyond.limit();
    let (at_least, at_most) = rule.may_be.unwrap_or((limit, limit));
    let condition = rule.condition.says();
    let condition = condition
        .split_once(':')
        .map_or(condition, |(what, _)| what);
    let beyond = match rule.beyond {
        Beyond::Below(_) => "below",
        Beyond::AtMost(_) => "at most",
        Beyond::Above(_) => "above",
        Beyond::AtLeast(_) => "at least",
    };
    Parameter {
        says: format!("{condition} ({}), {beyond}", rule.tier.word()),
        value: quantity(limit),
        may_be: Range {
            at_least: quantity(at_least),
            at_most: quantity(at_most),
        },
        source: rule.source.clone(),
        unverified: rule.unverified,
    }
}

const fn unit(condition: Condition) -> Unit {
    match condition {
        Condition::OxygenSaturationLow => Unit::Percent,
        Condition::HeartRateHigh
        | Condition::HeartRateLow
        | Condition::RespiratoryRateLow
        | Condition::RespiratoryRateHigh => Unit::PerMinute,
        Condition::SystolicHigh
        | Condition::DiastolicHigh
        | Condition::SystolicLow
        | Condition::SystolicRise
        | Condition::DiastolicRise
        | Condition::EndTidalCarbonDioxideHigh => Unit::MillimetresOfMercury,
        // Breaths in a minute or a pressure: both are zero here.
        Condition::NoBreath
        | Condition::SaturationSignalLost
        | Condition::FeedStale
        | Condition::ReadingOverdue
        | Condition::ResponsivenessOverdue
        | Condition::DistressOverdue => Unit::Count,
    }
}

#[cfg(test)]
mod tests;
