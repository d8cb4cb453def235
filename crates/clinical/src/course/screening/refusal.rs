//! Why a person was not accepted, in words that a prescriber can read.

use super::verdict::Screening;
use serde::{Deserialize, Serialize};

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Only a prescriber or the medical director decides about treatment.
    NotAPrescriber,
    /// The rules were not asked yet.
    NotAsked,
    /// The gate is none of screening.
    NotAGateOfScreening,
    /// Answers or rules changed since the page was shown: this is the answer now.
    AnswerChanged {
        /// The answer now.
        screening: Box<Screening>,
    },
    /// These block, and nobody passed over them.
    Blocked {
        /// The requirements.
        requirements: Vec<String>,
    },
    /// This may not be passed over by this role, or by anyone.
    MayNotPass {
        /// The requirement.
        requirement: String,
    },
    /// The rule asks for a second clinician, another than the one who signs.
    SecondClinicianNeeded {
        /// The requirement.
        requirement: String,
    },
    /// These cautions have no plan.
    PlansMissing {
        /// The requirements.
        requirements: Vec<String>,
    },
    /// A reason, a plan or the statement has no words.
    WordsMissing,
}
