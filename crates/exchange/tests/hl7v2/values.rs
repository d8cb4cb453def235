//! Which numbers are measurements. Source: device reference §2.3, §2.8.

use super::read_rows;
use super::rows::{
    MMHG, PERCENT, SATURATION, only_absence, only_problem, only_reading, row, saturation,
};
use clinical::vital_signs::Quality;
use exchange::hl7v2::interpretation::{ProblemKind, WhyAbsent};
use units::Decimal;

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
