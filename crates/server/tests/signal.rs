//! The patient's signal from the device to the nurse's page, over sockets; and the whole start.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::events::Events;
use crate::house::{House, Person, json, nurse};
use crate::stranger::http::{Answer, get, post};
use clinical::advisory::Priority;
use clinical::clinic::{Clinic, ClinicEvent, LookRefused};
use clinical::course::session::{AdvisoryNotice, Command, Line, Meaning, Monitoring, Stage};
use clinical::record::{CommandId, SessionId};
use server::clock::Clock;
use server::journey::{Change, change};
use server::signal::device_digest;
use std::time::{Duration, Instant};
use units::{Moment, Span};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(5);

/// A small device by the chair: its cookie, and the token that its forms carry.
struct Device {
    cookie: String,
    csrf: String,
}

impl Device {
    /// Connected by the code on the nurse's page.
    fn connect(house: &House, nurse: &mut Person, session: SessionId) -> Self {
        let page = nurse.page(&format!("/sessions/{session}/signal"));
        assert_eq!(page.status, 200, "{}", page.text());
        let text = page.text();
        let shown = text.split("signal-digits-shown\">").nth(1).unwrap();
        let code = shown.split('<').next().unwrap().to_owned();
        let answer = house.anyone(&post("/signal/pair", &[], &[("code", &code)]));
        assert_eq!(answer.header("location"), Some("/signal"), "{code}");
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        Self::of(cookie.split(';').next().unwrap())
    }

    fn of(cookie: &str) -> Self {
        let secret = cookie.rsplit_once('.').unwrap().1;
        Self {
            csrf: hex::encode(server::identity::digest(&format!("form {secret}"))),
            cookie: cookie.to_owned(),
        }
    }

    fn secret(&self) -> &str {
        self.cookie.rsplit_once('.').unwrap().1
    }

    fn send(&self, house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("accept", "application/json"),
        ];
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        house.anyone(&post(path, &headers, &all))
    }

    fn give(&self, house: &House, meaning: Meaning) -> Answer {
        let id = Uuid::new_v4().to_string();
        let fields = [("meaning", meaning.word()), ("command_id", id.as_str())];
        self.send(house, "/signal", &fields)
    }

    fn beat(&self, house: &House) -> Answer {
        self.send(house, "/signal/beat", &[])
    }

    fn page(&self, house: &House) -> Answer {
        house.anyone(&get("/signal", &[("cookie", self.cookie.as_str())]))
    }
}

fn open_notices(house: &House, session: SessionId) -> Vec<(String, Priority)> {
    let session = house.session(session);
    let open = session.open_advisories();
    open.into_iter()
        .map(|known| (known.notice.condition.clone(), known.notice.priority))
        .collect()
}

#[test]
fn a_call_is_on_the_nurses_page_within_a_second_of_the_touch() {
    // Hazard: H60
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let device = Device::connect(&house, &mut nurse, session);
    let path = format!("/sessions/{session}/live");
    let mut viewer = Events::open(house.http(), &path, &nurse.cookie, None);
    let (mut told, mut shown) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let touched = Instant::now();
        let answer = device.give(&house, Meaning::Now);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let heard = viewer.until(SOON, |event| {
            event.kind == "entry" && event.data["kind"] == "AdvisoryRaised"
        });
        // What the page's script then reads is the notice itself.
        let parts = nurse.page(&format!("/sessions/{session}/fragments"));
        assert!(parts.text().contains("The patient asks for you NOW."));
        told.push(heard.at - touched);
        shown.push(Instant::now() - touched);
    }
    for (what, delays) in [("told", &mut told), ("shown", &mut shown)] {
        delays.sort();
        let (median, longest) = (delays[delays.len() / 2], delays[delays.len() - 1]);
        println!("a touch is {what} to the nurse's page: median {median:?}, longest {longest:?}");
    }
    assert!(told[told.len() - 1] < Duration::from_secs(1), "{told:?}");
    // Half of them, so that a machine that builds beside the test does not fail it.
    assert!(shown[shown.len() / 2] < Duration::from_secs(1), "{shown:?}");
}

#[test]
fn an_answer_is_felt_on_the_device_within_a_second() {
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let device = Device::connect(&house, &mut nurse, session);
    let mut own = Events::open(house.http(), "/signal/live", &device.cookie, None);
    device.give(&house, Meaning::ComeQuietly);
    own.until(SOON, |event| event.data["says"] == "Sent: come quietly.");
    let number = house.session(session).open_advisories()[0]
        .number
        .to_string();
    let seen = Instant::now();
    let fields = [("act", "acknowledge"), ("advisory", number.as_str())];
    assert_eq!(nurse.act(&house, session, &fields).status, 200);
    let told = own.until(SOON, |event| event.data["answered"] == true);
    assert_eq!(told.data["says"], "They have seen it.");
    assert!(told.at - seen < Duration::from_secs(1));
}

#[test]
fn a_signal_reaches_its_own_session_and_no_other() {
    // Hazard: H01, H02
    let house = House::staffed(|_| {});
    let (_, one) = house.ready_session("0042-118", "1");
    let (_, other) = house.ready_session("0042-119", "2");
    let mut nurse = house.person("nurse");
    let device = Device::connect(&house, &mut nurse, one);
    let of_other = Device::connect(&house, &mut nurse, other);
    let before = house.session(other);
    let path = format!("/sessions/{other}/live");
    let mut viewer = Events::open(house.http(), &path, &nurse.cookie, None);
    assert_eq!(device.give(&house, Meaning::Now).status, 200);
    assert_eq!(open_notices(&house, one).len(), 1);
    // A secret of one session under the name of the other opens nothing.
    let forged = Device::of(&format!("evenkeel-signal={other}.{}", device.secret()));
    assert_eq!(forged.give(&house, Meaning::Now).status, 410);
    assert_eq!(forged.beat(&house).status, 410);
    // What the record keeps opens nothing either.
    let digest = device_digest(of_other.secret());
    let from_record = Device::of(&format!("evenkeel-signal={other}.{digest}"));
    assert_eq!(from_record.give(&house, Meaning::Now).status, 410);
    assert_eq!(house.session(other).version, before.version);
    let end = Instant::now() + Duration::from_millis(2_500);
    while Instant::now() < end {
        let event = viewer.next(SOON).unwrap();
        assert_ne!(event.kind, "entry", "{:?}", event.data);
    }
}

#[test]
fn the_device_opens_nothing_but_the_signal() {
    // Hazard: H02, H45
    let house = House::staffed(|_| {});
    let (patient, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let device = Device::connect(&house, &mut nurse, session);
    let page = device.page(&house);
    assert!(page.text().contains("signal-surface"));
    assert!(!page.text().contains("QUILL") && !page.text().contains("Rosa"));
    for path in [
        format!("/sessions/{session}"),
        format!("/sessions/{session}/live"),
        format!("/patients/{patient}"),
        "/board".to_owned(),
        "/my".to_owned(),
    ] {
        let answer = house.anyone(&get(&path, &[("cookie", device.cookie.as_str())]));
        assert!(
            [401, 303].contains(&answer.status),
            "{path} {}",
            answer.status
        );
    }
    let secret = device.secret();
    for name in ["evenkeel", "evenkeel-own"] {
        let cookie = format!("{name}={secret}");
        let answer = house.anyone(&get("/my", &[("cookie", cookie.as_str())]));
        assert_eq!(answer.status, 401, "{name}");
    }
}

#[test]
fn the_device_ends_with_the_visit_and_when_another_takes_its_place() {
    // Hazard: H02
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let first = Device::connect(&house, &mut nurse, session);
    let second = Device::connect(&house, &mut nurse, session);
    assert_eq!(first.give(&house, Meaning::Now).status, 410);
    assert!(first.page(&house).text().contains("name=\"code\""));
    assert_eq!(second.give(&house, Meaning::AllIsWell).status, 200);
    let cancel = [("act", "cancel"), ("reason", "unwell")];
    assert_eq!(nurse.act(&house, session, &cancel).status, 200);
    assert_eq!(second.give(&house, Meaning::Now).status, 410);
    let page = nurse.page(&format!("/sessions/{session}/signal"));
    assert!(!page.text().contains("signal-digits-shown"));
}

#[test]
fn the_same_touch_sent_twice_is_one_call() {
    // Hazard: H21
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let device = Device::connect(&house, &mut nurse, session);
    let id = Uuid::new_v4().to_string();
    let fields = [("meaning", "now"), ("command_id", id.as_str())];
    for _ in 0..3 {
        assert_eq!(device.send(&house, "/signal", &fields).status, 200);
    }
    assert_eq!(house.session(session).signal.given.len(), 1);
}

fn clock() -> Moment {
    Moment::parse("2026-11-24T09:00:00Z").unwrap()
}

#[test]
fn a_device_that_falls_silent_is_announced_in_the_room_and_on_the_board_and_so_is_its_return() {
    // Hazard: H60. Source: policy `patient-signal`, lost_after: 10 s.
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, clock());
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let device = Device::connect(&house, &mut nurse, session);
    house.second();
    hand.advance(Span::from_seconds(10));
    house.second();
    assert!(open_notices(&house, session).is_empty());
    hand.advance(Span::from_seconds(1));
    house.second();
    let lost = (AdvisoryNotice::SIGNAL_LOST.to_owned(), Priority::Medium);
    assert_eq!(open_notices(&house, session), [lost]);
    let says = "signal is not heard";
    assert!(
        nurse
            .page(&format!("/sessions/{session}"))
            .text()
            .contains(says)
    );
    assert!(nurse.page("/board").text().contains(says));
    assert_eq!(device.beat(&house).status, 204);
    house.second();
    assert!(open_notices(&house, session).is_empty());
}

#[test]
fn after_a_restart_a_device_that_nobody_hears_is_lost_since_the_last_sign_in_the_record() {
    // Hazard: H60. Source: policy `patient-signal`, lost_after: 10 s.
    let (clock, hand) = Clock::starting_at(clock());
    let given = clock.clone();
    let mut house = House::staffed(|configuration| configuration.clock = given);
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let device = Device::connect(&house, &mut nurse, session);
    assert_eq!(device.give(&house, Meaning::AllIsWell).status, 200);
    let signalled = house.session(session).signal.last().unwrap().at;
    house.stop();
    hand.advance(Span::from_seconds(60));
    house.start_again(clock.clone());
    house.second();
    assert_eq!(house.application().signals.heard(session), None);
    let lost = |house: &House| house.session(session).signal.lost.map(|(since, _)| since);
    assert_eq!(lost(&house), None);
    hand.advance(Span::from_seconds(11));
    house.second();
    assert_eq!(lost(&house), Some(signalled));
    // Another restart does not say that it is back; the device itself does.
    house.stop();
    house.start_again(clock);
    house.second();
    assert_eq!(lost(&house), Some(signalled));
    assert_eq!(device.beat(&house).status, 204);
    house.second();
    assert_eq!(lost(&house), None);
}

#[test]
fn a_call_that_nobody_answers_asks_the_board_and_then_names_the_second_person() {
    // Hazard: H60. Source: policy `patient-signal`: 15 s, then 30 s more.
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, clock());
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    let staff = [
        ("act", "staff"),
        ("in_room", "nurse: Nora Lindqvist"),
        ("in_house", "prescriber: Dr Petra Ivanova"),
    ];
    assert_eq!(nurse.act(&house, session, &staff).status, 200);
    let device = Device::connect(&house, &mut nurse, session);
    device.give(&house, Meaning::Now);
    for (seconds, notices) in [(14, 1), (1, 2), (29, 2), (1, 3)] {
        hand.advance(Span::from_seconds(seconds));
        device.beat(&house);
        house.second();
        assert_eq!(open_notices(&house, session).len(), notices);
    }
    let board = nurse.page("/board").text();
    assert!(
        board.contains("Second person: Dr Petra Ivanova."),
        "{board}"
    );
    // One tap answers all of it, and the record has each of them.
    let page = nurse.page(&format!("/sessions/{session}")).text();
    assert!(page.contains("The patient asks for you NOW."));
    let numbers: Vec<String> = house
        .session(session)
        .open_advisories()
        .into_iter()
        .map(|known| known.number.to_string())
        .collect();
    let mut fields = vec![("act", "acknowledge")];
    fields.extend(numbers.iter().map(|number| ("advisory", number.as_str())));
    assert_eq!(nurse.act(&house, session, &fields).status, 200);
    for said in ["Signal not answered", "Patient’s signal"] {
        let said = said.replace('’', "&#39;");
        let page = nurse.page(&format!("/sessions/{session}")).text();
        assert!(page.contains(&said), "{said}");
    }
}

/// A room of the clinic, opened.
fn open_room(house: &House, name: &str) {
    let application = house.application();
    let order = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "open a room",
        wanted: name.to_owned(),
    };
    let opened = change(application, order, |_: &Clinic, _| {
        let event = ClinicEvent::RoomOpened {
            name: name.to_owned(),
            position: 1,
        };
        Ok::<_, LookRefused>(vec![event])
    });
    house.wait_for(opened).unwrap();
    house.wait_for(application.read_clinic()).unwrap();
}

fn open_requirements(house: &House, nurse: &mut Person, session: SessionId) -> Vec<String> {
    let answer = nurse.act(house, session, &[("act", "start")]);
    assert_eq!(answer.status, 409, "{}", answer.text());
    let findings = json(&answer)["verdict"]["findings"].clone();
    let mut open: Vec<String> = findings
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["outcome"] != "met")
        .map(|finding| finding["requirement"].as_str().unwrap().to_owned())
        .collect();
    open.sort();
    open
}

#[test]
fn the_room_is_made_ready_step_by_step_and_only_then_the_first_drug_is_given() {
    // Hazard: H25, H56, H60
    let house = House::staffed(|_| {});
    open_room(&house, "1");
    let (_, session) = house.ready_session_under(Vec::new(), "0042-118", "1");
    let by_hand = Command::CompleteTimeOut {
        lines: Line::ALL.to_vec(),
        monitoring: Monitoring::ByHand,
    };
    let now = house.application().clock.now();
    house.tell(session, now, by_hand).unwrap();
    let mut nurse = house.person("nurse");
    let all = [
        "drug-double-checked",
        "drug-issued",
        "equipment-checked",
        "prepared-for-today",
        "prescriber-in-house",
        "signal-tested",
        "sound-heard",
        "staff-in-room",
    ];
    assert_eq!(open_requirements(&house, &mut nurse, session), all);

    // What is asked today: all of it, or it is not said.
    let lines = [
        "nothing-taken",
        "medicines-decided",
        "medicines-as-agreed",
        "nothing-new",
        "well-today",
        "not-pregnant",
        "passing-water",
        "safe",
    ];
    let mut asked: Vec<_> = lines.iter().map(|line| ("line", *line)).collect();
    asked.push(("act", "day-asked"));
    assert_eq!(nurse.act(&house, session, &asked[1..]).status, 409);
    assert_eq!(nurse.act(&house, session, &asked).status, 200);

    // Nobody becomes staff by being typed.
    let staff = |in_room: &'static str| {
        [
            ("act", "staff"),
            ("in_room", in_room),
            ("in_house", "prescriber: Dr Petra Ivanova"),
        ]
    };
    let stranger = nurse.act(&house, session, &staff("nurse: Somebody Else"));
    assert_eq!(stranger.status, 422, "{}", stranger.text());
    let known = nurse.act(&house, session, &staff("nurse: Nora Lindqvist"));
    assert_eq!(known.status, 200);
    assert_eq!(nurse.act(&house, session, &[("act", "sound")]).status, 200);

    // The equipment of the room, once a day.
    let page = nurse.page("/equipment?room=1");
    assert_eq!(page.status, 200);
    let text = page.text();
    let there: Vec<String> = text
        .split("name=\"there\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(there.len() >= 20, "{}", there.len());
    let id = Uuid::new_v4().to_string();
    let mut fields = vec![
        ("command_id", id.as_str()),
        ("room", "1"),
        ("version", "1"),
        ("good_until", "2099-12-31"),
    ];
    fields.extend(there.iter().map(|item| ("there", item.as_str())));
    let saved = nurse.send("/equipment", &fields);
    assert_eq!(saved.status, 303, "{}", saved.text());

    // The signal: tried by the person, and seen by staff.
    let device = Device::connect(&house, &mut nurse, session);
    assert_eq!(
        nurse.act(&house, session, &[("act", "signal-test")]).status,
        200
    );
    assert_eq!(device.give(&house, Meaning::AllIsWell).status, 200);
    let room = nurse.page(&format!("/sessions/{session}"));
    assert!(room.text().contains("I saw it arrive: all is well"));
    let drug = ["drug-double-checked", "drug-issued"];
    assert_eq!(
        open_requirements(&house, &mut nurse, session),
        [drug[0], drug[1], "signal-tested"]
    );
    let seen = [("act", "signal-seen"), ("number", "1")];
    assert_eq!(nurse.act(&house, session, &seen).status, 200);
    assert_eq!(open_requirements(&house, &mut nurse, session), drug);

    // The drug: a prescriber alone does not pass over the check, and with a second one may; the
    // reason stays in the record for ever.
    let mut prescriber = house.person("prescriber");
    let alone = [
        ("act", "start"),
        ("override_reason", "drawn outside the ledger"),
    ];
    assert_eq!(prescriber.act(&house, session, &alone).status, 409);
    let both = [
        ("act", "start"),
        ("override_reason", "drawn outside the ledger"),
        ("second_clinician", "Dr Maria Okonkwo"),
    ];
    let started = prescriber.act(&house, session, &both);
    assert_eq!(started.status, 200, "{}", started.text());
    assert_eq!(house.session(session).stage, Stage::Infusion);
    let room = nurse.page(&format!("/sessions/{session}")).text();
    assert!(room.contains("drawn outside the ledger"));
}
