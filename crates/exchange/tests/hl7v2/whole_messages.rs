//! Messages that are odd as a whole. Source: device reference §2.1, §2.9, §15.

use super::rows::saturation;
use super::{REMOTE, message_with, profile, read, read_rows};
use exchange::hl7v2::interpretation::{Outcome, ProblemKind, Quarantine};

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
