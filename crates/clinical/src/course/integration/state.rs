//! A person's integration as its events have made it.

use super::event::IntegrationEvent;
use super::vocabulary::{AmendmentKind, Answer, ContactKind, Mode, Note};
use crate::record::{Actor, Folded, Header, SessionId, StreamKind};
use units::Moment;
use uuid::Uuid;

/// A day that was agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Its name.
    pub booking: Uuid,
    /// Which contact.
    pub kind: ContactKind,
    /// About which session.
    pub session: Option<SessionId>,
    /// When.
    pub at: Moment,
    /// How.
    pub mode: Mode,
    /// The group, where it is one.
    pub group: Option<Uuid>,
    /// Who agreed it.
    pub by: String,
    /// Why it does not hold any more.
    pub cancelled: Option<String>,
}

/// A contact that is not held any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedContact {
    /// Which.
    pub kind: ContactKind,
    /// About which session.
    pub session: Option<SessionId>,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// What was written to a signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// More, or instead.
    pub kind: AmendmentKind,
    /// The words.
    pub words: String,
    /// Why; empty for an addendum.
    pub reason: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Moment,
}

/// A note, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub id: Uuid,
    /// What it says.
    pub note: Note,
    /// Its author, and nobody else writes it further.
    pub author: Actor,
    /// When it was written last.
    pub at: Moment,
    /// When its author signed it.
    pub signed: Option<Moment>,
    /// What was written to it since.
    pub amendments: Vec<Amendment>,
    /// What the person said last of who reads their account: it goes over what the note says.
    pub marked: Option<bool>,
}

/// Homework of a signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Homework {
    /// Its name, made of its note and its place.
    pub homework: Uuid,
    /// Of which note.
    pub note: Uuid,
    /// What.
    pub words: String,
    /// Since when.
    pub at: Moment,
    /// What the person said of it, in order.
    pub answers: Vec<(Moment, Answer)>,
}

/// A person's integration; filed under the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Integration {
    /// Days that were agreed, in order.
    pub bookings: Vec<Booking>,
    /// Contacts that are not held any more, in order.
    pub missed: Vec<MissedContact>,
    /// Notes, in the order in which they were begun.
    pub notes: Vec<Written>,
    /// Homework, in order.
    pub homework: Vec<Homework>,
}

impl Folded for Integration {
    type Event = IntegrationEvent;
    const KIND: StreamKind = StreamKind::Integration;
    fn take(&mut self, header: &Header, event: &IntegrationEvent) {
        let at = header.occurred_at;
        match event {
            IntegrationEvent::ContactBooked {
                booking,
                kind,
                session,
                at: on,
                mode,
                group,
            } => {
                // Another day for the same contact takes the place of the one before.
                for before in &mut self.bookings {
                    let same = (before.kind, before.session) == (*kind, *session);
                    if same && before.cancelled.is_none() && *kind != ContactKind::Other {
                        before.cancelled = Some("another day was agreed".to_owned());
                    }
                }
                self.bookings.push(Booking {
                    booking: *booking,
                    kind: *kind,
                    session: *session,
                    at: *on,
                    mode: *mode,
                    group: *group,
                    by: header.actor.name().to_owned(),
                    cancelled: None,
                });
            }
            IntegrationEvent::BookingCancelled { booking, reason } => {
                let known = self.bookings.iter_mut().find(|one| one.booking == *booking);
                if let Some(known) = known {
                    known.cancelled = Some(reason.clone());
                }
            }
            IntegrationEvent::ContactMissed {
                kind,
                session,
                reason,
            } => self.missed.push(MissedContact {
                kind: *kind,
                session: *session,
                reason: reason.clone(),
                by: header.actor.name().to_owned(),
                at,
            }),
            IntegrationEvent::NoteDrafted { note, written } => {
                match self.notes.iter_mut().find(|one| one.id == *note) {
                    Some(known) => {
                        known.note = (**written).clone();
                        known.at = at;
                    }
                    None => self.notes.push(Written {
                        id: *note,
                        note: (**written).clone(),
                        author: header.actor.clone(),
                        at,
                        signed: None,
                        amendments: Vec::new(),
                        marked: None,
                    }),
                }
            }
            IntegrationEvent::NoteSigned { note } => {
                let Some(known) = self.notes.iter_mut().find(|one| one.id == *note) else {
                    return;
                };
                known.signed = Some(at);
                let set = known.note.homework.iter().enumerate();
                self.homework.extend(set.map(|(place, words)| Homework {
                    homework: Uuid::new_v5(note, format!("homework {place}").as_bytes()),
                    note: *note,
                    words: words.clone(),
                    at,
                    answers: Vec::new(),
                }));
            }
            IntegrationEvent::NoteAmended {
                note,
                kind,
                words,
                reason,
            } => {
                if let Some(known) = self.notes.iter_mut().find(|one| one.id == *note) {
                    known.amendments.push(Amendment {
                        kind: *kind,
                        words: words.clone(),
                        reason: reason.clone(),
                        by: header.actor.clone(),
                        at,
                    });
                }
            }
            IntegrationEvent::AccountMarked { note, private } => {
                if let Some(known) = self.notes.iter_mut().find(|one| one.id == *note) {
                    known.marked = Some(*private);
                }
            }
            IntegrationEvent::HomeworkAnswered { homework, answer } => {
                let known = self
                    .homework
                    .iter_mut()
                    .find(|one| one.homework == *homework);
                if let Some(known) = known {
                    known.answers.push((at, *answer));
                }
            }
        }
    }
}

impl Integration {
    /// A note.
    pub fn note(&self, id: Uuid) -> Option<&Written> {
        self.notes.iter().find(|one| one.id == id)
    }

    /// What stands in another record of the same person, taken in: one person has one plan.
    pub fn absorb(&mut self, other: Self) {
        self.bookings.extend(other.bookings);
        self.missed.extend(other.missed);
        self.notes.extend(other.notes);
        self.homework.extend(other.homework);
    }
}

impl Written {
    /// The account stays between the person and the author.
    pub fn is_private(&self) -> bool {
        self.marked.unwrap_or(self.note.account_private)
    }

    /// The account, for whoever reads: nothing where the person keeps it between them and the author.
    // Hazard: H68
    pub fn account_for(&self, reader: &Actor) -> Option<&str> {
        (!self.is_private() || same_person(&self.author, reader))
            .then_some(self.note.account.as_str())
    }

    /// What was written to it since, for whoever reads: where the account is private, whatever is
    /// added to the note or corrected in it may tell of it, and is read by the note's author and by
    /// whoever wrote it.
    // Hazard: H68
    pub fn amendment_for<'a>(&self, amendment: &'a Amendment, reader: &Actor) -> Option<&'a str> {
        let reads = !self.is_private()
            || self.note.account.is_empty()
            || same_person(&self.author, reader)
            || same_person(&amendment.by, reader);
        reads.then_some(amendment.words.as_str())
    }
}

impl Homework {
    /// What the person said last; nothing yet.
    pub fn answer(&self) -> Option<Answer> {
        self.answers.last().map(|(_, answer)| *answer)
    }
}

/// Both are one member of staff, or one patient.
pub(super) fn same_person(one: &Actor, other: &Actor) -> bool {
    match (one, other) {
        (Actor::Person { id, .. }, Actor::Person { id: other, .. }) => id == other,
        (Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. }, _) => false,
    }
}
