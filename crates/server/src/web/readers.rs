//! Who has read a record: for the person it is about, and for whoever audits. It is read from the
//! log of openings itself, over every record that was merged into this one; there is no copy.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::readers::{OwnReaders, StaffReaders, Touch};
use super::people::read_by;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Own, Viewer};
use crate::patients::records_of;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Response};
use clinical::patient::Patient;
use clinical::record::PatientId;
use serde::Deserialize;
use std::sync::Arc;

/// How many notes of openings stand on one page.
const ON_A_PAGE: usize = 400;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
pub struct From {
    /// The number of the oldest note on the page before; none at the beginning.
    before: Option<u64>,
}

/// A stretch of the log, newest first.
struct Stretch {
    touches: Vec<Touch>,
    /// Where older ones begin; none where there are none.
    older: Option<u64>,
}

/// The person, the record that stays, and what the log says of it and of those merged into it.
async fn of(
    application: &Application,
    patient: PatientId,
    from: &From,
) -> Result<(Patient, PatientId, Stretch), Refused> {
    let (person, stays, records) = records_of(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let (store, tenant) = (&application.store, application.tenant);
    let mut rows = Vec::new();
    for record in records {
        // One more than is shown tells whether there are older ones.
        let of_one = store
            .audit_of(tenant, record, from.before, ON_A_PAGE + 1)
            .await
            .context("reading who opened a record")
            .map_err(Fault)?;
        rows.extend(of_one);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    let more = rows.len() > ON_A_PAGE;
    rows.truncate(ON_A_PAGE);
    let older = more.then(|| rows.last().map(|row| row.id)).flatten();
    let mut touches = Vec::new();
    for row in rows {
        let session = match row.entry.session {
            Some(id) => application.sessions.session(id).await?,
            None => None,
        };
        touches.push(Touch {
            at: row.entry.at,
            actor: row.entry.actor,
            action: row.entry.action,
            detail: row.entry.detail,
            session: session.and_then(|known| known.first_drug_at().or(known.planned_for)),
        });
    }
    // What is noted late stands where it happened, within its page.
    touches.sort_by_key(|touch| std::cmp::Reverse(touch.at));
    Ok((person, stays, Stretch { touches, older }))
}

/// The person's own page.
// Hazard: H72
pub async fn own(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Query(from): Query<From>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let (_, _, stretch) = of(&application, own.patient, &from).await?;
    let page = OwnReaders {
        frame: asked.own_frame(&own),
        touches: &stretch.touches,
        older: stretch.older,
        first: from.before.is_none(),
    };
    Ok(html(page.html()))
}

/// The same for whoever audits.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    Query(from): Query<From>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let (person, stays, stretch) = of(&application, patient, &from).await?;
    read_by(&application, &viewer, stays, "open who has read").await?;
    let around = asked.around(Here::Patients, false);
    let page = StaffReaders {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        touches: &stretch.touches,
        older: stretch.older,
        first: from.before.is_none(),
    };
    Ok(html(page.html()).into_response())
}
