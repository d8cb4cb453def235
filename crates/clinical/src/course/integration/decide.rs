//! What may follow: who writes what, and why not.

use super::event::IntegrationEvent;
use super::state::{Integration, Written, same_person};
use super::vocabulary::{AmendmentKind, Answer, ContactKind, Disclosed, Mode, Note};
use crate::course::follow_up::{Signs, Urgency};
use crate::record::{Actor, SessionId};
use units::Moment;
use uuid::Uuid;

/// How long one text of a note may be, in characters. A limit of the form.
pub const LONGEST_TEXT: usize = 6_000;
/// How many lines of homework, and how many intended actions, a note takes.
pub const MOST_LINES: usize = 10;

/// A risk screen that says yes: the warning sign that stands from the same moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The flag's name: the same answer in the same note is one flag.
    pub flag: Uuid,
    /// The note that it comes of.
    pub note: Uuid,
    /// The sign.
    pub sign: String,
    /// How fast.
    pub urgency: Urgency,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// More words, or more lines, than the form takes.
    TooLong,
    /// There is no such note, booking or homework.
    Unknown,
    /// It is somebody else's draft.
    AnothersDraft {
        /// Whose.
        by: String,
    },
    /// It is signed.
    Signed,
    /// It is not signed yet.
    NotSigned,
    /// It is said to have been held in the future.
    InFuture,
    /// A day is agreed that has passed.
    InPast,
    /// The risk screen has no answer.
    RiskNotAsked,
    /// A trauma was disclosed, and whether it must be reported is not said.
    ReportUnchecked,
    /// A theme that is not known.
    UnknownTheme,
    /// A reason or words are missing.
    NothingSaid,
    /// There is no account to keep.
    NoAccount,
}

impl Refusal {
    /// In one plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::TooLong => {
                "Not saved: a text has more than 6,000 characters, or a list more than 10 lines. Shorten it.".to_owned()
            }
            Self::Unknown => "Not saved: this is not known here any more. Reload the page.".to_owned(),
            Self::AnothersDraft { by } => {
                format!("Not saved: this is the draft of {by}. Write a note of your own.")
            }
            Self::Signed => {
                "Not saved: this note is signed. Write an addendum or a correction.".to_owned()
            }
            Self::NotSigned => "Not saved: this note is still a draft. Its author goes on writing it.".to_owned(),
            Self::InFuture => "Not saved: this time has not come yet. Write when it was held.".to_owned(),
            Self::InPast => "Not saved: this time has passed. Agree a later one, or write what was held.".to_owned(),
            Self::RiskNotAsked => {
                "Not signed: ask about thoughts of ending their life, and choose the answer. The draft is kept.".to_owned()
            }
            Self::ReportUnchecked => {
                "Not signed: a trauma was disclosed. Say whether it must be reported. The draft is kept.".to_owned()
            }
            Self::UnknownTheme => "Not saved: a theme is not known here any more. Reload the page.".to_owned(),
            Self::NothingSaid => "Not saved: write why, or what.".to_owned(),
            Self::NoAccount => "Nothing was changed: there is no account of yours in it.".to_owned(),
        }
    }
}

fn long(text: &str) -> bool {
    text.chars().count() > LONGEST_TEXT
}

impl Integration {
    /// Agrees a day for a contact. Refuses one that has passed, but for a group: one that was held
    /// has to be put together before it can be written down.
    pub fn book(
        &self,
        booking: Uuid,
        (kind, session): (ContactKind, Option<SessionId>),
        (at, mode, group): (Moment, Mode, Option<Uuid>),
        now: Moment,
    ) -> Result<Vec<IntegrationEvent>, Refusal> {
        if self.bookings.iter().any(|one| one.booking == booking) {
            return Ok(Vec::new());
        }
        if at <= now && group.is_none() {
            return Err(Refusal::InPast);
        }
        Ok(vec![IntegrationEvent::ContactBooked {
            booking,
            kind,
            session,
            at,
            mode,
            group,
        }])
    }

    /// A day that was agreed does not hold any more. Refuses silence about why.
    pub fn cancel(&self, booking: Uuid, reason: &str) -> Result<Vec<IntegrationEvent>, Refusal> {
        let reason = said(reason)?;
        let known = self.bookings.iter().find(|one| one.booking == booking);
        match known {
            None => Err(Refusal::Unknown),
            Some(known) if known.cancelled.is_some() => Ok(Vec::new()),
            Some(_) => Ok(vec![IntegrationEvent::BookingCancelled { booking, reason }]),
        }
    }

    /// A contact that is owed is not held any more. Refuses silence about why.
    pub fn miss(
        &self,
        kind: ContactKind,
        session: Option<SessionId>,
        reason: &str,
    ) -> Result<Vec<IntegrationEvent>, Refusal> {
        Ok(vec![IntegrationEvent::ContactMissed {
            kind,
            session,
            reason: said(reason)?,
        }])
    }

    /// Writes a note, or writes it further; nothing where it stands so already.
    ///
    /// Refuses somebody else's draft, a signed note, a time to come, and more than the form takes.
    pub fn draft(
        &self,
        id: Uuid,
        written: Note,
        author: &Actor,
        known_themes: impl Fn(&str) -> bool,
        now: Moment,
    ) -> Result<Vec<IntegrationEvent>, Refusal> {
        if let Some(known) = self.note(id) {
            if known.signed.is_some() {
                return Err(Refusal::Signed);
            }
            if !same_person(&known.author, author) {
                return Err(Refusal::AnothersDraft {
                    by: known.author.name().to_owned(),
                });
            }
            if known.note == written {
                return Ok(Vec::new());
            }
        }
        if written.held_at > now {
            return Err(Refusal::InFuture);
        }
        let lines = written.homework.len().max(written.actions.len());
        if written.texts().any(long) || lines > MOST_LINES {
            return Err(Refusal::TooLong);
        }
        if !written.themes.iter().all(|theme| known_themes(theme)) {
            return Err(Refusal::UnknownTheme);
        }
        Ok(vec![IntegrationEvent::NoteDrafted {
            note: id,
            written: Box::new(written),
        }])
    }

    /// What a note as it is written calls for, whether it is signed or not: the same warning sign, on
    /// the same list, as an answer after a session.
    // Hazard: H68, H62
    pub fn risk(id: Uuid, written: &Note, signs: &Signs) -> Option<Risk> {
        let thoughts = written.risk?;
        let sign = signs.of_thoughts(thoughts)?;
        Some(Risk {
            flag: Uuid::new_v5(&id, format!("risk {}", thoughts.word()).as_bytes()),
            note: id,
            sign: sign.id.clone(),
            urgency: sign.urgency,
        })
    }

    /// Signs a draft as it is written. Refuses one without an answer to the risk screen, and one in
    /// which a trauma was disclosed and nobody says whether it must be reported.
    // Hazard: H68
    pub fn sign(&self, id: Uuid, author: &Actor) -> Result<Vec<IntegrationEvent>, Refusal> {
        let known = self.note(id).ok_or(Refusal::Unknown)?;
        if known.signed.is_some() {
            return Err(Refusal::Signed);
        }
        if !same_person(&known.author, author) {
            return Err(Refusal::AnothersDraft {
                by: known.author.name().to_owned(),
            });
        }
        may_be_signed(&known.note)?;
        Ok(vec![IntegrationEvent::NoteSigned { note: id }])
    }

    /// Writes to a signed note. Nothing of it is overwritten. Refuses a correction without a reason.
    pub fn amend(
        &self,
        id: Uuid,
        kind: AmendmentKind,
        words: &str,
        reason: &str,
    ) -> Result<Vec<IntegrationEvent>, Refusal> {
        let known = self.note(id).ok_or(Refusal::Unknown)?;
        if known.signed.is_none() {
            return Err(Refusal::NotSigned);
        }
        let reason = match kind {
            AmendmentKind::Addendum => String::new(),
            AmendmentKind::Correction => said(reason)?,
        };
        Ok(vec![IntegrationEvent::NoteAmended {
            note: id,
            kind,
            words: said(words)?,
            reason,
        }])
    }

    /// The person says who reads their account of a signed note: its author alone, or everybody who
    /// treats them. Nothing where it stands so.
    // Hazard: H68
    pub fn mark_account(&self, id: Uuid, private: bool) -> Result<Vec<IntegrationEvent>, Refusal> {
        let known = self.note(id).ok_or(Refusal::Unknown)?;
        if known.signed.is_none() || known.note.account.is_empty() {
            return Err(Refusal::NoAccount);
        }
        if known.is_private() == private {
            return Ok(Vec::new());
        }
        Ok(vec![IntegrationEvent::AccountMarked { note: id, private }])
    }

    /// The person says how homework went; nothing where they said the same last.
    pub fn answer(&self, homework: Uuid, answer: Answer) -> Result<Vec<IntegrationEvent>, Refusal> {
        let known = self
            .homework
            .iter()
            .find(|one| one.homework == homework)
            .ok_or(Refusal::Unknown)?;
        if known.answer() == Some(answer) {
            return Ok(Vec::new());
        }
        Ok(vec![IntegrationEvent::HomeworkAnswered {
            homework,
            answer,
        }])
    }

    /// The drafts of somebody.
    pub fn drafts_of(&self, author: &Actor) -> impl Iterator<Item = &Written> {
        self.notes
            .iter()
            .filter(move |one| one.signed.is_none() && same_person(&one.author, author))
    }
}

/// What must be said before a note is signed.
fn may_be_signed(note: &Note) -> Result<(), Refusal> {
    if note.risk.is_none() {
        return Err(Refusal::RiskNotAsked);
    }
    if note.trauma == Some(Disclosed::Yes) && note.report_check.is_none() {
        return Err(Refusal::ReportUnchecked);
    }
    Ok(())
}

/// Words that must be there.
fn said(words: &str) -> Result<String, Refusal> {
    let words = words.trim();
    if words.is_empty() {
        return Err(Refusal::NothingSaid);
    }
    if long(words) {
        return Err(Refusal::TooLong);
    }
    Ok(words.to_owned())
}
