//! What a prescriber decided comes next, with why.

use super::super::decide::{Refusal, Taken};
use super::super::event::OutcomesEvent;
use super::super::state::Outcomes;
use crate::course::follow_up::LONGEST_WORDS;
use crate::record::Actor;
use crate::words::words;
use units::Moment;
use uuid::Uuid;

words!(
    /// What comes next. The project's own list.
    NextStep {
        /// As it was planned.
        AsPlanned = "as-planned" says "go on as planned",
        /// Fewer.
        Later = "later" says "the next session later",
        /// More.
        Sooner = "sooner" says "the next session sooner",
        /// More, less, slower, or another way.
        Dose = "dose" says "another dose, rate or route",
        /// Nothing for now.
        Wait = "wait" says "nothing until something is looked at",
        /// Something else.
        OtherTreatment = "other-treatment" says "another treatment beside it or in its place",
        /// No more.
        End = "end" says "end the treatment",
    }
);

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What comes next.
    pub step: NextStep,
    /// Why, in words.
    pub why: String,
    /// When it was decided.
    pub at: Moment,
    /// Who decided it.
    pub by: Actor,
}

impl Outcomes {
    /// What was decided last; none where nobody has.
    pub fn next_step(&self) -> Option<&Decided> {
        self.decided.last()
    }

    /// A prescriber decides what comes next. It orders and books nothing.
    ///
    /// Refuses silence about why, and more words than a form takes.
    // Hazard: H73
    pub fn decide_next(&self, step: NextStep, why: &str) -> Result<Taken, Refusal> {
        let why = why.trim();
        if why.is_empty() || why.chars().count() > LONGEST_WORDS {
            return Err(Refusal::NoReason);
        }
        Ok(Taken {
            sheet: Uuid::nil(),
            events: vec![OutcomesEvent::NextStepDecided {
                step,
                why: why.to_owned(),
            }],
            signs: Vec::new(),
            watch: None,
        })
    }
}
