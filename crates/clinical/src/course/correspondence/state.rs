//! A person's correspondence as its events have made it.

use super::event::CorrespondenceEvent;
use super::vocabulary::{Letter, Telling, Way};
use crate::patient::CivilDate;
use crate::record::{Actor, Folded, Header, StreamKind};
use units::Moment;
use uuid::Uuid;

/// Something a person agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its identity.
    pub id: Uuid,
    /// To whom, and of what.
    pub telling: Telling,
    /// When it was said.
    pub at: Moment,
    /// Who wrote it down.
    pub by: Actor,
    /// When it was taken back, by whom, and in which words.
    pub taken_back: Option<(Moment, Actor, String)>,
}

impl Agreement {
    /// Whether it holds on a day.
    pub fn stands(&self, today: CivilDate) -> bool {
        self.taken_back.is_none() && self.telling.until.is_none_or(|until| today <= until)
    }
}

/// How a letter left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// How.
    pub way: Way,
    /// What was said of it.
    pub note: String,
    /// When.
    pub at: Moment,
    /// Who said so.
    pub by: Actor,
}

/// A letter that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedLetter {
    /// Its identity.
    pub id: Uuid,
    /// The agreement that it rests on.
    pub agreement: Uuid,
    /// Every word of it.
    pub contents: Letter,
    /// When it was signed.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
    /// Each time it left, in order.
    pub left: Vec<Left>,
}

/// A person's correspondence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correspondence {
    /// What they agreed to, in order.
    pub agreements: Vec<Agreement>,
    /// Letters, in order of signing.
    pub letters: Vec<SignedLetter>,
}

impl Correspondence {
    /// One agreement.
    pub fn agreement(&self, id: Uuid) -> Option<&Agreement> {
        self.agreements.iter().find(|known| known.id == id)
    }

    /// One letter.
    pub fn letter(&self, id: Uuid) -> Option<&SignedLetter> {
        self.letters.iter().find(|known| known.id == id)
    }
}

impl Folded for Correspondence {
    type Event = CorrespondenceEvent;
    const KIND: StreamKind = StreamKind::Correspondence;
    fn take(&mut self, header: &Header, event: &CorrespondenceEvent) {
        let (at, by) = (header.occurred_at, header.actor.clone());
        match event {
            CorrespondenceEvent::TellingAgreed { agreement, telling } => {
                self.agreements.push(Agreement {
                    id: *agreement,
                    telling: telling.clone(),
                    at,
                    by,
                    taken_back: None,
                });
            }
            CorrespondenceEvent::TellingTakenBack { agreement, reason } => {
                let mut known = self.agreements.iter_mut();
                if let Some(known) = known.find(|known| known.id == *agreement) {
                    known.taken_back = Some((at, by, reason.clone()));
                }
            }
            CorrespondenceEvent::LetterSigned {
                letter,
                agreement,
                contents,
            } => self.letters.push(SignedLetter {
                id: *letter,
                agreement: *agreement,
                contents: contents.as_ref().clone(),
                at,
                by,
                left: Vec::new(),
            }),
            CorrespondenceEvent::LetterLeft { letter, way, note } => {
                let mut known = self.letters.iter_mut();
                if let Some(known) = known.find(|known| known.id == *letter) {
                    known.left.push(Left {
                        way: *way,
                        note: note.clone(),
                        at,
                        by,
                    });
                }
            }
        }
    }
}
