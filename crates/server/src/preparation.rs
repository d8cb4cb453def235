//! Preparations follow the book: a visit that is booked, moved or called off changes what its
//! person is told, and when they are reminded.

use crate::application::Application;
use crate::book::{LocalTime, date_of, local_time};
use crate::fault::Fault;
use crate::journey::{Change, Kept, change, read};
use crate::messages::{self, Due, NewMessage};
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::clinic::ClockTime;
use clinical::course::preparation::{Planned, Preparation, Refusal};
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::Stage;
use clinical::leaflet::Language;
use clinical::record::{Actor, CommandId, PatientId, SessionId};
use std::collections::BTreeMap;
use store::{CourseRow, CourseSearch, DateBound};
use units::{Moment, Span};
use uuid::Uuid;

/// The part of the lists in which preparations stand.
pub const PREPARATION: &str = "preparation";

/// How far ahead the book is followed.
const AHEAD: Span = Span::from_hours(24 * 60);
/// How long after its time a visit still counts as the one to prepare for.
const LATE: Span = Span::from_hours(12);
/// How many rows are read at once.
const PAGE: usize = 1_000;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says().to_owned())
    }
}

/// The preparation for a visit.
pub async fn of(application: &Application, visit: SessionId) -> Result<Kept<Preparation>, Fault> {
    read::<Preparation>(application, visit.0).await
}

/// The visit that a person prepares for now: the next one.
pub async fn next_of(
    application: &Application,
    patient: PatientId,
) -> Result<Option<SessionId>, Fault> {
    let now = application.clock.now();
    let rows = application
        .store
        .course_rows_of(application.tenant, patient)
        .await
        .context("reading a person's preparations")?;
    let next = rows
        .into_iter()
        .filter(|row| row.part == PREPARATION && row.state != "withdrawn")
        .filter(|row| row.due.is_some_and(|due| due > now - LATE))
        .min_by_key(|row| row.due);
    Ok(next.map(|row| SessionId(row.id)))
}

/// When the day of a visit begins where the clinic is: from then on it is asked what was taken.
///
/// Where the clocks are put forward over midnight, the day begins an hour later.
pub fn day_of(application: &Application, starts: Moment) -> Result<Moment, Fault> {
    let date = date_of(&application.zone, starts)?;
    let at = |hour| {
        let time = ClockTime::new(hour, 0)?;
        match local_time(&application.zone, date, time) {
            LocalTime::Once(at) | LocalTime::Twice(at, _) => Some(at),
            LocalTime::Never => None,
        }
    };
    at(0)
        .or_else(|| at(1))
        .ok_or_else(|| Fault(anyhow::anyhow!("a day without a beginning")))
}

/// The preparations whose visits begin between two moments, in order of time.
pub async fn between(
    application: &Application,
    from: Moment,
    until: Moment,
) -> Result<Vec<CourseRow>, Fault> {
    rows(application, PREPARATION, from, until).await
}

async fn rows(
    application: &Application,
    part: &str,
    from: Moment,
    until: Moment,
) -> Result<Vec<CourseRow>, Fault> {
    let mut search = CourseSearch {
        part: part.to_owned(),
        state: None,
        due: DateBound {
            from: Some(from),
            until: Some(until),
        },
        after: None,
        count: PAGE,
    };
    let mut all = Vec::new();
    loop {
        let page = application
            .store
            .course_rows(application.tenant, &search)
            .await
            .context("reading rows of visits")?;
        let whole = page.len() < PAGE;
        search.after = page.last().map(|row| (row.due, row.id));
        all.extend(page);
        if whole {
            return Ok(all);
        }
    }
}

/// Lets every preparation follow the book. Whatever is done twice is the same once.
pub async fn follow_the_book(application: &Application) -> Result<(), Fault> {
    let now = application.clock.now();
    let (from, until) = (now - LATE, now + AHEAD);
    let mut booked = visits(application, from, until).await?;
    let known = between(application, from, until).await?;
    for row in known.iter().filter(|row| row.state == "open") {
        let visit = SessionId(row.id);
        match booked.remove(&visit) {
            Some(planned) if row.due == Some(planned.starts) => {}
            Some(planned) => set(application, visit, planned).await?,
            None => withdraw(application, visit, row).await?,
        }
    }
    for row in known.iter().filter(|row| row.state == "here") {
        booked.remove(&SessionId(row.id));
    }
    for (visit, planned) in booked {
        set(application, visit, planned).await?;
    }
    Ok(())
}

/// The visits that are to take place: those of the book, and sessions that were planned without.
async fn visits(
    application: &Application,
    from: Moment,
    until: Moment,
) -> Result<BTreeMap<SessionId, Planned>, Fault> {
    let mut visits = BTreeMap::new();
    for booked in crate::book::visits_between(application, from, until).await? {
        if booked.is_booked() {
            let visit = booked.visit;
            let planned = Planned {
                patient: visit.patient,
                product: visit.product,
                route: visit.route,
                starts: visit.starts,
            };
            visits.insert(visit.visit, planned);
        }
    }
    let open = application
        .store
        .open_sessions(application.tenant)
        .await
        .context("reading open sessions")?;
    for row in open {
        let planned = row.stage == Stage::Planned.says();
        if planned && row.planned_for >= from && row.planned_for < until {
            // A session is an infusion; other ways are not given in the session room yet.
            visits.entry(row.session).or_insert(Planned {
                patient: row.patient,
                product: Product::Racemic,
                route: Route::Intravenous,
                starts: row.planned_for,
            });
        }
    }
    Ok(visits)
}

async fn set(application: &Application, visit: SessionId, planned: Planned) -> Result<(), Fault> {
    let kept = of(application, visit).await?;
    if kept.state.visit() == Some(&planned) {
        return Ok(());
    }
    // The reminders are put right first: each step is the same when it is done again, and the
    // visit stays to be followed until the last one is done.
    if let Some(before) = &kept.state.planned
        && before.starts != planned.starts
    {
        take_back_reminders(application, visit, before.starts).await?;
    }
    // Whoever plans a session straight into a room speaks with the person themselves.
    if crate::book::visit(application, visit).await?.is_some() {
        remind(application, visit, &planned).await?;
    }
    let wanted = followed(visit, &planned, "follow the book");
    done(
        change(application, wanted, |preparation: &Preparation, _now| {
            Ok::<_, Refused>(preparation.follow(planned))
        })
        .await,
    )
}

async fn withdraw(
    application: &Application,
    visit: SessionId,
    row: &CourseRow,
) -> Result<(), Fault> {
    let kept = of(application, visit).await?;
    let Some(planned) = kept.state.visit().copied() else {
        return Ok(());
    };
    // A session that has begun is in no list of visits to come, and is not called off.
    if let Some(session) = application.sessions.session(visit).await?
        && session.stage != Stage::Cancelled
        && session.stage != Stage::Planned
    {
        return Ok(());
    }
    if let Some(starts) = row.due {
        take_back_reminders(application, visit, starts).await?;
    }
    let wanted = followed(visit, &planned, "call a preparation off");
    done(
        change(application, wanted, |preparation: &Preparation, _now| {
            Ok::<_, Refused>(preparation.withdraw())
        })
        .await,
    )
}

fn followed<'a>(visit: SessionId, planned: &Planned, action: &'a str) -> Change<'a> {
    Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: itself(),
        at: None,
        id: visit.0,
        patient: Some(planned.patient),
        session: Some(visit),
        action,
        wanted: planned.starts.to_string(),
    }
}

fn done<T>(result: Result<T, Refused>) -> Result<(), Fault> {
    match result {
        Ok(_) => Ok(()),
        Err(Refused::Fault(fault)) => Err(fault),
        Err(other) => Err(Fault(anyhow::anyhow!("{}", other.says()))),
    }
}

/// The two reminders, each named by the time of the visit that it is about.
const REMINDERS: [&str; 2] = ["first_reminder", "last_reminder"];

fn reminder(visit: SessionId, which: &str, starts: Moment) -> Uuid {
    Uuid::new_v5(&visit.0, format!("{which} {starts}").as_bytes())
}

async fn take_back_reminders(
    application: &Application,
    visit: SessionId,
    starts: Moment,
) -> Result<(), Fault> {
    for which in REMINDERS {
        let id = reminder(visit, which, starts);
        done(messages::withdraw(application, id, "the visit moved or was called off").await)?;
    }
    Ok(())
}

async fn remind(
    application: &Application,
    visit: SessionId,
    planned: &Planned,
) -> Result<(), Fault> {
    let now = application.clock.now();
    let rules = application.in_force();
    for which in REMINDERS {
        let Some(before) = rules.preparation.span(which) else {
            continue;
        };
        let at = planned.starts - before;
        // One whose time is past is not sent late: a visit that is booked for tomorrow has its
        // last reminder at once, and nothing about the days before.
        if at <= now && (which != "last_reminder" || planned.starts <= now) {
            continue;
        }
        let due = if at <= now {
            Due::From(now)
        } else {
            Due::AtOrBefore(at)
        };
        let id = reminder(visit, which, planned.starts);
        done(queue_reminder(application, visit, planned.patient, id, itself(), due).await)?;
    }
    Ok(())
}

/// Sends the reminder of a visit once more, now: somebody at the desk asks for it.
pub async fn remind_again(
    application: &Application,
    visit: SessionId,
    actor: Actor,
    command_id: CommandId,
) -> Result<(), Refused> {
    let kept = of(application, visit).await?;
    let planned = kept.state.visit().ok_or(Refused::NotFound)?;
    let id = Uuid::new_v5(&command_id.0, b"remind again");
    queue_reminder(application, visit, planned.patient, id, actor, Due::Now).await
}

async fn queue_reminder(
    application: &Application,
    visit: SessionId,
    patient: PatientId,
    id: Uuid,
    actor: Actor,
    due: Due,
) -> Result<(), Refused> {
    let contacts = messages::contacts(application, patient).await?;
    let language = contacts.map_or(Language::English, |contacts| contacts.language);
    let (subject, text) = words(language, &application.configuration.phone);
    let new = NewMessage {
        id,
        actor,
        patient,
        session: Some(visit),
        kind: "reminder",
        language,
        subject: subject.to_owned(),
        text,
        leads_to: Some("/my/preparation".to_owned()),
        due,
    };
    messages::queue(application, new).await
}

/// What a reminder says: nothing of health, nothing of the clinic's kind, not even the day.
fn words(language: Language, phone: &str) -> (&'static str, String) {
    let call = messages::whom_to_call(language, phone);
    match language {
        Language::English => (
            "Please get ready for your appointment",
            format!(
                "Please read how to get ready for your appointment, and answer a few questions: {{link}}{call}"
            ),
        ),
        Language::Spanish => (
            "Prepárese para su cita",
            format!("Lea cómo prepararse para su cita y conteste unas preguntas: {{link}}{call}"),
        ),
    }
}

fn itself() -> Actor {
    Actor::System {
        part: "preparation".to_owned(),
    }
}
