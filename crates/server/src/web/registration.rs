//! Registering people, correcting who they are, and two records of one person.

use super::access::RECEPTION;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::clock_face::{civil_date, today};
use super::pages::registration::{RegistrationPage, Typed};
use super::people::read_by;
use super::respond::Refused;
use crate::application::Application;
use crate::identity::Viewer;
use crate::journey;
use crate::patients::{self, By, Entry};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Contacts, MergeCommand, Patient, Sex};
use clinical::record::PatientId;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The longest text of one field.
const LONGEST: usize = 120;

/// The form for somebody new.
pub async fn new(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = RegistrationPage {
        around: asked.around(Here::Patients, false),
        ..empty(&asked)
    };
    html(page.html()).into_response()
}

fn empty<'a>(asked: &'a Asked<'_>) -> RegistrationPage<'a> {
    RegistrationPage {
        around: asked.around(Here::Patients, false),
        person: None,
        opened_by: None,
        typed: Vec::new(),
        problem: None,
        alike: Vec::new(),
        took_in: Vec::new(),
        may_change: true,
    }
}

/// Registers somebody, unless they may be registered already and nobody has looked.
pub async fn register(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let again = |problem: &Problem| {
        let page = RegistrationPage {
            typed: typed(&fields),
            problem: Some((problem.field.as_str(), problem.says.clone())),
            ..empty(&asked)
        };
        (StatusCode::UNPROCESSABLE_ENTITY, html(page.html())).into_response()
    };
    let entry = match entry(&application, &fields, None) {
        Ok(entry) => entry,
        Err(problem) => return Ok(again(&problem)),
    };
    let by = by(&viewer, &fields)?;
    let another: Vec<PatientId> = fields
        .all("another")
        .filter_map(|id| id.parse().ok())
        .collect();
    let alike = patients::alike(&application, &entry, None).await?;
    let looked_at = |id: PatientId| another.contains(&id);
    let saved_before = journey_answered(&application, &by).await?;
    // Hazard: H02
    if !saved_before && !alike.iter().all(|one| looked_at(one.registration.patient)) {
        let page = RegistrationPage {
            typed: typed(&fields),
            alike: alike
                .iter()
                .map(|one| (&one.registration, one.why.as_slice()))
                .collect(),
            ..empty(&asked)
        };
        return Ok((StatusCode::CONFLICT, html(page.html())).into_response());
    }
    let apart = alike.iter().map(|one| one.registration.patient).collect();
    match patients::register_new(&application, by, entry, apart).await {
        Ok(patient) => Ok(Redirect::to(&format!("/patients/{patient}/details")).into_response()),
        Err(Refused::Problem(problem)) => Ok(again(&problem)),
        Err(other) => Err(other),
    }
}

async fn journey_answered(application: &Application, by: &By) -> Result<bool, Refused> {
    let answer = application
        .store
        .answer(application.tenant, by.command_id)
        .await
        .map_err(|error| Refused::Fault(error.into()))?;
    Ok(answer.is_some())
}

/// Somebody's details; a merged record shows the one that stays.
pub async fn details(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let text = page_of(&application, &viewer, &asked, id, None).await?;
    read_by(&application, &viewer, id, "open the details").await?;
    Ok(html(text).into_response())
}

/// The page of somebody's details, with what was typed and what is wrong with it.
async fn page_of(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    id: PatientId,
    refused: Option<(&Fields, &Problem)>,
) -> Result<String, Refused> {
    let opened = journey::read::<Patient>(application, id.0).await?;
    let (stays, opened_by) = match &opened.state.merged {
        Some(merged) => (merged.into, number_of(&opened.state)),
        None => (id, None),
    };
    let kept = journey::read::<Patient>(application, stays.0).await?;
    let patient = &kept.state;
    let Some(registration) = &patient.registration else {
        return Err(Refused::NotFound);
    };
    let contacts = patient
        .contacts
        .clone()
        .unwrap_or_else(|| Contacts::unknown(Language::English));
    let recorded = Entry {
        record_number: Some(registration.record_number.clone()),
        family_name: registration.family_name.clone(),
        given_name: registration.given_name.clone(),
        birth_date: registration.birth_date,
        sex: registration.sex,
        contacts,
    };
    let alike = patients::alike(application, &recorded, Some(patient)).await?;
    let born = registration.birth_date.to_string();
    let or_empty = |text: &'_ Option<String>| text.clone().unwrap_or_default();
    let (email, mobile, zone) = (
        or_empty(&recorded.contacts.email),
        or_empty(&recorded.contacts.mobile),
        or_empty(&recorded.contacts.zone),
    );
    let typed = match refused {
        Some((fields, _)) => typed(fields),
        None => [
            ("family_name", registration.family_name.as_str()),
            ("given_name", &registration.given_name),
            ("birth_date", &born),
            ("record_number", &registration.record_number),
            ("email", &email),
            ("mobile", &mobile),
            ("zone", &zone),
            ("sex", sex_word(registration.sex)),
            ("language", recorded.contacts.language.tag()),
        ]
        .map(|(name, text)| Typed { name, text })
        .into(),
    };
    let mut took_in = Vec::new();
    for merged in &patient.took_in {
        let other = patients::read_alone(application, merged.from).await?;
        let number = other.as_ref().and_then(number_of).unwrap_or_default();
        took_in.push((merged.from, number));
    }
    let page = RegistrationPage {
        around: asked.around(Here::Patients, false),
        person: Some((stays, kept.version, patient)),
        opened_by,
        typed,
        problem: refused.map(|(_, problem)| (problem.field.as_str(), problem.says.clone())),
        alike: alike
            .iter()
            .map(|one| (&one.registration, one.why.as_slice()))
            .collect(),
        took_in,
        may_change: RECEPTION.include(viewer.role),
    };
    Ok(page.html())
}

fn number_of(patient: &Patient) -> Option<String> {
    let registration = patient.registration.as_ref()?;
    Some(registration.record_number.clone())
}

/// Corrects somebody's details.
pub async fn correct(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let kept = journey::read::<Patient>(&application, id.0).await?;
    let corrected = async {
        let entry = entry(&application, &fields, kept.state.contacts.as_ref())?;
        let version = fields
            .text("version")
            .parse()
            .map_err(|_| Problem::new("", "Not saved: reload the page and try again."))?;
        patients::correct(&application, by(&viewer, &fields)?, id, version, entry).await
    };
    let refused: Refused = match corrected.await {
        Ok(()) => return Ok(Redirect::to(&format!("/patients/{id}/details")).into_response()),
        Err(refused) => refused,
    };
    let problem = match &refused {
        Refused::Problem(problem) => problem.clone(),
        Refused::Ruled(says) => Problem::new("", says.clone()),
        _ => return Err(refused),
    };
    let text = page_of(&application, &viewer, &asked, id, Some((&fields, &problem))).await?;
    Ok((refused.status(), html(text)).into_response())
}

/// Proposes, confirms or declines that two records are one person, or takes them apart again.
pub async fn merge(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<PatientId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let (from, into) = match fields.text("number").trim() {
        "" => (id, named(&fields)?),
        // A record that the desk once took for somebody else's is found by its number.
        number => (numbered(&application, number).await?, id),
    };
    let reason = fields.text("reason").to_owned();
    let command = match fields.text("act") {
        "propose" => MergeCommand::Propose { reason },
        "confirm" => MergeCommand::Confirm,
        "decline" => MergeCommand::Decline { reason },
        "undo" => MergeCommand::Undo { reason },
        other => {
            let says = format!("“{other}” is not an act known here.");
            return Err(Problem::new("act", says).into());
        }
    };
    patients::merge(&application, by(&viewer, &fields)?, from, into, command).await?;
    Ok(Redirect::to(&format!("/patients/{into}/details")).into_response())
}

fn named(fields: &Fields) -> Result<PatientId, Problem> {
    let into = fields.text("into").parse();
    into.map_err(|_| Problem::new("into", "Not saved: the other record was not named."))
}

async fn numbered(application: &Application, number: &str) -> Result<PatientId, Refused> {
    let found = patients::numbered(application, number).await?;
    found.ok_or_else(|| {
        let says = format!("Nothing was proposed: no record has the number {number}.");
        Problem::new("number", says).into()
    })
}

fn by(viewer: &Viewer, fields: &Fields) -> Result<By, Problem> {
    Ok(By {
        command_id: fields
            .text("command_id")
            .parse()
            .map_err(|_| Problem::new("command_id", "Not saved: reload the page and try again."))?,
        actor: viewer.actor(),
        name: viewer.name.clone(),
    })
}

fn typed(fields: &Fields) -> Vec<Typed<'_>> {
    [
        "family_name",
        "given_name",
        "birth_date",
        "record_number",
        "email",
        "mobile",
        "zone",
        "sex",
        "language",
    ]
    .map(|name| Typed {
        name,
        text: fields.text(name),
    })
    .into()
}

const fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    }
}

/// Reads the form. What this form does not ask of contacts stays as `known`.
fn entry(
    application: &Application,
    fields: &Fields,
    known: Option<&Contacts>,
) -> Result<Entry, Problem> {
    let words = |name: &str, missing: &str| match fields.text(name) {
        "" => Err(Problem::new(name, missing)),
        text if text.chars().count() > LONGEST => Err(Problem::new(
            name,
            format!("This is longer than {LONGEST} letters. Shorten it."),
        )),
        text => Ok(text.to_owned()),
    };
    let language = Language::from_tag(fields.text("language"))
        .ok_or_else(|| Problem::new("language", "Choose a language."))?;
    let mut contacts = known
        .cloned()
        .unwrap_or_else(|| Contacts::unknown(language));
    let entry = Entry {
        family_name: words("family_name", "Enter the family name.")?,
        given_name: words("given_name", "Enter the given name.")?,
        birth_date: birth_date(fields.text("birth_date"), application)?,
        record_number: match fields.text("record_number") {
            "" => None,
            _ => Some(words("record_number", "")?),
        },
        sex: [Sex::Female, Sex::Male, Sex::Other, Sex::Unknown]
            .into_iter()
            .find(|sex| sex_word(*sex) == fields.text("sex"))
            .ok_or_else(|| Problem::new("sex", "Choose what is registered, or “not known”."))?,
        contacts: {
            contacts.language = language;
            contacts.email = email(fields)?;
            contacts.mobile = mobile(fields)?;
            contacts.zone = zone(fields)?;
            contacts
        },
    };
    Ok(entry)
}

fn birth_date(text: &str, application: &Application) -> Result<CivilDate, Problem> {
    let problem = |says: String| Problem::new("birth_date", says);
    if text.is_empty() {
        return Err(problem("Enter the date of birth.".to_owned()));
    }
    let birth: CivilDate = text.parse().map_err(|_| {
        problem(if text.ends_with("-02-29") {
            let year = text.split('-').next().unwrap_or_default();
            format!("There is no 29 February in {year}. Check the date.")
        } else {
            format!("“{text}” is no date of the calendar. Write it as year-month-day: 1984-03-02.")
        })
    })?;
    let today = today(application.clock.now(), &application.zone);
    if today.is_none_or(|today| birth > today) {
        let says = format!(
            "Born on {}, which has not come yet. Is the year right?",
            civil_date(birth)
        );
        return Err(problem(says));
    }
    if birth.year() < 1_900 {
        let says = format!(
            "Born on {}, before 1900. Is the year right?",
            civil_date(birth)
        );
        return Err(problem(says));
    }
    Ok(birth)
}

fn email(fields: &Fields) -> Result<Option<String>, Problem> {
    let Some(text) = fields.optional("email") else {
        return Ok(None);
    };
    let whole = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !whole || text.chars().any(char::is_whitespace) || text.len() > 254 {
        let says = format!("“{text}” is not an e-mail address. It looks like ana@example.org");
        return Err(Problem::new("email", says));
    }
    Ok(Some(text))
}

fn mobile(fields: &Fields) -> Result<Option<String>, Problem> {
    let Some(text) = fields.optional("mobile") else {
        return Ok(None);
    };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let known = text
        .chars()
        .all(|sign| sign.is_ascii_digit() || " +-().".contains(sign));
    if !known || !(7..=15).contains(&digits) {
        let says =
            format!("“{text}” is not a telephone number. It has 7 to 15 digits: +57 310 555 0142");
        return Err(Problem::new("mobile", says));
    }
    Ok(Some(text))
}

fn zone(fields: &Fields) -> Result<Option<String>, Problem> {
    let Some(text) = fields.optional("zone") else {
        return Ok(None);
    };
    TimeZone::get(&text).map_err(|_| {
        let says = format!("“{text}” is no time zone known here. It looks like America/Bogota");
        Problem::new("zone", says)
    })?;
    Ok(Some(text))
}
