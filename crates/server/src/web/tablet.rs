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
use crate::identity::{Viewer, digest, house_secret};
use anyhow::Context;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, Response};
use clinical::course::session::infusion::contents;
use clinical::course::session::{Because, Check, OpenedCard, Session, SessionEvent, Stage, coming};
use clinical::policy::Rules;
use clinical::record::{Header, Recorded, SessionId};
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
    let secret = house_secret(&application, "tablet-secret").await?;
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
        "pump": pump(&session, asked.now()),
        "acts": acts,
        "says": says,
    })))
}

/// How the pump stands, from which a tablet works out what is given while it is alone; nothing where
/// no pump runs. Units: mg, mL/h, mg/mL.
// Hazard: H23
fn pump(session: &Session, now: Moment) -> Option<Value> {
    let order = session.order.as_ref()?;
    if order.way.doses().is_some() {
        return None;
    }
    let infusion = session.infusion();
    let infusion = infusion.as_ref();
    let running = infusion.and_then(|infusion| {
        let mut rates = infusion
            .stretches()
            .iter()
            .rev()
            .map(|stretch| stretch.rate);
        rates.find(|rate| !rate.value().is_zero())
    });
    let number = |value: units::Decimal| value.round_dp(4).to_string().parse::<f64>().ok();
    Some(json!({
        "at": now.milliseconds(),
        "mg": number(infusion.map_or(units::Decimal::ZERO, |known| known.delivered(now).amount.value())),
        "rate": number(infusion.map_or(units::Decimal::ZERO, |known| known.rate(now).value())),
        "resumes_at": number(running.unwrap_or(order.rate).value()),
        "concentration": number(order.concentration.value()),
        "contents": number(contents(order).value()),
        "ended": infusion.is_some_and(|known| known.stopped_at().is_some()),
    }))
}

/// From here on supposed openings are numbered, far from those of any session.
const SUPPOSED_OPENINGS: u32 = 900_000;

/// Every emergency card as it would stand in the room once it is opened, for a tablet that opens one
/// without contact. Hazard: H56
pub async fn cards_ahead(
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
    let mut supposed = (*session).clone();
    let mut openings = serde_json::Map::new();
    let clinic = application.clinic();
    for (card, opening) in application.cards().all().iter().zip(SUPPOSED_OPENINGS..) {
        let event = SessionEvent::CardOpened {
            opening,
            card: OpenedCard::of(card, &clinic),
            because: Because::Hand,
        };
        suppose(&mut supposed, asked.now(), event);
        openings.insert(card.id.clone(), json!(opening));
    }
    let (stand, panels) = room::cards_of(&application, &viewer, &asked, supposed).await?;
    Ok(axum::Json(json!({
        "stand": stand,
        "panels": panels,
        "openings": openings,
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

/// The session as if this had happened in it.
fn suppose(session: &mut Session, at: Moment, event: SessionEvent) {
    let Some(last) = session.entries.last() else {
        return;
    };
    let header = Header {
        tenant: crate::application::SINGLE_CLINIC,
        position: 0,
        stream: clinical::record::StreamId::session(session.id),
        stream_version: session.version + 1,
        event_id: clinical::record::EventId(Uuid::nil()),
        kind: event.name().to_owned(),
        schema_version: SessionEvent::SCHEMA_VERSION,
        actor: last.actor.clone(),
        command_id: clinical::record::CommandId(Uuid::nil()),
        occurred_at: at,
        recorded_at: at,
        previous: [0; 32],
    };
    session.apply(&header, event);
}
