//! A monitor that follows the integration profile PCD-01 to the letter.
//!
//! Source: device reference §2.3 and §5. Demo mode is `DEMO` in OBX-8 of every row, with MSH-11 still
//! `P`, as seen on the wire; an invalid value is an empty OBX-5 with `INV` and status `X`.

use super::Picture;
use super::wire::{Row, escaped, message, zoned_milliseconds};

const PERCENT: &str = "262688^MDC_DIM_PERCENT^MDC^%^%^UCUM";
const BEATS: &str = "264864^MDC_DIM_BEAT_PER_MIN^MDC^/min^/min^UCUM";
const BREATHS: &str = "264928^MDC_DIM_RESP_PER_MIN^MDC^/min^/min^UCUM";
const MMHG: &str = "266016^MDC_DIM_MMHG^MDC^mm[Hg]^mm[Hg]^UCUM";
const CELSIUS: &str = "268192^MDC_DIM_DEGC^MDC^Cel^Cel^UCUM";

pub(super) fn write(picture: &Picture<'_>) -> String {
    let settings = picture.settings;
    let key = &settings.device_key;
    let now = zoned_milliseconds(picture.clock, &settings.zone);
    let (control, bed) = (picture.control_id, picture.bed);
    let order = format!("{control}^MONITOR^{key}^EUI-64");
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
            "MSH|^~\\&|MONITOR^{key}^EUI-64|CLINIC|||{now}||ORU^R01^ORU_R01|{control}|P|2.6|||AL|NE\
             ||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO"
        ),
        person,
        format!("PV1||O|{bed}"),
        format!("OBR|1|{order}|{order}|182777000^monitoring of patient^SCT|||{now}"),
    ];

    let flags = if picture.demo_mode { "DEMO" } else { "" };
    let equipment = format!("{key}^MONITOR");
    let measured = |code, sub_id: &str, value: String, unit| Row {
        value_type: "NM",
        code,
        sub_id: sub_id.to_owned(),
        value,
        unit,
        flags,
        status: "R",
        time: now.clone(),
        equipment: equipment.clone(),
        ..Row::default()
    };
    let from_probe = |code, sub_id: &str, value: String, unit| {
        let row = measured(code, sub_id, value, unit);
        if picture.cable_off {
            let flags = if picture.demo_mode { "INV~DEMO" } else { "INV" };
            Row {
                value: String::new(),
                flags,
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
            "147842^MDC_ECG_HEART_RATE^MDC",
            "1.1.1.1",
            signs.heart_rate.to_string(),
            BEATS,
        ),
        measured(
            "151562^MDC_RESP_RATE^MDC",
            "1.1.2.1",
            signs.respiratory_rate.to_string(),
            BREATHS,
        ),
        from_probe(
            "150456^MDC_PULS_OXIM_SAT_O2^MDC",
            "1.2.1.1",
            signs.oxygen_saturation.to_string(),
            PERCENT,
        ),
        from_probe(
            "149530^MDC_PULS_OXIM_PULS_RATE^MDC",
            "1.2.1.2",
            signs.pulse_rate.to_string(),
            BEATS,
        ),
        from_probe(
            "150448^MDC_PULS_OXIM_PERF_REL^MDC",
            "1.2.1.3",
            signs.perfusion_index(),
            PERCENT,
        ),
        measured(
            "150344^MDC_TEMP^MDC",
            "1.4.1.1",
            signs.temperature(),
            CELSIUS,
        ),
    ];
    if settings.capnography {
        let value = signs.end_tidal_carbon_dioxide.to_string();
        rows.push(measured(
            "151708^MDC_CONC_AWAY_CO2_ET^MDC",
            "1.5.1.1",
            value,
            MMHG,
        ));
    }
    if let Some(cuff) = picture.cuff {
        let measured_at = zoned_milliseconds(cuff.clock, &settings.zone);
        for (code, sub_id, value) in [
            (
                "150021^MDC_PRESS_BLD_NONINV_SYS^MDC",
                "1.3.1.1",
                cuff.systolic,
            ),
            (
                "150022^MDC_PRESS_BLD_NONINV_DIA^MDC",
                "1.3.1.2",
                cuff.diastolic,
            ),
            ("150023^MDC_PRESS_BLD_NONINV_MEAN^MDC", "1.3.1.3", cuff.mean),
        ] {
            rows.push(Row {
                time: measured_at.clone(),
                method: "^APERIODIC",
                ..measured(code, sub_id, value.to_string(), MMHG)
            });
        }
    }
    message(&leading, &rows)
}
