//! What pages and programs read: folded from events, written in their transaction, rebuildable.

use crate::CourseRow;
use clinical::record::{DeviceId, PatientId, SessionId};
use serde::{Deserialize, Serialize};
use units::Moment;
use uuid::Uuid;

/// One write to a projection. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectionWrite {
    /// A session's row, whole.
    PutSession(SessionRow),
    /// A patient's row, whole.
    PutPatient(PatientRow),
    /// A device's row, whole.
    PutDevice(DeviceRow),
    /// A resource in the words of FHIR, whole.
    PutResource(ResourceRow),
    /// A resource is there no more.
    RemoveResource {
        /// `Observation`, `Encounter` …
        kind: String,
        /// Its id within the kind.
        id: String,
    },
    /// A thing on a person's way to treatment, whole.
    PutCourse(CourseRow),
    /// Such a thing is there no more.
    RemoveCourse {
        /// `visit`, `message` …
        part: String,
        /// Its identity within the part.
        id: Uuid,
    },
}

/// What lists need of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Which.
    pub session: SessionId,
    /// Whose.
    pub patient: PatientId,
    /// The room, by name.
    pub room: String,
    /// The stage's word.
    pub stage: String,
    /// Somebody is in the room, or a visit is planned.
    pub open: bool,
    /// When it was to begin.
    pub planned_for: Moment,
    /// The session's version.
    pub version: u64,
    /// A summary as JSON.
    pub summary: String,
}

/// What lists and banners need of a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientRow {
    /// Which.
    pub patient: PatientId,
    /// The clinic's number.
    pub record_number: String,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Birth date as `YYYY-MM-DD`.
    pub birth_date: String,
    /// The patient's version.
    pub version: u64,
    /// Everything folded, as JSON.
    pub summary: String,
}

/// What lists need of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Which.
    pub device: DeviceId,
    /// Its key on the wire.
    pub wire_key: String,
    /// Its name as staff say it.
    pub name: String,
    /// The device's version.
    pub version: u64,
    /// A summary as JSON.
    pub summary: String,
}

/// A resource, rendered when the record changed, so that reading it is handing out its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRow {
    /// `Observation`, `Encounter` …
    pub kind: String,
    /// Its id within the kind.
    pub id: String,
    /// Whose.
    pub patient: Option<PatientId>,
    /// Of which session.
    pub session: Option<SessionId>,
    /// Search tokens: each as `system|code` and as `code`.
    pub codes: Vec<String>,
    /// The moment it is about, or began to be about.
    pub effective: Option<Moment>,
    /// Until when: the same moment for an instant, none while it lasts or where it has no moment.
    pub effective_until: Option<Moment>,
    /// When it last changed.
    pub updated: Moment,
    /// Counts its changes.
    pub version: u64,
    /// The resource's exact bytes.
    pub json: Vec<u8>,
}

/// A resource as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its id.
    pub id: String,
    /// When it last changed.
    pub updated: Moment,
    /// Counts its changes.
    pub version: u64,
    /// Its exact bytes.
    pub json: Vec<u8>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// Newest first.
    #[default]
    NewestFirst,
    /// Oldest first.
    OldestFirst,
}

/// By which of its moments a resource is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// The moment it is about, or began to be about. What has none counts as the oldest.
    #[default]
    Effective,
    /// When it last changed.
    Updated,
}

/// A stretch of time that the moment must lie in: from, inclusive; until, exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateBound {
    /// Not before.
    pub from: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
}

/// A condition on a resource's search tokens: one of its tokens must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenClause {
    /// One of these.
    AnyOf(Vec<String>),
    /// One that begins with one of these.
    BeginsWith(Vec<String>),
    /// One that lies in one of these: at least the first and less than the second, as texts compare
    /// by their bytes.
    Between(Vec<(String, String)>),
}

/// The stored moment of a resource that has none: the earliest of all.
pub(crate) const NO_TIME: i64 = i64::MIN;

/// The stored end of what still lasts: after every moment, and before the end of a stretch that
/// has no end.
pub(crate) const STILL: i64 = i64::MAX - 1;

impl ResourceRow {
    /// The first and the last moment as they are stored and compared.
    pub(crate) fn stretch(&self) -> (i64, i64) {
        match (self.effective, self.effective_until) {
            (None, _) => (NO_TIME, NO_TIME),
            (Some(start), None) => (start.microseconds(), STILL),
            (Some(start), Some(end)) => (start.microseconds(), end.microseconds()),
        }
    }

    /// The two moments from what [`Self::stretch`] gave.
    pub(crate) fn moments(stretch: (i64, i64)) -> (Option<Moment>, Option<Moment>) {
        let moment = |stored| {
            let none = stored == NO_TIME || stored == STILL;
            (!none).then(|| Moment::from_microseconds(stored))
        };
        (moment(stretch.0), moment(stretch.1))
    }
}

impl DateBound {
    /// Whether a stored moment lies in the stretch. [`NO_TIME`] lies only in one without ends.
    pub(crate) fn holds(&self, stored: i64) -> bool {
        let (from, until) = self.ends();
        from <= stored && stored < until
    }

    /// The first microsecond, and the one after the last. What has no moment counts as the
    /// earliest of all, and any bound leaves it out.
    pub(crate) fn ends(&self) -> (i64, i64) {
        let none = if self.until.is_some() {
            i64::MIN + 1
        } else {
            i64::MIN
        };
        let from = self
            .from
            .map_or(none, |from| from.microseconds().max(i64::MIN + 1));
        (from, self.until.map_or(i64::MAX, Moment::microseconds))
    }
}

/// A search for resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceSearch {
    /// `Observation`, `Encounter` …
    pub kind: String,
    /// Only these ids; all when empty.
    pub ids: Vec<String>,
    /// Only these persons'; all when empty.
    pub patients: Vec<PatientId>,
    /// Only these sessions'; all when empty.
    pub sessions: Vec<SessionId>,
    /// Any of these search tokens; all when empty.
    pub codes: Vec<String>,
    /// Each of these must hold as well.
    pub also: Vec<TokenClause>,
    /// When it last changed.
    pub updated: DateBound,
    /// Only what is about these moments, or began to be about them then.
    pub date: DateBound,
    /// Only what ended then. What still lasts ended before no moment.
    pub ended: DateBound,
    /// Only what did not lie wholly in any of these: from, inclusive; until, exclusive. What has
    /// no moment lies nowhere, and is left out when there are any.
    pub not_within: Vec<(Moment, Moment)>,
    /// Only what did not last change in any of these.
    pub not_updated_within: Vec<(Moment, Moment)>,
    /// By what.
    pub sort: SortKey,
    /// In which order.
    pub order: SortOrder,
    /// How many at the most.
    pub count: usize,
    /// Go on after this place, as the last page gave it.
    pub after: Option<(Moment, String)>,
    /// Also say how many there are in all.
    pub total: bool,
}

impl TokenClause {
    /// True when one of a resource's tokens fits.
    pub fn holds(&self, tokens: &[String]) -> bool {
        tokens.iter().any(|token| match self {
            Self::AnyOf(wanted) => wanted.contains(token),
            Self::BeginsWith(wanted) => wanted.iter().any(|begin| token.starts_with(begin)),
            Self::Between(stretches) => stretches
                .iter()
                .any(|(from, until)| token >= from && token < until),
        })
    }
}

impl ResourceSearch {
    /// True when the search has conditions that no index serves: each found resource is then
    /// looked at once more.
    pub fn is_sifted(&self) -> bool {
        !self.also.is_empty() || !self.not_within.is_empty() || !self.not_updated_within.is_empty()
    }

    /// Whether a resource that an index found fulfils the other conditions too.
    ///
    /// Its stretch of time in microseconds, as it is stored.
    pub(crate) fn sifts(&self, stretch: (i64, i64), updated: Moment, tokens: &[String]) -> bool {
        let (start, end) = stretch;
        let outside = |(from, until): &(Moment, Moment)| {
            start != NO_TIME && (start < from.microseconds() || end >= until.microseconds())
        };
        self.not_within.iter().all(outside)
            && self
                .not_updated_within
                .iter()
                .all(|(from, until)| updated < *from || updated >= *until)
            && self.also.iter().all(|clause| clause.holds(tokens))
    }
}

/// A page of resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourcePage {
    /// The resources.
    pub resources: Vec<Resource>,
    /// Where the next page begins; none at the end.
    pub next: Option<(Moment, String)>,
    /// How many there are in all, if asked.
    pub total: Option<u64>,
}

/// What became of building the projections anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebuilt {
    /// All rows stand as given.
    Done,
    /// The log had moved on since the rows were folded; nothing was written.
    LogMovedOn {
        /// The log's last position.
        position: u64,
    },
}
