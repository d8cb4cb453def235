//! The clinic's book: days in the clinic's zone, visits as lists show them, and what changes them.

use crate::application::Application;
use crate::command::{self, Order};
use crate::fault::Fault;
use crate::journey::{Change, Kept, Saved, change_several, read};
use crate::preparation;
use crate::web::pages::clock_face::today;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::clinic::{Clinic, ClockTime};
use clinical::course::booking::{
    BookingRules, CalendarEvent, Command, Constraints, Context, Day, DayBook, Expiry, Proposal,
    Refusal, Stretch, Visit, Waiting, WaitingId, day_id, decide, propose_course,
};
use clinical::course::session::{Command as SessionCommand, Stage};
use clinical::patient::CivilDate;
use clinical::record::{Actor, CommandId, PatientId, SessionId};
use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{CourseRow, CourseSearch, DateBound};
use units::{Moment, Span};
use uuid::Uuid;

/// The part of the lists in which visits stand.
pub const VISIT: &str = "visit";
/// The part in which those stand who wait for a chair.
pub const WAITING: &str = "waiting";
/// The part in which offered chairs stand.
pub const OFFER: &str = "offer";

/// How many rows are read at once.
const PAGE: usize = 500;

/// A visit as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedVisit {
    /// The visit as it is booked, or was when it was cancelled.
    pub visit: Visit,
    /// `booked`, `cancelled`, `missed` or `done`.
    pub state: String,
    /// Grows with every change of its day.
    pub version: u64,
}

impl BookedVisit {
    /// True while it is to take place.
    pub fn is_booked(&self) -> bool {
        self.state == "booked"
    }

    /// True when its chair is held: it is to take place, or did.
    pub fn holds_the_chair(&self) -> bool {
        matches!(self.state.as_str(), "booked" | "done")
    }
}

/// A chair that was offered to someone who waits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OfferedChair {
    /// The entry of the waiting list.
    #[serde(skip)]
    pub entry: Option<WaitingId>,
    /// `open`, `accepted`, `declined` or `withdrawn`; whether its time is over, `answer_by` tells.
    #[serde(skip)]
    pub state: String,
    /// Until when they may answer.
    #[serde(skip)]
    pub answer_by: Option<Moment>,
    /// The visit that it becomes.
    pub visit: SessionId,
    /// The room.
    pub room: String,
    /// The chair.
    pub chair: u8,
    /// When it would begin.
    pub starts: Moment,
    /// How long the person would be there.
    pub minutes: i64,
}

#[derive(Deserialize, Serialize)]
struct VisitSummary {
    visit: Visit,
}

#[derive(Deserialize)]
struct WaitingSummary {
    waiting: Waiting,
}

fn visit_of(row: CourseRow) -> Result<BookedVisit, Fault> {
    let summary: VisitSummary =
        serde_json::from_str(&row.summary).context("reading a visit's row")?;
    Ok(BookedVisit {
        visit: summary.visit,
        state: row.state,
        version: row.version,
    })
}

/// Every visit that begins between two moments, in order of time, whatever became of it.
pub async fn visits_between(
    application: &Application,
    from: Moment,
    until: Moment,
) -> Result<Vec<BookedVisit>, Fault> {
    rows_between(application, VISIT, None, from, until)
        .await?
        .into_iter()
        .map(visit_of)
        .collect()
}

async fn rows_between(
    application: &Application,
    part: &str,
    state: Option<&str>,
    from: Moment,
    until: Moment,
) -> Result<Vec<CourseRow>, Fault> {
    let mut search = CourseSearch {
        part: part.to_owned(),
        state: state.map(str::to_owned),
        due: DateBound {
            from: Some(from),
            until: Some(until),
        },
        after: None,
        count: PAGE,
    };
    let mut rows: Vec<CourseRow> = Vec::new();
    loop {
        let page = application
            .store
            .course_rows(application.tenant, &search)
            .await
            .context("reading the book's rows")?;
        let whole = page.len() < PAGE;
        search.after = page.last().map(|row| (row.due, row.id));
        rows.extend(page);
        if whole {
            return Ok(rows);
        }
    }
}

/// One visit; `None` when there is none of this identity.
pub async fn visit(application: &Application, id: SessionId) -> Result<Option<BookedVisit>, Fault> {
    application
        .store
        .course_row(application.tenant, VISIT, id.0)
        .await
        .context("reading a visit's row")?
        .map(visit_of)
        .transpose()
}

/// One person's visits in order of time, whatever became of them.
pub async fn course_of(
    application: &Application,
    patient: PatientId,
) -> Result<Vec<BookedVisit>, Fault> {
    rows_of(application, patient, VISIT)
        .await?
        .into_iter()
        .map(visit_of)
        .collect()
}

/// When a person's next visit is.
pub async fn next_visit(
    application: &Application,
    patient: PatientId,
    now: Moment,
) -> Result<Option<Moment>, Fault> {
    let visits = course_of(application, patient).await?;
    Ok(visits
        .iter()
        .filter(|known| known.is_booked() && known.visit.starts > now)
        .map(|known| known.visit.starts)
        .min())
}

async fn rows_of(
    application: &Application,
    patient: PatientId,
    part: &str,
) -> Result<Vec<CourseRow>, Fault> {
    let rows = application
        .store
        .course_rows_of(application.tenant, patient)
        .await
        .context("reading a person's rows")?;
    Ok(rows.into_iter().filter(|row| row.part == part).collect())
}

/// What one person waits for.
pub async fn waiting_of(
    application: &Application,
    patient: PatientId,
) -> Result<Vec<Waiting>, Fault> {
    rows_of(application, patient, WAITING)
        .await?
        .into_iter()
        .filter(|row| row.state == "waiting")
        .map(|row| {
            let read: WaitingSummary =
                serde_json::from_str(&row.summary).context("reading a row of the waiting list")?;
            Ok(read.waiting)
        })
        .collect()
}

/// The chairs that one person was offered, newest last.
pub async fn offers_of(
    application: &Application,
    patient: PatientId,
) -> Result<Vec<OfferedChair>, Fault> {
    rows_of(application, patient, OFFER)
        .await?
        .into_iter()
        .map(|row| {
            let read: OfferedChair =
                serde_json::from_str(&row.summary).context("reading an offer's row")?;
            Ok(OfferedChair {
                entry: Some(WaitingId(row.id)),
                state: row.state,
                answer_by: row.due,
                ..read
            })
        })
        .collect()
}

/// A local time as the clinic's zone knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTime {
    /// It is one moment.
    Once(Moment),
    /// The clock is put forward over it: it does not exist on that day.
    Never,
    /// The clock is put back: it comes twice, first and second.
    Twice(Moment, Moment),
}

/// What the field of a form for a day and a time holds (`2026-12-05T09:30`), as the zone knows it;
/// none where it cannot be read as that.
pub fn written_time(zone: &TimeZone, text: &str) -> Option<LocalTime> {
    let (day, time) = text.split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<u16>().ok());
    let time = ClockTime::new(parts.next()??, parts.next()??)?;
    Some(local_time(zone, day.parse().ok()?, time))
}

/// When a day begins here. Where its first hour is skipped, it begins an hour later; none when the
/// day is not in the calendar.
pub fn begin_of(zone: &TimeZone, day: CivilDate) -> Option<Moment> {
    let at = |hour| match local_time(zone, day, ClockTime::new(hour, 0)?) {
        LocalTime::Once(at) | LocalTime::Twice(at, _) => Some(at),
        LocalTime::Never => None,
    };
    at(0).or_else(|| at(1))
}

/// A time of the clock on a date, in a zone.
pub fn local_time(zone: &TimeZone, date: CivilDate, time: ClockTime) -> LocalTime {
    let Some(at) = civil_time(date, time) else {
        return LocalTime::Never;
    };
    let ambiguous = zone.to_ambiguous_timestamp(at);
    let moment = |timestamp: Result<jiff::Timestamp, jiff::Error>| {
        timestamp.map_or(LocalTime::Never, |timestamp| {
            LocalTime::Once(Moment::from_microseconds(timestamp.as_microsecond()))
        })
    };
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => moment(ambiguous.unambiguous()),
        AmbiguousOffset::Gap { .. } => LocalTime::Never,
        AmbiguousOffset::Fold { .. } => {
            match (moment(ambiguous.earlier()), moment(ambiguous.later())) {
                (LocalTime::Once(first), LocalTime::Once(second)) => {
                    LocalTime::Twice(first, second)
                }
                (_, _) => LocalTime::Never,
            }
        }
    }
}

fn civil_time(date: CivilDate, time: ClockTime) -> Option<civil::DateTime> {
    let month = i8::try_from(date.month()).ok()?;
    let day = i8::try_from(date.day()).ok()?;
    let date = civil::Date::new(date.year(), month, day).ok()?;
    if time.hour() == 24 {
        return date.tomorrow().ok().map(|next| next.at(0, 0, 0, 0));
    }
    let hour = i8::try_from(time.hour()).ok()?;
    let minute = i8::try_from(time.minute()).ok()?;
    Some(date.at(hour, minute, 0, 0))
}

/// When a time of the clock begins on a date, whatever the clocks do: the clinic's own hours are
/// not asked about twice a year. In a gap it is the moment to which the clock is put forward;
/// of two the first for an opening and the second for a closing, so that the doors are open for
/// the whole of what the hours say.
fn hour_of(zone: &TimeZone, date: CivilDate, time: ClockTime, closing: bool) -> Moment {
    match local_time(zone, date, time) {
        LocalTime::Once(moment) => moment,
        LocalTime::Twice(first, second) => {
            if closing {
                second
            } else {
                first
            }
        }
        LocalTime::Never => civil_time(date, time)
            .and_then(|at| zone.to_ambiguous_timestamp(at).compatible().ok())
            .map_or(Moment::from_microseconds(0), |timestamp| {
                Moment::from_microseconds(timestamp.as_microsecond())
            }),
    }
}

/// The date of a moment in a zone.
pub fn date_of(zone: &TimeZone, moment: Moment) -> Result<CivilDate, Fault> {
    today(moment, zone).ok_or_else(|| {
        Fault(anyhow::anyhow!(
            "{moment} lies outside the years of the calendar"
        ))
    })
}

/// A day before anything is booked in it: its length, its hours and who is on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayFrame {
    /// Its date in the clinic's zone.
    pub date: CivilDate,
    /// From midnight to midnight.
    pub whole: Stretch,
    /// When the clinic is open; `None`: nobody has set it.
    pub open: Option<Vec<Stretch>>,
    /// How many are on duty; `None`: nobody has said.
    pub staff: Option<u8>,
}

impl DayFrame {
    /// A day of this clinic in this zone.
    pub fn of(clinic: &Clinic, zone: &TimeZone, date: CivilDate) -> Self {
        let midnight = |date| match ClockTime::new(0, 0) {
            Some(time) => hour_of(zone, date, time, false),
            None => Moment::from_microseconds(0),
        };
        let open = clinic.hours_on(date).map(|hours| {
            hours
                .iter()
                .map(|hours| Stretch {
                    from: hour_of(zone, date, hours.from(), false),
                    until: hour_of(zone, date, hours.until(), true),
                })
                .collect()
        });
        Self {
            date,
            whole: Stretch {
                from: midnight(date),
                until: midnight(date.plus_days(1)),
            },
            open,
            staff: clinic.staff_on(date),
        }
    }

    /// The day with its book.
    pub fn with<'a>(&'a self, book: &'a DayBook) -> Day<'a> {
        Day {
            date: self.date,
            whole: self.whole,
            open: self.open.as_deref(),
            staff: self.staff,
            book,
        }
    }
}

/// A day with everything that stands in it.
#[derive(Clone, Debug)]
pub struct WholeDay {
    /// Its hours.
    pub frame: DayFrame,
    /// Its book.
    pub book: DayBook,
}

/// One day, folded from its events.
pub async fn day(application: &Application, date: CivilDate) -> Result<WholeDay, Fault> {
    let frame = DayFrame::of(&application.clinic(), &application.zone, date);
    let book = read::<DayBook>(application, day_id(date)).await?.state;
    Ok(WholeDay { frame, book })
}

/// What a person needs on the day of a visit, and until when it holds: what the lists of consent
/// and clearance say.
pub async fn expiries(application: &Application, patient: PatientId) -> Result<Vec<Expiry>, Fault> {
    let rows = application
        .store
        .course_rows_of(application.tenant, patient)
        .await
        .context("reading a person's rows")?;
    Ok(rows
        .iter()
        .filter(|row| EXPIRING.contains(&(row.part.as_str(), row.state.as_str())))
        .filter_map(|row| {
            Some(Expiry {
                what: format!("the {}", row.part),
                at: row.due?,
            })
        })
        .collect())
}

/// Rows whose moment is the end of what they say: part and state.
const EXPIRING: [(&str, &str); 2] = [("consent", "given"), ("clearance", "accepted")];

/// Someone's wish to change the book.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Made by the client before sending; executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// Whose visits.
    pub patient: PatientId,
    /// What.
    pub command: Command,
}

/// Changes the book: after `Ok` it is durable, and a session that was planned for the visit
/// follows.
///
/// All of a course is booked or nothing of it. Two desks that want the same chair are heard one
/// after the other, on one server by the gate and on several by the versions of the days: the
/// second is refused by the rules, on what the first one wrote.
// Hazard: H55
pub async fn act(application: &Application, wish: Wish) -> Result<Saved, Refused> {
    let saved = {
        let _gate = application.booking.lock().await;
        write(application, &wish).await?
    };
    if let Some(visit) = visit_named(&wish.command) {
        follow(application, visit, &wish.actor).await?;
    }
    // The lists of who is ready know of it at once. It is booked whatever becomes of that: the
    // book is followed again soon.
    if let Err(fault) = preparation::follow_the_book(application).await {
        let cause = format!("{:#}", fault.0);
        tracing::error!(cause, "following the book failed");
    }
    Ok(saved)
}

const fn visit_named(command: &Command) -> Option<SessionId> {
    match command {
        Command::MoveVisit { visit, .. } | Command::CancelVisit { visit, .. } => Some(*visit),
        Command::BookVisits { .. }
        | Command::CloseVisit { .. }
        | Command::MarkMissed { .. }
        | Command::Wait { .. }
        | Command::StopWaiting { .. }
        | Command::OfferChair { .. }
        | Command::AcceptOffer { .. }
        | Command::DeclineOffer { .. } => None,
    }
}

/// What is done, in the words of the list of who did what.
const fn action(command: &Command) -> &'static str {
    match command {
        Command::BookVisits { .. } => "book visits",
        Command::MoveVisit { .. } => "move a visit",
        Command::CancelVisit { .. } => "cancel a visit",
        Command::CloseVisit { .. } => "close a visit",
        Command::MarkMissed { .. } => "mark a visit as missed",
        Command::Wait { .. } => "put on the waiting list",
        Command::StopWaiting { .. } => "take off the waiting list",
        Command::OfferChair { .. } => "offer a chair",
        Command::AcceptOffer { .. } => "accept an offered chair",
        Command::DeclineOffer { .. } => "decline an offered chair",
    }
}

async fn write(application: &Application, wish: &Wish) -> Result<Saved, Refused> {
    let dates: Vec<CivilDate> = dates_of(application, wish).await?.into_iter().collect();
    let ids: Vec<Uuid> = dates.iter().map(|date| day_id(*date)).collect();
    let clinic = application.clinic();
    let frames: Vec<DayFrame> = dates
        .iter()
        .map(|date| DayFrame::of(&clinic, &application.zone, *date))
        .collect();
    let course: Vec<Visit> = course_of(application, wish.patient)
        .await?
        .into_iter()
        .filter(BookedVisit::holds_the_chair)
        .map(|booked| booked.visit)
        .collect();
    let expiries = expiries(application, wish.patient).await?;
    let rules = Arc::clone(&application.in_force().booking);
    let change = Change {
        command_id: wish.command_id,
        actor: wish.actor.clone(),
        at: None,
        id: ids.first().copied().unwrap_or_default(),
        patient: Some(wish.patient),
        session: visit_named(&wish.command),
        action: action(&wish.command),
        wanted: serde_json::to_string(&wish.command)
            .context("writing what is wanted")
            .map_err(Fault)?,
    };
    change_several(
        application,
        change,
        &ids,
        |kept: &[Kept<DayBook>], now| -> Result<Vec<Vec<CalendarEvent>>, Refused> {
            let days: Vec<Day<'_>> = frames
                .iter()
                .zip(kept)
                .map(|(frame, kept)| frame.with(&kept.state))
                .collect();
            let context = Context {
                now,
                days: &days,
                rooms: &clinic.rooms,
                rules: &rules,
                course: &course,
                expiries: &expiries,
            };
            let events = decide(&wish.command, &context)
                .map_err(|refusal| ruled(&application.zone, &refusal))?;
            Ok(dates
                .iter()
                .map(|date| {
                    let of_day = events.iter().filter(|(day, _)| day == date);
                    of_day.map(|(_, event)| event.clone()).collect()
                })
                .collect())
        },
    )
    .await
}

/// The days that a command touches.
async fn dates_of(application: &Application, wish: &Wish) -> Result<BTreeSet<CivilDate>, Refused> {
    let zone = &application.zone;
    let mut moments = Vec::new();
    match &wish.command {
        Command::BookVisits { visits, .. } => {
            moments.extend(visits.iter().map(|visit| visit.starts));
        }
        Command::MoveVisit { visit, starts, .. } => {
            moments.push(at_home(application, *visit, wish.patient).await?);
            moments.push(*starts);
            ready_to_change(application, *visit).await?;
        }
        Command::CancelVisit { visit, .. } => {
            moments.push(at_home(application, *visit, wish.patient).await?);
            ready_to_change(application, *visit).await?;
        }
        Command::CloseVisit { visit } | Command::MarkMissed { visit } => {
            moments.push(at_home(application, *visit, wish.patient).await?);
        }
        Command::Wait { waiting } => moments.push(waiting.could_come.from),
        Command::StopWaiting { entry }
        | Command::OfferChair { entry, .. }
        | Command::AcceptOffer { entry }
        | Command::DeclineOffer { entry } => {
            moments.push(awaited(application, *entry, wish.patient).await?);
        }
    }
    let dates = moments.iter().map(|at| date_of(zone, *at));
    Ok(dates.collect::<Result<_, Fault>>()?)
}

/// When a visit begins, if it is this person's.
async fn at_home(
    application: &Application,
    id: SessionId,
    patient: PatientId,
) -> Result<Moment, Refused> {
    let known = visit(application, id).await?;
    known
        .filter(|known| known.visit.patient == patient)
        .map(|known| known.visit.starts)
        .ok_or(Refused::NotFound)
}

/// When someone waits, if the entry is theirs.
async fn awaited(
    application: &Application,
    entry: WaitingId,
    patient: PatientId,
) -> Result<Moment, Refused> {
    let row = application
        .store
        .course_row(application.tenant, WAITING, entry.0)
        .await
        .context("reading a row of the waiting list")
        .map_err(Fault)?;
    row.filter(|row| row.patient == Some(patient))
        .and_then(|row| row.due)
        .ok_or(Refused::NotFound)
}

/// Once the person is in the room the session says what happens, and not the book.
async fn ready_to_change(application: &Application, id: SessionId) -> Result<(), Refused> {
    let session = application.sessions.session(id).await?;
    match session.map(|session| session.stage) {
        None | Some(Stage::NotPlanned | Stage::Planned) => Ok(()),
        Some(
            Stage::Preparation
            | Stage::Infusion
            | Stage::Paused
            | Stage::Stopped
            | Stage::Observation
            | Stage::Discharged
            | Stage::Cancelled
            | Stage::Signed,
        ) => Err(Refused::Ruled(
            "Not done: this visit has begun. What happens with it is decided in the session."
                .to_owned(),
        )),
    }
}

/// A refusal of the book, with its times in the clinic's zone.
pub fn ruled(zone: &TimeZone, refusal: &Refusal) -> Refused {
    Refused::Ruled(refusal.says(|at| day_and_time(zone, at), |at| time(zone, at)))
}

/// `Thu 20 Nov 2025, 13:12`, in this zone.
pub fn day_and_time(zone: &TimeZone, at: Moment) -> String {
    let zoned = at.timestamp().to_zoned(zone.clone());
    zoned.strftime("%a %-d %b %Y, %H:%M").to_string()
}

fn time(zone: &TimeZone, at: Moment) -> String {
    let zoned = at.timestamp().to_zoned(zone.clone());
    zoned.strftime("%H:%M").to_string()
}

/// Lets the session that was planned for a visit follow the book: another room or time, or none.
///
/// The book is written first, and this follows in a write of its own; what a crash leaves in
/// between is made good by [`put_right`].
pub async fn follow(
    application: &Application,
    id: SessionId,
    actor: &Actor,
) -> Result<(), Refused> {
    let Some(booked) = visit(application, id).await? else {
        return Ok(());
    };
    let Some(session) = application.sessions.session(id).await? else {
        return Ok(());
    };
    if session.stage != Stage::Planned {
        return Ok(());
    }
    let room = booked.visit.place.name_in(&application.clinic().rooms);
    let planned_for = booked.visit.starts;
    let command = match booked.state.as_str() {
        "booked" if session.room == room && session.planned_for == Some(planned_for) => {
            return Ok(());
        }
        "booked" => SessionCommand::MoveSession { room, planned_for },
        "cancelled" => SessionCommand::CancelSession {
            reason: "The visit was cancelled.".to_owned(),
        },
        "missed" => SessionCommand::CancelSession {
            reason: "The person did not come.".to_owned(),
        },
        _ => return Ok(()),
    };
    let order = Order {
        command_id: command::derived_command_id(id, &format!("{command:?} {}", session.version)),
        session: id,
        actor: actor.clone(),
        command,
        at: None,
    };
    command::execute(application, order).await.map(|_| ())
}

/// How far back visits are looked at that should have ended.
const LOOKED_BACK: Span = Span::from_hours(24 * 3);
/// How far ahead planned sessions are compared with the book.
const LOOKED_AHEAD: Span = Span::from_hours(24 * 90);

/// Closes visits whose session has ended, and lets planned sessions follow the book where a crash
/// came in between.
pub async fn put_right(application: &Application) -> Result<(), Fault> {
    let now = application.clock.now();
    let (from, until) = (now - LOOKED_BACK, now + LOOKED_AHEAD);
    let actor = Actor::System {
        part: "book".to_owned(),
    };
    for row in rows_between(application, VISIT, None, from, until).await? {
        let booked = visit_of(row)?;
        let id = booked.visit.visit;
        let known = application
            .store
            .session(application.tenant, id)
            .await
            .context("reading a session's row")?;
        let Some(known) = known else { continue };
        let over = !known.open && known.stage != Stage::Cancelled.says();
        let done = if booked.is_booked() && over && booked.visit.starts <= now {
            let wish = Wish {
                command_id: command::derived_command_id(id, "close the visit"),
                actor: actor.clone(),
                patient: booked.visit.patient,
                command: Command::CloseVisit { visit: id },
            };
            act(application, wish).await.map(|_| ())
        } else if known.stage == Stage::Planned.says() {
            follow(application, id, &actor).await
        } else {
            Ok(())
        };
        if let Err(refused) = done {
            tracing::warn!(visit = %id, why = refused.says(), "the book was not put right");
        }
    }
    Ok(())
}

/// Days in a row, from a date on, each with its book.
pub async fn days_from(
    application: &Application,
    first: CivilDate,
    count: u16,
) -> Result<Vec<WholeDay>, Fault> {
    let mut days = Vec::with_capacity(usize::from(count));
    for ahead in 0..i32::from(count) {
        days.push(day(application, first.plus_days(ahead)).await?);
    }
    Ok(days)
}

/// Proposes a course in the days given; books nothing.
pub async fn propose(
    application: &Application,
    wanted: &Constraints,
    days: &[WholeDay],
) -> Result<Proposal, Fault> {
    let clinic = application.clinic();
    let rules: Arc<BookingRules> = Arc::clone(&application.in_force().booking);
    let course: Vec<Visit> = course_of(application, wanted.patient)
        .await?
        .into_iter()
        .filter(BookedVisit::holds_the_chair)
        .map(|booked| booked.visit)
        .collect();
    let expiries = expiries(application, wanted.patient).await?;
    let days: Vec<Day<'_>> = days.iter().map(|day| day.frame.with(&day.book)).collect();
    let context = Context {
        now: application.clock.now(),
        days: &days,
        rooms: &clinic.rooms,
        rules: &rules,
        course: &course,
        expiries: &expiries,
    };
    Ok(propose_course(wanted, &context))
}

/// What is booked, by chair: for a page that shows a day.
pub fn by_place(book: &DayBook) -> BTreeMap<(String, u8), Vec<Visit>> {
    let mut places: BTreeMap<(String, u8), Vec<Visit>> = BTreeMap::new();
    for visit in book.standing() {
        let key = (visit.place.room.clone(), visit.place.chair);
        places.entry(key).or_default().push(visit.clone());
    }
    for visits in places.values_mut() {
        visits.sort_by_key(|visit| visit.starts);
    }
    places
}
