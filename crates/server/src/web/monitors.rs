//! Devices, what belongs to nobody yet, and what could not be read.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::devices::{Confirming, DeviceRow, Devices as DevicesPage, OpenSession};
use super::pages::frame_page::FramePage;
use super::pages::quarantine::{Quarantine, QuarantineRow};
use super::pages::unassigned::{Claiming, Unassigned, UnassignedRow};
use super::respond::Refused;
use crate::application::Application;
use crate::command::{self, Order, derived_command_id};
use crate::devices::{self, DeviceOrder, DeviceRefused};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::{jobs, patients};
use anyhow::Context;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::session::{Command, Session, Stage};
use clinical::device::{
    Device, DeviceCommand, EndReason, Interval, LiveValueCheck, Method, Reliability,
};
use clinical::patient::Patient;
use clinical::record::{CommandId, DeviceId, SessionId};
use clinical::vital_signs::{Signal, VitalSign, choose};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{FrameId, FrameState};
use units::{Moment, Span};

/// How many frames a list shows.
const SHOWN: usize = 100;

/// Frames of a claim or a registration are read again from this far back at the most.
const BACK: Span = Span::from_hours(24);

/// What the page of devices is told by its address.
#[derive(Default, Deserialize)]
pub struct Told {
    associate: Option<DeviceId>,
    session: Option<SessionId>,
    claim: Option<String>,
    refused: Option<String>,
}

/// Open sessions with their people.
async fn open(application: &Application) -> Result<Vec<(Arc<Session>, Patient)>, Fault> {
    let mut open = Vec::new();
    for id in jobs::open_sessions(application).await? {
        let Some(session) = application.sessions.session(id).await? else {
            continue;
        };
        let Some(patient) = session.patient else {
            continue;
        };
        let Some(patient) = patients::read(application, patient).await? else {
            continue;
        };
        open.push((session, patient));
    }
    Ok(open)
}

/// One device, copied out of its lock.
struct Held {
    id: DeviceId,
    device: Device,
    last_frame: Option<Moment>,
    simulated: bool,
    clock_says: Option<String>,
    conflict: Option<String>,
    live_value: Option<String>,
}

fn held(application: &Application, now: Moment) -> Vec<Held> {
    let mut rows: Vec<Held> = application
        .devices
        .all()
        .iter()
        .filter_map(|located| {
            let held = located.lock();
            let id = held.id?;
            let session = held.device.session_now();
            let (simulated, conflict, live_value) =
                session.map_or((false, None, None), |session| {
                    let watched = application.live.watch(session);
                    let bedside = watched.bedside();
                    let conflict = bedside.agreement.as_ref().map(|agreement| {
                        agreement
                            .reasons()
                            .iter()
                            .map(|reason| reason.says())
                            .collect::<Vec<_>>()
                            .join("; ")
                    });
                    let value = live_value(bedside.good(), now);
                    (
                        bedside.is_simulated(now),
                        conflict.filter(|text| !text.is_empty()),
                        value,
                    )
                });
            let unsealed = live_value_of(&held.unsealed, now);
            Some(Held {
                id,
                device: held.device.clone(),
                last_frame: held.last_frame_at,
                simulated,
                clock_says: clock_says(&held.clock),
                conflict,
                live_value: live_value.or(unsealed),
            })
        })
        .collect();
    rows.sort_by(|a, b| name(&a.device).cmp(name(&b.device)));
    rows
}

pub(super) fn name(device: &Device) -> &str {
    device
        .registration
        .as_ref()
        .map_or("", |known| known.name.as_str())
}

fn live_value<'a>(
    numerics: impl Iterator<Item = &'a clinical::vital_signs::Numeric>,
    now: Moment,
) -> Option<String> {
    let fresh = |_: Signal| Span::from_seconds(5);
    let numerics: Vec<_> = numerics.collect();
    choose(VitalSign::HeartRate, numerics.iter().copied(), fresh, now)
        .filter(|numeric| numeric.age(now) <= Span::from_seconds(5))
        .map(|numeric| format!("heart rate {} /min", numeric.value.round()))
}

/// What a device shows that serves nobody: for the comparison before it begins to serve.
fn live_value_of(unsealed: &[clinical::vital_signs::Numeric], now: Moment) -> Option<String> {
    live_value(unsealed.iter().rev().take(24), now)
}

/// What a monitor shows now, whomever it serves: for a look at the screen beside a scan.
pub(super) fn live_value_at(
    application: &Application,
    device: DeviceId,
    now: Moment,
) -> Option<String> {
    held(application, now)
        .into_iter()
        .find(|held| held.id == device)?
        .live_value
}

fn clock_says(clock: &clinical::device::OffsetEstimator) -> Option<String> {
    match clock.reliability() {
        Reliability::Sound => None,
        Reliability::Corrected => clock.estimate().map(|estimate| {
            let way = if estimate.offset < Span::ZERO {
                "slow"
            } else {
                "fast"
            };
            format!(
                "its clock is {} {way}; times are corrected",
                estimate.offset.absolute()
            )
        }),
        Reliability::Unusable => {
            Some("its clock is more than a day off; the time of arrival is used".to_owned())
        }
    }
}

/// The page of devices.
pub async fn devices(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Fault> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let open = open(&application).await?;
    let held = held(&application, asked.now());
    let rows = held
        .iter()
        .map(|held| DeviceRow {
            id: held.id,
            device: &held.device,
            last_frame: held.last_frame,
            simulated: held.simulated,
            clock_says: held.clock_says.as_deref(),
            conflict: held.conflict.as_deref(),
        })
        .collect();
    let confirming = told
        .associate
        .zip(told.session)
        .and_then(|(device, session)| {
            let held = held.iter().find(|held| held.id == device)?;
            let (session, patient) = open.iter().find(|(known, _)| known.id == session)?;
            let serves = held
                .device
                .session_now()
                .filter(|serving| *serving != session.id);
            Some(Confirming {
                device,
                name: name(&held.device),
                session: OpenSession { session, patient },
                live_value: held.live_value.as_deref(),
                taken_from: serves.and(held.device.room_now()),
            })
        });
    let page = DevicesPage {
        around: asked.around(Here::Devices, held.iter().any(|held| held.simulated)),
        devices: rows,
        sessions: open
            .iter()
            .map(|(session, patient)| OpenSession { session, patient })
            .collect(),
        confirming,
        may_associate: super::access::ASSOCIATE.include(viewer.role),
        refused: told.refused.as_deref(),
    };
    Ok(html(page.html()))
}

pub(super) fn command_id(fields: &Fields) -> Result<CommandId, Problem> {
    fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "This form has no number. Reload the page."))
}

/// Back to a page, with what happened.
fn back(to: &str, done: Result<(), DeviceRefused>) -> Response {
    let says = match done {
        Ok(()) => return Redirect::to(to).into_response(),
        Err(DeviceRefused::Refusal(refusal)) => format!("Not done: {refusal}."),
        Err(DeviceRefused::Conflict) => {
            "Not done: someone else changed this device just now. Look again.".to_owned()
        }
        Err(DeviceRefused::Fault(fault)) => return Refused::Fault(fault).into_response(),
    };
    let query: String = says
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    Redirect::to(&format!("{to}?refused={query}")).into_response()
}

/// Accepts a device that was only seen.
pub async fn register(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let (key, name) = (fields.text("device_key"), fields.text("name"));
    let profile = fields
        .optional("profile")
        .unwrap_or_else(|| application.configuration.profile.clone());
    let done = devices::register(&application, viewer.actor(), key, name, &profile).await;
    Ok(back("/devices", done.map(|_| ())))
}

/// The second step of an association.
pub async fn associate(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(device): Path<DeviceId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let known = chosen_session(&application, &fields).await?;
    let session = known.id;
    // Two identifiers and a look at the screen: the second of the two steps. Hazard: H01
    let identifiers: BTreeSet<&str> = fields.all("identifier").collect();
    if identifiers.len() < 2 {
        return Err(Problem::new("identifier", "Confirm at least two identifiers.").into());
    }
    let live_value_check = match fields.text("live_value") {
        "agreed" => LiveValueCheck::Agreed {
            shown: fields.text("shown").to_owned(),
        },
        "nothing-to-compare" => LiveValueCheck::NothingToCompare,
        _ => {
            let says = "Not done: the screen shows something else. Find the right monitor first.";
            return Err(Problem::new("live_value", says).into());
        }
    };
    let order = DeviceOrder {
        command_id: command_id(&fields)?,
        device,
        actor: viewer.actor(),
        command: DeviceCommand::AssociateDevice {
            room: known.room.clone(),
            session: Some(session),
            method: Method::TwoStepConfirmed { live_value_check },
            take_over: fields.text("take_over") == "yes",
        },
        at: None,
    };
    patients::expect(&application, &known).await?;
    Ok(back(
        "/devices",
        devices::execute(&application, order).await,
    ))
}

/// Ends an association.
pub async fn disassociate(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(device): Path<DeviceId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let order = DeviceOrder {
        command_id: command_id(&fields)?,
        device,
        actor: viewer.actor(),
        command: DeviceCommand::DisassociateDevice {
            reason: EndReason::EndedByStaff,
        },
        at: None,
    };
    Ok(back(
        "/devices",
        devices::execute(&application, order).await,
    ))
}

/// The page of data that belong to nobody yet.
pub async fn unassigned(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Fault> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let open = open(&application).await?;
    let devices = application
        .store
        .unassigned(application.tenant)
        .await
        .context("reading unassigned frames")?;
    let names: Vec<Option<String>> = devices
        .iter()
        .map(|device| {
            let located = application.devices.known(&device.device_key)?;
            let held = located.lock();
            held.device
                .registration
                .as_ref()
                .map(|known| known.name.clone())
        })
        .collect();
    let rows = devices
        .iter()
        .zip(&names)
        .map(|(device, name)| UnassignedRow {
            route: &device.device_key,
            device_key: &device.device_key,
            name: name.as_deref(),
            frames: device.frames,
            first_at: device.first_at,
            last_at: device.last_at,
            last: device.last.0,
        })
        .collect();
    let claiming = told
        .claim
        .as_deref()
        .zip(told.session)
        .and_then(|(key, session)| {
            let device = devices.iter().find(|device| device.device_key == key)?;
            let (session, patient) = open.iter().find(|(known, _)| known.id == session)?;
            Some(Claiming {
                route: &device.device_key,
                device_key: &device.device_key,
                session: OpenSession { session, patient },
                first_at: device.first_at,
                last_at: device.last_at,
            })
        });
    let page = Unassigned {
        around: asked.around(Here::Unassigned, false),
        rows,
        sessions: open
            .iter()
            .map(|(session, patient)| OpenSession { session, patient })
            .collect(),
        claiming,
        may_claim: super::access::ASSOCIATE.include(viewer.role),
        refused: told.refused.as_deref(),
    };
    Ok(html(page.html()))
}

/// Says whose unassigned data are, and reads them again for that session.
pub async fn claim(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(key): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let known = chosen_session(&application, &fields).await?;
    let session = known.id;
    // What takes no more entries takes no data either, and no word of where they came from.
    if !(known.stage.is_present() || known.stage == Stage::Discharged) {
        let says = "Not done: this session takes no more data. They stay unassigned.";
        return Err(Problem::new("session", says).into());
    }
    let now = application.clock.now();
    let from = time_of_day(&application, &fields, "from", now)?;
    let until = time_of_day(&application, &fields, "until", now)?.min(now);
    let interval = Interval::new(from, until)
        .ok_or_else(|| Problem::new("until", "The end must come after the beginning."))?;
    let id = application
        .devices
        .known(&key)
        .and_then(|located| located.lock().id)
        .ok_or_else(|| Problem::new("device", "Register this device first, under Devices."))?;
    let command_id = command_id(&fields)?;
    let reason = fields.text("reason");
    let order = DeviceOrder {
        command_id,
        device: id,
        actor: viewer.actor(),
        command: DeviceCommand::ClaimInterval {
            to: Some(session),
            interval,
            reason: reason.to_owned(),
        },
        at: None,
    };
    let done = devices::execute(&application, order).await;
    if done.is_ok() {
        let note = attribution(&application, &key, from, until, reason);
        let order = Order {
            // The same claim sent twice writes one note.
            command_id: derived_command_id(session, &format!("attributed {}", command_id.0)),
            session,
            actor: viewer.actor(),
            command: Command::WriteNote { text: note },
            at: None,
        };
        command::execute(&application, order).await?;
        devices::reprocess(&application, &key, from, until).await?;
    }
    Ok(back("/unassigned", done))
}

/// What the session's own record says of data that were given to it afterwards.
fn attribution(
    application: &Application,
    key: &str,
    from: Moment,
    until: Moment,
    reason: &str,
) -> String {
    let named = application.devices.known(key).and_then(|located| {
        let held = located.lock();
        Some(held.device.registration.as_ref()?.name.clone())
    });
    let clock = |at: Moment| {
        at.timestamp()
            .to_zoned(application.zone.clone())
            .strftime("%H:%M")
            .to_string()
    };
    format!(
        "Data of {} from {} to {} were given to this session afterwards: {reason}",
        named.as_deref().unwrap_or(key),
        clock(from),
        clock(until),
    )
}

/// The session that a form names; refused where the form was filled in for somebody else: a form
/// for one person never writes into the session of another.
// Hazard: H02
async fn chosen_session(
    application: &Application,
    fields: &Fields,
) -> Result<Arc<Session>, Refused> {
    let id: SessionId = fields
        .text("session")
        .parse()
        .map_err(|_| Problem::new("session", "Choose the session."))?;
    let session = application
        .sessions
        .session(id)
        .await?
        .ok_or(Refused::NotFound)?;
    let patient = session.patient.map(|id| id.to_string()).unwrap_or_default();
    if fields.text("patient") == patient {
        Ok(session)
    } else {
        let says = "Not saved: this form was filled in for somebody else. Reload.";
        Err(Problem::new("patient", says).into())
    }
}

/// A time of day, taken as its last coming before now.
fn time_of_day(
    application: &Application,
    fields: &Fields,
    name: &str,
    now: Moment,
) -> Result<Moment, Problem> {
    let wrong = || Problem::new(name, "Write the time like 07:40.");
    let time: jiff::civil::Time = fields.text(name).parse().map_err(|_| wrong())?;
    let zone = &application.zone;
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let zoned = today
        .to_datetime(time)
        .to_zoned(zone.clone())
        .map_err(|_| wrong())?;
    let moment = Moment::from_microseconds(zoned.timestamp().as_microsecond());
    // A minute ahead is the end of a stretch that reaches to now, not yesterday.
    let ahead = moment - now > Span::from_minutes(2);
    Ok(if ahead {
        moment - Span::from_hours(24)
    } else {
        moment
    })
}

/// The page of frames that could not be understood, wholly or in part.
pub async fn quarantine(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Fault> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let mut frames = Vec::new();
    for state in [FrameState::Quarantined, FrameState::Partial] {
        let found = application
            .store
            .frames_in(application.tenant, state, None, SHOWN + 1)
            .await
            .context("reading quarantined frames")?;
        frames.extend(found);
    }
    frames.sort_by_key(|frame| std::cmp::Reverse(frame.id));
    let problems: Vec<String> = frames
        .iter()
        .map(|frame| first_problem(&frame.outcome.detail))
        .collect();
    let rows = frames
        .iter()
        .zip(&problems)
        .take(SHOWN)
        .map(|(frame, problem)| QuarantineRow {
            id: frame.id.0,
            received_at: frame.received_at,
            remote: &frame.remote,
            device_key: frame.outcome.device_key.as_deref(),
            state: frame.outcome.state.says(),
            problem,
            length: frame.length,
        })
        .collect();
    let page = Quarantine {
        around: asked.around(Here::Quarantine, false),
        rows,
        more: frames.len() > SHOWN,
    };
    Ok(html(page.html()))
}

/// What an outcome's detail says first.
fn first_problem(detail: &str) -> String {
    problems(detail)
        .into_iter()
        .next()
        .unwrap_or_else(|| "not said".to_owned())
}

fn problems(detail: &str) -> Vec<String> {
    let Ok(detail) = serde_json::from_str::<serde_json::Value>(detail) else {
        return Vec::new();
    };
    let why = detail["why"]
        .as_str()
        .filter(|why| !why.is_empty())
        .map(str::to_owned);
    let listed = detail["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|problem| {
            format!(
                "{}: {}",
                problem["path"].as_str().unwrap_or("?"),
                problem["says"].as_str().unwrap_or("not understood")
            )
        });
    why.into_iter().chain(listed).collect()
}

fn understood(detail: &str) -> Vec<String> {
    let Ok(detail) = serde_json::from_str::<serde_json::Value>(detail) else {
        return Vec::new();
    };
    [
        ("readings", "readings"),
        ("absent", "signals without a value"),
    ]
    .into_iter()
    .filter_map(|(key, says)| Some(format!("{} {says}", detail[key].as_u64()?)))
    .collect()
}

/// One frame with its bytes.
pub async fn frame(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<u64>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let frame = stored(&application, id).await?;
    let page = FramePage {
        around: asked.around(
            Here::Quarantine,
            frame.outcome.state == FrameState::Simulated,
        ),
        id,
        received_at: frame.received_at,
        connection: frame.connection,
        remote: &frame.remote,
        profile: &frame.profile,
        state: frame.outcome.state.says(),
        device_key: frame.outcome.device_key.as_deref(),
        parser_version: frame.outcome.parser_version,
        problems: problems(&frame.outcome.detail),
        understood: understood(&frame.outcome.detail),
        bytes: &frame.bytes,
        may_reprocess: super::access::ASSOCIATE.include(viewer.role),
    };
    Ok(html(page.html()))
}

async fn stored(application: &Application, id: u64) -> Result<store::Frame, Refused> {
    application
        .store
        .frame(application.tenant, FrameId(id))
        .await
        .context("reading a frame")
        .map_err(Fault)?
        .ok_or(Refused::NotFound)
}

/// Has one frame read again.
pub async fn reprocess(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<u64>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let frame = stored(&application, id).await?;
    match &frame.outcome.device_key {
        Some(key) => {
            let until = frame.received_at + Span::from_microseconds(1);
            devices::reprocess(
                &application,
                key,
                frame.received_at.max(until - BACK),
                until,
            )
            .await?;
        }
        None => devices::reprocess_one(&application, &frame).await,
    }
    Ok(Redirect::to(&format!("/frames/{id}")).into_response())
}
