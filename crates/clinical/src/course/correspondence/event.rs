//! What can become true of a person's correspondence. A closed list.

use super::vocabulary::{Letter, Telling, Way};
use crate::record::Recorded;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event of a person's correspondence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum CorrespondenceEvent {
    /// The person agreed that somebody is told of them.
    TellingAgreed {
        /// Its identity.
        agreement: Uuid,
        /// To whom, and of what.
        telling: Telling,
    },
    /// The person took it back, on their phone or to staff.
    TellingTakenBack {
        /// Which.
        agreement: Uuid,
        /// In their words; may be empty.
        reason: String,
    },
    /// A letter was signed.
    LetterSigned {
        /// Its identity.
        letter: Uuid,
        /// The agreement that it rests on.
        agreement: Uuid,
        /// Every word of it.
        contents: Box<Letter>,
    },
    /// A letter left the house.
    LetterLeft {
        /// Which.
        letter: Uuid,
        /// How.
        way: Way,
        /// What was said of it; may be empty.
        note: String,
    },
}

impl Recorded for CorrespondenceEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::TellingAgreed { .. } => "TellingAgreed",
            Self::TellingTakenBack { .. } => "TellingTakenBack",
            Self::LetterSigned { .. } => "LetterSigned",
            Self::LetterLeft { .. } => "LetterLeft",
        }
    }
}
