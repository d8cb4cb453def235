//! Why something was not written into a history, in words that a person can read.

use super::item::Item;
use serde::{Deserialize, Serialize};

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Only staff say this.
    ForStaffOnly {
        /// Of what.
        item: Item,
    },
    /// This person does not write into histories.
    NotTheirs,
    /// What was said is not an answer to this.
    NoAnswerToThis {
        /// Of what.
        item: Item,
    },
    /// More was said of it since it was read.
    ChangedMeanwhile {
        /// Of what.
        item: Item,
    },
    /// A day or a moment that has not come yet.
    NotYet {
        /// Of what.
        item: Item,
    },
    /// A number that does not exist there.
    Impossible {
        /// Of what.
        item: Item,
    },
    /// No words where some are needed.
    WordsMissing,
    /// There is no such open question.
    NoSuchQuestion,
    /// The question is known already under this identity.
    Repeated,
    /// There is nothing of this name that waits for a person.
    NothingToAcknowledge,
    /// Some pages have no answer yet.
    Unanswered {
        /// How many.
        pages: usize,
    },
}

impl Refusal {
    /// One plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::ForStaffOnly { item } => {
                format!("Not saved: only clinical staff answer “{item}”.")
            }
            Self::NotTheirs => {
                "Not saved: only the patient and clinical staff write into a history.".to_owned()
            }
            Self::NoAnswerToThis { item } => {
                format!("Not saved: that is not an answer to “{item}”. Choose one of its answers.")
            }
            Self::ChangedMeanwhile { item } => format!(
                "Not saved: somebody else has changed “{item}” since you opened it. Compare with what stands there now, and save again."
            ),
            Self::NotYet { item } => {
                format!("Not saved: the date for “{item}” has not come yet. Check the year.")
            }
            Self::Impossible { item } => {
                format!("Not saved: “{item}” does not have such a number. Check it.")
            }
            Self::WordsMissing => "Not saved: write a few words.".to_owned(),
            Self::NoSuchQuestion => "Not saved: this question is not open any more.".to_owned(),
            Self::Repeated => "Not saved again: this question was asked already.".to_owned(),
            Self::NothingToAcknowledge => {
                "Not saved: there is nothing of this kind that waits for someone.".to_owned()
            }
            Self::Unanswered { pages } => format!(
                "Not handed in yet: {pages} pages have no answer. “I’m not sure” is an answer. Everything you answered is kept."
            ),
        }
    }
}
