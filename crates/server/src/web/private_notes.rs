//! A therapist's private notes: their own page, which no other role has.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::private_notes::{NoteLine, PrivateNotesPage};
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::private_notes::{self, LONGEST_NOTE, Note, Standing};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::leaflet::Language;
use clinical::record::{PatientId, SessionId};
use serde::Deserialize;
use std::sync::Arc;

/// Which session a new note is about.
#[derive(Default, Deserialize)]
pub struct About {
    #[serde(default)]
    session: Option<SessionId>,
}

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(about): Query<About>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    shown(&application, &viewer, about.session, (&headers, &uri), None).await
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    about: Option<SessionId>,
    (headers, uri): (&HeaderMap, &Uri),
    not_done: Option<(Refused, String)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let standing = private_notes::standing(application, viewer).await?;
    let writable = private_notes::can_write(application, viewer).await?;
    let around = asked.around(Here::Elsewhere, false);
    let clock = around.clock();
    let mut lines = Vec::new();
    if let Standing::Open { notes, .. } = &standing {
        for opened in notes {
            lines.push(NoteLine {
                at: clock.full(opened.at),
                about: match opened.note.patient {
                    Some(patient) => name_of(application, patient).await?,
                    None => String::new(),
                },
                session: opened.note.session.map(|id| format!("/sessions/{id}")),
                text: opened.note.text.clone(),
            });
        }
    }
    // Whose session it is, is said only where the notes are open: the page may lie about.
    let about_says = match (about, &standing) {
        (Some(session), Standing::Open { .. }) => match patient_of(application, session).await? {
            Some(patient) => name_of(application, patient).await?,
            None => return Err(Refused::NotFound),
        },
        (Some(_), Standing::Closed { .. }) | (None, _) => String::new(),
    };
    let (status, refused, typed) = match not_done {
        Some((refused, typed)) => (refused.status(), Some(refused.says()), typed),
        None => (axum::http::StatusCode::OK, None, String::new()),
    };
    let page = PrivateNotesPage {
        around,
        standing: &standing,
        writable,
        lines,
        about: about.map(|id| id.to_string()).unwrap_or_default(),
        about_says,
        refused,
        typed,
    };
    Ok((status, html(page.html())).into_response())
}

async fn patient_of(
    application: &Application,
    session: SessionId,
) -> Result<Option<PatientId>, Fault> {
    Ok(application
        .sessions
        .session(session)
        .await?
        .and_then(|session| session.patient))
}

async fn name_of(application: &Application, patient: PatientId) -> Result<String, Fault> {
    let row = application
        .store
        .patient(application.tenant, patient)
        .await
        .context("reading a patient's name")?;
    Ok(row.map_or_else(
        || "a record that is not here".to_owned(),
        |row| format!("{} {}", row.given_name, row.family_name),
    ))
}

/// Opens, closes, writes.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let about: Option<SessionId> = fields.optional("about").and_then(|id| id.parse().ok());
    match done(&application, &viewer, about, &fields).await {
        Ok(()) => {
            let to = match about {
                Some(session) => format!("/private-notes?session={session}"),
                None => "/private-notes".to_owned(),
            };
            Ok(Redirect::to(&to).into_response())
        }
        // What was typed is not lost: it is shown again, to its author alone.
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let not_done = Some((refused, fields.text("text").to_owned()));
            shown(&application, &viewer, about, (&headers, &uri), not_done).await
        }
        Err(other) => Err(other),
    }
}

async fn done(
    application: &Application,
    viewer: &Viewer,
    about: Option<SessionId>,
    fields: &Fields,
) -> Result<(), Refused> {
    let id = command_id(fields, Language::English)?;
    // Passwords are taken as typed: a space at an end may belong to one.
    let typed = |name: &str| {
        let field = fields.0.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    match fields.text("act") {
        "open" => private_notes::open(application, viewer, id, typed("password")).await,
        "earlier" => {
            let (password, earlier) = (typed("password"), typed("earlier"));
            private_notes::open_earlier(application, viewer, id, password, earlier).await
        }
        "anew" => private_notes::begin_anew(application, viewer, id, typed("password")).await,
        "close" => {
            application.private_keys.close(&viewer.login);
            Ok(())
        }
        "write" => {
            let text = fields.text("text");
            if text.is_empty() {
                return Err(Problem::new("text", "Not saved: write the note.").into());
            }
            if text.chars().count() > LONGEST_NOTE {
                let says = "Not saved: this is longer than 20,000 characters. Make two of it.";
                return Err(Problem::new("text", says).into());
            }
            let patient = match about {
                Some(session) => patient_of(application, session).await?,
                None => None,
            };
            let note = Note {
                session: about.filter(|_| patient.is_some()),
                patient,
                text: text.to_owned(),
            };
            private_notes::keep(application, viewer, id, &note).await
        }
        _other => Err(Problem::new("act", "This act is not known here.").into()),
    }
}
