//! The notes of one session, folded, and what may follow.

use super::signature::{Chart, Signature, Signed};
use crate::course::session::Stage;
use crate::record::{Actor, Folded, Header, Recorded, Role, SessionId, StaffId, StreamKind};
use serde::{Deserialize, Serialize};
use units::Moment;

/// The longest note, in characters: a limit of room.
pub const LONGEST_NOTE: usize = 20_000;

/// What can become true of a session's notes. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum NoteEvent {
    /// An author kept their words, not signed.
    NoteDrafted {
        /// The words.
        text: String,
    },
    /// The author signed.
    NoteSigned {
        /// The words.
        text: String,
        /// The chart beside them.
        chart: Chart,
        /// Under both.
        signature: Signature,
    },
    /// Something was added to a signed note.
    AddendumSigned {
        /// Whose note.
        to: StaffId,
        /// The words.
        text: String,
        /// The note should not stand: it is about somebody else, or wrong as a whole.
        strikes: bool,
        /// The chart beside them.
        chart: Chart,
        /// Under both.
        signature: Signature,
    },
}

impl Recorded for NoteEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::NoteDrafted { .. } => "NoteDrafted",
            Self::NoteSigned { .. } => "NoteSigned",
            Self::AddendumSigned { .. } => "AddendumSigned",
        }
    }
}

/// Something that was added after signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addendum {
    /// The words.
    pub text: String,
    /// The note does not stand any more.
    pub strikes: bool,
    /// The chart beside them.
    pub chart: Chart,
    /// Under both.
    pub signature: Signature,
}

/// One author's note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whose.
    pub author: StaffId,
    /// Their name as it stood when they wrote last.
    pub name: String,
    /// Their role then.
    pub role: Role,
    /// The words.
    pub text: String,
    /// When they were kept last, or signed.
    pub at: Moment,
    /// The signature and the chart beside it; none on a draft.
    pub signed: Option<(Signature, Chart)>,
    /// What was added since, oldest first.
    pub addenda: Vec<Addendum>,
}

impl Note {
    /// An addendum took it back.
    pub fn is_struck(&self) -> bool {
        self.addenda.iter().any(|addendum| addendum.strikes)
    }

    /// True when the words, and those of every addendum, are those that were signed; a draft has
    /// nothing to hold.
    pub fn holds(&self, session: SessionId) -> bool {
        let own = self.signed.as_ref().is_none_or(|(signature, chart)| {
            signature.holds(Signed {
                session,
                chart,
                text: &self.text,
            })
        });
        own && self.addenda.iter().all(|addendum| {
            addendum.signature.holds(Signed {
                session,
                chart: &addendum.chart,
                text: &addendum.text,
            })
        })
    }
}

/// The notes of a session; filed under the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// One of each author, in the order in which they began.
    pub all: Vec<Note>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Only a person writes.
    NotAPerson,
    /// There are no words.
    Empty,
    /// Too many words.
    TooLong,
    /// It is signed already.
    AlreadySigned,
    /// There is no signed note of this author.
    NoSuchNote,
    /// Only the author takes a note back.
    NotTheAuthor,
    /// It was taken back before.
    Struck,
    /// The visit has not ended.
    VisitNotOver,
    /// The chart has changed since the author had it before them.
    ChartChanged,
}

impl Refusal {
    /// In one sentence: what was kept, and what to do.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotAPerson => "Not saved: only a person writes a note.",
            Self::Empty => "Not saved: there are no words in it.",
            Self::TooLong => "Not saved: this is longer than 20,000 characters. Shorten it.",
            Self::AlreadySigned => {
                "Not saved: your note is signed. Add what is missing as an addendum."
            }
            Self::NoSuchNote => "Not saved: there is no signed note of this author here.",
            Self::NotTheAuthor => {
                "Not saved: only its author takes a note back. Add an addendum without striking it."
            }
            Self::Struck => "Not saved: this note was taken back before.",
            Self::VisitNotOver => {
                "Not signed: the visit has not ended. Your words are kept as a draft if you save them."
            }
            Self::ChartChanged => {
                "Not signed: the chart has changed since you had it before you. Your words are below; look at what is new, then sign."
            }
        }
    }
}

impl Folded for Notes {
    type Event = NoteEvent;
    const KIND: StreamKind = StreamKind::Notes;
    fn take(&mut self, header: &Header, event: &NoteEvent) {
        match event {
            NoteEvent::NoteDrafted { text } => {
                if let Actor::Person { id, name, role } = &header.actor {
                    self.put(Note {
                        author: *id,
                        name: name.clone(),
                        role: *role,
                        text: text.clone(),
                        at: header.occurred_at,
                        signed: None,
                        addenda: Vec::new(),
                    });
                }
            }
            NoteEvent::NoteSigned {
                text,
                chart,
                signature,
            } => self.put(Note {
                author: signature.by,
                name: signature.name.clone(),
                role: signature.role,
                text: text.clone(),
                at: signature.at,
                signed: Some((signature.clone(), chart.clone())),
                addenda: Vec::new(),
            }),
            NoteEvent::AddendumSigned {
                to,
                text,
                strikes,
                chart,
                signature,
            } => {
                if let Some(note) = self.all.iter_mut().find(|note| note.author == *to) {
                    note.addenda.push(Addendum {
                        text: text.clone(),
                        strikes: *strikes,
                        chart: chart.clone(),
                        signature: signature.clone(),
                    });
                }
            }
        }
    }
}

impl Notes {
    fn put(&mut self, note: Note) {
        match self.all.iter_mut().find(|one| one.author == note.author) {
            Some(known) => *known = note,
            None => self.all.push(note),
        }
    }

    /// One author's.
    pub fn of(&self, author: StaffId) -> Option<&Note> {
        self.all.iter().find(|note| note.author == author)
    }

    /// Those that are signed.
    pub fn signed(&self) -> impl Iterator<Item = &Note> {
        self.all.iter().filter(|note| note.signed.is_some())
    }

    fn open_draft(&self, actor: &Actor) -> Result<Option<&Note>, Refusal> {
        let Actor::Person { id, .. } = actor else {
            return Err(Refusal::NotAPerson);
        };
        match self.of(*id) {
            Some(note) if note.signed.is_some() => Err(Refusal::AlreadySigned),
            known => Ok(known),
        }
    }

    /// Keeps an author's words without a signature. Nothing where they stand so.
    pub fn draft(&self, actor: &Actor, text: &str) -> Result<Vec<NoteEvent>, Refusal> {
        let before = self.open_draft(actor)?;
        let text = worded(text)?;
        if before.is_some_and(|note| note.text == text) {
            return Ok(Vec::new());
        }
        Ok(vec![NoteEvent::NoteDrafted { text }])
    }

    /// Signs an author's words.
    ///
    /// `seen` is how many entries the chart had on the author's page; `chart` is the chart now.
    /// Refuses before the visit has ended, and where the author has not seen the chart as it is.
    pub fn sign(
        &self,
        actor: &Actor,
        at: Moment,
        (text, means): (&str, &str),
        visit: &Visit<'_>,
    ) -> Result<Vec<NoteEvent>, Refusal> {
        self.open_draft(actor)?;
        let text = worded(text)?;
        visit.check()?;
        let signature =
            Signature::new(actor, at, means, visit.under(&text)).ok_or(Refusal::NotAPerson)?;
        Ok(vec![NoteEvent::NoteSigned {
            text,
            chart: visit.chart.clone(),
            signature,
        }])
    }

    /// Adds to a signed note; `strikes` takes it back, by its author alone.
    pub fn add(
        &self,
        actor: &Actor,
        at: Moment,
        (text, means): (&str, &str),
        (to, strikes): (StaffId, bool),
        visit: &Visit<'_>,
    ) -> Result<Vec<NoteEvent>, Refusal> {
        let Actor::Person { id, .. } = actor else {
            return Err(Refusal::NotAPerson);
        };
        let note = self
            .of(to)
            .filter(|note| note.signed.is_some())
            .ok_or(Refusal::NoSuchNote)?;
        if strikes && note.author != *id {
            return Err(Refusal::NotTheAuthor);
        }
        if strikes && note.is_struck() {
            return Err(Refusal::Struck);
        }
        let text = worded(text)?;
        visit.check()?;
        let signature =
            Signature::new(actor, at, means, visit.under(&text)).ok_or(Refusal::NotAPerson)?;
        Ok(vec![NoteEvent::AddendumSigned {
            to,
            text,
            strikes,
            chart: visit.chart.clone(),
            signature,
        }])
    }
}

/// The visit that a note is about, as it is when somebody signs.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// Which session.
    pub session: SessionId,
    /// Where it stands.
    pub stage: Stage,
    /// The chart now.
    pub chart: &'a Chart,
    /// How many entries it had on the author's page.
    pub seen: u64,
}

impl Visit<'_> {
    const fn under<'a>(&'a self, text: &'a str) -> Signed<'a> {
        Signed {
            session: self.session,
            chart: self.chart,
            text,
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Discharged | Stage::Cancelled | Stage::Signed => {}
            Stage::NotPlanned
            | Stage::Planned
            | Stage::Preparation
            | Stage::Infusion
            | Stage::Paused
            | Stage::Stopped
            | Stage::Observation => return Err(Refusal::VisitNotOver),
        }
        if self.seen == self.chart.version {
            Ok(())
        } else {
            Err(Refusal::ChartChanged)
        }
    }
}

/// Words without the white space around them, and with one kind of line end.
fn worded(text: &str) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    if text.chars().count() > LONGEST_NOTE {
        return Err(Refusal::TooLong);
    }
    Ok(text.to_owned())
}
