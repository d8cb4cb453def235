//! Why a clearance was not asked, taken in or accepted, in words that staff can read.

use crate::patient::CivilDate;
use serde::{Deserialize, Serialize};

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Only clinical staff ask for letters and take them in.
    NotClinicalStaff,
    /// Only a prescriber or the medical director accepts a letter.
    NotAPrescriber,
    /// No requirement was named.
    AboutNothing,
    /// The rules know no such requirement.
    NoSuchRule {
        /// What was named.
        requirement: String,
    },
    /// The rule is not lifted by a letter of these.
    NotTheirs {
        /// The requirement.
        requirement: String,
        /// Whose letter was to be asked for.
        from: String,
        /// Whose letter lifts it; nobody's when empty.
        cleared_by: Vec<String>,
    },
    /// The same was asked of the same people, and is still open.
    AskedAlready {
        /// The requirement.
        requirement: String,
        /// Of whom.
        from: String,
    },
    /// A request of this identity is there already.
    Repeated,
    /// There is no such request.
    NoSuchRequest,
    /// Something that must have words has none.
    WordsMissing {
        /// What it is.
        what: String,
    },
    /// Nobody waits for it any longer.
    Withdrawn,
    /// It was accepted: a newer letter is a request of its own.
    Accepted,
    /// It was brought: there is no letter to send.
    NothingToSend,
    /// What was typed is no e-mail address.
    NotAnAddress {
        /// What was typed.
        text: String,
    },
    /// Nobody says that the address was checked with the practice.
    AddressNotChecked,
    /// Another e-mail with the same letter is on its way just now.
    BeingSent,
    /// No paper has come yet.
    NothingReceived,
    /// The date on the paper is not known: nobody can say how long it holds.
    DateUnknown,
    /// The day is not there yet.
    NotYet {
        /// The day.
        day: CivilDate,
    },
    /// It had expired before it was to be accepted.
    Expired {
        /// The last day on which it held.
        held_until: CivilDate,
    },
}

impl Refusal {
    /// One plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::NotClinicalStaff => {
                "Letters are asked for and taken in by nurses and prescribers.".to_owned()
            }
            Self::NotAPrescriber => {
                "Only a prescriber or the medical director decides about a letter.".to_owned()
            }
            Self::AboutNothing => "Tick at least one rule that the letter is to lift.".to_owned(),
            Self::NoSuchRule { requirement } => {
                format!("The rules know no {requirement}. Reload the page.")
            }
            Self::NotTheirs {
                requirement,
                from,
                cleared_by,
            } => match cleared_by.as_slice() {
                [] => format!("{requirement} is lifted by nobody's letter."),
                names => format!(
                    "{requirement} is not lifted by a letter of {from}, but of {}.",
                    names.join(" or ")
                ),
            },
            Self::AskedAlready { requirement, from } => {
                format!("{from} was asked about {requirement} already, and that is still open.")
            }
            Self::Repeated => "This request was made before. Reload the page.".to_owned(),
            Self::NoSuchRequest => "There is no such request for this person.".to_owned(),
            Self::WordsMissing { what } => format!("Write {what}."),
            Self::Withdrawn => "This request was withdrawn. Ask anew.".to_owned(),
            Self::Accepted => {
                "This letter was accepted. For a newer one, make a request of its own.".to_owned()
            }
            Self::NothingToSend => {
                "Not sent: this letter was brought, so that nothing is asked for.".to_owned()
            }
            Self::NotAnAddress { text } => format!(
                "Not sent: “{text}” is not an e-mail address. Write it like name@practice.org"
            ),
            Self::AddressNotChecked => {
                "Not sent: the letter tells of health. Check the address with the practice first, \
                 then tick that you did."
                    .to_owned()
            }
            Self::BeingSent => {
                "Not sent: the same letter is on its way just now. Reload in two minutes to see \
                 what came of it."
                    .to_owned()
            }
            Self::NothingReceived => "No letter has come for this request yet.".to_owned(),
            Self::DateUnknown => {
                "The date on the letter is not known, so nobody can say how long it holds. \
                 Find the date first."
                    .to_owned()
            }
            Self::NotYet { day } => format!("{day} is still to come. Check the date."),
            Self::Expired { held_until } => {
                format!("The letter held until {held_until}. Ask for a newer one.")
            }
        }
    }
}
