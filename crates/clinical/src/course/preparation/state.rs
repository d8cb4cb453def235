//! A preparation as its events have made it, and what may follow.

use super::event::PreparationEvent;
use super::vocabulary::{Answers, Given, Medicine, MedicineDecision, Planned, Taken};
use crate::record::{Actor, Folded, Header, Role, StreamKind};
use units::{Moment, Span};

/// How far ahead of the server's clock an answer's time may lie: people say whole minutes.
const AHEAD_OF_CLOCK: Span = Span::from_minutes(1);

/// A preparation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preparation {
    /// The visit; `None` before one is set, and after it was withdrawn.
    pub planned: Option<Planned>,
    /// The visit was called off.
    pub withdrawn: bool,
    /// What a prescriber decided about medicines; `None` before anyone has.
    pub medicines: Option<Vec<Medicine>>,
    /// What was answered.
    pub answers: Answers,
    /// When something was answered last.
    pub answered_at: Option<Moment>,
    /// When the person was checked in, and by whom.
    pub checked_in: Option<(Moment, Actor)>,
    /// What was noted at the door.
    pub note: String,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no visit to prepare for.
    NoVisit,
    /// The person is here already.
    CheckedInAlready,
    /// The time that was given has not come yet.
    InTheFuture,
    /// Only a prescriber decides about medicines.
    NotAPrescriber,
    /// A medicine has no name.
    NoName,
    /// Whether it was taken is asked on the day of the visit, and not before.
    NotBeforeTheDay,
    /// The list of medicines has no such one with a decision, or not any more.
    NoSuchMedicine,
}

impl Refusal {
    /// In one plain sentence.
    pub const fn says(&self) -> &'static str {
        match self {
            Self::NoVisit => "Not saved: there is no visit to prepare for.",
            Self::CheckedInAlready => {
                "Not saved: the person is checked in; go on in the session room."
            }
            Self::InTheFuture => "Not saved: that time has not come yet. Check the day and time.",
            Self::NotAPrescriber => {
                "Not saved: only a prescriber decides what is taken and what is left out."
            }
            Self::NoName => "Not saved: name the medicine.",
            Self::NotBeforeTheDay => {
                "Not saved: what was taken is asked on the day of the visit. Answer it then."
            }
            Self::NoSuchMedicine => {
                "Not saved: the list of medicines was changed meanwhile. Read it again."
            }
        }
    }
}

impl Folded for Preparation {
    type Event = PreparationEvent;
    const KIND: StreamKind = StreamKind::Preparation;
    fn take(&mut self, header: &Header, event: &PreparationEvent) {
        match event {
            PreparationEvent::VisitSet { planned } => {
                let moved = self
                    .planned
                    .is_some_and(|before| before.starts != planned.starts);
                if moved {
                    self.answers.for_another_time();
                }
                self.planned = Some(*planned);
                self.withdrawn = false;
            }
            PreparationEvent::VisitWithdrawn {} => self.withdrawn = true,
            PreparationEvent::MedicinesSettled { medicines } => {
                self.medicines = Some(medicines.clone());
            }
            PreparationEvent::QuestionAnswered { given } => {
                self.answers.take(given);
                self.answered_at = Some(header.occurred_at);
            }
            PreparationEvent::CheckedIn { confirmed, note } => {
                confirmed.iter().for_each(|given| self.answers.take(given));
                self.note.clone_from(note);
                self.checked_in = Some((header.occurred_at, header.actor.clone()));
            }
        }
    }
}

impl Preparation {
    /// The visit that is still to take place.
    pub fn visit(&self) -> Option<&Planned> {
        self.planned.as_ref().filter(|_| !self.withdrawn)
    }

    /// Follows the book: a new visit, another time, another treatment. Nothing where nothing
    /// changed.
    pub fn follow(&self, planned: Planned) -> Vec<PreparationEvent> {
        if self.visit() == Some(&planned) {
            Vec::new()
        } else {
            vec![PreparationEvent::VisitSet { planned }]
        }
    }

    /// The book has no such visit any more.
    pub fn withdraw(&self) -> Vec<PreparationEvent> {
        match self.visit() {
            Some(_) => vec![PreparationEvent::VisitWithdrawn {}],
            None => Vec::new(),
        }
    }

    /// Takes an answer.
    ///
    /// Refuses without a visit, after check-in, and a time that has not come yet.
    pub fn answer(&self, given: Given, now: Moment) -> Result<Vec<PreparationEvent>, Refusal> {
        self.check_open()?;
        if given
            .moment()
            .is_some_and(|moment| moment > now + AHEAD_OF_CLOCK)
        {
            return Err(Refusal::InTheFuture);
        }
        Ok(vec![PreparationEvent::QuestionAnswered { given }])
    }

    /// Takes the answer whether a medicine of the list was taken.
    ///
    /// `day` is when the day of the visit begins where the clinic is. Refuses before it: what is
    /// said the evening before says nothing about the night. Refuses a medicine that is not on the
    /// list, or about which nothing is decided.
    pub fn answer_medicine(
        &self,
        taken: Taken,
        day: Moment,
        now: Moment,
    ) -> Result<Vec<PreparationEvent>, Refusal> {
        self.check_open()?;
        if now < day {
            return Err(Refusal::NotBeforeTheDay);
        }
        if !self.decided().any(|medicine| medicine.name == taken.name) {
            return Err(Refusal::NoSuchMedicine);
        }
        Ok(vec![PreparationEvent::QuestionAnswered {
            given: Given::Medicine { taken },
        }])
    }

    /// The medicines that a prescriber decided to be taken or left out, in the list's order.
    pub fn decided(&self) -> impl Iterator<Item = &Medicine> {
        self.medicines
            .iter()
            .flatten()
            .filter(|medicine| match medicine.decision {
                MedicineDecision::Take | MedicineDecision::HoldFor { .. } => true,
                MedicineDecision::Ask => false,
            })
    }

    /// A prescriber's decisions about medicines.
    pub fn settle(
        &self,
        medicines: Vec<Medicine>,
        actor: &Actor,
    ) -> Result<Vec<PreparationEvent>, Refusal> {
        self.check_open()?;
        let may = match actor {
            Actor::Person { role, .. } => {
                matches!(role, Role::Prescriber | Role::MedicalDirector)
            }
            Actor::Device { .. } | Actor::System { .. } => false,
        };
        if !may {
            return Err(Refusal::NotAPrescriber);
        }
        if medicines.iter().any(|one| one.name.trim().is_empty()) {
            return Err(Refusal::NoName);
        }
        Ok(vec![PreparationEvent::MedicinesSettled { medicines }])
    }

    /// The person is at the door. `Hazard: H25`: what is not gone through stays unknown.
    pub fn check_in(
        &self,
        confirmed: Vec<Given>,
        note: String,
        now: Moment,
    ) -> Result<Vec<PreparationEvent>, Refusal> {
        self.check_open()?;
        let ahead = |given: &Given| {
            given
                .moment()
                .is_some_and(|moment| moment > now + AHEAD_OF_CLOCK)
        };
        if confirmed.iter().any(ahead) {
            return Err(Refusal::InTheFuture);
        }
        Ok(vec![PreparationEvent::CheckedIn { confirmed, note }])
    }

    fn check_open(&self) -> Result<(), Refusal> {
        if self.visit().is_none() {
            Err(Refusal::NoVisit)
        } else if self.checked_in.is_some() {
            Err(Refusal::CheckedInAlready)
        } else {
            Ok(())
        }
    }
}
