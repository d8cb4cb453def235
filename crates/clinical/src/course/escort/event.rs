//! What can become true of asking whoever takes a person home. A closed list.

use crate::course::preparation::{Escort, Ride};
use crate::leaflet::Language;
use crate::record::Recorded;
use serde::{Deserialize, Serialize};
use units::Moment;
use uuid::Uuid;

/// How the link reaches them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Way {
    /// As a text message to their number.
    TextMessage,
    /// As an e-mail.
    Email {
        /// To this address.
        address: String,
    },
    /// As a picture on a screen of the clinic, which they read with their own phone.
    Shown,
}

/// Whether they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "kebab-case")]
pub enum Comes {
    /// They are an adult, and take the person home.
    Yes {
        /// How.
        ride: Ride,
    },
    /// They cannot.
    No,
}

/// An event of asking an escort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum EscortEvent {
    /// They were asked; whoever was asked before is not any more.
    EscortAsked {
        /// Its identity: the link is made from it when it leaves, and stands in no record.
        ask: Uuid,
        /// Whom.
        escort: Escort,
        /// How.
        way: Way,
        /// In which language.
        language: Language,
    },
    /// They answered by their link; the newest answer holds.
    EscortAnswered {
        /// To which.
        ask: Uuid,
        /// What.
        comes: Comes,
        /// For a visit that begins then.
        starts: Moment,
    },
    /// They opened the instructions after the drug had ended.
    EscortReadInstructions {
        /// By which link.
        ask: Uuid,
    },
    /// The link opens nothing any more.
    EscortLinkClosed {
        /// Which.
        ask: Uuid,
        /// Why, in words.
        why: String,
    },
}

impl Recorded for EscortEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::EscortAsked { .. } => "EscortAsked",
            Self::EscortAnswered { .. } => "EscortAnswered",
            Self::EscortReadInstructions { .. } => "EscortReadInstructions",
            Self::EscortLinkClosed { .. } => "EscortLinkClosed",
        }
    }
}
