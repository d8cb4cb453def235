//! Another order for a visit in which nothing was given yet.

use super::booking::visit::ordered;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::order_change::OrderChange;
use super::respond::Refused;
use crate::application::Application;
use crate::command::{Order as SessionOrder, execute};
use crate::identity::Viewer;
use crate::patients;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::session::Command;
use clinical::record::{CommandId, EventId, SessionId};
use std::sync::Arc;

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    shown(&application, &asked, id, None).await
}

/// The page, with why something was not done and what had been typed.
async fn shown(
    application: &Application,
    asked: &Asked<'_>,
    id: SessionId,
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let session = application
        .sessions
        .session(id)
        .await?
        .ok_or(Refused::NotFound)?;
    let patient = session.patient.ok_or(Refused::NotFound)?;
    let patient = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let says = not_done.map(|(refused, _)| refused.says());
    let page = OrderChange {
        around: asked.around(Here::Session, false),
        session: &session,
        patient: &patient,
        typed: not_done.map(|(_, fields)| fields.0.as_slice()),
        refused: says.as_deref(),
    };
    let status = not_done.map_or(axum::http::StatusCode::OK, |(refused, _)| refused.status());
    Ok((status, html(page.html())).into_response())
}

/// Saves the changed order.
pub async fn change(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match changed(&application, &viewer, id, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/sessions/{id}")).into_response()),
        Err(refused @ (Refused::Refusal(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            shown(&application, &asked, id, Some((&refused, &fields))).await
        }
        Err(refused) => Err(refused),
    }
}

async fn changed(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
) -> Result<(), Refused> {
    super::room::check_identity(application, id, fields).await?;
    let reload = "This form is not whole. Reload the page.";
    let command_id: CommandId = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", reload))?;
    let instead_of: EventId = fields
        .text("instead_of")
        .parse()
        .map_err(|_| Problem::new("instead_of", reload))?;
    let order = SessionOrder {
        command_id,
        session: id,
        actor: viewer.actor(),
        command: Command::ChangeOrder {
            order: ordered(fields, viewer)?,
            instead_of,
            because: fields.text("because").to_owned(),
        },
        at: None,
    };
    execute(application, order).await?;
    Ok(())
}
