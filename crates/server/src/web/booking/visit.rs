//! One visit: moving, cancelling, and the order that plans its session.

use super::{command_id, moment, place, who};
use crate::application::Application;
use crate::book::{self, Wish};
use crate::identity::Viewer;
use crate::patients;
use crate::web::access::{CHART, ORDER, RECEPTION};
use crate::web::form::Fields;
use crate::web::guard::check_csrf;
use crate::web::page::{Asked, html};
use crate::web::pages::around::Here;
use crate::web::pages::booking_visit::VisitPage;
use crate::web::respond::Refused;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::booking::{Command, Visit, judge};
use clinical::record::SessionId;
use std::sync::Arc;

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let booked = book::visit(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let patient = booked.visit.patient;
    let (name, about) = who(&application, patient).await?.ok_or(Refused::NotFound)?;
    let course: Vec<Visit> = book::course_of(&application, patient)
        .await?
        .into_iter()
        .filter(|known| known.holds_the_chair())
        .map(|known| known.visit)
        .collect();
    let expiries = book::expiries(&application, patient).await?;
    let in_force = application.in_force();
    let warnings: Vec<_> = judge(&course, &expiries, &in_force.booking)
        .into_iter()
        .filter(|warning| warning.concerns(id))
        .collect();
    let session = application.sessions.session(id).await?;
    let known = patients::read(&application, patient).await?;
    let may_read = CHART.include(viewer.role);
    let weight = known
        .as_ref()
        .and_then(|known| known.weights.last())
        .filter(|_| may_read);
    let clinic = application.clinic();
    let page = VisitPage {
        around: asked.around(Here::Calendar, false),
        booked: &booked,
        name: &name,
        about: &about,
        warnings: &warnings,
        rooms: &clinic.rooms,
        session: session.as_deref(),
        weight,
        may_book: RECEPTION.include(viewer.role),
        may_read,
        may_order: ORDER.include(viewer.role),
    };
    Ok(html(page.html()))
}

async fn change(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
    command: Command,
) -> Result<Response, Refused> {
    let booked = book::visit(application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let wish = Wish {
        command_id: command_id(fields)?,
        actor: viewer.actor(),
        patient: booked.visit.patient,
        command,
    };
    book::act(application, wish).await?;
    Ok(Redirect::to(&format!("/visits/{id}")).into_response())
}

/// Gives the visit another chair, time or day.
pub async fn move_to(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let command = Command::MoveVisit {
        visit: id,
        place: place(&application, fields.text("place"))?,
        starts: moment(
            &application,
            fields.text("date"),
            fields.text("time"),
            fields.text("which"),
        )?,
        reason: fields.text("reason").to_owned(),
        despite_warnings: fields.text("despite") == "yes",
    };
    change(&application, &viewer, id, &fields, command).await
}

/// Frees the chair.
pub async fn cancel(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let reason = fields.text("reason").to_owned();
    let command = Command::CancelVisit { visit: id, reason };
    change(&application, &viewer, id, &fields, command).await
}

/// The person did not come.
pub async fn miss(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let command = Command::MarkMissed { visit: id };
    change(&application, &viewer, id, &fields, command).await
}
