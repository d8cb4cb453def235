//! The rows: one or two for each session with a drug, and up to four for each record. They are written with
//! the event that changes them and folded from one stream each, so that they can be made anew.

use clinical::course::follow_up::FollowUp;
use clinical::course::intake::Intake;
use clinical::course::outcomes::everybody::{
    EndFact, HistoryFact, SessionFact, SheetFact, history_of, reported_of, sheets_of,
};
use clinical::course::outcomes::{ContactFact, Outcomes, contacts_of};
use clinical::course::reporting::Reporting;
use clinical::course::session::{Entry, Session};
use clinical::instrument::Library;
use clinical::patient::Patient;
use clinical::record::{Header, PatientId};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use store::{CourseRow, ProjectionWrite};
use units::Moment;
use uuid::Uuid;

/// The part whose rows are contacts that ask for scales, a row for each record.
pub(super) const CONTACTS: &str = "outcomes-contacts";
/// The part whose rows are sheets that count, and whether treatment has ended.
pub(super) const SCALES: &str = "outcomes-scales";
/// The part whose rows are the scales of histories.
pub(super) const HISTORY: &str = "outcomes-history";
/// The part whose rows say that a record leads to another one, or that nobody may write.
pub(super) const RECORD: &str = "outcomes-record";
/// The part whose rows are sessions with a drug, due when it was first given.
pub(super) const SESSION: &str = "outcomes-session";

/// The part whose rows are the adverse events of sessions that staff entered afterwards.
pub(super) const REPORTED: &str = "outcomes-reported";

/// The scales that ship: a clinic cannot put others in their place, so that a row made anew is the
/// same.
static SHIPPED: LazyLock<Library> = LazyLock::new(|| Library::shipped().unwrap_or_default());

/// What is kept of a person's scales.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ScalesLine {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<SheetFact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndFact>,
}

/// What is kept of a record itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecordLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<PatientId>,
    pub no_messages: bool,
}

fn row<T: Serialize>(
    part: &str,
    (id, patient): (Uuid, PatientId),
    due: Option<Moment>,
    version: u64,
    summary: &T,
) -> Option<ProjectionWrite> {
    Some(ProjectionWrite::PutCourse(CourseRow {
        part: part.to_owned(),
        id,
        patient: Some(patient),
        state: "kept".to_owned(),
        due,
        version,
        summary: serde_json::to_string(summary).ok()?,
    }))
}

fn of_stream<T: Serialize>(part: &str, header: &Header, summary: &T) -> Option<ProjectionWrite> {
    let id = header.stream.id;
    row(
        part,
        (id, PatientId(id)),
        None,
        header.stream_version,
        summary,
    )
}

/// The row of a person's contacts that ask for scales; none where there are none.
pub fn contacts_row(follow_up: &FollowUp, header: &Header) -> Option<ProjectionWrite> {
    let facts: Vec<ContactFact> = contacts_of(follow_up);
    (!facts.is_empty())
        .then(|| of_stream(CONTACTS, header, &facts))
        .flatten()
}

/// The row of a person's scales.
pub fn scales_row(outcomes: &Outcomes, header: &Header) -> Option<ProjectionWrite> {
    let line = ScalesLine {
        sheets: sheets_of(outcomes, &SHIPPED),
        ended: outcomes.ending().map(|ending| EndFact {
            because: ending.because,
            at: ending.at,
        }),
    };
    of_stream(SCALES, header, &line)
}

/// The row of the scales in a person's history; none where none was answered.
pub fn history_row(intake: &Intake, header: &Header) -> Option<ProjectionWrite> {
    let facts: Vec<HistoryFact> = history_of(intake, &SHIPPED);
    (!facts.is_empty())
        .then(|| of_stream(HISTORY, header, &facts))
        .flatten()
}

/// The row of a record that leads to another one, or whose person agreed to no messages; it is there
/// no more when neither is so.
pub fn record_row(patient: &Patient, id: PatientId, version: u64) -> Option<ProjectionWrite> {
    let contacts = patient.contacts.as_ref();
    let line = RecordLine {
        merged_into: patient.merged.as_ref().map(|merged| merged.into),
        no_messages: contacts.is_some_and(|contacts| contacts.channels.is_empty()),
    };
    if line == RecordLine::default() {
        return Some(ProjectionWrite::RemoveCourse {
            part: RECORD.to_owned(),
            id: id.0,
        });
    }
    row(RECORD, (id.0, id), None, version, &line)
}

/// The row of a session; none before the first drug. It is there no more where every dose was struck.
pub fn session_row(session: &Session, patient: PatientId) -> Option<ProjectionWrite> {
    let Some(fact) = SessionFact::of(session) else {
        // Before the first drug there never was one; a look at corrections is for a start that was
        // struck out.
        let corrected = |entry: &Entry| !entry.corrections.is_empty();
        let may_be_there =
            session.first_drug_at().is_some() || session.entries.iter().any(corrected);
        return may_be_there.then(|| ProjectionWrite::RemoveCourse {
            part: SESSION.to_owned(),
            id: session.id.0,
        });
    };
    let due = Some(fact.first_drug);
    let key = (session.id.0, patient);
    row(SESSION, key, due, session.version, &fact)
}

/// The row of the adverse events that staff entered of a session; it is there no more when none
/// stands.
pub fn reported_row(reporting: &Reporting, header: &Header) -> Option<ProjectionWrite> {
    let facts = reported_of(reporting);
    let id = header.stream.id;
    if facts.is_empty() {
        return Some(ProjectionWrite::RemoveCourse {
            part: REPORTED.to_owned(),
            id,
        });
    }
    Some(ProjectionWrite::PutCourse(CourseRow {
        part: REPORTED.to_owned(),
        id,
        patient: None,
        state: "kept".to_owned(),
        due: None,
        version: header.stream_version,
        summary: serde_json::to_string(&facts).ok()?,
    }))
}
