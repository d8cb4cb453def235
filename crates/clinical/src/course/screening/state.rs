//! Whether a person is accepted for treatment, folded from events.

use super::command::PassOver;
use super::event::ScreeningEvent;
use super::verdict::Screening;

/// How the acceptance of one person stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// The newest answer of the rules.
    pub latest: Option<Screening>,
    /// What a prescriber decided last.
    pub decided: Option<Decided>,
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
