//! Which signal a code is. Source: device reference §2.3, §2.4, §3, §5.1.

use super::rows::{MMHG, PERCENT, SATURATION, only_problem, only_reading, row};
use super::{profile, read_rows, read_rows_with};
use clinical::vital_signs::Signal;
use exchange::hl7v2::interpretation::{Outcome, ProblemKind};
use exchange::hl7v2::profile::CodeOverride;

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
fn a_container_row_is_counted_even_when_its_code_is_unknown_or_strange() {
    for code in ["70001^MDC_DEV_SOMETHING^MDC", "69798^MDC_DEV_SOMETHING^MDC"] {
        let read = read_rows(&[&format!("OBX|1||{code}|1.9.0.0|||||||X")]);
        assert_eq!(
            (read.not_taken, read.outcome),
            (1, Outcome::Parsed),
            "{code}"
        );
    }
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
