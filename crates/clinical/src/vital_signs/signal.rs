//! The closed list of signals, with the bounds outside which a number is not a measurement.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What is measured, and by which sensor: two sensors for one sign stay two signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Heart rate from the electrocardiogram.
    HeartRate,
    /// Pulse rate from the oximeter.
    PulseFromOximeter,
    /// Pulse rate from the cuff.
    PulseFromCuff,
    /// Pulse rate, sensor not named.
    Pulse,
    /// Oxygen saturation by pulse oximetry.
    OxygenSaturation,
    /// Systolic pressure by cuff.
    CuffSystolic,
    /// Diastolic pressure by cuff.
    CuffDiastolic,
    /// Mean pressure by cuff.
    CuffMean,
    /// Systolic pressure by arterial line.
    ArterialSystolic,
    /// Diastolic pressure by arterial line.
    ArterialDiastolic,
    /// Mean pressure by arterial line.
    ArterialMean,
    /// Respiratory rate, sensor not named, or counted by hand.
    RespiratoryRate,
    /// Respiratory rate by chest impedance: false with movement.
    RespiratoryRateFromImpedance,
    /// Respiratory rate from carbon dioxide: the preferred source.
    RespiratoryRateFromCarbonDioxide,
    /// Respiratory rate from the oximeter's waveform: the lowest rank.
    RespiratoryRateFromOximeter,
    /// End-tidal carbon dioxide.
    EndTidalCarbonDioxide,
    /// Inspired carbon dioxide; shown, not judged.
    InspiredCarbonDioxide,
    /// Body temperature.
    Temperature,
    /// Perfusion index of the oximeter.
    PerfusionIndex,
    /// Bispectral index: trend only, never an advisory (ketamine decouples it).
    BispectralIndex,
}

/// How far a reading can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Accepted.
    Good,
    /// Accepted, but the device or our bounds doubt it.
    Questionable,
    /// A device's early estimate: shown, not charted.
    Early,
}

/// Where a charted value came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case")]
pub enum Source {
    /// Read and entered by a person.
    Hand,
    /// Sent by a device.
    Device {
        /// The device's key on the wire.
        device: String,
    },
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 20] = [
        Self::HeartRate,
        Self::PulseFromOximeter,
        Self::PulseFromCuff,
        Self::Pulse,
        Self::OxygenSaturation,
        Self::CuffSystolic,
        Self::CuffDiastolic,
        Self::CuffMean,
        Self::ArterialSystolic,
        Self::ArterialDiastolic,
        Self::ArterialMean,
        Self::RespiratoryRate,
        Self::RespiratoryRateFromImpedance,
        Self::RespiratoryRateFromCarbonDioxide,
        Self::RespiratoryRateFromOximeter,
        Self::EndTidalCarbonDioxide,
        Self::InspiredCarbonDioxide,
        Self::Temperature,
        Self::PerfusionIndex,
        Self::BispectralIndex,
    ];

    /// The word in the record, in profiles and in sample blocks.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HeartRate => "heart-rate",
            Self::PulseFromOximeter => "pulse-from-oximeter",
            Self::PulseFromCuff => "pulse-from-cuff",
            Self::Pulse => "pulse",
            Self::OxygenSaturation => "oxygen-saturation",
            Self::CuffSystolic => "cuff-systolic",
            Self::CuffDiastolic => "cuff-diastolic",
            Self::CuffMean => "cuff-mean",
            Self::ArterialSystolic => "arterial-systolic",
            Self::ArterialDiastolic => "arterial-diastolic",
            Self::ArterialMean => "arterial-mean",
            Self::RespiratoryRate => "respiratory-rate",
            Self::RespiratoryRateFromImpedance => "respiratory-rate-from-impedance",
            Self::RespiratoryRateFromCarbonDioxide => "respiratory-rate-from-carbon-dioxide",
            Self::RespiratoryRateFromOximeter => "respiratory-rate-from-oximeter",
            Self::EndTidalCarbonDioxide => "end-tidal-carbon-dioxide",
            Self::InspiredCarbonDioxide => "inspired-carbon-dioxide",
            Self::Temperature => "temperature",
            Self::PerfusionIndex => "perfusion-index",
            Self::BispectralIndex => "bispectral-index",
        }
    }

    /// The signal for a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.word() == word)
    }

    /// The canonical unit, as UCUM.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::HeartRate
            | Self::PulseFromOximeter
            | Self::PulseFromCuff
            | Self::Pulse
            | Self::RespiratoryRate
            | Self::RespiratoryRateFromImpedance
            | Self::RespiratoryRateFromCarbonDioxide
            | Self::RespiratoryRateFromOximeter => "/min",
            Self::OxygenSaturation | Self::PerfusionIndex => "%",
            Self::CuffSystolic
            | Self::CuffDiastolic
            | Self::CuffMean
            | Self::ArterialSystolic
            | Self::ArterialDiastolic
            | Self::ArterialMean
            | Self::EndTidalCarbonDioxide
            | Self::InspiredCarbonDioxide => "mm[Hg]",
            Self::Temperature => "Cel",
            Self::BispectralIndex => "1",
        }
    }

    /// Measured once for each cycle and repeated by the monitor until the next.
    pub const fn is_aperiodic(self) -> bool {
        matches!(
            self,
            Self::CuffSystolic | Self::CuffDiastolic | Self::CuffMean | Self::PulseFromCuff
        )
    }

    /// Outside these a number is not a measurement.
    ///
    /// Source: device reference §2.8, project default.
    pub fn hard_bounds(self) -> (Decimal, Decimal) {
        let (low, high) = match self {
            Self::HeartRate | Self::PulseFromOximeter | Self::PulseFromCuff | Self::Pulse => {
                (10, 350)
            }
            Self::OxygenSaturation => (30, 100),
            Self::CuffSystolic | Self::ArterialSystolic => (30, 300),
            Self::CuffDiastolic | Self::ArterialDiastolic => (10, 220),
            Self::CuffMean | Self::ArterialMean => (20, 260),
            Self::RespiratoryRate
            | Self::RespiratoryRateFromImpedance
            | Self::RespiratoryRateFromCarbonDioxide
            | Self::RespiratoryRateFromOximeter => (0, 120),
            Self::EndTidalCarbonDioxide | Self::InspiredCarbonDioxide => (0, 150),
            Self::Temperature => (20, 45),
            Self::PerfusionIndex => (0, 30),
            Self::BispectralIndex => (0, 100),
        };
        (Decimal::from(low), Decimal::from(high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_has_a_word_of_its_own() {
        for signal in Signal::ALL {
            assert_eq!(Signal::from_word(signal.word()), Some(signal));
        }
    }
}
