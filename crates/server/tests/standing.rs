//! What stops a start although somebody was ready for it: over HTTP, in the words of the page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, json};
use crate::stranger::http::Answer;
use clinical::course::intake::{Command as Say, Item, Said, Through};
use clinical::course::screening::Question;
use clinical::course::session::Command;
use clinical::dosing::WeightKind;
use clinical::record::{CommandId, PatientId, SessionId};
use server::history::{Speaker, change};
use server::{projection, standing};
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
        language: clinical::leaflet::Language::English,
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

#[test]
fn a_warning_sign_after_a_session_stops_the_next_start_until_it_is_dealt_with() {
    // Hazard: H62
    use clinical::course::follow_up::{FollowUp, NewReport};
    let (house, patient, session, mut nurse) = ready();
    let application = house.application();
    let report = NewReport {
        report: Uuid::from_u128(7),
        mood: None,
        thoughts: None,
        effects: Vec::new(),
        signs: vec!["fall".to_owned()],
        words: String::new(),
    };
    let rules = std::sync::Arc::clone(&application.in_force().follow_up);
    let wanted = server::journey::Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: server::demo::admission::patient(patient, "Rosa Quill"),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "say how they are",
        wanted: String::new(),
    };
    let said = server::journey::change(application, wanted, |state: &FollowUp, _now| {
        state.report(report.clone(), &rules)
    });
    house.wait_for(said).unwrap();
    let stopped = unmet(&start(&house, &mut nurse, session));
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    assert_eq!(stopped[0].0, "acceptance-holds");
    assert!(
        stopped[0].1.contains("Fainting, fall or head injury"),
        "{stopped:?}"
    );
    let flag = Uuid::new_v5(&Uuid::from_u128(7), b"flag").to_string();
    let whose = patient.to_string();
    for (what, words) in [
        ("acknowledge", ""),
        ("settle", "No injury; seen by Dr Ivanova."),
    ] {
        let fields = [
            ("patient", whose.as_str()),
            ("flag", flag.as_str()),
            ("what", what),
            ("words", words),
        ];
        let command = Uuid::new_v4().to_string();
        let mut all = vec![("command_id", command.as_str())];
        all.extend_from_slice(&fields);
        let answer = nurse.send(&format!("/patients/{patient}/follow-up"), &all);
        assert_eq!(answer.status, 303, "{}", answer.text());
    }
    assert_eq!(start(&house, &mut nurse, session).status, 200);
}

/// The form that changes the order, as the page gave it, with these fields typed otherwise.
fn another_order(
    person: &mut Person,
    house: &House,
    session: SessionId,
    typed: &[(&str, &str)],
) -> Answer {
    let known = house.session(session);
    let (id, patient) = (session.to_string(), known.patient.unwrap().to_string());
    let stands = known.ordered().unwrap().0.event_id.to_string();
    let command_id = Uuid::new_v4().to_string();
    let csrf = person.csrf();
    let mut fields = vec![("csrf", csrf.as_str()), ("command_id", command_id.as_str())];
    let filled = [
        ("session", id.as_str()),
        ("patient", patient.as_str()),
        ("instead_of", stands.as_str()),
        ("drug", "ketamine"),
        ("dose", "36"),
        ("concentration", "0.6"),
        ("volume", "60"),
        ("rate", "60"),
        ("weight", "72"),
        ("weight_kind", "actual"),
        ("because", "felt too much last time"),
    ];
    for (name, value) in filled {
        let other = typed.iter().find(|(field, _)| *field == name);
        fields.push((name, other.map_or(value, |(_, value)| *value)));
    }
    let html = [("accept", "text/html")];
    person.post(&format!("/sessions/{session}/order"), &html, &fields)
}

#[test]
fn an_order_changed_after_the_time_out_is_seen_in_the_room_and_the_time_out_is_asked_for_again() {
    // Hazard: H25, H26
    let (house, _patient, session, mut nurse) = ready();
    let mut prescriber = house.person("prescriber");
    let room = prescriber.page(&format!("/sessions/{session}"));
    let address = format!("/sessions/{session}/order");
    assert!(room.text().contains(&address), "the room leads to the page");
    assert!(
        !nurse
            .page(&format!("/sessions/{session}"))
            .text()
            .contains(&address),
        "nobody is led to what they may not do"
    );
    let page = prescriber.page(&address);
    assert!(page.text().contains("must be done again after a change"));

    // A bag that does not hold the dose: nothing is saved, and what was typed stays.
    let wrong = another_order(&mut prescriber, &house, session, &[("dose", "29")]);
    assert_eq!(wrong.status, 409);
    assert!(wrong.text().contains("the bag holds"), "{}", wrong.text());
    assert!(wrong.text().contains("name=\"dose\" value=\"29\""));

    // A weight of which nobody says whether it was measured is not taken for one that was.
    // Hazard: H69
    let unsaid = another_order(&mut prescriber, &house, session, &[("weight_kind", "")]);
    assert_eq!(unsaid.status, 422);
    assert!(unsaid.text().contains("measured, ideal or adjusted"));

    // Half the dose in half the volume at the same rate is half an hour: that needs a reason.
    // Hazard: H20
    let short = [("dose", "18"), ("volume", "30")];
    let short = another_order(&mut prescriber, &house, session, &short);
    assert_eq!(short.status, 409);
    assert!(short.text().contains("The infusion takes at least 40"));

    // Half the dose in half the volume, over an hour.
    let half = [
        ("dose", "18"),
        ("volume", "30"),
        ("rate", "30"),
        ("weight_kind", "adjusted"),
    ];
    assert_eq!(
        another_order(&mut nurse, &house, session, &half).status,
        403
    );
    let old_page = house
        .session(session)
        .ordered()
        .unwrap()
        .0
        .event_id
        .to_string();
    let saved = another_order(&mut prescriber, &house, session, &half);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let room = prescriber
        .page(&format!("/sessions/{session}"))
        .text()
        .to_string();
    assert!(room.contains("ordered 18\u{a0}mg"), "the new dose");
    assert!(
        room.contains("before: ketamine 36\u{a0}mg"),
        "the old order stays in the record"
    );
    // That vital signs are read by hand was said in the time-out, and is to be said again too.
    let stopped = unmet(&start(&house, &mut nurse, session));
    let stopped: Vec<&str> = stopped.iter().map(|(which, _)| which.as_str()).collect();
    assert_eq!(stopped, ["time-out-complete", "monitor-real"]);

    // Which weight it was reckoned with is kept of a bag that somebody typed, too.
    // Hazard: H69
    let said = house.session(session).order.clone().unwrap();
    assert_eq!(said.reckoned_with(), Some(WeightKind::Adjusted));

    // A page that was opened before the change does not undo it.
    let stale = another_order(
        &mut prescriber,
        &house,
        session,
        &[("instead_of", &old_page)],
    );
    assert_eq!(stale.status, 409);
    assert!(stale.text().contains("somebody changed this order"));
}

/// Somebody whose history was told in so many answers, the last of which takes one back.
fn told_in(house: &House, number: &str, answers: usize) -> PatientId {
    let patient = house.register(number, house.application().clock.now());
    let speaker = Speaker {
        actor: crate::house::nurse(),
        through: Through::Staff,
        language: clinical::leaflet::Language::English,
    };
    for number in 0..answers {
        let question = Question::ALL[number % Question::ALL.len()];
        let say = vec![Say::Say {
            item: Item::Question(question),
            answer: Said::Yes(number % 3 == 0),
        }];
        let id = CommandId(Uuid::now_v7());
        let asked = |_: &clinical::course::intake::Intake| say.clone();
        let application = house.application();
        house
            .wait_for(change(
                application,
                id,
                &speaker,
                patient,
                "a test".to_owned(),
                asked,
            ))
            .unwrap();
    }
    patient
}

#[test]
fn what_was_kept_of_a_history_and_the_answers_since_come_to_what_all_its_events_come_to() {
    let house = House::staffed(|_| {});
    let application = house.application();
    let people: Vec<PatientId> = [("1", 3), ("2", 16), ("3", 17), ("4", 35)]
        .into_iter()
        .map(|(number, answers)| told_in(&house, number, answers))
        .collect();
    let kept = house.wait_for(projection::kept_histories(application, &people));
    let versions: Vec<u64> = kept.unwrap().into_iter().map(|kept| kept.version).collect();
    assert_eq!(versions, [0, 16, 16, 32]);
    let by_each = house.wait_for(standing::told_by_each(application, &people));
    for (patient, many) in people.iter().zip(by_each.unwrap()) {
        let one = house.wait_for(standing::told(application, *patient));
        let (one, many) = (one.unwrap().unwrap(), many.unwrap());
        assert_eq!(one.history.version, many.history.version);
        assert!(
            one.history.state == many.history.state,
            "the histories differ"
        );
        assert!(one.person == many.person, "what screening reads differs");
    }
}

#[test]
fn what_was_kept_in_a_shape_of_another_version_is_read_from_the_events() {
    let house = House::staffed(|_| {});
    let application = house.application();
    let patient = told_in(&house, "1", 18);
    let read = || {
        house
            .wait_for(projection::kept_histories(application, &[patient]))
            .unwrap()
    };
    assert_eq!(read()[0].version, 16);
    let row = house.wait_for(application.store.course_row(
        application.tenant,
        projection::KEPT_HISTORY,
        patient.0,
    ));
    let row = row.unwrap().unwrap();
    for (state, summary) in [
        ("of another version", row.summary.as_str()),
        (&row.state, "{}"),
    ] {
        let other = store::CourseRow {
            state: state.to_owned(),
            summary: summary.to_owned(),
            ..row.clone()
        };
        let write = vec![store::ProjectionWrite::PutCourse(other)];
        let written = application
            .store
            .write_projections(application.tenant, write);
        house.wait_for(written).unwrap();
        assert_eq!(read()[0].version, 0);
        let one = house
            .wait_for(standing::told(application, patient))
            .unwrap()
            .unwrap();
        let many = house
            .wait_for(standing::told_by_each(application, &[patient]))
            .unwrap();
        assert!(many[0].as_ref().unwrap().person == one.person);
    }
}

/// Parts of a page that is open already, each of which noted that it was opened.
const PARTS: [&str; 4] = ["fragments", "live", "ahead", "cards-ahead"];

#[test]
fn whoever_opens_a_page_of_a_person_or_a_session_is_noted() {
    // Hazard: H45
    let (house, patient, session, _nurse) = ready();
    let mut director = house.person("medical-director");
    let application = house.application();
    let noted = || {
        let entries = house.wait_for(application.store.audit(application.tenant, None, 9_999));
        let entries = entries.unwrap().into_iter();
        let about = entries.filter(|one| one.entry.patient == Some(patient));
        about.count()
    };
    let mut tried = 0;
    let mut silent = Vec::new();
    for route in server::web::table() {
        let own = [
            ("/sessions/{id}", session.to_string()),
            ("/patients/{id}", patient.to_string()),
        ];
        let Some((start, id)) = own.iter().find(|(start, _)| route.path.starts_with(start)) else {
            continue;
        };
        let rest = &route.path[start.len()..];
        if route.method != "GET"
            || rest.contains('{')
            || PARTS.contains(&rest.trim_start_matches('/'))
        {
            continue;
        }
        let before = noted();
        let path = format!("{}{rest}", start.replace("{id}", id));
        let answer = director.page(&path);
        if answer.status != 200 {
            assert!(
                [303, 403, 404].contains(&answer.status),
                "{path}: {}",
                answer.status
            );
            continue;
        }
        tried += 1;
        if noted() == before {
            silent.push(path);
        }
    }
    assert!(tried > 15, "{tried}");
    assert_eq!(silent, Vec::<String>::new());
}
