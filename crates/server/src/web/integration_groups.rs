//! Everybody to whom integration is owed; and groups, of whom each person's record holds their own
//! part alone.

use super::access::{CHART, TALK};
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::integration::required_moment;
use super::integration_note::{chosen, lines, save};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::integration_list::{GroupNote, GroupPart, IntegrationList};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::identity::Viewer;
use crate::integration::{self, By, Whole};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::follow_up::Thoughts;
use clinical::course::integration::{
    Booking, ContactKind, Mode, Note, Planned, Standing, named_in, note_of,
};
use clinical::leaflet::Language;
use clinical::patient::Registration;
use clinical::record::{Actor, CommandId, PatientId, SessionId};
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// Everybody: late first.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    listed(&application, &viewer, (&headers, &uri), None).await
}

async fn listed(
    application: &Application,
    viewer: &Viewer,
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<String>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let everybody = integration::everybody(application, asked.now()).await?;
    let status = if refused.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = IntegrationList {
        around: asked.around(Here::Integration, false),
        listed: &everybody,
        may_read: CHART.include(viewer.role),
        may_write: TALK.include(viewer.role),
        refused,
    };
    Ok((status, html(page.html())).into_response())
}

/// The first contact that is open for somebody; one that no schedule asks for where none is.
fn contact_of(plan: &[Planned]) -> (ContactKind, Option<SessionId>) {
    plan.iter()
        .filter(|one| match one.owed.kind {
            ContactKind::First | ContactKind::Weekly | ContactKind::Review => true,
            ContactKind::Preparation | ContactKind::Check | ContactKind::Other => false,
        })
        .find(|one| match one.standing {
            Standing::Due | Standing::Late | Standing::Ahead => true,
            Standing::Held { .. } | Standing::Missed { .. } | Standing::Booked { .. } => false,
        })
        .map_or((ContactKind::Other, None), |one| {
            (one.owed.kind, one.owed.session)
        })
}

/// Agrees a group with several people: each record has a day of its own, and nobody else's name.
// Hazard: H68
pub async fn agree(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match agreed(&application, &viewer, &fields).await {
        Ok(group) => Ok(Redirect::to(&format!("/integration/groups/{group}")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some(refused.says());
            listed(&application, &viewer, (&headers, &uri), says).await
        }
        Err(other) => Err(other),
    }
}

async fn agreed(
    application: &Application,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<Uuid, Refused> {
    let id = command_id(fields, Language::English)?;
    let at = required_moment(application, fields, "at")?;
    let now = application.clock.now();
    let people = people_of(fields)?;
    if people.len() < 2 {
        let says = "Not saved: a group has two people or more. Choose who comes.";
        return Err(Problem::new("person", says).into());
    }
    let group = Uuid::new_v5(&id.0, b"group");
    for person in people {
        let whole = Whole::of(application, person, now)
            .await?
            .ok_or(Refused::NotFound)?;
        let contact = contact_of(&whole.plan);
        let by = By {
            command_id: of_person(id, person),
            actor: viewer.actor(),
            record: whole.stays,
        };
        let booking = note_of(group, person.0);
        let text = format!("{group} {at}");
        integration::act(application, by, "agree a group", text, |known, now| {
            known.book(booking, contact, (at, Mode::Group, Some(group)), now)
        })
        .await?;
    }
    Ok(group)
}

/// Each person's part is a command of its own: what was saved before is not saved twice.
fn of_person(id: CommandId, person: PatientId) -> CommandId {
    CommandId(Uuid::new_v5(&id.0, person.0.as_bytes()))
}

fn people_of(fields: &Fields) -> Result<Vec<PatientId>, Problem> {
    fields
        .all("person")
        .map(|person| {
            person
                .parse()
                .map_err(|_| Problem::new("person", "Not saved: reload the page."))
        })
        .collect()
}

/// A member of a group, with the day that was agreed with them.
struct Member {
    whole: Whole,
    day: Booking,
}

async fn members(application: &Application, group: Uuid) -> Result<Vec<Member>, Refused> {
    let now = application.clock.now();
    let mut members: Vec<Member> = Vec::new();
    for patient in integration::group(application, group).await? {
        let Some(whole) = Whole::of(application, patient, now).await? else {
            continue;
        };
        let day = whole
            .known
            .bookings
            .iter()
            .find(|one| one.group == Some(group) && one.cancelled.is_none())
            .cloned();
        let known = members.iter().any(|one| one.whole.stays == whole.stays);
        if let (Some(day), false) = (day, known) {
            members.push(Member { whole, day });
        }
    }
    if members.is_empty() {
        return Err(Refused::NotFound);
    }
    members.sort_by_key(|one| one.whole.person.banner_name());
    Ok(members)
}

/// One entry for a group.
pub async fn group(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(group): Path<Uuid>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let members = members(&application, group).await?;
    for member in &members {
        read_by(&application, &viewer, member.whole.stays, "open a group").await?;
    }
    let at = (&headers, &uri);
    Ok(entry(
        &application,
        &viewer,
        (group, &members),
        at,
        (None, Vec::new()),
    ))
}

fn entry(
    application: &Application,
    viewer: &Viewer,
    (group, members): (Uuid, &[Member]),
    (headers, uri): (&HeaderMap, &Uri),
    (typed, refused): (Option<&Fields>, Vec<String>),
) -> Response {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let rules = Arc::clone(&application.in_force().integration);
    let author = viewer.actor();
    let parts: Vec<GroupPart> = members
        .iter()
        .map(|member| part(group, member, &author, typed))
        .collect();
    let together = typed.map_or_else(
        || {
            parts
                .iter()
                .find_map(|part| part.written.as_ref())
                .map_or_else(String::new, |note| note.together.clone())
        },
        |fields| fields.text("together").to_owned(),
    );
    let day = members.first().map_or(asked.now(), |member| member.day.at);
    let at = typed
        .and_then(|fields| required_moment(application, fields, "held_at").ok())
        .unwrap_or(day);
    let status = if refused.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = GroupNote {
        around: asked.around(Here::Integration, false),
        group,
        at,
        ahead: day > asked.now(),
        together,
        parts,
        prompts: &rules.prompts,
        refused,
    };
    (status, html(page.html())).into_response()
}

fn part(group: Uuid, member: &Member, author: &Actor, typed: Option<&Fields>) -> GroupPart {
    let patient = member.whole.stays;
    let known = member.whole.known.note(note_of(group, patient.0));
    let closed = known.and_then(|known| {
        let own = member
            .whole
            .known
            .drafts_of(author)
            .any(|one| one.id == known.id);
        (!own).then(|| format!("Written by {}.", known.author.name().to_owned()))
    });
    let written = match typed {
        Some(fields) => own_part(group, member, fields, member.day.at).ok(),
        None => known.map(|known| known.note.clone()),
    };
    GroupPart {
        patient,
        name: member
            .whole
            .person
            .banner_name()
            .unwrap_or_else(|| "not registered".to_owned()),
        written: written.filter(|_| closed.is_none()),
        closed,
    }
}

/// One person's own part, from the form of the whole group.
fn own_part(
    group: Uuid,
    member: &Member,
    fields: &Fields,
    held_at: Moment,
) -> Result<Note, Problem> {
    let patient = member.whole.stays;
    let name = |field: &str| format!("{field}-{patient}");
    // What was written further on the person's own page stays.
    let before = member.whole.known.note(note_of(group, patient.0));
    let mut note = before.map_or_else(
        || Note::new(member.day.kind, held_at, Mode::Group),
        |known| known.note.clone(),
    );
    note.held_at = held_at;
    note.session = member.day.session;
    note.group = Some(group);
    note.together = fields.text("together").to_owned();
    note.themes = fields.all(&name("theme")).map(str::to_owned).collect();
    note.account = fields.text(&name("account")).to_owned();
    note.account_private = fields.text(&name("private")) == "yes";
    note.risk = chosen(fields, &name("risk"), Thoughts::of_word)?;
    note.homework = lines(fields.text(&name("homework")));
    Ok(note)
}

/// Saves one entry for a group: to each person who was there their own part, and to nobody the name
/// of anybody else. Where one is named in any part, nothing is saved.
// Hazard: H68
pub async fn write_group(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(group): Path<Uuid>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let id = command_id(&fields, Language::English)?;
    let before = members(&application, group).await?;
    let there = people_of(&fields)?;
    let mut refused = Vec::new();
    let mut parts = Vec::new();
    match required_moment(&application, &fields, "held_at") {
        Err(problem) => refused.push(problem.says),
        Ok(_) if there.is_empty() => {
            refused.push("Not saved: choose who was there.".to_owned());
        }
        Ok(held_at) => {
            let present = |member: &&Member| there.contains(&member.whole.stays);
            for member in before.iter().filter(present) {
                let note = own_part(group, member, &fields, held_at)?;
                refused.extend(names_another(note.texts(), &member.whole, &before));
                parts.push((member, note));
            }
        }
    }
    if refused.is_empty() {
        let signs = fields.text("what") == "sign";
        for (member, note) in parts {
            let patient = member.whole.stays;
            let note_id = note_of(group, patient.0);
            let record = member
                .whole
                .record_with(|known| known.note(note_id).is_some());
            let command = (of_person(id, patient), record);
            match save(&application, &viewer, command, (note_id, note), signs).await {
                Ok(()) => {}
                Err(problem @ (Refused::Ruled(_) | Refused::Problem(_))) => {
                    let name = member.whole.person.banner_name().unwrap_or_default();
                    refused.push(format!("{name}: {}", problem.says()));
                }
                Err(other) => return Err(other),
            }
        }
    }
    if refused.is_empty() {
        return Ok(Redirect::to(&format!("/integration/groups/{group}")).into_response());
    }
    let members = members(&application, group).await?;
    let at = (&headers, &uri);
    Ok(entry(
        &application,
        &viewer,
        (group, &members),
        at,
        (Some(&fields), refused),
    ))
}

/// Refuses words of a note of a group in which somebody else of that group is named: when it is
/// written further on one person's page, and when something is written to it later.
// Hazard: H68
pub(super) async fn names_nobody_else(
    application: &Application,
    whole: &Whole,
    group: Option<Uuid>,
    texts: impl Iterator<Item = &str> + Send,
) -> Result<(), Refused> {
    let Some(group) = group else {
        return Ok(());
    };
    let all = match members(application, group).await {
        Ok(all) => all,
        // Nobody is in it any more: nobody can be named.
        Err(Refused::NotFound) => return Ok(()),
        Err(other) => return Err(other),
    };
    match names_another(texts, whole, &all) {
        Some(says) => Err(Refused::Ruled(says)),
        None => Ok(()),
    }
}

/// That somebody else of the group is named in what would stand in a person's record.
fn names_another<'a>(
    mut texts: impl Iterator<Item = &'a str>,
    whole: &Whole,
    all: &[Member],
) -> Option<String> {
    let own = whole.person.registration.as_ref();
    let others = || {
        all.iter()
            .filter(|other| other.whole.stays != whole.stays)
            .filter_map(|other| other.whole.person.registration.as_ref())
            .filter(|other| !shares_a_name(other, own))
    };
    let named = texts.find_map(|text| named_in(text, others()))?;
    let whose = whole.person.banner_name().unwrap_or_default();
    Some(format!(
        "{whose}: nothing was saved. {} {} is named in what would stand in this record. Say it without the name.",
        named.given_name, named.family_name
    ))
}

/// Whoever has the very same names cannot be told apart by them.
fn shares_a_name(one: &Registration, other: Option<&Registration>) -> bool {
    other.is_some_and(|other| {
        (&one.family_name, &one.given_name) == (&other.family_name, &other.given_name)
    })
}
