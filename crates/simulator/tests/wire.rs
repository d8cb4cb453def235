//! What each simulated monitor writes, against the written examples of the device reference §3 and
//! against another HL7 parser.

// A test that cannot read its own numbers has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::tz::TimeZone;
use simulator::monitor::{PatientOnWire, Settings};
use simulator::trouble::Troubles;
use simulator::{Maker, Monitor, Signs};
use units::{Moment, Span};

fn signs() -> Signs {
    Signs {
        heart_rate: 84,
        pulse_rate: 83,
        systolic: 138,
        diastolic: 78,
        mean: 98,
        oxygen_saturation: 97,
        respiratory_rate: 14,
        end_tidal_carbon_dioxide: 38,
        temperature_tenths: 367,
        perfusion_index_hundredths: 306,
        responsiveness: 5,
        distress: 0,
    }
}

fn patient(identifier: &str, given: &str) -> PatientOnWire {
    PatientOnWire {
        identifier: identifier.to_owned(),
        family: "TEST".to_owned(),
        given: given.to_owned(),
        birth_date: "19840312".to_owned(),
        sex: "F".to_owned(),
    }
}

fn monitor(maker: Maker, key: &str, bed: &str, patient: Option<PatientOnWire>) -> Monitor {
    let settings = Settings {
        device_key: key.to_owned(),
        bed: bed.to_owned(),
        patient,
        zone: TimeZone::get("America/New_York").unwrap(),
        cuff_interval: Span::from_minutes(5),
        capnography: true,
    };
    Monitor::new(maker, settings, 1)
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// The segments, each OBX without its set id: only there do our messages and the examples differ.
fn segments(text: &str) -> Vec<String> {
    let without_set_id = |segment: &str| match segment.strip_prefix("OBX|") {
        Some(rest) => format!("OBX|{}", rest.split_once('|').unwrap().1),
        None => segment.to_owned(),
    };
    text.split('\r')
        .filter(|segment| !segment.is_empty())
        .map(without_set_id)
        .collect()
}

/// Field of the OBX row with this code, read by another parser.
fn field(text: &str, code: &str, number: usize) -> Option<String> {
    let message = hl7_parser::Message::parse(text.trim_end()).unwrap();
    let row = message.segments().find(|segment| {
        segment.name == "OBX"
            && segment
                .field(3)
                .is_some_and(|field| field.raw_value().starts_with(code))
    })?;
    Some(
        row.field(number)
            .map(|field| field.raw_value().to_owned())
            .unwrap_or_default(),
    )
}

fn code_of(maker: Maker, sign: &str) -> &'static str {
    match (maker, sign) {
        (Maker::PhilipsLike, "heart rate") => "0002-4182",
        (Maker::PhilipsLike, "saturation") => "0002-4bb8",
        (Maker::PhilipsLike, "systolic") => "0002-4a05",
        (_, "heart rate") => "147842",
        (_, "saturation") => "150456",
        (Maker::MindrayLike | Maker::LowCost, "systolic") => "150301",
        (_, "systolic") => "150021",
        _ => panic!("no code for {sign}"),
    }
}

// Witness: device reference §3.1, segment by segment.
#[test]
fn the_philips_like_message_is_that_of_the_reference() {
    let mut monitor = monitor(
        Maker::PhilipsLike,
        "00095CFFFE112233",
        "INF^R2^CHAIR2",
        Some(patient("K-000123", "ALPHA")),
    );
    let troubles = Troubles {
        cable_off: true,
        ..Troubles::default()
    };
    let start = at("2026-11-03T10:14:44-05:00");
    let mut text = String::new();
    for second in 0..17 {
        let moment = start + Span::from_seconds(second);
        text = monitor.message(moment, &signs(), &troubles).text;
    }
    let found = segments(&text);
    for expected in [
        "MSH|^~\\&|PIC-LIKE^00095CFFFE112233^EUI-64|CLINIC|KETA|CLINIC|20261103101500.000-0500||ORU^R01^ORU_R01|88120017|P|2.6|||AL|NE||UNICODE UTF-8",
        "PID|||K-000123^^^CLINIC^MR||TEST^ALPHA^^^^^L||19840312|F",
        "PV1||O|INF^R2^CHAIR2",
        "OBR|1|||182777000^monitoring of patient^SCT|||20261103101500.000-0500",
        "OBX|NM|0002-4182^HR^MDIL|1.6.1.1|84|0004-0aa0^bpm^MDIL|50-120||||R|||20261103101500.000-0500",
        "OBX|NM|0002-4bb8^SpO2^MDIL|1.3.1.1||0004-0220^%^MDIL|90-100||||X|||20261103101500.000-0500",
    ] {
        assert!(
            found.iter().any(|segment| segment == expected),
            "missing {expected}\nin {found:#?}"
        );
    }
    for second in 17..30 {
        let moment = start + Span::from_seconds(second);
        text = monitor.message(moment, &signs(), &Troubles::default()).text;
    }
    let cuff = segments(&text)
        .into_iter()
        .find(|segment| segment.contains("NBPs"))
        .unwrap();
    let value = field(&text, "0002-4a05", 5).unwrap();
    assert_eq!(
        cuff,
        format!(
            "OBX|NM|0002-4a05^NBPs^MDIL|1.1.9.1|{value}|0004-0f20^mmHg^MDIL|90-160||||R||APERIODIC|20261103101504.000-0500"
        )
    );
}

// Witness: device reference §3.2.
#[test]
fn the_ge_like_message_is_that_of_the_reference() {
    let mut monitor = monitor(
        Maker::GeLike,
        "080019FFFE0A0B0C",
        "INF^^CHAIR3",
        Some(patient("K-000124", "BETA")),
    );
    let signs = Signs {
        heart_rate: 91,
        pulse_rate: 90,
        ..signs()
    };
    let moment = at("2026-11-03T10:15:01-05:00");
    let message = monitor.message(moment, &signs, &Troubles::default());
    let found = segments(&message.text);
    for expected in [
        "PID|||K-000124^^^PID^MR||TEST^BETA^^^^^L",
        "PV1||E|INF^^CHAIR3",
        "OBR|1|080019FFFE0A0B0C20261103101501^VSP^080019FFFE0A0B0C^EUI-64|080019FFFE0A0B0C20261103101501^VSP^080019FFFE0A0B0C^EUI-64|182777000^monitoring of patient^SCT|||20261103101501",
        "OBX||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X",
        "OBX||69798^MDC_DEV_ECG_VMD^MDC|1.5.0.0|||||||X",
        "OBX|NM|147842^MDC_ECG_HEART_RATE^MDC|1.5.1.1|91|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||||||080019FFFE0A0B0C^B40_LIKE",
        "OBX||69642^MDC_DEV_ANALY_SAT_O2_VMD^MDC|1.22.0.0|||||||X",
        "OBX|NM|149530^MDC_PULS_OXIM_PULS_RATE^MDC|1.22.1.1|90|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||||||080019FFFE0A0B0C^B40_LIKE",
        "OBX|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.22.1.2|97|262688^MDC_DIM_PERCENT^MDC|||||R|||||||080019FFFE0A0B0C^B40_LIKE",
        "OBX|NM|151712^MDC_CONC_AWAY_CO2_EXP^MDC|1.11.1.1|38|266016^MDC_DIM_MMHG^MDC|||||R|||||||080019FFFE0A0B0C^B40_LIKE",
    ] {
        assert!(
            found.iter().any(|segment| segment == expected),
            "missing {expected}\nin {found:#?}"
        );
    }
    let later = moment + Span::from_seconds(1);
    let next = monitor.message(later, &signs, &Troubles::default());
    assert_eq!(
        message.control_id, next.control_id,
        "the control id looks like the address"
    );
}

// Witness: device reference §3.3.
#[test]
fn the_mindray_like_message_is_that_of_the_reference() {
    let mut monitor = monitor(Maker::MindrayLike, "00A0370000AABBCC", "", None);
    let demo = Troubles {
        demo_mode: true,
        ..Troubles::default()
    };
    let signs = Signs {
        oxygen_saturation: 98,
        ..signs()
    };
    let moment = at("2026-11-03T10:15:02-05:00");
    let found = segments(&monitor.message(moment, &signs, &demo).text);
    for expected in [
        "MSH|^~\\&|MINDRAY_VS_LIKE^00A0370000AABBCC^EUI-64|MINDRAY|||20261103101502.0000-0500||ORU^R01^ORU_R01|1|P|2.6|||AL|NE||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO",
        "PID|||99999^^^Hospital^PI||^^^^^^L",
        "PV1||I",
        "OBR|1|1^MINDRAY_VS_LIKE^00A0370000AABBCC^EUI-64|1^MINDRAY_VS_LIKE^00A0370000AABBCC^EUI-64|182777000^monitoring of patient^SCT|||20261103101502.0000-0500",
        "OBX|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.150456|98|262688^MDC_DIM_PERCENT^MDC||DEMO|||R|||20261103101502.0000-0500||||00A0370000AABBCC^VS^00A0370000AABBCC^EUI-64",
        "OBX|NM|150488^MDC_BLD_PERF_INDEX^MDC|1.3.1.150488|3.06|262688^MDC_DIM_PERCENT^MDC||DEMO|||R|||20261103101502.0000-0500",
    ] {
        assert!(
            found.iter().any(|segment| segment == expected),
            "missing {expected}\nin {found:#?}"
        );
    }
    let both = Troubles {
        demo_mode: true,
        cable_off: true,
        ..Troubles::default()
    };
    let found = segments(&monitor.message(moment, &signs, &both).text);
    let expected = "OBX|NM|149530^MDC_PULS_OXIM_PULS_RATE^MDC|1.3.1.149530|-100|264864^MDC_DIM_BEAT_PER_MIN^MDC||DEMO|||R|||20261103101502.0000-0500";
    assert!(
        found.iter().any(|segment| segment == expected),
        "{found:#?}"
    );
}

// Witness: device reference §3.4.
#[test]
fn the_low_cost_message_is_that_of_the_reference() {
    let mut monitor = monitor(Maker::LowCost, "00A037009B000000", "", None);
    let troubles = Troubles {
        cable_off: true,
        ..Troubles::default()
    };
    let moment = at("2026-11-03T10:15:03-05:00");
    let found = segments(&monitor.message(moment, &signs(), &troubles).text);
    for expected in [
        "PID|||^^^^PI||^^^^^^L",
        "PV1||I|^^^",
        "OBR|1|1|1|182777000^monitoring of patient^SCT|||20261103101503",
        "OBX|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.150456|-999|262688^MDC_DIM_PERCENT^MDC||||||||20261103101503",
        "OBX|NM|150344^MDC_TEMP^MDC|1.13.1.150344|-99.9|268192^MDC_DIM_DEGC^MDC||||||||20261103101503",
    ] {
        assert!(
            found.iter().any(|segment| segment == expected),
            "missing {expected}\nin {found:#?}"
        );
    }
}

#[test]
fn another_parser_reads_every_makers_message_and_finds_what_the_person_had() {
    for maker in Maker::ALL {
        let mut monitor = monitor(
            maker,
            "0200E5FFFE000001",
            "KETA^1^CHAIR1",
            Some(patient("K-1", "A|B")),
        );
        let moment = at("2026-11-03T10:15:00-05:00");
        let message = monitor.message(moment, &signs(), &Troubles::default());
        let text = &message.text;
        let parsed = hl7_parser::Message::parse(text.trim_end()).unwrap();
        let msh = parsed.segment("MSH").unwrap();
        assert_eq!(
            msh.field(9).unwrap().raw_value(),
            "ORU^R01^ORU_R01",
            "{maker:?}"
        );
        assert_eq!(
            msh.field(10).unwrap().raw_value(),
            message.control_id,
            "{maker:?}"
        );
        assert_eq!(msh.field(11).unwrap().raw_value(), "P", "{maker:?}");
        assert_eq!(
            msh.field(18).unwrap().raw_value(),
            "UNICODE UTF-8",
            "{maker:?}"
        );
        let given = parsed.query("PID.5.2").unwrap().raw_value();
        assert_eq!(
            parsed.separators.decode(given).to_string(),
            "A|B",
            "{maker:?}"
        );
        assert_eq!(
            parsed.query("PV1.3.3").unwrap().raw_value(),
            "CHAIR1",
            "{maker:?}"
        );
        for (sign, value) in [("heart rate", "84"), ("saturation", "97")] {
            let found = field(text, code_of(maker, sign), 5);
            assert_eq!(found.as_deref(), Some(value), "{maker:?} {sign}");
        }
        assert_eq!(
            field(text, code_of(maker, "systolic"), 5),
            None,
            "not measured yet: {maker:?}"
        );
    }
}

// Hazard: H08
#[test]
fn the_cuffs_reading_is_repeated_until_its_next_cycle() {
    for maker in Maker::ALL {
        let mut monitor = monitor(maker, "0200E5FFFE000001", "KETA^1^CHAIR1", None);
        let start = at("2026-11-03T10:15:00-05:00");
        let mut readings = Vec::new();
        for second in 0..660 {
            let moment = start + Span::from_seconds(second);
            let text = monitor.message(moment, &signs(), &Troubles::default()).text;
            let code = code_of(maker, "systolic");
            if let (Some(value), Some(time)) = (field(&text, code, 5), field(&text, code, 14)) {
                readings.push((value, time));
            }
        }
        readings.dedup();
        match maker {
            // No time of its own: only the values can tell.
            Maker::GeLike => assert!(readings.iter().all(|(_, time)| time.is_empty())),
            Maker::GenericPcd01 | Maker::PhilipsLike | Maker::MindrayLike | Maker::LowCost => {
                assert_eq!(readings.len(), 3, "{maker:?}: {readings:?}");
                assert!(
                    readings[0].1.starts_with("20261103101520"),
                    "{maker:?}: {readings:?}"
                );
                assert!(
                    readings[1].1.starts_with("20261103102020"),
                    "{maker:?}: {readings:?}"
                );
            }
        }
    }
}

// Hazard: H08
#[test]
fn a_cuff_that_does_not_cycle_keeps_its_old_time() {
    let mut monitor = monitor(Maker::GenericPcd01, "0200E5FFFE000001", "", None);
    let start = at("2026-11-03T10:15:00-05:00");
    for second in 0..1_200 {
        let troubles = Troubles {
            cuff_repeats: second > 60,
            ..Troubles::default()
        };
        monitor.message(start + Span::from_seconds(second), &signs(), &troubles);
    }
    assert_eq!(
        monitor.cuff_reading().unwrap().clock,
        at("2026-11-03T10:15:20-05:00")
    );
}

// Hazard: H05
#[test]
fn a_probe_that_is_off_is_said_in_each_makers_way() {
    let troubles = Troubles {
        cable_off: true,
        ..Troubles::default()
    };
    for maker in Maker::ALL {
        let mut monitor = monitor(maker, "0200E5FFFE000001", "", None);
        let text = monitor
            .message(at("2026-11-03T10:15:00-05:00"), &signs(), &troubles)
            .text;
        let code = code_of(maker, "saturation");
        let (value, flags, status) = (
            field(&text, code, 5),
            field(&text, code, 8),
            field(&text, code, 11),
        );
        let found = (value.as_deref(), flags.as_deref(), status.as_deref());
        let expected = match maker {
            Maker::GenericPcd01 => (Some(""), Some("INV"), Some("X")),
            Maker::PhilipsLike => (Some(""), Some(""), Some("X")),
            Maker::GeLike => (None, None, None),
            Maker::MindrayLike => (Some("-100"), Some(""), Some("R")),
            Maker::LowCost => (Some("-999"), Some(""), Some("")),
        };
        assert_eq!(found, expected, "{maker:?}");
        assert_eq!(
            field(&text, code_of(maker, "heart rate"), 5).as_deref(),
            Some("84")
        );
    }
}

// Hazard: H04
#[test]
fn demo_mode_is_said_in_each_makers_way() {
    let troubles = Troubles {
        demo_mode: true,
        ..Troubles::default()
    };
    for maker in Maker::ALL {
        let mut monitor = monitor(maker, "0200E5FFFE000001", "", None);
        let text = monitor
            .message(at("2026-11-03T10:15:00-05:00"), &signs(), &troubles)
            .text;
        let message = hl7_parser::Message::parse(text.trim_end()).unwrap();
        let mode = message
            .segment("MSH")
            .unwrap()
            .field(11)
            .unwrap()
            .raw_value();
        let flag = field(&text, code_of(maker, "heart rate"), 8).unwrap();
        let expected = match maker {
            Maker::GenericPcd01 | Maker::MindrayLike => ("P", "DEMO"),
            Maker::PhilipsLike => ("D", ""),
            Maker::GeLike | Maker::LowCost => ("T", ""),
        };
        assert_eq!((mode, flag.as_str()), expected, "{maker:?}");
    }
}

// Hazard: H09
#[test]
fn a_wrong_clock_shifts_every_time_on_the_wire() {
    let troubles = Troubles {
        clock_offset: Span::from_minutes(-24),
        ..Troubles::default()
    };
    for maker in Maker::ALL {
        let mut monitor = monitor(maker, "0200E5FFFE000001", "", None);
        let text = monitor
            .message(at("2026-11-03T10:15:00-05:00"), &signs(), &troubles)
            .text;
        let message = hl7_parser::Message::parse(text.trim_end()).unwrap();
        for (segment, number) in [("MSH", 7), ("OBR", 7)] {
            let time = message
                .segment(segment)
                .unwrap()
                .field(number)
                .unwrap()
                .raw_value();
            assert!(
                time.starts_with("20261103095100"),
                "{maker:?} {segment}: {time}"
            );
        }
    }
}

// Hazard: H01
#[test]
fn a_wrong_patient_and_a_wrong_bed_stand_on_the_wire() {
    let troubles = Troubles {
        wrong_patient: Some("K-999".to_owned()),
        wrong_bed: Some("KETA^9^CHAIR9".to_owned()),
        ..Troubles::default()
    };
    for maker in Maker::ALL {
        let mut monitor = monitor(
            maker,
            "0200E5FFFE000001",
            "KETA^1^CHAIR1",
            Some(patient("K-1", "A")),
        );
        let text = monitor
            .message(at("2026-11-03T10:15:00-05:00"), &signs(), &troubles)
            .text;
        let message = hl7_parser::Message::parse(text.trim_end()).unwrap();
        assert_eq!(
            message.query("PID.3.1").unwrap().raw_value(),
            "K-999",
            "{maker:?}"
        );
        assert_eq!(
            message.query("PV1.3.3").unwrap().raw_value(),
            "CHAIR9",
            "{maker:?}"
        );
    }
}

#[test]
fn the_mindray_like_counter_starts_again() {
    let mut monitor = monitor(Maker::MindrayLike, "00A0370000AABBCC", "", None);
    let start = at("2026-11-03T10:15:00-05:00");
    let mut next = |second| {
        monitor
            .message(
                start + Span::from_seconds(second),
                &signs(),
                &Troubles::default(),
            )
            .control_id
    };
    assert_eq!(next(0), "1");
    assert_eq!((1..600).map(&mut next).last().unwrap(), "600");
    assert_eq!(next(600), "1");
}

#[test]
fn the_same_seed_writes_the_same_bytes() {
    for maker in Maker::ALL {
        let write = || {
            let mut monitor = monitor(maker, "0200E5FFFE000001", "KETA^1^CHAIR1", None);
            let start = at("2026-11-03T10:15:00-05:00");
            let mut all = String::new();
            for second in 0..60 {
                let moment = start + Span::from_seconds(second);
                all.push_str(&monitor.message(moment, &signs(), &Troubles::default()).text);
            }
            all
        };
        assert_eq!(write(), write(), "{maker:?}");
    }
}
