//! What somebody takes home after the drug: on their phone, and printed for them and for whoever
//! takes them home.

use super::leaflets::{Told, in_language};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::going_home::{GoingHome, Left, Paper};
use super::respond::Refused;
use super::sheets::Sheets;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Own, Viewer};
use crate::messages::{self, Due, NewMessage};
use crate::{book, keepsakes, patients};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, Response};
use clinical::course::follow_up::Signs;
use clinical::course::session::Session;
use clinical::leaflet::{Language, Leaflet};
use clinical::patient::Patient;
use clinical::policy::Quantity;
use clinical::record::{Actor, PatientId, SessionId};
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// The leaflet's name, the same in every language.
const LEAFLET: &str = "going-home";

/// What the sheet of a session is made of.
struct OfSession {
    session: Arc<Session>,
    person: Patient,
    language: Language,
    leaflet: Leaflet,
    next: Option<Moment>,
}

impl OfSession {
    /// In the person's language or the one that is asked for.
    async fn read(
        application: &Application,
        viewer: &Viewer,
        id: SessionId,
        told: &Told,
    ) -> Result<Self, Refused> {
        let (session, person) = super::room::opened(application, viewer, id).await?;
        let language = told
            .language
            .as_deref()
            .and_then(Language::from_tag)
            .or_else(|| person.contacts.as_ref().map(|contacts| contacts.language))
            .unwrap_or(Language::English);
        let patient = session.patient.ok_or(Refused::NotFound)?;
        let now = application.clock.now();
        Ok(Self {
            leaflet: leaflet(application, language)?,
            next: book::next_visit(application, patient, now).await?,
            session,
            person,
            language,
        })
    }

    fn page<'a>(
        &'a self,
        asked: &'a Asked<'_>,
        application: &Application,
        signs: &'a Signs,
    ) -> GoingHome<'a> {
        GoingHome {
            frame: asked.door_frame(self.language),
            leaflet: &self.leaflet,
            ended: counted_from(&self.session),
            left: left(application),
            signs,
            next: self.next,
            paper: Some(Paper {
                name: self.person.banner_name().unwrap_or_default(),
                escort: self.session.escort.clone().unwrap_or_default(),
                back: format!("/sessions/{}", self.session.id),
            }),
        }
    }
}

/// The sheet of a session.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let known = OfSession::read(&application, &viewer, id, &told).await?;
    let in_force = application.in_force();
    let page = known.page(&asked, &application, &in_force.follow_up.signs);
    Ok(html(page.html()))
}

/// The same as PDF.
pub async fn paper_pdf(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let known = OfSession::read(&application, &viewer, id, &told).await?;
    let in_force = application.in_force();
    let page = known.page(&asked, &application, &in_force.follow_up.signs);
    let who = known
        .person
        .registration
        .as_ref()
        .ok_or(Refused::NotFound)?;
    let sheets = Sheets {
        language: known.language,
        title: known.leaflet.title.clone(),
        who,
        by_hand: page.by_hand(),
        made: made(known.language, &page.at(asked.now())),
        blocks: page.blocks(),
        name: "going-home",
    };
    sheets
        .set(&application, asked.around(Here::Session, false))
        .await
}

/// That it was made, and when.
fn made(language: Language, at: &str) -> String {
    match language {
        Language::English => format!("Printed {at}."),
        Language::Spanish => format!("Impreso: {at}."),
    }
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

/// The same as PDF, to keep or to pass on.
pub async fn own_pdf(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let leaflet = leaflet(&application, own.language)?;
    let in_force = application.in_force();
    let known = patients::read(&application, own.patient).await?;
    let who = known
        .and_then(|known| known.registration)
        .ok_or(Refused::NotFound)?;
    let page = GoingHome {
        frame: asked.own_frame(&own),
        leaflet: &leaflet,
        ended: ended(&application, own.patient).await?,
        left: left(&application),
        signs: &in_force.follow_up.signs,
        next: book::next_visit(&application, own.patient, asked.now()).await?,
        paper: None,
    };
    let sheets = Sheets {
        language: own.language,
        title: leaflet.title.clone(),
        who: &who,
        by_hand: Vec::new(),
        made: made(own.language, &page.at(asked.now())),
        blocks: page.blocks(),
        name: "going-home",
    };
    sheets
        .set(&application, asked.around(Here::Elsewhere, false))
        .await
}

/// Sends the person who leaves a link to it, in their language, where they agreed to messages. That
/// they left is saved before and stays so, whatever comes of this; the same sheet is printed.
pub(super) async fn send(application: &Application, id: SessionId, actor: Actor) {
    if let Err(refused) = queue(application, id, actor).await {
        let cause = refused.says();
        tracing::error!(
            cause,
            "the link to the instructions was not put into the outbox"
        );
    }
}

async fn queue(application: &Application, id: SessionId, actor: Actor) -> Result<(), Refused> {
    let session = application.sessions.session(id).await?;
    let Some(patient) = session.and_then(|session| session.patient) else {
        return Ok(());
    };
    let Some(contacts) = messages::contacts(application, patient).await? else {
        return Ok(());
    };
    if contacts.channels.is_empty() {
        return Ok(());
    }
    let (subject, text) = words(contacts.language, &application.configuration.phone);
    let message = NewMessage {
        id: Uuid::new_v5(&id.0, b"going home"),
        actor,
        patient,
        session: Some(id),
        kind: LEAFLET,
        language: contacts.language,
        subject: subject.to_owned(),
        text,
        leads_to: Some("/my/going-home".to_owned()),
        due: Due::Now,
    };
    messages::queue(application, message).await
}

/// What the message says: nothing of health, nothing of the clinic's kind.
fn words(language: Language, phone: &str) -> (&'static str, String) {
    let call = messages::whom_to_call(language, phone);
    match language {
        Language::English => (
            "For tonight and tomorrow",
            format!("What we went through together, for tonight and tomorrow: {{link}}{call}"),
        ),
        Language::Spanish => (
            "Para esta noche y mañana",
            format!("Lo que leímos juntos, para esta noche y mañana: {{link}}{call}"),
        ),
    }
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
