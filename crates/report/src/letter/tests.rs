//! The letter is read back by poppler, and compared with what was asked.

use super::{LetterInput, attached, clearance_letter};
use clinical::course::clearance::{Asked, ClearanceEvent, Clearances, Lifts, Recipient};
use clinical::course::screening::person::{Product, Route};
use clinical::patient::{Registration, Sex};
use clinical::record::{Actor, ClearanceId, PatientId, Role, StaffId};
use jiff::tz::TimeZone;
use std::io::Write as _;
use std::process::{Command, Stdio};
use units::Moment;
use uuid::Uuid;

fn letter(question: &str) -> Vec<u8> {
    let lifts = |requirement: &str, says: &str, remedy: &str| Lifts {
        requirement: requirement.into(),
        code: requirement.into(),
        says: says.into(),
        remedy: remedy.into(),
        policy: "eligibility".into(),
        version: 1,
    };
    let event = ClearanceEvent::ClearanceRequested {
        clearance: ClearanceId(Uuid::from_u128(5)),
        asked: Box::new(Asked {
            about: vec![lifts(
                "C03",
                "No arrhythmia, controlled either.",
                "Ask for a dated clearance (cardiology); attach: an ECG. The prescriber signs.",
            )],
            from: "cardiology".into(),
            recipient: Recipient {
                name: "Dr Lena Ott, Harbour Heart Practice".into(),
                email: None,
            },
            product: Product::Racemic,
            route: Route::Intravenous,
            question: question.into(),
            brought: false,
            chase_days: 7,
        }),
    };
    let nurse = Actor::Person {
        id: StaffId(Uuid::from_u128(7)),
        name: "Nora Lindqvist".into(),
        role: Role::Nurse,
    };
    let mut file = Clearances::default();
    file.apply(
        &event,
        &nurse,
        Moment::parse("2026-03-02T15:00:00Z").unwrap(),
    );
    let patient = Registration {
        patient: PatientId(Uuid::from_u128(1)),
        record_number: "0042-118".into(),
        family_name: "MORENO".into(),
        given_name: "Ana".into(),
        birth_date: "1984-05-09".parse().unwrap(),
        sex: Sex::Female,
    };
    let input = LetterInput::from_request(
        &file.requests[0],
        &patient,
        "Harbour Street Clinic",
        90,
        &TimeZone::UTC,
    );
    clearance_letter(&input).unwrap()
}

fn text(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is missing: install poppler-utils");
    let mut into = reader.stdin.take().unwrap();
    into.write_all(pdf).unwrap();
    drop(into);
    let output = reader.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_letter_says_who_asks_whom_about_whom_and_about_what() {
    let text = text(&letter("Is the rate controlled at rest?"));
    for wanted in [
        "To Dr Lena Ott, Harbour Heart Practice",
        "asked as: cardiology",
        "2 March 2026",
        "Ana MORENO",
        "9 May 1984",
        "0042-118",
        "racemic ketamine, into a vein",
        "C03. Our rule: No arrhythmia, controlled either. Please attach an ECG.",
        "Is the rate controlled at rest?",
        "We count 90 days from that date",
        "Nora Lindqvist",
        "Harbour Street Clinic",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in: {text}");
    }
}

#[test]
fn a_letters_words_are_words_and_never_markup() {
    let text = text(&letter("#sys.version *bold* $x$ \u{7} 心"));
    assert!(text.contains("#sys.version *bold* $x$"), "{text}");
    assert!(text.contains("[U+5FC3]"), "{text}");
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    assert_eq!(letter(""), letter(""));
}

#[test]
fn only_what_is_to_be_attached_is_said_to_the_recipient() {
    // The shapes that stand in policies/eligibility.toml.
    let remedy = "Ask for a dated clearance (cardiology); attach: an ECG of the last 90 days and an echocardiogram. The prescriber signs it off; it holds for 90\u{a0}days.";
    assert_eq!(
        attached(remedy).as_deref(),
        Some("an ECG of the last 90 days and an echocardiogram")
    );
    assert_eq!(attached("Ask for a dated clearance (anaesthesia)."), None);
}
