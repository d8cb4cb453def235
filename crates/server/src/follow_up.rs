//! After a session: contacts are made when their time has come, and people on duty are told of
//! warning signs until somebody has it in hand.
//!
//! What is due stands in the record. Each step is done first and written down afterwards, with an
//! identity made of what it is about: after a crash in between it is done again, and reaches nobody
//! twice.

use crate::application::Application;
use crate::book::{LocalTime, date_of, local_time};
use crate::clinic_outcomes;
use crate::command::Order;
use crate::fault::Fault;
use crate::journey::{Change, Kept, Listed, appended, change, read};
use crate::messages::{self, Due, DutyCall, NewMessage, hours};
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::clinic::{ClockTime, Duty, DutyPerson};
use clinical::course::follow_up::{
    ContactStanding, Ended, Flag, FlagStanding, FollowUp, Refusal, Screen, Step, Told, Urgency,
    plan,
};
use clinical::course::session::{Command, Session};
use clinical::leaflet::Language;
use clinical::patient::{Channel, WritingHours};
use clinical::record::{Actor, CommandId, Header, PatientId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Append, CourseRow, CourseSearch, DateBound, ProjectionWrite};
use units::{Moment, Span};
use uuid::Uuid;

/// The part of the lists in which people stand who are followed up.
pub const FOLLOW_UP: &str = "follow-up";

/// How many people are looked after in one go, and how many rows are read at once.
const PAGE: usize = 500;

/// How far ahead it is looked for hours in which somebody watches.
const DAYS_AHEAD: i32 = 8;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

/// What the list shows of a person, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Flags that are not dealt with, the most pressing first.
    pub flags: Vec<FlagLine>,
    /// From when on they are to be called: written to, and no answer.
    pub silent_at: Option<Moment>,
    /// When they were written to and have not answered yet.
    pub asked_at: Option<Moment>,
    /// When they said something last.
    pub answered_at: Option<Moment>,
    /// How they were then.
    pub mood: Option<String>,
    /// The side effects of then.
    pub effects: Vec<String>,
    /// When the next contact is.
    pub next: Option<Moment>,
    /// When the drug of each session ended.
    pub sessions: Vec<Moment>,
    /// The newest time of each screen for harm over the long term.
    pub screens: BTreeMap<Screen, Moment>,
    /// When alcohol was last asked and answered whole; none in rows from before it was.
    #[serde(default)]
    pub alcohol: Option<Moment>,
    /// The screen whose finding stops treatment, and its words.
    pub held: Option<(Screen, String)>,
}

/// A flag on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagLine {
    /// Which.
    pub flag: Uuid,
    /// How fast somebody must act.
    pub urgency: Urgency,
    /// The signs.
    pub signs: Vec<String>,
    /// When it was raised.
    pub raised_at: Moment,
    /// How many rounds of telling there were in which something left for somebody.
    pub rounds: usize,
    /// Who has it in hand, and since when; nobody yet.
    pub in_hand: Option<(String, Moment)>,
}

impl Listed for FollowUp {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        let line = Line::of(self);
        let listed = ProjectionWrite::PutCourse(CourseRow {
            part: FOLLOW_UP.to_owned(),
            id: header.stream.id,
            patient: Some(PatientId(header.stream.id)),
            state: if line.flags.is_empty() {
                "quiet"
            } else {
                "flagged"
            }
            .to_owned(),
            due: self.next_at(),
            version: header.stream_version,
            // Writing a struct of text and numbers does not fail; an empty line is read as such.
            summary: serde_json::to_string(&line).unwrap_or_default(),
        });
        std::iter::once(listed)
            .chain(clinic_outcomes::contacts_row(self, header))
            .collect()
    }
}

impl Line {
    fn of(state: &FollowUp) -> Self {
        let flags = state.open_flags();
        let last = state.reports.last();
        let asked = state
            .contacts
            .values()
            .filter_map(|contact| match contact.standing {
                ContactStanding::Made { at, .. } => Some(at),
                ContactStanding::Planned
                | ContactStanding::Answered { .. }
                | ContactStanding::Overtaken => None,
            });
        let planned = state
            .contacts
            .values()
            .filter(|contact| contact.standing == ContactStanding::Planned)
            .map(|contact| contact.due);
        Self {
            flags: flags
                .into_iter()
                .map(|flag| FlagLine {
                    flag: flag.flag,
                    urgency: flag.urgency,
                    signs: flag.signs.clone(),
                    raised_at: flag.raised_at,
                    rounds: flag
                        .told
                        .iter()
                        .filter(|(_, people)| people.iter().any(|one| one.ways > 0))
                        .count(),
                    in_hand: match &flag.standing {
                        FlagStanding::Escalating { .. } | FlagStanding::Settled { .. } => None,
                        FlagStanding::Acknowledged { by, at } => Some((by.name().to_owned(), *at)),
                    },
                })
                .collect(),
            silent_at: state.silent_at(),
            asked_at: asked.min(),
            answered_at: last.map(|report| report.at),
            mood: last
                .and_then(|report| report.said.mood)
                .map(|mood| mood.word().to_owned()),
            effects: last.map_or_else(Vec::new, |report| report.said.effects.clone()),
            next: planned.min(),
            sessions: state.sessions.values().copied().collect(),
            screens: state.screens_done(),
            alcohol: state.last_watched("audit-c"),
            held: state.held_by().map(|one| (one.screen, one.note.clone())),
        }
    }
}

/// The time after a person's sessions.
pub async fn of(application: &Application, patient: PatientId) -> Result<Kept<FollowUp>, Fault> {
    read::<FollowUp>(application, patient.0).await
}

/// A warning sign of this person is in nobody's hand.
pub async fn is_telling(application: &Application, patient: PatientId) -> Result<bool, Fault> {
    let flags = of(application, patient).await?.state.flags;
    Ok(flags.iter().any(Flag::is_escalating))
}

/// The same of several records, in their order.
pub async fn of_records(
    application: &Application,
    records: &[PatientId],
) -> Result<Vec<FollowUp>, Fault> {
    let mut all = Vec::with_capacity(records.len());
    for record in records {
        all.push(of(application, *record).await?.state);
    }
    Ok(all)
}

/// Everybody who is followed up, whoever needs somebody first.
pub async fn everybody(application: &Application) -> Result<Vec<(PatientId, Line)>, Fault> {
    let mut search = CourseSearch {
        part: FOLLOW_UP.to_owned(),
        count: PAGE,
        ..CourseSearch::default()
    };
    let mut all = Vec::new();
    loop {
        let rows = application
            .store
            .course_rows(application.tenant, &search)
            .await
            .context("reading who is followed up")?;
        let whole = rows.len() < PAGE;
        search.after = rows.last().map(|row| (row.due, row.id));
        for row in rows {
            let line: Line = serde_json::from_str(&row.summary).context("reading a row")?;
            all.push((PatientId(row.id), line));
        }
        if whole {
            return Ok(all);
        }
    }
}

/// What is written beside a session's last act: its contacts.
pub async fn beside(
    application: &Application,
    session: &Session,
    order: &Order,
    (now, at): (Moment, Moment),
) -> Result<Option<(Append, Vec<ProjectionWrite>)>, Refused> {
    let (Command::Discharge { .. }, Some(patient)) = (&order.command, session.patient) else {
        return Ok(None);
    };
    let Some(ended_at) = session.drug_ended_at() else {
        return Ok(None);
    };
    let ended = Ended {
        session: session.id,
        product: session.product(),
        number: session.earlier_sessions.saturating_add(1),
        at: ended_at,
    };
    let kept = of(application, patient).await?;
    let contacts = messages::contacts(application, patient).await?;
    let zone = messages::zone_of(application, contacts.as_ref());
    let writing = contacts.map_or(WritingHours::DAYTIME, |known| known.hours);
    let planned = plan(&ended, &application.in_force().follow_up, |moment| {
        hours::from(&zone, writing, moment)
    });
    let events = kept.state.plan(&ended, planned);
    if events.is_empty() {
        return Ok(None);
    }
    let wanted = Change {
        command_id: order.command_id,
        actor: order.actor.clone(),
        at: Some(at),
        id: patient.0,
        patient: Some(patient),
        session: Some(session.id),
        action: "plan the contacts after a session",
        wanted: String::new(),
    };
    Ok(Some(appended(
        application,
        &wanted,
        patient.0,
        &kept,
        events,
        now,
        at,
    )))
}

/// Does everything that is due. One person's trouble holds up nobody else.
pub async fn keep(application: &Application) -> Result<(), Fault> {
    let now = application.clock.now();
    let search = CourseSearch {
        part: FOLLOW_UP.to_owned(),
        state: None,
        due: DateBound {
            from: None,
            // The end is exclusive; what is due this very moment is due.
            until: Some(now + Span::from_microseconds(1)),
        },
        after: None,
        count: PAGE,
    };
    let rows = application
        .store
        .course_rows(application.tenant, &search)
        .await
        .context("reading what is due after sessions")?;
    let mut trouble = None;
    for row in rows {
        if application.shutdown.is_cancelled() {
            break;
        }
        if let Err(fault) = keep_one(application, PatientId(row.id), now).await {
            trouble = Some(fault);
        }
    }
    trouble.map_or(Ok(()), Err)
}

async fn keep_one(application: &Application, patient: PatientId, now: Moment) -> Result<(), Fault> {
    let kept = of(application, patient).await?;
    for step in kept.state.steps(now) {
        match step {
            Step::Tell { flag, round } => tell(application, patient, flag, round).await?,
            Step::Make { contact, reminder } => {
                make(application, patient, contact, reminder).await?;
            }
        }
    }
    Ok(())
}

/// The message of a round to one person by one way.
fn call_id(flag: Uuid, round: u32, staff: Uuid, channel: Channel) -> Uuid {
    let way = match channel {
        Channel::Email => "e-mail",
        Channel::TextMessage => "text message",
    };
    Uuid::new_v5(&flag, format!("round {round} {staff} {way}").as_bytes())
}

/// The ways on which something can leave for somebody on duty: an address, and a server that sends.
fn ways_to(application: &Application, person: &DutyPerson) -> impl Iterator<Item = Channel> {
    let configuration = &application.configuration;
    let email = person.email.is_some() && configuration.mail.is_some();
    let mobile = person.mobile.is_some() && configuration.text_messages.is_some();
    let ways = [(Channel::Email, email), (Channel::TextMessage, mobile)];
    ways.into_iter()
        .filter_map(|(channel, open)| open.then_some(channel))
}

// Hazard: H62
async fn tell(
    application: &Application,
    patient: PatientId,
    flag: Uuid,
    round: u32,
) -> Result<(), Fault> {
    let clinic = application.clinic();
    take_back(application, &clinic.duty, flag, round).await?;
    let mut told = Vec::new();
    let reached = |person: &DutyPerson| ways_to(application, person).next().is_some();
    for person in clinic.duty.in_round(round, reached) {
        let mut ways = 0;
        for channel in ways_to(application, person) {
            let call = DutyCall {
                id: call_id(flag, round, person.staff.0, channel),
                patient,
                staff: person.staff,
                channel,
            };
            done(messages::call_duty(application, call).await)?;
            ways += 1;
        }
        told.push(Told {
            staff: person.staff,
            name: person.name.clone(),
            ways,
        });
    }
    let rules = std::sync::Arc::clone(&application.in_force().follow_up);
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: itself(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "tell people on duty of a warning sign",
        wanted: format!("{flag} {round}"),
    };
    done(
        change(application, wanted, |state: &FollowUp, now| {
            Ok::<_, Refused>(state.told(flag, round, told.clone(), &rules, now))
        })
        .await,
    )
}

/// What of the rounds before did not leave yet is taken back: the next round says it anew.
async fn take_back(
    application: &Application,
    duty: &Duty,
    flag: Uuid,
    before: u32,
) -> Result<(), Fault> {
    let Some(round) = before.checked_sub(1) else {
        return Ok(());
    };
    for person in &duty.people {
        for channel in [Channel::Email, Channel::TextMessage] {
            let id = call_id(flag, round, person.staff.0, channel);
            done(
                messages::withdraw(application, id, "the call was made anew, or is not needed")
                    .await,
            )?;
        }
    }
    Ok(())
}

/// Somebody has a flag in hand. What was not sent yet is taken back.
pub async fn acknowledge(
    application: &Application,
    patient: PatientId,
    flag: Uuid,
    command_id: CommandId,
    actor: Actor,
) -> Result<(), Refused> {
    let wanted = Change {
        command_id,
        actor,
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "take a warning sign in hand",
        wanted: flag.to_string(),
    };
    change(application, wanted, |state: &FollowUp, _now| {
        state.acknowledge(flag)
    })
    .await?;
    let rounds = of(application, patient)
        .await?
        .state
        .flag(flag)
        .map_or(0, |known| known.told.len());
    let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
    take_back(application, &application.clinic().duty, flag, rounds).await?;
    Ok(())
}

async fn make(
    application: &Application,
    patient: PatientId,
    contact: Uuid,
    reminder: u32,
) -> Result<(), Fault> {
    let known = messages::contacts(application, patient).await?;
    let language = known.map_or(Language::English, |known| known.language);
    let (subject, text) = words(language, reminder > 0, &application.configuration.phone);
    let now = application.clock.now();
    let new = NewMessage {
        id: Uuid::new_v5(&contact, format!("contact {reminder}").as_bytes()),
        actor: itself(),
        patient,
        session: None,
        kind: FOLLOW_UP,
        language,
        subject: subject.to_owned(),
        text,
        leads_to: Some("/my/follow-up".to_owned()),
        due: Due::From(now),
    };
    done(messages::queue(application, new).await)?;
    let rules = std::sync::Arc::clone(&application.in_force().follow_up);
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: itself(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "ask somebody how they are",
        wanted: format!("{contact} {reminder}"),
    };
    done(
        change(application, wanted, |state: &FollowUp, now| {
            Ok::<_, Refused>(state.made(contact, reminder, &rules, now))
        })
        .await,
    )
}

/// What a message says: nothing of health, nothing of the clinic's kind.
fn words(language: Language, again: bool, phone: &str) -> (&'static str, String) {
    let call = messages::whom_to_call(language, phone);
    match (language, again) {
        (Language::English, false) => (
            "How are you?",
            format!("How are you? Half a minute is enough: {{link}}{call}"),
        ),
        (Language::English, true) => (
            "We have not heard from you",
            format!("We have not heard from you yet. How are you? {{link}}{call}"),
        ),
        (Language::Spanish, false) => (
            "¿Cómo está?",
            format!("¿Cómo está? Basta medio minuto: {{link}}{call}"),
        ),
        (Language::Spanish, true) => (
            "No hemos sabido de usted",
            format!("Aún no hemos sabido de usted. ¿Cómo está? {{link}}{call}"),
        ),
    }
}

/// Whether anybody watches at an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Somebody does, and is told at once.
    Somebody {
        /// Who is told first.
        name: String,
    },
    /// Nobody does; messages go out all the same.
    Nobody {
        /// From when on somebody does; not known where no hours are set.
        from: Option<Moment>,
    },
    /// Nobody can be told from here: there is nobody in the list, or no way out.
    NoWay,
}

/// Whether anybody watches, truthfully.
// Hazard: H62
pub fn watch(application: &Application, now: Moment) -> Result<Watch, Fault> {
    let clinic = application.clinic();
    let reached = |person: &&DutyPerson| ways_to(application, person).next().is_some();
    let Some(first) = clinic.duty.people.iter().find(reached) else {
        return Ok(Watch::NoWay);
    };
    let here = now.timestamp().to_zoned(application.zone.clone());
    let part = |number: i8| u16::try_from(number).unwrap_or(0);
    let time = ClockTime::new(part(here.hour()), part(here.minute()));
    let today = date_of(&application.zone, now)?;
    if time.is_some_and(|time| clinic.duty.is_watched(today, time)) {
        return Ok(Watch::Somebody {
            name: first.name.clone(),
        });
    }
    let from = (0..DAYS_AHEAD)
        .map(|days| today.plus_days(days))
        .flat_map(|day| {
            let hours = clinic.duty.hours_of(day).to_vec();
            hours.into_iter().map(move |hours| (day, hours.from()))
        })
        .filter_map(
            |(day, time)| match local_time(&application.zone, day, time) {
                LocalTime::Once(at) | LocalTime::Twice(at, _) => Some(at),
                LocalTime::Never => None,
            },
        )
        .filter(|at| *at > now)
        .min();
    Ok(Watch::Nobody { from })
}

fn done<T>(result: Result<T, Refused>) -> Result<(), Fault> {
    match result {
        Ok(_) => Ok(()),
        Err(Refused::Fault(fault)) => Err(fault),
        Err(other) => Err(Fault(anyhow::anyhow!("{}", other.says()))),
    }
}

fn itself() -> Actor {
    Actor::System {
        part: "follow-up".to_owned(),
    }
}
