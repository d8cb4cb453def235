//! A person's keepsakes, folded, and what may follow.

use crate::record::{Folded, Header, Recorded, SessionId, StreamKind};
use serde::{Deserialize, Serialize};
use units::Moment;
use uuid::Uuid;

/// So many of one session: a limit of room, not of the person.
pub const MOST_OF_A_SESSION: usize = 50;

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Words.
    Word,
    /// A drawing or a photograph of one.
    Drawing,
    /// The person's voice.
    Voice,
}

/// What can become true of a person's keepsakes. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum KeepsakeEvent {
    /// Something was kept.
    KeepsakeKept {
        /// Its name.
        keepsake: Uuid,
        /// Of which session.
        session: SessionId,
        /// What it is.
        form: Form,
        /// What kind of bytes.
        media: String,
        /// The digest of the sealed bytes, under which they are kept.
        digest: String,
        /// The question that it answers, by its name; none where it answers none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prompt: Option<String>,
    },
    /// The person shares it with the people who treat them.
    KeepsakeShared {
        /// Which.
        keepsake: Uuid,
    },
    /// The person does not share it any more.
    KeepsakeUnshared {
        /// Which.
        keepsake: Uuid,
    },
    /// The person threw it away: its key is gone, and nobody can read it again.
    KeepsakeRemoved {
        /// Which.
        keepsake: Uuid,
    },
}

impl Recorded for KeepsakeEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::KeepsakeKept { .. } => "KeepsakeKept",
            Self::KeepsakeShared { .. } => "KeepsakeShared",
            Self::KeepsakeUnshared { .. } => "KeepsakeUnshared",
            Self::KeepsakeRemoved { .. } => "KeepsakeRemoved",
        }
    }
}

/// Something that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keepsake {
    /// Its name.
    pub keepsake: Uuid,
    /// Of which session.
    pub session: SessionId,
    /// What it is.
    pub form: Form,
    /// What kind of bytes.
    pub media: String,
    /// The digest of the sealed bytes.
    pub digest: String,
    /// The question that it answers, by its name.
    pub prompt: Option<String>,
    /// When it was kept.
    pub at: Moment,
    /// Since when it is shared; none: it is not.
    pub shared: Option<Moment>,
}

/// A person's keepsakes; filed under the person. What was thrown away is not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keepsakes {
    /// In the order in which they were kept.
    pub all: Vec<Keepsake>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The drug has not ended yet.
    NotYet,
    /// Too many of one session.
    TooMany,
    /// There is no such one, or it was thrown away.
    NoSuchKeepsake,
}

impl Folded for Keepsakes {
    type Event = KeepsakeEvent;
    const KIND: StreamKind = StreamKind::Keepsakes;
    fn take(&mut self, header: &Header, event: &KeepsakeEvent) {
        match event {
            KeepsakeEvent::KeepsakeKept {
                keepsake,
                session,
                form,
                media,
                digest,
                prompt,
            } => self.all.push(Keepsake {
                keepsake: *keepsake,
                session: *session,
                form: *form,
                media: media.clone(),
                digest: digest.clone(),
                prompt: prompt.clone(),
                at: header.occurred_at,
                shared: None,
            }),
            KeepsakeEvent::KeepsakeShared { keepsake } => {
                if let Some(known) = self.known(*keepsake) {
                    known.shared = Some(header.occurred_at);
                }
            }
            KeepsakeEvent::KeepsakeUnshared { keepsake } => {
                if let Some(known) = self.known(*keepsake) {
                    known.shared = None;
                }
            }
            KeepsakeEvent::KeepsakeRemoved { keepsake } => {
                self.all.retain(|known| known.keepsake != *keepsake);
            }
        }
    }
}

impl Keepsakes {
    fn known(&mut self, keepsake: Uuid) -> Option<&mut Keepsake> {
        self.all.iter_mut().find(|known| known.keepsake == keepsake)
    }

    /// One of them.
    pub fn one(&self, keepsake: Uuid) -> Option<&Keepsake> {
        self.all.iter().find(|known| known.keepsake == keepsake)
    }

    /// Those that the people who treat the person may see: nothing else of any of the others.
    // Hazard: H45
    pub fn shared(&self) -> impl Iterator<Item = &Keepsake> {
        self.all.iter().filter(|known| known.shared.is_some())
    }

    /// Whether something can be kept of a session whose drug ended then, if it has: from then on for
    /// as long as the person likes.
    pub const fn may_keep(ended: Option<Moment>) -> Result<(), Refusal> {
        match ended {
            None => Err(Refusal::NotYet),
            Some(_) => Ok(()),
        }
    }

    /// Keeps something.
    pub fn keep(
        &self,
        keepsake: Keepsake,
        ended: Option<Moment>,
    ) -> Result<Vec<KeepsakeEvent>, Refusal> {
        Self::may_keep(ended)?;
        let of_session = self
            .all
            .iter()
            .filter(|known| known.session == keepsake.session);
        if of_session.count() >= MOST_OF_A_SESSION {
            return Err(Refusal::TooMany);
        }
        Ok(vec![KeepsakeEvent::KeepsakeKept {
            keepsake: keepsake.keepsake,
            session: keepsake.session,
            form: keepsake.form,
            media: keepsake.media,
            digest: keepsake.digest,
            prompt: keepsake.prompt,
        }])
    }

    /// Shares one, or does not any more. Nothing where it stands so.
    pub fn share(&self, keepsake: Uuid, share: bool) -> Result<Vec<KeepsakeEvent>, Refusal> {
        let known = self.one(keepsake).ok_or(Refusal::NoSuchKeepsake)?;
        Ok(match (share, known.shared.is_some()) {
            (true, false) => vec![KeepsakeEvent::KeepsakeShared { keepsake }],
            (false, true) => vec![KeepsakeEvent::KeepsakeUnshared { keepsake }],
            (true, true) | (false, false) => Vec::new(),
        })
    }

    /// Throws one away.
    pub fn remove(&self, keepsake: Uuid) -> Result<Vec<KeepsakeEvent>, Refusal> {
        self.one(keepsake).ok_or(Refusal::NoSuchKeepsake)?;
        Ok(vec![KeepsakeEvent::KeepsakeRemoved { keepsake }])
    }
}
