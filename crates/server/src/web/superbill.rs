//! What a payer reads of a visit, to print.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::superbill::SuperbillPage;
use super::respond::Refused;
use super::room::opened;
use crate::application::Application;
use crate::book::date_of;
use crate::identity::Viewer;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
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
    let page = SuperbillPage {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        session: &session,
        day,
        bill: superbill(&Service::of(&session, day, asked.now())),
        diagnoses: diagnoses()
            .iter()
            .map(|one| (one, chosen(&one.code)))
            .collect(),
    };
    Ok(html(page.html()))
}
