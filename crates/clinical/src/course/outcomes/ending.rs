//! That treatment has ended, and why: said by staff, taken back by staff.

use super::decide::{Refusal, Taken};
use super::event::OutcomesEvent;
use super::state::{Outcomes, Struck};
use crate::course::follow_up::LONGEST_WORDS;
use crate::record::Actor;
use crate::words::words;
use units::Moment;
use uuid::Uuid;

words!(
    /// Why treatment ended. The project's own list; that nobody knows is an answer of its own.
    EndReason {
        /// They are well.
        Well = "well" says "well, no more is needed",
        /// It did not help.
        NotHelped = "not-helped" says "it did not help enough",
        /// Harm.
        SideEffects = "side-effects" says "side effects",
        /// Something in their health, or a medicine.
        Medical = "medical" says "another medical reason",
        /// Money.
        Cost = "cost" says "cost or insurance",
        /// Getting here and home.
        Way = "way" says "the way here, the time, or nobody to go home with",
        /// Another clinic goes on.
        Elsewhere = "elsewhere" says "treated elsewhere",
        /// They want no more, and it is none of the others.
        OwnWish = "own-wish" says "their own wish, for another reason",
        /// The clinic gives no more, and it is none of the others.
        Clinic = "clinic" says "the clinic’s decision, for another reason",
        /// They died.
        Died = "died" says "died",
        /// Nobody could find out.
        NotKnown = "not-known" says "asked, and nobody knows",
    }
);

/// That treatment has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub because: EndReason,
    /// In words; may be empty.
    pub note: String,
    /// When it ended.
    pub at: Moment,
    /// Who says so.
    pub by: Actor,
    /// Who took it back, and why.
    pub taken_back: Option<Struck>,
}

impl Outcomes {
    /// Whether staff have said that treatment has ended, and have not taken it back.
    ///
    /// A drug that is given later says otherwise: ask [`Self::ended_after`] where sessions are known.
    pub fn ending(&self) -> Option<&Ending> {
        self.endings.last().filter(|last| last.taken_back.is_none())
    }

    /// The same, where no drug was given since: whoever comes again has not ended.
    pub fn ended_after(&self, last_drug: Option<Moment>) -> Option<&Ending> {
        self.ending()
            .filter(|ending| last_drug.is_none_or(|last| last <= ending.at))
    }

    /// Treatment has ended at `at`, because of `because`. A new ending may stand beside an older one
    /// that a later session, at `last_drug`, has overtaken.
    ///
    /// Refuses what is said already, a time that has not come or is before the last drug, and too
    /// many words.
    pub fn end_treatment(
        &self,
        (because, note): (EndReason, &str),
        at: Moment,
        last_drug: Option<Moment>,
        now: Moment,
    ) -> Result<Taken, Refusal> {
        let note = note.trim();
        if self.ended_after(last_drug).is_some() {
            return Err(Refusal::EndedAlready);
        }
        if at > now {
            return Err(Refusal::NotYet);
        }
        if last_drug.is_some_and(|last| last > at) {
            return Err(Refusal::SessionSince);
        }
        if note.chars().count() > LONGEST_WORDS {
            return Err(Refusal::TooLong);
        }
        Ok(of_event(OutcomesEvent::TreatmentEnded {
            because,
            note: note.to_owned(),
        }))
    }

    /// Takes back that treatment has ended; both stay to be seen.
    ///
    /// Refuses what nobody has said, and silence about why.
    pub fn go_on(&self, reason: &str) -> Result<Taken, Refusal> {
        let reason = reason.trim();
        if self.ending().is_none() {
            return Err(Refusal::NotEnded);
        }
        if reason.is_empty() || reason.chars().count() > LONGEST_WORDS {
            return Err(Refusal::NoReason);
        }
        Ok(of_event(OutcomesEvent::TreatmentGoesOn {
            reason: reason.to_owned(),
        }))
    }
}

fn of_event(event: OutcomesEvent) -> Taken {
    Taken {
        sheet: Uuid::nil(),
        events: vec![event],
        signs: Vec::new(),
        watch: None,
    }
}
