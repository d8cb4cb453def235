//! A patient asks for a new link themselves. What the page says is the same whether the clinic
//! knows them or not, so that nobody learns here who is a patient.

use super::form::Fields;
use super::leaflets::{Told, language};
use super::page::{Asked, html};
use super::pages::door::{LetIn, NewLink, NewLinkState, Typed};
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::digest;
use crate::messages::{self, Due, NewMessage};
use crate::patients;
use crate::projection::{LIKENESS, likeness_state};
use crate::web::respond::Refused;
use anyhow::Context as _;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Contacts, Known, Registration, Sex, keys};
use clinical::record::{Actor, PatientId};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use store::{AuditEntry, CourseSearch};
use units::Span;
use uuid::Uuid;

/// So often a link may be asked for with one address or number before it waits. Source: the
/// project's choice, for the clinic to confirm.
const ASKS_OF_A_CONTACT: u32 = 3;

/// So often from one place in the network, where a household or a clinic's guests may share one.
/// Source: the project's choice, for the clinic to confirm.
const ASKS_FROM_A_PLACE: u32 = 20;

/// For so long it waits then.
const WAIT: Span = Span::from_hours(1);

/// Within this time, one person is sent one link, however often it is asked for.
const ONE_LINK_IN: Span = Span::from_minutes(10);

/// How many records that share an address are looked at: a family may share one.
const COMPARED: usize = 20;

/// What was done, as the audit names it.
const ACTION: &str = "a patient asks for a new link";

/// Where there is no link, or one's time is over.
pub async fn page(
    State(application): State<Arc<Application>>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let state = NewLinkState::Asks(None);
    answer(
        &application,
        &told,
        &headers,
        &uri,
        (state, "", Typed::default()),
    )
}

/// After it was asked for.
pub async fn asked(
    State(application): State<Arc<Application>>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let state = NewLinkState::Asked;
    answer(
        &application,
        &told,
        &headers,
        &uri,
        (state, "", Typed::default()),
    )
}

fn answer(
    application: &Application,
    told: &Told,
    headers: &HeaderMap,
    uri: &Uri,
    (state, contact, typed): (NewLinkState, &str, Typed),
) -> Response {
    let asked = Asked::new(application, None, headers, uri);
    let page = NewLink {
        frame: asked.door_frame(language(told, headers)),
        state,
        contact,
        typed,
    };
    let status = match state {
        NewLinkState::Asks(Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        NewLinkState::TooOften => StatusCode::TOO_MANY_REQUESTS,
        NewLinkState::Asks(None) | NewLinkState::Asked => StatusCode::OK,
    };
    (status, html(page.html())).into_response()
}

/// Asks for a link: what is answered depends on what was typed and how often, and on nothing that
/// the clinic knows.
// Hazard: H45
pub async fn ask(
    State(application): State<Arc<Application>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Fault> {
    let words = language(&told, &headers);
    let contact = fields.text("contact").to_owned();
    let typed = Typed::of(&fields);
    let again = |state, typed| {
        answer(
            &application,
            &told,
            &headers,
            &uri,
            (state, &contact, typed),
        )
    };
    let Some(born) = typed.date() else {
        let says = NewLink::not_a_date(words);
        return Ok(again(NewLinkState::Asks(Some(says)), typed));
    };
    let Some(key) = key_of(&contact, born) else {
        let says = NewLink::not_a_contact(words);
        return Ok(again(NewLinkState::Asks(Some(says)), typed));
    };
    // The address itself is not kept: whoever reads the store learns nothing of who asked.
    let contact_key = hex::encode(digest(&likeness_state(key.0, &key.1)));
    let place = place_of(peer.ip(), &headers);
    for (key, most) in [
        (format!("asks from {place}"), ASKS_FROM_A_PLACE),
        (format!("asks {contact_key}"), ASKS_OF_A_CONTACT),
    ] {
        if !counted(&application, &key, most).await? {
            return Ok(again(NewLinkState::TooOften, Typed::default()));
        }
    }
    // How long the answer takes says nothing either: the search begins after it. Were it lost,
    // the person would ask again.
    let behind = Arc::clone(&application);
    tokio::spawn(async move {
        if let Err(error) = send(&behind, key, born).await {
            let cause = format!("{:#}", error.0);
            tracing::error!(cause, "a patient's new link was not sent");
        }
    });
    Ok(Redirect::to(&format!("/p/asked?language={}", words.tag())).into_response())
}

/// By which rows somebody with this address or number is found; none when it is neither.
fn key_of(contact: &str, born: CivilDate) -> Option<(&'static str, String)> {
    let mut contacts = Contacts::unknown(Language::English);
    if contact.contains('@') {
        contacts.email = Some(contact.to_owned());
    } else {
        contacts.mobile = Some(contact.to_owned());
    }
    reached(&registration(born), &contacts).into_iter().next()
}

/// Nobody yet, born then.
fn registration(born: CivilDate) -> Registration {
    Registration {
        patient: PatientId(Uuid::nil()),
        record_number: String::new(),
        family_name: String::new(),
        given_name: String::new(),
        birth_date: born,
        sex: Sex::Unknown,
    }
}

/// The texts by which somebody is found through how they are reached.
fn reached(registration: &Registration, contacts: &Contacts) -> BTreeMap<&'static str, String> {
    let known = Known {
        registration,
        contacts: Some(contacts),
    };
    let mut keys: BTreeMap<&'static str, String> = keys(known).into_iter().collect();
    keys.remove("born");
    keys
}

/// Where a request comes from: the peer, or whom a proxy on this machine names; of IPv6 the
/// network, because one machine has many addresses in it.
pub(super) fn place_of(peer: IpAddr, headers: &HeaderMap) -> String {
    // The last one was written by the proxy itself; what stands before it, anybody may write.
    let named = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    match named.filter(|_| peer.is_loopback()).unwrap_or(peer) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [first, second, third, fourth, ..] = address.segments();
            format!("{first:x}:{second:x}:{third:x}:{fourth:x}::/64")
        }
    }
}

/// Counts one more; false when it has to wait.
async fn counted(application: &Application, key: &str, most: u32) -> Result<bool, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let now = application.clock.now();
    let known = store
        .throttle(tenant, key)
        .await
        .context("reading how often a link was asked for")?;
    let before = match known {
        Some(known) => match known.locked_until {
            Some(until) if until > now => return Ok(false),
            // The wait is over: it is counted from the beginning.
            Some(_) => 0,
            None => known.failures,
        },
        None => 0,
    };
    let asks = before + 1;
    let locked_until = (asks >= most).then(|| now + WAIT);
    store
        .set_throttle(tenant, key, asks, locked_until)
        .await
        .context("counting how often a link was asked for")?;
    Ok(true)
}

/// Sends a link to the one person whom address and date of birth name, as their record says that
/// they are reached, and notes it.
async fn send(
    application: &Application,
    (kind, text): (&'static str, String),
    born: CivilDate,
) -> Result<(), Fault> {
    let search = CourseSearch {
        part: LIKENESS.to_owned(),
        state: Some(likeness_state(kind, &text)),
        count: COMPARED,
        ..CourseSearch::default()
    };
    let rows = application
        .store
        .course_rows(application.tenant, &search)
        .await
        .context("looking for who asks for a link")?;
    let mut found = BTreeMap::new();
    for candidate in rows.into_iter().filter_map(|row| row.patient) {
        let Some(patient) = patients::read(application, candidate).await? else {
            continue;
        };
        let (Some(registered), Some(contacts)) = (patient.registration, patient.contacts) else {
            continue;
        };
        let is_reached = reached(&registered, &contacts).get(kind) == Some(&text);
        if is_reached && registered.birth_date == born {
            found.insert(registered.patient, contacts);
        }
    }
    let (patient, detail) = match found.pop_first() {
        None => (None, "nobody has this address and this date of birth"),
        // A link does not say whose it is: twins with one address would open each other's pages.
        Some(_) if !found.is_empty() => (None, "more than one person has them; none was sent"),
        Some((patient, contacts)) if contacts.channels.is_empty() => {
            (Some(patient), "not sent: the person agreed to no message")
        }
        Some((patient, contacts)) => {
            queue(application, patient, contacts.language).await?;
            (Some(patient), "a link was put into the outbox")
        }
    };
    let entry = AuditEntry {
        at: application.clock.now(),
        actor: itself(),
        action: ACTION.to_owned(),
        patient,
        session: None,
        detail: detail.to_owned(),
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting who asked for a link")
        .map_err(Fault)
}

async fn queue(
    application: &Application,
    patient: PatientId,
    language: Language,
) -> Result<(), Fault> {
    let now = application.clock.now().microseconds();
    let while_one_is_enough = now / ONE_LINK_IN.microseconds();
    let (subject, text) = LetIn::message(language);
    let message = NewMessage {
        id: Uuid::new_v5(
            &patient.0,
            format!("asked for {while_one_is_enough}").as_bytes(),
        ),
        actor: itself(),
        patient,
        session: None,
        kind: "link",
        language,
        subject: subject.to_owned(),
        text: text.to_owned(),
        leads_to: Some("/my".to_owned()),
        due: Due::Now,
    };
    match messages::queue(application, message).await {
        Ok(()) => Ok(()),
        Err(Refused::Fault(fault)) => Err(fault),
        Err(other) => Err(Fault(anyhow::anyhow!("{}", other.says()))),
    }
}

fn itself() -> Actor {
    Actor::System {
        part: "the patient's door".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_says_where_a_request_comes_from() {
        let mut headers = HeaderMap::new();
        let forwarded = "203.0.113.9, 198.51.100.7".parse().unwrap();
        headers.insert("x-forwarded-for", forwarded);
        let here = IpAddr::from([127, 0, 0, 1]);
        let other = IpAddr::from([192, 0, 2, 4]);
        assert_eq!(place_of(here, &headers), "198.51.100.7");
        assert_eq!(place_of(other, &headers), "192.0.2.4");
        assert_eq!(place_of(here, &HeaderMap::new()), "127.0.0.1");
        let six: IpAddr = "2001:db8:1:2:3:4:5:6".parse().unwrap();
        assert_eq!(place_of(six, &HeaderMap::new()), "2001:db8:1:2::/64");
    }

    #[test]
    fn a_number_is_found_however_it_is_written_and_a_word_is_none() {
        let born = "1979-08-21".parse().unwrap();
        let key = |contact: &str| key_of(contact, born);
        assert_eq!(key("+57 300 1234567"), key("300-123-4567"));
        assert_eq!(key(" Rosa@Example.org"), key("rosa@example.org"));
        assert_eq!(key("rosa"), None);
        assert_eq!(key(""), None);
    }
}
