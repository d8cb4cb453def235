//! What can become true of predictions. A closed list.

use super::basis::Gone;
use super::supposed::Changed;
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

/// An earlier session of the same kind that was not drawn beside a planned dose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which.
    pub session: SessionId,
    /// When it began.
    pub from: Moment,
    /// Why, in words that end a sentence.
    pub because: String,
}

/// Which parts of simulated people a band holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BandsOf {
    /// 50 and 90 of 100, as releases before this word existed drew them.
    #[default]
    FiftyAndNinety,
    /// 80 and 95 of 100. Source: pharmacokinetics reference 7.
    EightyAndNinetyFive,
}

impl BandsOf {
    /// The five percentiles that the two bands and the middle need, in thousandths.
    pub const fn per_mille(self) -> [u16; 5] {
        match self {
            Self::FiftyAndNinety => [50, 250, 500, 750, 950],
            Self::EightyAndNinetyFive => [25, 100, 500, 900, 975],
        }
    }

    /// How many of 100 people lie in the inner band, and how many in the outer one.
    pub const fn of_100(self) -> (u8, u8) {
        match self {
            Self::FiftyAndNinety => (50, 90),
            Self::EightyAndNinetyFive => (80, 95),
        }
    }
}

/// On which page a prediction stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the session room: what went in by the record.
    Room,
    /// Beside a form in which an order was being written: nobody had signed for it.
    Draft,
    /// On the page that asks what a change would come to: nothing of it need ever have been done.
    Supposed,
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
    /// Earlier sessions that were not, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Courses that a change at a moment would lead to; none on pages that suppose nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Changed>,
    /// Which bands.
    #[serde(default)]
    pub bands: BandsOf,
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
        /// SHA-256 of the figures that were printed beside the picture (peaks, areas, times), in
        /// hexadecimal; none in what releases before it wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        figures: Option<String>,
        /// On which page; none in what releases before it wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
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
