//! What someone wants of a screening.

use super::person::Visit;
use crate::policy::Gate;
use serde::{Deserialize, Serialize};

/// What someone wants. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Ask the rules, with what is known now.
    AskRules {
        /// For which visit.
        visit: Visit,
        /// At which gate.
        gate: Gate,
    },
    /// Accept the person for treatment, with a plan for each caution, a reason for each hold that
    /// is passed over, and a signature.
    ConfirmEligibility {
        /// A plan for each caution.
        plans: Vec<Plan>,
        /// A reason for each hold that is passed over.
        passed: Vec<PassOver>,
        /// The words that are signed.
        statement: String,
    },
    /// Do not treat, whatever the rules say.
    DeclineTreatment {
        /// Why, in words.
        reason: String,
    },
}

/// What will be done about a caution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The caution.
    pub requirement: String,
    /// The plan, in words.
    pub plan: String,
}

/// Passing over a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassOver {
    /// The hold.
    pub requirement: String,
    /// Why, in words.
    pub reason: String,
    /// The second clinician, where the rule asks for one.
    #[serde(default)]
    pub second_clinician: Option<String>,
}
