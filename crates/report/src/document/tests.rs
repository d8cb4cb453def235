//! The pages are read back by poppler, and compared with what was charted.

use super::{DocumentInput, session_record};
use crate::sample::{LEAF, Story, at, nurse, person, prescriber, visit, zone};
use clinical::course::note::Notes;
use clinical::course::session::Session;
use serde_json::json;
use std::io::Write as _;
use std::process::{Command, Stdio};

fn pdf(session: &Session) -> Vec<u8> {
    let input = DocumentInput::from_session(
        session,
        (&person(), &Notes::default()),
        &LEAF,
        "Evenkeel demo clinic",
        &zone(),
    );
    session_record(&input).unwrap()
}

/// The text of the pages, page breaks kept, every other white space one blank.
fn pages(bytes: &[u8]) -> Vec<String> {
    let mut reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is missing: install poppler-utils");
    let mut into = reader.stdin.take().unwrap();
    into.write_all(bytes).unwrap();
    drop(into);
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .split('\u{c}')
        .map(|page| page.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|page| !page.is_empty())
        .collect()
}

/// Asserts that each text stands somewhere on the pages.
fn stand(pages: &[String], texts: &[&str]) {
    let all = pages.join(" ");
    for text in texts {
        assert!(all.contains(text), "{text:?} is not in: {all}");
    }
}

#[test]
fn every_charted_fact_of_the_visit_stands_on_paper() {
    let pages = pages(&pdf(&visit(true)));
    stand(
        &pages,
        &[
            "MORENO, Ana",
            "0042-118",
            "2 Mar 1984 (42 y)",
            "Allergies: penicillin (rash)",
            "72 kg",
            "Dr Petra Ivanova",
            "0.6 mg/mL in 60 mL",
            "36 mg (0.5 mg/kg)",
            "ketamine",
            // 20 min at 60 mL/h are 12 mg, 20 min at 45 mL/h are 9 mg, and 3 mg at once.
            "24 mg",
            "0.33 mg/kg",
            "10:00 10:20 60 mL/h 12 mg",
            "10:20 10:25 paused 0 mg",
            "10:25 10:45 45 mL/h 9 mg",
            "10:30 10:30 bolus 3 mg",
            "09:49 124/78 93 72 98 14 36.6 device Monitor 2",
            "10:04 138/84 102 80 97 15 device Monitor 2",
            "10:40 131/80 77 96 13 by hand Nora Quist (nurse)",
            "11:44 122/76 91 70 98 14 36.6 device Monitor 2",
            "4 of 5, slow answer to name",
            "1 of 10",
            "Paused Nausea",
            "went home with Sam Lee",
            "11:45 Recovery fully awake · oriented to person, place, time · walks: 3 m and back, steady",
            "nausea moderate, treated, pain minimal",
            "Music changed; asked for water & <quiet>",
            "reassurance",
            "Systolic at or above 160 mmHg; measured",
            "183 mmHg; limit 160 mmHg",
            "10:15 Nora Quist (nurse)",
            "repeat reading 138/84",
            "I have read this record and it is right.",
            "3 Nov 2026, 11:50",
            "Evenkeel 0.1.0",
            "09:42: full name, date of birth, Nora Quist (nurse)",
            "clear liquid: 3 Nov 2026, 07:00; light meal: none; heavy meal: 2 Nov 2026, 19:00",
        ],
    );
}

#[test]
fn every_minute_that_the_monitor_sent_stands_in_the_table() {
    let session = visit(true);
    let all = pages(&pdf(&session)).join(" ");
    for minute in (1..=20).filter(|minute| !matches!(minute, 8 | 9)) {
        let line = format!(
            "10:{minute:02} {} {} {} device Monitor 2",
            70 + minute % 7,
            95 + minute % 4,
            12 + minute % 4
        );
        assert!(all.contains(&line), "{line:?} is not in: {all}");
    }
    assert!(
        !all.contains("10:08") && !all.contains("10:09"),
        "nothing was measured then"
    );
}

// Hazard: H23
#[test]
fn a_correction_keeps_both_values_and_its_reason() {
    let pages = pages(&pdf(&visit(true)));
    stand(
        &pages,
        &[
            "138/84 was 183/84",
            "3 of 10 was 8 of 10",
            "151 struck out by hand",
            "183/84 mmHg 138/84 mmHg Digits transposed",
            "distress 8 of 10 distress 3 of 10 Wrong button",
            "pulse 151 /min struck out Read in another room",
        ],
    );
}

#[test]
fn a_gate_that_was_passed_although_closed_says_who_and_why() {
    let pages = pages(&pdf(&visit(true)));
    stand(
        &pages,
        &[
            "Passed although closed, as prescriber",
            "Ate at seven, discussed",
            "second clinician Dr Ulla Berg",
            "NOT MET",
            "At least 8 hours since a heavy meal.",
        ],
    );
}

#[test]
fn every_sheet_says_whose_it_is_which_page_it_is_and_of_which_record() {
    for signed in [true, false] {
        let pages = pages(&pdf(&visit(signed)));
        assert!(pages.len() >= 2);
        let hash = "ab".repeat(32);
        for (index, page) in pages.iter().enumerate() {
            let number = format!("page {} of {}", index + 1, pages.len());
            for text in [
                "MORENO, Ana",
                "0042-118",
                "Evenkeel demo clinic",
                &number,
                &hash,
            ] {
                assert!(page.contains(text), "{text:?} is not in: {page}");
            }
            assert_eq!(page.contains("NOT SIGNED"), !signed, "{page}");
        }
    }
}

#[test]
fn the_same_record_gives_the_same_bytes_and_a_later_one_others() {
    let record = pdf(&visit(true));
    assert_eq!(record, pdf(&visit(true)));
    assert_ne!(record, pdf(&visit(false)));
    assert!(record.starts_with(b"%PDF-1.7"));
}

#[test]
fn the_document_claims_that_it_can_be_read_aloud() {
    let record = pdf(&visit(true));
    let text = String::from_utf8_lossy(&record);
    // PDF/UA-1 identification in the metadata (ISO 14289-1, clause 5), and a tagged document.
    assert!(text.contains("pdfuaid:part"));
    assert!(text.contains("/Marked true"));
    assert!(text.contains("/Alt"));
}

#[test]
fn a_record_at_any_stage_can_be_printed() {
    let mut story = Story::planned();
    let planned = pages(&pdf(&story.session));
    stand(
        &planned,
        &["NOT SIGNED", "at the stage \u{201c}planned\u{201d}"],
    );
    story.tell(
        "09:45:00",
        nurse(),
        json!({"event": "SessionCancelled", "reason": "Fever since the morning"}),
    );
    stand(
        &pages(&pdf(&story.session)),
        &["Cancelled without drug Fever since the morning"],
    );
    let empty = Session::new(story.session.id);
    stand(&pages(&pdf(&empty)), &["NOT SIGNED"]);
}

#[test]
fn words_that_look_like_markup_or_that_no_font_has_are_printed_and_lose_nothing() {
    let mut story = Story::planned();
    story.tell(
        "09:41:00",
        prescriber(),
        json!({"event": "NoteWritten", "text":
            "#panic() *bold* $x$ @ref <label> \u{1f600} \u{4f60} \u{7} Zo\u{eb} \u{141}\u{f3}d\u{17a}"}),
    );
    stand(
        &pages(&pdf(&story.session)),
        &[
            "#panic() *bold* $x$ @ref <label> [U+1F600] [U+4F60]",
            "Zo\u{eb} \u{141}\u{f3}d\u{17a}",
        ],
    );
    assert!(story.session.recorded_at.unwrap() < at("09:42:00"));
}
