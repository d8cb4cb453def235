//! What someone wants of a clearance.

use super::paper::Paper;
use crate::course::screening::person::{Product, Route};
use crate::patient::CivilDate;
use crate::record::{ClearanceId, CommandId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What someone wants. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Ask for a clearance, or open a place for one that was brought unasked.
    RequestClearance {
        /// The request's identity, made by the client.
        clearance: ClearanceId,
        /// The requirements that it is to lift.
        about: Vec<String>,
        /// Whose it must be, in the words of the rules.
        from: String,
        /// To whom it goes.
        recipient: Recipient,
        /// What is to be given.
        product: Product,
        /// How.
        route: Route,
        /// What the recipient is asked besides; may be empty.
        question: String,
        /// The paper is here already: nothing is sent, nobody is chased.
        brought: bool,
    },
    /// Note that the request was sent, or sent again, or that its recipient was called.
    NoteSent {
        /// Which.
        clearance: ClearanceId,
        /// How.
        way: Way,
        /// On which day.
        on: CivilDate,
        /// What was said, if anything; may be empty.
        note: String,
    },
    /// Send the letter by e-mail, now. It tells of health: the address is checked first.
    SendByMail {
        /// Which.
        clearance: ClearanceId,
        /// The e-mail's identity.
        mail: CommandId,
        /// Which try at this command hands it over.
        attempt: Uuid,
        /// To which address.
        to: String,
        /// The sender says that the address was checked with the recipient's practice.
        checked: bool,
        /// Who there confirmed it, and how.
        checked_with: String,
    },
    /// Take in the paper that came.
    ReceiveClearance {
        /// Which.
        clearance: ClearanceId,
        /// The paper.
        paper: Paper,
        /// The date on it; `None` when it has none or cannot be read.
        dated: Option<CivilDate>,
        /// Who signed it, as it stands there.
        signed_by: String,
    },
    /// Say which date is on the paper: it was not known, or was written down wrongly.
    DateClearance {
        /// Which.
        clearance: ClearanceId,
        /// The date on it.
        dated: CivilDate,
        /// How that is known.
        reason: String,
    },
    /// Accept the newest paper, with a signature.
    AcceptClearance {
        /// Which.
        clearance: ClearanceId,
        /// The words that are signed.
        statement: String,
    },
    /// Do not accept the newest paper, or take an acceptance back.
    RejectClearance {
        /// Which.
        clearance: ClearanceId,
        /// Why.
        reason: String,
    },
    /// Wait for it no longer.
    WithdrawClearance {
        /// Which.
        clearance: ClearanceId,
        /// Why.
        reason: String,
    },
}

/// To whom a request goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// By name, or the practice's name.
    pub name: String,
    /// For e-mail, where it is known.
    #[serde(default)]
    pub email: Option<String>,
}

/// How a request reached its recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By post.
    Post,
    /// By fax.
    Fax,
    /// By e-mail.
    Email,
    /// The patient took it along.
    ByHand,
    /// By telephone.
    Telephone,
}

impl Recipient {
    /// True for an address with something on both sides of one @; whether it exists is told by
    /// the mail.
    pub fn is_address(text: &str) -> bool {
        let whole = |part: &str| !part.is_empty() && !part.contains(['@', ' ', ',', ';', '<', '>']);
        text.split_once('@')
            .is_some_and(|(name, house)| whole(name) && whole(house) && house.contains('.'))
    }
}

impl Way {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Post,
        Self::Fax,
        Self::Email,
        Self::ByHand,
        Self::Telephone,
    ];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Fax => "fax",
            Self::Email => "email",
            Self::ByHand => "by-hand",
            Self::Telephone => "telephone",
        }
    }

    /// In words: `by post`.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Post => "by post",
            Self::Fax => "by fax",
            Self::Email => "by e-mail",
            Self::ByHand => "by hand, with the patient",
            Self::Telephone => "by telephone",
        }
    }

    /// The one of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

impl Command {
    /// Which request it is about.
    pub const fn clearance(&self) -> ClearanceId {
        match self {
            Self::RequestClearance { clearance, .. }
            | Self::NoteSent { clearance, .. }
            | Self::SendByMail { clearance, .. }
            | Self::ReceiveClearance { clearance, .. }
            | Self::DateClearance { clearance, .. }
            | Self::AcceptClearance { clearance, .. }
            | Self::RejectClearance { clearance, .. }
            | Self::WithdrawClearance { clearance, .. } => *clearance,
        }
    }
}
