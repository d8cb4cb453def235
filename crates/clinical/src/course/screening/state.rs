//! Whether a person is accepted for treatment, folded from events.

use super::command::{PassOver, Plan};
use super::event::ScreeningEvent;
use super::verdict::Screening;
use crate::record::{Actor, Folded, Header, StreamKind};
use units::Moment;

/// How the acceptance of one person stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// The newest answer of the rules.
    pub latest: Option<Screening>,
    /// What a prescriber decided last.
    pub decided: Option<Decided>,
    /// Who decided it, and when; `None` where only the decision is folded.
    pub signed: Option<Signed>,
}

/// A signature under a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Moment,
    /// The words that were signed; empty under a decision against treatment, whose reason is it.
    pub statement: String,
    /// The plans that were made for cautions.
    pub plans: Vec<Plan>,
}

/// A prescriber's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// To treat.
    Confirmed {
        /// The holds that were passed over.
        passed: Vec<PassOver>,
    },
    /// Not to treat.
    Declined {
        /// Why.
        reason: String,
    },
}

impl Acceptance {
    /// Folds a stream from its beginning.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a ScreeningEvent>) -> Self {
        let mut acceptance = Self::default();
        events.into_iter().for_each(|event| acceptance.apply(event));
        acceptance
    }

    /// Takes in one event; never fails.
    pub fn apply(&mut self, event: &ScreeningEvent) {
        match event {
            ScreeningEvent::ScreeningMade { screening } => {
                self.latest = Some(screening.as_ref().clone());
            }
            ScreeningEvent::EligibilityConfirmed {
                screening,
                plans: _,
                passed,
                role: _,
                statement: _,
            } => {
                self.latest = Some(screening.as_ref().clone());
                self.decided = Some(Decided::Confirmed {
                    passed: passed.clone(),
                });
            }
            ScreeningEvent::TreatmentDeclined { reason } => {
                self.decided = Some(Decided::Declined {
                    reason: reason.clone(),
                });
            }
        }
    }

    /// Takes in one event, and the signature under it.
    fn apply_signed(&mut self, event: &ScreeningEvent, by: &Actor, at: Moment) {
        self.apply(event);
        let (statement, plans) = match event {
            ScreeningEvent::ScreeningMade { .. } => return,
            ScreeningEvent::EligibilityConfirmed {
                statement, plans, ..
            } => (statement.clone(), plans.clone()),
            ScreeningEvent::TreatmentDeclined { .. } => (String::new(), Vec::new()),
        };
        self.signed = Some(Signed {
            by: by.clone(),
            at,
            statement,
            plans,
        });
    }

    /// True while a prescriber's confirmation covers the newest answer of the rules.
    ///
    /// What came up afterwards and blocks was not seen by whoever signed: it needs them again.
    pub fn is_accepted(&self) -> bool {
        match (&self.latest, &self.decided) {
            (Some(latest), Some(Decided::Confirmed { passed })) => latest.blocking().all(|found| {
                found.may_be_passed()
                    && passed
                        .iter()
                        .any(|one| one.requirement == found.rule.requirement)
            }),
            (None, _) | (_, None | Some(Decided::Declined { .. })) => false,
        }
    }
}

impl Folded for Acceptance {
    type Event = ScreeningEvent;
    const KIND: StreamKind = StreamKind::Screening;
    fn take(&mut self, header: &Header, event: &ScreeningEvent) {
        self.apply_signed(event, &header.actor, header.recorded_at);
    }
}
