//! A monitor that writes −100 for what it does not have and `DEMO` into OBX-8.
//!
//! Source: device reference §3 and §3.3: the fourth part of OBX-4 is the code, OBX-18 stands on the
//! first row only, the cuff is marked `^APERIODIC` in OBX-17, the patient is the placeholder 99999
//! until someone types one in.

use super::Picture;
use super::wire::{Row, escaped, message, zoned_ten_thousandths};

const PERCENT: &str = "262688^MDC_DIM_PERCENT^MDC";
const BEATS: &str = "264864^MDC_DIM_BEAT_PER_MIN^MDC";
const BREATHS: &str = "264928^MDC_DIM_RESP_PER_MIN^MDC";
const MMHG: &str = "266016^MDC_DIM_MMHG^MDC";
const CELSIUS: &str = "268192^MDC_DIM_DEGC^MDC";
const ABSENT: &str = "-100";

pub(super) fn write(picture: &Picture<'_>) -> String {
    let settings = picture.settings;
    let key = &settings.device_key;
    let now = zoned_ten_thousandths(picture.clock, &settings.zone);
    let order = format!("{}^MINDRAY_VS_LIKE^{key}^EUI-64", picture.counter);
    let person = picture.patient.as_ref().map_or_else(
        || "PID|||99999^^^Hospital^PI||^^^^^^L".to_owned(),
        |patient| {
            format!(
                "PID|||{}^^^Hospital^PI||{}^{}^^^^^L||{}|{}",
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
            "MSH|^~\\&|MINDRAY_VS_LIKE^{key}^EUI-64|MINDRAY|||{now}||ORU^R01^ORU_R01|{}|P|2.6|||AL\
             |NE||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO",
            picture.control_id
        ),
        person,
        if picture.bed.is_empty() {
            "PV1||I".to_owned()
        } else {
            format!("PV1||I|{}", picture.bed)
        },
        format!("OBR|1|{order}|{order}|182777000^monitoring of patient^SCT|||{now}"),
    ];

    let flags = if picture.demo_mode { "DEMO" } else { "" };
    let measured = |code: &'static str, place: &str, value: String, unit| {
        let number = code.split('^').next().unwrap_or_default();
        Row {
            value_type: "NM",
            code,
            sub_id: format!("{place}.{number}"),
            value,
            unit,
            flags,
            status: "R",
            time: now.clone(),
            ..Row::default()
        }
    };
    let from_probe = |value: String| {
        if picture.cable_off {
            ABSENT.to_owned()
        } else {
            value
        }
    };
    let signs = picture.signs;
    let mut rows = vec![
        measured(
            "150456^MDC_PULS_OXIM_SAT_O2^MDC",
            "1.3.1",
            from_probe(signs.oxygen_saturation.to_string()),
            PERCENT,
        ),
        measured(
            "149530^MDC_PULS_OXIM_PULS_RATE^MDC",
            "1.3.1",
            from_probe(signs.pulse_rate.to_string()),
            BEATS,
        ),
        measured(
            "150488^MDC_BLD_PERF_INDEX^MDC",
            "1.3.1",
            from_probe(signs.perfusion_index()),
            PERCENT,
        ),
        measured(
            "147842^MDC_ECG_HEART_RATE^MDC",
            "1.5.1",
            signs.heart_rate.to_string(),
            BEATS,
        ),
        measured(
            "151562^MDC_RESP_RATE^MDC",
            "1.6.1",
            signs.respiratory_rate.to_string(),
            BREATHS,
        ),
        measured(
            "150344^MDC_TEMP^MDC",
            "1.13.1",
            signs.temperature(),
            CELSIUS,
        ),
    ];
    if settings.capnography {
        let value = signs.end_tidal_carbon_dioxide.to_string();
        rows.push(measured(
            "151708^MDC_CONC_AWAY_CO2_ET^MDC",
            "1.7.1",
            value,
            MMHG,
        ));
    }
    if let Some(cuff) = picture.cuff {
        let measured_at = zoned_ten_thousandths(cuff.clock, &settings.zone);
        for (code, value) in [
            ("150301^MDC_PRESS_CUFF_SYS^MDC", cuff.systolic),
            ("150303^MDC_PRESS_CUFF_MEAN^MDC", cuff.mean),
            ("150302^MDC_PRESS_CUFF_DIA^MDC", cuff.diastolic),
        ] {
            rows.push(Row {
                time: measured_at.clone(),
                method: "^APERIODIC",
                ..measured(code, "1.1.9", value.to_string(), MMHG)
            });
        }
    }
    if let Some(first) = rows.first_mut() {
        first.equipment = format!("{key}^VS^{key}^EUI-64");
    }
    message(&leading, &rows)
}
