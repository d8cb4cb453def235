//! One person's integration, for staff: the plan, and the brief of what happened.

use super::access::TALK;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::integration_groups::names_nobody_else;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::integration::PersonIntegration;
use super::pages::integration_brief::{Brief, SharedItem};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::book::{LocalTime, written_time};
use crate::identity::Viewer;
use crate::integration::{self, By, Whole};
use crate::{keepsakes, wishes};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::integration::{AmendmentKind, ContactKind, Mode};
use clinical::course::keepsake::Form;
use clinical::leaflet::Language;
use clinical::record::{PatientId, SessionId};
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// A person in whichever of their records; a merged one leads to the one that stays.
pub(super) async fn whole(
    application: &Application,
    patient: PatientId,
    now: Moment,
) -> Result<Whole, Refused> {
    Whole::of(application, patient, now)
        .await?
        .ok_or(Refused::NotFound)
}

/// One person's plan.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let whole = whole(&application, patient, application.clock.now()).await?;
    if whole.stays != patient {
        return Ok(leads_to(whole.stays).into_response());
    }
    let shown = shown(&application, &viewer, &whole, (&headers, &uri), None);
    read_by(&application, &viewer, patient, "open the integration").await?;
    Ok(shown)
}

pub(super) fn leads_to(patient: PatientId) -> Redirect {
    Redirect::to(&format!("/patients/{patient}/integration"))
}

fn shown(
    application: &Application,
    viewer: &Viewer,
    whole: &Whole,
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<String>,
) -> Response {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let around = asked.around(Here::Patients, false);
    let rules = Arc::clone(&application.in_force().integration);
    let page = PersonIntegration {
        strip: IdentityStrip::of(&whole.person, around.now, around.zone),
        around,
        patient: whole.stays,
        whole,
        prompts: &rules.prompts,
        reader: viewer.actor(),
        may_read: TALK.include(viewer.role),
        may_write: TALK.include(viewer.role),
        refused,
    };
    html(page.html()).into_response()
}

/// A form that belongs to another person's page writes nothing.
// Hazard: H02
pub(super) fn check_patient(fields: &Fields, patient: PatientId) -> Result<(), Problem> {
    if fields.text("patient") == patient.to_string() {
        return Ok(());
    }
    let says = "Not saved: this form belongs to somebody else's page. Reload it.";
    Err(Problem::new("patient", says))
}

/// A day is agreed or called off, a contact is not held, or more is written to a signed note.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    check_patient(&fields, patient)?;
    let known = whole(&application, patient, application.clock.now()).await?;
    match acted(&application, &viewer, &known, &fields).await {
        Ok(()) => Ok(leads_to(known.stays).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some(refused.says());
            let page = shown(&application, &viewer, &known, (&headers, &uri), says);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn acted(
    application: &Application,
    viewer: &Viewer,
    whole: &Whole,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = command_id(fields, Language::English)?;
    let by = |record| By {
        command_id,
        actor: viewer.actor(),
        record,
    };
    let (reason, words) = (fields.text("reason"), fields.text("words"));
    let what = fields.text("what");
    match what {
        "book" => {
            let contact = (kind_of(fields)?, session_of(fields, whole)?);
            let at = required_moment(application, fields, "at")?;
            let mode = mode_of(fields)?;
            let booking = Uuid::new_v5(&command_id.0, b"booking");
            let text = format!("{contact:?} {at} {mode:?}");
            let action = "agree a day for integration";
            integration::act(application, by(whole.stays), action, text, |known, now| {
                known.book(booking, contact, (at, mode, None), now)
            })
            .await?;
        }
        "cancel" => {
            let booking = named(fields, "booking")?;
            let text = format!("{booking} {reason}");
            let action = "call off a day for integration";
            let record =
                whole.record_with(|known| known.bookings.iter().any(|one| one.booking == booking));
            integration::act(application, by(record), action, text, |known, _| {
                known.cancel(booking, reason)
            })
            .await?;
        }
        "miss" => {
            let (kind, session) = (kind_of(fields)?, session_of(fields, whole)?);
            let text = format!("{kind:?} {session:?} {reason}");
            let action = "say that a contact is not held";
            integration::act(application, by(whole.stays), action, text, |known, _| {
                known.miss(kind, session, reason)
            })
            .await?;
        }
        "addendum" | "correction" => {
            let note = named(fields, "note")?;
            let kind = if what == "addendum" {
                AmendmentKind::Addendum
            } else {
                AmendmentKind::Correction
            };
            let text = format!("{note} {kind:?} {words} {reason}");
            let group = whole.known.note(note).and_then(|one| one.note.group);
            let written = [words, reason].into_iter();
            names_nobody_else(application, whole, group, written).await?;
            let action = "write to a signed note of integration";
            let record = whole.record_with(|known| known.note(note).is_some());
            integration::act(application, by(record), action, text, |known, _| {
                known.amend(note, kind, words, reason)
            })
            .await?;
        }
        _ => return Err(Problem::new("what", "Not saved: reload the page.").into()),
    }
    Ok(())
}

pub(super) fn named(fields: &Fields, name: &str) -> Result<Uuid, Problem> {
    fields
        .text(name)
        .parse()
        .map_err(|_| Problem::new(name, "Not saved: reload the page."))
}

pub(super) fn kind_of(fields: &Fields) -> Result<ContactKind, Problem> {
    ContactKind::of_word(fields.text("kind"))
        .ok_or_else(|| Problem::new("kind", "Not saved: reload the page."))
}

pub(super) fn mode_of(fields: &Fields) -> Result<Mode, Problem> {
    Mode::of_word(fields.text("mode"))
        .ok_or_else(|| Problem::new("mode", "Not saved: choose how it is held."))
}

/// A session of this person; none where none is named. Somebody else's is a problem.
// Hazard: H02
pub(super) fn session_of(fields: &Fields, whole: &Whole) -> Result<Option<SessionId>, Problem> {
    let unread = || Problem::new("session", "Not saved: reload the page.");
    let text = fields.text("session");
    if text.is_empty() {
        return Ok(None);
    }
    let session: SessionId = text.parse().map_err(|_| unread())?;
    let own = whole.given.iter().any(|one| one.session == session);
    own.then_some(Some(session)).ok_or_else(unread)
}

/// A time of the clock in the clinic's zone; of an hour that comes twice it is the first one.
pub(super) fn moment_of(
    application: &Application,
    fields: &Fields,
    name: &str,
) -> Result<Option<Moment>, Problem> {
    let text = fields.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    let unread = || Problem::new(name, "Not saved: write the day and the time.");
    match written_time(&application.zone, text).ok_or_else(unread)? {
        LocalTime::Once(at) | LocalTime::Twice(at, _) => Ok(Some(at)),
        LocalTime::Never => Err(Problem::new(
            name,
            "Not saved: the clocks leave this hour out on that day. Write another time.",
        )),
    }
}

pub(super) fn required_moment(
    application: &Application,
    fields: &Fields,
    name: &str,
) -> Result<Moment, Problem> {
    moment_of(application, fields, name)?
        .ok_or_else(|| Problem::new(name, "Not saved: write the day and the time."))
}

/// What happened, for whoever talks with the person.
// Hazard: H45, H68
pub async fn brief(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let known = whole(&application, patient, asked.now()).await?;
    if known.stays != patient {
        let to = format!("/patients/{}/integration/brief", known.stays);
        return Ok(Redirect::to(&to).into_response());
    }
    let rules = Arc::clone(&application.in_force().integration);
    let mut shared = Vec::new();
    for (record, _) in &known.records {
        // What is shared is read anew for every look, through the one function that gives it alone.
        let kept = keepsakes::of(&application, *record).await?.state;
        for item in kept.shared() {
            let words = match item.form {
                Form::Word => keepsakes::contents(&application, *record, item)
                    .await?
                    .and_then(|bytes| String::from_utf8(bytes).ok()),
                Form::Drawing | Form::Voice => None,
            };
            let prompt = item
                .prompt
                .as_deref()
                .and_then(|id| rules.prompts.prompt(id));
            shared.push(SharedItem {
                id: item.keepsake,
                record: *record,
                session: item.session,
                at: item.at,
                prompt: prompt.map(|prompt| prompt.says(Language::English).to_owned()),
                changes: prompt.is_some_and(|prompt| prompt.changes),
                words,
                is_drawing: item.form == Form::Drawing,
            });
        }
    }
    shared.sort_by_key(|item| std::cmp::Reverse(item.at));
    let wished = wishes::of(&application, known.stays).await?.state;
    let around = asked.around(Here::Patients, false);
    let page = Brief {
        strip: IdentityStrip::of(&known.person, around.now, around.zone),
        around,
        patient,
        whole: &known,
        wishes: &wished,
        shared,
    };
    read_by(&application, &viewer, patient, "open the brief").await?;
    Ok(html(page.html()).into_response())
}
