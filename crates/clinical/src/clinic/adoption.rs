//! Adopting a policy: the medical director signs for the clinic's own values, inside what the
//! policy permits.

use super::{Adoption, Clinic, ClinicEvent};
use crate::policy::{AdoptedPolicy, NotAdoptable, Quantity, Range};
use crate::record::{Actor, Role};
use std::collections::BTreeMap;
use units::Moment;

/// What someone wants to adopt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopt {
    /// The policy's version that was on the page.
    pub version: u32,
    /// The values that were in force when the page was made: what is signed is a change of these.
    pub before: BTreeMap<String, Quantity>,
    /// The values from now on, by parameter; what is not named stays as shipped.
    pub values: BTreeMap<String, Quantity>,
    /// Their own name, as they typed it.
    pub signed_as: String,
    /// The words that they sign.
    pub statement: String,
}

/// Why a policy was not adopted. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdoptionRefused {
    /// Only the medical director adopts rules.
    #[error("Not saved: only the medical director adopts the clinic's rules.")]
    NotTheMedicalDirector,
    /// A value is outside what the policy permits.
    #[error(
        "Not saved: {says} may be {} to {}, and {value} is outside. The range comes from: {source_of_range}.",
        range.at_least,
        range.at_most
    )]
    NotPermitted {
        /// The parameter.
        parameter: String,
        /// The parameter in words.
        says: String,
        /// What was asked for.
        value: String,
        /// What is permitted.
        range: Box<Range>,
        /// Where the range comes from.
        source_of_range: String,
    },
    /// The policy has no such parameter.
    #[error("Not saved: the rule has no value called {0}.")]
    NoSuchParameter(String),
    /// Somebody adopted other values, or a newer version came, since the page was made.
    #[error(
        "Not saved: the values in force changed while this page was open. Look at them again, and at whom a change would affect."
    )]
    ChangedMeanwhile,
    /// The values are the ones in force, and they are signed for.
    #[error("Nothing to save: these are the values that the clinic has adopted.")]
    NothingChanged,
    /// The name is not the signer's own.
    #[error("Not saved: sign with your own name, as it stands at the top of the page.")]
    NameDiffers,
    /// There are no words that are signed.
    #[error("Not saved: the statement that is signed is missing.")]
    StatementMissing,
}

/// Decides an adoption. `policy` is the policy as it is in force.
///
/// Pure: the same clinic, wish and moment give the same event.
// Hazard: H27
pub fn adopt(
    clinic: &Clinic,
    policy: &AdoptedPolicy,
    wanted: Adopt,
    actor: &Actor,
    at: Moment,
) -> Result<ClinicEvent, AdoptionRefused> {
    let name = medical_director(actor)?;
    if wanted.version != policy.version() || wanted.before != *policy.own() {
        return Err(AdoptionRefused::ChangedMeanwhile);
    }
    let mut values = wanted.values;
    // What is as shipped is not the clinic's own.
    values.retain(|parameter, value| {
        let shipped = policy.policy().parameters.get(parameter);
        shipped.is_none_or(|shipped| shipped.value != *value)
    });
    let proposed = policy
        .with(values)
        .map_err(|refused| outside(policy, refused))?;
    if proposed.own() == policy.own() && is_signed(clinic.adopted.get(policy.id()), policy) {
        return Err(AdoptionRefused::NothingChanged);
    }
    if !wanted.signed_as.trim().eq_ignore_ascii_case(name.trim()) {
        return Err(AdoptionRefused::NameDiffers);
    }
    let statement = wanted.statement.trim();
    if statement.is_empty() {
        return Err(AdoptionRefused::StatementMissing);
    }
    Ok(ClinicEvent::PolicyAdopted {
        policy: policy.id().to_owned(),
        version: policy.version(),
        values: written_values(proposed.own()),
        signed_by: name.to_owned(),
        statement: statement.to_owned(),
        at,
    })
}

/// True when the newest adoption is of this version with these values.
fn is_signed(newest: Option<&Adoption>, policy: &AdoptedPolicy) -> bool {
    newest.is_some_and(|adoption| {
        adoption.version == policy.version() && adoption.values == written_values(policy.own())
    })
}

fn medical_director(actor: &Actor) -> Result<&str, AdoptionRefused> {
    match actor {
        Actor::Person { role, name, .. } => match role {
            Role::MedicalDirector => Ok(name),
            Role::Patient
            | Role::FrontDesk
            | Role::Nurse
            | Role::Prescriber
            | Role::Therapist
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => Err(AdoptionRefused::NotTheMedicalDirector),
        },
        Actor::Device { .. } | Actor::System { .. } => Err(AdoptionRefused::NotTheMedicalDirector),
    }
}

fn outside(policy: &AdoptedPolicy, refused: NotAdoptable) -> AdoptionRefused {
    match policy.policy().parameters.get(&refused.parameter) {
        None => AdoptionRefused::NoSuchParameter(refused.parameter),
        Some(known) => AdoptionRefused::NotPermitted {
            parameter: refused.parameter,
            says: known.says.clone(),
            value: refused.value,
            range: Box::new(known.may_be.clone()),
            source_of_range: known.source.clone(),
        },
    }
}

/// Values as an adoption keeps them: each with its unit, `{"hours":"8"}`.
pub fn written_values(values: &BTreeMap<String, Quantity>) -> BTreeMap<String, String> {
    values
        .iter()
        // A unit's name and a decimal are texts: writing them cannot fail. An empty text would be
        // refused when read.
        .map(|(name, value)| {
            (
                name.clone(),
                serde_json::to_string(value).unwrap_or_default(),
            )
        })
        .collect()
}

/// The values of an adoption. Refuses a text that is no number with a unit.
pub fn own_values(adoption: &Adoption) -> Result<BTreeMap<String, Quantity>, NotAdoptable> {
    adoption
        .values
        .iter()
        .map(|(parameter, text)| {
            let value = serde_json::from_str(text).map_err(|_| NotAdoptable {
                policy: adoption.policy.clone(),
                parameter: parameter.clone(),
                value: text.clone(),
            })?;
            Ok((parameter.clone(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests;
