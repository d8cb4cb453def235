//! What may be done with a person's scales.

use super::asked::Asked;
use super::event::OutcomesEvent;
use super::limit::is_whole;
use super::state::Outcomes;
use crate::course::follow_up::{LONGEST_WORDS, Urgency, WATCHED};
use crate::instrument::{
    self, Answer, Answers, GivenBy, Instrument, Points, Problem, ScoringResult, assess,
};
use std::collections::BTreeSet;
use units::Moment;
use uuid::Uuid;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This is not asked, or not any more.
    NotAsked,
    /// The scale has no such question.
    NoSuchQuestion,
    /// It is not one of the answers, or outside of what the scale permits.
    Impossible {
        /// In words.
        says: String,
    },
    /// Neither a total nor a single answer.
    NothingEntered,
    /// It cannot have been filled in later than now.
    NotYet,
    /// There is no such entry, or it is struck already.
    Unknown,
    /// What a patient answered is theirs: only what staff entered can be struck.
    OfThePatient,
    /// What was done is not said, or with more than 2,000 characters.
    NotDone,
    /// Why it is struck is not said, or with more than 2,000 characters.
    NoReason,
    /// It is said already that treatment has ended.
    EndedAlready,
    /// A drug was given after the time at which treatment is said to have ended.
    SessionSince,
    /// It is not said that treatment has ended.
    NotEnded,
    /// More than 2,000 characters.
    TooLong,
}

impl Refusal {
    /// In one plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::NotAsked => "Not saved: these questions are not asked any more.".to_owned(),
            Self::NoSuchQuestion => "Not saved: there is no such question.".to_owned(),
            Self::Impossible { says } => format!("Not saved: {says}"),
            Self::NothingEntered => {
                "Not saved: enter the total, or at least one answer.".to_owned()
            }
            Self::NotYet => "Not saved: this day has not come yet.".to_owned(),
            Self::Unknown => "Not saved: there is no such entry any more.".to_owned(),
            Self::OfThePatient => {
                "Not saved: only what staff entered can be struck out.".to_owned()
            }
            Self::NotDone => {
                "Not saved: write what was done, in up to 2,000 characters.".to_owned()
            }
            Self::NoReason => "Not saved: write why, in up to 2,000 characters.".to_owned(),
            Self::EndedAlready => {
                "Not saved: it is written already that treatment has ended. Take that back first."
                    .to_owned()
            }
            Self::SessionSince => {
                "Not saved: there was a session after that day. Choose a later day.".to_owned()
            }
            Self::NotEnded => "Not saved: nobody has written that treatment has ended.".to_owned(),
            Self::TooLong => {
                "Not saved: this is longer than 2,000 characters. Shorten it.".to_owned()
            }
        }
    }
}

/// A warning sign that answers to a scale call for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The sign's name among the warning signs: the scale and its flag.
    pub sign: String,
    /// How fast somebody must act.
    pub urgency: Urgency,
}

/// How a scale that watches for harm stands after a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Which, by the id of its file.
    pub scale: String,
    /// Every question that counts has an answer.
    pub is_whole: bool,
}

impl Watch {
    /// None of a scale that says how the person is.
    fn of(scale: &str, is_whole: bool) -> Option<Self> {
        WATCHED.contains(&scale).then(|| Self {
            scale: scale.to_owned(),
            is_whole,
        })
    }
}

/// What came of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The sheet that it is about; nil when nothing changed.
    pub sheet: Uuid,
    /// The events; none where it stands like that already.
    pub events: Vec<OutcomesEvent>,
    /// The warning signs that a new answer calls for, the fastest first.
    pub signs: Vec<Called>,
    /// How the sheet stands, of a scale that watches for harm; none where nothing changed.
    pub watch: Option<Watch>,
}

impl Outcomes {
    /// Takes the answer to one question of a scale that is asked.
    ///
    /// Refuses what is not asked any more, and what is no answer to the question. The same answer
    /// again changes nothing and calls nobody again.
    // Hazard: H40, H62
    pub fn answer(
        &self,
        asked: &Asked,
        instrument: &Instrument,
        item: &str,
        answer: Answer,
        now: Moment,
    ) -> Result<Taken, Refusal> {
        if !asked.standing.is_of_its_time(asked.due, now) {
            return Err(Refusal::NotAsked);
        }
        let known = instrument.item(item).ok_or(Refusal::NoSuchQuestion)?;
        if known.given_by != GivenBy::Question {
            return Err(Refusal::NoSuchQuestion);
        }
        let sheet = asked.sheet();
        let before = self.sheets.get(&sheet).map(|known| known.answers.clone());
        let before = before.unwrap_or_default();
        if before.to(item) == Some(&answer)
            && self.sheets.get(&sheet).is_none_or(|known| !known.declined)
        {
            return Ok(Taken::default());
        }
        understood(instrument, &Answers::new().with(item, answer.clone()))?;
        let after = before.clone().with(item, answer.clone());
        let changed = before.to(item) != Some(&answer);
        Ok(Taken {
            sheet,
            watch: Watch::of(&instrument.id, is_whole(instrument, &after)),
            signs: if changed {
                signs(instrument, &after, Some(item))
            } else {
                Vec::new()
            },
            events: vec![OutcomesEvent::ScaleAnswered {
                sheet,
                scale: asked.scale.clone(),
                version: instrument.version,
                contact: asked.contact,
                item: item.to_owned(),
                answer,
            }],
        })
    }

    /// The person would rather not fill in a scale this time. What they answered stays.
    pub fn decline(
        &self,
        asked: &Asked,
        instrument: &Instrument,
        now: Moment,
    ) -> Result<Taken, Refusal> {
        if !asked.standing.is_of_its_time(asked.due, now) {
            return Err(Refusal::NotAsked);
        }
        let sheet = asked.sheet();
        if self.sheets.get(&sheet).is_some_and(|known| known.declined) {
            return Ok(Taken::default());
        }
        Ok(Taken {
            sheet,
            events: vec![OutcomesEvent::ScaleDeclined {
                sheet,
                scale: asked.scale.clone(),
                version: instrument.version,
                contact: asked.contact,
            }],
            ..Taken::default()
        })
    }

    /// Takes a scale that was filled in on paper or rated, as a total, as answers, or both.
    ///
    /// `filled` is when it was filled in. Refuses a total outside of the scale's range or with a
    /// fraction, an answer that the scale does not have, and a time that has not come.
    // Hazard: H40, H62
    pub fn enter(
        &self,
        sheet: Uuid,
        instrument: &Instrument,
        (answers, total): (Answers, Option<Points>),
        filled: Moment,
        now: Moment,
    ) -> Result<Taken, Refusal> {
        if self.sheets.contains_key(&sheet) {
            return Ok(Taken::default());
        }
        if total.is_none() && answers.iter().next().is_none() {
            return Err(Refusal::NothingEntered);
        }
        if filled > now {
            return Err(Refusal::NotYet);
        }
        understood(instrument, &answers)?;
        if let Some(points) = total {
            let range = instrument
                .principal
                .as_deref()
                .and_then(|id| instrument.score(id))
                .map(|score| score.range)
                .ok_or(Refusal::Unknown)?;
            if points < range.from || points > range.to || !points.is_whole() {
                let (from, to) = (range.from, range.to);
                let says = format!("the total is a whole number from {from} to {to}.");
                return Err(Refusal::Impossible { says });
            }
        }
        Ok(Taken {
            sheet,
            watch: Watch::of(
                &instrument.id,
                total.is_some() || is_whole(instrument, &answers),
            ),
            signs: signs(instrument, &answers, None),
            events: vec![OutcomesEvent::ScaleEntered {
                sheet,
                scale: instrument.id.clone(),
                version: instrument.version,
                answers,
                total,
            }],
        })
    }

    /// Strikes out what staff entered wrongly; it stays to be seen.
    pub fn strike(&self, sheet: Uuid, reason: &str) -> Result<Taken, Refusal> {
        let reason = reason.trim();
        let known = self.sheets.get(&sheet).ok_or(Refusal::Unknown)?;
        if known.struck.is_some() {
            return Err(Refusal::Unknown);
        }
        if known.contact.is_some() {
            return Err(Refusal::OfThePatient);
        }
        if reason.is_empty() || reason.chars().count() > LONGEST_WORDS {
            return Err(Refusal::NoReason);
        }
        Ok(Taken {
            sheet,
            signs: Vec::new(),
            watch: Watch::of(&known.scale, false),
            events: vec![OutcomesEvent::SheetStruck {
                sheet,
                reason: reason.to_owned(),
            }],
        })
    }
}

fn understood(instrument: &Instrument, answers: &Answers) -> Result<(), Refusal> {
    let problems = assess(instrument, answers).problems;
    let grave = problems.iter().find(|problem| match problem {
        Problem::NoSuchItem { .. }
        | Problem::NoSuchOption { .. }
        | Problem::OutsideRange { .. }
        | Problem::NotWhole { .. } => true,
        Problem::AnsweredThoughNotAsked { .. } => false,
    });
    grave.map_or(Ok(()), |problem| {
        Err(Refusal::Impossible {
            says: problem.to_string(),
        })
    })
}

/// The warning signs that answers call for, the fastest first: with `item`, those that look at this
/// item, so that an answer to another question calls nobody a second time.
fn signs(instrument: &Instrument, answers: &Answers, item: Option<&str>) -> Vec<Called> {
    let flags = match assess(instrument, answers).outcome {
        ScoringResult::Scored(scored) => scored.flags,
        ScoringResult::Incomplete(open) => open.flags,
    };
    let looks_at: BTreeSet<&str> = instrument
        .flags
        .iter()
        .filter(|flag| {
            item.is_none_or(|item| {
                flag.when.conditions().any(|(_, _, condition)| {
                    condition.subject == instrument::Subject::Item(item.to_owned())
                })
            })
        })
        .map(|flag| flag.id.as_str())
        .collect();
    let mut raised: Vec<Called> = flags
        .into_iter()
        .filter(|flag| looks_at.contains(flag.id.as_str()))
        .map(|flag| Called {
            sign: format!("{}/{}", instrument.id, flag.id),
            urgency: match flag.urgency {
                instrument::Urgency::SameHour => Urgency::SameHour,
                instrument::Urgency::SameDay => Urgency::SameDay,
            },
        })
        .collect();
    raised.sort_by(|a, b| b.urgency.cmp(&a.urgency).then_with(|| a.sign.cmp(&b.sign)));
    raised
}
