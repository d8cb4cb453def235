//! The person under treatment, as the one who asks: let in by a link, by an account, or on the
//! clinic's tablet. Whatever they open is their own; no address names whose it is.

use super::{Secret, Viewer, cookie, digest};
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use axum::http::HeaderMap;
use clinical::leaflet::Language;
use clinical::record::{Actor, PatientId, Role, StaffId};
use store::{AuditEntry, PatientLink, PatientLogin};
use units::Span;

/// By a link or an account, a sign-in ends after this much time without a request.
/// Source: safety reference 9.3, default.
const IDLE: Span = Span::from_minutes(60);
/// On the clinic's tablet, which others may pick up.
const IDLE_ON_THE_TABLET: Span = Span::from_minutes(15);
/// A patient's sign-in ends after this much time whatever happens.
const LONGEST: Span = Span::from_hours(12);
/// How often the time of the last request is written.
const SEEN_EVERY: Span = Span::from_minutes(1);

/// How somebody came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a link and their date of birth.
    Link,
    /// By a name and a password of their own.
    Account,
    /// On the clinic's tablet, handed over by staff.
    Tablet,
}

impl Way {
    /// Its word in the store and in records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Account => "account",
            Self::Tablet => "tablet",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        [Self::Link, Self::Account, Self::Tablet]
            .into_iter()
            .find(|way| way.word() == word)
    }

    const fn idle(self) -> Span {
        match self {
            Self::Link | Self::Account => IDLE,
            Self::Tablet => IDLE_ON_THE_TABLET,
        }
    }
}

/// The patient who asks.
#[derive(Clone, Debug)]
pub struct Own {
    /// Who: every record that the request may touch is this person's.
    pub patient: PatientId,
    /// Given name, then family name.
    pub name: String,
    /// The language that they read in.
    pub language: Language,
    /// The token that every form of this sign-in carries.
    pub csrf: String,
    /// How they came in.
    pub way: Way,
    /// The digest of the cookie's secret.
    pub login: [u8; 32],
}

impl Own {
    /// As the record names them.
    pub fn actor(&self) -> Actor {
        Actor::Person {
            id: StaffId(self.patient.0),
            name: self.name.clone(),
            role: Role::Patient,
        }
    }
}

/// The name of the patient's cookie; where the address is https the browser is told to hold it
/// there.
pub fn own_cookie_name(application: &Application) -> &'static str {
    if application.base_url.starts_with("https://") {
        "__Host-evenkeel-own"
    } else {
        "evenkeel-own"
    }
}

/// Which patient asks, from the patient's cookie, or from the sign-in of a patient's account.
// Hazard: H45
pub async fn own_of(
    application: &Application,
    headers: &HeaderMap,
    viewer: Option<&Viewer>,
) -> Result<Option<Own>, Fault> {
    if let Some(secret) = cookie(headers, own_cookie_name(application))
        && let Some(own) = by_cookie(application, &secret).await?
    {
        return Ok(Some(own));
    }
    match viewer {
        Some(viewer) if viewer.role == Role::Patient => by_account(application, viewer).await,
        Some(_) | None => Ok(None),
    }
}

async fn by_cookie(application: &Application, secret: &str) -> Result<Option<Own>, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let login = digest(secret);
    let Some(known) = store
        .patient_login(tenant, &login)
        .await
        .context("reading a patient's sign-in")?
    else {
        return Ok(None);
    };
    let Some(way) = Way::of_word(&known.way) else {
        return Ok(None);
    };
    let now = application.clock.now();
    if now >= known.expires_at || now - known.last_seen_at > way.idle() {
        return Ok(None);
    }
    let Some(name) = name_of(application, known.patient).await? else {
        return Ok(None);
    };
    let own = Own {
        patient: known.patient,
        name,
        language: Language::from_tag(&known.language).unwrap_or(Language::English),
        csrf: hex::encode(digest(&format!("form {secret}"))),
        way,
        login,
    };
    if now - known.last_seen_at > SEEN_EVERY {
        let seen = PatientLogin {
            last_seen_at: now,
            ..known
        };
        store
            .add_patient_login(tenant, seen)
            .await
            .context("writing a patient's sign-in")?;
    }
    Ok(Some(own))
}

async fn by_account(application: &Application, viewer: &Viewer) -> Result<Option<Own>, Fault> {
    let Some(patient) = viewer.patient else {
        return Ok(None);
    };
    let known = crate::patients::read(application, patient).await?;
    let language = known
        .and_then(|known| known.contacts)
        .map_or(Language::English, |contacts| contacts.language);
    Ok(name_of(application, patient).await?.map(|name| Own {
        patient,
        name,
        language,
        csrf: viewer.csrf.clone(),
        way: Way::Account,
        login: viewer.login,
    }))
}

async fn name_of(application: &Application, patient: PatientId) -> Result<Option<String>, Fault> {
    let row = application
        .store
        .patient(application.tenant, patient)
        .await
        .context("reading a patient's name")?;
    Ok(row.map(|row| format!("{} {}", row.given_name, row.family_name)))
}

/// Lets a patient in: the cookie's secret.
pub async fn let_in(
    application: &Application,
    patient: PatientId,
    way: Way,
    language: Language,
) -> Result<Secret, Fault> {
    let secret = Secret::new();
    let now = application.clock.now();
    let login = PatientLogin {
        digest: secret.digest(),
        patient,
        way: way.word().to_owned(),
        language: language.tag().to_owned(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + LONGEST,
    };
    application
        .store
        .add_patient_login(application.tenant, login)
        .await
        .context("writing a patient's sign-in")?;
    came_in(application, patient, way).await?;
    Ok(secret)
}

/// Notes that somebody came in as this patient: whoever reads who opened their record sees whether
/// it was they themselves.
// Hazard: H45, H72
pub(crate) async fn came_in(
    application: &Application,
    patient: PatientId,
    way: Way,
) -> Result<(), Fault> {
    let name = name_of(application, patient).await?.unwrap_or_default();
    let entry = AuditEntry {
        at: application.clock.now(),
        actor: Actor::Person {
            id: StaffId(patient.0),
            name,
            role: Role::Patient,
        },
        action: "let in".to_owned(),
        patient: Some(patient),
        session: None,
        detail: format!("by {}", way.word()),
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting that a patient came in")?;
    Ok(())
}

/// A new link that lets a patient in once, with their date of birth: its whole address.
///
/// `leads_to` is a path of this server that begins with `/my`.
pub async fn patient_link(
    application: &Application,
    patient: PatientId,
    leads_to: &str,
    lasts: Span,
) -> Result<String, Fault> {
    let secret = Secret::new();
    let now = application.clock.now();
    let link = PatientLink {
        digest: secret.digest(),
        patient,
        leads_to: leads_to.to_owned(),
        created_at: now,
        expires_at: now + lasts,
        used_at: None,
    };
    application
        .store
        .add_patient_link(application.tenant, link)
        .await
        .context("keeping a link")?;
    Ok(format!("{}/p/{}", application.base_url, secret.reveal()))
}
