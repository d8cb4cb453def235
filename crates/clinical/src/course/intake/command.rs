//! What someone wants of a history.

use super::answer::Said;
use super::item::Item;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the patient is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// An item of the list.
    Item(Item),
    /// A question in free words.
    Words(String),
}

/// What someone wants. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Say something of an item. The same for patients and staff.
    Say {
        /// Of what.
        item: Item,
        /// What.
        answer: Said,
    },
    /// Say anew of a list what stands in it, and what a clinician judges of it. Clinical staff only.
    Revise {
        /// Of what.
        item: Item,
        /// What.
        answer: Said,
        /// How often something was said of it when it was read: what came later is not overwritten.
        seen: usize,
    },
    /// Put a question to the patient; it comes first on their phone. Staff only.
    AskPatient {
        /// Its identity.
        question: Uuid,
        /// What is asked.
        about: About,
    },
    /// Answer a question that was put in free words.
    AnswerQuestion {
        /// Which.
        question: Uuid,
        /// The answer.
        words: String,
    },
    /// The patient has checked their answers and hands them in.
    Submit,
    /// Say, elsewhere than in the history, that there were thoughts of not living: somebody is
    /// called for as by an answer of a questionnaire.
    SayUnsafe,
    /// Someone has seen what needs a person today, and says what was done. Clinical staff only.
    Acknowledge {
        /// Which, by its name.
        attention: String,
        /// What was done.
        note: String,
    },
}
