//! Two records of one person: proposed by one member of staff, confirmed by another, and undone
//! without a trace being lost.

use super::{Patient, PatientEvent};
use crate::record::{Actor, PatientId, Role, StaffId};
use serde::{Deserialize, Serialize};
use units::Moment;

/// What someone wants of two records. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeCommand {
    /// Say that they are one person, and why; somebody else confirms it.
    Propose {
        /// Why, in words.
        reason: String,
    },
    /// Confirm what was proposed.
    Confirm,
    /// Say that they are two people after all.
    Decline {
        /// Why, in words.
        reason: String,
    },
    /// Take two records apart that were merged.
    Undo {
        /// Why, in words.
        reason: String,
    },
}

/// Two records that somebody takes for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeProposal {
    /// The record that would lead to the other one.
    pub from: PatientId,
    /// The record that stays.
    pub into: PatientId,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub by: StaffId,
    /// Their name.
    pub name: String,
    /// When.
    pub at: Moment,
}

/// Two records that are one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The record that leads to the other one.
    pub from: PatientId,
    /// The record that stays.
    pub into: PatientId,
    /// Who confirmed it.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// Why it was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefused {
    /// This role may not do it.
    #[error("Not saved: {0}")]
    NotForThisRole(&'static str),
    /// One record, twice.
    #[error("Not saved: this is one record, not two.")]
    SameRecord,
    /// One of the two is not registered.
    #[error("Not saved: one of the two records is not registered here.")]
    NotRegistered,
    /// One of the two was merged already, or holds another one.
    #[error(
        "Not saved: one of the two records was merged before. Open the record that stays, or undo the earlier merge first."
    )]
    MergedBefore,
    /// Nobody proposed it, or it was answered.
    #[error("Not saved: nobody has proposed to merge these two, or it was answered meanwhile.")]
    NotProposed,
    /// Another proposal waits for an answer.
    #[error("Not saved: a proposal for one of these records waits for an answer first.")]
    AnotherProposed,
    /// Who proposes does not confirm.
    #[error(
        "Not saved: a second person confirms. You proposed it; ask a nurse, a prescriber or the medical director."
    )]
    ConfirmedByProposer,
    /// They are not merged.
    #[error("Not saved: these two records are not merged.")]
    NotMerged,
    /// A visit of one of them is under way.
    #[error(
        "Not saved: a visit of one of them is under way. Nothing about who somebody is changes during a visit; do it after they have left."
    )]
    VisitUnderWay,
    /// A reason has no words.
    #[error("Not saved: write why.")]
    ReasonMissing,
}

/// The two records and what surrounds them.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The record that leads to the other one.
    pub from: &'a Patient,
    /// The record that stays.
    pub into: &'a Patient,
    /// True while a visit of one of them is under way.
    pub visit_under_way: bool,
}

/// Decides a command about two records; the events belong into both streams.
// Hazard: H02
pub fn decide_merge(
    pair: Pair<'_>,
    command: MergeCommand,
    actor: &Actor,
    at: Moment,
) -> Result<Vec<PatientEvent>, MergeRefused> {
    let registered = |patient: &Patient| {
        let registration = patient.registration.as_ref();
        registration
            .map(|registration| registration.patient)
            .ok_or(MergeRefused::NotRegistered)
    };
    let (from, into) = (registered(pair.from)?, registered(pair.into)?);
    if from == into {
        return Err(MergeRefused::SameRecord);
    }
    let merged = matches!(&pair.from.merged, Some(merged) if merged.into == into);
    let proposed = pair
        .from
        .merge_proposed
        .as_ref()
        .filter(|proposal| proposal.from == from && proposal.into == into);
    let (id, name) = match command {
        MergeCommand::Propose { .. } => receives(actor)?,
        MergeCommand::Confirm | MergeCommand::Decline { .. } | MergeCommand::Undo { .. } => {
            confirms(actor)?
        }
    };
    match command {
        MergeCommand::Propose { reason } => {
            free_to_merge(pair)?;
            if pair.from.merge_proposed.is_some() || pair.into.merge_proposed.is_some() {
                return Err(MergeRefused::AnotherProposed);
            }
            Ok(vec![PatientEvent::MergeProposed {
                proposal: MergeProposal {
                    from,
                    into,
                    reason: words(&reason)?,
                    by: id,
                    name: name.to_owned(),
                    at,
                },
            }])
        }
        MergeCommand::Confirm => {
            free_to_merge(pair)?;
            let proposal = proposed.ok_or(MergeRefused::NotProposed)?;
            if proposal.by == id {
                return Err(MergeRefused::ConfirmedByProposer);
            }
            if pair.visit_under_way {
                return Err(MergeRefused::VisitUnderWay);
            }
            Ok(vec![PatientEvent::PatientMerged {
                from,
                into,
                at,
                by: name.to_owned(),
            }])
        }
        MergeCommand::Decline { reason } => {
            proposed.ok_or(MergeRefused::NotProposed)?;
            Ok(vec![PatientEvent::MergeDeclined {
                from,
                into,
                reason: words(&reason)?,
                at,
                by: name.to_owned(),
            }])
        }
        MergeCommand::Undo { reason } => {
            if !merged {
                return Err(MergeRefused::NotMerged);
            }
            if pair.visit_under_way {
                return Err(MergeRefused::VisitUnderWay);
            }
            Ok(vec![PatientEvent::MergeUndone {
                from,
                into,
                reason: words(&reason)?,
                at,
                by: name.to_owned(),
            }])
        }
    }
}

/// Two records that each stand by themselves. A chain would lead from one to a third, and undoing
/// its middle would leave nobody sure whose the ends are.
fn free_to_merge(pair: Pair<'_>) -> Result<(), MergeRefused> {
    let free =
        pair.from.merged.is_none() && pair.from.took_in.is_empty() && pair.into.merged.is_none();
    if free {
        Ok(())
    } else {
        Err(MergeRefused::MergedBefore)
    }
}

fn receives(actor: &Actor) -> Result<(StaffId, &str), MergeRefused> {
    let says = "merging two records is proposed by those who receive people.";
    match actor {
        Actor::Person { id, name, role } => match role {
            Role::FrontDesk
            | Role::Nurse
            | Role::Prescriber
            | Role::Therapist
            | Role::MedicalDirector => Ok((*id, name)),
            Role::Patient | Role::Owner | Role::Auditor | Role::IntegrationClient => {
                Err(MergeRefused::NotForThisRole(says))
            }
        },
        Actor::Device { .. } | Actor::System { .. } => Err(MergeRefused::NotForThisRole(says)),
    }
}

fn confirms(actor: &Actor) -> Result<(StaffId, &str), MergeRefused> {
    let says =
        "a nurse, a prescriber or the medical director decides whether two records are one person.";
    match actor {
        Actor::Person { id, name, role } => match role {
            Role::Nurse | Role::Prescriber | Role::MedicalDirector => Ok((*id, name)),
            Role::FrontDesk
            | Role::Therapist
            | Role::Patient
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => Err(MergeRefused::NotForThisRole(says)),
        },
        Actor::Device { .. } | Actor::System { .. } => Err(MergeRefused::NotForThisRole(says)),
    }
}

fn words(text: &str) -> Result<String, MergeRefused> {
    match text.trim() {
        "" => Err(MergeRefused::ReasonMissing),
        trimmed => Ok(trimmed.to_owned()),
    }
}

#[cfg(test)]
mod tests;
