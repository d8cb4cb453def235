//! What somebody takes home after the drug: on their phone, and printed for them and for whoever
//! takes them home.

use super::leaflets::{Told, in_language};
use super::page::{Asked, html};
use super::pages::going_home::{GoingHome, Left, Paper};
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Own, Viewer};
use crate::{book, keepsakes};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use clinical::course::session::Session;
use clinical::leaflet::{Language, Leaflet};
use clinical::policy::Quantity;
use clinical::record::{PatientId, SessionId};
use std::sync::Arc;
use units::Moment;

/// The leaflet's name, the same in every language.
const LEAFLET: &str = "going-home";

/// The sheet of a session, in the person's language or the one that is asked for.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let (session, person) = super::room::opened(&application, &viewer, id).await?;
    let language = told
        .language
        .as_deref()
        .and_then(Language::from_tag)
        .or_else(|| person.contacts.as_ref().map(|contacts| contacts.language))
        .unwrap_or(Language::English);
    let asked = Asked::new(&application, None, &headers, &uri);
    let patient = session.patient.ok_or(Refused::NotFound)?;
    let page = GoingHome {
        frame: asked.door_frame(language),
        leaflet: &leaflet(&application, language)?,
        ended: counted_from(&session),
        left: left(&application),
        signs: &application.in_force().follow_up.signs,
        next: book::next_visit(&application, patient, asked.now()).await?,
        paper: Some(Paper {
            name: person.banner_name().unwrap_or_default(),
            escort: session.escort.clone().unwrap_or_default(),
            back: format!("/sessions/{id}"),
        }),
    };
    Ok(html(page.html()))
}

/// The person's own page, after their newest session.
pub async fn own(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let ended = ended(&application, own.patient).await?;
    let page = GoingHome {
        frame: asked.own_frame(&own),
        leaflet: &leaflet(&application, own.language)?,
        ended,
        left: left(&application),
        signs: &application.in_force().follow_up.signs,
        next: book::next_visit(&application, own.patient, asked.now()).await?,
        paper: None,
    };
    Ok(html(page.html()))
}

/// True while something of it is still to be kept.
pub(super) async fn counts(
    application: &Application,
    patient: PatientId,
    now: Moment,
) -> Result<bool, Fault> {
    let ended = ended(application, patient).await?;
    let over = ended.and_then(|ended| left(application).over(ended));
    Ok(over.is_some_and(|over| now < over))
}

/// From when on the hours count, by the person's newest session. Not asked of the keepsakes: what is
/// left may be left for longer than something can be kept.
async fn ended(application: &Application, patient: PatientId) -> Result<Option<Moment>, Fault> {
    let newest = keepsakes::newest_ended(application, patient).await?;
    Ok(newest.and_then(|(_, session)| counted_from(&session)))
}

/// From when on the hours count, once the drug has ended: from the drug, as the minimum stay is.
pub(super) fn counted_from(session: &Session) -> Option<Moment> {
    session.drug_ended_at().and(session.observed_from())
}

fn leaflet(application: &Application, language: Language) -> Result<Leaflet, Refused> {
    in_language(application, language)
        .find(|known| known.id == LEAFLET)
        .map(|known| known.filled(|policy, name| application.value_in_force(policy, name)))
        .ok_or(Refused::NotFound)
}

pub(super) fn left(application: &Application) -> Left {
    let span = |policy: &str, name: &str| {
        application
            .value_in_force(policy, name)
            .and_then(Quantity::span)
    };
    Left {
        sedatives: span("discharge", "no_sedatives"),
        alcohol: span("discharge", "no_alcohol"),
        decisions: span("discharge", "no_decisions"),
        driving: span("preparation", "no_driving"),
    }
}
