//! What a payer reads of a visit, to print.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::superbill::SuperbillPage;
use super::respond::Refused;
use super::room::opened;
use super::sheets::Sheets;
use crate::application::Application;
use crate::book::date_of;
use crate::identity::Viewer;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, Response};
use clinical::course::session::Session;
use clinical::leaflet::Language;
use clinical::patient::Patient;
use clinical::record::SessionId;
use exchange::superbill::{Service, diagnoses, superbill};
use std::sync::Arc;

/// The page; the diagnoses that were chosen stand in its address, and nothing is kept of it.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(asked_for): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let (session, person) = opened(&application, &viewer, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = page_of(&application, &asked, &session, &person, &asked_for)?;
    Ok(html(page.html()))
}

/// The same as PDF.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(asked_for): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let (session, person) = opened(&application, &viewer, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = page_of(&application, &asked, &session, &person, &asked_for)?;
    let who = person.registration.as_ref().ok_or(Refused::NotFound)?;
    let around = asked.around(Here::Patients, false);
    let sheets = Sheets {
        language: Language::English,
        title: "For the payer".to_owned(),
        who,
        blocks: page.blocks(),
        by_hand: vec![
            "Another diagnosis".to_owned(),
            "Clinic, number and address".to_owned(),
            "Signature".to_owned(),
        ],
        made: format!(
            "Worked out from the chart, printed by {} on {}. Not signed.",
            viewer.name,
            around.clock().full(around.now)
        ),
        name: "for-the-payer",
    };
    sheets.set(&application, around).await
}

fn page_of<'a>(
    application: &'a Application,
    asked: &'a Asked<'_>,
    session: &'a Session,
    person: &Patient,
    asked_for: &[(String, String)],
) -> Result<SuperbillPage<'a>, Refused> {
    let around = asked.around(Here::Patients, false);
    let started = session
        .infusion()
        .and_then(|infusion| infusion.started_at())
        .or(session.planned_for)
        .ok_or(Refused::NotFound)?;
    let day = date_of(&application.zone, started)?;
    let chosen = |code: &str| {
        asked_for
            .iter()
            .any(|(name, value)| name == "diagnosis" && value == code)
    };
    Ok(SuperbillPage {
        strip: IdentityStrip::of(person, around.now, around.zone),
        around,
        session,
        day,
        bill: superbill(&Service::of(session, day, asked.now())),
        diagnoses: diagnoses()
            .iter()
            .map(|one| (one, chosen(&one.code)))
            .collect(),
    })
}
