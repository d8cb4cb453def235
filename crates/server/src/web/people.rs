//! People: the list, and one person's chart.

use super::access::{CHART, RECEPTION};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::patient_chart::PatientChart;
use super::pages::people::{People, PersonRow};
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::{consent, patients, standing};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::session::decide::start_verdict;
use clinical::course::session::{Context, Session, Stage};
use clinical::record::{PatientId, SessionId};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use store::CourseRow;

/// How many people the list shows.
const SHOWN: usize = 50;

/// How many visits the chart folds and shows.
const VISITS: usize = 24;

/// What is searched for.
#[derive(Deserialize)]
pub struct Searched {
    #[serde(default)]
    q: String,
}

/// The list.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(searched): Query<Searched>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Fault> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let (store, tenant) = (&application.store, application.tenant);
    let rows = store
        .patients(tenant, searched.q.trim(), SHOWN + 1)
        .await
        .context("reading the list of people")?;
    let visits: HashMap<PatientId, (SessionId, String, String)> = store
        .open_sessions(tenant)
        .await
        .context("reading open sessions")?
        .into_iter()
        .map(|row| (row.patient, (row.session, row.stage, row.room)))
        .collect();
    let mut stages = HashMap::new();
    for row in rows.iter().take(SHOWN) {
        let course = store
            .course_rows_of(tenant, row.patient)
            .await
            .context("reading how far a person has come")?;
        stages.insert(row.patient, stage(&course, &asked));
    }
    let people = rows
        .iter()
        .take(SHOWN)
        .map(|row| PersonRow {
            stage: stages.remove(&row.patient).unwrap_or_default(),
            patient: row.patient,
            record_number: &row.record_number,
            family_name: &row.family_name,
            given_name: &row.given_name,
            birth_date: row.birth_date.parse().ok(),
            visit: visits
                .get(&row.patient)
                .map(|(session, stage, room)| (*session, stage.as_str(), room.as_str())),
        })
        .collect();
    let page = People {
        around: asked.around(Here::Patients, false),
        people,
        searched: &searched.q,
        more: rows.len() > SHOWN,
        may_register: RECEPTION.include(viewer.role),
        opens_charts: CHART.include(viewer.role),
    };
    Ok(html(page.html()))
}

/// How far somebody has come, in words: each part that lists know, and the next visit.
fn stage(course: &[CourseRow], asked: &Asked<'_>) -> String {
    let mut parts: Vec<String> = ["intake", "screening", "consent"]
        .into_iter()
        .filter_map(|part| {
            let row = course.iter().find(|row| row.part == part)?;
            Some(format!("{part} {}", row.state.replace('-', " ")))
        })
        .collect();
    let next = course
        .iter()
        .filter(|row| row.part == "visit" && row.state == "booked")
        .filter_map(|row| row.due)
        .filter(|due| *due >= asked.now())
        .min();
    if let Some(next) = next {
        let clock = asked.around(Here::Patients, false).clock();
        parts.push(format!("next visit {}", clock.when(next)));
    }
    parts.join(" · ")
}

/// One person's chart.
pub async fn chart(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let patient = patients::read(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    // A record that was merged leads to the details of the one that stays, which say so.
    let stays = patient.registration.as_ref().map(|who| who.patient);
    if stays != Some(id) {
        return Ok(Redirect::to(&format!("/patients/{id}/details")).into_response());
    }
    let mut rows = Vec::new();
    let merged = patient.took_in.iter().map(|merged| merged.from);
    for id in std::iter::once(id).chain(merged) {
        let of_record = application
            .store
            .sessions_of(application.tenant, id, VISITS)
            .await
            .context("reading a person's sessions")
            .map_err(Fault)?;
        rows.extend(of_record);
    }
    let mut sessions: Vec<Arc<Session>> = Vec::with_capacity(rows.len());
    for row in &rows {
        sessions.extend(application.sessions.session(row.session).await?);
    }
    let waiting = sessions
        .iter()
        .find(|session| session.stage == Stage::Preparation);
    let gate = match waiting {
        Some(session) => {
            let rules = application.rules_of(session)?;
            let actor = viewer.actor();
            let now = asked.now();
            let monitor = application.live.monitor_evidence(session.id, now);
            let papers = standing::papers(&application, session, now).await?;
            let context = Context {
                now,
                at: now,
                actor: &actor,
                monitor,
                papers: &papers,
                rules: &rules,
            };
            Some(start_verdict(session, &context))
        }
        None => None,
    };
    read_by(&application, &viewer, id, "open a chart").await?;
    let outstanding = consent::outstanding(&application, id, asked.now()).await?;
    let page = PatientChart {
        outstanding_consent: outstanding
            .iter()
            .map(|(product, found)| format!("{}: {}", product.says(), found.says))
            .collect(),
        around: asked.around(Here::Patients, false),
        patient: &patient,
        sessions: sessions.iter().map(AsRef::as_ref).collect(),
        gate: gate.as_ref(),
    };
    Ok(html(page.html()).into_response())
}

/// Notes who read what of whom.
pub(super) async fn read_by(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    action: &str,
) -> Result<(), Fault> {
    let entry = store::AuditEntry {
        at: application.clock.now(),
        actor: viewer.actor(),
        action: action.to_owned(),
        patient: Some(patient),
        session: None,
        detail: String::new(),
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting a view")?;
    Ok(())
}
