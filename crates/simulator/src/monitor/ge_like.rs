//! A monitor with container rows and no OBX-14; what is invalid is left out.
//!
//! Source: device reference §3 and §3.2. The cuff's reading is repeated like everything else with
//! the time of the message only (OBR-7), so a receiver can tell a new reading only by its values.
//! How it shows demo mode was not seen; that it sets MSH-11 to `T` is a simulation choice.

use super::Picture;
use super::wire::{Row, escaped, local_seconds, message};

const PERCENT: &str = "262688^MDC_DIM_PERCENT^MDC";
const BEATS: &str = "264864^MDC_DIM_BEAT_PER_MIN^MDC";
const BREATHS: &str = "264928^MDC_DIM_RESP_PER_MIN^MDC";
const MMHG: &str = "266016^MDC_DIM_MMHG^MDC";
const CELSIUS: &str = "268192^MDC_DIM_DEGC^MDC";

pub(super) fn write(picture: &Picture<'_>) -> String {
    let settings = picture.settings;
    let key = &settings.device_key;
    let now = local_seconds(picture.clock, &settings.zone);
    let mode = if picture.demo_mode { "T" } else { "P" };
    let order = format!("{key}{now}^VSP^{key}^EUI-64");
    let person = picture.patient.as_ref().map_or_else(
        || "PID|||||^^^^^^L".to_owned(),
        |patient| {
            format!(
                "PID|||{}^^^PID^MR||{}^{}^^^^^L",
                escaped(&patient.identifier),
                escaped(&patient.family),
                escaped(&patient.given)
            )
        },
    );
    let leading = [
        format!(
            "MSH|^~\\&|VSP^{key}^EUI-64|GE-LIKE|||{now}||ORU^R01^ORU_R01|{}|{mode}|2.6|||NE|AL\
             ||UNICODE UTF-8|||PCD_DEC_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO",
            picture.control_id
        ),
        person,
        format!("PV1||E|{}", picture.bed),
        format!("OBR|1|{order}|{order}|182777000^monitoring of patient^SCT|||{now}"),
    ];

    let equipment = format!("{key}^B40_LIKE");
    let container = |code, sub_id: &str| Row {
        code,
        sub_id: sub_id.to_owned(),
        status: "X",
        ..Row::default()
    };
    let measured = |code, sub_id: &str, value: String, unit| Row {
        value_type: "NM",
        code,
        sub_id: sub_id.to_owned(),
        value,
        unit,
        status: "R",
        equipment: equipment.clone(),
        ..Row::default()
    };
    let signs = picture.signs;
    let mut rows = vec![
        container("69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC", "1.0.0.0"),
        container("69798^MDC_DEV_ECG_VMD^MDC", "1.5.0.0"),
        measured(
            "147842^MDC_ECG_HEART_RATE^MDC",
            "1.5.1.1",
            signs.heart_rate.to_string(),
            BEATS,
        ),
        measured(
            "151578^MDC_TTHOR_RESP_RATE^MDC",
            "1.5.2.1",
            signs.respiratory_rate.to_string(),
            BREATHS,
        ),
    ];
    if !picture.cable_off {
        rows.push(container("69642^MDC_DEV_ANALY_SAT_O2_VMD^MDC", "1.22.0.0"));
        rows.push(measured(
            "149530^MDC_PULS_OXIM_PULS_RATE^MDC",
            "1.22.1.1",
            signs.pulse_rate.to_string(),
            BEATS,
        ));
        rows.push(measured(
            "150456^MDC_PULS_OXIM_SAT_O2^MDC",
            "1.22.1.2",
            signs.oxygen_saturation.to_string(),
            PERCENT,
        ));
    }
    if settings.capnography {
        rows.push(measured(
            "151712^MDC_CONC_AWAY_CO2_EXP^MDC",
            "1.11.1.1",
            signs.end_tidal_carbon_dioxide.to_string(),
            MMHG,
        ));
        rows.push(measured(
            "151594^MDC_CO2_RESP_RATE^MDC",
            "1.11.1.2",
            signs.respiratory_rate.to_string(),
            BREATHS,
        ));
    }
    if let Some(cuff) = picture.cuff {
        rows.push(container(
            "70687^MDC_DEV_PRESS_BLD_NONINV_CHAN^MDC",
            "1.13.1.0",
        ));
        for (code, sub_id, value) in [
            (
                "150021^MDC_PRESS_BLD_NONINV_SYS^MDC",
                "1.13.1.1",
                cuff.systolic,
            ),
            (
                "150022^MDC_PRESS_BLD_NONINV_DIA^MDC",
                "1.13.1.2",
                cuff.diastolic,
            ),
            (
                "150023^MDC_PRESS_BLD_NONINV_MEAN^MDC",
                "1.13.1.3",
                cuff.mean,
            ),
        ] {
            rows.push(measured(code, sub_id, value.to_string(), MMHG));
        }
    }
    rows.push(measured(
        "150344^MDC_TEMP^MDC",
        "1.26.1.1",
        signs.temperature(),
        CELSIUS,
    ));
    message(&leading, &rows)
}
