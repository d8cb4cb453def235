//! The notes of a session: composed from the chart, put into words, signed, added to.

use super::access::ROOM;
use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_password};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::notes::{NotesPage, lines_missing_in};
use super::preparing::command_id;
use super::respond::Refused;
use super::room::{check_identity, opened};
use crate::application::Application;
use crate::identity::Viewer;
use crate::notes::{self, Act, written_out};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::note::Focus;
use clinical::leaflet::Language;
use clinical::record::{SessionId, StaffId};
use std::sync::Arc;

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    shown(&application, &viewer, id, (&headers, &uri), None).await
}

/// What was typed and not done, with why.
struct NotDone {
    refused: Refused,
    text: String,
    /// To whose note it was to be added; none for the own one.
    to: Option<StaffId>,
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    (headers, uri): (&HeaderMap, &Uri),
    not_done: Option<NotDone>,
) -> Result<Response, Refused> {
    let (session, person) = opened(application, viewer, id).await?;
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let kept = notes::of(application, id).await?.state;
    let composed = notes::begins_with(application, &session, Focus::of(viewer.role))?;
    let (status, refused, typed) = match not_done {
        Some(not) => (
            not.refused.status(),
            Some(not.refused.says()),
            Some((not.to, not.text)),
        ),
        None => (StatusCode::OK, None, None),
    };
    let around = asked.around(Here::Patients, false);
    let page = NotesPage {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        session: &session,
        kept: &kept,
        composed: &composed,
        viewer: viewer.id,
        may_write: ROOM.include(viewer.role),
        refused,
        typed,
    };
    Ok((status, html(page.html())).into_response())
}

/// Keeps, signs, adds.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    // Hazard: H02
    check_identity(&application, id, &fields).await?;
    let act = read(&fields)?;
    let to = match act {
        Act::Add { to, .. } => Some(to),
        Act::Draft | Act::Sign => None,
    };
    let text = fields.text("text").to_owned();
    match done(&application, &viewer, id, &fields, act).await {
        Ok(()) => Ok(Redirect::to(&format!("/sessions/{id}/notes")).into_response()),
        Err(Refused::Fault(fault)) => Err(Refused::Fault(fault)),
        Err(refused) => {
            let not_done = NotDone { refused, text, to };
            shown(&application, &viewer, id, (&headers, &uri), Some(not_done)).await
        }
    }
}

fn read(fields: &Fields) -> Result<Act, Problem> {
    Ok(match fields.text("act") {
        "draft" | "add-lines" => Act::Draft,
        "sign" => Act::Sign,
        "add" => {
            let to = fields.text("to").parse().map(StaffId);
            Act::Add {
                to: to.map_err(|_| Problem::new("to", "Not saved: to whose note? Reload."))?,
                strikes: fields.text("strikes") == "yes",
            }
        }
        _other => {
            let says = "Not saved: this page is from another version. Reload it.";
            return Err(Problem::new("act", says));
        }
    })
}

async fn done(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
    act: Act,
) -> Result<(), Refused> {
    let command_id = command_id(fields, Language::English)?;
    let session = application
        .sessions
        .session(id)
        .await?
        .ok_or(Refused::NotFound)?;
    let mut text = fields.text("text").to_owned();
    if fields.text("act") == "add-lines" {
        let composed = notes::begins_with(application, &session, Focus::of(viewer.role))?;
        let missing = lines_missing_in(&text, &composed);
        text = format!("{text}\n\n{}", written_out(&missing));
    }
    match act {
        Act::Draft => {}
        // Hazard: H70 — nobody signs at a screen that somebody else left.
        Act::Sign | Act::Add { .. } => check_password(application, viewer, fields).await?,
    }
    let seen = fields.text("seen").parse().unwrap_or(0);
    notes::act(
        application,
        viewer.actor(),
        &session,
        (command_id, act),
        (&text, seen),
    )
    .await
}
