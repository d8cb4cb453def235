//! The book for calendar programmes: to staff with initials and a link, to a patient as
//! appointments without a word about health.

use crate::application::Application;
use crate::book::{self, BookedVisit};
use crate::fault::Fault;
use crate::identity::{Own, Secret, Viewer, digest};
use crate::patients;
use crate::web::access::BOARD;
use crate::web::form::Fields;
use crate::web::guard::check_csrf;
use crate::web::page::{Asked, html};
use crate::web::pages::around::Here;
use crate::web::pages::booking_feed::FeedPage;
use crate::web::respond::Refused;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use clinical::leaflet::Language;
use clinical::record::{PatientId, StaffId};
use exchange::icalendar::{Entry, calendar};
use std::sync::Arc;
use units::Span;

/// How far back a feed reaches.
const BACK: Span = Span::from_hours(24 * 30);
/// How far ahead.
const AHEAD: Span = Span::from_hours(24 * 180);

/// Whose calendar a feed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Staff(StaffId),
    Patient(PatientId),
}

impl Owner {
    fn word(self) -> String {
        match self {
            Self::Staff(id) => format!("staff {id}"),
            Self::Patient(id) => format!("patient {id}"),
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        match word.split_once(' ')? {
            ("staff", id) => id.parse().ok().map(Self::Staff),
            ("patient", id) => id.parse().ok().map(Self::Patient),
            _ => None,
        }
    }
}

fn setting_of_secret(secret: &str) -> String {
    format!("calendar-feed {}", hex::encode(digest(secret)))
}

fn setting_of_owner(owner: Owner) -> String {
    format!("calendar-feed-of {}", owner.word())
}

/// A new address; the one before opens nothing any more.
async fn new_address(application: &Application, owner: Owner) -> Result<String, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let put = async |name: &str, value: &str| {
        store
            .put_setting(tenant, name, value)
            .await
            .context("keeping a calendar's address")
    };
    let before = store
        .setting(tenant, &setting_of_owner(owner))
        .await
        .context("reading a calendar's address")?;
    if let Some(before) = before {
        put(&before, "").await?;
    }
    let secret = Secret::new();
    let name = setting_of_secret(secret.reveal());
    put(&name, &owner.word()).await?;
    put(&setting_of_owner(owner), &name).await?;
    Ok(format!(
        "{}/calendar/feed/{}.ics",
        application.base_url,
        secret.reveal()
    ))
}

/// A new address for a patient's own calendar.
pub async fn new_own(application: &Application, patient: PatientId) -> Result<String, Fault> {
    new_address(application, Owner::Patient(patient)).await
}

/// What staff read about their feed.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let around = asked.around(Here::Calendar, false);
    html(FeedPage { around, link: None }.html())
}

/// Makes a new address, and shows it this once.
pub async fn make(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Html<String>, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let link = new_address(&application, Owner::Staff(viewer.id)).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = FeedPage {
        around: asked.around(Here::Calendar, false),
        link: Some(&link),
    };
    Ok(html(page.html()))
}

/// The feed of an address. Whoever left the clinic's staff reads nothing more.
// Hazard: H45
pub async fn feed(
    State(application): State<Arc<Application>>,
    Path(file): Path<String>,
) -> Result<Response, Refused> {
    let secret = file.strip_suffix(".ics").ok_or(Refused::NotFound)?;
    let owner = application
        .store
        .setting(application.tenant, &setting_of_secret(secret))
        .await
        .context("reading a calendar's address")
        .map_err(Fault)?
        .and_then(|word| Owner::of_word(&word))
        .ok_or(Refused::NotFound)?;
    match owner {
        Owner::Patient(patient) => Ok(own_calendar(&application, patient, None).await?),
        Owner::Staff(staff) => {
            let account = application
                .store
                .account(application.tenant, staff)
                .await
                .context("reading an account")
                .map_err(Fault)?;
            let works_here =
                account.is_some_and(|account| !account.disabled && BOARD.include(account.role));
            if !works_here {
                return Err(Refused::NotFound);
            }
            Ok(staff_calendar(&application).await?)
        }
    }
}

async fn staff_calendar(application: &Application) -> Result<Response, Fault> {
    let now = application.clock.now();
    let clinic = application.clinic();
    let mut entries = Vec::new();
    for booked in book::visits_between(application, now - BACK, now + AHEAD).await? {
        if !booked.holds_the_chair() {
            continue;
        }
        let row = application
            .store
            .patient(application.tenant, booked.visit.patient)
            .await
            .context("reading a person's name")?;
        let initials = row.map_or_else(
            || "?".to_owned(),
            |row| initials(&row.given_name, &row.family_name),
        );
        let room = booked.visit.place.name_in(&clinic.rooms);
        let link = format!("{}/visits/{}", application.base_url, booked.visit.visit);
        entries.push(entry(&booked, format!("{initials} · room {room}"), link));
    }
    Ok(file(&calendar("Clinic", &entries, now)))
}

fn initials(given: &str, family: &str) -> String {
    [given, family]
        .iter()
        .filter_map(|name| name.chars().next())
        .map(|letter| format!("{letter}."))
        .collect()
}

/// A patient's own visits as a file.
pub async fn own_file(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
) -> Result<Response, Fault> {
    own_calendar(&application, own.patient, Some(own.language)).await
}

async fn own_calendar(
    application: &Application,
    patient: PatientId,
    language: Option<Language>,
) -> Result<Response, Fault> {
    let now = application.clock.now();
    let known = patients::read(application, patient).await?;
    let spoken = known.and_then(|known| known.contacts.map(|contacts| contacts.language));
    let summary = match language.or(spoken).unwrap_or(Language::English) {
        Language::English => "Appointment",
        Language::Spanish => "Cita",
    };
    let entries: Vec<Entry> = book::course_of(application, patient)
        .await?
        .iter()
        .filter(|booked| booked.holds_the_chair() && booked.visit.starts > now - BACK)
        .map(|booked| entry(booked, summary.to_owned(), String::new()))
        .collect();
    Ok(file(&calendar(summary, &entries, now)))
}

fn entry(booked: &BookedVisit, summary: String, link: String) -> Entry {
    Entry {
        uid: format!("{}@evenkeel", booked.visit.visit),
        summary,
        link,
        starts: booked.visit.starts,
        ends: booked.visit.ends(),
        sequence: booked.version,
    }
}

fn file(text: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    (kind, text.to_owned()).into_response()
}
