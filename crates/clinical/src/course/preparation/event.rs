//! What can become true in a preparation. A closed list.

use super::vocabulary::{Given, Medicine, Planned};
use crate::record::Recorded;
use serde::{Deserialize, Serialize};

/// A preparation's event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum PreparationEvent {
    /// There is a visit to prepare for, or it has another time or treatment now.
    VisitSet {
        /// The visit as it is now.
        planned: Planned,
    },
    /// The visit will not take place.
    VisitWithdrawn {},
    /// A prescriber went through the medicines; the newest list holds.
    MedicinesSettled {
        /// Each with its decision; none where the person takes none.
        medicines: Vec<Medicine>,
    },
    /// A question was answered.
    QuestionAnswered {
        /// Which, and how.
        given: Given,
    },
    /// The person is here, and the questions of the day were gone through at the door.
    CheckedIn {
        /// The answers as they stood at the door, each with its newest answer.
        confirmed: Vec<Given>,
        /// What the session has no field for, in words; may be empty.
        note: String,
    },
}

impl Recorded for PreparationEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::VisitSet { .. } => "VisitSet",
            Self::VisitWithdrawn {} => "VisitWithdrawn",
            Self::MedicinesSettled { .. } => "MedicinesSettled",
            Self::QuestionAnswered { .. } => "QuestionAnswered",
            Self::CheckedIn { .. } => "CheckedIn",
        }
    }
}
