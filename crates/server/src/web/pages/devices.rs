//! Monitors: where they stand, whom they serve, and the two steps that make one serve a session.

use super::around::Around;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::session::{Identifier, Session};
use clinical::device::{Device, Method};
use clinical::patient::Patient;
use clinical::record::{CommandId, DeviceId};
use units::Moment;

/// A monitor as the page knows it.
pub struct DeviceRow<'a> {
    /// Which one.
    pub id: DeviceId,
    /// As its events have made it.
    pub device: &'a Device,
    /// When its last frame came; `None`: never.
    pub last_frame: Option<Moment>,
    /// True when it says that it is in demo or test mode.
    pub simulated: bool,
    /// What its clock differs by, in words; `None` where it is close enough.
    pub clock_says: Option<&'a str>,
    /// What disagrees with its association, in words; `None` where nothing does.
    pub conflict: Option<&'a str>,
}

/// A session that a monitor may serve.
pub struct OpenSession<'a> {
    /// The session.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
}

/// The second step: one monitor, one person, one live value to compare.
pub struct Confirming<'a> {
    /// Which monitor.
    pub device: DeviceId,
    /// Its name.
    pub name: &'a str,
    /// For whom.
    pub session: OpenSession<'a>,
    /// What the monitor shows now, with its unit: `heart rate 84 /min`; `None`: nothing arrived.
    pub live_value: Option<&'a str>,
    /// The room of the session that it serves now, if it is another one.
    pub taken_from: Option<&'a str>,
}

/// The page of monitors.
pub struct Devices<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Every registered monitor.
    pub devices: Vec<DeviceRow<'a>>,
    /// Every session that a monitor may serve.
    pub sessions: Vec<OpenSession<'a>>,
    /// The second step, if the first has been taken.
    pub confirming: Option<Confirming<'a>>,
    /// Those who may change associations.
    pub may_associate: bool,
    /// Why the last act was not done.
    pub refused: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "devices.html")]
struct Page<'a> {
    around: Around<'a>,
    lines: Vec<Line<'a>>,
    choices: Vec<Choice>,
    confirming: Option<Confirmation<'a>>,
    may_associate: bool,
    refused: Option<&'a str>,
}

struct Line<'a> {
    id: DeviceId,
    command_id: CommandId,
    name: String,
    wire_key: String,
    profile: String,
    room: String,
    serves: Option<(String, String)>,
    how: Option<&'static str>,
    session: String,
    since: String,
    heard: String,
    simulated: bool,
    clock_says: Option<&'a str>,
    conflict: Option<&'a str>,
}

struct Choice {
    session: String,
    says: String,
}

struct Confirmation<'a> {
    device: DeviceId,
    name: &'a str,
    strip: IdentityStrip,
    session: String,
    patient: String,
    room: String,
    command_id: CommandId,
    live_value: Option<&'a str>,
    taken_from: Option<&'a str>,
    identifiers: [(&'static str, &'static str); 5],
}

impl Devices<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&Page {
            // Each row says for itself whether its monitor is simulated; the page as a whole is not.
            around: Around {
                simulated: false,
                ..self.around
            },
            lines: self.devices.iter().map(|row| self.line(row)).collect(),
            choices: self
                .sessions
                .iter()
                .map(|open| Choice {
                    session: open.session.id.to_string(),
                    says: format!("{}: {}", open.session.room, name(open.patient)),
                })
                .collect(),
            confirming: self.confirming.as_ref().map(|step| self.confirmation(step)),
            may_associate: self.may_associate,
            refused: self.refused,
        })
    }

    fn line<'b>(&self, row: &DeviceRow<'b>) -> Line<'b> {
        let clock = self.around.clock();
        let registration = row.device.registration.as_ref();
        let unknown = || "not registered".to_owned();
        let placement = row.device.placements.last();
        let session = placement.and_then(|placement| placement.session);
        let open = session.and_then(|id| self.sessions.iter().find(|open| open.session.id == id));
        Line {
            id: row.id,
            command_id: self.around.command_id(&format!("disassociate-{}", row.id)),
            name: registration.map_or_else(unknown, |known| known.name.clone()),
            wire_key: registration.map_or_else(unknown, |known| known.wire_key.clone()),
            profile: registration.map_or_else(unknown, |known| known.profile.clone()),
            room: placement
                .and_then(|placement| placement.room.clone())
                .unwrap_or_else(|| "nobody said".to_owned()),
            serves: session.map(|id| {
                let says = open.map_or_else(|| "a session".to_owned(), |open| name(open.patient));
                (format!("/sessions/{id}"), says)
            }),
            how: placement
                .and_then(|placement| placement.method.as_ref())
                .map(how),
            session: session.map(|id| id.to_string()).unwrap_or_default(),
            since: placement.map_or_else(|| "–".to_owned(), |placement| clock.when(placement.from)),
            heard: row
                .last_frame
                .map_or_else(|| "never".to_owned(), |at| clock.ago(at)),
            simulated: row.simulated,
            clock_says: row.clock_says,
            conflict: row.conflict,
        }
    }

    fn confirmation<'b>(&self, step: &Confirming<'b>) -> Confirmation<'b> {
        use super::entry_line::identifier_says;
        Confirmation {
            device: step.device,
            name: step.name,
            strip: IdentityStrip::of(step.session.patient, self.around.now, self.around.zone),
            session: step.session.session.id.to_string(),
            patient: step
                .session
                .session
                .patient
                .map(|id| id.to_string())
                .unwrap_or_default(),
            room: step.session.session.room.clone(),
            command_id: self.around.command_id("associate"),
            live_value: step.live_value,
            taken_from: step.taken_from,
            identifiers: [
                ("full-name", identifier_says(Identifier::FullName)),
                ("birth-date", identifier_says(Identifier::BirthDate)),
                ("record-number", identifier_says(Identifier::RecordNumber)),
                ("photo", identifier_says(Identifier::Photo)),
                ("address", identifier_says(Identifier::Address)),
            ],
        }
    }
}

/// How the people made sure, in words.
const fn how(method: &Method) -> &'static str {
    match method {
        Method::Scan => "both labels scanned",
        Method::TwoStepConfirmed { .. } => "confirmed in two steps",
        Method::PlacedInRoom => "put into the room",
    }
}

fn name(patient: &Patient) -> String {
    patient
        .banner_name()
        .unwrap_or_else(|| "Name not recorded".to_owned())
}

/// One monitor, and the second step for one session.
pub fn sample<'a>(device: &'a Device, session: &'a Session, patient: &'a Patient) -> Devices<'a> {
    let id = DeviceId(uuid::Uuid::from_u128(0xde));
    Devices {
        around: Around {
            here: super::around::Here::Devices,
            ..super::around::sample::around("/devices")
        },
        devices: vec![DeviceRow {
            id,
            device,
            last_frame: Some(super::around::sample::NOW),
            simulated: false,
            clock_says: Some("2 min behind"),
            conflict: None,
        }],
        sessions: vec![OpenSession { session, patient }],
        confirming: Some(Confirming {
            device: id,
            name: "Monitor 2",
            session: OpenSession { session, patient },
            live_value: Some("heart rate 84\u{a0}/min"),
            taken_from: None,
        }),
        may_associate: true,
        refused: None,
    }
}
