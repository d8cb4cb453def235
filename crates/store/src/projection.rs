//! What pages and programs read: folded from events, written in their transaction, rebuildable.

use clinical::record::{DeviceId, PatientId, SessionId};
use serde::{Deserialize, Serialize};
use units::Moment;

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
    /// The moment it is about.
    pub effective: Option<Moment>,
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
    /// By the moment it is about, newest first.
    #[default]
    NewestFirst,
    /// By the moment it is about, oldest first.
    OldestFirst,
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
    /// One that is at least the first and less than the second, as texts compare by their bytes.
    Between(String, String),
}

impl DateBound {
    /// Whether a moment lies in the stretch. No moment lies only in one without ends.
    pub fn holds(&self, moment: Option<Moment>) -> bool {
        let (from, until) = self.ends();
        let moment = moment.map_or(i64::MIN, Moment::microseconds);
        from <= moment && moment < until
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
    /// Only this person's.
    pub patient: Option<PatientId>,
    /// Only this session's.
    pub session: Option<SessionId>,
    /// Any of these search tokens; all when empty.
    pub codes: Vec<String>,
    /// Each of these must hold as well.
    pub also: Vec<TokenClause>,
    /// When it last changed.
    pub updated: DateBound,
    /// Only these moments.
    pub date: DateBound,
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
            Self::Between(from, until) => token >= from && token < until,
        })
    }
}

impl ResourceSearch {
    /// True when the search has conditions that no index serves: each found resource is then
    /// looked at once more.
    pub fn is_sifted(&self) -> bool {
        !self.also.is_empty() || self.updated != DateBound::default()
    }

    /// Whether a resource that an index found fulfils the other conditions too.
    pub fn sifts(&self, updated: Moment, tokens: &[String]) -> bool {
        self.updated.holds(Some(updated)) && self.also.iter().all(|clause| clause.holds(tokens))
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
