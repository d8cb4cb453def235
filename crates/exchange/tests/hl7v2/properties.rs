//! What holds for any bytes.

use super::{message_with, messages, moment, profile};
use clinical::vital_signs::Signal;
use exchange::codes;
use exchange::hl7v2::interpretation::{Arrival, Interpretation, interpret};
use exchange::hl7v2::profile::Profile;
use proptest::prelude::*;

/// Every reading of a message lies within the hard bounds of its signal.
fn check(read: &Interpretation) {
    for reading in read.live_readings().iter().chain(read.simulated_readings()) {
        let (low, high) = reading.signal.hard_bounds();
        assert!(reading.value >= low && reading.value <= high, "{reading:?}");
        assert!(reading.group < read.groups.len());
    }
}

fn any_signal() -> impl Strategy<Value = Signal> {
    prop::sample::select(Signal::ALL.to_vec())
}

fn any_number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,6}(\\.[0-9]{1,3})?",
        prop::sample::select(vec![
            "-1",
            "-100",
            "-999",
            "-99.9",
            "-10000",
            "32767",
            "0",
            "0.0",
            "1e308",
            "NaN",
            "",
            "999999999",
            "-0",
            "+97",
            "9999999999",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    // Hazard: H05, H06
    #[test]
    fn no_sample_outside_the_hard_bounds_ever_leaves(
        signal in any_signal(),
        number in any_number(),
        unit in prop::sample::select(codes::units().iter().collect::<Vec<_>>()),
        name in prop::sample::select(Profile::BUILTIN.to_vec()),
    ) {
        let code = &codes::vital_sign(signal).mdc[0];
        let row = format!(
            "OBX|1|NM|{}^{}^MDC|1.1.1.1|{number}|{}^{}^MDC|||||R",
            code.code.map_or(String::new(), |number| number.to_string()),
            code.refid.as_deref().unwrap(),
            unit.mdc,
            unit.refid,
        );
        let read = super::read_rows_with(&[&row], &profile(name));
        check(&read);
        // Every row is accounted for.
        let readings = read.live_readings().len();
        prop_assert_eq!(readings + read.absences.len() + read.problems.len(), 1);
    }

    // Hazard: H43
    #[test]
    fn bytes_changed_at_random_do_no_harm(
        which in 0usize..64,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        name in prop::sample::select(Profile::BUILTIN.to_vec()),
    ) {
        let all = messages();
        let mut message = all[which % all.len()].1.clone();
        for (index, byte) in changes {
            let at = index.index(message.len());
            message[at] = byte;
        }
        let arrival = Arrival::new("192.0.2.7", moment("2026-11-03T15:15:00Z"));
        check(&interpret(&message, &profile(name), arrival));
    }

    // Hazard: H07
    #[test]
    fn a_number_and_the_name_of_another_signal_never_make_a_reading(
        one in any_signal(),
        other in any_signal(),
    ) {
        prop_assume!(one != other);
        let number = codes::vital_sign(one).mdc[0].code;
        let name = codes::vital_sign(other).mdc[0].refid.as_deref().unwrap();
        prop_assume!(number.is_some());
        let unit = codes::vital_sign(one).mdc_unit;
        let row = format!("OBX|1|NM|{}^{name}^MDC|1.1.1.1|40|{unit}|||||R", number.unwrap());
        let read = super::read_rows(&[&row]);
        prop_assert!(read.live_readings().is_empty());
    }

    #[test]
    fn the_same_bytes_are_read_the_same_again(text in "\\PC{0,200}") {
        let message = message_with(&[&text]);
        let generic = profile("generic-pcd01");
        prop_assert_eq!(super::read(&message, &generic), super::read(&message, &generic));
    }
}
