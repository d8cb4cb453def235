//! The session room: the page, its parts, its acts, its printed record.

use super::acts;
use super::card_acts;
use super::experience_acts;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::late_acts;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::clock_face::ClockFace;
use super::pages::entry_line::MonitorNames;
use super::pages::session_room::{Arranged, SessionRoom};
use super::respond::Refused;
use super::start_acts;
use super::typesetting;
use crate::application::Application;
use crate::command::{Order, Saved, execute, execute_afterwards};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::leaving;
use crate::live::{Tiles, tiles};
use crate::notes;
use crate::patients;
use crate::prediction::{self, Prediction, Said};
use crate::reporting;
use crate::standing;
use crate::wishes;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::clinic::Clinic;
use clinical::course::session::decide::{
    Leaving, discharge_verdict, next_dose_verdict, start_verdict,
};
use clinical::course::session::handover::open_matters;
use clinical::course::session::{
    Command, Context, Papers, Present, Recovery, Session, Stage, decide,
};
use clinical::course::wishes::Wishes;
use clinical::patient::Patient;
use clinical::policy::Verdict;
use clinical::record::{Actor, CommandId, EventId, SessionId};
use report::chart::{ChartInput, Theme as ChartTheme};
use report::document::DocumentInput;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use units::Moment;

/// What the page is told by its address.
#[derive(Default, Deserialize)]
pub struct Told {
    #[serde(default)]
    refused: Option<String>,
    #[serde(default)]
    saved: Option<i64>,
    #[serde(default)]
    correct: Option<EventId>,
}

/// Everything read for the room.
struct Read {
    session: Arc<Session>,
    patient: Patient,
    live: Tiles,
    ahead: bool,
    gate: Option<Verdict>,
    recoveries: Vec<Recovery>,
    chart: String,
    predicted: Option<Said>,
    monitors: MonitorNames,
    clinic: Arc<Clinic>,
    staff: Vec<Present>,
    signal_heard: Option<Moment>,
    wishes: Wishes,
    open: Vec<String>,
    programme: Option<String>,
    arranged: Vec<Arranged>,
}

async fn read(
    application: &Arc<Application>,
    viewer: &Viewer,
    id: SessionId,
    now: Moment,
    dim: bool,
) -> Result<Read, Refused> {
    let (session, patient) = of_whom(application, id).await?;
    let rules = application.rules_of(&session)?;
    let watched = application.live.watch(id);
    let (live, monitor) = {
        let bedside = watched.bedside();
        let in_force = application.limits_are_on();
        let live = tiles(&session, &bedside, &rules, in_force, &application.zone, now);
        (live, bedside.evidence(now))
    };
    let wishes = match session.patient {
        Some(patient) => wishes::of(application, patient).await?.state,
        None => Wishes::default(),
    };
    let open = if session.stage.is_present() {
        open_matters(&session, &rules, wishes.touch().map(|said| said.what), now)
    } else {
        Vec::new()
    };
    let actor = viewer.actor();
    let papers = match session.stage {
        Stage::Preparation => standing::papers(application, &session, now).await?,
        _another => Papers::not_known(),
    };
    let context = Context {
        now,
        at: now,
        actor: &actor,
        monitor,
        papers: &papers,
        rules: &rules,
    };
    let gate = match session.stage {
        Stage::Preparation => Some(start_verdict(&session, &context)),
        Stage::Observation => {
            let escort = session.escort.clone().unwrap_or_default();
            // What is said when they leave is not said yet.
            let leaving = Leaving {
                escort: &escort,
                ..Leaving::default()
            };
            Some(discharge_verdict(&session, leaving, &context))
        }
        // A further dose waits for the one before.
        Stage::Infusion if session.doses_left().is_some_and(|left| left > 0) => session
            .last_dose_at()
            .map(|_| next_dose_verdict(&session, &context)),
        Stage::NotPlanned
        | Stage::Planned
        | Stage::Infusion
        | Stage::Paused
        | Stage::Stopped
        | Stage::Discharged
        | Stage::Cancelled
        | Stage::Signed => None,
    };
    let recoveries = match session.stage {
        Stage::Stopped | Stage::Observation => decide::recoveries(&session, &rules),
        _another => Vec::new(),
    };
    let theme = if dim {
        ChartTheme::Dim
    } else {
        ChartTheme::Day
    };
    let monitors = monitor_names(application, &session);
    let predicted = prediction::of_session(application, &session, &patient).await?;
    let chart = ChartInput::new(&session, now, &application.zone, theme);
    let chart = match predicted.as_ref().and_then(Prediction::lane) {
        Some(lane) => chart.with_predicted(lane),
        None => chart,
    };
    let chart = report::chart::svg(&chart);
    let clock = ClockFace {
        zone: &application.zone,
        now,
    };
    let predicted = predicted.map(|predicted| predicted.said(&session, &clock));
    Ok(Read {
        clinic: application.clinic(),
        staff: match session.stage {
            Stage::Preparation => start_acts::staff(application).await?,
            _another => Vec::new(),
        },
        signal_heard: application.signals.heard(id),
        programme: reporting::form_says(application, &session).await?,
        arranged: match session.stage {
            Stage::Observation => leaving::arranged(application, &session, now).await?,
            _another => Vec::new(),
        },
        wishes,
        open,
        session,
        patient,
        live,
        ahead: false,
        gate,
        recoveries,
        chart,
        predicted,
        monitors,
    })
}

/// What staff call the monitors that charted in a session.
fn monitor_names(application: &Application, session: &Session) -> MonitorNames {
    let mut names = MonitorNames::new();
    for entry in &session.entries {
        let Actor::Device { name: key } = &entry.actor else {
            continue;
        };
        if names.contains_key(key) {
            continue;
        }
        let Some(located) = application.devices.known(key) else {
            continue;
        };
        if let Some(registration) = &located.lock().device.registration {
            names.insert(key.clone(), registration.name.clone());
        }
    }
    names
}

fn room<'a>(
    asked: &'a Asked<'_>,
    application: &'a Application,
    read: &'a Read,
    viewer: &Viewer,
    told: &'a Told,
) -> SessionRoom<'a> {
    SessionRoom {
        around: asked.around(Here::Session, read.live.simulated),
        session: &read.session,
        patient: &read.patient,
        ahead: read.ahead,
        gate: read.gate.as_ref(),
        recoveries: &read.recoveries,
        live: &read.live,
        chart: &read.chart,
        predicted: read.predicted.as_ref(),
        monitors: &read.monitors,
        advisories_on: application.limits_are_on(),
        may_act: super::access::ROOM.include(viewer.role),
        may_order: super::access::ORDER.include(viewer.role),
        cards: application.cards(),
        clinic: &read.clinic,
        staff: &read.staff,
        signal_heard: read.signal_heard,
        wishes: &read.wishes,
        open: &read.open,
        programme: read.programme.as_deref(),
        arranged: &read.arranged,
        reader: Some(viewer.id),
        correcting: told.correct,
        refused: told.refused.as_deref(),
        saved: told.saved.map(Moment::from_microseconds),
    }
}

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let read = read(&application, &viewer, id, asked.now(), is_dim(&asked)).await?;
    viewed(&application, &viewer, &read.session, asked.now()).await?;
    Ok(html(room(&asked, &application, &read, &viewer, &told).html()).into_response())
}

/// The parts that change with the record.
pub async fn fragments(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let read = read(&application, &viewer, id, asked.now(), is_dim(&asked)).await?;
    let fragments = room(&asked, &application, &read, &viewer, &told).fragments();
    Ok(axum::Json(fragments).into_response())
}

fn is_dim(asked: &Asked<'_>) -> bool {
    asked.theme() == super::pages::around::Theme::Dim
}

/// The bar of acts and its panels as they will be when the session stands at each of these stages:
/// what a tablet shows once it has charted its way there without contact.
pub(super) async fn acts_at(
    application: &Arc<Application>,
    viewer: &Viewer,
    asked: &Asked<'_>,
    id: SessionId,
    stages: &[Stage],
) -> Result<Vec<(Stage, String)>, Refused> {
    if stages.is_empty() {
        return Ok(Vec::new());
    }
    let mut read = read(application, viewer, id, asked.now(), is_dim(asked)).await?;
    if stages.contains(&Stage::Preparation) {
        read.staff = start_acts::staff(application).await?;
    }
    read.ahead = true;
    read.gate = None;
    let told = Told::default();
    let mut acts = Vec::new();
    for stage in stages {
        read.session = Arc::new(Session {
            stage: *stage,
            ..(*read.session).clone()
        });
        acts.push((
            *stage,
            room(asked, application, &read, viewer, &told).acts(),
        ));
    }
    Ok(acts)
}

/// The emergency cards and their panels as they stand in a session in which each was opened.
pub(super) async fn cards_of(
    application: &Arc<Application>,
    viewer: &Viewer,
    asked: &Asked<'_>,
    supposed: Session,
) -> Result<(String, String), Refused> {
    let mut read = read(application, viewer, supposed.id, asked.now(), is_dim(asked)).await?;
    read.session = Arc::new(supposed);
    let told = Told::default();
    Ok(room(asked, application, &read, viewer, &told).open_cards())
}

/// A session and whose it is.
pub(super) async fn of_whom(
    application: &Application,
    id: SessionId,
) -> Result<(Arc<Session>, Patient), Refused> {
    let session = application
        .sessions
        .session(id)
        .await?
        .ok_or(Refused::NotFound)?;
    let patient = session.patient.ok_or(Refused::NotFound)?;
    let patient = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    Ok((session, patient))
}

/// The same, for a page of it that somebody opens: that they did is noted.
// Hazard: H45
pub(super) async fn opened(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
) -> Result<(Arc<Session>, Patient), Refused> {
    let (session, patient) = of_whom(application, id).await?;
    viewed(application, viewer, &session, application.clock.now()).await?;
    Ok((session, patient))
}

/// Notes that somebody opened the chart; the stream that follows is part of the same view.
pub(super) async fn viewed(
    application: &Application,
    viewer: &Viewer,
    session: &Session,
    now: Moment,
) -> Result<(), Fault> {
    let entry = store::AuditEntry {
        at: now,
        actor: viewer.actor(),
        action: "open a session".to_owned(),
        patient: session.patient,
        session: Some(session.id),
        detail: String::new(),
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting a view")?;
    Ok(())
}

/// An act of the room.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let done = carry_out(&application, &viewer, id, &fields).await;
    let scripted = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    let back = match fields.text("recorded") {
        "paper" => format!("/sessions/{id}/from-paper"),
        _other => format!("/sessions/{id}"),
    };
    match (done, scripted) {
        (Ok(saved), true) => {
            let at = saved.at.timestamp().to_zoned(application.zone.clone());
            let body = json!({
                "saved": true,
                "version": saved.version,
                "at": at.strftime("%H:%M").to_string(),
            });
            (StatusCode::OK, axum::Json(body)).into_response()
        }
        (Ok(saved), false) => {
            Redirect::to(&format!("{back}?saved={}", saved.at.microseconds())).into_response()
        }
        (Err(refused), true) => refused.into_response(),
        (Err(refused), false) => {
            refused.log();
            let says: String = form_encoded(&refused.says());
            Redirect::to(&format!("{back}?refused={says}")).into_response()
        }
    }
}

fn form_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

async fn carry_out(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
) -> Result<Saved, Refused> {
    check_csrf(viewer, fields.text("csrf"))?;
    check_identity(application, id, fields).await?;
    let command_id: CommandId = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "This form has no number. Reload the page."))?;
    let now = application.clock.now();
    let late = late_acts::read(fields, &application.zone, now)?;
    // A time of day on a form is one of the day on which it was filled in.
    let tapped = late.as_ref().map_or(now, |late| late.at);
    let session = application.sessions.session(id).await?;
    let session = session.ok_or(Refused::NotFound)?;
    let kept = card_acts::Kept {
        cards: application.cards(),
        clinic: &application.clinic(),
        session: &session,
    };
    let act = if let Some(act) = card_acts::read(fields, &kept, &application.zone, tapped)? {
        act
    } else if let Some(act) = start_acts::read(fields)? {
        act
    } else if let Some(act) = experience_acts::read(fields, &session, &application.zone, tapped)? {
        act
    } else {
        acts::read(fields, &application.zone, tapped)?
    };
    start_acts::check_staff(application, &act.command).await?;
    let Some(late) = late else {
        let leaves = matches!(act.command, Command::Discharge { .. });
        let order = Order {
            command_id,
            session: id,
            actor: viewer.actor(),
            command: act.command,
            at: act.at,
        };
        let saved = execute(application, order).await?;
        if leaves {
            super::going_home::send(application, id, viewer.actor()).await;
        }
        return Ok(saved);
    };
    // Hazard: H02 — what somebody charted is saved in their name or not at all.
    let by = fields.text("staff");
    if !by.is_empty() && by != viewer.id.to_string() {
        return Err(Refused::Forbidden(
            "Not saved: somebody else charted this on the tablet. It is sent when they sign in again.",
        ));
    }
    let order = Order {
        command_id,
        session: id,
        actor: viewer.actor(),
        command: act.command,
        at: Some(act.at.unwrap_or(late.at)),
    };
    execute_afterwards(application, order, late.late).await
}

/// The form says for whom it was filled in; if that is not whom this session is for, nothing is
/// charted. Hazard: H02
pub(super) async fn check_identity(
    application: &Application,
    id: SessionId,
    fields: &Fields,
) -> Result<(), Refused> {
    let session = application
        .sessions
        .session(id)
        .await?
        .ok_or(Refused::NotFound)?;
    let patient = session
        .patient
        .map(|patient| patient.to_string())
        .unwrap_or_default();
    if fields.text("session") == id.to_string() && fields.text("patient") == patient {
        return Ok(());
    }
    Err(Problem::new(
        "patient",
        "Not saved: this form was filled in for somebody else. Reload.",
    )
    .into())
}

/// The session as a printed document.
pub async fn record(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
) -> Result<Response, Refused> {
    let (session, patient) = opened(&application, &viewer, id).await?;
    let pdf = document(&application, &session, &patient).await?;
    let name = format!("inline; filename=\"session-{id}.pdf\"");
    Ok((
        [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        pdf,
    )
        .into_response())
}

/// The session's document as bytes.
pub async fn document(
    application: &Application,
    session: &Arc<Session>,
    patient: &Patient,
) -> Result<Vec<u8>, Fault> {
    let leaf = notes::last_leaf(application, session).await?;
    let written = notes::of(application, session.id).await?.state;
    let input = DocumentInput::from_session(
        session,
        (patient, &written),
        &leaf,
        if application.configuration.demo {
            "Evenkeel demo clinic"
        } else {
            "Evenkeel"
        },
        &application.zone,
    );
    let input = prediction::on_paper(application, session, input).await?;
    typesetting::set(move || report::document::session_record(&input)).await
}
