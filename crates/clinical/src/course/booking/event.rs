//! What can become true in a day of the clinic's book. A closed list.

use super::vocabulary::{Place, Visit, Waiting, WaitingId};
use crate::patient::CivilDate;
use crate::record::{Recorded, SessionId};
use serde::{Deserialize, Serialize};
use units::Moment;

/// An event of one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum CalendarEvent {
    /// A visit was booked on this day.
    VisitBooked {
        /// The visit.
        visit: Visit,
    },
    /// A visit of this day got another chair or another time of the same day.
    VisitMoved {
        /// Which.
        visit: SessionId,
        /// Where it is now.
        place: Place,
        /// When it begins now.
        starts: Moment,
        /// Why, in words; may be empty.
        reason: String,
    },
    /// A visit left this day for another one.
    VisitMovedAway {
        /// Which.
        visit: SessionId,
        /// To which day.
        to: CivilDate,
        /// Why, in words; may be empty.
        reason: String,
    },
    /// A visit came to this day from another one.
    VisitMovedHere {
        /// The visit as it is now.
        visit: Visit,
        /// From which day.
        from: CivilDate,
        /// Why, in words; may be empty.
        reason: String,
    },
    /// A visit will not take place.
    VisitCancelled {
        /// Which.
        visit: SessionId,
        /// Why, in words.
        reason: String,
    },
    /// The visit took place, and is over.
    VisitDone {
        /// Which.
        visit: SessionId,
    },
    /// The person did not come.
    VisitMissed {
        /// Which.
        visit: SessionId,
    },
    /// Someone waits for a chair on this day.
    WaitingBegun {
        /// Who, for what, and when.
        waiting: Waiting,
    },
    /// Someone waits no more.
    WaitingEnded {
        /// Which entry.
        entry: WaitingId,
    },
    /// A free chair was offered to someone who waits, and is kept for them until then.
    ChairOffered {
        /// Which entry.
        entry: WaitingId,
        /// The visit that it becomes when they accept.
        visit: SessionId,
        /// Where.
        place: Place,
        /// When it would begin.
        starts: Moment,
        /// Until when they may answer.
        answer_by: Moment,
    },
    /// They took it; the booking stands beside.
    OfferAccepted {
        /// Which entry.
        entry: WaitingId,
    },
    /// They said no, and wait on.
    OfferDeclined {
        /// Which entry.
        entry: WaitingId,
    },
}

impl Recorded for CalendarEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::VisitBooked { .. } => "VisitBooked",
            Self::VisitMoved { .. } => "VisitMoved",
            Self::VisitMovedAway { .. } => "VisitMovedAway",
            Self::VisitMovedHere { .. } => "VisitMovedHere",
            Self::VisitCancelled { .. } => "VisitCancelled",
            Self::VisitDone { .. } => "VisitDone",
            Self::VisitMissed { .. } => "VisitMissed",
            Self::WaitingBegun { .. } => "WaitingBegun",
            Self::WaitingEnded { .. } => "WaitingEnded",
            Self::ChairOffered { .. } => "ChairOffered",
            Self::OfferAccepted { .. } => "OfferAccepted",
            Self::OfferDeclined { .. } => "OfferDeclined",
        }
    }
}
