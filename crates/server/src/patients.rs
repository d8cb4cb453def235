//! People: registering them, and reading what is known of them.

use crate::application::Application;
use crate::book;
use crate::expected::ExpectedPatient;
use crate::fault::Fault;
use crate::history;
use crate::identity::digest;
use crate::journey;
use crate::projection::{self, LIKENESS, likeness_state};
use crate::web::form::Problem;
use crate::web::respond::Refused;
use anyhow::Context;
use clinical::course::intake::with_history;
use clinical::course::session::Session;
use clinical::patient::{
    Contacts, Known, Likeness, MergeCommand, MergeRefused, Pair, Patient, PatientEvent,
    RecordNumber, Registration, compared, decide_merge, keys, likeness,
};
use clinical::record::{
    Actor, CommandId, EventId, Folded, PatientId, Recorded, StreamId, StreamKind,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{Append, AuditEntry, CourseSearch, Decision, Outcome, PatientRow};
use units::Moment;
use uuid::Uuid;

/// How many free numbers are tried before somebody is asked to give one.
const NUMBERS_TRIED: u32 = 200;

/// The first number that is given where the clinic gives none itself.
const FIRST_NUMBER: u64 = 100_001;

/// The setting that says where to begin to look for a free number. It is only a hint: whether a
/// number is free, its own stream says.
const NEXT_NUMBER: &str = "next-record-number";

/// How many people that share one text are compared.
const COMPARED: usize = 50;

/// A person as their events have made them; none when there is no event.
///
/// A record that was merged leads to the one that stays: whoever reads it by either id sees who
/// the person is there, with the allergies and weights of both, and with what they have told.
// Hazard: H02, H24
pub async fn read(application: &Application, id: PatientId) -> Result<Option<Patient>, Fault> {
    let Some(mut patient) = read_alone(application, id).await? else {
        return Ok(None);
    };
    if let Some(merged) = &patient.merged {
        let stays = read_alone(application, merged.into).await?;
        patient = stays.unwrap_or(patient);
    }
    for merged in patient.took_in.clone() {
        if let Some(other) = read_alone(application, merged.from).await? {
            patient = patient.with_record_of(&other);
        }
    }
    Ok(Some(patient))
}

/// The person of a record, the record that stays, and every record of theirs, that one first; none
/// where there is no such record.
// Hazard: H02
pub async fn records_of(
    application: &Application,
    patient: PatientId,
) -> Result<Option<(Patient, PatientId, Vec<PatientId>)>, Fault> {
    let Some(person) = read(application, patient).await? else {
        return Ok(None);
    };
    let stays = person
        .registration
        .as_ref()
        .map_or(patient, |known| known.patient);
    let merged = person.took_in.iter().map(|merged| merged.from);
    let ids = std::iter::once(stays).chain(merged).collect();
    Ok(Some((person, stays, ids)))
}

/// A record by itself, wherever it leads, with what its own history says.
pub async fn read_alone(
    application: &Application,
    id: PatientId,
) -> Result<Option<Patient>, Fault> {
    let envelopes = application
        .store
        .stream(application.tenant, StreamId::patient(id), 0)
        .await
        .context("reading a patient's events")?;
    let mut patient = Patient::default();
    for envelope in &envelopes {
        patient.apply(&PatientEvent::read(envelope)?);
    }
    if patient.registration.is_none() {
        return Ok(None);
    }
    let told = history::read(application, id).await?.state;
    let begins = |day| book::begin_of(&application.zone, day);
    Ok(Some(with_history(patient, &told, begins)))
}

/// Puts a new person's first events into the record. A repetition of the command id does nothing.
pub async fn register(
    application: &Application,
    command_id: CommandId,
    actor: Actor,
    id: PatientId,
    events: Vec<PatientEvent>,
    event_ids: impl Fn(usize) -> EventId,
    at: Moment,
) -> Result<(), Fault> {
    let mut patient = Patient::default();
    let mut projections = Vec::new();
    for (index, event) in events.iter().enumerate() {
        patient.apply(event);
        let version = index as u64 + 1;
        projections.extend(projection::after_patient_event(&patient, version, at));
    }
    let decision = Decision {
        tenant: application.tenant,
        command_id,
        actor,
        recorded_at: at,
        appends: vec![Append {
            stream: StreamId::patient(id),
            expected_version: 0,
            events: events
                .iter()
                .enumerate()
                .map(|(index, event)| event.to_new_event(event_ids(index), at))
                .collect(),
        }],
        projections,
        audit: Vec::new(),
        answer: b"{}".to_vec(),
    };
    match application
        .store
        .commit(decision)
        .await
        .context("registering a person")?
    {
        Outcome::Committed(_) | Outcome::Duplicate(_) => Ok(()),
        Outcome::Conflict { .. } => {
            Err(Fault(anyhow::anyhow!("this person is registered already")))
        }
    }
}

/// Who somebody is and how they are reached, as it was typed and understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The clinic's number; `None`: the next free one.
    pub record_number: Option<String>,
    /// Family name.
    pub family_name: String,
    /// Given name or names.
    pub given_name: String,
    /// Birth date.
    pub birth_date: clinical::patient::CivilDate,
    /// Administrative sex.
    pub sex: clinical::patient::Sex,
    /// How they are reached.
    pub contacts: Contacts,
}

/// Who wants it, once.
#[derive(Clone, Debug)]
pub struct By {
    /// Executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// Their name, as the record shows it.
    pub name: String,
}

/// Somebody who may be the same person.
#[derive(Clone, Debug)]
pub struct Alike {
    /// Who.
    pub registration: Registration,
    /// Why.
    pub why: Vec<Likeness>,
}

impl Entry {
    /// The registration with a number, of a person.
    fn registration(&self, patient: PatientId, record_number: String) -> Registration {
        Registration {
            patient,
            record_number,
            family_name: self.family_name.clone(),
            given_name: self.given_name.clone(),
            birth_date: self.birth_date,
            sex: self.sex,
        }
    }
}

/// Who may be the person of an entry, the likeliest first; those whom somebody has told apart
/// from them are left out, and a merged record is its person once.
pub async fn alike(
    application: &Application,
    entry: &Entry,
    own: Option<&Patient>,
) -> Result<Vec<Alike>, Fault> {
    let id = own.and_then(|own| own.registration.as_ref());
    let id = id.map_or(PatientId(Uuid::nil()), |own| own.patient);
    let registration = entry.registration(id, String::new());
    let mine = Known {
        registration: &registration,
        contacts: Some(&entry.contacts),
    };
    let mut candidates = BTreeSet::new();
    for (kind, text) in keys(mine) {
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
            .context("looking for people who may be registered already")?;
        candidates.extend(rows.into_iter().filter_map(|row| row.patient));
    }
    let told_apart = own.map_or(&[][..], |own| &own.told_apart);
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([id]);
    for candidate in candidates {
        let Some(other) = read_alone(application, candidate).await? else {
            continue;
        };
        let why = other.registration.as_ref().map(|theirs| {
            likeness(
                mine,
                Known {
                    registration: theirs,
                    contacts: other.contacts.as_ref(),
                },
            )
        });
        let why = why.unwrap_or_default();
        // A record that leads to another shows the one that stays.
        let stays = match &other.merged {
            Some(merged) => read_alone(application, merged.into).await?,
            None => Some(other),
        };
        let Some(registration) = stays.and_then(|stays| stays.registration) else {
            continue;
        };
        let known = told_apart.contains(&candidate) || told_apart.contains(&registration.patient);
        if !why.is_empty() && !known && seen.insert(registration.patient) {
            found.push(Alike { registration, why });
        }
    }
    found.sort_by_key(|alike| (std::cmp::Reverse(alike.why.len()), alike.why.clone()));
    Ok(found)
}

/// The answer that is kept beside a registration's command id.
#[derive(Serialize, Deserialize)]
struct Registered {
    patient: PatientId,
    wanted: String,
}

/// Registers a new person; `apart` are those with whom somebody has compared them.
///
/// A repetition of the command id gives the same person. A number that is somebody else's is a
/// problem; without one, the next free one is given, also when many desks register at once.
pub async fn register_new(
    application: &Application,
    by: By,
    entry: Entry,
    apart: Vec<PatientId>,
) -> Result<PatientId, Refused> {
    let wanted = wanted(&entry)?;
    let patient = PatientId(Uuid::now_v7());
    let mut next = next_number(application).await?;
    for _ in 0..NUMBERS_TRIED {
        let before = application
            .store
            .answer(application.tenant, by.command_id)
            .await
            .context("looking for the registration's answer")
            .map_err(Fault)?;
        if let Some(bytes) = before {
            return registered_before(&bytes, &wanted);
        }
        let number = match &entry.record_number {
            Some(number) => number.clone(),
            None => next.to_string(),
        };
        let Some(append) = number_for(application, &number, patient).await? else {
            if entry.record_number.is_some() {
                return Err(taken(&number).into());
            }
            next += 1;
            continue;
        };
        let now = application.clock.now();
        let mut events = vec![
            registered_event(entry.registration(patient, number)),
            PatientEvent::ContactsRecorded {
                contacts: entry.contacts.clone(),
                at: now,
                by: by.name.clone(),
            },
        ];
        if !apart.is_empty() {
            events.push(PatientEvent::ToldApart {
                from: apart.clone(),
                at: now,
                by: by.name.clone(),
            });
        }
        let answer = Registered {
            patient,
            wanted: wanted.clone(),
        };
        let answer = serde_json::to_vec(&answer)
            .context("writing the answer")
            .map_err(Fault)?;
        let changed = Changed {
            patient,
            before: (Patient::default(), 0),
            events,
            number: append,
            action: "register a person",
        };
        match commit(application, &by, changed, answer, now).await? {
            Outcome::Committed(_) => {
                if entry.record_number.is_none() {
                    let after = (next + 1).to_string();
                    let store = &application.store;
                    let kept = store.put_setting(application.tenant, NEXT_NUMBER, &after);
                    kept.await
                        .context("noting the next number")
                        .map_err(Fault)?;
                }
                return Ok(patient);
            }
            Outcome::Duplicate(bytes) => return registered_before(&bytes, &wanted),
            Outcome::Conflict { .. } => {}
        }
    }
    let says = "Not saved: no free number was found. Give this person a number yourself.";
    Err(Problem::new("record_number", says).into())
}

/// Corrects who somebody is and how they are reached. `version` is the one that was on the page.
pub async fn correct(
    application: &Application,
    by: By,
    id: PatientId,
    version: u64,
    entry: Entry,
) -> Result<(), Refused> {
    let wanted = wanted(&entry)?;
    let before = application
        .store
        .answer(application.tenant, by.command_id)
        .await
        .context("looking for the correction's answer")
        .map_err(Fault)?;
    if let Some(bytes) = before {
        return registered_before(&bytes, &wanted).map(|_| ());
    }
    let kept = journey::read::<Patient>(application, id.0).await?;
    let Some(known) = kept.state.registration.clone() else {
        return Err(Refused::NotFound);
    };
    let stale = "Not saved: somebody changed this person’s details while the page was open. What \
                 you typed is still here; compare it with what is recorded, then save again.";
    if kept.version != version {
        return Err(Refused::Ruled(stale.to_owned()));
    }
    let number = entry.record_number.clone();
    let number = number.unwrap_or_else(|| known.record_number.clone());
    let given = number_for(application, &number, id).await?;
    let own_number = compared(&number) == compared(&known.record_number);
    let Some(append) = given.or(own_number.then_some(None)) else {
        return Err(taken(&number).into());
    };
    let now = application.clock.now();
    let mut events = Vec::new();
    let registration = entry.registration(id, number);
    if registration != known {
        events.push(registered_event(registration));
    }
    if kept.state.contacts.as_ref() != Some(&entry.contacts) {
        events.push(PatientEvent::ContactsRecorded {
            contacts: entry.contacts.clone(),
            at: now,
            by: by.name.clone(),
        });
    }
    if events.is_empty() {
        return Ok(());
    }
    let answer = Registered {
        patient: id,
        wanted: wanted.clone(),
    };
    let answer = serde_json::to_vec(&answer)
        .context("writing the answer")
        .map_err(Fault)?;
    let changed = Changed {
        patient: id,
        before: (kept.state, kept.version),
        events,
        number: append,
        action: "correct a person's details",
    };
    match commit(application, &by, changed, answer, now).await? {
        Outcome::Committed(_) => Ok(()),
        Outcome::Duplicate(bytes) => registered_before(&bytes, &wanted).map(|_| ()),
        Outcome::Conflict { .. } => Err(Refused::Ruled(stale.to_owned())),
    }
}

/// Does something about two records that may be one person.
pub async fn merge(
    application: &Application,
    by: By,
    from: PatientId,
    into: PatientId,
    command: MergeCommand,
) -> Result<(), Refused> {
    let open = application
        .store
        .open_sessions(application.tenant)
        .await
        .context("reading open sessions")
        .map_err(Fault)?;
    let mut visit_under_way = false;
    for row in open
        .iter()
        .filter(|row| [from, into].contains(&row.patient))
    {
        let session = application.sessions.session(row.session).await?;
        visit_under_way |= session.is_some_and(|session| session.stage.is_present());
    }
    let merging = matches!(command, MergeCommand::Confirm);
    let change = journey::Change {
        command_id: by.command_id,
        actor: by.actor.clone(),
        at: None,
        id: from.0,
        patient: Some(from),
        session: None,
        action: match &command {
            MergeCommand::Propose { .. } => "propose to merge two records",
            MergeCommand::Confirm => "merge two records",
            MergeCommand::Decline { .. } => "decline to merge two records",
            MergeCommand::Undo { .. } => "take two merged records apart",
        },
        wanted: format!("{into} {command:?}"),
    };
    let ids = [from.0, into.0];
    journey::change_several(
        application,
        change,
        &ids,
        |both: &[journey::Kept<Patient>], at| {
            let pair = Pair {
                from: &both[0].state,
                into: &both[1].state,
                visit_under_way,
            };
            let events = decide_merge(pair, command.clone(), &by.actor, at)?;
            Ok::<_, MergeRefused>(vec![events.clone(), events])
        },
    )
    .await?;
    if merging {
        // What was sent to the record that leads elsewhere opens nothing any more: should the two
        // be two people after all, neither sees the other. The desk sends a new link.
        // Hazard: H02
        application
            .store
            .end_patient_access(application.tenant, from)
            .await
            .context("ending the links of a merged record")
            .map_err(Fault)?;
    }
    Ok(())
}

impl From<MergeRefused> for Refused {
    fn from(refused: MergeRefused) -> Self {
        Self::Ruled(refused.to_string())
    }
}

fn taken(number: &str) -> Problem {
    let says = format!(
        "Not saved: No. {number} is somebody else’s. Give another one, or leave it empty for the \
         next free one."
    );
    Problem::new("record_number", says)
}

fn wanted(entry: &Entry) -> Result<String, Fault> {
    let text = serde_json::to_string(entry).context("writing what is wanted")?;
    Ok(hex::encode(digest(&text)))
}

/// `Hazard: H21`.
fn registered_before(bytes: &[u8], wanted: &str) -> Result<PatientId, Refused> {
    let before: Registered = serde_json::from_slice(bytes)
        .context("reading the registration's answer")
        .map_err(Fault)?;
    if before.wanted == wanted {
        return Ok(before.patient);
    }
    let says = "Not saved: this form was sent before with other contents. Reload the page.";
    Err(Problem::new("command_id", says).into())
}

fn registered_event(registration: Registration) -> PatientEvent {
    PatientEvent::PatientRegistered {
        patient: registration.patient,
        record_number: registration.record_number,
        family_name: registration.family_name,
        given_name: registration.given_name,
        birth_date: registration.birth_date,
        sex: registration.sex,
    }
}

async fn next_number(application: &Application) -> Result<u64, Fault> {
    let setting = application
        .store
        .setting(application.tenant, NEXT_NUMBER)
        .await
        .context("reading the next number")?;
    Ok(setting
        .and_then(|text| text.parse().ok())
        .unwrap_or(FIRST_NUMBER))
}

/// Whose record a number is, as it is written on paper: the case of letters does not count.
///
/// # Errors
///
/// A fault of the store.
pub async fn numbered(application: &Application, number: &str) -> Result<Option<PatientId>, Fault> {
    let rows = rows_numbered(application, number).await?;
    Ok(rows.first().map(|row| row.patient))
}

async fn rows_numbered(application: &Application, number: &str) -> Result<Vec<PatientRow>, Fault> {
    let wanted = compared(number);
    let mut rows = application
        .store
        .patients(application.tenant, number, COMPARED)
        .await
        .context("looking for a number")?;
    rows.retain(|row| compared(&row.record_number) == wanted);
    Ok(rows)
}

/// What gives a number to somebody: an event, or nothing where it is theirs. None when it is
/// somebody else's.
// Hazard: H02
async fn number_for(
    application: &Application,
    number: &str,
    patient: PatientId,
) -> Result<Option<Option<Append>>, Fault> {
    // People who came before numbers had streams are found by their rows.
    let rows = rows_numbered(application, number).await?;
    if rows.iter().any(|row| row.patient != patient) {
        return Ok(None);
    }
    let id = Uuid::new_v5(&application.tenant.0, compared(number).as_bytes());
    let kept = journey::read::<RecordNumber>(application, id).await?;
    let Ok(events) = kept.state.give(number, patient) else {
        return Ok(None);
    };
    let now = application.clock.now();
    Ok(Some((!events.is_empty()).then(|| {
        Append {
            stream: StreamId::of(StreamKind::RecordNumber, id),
            expected_version: kept.version,
            events: events
                .iter()
                .map(|event| event.to_new_event(EventId(Uuid::now_v7()), now))
                .collect(),
        }
    })))
}

/// A change of one person, and of the number that they are given with it.
struct Changed {
    patient: PatientId,
    /// The person before, and the version of their stream.
    before: (Patient, u64),
    events: Vec<PatientEvent>,
    number: Option<Append>,
    action: &'static str,
}

async fn commit(
    application: &Application,
    by: &By,
    changed: Changed,
    answer: Vec<u8>,
    now: Moment,
) -> Result<Outcome, Fault> {
    let (mut patient, version) = changed.before;
    let mut projections = Vec::new();
    for (event, version) in changed.events.iter().zip(version + 1..) {
        patient.apply(event);
        projections.extend(projection::after_patient_event(&patient, version, now));
    }
    let stream = Append {
        stream: StreamId::of(Patient::KIND, changed.patient.0),
        expected_version: version,
        events: changed
            .events
            .iter()
            .map(|event| event.to_new_event(EventId(Uuid::now_v7()), now))
            .collect(),
    };
    let decision = Decision {
        tenant: application.tenant,
        command_id: by.command_id,
        actor: by.actor.clone(),
        recorded_at: now,
        appends: std::iter::once(stream).chain(changed.number).collect(),
        projections,
        audit: vec![AuditEntry {
            at: now,
            actor: by.actor.clone(),
            action: changed.action.to_owned(),
            patient: Some(changed.patient),
            session: None,
            detail: String::new(),
        }],
        answer,
    };
    Ok(application
        .store
        .commit(decision)
        .await
        .context("saving a person's details")?)
}

/// Lets the session's monitor be compared with its person from now on.
pub async fn expect(application: &Application, session: &Session) -> Result<(), Fault> {
    let Some(patient) = session.patient else {
        return Ok(());
    };
    let Some(known) = read(application, patient).await? else {
        return Ok(());
    };
    let Some(registration) = known.registration else {
        return Ok(());
    };
    let room = session.room.clone();
    application.expected.put(
        session.id,
        ExpectedPatient {
            record_number: registration.record_number,
            family_name: registration.family_name,
            given_name: registration.given_name,
            birth_date: registration.birth_date,
            rooms: vec![room.clone(), format!("CHAIR{room}"), format!("R{room}")],
        },
    );
    Ok(())
}
