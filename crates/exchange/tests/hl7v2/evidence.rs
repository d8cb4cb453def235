//! Which device and whose values, as far as the wire says. Source: device reference §2.3.

use super::rows::{row, saturation};
use super::{REMOTE, message_with, profile, read, read_rows};
use exchange::hl7v2::interpretation::{Outcome, Quarantine, TimeSource};
use exchange::hl7v2::message::Unreadable;
use exchange::hl7v2::profile::{DeviceIdentity, Profile};
use units::Decimal;

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
