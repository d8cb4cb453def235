//! The page of what can come next, over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use crate::stranger::http::Answer;
use clinical::record::PatientId;
use units::{Moment, Span};
use uuid::Uuid;

fn act(who: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::now_v7().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    who.send(path, &all)
}

/// Rosa's first session ended, and she went home; it is two days later.
fn clinic() -> (House, PatientId) {
    let zone = jiff::tz::TimeZone::UTC;
    let began = Moment::parse("2026-11-16T09:00:00Z").unwrap();
    let (house, hand) = House::telling(zone, began);
    let (rosa, session) = house.ready_session("4711", "Room 1");
    house.runs_and_goes_home(&hand, session);
    hand.advance(Span::from_hours(48));
    (house, rosa)
}

#[test]
fn every_alternative_stands_beside_what_the_record_says_and_a_prescriber_writes_which() {
    // Hazard: H73
    let (house, rosa) = clinic();
    let path = format!("/patients/{rosa}/next-step");
    let mut prescriber = house.person("prescriber");
    let page = prescriber.page(&path).text();
    let order = [
        "Go on as planned",
        "The next session later",
        "The next session sooner",
        "Another dose, rate or route",
        "Nothing until something is looked at",
        "Another treatment beside it or in its place",
        "End the treatment",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|says| page.find(&format!("<h3>{says}</h3>")).unwrap())
        .collect();
    assert!(places.is_sorted());
    assert!(page.contains("1 of 6 sessions is given."), "{page}");
    assert!(page.contains("Not known: no complete PHQ-9 since the first session."));
    assert!(page.contains("1 of 3 sessions that may lie in seven days."));

    let whose = rosa.to_string();
    let silent = [("patient", whose.as_str()), ("step", "later"), ("why", " ")];
    let refused = act(&mut prescriber, &path, &silent);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("write why"));
    let unread = [
        ("patient", whose.as_str()),
        ("step", "double"),
        ("why", "x-77"),
    ];
    let refused = act(&mut prescriber, &path, &unread);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("x-77"), "what was typed stays");
    let foreign = [("patient", "no"), ("step", "later"), ("why", "x")];
    assert_eq!(act(&mut prescriber, &path, &foreign).status, 422);
    let said = [
        ("patient", whose.as_str()),
        ("step", "wait"),
        ("why", "the ECG of last week <first>"),
    ];
    assert_eq!(act(&mut prescriber, &path, &said).status, 303);
    let mut nurse = house.person("nurse");
    let page = nurse.page(&path).text();
    assert!(page.contains("nothing until something is looked at"));
    assert!(
        page.contains("the ECG of last week &#60;first&#62;"),
        "{page}"
    );
    assert!(page.contains("A prescriber writes it."));
}

#[test]
fn a_warning_sign_stands_on_the_page_in_the_words_of_the_gate() {
    // Hazard: H73, H62
    let (house, rosa) = clinic();
    let mut therapist = house.person("therapist");
    let (note, whose) = (Uuid::now_v7().to_string(), rosa.to_string());
    let told = [
        ("patient", whose.as_str()),
        ("mode", "in-person"),
        ("note", note.as_str()),
        ("kind", "other"),
        ("session", ""),
        ("held_at", "2026-11-18T09:00"),
        ("risk", "plan"),
        ("what", "draft"),
    ];
    let path = format!("/patients/{rosa}/integration/write");
    assert_eq!(act(&mut therapist, &path, &told).status, 303);
    let page = therapist
        .page(&format!("/patients/{rosa}/next-step"))
        .text();
    let says = "A warning sign after a session is not dealt with";
    // Where they stand, beside going on as planned, and beside waiting.
    assert_eq!(page.matches(says).count(), 3, "{page}");
}
