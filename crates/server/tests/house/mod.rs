//! A whole demo clinic inside the test's own process: real sockets, no simulated monitors.
//!
//! The server runs on a runtime of its own; the tests are strangers to it and wait on sockets as
//! any browser or monitor does. Where a test must set something up that no page offers, it uses
//! the server's own pieces through [`House::application`].
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each user of this module needs another part of it"
)]

pub mod door;
pub mod events;
pub mod going_home;
pub mod line;
pub mod staff;

use crate::stranger::http::{Answer, Connection, get, post};
use clinical::clinic::ClinicEvent;
use clinical::course::session::{
    Alongside, Answer as Fasting, Command, FastingAnswers, Grounds, Identifier, Line as Checked,
    MonitorEvidence, Monitoring, Order as DrugOrder, Papers, Session, SessionEvent, VitalSigns,
    Way,
};
use clinical::device::{DeviceCommand, EndReason, Method};
use clinical::patient::{PatientEvent, Sex};
use clinical::policy::RulesInForce;
use clinical::record::{
    Actor, CommandId, DeviceId, EventId, PatientId, Recorded, Role, SessionId, StaffId, StreamId,
};
use clinical::vital_signs::Source;
use server::application::Application;
use server::clock::Clock;
pub use server::clock::Hand;
use server::command::{Circumstances, Order, execute_in};
use server::configuration::Configuration;
use server::demo::{self, Credentials, Demo};
use server::devices::{self, DeviceOrder};
use server::serve::{self, Running};
use server::web::respond::Refused;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use units::{
    Decimal, Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour,
    MillimetresOfMercury, Moment, Span,
};
use uuid::Uuid;

/// The clinic.
pub struct House {
    /// Its accounts, rooms and addresses; empty where no demo was opened.
    pub credentials: Option<Credentials>,
    running: Option<Running>,
    runtime: Runtime,
    folder: TempDir,
}

fn here() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

impl House {
    /// The demo clinic of four rooms, one account for each role, one program.
    pub fn demo() -> Self {
        Self::demo_by(Clock::start(), jiff::tz::TimeZone::UTC)
    }

    /// The same by another clock, in another zone.
    pub fn demo_by(clock: Clock, zone: jiff::tz::TimeZone) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
        let demo = Demo {
            data_dir: folder.path().to_owned(),
            store: None,
            http: here(),
            mllp: here(),
            seed: 7,
            simulation: false,
            past_sessions: 0,
            zone,
            clock,
        };
        let (running, credentials) = runtime.block_on(demo::open(&demo)).unwrap();
        Self {
            credentials: Some(credentials),
            running: Some(running),
            runtime,
            folder,
        }
    }

    /// A clinic in which nothing has happened yet.
    pub fn empty(change: impl FnOnce(&mut Configuration)) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
        let store = format!("sqlite:{}", folder.path().join("evenkeel.db").display());
        let mut configuration = Configuration::new(store, here(), here());
        change(&mut configuration);
        let running = runtime.block_on(serve::start(configuration)).unwrap();
        Self {
            credentials: None,
            running: Some(running),
            runtime,
            folder,
        }
    }

    /// The same with one account for each role and one program.
    pub fn staffed(change: impl FnOnce(&mut Configuration)) -> Self {
        let mut house = Self::empty(change);
        house.credentials = Some(house.wait_for(staff::appoint(house.application())));
        house
    }

    /// A clinic of this zone at this moment, with its people; and the hand of its clock, which
    /// stands until it is moved.
    pub fn telling(zone: jiff::tz::TimeZone, at: Moment) -> (Self, Hand) {
        let (clock, hand) = Clock::starting_at(at);
        let house = Self::staffed(|configuration| {
            configuration.clock = clock;
            configuration.zone = zone;
        });
        (house, hand)
    }

    /// What happens by itself each second, once, at the moment of the clock.
    pub fn second(&self) {
        self.wait_for(server::jobs::once(self.application()));
    }

    /// Where its data are kept.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// The server's own pieces.
    pub fn application(&self) -> &Arc<Application> {
        &self.running().application
    }

    /// Where pages and FHIR are served.
    pub fn http(&self) -> SocketAddr {
        self.running().http
    }

    /// Where monitors connect.
    pub fn mllp(&self) -> SocketAddr {
        self.running().mllp
    }

    /// Runs something of the server to its end.
    pub fn wait_for<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Stops the server as the operating system's request does; waits until it has stopped.
    pub fn stop(&mut self) {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.stop()).unwrap();
    }

    /// Stops the server as a power cut does: what runs is broken off wherever it stands.
    pub fn dies(&mut self) {
        let running = self.running.take().unwrap();
        let old = std::mem::replace(&mut self.runtime, runtime());
        old.shutdown_timeout(Duration::from_secs(10));
        drop(running);
    }

    /// Begins something, and stops so a moment later.
    pub fn dies_during(
        &mut self,
        work: impl Future<Output = ()> + Send + 'static,
        after: Duration,
    ) {
        self.runtime.spawn(work);
        std::thread::sleep(after);
        self.dies();
    }

    /// Starts the server again on what it has written, by a clock that goes on where the old one
    /// stood.
    pub fn start_again(&mut self, clock: Clock) {
        self.start_again_as(|configuration| configuration.clock = clock);
    }

    /// The same, set up in another way.
    pub fn start_again_as(&mut self, change: impl FnOnce(&mut Configuration)) {
        let store = format!(
            "sqlite:{}",
            self.folder.path().join("evenkeel.db").display()
        );
        let mut configuration = Configuration::new(store, here(), here());
        configuration.zone = jiff::tz::TimeZone::UTC;
        change(&mut configuration);
        self.running = Some(self.runtime.block_on(serve::start(configuration)).unwrap());
    }

    /// The session in a room of the demo.
    pub fn session_in(&self, room: &str) -> SessionId {
        let rooms = &self.credentials.as_ref().unwrap().rooms;
        let found = rooms.iter().find(|known| known.room == room).unwrap();
        found.session_id.parse().unwrap()
    }

    /// A session as last committed; none that was never planned.
    pub fn session_if_any(&self, id: SessionId) -> Option<Arc<Session>> {
        self.wait_for(self.application().sessions.session(id))
            .unwrap()
    }

    /// A session as last committed.
    pub fn session(&self, id: SessionId) -> Arc<Session> {
        let found = self.wait_for(self.application().sessions.session(id));
        found.unwrap().unwrap()
    }

    /// Vital signs that a device charted in a session: when, and what.
    pub fn charted_by_device(&self, id: SessionId) -> Vec<(Moment, VitalSigns)> {
        let by_device = |event: &SessionEvent| match event {
            SessionEvent::VitalSignsCharted {
                source: Source::Device { .. },
                values,
                ..
            } => Some(values.clone()),
            _ => None,
        };
        self.session(id)
            .entries
            .iter()
            .filter_map(|entry| Some((entry.occurred_at, by_device(&entry.event)?)))
            .collect()
    }

    /// Waits until something is so, for at most this long; says whether it became so.
    pub fn becomes(&self, within: Duration, is: impl Fn(&Self) -> bool) -> bool {
        let until = Instant::now() + within;
        loop {
            if is(self) {
                return true;
            }
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The first account of a role, signed in.
    pub fn person(&self, role: &str) -> Person {
        let users = &self.credentials.as_ref().unwrap().users;
        let user = users.iter().find(|user| user.role == role).unwrap();
        Person::sign_in(self.http(), &user.username, &user.password)
    }

    /// A program's token for all scopes.
    pub fn token(&self) -> String {
        let client = &self.credentials.as_ref().unwrap().fhir_client;
        let answer = self.anyone(&post(
            "/oauth/token",
            &[],
            &[
                ("grant_type", "client_credentials"),
                ("client_id", &client.client_id),
                ("client_secret", &client.client_secret),
            ],
        ));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A request by nobody in particular.
    pub fn anyone(&self, request: &[u8]) -> Answer {
        Connection::open(self.http())
            .unwrap()
            .send(request)
            .unwrap()
    }

    /// A person, registered; a session planned for now, checked in, identified, timed out, with
    /// a baseline by hand: nothing but the monitor stands between it and its start.
    pub fn ready_session(&self, number: &str, room: &str) -> (PatientId, SessionId) {
        self.ready_session_under(self.rules_without_the_room(), number, room)
    }

    /// The same under these rules; none: those in force.
    pub fn ready_session_under(
        &self,
        rules: Vec<RulesInForce>,
        number: &str,
        room: &str,
    ) -> (PatientId, SessionId) {
        let now = self.application().clock.now();
        let patient = self.register(number, now - Span::from_hours(2));
        let admitted =
            server::demo::admission::admit(self.application(), patient, "Rosa Quill", true);
        self.wait_for(admitted).unwrap();
        let session = SessionId(Uuid::now_v7());
        let minutes = Span::from_minutes;
        let plan = Command::PlanSession {
            patient,
            room: room.to_owned(),
            planned_for: now,
            earlier_sessions: 1,
            order: order(),
            rules,
        };
        let check_in = Command::CheckIn {
            fasting: FastingAnswers {
                clear_liquid: Fasting::Is(now - Span::from_hours(4)),
                light_meal: Fasting::NoneSuch,
                heavy_meal: Fasting::Is(now - Span::from_hours(20)),
            },
            escort: Some("Sam Lee".to_owned()),
        };
        let identify = Command::ConfirmIdentity {
            identifiers: vec![Identifier::FullName, Identifier::BirthDate],
        };
        let pressure = |value: i64| MillimetresOfMercury::new(Decimal::from(value)).ok();
        let baseline = Command::ChartVitalSigns {
            values: VitalSigns {
                systolic: pressure(122),
                diastolic: pressure(76),
                heart_rate: units::BeatsPerMinute::new(Decimal::from(70)).ok(),
                respiratory_rate: units::BreathsPerMinute::new(Decimal::from(14)).ok(),
                oxygen_saturation: units::OxygenSaturation::new(Decimal::from(98)).ok(),
                ..VitalSigns::default()
            },
            source: Source::Hand,
            timing: None,
        };
        let time_out = Command::CompleteTimeOut {
            lines: Checked::ALL.to_vec(),
            monitoring: Monitoring::Monitor,
        };
        for (ago, command) in [
            (minutes(60), plan),
            (minutes(20), check_in),
            (minutes(19), identify),
            (minutes(5), baseline),
            (minutes(2), time_out),
        ] {
            self.tell(session, now - ago, command).unwrap();
        }
        (patient, session)
    }

    /// The rules in force but those of the room and the patient's signal, which have a test of
    /// their own: a session keeps the rules with which it was planned.
    pub fn rules_without_the_room(&self) -> Vec<RulesInForce> {
        let all = self.application().rules().in_force();
        all.into_iter()
            .filter(|rules| {
                !["patient-signal", "programme-esketamine"].contains(&rules.policy.as_str())
                    && !rules.policy.starts_with("room-ready")
            })
            .collect()
    }

    /// Registers an invented person with this number.
    pub fn register(&self, number: &str, at: Moment) -> PatientId {
        let patient = PatientId(Uuid::now_v7());
        let events = vec![PatientEvent::PatientRegistered {
            patient,
            record_number: number.to_owned(),
            family_name: "QUILL".to_owned(),
            given_name: "Rosa".to_owned(),
            birth_date: "1979-08-21".parse().unwrap(),
            sex: Sex::Female,
        }];
        let done = self.wait_for(server::patients::register(
            self.application(),
            CommandId(Uuid::now_v7()),
            nurse(),
            patient,
            events,
            |_| EventId(Uuid::now_v7()),
            at,
        ));
        done.unwrap();
        patient
    }

    /// A command in the past, as the nurse, with a live monitor.
    pub fn tell(
        &self,
        session: SessionId,
        at: Moment,
        command: Command,
    ) -> Result<server::command::Saved, Refused> {
        let order = Order {
            command_id: CommandId(Uuid::now_v7()),
            session,
            actor: nurse(),
            command,
            at: Some(at),
        };
        let circumstances = Circumstances {
            papers: Papers::in_force("seen on paper"),
            now: at,
            monitor: MonitorEvidence::Live,
        };
        self.wait_for(execute_in(self.application(), order, Some(circumstances)))
    }

    /// Registers a device; it serves nobody yet.
    pub fn device(&self, key: &str, name: &str, profile: &str) -> DeviceId {
        let done = self.wait_for(devices::register(
            self.application(),
            nurse(),
            key,
            name,
            profile,
        ));
        done.unwrap()
    }

    /// Lets a device serve a session since a moment.
    pub fn serve(&self, device: DeviceId, session: SessionId, since: Moment) {
        let known = self.session(session);
        let order = DeviceOrder {
            command_id: CommandId(Uuid::now_v7()),
            device,
            actor: nurse(),
            command: DeviceCommand::AssociateDevice {
                room: known.room.clone(),
                session: Some(session),
                method: Method::Scan,
                take_over: false,
            },
            at: Some(since),
        };
        let application = self.application();
        self.wait_for(devices::execute(application, order)).unwrap();
        self.wait_for(server::patients::expect(application, &known))
            .unwrap();
    }

    /// Lets a device serve nobody any more.
    pub fn release(&self, device: DeviceId) {
        let reason = EndReason::EndedByStaff;
        self.wait_for(devices::release(self.application(), device, reason));
    }

    /// Switches the clinic limits on.
    pub fn limits_on(&self) {
        let at = self.application().clock.now();
        self.of_the_clinic(vec![ClinicEvent::AdvisoriesSwitched {
            on: true,
            signed_by: "Dr Maria Okonkwo".to_owned(),
            at,
        }]);
    }

    /// Lets something become true of a clinic of which nothing was said yet.
    pub fn of_the_clinic(&self, events: Vec<ClinicEvent>) {
        let application = self.application();
        let at = application.clock.now();
        let events = events
            .iter()
            .map(|event| event.to_new_event(EventId(Uuid::now_v7()), at))
            .collect();
        let decision = store::Decision {
            tenant: application.tenant,
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            recorded_at: at,
            appends: vec![store::Append {
                stream: StreamId::clinic(application.tenant),
                expected_version: 0,
                events,
            }],
            projections: Vec::new(),
            audit: Vec::new(),
            answer: b"{}".to_vec(),
        };
        self.wait_for(application.store.commit(decision)).unwrap();
        self.wait_for(application.read_clinic()).unwrap();
    }
}

/// Who sets up what no test is about.
pub fn nurse() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(11)),
        name: "Nora Lindqvist".to_owned(),
        role: Role::Nurse,
    }
}

/// 36 mg in 60 mL at 60 mL/h: 0.5 mg/kg for 72 kg in an hour.
pub fn order() -> DrugOrder {
    let number = |value: i64| Decimal::from(value);
    DrugOrder {
        drug: "ketamine".to_owned(),
        dose: Milligrams::new(number(36)).unwrap(),
        concentration: MilligramsPerMillilitre::new(Decimal::new(6, 1)).unwrap(),
        volume: Millilitres::new(number(60)).unwrap(),
        rate: MillilitresPerHour::new(number(60)).unwrap(),
        dosing_weight: Kilograms::new(number(72)).unwrap(),
        weight_kind: None,
        prescriber: "Dr Petra Ivanova".to_owned(),
        beyond: None,
        reckoned: None,
        way: Way::default(),
        alongside: Alongside::default(),
        grounds: Some(Grounds {
            age: Some(41),
            earlier: 0,
            in_seven_days: 1,
            last: None,
            liver: None,
        }),
    }
}

/// Somebody who is signed in.
pub struct Person {
    /// The cookie as it is sent back.
    pub cookie: String,
    /// Signed with.
    pub password: String,
    connection: Connection,
    address: SocketAddr,
}

impl Person {
    /// Signs in.
    pub fn sign_in(address: SocketAddr, username: &str, password: &str) -> Self {
        let mut connection = Connection::open(address).unwrap();
        let user = crate::stranger::credentials::User {
            role: String::new(),
            username: username.to_owned(),
            password: password.to_owned(),
        };
        let cookie = crate::stranger::room::sign_in(&mut connection, &user).unwrap();
        Self {
            cookie,
            password: password.to_owned(),
            connection,
            address,
        }
    }

    /// The token that this sign-in's forms carry.
    ///
    /// Read from a page where a page has it; made as the server makes it for a role that may open
    /// no page.
    pub fn csrf(&self) -> String {
        let (_, secret) = self.cookie.split_once('=').unwrap();
        hex::encode(server::identity::digest(&format!("form {secret}")))
    }

    /// Opens an address as a browser does.
    pub fn page(&mut self, path: &str) -> Answer {
        self.ask(path, &[("accept", "text/html")])
    }

    /// Asks with further headers.
    pub fn ask(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("cookie", self.cookie.as_str())];
        all.extend_from_slice(headers);
        self.connection.send(&get(path, &all)).unwrap()
    }

    /// Sends a form as a page's script does, with the form's token.
    pub fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &[("accept", "application/json")], &all)
    }

    /// Sends a form with these headers and fields, and nothing else.
    pub fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("cookie", self.cookie.as_str())];
        all.extend_from_slice(headers);
        self.connection.send(&post(path, &all, fields)).unwrap()
    }

    /// Sends bytes as they stand.
    pub fn raw(&mut self, request: &[u8]) -> Answer {
        self.connection.send(request).unwrap()
    }

    /// An act in a session's room, for whom the session is, with a command id of its own.
    pub fn act(&mut self, house: &House, session: SessionId, fields: &[(&str, &str)]) -> Answer {
        let id = Uuid::new_v4().to_string();
        self.act_again(house, session, &id, fields)
    }

    /// The same with a given command id.
    pub fn act_again(
        &mut self,
        house: &House,
        session: SessionId,
        command_id: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let patient = house.session(session).patient.unwrap().to_string();
        let id = session.to_string();
        let mut all = vec![
            ("command_id", command_id),
            ("session", id.as_str()),
            ("patient", patient.as_str()),
        ];
        all.extend_from_slice(fields);
        self.send(&format!("/sessions/{session}/acts"), &all)
    }

    /// A second connection of the same sign-in.
    pub fn again(&self) -> Self {
        Self {
            password: self.password.clone(),
            cookie: self.cookie.clone(),
            connection: Connection::open(self.address).unwrap(),
            address: self.address,
        }
    }
}

/// An answer's body as JSON.
pub fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.body)
        .unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}
