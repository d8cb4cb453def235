//! Entries that were recorded offline, or on paper: the list, one session's, and entering paper.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::late_entries::{FromPaper, LateLine, LateList, LatePage, LateSession};
use super::respond::Refused;
use super::room::{check_identity, of_whom, opened};
use crate::application::Application;
use crate::command::{Order, execute};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::patients;
use crate::projection::LATE_ENTRIES;
use anyhow::Context;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::session::{Command, Session};
use clinical::patient::Patient;
use clinical::record::SessionId;
use serde::Deserialize;
use std::sync::Arc;
use store::CourseSearch;

/// How many sessions a list shows.
const SHOWN: usize = 200;

/// Sessions with entries that wait for somebody to look at them, the oldest first, and those that
/// were looked at.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clock = asked.around(Here::Board, false).clock();
    let search = CourseSearch {
        part: LATE_ENTRIES.to_owned(),
        count: SHOWN,
        ..CourseSearch::default()
    };
    let rows = application
        .store
        .course_rows(application.tenant, &search)
        .await
        .context("reading what was recorded later")
        .map_err(Fault)?;
    let mut lines = Vec::new();
    for row in rows {
        let session = SessionId(row.id);
        let summary: serde_json::Value = serde_json::from_str(&row.summary)
            .context("reading a row")
            .map_err(Fault)?;
        let patient = match row.patient {
            Some(patient) => patients::read(&application, patient).await?,
            None => None,
        };
        let number = |name: &str| summary[name].as_u64().unwrap_or(0);
        lines.push(LateSession {
            session: session.to_string(),
            name: patient.map_or_else(
                || "not registered".to_owned(),
                |patient| IdentityStrip::of(&patient, asked.now(), &application.zone).name,
            ),
            room: summary["room"].as_str().unwrap_or("").to_owned(),
            late: number("late"),
            waiting: number("waiting"),
            since: row.due.map(|at| clock.when(at)),
        });
    }
    Ok(html(
        LateList {
            around: asked.around(Here::Board, false),
            lines,
        }
        .html(),
    ))
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
pub struct Told {
    #[serde(default)]
    refused: Option<String>,
    #[serde(default)]
    saved: Option<i64>,
}

/// One session's late entries.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let (session, person) = opened(&application, &viewer, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    Ok(html(shown(
        &application,
        &asked,
        &viewer,
        (&session, &person),
        None,
    )))
}

fn shown(
    application: &Application,
    asked: &Asked<'_>,
    viewer: &Viewer,
    (session, person): (&Session, &Patient),
    refused: Option<String>,
) -> String {
    let around = asked.around(Here::Session, false);
    let lines = session
        .entries
        .iter()
        .filter(|entry| entry.later.is_some())
        .filter_map(|entry| LateLine::of(entry, &around.clock()))
        .collect();
    LatePage {
        around,
        strip: IdentityStrip::of(person, asked.now(), &application.zone),
        session: session.id.to_string(),
        patient: session
            .patient
            .map_or_else(String::new, |patient| patient.to_string()),
        lines,
        may_act: super::access::ROOM.include(viewer.role),
        refused,
    }
    .html()
}

/// Says what becomes of one of them.
pub async fn review(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    check_identity(&application, id, &fields).await?;
    let refused = match decided(&application, &viewer, id, &fields).await {
        Ok(()) => return Ok(Redirect::to(&format!("/sessions/{id}/later")).into_response()),
        Err(refused @ (Refused::Refusal(_) | Refused::Problem(_))) => refused,
        Err(other) => return Err(other),
    };
    let (session, person) = of_whom(&application, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = shown(
        &application,
        &asked,
        &viewer,
        (&session, &person),
        Some(refused.says()),
    );
    Ok((refused.status(), html(page)).into_response())
}

async fn decided(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
) -> Result<(), Refused> {
    let order = Order {
        command_id: fields
            .text("command_id")
            .parse()
            .map_err(|_| Problem::new("command_id", "This form has no number. Reload the page."))?,
        session: id,
        actor: viewer.actor(),
        command: Command::ReviewLateEntry {
            entry: fields
                .text("entry")
                .parse()
                .map_err(|_| Problem::new("entry", "The entry was not named."))?,
            outcome: super::acts::read_word("outcome", fields.text("outcome"))?,
            note: fields.text("note").to_owned(),
        },
        at: None,
    };
    execute(application, order).await.map(|_| ())
}

/// Entering what stands on a printed session pack.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let (session, person) = opened(&application, &viewer, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let around = asked.around(Here::Session, false);
    let clock = around.clock();
    let day = session.planned_for.unwrap_or(asked.now());
    let mut lines: Vec<LateLine> = session
        .entries
        .iter()
        .filter_map(|entry| LateLine::of(entry, &clock))
        .filter(|line| line.paper)
        .collect();
    lines.reverse();
    Ok(html(
        FromPaper {
            around,
            strip: IdentityStrip::of(&person, asked.now(), &application.zone),
            session: id.to_string(),
            patient: session
                .patient
                .map_or_else(String::new, |patient| patient.to_string()),
            day: day
                .timestamp()
                .to_zoned(application.zone.clone())
                .date()
                .to_string(),
            by_pump: session.way().is_infusion(),
            lines,
            refused: told.refused,
            saved: told.saved.is_some(),
        }
        .html(),
    ))
}
