//! What lists need of a person's way to treatment: a row for each thing that has a state and,
//! often, a moment by which somebody must have acted.

use crate::DateBound;
use clinical::record::PatientId;
use serde::{Deserialize, Serialize};
use units::Moment;
use uuid::Uuid;

/// One thing on a person's way: an intake, a clearance, a consent, a visit, a message …
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseRow {
    /// What it is: `intake`, `visit` …
    pub part: String,
    /// Its identity within the part.
    pub id: Uuid,
    /// Whose; `None` where it belongs to nobody.
    pub patient: Option<PatientId>,
    /// How it stands, in the part's own word.
    pub state: String,
    /// By when somebody must have acted, or when it takes place; `None` at no moment.
    pub due: Option<Moment>,
    /// The version of the stream that it was folded from.
    pub version: u64,
    /// What a list shows besides, as JSON.
    pub summary: String,
}

/// A search among the rows of one part, in order of when they are due; what is due at no moment
/// comes last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CourseSearch {
    /// Which part.
    pub part: String,
    /// Only what stands so.
    pub state: Option<String>,
    /// Only what is due then. Without an end it finds what is due at no moment too.
    pub due: DateBound,
    /// Go on after this row, as the last page ended.
    pub after: Option<(Option<Moment>, Uuid)>,
    /// How many at the most.
    pub count: usize,
}

/// The stored moment of what is due at none: after every other.
const NEVER: i64 = i64::MAX;

/// A moment by which it is due, as it is stored.
pub(crate) fn stored(due: Option<Moment>) -> i64 {
    due.map_or(NEVER, Moment::microseconds)
}

/// The moment from what [`stored`] gave.
pub(crate) fn due(stored: i64) -> Option<Moment> {
    (stored != NEVER).then(|| Moment::from_microseconds(stored))
}

impl CourseSearch {
    /// The first and the last stored moment, both inclusive.
    pub(crate) fn stretch(&self) -> (i64, i64) {
        let from = self.due.from.map_or(i64::MIN, Moment::microseconds);
        let until = self
            .due
            .until
            .map_or(NEVER, |until| Moment::microseconds(until).saturating_sub(1));
        (from, until)
    }

    /// The place after which the page begins.
    pub(crate) fn place(&self) -> (i64, Uuid) {
        self.after
            .map_or((i64::MIN, Uuid::nil()), |(moment, id)| (stored(moment), id))
    }
}
