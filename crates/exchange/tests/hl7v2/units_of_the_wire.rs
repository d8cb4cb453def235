//! Every signal against every unit. Source: device reference §5.3.

use super::{profile, read_rows, read_rows_with};
use clinical::vital_signs::Signal;
use exchange::codes::{self, Unit};
use exchange::hl7v2::interpretation::{Interpretation, ProblemKind};
use exchange::hl7v2::profile::Profile;
use units::Decimal;

fn row(signal: Signal, value: &str, unit: &str) -> String {
    let code = &codes::vital_sign(signal).mdc[0];
    let number = code.code.map_or(String::new(), |number| number.to_string());
    let name = code.refid.as_deref().unwrap();
    format!("OBX|1|NM|{number}^{name}^MDC|1.1.1.1|{value}|{unit}|||||R")
}

fn value(read: &Interpretation) -> Option<Decimal> {
    read.live_readings().first().map(|reading| reading.value)
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

// Hazard: H06
#[test]
fn each_signal_takes_exactly_the_units_of_its_quantity() {
    // Forty lies within the hard bounds of every signal, in the canonical unit.
    let takes = |signal: Signal, unit: &Unit| -> bool {
        // Witness: the quantities of §5.1 (UCUM column) and the units of §5.3.
        match signal.unit() {
            "/min" => unit.ucum == "/min",
            "%" => unit.ucum == "%",
            "mm[Hg]" => matches!(unit.ucum.as_str(), "mm[Hg]" | "kPa"),
            "Cel" => matches!(unit.ucum.as_str(), "Cel" | "[degF]"),
            _ => unit.ucum == "1",
        }
    };
    for signal in Signal::ALL {
        for unit in codes::units() {
            let in_unit = match unit.ucum.as_str() {
                "kPa" => "8",
                "[degF]" => "98.6",
                _ if signal == Signal::PerfusionIndex => "3",
                _ => "40",
            };
            let triplet = format!("{}^{}^MDC", unit.mdc, unit.refid);
            let name_only = format!("^{}", unit.refid);
            let number_only = unit.mdc.to_string();
            for written in [&triplet, &name_only, &number_only, &unit.ucum] {
                let read = read_rows(&[&row(signal, in_unit, written)]);
                if takes(signal, unit) {
                    assert!(value(&read).is_some(), "{signal:?} {written}");
                } else {
                    assert_eq!(value(&read), None, "{signal:?} {written}");
                    assert_eq!(
                        read.problems[0].kind,
                        ProblemKind::Unit,
                        "{signal:?} {written}"
                    );
                }
            }
        }
    }
}

// Hazard: H06. Witnesses: 0 °C = 32 °F and 37 °C = 98.6 °F by definition; the factor is §5.3's.
#[test]
fn conversions_are_exact_and_the_original_is_kept() {
    for (signal, sent, unit, canonical) in [
        (Signal::Temperature, "98.6", "266560^MDC_DIM_FAHR^MDC", "37"),
        (Signal::Temperature, "100.4", "[degF]", "38"),
        (Signal::Temperature, "99", "°F", "37.222222"),
        (Signal::Temperature, "36.60", "Cel", "36.6"),
        (Signal::EndTidalCarbonDioxide, "5.1", "kPa", "38.2531467"),
        (Signal::EndTidalCarbonDioxide, "38", "mm Hg", "38"),
        (Signal::CuffSystolic, "16", "kPa", "120.009872"),
    ] {
        let read = read_rows(&[&row(signal, sent, unit)]);
        let reading = &read.live_readings()[0];
        assert_eq!(reading.value, decimal(canonical), "{sent} {unit}");
        assert_eq!(
            (
                reading.original_value.as_str(),
                reading.original_unit.as_str()
            ),
            (sent, unit)
        );
    }
}

// Hazard: H06
#[test]
fn a_pressure_or_a_temperature_without_a_unit_is_a_problem_whatever_the_profile_says() {
    let mut lenient = profile("generic-pcd01");
    for signal in Signal::ALL {
        let unit = codes::unit_by_number(codes::vital_sign(signal).mdc_unit).unwrap();
        lenient.unit_defaults.insert(signal, unit);
    }
    for signal in Signal::ALL {
        let number = if signal == Signal::PerfusionIndex {
            "3"
        } else {
            "40"
        };
        for unit in ["", "\"\""] {
            let row = row(signal, number, unit);
            let strict = read_rows(&[&row]);
            assert_eq!(value(&strict), None);
            assert_eq!(strict.problems[0].kind, ProblemKind::Unit);
            let with_default = read_rows_with(&[&row], &lenient);
            let may_be_assumed = !matches!(signal.unit(), "mm[Hg]" | "Cel");
            assert_eq!(value(&with_default).is_some(), may_be_assumed, "{signal:?}");
        }
    }
}

// Hazard: H06
#[test]
fn a_unit_whose_parts_disagree_or_that_is_unknown_is_a_problem() {
    for unit in [
        "266016^MDC_DIM_KILO_PASCAL^MDC",
        "266016^kPa^MDC",
        "266016^MDC_DIM_UNHEARD_OF^MDC",
        "266016^MDC_DIM_MMHG^MDC^kPa^kPa^UCUM",
        "999999^MDC_DIM_MMHG^MDC",
        "cmH2O",
        "MMHG",
        "mmhg",
        "^torr",
    ] {
        let read = read_rows(&[&row(Signal::CuffSystolic, "120", unit)]);
        assert_eq!(
            (value(&read), read.problems[0].kind),
            (None, ProblemKind::Unit),
            "{unit}"
        );
    }
}

#[test]
fn the_ways_in_which_gateways_write_a_known_unit_are_read() {
    for (signal, unit) in [
        (Signal::HeartRate, "0004-0aa0^bpm^MDIL"),
        (Signal::HeartRate, "bpm"),
        (Signal::HeartRate, "/min"),
        (Signal::HeartRate, "1/min"),
        (Signal::RespiratoryRate, "rpm"),
        (Signal::CuffSystolic, "mmHg"),
        (Signal::CuffSystolic, "mm Hg"),
        (
            Signal::CuffSystolic,
            "266016^MDC_DIM_MMHG^MDC^mm[Hg]^mm[Hg]^UCUM",
        ),
        (Signal::OxygenSaturation, "%"),
        (
            Signal::OxygenSaturation,
            "262688^MDC_DIM_PERCENT^MDC^%^%^UCUM",
        ),
        (Signal::Temperature, "°C"),
        (Signal::Temperature, "C"),
        (Signal::Temperature, "Cel"),
        (Signal::Temperature, "^MDC_DIM_DEGC"),
    ] {
        assert_eq!(
            value(&read_rows(&[&row(signal, "40", unit)])),
            Some(decimal("40")),
            "{unit}"
        );
    }
}

#[test]
fn every_builtin_profile_leaves_units_to_the_sender() {
    for name in Profile::BUILTIN {
        assert!(
            Profile::builtin(name).unwrap().unit_defaults.is_empty(),
            "{name}"
        );
    }
}
