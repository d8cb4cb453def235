//! What a tablet needs to go on without contact: the worker that answers for the room when the
//! server does not, the empty page it answers with, the key of what it keeps, and the acts of the
//! stages that may come while it is alone.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::offline_page::OfflinePage;
use super::respond::Refused;
use super::{assets, room};
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Viewer, digest};
use anyhow::Context;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, Response};
use clinical::course::session::{Check, Session, Stage, coming};
use clinical::policy::Rules;
use clinical::record::SessionId;
use rand::Rng;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// How long a tablet may open what it keeps without having heard from the server.
/// Source: safety reference 9.4 (deviation D-01).
const KEPT_HOURS: u32 = 72;

/// How many times at which vital signs are due are told ahead.
const MARKS_AHEAD: usize = 24;

/// The service worker. Browsers ask for it anew, so that a changed one is taken up at once.
pub async fn worker() -> Response {
    let mut response = assets::asset(Path("service_worker.js".to_owned())).await;
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-cache"),
    );
    response
}

/// The page that stands in for a room while there is no contact. It holds no data.
pub async fn page(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, None, &headers, &uri);
    html(
        OfflinePage {
            around: asked.around(Here::Elsewhere, false),
        }
        .html(),
    )
}

/// Which tablet asks.
#[derive(Deserialize)]
pub struct Which {
    tablet: Uuid,
}

/// The key of what this person keeps on this tablet, the same at every sign-in.
///
/// A stranger who takes the tablet finds bytes; whoever signs in as somebody else gets another key.
// Hazard: H34
pub async fn key(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(which): Query<Which>,
) -> Result<axum::Json<Value>, Refused> {
    let secret = secret(&application).await?;
    let key = digest(&format!(
        "tablet {} {} {} {secret}",
        application.tenant.0, viewer.id, which.tablet
    ));
    Ok(axum::Json(json!({
        "staff": viewer.id.to_string(),
        "name": viewer.name,
        "key": hex::encode(key),
        "csrf": viewer.csrf,
        "now": application.clock.now().milliseconds(),
        "kept_hours": KEPT_HOURS,
    })))
}

static MAKING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The clinic's secret for tablets, made when the first of them asks.
async fn secret(application: &Application) -> Result<String, Fault> {
    const NAME: &str = "tablet-secret";
    // Two that ask first at the same moment must be given the same.
    let _one = MAKING.lock().await;
    let (store, tenant) = (&application.store, application.tenant);
    let known = store
        .setting(tenant, NAME)
        .await
        .context("reading the tablets' secret")?;
    if let Some(known) = known {
        return Ok(known);
    }
    let mut bytes = [0_u8; 32];
    rand::rng().fill(&mut bytes);
    store
        .put_setting(tenant, NAME, &hex::encode(bytes))
        .await
        .context("keeping the tablets' secret")?;
    let kept = store
        .setting(tenant, NAME)
        .await
        .context("reading the tablets' secret")?;
    Ok(kept.unwrap_or_else(|| hex::encode(bytes)))
}

/// What the room needs for the time without contact.
pub async fn ahead(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<axum::Json<Value>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let session = application
        .sessions
        .session(id)
        .await?
        .ok_or(Refused::NotFound)?;
    let rules = application.rules_of(&session)?;
    let mut acts = serde_json::Map::new();
    let mut says = serde_json::Map::new();
    let ahead = stages_ahead(session.stage);
    for (stage, html) in room::acts_at(&application, &viewer, &asked, id, ahead).await? {
        let word = serde_json::to_value(stage)
            .context("writing a stage")
            .map_err(Fault)?;
        if let Value::String(word) = word {
            let there = Session {
                stage,
                ..(*session).clone()
            };
            says.insert(word.clone(), json!(there.stage_says()));
            acts.insert(word, Value::String(html));
        }
    }
    let infusion = session.infusion();
    Ok(axum::Json(json!({
        "version": session.version,
        "stage": session.stage,
        "now": asked.now().milliseconds(),
        "started_at": infusion
            .as_ref()
            .and_then(|infusion| infusion.started_at())
            .map(Moment::milliseconds),
        "due": marks(&session, &rules),
        "acts": acts,
        "says": says,
    })))
}

/// Where a session may stand before the tablet hears of us again, besides where it stands now.
const fn stages_ahead(stage: Stage) -> &'static [Stage] {
    match stage {
        Stage::Planned => &[Stage::Preparation],
        Stage::Preparation | Stage::Infusion | Stage::Paused => &[
            Stage::Infusion,
            Stage::Paused,
            Stage::Stopped,
            Stage::Observation,
        ],
        Stage::Stopped => &[Stage::Observation],
        Stage::NotPlanned
        | Stage::Observation
        | Stage::Discharged
        | Stage::Cancelled
        | Stage::Signed => &[],
    }
}

/// The coming times at which vital signs are due, each with the one from which it is overdue,
/// as they follow if each set is taken when it is due.
fn marks(session: &Session, rules: &Rules) -> Vec<[i64; 2]> {
    coming(Check::VitalSigns, session, rules, MARKS_AHEAD)
        .into_iter()
        .map(|due| [due.at.milliseconds(), due.overdue_from.milliseconds()])
        .collect()
}
