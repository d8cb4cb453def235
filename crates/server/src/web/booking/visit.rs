//! One visit: moving, cancelling, and the order that plans its session.

use super::{command_id, moment, place, who};
use crate::application::Application;
use crate::book::{self, Wish};
use crate::command::{self, Order as SessionOrder};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::patients;
use crate::web::access::{CHART, ORDER, RECEPTION};
use crate::web::form::{Fields, Problem};
use crate::web::guard::check_csrf;
use crate::web::page::{Asked, html};
use crate::web::pages::around::Here;
use crate::web::pages::booking_visit::VisitPage;
use crate::web::respond::Refused;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::booking::{Command, Visit, judge};
use clinical::course::session::{Command as SessionCommand, Order, Stage};
use clinical::record::SessionId;
use std::sync::Arc;
use units::{
    Decimal, Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour,
};

/// How many earlier sessions are counted at the most.
const COUNTED: usize = 500;

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

/// The prescriber's order: plans the session for the booked room and time.
///
/// The book is held meanwhile, so that the session is planned for where the visit stands.
pub async fn order(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let ordered = ordered(&fields, &viewer)?;
    let command_id = command_id(&fields)?;
    {
        let _gate = application.booking.lock().await;
        let booked = book::visit(&application, id)
            .await?
            .ok_or(Refused::NotFound)?;
        if !booked.is_booked() {
            return Err(Refused::Ruled(
                "Not planned: this visit is not booked any more.".to_owned(),
            ));
        }
        let patient = booked.visit.patient;
        let earlier = application
            .store
            .sessions_of(application.tenant, patient, COUNTED)
            .await
            .context("counting a person's sessions")
            .map_err(Fault)?
            .into_iter()
            .filter(|row| row.session != id && !row.open && row.stage != Stage::Cancelled.says())
            .count();
        let order = SessionOrder {
            command_id,
            session: id,
            actor: viewer.actor(),
            command: SessionCommand::PlanSession {
                patient,
                room: booked.visit.place.name_in(&application.clinic().rooms),
                planned_for: booked.visit.starts,
                earlier_sessions: u32::try_from(earlier).unwrap_or(u32::MAX),
                order: ordered,
                rules: application.rules().in_force(),
            },
            at: None,
        };
        command::execute(&application, order).await?;
    }
    Ok(Redirect::to(&format!("/visits/{id}")).into_response())
}

/// Reads the order as it was typed. A rate is taken as it stands; where minutes are given instead,
/// it is the whole volume over these minutes.
pub(in crate::web) fn ordered(fields: &Fields, viewer: &Viewer) -> Result<Order, Problem> {
    let needed = |field: &str, what: &str| Problem::new(field, format!("Enter {what}."));
    let volume = fields
        .quantity("volume", Millilitres::new)?
        .ok_or_else(|| needed("volume", "the final volume in mL"))?;
    let rate = match (
        fields.quantity("rate", MillilitresPerHour::new)?,
        fields.number("minutes")?,
    ) {
        (Some(rate), None) => rate,
        (None, Some(minutes)) => over(volume, minutes)?,
        (Some(_), Some(_)) => {
            return Err(Problem::new("rate", "Enter a rate or minutes, not both."));
        }
        (None, None) => return Err(needed("rate", "a rate in mL/h, or minutes")),
    };
    Ok(Order {
        drug: fields
            .optional("drug")
            .ok_or_else(|| needed("drug", "the drug"))?,
        dose: fields
            .quantity("dose", Milligrams::new)?
            .ok_or_else(|| needed("dose", "the dose in mg"))?,
        concentration: fields
            .quantity("concentration", MilligramsPerMillilitre::new)?
            .ok_or_else(|| needed("concentration", "the concentration in mg/mL"))?,
        volume,
        rate,
        dosing_weight: fields
            .quantity("weight", Kilograms::new)?
            .ok_or_else(|| needed("weight", "the dosing weight in kg"))?,
        prescriber: viewer.name.clone(),
    })
}

/// The rate that gives a volume in these minutes. Source: clinical reference 3.7.
fn over(volume: Millilitres, minutes: Decimal) -> Result<MillilitresPerHour, Problem> {
    let by_hour = (volume.value() * Decimal::from(60)).checked_div(minutes);
    by_hour
        .map(|rate| rate.round_dp(2))
        .and_then(|rate| MillilitresPerHour::new(rate).ok())
        .ok_or_else(|| Problem::new("minutes", "These minutes give no rate that a pump can run."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_millilitres_in_forty_minutes_are_75_an_hour() {
        // Source: clinical reference 3.7, first worked example.
        let volume = Millilitres::new(Decimal::from(50)).unwrap();
        let rate = over(volume, Decimal::from(40)).unwrap();
        assert_eq!(rate, MillilitresPerHour::new(Decimal::from(75)).unwrap());
        assert!(over(volume, Decimal::ZERO).is_err());
    }
}
