//! One person's outcomes: the staff's page with what they enter, and the patient's own way so far.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::journey::OwnJourney;
use super::pages::outcomes::{ENTERED, PersonOutcomes};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::book::{self, LocalTime, begin_of, date_of, written_time};
use crate::identity::{Own, Viewer};
use crate::outcomes::{self, By, End, Entry, Told};
use crate::patients;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::outcomes::{EndReason, WATCHED};
use clinical::instrument::{Answer, Answers, GivenBy, Points};
use clinical::leaflet::Language;
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use std::sync::Arc;
use units::{Moment, Span};
use uuid::Uuid;

/// One person's.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let shown = shown(&application, &viewer, patient, (&headers, &uri), None).await?;
    read_by(&application, &viewer, patient, "open the outcomes").await?;
    Ok(shown)
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<String>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let person = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let told = Told::of(application, &person, patient, asked.now()).await?;
    let around = asked.around(Here::Patients, false);
    let page = PersonOutcomes {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        patient,
        told: &told,
        library: application.scales(),
        refused,
    };
    Ok(html(page.html()).into_response())
}

/// Staff enter a scale, or strike out what was entered wrongly.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    // Hazard: H02
    if fields.text("patient") != patient.to_string() {
        let says = "Not saved: this form belongs to somebody else's page. Reload it.";
        return Err(Problem::new("patient", says).into());
    }
    patients::read(&application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    match acted(&application, &viewer, patient, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{patient}/outcomes")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some(refused.says());
            let page = shown(&application, &viewer, patient, (&headers, &uri), says).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn acted(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    fields: &Fields,
) -> Result<(), Refused> {
    let by = By {
        command_id: command_id(fields, Language::English)?,
        actor: viewer.actor(),
        patient,
    };
    match fields.text("what") {
        "enter" => {
            let entry = entry_of(application, fields)?;
            outcomes::enter(application, by, entry).await?;
        }
        "rise" => {
            let sheet = sheet_of(fields)?;
            outcomes::settle_rise(application, by, sheet, fields.text("done")).await?;
        }
        "talked" => {
            let sheet = sheet_of(fields)?;
            outcomes::settle_limit(application, by, sheet, fields.text("done")).await?;
        }
        "ended" => {
            let end = end_of(application, patient, fields).await?;
            outcomes::end_treatment(application, by, end).await?;
        }
        "goes-on" => {
            outcomes::go_on(application, by, fields.text("reason")).await?;
        }
        "strike" => {
            let sheet = sheet_of(fields)?;
            outcomes::strike(application, by, sheet, fields.text("reason")).await?;
        }
        _ => return Err(Problem::new("what", "Not saved: reload the page.").into()),
    }
    Ok(())
}

/// The end of the day on which treatment ended; now, of today.
async fn end_of(
    application: &Application,
    patient: PatientId,
    fields: &Fields,
) -> Result<End, Refused> {
    let because = EndReason::of_word(fields.text("because"))
        .ok_or_else(|| Problem::new("because", "Not saved: choose why treatment ended."))?;
    let unread = || {
        Problem::new(
            "day",
            "Not saved: choose the day since which treatment is over.",
        )
    };
    let day: CivilDate = fields.text("day").parse().map_err(|_| unread())?;
    let next = begin_of(&application.zone, day.plus_days(1)).ok_or_else(unread)?;
    let now = application.clock.now();
    let is_today = day == date_of(&application.zone, now)?;
    let person = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let told = Told::of(application, &person, patient, now).await?;
    Ok(End {
        because,
        note: fields.text("note").to_owned(),
        at: (!is_today).then_some(next - Span::from_microseconds(1)),
        last_drug: told.last_drug(),
    })
}

fn sheet_of(fields: &Fields) -> Result<Uuid, Problem> {
    fields
        .text("sheet")
        .parse()
        .map_err(|_| Problem::new("sheet", "Not saved: reload the page."))
}

fn entry_of(application: &Application, fields: &Fields) -> Result<Entry, Refused> {
    let scale = fields.text("scale");
    let instrument = ENTERED
        .iter()
        .find(|known| **known == scale)
        .and_then(|known| application.scales().named(known))
        .ok_or_else(|| Problem::new("scale", "Not saved: reload the page."))?;
    let mut answers = Answers::new();
    let in_words = WATCHED.contains(&instrument.id.as_str());
    let asked = instrument.items.iter();
    for item in asked.filter(|item| item.given_by == GivenBy::Question) {
        let name = format!("item-{}", item.id);
        if in_words {
            // What is not one of the options is refused with the answers.
            let chosen = Some(fields.text(&name)).filter(|word| !word.is_empty());
            if let Some(word) = chosen {
                answers = answers.with(&item.id, Answer::Chosen(word.to_owned()));
            }
            continue;
        }
        if let Some(points) = points(fields, &name)? {
            answers = answers.with(&item.id, Answer::Number(points));
        }
    }
    Ok(Entry {
        scale: instrument.id.clone(),
        answers,
        total: points(fields, "total")?,
        filled: filled(application, fields.text("filled"))?,
    })
}

fn points(fields: &Fields, name: &str) -> Result<Option<Points>, Problem> {
    let Some(number) = fields.number(name)? else {
        return Ok(None);
    };
    Points::new(number)
        .map(Some)
        .ok_or_else(|| Problem::new(name, "Not saved: no scale has this number."))
}

/// A time of the clock in the clinic's zone. Within the running minute it is now; of an hour that
/// comes twice it is the first one.
fn filled(application: &Application, text: &str) -> Result<Option<Moment>, Problem> {
    let says = "Not saved: write the day and the time at which it was filled in.";
    let unread = || Problem::new("filled", says);
    match written_time(&application.zone, text).ok_or_else(unread)? {
        LocalTime::Once(at) | LocalTime::Twice(at, _) => {
            let now = application.clock.now();
            let running = now.start_of(units::Span::from_minutes(1)) == at;
            Ok((!running).then_some(at))
        }
        LocalTime::Never => Err(unread()),
    }
}

/// The patient's own way so far: sessions, what they told, what comes next.
pub async fn own_journey(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let person = patients::read(&application, own.patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let told = Told::of(&application, &person, own.patient, asked.now()).await?;
    let page = OwnJourney {
        frame: asked.own_frame(&own),
        told: &told,
        library: application.scales(),
        next_visit: book::next_visit(&application, own.patient, asked.now()).await?,
        open: outcomes::open(&application, own.patient).await?.is_some(),
    };
    Ok(html(page.html()))
}
