//! What is answered. Source: device reference §2.2.

use super::{message_with, messages, moment, profile};
use exchange::hl7v2::acknowledgement::{Answering, Disposition, answer};
use exchange::hl7v2::profile::{AcknowledgementStyle, Profile};

const ANSWERING_AT: &str = "2026-11-03T15:15:01.120Z";

fn answers(message: &[u8], profile: &Profile, disposition: Disposition) -> Vec<String> {
    let answering = Answering {
        at: moment(ANSWERING_AT),
        control_ids: ["K7F3A2", "K7F3A3"],
    };
    answer(message, profile, disposition, answering)
        .into_iter()
        .map(|answer| String::from_utf8(answer).expect("text"))
        .collect()
}

/// The MSA-1 of each answer to a message that asks in this way.
fn codes(asked: &str, profile: &Profile, disposition: Disposition) -> Vec<String> {
    let text = String::from_utf8(message_with(&[])).expect("text");
    let message = text.replace("|||AL|NE|", &format!("|||{asked}|"));
    answers(message.as_bytes(), profile, disposition)
        .iter()
        .map(|answer| answer.split("MSA|").nth(1).expect("an MSA")[..2].to_owned())
        .collect()
}

#[test]
fn each_mode_is_answered_as_the_table_says() {
    let generic = profile("generic-pcd01");
    for (asked, stored, failed, not_allowed) in [
        ("|", vec!["AA"], vec!["AE"], vec!["AR"]),
        ("AL|NE", vec!["CA"], vec!["CE"], vec!["CR"]),
        ("NE|AL", vec!["AA"], vec!["AE"], vec!["AR"]),
        ("AL|AL", vec!["CA", "AA"], vec!["CE"], vec!["CR"]),
        ("ER|NE", vec![], vec!["CE"], vec!["CR"]),
        ("SU|NE", vec!["CA"], vec![], vec![]),
        ("NE|ER", vec![], vec!["AE"], vec!["AR"]),
        ("NE|SU", vec!["AA"], vec![], vec![]),
        ("AL|", vec!["CA"], vec!["CE"], vec!["CR"]),
        ("NE|NE", vec![], vec![], vec![]),
    ] {
        assert_eq!(
            codes(asked, &generic, Disposition::Stored),
            stored,
            "{asked}"
        );
        for disposition in [
            Disposition::StorageFailed,
            Disposition::Truncated,
            Disposition::TooLarge,
        ] {
            assert_eq!(
                codes(asked, &generic, disposition),
                failed,
                "{asked} {disposition:?}"
            );
        }
        assert_eq!(
            codes(asked, &generic, Disposition::NotAllowed),
            not_allowed,
            "{asked}"
        );
    }
}

#[test]
fn a_profile_may_answer_always_in_one_style() {
    let always = Profile {
        ack_style: AcknowledgementStyle::AlwaysApplication,
        ..profile("generic-pcd01")
    };
    let enhanced = Profile {
        ack_style: AcknowledgementStyle::Enhanced,
        ..profile("generic-pcd01")
    };
    assert_eq!(codes("AL|NE", &always, Disposition::Stored), ["AA"]);
    assert_eq!(codes("AL|AL", &always, Disposition::Stored), ["AA"]);
    assert_eq!(
        codes("NE|NE", &always, Disposition::Stored),
        Vec::<String>::new()
    );
    assert_eq!(codes("|", &enhanced, Disposition::Stored), ["CA"]);
    assert_eq!(codes("NE|AL", &enhanced, Disposition::Stored), ["AA"]);
}

#[test]
fn trouble_in_reading_is_still_acknowledged_unless_the_profile_says_otherwise() {
    let tolerant = profile("generic-pcd01");
    let strict = Profile {
        nack_on_parse_error: true,
        ..profile("generic-pcd01")
    };
    assert_eq!(
        codes("AL|NE", &tolerant, Disposition::StoredUnreadable),
        ["CA"]
    );
    assert_eq!(
        codes("AL|NE", &strict, Disposition::StoredUnreadable),
        ["CE"]
    );
    assert_eq!(codes("AL|NE", &strict, Disposition::Stored), ["CA"]);
}

#[test]
fn the_answer_to_the_ge_like_example_is_the_one_of_the_reference() {
    let message = messages()
        .into_iter()
        .find(|(name, _)| name == "ge-like-no-row-times")
        .unwrap()
        .1;
    assert_eq!(
        answers(&message, &profile("ge-like"), Disposition::Stored),
        [concat!(
            "MSH|^~\\&|||VSP^080019FFFE0A0B0C^EUI-64|GE-LIKE|20261103151501.120+0000||",
            "ACK^R01^ACK|K7F3A2|P|2.6\rMSA|AA|0040970A0B0C\r"
        )]
    );
}

#[test]
fn the_control_id_the_version_and_the_applications_come_back_byte_for_byte() {
    let message =
        b"MSH$*~!%$a*b!F!$caf\xe9$d$e$20261103101500$$ORU*R40$\xff \\id!S!$T$2.3.1*X$$$AL$AL\rPID$\r";
    let answering = Answering {
        at: moment(ANSWERING_AT),
        control_ids: ["K1", "K2"],
    };
    let both = answer(
        message,
        &profile("generic-pcd01"),
        Disposition::Stored,
        answering,
    );
    let expected = |code: &[u8], control_id: &[u8]| {
        [
            &b"MSH$*~!%$d$e$a*b!F!$caf\xe9$20261103151501.120+0000$$ACK*R40*ACK$"[..],
            control_id,
            b"$T$2.3.1*X\rMSA$",
            code,
            b"$\xff \\id!S!\r",
        ]
        .concat()
    };
    assert_eq!(both, [expected(b"CA", b"K1"), expected(b"AA", b"K2")]);
}

// Hazard: H43
#[test]
fn an_unreadable_header_is_answered_with_an_error_that_echoes_nothing() {
    for message in [
        &b""[..],
        b"\x00\x01",
        b"PID|1",
        b"MSH",
        b"MSH|",
        b"MSH|^^^^|x",
        b"MSHA^~\\&A",
    ] {
        assert_eq!(
            answers(message, &profile("generic-pcd01"), Disposition::Stored),
            ["MSH|^~\\&|||||20261103151501.120+0000||ACK^R01^ACK|K7F3A2|P|2.6\rMSA|AE|\r"],
            "{message:?}"
        );
    }
}

#[test]
fn the_head_of_a_message_too_large_is_enough_to_answer_it() {
    let mut message = message_with(&[]);
    message.truncate(300);
    let answers = answers(&message, &profile("generic-pcd01"), Disposition::TooLarge);
    assert!(answers[0].ends_with("MSA|CE|1\r"));
}
