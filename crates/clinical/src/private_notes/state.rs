//! Keys and sealed notes of one author, folded.

use crate::record::{Folded, Header, Recorded, StreamKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::Moment;
use uuid::Uuid;

/// A key, sealed under its owner's password. Bytes are hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// What the password was mixed with.
    pub salt: String,
    /// The cost of the derivation: memory in KiB, passes, lanes.
    pub cost: (u32, u32, u32),
    /// The key, sealed.
    pub sealed: String,
}

/// Not even sealed keys stand in a log of the server.
impl std::fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrappedKey")
    }
}

/// What can become true of an author's private notes. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum PrivateNotesEvent {
    /// A key was made; notes are sealed under the newest.
    PrivateKeyMade {
        /// Counts up.
        key: u32,
        /// Under the password of then.
        wrapped: WrappedKey,
    },
    /// The same key was sealed under another password.
    PrivateKeyWrapped {
        /// Which.
        key: u32,
        /// Under the new password.
        wrapped: WrappedKey,
    },
    /// A note was kept.
    PrivateNoteKept {
        /// Its name.
        note: Uuid,
        /// The key it is sealed under.
        key: u32,
        /// The note, sealed; hexadecimal.
        sealed: String,
    },
}

impl Recorded for PrivateNotesEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::PrivateKeyMade { .. } => "PrivateKeyMade",
            Self::PrivateKeyWrapped { .. } => "PrivateKeyWrapped",
            Self::PrivateNoteKept { .. } => "PrivateNoteKept",
        }
    }
}

/// A note, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedNote {
    /// Its name.
    pub note: Uuid,
    /// The key it is sealed under.
    pub key: u32,
    /// The note; hexadecimal.
    pub sealed: String,
    /// When it was kept.
    pub at: Moment,
}

/// One author's keys and notes; filed under the author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateNotes {
    /// Each key as it was sealed last.
    pub keys: BTreeMap<u32, WrappedKey>,
    /// The notes, in the order in which they were kept.
    pub notes: Vec<SealedNote>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such key.
    NoSuchKey,
    /// A newer key was made meanwhile.
    KeyMovedOn,
}

impl Refusal {
    /// In one plain sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NoSuchKey => "Not saved: this key is not known. Open your notes again.",
            Self::KeyMovedOn => {
                "Not saved: your notes were opened with another key meanwhile. Open them again."
            }
        }
    }
}

impl Folded for PrivateNotes {
    type Event = PrivateNotesEvent;
    const KIND: StreamKind = StreamKind::PrivateNotes;
    fn take(&mut self, header: &Header, event: &PrivateNotesEvent) {
        match event {
            PrivateNotesEvent::PrivateKeyMade { key, wrapped }
            | PrivateNotesEvent::PrivateKeyWrapped { key, wrapped } => {
                self.keys.insert(*key, wrapped.clone());
            }
            PrivateNotesEvent::PrivateNoteKept { note, key, sealed } => {
                self.notes.push(SealedNote {
                    note: *note,
                    key: *key,
                    sealed: sealed.clone(),
                    at: header.occurred_at,
                });
            }
        }
    }
}

impl PrivateNotes {
    /// The key under which the next note is sealed.
    pub fn newest(&self) -> Option<u32> {
        self.keys.keys().next_back().copied()
    }

    /// A new key beside those there are. Refuses when another one was made meanwhile.
    pub fn make_key(
        &self,
        key: u32,
        wrapped: WrappedKey,
    ) -> Result<Vec<PrivateNotesEvent>, Refusal> {
        if key != self.newest().map_or(1, |newest| newest + 1) {
            return Err(Refusal::KeyMovedOn);
        }
        Ok(vec![PrivateNotesEvent::PrivateKeyMade { key, wrapped }])
    }

    /// The same key under another password.
    pub fn wrap_again(
        &self,
        key: u32,
        wrapped: WrappedKey,
    ) -> Result<Vec<PrivateNotesEvent>, Refusal> {
        if !self.keys.contains_key(&key) {
            return Err(Refusal::NoSuchKey);
        }
        Ok(vec![PrivateNotesEvent::PrivateKeyWrapped { key, wrapped }])
    }

    /// Keeps a sealed note. Refuses one that is sealed under a key that is not the newest.
    pub fn keep(
        &self,
        note: Uuid,
        key: u32,
        sealed: String,
    ) -> Result<Vec<PrivateNotesEvent>, Refusal> {
        if self.newest() != Some(key) {
            return Err(Refusal::KeyMovedOn);
        }
        Ok(vec![PrivateNotesEvent::PrivateNoteKept {
            note,
            key,
            sealed,
        }])
    }
}
