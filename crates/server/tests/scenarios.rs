//! Whole stories through the real server, checked at every hand-over: frames over TCP, acts by the
//! pages' own forms; then the acknowledgement, the stored events, the live tiles as data and as
//! page, FHIR by a program, and the signed record's text as another program reads it.
//!
//! Source of every expected value: the story's folder in `scenarios/`, reasoned there by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod page;
mod story;

use crate::house::events::Events;
use crate::house::line::Line;
use crate::house::{House, Person, json};
use crate::stranger::http::{Connection, encoded, get};
use clinical::course::session::{Command, SessionEvent};
use clinical::patient::PatientEvent;
use clinical::record::{
    Actor, CommandId, DeviceId, Envelope, EventId, Recorded, StaffId, StreamId,
};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use server::clock::Hand;
use server::command::{Order, execute};
use std::collections::HashMap;
use std::time::Duration;
use store::FrameState;
use story::{Asked, Expected, Notice, Printed, Searches, Step, Story, folder, frame, read};
use units::{Moment, Span};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(10);

/// A sign-in ends after an hour without a request; before that the teller signs in again.
const SIGNED_IN_FOR: Span = Span::from_minutes(50);

#[test]
fn one_infusion_is_the_same_story_at_every_hand_over() {
    // Hazard: H42
    Teller::new("one-infusion").tell();
}

#[test]
fn three_devices_to_discharge_are_the_same_story_at_every_hand_over() {
    // Hazard: H39, H21
    Teller::new("three-devices").tell();
}

#[test]
fn an_injection_to_discharge_is_the_same_story_at_every_hand_over() {
    // Hazard: H39, H42
    Teller::new("one-injection").tell();
}

#[test]
fn an_infusion_in_which_things_go_wrong_is_the_same_story_at_every_hand_over() {
    // Hazard: H42, H12
    Teller::new("two-troubles").tell();
}

/// Tells one story to one server.
struct Teller {
    name: &'static str,
    story: Story,
    zone: TimeZone,
    house: House,
    hand: Hand,
    line: Option<Line>,
    people: HashMap<String, (Person, Moment)>,
    device: Option<DeviceId>,
    released: bool,
    /// Entries by the names that the story gives them.
    named: HashMap<String, EventId>,
    /// The version up to which the stream has told.
    seen: u64,
    last_id: Option<String>,
}

impl Teller {
    fn new(name: &'static str) -> Self {
        let story: Story = read(&folder(name).join("steps.toml"));
        let zone = TimeZone::get(&story.zone).unwrap();
        let (house, hand) = House::telling(zone.clone(), story.step[0].at - Span::from_minutes(5));
        let teller = Self {
            name,
            zone,
            house,
            hand,
            line: None,
            people: HashMap::new(),
            device: None,
            released: false,
            named: HashMap::new(),
            seen: 0,
            last_id: None,
            story,
        };
        teller.register_patient();
        if teller.story.advisories {
            teller.house.limits_on();
        }
        teller
    }

    fn tell(mut self) {
        for number in 0..self.story.step.len() {
            self.connect_and_release(self.story.step[number].at);
            self.step(number);
        }
        self.fhir();
        self.printed();
    }

    fn now(&self) -> Moment {
        self.house.application().clock.now()
    }

    /// Time passes: what happens by itself each second happens at its end.
    fn pass_until(&self, moment: Moment) {
        self.hand.advance_to(moment);
        self.house.second();
    }

    fn step(&mut self, number: usize) {
        let step = &self.story.step[number];
        let (at, frame_name) = (step.at, step.frame.clone());
        self.pass_until(at);
        if let Some(name) = frame_name {
            self.send(&name, at, number);
        }
        if self.story.step[number].command.is_some() {
            self.act(number);
        }
        let step = &self.story.step[number];
        let new = self.recorded(&step.expect, at);
        self.check_events(step, &new);
        if let Some(name) = step.name.clone() {
            // What the clinic's rules did by themselves in that moment has no name.
            let charted = new
                .iter()
                .find(|one| !matches!(one.header.actor, Actor::System { .. }));
            self.named.insert(name, charted.unwrap().header.event_id);
        }
        self.check_room(number, &new);
    }

    // -------------------------------------------------------------- people

    fn register_patient(&self) {
        let who = &self.story.patient;
        let event = PatientEvent::PatientRegistered {
            patient: who.id,
            record_number: who.record_number.clone(),
            family_name: who.family_name.clone(),
            given_name: who.given_name.clone(),
            birth_date: who.birth_date,
            sex: who.sex,
        };
        let done = self.house.wait_for(server::patients::register(
            self.house.application(),
            CommandId(Uuid::now_v7()),
            crate::house::nurse(),
            who.id,
            vec![event],
            |_| EventId(Uuid::now_v7()),
            self.now(),
        ));
        done.unwrap();
    }

    /// What the story takes as given at the door: accepted by a prescriber, and agreed to today.
    fn admit(&self) {
        let (application, name) = (self.house.application(), "the patient");
        let patient = self.story.patient.id;
        let way = match self.command_of(&self.story.step[0]) {
            Command::PlanSession { order, .. } => (order.way.product, order.way.route),
            other => panic!("a story begins with a plan, not with {other:?}"),
        };
        let admitted = server::demo::admission::admit_for(application, patient, name, true, way);
        self.house.wait_for(admitted).unwrap();
    }

    /// Somebody of a role, signed in.
    fn person(&mut self, role: &str) -> &mut Person {
        let now = self.now();
        let (house, people) = (&self.house, &mut self.people);
        let known = people
            .get(role)
            .is_some_and(|(_, since)| now - *since < SIGNED_IN_FOR);
        if !known {
            people.insert(role.to_owned(), (house.person(role), now));
        }
        &mut self.people.get_mut(role).unwrap().0
    }

    fn page(&mut self, role: &str, query: &str) -> String {
        let path = format!("/sessions/{}{query}", self.story.session.id);
        let page = self.person(role).page(&path);
        assert_eq!(page.status, 200, "{path}");
        page.text()
    }

    // -------------------------------------------------------------- the monitor

    /// At the time the story says, the nurse connects the monitor, and takes it off again.
    fn connect_and_release(&mut self, until: Moment) {
        let associated_at = self.story.device.associated_at;
        if self.device.is_none() && associated_at <= until {
            self.pass_until(associated_at);
            self.connect();
        }
        if let Some(at) = self.story.device.released_at
            && !self.released
            && at <= until
        {
            self.pass_until(at);
            self.released = true;
            let device = self.device.unwrap();
            let id = Uuid::new_v4().to_string();
            let path = format!("/devices/{device}/disassociate");
            let answer = self.person("nurse").send(&path, &[("command_id", &id)]);
            assert_eq!(answer.header("location"), Some("/devices"));
            self.house.second();
        }
    }

    fn connect(&mut self) {
        let monitor = &self.story.device;
        let (key, name, profile) = (
            monitor.wire_key.clone(),
            monitor.name.clone(),
            monitor.profile.clone(),
        );
        let fields = [
            ("device_key", key.as_str()),
            ("name", name.as_str()),
            ("profile", profile.as_str()),
        ];
        let answer = self.person("nurse").send("/devices/register", &fields);
        assert_eq!(answer.header("location"), Some("/devices"));
        let located = self.house.application().devices.known(&key).unwrap();
        let device = located.lock().id.unwrap();
        let session = self.story.session.id.to_string();
        let patient = self.story.patient.id.to_string();
        let id = Uuid::new_v4().to_string();
        let fields = [
            ("command_id", id.as_str()),
            ("session", session.as_str()),
            ("patient", patient.as_str()),
            ("identifier", "full-name"),
            ("identifier", "birth-date"),
            ("live_value", "nothing-to-compare"),
        ];
        let path = format!("/devices/{device}/associate");
        let answer = self.person("nurse").send(&path, &fields);
        assert_eq!(answer.header("location"), Some("/devices"));
        self.device = Some(device);
    }

    /// Sends a frame over the socket, again and again where the story says so.
    fn send(&mut self, name: &str, at: Moment, number: usize) {
        let mut said = vec![at];
        if let Some(again) = &self.story.step[number].again {
            let every = Span::from_seconds(again.every_seconds);
            while *said.last().unwrap() + every <= again.until {
                said.push(*said.last().unwrap() + every);
            }
        }
        let mllp = self.house.mllp();
        let mut line = self.line.take().unwrap_or_else(|| Line::open(mllp));
        for now in said {
            self.pass_until(now);
            let bytes = frame(self.name, name, &self.zone, now);
            let (code, id) = line.tell(&bytes);
            let expected = &self.story.step[number].expect;
            assert_eq!(Some(code), expected.acknowledged, "{now}");
            assert_eq!(id, control_id(&bytes), "{now}");
            assert!(
                self.house.becomes(SOON, |house| !has_unread(house)),
                "{now}"
            );
            // The second of the frame: what has lasted long enough by then is noticed then.
            self.house.second();
        }
        self.line = Some(line);
    }

    // -------------------------------------------------------------- acts

    fn command_of(&self, step: &Step) -> Command {
        let mut table = step.command.clone().unwrap();
        if let Some(wrong) = &step.corrects {
            table.insert("entry".to_owned(), self.named[wrong].to_string().into());
        }
        let mut command: Command = table
            .try_into()
            .unwrap_or_else(|error| panic!("{}: {error}", step.at));
        if let Command::PlanSession { rules, .. } = &mut command {
            *rules = self.house.rules_without_the_room();
        }
        command
    }

    /// Fills in the form that the page offers, as a browser without scripts does.
    fn act(&mut self, number: usize) {
        let step = &self.story.step[number];
        let (at, role) = (step.at, step.by.clone().unwrap());
        let command = self.command_of(step);
        if matches!(command, Command::PlanSession { .. }) {
            return self.plan(command);
        }
        if matches!(command, Command::CheckIn { .. }) {
            self.admit();
        }
        let (act, typed) = page::filled_in(&command, &self.zone, at);
        let query = match &command {
            Command::CorrectEntry { entry, .. } => format!("?correct={entry}"),
            _ => String::new(),
        };
        let seen = self.page(&role, &query);
        let mut fields =
            page::form(&seen, act).unwrap_or_else(|| panic!("{at}: {role} sees no form “{act}”"));
        if let Command::AcknowledgeAdvisories { advisories } = &command {
            let offered: Vec<&str> = fields
                .iter()
                .filter(|(name, _)| name == "advisory")
                .map(|(_, value)| value.as_str())
                .collect();
            let wanted: Vec<String> = advisories.iter().map(u32::to_string).collect();
            assert_eq!(offered, wanted, "{at}");
        }
        fields.extend(typed);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let path = format!("/sessions/{}/acts", self.story.session.id);
        let answer = self
            .person(&role)
            .post(&path, &[("accept", "application/json")], &fields);
        let body = json(&answer);
        let expected = &self.story.step[number].expect;
        match &expected.refused {
            None => assert_eq!(answer.status, 200, "{at}: {body}"),
            Some(kind) => {
                assert_eq!((kind.as_str(), answer.status), ("gate-closed", 409), "{at}");
                assert_eq!(unmet(&body["verdict"]), expected.unmet, "{at}");
            }
        }
    }

    /// No page plans a visit yet: the command is given to the server directly.
    fn plan(&self, command: Command) {
        let order = Order {
            command_id: CommandId(Uuid::now_v7()),
            session: self.story.session.id,
            actor: Actor::Person {
                id: StaffId(Uuid::from_u128(12)),
                name: "Dr Petra Ivanova".to_owned(),
                role: clinical::record::Role::Prescriber,
            },
            command,
            at: None,
        };
        let application = self.house.application();
        self.house.wait_for(execute(application, order)).unwrap();
        let session = self.house.session(self.story.session.id);
        self.house
            .wait_for(server::patients::expect(application, &session))
            .unwrap();
    }

    // -------------------------------------------------------------- the record

    /// The events that follow a step, in order of their versions, as they are stored.
    fn recorded(&self, expected: &Expected, at: Moment) -> Vec<Envelope> {
        let wanted = expected.events.len() + expected.notices.len();
        let stored = || {
            let application = self.house.application();
            let stream = StreamId::session(self.story.session.id);
            let read = application
                .store
                .stream(application.tenant, stream, self.seen);
            self.house.wait_for(read).unwrap()
        };
        self.house.becomes(SOON, |_| stored().len() >= wanted);
        let stored = stored();
        let names: Vec<&str> = stored.iter().map(|one| one.header.kind.as_str()).collect();
        assert_eq!(names.len(), wanted, "{at}: {names:?}");
        stored
    }

    /// What each event says, when it happened, when it was recorded, and by whom.
    fn check_events(&self, step: &Step, stored: &[Envelope]) {
        let at = step.at;
        let mut notices = step.expect.notices.iter();
        let mut events = step.expect.events.iter().enumerate();
        for envelope in stored {
            let event = SessionEvent::read(envelope).unwrap();
            let found = serde_json::to_value(&event).unwrap();
            let header = &envelope.header;
            if matches!(&header.actor, Actor::System { .. }) {
                let notice = notices.next().unwrap_or_else(|| panic!("{at}: {found}"));
                check_notice(notice, envelope, &found);
                continue;
            }
            let (place, name) = events.next().unwrap_or_else(|| panic!("{at}: {found}"));
            assert_eq!(&header.kind, name, "{at}");
            if let Some(holds) = step.expect.holds.get(place) {
                assert_holds(&found, holds, at);
            }
            match (&step.expect.charted, &header.actor) {
                (Some(charted), Actor::Device { name }) => {
                    assert_eq!(name, &self.story.device.wire_key, "{at}");
                    assert_eq!(header.occurred_at, charted.at, "{at}");
                    let SessionEvent::VitalSignsCharted { values, timing, .. } = event else {
                        panic!("{at}: a device charted {found}")
                    };
                    assert_eq!(values, charted.values, "{at}");
                    let timing = timing.unwrap();
                    assert_eq!(timing.device, charted.at, "{at}");
                    assert_eq!(timing.received, header.recorded_at, "{at}");
                    assert_eq!(timing.corrected, charted.at, "{at}");
                }
                (_, Actor::Person { role, .. }) => {
                    assert_eq!(Some(role.word()), step.by.as_deref(), "{at}");
                    assert_eq!((header.occurred_at, header.recorded_at), (at, at));
                    self.check_as_wanted(step, &found);
                }
                (_, actor) => panic!("{at}: {actor:?}: {found}"),
            }
        }
        assert!(notices.next().is_none(), "{at}: a notice is missing");
        assert!(events.next().is_none(), "{at}: an event is missing");
    }

    /// Whatever a command and its event both say, they say alike.
    fn check_as_wanted(&self, step: &Step, found: &Value) {
        let command = serde_json::to_value(self.command_of(step)).unwrap();
        for (name, wanted) in command.as_object().unwrap() {
            if let Some(said) = found.get(name) {
                assert_eq!(said, wanted, "{}: {name}", step.at);
            }
        }
    }

    // -------------------------------------------------------------- the room

    /// What the room shows right after a step: by the stream, resumed where it was left, and by
    /// the page.
    fn check_room(&mut self, number: usize, new: &[Envelope]) {
        let at = self.now();
        // What a rule wrote beside this thread is in the store a moment before it is in the room.
        let (session, version) = (self.story.session.id, self.seen + new.len() as u64);
        let is_there = |house: &House| house.session(session).version == version;
        assert!(self.house.becomes(SOON, is_there), "{at}");
        let path = format!("/sessions/{}/live", self.story.session.id);
        let cookie = self.person("nurse").cookie.clone();
        let after = self.last_id.clone();
        // The first viewer comes with the first entry: it resumes before all of them.
        let after = after.unwrap_or_else(|| "0.0".to_owned());
        let mut stream = Events::open(self.house.http(), &path, &cookie, Some(&after));
        let mut told = Vec::new();
        let shown = stream.until(SOON, |event| {
            if event.kind == "entry" {
                told.push(event.data.clone());
            }
            event.kind == "tiles"
        });
        self.last_id.clone_from(&stream.last_id);
        drop(stream);
        assert_eq!(shown.data["at"], at.milliseconds());
        let wanted: Vec<Value> = new
            .iter()
            .map(|envelope| {
                let header = &envelope.header;
                serde_json::json!({
                    "version": header.stream_version,
                    "kind": header.kind,
                    "at": header.occurred_at.milliseconds(),
                })
            })
            .collect();
        assert_eq!(told, wanted, "{at}");
        self.seen += new.len() as u64;
        let page = self.page("nurse", "");
        let expected = &self.story.step[number].expect;
        check_tiles(expected, &shown.data, &page, at);
    }

    // -------------------------------------------------------------- out of the house

    fn fhir(&self) {
        let asked: Searches = read(&folder(self.name).join("fhir.toml"));
        let bearer = format!("Bearer {}", self.house.token());
        let mut connection = Connection::open(self.house.http()).unwrap();
        for asked in &asked.search {
            let query = asked.query.replace('|', &encoded("|")).replace('+', "%2B");
            let path = format!("/fhir/{}?{query}", asked.kind);
            let headers = [("authorization", bearer.as_str())];
            let answer = connection.send(&get(&path, &headers)).unwrap();
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            check_search(asked, &json(&answer));
        }
    }

    fn printed(&mut self) {
        let path = format!("/sessions/{}/record.pdf", self.story.session.id);
        let answer = self.person("auditor").page(&path);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
        let folder_of_pdf = tempfile::tempdir().unwrap();
        let file = folder_of_pdf.path().join("record.pdf");
        std::fs::write(&file, &answer.body).unwrap();
        let read_by = std::process::Command::new("pdftotext")
            .arg(&file)
            .arg("-")
            .output()
            .expect("pdftotext is missing; install poppler-utils");
        assert!(read_by.status.success());
        let text = String::from_utf8(read_by.stdout).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let printed: Printed = read(&folder(self.name).join("pdf.toml"));
        for has in &printed.has {
            assert!(text.contains(has.as_str()), "“{has}” is not in: {text}");
        }
        for has_not in &printed.has_not {
            assert!(
                !text.contains(has_not.as_str()),
                "“{has_not}” is in: {text}"
            );
        }
    }
}

/// True while a frame is acknowledged and what it means is not in the record yet: the clock must
/// not move before.
fn has_unread(house: &House) -> bool {
    let application = house.application();
    let unread = FrameState::Unread;
    let frames = application
        .store
        .frames_in(application.tenant, unread, None, 1);
    !house.wait_for(frames).unwrap().is_empty()
}

/// MSH-10 of a message.
fn control_id(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.split('|').nth(9).unwrap().to_owned()
}

fn unmet(verdict: &Value) -> Vec<String> {
    let findings = verdict["findings"].as_array().unwrap();
    findings
        .iter()
        .filter(|finding| finding["outcome"] != "met")
        .map(|finding| finding["requirement"].as_str().unwrap().to_owned())
        .collect()
}

fn check_notice(notice: &Notice, envelope: &Envelope, found: &Value) {
    let at = notice.at;
    assert_eq!(envelope.header.kind, notice.event(), "{at}: {found}");
    assert_eq!(envelope.header.occurred_at, at, "{found}");
    let found = match notice.event() {
        "AdvisoryRaised" => {
            let mut flat = found["notice"].clone();
            flat["raised"] = found["advisory"].clone();
            flat
        }
        _ => {
            let mut flat = found.clone();
            flat["resolved"] = found["advisory"].clone();
            flat["escalated"] = found["advisory"].clone();
            flat
        }
    };
    assert_holds(&found, &notice.holds, at);
}

/// Every named field is there with the named value; moments are compared as moments.
fn assert_holds(found: &Value, holds: &Map<String, Value>, at: Moment) {
    for (name, wanted) in holds {
        let said = &found[name];
        let moments = |value: &Value| value.as_str().and_then(|text| Moment::parse(text).ok());
        match (moments(said), moments(wanted)) {
            (Some(said), Some(wanted)) => assert_eq!(said, wanted, "{at}: {name}"),
            _ => assert_eq!(said, wanted, "{at}: {name} in {found}"),
        }
    }
}

fn check_tiles(expected: &Expected, live: &Value, page: &str, at: Moment) {
    if let Some(feed) = &expected.feed {
        assert_eq!(&live["feed"], feed, "{at}");
        assert!(page.contains(&format!("data-feed=\"{feed}\"")), "{at}");
    }
    if let Some(says) = &expected.feed_says {
        assert_eq!(&live["feed_says"], says, "{at}");
        assert!(page.contains(says.as_str()), "{at}: {says}");
    }
    if let Some(delivered) = &expected.delivered {
        assert_holds(&live["delivered"], delivered, at);
        for (name, mark) in [
            ("mg", "dose-mg"),
            ("mg_per_kg", "dose-mg-per-kg"),
            ("rate", "dose-rate"),
        ] {
            let shown = page::inside(page, &format!("id=\"{mark}\"")).unwrap();
            assert_eq!(
                Some(&Value::from(shown)),
                delivered.get(name),
                "{at}: {name}"
            );
        }
    }
    for wanted in &expected.tiles {
        let sign = wanted["sign"].as_str().unwrap();
        let tiles = live["tiles"].as_array().unwrap();
        let found = tiles.iter().find(|tile| tile["sign"] == sign).unwrap();
        assert_holds(found, wanted, at);
        let shown = page::tile(page, sign).unwrap();
        for (name, shown) in [
            ("state", shown.state),
            ("text", shown.text),
            ("says", shown.says),
        ] {
            if let Some(wanted) = wanted.get(name) {
                assert_eq!(
                    &Value::from(shown),
                    wanted,
                    "{at}: {sign} {name} on the page"
                );
            }
        }
    }
}

fn check_search(asked: &Asked, bundle: &Value) {
    let none = Vec::new();
    let entries = bundle["entry"].as_array().unwrap_or(&none);
    let what = format!("{} {}", asked.kind, asked.query);
    assert_eq!(entries.len(), asked.count, "{what}: {bundle}");
    for fragment in &asked.fragments {
        let found = entries[0]["resource"]
            .pointer(&fragment.at)
            .unwrap_or_else(|| panic!("{what}: no {}", fragment.at));
        if let Some(is) = &fragment.is {
            assert_eq!(found, is, "{what} {}", fragment.at);
        }
        if let Some(number) = &fragment.number {
            assert_eq!(&found.to_string(), number, "{what} {}", fragment.at);
        }
    }
}
