//! What became true about a person's history.

use super::answer::Said;
use super::command::About;
use super::item::Item;
use crate::course::screening::person::Witness;
use crate::instrument::Urgency;
use crate::record::Recorded;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How an answer came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// On the person's own phone or computer.
    OwnDevice,
    /// On the clinic's tablet.
    Tablet,
    /// A member of staff wrote it down.
    Staff,
}

/// What became true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum IntakeEvent {
    /// Something was said of an item; the newest holds.
    AnswerGiven {
        /// Of what.
        item: Item,
        /// What.
        answer: Box<Said>,
        /// By whom, in which capacity, when.
        witness: Witness,
        /// How it came in.
        through: Through,
    },
    /// An answer needs a person today.
    AttentionCalled {
        /// Its name: the questionnaire and its flag, or `suicide-risk`.
        attention: String,
        /// How soon.
        urgency: Urgency,
        /// What was answered.
        says: String,
        /// What to do.
        action: String,
    },
    /// Someone has seen it, and says what was done.
    AttentionAcknowledged {
        /// Which.
        attention: String,
        /// What was done.
        note: String,
        /// Who.
        witness: Witness,
    },
    /// A question was put to the patient.
    PatientAsked {
        /// Its identity.
        question: Uuid,
        /// What was asked.
        about: About,
        /// By whom.
        witness: Witness,
    },
    /// A question in free words was answered.
    QuestionAnswered {
        /// Which.
        question: Uuid,
        /// The answer.
        words: String,
        /// By whom.
        witness: Witness,
    },
    /// The patient checked their answers and handed them in.
    HistorySubmitted {
        /// Who.
        witness: Witness,
    },
}

impl Recorded for IntakeEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::AnswerGiven { .. } => "AnswerGiven",
            Self::AttentionCalled { .. } => "AttentionCalled",
            Self::AttentionAcknowledged { .. } => "AttentionAcknowledged",
            Self::PatientAsked { .. } => "PatientAsked",
            Self::QuestionAnswered { .. } => "QuestionAnswered",
            Self::HistorySubmitted { .. } => "HistorySubmitted",
        }
    }
}
