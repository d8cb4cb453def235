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

impl Refusal {
    /// One plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::NotAPrescriber => {
                "Only a prescriber or the medical director decides about treatment.".to_owned()
            }
            Self::NotAsked => "The rules were not asked yet. Choose what is planned.".to_owned(),
            Self::NotAGateOfScreening => "This gate is none of screening.".to_owned(),
            Self::AnswerChanged { screening } => format!(
                "Nothing was signed: answers or rules have changed since this page was shown. \
                 The answer now: {}. Read it again.",
                match screening.blocking().count() {
                    0 => "nothing blocks".to_owned(),
                    1 => "one rule blocks".to_owned(),
                    blocking => format!("{blocking} rules block"),
                }
            ),
            Self::Blocked { requirements } => format!(
                "Nothing was signed: {} {}.",
                requirements.join(", "),
                if requirements.len() == 1 {
                    "blocks"
                } else {
                    "block"
                }
            ),
            Self::MayNotPass { requirement } => {
                format!("Nothing was signed: {requirement} may not be passed over by your role.")
            }
            Self::SecondClinicianNeeded { requirement } => format!(
                "Nothing was signed: passing over {requirement} needs a second clinician, \
                 another than you, by name."
            ),
            Self::PlansMissing { requirements } => format!(
                "Nothing was signed: write a plan for {}.",
                requirements.join(", ")
            ),
            Self::WordsMissing => {
                "Nothing was signed: a reason, a plan or the words to sign are missing.".to_owned()
            }
        }
    }
}
