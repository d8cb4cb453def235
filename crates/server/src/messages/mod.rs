//! Messages to people: queued with a moment, sent by a job, tried again, shown when they fail.
//!
//! Nothing of health stands in a message: it says that there is something to read, with a link
//! that asks for the date of birth, and the clinic's telephone number. The link is made when the
//! message leaves, so that the record holds no secret that lets somebody in.

pub mod hours;
mod mail;
mod text_message;

pub use mail::{Letter, MailServer, UnusableMailServer};
pub use text_message::TextMessageService;

use crate::application::Application;
use crate::escort;
use crate::fault::Fault;
use crate::follow_up;
use crate::identity::patient_link;
use crate::journey::{Change, Kept, change, read};
use crate::patients;
use crate::web::door::LINK_LASTS;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::message::{LINK, Message, Outgoing, Tried};
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts};
use clinical::record::{Actor, CommandId, PatientId, SessionId, StaffId};
use futures_util::future::{join, join_all};
use jiff::tz::TimeZone;
use store::{CourseRow, CourseSearch, DateBound};
use units::{Moment, Span};
use uuid::Uuid;

/// The part of the lists in which messages stand.
pub const MESSAGE: &str = "message";

/// The kind of a call to somebody on duty.
pub const DUTY: &str = "duty";

/// The kind of a message to whoever takes a person home.
pub const ESCORT: &str = "escort";

/// How many are sent in one go.
const AT_ONCE: usize = 50;

/// How many rows of the outbox are read at once.
const PAGE: usize = 500;

/// A message to be queued.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// Its identity: made of what it is about, so that the same message is queued once.
    pub id: Uuid,
    /// Who wants it sent.
    pub actor: Actor,
    /// To whom.
    pub patient: PatientId,
    /// About which visit.
    pub session: Option<SessionId>,
    /// What kind, in one word of the part that queues it.
    pub kind: &'a str,
    /// In which language.
    pub language: Language,
    /// The subject of an e-mail.
    pub subject: String,
    /// The text, with `{link}` where the link goes and `{phone}` for the clinic's number. Nothing
    /// of health.
    pub text: String,
    /// Where the link leads: a path that begins with `/my`.
    pub leads_to: Option<String>,
    /// When it should go out.
    pub due: Due,
}

/// When a message should go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// As soon as the person's hours allow, from this moment on.
    From(Moment),
    /// At this moment or, outside of the person's hours, at the end of the hours before it: what
    /// comes later would come too late.
    AtOrBefore(Moment),
    /// Now, whatever the hours: the person waits for it, at the desk or at their phone.
    Now,
}

/// Puts a message into the outbox; one with this identity is queued once.
///
/// It is sent by the first channel that the person agreed to, and by the next one where it cannot
/// arrive by that. Where they agreed to none, or no
/// address is known, it fails in sight of the front desk.
pub async fn queue(application: &Application, new: NewMessage<'_>) -> Result<(), Refused> {
    let contacts = contacts(application, new.patient).await?;
    let channel = contacts
        .as_ref()
        .and_then(|contacts| contacts.channels.first().copied())
        .unwrap_or(Channel::Email);
    let zone = zone_of(application, contacts.as_ref());
    let writing = contacts
        .as_ref()
        .map_or(clinical::patient::WritingHours::DAYTIME, |known| {
            known.hours
        });
    let due = match new.due {
        Due::From(moment) => hours::from(&zone, writing, moment),
        Due::AtOrBefore(moment) => hours::at_or_before(&zone, writing, moment),
        Due::Now => application.clock.now(),
    };
    let phone = &application.configuration.phone;
    let message = Message {
        patient: new.patient,
        staff: None,
        escort: None,
        session: new.session,
        kind: new.kind.to_owned(),
        channel,
        language: new.language,
        subject: new.subject,
        text: new.text.replace("{phone}", phone),
        leads_to: new.leads_to,
        due,
    };
    put(application, new.id, new.actor, "queue a message", message).await
}

/// Puts a message into the outbox; one with this identity is put there once.
async fn put(
    application: &Application,
    id: Uuid,
    actor: Actor,
    action: &str,
    message: Message,
) -> Result<(), Refused> {
    let wanted = Change {
        command_id: CommandId(Uuid::new_v5(&id, b"queue")),
        actor,
        at: None,
        id,
        patient: Some(message.patient),
        session: message.session,
        action,
        // The identity says what it is about; the time of queueing is no other message.
        wanted: String::new(),
    };
    change(application, wanted, |outgoing: &Outgoing, _now| {
        Ok::<_, Refused>(outgoing.queue(message.clone()))
    })
    .await?;
    Ok(())
}

/// How a message ends: whom to call with questions, with `{phone}` for the clinic's number; nothing
/// where none is set.
pub fn whom_to_call(language: Language, phone: &str) -> &'static str {
    match (language, phone) {
        (_, "") => "",
        (Language::English, _) => " Questions? Call {phone}.",
        (Language::Spanish, _) => " ¿Preguntas? Llame al {phone}.",
    }
}

/// A message to somebody on duty, now, whatever the hour.
#[derive(Clone, Debug)]
pub struct DutyCall {
    /// Its identity: made of what it is about, so that the same call is queued once.
    pub id: Uuid,
    /// About whom; they do not stand in the text.
    pub patient: PatientId,
    /// To whom.
    pub staff: StaffId,
    /// By which way.
    pub channel: Channel,
}

/// A message to whoever takes a person home from a visit, now: the person or the clinic has just
/// asked for it.
#[derive(Clone, Debug)]
pub struct EscortCall {
    /// Which ask: its identity is made from it, so that the same ask is sent once.
    pub ask: Uuid,
    /// Who wants it sent.
    pub actor: Actor,
    /// About whom; they do not stand in the text.
    pub patient: PatientId,
    /// From which visit.
    pub visit: SessionId,
    /// By which way.
    pub channel: Channel,
    /// In which language.
    pub language: Language,
    /// The subject of an e-mail.
    pub subject: String,
    /// The text, with `{link}` and `{phone}`. It names nobody and says nothing of health.
    pub text: String,
}

/// Puts a message to an escort into the outbox.
pub async fn call_escort(application: &Application, call: EscortCall) -> Result<(), Refused> {
    let phone = &application.configuration.phone;
    let message = Message {
        patient: call.patient,
        staff: None,
        escort: Some(call.ask),
        session: Some(call.visit),
        kind: ESCORT.to_owned(),
        channel: call.channel,
        language: call.language,
        subject: call.subject,
        text: call.text.replace("{phone}", phone),
        leads_to: None,
        due: application.clock.now(),
    };
    let action = "queue a message to whoever takes a person home";
    let id = escort_message(call.ask);
    put(application, id, call.actor, action, message).await
}

/// The message that carries an ask.
pub fn escort_message(ask: Uuid) -> Uuid {
    Uuid::new_v5(&ask, b"message")
}

/// Puts a call to somebody on duty into the outbox. It names nobody and says nothing of health.
pub async fn call_duty(application: &Application, call: DutyCall) -> Result<(), Refused> {
    let message = Message {
        patient: call.patient,
        staff: Some(call.staff),
        escort: None,
        session: None,
        kind: DUTY.to_owned(),
        channel: call.channel,
        language: Language::English,
        subject: "Somebody needs an answer now".to_owned(),
        text: format!(
            "Somebody needs an answer now. Sign in and say that you have it in hand: {}/follow-up",
            application.base_url
        ),
        leads_to: None,
        due: application.clock.now(),
    };
    put(
        application,
        call.id,
        itself(),
        "call somebody on duty",
        message,
    )
    .await
}

/// Takes a message back, if it has not left.
pub async fn withdraw(application: &Application, id: Uuid, why: &str) -> Result<(), Refused> {
    let kept = read::<Outgoing>(application, id).await?;
    let Some(message) = &kept.state.message else {
        return Ok(());
    };
    let wanted = Change {
        command_id: CommandId(Uuid::new_v5(&id, b"withdraw")),
        actor: itself(),
        at: None,
        id,
        patient: Some(message.patient),
        session: message.session,
        action: "withdraw a message",
        wanted: why.to_owned(),
    };
    change(application, wanted, |outgoing: &Outgoing, _now| {
        Ok::<_, Refused>(outgoing.withdraw(why))
    })
    .await?;
    Ok(())
}

/// Sends what is due; says how many were tried.
///
/// Each is claimed in the record before it is handed over, so that of several servers one sends
/// it. A message that was taken just before its server was killed is sent once more when the claim
/// has run out; it then has the same identity in its header, by which mail programs and providers
/// know it again.
pub async fn send_due(application: &Application) -> Result<usize, Fault> {
    let (calls, letters) = join(send_calls(application), send_letters(application)).await;
    Ok(calls? + letters?)
}

/// Sends the calls to people on duty that are due, all at once: they wait for no message to a
/// patient, and by one way not for the other that does not answer.
// Hazard: H62
pub async fn send_calls(application: &Application) -> Result<usize, Fault> {
    let _gate = application.calling.lock().await;
    let due = due(application, is_to_staff).await?;
    let sent = join_all(due.iter().map(|id| send(application, *id))).await;
    let tried = sent.len();
    sent.into_iter().collect::<Result<Vec<()>, Fault>>()?;
    Ok(tried)
}

/// Sends the messages to patients that are due, one after the other. One person's trouble holds up
/// nobody else.
pub async fn send_letters(application: &Application) -> Result<usize, Fault> {
    let _gate = application.sending.lock().await;
    let to_patients = |row: &CourseRow| is_to_staff(row).map(|to_staff| !to_staff);
    let (mut tried, mut trouble) = (0, None);
    for id in due(application, to_patients).await? {
        if application.shutdown.is_cancelled() {
            break;
        }
        if let Err(fault) = send(application, id).await {
            trouble = Some(fault);
        }
        tried += 1;
    }
    trouble.map_or(Ok(tried), Err)
}

/// What is due of the outbox, the first first, as many as are sent in one go.
async fn due(
    application: &Application,
    is: impl Fn(&CourseRow) -> Result<bool, Fault>,
) -> Result<Vec<Uuid>, Fault> {
    let mut search = CourseSearch {
        part: MESSAGE.to_owned(),
        state: Some("waiting".to_owned()),
        due: DateBound {
            from: None,
            // The end is exclusive; what is due this very moment is due.
            until: Some(application.clock.now() + Span::from_microseconds(1)),
        },
        after: None,
        count: PAGE,
    };
    let mut due = Vec::new();
    loop {
        let rows = application
            .store
            .course_rows(application.tenant, &search)
            .await
            .context("reading the outbox")?;
        let whole = rows.len() < PAGE;
        search.after = rows.last().map(|row| (row.due, row.id));
        for row in rows {
            if is(&row)? {
                due.push(row.id);
            }
        }
        if whole || due.len() >= AT_ONCE {
            due.truncate(AT_ONCE);
            return Ok(due);
        }
    }
}

async fn send(application: &Application, id: Uuid) -> Result<(), Fault> {
    let Some(kept) = claim(application, id).await? else {
        return Ok(());
    };
    let Some(message) = kept.state.message.clone() else {
        return Ok(());
    };
    let contacts = match (message.staff, message.escort, message.session) {
        (Some(staff), _, _) => on_duty(application, staff),
        (None, Some(ask), Some(visit)) => escort::contacts(application, visit, ask).await?,
        (None, Some(_), None) => None,
        (None, None, _) => contacts(application, message.patient).await?,
    };
    let came = hand_over(application, id, &message, contacts.as_ref()).await?;
    // Whoever is on duty is called by each way in a message of its own, and an escort by the one way
    // that was agreed.
    let agreed = contacts
        .filter(|_| message.staff.is_none() && message.escort.is_none())
        .map_or_else(Vec::new, |contacts| contacts.channels);
    let wanted = Change {
        command_id: CommandId(Uuid::new_v5(
            &id,
            format!("try {}", kept.version).as_bytes(),
        )),
        actor: itself(),
        at: None,
        id,
        patient: Some(message.patient),
        session: message.session,
        action: "send a message",
        wanted: String::new(),
    };
    let recorded = change(application, wanted, |outgoing: &Outgoing, now| {
        Ok::<_, Refused>(outgoing.tried(came.clone(), &agreed, now))
    })
    .await;
    recorded
        .map(|_| ())
        .map_err(|refused| not_recorded("what came of a message", refused))
}

fn not_recorded(what: &str, refused: Refused) -> Fault {
    match refused {
        Refused::Fault(fault) => fault,
        other => Fault(anyhow::anyhow!("{what} was not recorded: {}", other.says())),
    }
}

/// Writes down that this server hands the message over, before it does; `None` where another one
/// was faster, or it is not due any more.
async fn claim(application: &Application, id: Uuid) -> Result<Option<Kept<Outgoing>>, Fault> {
    let kept = read::<Outgoing>(application, id).await?;
    let Some(message) = &kept.state.message else {
        return Ok(None);
    };
    // What was queued in the very moment in which somebody took the sign in hand, or before a crash
    // in between, is not needed any more. Hazard: H62
    if message.staff.is_some() && !follow_up::is_telling(application, message.patient).await? {
        withdraw(application, id, "somebody has it in hand")
            .await
            .map_err(|refused| not_recorded("that a call is not needed", refused))?;
        return Ok(None);
    }
    if let (Some(ask), Some(visit)) = (message.escort, message.session)
        && escort::open(application, visit, ask).await?.is_none()
    {
        withdraw(application, id, "the link was closed")
            .await
            .map_err(|refused| not_recorded("that a link is not needed", refused))?;
        return Ok(None);
    }
    let attempt = Uuid::now_v7();
    let wanted = Change {
        command_id: CommandId(attempt),
        actor: itself(),
        at: None,
        id,
        patient: Some(message.patient),
        session: message.session,
        action: "take a message to be sent",
        wanted: String::new(),
    };
    change(application, wanted, |outgoing: &Outgoing, now| {
        Ok::<_, Refused>(outgoing.claim(attempt, now))
    })
    .await
    .map_err(|refused| not_recorded("who sends a message", refused))?;
    let kept = read::<Outgoing>(application, id).await?;
    Ok(Some(kept).filter(|kept| kept.state.claimed == Some(attempt)))
}

/// Hands a letter to the clinic's mail server, once: whoever wants it sent is told at once what
/// came of it, and sends it again.
pub async fn send_letter(application: &Application, letter: Letter<'_>) -> Tried {
    match &application.configuration.mail {
        Some(server) => mail::send_letter(server, letter).await,
        None => Tried::Never {
            why: "no mail server is set up".to_owned(),
        },
    }
}

/// Gives the message to whoever carries it.
async fn hand_over(
    application: &Application,
    id: Uuid,
    message: &Message,
    contacts: Option<&Contacts>,
) -> Result<Tried, Fault> {
    let never = |why: &str| {
        Ok(Tried::Never {
            why: why.to_owned(),
        })
    };
    let Some(contacts) = contacts else {
        return never("nobody has recorded how this person is reached");
    };
    if !contacts.channels.contains(&message.channel) {
        return never(match message.channel {
            Channel::Email => "the person has not agreed to e-mail",
            Channel::TextMessage => "the person has not agreed to text messages",
        });
    }
    match message.channel {
        Channel::Email => {
            let Some(address) = &contacts.email else {
                return never("no e-mail address is recorded");
            };
            let Some(server) = &application.configuration.mail else {
                return never("no mail server is set up");
            };
            let text = with_link(application, message).await?;
            Ok(mail::send(server, id, address, &message.subject, &text).await)
        }
        Channel::TextMessage => {
            let Some(number) = &contacts.mobile else {
                return never("no mobile number is recorded");
            };
            let Some(service) = &application.configuration.text_messages else {
                return never("no service for text messages is set up");
            };
            let text = with_link(application, message).await?;
            Ok(text_message::send(service, id, number, &text).await)
        }
    }
}

async fn with_link(application: &Application, message: &Message) -> Result<String, Fault> {
    if let (Some(ask), Some(visit)) = (message.escort, message.session) {
        let link = escort::link(application, visit, ask).await?;
        return Ok(message.text.replace(LINK, &link));
    }
    let Some(leads_to) = &message.leads_to else {
        return Ok(message.text.clone());
    };
    let link = patient_link(application, message.patient, leads_to, LINK_LASTS).await?;
    Ok(message.text.replace(LINK, &link))
}

/// How somebody on duty is reached; `None` when they stand in the list no longer.
fn on_duty(application: &Application, staff: StaffId) -> Option<Contacts> {
    let clinic = application.clinic();
    let person = clinic.duty.people.iter().find(|one| one.staff == staff)?;
    Some(Contacts {
        email: person.email.clone(),
        mobile: person.mobile.clone(),
        channels: vec![Channel::Email, Channel::TextMessage],
        ..Contacts::unknown(Language::English)
    })
}

/// By which way messages to a person leave first, with the address or number: by one that they agreed
/// to, that is known, and that this house sends by; nothing where there is none.
pub fn first_way(application: &Application, contacts: &Contacts) -> Option<(Channel, String)> {
    let configuration = &application.configuration;
    contacts.channels.iter().find_map(|channel| {
        let to = match channel {
            Channel::TextMessage => configuration
                .text_messages
                .as_ref()
                .and(contacts.mobile.clone()),
            Channel::Email => configuration.mail.as_ref().and(contacts.email.clone()),
        };
        Some((*channel, to?))
    })
}

/// How a person is reached; `None` when nobody has said it.
pub async fn contacts(
    application: &Application,
    patient: PatientId,
) -> Result<Option<Contacts>, Fault> {
    let known = patients::read(application, patient).await?;
    Ok(known.and_then(|known| known.contacts))
}

/// The person's time zone; the clinic's, where they named none that is known.
pub fn zone_of(application: &Application, contacts: Option<&Contacts>) -> TimeZone {
    contacts
        .and_then(|contacts| contacts.zone.as_deref())
        .and_then(|name| TimeZone::get(name).ok())
        .unwrap_or_else(|| application.zone.clone())
}

/// Messages that failed, as the front desk sees them: the newest first.
pub async fn failures(application: &Application) -> Result<Vec<CourseRow>, Fault> {
    let search = CourseSearch {
        part: MESSAGE.to_owned(),
        state: Some("failed".to_owned()),
        due: DateBound::default(),
        after: None,
        count: 200,
    };
    let mut rows = application
        .store
        .course_rows(application.tenant, &search)
        .await
        .context("reading the outbox")?;
    rows.reverse();
    Ok(rows)
}

/// True for a row of a call to somebody on duty: it is about a patient, and did not go to them.
pub fn is_to_staff(row: &CourseRow) -> Result<bool, Fault> {
    is_of_kind(row, DUTY)
}

/// True for a row of a message to whoever takes a patient home: it did not go to the patient.
pub fn is_to_escort(row: &CourseRow) -> Result<bool, Fault> {
    is_of_kind(row, ESCORT)
}

fn is_of_kind(row: &CourseRow, kind: &str) -> Result<bool, Fault> {
    let summary: serde_json::Value =
        serde_json::from_str(&row.summary).context("reading a message's row")?;
    Ok(summary["kind"] == kind)
}

fn itself() -> Actor {
    Actor::System {
        part: "messages".to_owned(),
    }
}
