//! What can become true of a person's integration. A closed list.

use super::vocabulary::{AmendmentKind, Answer, ContactKind, Mode, Note};
use crate::record::{Recorded, SessionId};
use serde::{Deserialize, Serialize};
use units::Moment;
use uuid::Uuid;

/// An event of a person's integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum IntegrationEvent {
    /// A day was agreed for a contact; another one than before takes its place.
    ContactBooked {
        /// Its name.
        booking: Uuid,
        /// Which contact.
        kind: ContactKind,
        /// About which session; none before the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// When.
        at: Moment,
        /// How.
        mode: Mode,
        /// The group, where it is one; nobody else of it stands here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Uuid>,
    },
    /// The day that was agreed does not hold any more.
    BookingCancelled {
        /// Which.
        booking: Uuid,
        /// Why.
        reason: String,
    },
    /// A contact that was owed is not held any more.
    ContactMissed {
        /// Which contact.
        kind: ContactKind,
        /// About which session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// Why.
        reason: String,
    },
    /// A note was written, or written further by its author.
    NoteDrafted {
        /// Its name.
        note: Uuid,
        /// All of it, as it stands then.
        written: Box<Note>,
    },
    /// Its author signed it as it stood.
    NoteSigned {
        /// Which.
        note: Uuid,
    },
    /// More was written to a signed one, or what should stand instead.
    NoteAmended {
        /// Which.
        note: Uuid,
        /// More, or instead.
        kind: AmendmentKind,
        /// The words.
        words: String,
        /// Why; empty for an addendum.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The person keeps the account of a note between them and its author, or not any more.
    AccountMarked {
        /// Of which note.
        note: Uuid,
        /// It stays between them.
        private: bool,
    },
    /// The person said how homework went.
    HomeworkAnswered {
        /// Which.
        homework: Uuid,
        /// How.
        answer: Answer,
    },
}

impl Recorded for IntegrationEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ContactBooked { .. } => "ContactBooked",
            Self::BookingCancelled { .. } => "BookingCancelled",
            Self::ContactMissed { .. } => "ContactMissed",
            Self::NoteDrafted { .. } => "NoteDrafted",
            Self::NoteSigned { .. } => "NoteSigned",
            Self::NoteAmended { .. } => "NoteAmended",
            Self::AccountMarked { .. } => "AccountMarked",
            Self::HomeworkAnswered { .. } => "HomeworkAnswered",
        }
    }
}
