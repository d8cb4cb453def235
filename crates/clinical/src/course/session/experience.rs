//! What the person goes through in a session, and how they are held in it: ratings of the
//! experience, moments marked, support with what it did, supporting medicines, and who has the
//! room.

use super::event::SessionEvent;
use super::state::{Entry, Session};
use super::vocabulary::{NotAScore, Stop, SupportKind};
use crate::record::{Actor, EventId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::{Milligrams, Moment, Span};

/// After this time it is asked what support has done. Source: clinical reference 4.7.
pub const EFFECT_AFTER: Span = Span::from_minutes(5);

/// A side of the experience that is rated from 0 to 10.
///
/// Source: the project's own items, clinical reference 8.6, and its single item for dissociation,
/// 4.5. Nothing is added up, and none of it says whether a dose was enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// How far away from body and surroundings, as one number.
    Dissociation,
    /// The body felt far away.
    Body,
    /// The surroundings felt unreal.
    Surroundings,
    /// Time felt altered.
    Time,
    /// How strong the images were.
    Imagery,
    /// How strong the feelings were.
    Emotion,
    /// Fear.
    Fear,
    /// Calm.
    Calm,
    /// A sense of insight.
    Insight,
    /// Nausea.
    Nausea,
    /// Pain.
    Pain,
}

impl Side {
    /// Every side: first those that are asked most in the room.
    pub const ALL: [Self; 11] = [
        Self::Dissociation,
        Self::Nausea,
        Self::Pain,
        Self::Fear,
        Self::Calm,
        Self::Emotion,
        Self::Imagery,
        Self::Insight,
        Self::Body,
        Self::Surroundings,
        Self::Time,
    ];

    /// Its word in forms, in the record and in `instruments/session-experience.toml`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dissociation => "dissociation",
            Self::Body => "body",
            Self::Surroundings => "surroundings",
            Self::Time => "time",
            Self::Imagery => "imagery",
            Self::Emotion => "emotion",
            Self::Fear => "fear",
            Self::Calm => "calm",
            Self::Insight => "insight",
            Self::Nausea => "nausea",
            Self::Pain => "pain",
        }
    }

    /// In words for staff.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Dissociation => "dissociation",
            Self::Body => "body felt far away",
            Self::Surroundings => "surroundings felt unreal",
            Self::Time => "time felt altered",
            Self::Imagery => "imagery intensity",
            Self::Emotion => "emotional intensity",
            Self::Fear => "fear",
            Self::Calm => "calm",
            Self::Insight => "sense of insight",
            Self::Nausea => "nausea",
            Self::Pain => "pain",
        }
    }
}

/// A rating, 0 (not at all) to 10 (as much as can be).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rating(u8);

impl Rating {
    /// The number.
    pub const fn points(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Rating {
    type Error = NotAScore;
    fn try_from(points: u8) -> Result<Self, NotAScore> {
        if points <= 10 {
            Ok(Self(points))
        } else {
            Err(NotAScore(points))
        }
    }
}

impl From<Rating> for u8 {
    fn from(rating: Rating) -> Self {
        rating.0
    }
}

/// How the person seemed when support was given. Source: clinical reference 4.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed {
    /// Calm.
    Calm,
    /// Absorbed.
    Absorbed,
    /// Tearful.
    Tearful,
    /// Fearful.
    Fearful,
    /// Restless.
    Restless,
    /// Distressed.
    Distressed,
    /// Joyful.
    Joyful,
    /// Silent.
    Silent,
}

impl Observed {
    /// Every state, in the order of the reference.
    pub const ALL: [Self; 8] = [
        Self::Calm,
        Self::Absorbed,
        Self::Tearful,
        Self::Fearful,
        Self::Restless,
        Self::Distressed,
        Self::Joyful,
        Self::Silent,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Absorbed => "absorbed",
            Self::Tearful => "tearful",
            Self::Fearful => "fearful",
            Self::Restless => "restless",
            Self::Distressed => "distressed",
            Self::Joyful => "joyful",
            Self::Silent => "silent",
        }
    }
}

/// What support has done, as it was seen some minutes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It is easier for the person.
    Easier,
    /// As before.
    TheSame,
    /// It is harder for the person.
    Harder,
}

impl Effect {
    /// Every answer, in the order of the buttons.
    pub const ALL: [Self; 3] = [Self::Easier, Self::TheSame, Self::Harder];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Easier => "easier now",
            Self::TheSame => "the same",
            Self::Harder => "harder now",
        }
    }
}

/// What is known of support besides what was given: how the person seemed, and their words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportDetail {
    /// What else was given at the same time.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub also: BTreeSet<SupportKind>,
    /// How the person seemed; none where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
    /// The person's own words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said: String,
}

/// Support in words, as the record and its document write it.
pub fn support_says(kind: SupportKind, detail: &SupportDetail, note: &str) -> String {
    let mut says = kind.says().to_owned();
    for also in &detail.also {
        says.push_str(", ");
        says.push_str(also.says());
    }
    if let Some(observed) = detail.observed {
        says.push_str("; seemed ");
        says.push_str(observed.says());
    }
    if !detail.said.is_empty() {
        says.push_str(&format!("; said: “{}”", detail.said));
    }
    if !note.trim().is_empty() {
        says.push_str(": ");
        says.push_str(note.trim());
    }
    says
}

/// A medicine in the words in which it was charted.
pub fn medicine_says(medicine: &str, dose: &str, route: &str, because: &str) -> String {
    let mut says = format!("{medicine} {dose}");
    if !route.is_empty() {
        says.push_str(", ");
        says.push_str(route);
    }
    if !because.is_empty() {
        says.push_str(", for ");
        says.push_str(because);
    }
    says
}

impl SessionEvent {
    /// What an event of the experience is, and what it says, as the record and its document write
    /// it. `None` for every other event.
    pub fn experience_says(&self) -> Option<(&'static str, String)> {
        match self {
            Self::MomentMarked { note } => Some((
                "Moment",
                if note.is_empty() {
                    "marked".to_owned()
                } else {
                    format!("marked: {note}")
                },
            )),
            Self::ExperienceRated { side, rating, .. } => Some((
                "Experience",
                format!("{} {} of 10", side.says(), rating.points()),
            )),
            Self::SupportEffectSeen { effect, note, .. } => Some((
                "Effect of support",
                if note.is_empty() {
                    effect.says().to_owned()
                } else {
                    format!("{}: {note}", effect.says())
                },
            )),
            Self::TouchSaid { touch } => Some(("Touch", format!("agreed now: {}", touch.says()))),
            Self::MedicineGiven {
                medicine,
                dose,
                route,
                because,
                ..
            } => Some((
                "Medicine given",
                medicine_says(medicine, dose, route, because),
            )),
            Self::RoomTaken { from, open } => {
                let from = from
                    .as_ref()
                    .map_or_else(String::new, |name| format!(", taken over from {name}"));
                let open = if open.is_empty() {
                    "nothing open".to_owned()
                } else {
                    format!("open: {}", open.join("; "))
                };
                Some(("Hand-over", format!("has the room now{from} · {open}")))
            }
            _other => None,
        }
    }
}

/// A medicine that stands in the record, with the note it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedicineInRecord<'a> {
    /// When.
    pub at: Moment,
    /// Its name.
    pub medicine: &'a str,
    /// The dose as it was typed.
    pub dose: &'a str,
    /// The note in whose words it was recognised, if it was.
    pub note: Option<EventId>,
}

impl Session {
    /// Who has the room, and since when; none before anybody said so.
    pub fn has_room(&self) -> Option<(&Actor, Moment)> {
        self.entries
            .iter()
            .filter(|entry| matches!(entry.event, SessionEvent::RoomTaken { .. }))
            .max_by_key(|entry| entry.occurred_at)
            .map(|entry| (&entry.actor, entry.occurred_at))
    }

    /// When the drug ended, by whichever way it was given; none before.
    pub fn drug_ended_at(&self) -> Option<Moment> {
        self.drug_ended().map(|(at, _)| at)
    }

    /// Why giving ended before all of it was given; none where it did not, and none before.
    pub fn ended_early(&self) -> Option<Stop> {
        match self.drug_ended()?.1 {
            Stop::Completed => None,
            stop @ (Stop::Safety | Stop::PersonAsked | Stop::Other) => Some(stop),
        }
    }

    /// The last end of giving that stands, with why.
    pub fn drug_ended(&self) -> Option<(Moment, Stop)> {
        self.entries
            .iter()
            .filter_map(|entry| match &*entry.standing()? {
                SessionEvent::InfusionStopped { why, .. }
                | SessionEvent::DosingEnded { why, .. } => Some((entry.occurred_at, *why)),
                _other => None,
            })
            .max_by_key(|(at, _)| *at)
    }

    /// True where giving has ended and nothing that went in stands any more: every dose was struck
    /// out. An amount that nobody knows is something.
    pub fn gave_nothing(&self) -> bool {
        self.drug_ended_at()
            .is_some_and(|at| self.given(at) == Some(Milligrams::ZERO))
    }

    /// Medicines that stand in the record beside the ordered drug and the emergency cards.
    pub fn medicines_given(&self) -> impl Iterator<Item = MedicineInRecord<'_>> {
        self.entries
            .iter()
            .filter(|entry| entry.standing().is_some())
            .filter_map(|entry| match entry.counted() {
                SessionEvent::MedicineGiven {
                    medicine,
                    dose,
                    note,
                    ..
                } => Some(MedicineInRecord {
                    at: entry.occurred_at,
                    medicine,
                    dose,
                    note: *note,
                }),
                _other => None,
            })
    }

    /// The ratings that stand, in order of time.
    pub fn ratings(&self) -> Vec<(Moment, Side, Rating)> {
        let mut ratings: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| match &*entry.standing()? {
                SessionEvent::ExperienceRated { side, rating, .. } => {
                    Some((entry.occurred_at, *side, *rating))
                }
                SessionEvent::RecoveryChecked { check } => {
                    Some((entry.occurred_at, Side::Dissociation, check.dissociation))
                }
                _other => None,
            })
            .collect();
        ratings.sort_by_key(|(at, ..)| *at);
        ratings
    }

    /// Support that stands and whose effect nobody has said, five minutes and longer ago.
    ///
    /// What was given since stands for it too: whoever gives support again has looked.
    pub fn effect_to_say(&self, now: Moment) -> Option<&Entry> {
        let latest = self
            .entries
            .iter()
            .filter(|entry| {
                matches!(entry.event, SessionEvent::SupportGiven { .. })
                    && entry.standing().is_some()
            })
            .max_by_key(|entry| entry.occurred_at)?;
        let seen = self.entries.iter().any(|entry| {
            matches!(&entry.event, SessionEvent::SupportEffectSeen { support, .. } if *support == latest.event_id)
                && entry.standing().is_some()
        });
        (!seen && now - latest.occurred_at >= EFFECT_AFTER).then_some(latest)
    }
}
