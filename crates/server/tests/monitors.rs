//! Monitors over real TCP: what they send is acknowledged by the book and shown where it belongs,
//! and whatever else comes over a connection costs only that connection.
//!
//! Source: device reference §2.1 (framing), §2.2 (acknowledgement), §2.7 (repeats), §10
//! (association), §11 (clocks); safety reference §14.10.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::events::Events;
use crate::house::line::{Line, at_rest, framed, monitor, said};
use crate::house::{House, Person, json};
use crate::stranger::http::get;
use crate::stranger::mllp::{Numbers, message};
use clinical::course::session::SessionEvent;
use clinical::device::{ClinicMark, Label, Method, PlaceMark};
use clinical::record::{DeviceId, SessionId};
use rand::Rng;
use serde_json::Value;
use simulator::Maker;
use simulator::trouble::Troubles;
use std::time::{Duration, Instant};
use store::FrameState;
use units::{Decimal, Moment, Span};

const KEY: &str = "0200E5FFFEAB0001";
const NEIGHBOUR: &str = "0200E5FFFEAB0002";
const SOON: Duration = Duration::from_secs(10);

fn numbers(cuff: Option<(u32, u32, Moment)>) -> Numbers {
    Numbers {
        heart_rate: 71,
        saturation: 97,
        respiratory_rate: 13,
        cuff: cuff.map(|(systolic, diastolic, at)| (systolic, diastolic, at.milliseconds())),
        twelve: false,
        temperature_tenths: 367,
    }
}

fn spoken(key: &str, id: &str, at: Moment, cuff: Option<(u32, u32, Moment)>) -> String {
    message(key, id, at.milliseconds(), &numbers(cuff))
}

/// One monitor that serves one session that waits for its start.
struct Bedside {
    house: House,
    session: SessionId,
    nurse: Person,
}

impl Bedside {
    fn new(profile: &str) -> Self {
        let house = House::demo();
        let (_, session) = house.ready_session("0077-001", "7");
        let device = house.device(KEY, "Monitor 7", profile);
        house.serve(
            device,
            session,
            house.application().clock.now() - Span::from_minutes(30),
        );
        let nurse = house.person("nurse");
        Self {
            house,
            session,
            nurse,
        }
    }

    fn now(&self) -> Moment {
        self.house.application().clock.now()
    }

    fn line(&self) -> Line {
        Line::open(self.house.mllp())
    }

    fn viewer(&self) -> Events {
        let path = format!("/sessions/{}/live", self.session);
        Events::open(self.house.http(), &path, &self.nurse.cookie, None)
    }

    /// What the room shows next that is as wanted.
    fn shows(&self, within: Duration, wanted: impl Fn(&Value) -> bool) -> Value {
        self.viewer()
            .until(within, |event| event.kind == "tiles" && wanted(&event.data))
            .data
    }

    fn start(&mut self) -> (u16, Value) {
        let answer = self
            .nurse
            .act(&self.house, self.session, &[("act", "start")]);
        (answer.status, json(&answer))
    }

    fn pressures(&self) -> Vec<(Moment, Decimal)> {
        self.house
            .charted_by_device(self.session)
            .into_iter()
            .filter_map(|(at, values)| Some((at, values.systolic?.value())))
            .collect()
    }

    fn charts(&self, count: usize) -> bool {
        self.house
            .becomes(SOON, |_| self.pressures().len() >= count)
    }
}

fn tile<'a>(tiles: &'a Value, sign: &str) -> &'a Value {
    tiles["tiles"]
        .as_array()
        .unwrap()
        .iter()
        .find(|tile| tile["sign"] == sign)
        .unwrap()
}

/// What the reference says for the message's own MSH-15 and MSH-16. Source: §2.2, first column.
fn by_the_book(message: &str) -> Vec<&'static str> {
    let header: Vec<&str> = message.split('\r').next().unwrap().split('|').collect();
    let field = |number: usize| header.get(number - 1).copied().unwrap_or_default();
    match (field(15), field(16)) {
        ("", "") | ("NE", "AL") => vec!["AA"],
        ("AL", "NE") => vec!["CA"],
        ("AL", "AL") => vec!["CA", "AA"],
        ("NE", "NE") => vec![],
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_makers_monitor_is_acknowledged_by_the_book_and_seen_in_its_own_session_only() {
    // Hazard: H01
    let house = House::demo();
    let now = || house.application().clock.now();
    let bedsides: Vec<(Maker, SessionId, String)> = (1..)
        .zip(Maker::ALL)
        .map(|(number, maker)| {
            let (_, session) =
                house.ready_session(&format!("0080-{number}"), &format!("8{number}"));
            let key = format!("0200E5FFFEAC000{number}");
            let device = house.device(&key, maker.word(), maker.word());
            house.serve(device, session, now() - Span::from_minutes(30));
            (maker, session, key)
        })
        .collect();
    let nurse = house.person("nurse");
    let tiles = |session: &SessionId| {
        let path = format!("/sessions/{session}/live");
        Events::open(house.http(), &path, &nurse.cookie, None)
            .until(SOON, |event| event.kind == "tiles")
            .data
    };
    for (sent, (maker, session, key)) in bedsides.iter().enumerate() {
        let mut line = Line::open(house.mllp());
        let mut monitor = monitor(*maker, key);
        let said = monitor.message(now(), &at_rest(), &Troubles::default());
        line.send(&framed(said.text.as_bytes())).unwrap();
        for code in by_the_book(&said.text) {
            let answer = line.answer().unwrap();
            assert_eq!(
                answer,
                (code.to_owned(), said.control_id.clone()),
                "{maker:?}"
            );
        }
        let shown = tiles(session);
        assert_eq!(shown["feed"], "live", "{maker:?}");
        assert_eq!(shown["simulated"], false, "{maker:?}");
        for (sign, text) in [
            ("heart-rate", "71"),
            ("oxygen-saturation", "97"),
            ("respiratory-rate", "13"),
        ] {
            assert_eq!(tile(&shown, sign)["text"], text, "{maker:?} {sign}");
        }
        for (_, waiting, _) in &bedsides[sent + 1..] {
            let shown = tiles(waiting);
            // Only what the nurse charted before the start.
            assert_eq!(tile(&shown, "heart-rate")["text"], "70", "{maker:?}");
            assert_eq!(tile(&shown, "heart-rate")["state"], "by-hand", "{maker:?}");
        }
    }
}

#[test]
fn frames_that_arrive_in_pieces_of_any_length_are_each_answered_once_and_in_order() {
    let bedside = Bedside::new("generic-pcd01");
    let mut line = bedside.line();
    let mut chance = rand::rng();
    let mut bytes = Vec::new();
    let ids: Vec<String> = (0..40).map(|number| format!("P{number}")).collect();
    for id in &ids {
        bytes.extend(framed(spoken(KEY, id, bedside.now(), None).as_bytes()));
    }
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let length = chance.random_range(1..=400).min(rest.len());
        line.send(&rest[..length]).unwrap();
        rest = &rest[length..];
        if chance.random_ratio(1, 8) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    for id in ids {
        assert_eq!(line.answer().unwrap(), ("CA".to_owned(), id));
    }
}

#[test]
fn frames_sent_without_waiting_are_answered_in_order() {
    let bedside = Bedside::new("generic-pcd01");
    let mut line = bedside.line();
    let ids: Vec<String> = (0..150).map(|number| format!("Q{number}")).collect();
    let all: Vec<u8> = ids
        .iter()
        .flat_map(|id| framed(spoken(KEY, id, bedside.now(), None).as_bytes()))
        .collect();
    line.send(&all).unwrap();
    for id in ids {
        assert_eq!(line.answer().unwrap(), ("CA".to_owned(), id));
    }
}

/// Sends what is no good message, and looks at what it costs.
struct Trial {
    bedside: Bedside,
    neighbour: Line,
    sent: u32,
}

impl Trial {
    fn new() -> Self {
        let bedside = Bedside::new("generic-pcd01");
        let neighbour = bedside.line();
        let mut trial = Self {
            bedside,
            neighbour,
            sent: 0,
        };
        trial.neighbour_is_answered();
        trial
    }

    fn neighbour_is_answered(&mut self) {
        self.sent += 1;
        let id = format!("N{}", self.sent);
        let text = spoken(NEIGHBOUR, &id, self.bedside.now(), None);
        let began = Instant::now();
        let answer = self.neighbour.tell(text.as_bytes());
        assert_eq!(answer, ("CA".to_owned(), id));
        // Source: device reference §2.1, acknowledgement deadline; twice for a busy machine.
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    /// How many frames stand in quarantine.
    fn quarantined(&self) -> usize {
        let application = self.bedside.house.application();
        self.bedside
            .house
            .wait_for(application.store.frames_in(
                application.tenant,
                FrameState::Quarantined,
                None,
                500,
            ))
            .unwrap()
            .len()
    }

    fn is_shown(&mut self, count: usize, words: &str) {
        let became = self
            .bedside
            .house
            .becomes(SOON, |_| self.quarantined() == count);
        assert!(became, "{} in quarantine", self.quarantined());
        let page = self.bedside.nurse.page("/quarantine").text();
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn a_frame_without_its_end_is_refused_as_an_error_and_stands_in_quarantine() {
    let mut trial = Trial::new();
    let mut line = trial.bedside.line();
    let text = spoken(KEY, "T1", trial.bedside.now(), None);
    // Another message begins in the middle of it: the second is good.
    let mut bytes = framed(text.as_bytes());
    bytes.truncate(bytes.len() / 2);
    line.send(&bytes).unwrap();
    let second = spoken(KEY, "T2", trial.bedside.now(), None);
    line.send(&framed(second.as_bytes())).unwrap();
    assert_eq!(line.answer().unwrap(), ("CE".to_owned(), "T1".to_owned()));
    assert_eq!(line.answer().unwrap(), ("CA".to_owned(), "T2".to_owned()));
    trial.neighbour_is_answered();
    trial.is_shown(1, "the frame had no end");
    // The connection ends in the middle of another.
    line.send(&bytes).unwrap();
    line.0.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(line.answer().unwrap(), ("CE".to_owned(), "T1".to_owned()));
    trial.neighbour_is_answered();
    trial.is_shown(2, "the frame had no end");
}

#[test]
fn bytes_that_are_no_frame_are_passed_over_and_what_follows_is_answered() {
    // Hazard: H43
    let mut trial = Trial::new();
    let mut line = trial.bedside.line();
    let mut chance = rand::rng();
    let garbage: Vec<u8> = (0..200_000)
        .map(|_| chance.random::<u8>())
        .filter(|byte| *byte != 0x0B)
        .collect();
    line.send(&garbage).unwrap();
    let text = spoken(KEY, "G1", trial.bedside.now(), None);
    assert_eq!(
        line.tell(text.as_bytes()),
        ("CA".to_owned(), "G1".to_owned())
    );
    trial.neighbour_is_answered();
}

#[test]
fn a_frame_whose_header_cannot_be_read_is_refused_as_an_error_and_stands_in_quarantine() {
    let mut trial = Trial::new();
    let mut line = trial.bedside.line();
    let wide: Vec<u8> = spoken(KEY, "W1", trial.bedside.now(), None)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .filter(|byte| !matches!(byte, 0x0B | 0x1C))
        .collect();
    let bad: [&[u8]; 5] = [
        b"",
        b"hello",
        b"PID|||nothing before\rMSH|^~\\&|late",
        b"MSH",
        &wide,
    ];
    for (count, bytes) in (1..).zip(bad) {
        let (code, _) = line.tell(bytes);
        assert_eq!(code, "AE", "{:?}", String::from_utf8_lossy(bytes));
        trial.neighbour_is_answered();
        trial.is_shown(count, "not readable");
    }
    let text = spoken(KEY, "W2", trial.bedside.now(), None);
    assert_eq!(line.tell(text.as_bytes()).0, "CA");
}

#[test]
fn bytes_that_are_no_text_in_a_name_do_not_cost_the_numbers() {
    let bedside = Bedside::new("generic-pcd01");
    let text = spoken(KEY, "L1", bedside.now(), None);
    let mut bytes = text.replace("PID|||||", "PID|||||M#LLER").into_bytes();
    for byte in &mut bytes {
        if *byte == b'#' {
            *byte = 0xDC;
        }
    }
    // The hash stands in no other place of the message.
    assert_eq!(bytes.iter().filter(|byte| **byte == 0xDC).count(), 1);
    assert_eq!(bedside.line().tell(&bytes).0, "CA");
    let shown = bedside.shows(SOON, |tiles| tiles["feed"] == "live");
    assert_eq!(tile(&shown, "heart-rate")["text"], "71");
}

#[test]
fn a_number_that_is_no_plain_digits_never_becomes_a_value() {
    // Hazard: H05
    let bedside = Bedside::new("generic-pcd01");
    let text = spoken(KEY, "D1", bedside.now(), None).replace("|97|", "|\u{0669}\u{0667}|");
    assert_eq!(bedside.line().tell(text.as_bytes()).0, "CA");
    let shown = bedside.shows(SOON, |tiles| tiles["feed"] == "live");
    // What the nurse read before the start stands, and is said to be read by hand.
    let saturation = tile(&shown, "oxygen-saturation");
    assert_eq!(saturation["text"], "98");
    assert_eq!(saturation["state"], "by-hand");
    assert_eq!(tile(&shown, "heart-rate")["text"], "71");
}

#[test]
fn a_sender_that_never_finishes_is_answered_after_ten_seconds_and_delays_nobody() {
    let mut trial = Trial::new();
    let silent = trial.bedside.line();
    let mut slow = trial.bedside.line();
    let text = spoken(KEY, "S1", trial.bedside.now(), None);
    let bytes = framed(text.as_bytes());
    slow.send(&bytes[..200]).unwrap();
    let began = Instant::now();
    for byte in &bytes[200..] {
        if began.elapsed() > Duration::from_secs(11) {
            break;
        }
        // One byte at a time, slowly: the time counts from the first byte of the frame.
        let _ = slow.send(&[*byte]);
        std::thread::sleep(Duration::from_millis(250));
        if byte % 16 == 0 {
            trial.neighbour_is_answered();
        }
    }
    assert_eq!(slow.answer().unwrap(), ("CE".to_owned(), "S1".to_owned()));
    trial.is_shown(1, "the frame had no end");
    // Its connection is still good for a whole frame.
    let again = spoken(KEY, "S2", trial.bedside.now(), None);
    assert_eq!(slow.tell(again.as_bytes()).0, "CA");
    drop(silent);
    trial.neighbour_is_answered();
}

#[test]
fn a_flood_over_one_connection_does_not_delay_its_neighbour() {
    // Hazard: H14, H43
    let mut trial = Trial::new();
    let mut flooding = trial.bedside.line();
    let text = spoken(KEY, "F", trial.bedside.now(), None);
    let frame = framed(text.as_bytes());
    let mut reading = Line(flooding.0.try_clone().unwrap());
    let writer = std::thread::spawn(move || {
        let many: Vec<u8> = frame
            .iter()
            .copied()
            .cycle()
            .take(frame.len() * 50)
            .collect();
        (0..20).all(|_| flooding.send(&many).is_ok())
    });
    let reader = std::thread::spawn(move || (0..1_000).all(|_| reading.answer().is_ok()));
    while !reader.is_finished() {
        trial.neighbour_is_answered();
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(writer.join().unwrap() && reader.join().unwrap());
}

#[test]
fn more_connections_from_one_address_than_are_permitted_are_closed_and_the_others_go_on() {
    let house = House::empty(|configuration| configuration.connections_per_address = 3);
    let now = house.application().clock.now();
    let mut open: Vec<Line> = (0..3).map(|_| Line::open(house.mllp())).collect();
    for line in &mut open {
        assert_eq!(line.tell(spoken(KEY, "C1", now, None).as_bytes()).0, "CA");
    }
    let mut over = Line::open(house.mllp());
    assert!(over.is_closed(Duration::from_secs(5)));
    for line in &mut open[2..] {
        assert_eq!(line.tell(spoken(KEY, "C2", now, None).as_bytes()).0, "CA");
    }
    // A place that is given back can be taken again.
    drop(open);
    let answered = house.becomes(SOON, |house| {
        let mut line = Line::open(house.mllp());
        line.send(&framed(spoken(KEY, "C3", now, None).as_bytes()))
            .is_ok()
            && line.answer().is_ok_and(|answer| answer.0 == "CA")
    });
    assert!(answered);
}

#[test]
fn a_sender_that_is_not_on_the_list_is_rejected_and_nothing_of_it_is_kept() {
    // Hazard: H44
    let house = House::empty(|configuration| {
        configuration.allowed_senders = vec!["192.0.2.7".parse().unwrap()];
    });
    let now = house.application().clock.now();
    let answer = Line::open(house.mllp()).tell(spoken(KEY, "R1", now, None).as_bytes());
    assert_eq!(answer, ("CR".to_owned(), "R1".to_owned()));
    assert!(house.application().devices.known(KEY).is_none());
}

#[test]
fn data_of_a_monitor_that_serves_nobody_wait_until_somebody_says_whose_they_are() {
    // Hazard: H01
    let mut bedside = Bedside::new("generic-pcd01");
    let mut line = bedside.line();
    let measured = bedside.now() - Span::from_seconds(30);
    let text = spoken(NEIGHBOUR, "U1", bedside.now(), Some((131, 82, measured)));
    assert_eq!(line.tell(text.as_bytes()).0, "CA");
    let house = &bedside.house;
    let listed = |nurse: &mut Person| nurse.page("/unassigned").text().contains(NEIGHBOUR);
    assert!(house.becomes(SOON, |house| {
        let application = house.application();
        !house
            .wait_for(application.store.unassigned(application.tenant))
            .unwrap()
            .is_empty()
    }));
    assert!(listed(&mut bedside.nurse));
    assert_eq!(bedside.pressures(), []);
    let session = bedside.session.to_string();
    let claim = format!("/unassigned/{NEIGHBOUR}/claim");
    let patient = house.session(bedside.session).patient.unwrap().to_string();
    let form = |reason: &'static str, patient: &str, command: &str| -> Vec<(String, String)> {
        let time = |at: Moment| {
            let at = at.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
            at.strftime("%H:%M").to_string()
        };
        let now = measured + Span::from_seconds(30);
        [
            ("session", session.as_str()),
            ("patient", patient),
            ("command_id", command),
            ("from", &time(now - Span::from_minutes(2))),
            ("until", &time(now + Span::from_minutes(1))),
            ("reason", reason),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let send = |nurse: &mut Person, fields: &[(String, String)]| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        nurse.send(&claim, &fields)
    };
    let id = uuid::Uuid::new_v4().to_string();
    let right = form("the trolley monitor stood at chair 7", &patient, &id);
    // Nobody has accepted this monitor yet.
    assert_eq!(send(&mut bedside.nurse, &right).status, 422);
    let registered = bedside.nurse.send(
        "/devices/register",
        &[("device_key", NEIGHBOUR), ("name", "Trolley")],
    );
    assert_eq!(registered.status, 303);
    // The form was filled in for somebody else. Hazard: H02
    let other = house
        .session(house.session_in("2"))
        .patient
        .unwrap()
        .to_string();
    assert_eq!(
        send(&mut bedside.nurse, &form("mine", &other, &id)).status,
        422
    );
    assert_eq!(bedside.pressures(), []);
    let done = send(&mut bedside.nurse, &right);
    assert_eq!(
        done.header("location"),
        Some("/unassigned"),
        "{}",
        done.text()
    );
    assert!(bedside.charts(1), "the claimed pressure was not charted");
    let charted = bedside.pressures();
    assert_eq!(charted.len(), 1);
    assert_eq!(charted[0].1, Decimal::from(131));
    assert!((charted[0].0 - measured).absolute() <= Span::from_milliseconds(1_500));
    // Who gave it to this session, and why, stands in the session's own record.
    let by = house.session(bedside.session).entries.iter().any(|entry| {
        let person = matches!(&entry.actor, clinical::record::Actor::Person { name, .. }
            if name == "Nora Lindqvist");
        let says = match &entry.event {
            SessionEvent::NoteWritten { text } => text.as_str(),
            _ => "",
        };
        person && says.contains("Trolley") && says.contains("the trolley monitor stood at chair 7")
    });
    assert!(by, "the record does not say who attributed the data");
    assert!(house.becomes(SOON, |house| {
        let application = house.application();
        house
            .wait_for(application.store.unassigned(application.tenant))
            .unwrap()
            .is_empty()
    }));
    // Sent once more, the same form does nothing more.
    send(&mut bedside.nurse, &right);
    assert_eq!(bedside.pressures().len(), 1);
    // A session that has ended takes no more, with or without a reason.
    let house = &bedside.house;
    let over = [("act", "cancel"), ("reason", "went home")];
    assert_eq!(bedside.nurse.act(house, bedside.session, &over).status, 200);
    let late = form("mine too", &patient, &uuid::Uuid::new_v4().to_string());
    assert_eq!(send(&mut bedside.nurse, &late).status, 422);
}

#[test]
fn a_monitor_in_demo_mode_closes_the_gate_to_the_start_and_shows_no_number_as_measured() {
    // Hazard: H04
    let mut bedside = Bedside::new("mindray-like");
    let mut line = bedside.line();
    let mut monitor = monitor(Maker::MindrayLike, KEY);
    let lesson = Troubles {
        demo_mode: true,
        ..Troubles::default()
    };
    let text = said(&mut monitor, bedside.now(), &lesson);
    assert_eq!(line.tell(text.as_bytes()).0, "CA");
    let shown = bedside.shows(SOON, |tiles| tiles["feed"] == "live");
    assert_eq!(shown["simulated"], true);
    assert_ne!(tile(&shown, "heart-rate")["text"], "71");
    let (status, answer) = bedside.start();
    assert_eq!(status, 409, "{answer}");
    assert_eq!(bedside.house.charted_by_device(bedside.session), []);
    // With the demonstration over, the very same start is permitted.
    let text = said(
        &mut monitor,
        bedside.now() + Span::from_seconds(1),
        &Troubles::default(),
    );
    line.tell(text.as_bytes());
    let shown = bedside.shows(SOON, |tiles| tiles["simulated"] == false);
    assert_eq!(tile(&shown, "heart-rate")["text"], "71");
    let (status, answer) = bedside.start();
    assert_eq!(status, 200, "{answer}");
}

#[test]
fn a_cable_that_is_off_shows_dashes_and_never_the_last_number() {
    // Hazard: H03, H05
    for maker in Maker::ALL {
        let mut bedside = Bedside::new(maker.word());
        let mut line = bedside.line();
        let mut monitor = monitor(maker, KEY);
        let now = bedside.now();
        line.tell(said(&mut monitor, now, &Troubles::default()).as_bytes());
        let shown = bedside.shows(SOON, |tiles| tiles["feed"] == "live");
        assert_eq!(tile(&shown, "oxygen-saturation")["text"], "97");
        let off = Troubles {
            cable_off: true,
            ..Troubles::default()
        };
        // Where the monitor says that the probe is off, the number is grey at once; a maker that
        // only leaves the row out is found out by age. In the end the number is gone.
        let says_so = maker != Maker::GeLike;
        let expected = if says_so { "invalid" } else { "stale" };
        let (mut at, mut viewer) = (now, bedside.viewer());
        let shown = loop {
            at = at + Span::from_seconds(1);
            line.tell(said(&mut monitor, at, &off).as_bytes());
            let shown = viewer.until(SOON, |event| event.kind == "tiles").data;
            let saturation = tile(&shown, "oxygen-saturation");
            let age = bedside.now() - now;
            if says_so && age > Span::from_seconds(3) {
                assert_ne!(saturation["state"], "live", "{maker:?}");
            }
            if saturation["text"] == "--" {
                assert_eq!(saturation["state"], expected, "{maker:?}");
                break shown;
            }
            assert!(age < Span::from_seconds(20), "{maker:?}");
        };
        assert_eq!(tile(&shown, "heart-rate")["text"], "71", "{maker:?}");
        // What a nurse reads meanwhile stands, and the tile still says what the probe says.
        let by_hand = [("act", "vital-signs"), ("oxygen_saturation", "96")];
        let answer = bedside.nurse.act(&bedside.house, bedside.session, &by_hand);
        assert_eq!(answer.status, 200, "{}", answer.text());
        line.tell(said(&mut monitor, at + Span::from_seconds(1), &off).as_bytes());
        let shown = bedside.shows(SOON, |tiles| {
            tile(tiles, "oxygen-saturation")["text"] == "96"
        });
        let saturation = tile(&shown, "oxygen-saturation");
        assert_eq!(saturation["state"], "by-hand", "{maker:?}");
        let says = saturation["says"].as_str().unwrap();
        assert_eq!(
            says.contains("no valid signal"),
            says_so,
            "{maker:?}: {says}"
        );
    }
}

#[test]
fn a_cuff_value_that_is_repeated_in_every_message_is_charted_once() {
    // Hazard: H08
    let bedside = Bedside::new("generic-pcd01");
    let mut line = bedside.line();
    let measured = bedside.now() - Span::from_seconds(60);
    for number in 0..20 {
        let at = bedside.now();
        let text = spoken(KEY, &format!("R{number}"), at, Some((128, 81, measured)));
        assert_eq!(line.tell(text.as_bytes()).0, "CA");
    }
    let next = bedside.now() - Span::from_seconds(1);
    line.tell(spoken(KEY, "R20", bedside.now(), Some((128, 81, next))).as_bytes());
    assert!(bedside.charts(2));
    // The same pressure a minute later is another reading.
    let charted = bedside.pressures();
    assert_eq!(charted.len(), 2, "{charted:?}");
}

#[test]
fn a_monitor_with_another_patients_number_raises_the_conflict_within_five_seconds() {
    // Hazard: H01
    let mut bedside = Bedside::new("generic-pcd01");
    let mut line = bedside.line();
    let mut monitor = monitor(Maker::GenericPcd01, KEY);
    let now = bedside.now();
    line.tell(said(&mut monitor, now, &Troubles::default()).as_bytes());
    bedside.shows(SOON, |tiles| {
        tiles["feed"] == "live" && tiles["conflict"].is_null()
    });
    let other = Troubles {
        wrong_patient: Some("0042-131".to_owned()),
        ..Troubles::default()
    };
    line.tell(said(&mut monitor, now + Span::from_seconds(1), &other).as_bytes());
    let began = Instant::now();
    let shown = bedside.shows(Duration::from_secs(5), |tiles| {
        tiles["conflict"].is_string()
    });
    assert!(began.elapsed() < Duration::from_secs(5));
    let says = shown["conflict"].as_str().unwrap();
    assert!(says.contains("another patient number"), "{says}");
    let (status, answer) = bedside.start();
    assert_eq!(status, 409, "{answer}");
}

#[test]
fn frames_sent_again_after_a_lost_acknowledgement_chart_nothing_twice() {
    // Hazard: H08, H21
    let bedside = Bedside::new("generic-pcd01");
    let measured = bedside.now() - Span::from_seconds(45);
    let frames: Vec<Vec<u8>> = (0..5)
        .map(|number| {
            let at = bedside.now() - Span::from_seconds(5 - number);
            let cuff = (number == 2).then_some((141, 86, measured));
            framed(spoken(KEY, &format!("A{number}"), at, cuff).as_bytes())
        })
        .collect();
    for _ in 0..3 {
        let mut line = bedside.line();
        for frame in &frames {
            line.send(frame).unwrap();
        }
        // Gone before reading one answer.
        drop(line);
    }
    let mut line = bedside.line();
    for frame in &frames {
        line.send(frame).unwrap();
        assert_eq!(line.answer().unwrap().0, "CA");
    }
    assert!(bedside.charts(1));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(bedside.pressures().len(), 1);
}

#[test]
fn a_backlog_after_an_outage_is_charted_at_its_own_times_and_raises_no_notice_for_the_past() {
    let bedside = Bedside::new("generic-pcd01");
    let mut line = bedside.line();
    // The demo has the clinic limits switched on; 204 mmHg is beyond every one of them.
    for number in 0..40 {
        let text = spoken(KEY, &format!("B{number}"), bedside.now(), None);
        assert_eq!(line.tell(text.as_bytes()).0, "CA");
        std::thread::sleep(Duration::from_millis(5));
    }
    // The watch, which runs every second, has taken up this session by now.
    std::thread::sleep(Duration::from_millis(2_500));
    let now = bedside.now();
    let minutes = Span::from_minutes;
    // Past is what ought to have been repeated since: after 5 minutes, by the clinic's limits.
    let measured = [now - minutes(9), now - minutes(6)];
    for (number, at) in measured.into_iter().enumerate() {
        let sent = at + Span::from_seconds(1);
        let text = spoken(KEY, &format!("O{number}"), sent, Some((204, 118, at)));
        assert_eq!(line.tell(text.as_bytes()).0, "CA");
    }
    assert!(bedside.charts(2));
    let charted = bedside.pressures();
    for ((at, systolic), measured) in charted.iter().zip(measured) {
        assert_eq!(*systolic, Decimal::from(204));
        let off = (*at - measured).absolute();
        assert!(off <= Span::from_milliseconds(1_500), "{off}");
    }
    // The watch runs every second.
    std::thread::sleep(Duration::from_millis(2_500));
    let session = bedside.house.session(bedside.session);
    let raised: Vec<_> = session
        .entries
        .iter()
        .filter_map(|entry| match &entry.event {
            SessionEvent::AdvisoryRaised { notice, .. } if !notice.technical => Some(notice),
            _other => None,
        })
        .collect();
    assert!(raised.is_empty(), "{raised:?}");
}

#[test]
fn a_monitor_whose_clock_is_24_minutes_slow_charts_at_the_true_time() {
    // Hazard: H09
    let bedside = Bedside::new("generic-pcd01");
    let mut line = bedside.line();
    let slow = Span::from_minutes(24);
    for number in 0..30 {
        let text = spoken(KEY, &format!("K{number}"), bedside.now() - slow, None);
        assert_eq!(line.tell(text.as_bytes()).0, "CA");
        std::thread::sleep(Duration::from_millis(5));
    }
    let truly = bedside.now() - Span::from_seconds(20);
    let text = spoken(
        KEY,
        "K30",
        bedside.now() - slow,
        Some((133, 84, truly - slow)),
    );
    assert_eq!(line.tell(text.as_bytes()).0, "CA");
    assert!(bedside.charts(1));
    let charted = bedside.pressures();
    let off = (charted[0].0 - truly).absolute();
    assert!(off <= Span::from_milliseconds(1_500), "{off}");
}

#[test]
fn a_frame_of_sixty_four_mebibytes_is_refused_without_being_held_in_memory() {
    // Hazard: H43
    use crate::stranger::process::{Ports, Server};
    let folder = tempfile::tempdir().unwrap();
    let ports = Ports::free().unwrap();
    let arguments: Vec<String> = ["demo", "--no-simulation", "--data-dir"]
        .into_iter()
        .map(str::to_owned)
        .chain([folder.path().display().to_string()])
        .collect();
    let log = folder.path().join("log");
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_evenkeel"));
    let mut server = Server::start(program, &arguments, ports, &log).unwrap();
    server.wait_until_ready(Duration::from_secs(60)).unwrap();
    let peak = || -> u64 {
        let path = format!("/proc/{}/status", server.id());
        let text = std::fs::read_to_string(path).unwrap();
        let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let now = Moment::from_microseconds(crate::stranger::mllp::now() * 1_000);
    let mut neighbour = Line::open(ports.mllp);
    assert_eq!(
        neighbour
            .tell(spoken(NEIGHBOUR, "M0", now, None).as_bytes())
            .0,
        "CA"
    );
    let before = peak();
    let mut line = Line::open(ports.mllp);
    let head = spoken(KEY, "M1", now, None);
    line.send(&framed(head.as_bytes())[..head.len()]).unwrap();
    let chunk = vec![b'x'; 64 * 1024];
    for part in 0..1_024 {
        line.send(&chunk).unwrap();
        if part % 256 == 0 {
            let answer = neighbour.tell(spoken(NEIGHBOUR, "M2", now, None).as_bytes());
            assert_eq!(answer.0, "CA");
        }
    }
    line.send(&[0x1C, 0x0D]).unwrap();
    assert_eq!(line.answer().unwrap(), ("CE".to_owned(), "M1".to_owned()));
    let grown = peak() - before;
    assert!(grown < 16 * 1_024, "{grown} KiB more at the peak");
    // The connection is kept. Source: device reference §2.1, max frame.
    assert_eq!(line.tell(spoken(KEY, "M3", now, None).as_bytes()).0, "CA");
    let answer = crate::stranger::http::Connection::open(ports.http)
        .unwrap()
        .send(&get("/healthz", &[]))
        .unwrap();
    assert_eq!(answer.status, 200);
    server.kill().unwrap();
}

/// A label of this clinic, as it is printed.
fn code(house: &House, label: Label) -> String {
    let mark = house.wait_for(house.application().clinic_mark()).unwrap();
    label.code(mark.unwrap())
}

/// Two scans, one after the other; gives the last answer.
fn scan(nurse: &mut Person, labels: [&str; 2], more: &[(&str, &str)]) -> (u16, String) {
    let id = uuid::Uuid::new_v4().to_string();
    let mut fields = vec![
        ("command_id", id.as_str()),
        ("first", labels[0]),
        ("code", labels[1]),
    ];
    fields.extend_from_slice(more);
    let answer = nurse.send("/devices/scan", &fields);
    let to = answer.header("location").unwrap_or_default().to_owned();
    let text = if to.is_empty() { answer.text() } else { to };
    (answer.status, text)
}

fn serves(house: &House, device: DeviceId) -> Option<SessionId> {
    let located = house.application().devices.by_id(device).unwrap();
    let held = located.lock();
    held.device.session_now()
}

#[test]
fn two_scanned_labels_connect_a_monitor_and_every_other_pair_connects_nothing() {
    // Hazard: H01
    let house = House::demo();
    let (_, session) = house.ready_session("0090-001", "9");
    let (_, other) = house.ready_session("0090-002", "10");
    let device = house.device("0200E5FFFEAB0009", "Monitor 9", "philips-like");
    let mut nurse = house.person("nurse");
    let monitor = code(&house, Label::Monitor(device));
    let visit = code(&house, Label::Visit(session));
    let another = code(&house, Label::Visit(other));

    // The first label alone only asks for the second.
    let (status, text) = scan(&mut nurse, ["", &monitor], &[]);
    assert_eq!(
        (status, text.as_str()),
        (303, format!("/devices/scan?first={monitor}").as_str())
    );
    let page = nurse.page(&text).text();
    assert!(
        page.contains("Monitor 9") && page.contains("Now scan the person’s label"),
        "{page}"
    );
    assert_eq!(serves(&house, device), None);

    // Nonsense, another clinic's, a monitor and a visit that nobody knows, two monitors, two people.
    let elsewhere = Label::Visit(session).code(ClinicMark::of_seal(&[7; 32]));
    let unknown_visit = code(&house, Label::Visit(SessionId(uuid::Uuid::now_v7())));
    let unknown_monitor = code(&house, Label::Monitor(DeviceId(uuid::Uuid::now_v7())));
    for (labels, says) in [
        (
            [monitor.as_str(), "(01)00361414455014"],
            "not a label of a monitor",
        ),
        (
            [monitor.as_str(), elsewhere.as_str()],
            "Another clinic printed this label",
        ),
        ([monitor.as_str(), unknown_visit.as_str()], "not known here"),
        (
            [visit.as_str(), unknown_monitor.as_str()],
            "not registered here",
        ),
        (
            [monitor.as_str(), monitor.as_str()],
            "Two monitors were scanned",
        ),
        (
            [visit.as_str(), another.as_str()],
            "No monitor was scanned yet",
        ),
    ] {
        let (status, text) = scan(&mut nurse, labels, &[]);
        assert_eq!(status, 422, "{says}");
        assert!(text.contains(says), "{says}: {text}");
        assert_eq!(serves(&house, device), None);
    }

    // From one person's room, another person's label connects nothing.
    let from_room = session.to_string();
    let (status, text) = scan(&mut nurse, [&monitor, &another], &[("session", &from_room)]);
    assert_eq!(status, 422);
    assert!(text.contains("another person’s visit"), "{text}");
    assert_eq!(serves(&house, device), None);

    // Both, in either order.
    let (status, to) = scan(&mut nurse, [&visit, &monitor], &[("session", &from_room)]);
    assert_eq!((status, to), (303, format!("/sessions/{session}")));
    assert_eq!(serves(&house, device), Some(session));
    let located = house.application().devices.by_id(device).unwrap();
    let method = located.lock().device.current().unwrap().method.clone();
    assert_eq!(method, Some(Method::Scan));

    // It is taken from that person only knowingly.
    let (status, text) = scan(&mut nurse, [&monitor, &another], &[]);
    assert_eq!(status, 422);
    assert!(
        text.contains("serves another session") && text.contains("take_over"),
        "{text}"
    );
    assert_eq!(serves(&house, device), Some(session));
    let (status, _) = scan(&mut nurse, [&monitor, &another], &[("take_over", "yes")]);
    assert_eq!(status, 303);
    assert_eq!(serves(&house, device), Some(other));
}

#[test]
fn a_rooms_label_asks_for_two_identifiers_and_labels_are_printed() {
    // Hazard: H01
    let house = House::demo();
    let session = house.session_in("2");
    let device = house.device("0200E5FFFEAB0010", "Monitor 10", "philips-like");
    let mut nurse = house.person("nurse");
    let monitor = code(&house, Label::Monitor(device));
    let mark = house
        .wait_for(house.application().clinic_mark())
        .unwrap()
        .unwrap();
    let place = |name: &str| Label::Place(PlaceMark::of(mark, name)).code(mark);

    let (status, to) = scan(&mut nurse, [&monitor, &place("2")], &[]);
    let step = format!("/devices?associate={device}&session={session}");
    assert_eq!((status, to), (303, step.clone()));
    assert!(
        nurse
            .page(&step)
            .text()
            .contains("Confirmed at the bedside, at least two")
    );
    assert_eq!(serves(&house, device), None);
    let (status, text) = scan(&mut nurse, [&monitor, &place("no such room")], &[]);
    assert_eq!(status, 422);
    assert!(text.contains("closed or has another name"), "{text}");

    let labels = nurse.page("/devices/labels").text();
    assert!(
        labels.contains("Monitor 10") && labels.contains("<svg"),
        "labels"
    );
    let label = nurse.page(&format!("/sessions/{session}/label")).text();
    assert!(label.contains("MORENO") && label.contains("<svg"), "label");
}
