//! What can come next for one person: the facts beside each alternative, and the prescriber's word.

use super::access::ORDER;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::integration::check_patient;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::next_step::{NextStepPage, Told as Report};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::identity::Viewer;
use crate::outcomes::{self, By, Told};
use crate::{book, follow_up, patients};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::follow_up::{FollowUp, Signs};
use clinical::course::outcomes::next_step::NextStep;
use clinical::leaflet::Language;
use clinical::record::PatientId;
use std::sync::Arc;

/// One person's.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let shown = shown(&application, &viewer, patient, (&headers, &uri), None).await?;
    read_by(&application, &viewer, patient, "open the next step").await?;
    Ok(shown)
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<(String, &Fields)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let (person, stays, records) = patients::records_of(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    if stays != patient {
        return Ok(Redirect::to(&format!("/patients/{stays}/next-step")).into_response());
    }
    let told = Told::of(application, &person, patient, asked.now()).await?;
    let next_visit = book::next_visit(application, patient, asked.now()).await?;
    let in_force = application.in_force();
    let after = follow_up::of_records(application, &records).await?;
    let signs = &in_force.follow_up.signs;
    let around = asked.around(Here::Patients, false);
    let page = NextStepPage {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        patient,
        told: &told,
        library: application.scales(),
        rules: &in_force.next_step,
        booking: &in_force.booking,
        holds: after.iter().find_map(|after| after.holds(signs)),
        reports: reports(&after, signs),
        next_visit,
        may_decide: ORDER.include(viewer.role),
        refused: refused.as_ref().map(|(says, _)| says.clone()),
        typed: refused.map(|(_, fields)| {
            let chosen = NextStep::of_word(fields.text("step"));
            (chosen, fields.text("why").to_owned())
        }),
    };
    let status = match page.refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok((status, html(page.html())).into_response())
}

/// What the person told after sessions: when, and which side effects and signs, in words.
fn reports(after: &[FollowUp], signs: &Signs) -> Vec<Report> {
    let mut all: Vec<Report> = after
        .iter()
        .flat_map(|after| &after.reports)
        .map(|report| {
            let effects = report.said.effects.iter();
            let effects = effects.filter_map(|id| signs.effect(id));
            let told = report.said.signs.iter();
            let told = told.filter_map(|id| signs.sign(id));
            let words = effects
                .map(|effect| effect.en.clone())
                .chain(told.map(|sign| sign.staff.clone()));
            (report.at, words.collect())
        })
        .collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

/// A prescriber writes what comes next, and why. It orders and books nothing.
// Hazard: H73
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    check_patient(&fields, patient)?;
    patients::read(&application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    match decided(&application, &viewer, patient, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{patient}/next-step")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some((refused.says(), &fields));
            shown(&application, &viewer, patient, (&headers, &uri), says).await
        }
        Err(other) => Err(other),
    }
}

async fn decided(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    fields: &Fields,
) -> Result<(), Refused> {
    let step = NextStep::of_word(fields.text("step"))
        .ok_or_else(|| Problem::new("step", "Not saved: choose what comes next."))?;
    let by = By {
        command_id: command_id(fields, Language::English)?,
        actor: viewer.actor(),
        patient,
    };
    outcomes::decide_next(application, by, step, fields.text("why")).await?;
    Ok(())
}
