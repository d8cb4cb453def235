//! What became true about a person's acceptance for treatment.

use super::command::{PassOver, Plan};
use super::verdict::Screening;
use crate::record::{Recorded, Role};
use serde::{Deserialize, Serialize};

/// What became true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ScreeningEvent {
    /// The rules were asked, and this is their answer.
    ScreeningMade {
        /// The whole answer.
        screening: Box<Screening>,
    },
    /// A prescriber accepted the person for treatment.
    EligibilityConfirmed {
        /// The answer that allowed it.
        screening: Box<Screening>,
        /// A plan for each caution.
        plans: Vec<Plan>,
        /// The holds that were passed over, each with its reason.
        passed: Vec<PassOver>,
        /// The role that signed.
        role: Role,
        /// The words that were signed.
        statement: String,
    },
    /// A prescriber decided against treatment.
    TreatmentDeclined {
        /// Why.
        reason: String,
    },
}

impl Recorded for ScreeningEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ScreeningMade { .. } => "ScreeningMade",
            Self::EligibilityConfirmed { .. } => "EligibilityConfirmed",
            Self::TreatmentDeclined { .. } => "TreatmentDeclined",
        }
    }
}
