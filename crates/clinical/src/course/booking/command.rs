//! What someone may want of the book. A closed list.

use super::vocabulary::{Place, Visit, Waiting, WaitingId};
use crate::record::SessionId;
use serde::{Deserialize, Serialize};
use units::Moment;

/// A command to the book: to one day, or to several at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Book these visits, all of them or none.
    BookVisits {
        /// Of one person, in any order.
        visits: Vec<Visit>,
        /// Said after the warnings were shown.
        despite_warnings: bool,
    },
    /// Give a visit another chair, time or day.
    MoveVisit {
        /// Which.
        visit: SessionId,
        /// Where to.
        place: Place,
        /// When it shall begin.
        starts: Moment,
        /// Why, in words; may be empty.
        reason: String,
        /// Said after the warnings were shown.
        despite_warnings: bool,
    },
    /// Let a visit not take place.
    CancelVisit {
        /// Which.
        visit: SessionId,
        /// Why, in words.
        reason: String,
    },
    /// The visit took place, and is over.
    CloseVisit {
        /// Which.
        visit: SessionId,
    },
    /// The person did not come.
    MarkMissed {
        /// Which.
        visit: SessionId,
    },
    /// Wait for a chair.
    Wait {
        /// Who, for what, and when.
        waiting: Waiting,
    },
    /// Wait no more.
    StopWaiting {
        /// Which entry.
        entry: WaitingId,
    },
    /// Offer a free chair to someone who waits.
    OfferChair {
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
    /// Take the offered chair.
    AcceptOffer {
        /// Which entry.
        entry: WaitingId,
    },
    /// Say no to the offered chair, and wait on.
    DeclineOffer {
        /// Which entry.
        entry: WaitingId,
    },
}
