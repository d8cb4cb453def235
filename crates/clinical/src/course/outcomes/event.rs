//! What can become true of a person's scales. A closed list.

use super::ending::EndReason;
use super::next_step::NextStep;
use crate::instrument::{Answer, Answers, Points};
use crate::record::Recorded;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event of a person's scales. When it happened stands in the event's header: for what staff
/// enter, when the scale was filled in or rated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum OutcomesEvent {
    /// One question was answered, or answered otherwise than before; the newest holds.
    ScaleAnswered {
        /// Of which sheet.
        sheet: Uuid,
        /// Which scale, by the id of its file.
        scale: String,
        /// Which version of it was asked.
        version: u32,
        /// The contact of the schedule that asked it.
        contact: Uuid,
        /// Which question.
        item: String,
        /// What was answered.
        answer: Answer,
    },
    /// The person would rather not fill in this scale this time.
    ScaleDeclined {
        /// Which sheet.
        sheet: Uuid,
        /// Which scale.
        scale: String,
        /// Which version of it was asked.
        version: u32,
        /// The contact of the schedule that asked it.
        contact: Uuid,
    },
    /// Staff entered a scale that was filled in on paper, or that they rated.
    ScaleEntered {
        /// Which sheet.
        sheet: Uuid,
        /// Which scale.
        scale: String,
        /// Which version of it.
        version: u32,
        /// The answers that are known one by one.
        answers: Answers,
        /// The total alone, where the single answers are not entered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<Points>,
    },
    /// Somebody has looked after a person whose score had risen.
    RiseSettled {
        /// The sheet with the score.
        sheet: Uuid,
        /// What was done, in words.
        done: String,
    },
    /// Somebody has talked with a person who answered a scale at its limit or above.
    LimitSettled {
        /// The sheet.
        sheet: Uuid,
        /// What was done, in words.
        done: String,
    },
    /// Treatment has ended; the header says when.
    TreatmentEnded {
        /// Why.
        because: EndReason,
        /// In words; may be empty.
        note: String,
    },
    /// That it had ended was wrong, or is so no more.
    TreatmentGoesOn {
        /// Why, in words.
        reason: String,
    },
    /// A prescriber decided what comes next.
    NextStepDecided {
        /// What.
        step: NextStep,
        /// Why, in words.
        why: String,
    },
    /// A sheet that staff entered is wrong: it counts no more, and is shown struck through.
    SheetStruck {
        /// Which.
        sheet: Uuid,
        /// Why.
        reason: String,
    },
}

impl Recorded for OutcomesEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ScaleAnswered { .. } => "ScaleAnswered",
            Self::ScaleDeclined { .. } => "ScaleDeclined",
            Self::ScaleEntered { .. } => "ScaleEntered",
            Self::RiseSettled { .. } => "RiseSettled",
            Self::LimitSettled { .. } => "LimitSettled",
            Self::TreatmentEnded { .. } => "TreatmentEnded",
            Self::TreatmentGoesOn { .. } => "TreatmentGoesOn",
            Self::NextStepDecided { .. } => "NextStepDecided",
            Self::SheetStruck { .. } => "SheetStruck",
        }
    }
}
