//! Sheets to hand out, as PDF over real sockets: for the way home, for the payer, the copy of what
//! was signed; and the link to the first of them when somebody leaves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{Hand, House, nurse};
use crate::stranger::http::{Answer, get};
use crate::take_away::words;
use clinical::course::message::Outgoing;
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts, Patient, PatientEvent};
use clinical::record::{CommandId, PatientId, SessionId};
use server::journey::{Change, change, read};
use server::web::respond::Refused;
use units::Moment;
use uuid::Uuid;

fn clinic() -> (House, Hand, PatientId, SessionId) {
    let began = Moment::parse("2026-11-16T09:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, began);
    let (rosa, session) = house.ready_session("4711", "Room 1");
    (house, hand, rosa, session)
}

fn reached(house: &House, rosa: PatientId, contacts: Contacts) {
    let event = PatientEvent::ContactsRecorded {
        contacts,
        at: house.application().clock.now(),
        by: "Frank Adeyemi".to_owned(),
    };
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: rosa.0,
        patient: Some(rosa),
        session: None,
        action: "record contacts",
        wanted: String::new(),
    };
    let done = change(house.application(), wanted, |_: &Patient, _| {
        Ok::<_, Refused>(vec![event.clone()])
    });
    house.wait_for(done).unwrap();
}

fn pdf(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    words(&answer.body)
}

#[test]
fn the_instructions_are_a_sheet_in_either_language_and_the_persons_own() {
    let (house, hand, rosa, session) = clinic();
    house.runs_and_goes_home(&hand, session);
    let mut nurse = house.person("nurse");
    let path = format!("/sessions/{session}/going-home.pdf");
    let english = pdf(&nurse.page(&path));
    for text in [
        "Going home after your treatment",
        "Rosa QUILL",
        "no alcohol, no cannabis",
        // The drug ended at 09:30; four hours later.
        "13:30",
        "112, 911 or 999",
        "Who takes them home (Sam Lee)",
    ] {
        assert!(english.contains(text), "{text} in {english}");
    }
    let spanish = pdf(&nurse.page(&format!("{path}?language=es")));
    for text in [
        "De vuelta a casa",
        "Paciente",
        "página 1",
        "nada de alcohol",
    ] {
        assert!(spanish.contains(text), "{text} in {spanish}");
    }
    let own = house.through_the_door(rosa, "/my/going-home");
    let headers = [("cookie", own.as_str())];
    let own = pdf(&house.anyone(&get("/my/going-home.pdf", &headers)));
    assert!(own.contains("no alcohol, no cannabis"), "{own}");
    assert!(!own.contains("Who takes them home"), "{own}");
}

#[test]
fn what_a_payer_reads_is_a_sheet_with_the_diagnosis_that_was_chosen() {
    let (house, hand, _, session) = clinic();
    house.runs_and_goes_home(&hand, session);
    let mut nurse = house.person("nurse");
    let path = format!("/sessions/{session}/superbill");
    let page = nurse.page(&format!("{path}?diagnosis=F33.2")).text();
    assert!(page.contains(&format!("{path}.pdf?diagnosis=F33.2")));
    let sheet = pdf(&nurse.page(&format!("{path}.pdf?diagnosis=F33.2")));
    // Half an hour by vein. Source: clinical reference 11, and the cases of the table.
    for text in [
        "For the payer",
        "96365",
        "F33.2",
        "Not signed.",
        "Signature",
    ] {
        assert!(sheet.contains(text), "{text} in {sheet}");
    }
    let none = pdf(&nurse.page(&format!("{path}.pdf")));
    assert!(none.contains("None is chosen."), "{none}");
    assert!(!none.contains("F33.2"));
}

#[test]
fn the_copy_of_a_consent_is_the_text_as_it_was_signed_with_its_digest() {
    let (house, _, rosa, _) = clinic();
    let staff = format!("/patients/{rosa}/consent");
    let mut nurse = house.person("nurse");
    let page = nurse.page(&staff).text();
    let copy = format!("{staff}/racemic-ketamine/copy.pdf");
    assert!(page.contains(&copy), "{page}");
    let (_, digest) = page.split_once("/texts/").unwrap();
    let digest = digest.split('"').next().unwrap();
    let sheet = pdf(&nurse.page(&copy));
    let in_one: String = sheet.split_whitespace().collect();
    assert!(in_one.contains(digest), "{digest} in {sheet}");
    assert!(sheet.contains("Rosa Quill (you)"), "{sheet}");
    let own = house.through_the_door(rosa, "/my/consent");
    let headers = [("cookie", own.as_str())];
    let path = "/my/consent/racemic-ketamine/copy.pdf";
    let own = pdf(&house.anyone(&get(path, &headers)));
    let in_one: String = own.split_whitespace().collect();
    assert!(in_one.contains(digest), "{digest} in {own}");
    // Nothing was signed for the other medicine.
    let other = nurse.page(&format!("{staff}/esketamine/copy.pdf"));
    assert_eq!(other.status, 404);
}

#[test]
fn whoever_leaves_is_sent_the_instructions_where_they_agreed_to_messages() {
    for (channels, language, sent) in [
        (Vec::new(), Language::English, None),
        (
            vec![Channel::TextMessage],
            Language::Spanish,
            Some("Lo que leímos juntos"),
        ),
    ] {
        let (house, hand, rosa, session) = clinic();
        let contacts = Contacts {
            mobile: Some("+57 300 1234567".to_owned()),
            channels,
            ..Contacts::unknown(language)
        };
        reached(&house, rosa, contacts);
        house.runs_and_comes_back(&hand, session);
        let mut nurse = house.person("nurse");
        // No service for text messages is set up: nobody is said to be reached by one.
        let room = nurse.page(&format!("/sessions/{session}")).text();
        assert!(room.contains("No message reaches them"), "{room}");
        let leaves = [
            ("act", "discharge"),
            ("escort", "Sam Lee"),
            ("instructions", "yes"),
        ];
        let answer = nurse.act(&house, session, &leaves);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let id = Uuid::new_v5(&session.0, b"going home");
        let message = house.wait_for(read::<Outgoing>(house.application(), id));
        let message = message.unwrap().state.message;
        assert_eq!(message.is_some(), sent.is_some());
        if let (Some(message), Some(text)) = (message, sent) {
            assert_eq!(message.leads_to.as_deref(), Some("/my/going-home"));
            assert!(message.text.starts_with(text), "{}", message.text);
            for word in ["ketamin", "Rosa", "medicina"] {
                assert!(!message.text.contains(word), "{}", message.text);
            }
        }
    }
}
