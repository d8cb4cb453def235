//! The emergency equipment of the rooms: when it was looked at, and looking at it.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::equipment::EquipmentPage;
use super::respond::Refused;
use crate::application::Application;
use crate::book;
use crate::identity::Viewer;
use crate::journey::{Change, change};
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::clinic::{Clinic, LookRefused, Looked, look};
use clinical::record::SessionId;
use serde::Deserialize;
use std::sync::Arc;

/// Which room, and where to go afterwards.
#[derive(Default, Deserialize)]
pub struct Which {
    #[serde(default)]
    room: String,
    #[serde(default)]
    session: Option<SessionId>,
}

/// The rooms, and the list for one of them.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(which): Query<Which>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let shown = Shown {
        room: &which.room,
        session: which.session,
        typed: None,
        refused: None,
    };
    show(&application, &viewer, &headers, &uri, shown)
}

struct Shown<'a> {
    room: &'a str,
    session: Option<SessionId>,
    typed: Option<&'a Fields>,
    refused: Option<&'a str>,
}

fn show(
    application: &Application,
    viewer: &Viewer,
    headers: &HeaderMap,
    uri: &Uri,
    shown: Shown<'_>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let clinic = application.clinic();
    let today = book::date_of(&application.zone, asked.now())?;
    let page = EquipmentPage {
        around: asked.around(Here::Rules, false),
        list: application.equipment(),
        clinic: &clinic,
        today,
        holds: application
            .value_in_force("room-ready", "equipment_age")
            .and_then(clinical::policy::Quantity::span),
        room: shown.room,
        session: shown.session,
        typed: shown.typed,
        refused: shown.refused,
    };
    Ok(html(page.html()).into_response())
}

/// Writes down what somebody found.
pub async fn save(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let session: Option<SessionId> = fields.text("session").parse().ok();
    let refused = match keep(&application, &viewer, &fields).await {
        Ok(()) => {
            let to = session.map_or_else(
                || "/equipment".to_owned(),
                |session| format!("/sessions/{session}"),
            );
            return Ok(Redirect::to(&to).into_response());
        }
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => refused,
        Err(other) => return Err(other),
    };
    let says = refused.says();
    let shown = Shown {
        room: fields.text("room"),
        session,
        typed: Some(&fields),
        refused: Some(&says),
    };
    let page = show(&application, &viewer, &headers, &uri, shown)?;
    Ok((refused.status(), page).into_response())
}

async fn keep(application: &Application, viewer: &Viewer, fields: &Fields) -> Result<(), Refused> {
    let command_id = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "Reload the page and try again."))?;
    let good_until = match fields.text("good_until") {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            Problem::new("good_until", "Not saved: write the day like 2027-03-31.")
        })?),
    };
    let looked = Looked {
        room: fields.text("room").to_owned(),
        version: fields
            .text("version")
            .parse()
            .map_err(|_| Problem::new("version", "Reload the page and try again."))?,
        there: fields.all("there").map(str::to_owned).collect(),
        good_until,
        note: fields.text("note").to_owned(),
    };
    let order = Change {
        command_id,
        actor: viewer.actor(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "look at emergency equipment",
        wanted: format!("{looked:?}"),
    };
    change(application, order, |clinic: &Clinic, now| {
        let list = application.equipment();
        let event = look(clinic, list, looked.clone(), &viewer.actor(), now)?;
        Ok::<_, LookRefused>(vec![event])
    })
    .await?;
    application.read_clinic().await?;
    Ok(())
}

impl From<LookRefused> for Refused {
    fn from(refused: LookRefused) -> Self {
        Self::Ruled(refused.to_string())
    }
}
