//! Who has read a record: told to the person it is about, from the log itself.

use crate::house::House;
use crate::stranger::http::get;
use clinical::record::PatientId;
use uuid::Uuid;

fn own(house: &House, cookie: &str, path: &str) -> String {
    let answer = house.anyone(&get(path, &[("cookie", cookie), ("accept", "text/html")]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// How many openings the log holds of a record.
fn noted(house: &House, patient: PatientId) -> usize {
    let application = house.application();
    let rows = application
        .store
        .audit_of(application.tenant, patient, None, 100_000);
    house.wait_for(rows).unwrap().len()
}

#[test]
fn a_person_reads_who_opened_which_part_and_a_stranger_of_theirs_is_nowhere() {
    // Hazard: H72
    let house = House::staffed(|_| {});
    let (patient, session) = house.ready_session("4711", "Room 1");
    let (other, _) = house.ready_session("4712", "Room 2");
    let mut nurse = house.person("nurse");
    let mut director = house.person("medical-director");
    assert_eq!(
        nurse.page(&format!("/patients/{patient}/wishes")).status,
        200
    );
    assert_eq!(nurse.page(&format!("/sessions/{session}")).status, 200);
    assert_eq!(
        director.page(&format!("/patients/{other}/history")).status,
        200
    );
    let cookie = house.through_the_door(patient, "/my");
    let page = own(&house, &cookie, "/my/readers");
    assert!(page.contains("Nora Lindqvist") && page.contains("(nurse)"));
    assert!(page.contains("read your wishes") && page.contains("read the session of"));
    assert!(page.contains("came in"), "{page}");
    // What was opened of somebody else is not theirs to read.
    assert!(!page.contains("health history"), "{page}");
    // What is not noted is said.
    assert!(page.contains("What is not noted here"));
    let spanish = house.anyone(&get(
        "/my/readers",
        &[("cookie", cookie.as_str()), ("accept", "text/html")],
    ));
    assert!(spanish.text().contains("lang=\"en\""));
}

#[test]
fn every_page_of_a_record_that_somebody_opens_stands_in_the_persons_list() {
    // Hazard: H45, H72
    let house = House::staffed(|_| {});
    let (patient, session) = house.ready_session("4711", "Room 1");
    let cookie = house.through_the_door(patient, "/my/readers");
    let done = |page: &str| -> Vec<String> {
        let lines = page.split("<li>").filter(|line| {
            let acts = ["did or wrote something", "wrote in the record"];
            let by = ["Petra Ivanova", "Maria"];
            acts.iter().any(|act| line.contains(act)) && by.iter().any(|who| line.contains(who))
        });
        lines.map(str::to_owned).collect()
    };
    let before_all = done(&own(&house, &cookie, "/my/readers"));
    let mut tried = 0;
    for role in ["medical-director", "prescriber"] {
        let mut viewer = house.person(role);
        for route in server::web::table() {
            let of_one = route.path.starts_with("/patients/{id}")
                || route.path.starts_with("/sessions/{id}");
            // What follows an opened room is part of the same opening.
            let follows = route.path.ends_with("/live")
                || route.path.ends_with("/fragments")
                || route.path.ends_with("-ahead")
                || route.path.ends_with("/ahead");
            if route.method != "GET" || !of_one || follows {
                continue;
            }
            let id = if route.path.starts_with("/patients") {
                patient.to_string()
            } else {
                session.to_string()
            };
            let path = route
                .path
                .replace("{id}", &id)
                .replace("{list}", "medicines")
                .replace("{clearance}", &Uuid::nil().to_string())
                .replace("{keepsake}", &Uuid::nil().to_string())
                .replace("{event}", &Uuid::nil().to_string());
            let before = noted(&house, patient);
            let answer = viewer.page(&path);
            if answer.status != 200 {
                continue;
            }
            tried += 1;
            assert!(noted(&house, patient) > before, "{path} as {role}");
        }
    }
    assert!(tried > 30, "{tried}");
    // Whatever was opened has words of its own for the person: it is not told as if somebody had done
    // or written something.
    let page = own(&house, &cookie, "/my/readers");
    assert!(page.contains("read what can come next for you"), "{page}");
    assert_eq!(done(&page), before_all, "{page}");
}

#[test]
fn a_program_that_reads_is_named_once_an_hour_for_each_kind_and_only_with_whom_it_read() {
    // Hazard: H72
    let house = House::demo();
    let session = house.session(house.session_in("2"));
    let patient = session.patient.unwrap();
    let began = house.application().clock.now();
    let bearer = format!("Bearer {}", house.token());
    let ask = |path: &str| {
        let answer = house.anyone(&get(path, &[("authorization", bearer.as_str())]));
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    let programs = |of: PatientId| -> Vec<String> {
        let application = house.application();
        let rows = application
            .store
            .audit_of(application.tenant, of, None, 500);
        let rows = house.wait_for(rows).unwrap();
        let mut kinds: Vec<String> = rows
            .into_iter()
            .filter(|row| row.entry.action == "read by a program" && row.entry.at >= began)
            .map(|row| row.entry.detail)
            .collect();
        kinds.sort();
        kinds
    };
    assert!(programs(patient).is_empty());
    ask(&format!("/fhir/Patient/{patient}"));
    ask(&format!("/fhir/Patient/{patient}"));
    ask(&format!("/fhir/Observation?patient={patient}&_count=5"));
    // Counting hands out nothing of anybody.
    ask(&format!("/fhir/Encounter?patient={patient}&_summary=count"));
    assert_eq!(programs(patient), ["Observation", "Patient"]);
    let other = house.session(house.session_in("1")).patient.unwrap();
    assert!(programs(other).is_empty());
    let mut director = house.person("medical-director");
    let page = director
        .page(&format!("/patients/{patient}/readers"))
        .text();
    assert!(page.contains("read by a program: Observation"), "{page}");
    // Whoever looks at who looked is noted too.
    let page = director
        .page(&format!("/patients/{patient}/readers"))
        .text();
    assert!(page.contains("open who has read"), "{page}");
}

#[test]
fn what_was_opened_in_a_record_that_was_merged_is_in_the_list_of_the_one_that_stays() {
    // Hazard: H02, H72
    let house = House::staffed(|_| {});
    let stays = house.register("4712", house.application().clock.now());
    let twice = house.register("4713", house.application().clock.now());
    let mut nurse = house.person("nurse");
    assert_eq!(
        nurse.page(&format!("/patients/{twice}/consent")).status,
        200
    );
    for (role, what) in [("front-desk", "propose"), ("nurse", "confirm")] {
        let (id, into) = (Uuid::new_v4().to_string(), stays.to_string());
        let fields = [
            ("command_id", id.as_str()),
            ("into", into.as_str()),
            ("act", what),
            ("reason", "looked at the passport"),
        ];
        let path = format!("/patients/{twice}/merge");
        let answer = house.person(role).send(&path, &fields);
        assert_eq!(answer.status, 303, "{what}: {}", answer.text());
    }
    let cookie = house.through_the_door(stays, "/my");
    let page = own(&house, &cookie, "/my/readers");
    assert!(page.contains("read your consents"), "{page}");
}

#[test]
fn a_long_list_is_read_page_by_page_and_nothing_is_left_out_between_them() {
    let house = House::staffed(|_| {});
    let (patient, _) = house.ready_session("4711", "Room 1");
    let application = house.application();
    let entry = |number: u32| store::AuditEntry {
        at: application.clock.now(),
        actor: crate::house::nurse(),
        action: format!("strange action {number}"),
        patient: Some(patient),
        session: None,
        detail: String::new(),
    };
    let many = (0..900).map(entry).collect();
    house
        .wait_for(application.store.add_audits(application.tenant, many))
        .unwrap();
    let mut auditor = house.person("auditor");
    let mut path = format!("/patients/{patient}/readers");
    let mut seen = std::collections::BTreeSet::new();
    for _page in 0..5 {
        let page = auditor.page(&path).text();
        for part in page.split("strange action ").skip(1) {
            let number: String = part.chars().take_while(char::is_ascii_digit).collect();
            seen.insert(number);
        }
        let Some((_, next)) = page.split_once("?before=") else {
            break;
        };
        let number: String = next.chars().take_while(char::is_ascii_digit).collect();
        path = format!("/patients/{patient}/readers?before={number}");
    }
    assert_eq!(seen.len(), 900);
}
