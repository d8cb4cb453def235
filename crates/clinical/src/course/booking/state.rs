//! A day of the book, folded from its events.

use super::event::CalendarEvent;
use super::vocabulary::{Place, Stretch, Visit, Waiting, WaitingId};
use crate::patient::CivilDate;
use crate::record::{Folded, Header, SessionId, StreamKind};
use std::collections::BTreeMap;
use units::Moment;

/// How a visit stands on its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is to take place.
    Booked,
    /// It left for another day, and stands there.
    MovedAway {
        /// Where to.
        to: CivilDate,
    },
    /// It will not take place.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// It took place, and is over.
    Done,
    /// The person did not come.
    Missed,
}

impl Standing {
    /// True while the visit holds its chair.
    pub const fn holds_the_chair(&self) -> bool {
        match self {
            Self::Booked | Self::Done => true,
            Self::MovedAway { .. } | Self::Cancelled { .. } | Self::Missed => false,
        }
    }

    /// Its word in rows and on pages.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::MovedAway { .. } => "moved",
            Self::Cancelled { .. } => "cancelled",
            Self::Done => "done",
            Self::Missed => "missed",
        }
    }
}

/// A visit on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The visit as it stands.
    pub visit: Visit,
    /// How it stands.
    pub standing: Standing,
}

/// A chair that is kept for someone who was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The visit that it becomes.
    pub visit: SessionId,
    /// Where.
    pub place: Place,
    /// When it would begin.
    pub starts: Moment,
    /// Until when they may answer.
    pub answer_by: Moment,
    /// They said no.
    pub declined: bool,
}

impl Offered {
    /// True while they may still take it.
    pub fn is_open(&self, now: Moment) -> bool {
        !self.declined && now < self.answer_by
    }
}

/// Someone who waits on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Who, for what, and when.
    pub waiting: Waiting,
    /// What they were offered last.
    pub offered: Option<Offered>,
    /// False once they wait no more.
    pub waits: bool,
}

/// A day of the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayBook {
    /// Every visit that ever stood on this day.
    pub visits: BTreeMap<SessionId, Booked>,
    /// Everyone who ever waited for a chair on this day.
    pub waiting: BTreeMap<WaitingId, Waiter>,
    /// The visit that the newest event is about.
    pub touched_visit: Option<SessionId>,
    /// The entry of the waiting list that the newest event is about.
    pub touched_entry: Option<WaitingId>,
}

impl DayBook {
    /// The visits that hold a chair.
    pub fn standing(&self) -> impl Iterator<Item = &Visit> {
        self.visits
            .values()
            .filter(|booked| booked.standing.holds_the_chair())
            .map(|booked| &booked.visit)
    }

    /// A visit that is to take place on this day.
    pub fn booked(&self, visit: SessionId) -> Option<&Visit> {
        self.visits
            .get(&visit)
            .filter(|booked| booked.standing == Standing::Booked)
            .map(|booked| &booked.visit)
    }

    /// Those who wait.
    pub fn waiters(&self) -> impl Iterator<Item = &Waiter> {
        self.waiting.values().filter(|waiter| waiter.waits)
    }

    /// Chairs that are kept for someone at a moment, with when they would be there.
    pub fn offers_at(&self, now: Moment) -> impl Iterator<Item = (&Waiter, &Offered, Stretch)> {
        self.waiters().filter_map(move |waiter| {
            let offered = waiter.offered.as_ref()?;
            let presence = waiter.waiting.presence(offered.starts);
            let open = offered.is_open(now);
            open.then_some((waiter, offered, presence))
        })
    }

    /// Takes in one event; never fails.
    pub fn apply(&mut self, event: &CalendarEvent) {
        self.touched_visit = event.visit();
        self.touched_entry = event.entry();
        match event {
            CalendarEvent::VisitBooked { visit }
            | CalendarEvent::VisitMovedHere {
                visit,
                from: _,
                reason: _,
            } => {
                let booked = Booked {
                    visit: visit.clone(),
                    standing: Standing::Booked,
                };
                self.visits.insert(visit.visit, booked);
            }
            CalendarEvent::VisitMoved {
                visit,
                place,
                starts,
                reason: _,
            } => {
                if let Some(known) = self.visits.get_mut(visit) {
                    known.visit.place = place.clone();
                    known.visit.starts = *starts;
                }
            }
            CalendarEvent::VisitMovedAway {
                visit,
                to,
                reason: _,
            } => self.stands(*visit, Standing::MovedAway { to: *to }),
            CalendarEvent::VisitCancelled { visit, reason } => {
                let reason = reason.clone();
                self.stands(*visit, Standing::Cancelled { reason });
            }
            CalendarEvent::VisitDone { visit } => self.stands(*visit, Standing::Done),
            CalendarEvent::VisitMissed { visit } => self.stands(*visit, Standing::Missed),
            CalendarEvent::WaitingBegun { waiting } => {
                let waiter = Waiter {
                    waiting: waiting.clone(),
                    offered: None,
                    waits: true,
                };
                self.waiting.insert(waiting.entry, waiter);
            }
            CalendarEvent::ChairOffered {
                entry,
                visit,
                place,
                starts,
                answer_by,
            } => {
                let offered = Offered {
                    visit: *visit,
                    place: place.clone(),
                    starts: *starts,
                    answer_by: *answer_by,
                    declined: false,
                };
                if let Some(waiter) = self.waiting.get_mut(entry) {
                    waiter.offered = Some(offered);
                }
            }
            CalendarEvent::WaitingEnded { entry } | CalendarEvent::OfferAccepted { entry } => {
                if let Some(waiter) = self.waiting.get_mut(entry) {
                    waiter.waits = false;
                }
            }
            CalendarEvent::OfferDeclined { entry } => {
                let offered = self
                    .waiting
                    .get_mut(entry)
                    .and_then(|waiter| waiter.offered.as_mut());
                if let Some(offered) = offered {
                    offered.declined = true;
                }
            }
        }
    }

    fn stands(&mut self, visit: SessionId, standing: Standing) {
        if let Some(known) = self.visits.get_mut(&visit) {
            known.standing = standing;
        }
    }
}

impl Folded for DayBook {
    type Event = CalendarEvent;
    const KIND: StreamKind = StreamKind::Calendar;
    fn take(&mut self, _header: &Header, event: &CalendarEvent) {
        self.apply(event);
    }
}

impl CalendarEvent {
    /// The visit that the event is about; an offer that was accepted is told by its booking.
    pub const fn visit(&self) -> Option<SessionId> {
        match self {
            Self::VisitBooked { visit }
            | Self::VisitMovedHere {
                visit,
                from: _,
                reason: _,
            } => Some(visit.visit),
            Self::VisitMoved { visit, .. }
            | Self::VisitMovedAway { visit, .. }
            | Self::VisitCancelled { visit, .. }
            | Self::VisitDone { visit }
            | Self::VisitMissed { visit } => Some(*visit),
            Self::WaitingBegun { .. }
            | Self::WaitingEnded { .. }
            | Self::ChairOffered { .. }
            | Self::OfferAccepted { .. }
            | Self::OfferDeclined { .. } => None,
        }
    }

    /// The entry of the waiting list that the event is about.
    pub const fn entry(&self) -> Option<WaitingId> {
        match self {
            Self::WaitingBegun { waiting } => Some(waiting.entry),
            Self::WaitingEnded { entry }
            | Self::ChairOffered { entry, .. }
            | Self::OfferAccepted { entry }
            | Self::OfferDeclined { entry } => Some(*entry),
            Self::VisitBooked { .. }
            | Self::VisitMoved { .. }
            | Self::VisitMovedAway { .. }
            | Self::VisitMovedHere { .. }
            | Self::VisitCancelled { .. }
            | Self::VisitDone { .. }
            | Self::VisitMissed { .. } => None,
        }
    }
}
