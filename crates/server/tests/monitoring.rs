//! What the schedule asks for, what nobody answers, and what did not measure the person.
//!
//! Source of the expected answers: clinical reference §4.2 and §4.3, device reference §13.4–13.5,
//! by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::line::Line;
use crate::house::{Hand, House, Person, json};
use crate::stranger::mllp::{Numbers, message};
use clinical::course::session::{Command, SessionEvent};
use clinical::record::SessionId;
use units::{Moment, Span};

const KEY: &str = "0200E5FFFEAD0900";

fn begin() -> Moment {
    Moment::parse("2026-11-24T13:00:00Z").unwrap()
}

/// A clinic with one infusion that has just begun; its clock stands at the start.
fn started() -> (House, Hand, SessionId) {
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, begin());
    let (_, session) = house.ready_session("0042-300", "1");
    let start = Command::StartInfusion {
        override_reason: None,
        second_clinician: None,
    };
    house.tell(session, begin(), start).unwrap();
    (house, hand, session)
}

fn minute(minutes: i64) -> Moment {
    begin() + Span::from_minutes(minutes)
}

/// Open notices: condition and priority.
fn open(house: &House, session: SessionId) -> Vec<(String, &'static str)> {
    let session = house.session(session);
    let mut open: Vec<_> = session
        .open_advisories()
        .iter()
        .map(|open| (open.notice.condition.clone(), open.notice.priority.word()))
        .collect();
    open.sort();
    open
}

fn escalations(house: &House, session: SessionId) -> usize {
    let session = house.session(session);
    session
        .entries
        .iter()
        .filter(|entry| matches!(entry.event, SessionEvent::AdvisoryEscalated { .. }))
        .count()
}

fn overdue(priority: &'static str) -> Vec<(String, &'static str)> {
    ["reading-overdue", "responsiveness-overdue"]
        .map(|condition| (condition.to_owned(), priority))
        .to_vec()
}

#[test]
fn what_is_overdue_is_on_every_screen_and_told_to_a_second_person_once_whatever_is_restarted() {
    // Every 5 min in the first sessions; 1 min of tolerance; second staff at one interval late.
    // Hazard: H24, H15
    let (house, hand, session) = started();
    let mut nurse = house.person("nurse");
    let room = nurse.page(&format!("/sessions/{session}"));
    assert!(room.text().contains("is-waiting"), "{}", room.text());
    hand.advance_to(minute(5));
    house.second();
    assert_eq!(open(&house, session), []);
    let board = nurse.page("/board").text();
    assert!(board.contains("vital signs, responsiveness now"), "{board}");
    hand.advance_to(minute(6) + Span::from_seconds(1));
    house.second();
    // No limit is in use in this clinic: the schedule needs none.
    assert_eq!(open(&house, session), overdue("low"));
    let board = nurse.page("/board").text();
    assert!(board.contains("overdue since 13:05"), "{board}");
    // The server starts again: what it knew beside the record is gone.
    house.application().live.forget(session);
    house.second();
    assert_eq!(open(&house, session), overdue("low"));
    hand.advance_to(minute(10) + Span::from_seconds(1));
    house.second();
    assert_eq!(open(&house, session), overdue("medium"));
    assert_eq!(escalations(&house, session), 2);
    house.application().live.forget(session);
    house.second();
    house.second();
    assert_eq!(escalations(&house, session), 2);
    let board = nurse.page("/board").text();
    assert!(board.contains("Second person needed"), "{board}");
    let text = nurse.page(&format!("/sessions/{session}")).text();
    assert!(text.contains("second person told 13:10"), "{text}");
    // Measured and scored: nothing is overdue, and nothing waits for a second person.
    for fields in [
        vec![
            ("act", "vital-signs"),
            ("systolic", "124"),
            ("diastolic", "78"),
        ],
        vec![("act", "sedation"), ("score", "4")],
    ] {
        assert_eq!(nurse.act(&house, session, &fields).status, 200);
    }
    house.second();
    assert_eq!(open(&house, session), []);
    let board = nurse.page("/board").text();
    assert!(!board.contains("Second person needed"), "{board}");
}

#[test]
fn who_acknowledges_in_time_calls_nobody_else() {
    // 30 s for a notice of high priority.
    // Hazard: H15
    let (house, hand, session) = started();
    house.limits_on();
    house.second();
    let mut nurse = house.person("nurse");
    let pressure = [
        ("act", "vital-signs"),
        ("systolic", "182"),
        ("diastolic", "80"),
    ];
    hand.advance_to(minute(2));
    assert_eq!(nurse.act(&house, session, &pressure).status, 200);
    house.second();
    let number = house
        .session(session)
        .open_advisories()
        .iter()
        .find(|open| open.notice.condition == "systolic-high")
        .unwrap()
        .number;
    hand.advance_to(minute(2) + Span::from_seconds(29));
    house.second();
    assert_eq!(escalations(&house, session), 0);
    let seen = [("act", "acknowledge"), ("advisory", &number.to_string())];
    assert_eq!(nurse.act(&house, session, &seen).status, 200);
    hand.advance_to(minute(2) + Span::from_seconds(60));
    house.second();
    let session = house.session(session);
    assert_eq!(session.advisories[&number].escalated, None);
}

fn cuff(house: &House, line: &mut Line, id: &str, systolic: u32) {
    let at = house.application().clock.now();
    let numbers = Numbers {
        heart_rate: 72,
        saturation: 97,
        respiratory_rate: 14,
        cuff: Some((systolic, 77, at.milliseconds())),
        twelve: false,
        temperature_tenths: 367,
    };
    let text = message(KEY, id, at.milliseconds(), &numbers);
    assert_eq!(line.tell(text.as_bytes()).0, "CA");
}

fn pressure_tile(house: &House, session: SessionId, nurse: &mut Person) -> String {
    let parts = json(&nurse.page(&format!("/sessions/{session}/fragments")));
    house.second();
    let tiles = parts["tiles"].as_str().unwrap().to_owned();
    let start = tiles.find("data-sign=\"systolic\"").unwrap();
    tiles[start..start + 700].to_owned()
}

#[test]
fn a_value_that_is_put_right_is_judged_as_it_stands_in_both_directions() {
    // Hazard: H12
    let (house, hand, session) = started();
    house.limits_on();
    house.second();
    let mut nurse = house.person("nurse");
    let mut charted = |at: i64, systolic: &str, right: &str| {
        hand.advance_to(minute(at));
        let typed = [
            ("act", "vital-signs"),
            ("systolic", systolic),
            ("diastolic", "80"),
        ];
        assert_eq!(nurse.act(&house, session, &typed).status, 200);
        house.second();
        let is_high = |house: &House| {
            let open = open(house, session);
            open.iter().any(|(one, _)| one == "systolic-high")
        };
        let before = is_high(&house);
        let entry = house
            .session(session)
            .entries
            .iter()
            .rfind(|entry| matches!(entry.event, SessionEvent::VitalSignsCharted { .. }))
            .map(|entry| entry.event_id)
            .unwrap();
        let put_right = [
            ("act", "correct"),
            ("to", "vital-signs"),
            ("entry", &entry.to_string()),
            ("systolic", right),
            ("diastolic", "80"),
            ("reason", "digits transposed"),
        ];
        assert_eq!(nurse.act(&house, session, &put_right).status, 200);
        house.second();
        (before, is_high(&house))
    };
    // Limit 180: a slip of the hand ends with its correction, and does not hide what it hid.
    assert_eq!(charted(2, "184", "148"), (true, false));
    assert_eq!(charted(4, "108", "208"), (false, true));
}

#[test]
fn an_artefact_stays_in_the_record_and_is_left_out_of_tile_notice_and_export() {
    // Clinical reference §4.3: artefact path, repeat by hand before treatment.
    // Hazard: H12
    let (house, hand, session) = started();
    let device = house.device(KEY, "Monitor 1", "generic-pcd01");
    house.serve(device, session, begin());
    house.limits_on();
    house.second();
    let mut nurse = house.person("nurse");
    let mut line = Line::open(house.mllp());
    hand.advance_to(minute(1));
    cuff(&house, &mut line, "A1", 191);
    let charted = |house: &House, systolic: i64| {
        let session = house.session(session);
        session
            .entries
            .iter()
            .find(|entry| {
                matches!(&entry.event, SessionEvent::VitalSignsCharted { values, .. }
                if values.systolic.is_some_and(|value| value.value() == systolic.into()))
            })
            .map(|entry| entry.event_id)
    };
    let soon = std::time::Duration::from_secs(10);
    assert!(house.becomes(soon, |house| charted(house, 191).is_some()));
    let conditions = |house: &House| -> Vec<String> {
        open(house, session)
            .into_iter()
            .map(|(one, _)| one)
            .collect()
    };
    let high = "systolic-high".to_owned();
    // The entry comes before the notice.
    assert!(house.becomes(soon, |house| conditions(house).contains(&high)));
    house.second();
    assert!(pressure_tile(&house, session, &mut nurse).contains("191/77"));
    let entry = charted(&house, 191).unwrap();
    let mark = [
        ("act", "artefact"),
        ("reading", &format!("{entry} systolic")),
        ("cause", "movement"),
    ];
    let answer = nurse.act(&house, session, &mark);
    assert_eq!(answer.status, 200, "{}", answer.text());
    house.second();
    // What it alone had raised has ended; the baseline by hand stands again.
    assert!(!conditions(&house).contains(&"systolic-high".to_owned()));
    let tile = pressure_tile(&house, session, &mut nurse);
    assert!(!tile.contains("191") && tile.contains("122/76"), "{tile}");
    // The same cycle comes again with every frame: it stays an artefact.
    hand.advance_to(minute(1) + Span::from_seconds(5));
    let at = minute(1).milliseconds();
    let numbers = Numbers {
        heart_rate: 72,
        saturation: 97,
        respiratory_rate: 14,
        cuff: Some((191, 77, at)),
        twelve: false,
        temperature_tenths: 367,
    };
    let text = message(KEY, "A2", minute(1).milliseconds() + 5_000, &numbers);
    assert_eq!(line.tell(text.as_bytes()).0, "CA");
    house.second();
    assert!(!conditions(&house).contains(&"systolic-high".to_owned()));
    assert_eq!(escalations(&house, session), 0);
    // Nothing is lost: the record shows it struck, with who and why.
    let room = nurse.page(&format!("/sessions/{session}")).text();
    assert!(room.contains("191/77"), "{room}");
    assert!(room.contains("artefact, left out: systolic pressure"));
    assert!(room.contains("artefact: movement"));
    // Marked once, it cannot be marked again.
    assert_eq!(nurse.act(&house, session, &mark).status, 409);
    // A program that reads the record is told so too.
    let token = house.token();
    let request = format!(
        "GET /fhir/Observation?code=http://loinc.org%7C85354-9&_count=100 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    let bundle = json(&house.anyone(request.as_bytes()));
    let of_artefact: Vec<_> = bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["resource"])
        .filter(|resource| resource.to_string().contains("191"))
        .collect();
    assert_eq!(of_artefact.len(), 1, "{bundle}");
    assert_eq!(of_artefact[0]["status"], "entered-in-error");
    let note = of_artefact[0]["note"].to_string();
    assert!(note.contains("Marked as an artefact"), "{note}");
}

#[test]
fn a_drill_is_said_on_every_screen_ends_by_itself_and_never_touches_a_record() {
    // Hazard: H57
    let (house, hand, session) = started();
    let mut nurse = house.person("nurse");
    let opened = clinical::clinic::ClinicEvent::RoomOpened {
        name: "9".to_owned(),
        position: 9,
    };
    house.of_the_clinic(vec![opened]);
    let before = house.session(session).version;
    let drill = |nurse: &mut Person, room: &str| {
        let id = uuid::Uuid::new_v4().to_string();
        nurse.send(
            "/drill",
            &[
                ("command_id", &id),
                ("act", "begin"),
                ("room", room),
                ("condition", "no-breath"),
                ("minutes", "5"),
            ],
        )
    };
    // Somebody is in room 1.
    let taken = drill(&mut nurse, "1");
    assert!(
        taken.status == 409 || taken.status == 422,
        "{}",
        taken.status
    );
    assert_eq!(drill(&mut nurse, "9").status, 303);
    for path in ["/board", "/drill", "/patients", "/devices"] {
        let text = nurse.page(path).text();
        assert!(text.contains("<strong>DRILL</strong>"), "{path}");
    }
    assert!(nurse.page("/board").text().contains("DRILL, practice only"));
    let id = uuid::Uuid::new_v4().to_string();
    let came = [
        ("command_id", id.as_str()),
        ("act", "answer"),
        ("drill", "1"),
    ];
    hand.advance_to(begin() + Span::from_seconds(40));
    assert_eq!(nurse.send("/drill", &came).status, 303);
    assert!(nurse.page("/drill").text().contains("after 40"));
    // It ends by itself; nobody has to.
    hand.advance_to(begin() + Span::from_minutes(5));
    assert!(!nurse.page("/board").text().contains("DRILL"));
    // Another one gives way to what is real: two readings are late by a whole interval.
    hand.advance_to(begin() + Span::from_minutes(7));
    assert_eq!(drill(&mut nurse, "9").status, 303);
    hand.advance_to(begin() + Span::from_minutes(10) + Span::from_seconds(1));
    house.second();
    house.second();
    let text = nurse.page("/drill").text();
    assert!(text.contains("because a real notice came up"), "{text}");
    // And none begins while it waits.
    let refused = drill(&mut nurse, "9");
    assert!(
        refused.text().contains("That one is real"),
        "{}",
        refused.text()
    );
    let session = house.session(session);
    assert!(
        session.entries[usize::try_from(before).unwrap()..]
            .iter()
            .all(|entry| !format!("{:?}", entry.event)
                .to_lowercase()
                .contains("drill"))
    );
    assert!(session.vital_signs().len() == 1);
}

#[test]
fn the_display_on_the_wall_names_nobody_until_the_clinic_says_so() {
    // Hazard: H01
    let (house, _hand, _session) = started();
    let mut nurse = house.person("nurse");
    let name = "QUILL";
    let board = nurse.page("/board").text();
    assert!(board.contains(name), "{board}");
    let wall = nurse.page("/board/wall").text();
    assert!(
        !wall.contains(name) && !wall.contains("/sessions/"),
        "{wall}"
    );
    assert!(
        wall.contains("in use") && wall.contains("infusion"),
        "{wall}"
    );
    let mut director = house.person("medical-director");
    let id = uuid::Uuid::new_v4().to_string();
    let choice = [
        ("command_id", id.as_str()),
        ("what", "wall"),
        ("names", "shown"),
    ];
    assert_eq!(director.send("/clinic", &choice).status, 303);
    let wall = nurse.page("/board/wall").text();
    assert!(
        wall.contains(name) && !wall.contains("/sessions/"),
        "{wall}"
    );
}
