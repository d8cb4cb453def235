//! The notes of a session over real sockets: composed, kept, signed with the password, printed,
//! added to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use crate::stranger::http::Answer;
use clinical::record::SessionId;
use jiff::tz::TimeZone;
use units::Moment;
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC, a Friday.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

/// Somebody has just gone home.
fn afterwards() -> (House, SessionId) {
    let (house, hand) = House::telling(TimeZone::UTC, BEGAN);
    let (_, session) = house.ready_session("4711", "Room 1");
    house.runs_and_goes_home(&hand, session);
    (house, session)
}

fn page(person: &mut Person, session: SessionId) -> String {
    let answer = person.page(&format!("/sessions/{session}/notes"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The value of a hidden field of the page.
fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

fn does(house: &House, person: &mut Person, session: SessionId, fields: &[(&str, &str)]) -> Answer {
    let patient = house.session(session).patient.unwrap().to_string();
    let (id, command) = (session.to_string(), Uuid::new_v4().to_string());
    let csrf = person.csrf();
    let mut all = vec![
        ("csrf", csrf.as_str()),
        ("command_id", command.as_str()),
        ("session", id.as_str()),
        ("patient", patient.as_str()),
    ];
    all.extend_from_slice(fields);
    let to = format!("/sessions/{session}/notes");
    person.post(&to, &[("accept", "text/html")], &all)
}

fn printed(person: &mut Person, session: SessionId) -> String {
    let pdf = person.page(&format!("/sessions/{session}/record.pdf"));
    assert_eq!(pdf.status, 200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.pdf");
    std::fs::write(&file, &pdf.body).unwrap();
    let read = std::process::Command::new("pdftotext")
        .arg(&file)
        .arg("-")
        .output()
        .expect("pdftotext is missing; install poppler-utils");
    String::from_utf8(read.stdout).unwrap()
}

#[test]
fn a_nurse_signs_what_the_chart_says_in_her_words_and_it_is_on_paper() {
    let (house, session) = afterwards();
    let mut nurse = house.person("nurse");
    let password = nurse.password.clone();
    let composed = page(&mut nurse, session);
    assert!(composed.contains("infusion begun at"), "{composed}");
    assert!(composed.contains("left with Sam Lee"));
    assert!(composed.contains("ended early, the person asked"));

    let words = "She slept most of the hour & woke calm.";
    let seen = seen(&composed);
    // Neither without the password nor with another one.
    for wrong in ["", "not hers"] {
        let fields = [
            ("act", "sign"),
            ("text", words),
            ("seen", &*seen),
            ("password", wrong),
        ];
        let answer = does(&house, &mut nurse, session, &fields);
        assert_eq!(answer.status, 422);
        assert!(
            answer.text().contains("woke calm"),
            "what was typed is kept"
        );
    }
    assert!(page(&mut nurse, session).contains("No note is signed yet."));
    let fields = [
        ("act", "sign"),
        ("text", words),
        ("seen", &*seen),
        ("password", &*password),
    ];
    assert_eq!(does(&house, &mut nurse, session, &fields).status, 303);

    let shown = page(&mut house.person("prescriber"), session);
    assert!(shown.contains("She slept most of the hour"));
    assert!(shown.contains("Signed: "));
    let paper = printed(&mut nurse, session);
    assert!(
        paper.contains("She slept most of the hour & woke calm."),
        "{paper}"
    );
    assert!(paper.contains("It says what I saw, did and was told"));
}

// Hazard: H70
#[test]
fn a_chart_that_changed_after_the_page_was_opened_is_looked_at_before_it_is_signed() {
    let (house, session) = afterwards();
    let mut nurse = house.person("nurse");
    let password = nurse.password.clone();
    let before = page(&mut nurse, session);
    let fields = [
        ("act", "note"),
        ("text", "Her sister called: no nausea at home."),
    ];
    let mut prescriber = house.person("prescriber");
    assert_eq!(prescriber.act(&house, session, &fields).status, 200);

    let fields = [
        ("act", "sign"),
        ("text", "All went well."),
        ("seen", &*seen(&before)),
        ("password", &*password),
    ];
    let answer = does(&house, &mut nurse, session, &fields);
    assert_eq!(answer.status, 409);
    let again = answer.text();
    assert!(again.contains("the chart has changed since you had it before you"));
    assert!(again.contains("All went well."), "what was typed is kept");
    assert!(
        again.contains("Her sister called"),
        "and what is new is shown"
    );
    let fields = [
        ("act", "sign"),
        ("text", "All went well."),
        ("seen", &*seen(&again)),
        ("password", &*password),
    ];
    assert_eq!(does(&house, &mut nurse, session, &fields).status, 303);
}

#[test]
fn a_draft_is_read_by_its_author_alone_and_takes_up_the_lines_it_has_not() {
    let (house, session) = afterwards();
    let mut nurse = house.person("nurse");
    let fields = [("act", "draft"), ("text", "zinnia-lagoon")];
    assert_eq!(does(&house, &mut nurse, session, &fields).status, 303);
    let mut prescriber = house.person("prescriber");
    let others = page(&mut prescriber, session);
    assert!(!others.contains("zinnia-lagoon"));
    assert!(others.contains("has a draft"));
    assert!(!printed(&mut prescriber, session).contains("zinnia-lagoon"));

    let own = page(&mut nurse, session);
    assert!(own.contains("The chart says, and your note does not"));
    let fields = [("act", "add-lines"), ("text", "zinnia-lagoon")];
    assert_eq!(does(&house, &mut nurse, session, &fields).status, 303);
    let own = page(&mut nurse, session);
    let (_, field) = own.split_once("<textarea id=\"note-text\"").unwrap();
    let field = field.split_once("</textarea>").unwrap().0;
    assert!(field.contains("zinnia-lagoon") && field.contains("left with Sam Lee"));
    assert!(!own.contains("The chart says, and your note does not"));
}

#[test]
fn what_is_added_stands_under_the_note_and_what_is_taken_back_stays_readable() {
    let (house, session) = afterwards();
    let mut nurse = house.person("nurse");
    let password = nurse.password.clone();
    let seen_now = seen(&page(&mut nurse, session));
    let fields = [
        ("act", "sign"),
        ("text", "About somebody else."),
        ("seen", &*seen_now),
        ("password", &*password),
    ];
    assert_eq!(does(&house, &mut nurse, session, &fields).status, 303);
    let mut prescriber = house.person("prescriber");
    let shown = page(&mut prescriber, session);
    let (_, to) = shown.split_once("name=\"to\" value=\"").unwrap();
    let to = to.split_once('"').unwrap().0;
    let theirs = prescriber.password.clone();
    let add = |text, strikes, password| {
        [
            ("act", "add"),
            ("to", to),
            ("text", text),
            ("strikes", strikes),
            ("seen", &*seen_now),
            ("password", password),
        ]
    };
    // Nobody takes back what somebody else signed.
    let answer = does(
        &house,
        &mut prescriber,
        session,
        &add("Wrong.", "yes", &theirs),
    );
    assert_eq!(answer.status, 409);
    let answer = does(
        &house,
        &mut prescriber,
        session,
        &add("Asked her.", "", &theirs),
    );
    assert_eq!(answer.status, 303);
    let answer = does(
        &house,
        &mut nurse,
        session,
        &add("Wrong person.", "yes", &password),
    );
    assert_eq!(answer.status, 303);
    let shown = page(&mut nurse, session);
    assert!(shown.contains("<del class=\"note-text\">About somebody else.</del>"));
    assert!(shown.contains("Asked her.") && shown.contains("Wrong person."));
    let paper = printed(&mut nurse, session);
    assert!(paper.contains("Addendum: note by") && paper.contains("Taken back: note by"));
}
