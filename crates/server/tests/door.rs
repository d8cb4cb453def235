//! The patient's door over real sockets: a link lets its own patient in, once, and nobody else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod others;

use crate::house::{House, Person, nurse};
use crate::stranger::http::{Answer, Connection, get, post};
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts, Patient, PatientEvent};
use clinical::record::{CommandId, PatientId};
use server::journey::{Change, change};
use server::web::respond::Refused;
use std::time::Duration;
use units::{Moment, Span};

/// Who is in a room of the demo.
fn patient_of(house: &House, room: &str) -> String {
    let session = house.session(house.session_in(room));
    session.patient.unwrap().to_string()
}

/// What the chart says of a person.
fn registration(house: &House, patient: &str) -> clinical::patient::Registration {
    let id = patient.parse().unwrap();
    let read = house.wait_for(server::patients::read(house.application(), id));
    read.unwrap().unwrap().registration.unwrap()
}

/// A clinic whose clock stands, with Rosa, who was born on 21 August 1979.
fn clinic() -> (House, server::clock::Hand, String) {
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, BEGAN);
    let rosa = house.register("0042-118", BEGAN).to_string();
    (house, hand, rosa)
}

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

/// A link that the front desk made, as its path.
fn link(house: &House, patient: &str) -> String {
    let mut desk = house.person("front-desk");
    let csrf = desk.csrf();
    let page = desk.post(
        &format!("/patients/{patient}/link"),
        &[("accept", "text/html")],
        &[("csrf", &csrf)],
    );
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let (_, rest) = text.split_once("/p/").expect("a link on the page");
    let secret = rest.split('"').next().unwrap();
    format!("/p/{secret}")
}

/// The date of birth in the chart, as day, month and year.
fn birth(house: &House, patient: &str) -> [String; 3] {
    let date = registration(house, patient).birth_date;
    [
        date.day().to_string(),
        date.month().to_string(),
        date.year().to_string(),
    ]
}

fn enter(house: &House, path: &str, date: &[String; 3]) -> Answer {
    let fields = [
        ("day", date[0].as_str()),
        ("month", date[1].as_str()),
        ("year", date[2].as_str()),
    ];
    house.anyone(&post(path, &[("accept", "text/html")], &fields))
}

/// The patient's cookie of an answer that let somebody in.
fn cookie_of(answer: &Answer) -> String {
    let set = answer.header("set-cookie").expect("a cookie");
    assert!(set.starts_with("evenkeel-own="), "{set}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    set.split(';').next().unwrap().to_owned()
}

fn page(house: &House, path: &str, cookie: &str) -> Answer {
    let mut connection = Connection::open(house.http()).unwrap();
    let headers = [("cookie", cookie), ("accept", "text/html")];
    connection.send(&get(path, &headers)).unwrap()
}

#[test]
fn a_link_and_the_date_of_birth_let_its_owner_in_once() {
    // Hazard: H45
    let (house, _hand, rosa) = clinic();
    let link = link(&house, &rosa);
    // Reading the page, as those who check messages do, uses nothing up.
    for _ in 0..3 {
        let asked = house.anyone(&get(&link, &[]));
        assert_eq!(asked.status, 200);
        assert!(asked.text().contains("When were you born?"));
        assert!(!asked.text().to_lowercase().contains("quill"));
    }
    let date = birth(&house, &rosa);
    let inside = enter(&house, &link, &date);
    assert_eq!(inside.status, 303, "{}", inside.text());
    assert_eq!(inside.header("location"), Some("/my"));
    let cookie = cookie_of(&inside);
    let account = page(&house, "/my/account", &cookie);
    assert_eq!(account.status, 200);
    let again = enter(&house, &link, &date);
    assert_eq!(again.status, 410);
    assert!(again.text().contains("Nothing that you saved is lost"));
}

#[test]
fn a_link_is_sent_once_however_often_the_button_is_pressed_and_never_shown_to_staff() {
    let (house, _hand, rosa) = clinic();
    let mut desk = house.person("front-desk");
    let csrf = desk.csrf();
    let path = format!("/patients/{rosa}/link");
    let command = uuid::Uuid::new_v4();
    let id = command.to_string();
    let fields = [
        ("csrf", csrf.as_str()),
        ("command_id", id.as_str()),
        ("send", "yes"),
    ];
    for _ in 0..2 {
        let answer = desk.post(&path, &[("accept", "text/html")], &fields);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.text().contains("on its way"));
        assert!(!answer.text().contains("/p/"));
    }
    let application = house.application();
    let search = store::CourseSearch {
        part: "message".to_owned(),
        count: 9,
        ..store::CourseSearch::default()
    };
    let queued = application.store.course_rows(application.tenant, &search);
    let rows = house.wait_for(queued).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].id, command);
}

#[test]
fn five_wrong_dates_end_a_link_and_a_date_that_is_none_is_no_try() {
    // Hazard: H45
    let (house, _hand, rosa) = clinic();
    let link = link(&house, &rosa);
    let date = |day: &str, month: &str, year: &str| [day.into(), month.into(), year.into()];
    for none in [
        date("31", "2", "1984"),
        date("", "", ""),
        date("x", "y", "z"),
        date("29", "2", "1900"),
    ] {
        let answer = enter(&house, &link, &none);
        assert_eq!(answer.status, 422, "{none:?}");
        assert!(answer.text().contains("not in the calendar"));
    }
    let mut own = birth(&house, &rosa);
    own[2] = "1901".to_owned();
    for tried in 1..=4 {
        let answer = enter(&house, &link, &own);
        assert_eq!(answer.status, 422, "try {tried}");
        assert!(answer.text().contains("value=\"1901\""), "typed only once");
    }
    assert_eq!(enter(&house, &link, &own).status, 410);
    // The right date comes too late: the link is gone.
    assert_eq!(enter(&house, &link, &birth(&house, &rosa)).status, 410);
}

#[test]
fn a_link_that_is_forged_or_past_its_time_lets_nobody_in() {
    // Hazard: H45
    let (house, hand, rosa) = clinic();
    let link = link(&house, &rosa);
    let date = birth(&house, &rosa);
    let last = link.chars().next_back().unwrap();
    let forged = format!(
        "{}{}",
        &link[..link.len() - 1],
        if last == 'A' { 'B' } else { 'A' }
    );
    for path in [forged.as_str(), "/p/x", "/p/..%2f..%2fboard", "/p/%00"] {
        let answer = enter(&house, path, &date);
        assert_eq!(answer.status, 410, "{path}");
        assert!(answer.header("set-cookie").is_none());
    }
    hand.advance(Span::from_hours(73));
    assert_eq!(enter(&house, &link, &date).status, 410);
}

#[test]
fn no_link_opens_anything_but_its_own_patient() {
    // Hazard: H45
    let house = House::demo();
    let (ana, ben) = (patient_of(&house, "2"), patient_of(&house, "1"));
    let link = link(&house, &ana);
    let cookie = cookie_of(&enter(&house, &link, &birth(&house, &ana)));
    // Ben's date of birth does not open Ana's link, and no path of a patient names a person.
    let bens = registration(&house, &ben);
    for route in server::web::table() {
        if route.path.starts_with("/my") {
            assert!(
                !route.path.contains("{patient}") && !route.path.contains("{id}/"),
                "{} could name another person",
                route.path
            );
        }
        let is_open = matches!(
            route.access,
            server::web::Access::Public(_) | server::web::Access::Own
        );
        if is_open || route.method != axum::http::Method::GET || route.path.ends_with("/live") {
            continue;
        }
        let session = house.session_in("1").to_string();
        let path = match route.path {
            path if path.starts_with("/sessions") => path.replace("{id}", &session),
            path => path.replace("{kind}", "Patient").replace("{id}", &ben),
        };
        let answer = page(&house, &path, &cookie);
        assert!(
            matches!(answer.status, 303 | 401 | 403),
            "{path}: {}",
            answer.status
        );
        assert!(!answer.text().contains(&bens.family_name), "{path}");
    }
    for own in server::web::table() {
        let with_place = own.path.contains('{');
        if own.path.starts_with("/my") && own.method == axum::http::Method::GET && !with_place {
            let text = page(&house, own.path, &cookie).text();
            assert!(!text.contains(&bens.family_name), "{}", own.path);
        }
    }
}

#[test]
fn whoever_takes_the_tablet_finds_the_patient_and_no_member_of_staff_on_it() {
    // Hazard: H45
    let (house, _hand, rosa) = clinic();
    let mut nurse: Person = house.person("nurse");
    let csrf = nurse.csrf();
    let path = format!("/patients/{rosa}/tablet");
    let handed = nurse.post(&path, &[("accept", "text/html")], &[("csrf", &csrf)]);
    assert_eq!(handed.status, 303);
    let cookies: Vec<&str> = handed
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value.as_str())
        .collect();
    let own = cookies
        .iter()
        .find(|cookie| cookie.starts_with("evenkeel-own="))
        .unwrap();
    assert!(
        cookies
            .iter()
            .any(|cookie| cookie.starts_with("evenkeel=;"))
    );
    // The nurse's sign-in has ended on the server too, not only in the browser.
    assert_eq!(nurse.page("/board").status, 303);
    let own = own.split(';').next().unwrap();
    let account = page(&house, "/my/account", own);
    assert!(account.text().contains("give the tablet back"));
}

#[test]
fn a_patients_pages_close_by_themselves_and_the_tablets_sooner() {
    let (house, hand, rosa) = clinic();
    let cookie = cookie_of(&enter(&house, &link(&house, &rosa), &birth(&house, &rosa)));
    hand.advance(Span::from_minutes(59));
    assert_eq!(page(&house, "/my/account", &cookie).status, 200);
    hand.advance(Span::from_minutes(61));
    let closed = page(&house, "/my/account", &cookie);
    assert_eq!(closed.status, 303);
    assert_eq!(closed.header("location"), Some("/p"));
}

#[test]
fn an_account_of_ones_own_leads_to_ones_own_pages() {
    let (house, _hand, rosa) = clinic();
    let cookie = cookie_of(&enter(&house, &link(&house, &rosa), &birth(&house, &rosa)));
    let text = page(&house, "/my/account", &cookie).text();
    let (_, rest) = text.split_once("name=\"csrf\" value=\"").unwrap();
    let csrf = rest.split('"').next().unwrap().to_owned();
    let save = |username: &str, password: &str, repeated: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("username", username),
            ("password", password),
            ("repeated", repeated),
        ];
        let headers = [("cookie", cookie.as_str()), ("accept", "text/html")];
        house.anyone(&post("/my/account", &headers, &fields))
    };
    let good = "four calm green boats";
    for (username, password, repeated) in [
        ("", good, good),
        ("nurse", good, good),
        ("rosa.quill", "short", "short"),
        ("rosa.quill", good, "four calm green boat"),
    ] {
        let answer = save(username, password, repeated);
        assert_eq!(answer.status, 422, "{username} {password}");
        assert!(!answer.text().contains(password) || password == "short");
    }
    assert_eq!(save("rosa.quill", good, good).status, 303);
    let fields = [("username", "rosa.quill"), ("password", good)];
    let inside = house.anyone(&post("/sign-in", &[], &fields));
    assert_eq!(inside.status, 303);
    assert_eq!(inside.header("location"), Some("/my"));
}

/// The front desk writes down how somebody is reached.
fn reached(house: &House, patient: &str, contacts: Contacts) {
    let patient: PatientId = patient.parse().unwrap();
    let wanted = Change {
        command_id: CommandId(uuid::Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "record contacts",
        wanted: String::new(),
    };
    let event = PatientEvent::ContactsRecorded {
        contacts,
        at: BEGAN,
        by: "Frank Adeyemi".to_owned(),
    };
    let done = change(house.application(), wanted, |_: &Patient, _| {
        Ok::<_, Refused>(vec![event.clone()])
    });
    house.wait_for(done).unwrap();
}

/// Asks for a link, from a place in the network as a proxy names it.
fn ask(house: &House, place: &str, contact: &str, [day, month, year]: [&str; 3]) -> Answer {
    let headers = [("accept", "text/html"), ("x-forwarded-for", place)];
    let fields = [
        ("contact", contact),
        ("day", day),
        ("month", month),
        ("year", year),
    ];
    house.anyone(&post("/p", &headers, &fields))
}

/// To whom links wait in the outbox.
fn links_to(house: &House) -> Vec<String> {
    let application = house.application();
    let search = store::CourseSearch {
        part: "message".to_owned(),
        count: 99,
        ..store::CourseSearch::default()
    };
    let rows = house.wait_for(application.store.course_rows(application.tenant, &search));
    let rows = rows.unwrap().into_iter();
    rows.map(|row| row.patient.unwrap().to_string()).collect()
}

/// What the audit says of those who asked for a link.
fn noted(house: &House) -> Vec<String> {
    let application = house.application();
    let entries = house.wait_for(application.store.audit(application.tenant, None, 999));
    let entries = entries.unwrap().into_iter();
    entries
        .filter(|entry| entry.entry.action == "a patient asks for a new link")
        .map(|entry| entry.entry.detail)
        .collect()
}

const BORN: [&str; 3] = ["21", "8", "1979"];

#[test]
fn who_asks_for_a_link_is_answered_the_same_and_only_the_known_one_is_sent_one() {
    // Hazard: H45
    let (house, hand, rosa) = clinic();
    let by_mail = Contacts {
        email: Some("rosa@example.org".to_owned()),
        mobile: Some("+57 300 1234567".to_owned()),
        channels: vec![Channel::Email],
        ..Contacts::unknown(Language::Spanish)
    };
    reached(&house, &rosa, by_mail.clone());
    let silent = house.register("0042-119", BEGAN).to_string();
    let silent_contacts = Contacts {
        email: Some("silent@example.org".to_owned()),
        ..Contacts::unknown(Language::English)
    };
    reached(&house, &silent, silent_contacts);
    let ended = house.anyone(&get("/p/ended", &[]));
    assert_eq!(ended.status, 410);
    assert!(ended.text().contains("href=\"/p?language=en\""));
    let mut answers = Vec::new();
    for (contact, born) in [
        ("nobody@example.org", BORN),
        ("rosa@example.org", ["22", "8", "1979"]),
        ("silent@example.org", BORN),
        (" Rosa@Example.org ", BORN),
        ("300 123 4567", BORN),
    ] {
        let answer = ask(&house, "198.51.100.7", contact, born);
        assert_eq!(answer.status, 303, "{contact}: {}", answer.text());
        answers.push((answer.header("location").map(str::to_owned), answer.body));
        assert!(house.becomes(Duration::from_secs(5), |house| {
            noted(house).len() == answers.len()
        }));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "every answer is the same");
    // Twice within ten minutes is one link, to the address of the record and nobody else's.
    assert_eq!(links_to(&house), [rosa.as_str()]);
    let says = "If we know you, a link is on its way";
    let page = house.anyone(&get("/p/asked", &[]));
    assert!(page.text().contains(says) && !page.text().contains("example.org"));
    // Two people whom address and date of birth do not tell apart.
    reached(&house, &silent, by_mail);
    hand.advance(Span::from_minutes(11));
    let answer = ask(&house, "198.51.100.7", "+573001234567", BORN);
    assert_eq!(answer.status, 303);
    assert!(house.becomes(Duration::from_secs(5), |house| noted(house).len() == 6));
    assert_eq!(links_to(&house).len(), 1);
}

#[test]
fn a_link_is_asked_for_only_so_often_with_one_address_and_from_one_place() {
    // Hazard: H45
    let (house, hand, _rosa) = clinic();
    // What is not understood counts for nothing and is kept to be put right.
    for (contact, born, says) in [
        (
            "rosa@example.org",
            ["31", "2", "1979"],
            "not in the calendar",
        ),
        ("rosa", BORN, "whole mobile number"),
        ("", BORN, "whole mobile number"),
    ] {
        let answer = ask(&house, "198.51.100.7", contact, born);
        assert_eq!(answer.status, 422, "{contact}");
        assert!(answer.text().contains(says));
        assert!(answer.text().contains("value=\"1979\""));
    }
    for place in ["198.51.100.1", "198.51.100.2", "198.51.100.3"] {
        let answer = ask(&house, place, "rosa@example.org", BORN);
        assert_eq!(answer.status, 303, "{place}");
    }
    let often = ask(&house, "198.51.100.4", "ROSA@example.org", BORN);
    assert_eq!(often.status, 429);
    assert!(often.text().contains("Try again in an hour"));
    for number in 0..20 {
        let contact = format!("number{number}@example.org");
        let answer = ask(&house, "203.0.113.9", &contact, BORN);
        assert_eq!(answer.status, 303, "{number}");
    }
    let often = ask(&house, "203.0.113.9", "number20@example.org", BORN);
    assert_eq!(often.status, 429);
    hand.advance(Span::from_hours(1));
    for place in ["198.51.100.4", "203.0.113.9"] {
        assert_eq!(ask(&house, place, "rosa@example.org", BORN).status, 303);
    }
}
