//! The closed list of conditions that an advisory can be about.

use crate::vital_signs::{Signal, VitalSign};
use serde::{Deserialize, Serialize};

/// What an advisory is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Oxygen saturation is low.
    OxygenSaturationLow,
    /// Heart rate is high.
    HeartRateHigh,
    /// Heart rate is low.
    HeartRateLow,
    /// Systolic pressure is high.
    SystolicHigh,
    /// Diastolic pressure is high.
    DiastolicHigh,
    /// Systolic pressure is low.
    SystolicLow,
    /// Systolic pressure has risen far above this person's own baseline.
    SystolicRise,
    /// Diastolic pressure has risen far above this person's own baseline.
    DiastolicRise,
    /// Respiratory rate is low.
    RespiratoryRateLow,
    /// Respiratory rate is high.
    RespiratoryRateHigh,
    /// Carbon dioxide shows no breath.
    NoBreath,
    /// End-tidal carbon dioxide is high.
    EndTidalCarbonDioxideHigh,
    /// No trustworthy oxygen saturation during dosing.
    SaturationSignalLost,
    /// The device, its gateway or the network is silent.
    FeedStale,
    /// Vital signs that were due have not been taken.
    ReadingOverdue,
    /// A responsiveness score that was due has not been taken.
    ResponsivenessOverdue,
    /// A distress score that was due has not been taken.
    DistressOverdue,
}

/// How far beyond: the reference's amber and red are *watch* and *act*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Keep an eye on it.
    Watch,
    /// Acknowledge, act, repeat within 5 minutes, record the outcome.
    Act,
    /// Now.
    Urgent,
}

/// Who set the limit. There is one answer: this never is the monitor's own alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The clinic, in its adopted limits.
    ClinicLimit,
}

/// What the value that raised it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum AdvisorySource {
    /// A sensor.
    Sensor {
        /// Which one.
        signal: Signal,
    },
    /// A value that somebody entered.
    Hand,
    /// Nothing arrived: the passing of time itself.
    Silence,
}

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 17] = [
        Self::OxygenSaturationLow,
        Self::HeartRateHigh,
        Self::HeartRateLow,
        Self::SystolicHigh,
        Self::DiastolicHigh,
        Self::SystolicLow,
        Self::SystolicRise,
        Self::DiastolicRise,
        Self::RespiratoryRateLow,
        Self::RespiratoryRateHigh,
        Self::NoBreath,
        Self::EndTidalCarbonDioxideHigh,
        Self::SaturationSignalLost,
        Self::FeedStale,
        Self::ReadingOverdue,
        Self::ResponsivenessOverdue,
        Self::DistressOverdue,
    ];

    /// Those that the schedule of readings raises. They need no limit, and no switch.
    pub const OVERDUE: [Self; 3] = [
        Self::ReadingOverdue,
        Self::ResponsivenessOverdue,
        Self::DistressOverdue,
    ];

    /// The word in the record and in the limits file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OxygenSaturationLow => "oxygen-saturation-low",
            Self::HeartRateHigh => "heart-rate-high",
            Self::HeartRateLow => "heart-rate-low",
            Self::SystolicHigh => "systolic-high",
            Self::DiastolicHigh => "diastolic-high",
            Self::SystolicLow => "systolic-low",
            Self::SystolicRise => "systolic-rise",
            Self::DiastolicRise => "diastolic-rise",
            Self::RespiratoryRateLow => "respiratory-rate-low",
            Self::RespiratoryRateHigh => "respiratory-rate-high",
            Self::NoBreath => "no-breath",
            Self::EndTidalCarbonDioxideHigh => "end-tidal-carbon-dioxide-high",
            Self::SaturationSignalLost => "saturation-signal-lost",
            Self::FeedStale => "feed-stale",
            Self::ReadingOverdue => "reading-overdue",
            Self::ResponsivenessOverdue => "responsiveness-overdue",
            Self::DistressOverdue => "distress-overdue",
        }
    }

    /// The condition for a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|condition| condition.word() == word)
    }

    /// True for a lost signal or a missing reading; false for a value of the person's.
    pub const fn is_technical(self) -> bool {
        match self {
            Self::SaturationSignalLost
            | Self::FeedStale
            | Self::ReadingOverdue
            | Self::ResponsivenessOverdue
            | Self::DistressOverdue => true,
            Self::OxygenSaturationLow
            | Self::HeartRateHigh
            | Self::HeartRateLow
            | Self::SystolicHigh
            | Self::DiastolicHigh
            | Self::SystolicLow
            | Self::SystolicRise
            | Self::DiastolicRise
            | Self::RespiratoryRateLow
            | Self::RespiratoryRateHigh
            | Self::NoBreath
            | Self::EndTidalCarbonDioxideHigh => false,
        }
    }

    /// The condition in words, with what to look at.
    pub const fn says(self) -> &'static str {
        match self {
            Self::OxygenSaturationLow => "Oxygen saturation low: look at breathing and the probe",
            Self::HeartRateHigh => "Heart rate high: look at the person, ask for distress",
            Self::HeartRateLow => "Heart rate low: look at the person, feel the pulse",
            Self::SystolicHigh => "Systolic pressure high: repeat by hand",
            Self::DiastolicHigh => "Diastolic pressure high: repeat by hand",
            Self::SystolicLow => "Systolic pressure low: look at the person, repeat by hand",
            Self::SystolicRise => "Systolic pressure far above baseline: repeat by hand",
            Self::DiastolicRise => "Diastolic pressure far above baseline: repeat by hand",
            Self::RespiratoryRateLow => "Breathing slow: look at the chest and count",
            Self::RespiratoryRateHigh => "Breathing fast: look at the chest and count",
            Self::NoBreath => {
                "No breath seen in carbon dioxide: look at the chest and the sampling line"
            }
            Self::EndTidalCarbonDioxideHigh => "Carbon dioxide high: look at breathing",
            Self::SaturationSignalLost => {
                "No trustworthy oxygen saturation: look at the person, then the probe"
            }
            Self::FeedStale => "No data from the monitor: look at the monitor itself",
            Self::ReadingOverdue => "Vital signs are overdue: measure and chart them",
            Self::ResponsivenessOverdue => "Responsiveness is overdue: look, speak, score",
            Self::DistressOverdue => "Distress is overdue: ask quietly, score",
        }
    }

    /// The first of the conditions that have the same cause: they are shown as one notice.
    /// Source: device reference §13.5, "group same-cause advisories".
    // Hazard: H12
    pub const fn cause(self) -> Self {
        match self {
            Self::SystolicHigh | Self::DiastolicHigh | Self::SystolicRise | Self::DiastolicRise => {
                Self::SystolicHigh
            }
            Self::OxygenSaturationLow
            | Self::HeartRateHigh
            | Self::HeartRateLow
            | Self::SystolicLow
            | Self::RespiratoryRateLow
            | Self::RespiratoryRateHigh
            | Self::NoBreath
            | Self::EndTidalCarbonDioxideHigh
            | Self::SaturationSignalLost
            | Self::FeedStale => self,
            Self::ReadingOverdue | Self::ResponsivenessOverdue | Self::DistressOverdue => {
                Self::ReadingOverdue
            }
        }
    }

    /// The sign that is judged; `None` for a technical condition.
    pub const fn sign(self) -> Option<VitalSign> {
        match self {
            Self::OxygenSaturationLow => Some(VitalSign::OxygenSaturation),
            Self::HeartRateHigh | Self::HeartRateLow => Some(VitalSign::HeartRate),
            Self::SystolicHigh | Self::SystolicLow | Self::SystolicRise => {
                Some(VitalSign::Systolic)
            }
            Self::DiastolicHigh | Self::DiastolicRise => Some(VitalSign::Diastolic),
            Self::RespiratoryRateLow | Self::RespiratoryRateHigh => {
                Some(VitalSign::RespiratoryRate)
            }
            Self::NoBreath | Self::EndTidalCarbonDioxideHigh => {
                Some(VitalSign::EndTidalCarbonDioxide)
            }
            Self::SaturationSignalLost
            | Self::FeedStale
            | Self::ReadingOverdue
            | Self::ResponsivenessOverdue
            | Self::DistressOverdue => None,
        }
    }

    /// The unit of the judged value as it is shown.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::OxygenSaturationLow => "%",
            Self::HeartRateHigh
            | Self::HeartRateLow
            | Self::RespiratoryRateLow
            | Self::RespiratoryRateHigh => "/min",
            Self::SystolicHigh
            | Self::DiastolicHigh
            | Self::SystolicLow
            | Self::SystolicRise
            | Self::DiastolicRise
            | Self::EndTidalCarbonDioxideHigh => "mmHg",
            // Breaths in a minute or a pressure: both are zero here.
            Self::NoBreath => "",
            Self::SaturationSignalLost
            | Self::FeedStale
            | Self::ReadingOverdue
            | Self::ResponsivenessOverdue
            | Self::DistressOverdue => "",
        }
    }
}

impl Tier {
    /// The word in the record and in the limits file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Act => "act",
            Self::Urgent => "urgent",
        }
    }

    /// True when the reference asks for acknowledgement, action, repeat and outcome.
    pub const fn asks_for_action(self) -> bool {
        match self {
            Self::Watch => false,
            Self::Act | Self::Urgent => true,
        }
    }
}
