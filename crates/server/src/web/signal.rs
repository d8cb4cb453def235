//! The patient's signal: the device by the chair, how it is let in, and its live answer.

use super::form::{Fields, Problem};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::signal::{SignalCode, SignalPad, SignalPair};
use super::pages::signal_words::SignalWords;
use super::respond::Refused;
use super::signing::named_cookie;
use crate::application::Application;
use crate::command::{Order, execute};
use crate::fault::Fault;
use crate::identity::{Secret, Viewer, is_same};
use crate::patients;
use crate::session_registry::SessionCell;
use crate::signal::{COOKIE, Device, cookie_value, device_digest, device_of};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::session::signal::{AUTHOR, answered};
use clinical::course::session::{Command, Meaning, Session, SignalAct};
use clinical::leaflet::Language;
use clinical::record::{Actor, CommandId, SessionId};
use futures_util::stream::Stream;
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

/// The device hears from the server at least this often, so that silence means loss.
// Hazard: H03
const BEAT: Duration = Duration::from_secs(1);

/// What the address of the pairing page may say.
#[derive(Default, Deserialize)]
pub struct Shown {
    #[serde(default)]
    code: String,
    #[serde(default)]
    wrong: Option<String>,
}

/// The dark surface; or, on a device that is no signal, the question for the code.
pub async fn pad(
    State(application): State<Arc<Application>>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let around = asked.around(Here::Elsewhere, false);
    let Some(device) = device_of(&application, &headers).await? else {
        let digits: String = shown.code.chars().filter(char::is_ascii_digit).collect();
        let page = SignalPair {
            around,
            code: digits,
            wrong: shown.wrong.is_some(),
        };
        return Ok(html(page.html()).into_response());
    };
    let language = language_of(&application, &device.session).await?;
    let words = SignalWords::of(language);
    // Without scripts the page is read anew every few seconds, and that is its sign of life.
    application.signals.hear(device.session.id, asked.now());
    let page = SignalPad {
        around,
        room: &device.session.room,
        csrf: &device.csrf,
        says: says(&device.session, words),
        language,
    };
    Ok(html(page.html()).into_response())
}

/// Lets a device in by the code on a staff member's screen. What it may open is this one
/// session's signal, and nothing else.
// Hazard: H02
pub async fn pair(
    State(application): State<Arc<Application>>,
    fields: Fields,
) -> Result<Response, Refused> {
    let now = application.clock.now();
    let Some((session, shown_by)) = application.signals.use_code(fields.text("code"), now) else {
        return Ok(Redirect::to("/signal?wrong=1").into_response());
    };
    let secret = Secret::new();
    let order = Order {
        command_id: CommandId(Uuid::now_v7()),
        session,
        actor: shown_by,
        command: Command::UseSignal {
            act: SignalAct::Pair {
                device: device_digest(secret.reveal()),
            },
        },
        at: None,
    };
    execute(&application, order).await?;
    application.signals.hear(session, now);
    let value = cookie_value(session, secret.reveal());
    let cookie = named_cookie(&application, COOKIE, &value, "43200")?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/signal")).into_response())
}

fn check(device: &Device, fields: &Fields) -> Result<(), Refused> {
    let given = fields.text("csrf");
    if is_same(&device.csrf, given) {
        Ok(())
    } else {
        Err(Refused::Forbidden(
            "Not saved: this page is older than its connection. Reload it.",
        ))
    }
}

/// The person signals. "Felt" on the device is said only after this has answered.
pub async fn give(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refused> {
    let scripted = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    let Some(device) = device_of(&application, &headers).await? else {
        return Ok(gone(scripted));
    };
    check(&device, &fields)?;
    let meaning = Meaning::of_word(fields.text("meaning"))
        .ok_or_else(|| Problem::new("meaning", "This signal is not known."))?;
    let command_id: CommandId = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "This form has no number. Reload the page."))?;
    application
        .signals
        .hear(device.session.id, application.clock.now());
    let order = Order {
        command_id,
        session: device.session.id,
        actor: Actor::Device {
            name: AUTHOR.to_owned(),
        },
        command: Command::UseSignal {
            act: SignalAct::Give {
                device: device.digest,
                meaning,
            },
        },
        at: None,
    };
    execute(&application, order).await?;
    if scripted {
        return Ok(axum::Json(json!({ "saved": true })).into_response());
    }
    Ok(Redirect::to("/signal").into_response())
}

/// A sign of life.
pub async fn beat(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refused> {
    let Some(device) = device_of(&application, &headers).await? else {
        return Ok(gone(true));
    };
    check(&device, &fields)?;
    application
        .signals
        .hear(device.session.id, application.clock.now());
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The device is no signal any more: it says so at once, and loudly for whoever looks.
fn gone(scripted: bool) -> Response {
    if scripted {
        (StatusCode::GONE, axum::Json(json!({ "gone": true }))).into_response()
    } else {
        Redirect::to("/signal").into_response()
    }
}

/// What the device shows, in a few words.
fn says(session: &Session, words: &SignalWords) -> String {
    let Some(last) = session.signal.given.last() else {
        return words.ready.to_owned();
    };
    if last.test {
        return words.tried(last.meaning);
    }
    match answered(session, last) {
        Some(_) => words.seen.to_owned(),
        None => words.sent(last.meaning),
    }
}

/// The language that the person reads in, as their record has it.
async fn language_of(application: &Application, session: &Session) -> Result<Language, Fault> {
    let Some(patient) = session.patient else {
        return Ok(Language::English);
    };
    let known = patients::read(application, patient).await?;
    let contacts = known.and_then(|known| known.contacts);
    Ok(contacts.map_or(Language::English, |contacts| contacts.language))
}

fn state(session: &Session, digest: &str, words: &SignalWords) -> Value {
    let last = session.signal.given.last();
    json!({
        "gone": !session.stage.is_present() || !session.signal.is(digest),
        "says": says(session, words),
        "given": last.map(|last| last.number),
        "answered": last.is_some_and(|last| answered(session, last).is_some()),
        "test": session.signal.test_asked.is_some() && session.signal.test_arrived().is_none(),
    })
}

/// The live answer to the device: that staff have seen it, that a try is asked for, that it ended.
pub async fn live(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Some(device) = device_of(&application, &headers).await? else {
        return Ok(gone(true));
    };
    let cell = application.sessions.cell(device.session.id).await?;
    let words = SignalWords::of(language_of(&application, &device.session).await?);
    let follower = Follower {
        entries: cell.changes(),
        first: true,
        ended: false,
        digest: device.digest,
        words,
        application,
        cell,
    };
    Ok(Sse::new(follow(follower)).into_response())
}

struct Follower {
    application: Arc<Application>,
    cell: Arc<SessionCell>,
    digest: String,
    words: &'static SignalWords,
    entries: watch::Receiver<u64>,
    first: bool,
    ended: bool,
}

fn follow(follower: Follower) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(follower, |mut follower| async move {
        if follower.ended {
            return None;
        }
        if !std::mem::take(&mut follower.first) {
            let stop = follower.application.shutdown.clone();
            tokio::select! {
                _ = follower.entries.changed() => {}
                () = sleep(BEAT) => {}
                () = stop.cancelled() => return None,
            }
        }
        follower.entries.borrow_and_update();
        let state = state(&follower.cell.state(), &follower.digest, follower.words);
        follower.ended = state["gone"] == true;
        let event = Event::default().event("signal").data(state.to_string());
        Some((Ok(event), follower))
    })
}

/// Staff's page: a code and its picture for the device, and how the signal stands.
pub async fn code(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let (session, patient) = super::room::opened(&application, &viewer, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let now = asked.now();
    let code = session
        .stage
        .is_present()
        .then(|| application.signals.show_code(id, viewer.actor(), now));
    let page = SignalCode {
        around: asked.around(Here::Session, false),
        session: &session,
        patient: &patient,
        address: &application.base_url,
        code,
        heard: application.signals.heard(id),
    };
    Ok(html(page.html()).into_response())
}
