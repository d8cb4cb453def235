//! What can become true of predictions. A closed list.

use super::basis::Gone;
use crate::record::{Recorded, SessionId};
use serde::{Deserialize, Serialize};
use units::{Kilograms, Moment};

/// A model by its name: enough to find the very file in the record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelNamed {
    /// Its short name.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its file, in hexadecimal: parameters, spread and structure with it.
    pub digest: String,
}

/// An earlier session beside a planned dose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Which.
    pub session: SessionId,
    /// The first drug.
    pub from: Moment,
    /// What the person weighed then.
    pub weight: Kilograms,
    /// How old they were then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u16>,
    /// What went in.
    pub gone: Vec<Gone>,
}

/// Everything that one picture was drawn from. The same value gives the same picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Of which model the band and the line are.
    pub model: ModelNamed,
    /// The second model beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<ModelNamed>,
    /// The models' word for the way into the body.
    pub route: String,
    /// What the person weighs.
    pub weight: Kilograms,
    /// Completed years; none where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u16>,
    /// The zero of the prediction.
    pub from: Moment,
    /// What went in, and goes in if nothing changes.
    pub gone: Vec<Gone>,
    /// What would have gone in by the order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ordered: Vec<Gone>,
    /// Beyond this moment nothing was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_until: Option<Moment>,
    /// For how many minutes from the zero, a value each minute.
    pub minutes: u32,
    /// Earlier sessions that were drawn beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// How many simulated people.
    pub people: u32,
    /// Who they are.
    pub seed: u32,
}

/// An event of predictions. The stream of a session has what was shown of it; that of the clinic
/// has each model's file once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "the smaller one is written once for each model; a box would stand in every reader"
)]
#[serde(tag = "event")]
pub enum PredictionEvent {
    /// A model was used for the first time: its file, so that every later release can draw it.
    ModelKept {
        /// Its name.
        model: ModelNamed,
        /// Its file.
        text: String,
    },
    /// A prediction was shown, and is another one than the one before.
    PredictionShown {
        /// What it was drawn from.
        shown: Shown,
        /// The session's version that it was read from.
        session_version: u64,
        /// Version of the policy by which it was shown.
        rules: u32,
        /// The release that drew it.
        release: String,
        /// SHA-256 of the numbers that were drawn, in hexadecimal.
        drawn: String,
    },
}

impl Recorded for PredictionEvent {
    const SCHEMA_VERSION: u16 = 1;

    fn name(&self) -> &'static str {
        match self {
            Self::ModelKept { .. } => "ModelKept",
            Self::PredictionShown { .. } => "PredictionShown",
        }
    }
}
