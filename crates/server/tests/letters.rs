//! Letters about a treatment over real sockets: no agreement, no letter; what was not agreed stands in
//! none; what was taken back does not leave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse};
use crate::stranger::http::{Answer, get, post};
use crate::take_away::words;
use clinical::instrument::{Answer as Said, Answers, Points};
use clinical::record::{CommandId, PatientId};
use server::outcomes::{By, Entry, enter};
use units::{Moment, Span};
use uuid::Uuid;

fn act(who: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::now_v7().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    who.send(path, &all)
}

/// Rosa's session ended, and she went home; it is two days later.
fn clinic() -> (House, PatientId) {
    let began = Moment::parse("2026-11-16T09:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, began);
    let (rosa, session) = house.ready_session("4711", "Room 1");
    house.runs_and_goes_home(&hand, session);
    hand.advance(Span::from_hours(48));
    (house, rosa)
}

/// What stands between two texts of a page, the first time after a third.
fn between<'a>(page: &'a str, after: &str, from: &str, until: &str) -> &'a str {
    let page = &page[page.find(after).unwrap()..];
    let rest = &page[page.find(from).unwrap() + from.len()..];
    &rest[..rest.find(until).unwrap()]
}

fn agree(who: &mut Person, path: &str, rosa: PatientId, topics: &[&str]) -> Answer {
    let whose = rosa.to_string();
    let mut fields = vec![
        ("patient", whose.as_str()),
        ("act", "agree"),
        ("name", "Dr Amara Diallo, Riverside <Practice>"),
        ("part", "referrer"),
        ("address", "1 River Road\nHarbourtown"),
        ("how", "spoken"),
    ];
    fields.extend(topics.iter().map(|topic| ("topic", *topic)));
    act(who, path, &fields)
}

/// Signs the letter that the page shows now; `words` are what the author adds.
fn sign(who: &mut Person, path: &str, rosa: PatientId, words: &str, password: &str) -> Answer {
    let page = who.page(path).text();
    let hidden = |name: &str| {
        between(
            &page,
            "sign-heading",
            &format!("name=\"{name}\" value=\""),
            "\"",
        )
        .to_owned()
    };
    let (from, until, seen) = (hidden("from"), hidden("until"), hidden("seen"));
    let whose = rosa.to_string();
    let fields = [
        ("patient", whose.as_str()),
        ("from", from.as_str()),
        ("until", until.as_str()),
        ("seen", seen.as_str()),
        ("words", words),
        ("password", password),
    ];
    act(who, path, &fields)
}

#[test]
fn a_letter_tells_what_was_agreed_and_nothing_else_and_stays_when_it_is_taken_back() {
    // Hazard: H74
    let (house, rosa) = clinic();
    let path = format!("/patients/{rosa}/letters");
    let mut nurse = house.person("nurse");
    let page = nurse.page(&path).text();
    assert!(page.contains("Nobody: the person has not agreed to anything."));
    // Without something that may be told nothing is written, and what was typed stays.
    let refused = agree(&mut nurse, &path, rosa, &[]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("choose at least one thing"));
    assert!(refused.text().contains("Riverside &#60;Practice&#62;"));
    assert_eq!(
        agree(&mut nurse, &path, rosa, &["sessions", "next"]).status,
        303
    );

    let mut prescriber = house.person("prescriber");
    let page = prescriber.page(&path).text();
    let agreement = between(&page, "letters", &format!("{path}/"), "\"").to_owned();
    let compose = format!("{path}/{agreement}");
    assert_eq!(nurse.page(&compose).status, 403, "a nurse signs no letter");
    let shown = prescriber.page(&compose).text();
    assert!(shown.contains("One session in this time."), "{shown}");
    assert!(shown.contains("ketamine"), "{shown}");
    assert!(!shown.contains("Unwanted effects</h3>") && !shown.contains("Scales</h3>"));
    let wrong = sign(&mut prescriber, &compose, rosa, "We go on.", "no");
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("not your password"));
    assert!(wrong.text().contains("We go on."), "what was typed stays");
    let password = prescriber.password.clone();
    let signed = sign(&mut prescriber, &compose, rosa, "We go on.", &password);
    assert_eq!(signed.status, 303, "{}", signed.text());

    let page = nurse.page(&path).text();
    assert!(page.contains("Has not left the house."));
    let pdf = between(&page, "letters-heading", &format!("{path}/"), "/letter.pdf").to_owned();
    let paper = nurse.page(&format!("{path}/{pdf}/letter.pdf"));
    let told = words(&paper.body);
    for text in [
        "Dr Amara Diallo, Riverside <Practice>",
        "Harbourtown",
        "One session in this time.",
        "16 Nov 2026",
        "We go on.",
        "No further session is booked.",
        "Signed by",
        "agreed on 18 Nov 2026 that you are told of: sessions with drug, dose and blood pressure; what is planned next",
    ] {
        assert!(told.contains(text), "{text:?} is not in: {told}");
    }
    assert!(!told.contains("Do not send"), "{told}");
    let whose = rosa.to_string();
    let left = [
        ("patient", whose.as_str()),
        ("act", "left"),
        ("letter", pdf.as_str()),
        ("way", "fax"),
        ("note", "555 0142"),
    ];
    assert_eq!(act(&mut nurse, &path, &left).status, 303);
    assert!(nurse.page(&path).text().contains("by fax (555 0142)"));

    // Rosa reads it on her phone, and takes it back.
    let cookie = house.through_the_door(rosa, "/my/letters");
    let own =
        |path: &str| house.anyone(&get(path, &[("cookie", &cookie), ("accept", "text/html")]));
    let page = own("/my/letters").text();
    assert!(page.contains("Riverside &#60;Practice&#62;"), "{page}");
    assert!(page.contains("sent by fax"));
    assert!(words(&own(&format!("/my/letters/{pdf}/letter.pdf")).body).contains("We go on."));
    let csrf = between(&page, "keepsake", "name=\"csrf\" value=\"", "\"");
    let command = Uuid::now_v7().to_string();
    let fields = [
        ("csrf", csrf),
        ("command_id", command.as_str()),
        ("agreement", agreement.as_str()),
    ];
    let headers = [("cookie", cookie.as_str())];
    let back = house.anyone(&post("/my/letters", &headers, &fields));
    assert_eq!(back.status, 303, "{}", back.text());
    assert!(own("/my/letters").text().contains("Taken back on"));
    let again = act(&mut nurse, &path, &left);
    assert_eq!(again.status, 422);
    assert!(again.text().contains("has taken this agreement back"));
    let stopped = prescriber.page(&compose).text();
    assert!(stopped.contains("does not hold any more") && !stopped.contains("Sign the letter"));
    let paper = words(&nurse.page(&format!("{path}/{pdf}/letter.pdf")).body);
    assert!(paper.contains("Do not send."), "{paper}");
}

#[test]
fn a_letter_is_of_its_own_person_and_is_signed_as_it_was_seen() {
    // Hazard: H02, H74
    let (house, rosa) = clinic();
    let path = format!("/patients/{rosa}/letters");
    let mut prescriber = house.person("prescriber");
    assert_eq!(agree(&mut prescriber, &path, rosa, &["next"]).status, 303);
    let page = prescriber.page(&path).text();
    let agreement = between(&page, "letters", &format!("{path}/"), "\"").to_owned();
    let compose = format!("{path}/{agreement}");
    let password = prescriber.password.clone();
    let whose = rosa.to_string();
    let fields = [
        ("patient", whose.as_str()),
        ("from", "2026-11-01"),
        ("until", "2026-11-18"),
        ("seen", "of another day"),
        ("words", ""),
        ("password", password.as_str()),
    ];
    let changed = act(&mut prescriber, &compose, &fields);
    assert_eq!(changed.status, 422);
    assert!(changed.text().contains("the record has changed"));
    assert_eq!(
        sign(&mut prescriber, &compose, rosa, "", &password).status,
        303
    );
    let page = prescriber.page(&path).text();
    let pdf = between(&page, "letters-heading", &format!("{path}/"), "/letter.pdf").to_owned();
    // By another person's page neither the agreement nor the letter is found.
    let other = house.register("4712", Moment::parse("2026-11-18T09:00:00Z").unwrap());
    let foreign = format!("/patients/{other}/letters");
    assert_eq!(
        prescriber.page(&format!("{foreign}/{agreement}")).status,
        404
    );
    let paper = prescriber.page(&format!("{foreign}/{pdf}/letter.pdf"));
    assert_eq!(paper.status, 404);
    let cookie = house.through_the_door(other, "/my/letters");
    let own = get(
        &format!("/my/letters/{pdf}/letter.pdf"),
        &[("cookie", &cookie)],
    );
    assert_eq!(house.anyone(&own).status, 404);
    // Days that are no days are said to be none.
    let unread = prescriber.page(&format!("{compose}?from=yesterday"));
    assert_eq!(unread.status, 422);
    assert!(unread.text().contains("this day could not be read"));
}

#[test]
fn a_letter_about_scales_says_how_treatment_went_and_not_how_much_somebody_drinks() {
    // Hazard: H74
    let (house, rosa) = clinic();
    let path = format!("/patients/{rosa}/letters");
    let mut prescriber = house.person("prescriber");
    for (scale, items) in [("phq-9", 9), ("audit-c", 3)] {
        let one = Said::Number(Points::whole(1).unwrap());
        let answers = (1..=items).fold(Answers::new(), |answers, item: u32| {
            answers.with(&item.to_string(), one.clone())
        });
        let by = By {
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            patient: rosa,
        };
        let entry = Entry {
            scale: scale.to_owned(),
            answers,
            total: None,
            filled: None,
        };
        let entered = enter(house.application(), by, entry);
        house.wait_for(entered).unwrap();
    }
    let own = prescriber.page(&format!("/patients/{rosa}/outcomes"));
    let own = own.text();
    assert!(own.contains("PHQ-9") && own.contains("AUDIT-C"), "{own}");
    assert_eq!(agree(&mut prescriber, &path, rosa, &["scales"]).status, 303);
    let page = prescriber.page(&path).text();
    let agreement = between(&page, "letters", &format!("{path}/"), "\"").to_owned();
    let shown = prescriber.page(&format!("{path}/{agreement}")).text();
    let scales = between(&shown, "Scales</h3>", ">", "</section>");
    assert!(scales.contains("PHQ-9"), "{scales}");
    assert!(!shown.contains("AUDIT-C"), "{shown}");
}
