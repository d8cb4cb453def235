//! What is written about one contact of integration: the form, saving, and signing.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::integration::{
    check_patient, kind_of, leads_to, mode_of, named, required_moment, session_of, whole,
};
use super::integration_groups::names_nobody_else;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::integration::about;
use super::pages::integration_write::WriteNote;
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::identity::Viewer;
use crate::integration::{self, By, Whole};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use clinical::course::follow_up::Thoughts;
use clinical::course::integration::{
    Action, Consented, ContactKind, Disclosed, Mode, Note, ReportCheck,
};
use clinical::leaflet::Language;
use clinical::record::{CommandId, PatientId, SessionId};
use serde::Deserialize;
use std::sync::Arc;
use units::Span;
use uuid::Uuid;

/// Which contact is to be written about, or which note further.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    session: String,
    #[serde(default)]
    note: String,
}

/// The form.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let now = application.clock.now();
    let known = whole(&application, patient, now).await?;
    let (id, note) = if wanted.note.is_empty() {
        let kind = ContactKind::of_word(&wanted.kind).unwrap_or(ContactKind::Other);
        let session = wanted.session.parse::<SessionId>().ok();
        let own = session.filter(|id| known.given.iter().any(|one| one.session == *id));
        let mut note = Note::new(kind, now.start_of(Span::from_minutes(1)), Mode::InPerson);
        // A contact that no schedule asks for is about the newest session.
        let newest = known.given.last().map(|one| one.session);
        note.session = own.or(newest.filter(|_| kind == ContactKind::Other));
        (Uuid::now_v7(), note)
    } else {
        let id: Uuid = wanted.note.parse().map_err(|_| Refused::NotFound)?;
        let written = known.known.note(id).ok_or(Refused::NotFound)?;
        // A draft is its author's; a signed note is read on the plan.
        let author = viewer.actor();
        let mut own = known.known.drafts_of(&author).map(|one| one.id);
        if !own.any(|draft| draft == id) {
            return Ok(leads_to(known.stays).into_response());
        }
        (id, written.note.clone())
    };
    read_by(&application, &viewer, patient, "open a note of integration").await?;
    Ok(form(
        &application,
        &viewer,
        &known,
        (&headers, &uri),
        (id, note),
        None,
    ))
}

fn form(
    application: &Application,
    viewer: &Viewer,
    whole: &Whole,
    (headers, uri): (&HeaderMap, &Uri),
    (note, written): (Uuid, Note),
    refused: Option<String>,
) -> Response {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let around = asked.around(Here::Patients, false);
    let rules = Arc::clone(&application.in_force().integration);
    let page = WriteNote {
        strip: IdentityStrip::of(&whole.person, around.now, around.zone),
        about: about(whole, written.session, &around.clock()),
        around,
        patient: whole.stays,
        note,
        written,
        rules: &rules,
        refused,
    };
    html(page.html()).into_response()
}

/// Saves a note, and signs it where that is wanted. What is refused leaves what was typed in its
/// place; a draft that cannot be signed is kept.
// Hazard: H68, H62
pub async fn write(
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
    let id = named(&fields, "note")?;
    let command_id = command_id(&fields, Language::English)?;
    let (note, problem) = note_of(&application, &fields, &known)?;
    let at = (&headers, &uri);
    if let Some(problem) = problem {
        let says = Some(problem.says);
        let page = form(&application, &viewer, &known, at, (id, note), says);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let record = known.record_with(|known| known.note(id).is_some());
    let signs = fields.text("what") == "sign";
    // The group is the one in which the note began, whatever the form says.
    let began = known.known.note(id).and_then(|written| written.note.group);
    let group = began.or(note.group);
    let saved = match names_nobody_else(&application, &known, group, note.texts()).await {
        Ok(()) => {
            let command = (command_id, record);
            save(&application, &viewer, command, (id, note.clone()), signs).await
        }
        Err(refused) => Err(refused),
    };
    match saved {
        Ok(()) => Ok(leads_to(known.stays).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some(refused.says());
            let page = form(&application, &viewer, &known, at, (id, note), says);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Writes a note and signs it, each once however often the form arrives.
pub(super) async fn save(
    application: &Application,
    viewer: &Viewer,
    (command_id, record): (CommandId, PatientId),
    (id, note): (Uuid, Note),
    signs: bool,
) -> Result<(), Refused> {
    let by = |command_id| By {
        command_id,
        actor: viewer.actor(),
        record,
    };
    integration::write(application, by(command_id), id, note).await?;
    if signs {
        let signing = CommandId(Uuid::new_v5(&command_id.0, b"sign"));
        integration::sign(application, by(signing), id).await?;
    }
    Ok(())
}

/// A note from its form, with what in it was not understood; what has no place in a note at all is
/// a problem by itself.
fn note_of(
    application: &Application,
    fields: &Fields,
    whole: &Whole,
) -> Result<(Note, Option<Problem>), Problem> {
    let mut problem = None;
    let held_at = required_moment(application, fields, "held_at").unwrap_or_else(|unread| {
        problem = Some(unread);
        application.clock.now()
    });
    let mut note = Note::new(kind_of(fields)?, held_at, mode_of(fields)?);
    let text = |name: &str| fields.text(name).to_owned();
    note.session = session_of(fields, whole)?;
    note.group = match fields.text("group") {
        "" => None,
        group => Some(
            group
                .parse()
                .map_err(|_| Problem::new("group", "Not saved: reload the page."))?,
        ),
    };
    note.also = text("also");
    note.together = text("together");
    note.account = text("account");
    note.account_private = fields.text("account_private") == "yes";
    note.themes = fields.all("theme").map(str::to_owned).collect();
    note.emotions = text("emotions");
    note.insights = text("insights");
    for (words, by) in fields.all("action").zip(fields.all("by")) {
        if words.is_empty() {
            continue;
        }
        let by = match by {
            "" => None,
            day => day.parse().map(Some).unwrap_or_else(|_| {
                let says = "Not saved: write the day of an action like 2026-12-05.";
                problem = Some(Problem::new("by", says));
                None
            }),
        };
        let words = words.to_owned();
        note.actions.push(Action { words, by });
    }
    note.challenging = text("challenging");
    note.trauma = chosen(fields, "trauma", Disclosed::of_word)?;
    note.report_check = chosen(fields, "report_check", ReportCheck::of_word)?;
    note.risk = chosen(fields, "risk", Thoughts::of_word)?;
    note.grounding = text("grounding");
    note.homework = lines(fields.text("homework"));
    note.next = text("next");
    note.consented = chosen(fields, "consented", Consented::of_word)?;
    Ok((note, problem))
}

/// The lines of a text that say something.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// An answer that is not understood is a problem, and never no answer.
pub(super) fn chosen<T>(
    fields: &Fields,
    name: &str,
    of_word: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    match fields.text(name) {
        "" => Ok(None),
        word => of_word(word)
            .map(Some)
            .ok_or_else(|| Problem::new(name, "Not saved: reload the page.")),
    }
}
