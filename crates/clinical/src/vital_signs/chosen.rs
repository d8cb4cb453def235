//! Which sensor speaks for a sign when several measure it: one is chosen, never averaged.

use super::{Numeric, Quality, Signal};
use serde::{Deserialize, Serialize};
use units::{Moment, Span};

/// A sign as a clinician names it, whatever the sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VitalSign {
    /// Systolic blood pressure.
    Systolic,
    /// Diastolic blood pressure.
    Diastolic,
    /// Mean blood pressure.
    MeanPressure,
    /// Heart rate.
    HeartRate,
    /// Oxygen saturation.
    OxygenSaturation,
    /// Respiratory rate.
    RespiratoryRate,
    /// End-tidal carbon dioxide.
    EndTidalCarbonDioxide,
    /// Body temperature.
    Temperature,
}

impl VitalSign {
    /// Every sign, in the order of the vital strip.
    pub const ALL: [Self; 8] = [
        Self::Systolic,
        Self::Diastolic,
        Self::MeanPressure,
        Self::HeartRate,
        Self::OxygenSaturation,
        Self::RespiratoryRate,
        Self::EndTidalCarbonDioxide,
        Self::Temperature,
    ];

    /// The word in the record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Systolic => "systolic",
            Self::Diastolic => "diastolic",
            Self::MeanPressure => "mean-pressure",
            Self::HeartRate => "heart-rate",
            Self::OxygenSaturation => "oxygen-saturation",
            Self::RespiratoryRate => "respiratory-rate",
            Self::EndTidalCarbonDioxide => "end-tidal-carbon-dioxide",
            Self::Temperature => "temperature",
        }
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Systolic => "systolic pressure",
            Self::Diastolic => "diastolic pressure",
            Self::MeanPressure => "mean pressure",
            Self::HeartRate => "heart rate",
            Self::OxygenSaturation => "oxygen saturation",
            Self::RespiratoryRate => "respiratory rate",
            Self::EndTidalCarbonDioxide => "end-tidal carbon dioxide",
            Self::Temperature => "temperature",
        }
    }

    /// The sign for a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.word() == word)
    }

    /// The sensors for this sign, the most trusted first.
    ///
    /// Heart rate: electrocardiogram, oximeter, cuff, unnamed. Respiratory rate: carbon dioxide,
    /// unnamed or by hand, chest impedance, oximeter waveform. Blood pressure: the cuff, because
    /// the limits are written for it; an arterial line where there is no cuff reading.
    /// Source: device reference §5.1 and §13.4.
    pub const fn sources(self) -> &'static [Signal] {
        match self {
            Self::Systolic => &[Signal::CuffSystolic, Signal::ArterialSystolic],
            Self::Diastolic => &[Signal::CuffDiastolic, Signal::ArterialDiastolic],
            Self::MeanPressure => &[Signal::CuffMean, Signal::ArterialMean],
            Self::HeartRate => &[
                Signal::HeartRate,
                Signal::PulseFromOximeter,
                Signal::PulseFromCuff,
                Signal::Pulse,
            ],
            Self::OxygenSaturation => &[Signal::OxygenSaturation],
            Self::RespiratoryRate => &[
                Signal::RespiratoryRateFromCarbonDioxide,
                Signal::RespiratoryRate,
                Signal::RespiratoryRateFromImpedance,
                Signal::RespiratoryRateFromOximeter,
            ],
            Self::EndTidalCarbonDioxide => &[Signal::EndTidalCarbonDioxide],
            Self::Temperature => &[Signal::Temperature],
        }
    }

    /// The sign that a sensor measures; `None` for what is shown but is no sign of its own.
    pub fn of(signal: Signal) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|sign| sign.sources().contains(&signal))
    }
}

/// The value that speaks for a sign: of the candidates not older than `freshest` allows, the one
/// whose sensor is the most trusted; of one sensor the newest. `value.signal` is the source, and
/// is shown beside the number.
///
/// When none is fresh, the newest of all is given, so that the tile can say how old it is.
/// An early estimate is never chosen.
pub fn choose<'a>(
    sign: VitalSign,
    candidates: impl IntoIterator<Item = &'a Numeric>,
    fresh_for: impl Fn(Signal) -> Span,
    now: Moment,
) -> Option<&'a Numeric> {
    let rank = |numeric: &Numeric| sign.sources().iter().position(|s| *s == numeric.signal);
    let candidates: Vec<(usize, &Numeric)> = candidates
        .into_iter()
        .filter(|numeric| numeric.quality != Quality::Early)
        .filter_map(|numeric| Some((rank(numeric)?, numeric)))
        .collect();
    let fresh = candidates
        .iter()
        .filter(|(_, numeric)| numeric.age(now) <= fresh_for(numeric.signal))
        .min_by_key(|(rank, numeric)| (*rank, std::cmp::Reverse(numeric.live_at())));
    fresh
        .or_else(|| {
            candidates
                .iter()
                .max_by_key(|(rank, numeric)| (numeric.live_at(), std::cmp::Reverse(*rank)))
        })
        .map(|(_, numeric)| *numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::from_microseconds(second * 1_000_000)
    }

    fn numeric(signal: Signal, value: i64, second: i64) -> Numeric {
        Numeric {
            signal,
            value: value.into(),
            quality: Quality::Good,
            device_at: at(second),
            received_at: at(second),
            corrected_at: at(second),
            aperiodic: signal.is_aperiodic(),
        }
    }

    fn chosen(sign: VitalSign, candidates: &[Numeric], now: i64) -> Option<(Signal, i64)> {
        let numeric = choose(sign, candidates, |_| Span::from_seconds(5), at(now))?;
        Some((numeric.signal, numeric.live_at().microseconds() / 1_000_000))
    }

    #[test]
    fn the_most_trusted_fresh_sensor_speaks_and_nothing_is_averaged() {
        use Signal::*;
        let rates = [
            numeric(Pulse, 60, 10),
            numeric(PulseFromCuff, 70, 10),
            numeric(PulseFromOximeter, 80, 10),
            numeric(HeartRate, 90, 10),
        ];
        for most_trusted in (1..=4).rev() {
            let signal = rates[most_trusted - 1].signal;
            let candidates = &rates[..most_trusted];
            assert_eq!(
                chosen(VitalSign::HeartRate, candidates, 10),
                Some((signal, 10))
            );
        }
        let breaths = [
            numeric(RespiratoryRateFromOximeter, 10, 10),
            numeric(RespiratoryRateFromImpedance, 12, 10),
            numeric(RespiratoryRate, 14, 10),
            numeric(RespiratoryRateFromCarbonDioxide, 16, 10),
        ];
        for most_trusted in (1..=4).rev() {
            let signal = breaths[most_trusted - 1].signal;
            let candidates = &breaths[..most_trusted];
            assert_eq!(
                chosen(VitalSign::RespiratoryRate, candidates, 10),
                Some((signal, 10))
            );
        }
    }

    #[test]
    fn a_silent_sensor_yields_to_a_less_trusted_one_that_speaks() {
        let candidates = [
            numeric(Signal::HeartRate, 90, 0),
            numeric(Signal::PulseFromOximeter, 80, 10),
        ];
        let speaks = chosen(VitalSign::HeartRate, &candidates, 10);
        assert_eq!(speaks, Some((Signal::PulseFromOximeter, 10)));
    }

    #[test]
    fn when_all_are_silent_the_newest_says_how_old_it_is() {
        let candidates = [
            numeric(Signal::HeartRate, 90, 0),
            numeric(Signal::PulseFromOximeter, 80, 10),
        ];
        let newest = chosen(VitalSign::HeartRate, &candidates, 100);
        assert_eq!(newest, Some((Signal::PulseFromOximeter, 10)));
    }

    #[test]
    fn an_early_estimate_and_another_sign_are_never_chosen() {
        let mut early = numeric(Signal::HeartRate, 90, 10);
        early.quality = Quality::Early;
        let candidates = [early, numeric(Signal::OxygenSaturation, 97, 10)];
        assert_eq!(chosen(VitalSign::HeartRate, &candidates, 10), None);
    }

    #[test]
    fn every_sign_has_a_word_of_its_own_and_no_sensor_speaks_for_two() {
        for sign in VitalSign::ALL {
            assert_eq!(VitalSign::from_word(sign.word()), Some(sign));
        }
        for signal in Signal::ALL {
            let signs = VitalSign::ALL
                .iter()
                .filter(|sign| sign.sources().contains(&signal));
            assert!(signs.count() <= 1, "{signal:?}");
        }
    }
}
