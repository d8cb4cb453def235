//! Bedside monitors that write HL7 `ORU^R01`, each with the habits of its maker.
//!
//! The habits are those of the project's device reference §3, and the codes are written here once
//! more as literals from that reference: the simulator is a witness for `exchange`, so it must not
//! share a table with it. All identifiers are invented; "-like" says that no maker's product is
//! reproduced.

mod cuff;
mod ge_like;
mod generic;
mod low_cost;
mod mindray_like;
mod philips_like;
mod wire;

use crate::chance::Chance;
use crate::patient::Signs;
use crate::trouble::Troubles;
use cuff::Cuff;
pub use cuff::CuffReading;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use units::{Moment, Span};

/// Whose habits a simulated monitor has.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Maker {
    /// As the integration profile PCD-01 asks: zoned times, every row complete.
    #[value(name = "generic-pcd01")]
    #[serde(rename = "generic-pcd01")]
    GenericPcd01,
    /// Hexadecimal MDIL codes, monitor limits, `APERIODIC` in OBX-13.
    #[value(name = "philips-like")]
    PhilipsLike,
    /// Container rows, no OBX-14, a control id that never changes, no zone.
    #[value(name = "ge-like")]
    GeLike,
    /// −100 for absent, `DEMO` in OBX-8, OBX-18 on the first row only, a counter that restarts.
    #[value(name = "mindray-like")]
    MindrayLike,
    /// −999 and −99.9 for absent, no OBX-11, units as plain text, no zone.
    #[value(name = "low-cost")]
    LowCost,
}

impl Maker {
    /// Every maker.
    pub const ALL: [Self; 5] = [
        Self::GenericPcd01,
        Self::PhilipsLike,
        Self::GeLike,
        Self::MindrayLike,
        Self::LowCost,
    ];

    /// The name in options and files; also the name of the matching profile of the listener.
    pub const fn word(self) -> &'static str {
        match self {
            Self::GenericPcd01 => "generic-pcd01",
            Self::PhilipsLike => "philips-like",
            Self::GeLike => "ge-like",
            Self::MindrayLike => "mindray-like",
            Self::LowCost => "low-cost",
        }
    }
}

/// The patient as someone typed it into the monitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientOnWire {
    /// PID-3.1.
    pub identifier: String,
    /// PID-5.1.
    pub family: String,
    /// PID-5.2.
    pub given: String,
    /// PID-7 as `YYYYMMDD`; empty when it was not typed in.
    pub birth_date: String,
    /// PID-8; empty when it was not typed in.
    pub sex: String,
}

/// What is set in the monitor's menus.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The device's EUI-64, 16 hexadecimal digits.
    pub device_key: String,
    /// PV1-3 as it stands on the wire, as `INF^R2^CHAIR2`.
    pub bed: String,
    /// The patient, when one was typed in.
    pub patient: Option<PatientOnWire>,
    /// The zone its clock is set to.
    pub zone: TimeZone,
    /// Time between two cuff cycles.
    pub cuff_interval: Span,
    /// Whether a carbon-dioxide line is connected.
    pub capnography: bool,
}

/// One message, without its MLLP envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The HL7 text; segments end with a carriage return.
    pub text: String,
    /// MSH-10, which the acknowledgement must echo.
    pub control_id: String,
}

/// A simulated monitor.
#[derive(Debug)]
pub struct Monitor {
    maker: Maker,
    settings: Settings,
    cuff: Cuff,
    messages: u64,
}

/// What one message is written from.
struct Picture<'a> {
    settings: &'a Settings,
    control_id: &'a str,
    counter: u64,
    /// The monitor's own clock.
    clock: Moment,
    signs: &'a Signs,
    cuff: Option<CuffReading>,
    patient: Option<PatientOnWire>,
    bed: &'a str,
    cable_off: bool,
    demo_mode: bool,
}

impl Monitor {
    /// A monitor that was just switched on. The seed is for the scatter of its cuff.
    pub fn new(maker: Maker, settings: Settings, seed: u64) -> Self {
        // Another stream than the patient's, which is seeded with the same number.
        let chance = Chance::from_seed(seed ^ 0x6d6f_6e69_746f_7200);
        let cuff = Cuff::new(settings.cuff_interval, chance);
        Self {
            maker,
            settings,
            cuff,
            messages: 0,
        }
    }

    /// The message of this second. `at` is the true time; moments must not go backwards.
    pub fn message(&mut self, at: Moment, signs: &Signs, troubles: &Troubles) -> Message {
        let clock = at + troubles.clock_offset;
        let cuff = self.cuff.second(at, clock, signs, troubles.cuff_repeats);
        self.messages += 1;
        let counter = match self.maker {
            // Seen on the wire: the counter starts again (device reference §3).
            Maker::MindrayLike => (self.messages - 1) % 600 + 1,
            Maker::GenericPcd01 | Maker::PhilipsLike | Maker::GeLike | Maker::LowCost => {
                self.messages
            }
        };
        let control_id = self.control_id(clock, counter);
        let patient = match (&self.settings.patient, &troubles.wrong_patient) {
            (Some(patient), Some(other)) => Some(PatientOnWire {
                identifier: other.clone(),
                ..patient.clone()
            }),
            (None, Some(other)) => Some(PatientOnWire {
                identifier: other.clone(),
                family: String::new(),
                given: String::new(),
                birth_date: String::new(),
                sex: String::new(),
            }),
            (patient, None) => patient.clone(),
        };
        let picture = Picture {
            settings: &self.settings,
            control_id: &control_id,
            counter,
            clock,
            signs,
            cuff,
            patient,
            bed: troubles.wrong_bed.as_deref().unwrap_or(&self.settings.bed),
            cable_off: troubles.cable_off,
            demo_mode: troubles.demo_mode,
        };
        let text = match self.maker {
            Maker::GenericPcd01 => generic::write(&picture),
            Maker::PhilipsLike => philips_like::write(&picture),
            Maker::GeLike => ge_like::write(&picture),
            Maker::MindrayLike => mindray_like::write(&picture),
            Maker::LowCost => low_cost::write(&picture),
        };
        Message { text, control_id }
    }

    /// What the cuff showed last, if it has measured.
    pub const fn cuff_reading(&self) -> Option<CuffReading> {
        self.cuff.reading()
    }

    fn control_id(&self, clock: Moment, counter: u64) -> String {
        let key = &self.settings.device_key;
        match self.maker {
            Maker::GenericPcd01 => {
                let tail = key.get(key.len().saturating_sub(6)..).unwrap_or_default();
                format!("{tail}{:x}-{counter}", clock.milliseconds())
            }
            Maker::PhilipsLike => format!("{:08}", 88_120_000 + counter),
            // Looks like the device's MAC address, the same in every message.
            Maker::GeLike => {
                let head = key.get(..6).unwrap_or_default();
                let tail = key.get(key.len().saturating_sub(6)..).unwrap_or_default();
                format!("{head}{tail}")
            }
            Maker::MindrayLike | Maker::LowCost => counter.to_string(),
        }
    }
}
