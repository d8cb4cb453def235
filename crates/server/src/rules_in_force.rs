//! The rules as they are in force: what ships, with the values that the clinic has adopted.

use crate::fault::Fault;
use anyhow::Context;
use clinical::advisory::LimitRules;
use clinical::clinic::{Clinic, own_values};
use clinical::course::booking::BookingRules;
use clinical::course::consent::ConsentRules;
use clinical::course::follow_up::{FollowUpRules, SurveillanceRules};
use clinical::course::integration::IntegrationRules;
use clinical::course::outcomes::everybody::OutcomeRules;
use clinical::course::outcomes::next_step::NextStepRules;
use clinical::course::prediction::PredictionRules;
use clinical::course::preparation::PreparationRules;
use clinical::course::screening::ScreeningRules;
use clinical::ledger::LedgerRules;
use clinical::policy::{AdoptedPolicy, OwnValues, Quantity, Rules};
use clinical::research::ResearchRules;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every rule of the clinic, at one moment.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The rules of the session.
    pub session: Arc<Rules>,
    /// The rules of screening.
    pub screening: Arc<ScreeningRules>,
    /// The limits for notices on live numerics, in use or not.
    pub limits: Arc<LimitRules>,
    /// The rules of booking.
    pub booking: Arc<BookingRules>,
    /// The rules of preparation.
    pub preparation: Arc<PreparationRules>,
    /// The rules of following up after a session.
    pub follow_up: Arc<FollowUpRules>,
    /// The windows of integration.
    pub integration: Arc<IntegrationRules>,
    /// The rules of watching for harm over the long term.
    pub surveillance: Arc<SurveillanceRules>,
    /// The rules of showing predictions.
    pub prediction: Arc<PredictionRules>,
    /// The rules of the outcomes of everybody.
    pub outcomes: Arc<OutcomeRules>,
    /// The rules of what can come next.
    pub next_step: Arc<NextStepRules>,
    /// The rules of research exports.
    pub research: Arc<ResearchRules>,
    /// The rules of consent.
    pub consent: Arc<ConsentRules>,
    /// The rules of the ledger of controlled drugs.
    pub ledger: Arc<LedgerRules>,
    /// Adoptions that this release cannot keep: their policies are as shipped until the medical
    /// director signs again.
    pub set_aside: Vec<SetAside>,
}

/// An adoption that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The policy.
    pub policy: String,
    /// Why, in words.
    pub says: String,
}

impl InForce {
    /// The shipped rules with what this clinic has adopted.
    ///
    /// A value that was adopted from an older version of a policy stays while the newer version
    /// permits it. One that it does not permit is set aside with its whole adoption, and said: the
    /// server of a clinic must start, and half of an adoption is something that nobody signed.
    pub fn of(clinic: &Clinic) -> Result<Self, Fault> {
        let shipped = Self::shipped()?;
        let mut own = OwnValues::new();
        let mut set_aside = Vec::new();
        for (id, adoption) in &clinic.adopted {
            let kept = match shipped.policy(id) {
                None => Err("this release has no such rule".to_owned()),
                Some(policy) => own_values(adoption)
                    .and_then(|values| policy.with(values))
                    .map_err(|error| error.to_string()),
            };
            match kept {
                Ok(kept) => {
                    own.insert(id.clone(), kept.own().clone());
                }
                Err(says) => set_aside.push(SetAside {
                    policy: id.clone(),
                    says,
                }),
            }
        }
        Ok(Self {
            set_aside,
            ..shipped.with(&own)?
        })
    }

    /// The rules as they ship.
    pub fn shipped() -> Result<Self, Fault> {
        Ok(Self {
            session: Arc::new(Rules::shipped().context("reading the shipped policies")?),
            screening: Arc::new(
                ScreeningRules::shipped().context("reading the shipped rules of screening")?,
            ),
            limits: Arc::new(LimitRules::shipped().context("reading the shipped limits")?),
            booking: Arc::new(BookingRules::shipped().context("reading the rules of booking")?),
            preparation: Arc::new(
                PreparationRules::shipped().context("reading the rules of preparation")?,
            ),
            follow_up: Arc::new(
                FollowUpRules::shipped().context("reading the rules of following up")?,
            ),
            integration: Arc::new(
                IntegrationRules::shipped().context("reading the rules of integration")?,
            ),
            surveillance: Arc::new(
                SurveillanceRules::shipped().context("reading the rules of the long term")?,
            ),
            prediction: Arc::new(
                PredictionRules::shipped().context("reading the rules of predictions")?,
            ),
            outcomes: Arc::new(
                OutcomeRules::shipped().context("reading the rules of everybody's outcomes")?,
            ),
            next_step: Arc::new(
                NextStepRules::shipped().context("reading the rules of what can come next")?,
            ),
            research: Arc::new(
                ResearchRules::shipped().context("reading the rules of research exports")?,
            ),
            consent: Arc::new(ConsentRules::shipped().context("reading the rules of consent")?),
            ledger: Arc::new(
                LedgerRules::shipped().context("reading the rules of controlled drugs")?,
            ),
            set_aside: Vec::new(),
        })
    }

    /// The same rules, one policy with other values: what a change would mean.
    pub fn proposing(
        &self,
        policy: &str,
        values: BTreeMap<String, Quantity>,
    ) -> Result<Self, Fault> {
        let mut own: OwnValues = self
            .policies()
            .map(|known| (known.id().to_owned(), known.own().clone()))
            .collect();
        own.insert(policy.to_owned(), values);
        self.with(&own)
    }

    fn with(&self, own: &OwnValues) -> Result<Self, Fault> {
        // Each of the two sets refuses values of a policy that only the other one has.
        let asked = self.screening.policies();
        let of_screening = own
            .iter()
            .filter(|(id, _)| asked.iter().any(|known| known.id() == *id))
            .map(|(id, values)| (id.clone(), values.clone()))
            .collect();
        let of_booking = own.get(self.booking.policy().id()).cloned();
        let of_limits = own.get(self.limits.policy().id()).cloned();
        let of_ledger = own.get(self.ledger.policy().id()).cloned();
        let of_consent = own.get(self.consent.policy().id()).cloned();
        let of_follow_up = own.get(self.follow_up.policy().id()).cloned();
        let of_prediction = own.get(self.prediction.policy().id()).cloned();
        let of_outcomes = own.get(self.outcomes.policy().id()).cloned();
        let of_next_step = own.get(self.next_step.policy().id()).cloned();
        let of_research = own.get(self.research.policy().id()).cloned();
        let of_integration = own.get(self.integration.policy().id()).cloned();
        let of_surveillance = own.get(self.surveillance.policy().id()).cloned();
        Ok(Self {
            surveillance: Arc::new(SurveillanceRules::adopted(
                of_surveillance.unwrap_or_default(),
            )?),
            outcomes: Arc::new(OutcomeRules::adopted(of_outcomes.unwrap_or_default())?),
            next_step: Arc::new(NextStepRules::adopted(of_next_step.unwrap_or_default())?),
            research: Arc::new(ResearchRules::adopted(of_research.unwrap_or_default())?),
            integration: Arc::new(IntegrationRules::adopted(
                of_integration.unwrap_or_default(),
            )?),
            follow_up: Arc::new(FollowUpRules::adopted(of_follow_up.unwrap_or_default())?),
            prediction: Arc::new(PredictionRules::adopted(of_prediction.unwrap_or_default())?),
            consent: Arc::new(ConsentRules::adopted(of_consent.unwrap_or_default())?),
            ledger: Arc::new(LedgerRules::adopted(of_ledger.unwrap_or_default())?),
            booking: Arc::new(BookingRules::adopted(of_booking.unwrap_or_default())?),
            preparation: Arc::new(PreparationRules::adopted(own)?),
            session: Arc::new(self.session.adopted(own)?),
            screening: Arc::new(ScreeningRules::adopted(&of_screening)?),
            limits: Arc::new(self.limits.with(of_limits.unwrap_or_default())?),
            set_aside: self.set_aside.clone(),
        })
    }

    /// Every policy once, those of the session first.
    pub fn policies(&self) -> impl Iterator<Item = &AdoptedPolicy> {
        let session = self.session.policies();
        let of_screening = self.screening.policies().iter();
        let of_preparation = self.preparation.policies().into_iter();
        session
            .iter()
            .chain(of_screening.filter(|one| session.iter().all(|known| known.id() != one.id())))
            .chain([self.booking.policy()])
            .chain(of_preparation.filter(|one| session.iter().all(|known| known.id() != one.id())))
            .chain([
                self.follow_up.policy(),
                self.integration.policy(),
                self.surveillance.policy(),
                self.prediction.policy(),
                self.outcomes.policy(),
                self.next_step.policy(),
                self.research.policy(),
                self.consent.policy(),
                self.ledger.policy(),
                self.limits.policy(),
            ])
    }

    /// One policy as it is in force.
    pub fn policy(&self, id: &str) -> Option<&AdoptedPolicy> {
        self.policies().find(|known| known.id() == id)
    }

    /// A parameter as it is in force, whichever of the clinic's rules it belongs to.
    pub fn value(&self, policy: &str, parameter: &str) -> Option<Quantity> {
        self.policy(policy)?.value(parameter)
    }
}
