//! A cheap monitor: −999 and −99.9 for what it does not have, no OBX-11, some units as plain text.
//!
//! Source: device reference §3 and §3.4. It has no temperature probe connected, ever, so each of its
//! messages carries a sentinel; its respiratory rate is sent as text (`ST`), as seen (§2.3). How it
//! shows demo mode was not seen; that it sets MSH-11 to `T` is a simulation choice.

use super::Picture;
use super::wire::{Row, escaped, local_seconds, message};

const ABSENT: &str = "-999";
const ABSENT_TEMPERATURE: &str = "-99.9";

pub(super) fn write(picture: &Picture<'_>) -> String {
    let settings = picture.settings;
    let key = &settings.device_key;
    let now = local_seconds(picture.clock, &settings.zone);
    let mode = if picture.demo_mode { "T" } else { "P" };
    let counter = picture.counter;
    let person = picture.patient.as_ref().map_or_else(
        || "PID|||^^^^PI||^^^^^^L".to_owned(),
        |patient| {
            format!(
                "PID|||{}^^^^PI||{}^{}^^^^^L",
                escaped(&patient.identifier),
                escaped(&patient.family),
                escaped(&patient.given)
            )
        },
    );
    let bed = if picture.bed.is_empty() {
        "^^^"
    } else {
        picture.bed
    };
    let leading = [
        format!(
            "MSH|^~\\&|XH-LIKE^{key}^EUI-64||||{now}||ORU^R01^ORU_R01|{}|{mode}|2.4|||AL|NE\
             ||UNICODE UTF-8",
            picture.control_id
        ),
        person,
        format!("PV1||I|{bed}"),
        format!("OBR|1|{counter}|{counter}|182777000^monitoring of patient^SCT|||{now}"),
    ];

    let measured = |code: &'static str, place: &str, value: String, unit| {
        let number = code.split('^').next().unwrap_or_default();
        Row {
            value_type: "NM",
            code,
            sub_id: format!("{place}.{number}"),
            value,
            unit,
            time: now.clone(),
            ..Row::default()
        }
    };
    let from_probe = |value: u16| {
        if picture.cable_off {
            ABSENT.to_owned()
        } else {
            value.to_string()
        }
    };
    let signs = picture.signs;
    let mut rows = vec![
        measured(
            "150456^MDC_PULS_OXIM_SAT_O2^MDC",
            "1.3.1",
            from_probe(signs.oxygen_saturation),
            "262688^MDC_DIM_PERCENT^MDC",
        ),
        measured(
            "149530^MDC_PULS_OXIM_PULS_RATE^MDC",
            "1.3.1",
            from_probe(signs.pulse_rate),
            "bpm",
        ),
        measured(
            "147842^MDC_ECG_HEART_RATE^MDC",
            "1.5.1",
            signs.heart_rate.to_string(),
            "bpm",
        ),
        Row {
            value_type: "ST",
            ..measured(
                "151562^MDC_RESP_RATE^MDC",
                "1.6.1",
                signs.respiratory_rate.to_string(),
                "rpm",
            )
        },
        measured(
            "150344^MDC_TEMP^MDC",
            "1.13.1",
            ABSENT_TEMPERATURE.to_owned(),
            "268192^MDC_DIM_DEGC^MDC",
        ),
    ];
    if let Some(cuff) = picture.cuff {
        let measured_at = local_seconds(cuff.clock, &settings.zone);
        for (code, value) in [
            ("150301^MDC_PRESS_CUFF_SYS^MDC", cuff.systolic),
            ("150302^MDC_PRESS_CUFF_DIA^MDC", cuff.diastolic),
            ("150303^MDC_PRESS_CUFF_MEAN^MDC", cuff.mean),
        ] {
            rows.push(Row {
                time: measured_at.clone(),
                ..measured(code, "1.1.9", value.to_string(), "mmHg")
            });
        }
    }
    message(&leading, &rows)
}
