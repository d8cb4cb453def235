//! The calendar, a person's visits, one visit, and the clinic's chairs and hours.

mod clinic;
mod course;
mod feed;
mod ordering;
mod own;
mod visit;

pub use clinic::{set as set_clinic, settings};
pub use course::{book, course, end_waiting, offer, wait};
pub use feed::{feed, make as make_feed, own_file, page as feed_page};
pub(in crate::web) use ordering::beyond;
pub use ordering::{page as order_page, save as save_order};
pub use own::{answer as own_answer, visits as own_visits};
pub use visit::{cancel, miss, move_to, page as visit_page};

use super::access::{CLINIC_SETTERS, RECEPTION};
use super::form::{Fields, Problem};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::booking_slot::SlotPage;
use super::pages::day_view::{DayView, place_value};
use super::pages::week_view::WeekView;
use super::respond::Refused;
use crate::application::Application;
use crate::book::{self, LocalTime, WholeDay};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::web::pages::clock_face::civil_date;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use clinical::clinic::{ClockTime, Weekday};
use clinical::course::booking::{Context, Place, Visit, Waiting, fits};
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::{CommandId, PatientId, SessionId};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// How many people a search shows.
const FOUND: usize = 20;

/// How many chairs are offered to one who waits, one tap each.
const CHAIRS_OFFERED: usize = 2;

/// Years that a calendar page opens.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// What the calendar's addresses say.
#[derive(Default, Deserialize)]
pub struct AskedDay {
    day: Option<String>,
    of: Option<String>,
    time: Option<String>,
    chair: Option<String>,
    #[serde(default)]
    q: String,
}

/// A date as forms and addresses write it.
fn date(text: &str, field: &str) -> Result<CivilDate, Problem> {
    let read: Result<CivilDate, _> = text.parse();
    read.ok()
        .filter(|date| YEARS.contains(&date.year()))
        .ok_or_else(|| {
            let says = format!("“{text}” is not a day of the calendar. Write it like 2026-11-23.");
            Problem::new(field, says)
        })
}

fn clock_time(text: &str, field: &str) -> Result<ClockTime, Problem> {
    // Some browsers send seconds with a time: they are always zero here.
    let short = text.get(..5).filter(|_| text.len() == 8).unwrap_or(text);
    short.parse().map_err(|_| {
        let says = format!("“{text}” is not a time of the clock. Write it like 08:30.");
        Problem::new(field, says)
    })
}

/// The moment that somebody means by a day and a time in the clinic.
///
/// A time that does not exist on that day, and one that comes twice, are asked about: `which` is
/// `first` or `second` where somebody has said it.
fn moment(
    application: &Application,
    day: &str,
    time: &str,
    which: &str,
) -> Result<Moment, Problem> {
    let (date, clock) = (date(day, "date")?, clock_time(time, "time")?);
    match (book::local_time(&application.zone, date, clock), which) {
        (LocalTime::Once(moment), _)
        | (LocalTime::Twice(moment, _), "first")
        | (LocalTime::Twice(_, moment), "second") => Ok(moment),
        (LocalTime::Never, _) => Err(Problem::new(
            "time",
            format!(
                "Not saved: {time} does not exist on {date}, because the clock is put forward \
                 over it. Choose another time."
            ),
        )),
        (LocalTime::Twice(..), _) => Err(Problem::new(
            "which",
            format!(
                "Not saved: {time} comes twice on {date}, because the clock is put back. Say \
                 whether you mean the first or the second."
            ),
        )),
    }
}

fn command_id(fields: &Fields) -> Result<CommandId, Problem> {
    fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "This form has no number. Reload the page."))
}

fn place(application: &Application, value: &str) -> Result<Place, Problem> {
    Place::all(&application.clinic().rooms)
        .into_iter()
        .find(|place| place_value(place) == value)
        .ok_or_else(|| Problem::new("place", "Choose a chair: this one is not here any more."))
}

fn treatment(text: &str) -> Result<(Product, Route), Problem> {
    text.split_once(' ')
        .and_then(|(product, route)| Some((Product::of_word(product)?, Route::of_word(route)?)))
        .filter(|(product, route)| product.is_given_by(*route))
        .ok_or_else(|| Problem::new("treatment", "Choose what is given, and how."))
}

/// A person's name as lists show it, with their number and date of birth.
async fn who(
    application: &Application,
    patient: PatientId,
) -> Result<Option<(String, String)>, Fault> {
    let row = application
        .store
        .patient(application.tenant, patient)
        .await
        .context("reading a person's name")?;
    Ok(row.map(|row| {
        (
            format!("{}, {}", row.family_name.to_uppercase(), row.given_name),
            format!("born {} · No. {}", born(&row.birth_date), row.record_number),
        )
    }))
}

/// A day of birth as lists hold it, in the words of the pages.
fn born(listed: &str) -> String {
    listed
        .parse()
        .map_or_else(|_| listed.to_owned(), civil_date)
}

async fn names_on(
    application: &Application,
    day: &WholeDay,
) -> Result<BTreeMap<PatientId, String>, Fault> {
    let visits = day.book.visits.values().map(|booked| booked.visit.patient);
    let waiters = day.book.waiters().map(|waiter| waiter.waiting.patient);
    let mut names = BTreeMap::new();
    for patient in visits.chain(waiters) {
        if !names.contains_key(&patient)
            && let Some((name, _)) = who(application, patient).await?
        {
            names.insert(patient, name);
        }
    }
    Ok(names)
}

fn asked_day(application: &Application, text: Option<&str>) -> Result<CivilDate, Refused> {
    match text {
        Some(text) => Ok(date(text, "day")?),
        None => Ok(book::date_of(&application.zone, application.clock.now())?),
    }
}

/// One day: chairs as columns, time as rows.
pub async fn day(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(told): Query<AskedDay>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let date = asked_day(&application, told.day.as_deref())?;
    let whole = book::day(&application, date).await?;
    let names = names_on(&application, &whole).await?;
    let clinic = application.clinic();
    let in_force = application.in_force();
    let page = DayView {
        around: asked.around(Here::Calendar, false),
        frame: &whole.frame,
        book: &whole.book,
        rooms: &clinic.rooms,
        names: &names,
        cleaning: in_force.booking.cleaning,
        grid: in_force.booking.grid,
        fitting: &fitting(&application, &whole, asked.now()),
        may_book: RECEPTION.include(viewer.role),
        may_set: CLINIC_SETTERS.include(viewer.role),
    };
    Ok(html(page.html()))
}

/// For everyone who waits, the first chairs that are free when they could come.
fn fitting(
    application: &Application,
    day: &WholeDay,
    now: Moment,
) -> BTreeMap<String, Vec<(Place, Moment)>> {
    let clinic = application.clinic();
    let rules = Arc::clone(&application.in_force().booking);
    let days = [day.frame.with(&day.book)];
    let context = Context {
        now,
        days: &days,
        rooms: &clinic.rooms,
        rules: &rules,
        course: &[],
        expiries: &[],
    };
    day.book
        .waiters()
        .map(|waiter| {
            let chairs = chairs_for(&waiter.waiting, &context);
            (waiter.waiting.entry.to_string(), chairs)
        })
        .collect()
}

fn chairs_for(waiting: &Waiting, context: &Context<'_>) -> Vec<(Place, Moment)> {
    let grid = context.rules.grid;
    let first = (waiting.could_come.from.max(context.now) + grid
        - units::Span::from_microseconds(1))
    .start_of(grid);
    let mut chairs = Vec::new();
    for place in Place::all(context.rooms) {
        let mut starts = first.max(waiting.could_come.from);
        while waiting.could_come.holds(waiting.presence(starts)) {
            let visit = Visit {
                visit: SessionId(Uuid::nil()),
                patient: waiting.patient,
                place: place.clone(),
                product: waiting.product,
                route: waiting.route,
                starts,
                treatment: waiting.treatment,
                recovery: waiting.recovery,
            };
            if fits(&visit, context).is_ok() {
                chairs.push((place.clone(), starts));
                break;
            }
            starts = starts + grid;
        }
    }
    chairs.sort_by_key(|(_, starts)| *starts);
    chairs.truncate(CHAIRS_OFFERED);
    chairs
}

/// A week: days and chairs, and how full they are.
pub async fn week(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(told): Query<AskedDay>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let date = asked_day(&application, told.of.as_deref())?;
    let since_monday = Weekday::ALL
        .iter()
        .position(|day| *day == Weekday::of(date))
        .and_then(|days| i32::try_from(days).ok())
        .unwrap_or(0);
    let days = book::days_from(&application, date.plus_days(-since_monday), 7).await?;
    let clinic = application.clinic();
    let page = WeekView {
        around: asked.around(Here::Calendar, false),
        days: &days,
        rooms: &clinic.rooms,
    };
    Ok(html(page.html()))
}

/// A free chair: who comes?
pub async fn slot(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(told): Query<AskedDay>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let day = told.day.as_deref().unwrap_or_default();
    let time = told.time.as_deref().unwrap_or_default();
    let chair = told.chair.as_deref().unwrap_or_default();
    let date = date(day, "day")?;
    clock_time(time, "time")?;
    let place = place(&application, chair)?;
    let searched = told.q.trim();
    let found = if searched.is_empty() {
        Vec::new()
    } else {
        application
            .store
            .patients(application.tenant, searched, FOUND)
            .await
            .context("searching people")
            .map_err(Fault)?
    };
    let page = SlotPage {
        around: asked.around(Here::Calendar, false),
        place: format!("Room {}", place.name_in(&application.clinic().rooms)),
        when: format!("{} {date}, {time}", Weekday::of(date).says()),
        day,
        time,
        chair,
        searched,
        people: found
            .into_iter()
            .map(|row| {
                (
                    format!(
                        "/patients/{}/course?one={day}T{time}&chair={chair}",
                        row.patient
                    ),
                    format!(
                        "{}, {} · born {} · No. {}",
                        row.family_name.to_uppercase(),
                        row.given_name,
                        born(&row.birth_date),
                        row.record_number
                    ),
                )
            })
            .collect(),
    };
    Ok(html(page.html()))
}
