//! OBX-8 and OBX-11: what the monitor says about a value. Source: device reference §2.5.

use super::row::shortened;
use super::types::{MonitorFlags, OutsideLimits, WhyAbsent, WhyDeleted, WhySimulated};
use crate::hl7v2::message::Field;

/// What OBX-8 says.
#[derive(Default)]
pub(super) struct Flags {
    pub(super) simulated: Option<WhySimulated>,
    pub(super) absent: Option<WhyAbsent>,
    pub(super) questionable: bool,
    pub(super) early: bool,
    pub(super) monitor: MonitorFlags,
}

/// What OBX-11 says.
pub(super) enum Status {
    Result { early: bool, correction: bool },
    NoResult,
    Gone(WhyDeleted),
    Unknown,
}

pub(super) fn read_flags(field: Field<'_>) -> Flags {
    let mut flags = Flags::default();
    if field.is_empty() {
        return flags;
    }
    for repetition in field.repetitions() {
        // Later versions send a coded element here; its first component is the word.
        match repetition.component(1).raw().trim() {
            "" | "N" => {}
            "L" => flags.monitor.outside_limits = Some(OutsideLimits::Low),
            "LL" => flags.monitor.outside_limits = Some(OutsideLimits::VeryLow),
            "H" => flags.monitor.outside_limits = Some(OutsideLimits::High),
            "HH" => flags.monitor.outside_limits = Some(OutsideLimits::VeryHigh),
            "A" | "AA" => flags.monitor.outside_limits = Some(OutsideLimits::Abnormal),
            "INV" => flags.absent = Some(WhyAbsent::Invalid),
            "NAV" => flags.absent = Some(WhyAbsent::NotAvailable),
            "CAL" | "ONG" | "BUSY" => flags.absent = Some(WhyAbsent::Measuring),
            "QUES" => flags.questionable = true,
            "EARLY" => flags.early = true,
            // In any case of letters: a demonstration must never pass. Hazard: H04.
            word if word.eq_ignore_ascii_case("DEMO") => {
                flags.simulated = Some(WhySimulated::DemoMode);
            }
            word if word.eq_ignore_ascii_case("TEST") => {
                flags.simulated = Some(WhySimulated::TestMode);
            }
            "VAL" => flags.monitor.validated = true,
            "ALACT" => flags.monitor.in_alarm = true,
            "ALINH" => flags.monitor.alarms_inhibited = true,
            other => flags.monitor.other.push(shortened(other)),
        }
    }
    flags
}

pub(super) fn read_status(text: &str) -> Status {
    match text {
        "R" | "F" | "V" | "U" | "" | "\"\"" => Status::Result {
            early: false,
            correction: false,
        },
        "P" | "S" => Status::Result {
            early: true,
            correction: false,
        },
        "C" => Status::Result {
            early: false,
            correction: true,
        },
        "X" | "O" | "I" | "N" => Status::NoResult,
        "D" => Status::Gone(WhyDeleted::Deleted),
        "W" => Status::Gone(WhyDeleted::Wrong),
        _ => Status::Unknown,
    }
}
