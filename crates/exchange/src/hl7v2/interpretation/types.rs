//! The shape of an interpretation.

use clinical::vital_signs::{Quality, Signal};
use rust_decimal::Decimal;
use units::Moment;

/// What one message says.
#[derive(Clone, Debug, PartialEq)]
pub struct Interpretation {
    /// How far the message was understood.
    pub outcome: Outcome,
    /// Who sent it, and what it calls itself.
    pub identity: Identity,
    /// Whether it is real. One simulated row makes the whole message simulated. Hazard: H04.
    pub stream: Stream,
    /// The patients of the message; evidence, never authority. Every row belongs to one of them.
    pub groups: Vec<PatientGroup>,
    pub(super) readings: Vec<Reading>,
    /// Signals that were sent without a usable value.
    pub absences: Vec<Absence>,
    /// Rows that say an earlier value was wrong.
    pub deletions: Vec<Deletion>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    /// The monitor's own limits, as evidence.
    pub limits: Vec<MonitorLimits>,
    /// Signals whose alarms are off at the monitor: a persistent notice.
    pub alarms_inhibited: Vec<AlarmsInhibited>,
    /// Rows that are known and not taken, such as waveforms and container rows.
    pub not_taken: usize,
}

impl Interpretation {
    /// The readings of a real patient; empty when anything in the message is simulated.
    pub fn live_readings(&self) -> &[Reading] {
        match self.stream {
            Stream::Live => &self.readings,
            Stream::Simulated { .. } => &[],
        }
    }

    /// The readings of a monitor in demonstration or test; empty when the message is live.
    pub fn simulated_readings(&self) -> &[Reading] {
        match self.stream {
            Stream::Live => &[],
            Stream::Simulated { .. } => &self.readings,
        }
    }
}

/// How far a message was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every row was understood.
    Parsed,
    /// Some rows were not.
    PartiallyParsed {
        /// How many problems there are, including those beyond the kept ones.
        problems: usize,
    },
    /// A message of a kind that is stored and not read: alarms, waveforms, the monitor's queries.
    NotTaken {
        /// Its MSH-9, such as `ORU^R40`.
        message_type: String,
    },
    /// Not understood at all.
    Quarantined(Quarantine),
}

/// Why a message is not understood at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Quarantine {
    /// It cannot be cut into segments.
    #[error(transparent)]
    Unreadable(#[from] super::super::message::Unreadable),
    /// Not a kind of message that a monitor sends.
    #[error("a message of type {0:?} is not expected from a monitor")]
    MessageType(String),
}

/// Who sent a message, and what it calls itself.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Identity {
    /// MSH-3.1.
    pub sending_application: String,
    /// MSH-4.
    pub sending_facility: String,
    /// The key of the sending device: an EUI-64, or name and remote address.
    pub device: String,
    /// MSH-10, to be echoed; not a key of anything.
    pub control_id: String,
    /// MSH-9.1 and .2.
    pub message_type: String,
    /// MSH-11.
    pub processing_id: String,
    /// MSH-12.
    pub version: String,
    /// MSH-15.
    pub accept_acknowledgement: String,
    /// MSH-16.
    pub application_acknowledgement: String,
    /// MSH-21.1; recorded, not required.
    pub profile_id: String,
    /// MSH-7, if it could be read.
    pub sent_at: Option<Moment>,
}

/// Whether a message is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// From a monitor on a person, as far as the message says.
    Live,
    /// Not real.
    Simulated {
        /// The first sign of it.
        why: WhySimulated,
    },
}

/// How a message says that it is not real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhySimulated {
    /// A row with OBX-8 `DEMO`.
    DemoMode,
    /// A row with OBX-8 `TEST`.
    TestMode,
    /// MSH-11 `T`.
    TrainingProcessing,
    /// MSH-11 `D`.
    DebuggingProcessing,
}

impl WhySimulated {
    /// The word of the refusal and of the record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DemoMode => "monitor_demo_mode",
            Self::TestMode => "monitor_test_mode",
            Self::TrainingProcessing => "message_for_training",
            Self::DebuggingProcessing => "message_for_debugging",
        }
    }
}

/// What the wire says about whose values these are. Evidence, never authority. Hazard: H01.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PatientGroup {
    /// The key of the device for these rows. Where one message carries several patients, each
    /// group has a key of its own, so that two people's values never share one.
    pub device: String,
    /// PID-3.
    pub identifiers: Vec<PatientIdentifier>,
    /// PID-5 family name.
    pub family_name: Option<String>,
    /// PID-5 given name.
    pub given_name: Option<String>,
    /// PID-7, as `YYYY-MM-DD`.
    pub birth_date: Option<String>,
    /// PID-8.
    pub sex: Option<String>,
    /// PV1-3, normalised: upper case, empty parts left out, parts joined by `/`.
    pub bed: Option<String>,
    /// PV1-19.
    pub visit: Option<String>,
    /// OBX-18.1, and the model, of the first row that says it.
    pub equipment: Option<Equipment>,
}

/// What OBX-18 says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equipment {
    /// The first component.
    pub id: String,
    /// The second.
    pub model: String,
}

/// One identifier of PID-3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientIdentifier {
    /// The identifier.
    pub id: String,
    /// Who gave it.
    pub authority: String,
    /// Its type, such as `MR`.
    pub kind: String,
    /// Whether the profile lists it as standing for nobody.
    pub placeholder: bool,
}

/// One number measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What was measured.
    pub signal: Signal,
    /// The value in the signal's canonical unit, within its hard bounds. Hazard: H05, H06.
    pub value: Decimal,
    /// The value as it was sent.
    pub original_value: String,
    /// The unit as it was sent.
    pub original_unit: String,
    /// How far it can be trusted.
    pub quality: Quality,
    /// When it was measured.
    pub observed_at: DeviceTime,
    /// Measured once and then repeated by the monitor.
    pub aperiodic: bool,
    /// Where on the body or by which of two sensors, if that is known.
    pub site: Option<String>,
    /// Another sensor of the same signal is charted: this one is shown, not charted. Hazard: H07.
    pub beside: bool,
    /// The channel part of OBX-4: groups rows of one message, identifies nothing across messages.
    pub channel: String,
    /// What the monitor says about the value.
    pub monitor_flags: MonitorFlags,
    /// A number that was sent as text (OBX-2 `ST`).
    pub coerced: bool,
    /// OBX-11 `C`: replaces an earlier value with the same key.
    pub correction: bool,
    /// The patient group, as an index into [`Interpretation::groups`].
    pub group: usize,
    /// The row, counted from one within its message.
    pub row: usize,
    /// What is the same when the observation is the same: device, code, channel, time.
    pub key: [u8; 16],
    /// What is the same when its content is: value, unit, OBX-8, OBX-11.
    pub body: [u8; 16],
    /// Device, code and channel: one series of observations.
    pub(crate) series: u64,
}

/// When a value was measured, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceTime {
    /// The moment to use: the device's, or the receive time where that cannot be believed.
    pub moment: Moment,
    /// What the device said, believed or not. Hazard: H09.
    pub said: Option<Moment>,
    /// Where it was said.
    pub from: TimeSource,
    /// It was said without a zone, and the gateway's zone was assumed.
    pub zone_assumed: bool,
    /// It could not be believed or read: check the monitor's clock.
    pub suspect: bool,
}

/// Where a time was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// On the row itself.
    Obx14,
    /// On the order.
    Obr7,
    /// In the header.
    Msh7,
    /// Nowhere that could be used.
    Received,
}

/// What the monitor says about a value. Source: device reference §2.5.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MonitorFlags {
    /// Outside the monitor's own limits.
    pub outside_limits: Option<OutsideLimits>,
    /// Validated by a person at the monitor.
    pub validated: bool,
    /// The monitor alarms on this value.
    pub in_alarm: bool,
    /// The monitor's alarms are off for this value.
    pub alarms_inhibited: bool,
    /// Alert facets and makers' own words, as sent.
    pub other: Vec<String>,
}

/// On which side of the monitor's limits a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutsideLimits {
    /// `L`.
    Low,
    /// `LL`.
    VeryLow,
    /// `H`.
    High,
    /// `HH`.
    VeryHigh,
    /// `A` or `AA`: outside, side not said.
    Abnormal,
}

/// A signal that was sent without a usable value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Which.
    pub signal: Signal,
    /// Why.
    pub why: WhyAbsent,
    /// The value as it was sent.
    pub received: String,
    /// When.
    pub observed_at: DeviceTime,
    /// The patient group.
    pub group: usize,
    /// The row, counted from one within its message.
    pub row: usize,
}

/// Why a value is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyAbsent {
    /// OBX-5 is empty.
    Empty,
    /// OBX-11 `X`, `O`, `I` or `N`.
    NoResult,
    /// OBX-8 `INV`.
    Invalid,
    /// OBX-8 `NAV`.
    NotAvailable,
    /// OBX-8 `CAL`, `ONG` or `BUSY`: show "measuring".
    Measuring,
    /// A number that means "no value": listed by the profile, or negative.
    Sentinel,
    /// Outside the bounds of a measurement.
    OutsideBounds,
}

/// A row that says an earlier value was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Which signal.
    pub signal: Signal,
    /// How wrong.
    pub why: WhyDeleted,
    /// The value as it was sent.
    pub received: String,
    /// The key of the observation that is wrong.
    pub key: [u8; 16],
    /// When the observation was.
    pub observed_at: DeviceTime,
    /// The patient group.
    pub group: usize,
    /// The row, counted from one within its message.
    pub row: usize,
}

/// How a value was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyDeleted {
    /// OBX-11 `D`.
    Deleted,
    /// OBX-11 `W`: it was posted as wrong, such as for the wrong patient.
    Wrong,
}

/// Something in a message that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `OBX[3]-5` is field 5 of the third OBX.
    pub path: String,
    /// What, as a plain sentence.
    pub says: String,
    /// What was received, shortened.
    pub received: String,
    /// What kind.
    pub kind: ProblemKind,
}

/// What kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// A line that is no segment.
    Segment,
    /// A code that is in no table.
    UnknownCode,
    /// A code whose number, name or place disagree. Hazard: H07.
    Disagreement,
    /// A pressure whose channel does not say how it is measured.
    PressureChannel,
    /// Expired carbon dioxide at a gateway where it was not confirmed to be end-tidal.
    NotConfirmed,
    /// OBX-2 is no type of a number.
    ValueType,
    /// OBX-5 is no number.
    Value,
    /// OBX-6 is missing, unknown or unsuitable. Hazard: H06.
    Unit,
    /// OBX-11 is no known status.
    Status,
    /// A time that cannot be used.
    Time,
    /// Two sensors for one signal, and the profile names neither.
    TwoSensors,
}

/// The monitor's own limits for a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorLimits {
    /// Which signal.
    pub signal: Signal,
    /// The lower limit in the canonical unit.
    pub low: Option<Decimal>,
    /// The upper limit in the canonical unit.
    pub high: Option<Decimal>,
    /// As sent.
    pub received: String,
    /// The patient group.
    pub group: usize,
}

/// A signal whose alarms are off at the monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmsInhibited {
    /// Which signal.
    pub signal: Signal,
    /// The patient group.
    pub group: usize,
}
