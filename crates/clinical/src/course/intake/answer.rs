//! What can be said of an item.

use super::item::Item;
use crate::course::screening::medicine::Medicine;
use crate::course::screening::person::{
    ChildPugh, Examination, Indication, Intolerance, LastEvent, LastUse, Pressure, SuicideRisk,
    Trial, VitalsToday, Weighing,
};
use crate::instrument;
use serde::{Deserialize, Serialize};
use units::Centimetres;

/// A medicine with how it is taken, in the words of whoever said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenMedicine {
    /// The medicine, as screening reads it.
    pub medicine: Medicine,
    /// How much and how often, in words; empty when nobody said it.
    #[serde(default)]
    pub how: String,
}

/// An earlier antidepressant with its dose, in the words of whoever said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTrial {
    /// The trial, as screening reads it.
    pub trial: Trial,
    /// The highest dose, in words; empty when nobody said it.
    #[serde(default)]
    pub dose: String,
}

/// What was not tolerated, with what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intolerant {
    /// The substance, as screening reads it.
    pub intolerance: Intolerance,
    /// What happened, in words; empty when nobody said it.
    #[serde(default)]
    pub happened: String,
}

/// What was said. "Not sure" is an answer, and never "no".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", content = "value", rename_all = "kebab-case")]
pub enum Said {
    /// Asked, and the person was not sure.
    NotSure,
    /// Yes or no.
    Yes(bool),
    /// A height.
    Height(Centimetres),
    /// A weight and its day.
    Weight(Weighing),
    /// Resting pressures.
    Pressures(Vec<Pressure>),
    /// Vital signs of the day.
    Today(VitalsToday),
    /// What the treatment is for.
    Indication(Indication),
    /// Earlier antidepressants.
    Trials {
        /// Those that were named.
        list: Vec<PastTrial>,
        /// True when the person says that these are all.
        whole: bool,
    },
    /// Medicines.
    Medicines {
        /// Those that were named.
        list: Vec<TakenMedicine>,
        /// True when the person says that these are all.
        whole: bool,
    },
    /// Allergies and intolerances.
    Intolerances {
        /// Those that were named.
        list: Vec<Intolerant>,
        /// True when the person says that these are all.
        whole: bool,
    },
    /// When something was taken last.
    LastUse(LastUse),
    /// The last acute event.
    AcuteEvent(LastEvent),
    /// A class of the liver.
    Liver(ChildPugh),
    /// A test.
    Test(Examination),
    /// A score; none when somebody says that it was not done.
    Points(Option<u8>),
    /// A triage.
    SuicideRisk(SuicideRisk),
    /// Words.
    Words(String),
    /// One answer of a questionnaire.
    OfScale(instrument::Answer),
}

impl Said {
    /// True when this can be said of the item.
    pub const fn is_about(&self, item: &Item) -> bool {
        match self {
            Self::NotSure => !matches!(item, Item::OfScale { .. }),
            Self::Yes(_) => matches!(item, Item::Question(_)),
            Self::Height(_) => matches!(item, Item::Height),
            Self::Weight(_) => matches!(item, Item::Weight),
            Self::Pressures(_) => matches!(item, Item::Pressures),
            Self::Today(_) => matches!(item, Item::Today),
            Self::Indication(_) => matches!(item, Item::Indication),
            Self::Trials { .. } => matches!(item, Item::Trials),
            Self::Medicines { .. } => matches!(item, Item::Medicines),
            Self::Intolerances { .. } => matches!(item, Item::Intolerances),
            Self::LastUse(_) => matches!(item, Item::LastUse(_)),
            Self::AcuteEvent(_) => matches!(item, Item::AcuteEvent),
            Self::Liver(_) => matches!(item, Item::Liver),
            Self::Test(_) => matches!(item, Item::Test(_)),
            Self::Points(_) => matches!(item, Item::Scale(_)),
            Self::SuicideRisk(_) => matches!(item, Item::SuicideRisk),
            Self::Words(_) => matches!(item, Item::Operations),
            Self::OfScale(_) => matches!(item, Item::OfScale { .. }),
        }
    }

    /// True for a list that is still being told: more may follow.
    pub const fn is_unfinished(&self) -> bool {
        matches!(
            self,
            Self::Trials { whole: false, .. }
                | Self::Medicines { whole: false, .. }
                | Self::Intolerances { whole: false, .. }
        )
    }
}
