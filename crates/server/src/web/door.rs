//! The patient's door: links without a password, the clinic's tablet, accounts of their own, and
//! the way out.

use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_own};
use super::leaflets::{Told, language};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::door::{AccountPage, Door, DoorState, LetIn, Made, Typed};
use super::people::read_by;
use super::respond::Refused;
use super::signing::{named_cookie, set_cookie};
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{
    Own, Viewer, Way, digest, hash_password, let_in, own_cookie_name, patient_link,
};
use crate::messages::{self, Due, NewMessage};
use crate::patients;
use anyhow::Context;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Patient};
use clinical::record::{PatientId, Role, StaffId};
use std::sync::Arc;
use store::{Account, AuditEntry, PatientLink, PatientLogin};
use units::Span;
use uuid::Uuid;

/// This many wrong dates of birth end a link. Source: the project's choice; a date of birth has
/// some 30,000 values, so that five tries tell next to nothing.
const TRIES: u32 = 5;

/// How long a link lets its owner in. Source: the project's choice, for the clinic to confirm.
pub const LINK_LASTS: Span = Span::from_hours(72);

/// A link's page, before the date of birth was given. Reading it uses nothing up: those who read
/// messages before their owners do no harm.
pub async fn page(
    State(application): State<Arc<Application>>,
    Path(secret): Path<String>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Fault> {
    let state = match open_link(&application, &secret).await? {
        Some(_) => DoorState::Asks,
        None => DoorState::Ended,
    };
    let door = (state, Typed::default(), None);
    Ok(door_page(&application, &told, &headers, &uri, door))
}

fn door_page(
    application: &Application,
    told: &Told,
    headers: &HeaderMap,
    uri: &Uri,
    (state, typed, problem): (DoorState, Typed, Option<&'static str>),
) -> Response {
    let asked = Asked::new(application, None, headers, uri);
    let page = Door {
        frame: asked.door_frame(language(told, headers)),
        state,
        typed,
        problem,
    };
    let status = match (state, problem) {
        (DoorState::Asks, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (DoorState::Ended, _) => StatusCode::GONE,
        (DoorState::Asks, None) => StatusCode::OK,
    };
    (status, html(page.html())).into_response()
}

/// The link of a secret, while it lets somebody in.
async fn open_link(application: &Application, secret: &str) -> Result<Option<PatientLink>, Fault> {
    let now = application.clock.now();
    let link = application
        .store
        .patient_link(application.tenant, &digest(secret))
        .await
        .context("reading a link")?;
    Ok(link.filter(|link| link.used_at.is_none() && now < link.expires_at))
}

/// Lets its owner in by their date of birth, once.
// Hazard: H45
pub async fn enter(
    State(application): State<Arc<Application>>,
    Path(secret): Path<String>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let again = |state, typed, problem| {
        Ok(door_page(
            &application,
            &told,
            &headers,
            &uri,
            (state, typed, problem),
        ))
    };
    let typed = Typed::of(&fields);
    let Some(link) = open_link(&application, &secret).await? else {
        return again(DoorState::Ended, typed, None);
    };
    let words = language(&told, &headers);
    let Some(birth_date) = typed.date() else {
        let says = Door::not_a_date(words);
        return again(DoorState::Asks, typed, Some(says));
    };
    let now = application.clock.now();
    let key = format!("link:{}", hex::encode(link.digest));
    let failures = store
        .throttle(tenant, &key)
        .await
        .context("reading the tries of a link")?
        .map_or(0, |known| known.failures);
    let known = patients::read(&application, link.patient).await?;
    let registered = known.as_ref().and_then(|known| known.registration.as_ref());
    if registered.is_none_or(|registered| registered.birth_date != birth_date) {
        let failures = failures + 1;
        store
            .set_throttle(tenant, &key, failures, None)
            .await
            .context("counting the tries of a link")?;
        if failures >= TRIES {
            store
                .use_patient_link(tenant, &link.digest, now)
                .await
                .context("ending a link")?;
            return again(DoorState::Ended, Typed::default(), None);
        }
        return again(DoorState::Asks, typed, Some(Door::wrong_date(words)));
    }
    if !store
        .use_patient_link(tenant, &link.digest, now)
        .await
        .context("using a link")?
    {
        return again(DoorState::Ended, Typed::default(), None);
    }
    store
        .clear_throttle(tenant, &key)
        .await
        .context("forgetting the tries of a link")?;
    // The address or the browser may say another language than the record: the person who reads
    // here and now is right.
    let spoken = match (&told.language, known.and_then(|known| known.contacts)) {
        (None, Some(contacts)) => contacts.language,
        (Some(_), _) | (None, None) => words,
    };
    let leads_to = if link.leads_to.starts_with("/my") {
        link.leads_to.as_str()
    } else {
        "/my"
    };
    welcome(&application, link.patient, Way::Link, spoken, leads_to).await
}

async fn welcome(
    application: &Application,
    patient: PatientId,
    way: Way,
    language: Language,
    leads_to: &str,
) -> Result<Response, Fault> {
    let secret = let_in(application, patient, way, language).await?;
    let name = own_cookie_name(application);
    let cookie = named_cookie(application, name, secret.reveal(), "43200")?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(leads_to)).into_response())
}

/// Ends the patient's sign-in on this device.
pub async fn leave(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let (store, tenant) = (&application.store, application.tenant);
    store
        .end_patient_login(tenant, &own.login)
        .await
        .context("ending a patient's sign-in")
        .map_err(Fault)?;
    store
        .end_login(tenant, &own.login)
        .await
        .context("ending a patient's sign-in")
        .map_err(Fault)?;
    let gone = named_cookie(&application, own_cookie_name(&application), "", "0")?;
    let account = set_cookie(&application, "", "0")?;
    let to = match own.way {
        Way::Tablet => "/sign-in",
        Way::Link | Way::Account => "/learn",
    };
    let cookies = AppendHeaders([(header::SET_COOKIE, gone), (header::SET_COOKIE, account)]);
    Ok((cookies, Redirect::to(to)).into_response())
}

/// Reads on in another language.
pub async fn speak(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let chosen = Language::from_tag(fields.text("language"))
        .ok_or_else(|| Problem::new("language", "This language is not known here."))?;
    let (store, tenant) = (&application.store, application.tenant);
    let known = store
        .patient_login(tenant, &own.login)
        .await
        .context("reading a patient's sign-in")
        .map_err(Fault)?;
    if let Some(known) = known {
        let spoken = PatientLogin {
            language: chosen.tag().to_owned(),
            ..known
        };
        store
            .add_patient_login(tenant, spoken)
            .await
            .context("writing a patient's sign-in")
            .map_err(Fault)?;
    }
    let back = fields.text("back");
    let back = if back.starts_with("/my") { back } else { "/my" };
    Ok(Redirect::to(back).into_response())
}

/// The page on which a patient makes an account of their own.
pub async fn account(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    account_page(&application, &own, &headers, &uri, "", None).await
}

async fn account_page(
    application: &Application,
    own: &Own,
    headers: &HeaderMap,
    uri: &Uri,
    typed: &str,
    problem: Option<&'static str>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let known = account_of(application, own.patient).await?;
    let page = AccountPage {
        frame: asked.own_frame(own),
        known: known.as_ref().map(|account| account.username.as_str()),
        typed,
        problem,
    };
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, html(page.html())).into_response())
}

async fn account_of(
    application: &Application,
    patient: PatientId,
) -> Result<Option<Account>, Fault> {
    let accounts = application
        .store
        .accounts(application.tenant)
        .await
        .context("reading accounts")?;
    Ok(accounts
        .into_iter()
        .find(|account| account.patient == Some(patient)))
}

/// Makes the account, or gives it another password.
pub async fn make_account(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let username = fields.text("username").to_owned();
    let typed = |name: &str| {
        let found = fields.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (password, repeated) = (typed("password"), typed("repeated"));
    let (store, tenant) = (&application.store, application.tenant);
    let holder = store
        .account_by_username(tenant, &username)
        .await
        .context("reading an account")
        .map_err(Fault)?;
    let words = AccountPage::problems(own.language);
    let problem = if username.is_empty() {
        Some(words.no_name)
    } else if holder.is_some_and(|holder| holder.patient != Some(own.patient)) {
        Some(words.taken)
    } else if password.chars().count() < 12 {
        Some(words.short)
    } else if password != repeated {
        Some(words.different)
    } else {
        None
    };
    if problem.is_some() {
        return account_page(&application, &own, &headers, &uri, &username, problem).await;
    }
    let known = account_of(&application, own.patient).await?;
    let account = Account {
        staff: known.map_or_else(|| StaffId(own.patient.0), |known| known.staff),
        username,
        display_name: own.name.clone(),
        role: Role::Patient,
        password_hash: hash_password(password).await.map_err(Fault)?,
        patient: Some(own.patient),
        disabled: false,
    };
    store
        .put_account(tenant, account)
        .await
        .context("saving an account")
        .map_err(Fault)?;
    Ok(Redirect::to("/my/account").into_response())
}

/// Staff: how this person is let in.
pub async fn let_in_page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let answer = let_in_answer(&application, &viewer, id, &headers, &uri, Made::Nothing).await?;
    read_by(&application, &viewer, id, "open how a person is let in").await?;
    Ok(answer)
}

async fn let_in_answer(
    application: &Application,
    viewer: &Viewer,
    id: PatientId,
    headers: &HeaderMap,
    uri: &Uri,
    made: Made,
) -> Result<Response, Refused> {
    let patient = patients::read(application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let page = LetIn {
        around: asked.around(Here::Patients, false),
        patient: &patient,
        id,
        made,
        lasts: LINK_LASTS,
    };
    Ok(html(page.html()).into_response())
}

/// Staff: makes a link and shows it, once; or sends one, which nobody here sees.
pub async fn make_link(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let patient = patients::read(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    // A record that was merged sends nobody to itself: the link is for the one that stays.
    let id = patient.registration.as_ref().map_or(id, |who| who.patient);
    let made = if fields.text("send").is_empty() {
        let link = patient_link(&application, id, "/my", LINK_LASTS).await?;
        noted(&application, &viewer, id, "make a link for a patient").await?;
        Made::Link(link)
    } else {
        let command_id = fields
            .text("command_id")
            .parse()
            .map_err(|_| Problem::new("command_id", "Not sent: reload this page."))?;
        send_link(&application, &viewer, id, &patient, command_id).await?;
        Made::Sent
    };
    let_in_answer(&application, &viewer, id, &headers, &uri, made).await
}

/// Sends a link by the person's first channel, now: somebody at the desk speaks with them.
async fn send_link(
    application: &Application,
    viewer: &Viewer,
    id: PatientId,
    patient: &Patient,
    command_id: Uuid,
) -> Result<(), Refused> {
    let language = patient
        .contacts
        .as_ref()
        .map_or(Language::English, |contacts| contacts.language);
    let (subject, text) = LetIn::message(language);
    let message = NewMessage {
        id: command_id,
        actor: viewer.actor(),
        patient: id,
        session: None,
        kind: "link",
        language,
        subject: subject.to_owned(),
        text: text.to_owned(),
        leads_to: Some("/my".to_owned()),
        due: Due::Now,
    };
    messages::queue(application, message).await
}

/// Staff: hands this tablet over. Whoever held it is signed out of it first.
// Hazard: H45
pub async fn hand_over(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<PatientId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let patient = patients::read(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let id = patient.registration.as_ref().map_or(id, |who| who.patient);
    noted(&application, &viewer, id, "hand the tablet to a patient").await?;
    application
        .store
        .end_login(application.tenant, &viewer.login)
        .await
        .context("ending a sign-in")
        .map_err(Fault)?;
    let language = patient
        .contacts
        .map_or(Language::English, |contacts| contacts.language);
    let secret = let_in(&application, id, Way::Tablet, language).await?;
    let name = own_cookie_name(&application);
    let own = named_cookie(&application, name, secret.reveal(), "43200")?;
    let staff = set_cookie(&application, "", "0")?;
    let cookies = AppendHeaders([(header::SET_COOKIE, own), (header::SET_COOKIE, staff)]);
    Ok((cookies, Redirect::to("/my")).into_response())
}

async fn noted(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    action: &str,
) -> Result<(), Fault> {
    let entry = AuditEntry {
        at: application.clock.now(),
        actor: viewer.actor(),
        action: action.to_owned(),
        patient: Some(patient),
        session: None,
        detail: String::new(),
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting who did it")
        .map_err(Fault)
}

impl Typed {
    pub(super) fn of(fields: &Fields) -> Self {
        Self {
            day: fields.text("day").to_owned(),
            month: fields.text("month").to_owned(),
            year: fields.text("year").to_owned(),
        }
    }

    /// The date, if the calendar has it.
    pub(super) fn date(&self) -> Option<CivilDate> {
        CivilDate::new(
            self.year.parse().ok()?,
            self.month.parse().ok()?,
            self.day.parse().ok()?,
        )
        .ok()
    }
}
