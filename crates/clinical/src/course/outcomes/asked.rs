//! Which contacts of the schedule ask for scales, and what became of each.

use super::reading::{Reading, Score};
use super::state::Outcomes;
use crate::course::follow_up::{Contact, ContactKind, ContactStanding, FollowUp};
use crate::instrument::{Library, next_question};
use units::{Moment, Span};
use uuid::Uuid;

/// The scales that a contact asks, in this order. Source: clinical reference 7.3.
pub const SCALES: [&str; 2] = ["phq-9", "gad-7"];

/// For so long after a contact its scales can be answered: they ask about two weeks, and an answer
/// that comes later tells of another time. A default of the project.
pub const ASKED_FOR: Span = Span::from_hours(14 * 24);

/// True for a contact that asks for scales: after a week, which is also the end of a first series,
/// after a month, and every quarter. Source: clinical reference 7.3.
pub const fn asks_scales(kind: ContactKind) -> bool {
    match kind {
        ContactKind::Week | ContactKind::Month | ContactKind::Quarter(_) => true,
        ContactKind::Evening | ContactKind::NextDay | ContactKind::ThreeDays => false,
    }
}

/// How a scale that a contact asks stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedStanding {
    /// It comes.
    Coming,
    /// It waits for answers.
    Open {
        /// Until when.
        until: Moment,
        /// How many questions have an answer of any kind.
        answered: usize,
    },
    /// There is a score.
    Scored(Reading),
    /// Too much is missing for a score, and the time is over or nothing is left to ask.
    Incomplete(Reading),
    /// The person would rather not.
    Declined,
    /// Asked, and not one answer came.
    Silent,
    /// No answer came before a newer contact took the place of this one.
    Overtaken,
}

/// A scale that a contact asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The contact.
    pub contact: Uuid,
    /// Which of the schedule.
    pub kind: ContactKind,
    /// It is the contact after the last session of a first series.
    pub ends_induction: bool,
    /// When it is due.
    pub due: Moment,
    /// The scale, by the id of its file.
    pub scale: String,
    /// How it stands.
    pub standing: AskedStanding,
}

impl Asked {
    /// The sheet on which it is answered.
    pub fn sheet(&self) -> Uuid {
        sheet_of(self.contact, &self.scale)
    }
}

/// The sheet of a scale that a contact asks: the same however often it is opened.
fn sheet_of(contact: Uuid, scale: &str) -> Uuid {
    Uuid::new_v5(&contact, format!("scale {scale}").as_bytes())
}

/// Everything that was asked, is asked and will be, in order of time. The contact of a week within
/// which the next session came is not among them: that session's own asks for both.
pub fn asked(
    follow_up: &FollowUp,
    outcomes: &Outcomes,
    library: &Library,
    now: Moment,
) -> Vec<Asked> {
    let mut all = Vec::new();
    for contact in follow_up.in_order() {
        if !asks_scales(contact.kind) || is_joined(follow_up, contact) {
            continue;
        }
        for scale in SCALES {
            if let Some(standing) = standing(contact, scale, outcomes, library, now) {
                all.push(Asked {
                    contact: contact.id,
                    kind: contact.kind,
                    ends_induction: ends_induction(follow_up, contact),
                    due: contact.due,
                    scale: scale.to_owned(),
                    standing,
                });
            }
        }
    }
    all
}

/// The scales that can be answered now, or answered otherwise: those of the newest contact whose
/// time it is, because they ask about the two weeks until today.
pub fn askable(
    follow_up: &FollowUp,
    outcomes: &Outcomes,
    library: &Library,
    now: Moment,
) -> Vec<Asked> {
    let mut all: Vec<Asked> = asked(follow_up, outcomes, library, now)
        .into_iter()
        .filter(|one| one.standing.is_of_its_time(one.due, now))
        .collect();
    let newest = all.iter().map(|one| (one.due, one.contact)).max();
    all.retain(|one| Some((one.due, one.contact)) == newest);
    all
}

/// The first of them that waits for answers.
pub fn open(
    follow_up: &FollowUp,
    outcomes: &Outcomes,
    library: &Library,
    now: Moment,
) -> Option<Asked> {
    askable(follow_up, outcomes, library, now)
        .into_iter()
        .find(|one| matches!(one.standing, AskedStanding::Open { .. }))
}

impl AskedStanding {
    /// An answer that is given now tells of the time that was asked about.
    pub(super) fn is_of_its_time(&self, due: Moment, now: Moment) -> bool {
        match self {
            Self::Open { until, .. } => now < *until,
            Self::Scored(_) | Self::Incomplete(_) | Self::Declined => now < due + ASKED_FOR,
            Self::Coming | Self::Silent | Self::Overtaken => false,
        }
    }
}

/// A later session ended before the contact was due, and asks the same after itself.
fn is_joined(follow_up: &FollowUp, contact: &Contact) -> bool {
    let own = follow_up.sessions.get(&contact.session);
    contact.kind.is_asked_by_each_session()
        && contact.standing == ContactStanding::Overtaken
        && follow_up
            .sessions
            .values()
            .any(|ended| own.is_some_and(|own| ended > own) && *ended <= contact.due)
}

/// The months are planned with the last session of a first series, and with no other.
fn ends_induction(follow_up: &FollowUp, contact: &Contact) -> bool {
    contact.kind == ContactKind::Week
        && follow_up
            .contacts
            .values()
            .any(|other| other.session == contact.session && other.kind == ContactKind::Month)
}

fn standing(
    contact: &Contact,
    scale: &str,
    outcomes: &Outcomes,
    library: &Library,
    now: Moment,
) -> Option<AskedStanding> {
    let instrument = library.named(scale)?;
    let sheet = outcomes.sheets.get(&sheet_of(contact.id, scale));
    let until = contact.due + ASKED_FOR;
    let is_asked = match contact.standing {
        ContactStanding::Planned | ContactStanding::Overtaken => false,
        ContactStanding::Made { .. } | ContactStanding::Answered { .. } => now < until,
    };
    let reading = sheet.and_then(|sheet| sheet.reading(instrument));
    let (Some(sheet), Some(reading)) = (sheet, reading) else {
        return Some(match contact.standing {
            ContactStanding::Planned => AskedStanding::Coming,
            ContactStanding::Overtaken => AskedStanding::Overtaken,
            ContactStanding::Made { .. } | ContactStanding::Answered { .. } if is_asked => {
                AskedStanding::Open { until, answered: 0 }
            }
            ContactStanding::Made { .. } | ContactStanding::Answered { .. } => {
                AskedStanding::Silent
            }
        });
    };
    let is_left = !sheet.declined && next_question(instrument, &sheet.answers).is_some();
    Some(match &reading.score {
        _ if is_asked && is_left => AskedStanding::Open {
            until,
            answered: sheet.answers.iter().count(),
        },
        Score::Complete { .. } => AskedStanding::Scored(reading),
        Score::Incomplete { .. } => AskedStanding::Incomplete(reading),
        Score::Declined => AskedStanding::Declined,
    })
}
