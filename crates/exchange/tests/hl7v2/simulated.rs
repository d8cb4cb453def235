//! What is not real never looks live. Source: device reference §2.3, §2.5.

use super::rows::saturation;
use super::{message_with, profile, read, read_rows};
use exchange::hl7v2::interpretation::{Stream, WhySimulated};

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
