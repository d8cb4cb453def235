//! One person's visits: proposing a course, booking it in one act, and the waiting list.

use super::{clock_time, command_id, date, moment, place, treatment, who};
use crate::application::Application;
use crate::book::{self, BookedVisit, LocalTime, Wish};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::web::form::{Fields, Problem};
use crate::web::guard::check_csrf;
use crate::web::page::{Asked, html};
use crate::web::pages::around::Here;
use crate::web::pages::booking_course::{AskedFor, CoursePage};
use crate::web::people::read_by;
use crate::web::respond::Refused;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::clinic::{ClockTime, Weekday};
use clinical::course::booking::{
    BookingRules, Command, Constraints, Proposal, Proposed, Series, Stretch, Visit, Waiting,
    WaitingId, judge,
};
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::{PatientId, SessionId};
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// How many days beyond the length of a series are looked at for room.
const LOOKED_AT_BEYOND: u32 = 28;

/// The most visits that are proposed at once.
const MOST_VISITS: usize = 12;

/// The page, with a proposal if one was asked for.
pub async fn course(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    Query(told): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let (name, about) = who(&application, patient).await?.ok_or(Refused::NotFound)?;
    read_by(&application, &viewer, patient, "open a course").await?;
    let fields = Fields(told);
    let rules = Arc::clone(&application.in_force().booking);
    let wanted = asked_for(&application, &rules, &fields, asked.now())?;
    let proposal = if fields.text("propose") == "yes" {
        Some(propose(&application, &rules, patient, &wanted).await?)
    } else if let Some((day, time)) = fields.text("one").split_once('T') {
        let starts = moment(&application, day, time, fields.text("which"))?;
        let place = place(&application, fields.text("chair"))?;
        Some(one_visit(&rules, patient, &wanted, place, starts)?)
    } else {
        None
    };
    let visits = book::course_of(&application, patient).await?;
    let standing: Vec<Visit> = visits
        .iter()
        .filter(|booked| booked.holds_the_chair())
        .map(|booked| booked.visit.clone())
        .collect();
    let expiries = book::expiries(&application, patient).await?;
    let to_come: Vec<SessionId> = standing
        .iter()
        .filter(|visit| visit.starts > asked.now())
        .map(|visit| visit.visit)
        .collect();
    let warnings: Vec<_> = judge(&standing, &expiries, &rules)
        .into_iter()
        .filter(|warning| to_come.iter().any(|visit| warning.concerns(*visit)))
        .collect();
    let waiting: Vec<Waiting> = book::waiting_of(&application, patient)
        .await?
        .into_iter()
        .filter(|waiting| waiting.could_come.until > asked.now())
        .collect();
    let clinic = application.clinic();
    let rule = rules
        .series(wanted.treatment.0)
        .map(|series| series_says(&series));
    let page = CoursePage {
        around: asked.around(Here::Calendar, false),
        patient,
        name: &name,
        about: &about,
        visits: &visits,
        warnings: &warnings,
        rooms: &clinic.rooms,
        asked: &wanted,
        proposal: proposal.as_ref(),
        waiting: &waiting,
        rule: &rule.unwrap_or_default(),
    };
    Ok(html(page.html()))
}

fn series_says(series: &Series) -> String {
    format!(
        "The clinic's rule: {} visits within {} days, at least {} from one beginning to the next, \
         at most {} in any seven days.",
        series.visits, series.within_days, series.least_gap, series.in_seven_days
    )
}

fn asked_for(
    application: &Application,
    rules: &BookingRules,
    fields: &Fields,
    now: Moment,
) -> Result<AskedFor, Refused> {
    let chosen = match fields.text("treatment") {
        "" => (Product::Racemic, Route::Intravenous),
        text => treatment(text)?,
    };
    let usual = rules.series(chosen.0).map_or(1, |series| series.visits);
    let visits = match fields.text("visits") {
        "" => usize::try_from(usual).unwrap_or(1),
        text => text
            .parse()
            .ok()
            .filter(|count| (1..=MOST_VISITS).contains(count))
            .ok_or_else(|| Problem::new("visits", "Ask for 1 to 12 visits."))?,
    };
    let from = match fields.text("from") {
        "" => book::date_of(&application.zone, now)?.plus_days(1),
        text => date(text, "from")?,
    };
    for (field, text) in [
        ("after", fields.text("after")),
        ("before", fields.text("before")),
    ] {
        if !text.is_empty() {
            clock_time(text, field)?;
        }
    }
    Ok(AskedFor {
        treatment: chosen,
        visits,
        from: Some(from),
        after: fields.text("after").to_owned(),
        before: fields.text("before").to_owned(),
        weekdays: fields.all("weekday").filter_map(Weekday::of_word).collect(),
    })
}

/// The stretch of a day in which a visit should begin; an end that is not given is the day's own.
fn wish(
    application: &Application,
    day: &book::WholeDay,
    wanted: &AskedFor,
) -> Result<Option<Stretch>, Problem> {
    if wanted.after.is_empty() && wanted.before.is_empty() {
        return Ok(None);
    }
    let at = |text: &str, field: &str, otherwise: Moment| -> Result<Moment, Problem> {
        if text.is_empty() {
            return Ok(otherwise);
        }
        let clock: ClockTime = clock_time(text, field)?;
        // A wish for the time of day is not asked about on the two days of the year on which the
        // clock is changed; the visit that comes of it says its own time.
        let local = book::local_time(&application.zone, day.frame.date, clock);
        Ok(match local {
            LocalTime::Once(moment) | LocalTime::Twice(moment, _) => moment,
            LocalTime::Never => otherwise,
        })
    };
    Ok(Some(Stretch {
        from: at(&wanted.after, "after", day.frame.whole.from)?,
        until: at(&wanted.before, "before", day.frame.whole.until)?,
    }))
}

async fn propose(
    application: &Application,
    rules: &BookingRules,
    patient: PatientId,
    wanted: &AskedFor,
) -> Result<Proposal, Refused> {
    let now = application.clock.now();
    let today = book::date_of(&application.zone, now)?;
    let first = wanted.from.unwrap_or(today).max(today);
    let (product, route) = wanted.treatment;
    let usual = rules.series(product).ok_or(Refused::NotFound)?;
    let span = usual.within_days + LOOKED_AT_BEYOND;
    let count = u16::try_from(span).unwrap_or(u16::MAX);
    let days = book::days_from(application, first, count).await?;
    let mut preferred = Vec::new();
    for day in &days {
        preferred.extend(wish(application, day, wanted)?);
    }
    let not_before = days.first().map_or(now, |day| day.frame.whole.from);
    // More visits than the usual series get the time that its pace gives them.
    let visits = u32::try_from(wanted.visits).unwrap_or(u32::MAX);
    let within_days = if visits > usual.visits {
        usual.within_days * visits / usual.visits.max(1)
    } else {
        usual.within_days
    };
    let constraints = Constraints {
        patient,
        product,
        route,
        visits: (0..wanted.visits)
            .map(|_| SessionId(Uuid::now_v7()))
            .collect(),
        not_before,
        series: Series {
            within_days,
            visits,
            ..usual
        },
        weekdays: wanted.weekdays.clone(),
        preferred,
        chair: None,
    };
    Ok(book::propose(application, &constraints, &days).await?)
}

/// A chair and a time that somebody chose on the calendar, as a proposal of one.
fn one_visit(
    rules: &BookingRules,
    patient: PatientId,
    wanted: &AskedFor,
    place: clinical::course::booking::Place,
    starts: Moment,
) -> Result<Proposal, Refused> {
    let (product, route) = wanted.treatment;
    let times = rules.times(product, route).ok_or(Refused::NotFound)?;
    Ok(Proposal {
        visits: vec![Proposed {
            visit: Visit {
                visit: SessionId(Uuid::now_v7()),
                patient,
                place,
                product,
                route,
                starts,
                treatment: times.treatment,
                recovery: times.recovery,
            },
            weekday_suits: true,
            time_suits: true,
        }],
        missing: 0,
        warnings: Vec::new(),
    })
}

/// Books the visits of the form, all of them or none.
pub async fn book(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    who(&application, patient).await?.ok_or(Refused::NotFound)?;
    let rules = Arc::clone(&application.in_force().booking);
    let (product, route) = treatment(&format!(
        "{} {}",
        fields.text("product"),
        fields.text("route")
    ))?;
    let times = rules.times(product, route).ok_or(Refused::NotFound)?;
    let all = |name| fields.all(name).collect::<Vec<_>>();
    let (ids, days, clocks) = (all("visit"), all("date"), all("time"));
    let (places, which) = (all("place"), all("which"));
    if ids.len() != days.len() || ids.len() != clocks.len() || ids.len() != places.len() {
        let says = "Not booked: the form is not whole. Propose the course again.";
        return Err(Problem::new("visit", says).into());
    }
    let mut visits = Vec::with_capacity(ids.len());
    for (number, id) in ids.iter().enumerate() {
        let id: SessionId = id.parse().map_err(|_| {
            Problem::new(
                "visit",
                "Not booked: the form is not whole. Propose it again.",
            )
        })?;
        let which = which.get(number).copied().unwrap_or_default();
        visits.push(Visit {
            visit: id,
            patient,
            place: place(&application, places[number])?,
            product,
            route,
            starts: moment(&application, days[number], clocks[number], which)?,
            treatment: times.treatment,
            recovery: times.recovery,
        });
    }
    check_unknown(&application, &visits).await?;
    let wish = Wish {
        command_id: command_id(&fields)?,
        actor: viewer.actor(),
        patient,
        command: Command::BookVisits {
            visits,
            despite_warnings: fields.text("despite") == "yes",
        },
    };
    book::act(&application, wish).await?;
    Ok(Redirect::to(&format!("/patients/{patient}/course")).into_response())
}

/// The identity of a new visit is nobody else's: neither a visit's nor a session's.
async fn check_unknown(application: &Application, visits: &[Visit]) -> Result<(), Refused> {
    for visit in visits {
        let known: Option<BookedVisit> = book::visit(application, visit.visit).await?;
        let taken = known.is_some_and(|known| known.visit.patient != visit.patient);
        let session = application.sessions.session(visit.visit).await?;
        if taken || session.is_some_and(|session| session.patient != Some(visit.patient)) {
            let says = "Not booked: the form is not whole. Propose the course again.";
            return Err(Problem::new("visit", says).into());
        }
    }
    Ok(())
}

/// Puts a person on a day's waiting list.
pub async fn wait(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    who(&application, patient).await?.ok_or(Refused::NotFound)?;
    let rules = Arc::clone(&application.in_force().booking);
    let (product, route) = treatment(fields.text("treatment"))?;
    let times = rules.times(product, route).ok_or(Refused::NotFound)?;
    let day: CivilDate = date(fields.text("date"), "date")?;
    let at = |field: &str| moment(&application, &day.to_string(), fields.text(field), "first");
    let entry = Uuid::parse_str(fields.text("entry"))
        .map_err(|_| Problem::new("entry", "This form has no number. Reload the page."))?;
    let wish = Wish {
        command_id: command_id(&fields)?,
        actor: viewer.actor(),
        patient,
        command: Command::Wait {
            waiting: Waiting {
                entry: WaitingId(entry),
                patient,
                product,
                route,
                treatment: times.treatment,
                recovery: times.recovery,
                could_come: Stretch {
                    from: at("from")?,
                    until: at("until")?,
                },
            },
        },
    };
    book::act(&application, wish).await?;
    Ok(Redirect::to(&format!("/calendar?day={day}")).into_response())
}

fn entry_and_patient(entry: Uuid, fields: &Fields) -> Result<(WaitingId, PatientId), Problem> {
    let patient = fields
        .text("patient")
        .parse()
        .map_err(|_| Problem::new("patient", "This form names nobody. Reload the page."))?;
    Ok((WaitingId(entry), patient))
}

/// Offers a free chair to someone who waits.
pub async fn offer(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(entry): Path<Uuid>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let (entry, patient) = entry_and_patient(entry, &fields)?;
    let starts = Moment::parse(fields.text("starts"))
        .map_err(|_| Problem::new("starts", "This form has no time. Reload the page."))?;
    let id = command_id(&fields)?;
    let open = application.in_force().booking.offer_open;
    // The same form sent again is the same offer: its visit and its end hang on the form.
    let form_made = Uuid::new_v5(&id.0, b"the visit that an offer becomes");
    let now = application.clock.now();
    let wish = Wish {
        command_id: id,
        actor: viewer.actor(),
        patient,
        command: Command::OfferChair {
            entry,
            visit: SessionId(form_made),
            place: place(&application, fields.text("place"))?,
            starts,
            answer_by: (now + open).min(starts),
        },
    };
    let day = book::date_of(&application.zone, starts)?;
    match book::act(&application, wish).await {
        Ok(_) => {}
        Err(Refused::Problem(_)) if offered(&application, patient, form_made).await? => {}
        Err(refused) => return Err(refused),
    }
    Ok(Redirect::to(&format!("/calendar?day={day}")).into_response())
}

/// True when this very offer was made before: a form that is sent twice says another end each
/// time, and means the same.
async fn offered(
    application: &Application,
    patient: PatientId,
    visit: Uuid,
) -> Result<bool, Fault> {
    let offers = book::offers_of(application, patient).await?;
    Ok(offers.iter().any(|offer| offer.visit.0 == visit))
}

/// Takes someone off the waiting list.
pub async fn end_waiting(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(entry): Path<Uuid>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let (entry, patient) = entry_and_patient(entry, &fields)?;
    let day = date(fields.text("day"), "day")?;
    let wish = Wish {
        command_id: command_id(&fields)?,
        actor: viewer.actor(),
        patient,
        command: Command::StopWaiting { entry },
    };
    book::act(&application, wish).await?;
    Ok(Redirect::to(&format!("/calendar?day={day}")).into_response())
}
