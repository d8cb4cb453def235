//! A gateway with hexadecimal MDIL codes; an invalid value is empty with status `X`.
//!
//! Source: device reference §3 and §3.1. A code `PPPP-CCCC` is the MDC code `PPPP << 16 | CCCC` in
//! hexadecimal. How it shows demo mode was not seen; that it sets MSH-11 to `D` is a simulation
//! choice, so that the listener meets this form too.

use super::Picture;
use super::wire::{Row, escaped, message, zoned_milliseconds};

const PERCENT: &str = "0004-0220^%^MDIL";
const BEATS: &str = "0004-0aa0^bpm^MDIL";
const BREATHS: &str = "0004-0ae0^rpm^MDIL";
const MMHG: &str = "0004-0f20^mmHg^MDIL";
const CELSIUS: &str = "0004-17a0^°C^MDIL";

pub(super) fn write(picture: &Picture<'_>) -> String {
    let settings = picture.settings;
    let key = &settings.device_key;
    let now = zoned_milliseconds(picture.clock, &settings.zone);
    let mode = if picture.demo_mode { "D" } else { "P" };
    let person = picture.patient.as_ref().map_or_else(
        || "PID|||||^^^^^^L".to_owned(),
        |patient| {
            format!(
                "PID|||{}^^^CLINIC^MR||{}^{}^^^^^L||{}|{}",
                escaped(&patient.identifier),
                escaped(&patient.family),
                escaped(&patient.given),
                patient.birth_date,
                patient.sex
            )
        },
    );
    let leading = [
        format!(
            "MSH|^~\\&|PIC-LIKE^{key}^EUI-64|CLINIC|KETA|CLINIC|{now}||ORU^R01^ORU_R01|{}|{mode}|2.6\
             |||AL|NE||UNICODE UTF-8",
            picture.control_id
        ),
        person,
        format!("PV1||O|{}", picture.bed),
        format!("OBR|1|||182777000^monitoring of patient^SCT|||{now}"),
    ];

    let measured = |code, sub_id: &str, value: u16, unit, limits: Option<(u16, u16)>| Row {
        value_type: "NM",
        code,
        sub_id: sub_id.to_owned(),
        value: value.to_string(),
        unit,
        limits: limits.map_or_else(String::new, |(low, high)| format!("{low}-{high}")),
        flags: match limits {
            Some((low, _)) if value < low => "L",
            Some((_, high)) if value > high => "H",
            Some(_) | None => "",
        },
        status: "R",
        time: now.clone(),
        ..Row::default()
    };
    let from_probe = |row: Row| {
        if picture.cable_off {
            Row {
                value: String::new(),
                flags: "",
                status: "X",
                ..row
            }
        } else {
            row
        }
    };
    let signs = picture.signs;
    let mut rows = vec![
        measured(
            "0002-4182^HR^MDIL",
            "1.6.1.1",
            signs.heart_rate,
            BEATS,
            Some((50, 120)),
        ),
        from_probe(measured(
            "0002-4bb8^SpO2^MDIL",
            "1.3.1.1",
            signs.oxygen_saturation,
            PERCENT,
            Some((90, 100)),
        )),
        from_probe(measured(
            "0002-481a^Pulse^MDIL",
            "1.3.1.2",
            signs.pulse_rate,
            BEATS,
            None,
        )),
        measured(
            "0002-500a^RR^MDIL",
            "1.8.1.1",
            signs.respiratory_rate,
            BREATHS,
            Some((8, 30)),
        ),
        Row {
            value: signs.temperature(),
            ..measured("0002-4b48^Temp^MDIL", "1.9.1.1", 0, CELSIUS, None)
        },
    ];
    if settings.capnography {
        let value = signs.end_tidal_carbon_dioxide;
        rows.push(measured(
            "0002-509c^etCO2^MDIL",
            "1.7.1.1",
            value,
            MMHG,
            Some((25, 60)),
        ));
    }
    if let Some(cuff) = picture.cuff {
        let measured_at = zoned_milliseconds(cuff.clock, &settings.zone);
        for (code, sub_id, value, limits) in [
            (
                "0002-4a05^NBPs^MDIL",
                "1.1.9.1",
                cuff.systolic,
                Some((90, 160)),
            ),
            (
                "0002-4a06^NBPd^MDIL",
                "1.1.9.2",
                cuff.diastolic,
                Some((50, 100)),
            ),
            ("0002-4a07^NBPm^MDIL", "1.1.9.3", cuff.mean, None),
        ] {
            rows.push(Row {
                access: "APERIODIC",
                time: measured_at.clone(),
                ..measured(code, sub_id, value, MMHG, limits)
            });
        }
    }
    message(&leading, &rows)
}
