//! What is given dose by dose: injections, sprays, what is swallowed, nasal devices.

use super::event::SessionEvent;
use super::state::Session;
use crate::record::EventId;
use serde::{Deserialize, Serialize};
use units::{Milligrams, Moment};

/// Where an injection went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// Left upper arm, over the shoulder's muscle.
    LeftDeltoid,
    /// Right upper arm.
    RightDeltoid,
    /// Left buttock.
    LeftGluteal,
    /// Right buttock.
    RightGluteal,
    /// Left thigh.
    LeftThigh,
    /// Right thigh.
    RightThigh,
    /// Under the skin of the belly.
    Abdomen,
}

impl Site {
    /// Every one, in the order of the buttons.
    pub const ALL: [Self; 7] = [
        Self::LeftDeltoid,
        Self::RightDeltoid,
        Self::LeftGluteal,
        Self::RightGluteal,
        Self::LeftThigh,
        Self::RightThigh,
        Self::Abdomen,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::LeftDeltoid => "left deltoid",
            Self::RightDeltoid => "right deltoid",
            Self::LeftGluteal => "left gluteal",
            Self::RightGluteal => "right gluteal",
            Self::LeftThigh => "left thigh",
            Self::RightThigh => "right thigh",
            Self::Abdomen => "abdomen",
        }
    }
}

/// Which nostril.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nostril {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

impl Nostril {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Left => "left nostril",
            Self::Right => "right nostril",
        }
    }
}

/// In which form one dose went in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum Portion {
    /// By a needle.
    Injection {
        /// Where.
        site: Site,
    },
    /// Sprayed from a syringe or bottle.
    Spray {
        /// Where.
        nostril: Nostril,
    },
    /// Swallowed.
    Swallowed,
    /// Held under the tongue.
    UnderTongue,
    /// A nasal device, a spray into each nostril.
    Device {
        /// What went wrong with it, in words: how much went in is then not known. None where it
        /// gave both sprays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
}

impl Portion {
    /// In words.
    pub fn says(&self) -> String {
        match self {
            Self::Injection { site } => site.says().to_owned(),
            Self::Spray { nostril } => nostril.says().to_owned(),
            Self::Swallowed => "swallowed".to_owned(),
            Self::UnderTongue => "under the tongue".to_owned(),
            Self::Device { fault: None } => "both sprays".to_owned(),
            Self::Device { fault: Some(fault) } => {
                format!("the device failed, how much went in is not known: {fault}")
            }
        }
    }

    /// What it is called: `Injection`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Injection { .. } => "Injection",
            Self::Spray { .. } => "Spray",
            Self::Swallowed | Self::UnderTongue => "Dose",
            Self::Device { .. } => "Device",
        }
    }

    /// True where how much went in is not known.
    pub const fn is_uncertain(&self) -> bool {
        matches!(self, Self::Device { fault: Some(_) })
    }
}

/// One dose as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dose {
    /// The entry that charts it.
    pub entry: EventId,
    /// The first one is 1.
    pub number: u8,
    /// When it went in.
    pub at: Moment,
    /// How much; where it is not known, the most that it can be.
    pub amount: Milligrams,
    /// In which form.
    pub portion: Portion,
}

impl Session {
    /// Every dose and device that stands now, in order of time.
    pub fn doses(&self) -> Vec<Dose> {
        let mut doses: Vec<Dose> = self
            .entries
            .iter()
            .filter_map(|entry| match &*entry.standing()? {
                SessionEvent::DoseGiven {
                    number,
                    amount,
                    portion,
                    ..
                } => Some(Dose {
                    entry: entry.event_id,
                    number: *number,
                    at: entry.occurred_at,
                    amount: *amount,
                    portion: portion.clone(),
                }),
                _other => None,
            })
            .collect();
        doses.sort_by_key(|dose| (dose.at, dose.number));
        doses
    }

    /// When the last dose or device went in; none where none did, and where a pump runs.
    pub fn last_dose_at(&self) -> Option<Moment> {
        self.doses().last().map(|dose| dose.at)
    }

    /// From when the time to leaving is counted: the end of an infusion; the last dose or device,
    /// whenever its giving was said to be over, and that saying where no dose stands. None before.
    /// Source: clinical reference 3.2 (at least 120 min after the last device) and 4.2.
    pub fn observed_from(&self) -> Option<Moment> {
        if self.way().is_infusion() {
            return self.infusion()?.stopped_at();
        }
        let ended = || self.infusion().and_then(|dosing| dosing.stopped_at());
        self.last_dose_at().or_else(ended)
    }

    /// How many doses are ordered and not given yet; none where a pump runs.
    pub fn doses_left(&self) -> Option<u8> {
        let (ordered, _) = self.way().doses()?;
        let given = u8::try_from(self.doses().len()).unwrap_or(u8::MAX);
        Some(ordered.saturating_sub(given))
    }

    /// True where how much of a dose went in is not known.
    pub fn delivery_is_uncertain(&self) -> bool {
        self.doses().iter().any(|dose| dose.portion.is_uncertain())
    }

    /// How much of the drug went in until then; nothing before the first, and nothing where that of
    /// a device that failed is not known.
    // Hazard: H21
    pub fn given(&self, at: Moment) -> Option<Milligrams> {
        if self.delivery_is_uncertain() {
            return None;
        }
        Some(self.infusion()?.delivered(at).amount)
    }

    /// The same of the whole session: until the drug ended, or what was charted last.
    pub fn given_in_all(&self) -> Option<Milligrams> {
        self.given(self.drug_ended_at().or(self.recorded_at)?)
    }

    /// The stage in words: dose by dose there is no infusion.
    pub fn stage_says(&self) -> &'static str {
        use super::Stage;
        if self.way().is_infusion() {
            return self.stage.says();
        }
        match self.stage {
            Stage::Infusion | Stage::Paused => "dosing",
            Stage::Stopped => "dosing ended",
            Stage::NotPlanned
            | Stage::Planned
            | Stage::Preparation
            | Stage::Observation
            | Stage::Discharged
            | Stage::Cancelled
            | Stage::Signed => self.stage.says(),
        }
    }
}
