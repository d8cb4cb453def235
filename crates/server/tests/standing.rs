//! What stands outside a session and stops its start: over HTTP, in the words of the page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;
mod stranger;

use clinical::course::intake::{Command as Say, Item, Said, Through};
use clinical::course::screening::Question;
use clinical::course::session::Command;
use clinical::record::{CommandId, PatientId, SessionId};
use house::{House, Person, json};
use server::history::{Speaker, change};
use stranger::http::Answer;
use units::Span;
use uuid::Uuid;

/// Somebody with whom nothing stands between them and the start but what a test takes away.
fn ready() -> (House, PatientId, SessionId, Person) {
    let house = House::staffed(|_| {});
    let (patient, session) = house.ready_session("0042-118", "1");
    let by_hand = Command::CompleteTimeOut {
        lines: clinical::course::session::Line::ALL.to_vec(),
        monitoring: clinical::course::session::Monitoring::ByHand,
    };
    let now = house.application().clock.now();
    house
        .tell(session, now - Span::from_minutes(1), by_hand)
        .unwrap();
    let nurse = house.person("nurse");
    (house, patient, session, nurse)
}

fn start(house: &House, nurse: &mut Person, session: SessionId) -> Answer {
    nurse.act(house, session, &[("act", "start")])
}

fn unmet(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 409, "{}", answer.text());
    let findings = json(answer)["verdict"]["findings"].clone();
    findings
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["outcome"] != "met")
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap().to_owned();
            (text("requirement"), text("found"))
        })
        .collect()
}

#[test]
fn somebody_accepted_who_has_agreed_today_is_started() {
    let (house, _patient, session, mut nurse) = ready();
    let answer = start(&house, &mut nurse, session);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_consent_that_was_taken_back_a_minute_ago_stops_the_start_and_the_page_says_so() {
    // Hazard: H25
    use clinical::course::consent::Command as Consent;
    use clinical::course::screening::person::Product;
    let (house, patient, session, mut nurse) = ready();
    let wanted = server::consent::Wanted {
        command_id: CommandId(Uuid::now_v7()),
        actor: server::demo::admission::patient(patient, "Rosa Quill"),
        is_the_patient: true,
        patient,
        product: Product::Racemic,
        command: Consent::Withdraw {
            product: Product::Racemic,
            words: String::new(),
        },
        language: clinical::leaflet::Language::English,
    };
    house
        .wait_for(server::consent::act(house.application(), wanted))
        .unwrap();
    let stopped = unmet(&start(&house, &mut nurse, session));
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    assert_eq!(stopped[0].0, "consent-in-force");
    let page = nurse
        .page(&format!("/sessions/{session}"))
        .text()
        .to_string();
    assert!(page.contains("consent is signed, in force, and confirmed today"));
    assert!(
        !page.contains(r#"value="start""#),
        "no button leads past it"
    );
}

#[test]
fn a_new_answer_that_blocks_stops_the_start_although_nobody_has_asked_the_rules_since() {
    // Hazard: H24, H25
    let (house, patient, session, mut nurse) = ready();
    let speaker = Speaker {
        actor: server::demo::admission::patient(patient, "Rosa Quill"),
        through: Through::OwnDevice,
    };
    let says = |_: &_| {
        vec![Say::Say {
            item: Item::Question(Question::IntracerebralHaemorrhage),
            answer: Said::Yes(true),
        }]
    };
    let id = CommandId(Uuid::now_v7());
    let said = change(
        house.application(),
        id,
        &speaker,
        patient,
        String::new(),
        says,
    );
    house.wait_for(said).unwrap();
    let stopped = unmet(&start(&house, &mut nurse, session));
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    // Source: clinical reference 1.3, X03: a bleed in the brain excludes.
    assert_eq!(stopped[0].0, "acceptance-holds");
    assert!(stopped[0].1.contains("X03"), "{stopped:?}");
}
