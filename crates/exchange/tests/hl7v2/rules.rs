//! The rules of the device reference §2.3 to §2.8, one by one.

use super::{REMOTE, message_with, moment, profile, read, read_rows, read_rows_with};
use clinical::vital_signs::{Quality, Signal};
use exchange::hl7v2::interpretation::*;
use exchange::hl7v2::message::Unreadable;
use exchange::hl7v2::profile::{CodeOverride, DeviceIdentity, OwnTime, Profile};
use units::Decimal;

const SATURATION: &str = "150456^MDC_PULS_OXIM_SAT_O2^MDC";
const PERCENT: &str = "262688^MDC_DIM_PERCENT^MDC";
const MMHG: &str = "266016^MDC_DIM_MMHG^MDC";

fn saturation(value: &str, flags: &str, status: &str) -> String {
    format!("OBX|1|NM|{SATURATION}|1.3.1.1|{value}|{PERCENT}||{flags}|||{status}")
}

fn row(code: &str, value: &str, unit: &str) -> String {
    format!("OBX|1|NM|{code}|1.3.1.1|{value}|{unit}|||||R")
}

fn only_reading(rows: &[&str]) -> Reading {
    let read = read_rows(rows);
    assert_eq!(read.problems, []);
    let [reading] = read.live_readings() else {
        panic!("one reading: {read:?}")
    };
    reading.clone()
}

fn only_absence(row: &str) -> WhyAbsent {
    let read = read_rows(&[row]);
    assert_eq!(
        (read.problems.len(), read.live_readings().len()),
        (0, 0),
        "{row}"
    );
    read.absences[0].why
}

fn only_problem(row: &str) -> ProblemKind {
    let read = read_rows(&[row]);
    assert_eq!(read.live_readings(), [], "{row}");
    let [problem] = read.problems.as_slice() else {
        panic!("one problem: {read:?}")
    };
    assert_eq!(read.outcome, Outcome::PartiallyParsed { problems: 1 });
    problem.kind
}

// ---------------------------------------------------------------- §2.5 flags and status

#[test]
fn the_flags_of_a_row_do_what_the_table_says() {
    for (flags, quality) in [
        ("", Quality::Good),
        ("N", Quality::Good),
        ("L", Quality::Good),
        ("AA", Quality::Good),
        ("VAL", Quality::Good),
        ("ALACT", Quality::Good),
        ("H~PM~SP", Quality::Good),
        ("MAKERS-OWN", Quality::Good),
        ("QUES", Quality::Questionable),
        ("EARLY", Quality::Early),
    ] {
        assert_eq!(
            only_reading(&[&saturation("97", flags, "R")]).quality,
            quality,
            "{flags}"
        );
    }
    for (flags, why) in [
        ("INV", WhyAbsent::Invalid),
        ("NAV", WhyAbsent::NotAvailable),
        ("CAL", WhyAbsent::Measuring),
        ("ONG", WhyAbsent::Measuring),
        ("BUSY", WhyAbsent::Measuring),
        ("L~INV", WhyAbsent::Invalid),
    ] {
        assert_eq!(only_absence(&saturation("97", flags, "R")), why, "{flags}");
    }
}

#[test]
fn what_the_monitor_says_about_a_value_is_kept() {
    let flags = only_reading(&[&saturation("97", "LL~VAL~ALACT~PM~XYZ", "R")]).monitor_flags;
    assert_eq!(flags.outside_limits, Some(OutsideLimits::VeryLow));
    assert!(flags.validated && flags.in_alarm && !flags.alarms_inhibited);
    assert_eq!(flags.other, ["PM", "XYZ"]);
}

#[test]
fn alarms_that_are_off_at_the_monitor_are_noticed_even_without_a_value() {
    let read = read_rows(&[&saturation("", "ALINH", "X")]);
    assert_eq!(read.alarms_inhibited[0].signal, Signal::OxygenSaturation);
}

#[test]
fn the_status_of_a_row_does_what_the_table_says() {
    for (status, quality) in [
        ("R", Quality::Good),
        ("F", Quality::Good),
        ("V", Quality::Good),
        ("U", Quality::Good),
        ("", Quality::Good),
        ("C", Quality::Good),
        ("P", Quality::Early),
        ("S", Quality::Early),
    ] {
        let reading = only_reading(&[&saturation("97", "", status)]);
        assert_eq!(
            (reading.quality, reading.correction),
            (quality, status == "C"),
            "{status}"
        );
    }
    for status in ["X", "O", "I", "N"] {
        assert_eq!(
            only_absence(&saturation("97", "", status)),
            WhyAbsent::NoResult,
            "{status}"
        );
    }
    for (status, why) in [("D", WhyDeleted::Deleted), ("W", WhyDeleted::Wrong)] {
        let read = read_rows(&[&saturation("97", "", status)]);
        assert_eq!(read.live_readings(), []);
        assert_eq!(read.deletions[0].why, why);
    }
    assert_eq!(
        only_problem(&saturation("97", "", "Q")),
        ProblemKind::Status
    );
}

#[test]
fn a_deletion_names_the_observation_that_was_wrong() {
    let first = read_rows(&[&saturation("97", "", "R")]);
    let gone = read_rows(&[&saturation("97", "", "W")]);
    assert_eq!(gone.deletions[0].key, first.live_readings()[0].key);
}

// ---------------------------------------------------------------- simulated

// Hazard: H04
#[test]
fn one_simulated_row_makes_the_whole_message_simulated_wherever_it_stands() {
    for (flag, why) in [
        ("DEMO", WhySimulated::DemoMode),
        ("TEST", WhySimulated::TestMode),
    ] {
        let real = saturation("97", "", "R");
        for other in [
            saturation("97", flag, "R"),
            saturation("97", &format!("L~{flag}"), "R"),
            saturation("97", &format!("{flag}^as a coded element^HL70078"), "R"),
            saturation("97", &flag.to_lowercase(), "R"),
            saturation("", flag, "X"),
            saturation("97", flag, "D"),
            format!("OBX|2|NM|999999^UNKNOWN^MDC|1.3.1.1|1|||{flag}|||R"),
            format!("OBX|2||69642^MDC_DEV_ANALY_SAT_O2_VMD^MDC|1.22.0.0||||{flag}|||X"),
        ] {
            for rows in [[&*real, &*other], [&*other, &*real]] {
                let read = read_rows(&rows);
                assert_eq!(read.stream, Stream::Simulated { why }, "{other}");
                assert!(read.live_readings().is_empty());
                assert!(!read.simulated_readings().is_empty());
            }
        }
    }
}

// Hazard: H04
#[test]
fn a_header_that_says_training_or_debugging_makes_the_message_simulated() {
    let text = String::from_utf8(message_with(&[&saturation("97", "", "R")])).unwrap();
    for (id, why) in [
        ("T", WhySimulated::TrainingProcessing),
        ("D", WhySimulated::DebuggingProcessing),
    ] {
        let message = text.replace("|1|P|2.6", &format!("|1|{id}^T|2.6"));
        let read = read(message.as_bytes(), &profile("generic-pcd01"));
        assert_eq!(read.stream, Stream::Simulated { why });
        assert!(read.live_readings().is_empty());
    }
}

// ---------------------------------------------------------------- §2.8 values

// Hazard: H05
#[test]
fn every_sentinel_of_every_signal_is_absent() {
    for entry in exchange::codes::vital_signs() {
        let unit = exchange::codes::unit_by_number(entry.mdc_unit).unwrap();
        let code = &entry.mdc[0];
        let number = code.code.map_or(String::new(), |number| number.to_string());
        let name = code.refid.as_deref().unwrap();
        for sentinel in ["-1", "-100", "-10000", "-999", "-99.9", "32767", "-0.1"] {
            let row = row(&format!("{number}^{name}^MDC"), sentinel, &unit.refid);
            assert_eq!(
                only_absence(&row),
                WhyAbsent::Sentinel,
                "{:?} {sentinel}",
                entry.signal
            );
        }
    }
}

// Hazard: H05. Bounds: device reference §2.8, the hard column.
#[test]
fn just_outside_the_hard_bounds_is_absent_and_the_bounds_themselves_are_read() {
    let bpm = "264864^MDC_DIM_BEAT_PER_MIN^MDC";
    let rpm = "264928^MDC_DIM_RESP_PER_MIN^MDC";
    let celsius = "268192^MDC_DIM_DEGC^MDC";
    for (code, unit, below, low, high, above) in [
        (
            "147842^MDC_ECG_HEART_RATE^MDC",
            bpm,
            "9",
            "10",
            "350",
            "351",
        ),
        (
            "149530^MDC_PULS_OXIM_PULS_RATE^MDC",
            bpm,
            "9.9",
            "10.0",
            "350.0",
            "350.1",
        ),
        (SATURATION, PERCENT, "29", "30", "100", "101"),
        (
            "150301^MDC_PRESS_CUFF_SYS^MDC",
            MMHG,
            "29",
            "30",
            "300",
            "301",
        ),
        (
            "150302^MDC_PRESS_CUFF_DIA^MDC",
            MMHG,
            "9",
            "10",
            "220",
            "221",
        ),
        (
            "150303^MDC_PRESS_CUFF_MEAN^MDC",
            MMHG,
            "19",
            "20",
            "260",
            "261",
        ),
        ("151562^MDC_RESP_RATE^MDC", rpm, "-0", "0", "120", "121"),
        (
            "151708^MDC_CONC_AWAY_CO2_ET^MDC",
            MMHG,
            "",
            "0",
            "150",
            "151",
        ),
        (
            "150344^MDC_TEMP^MDC",
            celsius,
            "19.9",
            "20.0",
            "45.0",
            "45.1",
        ),
        (
            "150488^MDC_BLD_PERF_INDEX^MDC",
            PERCENT,
            "",
            "0",
            "30",
            "30.01",
        ),
    ] {
        for inside in [low, high] {
            let reading = only_reading(&[&row(code, inside, unit)]);
            assert_eq!(reading.value, inside.parse::<Decimal>().unwrap(), "{code}");
        }
        if !below.is_empty() && below != "-0" {
            assert_eq!(
                only_absence(&row(code, below, unit)),
                WhyAbsent::OutsideBounds,
                "{code}"
            );
        }
        assert_eq!(
            only_absence(&row(code, above, unit)),
            WhyAbsent::OutsideBounds,
            "{code}"
        );
    }
}

// Hazard: H05. An unplugged temperature probe that sends 0.0.
#[test]
fn a_temperature_of_zero_is_no_measurement() {
    let row = row("150344^MDC_TEMP^MDC", "0.0", "268192^MDC_DIM_DEGC^MDC");
    assert_eq!(only_absence(&row), WhyAbsent::OutsideBounds);
}

#[test]
fn a_respiratory_rate_of_zero_is_kept_as_a_claim_of_apnoea() {
    let row = row(
        "151562^MDC_RESP_RATE^MDC",
        "0",
        "264928^MDC_DIM_RESP_PER_MIN^MDC",
    );
    let reading = only_reading(&[&row]);
    assert_eq!(
        (reading.value, reading.quality),
        (Decimal::ZERO, Quality::Questionable)
    );
}

// Bounds: device reference §2.8, the soft column.
#[test]
fn outside_the_soft_bounds_a_reading_is_questionable() {
    for (value, quality) in [
        ("49", Quality::Questionable),
        ("50", Quality::Good),
        ("100", Quality::Good),
    ] {
        assert_eq!(
            only_reading(&[&saturation(value, "", "R")]).quality,
            quality,
            "{value}"
        );
    }
}

#[test]
fn an_inconsistent_cuff_cycle_is_questionable_as_a_whole() {
    let cycle = |systolic: &str, mean: &str, diastolic: &str| {
        let rows = [
            row("150301^MDC_PRESS_CUFF_SYS^MDC", systolic, MMHG),
            row("150303^MDC_PRESS_CUFF_MEAN^MDC", mean, MMHG),
            row("150302^MDC_PRESS_CUFF_DIA^MDC", diastolic, MMHG),
        ];
        let rows: Vec<&str> = rows
            .iter()
            .filter(|row| !row.contains("||266016"))
            .map(String::as_str)
            .collect();
        let read = read_rows(&rows);
        assert_eq!(read.problems, []);
        let qualities: Vec<_> = read.live_readings().iter().map(|one| one.quality).collect();
        assert!(qualities.windows(2).all(|pair| pair[0] == pair[1]));
        qualities[0]
    };
    assert_eq!(cycle("120", "93", "80"), Quality::Good);
    assert_eq!(cycle("90", "83", "80"), Quality::Good);
    assert_eq!(cycle("89", "83", "80"), Quality::Questionable);
    assert_eq!(cycle("120", "79", "80"), Quality::Questionable);
    assert_eq!(cycle("120", "121", "80"), Quality::Questionable);
    assert_eq!(cycle("120", "80", "80"), Quality::Good);
    assert_eq!(cycle("120", "-100", "115"), Quality::Questionable);
    assert_eq!(cycle("120", "-100", "80"), Quality::Good);
}

#[test]
fn a_number_sent_as_text_is_read_and_marked_and_other_types_are_not() {
    let with = |kind: &str| row(SATURATION, "97", PERCENT).replace("|NM|", &format!("|{kind}|"));
    assert!(only_reading(&[&with("ST")]).coerced);
    assert!(!only_reading(&[&with("NM")]).coerced);
    for kind in ["", "CWE", "SN", "TX"] {
        assert_eq!(only_problem(&with(kind)), ProblemKind::ValueType, "{kind}");
    }
    assert_eq!(read_rows(&[&with("NA")]).not_taken, 1);
}

#[test]
fn a_value_that_is_no_plain_decimal_is_a_problem_that_says_where() {
    for value in [
        "99 - 101", "1,5", "9e1", "97^98", "97~98", "٩٧", "97%", "\\X39\\7",
    ] {
        let read = read_rows(&[&saturation(value, "", "R")]);
        let problem = &read.problems[0];
        assert_eq!(
            (problem.kind, problem.path.as_str()),
            (ProblemKind::Value, "OBX[1]-5")
        );
        assert_eq!(problem.received, value);
    }
}

// ---------------------------------------------------------------- §2.3 codes

// Hazard: H07
#[test]
fn a_code_whose_parts_disagree_is_a_problem_and_not_a_reading() {
    for code in [
        "150031^MDC_PRESS_CUFF_SYS^MDC",
        "150301^MDC_PRESS_CUFF_DIA^MDC",
        "150301^MDC_PRESS_CUFF_SYSTOLIC^MDC",
        "151716^MDC_CONC_AWAY_CO2_ET^MDC",
        "0002-4a05^NBPd^MDIL",
        "0002-4bb8^HR^MDIL",
        "HR^MDC_ECG_HEART_RATE^MDC",
    ] {
        assert_eq!(
            only_problem(&row(code, "80", MMHG)),
            ProblemKind::Disagreement,
            "{code}"
        );
    }
    // The fourth part of OBX-4 is the code of another signal.
    let row = row(SATURATION, "97", PERCENT).replace("1.3.1.1", "1.3.1.149530");
    assert_eq!(only_problem(&row), ProblemKind::Disagreement);
}

#[test]
fn a_code_may_come_as_number_as_name_as_hexadecimal_or_as_an_alternate() {
    for code in [
        "150456",
        "150456^^MDC",
        "^MDC_PULS_OXIM_SAT_O2^MDC",
        "MDC_PULS_OXIM_SAT_O2",
        "0002-4bb8^SpO2^MDIL",
        "0002-4BB8^^MDIL",
        "108^MNDRY_SPO2^99MNDRY^150456^MDC_PULS_OXIM_SAT_O2^MDC",
    ] {
        let reading = only_reading(&[&row(code, "97", PERCENT)]);
        assert_eq!(reading.signal, Signal::OxygenSaturation, "{code}");
    }
}

// Witness: device reference §3, the MDIL rule and its four checked codes.
#[test]
fn the_hexadecimal_codes_of_the_reference_are_the_numbers_it_says() {
    use exchange::hl7v2::unit::number;
    assert_eq!(number("0002-4182"), Some(147842));
    assert_eq!(number("0002-4bb8"), Some(150456));
    assert_eq!(number("0004-0220"), Some(262688));
    assert_eq!(number("0004-0aa0"), Some(264864));
    assert_eq!(number("0002-4a05"), Some(150021));
    assert_eq!(number("0004-0f20"), Some(266016));
    for text in [
        "0002-418",
        "0002+4182",
        "0002-418g",
        "+002-4182",
        "0002-4182 ",
    ] {
        assert_eq!(number(text), None, "{text}");
    }
}

#[test]
fn an_unknown_code_is_a_problem_and_a_makers_private_code_is_only_counted() {
    assert_eq!(
        only_problem(&row("999999^MDC_SOMETHING^MDC", "1", "")),
        ProblemKind::UnknownCode
    );
    assert_eq!(
        only_problem(&row("115^PVC", "0", "bpm")),
        ProblemKind::UnknownCode
    );
    let read = read_rows(&[&row("108^MNDRY_X^99MNDRY", "1", "")]);
    assert_eq!((read.not_taken, read.outcome), (1, Outcome::Parsed));
}

// Hazard: H07
#[test]
fn expired_carbon_dioxide_is_end_tidal_only_where_the_profile_says_so() {
    let row = row("151712^MDC_CONC_AWAY_CO2_EXP^MDC", "38", MMHG);
    assert_eq!(only_problem(&row), ProblemKind::NotConfirmed);
    let read = read_rows_with(&[&row], &profile("ge-like"));
    assert_eq!(
        read.live_readings()[0].signal,
        Signal::EndTidalCarbonDioxide
    );
}

// Hazard: H07
#[test]
fn a_generic_pressure_is_read_only_when_its_channel_says_how_it_is_measured() {
    let pressure =
        "OBX|2|NM|150017^MDC_PRESS_BLD_SYS^MDC|1.13.2.1|120|266016^MDC_DIM_MMHG^MDC|||||R";
    let channel = |code: &str, place: &str| format!("OBX|1||{code}^MDC|{place}|||||||X");
    assert_eq!(only_problem(pressure), ProblemKind::PressureChannel);
    for (code, signal) in [
        ("70687^MDC_DEV_PRESS_BLD_NONINV_CHAN", Signal::CuffSystolic),
        (
            "69855^MDC_DEV_METER_PRESS_BLD_CHAN",
            Signal::ArterialSystolic,
        ),
    ] {
        assert_eq!(
            only_reading(&[&channel(code, "1.13.2.0"), pressure]).signal,
            signal
        );
    }
    // Another channel's container says nothing about this one.
    let other = channel("70687^MDC_DEV_PRESS_BLD_NONINV_CHAN", "1.13.3.0");
    assert_eq!(read_rows(&[&other, pressure]).live_readings(), []);
    let longer = channel("70687^MDC_DEV_PRESS_BLD_NONINV_CHAN", "1.13.20.0");
    assert_eq!(read_rows(&[&longer, pressure]).live_readings(), []);
}

#[test]
fn a_container_row_is_counted_even_when_its_code_is_unknown() {
    let read = read_rows(&["OBX|1||70001^MDC_DEV_SOMETHING^MDC|1.9.0.0|||||||X"]);
    assert_eq!((read.not_taken, read.outcome), (1, Outcome::Parsed));
}

// Hazard: H07
#[test]
fn of_two_temperature_probes_the_named_one_is_charted_and_neither_when_none_is_named() {
    let probe = |channel: &str, value: &str| {
        format!("OBX|1|NM|150344^MDC_TEMP^MDC|{channel}.1|{value}|268192^MDC_DIM_DEGC^MDC|||||R")
    };
    let rows = [probe("1.26.1", "36.9"), probe("1.26.2", "34.1")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();

    let unnamed = read_rows(&rows);
    assert!(unnamed.live_readings().iter().all(|reading| reading.beside));
    assert_eq!(unnamed.problems[0].kind, ProblemKind::TwoSensors);

    let mut named = profile("generic-pcd01");
    named
        .charted_sites
        .insert(Signal::Temperature, "1.26.2".to_owned());
    let read = read_rows_with(&rows, &named);
    let beside: Vec<bool> = read
        .live_readings()
        .iter()
        .map(|reading| reading.beside)
        .collect();
    assert_eq!((beside, read.problems.len()), (vec![true, false], 0));
    assert_eq!(read.live_readings()[0].site.as_deref(), Some("1.26.1"));
}

#[test]
fn a_profile_may_say_that_a_code_is_known_and_not_taken() {
    let mut mindray = profile("mindray-like");
    mindray.code_overrides.insert(
        "115".to_owned(),
        CodeOverride {
            name: Some("PVC".to_owned()),
            signal: None,
        },
    );
    let read = read_rows_with(&[&row("115^PVC", "0", "bpm")], &mindray);
    assert_eq!((read.not_taken, read.problems.len()), (1, 0));
    let read = read_rows_with(&[&row("110^SpO2", "97", "bpm")], &mindray);
    assert_eq!(read.problems[0].kind, ProblemKind::Disagreement);
}

// ---------------------------------------------------------------- §2.6 times

fn observed(row: &str, profile: &Profile) -> (DeviceTime, usize) {
    let read = read_rows_with(&[row], profile);
    (read.live_readings()[0].observed_at, read.problems.len())
}

fn timed(time: &str) -> String {
    format!("OBX|1|NM|{SATURATION}|1.3.1.1|97|{PERCENT}|||||R|||{time}")
}

#[test]
fn the_time_is_the_rows_then_the_orders_then_the_headers_then_ours() {
    let generic = profile("generic-pcd01");
    let (own, _) = observed(&timed("20261103101459-0500"), &generic);
    assert_eq!(
        (own.from, own.moment),
        (TimeSource::Obx14, moment("2026-11-03T15:14:59Z"))
    );
    let (order, _) = observed(&timed(""), &generic);
    assert_eq!(
        (order.from, order.moment),
        (TimeSource::Obr7, moment("2026-11-03T15:15:00Z"))
    );

    let text = String::from_utf8(message_with(&[&timed("")])).unwrap();
    let without_order = text.replace("SCT|||20261103101500-0500", "SCT|||");
    let read = super::read(without_order.as_bytes(), &generic);
    assert_eq!(read.live_readings()[0].observed_at.from, TimeSource::Msh7);
    let without_any = without_order.replace("|||20261103101500-0500||ORU", "|||||ORU");
    let read = super::read(without_any.as_bytes(), &generic);
    let time = read.live_readings()[0].observed_at;
    assert_eq!(
        (time.from, time.moment),
        (TimeSource::Received, moment("2026-11-03T15:15:00.500Z"))
    );
}

#[test]
fn a_profile_may_ignore_the_rows_own_time() {
    let ignoring = Profile {
        obx14_policy: OwnTime::Ignore,
        ..profile("generic-pcd01")
    };
    let (time, _) = observed(&timed("20261103101459-0500"), &ignoring);
    assert_eq!(time.from, TimeSource::Obr7);
}

// Hazard: H09
#[test]
fn a_time_that_cannot_be_read_is_replaced_by_ours_and_marked() {
    let (time, problems) = observed(&timed("20260332101500"), &profile("generic-pcd01"));
    assert_eq!(
        (time.from, time.suspect, problems),
        (TimeSource::Received, true, 1)
    );
    assert_eq!(time.moment, moment("2026-11-03T15:15:00.500Z"));
}

// Hazard: H09. Received at 15:15:00.500Z; the limits are +120 s and −24 h.
#[test]
fn a_time_too_far_from_ours_is_replaced_by_ours_and_what_was_said_is_kept() {
    for (said, suspect) in [
        ("20261103151700.500+0000", false),
        ("20261103151700.501+0000", true),
        ("20261102151500.500+0000", false),
        ("20261102151500.499+0000", true),
        ("00010101000000+0000", true),
        ("99991229235959+0000", true),
    ] {
        let (time, _) = observed(&timed(said), &profile("generic-pcd01"));
        assert_eq!(time.suspect, suspect, "{said}");
        assert_eq!(
            time.moment == moment("2026-11-03T15:15:00.500Z"),
            suspect,
            "{said}"
        );
        assert!(time.said.is_some());
    }
}

// Hazard: H09
#[test]
fn a_time_without_a_zone_is_not_believed_while_the_gateways_zone_is_unknown() {
    let unset = Profile::builtin("generic-pcd01").unwrap();
    let (time, _) = observed(&timed("20261103101459"), unset);
    assert_eq!((time.from, time.suspect), (TimeSource::Received, true));
    let (time, _) = observed(&timed("20261103101459"), &profile("generic-pcd01"));
    assert_eq!((time.from, time.zone_assumed), (TimeSource::Obx14, true));
}

// Hazard: H09
#[test]
fn a_24_minute_slow_clock_is_taken_as_it_is_and_not_hidden() {
    let (time, _) = observed(&timed("20261103145100+0000"), &profile("generic-pcd01"));
    assert_eq!(time.said, Some(moment("2026-11-03T14:51:00Z")));
    assert!(!time.suspect);
}

// ---------------------------------------------------------------- evidence

#[test]
fn the_device_is_known_by_its_own_number_or_by_name_and_address() {
    let text = String::from_utf8(message_with(&[&saturation("97", "", "R")])).unwrap();
    let device = |from: &str, to: &str, kind: DeviceIdentity| {
        let profile = Profile {
            device_key: kind,
            ..profile("generic-pcd01")
        };
        read(text.replace(from, to).as_bytes(), &profile)
            .identity
            .device
    };
    let sender = DeviceIdentity::SendingApplication;
    assert_eq!(device("", "", sender), "00A0370000AABBCC");
    assert_eq!(
        device("00A0370000AABBCC", "00a0370000aabbcc", sender),
        "00A0370000AABBCC"
    );
    assert_eq!(
        device("^00A0370000AABBCC^EUI-64", "", sender),
        format!("MON@{REMOTE}")
    );
    assert_eq!(
        device("00A0370000AABBCC", "00A0370000AABBC", sender),
        format!("MON@{REMOTE}")
    );
    let equipment = "||||R|||||||080019FFFE0A0B0C^B40";
    assert_eq!(device("||||R", equipment, sender), "00A0370000AABBCC");
    assert_eq!(
        device("||||R", equipment, DeviceIdentity::Equipment),
        "080019FFFE0A0B0C"
    );
    assert_eq!(
        device("", "", DeviceIdentity::SendingApplicationAndBed),
        "00A0370000AABBCC/INF/R1/C1"
    );
}

// Hazard: H01
#[test]
fn the_values_of_two_people_in_one_message_never_share_a_device_key() {
    let heart =
        "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.6.1.1|84|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R";
    for second in [
        "PID|||K-2^^^CLINIC^MR\rPV1||O|INF^R1^C1",
        "PID|||K-2^^^CLINIC^MR",
        "PID|",
        "PV1||O|INF^R9^C9",
    ] {
        let read = read_rows(&[heart, second, heart]);
        let [one, other] = read.live_readings() else {
            panic!("two readings")
        };
        assert_ne!(one.group, other.group);
        assert_ne!(
            read.groups[one.group].device, read.groups[other.group].device,
            "{second}"
        );
        assert_ne!(one.key, other.key);
    }
}

#[test]
fn one_person_named_twice_in_a_message_keeps_one_device_key() {
    let heart =
        "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.6.1.1|84|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R";
    let read = read_rows(&[heart, "PID|||K-1^^^CLINIC^MR\rPV1||O|INF^R1^C1", heart]);
    assert!(
        read.groups
            .iter()
            .all(|group| group.device == "00A0370000AABBCC")
    );
}

// Hazard: H01
#[test]
fn a_second_message_in_one_frame_is_quarantined() {
    let twice = [
        message_with(&[]),
        message_with(&[&saturation("97", "", "R")]),
    ]
    .concat();
    let read = read(&twice, &profile("generic-pcd01"));
    assert!(matches!(
        read.outcome,
        Outcome::Quarantined(Quarantine::Unreadable(Unreadable::SecondHeader {
            segment: 5
        }))
    ));
}

// Hazard: H01
#[test]
fn an_orders_time_does_not_pass_to_the_next_person() {
    let heart =
        "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.6.1.1|84|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R";
    let read = read_rows(&[heart, "PID|||K-2^^^CLINIC^MR", heart]);
    assert_eq!(read.live_readings()[0].observed_at.from, TimeSource::Obr7);
    assert_eq!(read.live_readings()[1].observed_at.from, TimeSource::Msh7);
}

#[test]
fn limits_are_read_with_either_separator_and_odd_ones_are_kept_as_text() {
    for (text, low, high) in [
        ("50-120", Some("50"), Some("120")),
        ("50^120", Some("50"), Some("120")),
        ("^120", None, Some("120")),
        (">50", Some("50"), None),
        ("<120", None, Some("120")),
        ("off", None, None),
    ] {
        let row = row("147842^MDC_ECG_HEART_RATE^MDC", "84", "bpm")
            .replace("|bpm|", &format!("|bpm|{text}"));
        let read = read_rows(&[&row]);
        let limits = &read.limits[0];
        let number = |text: Option<&str>| text.map(|text| text.parse::<Decimal>().unwrap());
        assert_eq!(
            (limits.low, limits.high),
            (number(low), number(high)),
            "{text}"
        );
        assert_eq!(limits.received, text);
    }
}

// ---------------------------------------------------------------- whole messages

// Hazard: H43
#[test]
fn what_is_no_message_is_quarantined_with_a_reason() {
    let generic = profile("generic-pcd01");
    for frame in [
        &b""[..],
        b"\x00",
        b"hello",
        b"FHS|^~\\&|",
        "\u{feff}".as_bytes(),
        b"\xff\xfeM\x00S\x00H\x00",
    ] {
        let read = read(frame, &generic);
        assert!(
            matches!(
                read.outcome,
                Outcome::Quarantined(Quarantine::Unreadable(_))
            ),
            "{frame:?}"
        );
        assert_eq!(read.identity.device, format!("@{REMOTE}"));
    }
    let admission = String::from_utf8(message_with(&[]))
        .unwrap()
        .replace("ORU^R01^ORU_R01", "ADT^A01");
    assert_eq!(
        read(admission.as_bytes(), &generic).outcome,
        Outcome::Quarantined(Quarantine::MessageType("ADT^A01".to_owned()))
    );
}

// Hazard: H43. Limits: device reference §15.
#[test]
fn a_message_beyond_the_limits_is_quarantined_and_one_within_is_read() {
    let generic = profile("generic-pcd01");
    let quarantined = |message: Vec<u8>| {
        matches!(
            read(&message, &generic).outcome,
            Outcome::Quarantined(Quarantine::Unreadable(_))
        )
    };
    let segments = |count: usize| message_with(&vec!["NTE|1"; count - 4]);
    assert!(!quarantined(segments(2_000)));
    assert!(quarantined(segments(2_001)));
    let fields = |count: usize| message_with(&[&format!("NTE{}", "|".repeat(count))]);
    assert!(!quarantined(fields(500)));
    assert!(quarantined(fields(501)));
    let field = |length: usize| message_with(&[&format!("NTE|{}", "x".repeat(length))]);
    assert!(!quarantined(field(65_536)));
    assert!(quarantined(field(65_537)));
}

#[test]
fn a_line_that_is_no_segment_is_a_problem_and_the_rest_is_read() {
    let read = read_rows(&[
        &saturation("97", "", "R"),
        "and then the cable fell",
        &saturation("96", "", "R"),
    ]);
    assert_eq!(read.live_readings().len(), 2);
    assert_eq!(
        (read.problems[0].kind, read.problems[0].path.as_str()),
        (ProblemKind::Segment, "line 6")
    );
}

#[test]
fn other_delimiters_and_escapes_are_read_from_the_message() {
    let message = "MSH$*~!%$MON$$$$20261103101500-0500$$ORU*R01$1$P$2.6\r\
        PID$$$K!S!1$$O!T!Hara*A!F!B\r\
        OBR$1$$$$$$20261103101500-0500\r\
        OBX$1$NM$150456*MDC_PULS_OXIM_SAT_O2*MDC$1.3.1.1$97$262688*MDC_DIM_PERCENT*MDC$$L~VAL$$$R\r";
    let read = read(message.as_bytes(), &profile("generic-pcd01"));
    assert_eq!(read.outcome, Outcome::Parsed);
    assert!(read.live_readings()[0].monitor_flags.validated);
    assert_eq!(read.groups[0].identifiers[0].id, "K*1");
    assert_eq!(read.groups[0].family_name.as_deref(), Some("O%Hara"));
    assert_eq!(read.groups[0].given_name.as_deref(), Some("A$B"));
}

#[test]
fn names_in_other_charsets_are_read_and_bytes_that_are_no_text_never_reach_a_number() {
    let with_name = |charset: &str, name: &[u8]| {
        let text = String::from_utf8(message_with(&[&saturation("97", "", "R")])).unwrap();
        let text = text
            .replace("UNICODE UTF-8", charset)
            .replace("^MR\r", "^MR||NAME\r");
        let at = text.find("NAME").unwrap();
        [&text.as_bytes()[..at], name, &text.as_bytes()[at + 4..]].concat()
    };
    let name = |message: Vec<u8>, profile_name: &str| {
        let read = read(&message, &profile(profile_name));
        assert_eq!(
            (&read.outcome, read.live_readings().len()),
            (&Outcome::Parsed, 1)
        );
        read.groups[0].family_name.clone().unwrap()
    };
    assert_eq!(
        name(with_name("UNICODE UTF-8", "Zoë".as_bytes()), "mindray-like"),
        "Zoë"
    );
    assert_eq!(name(with_name("", "王".as_bytes()), "mindray-like"), "王");
    // Witnesses: GB 18030 王 is CD F5 and 誠 (traditional) is D5 5C, whose second byte is `\`.
    assert_eq!(name(with_name("", b"\xcd\xf5"), "mindray-like"), "王");
    assert_eq!(
        name(with_name("GB 18030-2000", b"\xd5\x5c"), "generic-pcd01"),
        "誠"
    );
    assert_eq!(name(with_name("", b"Zo\xeb"), "ge-like"), "Zoë");
    assert_eq!(name(with_name("8859/1", b"Zo\xeb"), "generic-pcd01"), "Zoë");
    assert_eq!(
        name(with_name("UNICODE UTF-8", b"Zo\xeb"), "ge-like"),
        "Zo\u{fffd}"
    );

    let mut broken = message_with(&[&saturation("97", "", "R")]);
    let at = broken.windows(4).position(|four| four == b"|97|").unwrap();
    broken[at + 1] = 0xff;
    let read = read(&broken, &profile("generic-pcd01"));
    assert_eq!(
        (read.live_readings().len(), read.problems[0].kind),
        (0, ProblemKind::Value)
    );
}

#[test]
fn problems_are_counted_beyond_the_kept_ones() {
    let bad = saturation("x", "", "R");
    let read = read_rows(&vec![bad.as_str(); 150]);
    assert_eq!(
        (read.problems.len(), read.outcome),
        (100, Outcome::PartiallyParsed { problems: 150 })
    );
}

#[test]
fn a_received_text_is_shortened_in_a_problem() {
    let read = read_rows(&[&saturation(&"9".repeat(5_000), "", "R")]);
    assert_eq!(read.problems[0].received.chars().count(), 80);
}
