//! Whoever takes a person home, asked by a link of their own.
//!
//! A link is made of the ask and of a secret of the house when it leaves; the record holds none. It
//! opens one visit's evening and nothing else: no part of it leads to a person's own pages.

use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{digest, house_secret, is_same};
use crate::journey::{self, Change, Kept, Listed, Saved, read};
use crate::messages::{self, EscortCall};
use crate::preparation;
use crate::web::respond::Refused;
use clinical::course::escort::{Ask, EscortAsks, EscortEvent, Refusal, Way};
use clinical::course::preparation::Escort;
use clinical::course::session::{Session, Stage};
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts};
use clinical::record::{Actor, CommandId, Header, PatientId, SessionId};
use std::sync::Arc;
use store::ProjectionWrite;
use units::Moment;
use uuid::Uuid;

/// How many hexadecimal digits of a digest stand in a link: 128 bits.
const DIGITS: usize = 32;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says().to_owned())
    }
}

impl Listed for EscortAsks {
    /// The lists that show the way home read it with the visit.
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// A visit from which somebody is taken home.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub patient: PatientId,
    /// When it begins.
    pub starts: Moment,
    /// The session, where an order was written.
    pub session: Option<Arc<Session>>,
    /// Who is named in the preparation.
    pub named: Option<Escort>,
}

/// The visit, while it is to take place or has taken place; none after it was called off.
pub async fn visit(application: &Application, id: SessionId) -> Result<Option<Visit>, Fault> {
    let prepared = preparation::of(application, id).await?.state;
    let session = application.sessions.session(id).await?;
    let is_off = prepared.withdrawn
        || session
            .as_ref()
            .is_some_and(|session| session.stage == Stage::Cancelled);
    let of_session = || {
        let session = session.as_ref()?;
        Some((session.patient?, session.planned_for?))
    };
    let known = prepared
        .planned
        .map(|planned| (planned.patient, planned.starts))
        .or_else(of_session);
    Ok(known.filter(|_| !is_off).map(|(patient, starts)| Visit {
        id,
        patient,
        starts,
        named: prepared.answers.escort.as_known().cloned(),
        session,
    }))
}

/// Who was asked for a visit.
pub async fn of(application: &Application, visit: SessionId) -> Result<Kept<EscortAsks>, Fault> {
    read::<EscortAsks>(application, visit.0).await
}

/// The address of the page that an ask opens.
pub async fn link(application: &Application, visit: SessionId, ask: Uuid) -> Result<String, Fault> {
    let token = token(application, visit, ask, "link").await?;
    Ok(format!("{}/escort/{visit}/{token}", application.base_url))
}

/// What proves to the server that whoever holds a link has said whom they take home.
pub async fn proof(
    application: &Application,
    visit: SessionId,
    ask: Uuid,
) -> Result<String, Fault> {
    token(application, visit, ask, "named").await
}

async fn token(
    application: &Application,
    visit: SessionId,
    ask: Uuid,
    purpose: &str,
) -> Result<String, Fault> {
    let secret = house_secret(application, "escort-secret").await?;
    let tenant = application.tenant.0;
    let mut token = hex::encode(digest(&format!(
        "escort {purpose} {tenant} {visit} {ask} {secret}"
    )));
    token.truncate(DIGITS);
    Ok(token)
}

/// An ask whose link opens something now, with its visit.
pub async fn open(
    application: &Application,
    id: SessionId,
    ask: Uuid,
) -> Result<Option<(Visit, Ask)>, Fault> {
    let asks = of(application, id).await?.state;
    opened(application, id, &asks, ask).await
}

/// The ask of a link, by what stands in its address.
// Hazard: H45
pub async fn by_link(
    application: &Application,
    id: SessionId,
    token: &str,
) -> Result<Option<(Visit, Ask)>, Fault> {
    let asks = of(application, id).await?.state;
    let Some(current) = asks.current() else {
        return Ok(None);
    };
    let expected = self::token(application, id, current.id, "link").await?;
    if !is_same(&expected, token) {
        return Ok(None);
    }
    opened(application, id, &asks, current.id).await
}

async fn opened(
    application: &Application,
    id: SessionId,
    asks: &EscortAsks,
    ask: Uuid,
) -> Result<Option<(Visit, Ask)>, Fault> {
    let Some(visit) = visit(application, id).await? else {
        return Ok(None);
    };
    let now = application.clock.now();
    let ask = asks.open(ask, visit.starts, now).cloned();
    Ok(ask.map(|ask| (visit, ask)))
}

/// How an escort is reached by the way that was agreed; none after their link was closed.
pub async fn contacts(
    application: &Application,
    visit: SessionId,
    ask: Uuid,
) -> Result<Option<Contacts>, Fault> {
    let Some((_, ask)) = open(application, visit, ask).await? else {
        return Ok(None);
    };
    let nobody = Contacts::unknown(ask.language);
    Ok(match ask.way {
        Way::TextMessage => Some(Contacts {
            mobile: Some(ask.escort.phone),
            channels: vec![Channel::TextMessage],
            ..nobody
        }),
        Way::Email { address } => Some(Contacts {
            email: Some(address),
            channels: vec![Channel::Email],
            ..nobody
        }),
        Way::Shown => None,
    })
}

/// Whom to ask, how, and who wants it.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Made by the form; executed exactly once.
    pub command_id: CommandId,
    /// Who wants it.
    pub actor: Actor,
    /// Whom.
    pub escort: Escort,
    /// How.
    pub way: Way,
    /// In which language.
    pub language: Language,
    /// The person agreed that they are written to.
    pub agreed: bool,
}

/// Asks somebody, and puts the message into the outbox where one is wanted.
///
/// Both are exactly once: the ask and its message are named after the command.
pub async fn ask(application: &Application, visit: SessionId, wish: Wish) -> Result<(), Refused> {
    let known = self::visit(application, visit).await?;
    let patient = known.as_ref().map(|visit| visit.patient);
    let starts = known.map(|visit| visit.starts);
    let ask = Uuid::new_v5(&wish.command_id.0, b"ask an escort");
    let change = Change {
        command_id: wish.command_id,
        actor: wish.actor.clone(),
        at: None,
        id: visit.0,
        patient,
        session: Some(visit),
        action: "ask whoever takes a person home",
        wanted: format!("{:?} {:?} {:?}", wish.escort, wish.way, wish.language),
    };
    journey::change(application, change, |known: &EscortAsks, now| {
        let wanted = (ask, wish.escort.clone(), wish.way.clone(), wish.language);
        known.ask(wanted, wish.agreed, starts, now)
    })
    .await?;
    let channel = match &wish.way {
        Way::TextMessage => Channel::TextMessage,
        Way::Email { .. } => Channel::Email,
        Way::Shown => return Ok(()),
    };
    let Some(patient) = patient else {
        return Ok(());
    };
    let (subject, text) = words(wish.language, &application.configuration.phone);
    let call = EscortCall {
        ask,
        actor: wish.actor,
        patient,
        visit,
        channel,
        language: wish.language,
        subject: subject.to_owned(),
        text,
    };
    messages::call_escort(application, call).await
}

/// What the message says: nothing of health, nothing of the clinic's kind, and no name: it may
/// arrive at a number that was typed wrong.
fn words(language: Language, phone: &str) -> (&'static str, String) {
    let call = messages::whom_to_call(language, phone);
    match language {
        Language::English => (
            "Can you take somebody home?",
            format!(
                "Somebody you know named you as the one who takes them home from an appointment. Please say whether you can: {{link}}{call}"
            ),
        ),
        Language::Spanish => (
            "¿Puede llevar a alguien a casa?",
            format!(
                "Alguien que usted conoce dijo que usted le lleva a casa después de una cita. Diga si puede: {{link}}{call}"
            ),
        ),
    }
}

/// Decides on who was asked for a visit, and writes what came of it, as whoever holds the link.
pub async fn by_escort(
    application: &Application,
    (visit, ask): (&Visit, &Ask),
    command_id: CommandId,
    wanted: String,
    decide: impl Fn(&EscortAsks, Moment) -> Result<Vec<EscortEvent>, Refusal> + Send + Sync,
) -> Result<Saved, Refused> {
    let change = Change {
        command_id,
        actor: Actor::System {
            part: format!("the link of {}, who takes the person home", ask.escort.name),
        },
        at: None,
        id: visit.id.0,
        patient: Some(visit.patient),
        session: Some(visit.id),
        action: "answer by an escort's link",
        wanted,
    };
    journey::change(application, change, |known: &EscortAsks, now| {
        decide(known, now)
    })
    .await
}

/// Closes the link of whoever is asked now.
pub async fn close(
    application: &Application,
    visit: &Visit,
    ask: Uuid,
    actor: Actor,
    why: &str,
) -> Result<(), Refused> {
    let change = Change {
        command_id: CommandId(Uuid::new_v5(&ask, b"close")),
        actor,
        at: None,
        id: visit.id.0,
        patient: Some(visit.patient),
        session: Some(visit.id),
        action: "close an escort's link",
        wanted: String::new(),
    };
    journey::change(application, change, |known: &EscortAsks, _now| {
        Ok::<_, Refusal>(known.close(ask, why))
    })
    .await?;
    messages::withdraw(
        application,
        messages::escort_message(ask),
        "the link was closed",
    )
    .await
}
