//! Labels to print, and the scan by which a monitor comes to serve the person it is at.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::monitors::{command_id, live_value_at, name};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::monitor_labels::{LabelLine, Labels, MonitorScan, TakeOver};
use super::respond::Refused;
use crate::application::Application;
use crate::devices::{self, DeviceOrder, DeviceRefused};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::{jobs, patients};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::booking::Place;
use clinical::course::session::{Session, Stage};
use clinical::device::{DeviceCommand, DeviceRefusal, Label, Method, PlaceMark};
use clinical::patient::Patient;
use clinical::record::{DeviceId, SessionId};
use serde::Deserialize;
use std::sync::Arc;

/// What the address of the scanning page may say.
#[derive(Default, Deserialize)]
pub struct Told {
    #[serde(default)]
    first: String,
    session: Option<SessionId>,
    placed: Option<String>,
}

/// What a label that was scanned stands on.
enum Thing {
    Monitor { device: DeviceId, name: String },
    Visit(Box<(Arc<Session>, Patient)>),
    Place(String),
}

/// Two labels, and what becomes of them.
enum Pair {
    Serves(DeviceId, Box<(Arc<Session>, Patient)>),
    Stands(DeviceId, String),
    /// One of the two must be another one.
    Not(&'static str),
}

/// The page that takes the two labels, one after the other, in either order.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let first = match told.first.as_str() {
        "" => Ok(None),
        code => thing(&application, code).await.map(Some),
    };
    let (first, refused) = match first {
        Ok(first) => (first, None),
        Err(Refused::Problem(problem)) => (None, Some(problem.says)),
        Err(other) => return Err(other),
    };
    let wanted = wanted(&application, told.session).await?;
    let placed = told.placed.filter(|says| !says.is_empty());
    let page = scan_page(&application, &asked, first.as_ref(), wanted.as_ref());
    Ok(html(
        MonitorScan {
            code: if refused.is_none() { &told.first } else { "" },
            refused: refused.as_deref(),
            placed: placed.as_deref(),
            ..page
        }
        .html(),
    ))
}

/// One label after the other; with the second the monitor is connected.
// Hazard: H01
pub async fn scan(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let wanted = wanted(&application, fields.text("session").parse().ok()).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let first = match fields.text("first") {
        "" => None,
        code => Some(thing(&application, code).await?),
    };
    let again = |says: &str, code: &str, first: Option<&Thing>, take_over| {
        let page = scan_page(&application, &asked, first, wanted.as_ref());
        let page = MonitorScan {
            code,
            refused: Some(says),
            take_over,
            ..page
        };
        (StatusCode::UNPROCESSABLE_ENTITY, html(page.html())).into_response()
    };
    let code = fields.text("code");
    let scanned = match thing(&application, code).await {
        Ok(scanned) => scanned,
        // What was scanned before stays: only this label is scanned again.
        Err(Refused::Problem(problem)) => {
            return Ok(again(
                &problem.says,
                fields.text("first"),
                first.as_ref(),
                None,
            ));
        }
        Err(other) => return Err(other),
    };
    if let (Thing::Visit(visit), Some((session, _))) = (&scanned, &wanted)
        && visit.0.id != session.id
    {
        let says = "Nothing was connected: this label belongs to another person’s visit. Look whose room this is.";
        return Ok(again(says, fields.text("first"), first.as_ref(), None));
    }
    let Some(first) = first else {
        let session = wanted
            .map(|(session, _)| format!("&session={}", session.id))
            .unwrap_or_default();
        return Ok(
            Redirect::to(&format!("/devices/scan?first={}{session}", only_code(code)))
                .into_response(),
        );
    };
    match pair(first, scanned) {
        Pair::Not(says) => {
            let newest = thing(&application, code).await?;
            Ok(again(says, code, Some(&newest), None))
        }
        Pair::Serves(device, visit) => {
            let order = DeviceOrder {
                command_id: command_id(&fields)?,
                device,
                actor: viewer.actor(),
                command: DeviceCommand::AssociateDevice {
                    room: visit.0.room.clone(),
                    session: Some(visit.0.id),
                    method: Method::Scan,
                    take_over: fields.text("take_over") == "yes",
                },
                at: None,
            };
            patients::expect(&application, &visit.0).await?;
            match devices::execute(&application, order).await {
                Ok(()) => Ok(Redirect::to(&format!("/sessions/{}", visit.0.id)).into_response()),
                Err(DeviceRefused::Refusal(DeviceRefusal::ServesAnotherSession {
                    room,
                    since,
                    ..
                })) => {
                    let monitor = monitor_named(&application, device);
                    let since = asked.around(Here::Devices, false).clock().when(since);
                    let says = format!(
                        "Not connected: {monitor} serves another session, in {room}, since {since}."
                    );
                    let take_over = TakeOver {
                        first: fields.text("first").to_owned(),
                        code: code.to_owned(),
                        says: format!("End that one and connect {monitor} here"),
                    };
                    let newest = Thing::Visit(visit);
                    Ok(again(&says, code, Some(&newest), Some(take_over)))
                }
                Err(refused) => Ok(again(&not_done(refused)?, "", None, None)),
            }
        }
        Pair::Stands(device, place) => {
            // A place says less than a person: whoever is in it is asked for two identifiers.
            let present = present_in(&application, &place).await?;
            if let [session] = present.as_slice() {
                let to = format!("/devices?associate={device}&session={session}");
                return Ok(Redirect::to(&to).into_response());
            }
            if !present.is_empty() {
                let says = "Nothing was connected: more than one person is in this place. Scan the person’s own label.";
                return Ok(again(says, "", None, None));
            }
            let order = DeviceOrder {
                command_id: command_id(&fields)?,
                device,
                actor: viewer.actor(),
                command: DeviceCommand::AssociateDevice {
                    room: place,
                    session: None,
                    method: Method::PlacedInRoom,
                    take_over: false,
                },
                at: None,
            };
            match devices::execute(&application, order).await {
                Ok(()) => Ok(Redirect::to("/devices/scan?placed=yes").into_response()),
                Err(refused) => Ok(again(&not_done(refused)?, "", None, None)),
            }
        }
    }
}

/// What two labels say together.
fn pair(first: Thing, second: Thing) -> Pair {
    match (first, second) {
        (Thing::Monitor { device, .. }, Thing::Visit(visit))
        | (Thing::Visit(visit), Thing::Monitor { device, .. }) => Pair::Serves(device, visit),
        (Thing::Monitor { device, .. }, Thing::Place(place))
        | (Thing::Place(place), Thing::Monitor { device, .. }) => Pair::Stands(device, place),
        (Thing::Monitor { .. }, Thing::Monitor { .. }) => Pair::Not(
            "Two monitors were scanned; the second one counts. Now scan the person’s label.",
        ),
        (Thing::Visit(_) | Thing::Place(_), Thing::Visit(_) | Thing::Place(_)) => {
            Pair::Not("No monitor was scanned yet. Scan the label on the monitor.")
        }
    }
}

fn not_done(refused: DeviceRefused) -> Result<String, Refused> {
    match refused {
        DeviceRefused::Refusal(refusal) => Ok(format!("Not done: {refusal}.")),
        DeviceRefused::Conflict => {
            Ok("Not done: someone else changed this monitor just now. Scan again.".to_owned())
        }
        DeviceRefused::Fault(fault) => Err(Refused::Fault(fault)),
    }
}

/// A code without anything that an address would have to escape.
fn only_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn monitor_named(application: &Application, device: DeviceId) -> String {
    application
        .devices
        .by_id(device)
        .map(|located| name(&located.lock().device).to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "This monitor".to_owned())
}

/// The session that the page was opened for, if it was opened from a room.
async fn wanted(
    application: &Application,
    id: Option<SessionId>,
) -> Result<Option<(Arc<Session>, Patient)>, Refused> {
    let Some(id) = id else {
        return Ok(None);
    };
    super::room::of_whom(application, id).await.map(Some)
}

/// What a code stands on here and now; a sentence where it is unknown, another clinic's or of the
/// past.
async fn thing(application: &Application, code: &str) -> Result<Thing, Refused> {
    let no = |says: &str| Refused::Problem(Problem::new("code", says));
    let mark = application.clinic_mark().await?.ok_or_else(|| {
        no("This clinic has no labels yet: open a room under Calendar, Clinic. Nothing was connected.")
    })?;
    let label = Label::read(code, mark).map_err(|problem| no(&problem.to_string()))?;
    match label {
        Label::Monitor(device) => {
            if application.devices.by_id(device).is_none() {
                return Err(no(
                    "This monitor is not registered here. Nothing was connected. Register it under Unassigned data first.",
                ));
            }
            Ok(Thing::Monitor {
                device,
                name: monitor_named(application, device),
            })
        }
        Label::Place(marked) => places(application)
            .into_iter()
            .find(|name| PlaceMark::of(mark, name) == marked)
            .map(Thing::Place)
            .ok_or_else(|| {
                no("The room of this label is closed or has another name now. Nothing was connected. Print a new label.")
            }),
        Label::Visit(id) => {
            let unknown = || no("This visit is not known here. Nothing was connected. Print the person’s label once more.");
            let session = application.sessions.session(id).await?.ok_or_else(unknown)?;
            let patient = session.patient.ok_or_else(unknown)?;
            let patient = patients::read(application, patient).await?.ok_or_else(unknown)?;
            match session.stage {
                Stage::Preparation
                | Stage::Infusion
                | Stage::Paused
                | Stage::Stopped
                | Stage::Observation => Ok(Thing::Visit(Box::new((session, patient)))),
                Stage::Planned | Stage::NotPlanned => Err(no(
                    "This person is not checked in yet. Nothing was connected. Check them in, then scan again.",
                )),
                Stage::Discharged | Stage::Cancelled | Stage::Signed => Err(no(
                    "The visit of this label is over. Nothing was connected. Take the old label off and print today’s.",
                )),
            }
        }
    }
}

/// Every room of the clinic, and every chair, by its name.
fn places(application: &Application) -> Vec<String> {
    let rooms = &application.clinic().rooms;
    let mut names: Vec<String> = rooms.iter().map(|room| room.name.clone()).collect();
    for place in Place::all(rooms) {
        let name = place.name_in(rooms);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Who is in a place now: in that chair, in any chair of that room, or in its room without a chair.
async fn present_in(application: &Application, place: &str) -> Result<Vec<SessionId>, Fault> {
    let clinic = application.clinic();
    let mut present = Vec::new();
    for id in jobs::open_sessions(application).await? {
        let session = application.sessions.session(id).await?;
        let is_here = session.is_some_and(|session| {
            let here = session.room == place
                || clinic.room_of(&session.room) == place
                || session.room == clinic.room_of(place);
            here && session.stage.is_present()
        });
        if is_here {
            present.push(id);
        }
    }
    Ok(present)
}

fn scan_page<'a>(
    application: &Application,
    asked: &'a Asked<'_>,
    first: Option<&'a Thing>,
    wanted: Option<&'a (Arc<Session>, Patient)>,
) -> MonitorScan<'a> {
    let (monitor, person, place) = match first {
        None => (None, None, None),
        Some(Thing::Monitor { device, name }) => (Some((*device, name.as_str())), None, None),
        Some(Thing::Visit(visit)) => (None, Some((&*visit.0, &visit.1)), None),
        Some(Thing::Place(place)) => (None, None, Some(place.as_str())),
    };
    MonitorScan {
        around: asked.around(Here::Devices, false),
        code: "",
        monitor: monitor.map(|(_, name)| name),
        live_value: monitor.and_then(|(device, _)| live_value_at(application, device, asked.now())),
        person,
        place,
        wanted: wanted.map(|(session, patient)| (&**session, patient)),
        refused: None,
        placed: None,
        take_over: None,
    }
}

/// The labels of every monitor and of every place.
pub async fn labels(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let Some(mark) = application.clinic_mark().await? else {
        let page = Labels {
            around: asked.around(Here::Devices, false),
            lines: Vec::new(),
            of_session: None,
        };
        return Ok(html(page.html()));
    };
    let mut monitors: Vec<LabelLine> = application
        .devices
        .all()
        .iter()
        .filter_map(|located| {
            let held = located.lock();
            Some(LabelLine {
                kind: "Monitor",
                title: name(&held.device).to_owned(),
                facts: vec![held.device.registration.as_ref()?.wire_key.clone()],
                code: Label::Monitor(held.id?).code(mark),
            })
        })
        .collect();
    monitors.sort_by(|a, b| a.title.cmp(&b.title));
    let places = places(&application).into_iter().map(|place| LabelLine {
        kind: "Room",
        code: Label::Place(PlaceMark::of(mark, &place)).code(mark),
        title: place,
        facts: Vec::new(),
    });
    let page = Labels {
        around: asked.around(Here::Devices, false),
        lines: monitors.into_iter().chain(places).collect(),
        of_session: None,
    };
    Ok(html(page.html()))
}

/// The label that a person wears for one visit.
pub async fn visit_label(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let (session, patient) = super::room::opened(&application, &viewer, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let mark = application.clinic_mark().await?.ok_or(Refused::NotFound)?;
    let around = asked.around(Here::Session, false);
    let strip =
        super::pages::identity_strip::IdentityStrip::of(&patient, asked.now(), &application.zone);
    let page = Labels {
        around,
        lines: vec![LabelLine {
            kind: "Visit",
            title: strip.name,
            facts: vec![
                format!("born {}", strip.born),
                format!("No. {}", strip.number),
                format!("{} · room {}", around.weekday(), session.room),
            ],
            code: Label::Visit(id).code(mark),
        }],
        of_session: Some(id),
    };
    Ok(html(page.html()))
}
