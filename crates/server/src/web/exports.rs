//! Taking the record out of the house: the page, the two exports, and fetching what was made.

use super::access::CLINIC_SETTERS;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::exports::{ExportsPage, Typed};
use super::respond::Refused;
use crate::application::Application;
use crate::exports::{Asked as AskedFor, Job, JobState, Kind};
use crate::fault::Fault;
use crate::identity::Viewer;
use anyhow::Context as _;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use clinical::patient::CivilDate;
use clinical::record::Role;
use futures_util::stream::try_unfold;
use std::sync::Arc;
use store::AuditEntry;
use tokio::io::AsyncReadExt as _;
use uuid::Uuid;

/// While an export is being made the page asks again after so many seconds, without any script.
const ASK_AGAIN: &str = "2";

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// How many bytes of a file are read at once.
const PIECE: usize = 64 * 1024;

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    shown(&application, &viewer, &headers, &uri, Typed::default())
}

fn shown(
    application: &Application,
    viewer: &Viewer,
    headers: &HeaderMap,
    uri: &Uri,
    typed: Typed,
) -> Response {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let newest = application.exports.newest();
    let visible = newest.filter(|job| may_see(viewer.role, job));
    let runs = application
        .exports
        .newest()
        .is_some_and(|job| job.is_running());
    let state = visible.as_ref().map(|job| job.state());
    let rules = application.in_force().research.clone();
    let status = if typed.problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = ExportsPage {
        around: asked.around(Here::Elsewhere, false),
        job: visible.as_deref().zip(state.as_ref()),
        runs,
        is_owner: viewer.role == Role::Owner,
        typed,
        small: rules.small,
        weeks_back: rules.weeks_back,
        shortest_days: rules.shortest_days,
    };
    let mut response = (status, html(page.html())).into_response();
    if runs && status == StatusCode::OK {
        let again = header::HeaderValue::from_static(ASK_AGAIN);
        response.headers_mut().insert(header::REFRESH, again);
    }
    response
}

/// Whoever may export may see what was exported: the whole record is the owner's alone.
// Hazard: H71
fn may_see(role: Role, job: &Job) -> bool {
    match job.kind {
        Kind::Research(_) => CLINIC_SETTERS.include(role),
        Kind::Everything => role == Role::Owner,
    }
}

/// Begins a research export.
pub async fn research(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let asked = match asked_for(&fields) {
        Ok(asked) => asked,
        Err(problem) => {
            let typed = Typed {
                seed: fields.text("seed").to_owned(),
                from: fields.text("from").to_owned(),
                to: fields.text("to").to_owned(),
                reason: String::new(),
                problem: Some(problem),
            };
            return Ok(shown(&application, &viewer, &headers, &uri, typed));
        }
    };
    noted(
        &application,
        &viewer,
        "make a research export",
        stretch(asked),
    )
    .await?;
    begin(&application, &viewer, Kind::Research(asked))
}

/// Of whom it is, in words. The seed is not told: it is kept apart from the list of who did what.
fn stretch(asked: AskedFor) -> String {
    match (asked.from, asked.to) {
        (None, None) => "everybody".to_owned(),
        (Some(from), None) => format!("first drug from {from}"),
        (None, Some(to)) => format!("first drug until {to}"),
        (Some(from), Some(to)) => format!("first drug from {from} until {to}"),
    }
}

fn begin(application: &Arc<Application>, viewer: &Viewer, kind: Kind) -> Result<Response, Refused> {
    let by = viewer.name.clone();
    match application.exports.begin(application, kind, by) {
        Some(_) => Ok(Redirect::to("/exports").into_response()),
        None => Err(Refused::Ruled(
            "An export is being made. Wait until it is done.".to_owned(),
        )),
    }
}

fn asked_for(fields: &Fields) -> Result<AskedFor, Problem> {
    let seed = fields.text("seed").parse().map_err(|_| {
        Problem::new("seed", "Enter a whole number, and keep it: only with it can a later export have the same numbers.")
    })?;
    let day = |name: &str| -> Result<Option<CivilDate>, Problem> {
        let text = fields.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let says = "This is no day. Choose one from the calendar, or leave it empty.";
        text.parse().map(Some).map_err(|_| Problem::new(name, says))
    };
    Ok(AskedFor {
        seed,
        from: day("from")?,
        to: day("to")?,
    })
}

/// Begins the export of everything.
pub async fn everything(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let reason = fields.text("reason").trim().to_owned();
    let problem = if reason.is_empty() {
        Some("Write what the record is taken out for.")
    } else if reason.chars().count() > LONGEST_REASON {
        Some("This is longer than 500 characters. Shorten it.")
    } else {
        None
    };
    if let Some(says) = problem {
        let typed = Typed {
            reason,
            problem: Some(Problem::new("reason", says)),
            ..Typed::default()
        };
        return Ok(shown(&application, &viewer, &headers, &uri, typed));
    }
    noted(
        &application,
        &viewer,
        "export the whole record, by name",
        reason,
    )
    .await?;
    begin(&application, &viewer, Kind::Everything)
}

/// Gives out what was made, as one file.
pub async fn fetch(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<Uuid>,
) -> Result<Response, Refused> {
    let job = application
        .exports
        .newest()
        .filter(|job| job.id == id && may_see(viewer.role, job))
        .ok_or(Refused::NotFound)?;
    let JobState::Done(done) = job.state() else {
        return Err(Refused::NotFound);
    };
    let (action, name) = match job.kind {
        Kind::Research(_) => ("fetch a research export", "evenkeel-research.tar"),
        Kind::Everything => ("fetch the whole record, by name", "evenkeel-everything.tar"),
    };
    let file = tokio::fs::File::open(&done.path)
        .await
        .context("opening an export")
        .map_err(Fault)?;
    noted(&application, &viewer, action, String::new()).await?;
    let pieces = try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        let next = (read > 0).then(|| (Bytes::from(piece), file));
        Ok::<_, std::io::Error>(next)
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar".to_owned()),
        (header::CONTENT_LENGTH, done.bytes.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Notes who took what out, and what for.
// Hazard: H71
async fn noted(
    application: &Application,
    viewer: &Viewer,
    action: &str,
    detail: String,
) -> Result<(), Fault> {
    let entry = AuditEntry {
        at: application.clock.now(),
        actor: viewer.actor(),
        action: action.to_owned(),
        patient: None,
        session: None,
        detail,
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting an export")
        .map_err(Fault)
}
