//! How far a reading can be trusted. Marks; never drops.

use super::{Numeric, Quality, Signal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{Moment, Span};

/// The oximeter's pulse and the electrocardiogram's rate may differ by this much.
/// Source: device reference §12.
pub const PULSE_AGREEMENT: u32 = 15;
/// For this long a disagreement is let pass. Source: device reference §12.
pub const DISAGREEMENT_FOR: Span = Span::from_seconds(10);
/// Two samples further apart than this are not compared for a step: the limits are for samples
/// one second apart (device reference §2.8), and a body may change in longer.
pub const STEP_WITHIN: Span = Span::from_seconds(3);
/// A rate or a perfusion index older than this says nothing about a saturation now.
const COMPANION_WITHIN: Span = Span::from_seconds(10);

/// Why a reading is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The device said so.
    SaidByDevice,
    /// Outside what is seen in living people who sit in a treatment chair.
    OutsideSoftBounds,
    /// A larger change since the second before than bodies make.
    Step,
    /// The oximeter's pulse and the electrocardiogram's rate have disagreed for over 10 s.
    PulseDisagrees,
    /// Perfusion index below 0.3 %.
    LowPerfusion,
    /// Systolic, mean and diastolic of one cuff cycle cannot belong together.
    CuffInconsistent,
}

/// What the judge says of one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// A measurement, with every doubt; its quality is `Good` only without any.
    Measurement {
        /// The number, marked.
        numeric: Numeric,
        /// Why it is doubted.
        doubts: Vec<Doubt>,
    },
    /// Outside the hard bounds: a sentinel or an artefact. Kept raw, never shown as a value.
    NotAMeasurement {
        /// What was given.
        numeric: Numeric,
    },
}

impl Judgement {
    /// The measurement, if it is one.
    pub fn measurement(self) -> Option<Numeric> {
        match self {
            Self::Measurement { numeric, .. } => Some(numeric),
            Self::NotAMeasurement { .. } => None,
        }
    }
}

/// Accepted, but doubted outside these; `None` where no bound is set.
///
/// Source: device reference §2.8, project default. The lower end of `None` in the reference is
/// the hard bound.
pub fn soft_bounds(signal: Signal) -> Option<(Decimal, Decimal)> {
    let (low, high) = match signal {
        Signal::HeartRate | Signal::PulseFromOximeter | Signal::PulseFromCuff | Signal::Pulse => {
            (250, 2_500)
        }
        Signal::OxygenSaturation => (500, 1_000),
        Signal::CuffSystolic | Signal::ArterialSystolic => (600, 2_500),
        Signal::CuffDiastolic | Signal::ArterialDiastolic => (300, 1_600),
        Signal::CuffMean | Signal::ArterialMean => (400, 2_000),
        Signal::RespiratoryRate
        | Signal::RespiratoryRateFromImpedance
        | Signal::RespiratoryRateFromCarbonDioxide
        | Signal::RespiratoryRateFromOximeter => (40, 600),
        Signal::EndTidalCarbonDioxide => (100, 800),
        Signal::Temperature => (330, 410),
        Signal::PerfusionIndex => (2, 200),
        Signal::InspiredCarbonDioxide | Signal::BispectralIndex => return None,
    };
    Some((Decimal::new(low, 1), Decimal::new(high, 1)))
}

/// The largest change within a second that is not doubted; `None` where no bound is set.
///
/// Source: device reference §2.8, project default.
pub fn largest_step(signal: Signal) -> Option<Decimal> {
    let tenths = match signal {
        Signal::HeartRate | Signal::PulseFromOximeter | Signal::Pulse => 400,
        Signal::OxygenSaturation => 100,
        Signal::RespiratoryRate
        | Signal::RespiratoryRateFromImpedance
        | Signal::RespiratoryRateFromCarbonDioxide
        | Signal::RespiratoryRateFromOximeter
        | Signal::EndTidalCarbonDioxide => 150,
        Signal::Temperature => 5,
        Signal::BispectralIndex => 250,
        // The cuff is not compared between cycles, nor is what the reference gives no step for.
        Signal::PulseFromCuff
        | Signal::CuffSystolic
        | Signal::CuffDiastolic
        | Signal::CuffMean
        | Signal::ArterialSystolic
        | Signal::ArterialDiastolic
        | Signal::ArterialMean
        | Signal::InspiredCarbonDioxide
        | Signal::PerfusionIndex => return None,
    };
    Some(Decimal::new(tenths, 1))
}

/// Judges the readings of one device, message by message.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    last: BTreeMap<Signal, (Moment, Decimal)>,
    disagree_since: Option<Moment>,
    cuff_doubted_at: Option<Moment>,
    cuff: BTreeMap<Signal, (Moment, Decimal)>,
}

impl Judge {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges the numbers of one message, which belong together, in their order.
    ///
    /// Quality is only ever lowered. An older number than the newest of its signal is judged by
    /// its bounds alone and leaves the memory as it is.
    pub fn judge(&mut self, message: Vec<Numeric>) -> Vec<Judgement> {
        let steps: Vec<bool> = message.iter().map(|numeric| self.take(numeric)).collect();
        self.watch_pulse();
        message
            .into_iter()
            .zip(steps)
            .map(|(numeric, step)| self.judgement(numeric, step))
            .collect()
    }

    /// Remembers a number for those to come; true when it is a step from the one before.
    fn take(&mut self, numeric: &Numeric) -> bool {
        if !is_within_hard_bounds(numeric) {
            return false;
        }
        let step = self.is_step(numeric);
        self.remember(numeric);
        step
    }

    fn judgement(&self, mut numeric: Numeric, step: bool) -> Judgement {
        if !is_within_hard_bounds(&numeric) {
            return Judgement::NotAMeasurement { numeric };
        }
        let doubts = self.doubts(&numeric, step);
        if !doubts.is_empty() {
            numeric.quality = numeric.quality.max(Quality::Questionable);
        }
        Judgement::Measurement { numeric, doubts }
    }

    fn doubts(&self, numeric: &Numeric, stepped: bool) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        if numeric.quality != Quality::Good {
            doubts.push(Doubt::SaidByDevice);
        }
        if soft_bounds(numeric.signal)
            .is_some_and(|(low, high)| numeric.value < low || numeric.value > high)
        {
            doubts.push(Doubt::OutsideSoftBounds);
        }
        if stepped {
            doubts.push(Doubt::Step);
        }
        match numeric.signal {
            Signal::OxygenSaturation => {
                if self.pulse_disagrees(numeric.corrected_at) {
                    doubts.push(Doubt::PulseDisagrees);
                }
                let perfusion = self.companion(Signal::PerfusionIndex, numeric.corrected_at);
                if perfusion.is_some_and(|index| index < Decimal::new(3, 1)) {
                    doubts.push(Doubt::LowPerfusion);
                }
            }
            Signal::CuffSystolic | Signal::CuffDiastolic | Signal::CuffMean => {
                if self.cuff_doubted_at == Some(numeric.device_at) {
                    doubts.push(Doubt::CuffInconsistent);
                }
            }
            Signal::HeartRate
            | Signal::PulseFromOximeter
            | Signal::PulseFromCuff
            | Signal::Pulse
            | Signal::ArterialSystolic
            | Signal::ArterialDiastolic
            | Signal::ArterialMean
            | Signal::RespiratoryRate
            | Signal::RespiratoryRateFromImpedance
            | Signal::RespiratoryRateFromCarbonDioxide
            | Signal::RespiratoryRateFromOximeter
            | Signal::EndTidalCarbonDioxide
            | Signal::InspiredCarbonDioxide
            | Signal::Temperature
            | Signal::PerfusionIndex
            | Signal::BispectralIndex => {}
        }
        doubts
    }

    fn is_step(&self, numeric: &Numeric) -> bool {
        let Some(limit) = largest_step(numeric.signal) else {
            return false;
        };
        self.last.get(&numeric.signal).is_some_and(|(at, value)| {
            let apart = numeric.corrected_at - *at;
            apart > Span::ZERO && apart <= STEP_WITHIN && (numeric.value - value).abs() > limit
        })
    }

    fn remember(&mut self, numeric: &Numeric) {
        let newer = |known: Option<&(Moment, Decimal)>, at: Moment| {
            known.is_none_or(|(known_at, _)| at >= *known_at)
        };
        if newer(self.last.get(&numeric.signal), numeric.corrected_at) {
            self.last
                .insert(numeric.signal, (numeric.corrected_at, numeric.value));
        }
        if matches!(
            numeric.signal,
            Signal::CuffSystolic | Signal::CuffDiastolic | Signal::CuffMean
        ) && newer(self.cuff.get(&numeric.signal), numeric.device_at)
        {
            self.cuff
                .insert(numeric.signal, (numeric.device_at, numeric.value));
            self.watch_cuff(numeric.device_at);
        }
    }

    /// Diastolic ≤ mean ≤ systolic, and systolic − diastolic ≥ 10, else all three are doubted.
    /// Source: device reference §2.8.
    fn watch_cuff(&mut self, cycle: Moment) {
        let of_cycle = |signal: Signal| {
            self.cuff
                .get(&signal)
                .filter(|(at, _)| *at == cycle)
                .map(|(_, value)| *value)
        };
        let systolic = of_cycle(Signal::CuffSystolic);
        let diastolic = of_cycle(Signal::CuffDiastolic);
        let mean = of_cycle(Signal::CuffMean);
        let too_narrow = systolic
            .zip(diastolic)
            .is_some_and(|(systolic, diastolic)| systolic - diastolic < Decimal::TEN);
        let mean_too_high = systolic
            .zip(mean)
            .is_some_and(|(systolic, mean)| mean > systolic);
        let mean_too_low = diastolic
            .zip(mean)
            .is_some_and(|(diastolic, mean)| mean < diastolic);
        if too_narrow || mean_too_high || mean_too_low {
            self.cuff_doubted_at = Some(cycle);
        }
    }

    fn watch_pulse(&mut self) {
        let pair = self
            .last
            .get(&Signal::PulseFromOximeter)
            .zip(self.last.get(&Signal::HeartRate));
        let Some(((pulse_at, pulse), (rate_at, rate))) = pair else {
            return;
        };
        let at = *pulse_at.max(rate_at);
        let together = (*pulse_at - *rate_at).absolute() <= COMPANION_WITHIN;
        let apart = (pulse - rate).abs() > Decimal::from(PULSE_AGREEMENT);
        if together && apart {
            self.disagree_since.get_or_insert(at);
        } else {
            self.disagree_since = None;
        }
    }

    fn pulse_disagrees(&self, at: Moment) -> bool {
        // A rate that is not sent any more says nothing about a saturation now.
        let both_speak = self.companion(Signal::HeartRate, at).is_some()
            && self.companion(Signal::PulseFromOximeter, at).is_some();
        both_speak
            && self
                .disagree_since
                .is_some_and(|since| at - since > DISAGREEMENT_FOR)
    }

    fn companion(&self, signal: Signal, at: Moment) -> Option<Decimal> {
        let (known_at, value) = self.last.get(&signal)?;
        ((at - *known_at).absolute() <= COMPANION_WITHIN).then_some(*value)
    }
}

fn is_within_hard_bounds(numeric: &Numeric) -> bool {
    let (low, high) = numeric.signal.hard_bounds();
    (low..=high).contains(&numeric.value)
}

#[cfg(test)]
mod tests;
