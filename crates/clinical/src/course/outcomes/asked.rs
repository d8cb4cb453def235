//! Which contacts of the schedule ask for scales, and what became of each.

use super::reading::{Reading, Score};
use super::state::{Outcomes, Sheet};
use crate::course::follow_up::{Contact, ContactKind, ContactStanding, FollowUp};
use crate::instrument::{Instrument, Library, next_question};
use serde::{Deserialize, Serialize};
use units::{Moment, Span};
use uuid::Uuid;

/// The scales that say how a person is, which every contact that asks scales asks first, in this
/// order; what is counted of a clinic's outcomes is counted by them. After them a contact asks those
/// that watch for harm ([`ContactKind::watches`]). Source: clinical reference 7.3.
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
    /// Every question has an answer, of a scale that is never added up.
    Answered(Reading),
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
        for scale in SCALES.into_iter().chain(watched(contact)) {
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
            Self::Scored(_) | Self::Answered(_) | Self::Incomplete(_) | Self::Declined => {
                now < due + ASKED_FOR
            }
            Self::Coming | Self::Silent | Self::Overtaken => false,
        }
    }
}

/// The scales that watch for harm, of a contact. Of one that was made, those that it asked then: a
/// contact from before these questions is not said to have asked them. One that was overtaken before
/// it was made asked nobody.
fn watched(contact: &Contact) -> impl Iterator<Item = &str> {
    let is_to_come = contact.standing == ContactStanding::Planned;
    let coming = is_to_come.then(|| contact.kind.watches());
    contact
        .watched
        .iter()
        .map(String::as_str)
        .chain(coming.unwrap_or_default().iter().copied())
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

/// How far a contact has come, as far as its scales are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asking {
    /// It was not made.
    Planned,
    /// It was made, whether it was answered or not.
    Made,
    /// A newer one took its place before it was made or answered.
    Overtaken,
}

impl Asking {
    const fn of(standing: &ContactStanding) -> Self {
        match standing {
            ContactStanding::Planned => Self::Planned,
            ContactStanding::Made { .. } | ContactStanding::Answered { .. } => Self::Made,
            ContactStanding::Overtaken => Self::Overtaken,
        }
    }
}

/// What is on a sheet, as far as it says how the scale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    /// There is something left to ask.
    pub is_left: bool,
    /// What it came to.
    pub came_to: CameTo,
}

/// What a sheet came to, without the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CameTo {
    /// A score.
    Score,
    /// Every question has an answer, and there is no score to have.
    Answered,
    /// Too much is missing.
    Incomplete,
    /// The person would rather not.
    Declined,
}

/// How a scale stands, without what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// It comes.
    Coming,
    /// It waits for answers.
    Open,
    /// By what is on its sheet.
    CameTo(CameTo),
    /// Asked, and nothing came.
    Silent,
    /// A newer contact took its place.
    Overtaken,
}

/// One rule for one person's page and for the clinic's.
pub(super) fn stands(asking: Asking, due: Moment, filled: Option<Filled>, now: Moment) -> Stands {
    let is_asked = match asking {
        Asking::Planned | Asking::Overtaken => false,
        Asking::Made => now < due + ASKED_FOR,
    };
    match (filled, asking) {
        (Some(filled), _) if is_asked && filled.is_left => Stands::Open,
        (Some(filled), _) => Stands::CameTo(filled.came_to),
        (None, Asking::Planned) => Stands::Coming,
        (None, Asking::Overtaken) => Stands::Overtaken,
        (None, Asking::Made) if is_asked => Stands::Open,
        (None, Asking::Made) => Stands::Silent,
    }
}

impl CameTo {
    pub(super) const fn of(score: &Score) -> Self {
        match score {
            Score::Complete { .. } => Self::Score,
            Score::Answered => Self::Answered,
            Score::Incomplete { .. } => Self::Incomplete,
            Score::Declined => Self::Declined,
        }
    }
}

/// True where a question of a sheet has no answer of any kind, and the person has not left it out.
pub(super) fn is_left(sheet: &Sheet, instrument: &Instrument) -> bool {
    !sheet.declined && next_question(instrument, &sheet.answers).is_some()
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
    let read = sheet.and_then(|sheet| Some((sheet, sheet.reading(instrument)?)));
    let filled = read.as_ref().map(|(sheet, reading)| Filled {
        is_left: is_left(sheet, instrument),
        came_to: CameTo::of(&reading.score),
    });
    let asking = Asking::of(&contact.standing);
    Some(match (stands(asking, contact.due, filled, now), read) {
        (Stands::Coming, _) => AskedStanding::Coming,
        (Stands::Overtaken, _) => AskedStanding::Overtaken,
        (Stands::Open, read) => AskedStanding::Open {
            until: contact.due + ASKED_FOR,
            answered: read.map_or(0, |(sheet, _)| sheet.answers.iter().count()),
        },
        (Stands::CameTo(CameTo::Score), Some((_, reading))) => AskedStanding::Scored(reading),
        (Stands::CameTo(CameTo::Answered), Some((_, reading))) => AskedStanding::Answered(reading),
        (Stands::CameTo(CameTo::Incomplete), Some((_, reading))) => {
            AskedStanding::Incomplete(reading)
        }
        (Stands::CameTo(CameTo::Declined), Some(_)) => AskedStanding::Declined,
        (Stands::Silent | Stands::CameTo(_), _) => AskedStanding::Silent,
    })
}

/// A contact that asks for scales, as lists keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactFact {
    /// The contact.
    pub contact: Uuid,
    /// Which of the schedule.
    pub kind: ContactKind,
    /// It is the contact after the last session of a first series.
    pub ends_induction: bool,
    /// When it is due.
    pub due: Moment,
    /// How far it has come.
    pub asking: Asking,
}

/// The contacts of a person that ask for scales, as [`asked`] counts them, in order of time.
pub fn contacts_of(follow_up: &FollowUp) -> Vec<ContactFact> {
    follow_up
        .in_order()
        .into_iter()
        .filter(|contact| asks_scales(contact.kind) && !is_joined(follow_up, contact))
        .map(|contact| ContactFact {
            contact: contact.id,
            kind: contact.kind,
            ends_induction: ends_induction(follow_up, contact),
            due: contact.due,
            asking: Asking::of(&contact.standing),
        })
        .collect()
}
