//! A person's integration over all records that were merged into theirs: one plan, whatever record
//! a session, a note or a day stands in.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{self, Change, Kept, Saved, change, change_with, read};
use crate::web::respond::Refused;
use crate::{book, follow_up, patients};
use anyhow::Context as _;
use clinical::course::follow_up::FollowUp;
use clinical::course::integration::{
    Given, Integration, IntegrationEvent, Note, Planned, Refusal, Risk, Visit, plan,
};
use clinical::course::session::{Session, SessionEvent};
use clinical::patient::Patient;
use clinical::record::{Actor, CommandId, Header, PatientId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{CourseRow, CourseSearch, ProjectionWrite};
use units::{Moment, Span};
use uuid::Uuid;

/// The part of the lists that says which days are agreed.
pub const INTEGRATION: &str = "integration";

/// How many sessions of one record are read: years of them.
const SESSIONS: usize = 200;
/// How many rows are read at once.
const PAGE: usize = 500;
/// Whoever had no session for so long is not on the list any more, but with a day that is agreed.
const LISTED_FOR: Span = Span::from_hours(24 * 60);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

/// What lists know of a person: the days that are agreed, and nothing that was said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The days that hold.
    pub days: Vec<Day>,
}

/// A day that is agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The booking.
    pub booking: Uuid,
    /// When.
    pub at: Moment,
    /// The group, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Uuid>,
}

impl journey::Listed for Integration {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        let days: Vec<Day> = self
            .bookings
            .iter()
            .filter(|one| one.cancelled.is_none())
            .map(|one| Day {
                booking: one.booking,
                at: one.at,
                group: one.group,
            })
            .collect();
        vec![ProjectionWrite::PutCourse(CourseRow {
            part: INTEGRATION.to_owned(),
            id: header.stream.id,
            patient: Some(PatientId(header.stream.id)),
            state: if days.is_empty() { "none" } else { "agreed" }.to_owned(),
            due: days.iter().map(|day| day.at).max(),
            version: header.stream_version,
            // Writing a struct of identities and times does not fail; an empty line is read as such.
            summary: serde_json::to_string(&Line { days }).unwrap_or_default(),
        })]
    }
}

/// What stands in one record.
pub async fn of(application: &Application, patient: PatientId) -> Result<Kept<Integration>, Fault> {
    read::<Integration>(application, patient.0).await
}

/// Everything about one person's integration.
pub struct Whole {
    /// The person.
    pub person: Patient,
    /// The record that stays: what is new is written there.
    pub stays: PatientId,
    /// That record and those that were merged into it, each with what stands in it.
    pub records: Vec<(PatientId, Integration)>,
    /// All of it together.
    pub known: Integration,
    /// Sessions in which a drug was given, in order of time.
    pub given: Vec<Given>,
    /// The same sessions, in full.
    pub sessions: Vec<Arc<Session>>,
    /// What is owed, and how it stands.
    pub plan: Vec<Planned>,
}

impl Whole {
    /// Of a person, whichever of their records is named; none where there is no such record.
    pub async fn of(
        application: &Application,
        patient: PatientId,
        now: Moment,
    ) -> Result<Option<Self>, Fault> {
        let Some((person, stays, ids)) = patients::records_of(application, patient).await? else {
            return Ok(None);
        };
        let mut sessions = Vec::new();
        let mut next = None;
        for id in &ids {
            let rows = application
                .store
                .sessions_of(application.tenant, *id, SESSIONS)
                .await
                .context("reading a person's sessions")?;
            for row in rows {
                let session = application.sessions.session(row.session).await?;
                sessions.extend(session.and_then(|one| Some((given(&one)?, one))));
            }
            next = [next, book::next_visit(application, *id, now).await?]
                .into_iter()
                .flatten()
                .min();
        }
        sessions.sort_by_key(|(given, _)| given.ended);
        let (given, sessions): (Vec<Given>, Vec<Arc<Session>>) = sessions.into_iter().unzip();
        let mut records = Vec::new();
        for id in ids {
            records.push((id, of(application, id).await?.state));
        }
        let known = together(&records);
        let rules = Arc::clone(&application.in_force().integration);
        let visit = next.map(|starts| Visit { starts });
        let plan = plan(&given, visit, &known, &rules, now);
        Ok(Some(Self {
            person,
            stays,
            records,
            known,
            given,
            sessions,
            plan,
        }))
    }

    /// The record in which something stands; the one that stays, for what is new.
    pub fn record_with(&self, holds: impl Fn(&Integration) -> bool) -> PatientId {
        record_with(&self.records, holds).unwrap_or(self.stays)
    }
}

/// The record in which something stands.
pub fn record_with(
    records: &[(PatientId, Integration)],
    holds: impl Fn(&Integration) -> bool,
) -> Option<PatientId> {
    records
        .iter()
        .find(|(_, known)| holds(known))
        .map(|(id, _)| *id)
}

/// What stands in every record of a person; empty where there is no such person.
pub async fn records(
    application: &Application,
    patient: PatientId,
) -> Result<Vec<(PatientId, Integration)>, Fault> {
    let Some((_, _, ids)) = patients::records_of(application, patient).await? else {
        return Ok(Vec::new());
    };
    let mut records = Vec::new();
    for id in ids {
        records.push((id, of(application, id).await?.state));
    }
    Ok(records)
}

/// When the next talk of a person is booked; nothing where none is.
pub async fn next_talk(
    application: &Application,
    patient: PatientId,
    now: Moment,
) -> Result<Option<Moment>, Fault> {
    let known = together(&records(application, patient).await?);
    let booked = known.bookings.iter().filter(|one| one.cancelled.is_none());
    Ok(booked.map(|one| one.at).filter(|at| *at > now).min())
}

/// All of it together: one person has one plan.
pub fn together(records: &[(PatientId, Integration)]) -> Integration {
    let mut all = Integration::default();
    for (_, known) in records {
        all.absorb(known.clone());
    }
    all
}

/// A session whose drug has ended.
fn given(session: &Session) -> Option<Given> {
    let left = session
        .entries
        .iter()
        .filter(|entry| {
            let stands = entry.standing();
            matches!(
                stands.as_deref(),
                Some(SessionEvent::PatientDischarged { .. })
            )
        })
        .map(|entry| entry.occurred_at)
        .max();
    Some(Given {
        session: session.id,
        ended: session.drug_ended_at()?,
        left,
    })
}

/// A person on the list.
pub struct Listed {
    /// The record that stays.
    pub patient: PatientId,
    /// Who.
    pub person: Patient,
    /// What is owed, without the check before leaving: its place is the room.
    pub plan: Vec<Planned>,
    /// What stands of them.
    pub known: Integration,
}

/// Everybody to whom something is owed, or with whom a day is agreed, in no order.
pub async fn everybody(application: &Application, now: Moment) -> Result<Vec<Listed>, Fault> {
    let rules = Arc::clone(&application.in_force().integration);
    let mut ids = BTreeSet::new();
    for (patient, line) in follow_up::everybody(application).await? {
        let newest = line.sessions.iter().max();
        if newest.is_some_and(|newest| now - *newest <= LISTED_FOR) {
            ids.insert(patient);
        }
    }
    for (patient, line) in lines(application).await? {
        if line.days.iter().any(|day| day.at > now) {
            ids.insert(patient);
        }
    }
    let mut visits: BTreeMap<PatientId, Moment> = BTreeMap::new();
    for visit in book::visits_between(application, now, now + rules.preparation_within).await? {
        if visit.is_booked() {
            let first = visits
                .entry(visit.visit.patient)
                .or_insert(visit.visit.starts);
            *first = (*first).min(visit.visit.starts);
            ids.insert(visit.visit.patient);
        }
    }
    let mut listed: BTreeMap<PatientId, Listed> = BTreeMap::new();
    for id in ids {
        let Some((person, stays, records)) = patients::records_of(application, id).await? else {
            continue;
        };
        if listed.contains_key(&stays) {
            continue;
        }
        let mut given = Vec::new();
        let mut known = Integration::default();
        let mut starts = None;
        for record in records {
            let after = follow_up::of(application, record).await?.state;
            given.extend(after.sessions.iter().map(|(session, ended)| Given {
                session: *session,
                ended: *ended,
                left: Some(*ended),
            }));
            known.absorb(of(application, record).await?.state);
            starts = [starts, visits.get(&record).copied()]
                .into_iter()
                .flatten()
                .min();
        }
        let visit = starts.map(|starts| Visit { starts });
        let mut plan = plan(&given, visit, &known, &rules, now);
        plan.retain(|one| one.owed.kind != clinical::course::integration::ContactKind::Check);
        let entry = Listed {
            patient: stays,
            person,
            plan,
            known,
        };
        listed.insert(stays, entry);
    }
    Ok(listed.into_values().collect())
}

/// The people of a group.
pub async fn group(application: &Application, group: Uuid) -> Result<Vec<PatientId>, Fault> {
    let lines = lines(application).await?.into_iter();
    Ok(lines
        .filter(|(_, line)| line.days.iter().any(|day| day.group == Some(group)))
        .map(|(patient, _)| patient)
        .collect())
}

async fn lines(application: &Application) -> Result<Vec<(PatientId, Line)>, Fault> {
    let mut search = CourseSearch {
        part: INTEGRATION.to_owned(),
        state: Some("agreed".to_owned()),
        count: PAGE,
        ..CourseSearch::default()
    };
    let mut all = Vec::new();
    loop {
        let rows = application
            .store
            .course_rows(application.tenant, &search)
            .await
            .context("reading with whom a day is agreed")?;
        let whole = rows.len() < PAGE;
        search.after = rows.last().map(|row| (row.due, row.id));
        for row in rows {
            let line: Line = serde_json::from_str(&row.summary).context("reading a row")?;
            all.push((PatientId(row.id), line));
        }
        if whole {
            return Ok(all);
        }
    }
}

/// Who wants what of whose integration.
pub struct By {
    /// Made by the form; executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// In which record.
    pub record: PatientId,
}

fn wanted(by: &By, action: &'static str, text: String) -> Change<'static> {
    Change {
        command_id: by.command_id,
        actor: by.actor.clone(),
        at: None,
        id: by.record.0,
        patient: Some(by.record),
        session: None,
        action,
        wanted: text,
    }
}

/// Decides on one record and writes what came of it.
pub async fn act(
    application: &Application,
    by: By,
    action: &'static str,
    text: String,
    decide: impl Fn(&Integration, Moment) -> Result<Vec<IntegrationEvent>, Refusal> + Send + Sync,
) -> Result<Saved, Refused> {
    change(application, wanted(&by, action, text), decide).await
}

/// Writes a note, or writes it further. Where its risk screen says yes, the warning sign is in the
/// record with it, and on its way to people on duty: both are written, or neither.
// Hazard: H68, H62
pub async fn write(
    application: &Application,
    by: By,
    id: Uuid,
    note: Note,
) -> Result<Saved, Refused> {
    let in_force = application.in_force();
    let (rules, signs) = (&in_force.integration, &in_force.follow_up.signs);
    let order = wanted(
        &by,
        "write about a contact of integration",
        format!("{id} {note:?}"),
    );
    let decide = |known: &Integration, _: &FollowUp, now: Moment| {
        let themes = |theme: &str| rules.prompts.theme(theme).is_some();
        let events = known.draft(id, note.clone(), &by.actor, themes, now)?;
        Ok::<_, Refusal>((events, Integration::risk(id, &note, signs)))
    };
    change_with(
        application,
        order,
        decide,
        |after: &FollowUp, risk: Option<Risk>| {
            risk.map_or_else(Vec::new, |risk| {
                after.raise(risk.flag, risk.note, vec![risk.sign], risk.urgency)
            })
        },
    )
    .await
}

/// Its author signs a note as it stands.
pub async fn sign(application: &Application, by: By, id: Uuid) -> Result<Saved, Refused> {
    let actor = by.actor.clone();
    let action = "sign a note of integration";
    act(application, by, action, id.to_string(), |known, _| {
        known.sign(id, &actor)
    })
    .await
}
