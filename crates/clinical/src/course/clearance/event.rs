//! What became true about a clearance.

use super::command::{Recipient, Way};
use super::paper::Paper;
use crate::course::screening::person::{Product, Route};
use crate::patient::CivilDate;
use crate::record::{ClearanceId, CommandId, Recorded, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What became true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ClearanceEvent {
    /// A clearance was asked for.
    ClearanceRequested {
        /// Which.
        clearance: ClearanceId,
        /// What was asked, and of whom.
        asked: Box<Asked>,
    },
    /// The request went out, once more or for the first time.
    ClearanceSent {
        /// Which.
        clearance: ClearanceId,
        /// How.
        way: Way,
        /// On which day.
        on: CivilDate,
        /// What was said.
        note: String,
    },
    /// Somebody sent the letter by e-mail to a checked address. It is written down before it leaves.
    ClearanceMailed {
        /// Which.
        clearance: ClearanceId,
        /// The e-mail's identity: the command that wanted it.
        mail: CommandId,
        /// Which try at that command hands it over, so that no two do.
        attempt: Uuid,
        /// To which address.
        to: String,
        /// Who at the recipient's confirmed the address, and how.
        checked_with: String,
    },
    /// The clinic's mail server took the e-mail. Whether it was read, nobody knows.
    ClearanceMailTaken {
        /// Which.
        clearance: ClearanceId,
        /// Which e-mail.
        mail: CommandId,
        /// On which day.
        on: CivilDate,
        /// What the mail server answered.
        receipt: String,
    },
    /// The e-mail was not taken.
    ClearanceMailFailed {
        /// Which.
        clearance: ClearanceId,
        /// Which e-mail.
        mail: CommandId,
        /// Why, in words.
        why: String,
    },
    /// A paper came.
    ClearanceReceived {
        /// Which.
        clearance: ClearanceId,
        /// The paper.
        paper: Paper,
        /// The date on it; `None` when it is not known.
        dated: Option<CivilDate>,
        /// Who signed it.
        signed_by: String,
    },
    /// The date on the newest paper is another than was written down, or is known now.
    ClearanceDated {
        /// Which.
        clearance: ClearanceId,
        /// The date on it.
        dated: CivilDate,
        /// What stood there before.
        before: Option<CivilDate>,
        /// How that is known.
        reason: String,
    },
    /// A prescriber accepted the newest paper.
    ClearanceAccepted {
        /// Which.
        clearance: ClearanceId,
        /// The date on the paper that was accepted.
        dated: CivilDate,
        /// How many days such a letter held by the rules of that moment; lists count with it,
        /// screening counts with the rules of its own moment.
        holds_days: i32,
        /// The role that signed.
        role: Role,
        /// The words that were signed.
        statement: String,
    },
    /// A prescriber did not accept the newest paper, or took an acceptance back.
    ClearanceRejected {
        /// Which.
        clearance: ClearanceId,
        /// Why.
        reason: String,
    },
    /// Nobody waits for it any longer.
    ClearanceWithdrawn {
        /// Which.
        clearance: ClearanceId,
        /// Why.
        reason: String,
    },
}

/// What was asked, and of whom, as the rules stood then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The requirements that it is to lift.
    pub about: Vec<Lifts>,
    /// Whose it must be, in the words of the rules.
    pub from: String,
    /// To whom it went.
    pub recipient: Recipient,
    /// What was to be given.
    pub product: Product,
    /// How.
    pub route: Route,
    /// What the recipient was asked besides.
    pub question: String,
    /// It was here already.
    pub brought: bool,
    /// After how many days without an answer it is asked again.
    pub chase_days: i32,
}

/// A requirement that a clearance is to lift, in the words of its rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifts {
    /// The requirement.
    pub requirement: String,
    /// Its short name in the reference, where it has one.
    pub code: String,
    /// What it says.
    pub says: String,
    /// What the rule wants of the letter.
    pub remedy: String,
    /// The policy it stands in.
    pub policy: String,
    /// That policy's version.
    pub version: u32,
}

impl Lifts {
    /// The rule's short name, or the requirement where it has none.
    pub fn short(&self) -> &str {
        match self.code.as_str() {
            "" => &self.requirement,
            code => code,
        }
    }
}

impl Recorded for ClearanceEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ClearanceRequested { .. } => "ClearanceRequested",
            Self::ClearanceSent { .. } => "ClearanceSent",
            Self::ClearanceMailed { .. } => "ClearanceMailed",
            Self::ClearanceMailTaken { .. } => "ClearanceMailTaken",
            Self::ClearanceMailFailed { .. } => "ClearanceMailFailed",
            Self::ClearanceReceived { .. } => "ClearanceReceived",
            Self::ClearanceDated { .. } => "ClearanceDated",
            Self::ClearanceAccepted { .. } => "ClearanceAccepted",
            Self::ClearanceRejected { .. } => "ClearanceRejected",
            Self::ClearanceWithdrawn { .. } => "ClearanceWithdrawn",
        }
    }
}
