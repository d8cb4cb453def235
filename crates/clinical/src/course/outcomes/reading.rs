//! What a scale came to at one time.

use super::state::Sheet;
use crate::course::intake::{Intake, Item, Said};
use crate::instrument::{
    Answers, Band, Condition, Holds, Instrument, Points, ScoringResult, Subject, assess,
};
use units::Moment;
use uuid::Uuid;

/// Where the answers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The history that the person told before treatment.
    History,
    /// A sheet, after a contact or entered by staff.
    Sheet(Uuid),
}

/// The principal score, or why there is none. Never a number in place of what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Score {
    /// A score, by the scale's own rule for missing answers.
    Complete {
        /// The points; not rounded.
        points: Points,
        /// A missing answer counts as the mean of the others.
        estimated: bool,
    },
    /// Every question has an answer, of a scale that is never added up: there is no number to have.
    Answered,
    /// Too much is missing for a score.
    Incomplete {
        /// Which questions.
        missing: Vec<String>,
    },
    /// The person would rather not.
    Declined,
}

/// A scale at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When it was finished.
    pub at: Moment,
    /// Where the answers come from.
    pub source: Source,
    /// What it came to.
    pub score: Score,
    /// The band that the score lies in, by its title.
    pub band: Option<String>,
    /// Questions whose answer would say whether somebody must act today, and that have none.
    pub undecided: Vec<String>,
}

impl Reading {
    /// The points, of a score that there is.
    pub const fn points(&self) -> Option<Points> {
        match self.score {
            Score::Complete { points, .. } => Some(points),
            Score::Answered | Score::Incomplete { .. } | Score::Declined => None,
        }
    }

    /// A missing answer counts in the score as the mean of the others.
    pub const fn is_estimated(&self) -> bool {
        matches!(
            self.score,
            Score::Complete {
                estimated: true,
                ..
            }
        )
    }
}

impl Sheet {
    /// What it comes to by the scale's file; none once it is struck, or where the file is of another
    /// scale.
    pub fn reading(&self, instrument: &Instrument) -> Option<Reading> {
        if self.struck.is_some() || self.scale != instrument.id {
            return None;
        }
        let mut reading = scored(
            instrument,
            &self.answers,
            self.at,
            Source::Sheet(self.sheet),
        );
        if let Some(points) = self.total {
            reading.score = Score::Complete {
                points,
                estimated: false,
            };
            reading.band = band(instrument, points);
        }
        // What was answered whole before they would rather not stays.
        if self.declined && matches!(reading.score, Score::Incomplete { .. }) {
            reading.score = Score::Declined;
        }
        Some(reading)
    }
}

/// A scale of the history as it stood before a moment; none where nothing was answered by then.
pub fn of_history(
    intake: &Intake,
    instrument: &Instrument,
    before: Option<Moment>,
) -> Option<Reading> {
    let (answers, at) = answers_of_history(intake, instrument, before)?;
    Some(scored(instrument, &answers, at, Source::History))
}

/// Its answers as they stood then, with when the newest was given; none where nothing was answered by
/// then.
pub fn answers_of_history(
    intake: &Intake,
    instrument: &Instrument,
    before: Option<Moment>,
) -> Option<(Answers, Moment)> {
    let mut answers = Answers::new();
    let mut newest: Option<Moment> = None;
    for (item, all) in intake.statements() {
        let Item::OfScale {
            instrument: of,
            item,
        } = item
        else {
            continue;
        };
        let then = all
            .iter()
            .rev()
            .find(|one| before.is_none_or(|before| one.witness.at < before));
        if let (true, Some(one)) = (*of == instrument.id, then)
            && let Said::OfScale(answer) = &one.said
        {
            answers = answers.with(item, answer.clone());
            newest = newest.max(Some(one.witness.at));
        }
    }
    newest.map(|at| (answers, at))
}

fn scored(instrument: &Instrument, answers: &Answers, at: Moment, source: Source) -> Reading {
    let reading = |score, band, undecided| Reading {
        at,
        source,
        score,
        band,
        undecided,
    };
    match assess(instrument, answers).outcome {
        ScoringResult::Scored(scored) => {
            let undecided = scored.undecided.into_iter().flat_map(|one| one.ask);
            let undecided = once_each(undecided);
            match scored.total {
                Some(total) => reading(
                    Score::Complete {
                        points: total.points,
                        estimated: total.estimated,
                    },
                    scored.band.map(|band| band.title),
                    undecided,
                ),
                None if instrument.principal.is_none() && scored.missing.is_empty() => {
                    reading(Score::Answered, None, undecided)
                }
                None => reading(
                    Score::Incomplete {
                        missing: scored.missing,
                    },
                    None,
                    undecided,
                ),
            }
        }
        ScoringResult::Incomplete(open) => {
            let undecided = open.undecided.into_iter().flat_map(|one| one.ask);
            let undecided = once_each(undecided);
            reading(
                Score::Incomplete {
                    missing: open.missing,
                },
                None,
                undecided,
            )
        }
    }
}

fn once_each(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for item in items {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}

/// The band of a total that was entered alone: the first that holds, the gravest first. A band that
/// looks at more than the total holds for none.
fn band(instrument: &Instrument, points: Points) -> Option<String> {
    let of_total = |condition: &Condition| match &condition.subject {
        Subject::Score(score) if Some(score.as_str()) == instrument.principal.as_deref() => {
            condition.test.of_points(points, points)
        }
        Subject::Score(_) | Subject::Item(_) => Holds::Unknown,
    };
    let reached = |band: &&Band| {
        band.when
            .as_ref()
            .is_none_or(|when| when.holds(of_total) == Holds::Yes)
    };
    let band = instrument.bands.iter().find(reached);
    band.map(|band| band.title.clone())
}
