//! What lists keep of a record, so that nobody's record is opened to count it.

use super::super::asked::{CameTo, ContactFact, Filled, is_left};
use super::super::ending::EndReason;
use super::super::reading::{Reading, Score, Source, of_history};
use super::super::state::Outcomes;
use crate::course::intake::{Intake, Item};
use crate::instrument::{Library, Points};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::{Moment, Span};
use uuid::Uuid;

/// What a scale came to at one time, without which answers are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreFact {
    /// A score.
    Points(Points),
    /// A score with one answer estimated.
    Estimated(Points),
    /// Too much is missing.
    Incomplete,
    /// The person would rather not.
    Declined,
}

/// A sheet that counts, as lists keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetFact {
    /// Which scale.
    pub scale: String,
    /// The contact that asked it; none where staff entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Uuid>,
    /// When it was finished.
    pub at: Moment,
    /// What it came to.
    pub score: ScoreFact,
    /// A question has no answer of any kind yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_left: bool,
}

/// A scale of the history as it stood from a moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryFact {
    /// Which scale.
    pub scale: String,
    /// Since when.
    pub at: Moment,
    /// What it came to.
    pub score: ScoreFact,
}

/// That treatment has ended, as lists keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndFact {
    /// Why.
    pub because: EndReason,
    /// When.
    pub at: Moment,
}

/// Everything that is kept of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFacts {
    /// Contacts that ask for scales.
    pub contacts: Vec<ContactFact>,
    /// Sheets that count.
    pub sheets: Vec<SheetFact>,
    /// Scales of the history, each in order of time.
    pub history: Vec<HistoryFact>,
    /// That treatment has ended; whether a later session says otherwise is not decided yet.
    pub ended: Option<EndFact>,
    /// They have agreed to be written to in no way.
    pub no_messages: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

impl ScoreFact {
    /// None of a scale that is never added up: there is no number to count.
    const fn of(score: &Score) -> Option<Self> {
        Some(match score {
            Score::Complete {
                points,
                estimated: false,
            } => Self::Points(*points),
            Score::Complete {
                points,
                estimated: true,
            } => Self::Estimated(*points),
            Score::Incomplete { .. } => Self::Incomplete,
            Score::Declined => Self::Declined,
            Score::Answered => return None,
        })
    }

    /// The points, of a score that there is.
    pub const fn points(self) -> Option<Points> {
        match self {
            Self::Points(points) | Self::Estimated(points) => Some(points),
            Self::Incomplete | Self::Declined => None,
        }
    }

    /// As the definitions read it. Which answers are missing was not kept.
    pub(super) fn reading(self, at: Moment, source: Source) -> Reading {
        Reading {
            at,
            source,
            score: match self {
                Self::Points(points) => Score::Complete {
                    points,
                    estimated: false,
                },
                Self::Estimated(points) => Score::Complete {
                    points,
                    estimated: true,
                },
                Self::Incomplete => Score::Incomplete {
                    missing: Vec::new(),
                },
                Self::Declined => Score::Declined,
            },
            band: None,
            undecided: Vec::new(),
        }
    }
}

impl SheetFact {
    pub(super) const fn filled(&self) -> Filled {
        Filled {
            is_left: self.is_left,
            came_to: match self.score {
                ScoreFact::Points(_) | ScoreFact::Estimated(_) => CameTo::Score,
                ScoreFact::Incomplete => CameTo::Incomplete,
                ScoreFact::Declined => CameTo::Declined,
            },
        }
    }
}

/// The sheets of a person that count, in order of time: not the struck ones, and none of a scale that
/// is never added up.
pub fn sheets_of(outcomes: &Outcomes, library: &Library) -> Vec<SheetFact> {
    let mut facts: Vec<SheetFact> = outcomes
        .sheets
        .values()
        .filter_map(|sheet| {
            let instrument = library.named(&sheet.scale)?;
            instrument.principal.as_ref()?;
            let reading = sheet.reading(instrument)?;
            Some(SheetFact {
                scale: sheet.scale.clone(),
                contact: sheet.contact,
                at: reading.at,
                score: ScoreFact::of(&reading.score)?,
                is_left: is_left(sheet, instrument),
            })
        })
        .collect();
    facts.sort_by_key(|fact| fact.at);
    facts
}

/// The scales of a history, as they stood after each time at which they came to something else: what
/// they were before the first drug can then be said without the history.
pub fn history_of(intake: &Intake, library: &Library) -> Vec<HistoryFact> {
    let mut facts: Vec<HistoryFact> = Vec::new();
    for scale in super::super::SCALES {
        let Some(instrument) = library.named(scale) else {
            continue;
        };
        let times: BTreeSet<Moment> = intake
            .statements()
            .filter(
                |(item, _)| matches!(item, Item::OfScale { instrument, .. } if instrument == scale),
            )
            .flat_map(|(_, all)| all.iter().map(|one| one.witness.at))
            .collect();
        let mut last: Option<ScoreFact> = None;
        for at in times {
            let just_after = at + Span::from_microseconds(1);
            let Some(reading) = of_history(intake, instrument, Some(just_after)) else {
                continue;
            };
            let Some(score) = ScoreFact::of(&reading.score) else {
                continue;
            };
            if last != Some(score) {
                facts.push(HistoryFact {
                    scale: scale.to_owned(),
                    at: reading.at,
                    score,
                });
                last = Some(score);
            }
        }
    }
    facts
}
