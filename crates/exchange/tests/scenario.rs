//! Whole stories of `scenarios/`: monitor's text → readings → events → FHIR, at every hand-over.
//!
//! Every expected value stands in the story's folder and was derived by hand. What a frame makes
//! the server chart (`charted`) is taken from the story here and checked by the server's own
//! tests; tiles and the PDF are theirs too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::session::{
    AdvisoryNotice, Command, Context, MonitorEvidence, Papers, Refusal, Session, VitalSigns, decide,
};
use clinical::patient::{Registration, Sex};
use clinical::policy::Rules;
use clinical::record::{
    Actor, CommandId, DeviceId, EventId, Header, PatientId, Recorded, Role, SessionId, StaffId,
    StreamId, TenantId,
};
use clinical::vital_signs::Source;
use exchange::fhir::search::{Handling, parse};
use exchange::fhir::{
    DeviceFacts, PatientFacts, Resource, ResourceKind, SessionFacts, device, patient,
    resources_of_session,
};
use exchange::hl7v2::acknowledgement::{Answering, Disposition, answer};
use exchange::hl7v2::interpretation::{Arrival, interpret};
use exchange::hl7v2::profile::Profile;
use exchange::hl7v2::repeat::{Novelty, Repeats};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use units::{Moment, Span};
use uuid::Uuid;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
/// Frames count as live for this long. Source: device reference §2.7.
const LIVE_FOR: Span = Span::from_seconds(10);

#[derive(Deserialize)]
struct Story {
    zone: String,
    patient: Person,
    device: Monitor,
    session: Identified,
    step: Vec<Step>,
}

#[derive(Deserialize)]
struct Person {
    id: PatientId,
    record_number: String,
    family_name: String,
    given_name: String,
    birth_date: clinical::patient::CivilDate,
    sex: Sex,
}

#[derive(Deserialize)]
struct Monitor {
    wire_key: String,
    name: String,
    profile: String,
}

#[derive(Deserialize)]
struct Identified {
    id: SessionId,
}

/// One step; the fields that only the server can check are left to its tests.
#[derive(Deserialize)]
struct Step {
    at: Moment,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    corrects: Option<String>,
    #[serde(default)]
    command: Option<toml::Table>,
    #[serde(default)]
    frame: Option<String>,
    /// The frame is said until then; here its first saying is read.
    #[serde(default)]
    again: Option<Again>,
    expect: Expected,
}

#[derive(Deserialize)]
struct Again {
    until: Moment,
}

#[derive(Deserialize, Default)]
struct Expected {
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    refused: Option<String>,
    #[serde(default)]
    unmet: Vec<String>,
    #[serde(default)]
    acknowledged: Option<String>,
    #[serde(default)]
    readings: Vec<Reading>,
    #[serde(default)]
    repeated: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    charted: Option<Charted>,
    #[serde(default)]
    notices: Vec<Notice>,
    #[serde(default)]
    delivered: Option<Delivered>,
}

/// What the clinic limits do by themselves: here it is only entered.
#[derive(Deserialize)]
#[serde(untagged)]
enum Notice {
    Raised {
        at: Moment,
        condition: String,
        priority: clinical::advisory::Priority,
        technical: bool,
        since: Option<Moment>,
    },
    Resolved {
        at: Moment,
        resolved: u32,
    },
    Escalated {
        at: Moment,
        escalated: u32,
    },
}

impl Notice {
    fn command(&self) -> (Moment, Command) {
        match self {
            Self::Raised {
                at,
                condition,
                priority,
                technical,
                since,
            } => {
                let notice = AdvisoryNotice {
                    condition: condition.clone(),
                    says: condition.clone(),
                    priority: *priority,
                    technical: *technical,
                    measured: None,
                    limit: None,
                    since: since.unwrap_or(*at),
                };
                (*at, Command::RaiseAdvisory { notice })
            }
            Self::Resolved { at, resolved } => {
                let how = "back inside the limit".to_owned();
                let advisories = [*resolved].into();
                (*at, Command::ResolveAdvisories { advisories, how })
            }
            Self::Escalated { at, escalated } => (
                *at,
                Command::EscalateAdvisory {
                    advisory: *escalated,
                },
            ),
        }
    }
}

#[derive(Deserialize)]
struct Reading {
    signal: String,
    value: String,
    at: Moment,
}

#[derive(Deserialize)]
struct Charted {
    at: Moment,
    values: VitalSigns,
}

#[derive(Deserialize)]
struct Delivered {
    mg: String,
    rate: String,
}

#[derive(Deserialize)]
struct Searches {
    search: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    kind: ResourceKind,
    query: String,
    count: usize,
    #[serde(default)]
    fragments: Vec<Fragment>,
}

#[derive(Deserialize)]
struct Fragment {
    at: String,
    #[serde(default)]
    is: Option<String>,
    #[serde(default)]
    number: Option<String>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(name)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct Told {
    session: Session,
    rules: Rules,
    events: u128,
    named: HashMap<String, EventId>,
}

impl Told {
    fn command(
        &mut self,
        now: Moment,
        at: Moment,
        actor: &Actor,
        monitor: MonitorEvidence,
        command: Command,
    ) -> Result<Vec<String>, Refusal> {
        let context = Context {
            now,
            at,
            actor,
            monitor,
            papers: &Papers::in_force("seen"),
            rules: &self.rules,
        };
        let mut names = Vec::new();
        for event in decide(&self.session, command, &context)? {
            self.events += 1;
            let version = u64::try_from(self.events).unwrap();
            let header = Header {
                tenant: TENANT,
                position: version,
                stream: StreamId::session(self.session.id),
                stream_version: version,
                event_id: EventId(Uuid::from_u128(self.events)),
                kind: event.name().to_owned(),
                schema_version: 1,
                actor: actor.clone(),
                command_id: CommandId(Uuid::from_u128(self.events)),
                occurred_at: at,
                recorded_at: now,
                previous: [0; 32],
            };
            names.push(header.kind.clone());
            self.session.apply(&header, event);
        }
        Ok(names)
    }
}

fn person(role: &str) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(2)),
        name: format!("The {role}"),
        role: Role::from_word(role).unwrap(),
    }
}

/// Runs a story up to its end; every step is checked.
fn tell(name: &str, story: &Story) -> Session {
    let profile = Profile::builtin(&story.device.profile)
        .unwrap()
        .in_zone(&story.zone)
        .unwrap();
    let mut told = Told {
        session: Session::new(story.session.id),
        rules: Rules::shipped().unwrap(),
        events: 0,
        named: HashMap::new(),
    };
    let mut repeats = Repeats::new();
    let mut last_frame: Option<Moment> = None;
    for step in &story.step {
        let (at, expect) = (step.at, &step.expect);
        let ends = step.again.as_ref().map_or(at, |again| again.until);
        if let Some(frame) = &step.frame {
            let bytes = frame_at(name, frame, &story.zone, at);
            check_frame(&bytes, &profile, &mut repeats, story, step);
            last_frame = Some(ends);
            if let Some(charted) = &expect.charted {
                let device = story.device.wire_key.clone();
                let actor = Actor::Device {
                    name: device.clone(),
                };
                let command = Command::ChartVitalSigns {
                    values: charted.values.clone(),
                    source: Source::Device { device },
                    timing: None,
                };
                let done = told.command(at, charted.at, &actor, MonitorEvidence::Live, command);
                assert_eq!(done.unwrap(), expect.events, "{at}");
            }
        }
        // What the limits and the schedule do by themselves came first: the clock stands between
        // two steps.
        for notice in &expect.notices {
            let (at, command) = notice.command();
            let part = "clinic limits".to_owned();
            let actor = Actor::System { part };
            told.command(at, at, &actor, MonitorEvidence::Live, command)
                .unwrap();
        }
        if let Some(table) = &step.command {
            let command = command_of(table, step, &told);
            let live = last_frame.is_some_and(|frame| at - frame <= LIVE_FOR);
            let monitor = if live {
                MonitorEvidence::Live
            } else {
                MonitorEvidence::NoSignal
            };
            let actor = person(step.by.as_deref().unwrap());
            match told.command(at, at, &actor, monitor, command) {
                Ok(events) => assert_eq!(events, expect.events, "{at}"),
                Err(refusal) => check_refusal(&refusal, expect, at),
            }
            if let Some(name) = &step.name {
                let charted = told.session.entries.last().unwrap().event_id;
                told.named.insert(name.clone(), charted);
            }
        }
        if let Some(delivered) = &expect.delivered {
            let infusion = told.session.infusion().unwrap();
            assert_eq!(
                infusion
                    .delivered(ends)
                    .amount
                    .rounded(1)
                    .value()
                    .to_string(),
                delivered.mg,
                "{at}"
            );
            assert_eq!(
                infusion.rate(ends).value().to_string(),
                delivered.rate,
                "{at}"
            );
        }
    }
    told.session
}

/// A frame's bytes at a moment: `{now}` in it is that moment, as the monitor writes it.
fn frame_at(name: &str, frame: &str, zone: &str, at: Moment) -> Vec<u8> {
    let path = folder(name).join(format!("frames/{frame}.hl7"));
    let text = std::fs::read_to_string(path).unwrap();
    let now = at.timestamp().to_zoned(TimeZone::get(zone).unwrap());
    let now = now.strftime("%Y%m%d%H%M%S.000%z").to_string();
    text.replace("{now}", &now).into_bytes()
}

fn check_frame(bytes: &[u8], profile: &Profile, repeats: &mut Repeats, story: &Story, step: &Step) {
    let (at, expect) = (step.at, &step.expect);
    let understood = interpret(bytes, profile, Arrival::new("192.0.2.7", at));
    assert!(understood.problems.is_empty(), "{:?}", understood.problems);
    assert_eq!(understood.identity.device, story.device.wire_key);
    let readings = understood.live_readings();
    for wanted in &expect.readings {
        let found = readings
            .iter()
            .find(|one| one.signal.word() == wanted.signal)
            .unwrap_or_else(|| panic!("{at}: no {}", wanted.signal));
        assert_eq!(
            found.value.to_string(),
            wanted.value,
            "{at} {}",
            wanted.signal
        );
        assert_eq!(
            found.observed_at.moment, wanted.at,
            "{at} {}",
            wanted.signal
        );
    }
    let novelties = repeats.judge(&understood, readings);
    let repeated: Vec<&str> = readings
        .iter()
        .zip(&novelties)
        .filter(|(_, novelty)| **novelty == Novelty::Duplicate)
        .map(|(reading, _)| reading.signal.word())
        .collect();
    assert_eq!(repeated, expect.repeated, "{at}");
    let absent: Vec<&str> = understood
        .absences
        .iter()
        .map(|one| one.signal.word())
        .collect();
    assert_eq!(absent, expect.absent, "{at}");
    let answering = Answering {
        at,
        control_ids: ["A", "B"],
    };
    let answers = answer(bytes, profile, Disposition::Stored, answering);
    let codes: Vec<String> = answers
        .iter()
        .map(|answer| {
            let text = String::from_utf8_lossy(answer);
            let code = text.split("MSA|").nth(1).unwrap();
            code.split('|').next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        codes,
        expect.acknowledged.iter().cloned().collect::<Vec<_>>(),
        "{at}"
    );
}

fn command_of(table: &toml::Table, step: &Step, told: &Told) -> Command {
    let mut table = table.clone();
    if let Some(wrong) = &step.corrects {
        table.insert("entry".to_owned(), told.named[wrong].to_string().into());
    }
    table
        .try_into()
        .unwrap_or_else(|error| panic!("{}: {error}", step.at))
}

fn check_refusal(refusal: &Refusal, expect: &Expected, at: Moment) {
    let Refusal::GateClosed { verdict } = refusal else {
        panic!("{at}: {refusal:?}");
    };
    assert_eq!(expect.refused.as_deref(), Some("gate-closed"), "{at}");
    let unmet: Vec<&str> = verdict
        .findings
        .iter()
        .filter(|finding| finding.outcome != clinical::policy::Outcome::Met)
        .map(|finding| finding.requirement.as_str())
        .collect();
    assert_eq!(unmet, expect.unmet, "{at}");
}

fn resources(story: &Story, session: &Session) -> Vec<Resource> {
    let monitor = DeviceFacts {
        tenant: TENANT,
        device: DeviceId(Uuid::from_u128(3)),
        wire_key: story.device.wire_key.clone(),
        name: story.device.name.clone(),
        version: 1,
        updated: story.step[0].at,
    };
    let registration = Registration {
        patient: story.patient.id,
        record_number: story.patient.record_number.clone(),
        family_name: story.patient.family_name.clone(),
        given_name: story.patient.given_name.clone(),
        birth_date: story.patient.birth_date,
        sex: story.patient.sex,
    };
    let who = PatientFacts {
        tenant: TENANT,
        patient: story.patient.id,
        registration: Some(&registration),
        version: 1,
        updated: story.step[0].at,
    };
    let mut all = vec![patient(&who), device(&monitor)];
    let devices = BTreeMap::from([(monitor.wire_key.clone(), monitor)]);
    all.extend(resources_of_session(
        session,
        &SessionFacts { devices: &devices },
    ));
    all
}

/// The exact text of the number at a pointer: read without a binary float in between.
fn exact(json: &str, pointer: &str) -> String {
    let Some((step, rest)) = pointer
        .strip_prefix('/')
        .map(|pointer| pointer.split_once('/').unwrap_or((pointer, "")))
    else {
        return json.to_owned();
    };
    let inner: Box<RawValue> = match step.parse::<usize>() {
        Ok(index) => {
            let mut list: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap();
            list.swap_remove(index)
        }
        Err(_) => {
            let mut map: HashMap<String, Box<RawValue>> = serde_json::from_str(json).unwrap();
            map.remove(step).unwrap_or_else(|| panic!("no {step}"))
        }
    };
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!("/{rest}")
    };
    exact(inner.get(), &rest)
}

fn stories() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder(""))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("steps.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

#[test]
fn every_story_is_told_from_the_monitors_text_to_fhir() {
    // Hazard: H42
    for name in stories() {
        let story: Story = read(&folder(&name).join("steps.toml"));
        let session = tell(&name, &story);
        let all = resources(&story, &session);
        let zone = TimeZone::get(&story.zone).unwrap();
        let asked: Searches = read(&folder(&name).join("fhir.toml"));
        for asked in &asked.search {
            let search = parse(asked.kind, &asked.query, Handling::Strict, &zone).unwrap();
            let mut found: Vec<&Resource> = all.iter().filter(|one| search.matches(one)).collect();
            found.sort_by(|a, b| search.order(a, b));
            assert_eq!(
                found.len(),
                asked.count,
                "{} {}",
                asked.kind.name(),
                asked.query
            );
            for fragment in &asked.fragments {
                let json = std::str::from_utf8(&found[0].json).unwrap();
                let value: Value = serde_json::from_str(json).unwrap();
                let found = value
                    .pointer(&fragment.at)
                    .unwrap_or_else(|| panic!("{}: no {}", asked.query, fragment.at));
                if let Some(is) = &fragment.is {
                    assert_eq!(found, is, "{} {}", asked.query, fragment.at);
                }
                if let Some(number) = &fragment.number {
                    assert_eq!(
                        &exact(json, &fragment.at),
                        number,
                        "{} {}",
                        asked.query,
                        fragment.at
                    );
                }
            }
        }
    }
}
