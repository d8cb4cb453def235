//! Nothing ever crosses sessions: a model beside the real server, under random interleavings of
//! staff, tablets, monitors and sessions.
//!
//! The model is a table: which monitor serves which session now, and which marks were given to
//! whom. Each number that a monitor sends and each word that a person writes is used once, so that
//! wherever it turns up, whose it is can be told. Source of the expected answers: the model.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::line::Line;
use crate::house::{Hand, House, Person, json};
use crate::stranger::mllp::{Numbers, message};
use clinical::course::session::{Command, SessionEvent};
use clinical::device::{DeviceCommand, Method};
use clinical::record::{CommandId, DeviceId, SessionId};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use server::devices::DeviceOrder;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use units::{Moment, Span};
use uuid::Uuid;

const ROOMS: usize = 3;
const CASES: u32 = 12;
const SOON: Duration = Duration::from_secs(10);

/// What somebody or something does next.
#[derive(Clone, Debug)]
enum Step {
    /// A monitor sends its numbers; every third with a new cuff cycle.
    Speak(usize),
    /// Staff let a monitor serve a session, whomever it served before.
    Serve(usize, usize),
    /// Staff let a monitor serve nobody.
    Release(usize),
    /// A nurse writes a note in a session.
    Note(usize),
    /// A form that was filled in for one session reaches another.
    WrongForm(usize, usize),
    /// The newest reading of a session is marked as an artefact.
    Artefact(usize),
    /// The infusion ends.
    Stop(usize),
    /// A tablet shows a session.
    Look(usize),
    /// The board is shown.
    Board,
    /// Seconds pass, and what happens by itself happens.
    Wait(i64),
    /// The live side of a session is lost, as by a restart.
    Restart(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let room = 0..ROOMS;
    prop_oneof![
        6 => room.clone().prop_map(Step::Speak),
        2 => (room.clone(), room.clone()).prop_map(|(one, other)| Step::Serve(one, other)),
        1 => room.clone().prop_map(Step::Release),
        3 => room.clone().prop_map(Step::Note),
        2 => (room.clone(), room.clone()).prop_map(|(one, other)| Step::WrongForm(one, other)),
        1 => room.clone().prop_map(Step::Artefact),
        1 => room.clone().prop_map(Step::Stop),
        3 => room.clone().prop_map(Step::Look),
        1 => Just(Step::Board),
        3 => (1_i64..200).prop_map(Step::Wait),
        1 => room.prop_map(Step::Restart),
    ]
}

/// Whose each mark is.
struct Model {
    /// Which session each monitor serves.
    serves: [Option<usize>; ROOMS],
    /// Pressures that were sent to each session.
    pressures: BTreeMap<usize, BTreeSet<u32>>,
    /// Notes of each session.
    notes: BTreeMap<usize, BTreeSet<String>>,
    /// Heart rates that were sent to each session.
    rates: BTreeMap<usize, BTreeSet<u32>>,
}

struct World<'a> {
    house: &'a House,
    hand: &'a Hand,
    nurse: Person,
    sessions: [SessionId; ROOMS],
    numbers: [String; ROOMS],
    devices: [DeviceId; ROOMS],
    keys: [String; ROOMS],
    lines: [Line; ROOMS],
    model: Model,
    count: u32,
    sent: u32,
}

impl<'a> World<'a> {
    fn new(house: &'a House, hand: &'a Hand, case: u32) -> Self {
        let at = house.application().clock.now();
        let numbers = [0, 1, 2].map(|room| format!("{:04}-{}", 1_000 + case, 100 + room));
        let mut room = 0;
        let sessions = numbers.clone().map(|number| {
            room += 1;
            let (_, session) = house.ready_session(&number, &format!("{case}/{room}"));
            let start = Command::StartInfusion {
                override_reason: None,
                second_clinician: None,
            };
            house.tell(session, at, start).unwrap();
            session
        });
        let keys = [0, 1, 2].map(|room| format!("0200E5FF{:04}{room:04}", case));
        let devices = keys
            .clone()
            .map(|key| house.device(&key, &format!("Monitor {key}"), "generic-pcd01"));
        let lines = [0, 1, 2].map(|_| Line::open(house.mllp()));
        Self {
            house,
            hand,
            nurse: house.person("nurse"),
            sessions,
            numbers,
            devices,
            keys,
            lines,
            model: Model {
                serves: [None; ROOMS],
                pressures: BTreeMap::new(),
                notes: BTreeMap::new(),
                rates: BTreeMap::new(),
            },
            count: 0,
            sent: 0,
        }
    }

    fn now(&self) -> Moment {
        self.house.application().clock.now()
    }

    fn present(&self, room: usize) -> bool {
        self.house.session(self.sessions[room]).stage.is_present()
    }

    fn does(&mut self, step: &Step) {
        match step {
            Step::Speak(device) => self.speak(*device),
            Step::Serve(device, room) => self.serve(*device, *room),
            Step::Release(device) => {
                self.house.release(self.devices[*device]);
                self.model.serves[*device] = None;
            }
            Step::Note(room) => {
                self.count += 1;
                let text = format!("mark-{}-{}", self.numbers[*room], self.count);
                let fields = [("act", "note"), ("text", text.as_str())];
                let session = self.sessions[*room];
                let status = self.nurse.act(self.house, session, &fields).status;
                assert_eq!(status, 200, "{text}");
                self.model.notes.entry(*room).or_default().insert(text);
            }
            Step::WrongForm(of, to) if of != to => self.wrong_form(*of, *to),
            Step::WrongForm(..) => {}
            Step::Artefact(room) => {
                let session = self.house.session(self.sessions[*room]);
                let newest = session.entries.iter().rev().find(|entry| {
                    entry
                        .vital_signs()
                        .is_some_and(|values| values.systolic.is_some())
                });
                if let Some(entry) = newest.map(|entry| entry.event_id.to_string()) {
                    let reading = format!("{entry} systolic");
                    let fields = [
                        ("act", "artefact"),
                        ("reading", reading.as_str()),
                        ("cause", "movement"),
                    ];
                    let session = self.sessions[*room];
                    let status = self.nurse.act(self.house, session, &fields).status;
                    assert_eq!(status, 200);
                }
            }
            Step::Stop(room) => {
                let fields = [("act", "stop"), ("why", "completed"), ("note", "")];
                let session = self.sessions[*room];
                self.nurse.act(self.house, session, &fields);
            }
            Step::Look(room) => self.look(*room),
            Step::Board => {
                let board = self.nurse.page("/board").text();
                // Rows stand one after the other: each holds its own person's marks alone.
                assert!(!board.contains("mark-"));
            }
            Step::Wait(seconds) => {
                self.hand
                    .advance_to(self.now() + Span::from_seconds(*seconds));
                self.house.second();
            }
            Step::Restart(room) => self.house.application().live.forget(self.sessions[*room]),
        }
        self.holds();
    }

    /// A frame with a heart rate and a pressure that no other frame of this run has.
    fn speak(&mut self, device: usize) {
        self.sent += 1;
        // Each frame and each cuff cycle at a time of its own.
        self.hand.advance_to(self.now() + Span::from_seconds(2));
        // Plausible, and each once in a run: 90 to 239.
        let mark = 90 + self.sent % 150;
        let at = self.now();
        let cuff = self
            .sent
            .is_multiple_of(3)
            .then(|| (mark, 55, at.milliseconds()));
        let numbers = Numbers {
            heart_rate: mark,
            saturation: 97,
            respiratory_rate: 14,
            cuff,
            twelve: false,
            temperature_tenths: 367,
        };
        let id = format!("S{}", self.sent);
        let text = message(&self.keys[device], &id, at.milliseconds(), &numbers);
        assert_eq!(self.lines[device].tell(text.as_bytes()).0, "CA");
        let Some(room) = self.model.serves[device] else {
            return;
        };
        self.model.rates.entry(room).or_default().insert(mark);
        if cuff.is_some() && self.present(room) {
            self.model.pressures.entry(room).or_default().insert(mark);
            let session = self.sessions[room];
            let charted = |house: &House| charted(house, session).contains(&mark);
            assert!(self.house.becomes(SOON, charted), "{mark} in {room}");
        }
    }

    fn serve(&mut self, device: usize, room: usize) {
        if !self.present(room) {
            return;
        }
        self.hand.advance_to(self.now() + Span::from_seconds(1));
        let known = self.house.session(self.sessions[room]);
        let order = DeviceOrder {
            command_id: CommandId(Uuid::now_v7()),
            device: self.devices[device],
            actor: crate::house::nurse(),
            command: DeviceCommand::AssociateDevice {
                room: known.room.clone(),
                session: Some(self.sessions[room]),
                method: Method::Scan,
                take_over: true,
            },
            at: None,
        };
        let application = self.house.application();
        if self
            .house
            .wait_for(server::devices::execute(application, order))
            .is_err()
        {
            return;
        }
        self.model.serves[device] = Some(room);
    }

    /// The form names one person, its address another session.
    fn wrong_form(&mut self, of: usize, to: usize) {
        self.count += 1;
        let patient = self.house.session(self.sessions[of]).patient.unwrap();
        let (id, of_session) = (Uuid::new_v4().to_string(), self.sessions[of].to_string());
        let (patient, text) = (patient.to_string(), format!("wrong-{}", self.count));
        let fields = [
            ("command_id", id.as_str()),
            ("session", of_session.as_str()),
            ("patient", patient.as_str()),
            ("act", "note"),
            ("text", text.as_str()),
        ];
        let path = format!("/sessions/{}/acts", self.sessions[to]);
        let answer = self.nurse.send(&path, &fields);
        assert_ne!(answer.status, 200, "{}", answer.text());
    }

    /// What a tablet gets of one session: its own marks and nobody else's.
    fn look(&mut self, room: usize) {
        let path = format!("/sessions/{}/fragments", self.sessions[room]);
        let parts = json(&self.nurse.page(&path));
        let text = parts.to_string();
        assert!(text.contains(&self.numbers[room]));
        for other in (0..ROOMS).filter(|other| *other != room) {
            assert!(!text.contains(&self.numbers[other]), "{other} in {room}");
            assert!(!text.contains(&self.sessions[other].to_string()));
        }
        let tiles = parts["tiles"].as_str().unwrap();
        let shown = between(tiles, "data-sign=\"heart-rate\"", "tile-text\">", "<");
        if let Ok(rate) = shown.parse::<u32>() {
            let own = self.model.rates.get(&room);
            // 70 is the baseline by hand of every session.
            assert!(
                rate == 70 || own.is_some_and(|own| own.contains(&rate)),
                "{rate} in {room}: {own:?}"
            );
        }
    }

    /// What must hold of every record after every step.
    fn holds(&self) {
        for room in 0..ROOMS {
            let session = self.house.session(self.sessions[room]);
            let own = self.model.pressures.get(&room).cloned().unwrap_or_default();
            let charted = charted(self.house, self.sessions[room]);
            assert!(
                charted.is_subset(&own),
                "room {room}: {charted:?} charted, {own:?} sent"
            );
            let notes: BTreeSet<String> = session
                .entries
                .iter()
                .filter_map(|entry| match &entry.event {
                    SessionEvent::NoteWritten { text } => Some(text.clone()),
                    _ => None,
                })
                .collect();
            let written = self.model.notes.get(&room).cloned().unwrap_or_default();
            assert_eq!(notes, written, "room {room}");
        }
    }
}

/// Systolic pressures that a device charted in a session.
fn charted(house: &House, session: SessionId) -> BTreeSet<u32> {
    house
        .session(session)
        .entries
        .iter()
        .filter_map(|entry| match &entry.event {
            SessionEvent::VitalSignsCharted {
                values,
                timing: Some(_),
                ..
            } => values.systolic?.value().try_into().ok(),
            _ => None,
        })
        .collect()
}

fn between<'t>(text: &'t str, after: &str, from: &str, to: &str) -> &'t str {
    let start = text.find(after).unwrap_or(0);
    let text = &text[start..];
    let start = text.find(from).map_or(0, |found| found + from.len());
    let text = &text[start..];
    &text[..text.find(to).unwrap_or(0)]
}

#[test]
fn nothing_ever_crosses_sessions_whatever_staff_tablets_and_monitors_do() {
    // Hazard: H01, H02
    let begin = Moment::parse("2026-11-24T08:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, begin);
    house.limits_on();
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        // A world cannot be told again with fewer steps: its clock only goes forward.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    });
    let mut case = 0;
    let case = &mut case;
    let told = std::cell::RefCell::new(case);
    runner
        .run(&prop::collection::vec(step(), 20..60), |steps| {
            let number = {
                let mut told = told.borrow_mut();
                **told += 1;
                **told
            };
            let mut world = World::new(&house, &hand, number);
            for step in &steps {
                world.does(step);
            }
            for room in 0..ROOMS {
                world.look(room);
            }
            Ok(())
        })
        .unwrap();
}
