//! What a booking is made of.

use crate::clinic::Room;
use crate::course::screening::person::{Product, Route};
use crate::patient::CivilDate;
use crate::record::{PatientId, SessionId};
use serde::{Deserialize, Serialize};
use std::fmt;
use units::{Moment, Span};
use uuid::Uuid;

/// The names of days hang on this.
const DAYS: Uuid = Uuid::from_u128(0x3d6b_7a10_9c52_4f0e_8b1d_5e2f_6a70_c411);

/// The identity of a day's stream: made of the date in the clinic's zone, and of nothing else.
pub fn day_id(date: CivilDate) -> Uuid {
    Uuid::new_v5(&DAYS, date.to_string().as_bytes())
}

/// A stretch of time: from, inclusive; until, exclusive. Two that only touch do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stretch {
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
}

impl Stretch {
    /// From a moment on, for so long; nothing where the length is negative.
    pub fn of(from: Moment, length: Span) -> Self {
        let until = (from + length).max(from);
        Self { from, until }
    }

    /// True when they share any time.
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// True when the other lies wholly inside.
    pub fn holds(self, other: Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }

    /// True when the moment lies inside.
    pub fn is_at(self, moment: Moment) -> bool {
        self.from <= moment && moment < self.until
    }
}

/// A chair: the room by name, and which one in it, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The room.
    pub room: String,
    /// Which chair.
    pub chair: u8,
}

impl Place {
    /// Every chair of these rooms, in the order of the board.
    pub fn all(rooms: &[Room]) -> Vec<Self> {
        rooms
            .iter()
            .flat_map(|room| {
                (1..=room.chairs).map(|chair| Self {
                    room: room.name.clone(),
                    chair,
                })
            })
            .collect()
    }

    /// True when one of these rooms has this chair.
    pub fn stands_in(&self, rooms: &[Room]) -> bool {
        let room = rooms.iter().find(|room| room.name == self.room);
        room.is_some_and(|room| (1..=room.chairs).contains(&self.chair))
    }

    /// The place as the session room and the board name it: the room alone where it has one chair.
    pub fn name_in(&self, rooms: &[Room]) -> String {
        let room = rooms.iter().find(|room| room.name == self.room);
        match room {
            Some(room) if room.chairs == 1 && self.chair == 1 => self.room.clone(),
            Some(_) | None => self.to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, chair {}", self.room, self.chair)
    }
}

/// A visit as it is booked. Its identity is that of the session that will take place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Which.
    pub visit: SessionId,
    /// Who.
    pub patient: PatientId,
    /// Where.
    pub place: Place,
    /// What is to be given.
    pub product: Product,
    /// How.
    pub route: Route,
    /// When the person sits down.
    pub starts: Moment,
    /// From sitting down until the drug has ended: settling and dosing, in whole minutes.
    pub treatment: Span,
    /// From then until fit to leave, in whole minutes.
    pub recovery: Span,
}

impl Visit {
    /// When the person may leave.
    pub fn ends(&self) -> Moment {
        self.starts + self.treatment + self.recovery
    }

    /// When the person is there.
    pub fn presence(&self) -> Stretch {
        Stretch {
            from: self.starts,
            until: self.ends(),
        }
    }
}

/// The identity of an entry of the waiting list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WaitingId(pub Uuid);

impl fmt::Display for WaitingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// Someone who would take a chair on a day if one became free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Which entry.
    pub entry: WaitingId,
    /// Who.
    pub patient: PatientId,
    /// What is to be given.
    pub product: Product,
    /// How.
    pub route: Route,
    /// Settling and dosing.
    pub treatment: Span,
    /// Until fit to leave.
    pub recovery: Span,
    /// When they could be there, first to last.
    pub could_come: Stretch,
}

impl Waiting {
    /// When the person would be there, beginning at a moment.
    pub fn presence(&self, starts: Moment) -> Stretch {
        Stretch::of(starts, self.treatment + self.recovery)
    }
}
