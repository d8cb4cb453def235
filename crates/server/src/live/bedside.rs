//! One session's live numerics, as its monitor last gave them.

use clinical::course::session::MonitorEvidence;
use clinical::device::Agreement;
use clinical::record::DeviceId;
use clinical::vital_signs::{LastSeen, NotValid, Numeric, Quality, Signal};
use std::collections::BTreeMap;
use units::{Moment, Span};

/// A device that has sent nothing for this long shows no signal. Source: device reference 2.7
/// (no sample for more than 3 periods, at least 10 s).
const SILENT_AFTER: Span = Span::from_seconds(10);

/// How long a frame in demo mode keeps the bedside simulated.
const SIMULATED_FOR: Span = Span::from_seconds(30);

/// What one sensor gave last.
#[derive(Clone, Debug, Default)]
pub struct Sensor {
    /// The last good value.
    pub good: Option<Numeric>,
    /// What came last, good or not; `None` is nothing yet.
    pub seen: Option<LastSeen>,
}

/// One bedside.
#[derive(Clone, Debug, Default)]
pub struct Bedside {
    /// The device that serves the session.
    pub device: Option<DeviceId>,
    /// Its name as staff say it.
    pub device_name: String,
    /// How often it sends.
    pub period: Span,
    /// Each sensor.
    pub sensors: BTreeMap<Signal, Sensor>,
    /// The newest frame that counted, by its number in the store.
    pub frame: u64,
    /// When the newest frame came, valid or not.
    pub last_frame_at: Option<Moment>,
    /// When the newest valid number came.
    pub last_valid_at: Option<Moment>,
    /// When the device last said that it is in demo or test mode, and how.
    pub simulated: Option<(Moment, String)>,
    /// How the patient on the wire stands to the session.
    pub agreement: Option<Agreement>,
    /// Alarms that the monitor says are switched off, in its words.
    pub alarms_off: Vec<String>,
}

/// What one frame brought to a bedside.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The frame's number in the store.
    pub frame: u64,
    /// When it came.
    pub received_at: Moment,
    /// Measurements, judged.
    pub numerics: Vec<Numeric>,
    /// Signals that were sent without a measurement.
    pub absent: Vec<(Signal, NotValid)>,
    /// The device says that this is no patient.
    pub simulated: Option<String>,
    /// How the patient on the wire stands to the session.
    pub agreement: Agreement,
    /// Alarms that the monitor says are switched off.
    pub alarms_off: Vec<String>,
}

impl Bedside {
    /// Takes in a frame.
    pub fn observe(&mut self, observed: Observed) {
        // A stored frame that is read again never takes the place of a newer one.
        if self
            .last_frame_at
            .is_some_and(|last| observed.received_at < last)
        {
            return;
        }
        self.frame = self.frame.max(observed.frame);
        self.last_frame_at = Some(observed.received_at);
        self.agreement = Some(observed.agreement);
        self.alarms_off = observed.alarms_off;
        if let Some(why) = observed.simulated {
            // Hazard: H04 — nothing of a simulated frame becomes a value.
            self.simulated = Some((observed.received_at, why));
            return;
        }
        for (signal, why) in observed.absent {
            self.sensors.entry(signal).or_default().seen =
                Some(LastSeen::NotAMeasurement(observed.received_at, why));
        }
        for numeric in observed.numerics {
            let sensor = self.sensors.entry(numeric.signal).or_default();
            sensor.seen = Some(LastSeen::Value(numeric.received_at));
            self.last_valid_at = Some(observed.received_at);
            let newer = sensor
                .good
                .as_ref()
                .is_none_or(|known| numeric.live_at() >= known.live_at());
            if numeric.quality != Quality::Early && newer {
                sensor.good = Some(numeric);
            }
        }
    }

    /// True while the device says that it is in demo or test mode.
    pub fn is_simulated(&self, now: Moment) -> bool {
        self.simulated.as_ref().is_some_and(|(at, _)| {
            now - *at < SIMULATED_FOR && self.last_valid_at.is_none_or(|valid| valid < *at)
        })
    }

    /// True when no frame has come for too long.
    pub fn is_silent(&self, now: Moment) -> bool {
        let patience = Span::from_microseconds(self.period.microseconds() * 3).max(SILENT_AFTER);
        self.last_frame_at.is_none_or(|at| now - at > patience)
    }

    /// What the start gate may know of the monitor.
    pub fn evidence(&self, now: Moment) -> MonitorEvidence {
        if self.device.is_none() {
            return MonitorEvidence::NotAssociated;
        }
        if self.is_simulated(now) {
            return MonitorEvidence::DemoMode;
        }
        match &self.agreement {
            Some(Agreement::WeakConflict { .. } | Agreement::StrongConflict { .. }) => {
                return MonitorEvidence::IdentityConflict;
            }
            Some(Agreement::Agrees | Agreement::NoEvidence) | None => {}
        }
        let valid = self
            .last_valid_at
            .is_some_and(|at| now - at <= SILENT_AFTER);
        if valid {
            MonitorEvidence::Live
        } else {
            MonitorEvidence::NoSignal
        }
    }

    /// Every sensor's last good value.
    pub fn good(&self) -> impl Iterator<Item = &Numeric> {
        self.sensors
            .values()
            .filter_map(|sensor| sensor.good.as_ref())
    }

    /// The last good values of the sensors that have not said since that they measure nothing.
    pub fn measuring(&self) -> impl Iterator<Item = &Numeric> {
        self.sensors
            .values()
            .filter(|sensor| !matches!(sensor.seen, Some(LastSeen::NotAMeasurement(..))))
            .filter_map(|sensor| sensor.good.as_ref())
    }

    /// Forgets what the last session's device gave, when another device or session begins.
    pub fn serve(&mut self, device: DeviceId, name: &str, period: Span) {
        // Hazard: H01 — nothing of an earlier association is carried into this one.
        *self = Self {
            device: Some(device),
            device_name: name.to_owned(),
            period,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::Decimal;
    use uuid::Uuid;

    const T0: Moment = Moment::from_microseconds(1_790_000_000_000_000);

    fn after(seconds: i64) -> Moment {
        T0 + Span::from_seconds(seconds)
    }

    fn bedside() -> Bedside {
        let mut bedside = Bedside::default();
        bedside.serve(
            DeviceId(Uuid::from_u128(1)),
            "Monitor 1",
            Span::from_seconds(1),
        );
        bedside
    }

    fn frame(at: Moment, value: Option<i64>, simulated: bool) -> Observed {
        Observed {
            frame: 1,
            received_at: at,
            numerics: value
                .map(|value| Numeric {
                    signal: Signal::OxygenSaturation,
                    value: Decimal::from(value),
                    quality: Quality::Good,
                    device_at: at,
                    received_at: at,
                    corrected_at: at,
                    aperiodic: false,
                })
                .into_iter()
                .collect(),
            absent: Vec::new(),
            simulated: simulated.then(|| "demo".to_owned()),
            agreement: Agreement::NoEvidence,
            alarms_off: Vec::new(),
        }
    }

    #[test]
    fn a_monitor_in_demo_mode_gives_no_value_and_is_no_evidence() {
        // Hazard: H04
        let mut bedside = bedside();
        bedside.observe(frame(T0, Some(98), true));
        assert_eq!(bedside.good().count(), 0);
        assert_eq!(bedside.evidence(after(1)), MonitorEvidence::DemoMode);
    }

    #[test]
    fn a_monitor_that_fell_silent_is_no_evidence_after_ten_seconds() {
        // Hazard: H03
        let mut bedside = bedside();
        bedside.observe(frame(T0, Some(98), false));
        assert_eq!(bedside.evidence(after(10)), MonitorEvidence::Live);
        assert_eq!(bedside.evidence(after(11)), MonitorEvidence::NoSignal);
        assert!(bedside.is_silent(after(11)));
    }

    #[test]
    fn frames_without_a_measurement_are_connected_and_yet_no_signal() {
        let mut bedside = bedside();
        bedside.observe(frame(T0, None, false));
        assert!(!bedside.is_silent(after(1)));
        assert_eq!(bedside.evidence(after(1)), MonitorEvidence::NoSignal);
    }

    #[test]
    fn a_new_association_carries_nothing_over_from_the_one_before() {
        // Hazard: H01
        let mut bedside = bedside();
        bedside.observe(frame(T0, Some(98), false));
        bedside.serve(
            DeviceId(Uuid::from_u128(2)),
            "Monitor 2",
            Span::from_seconds(1),
        );
        assert_eq!(bedside.good().count(), 0);
        assert_eq!(bedside.evidence(T0), MonitorEvidence::NoSignal);
    }
}
