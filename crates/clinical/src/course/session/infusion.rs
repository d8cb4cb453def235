//! How much drug has been given: derived from rate, concentration and time, never stored.
//!
//! Dose by dose, the rate is 0 and the doses are summed.

use super::event::SessionEvent;
use super::state::Entry;
use super::vocabulary::Order;
use rust_decimal::Decimal;
use units::{Milligrams, MilligramsPerMillilitre, MillilitresPerHour, Moment};

/// The running of one pump: stretches of constant rate, and boluses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Infusion {
    concentration: MilligramsPerMillilitre,
    /// What was in the bag: no more than this can be given.
    contents: Milligrams,
    stretches: Vec<Stretch>,
    boluses: Vec<(Moment, Milligrams)>,
    stopped_at: Option<Moment>,
}

/// From this moment the pump ran at this rate; zero while paused or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Since when.
    pub from: Moment,
    /// How fast.
    pub rate: MillilitresPerHour,
}

/// What has been given up to a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The amount.
    pub amount: Milligrams,
    /// The sum reached what the bag held: the pump must be empty, look.
    pub bag_should_be_empty: bool,
}

impl Infusion {
    /// From a session's entries as they now stand; none before the first drug.
    // Hazard: H23
    pub fn of(entries: &[Entry], order: &Order) -> Option<Self> {
        let mut infusion = Self {
            concentration: order.concentration,
            contents: contents(order),
            stretches: Vec::new(),
            boluses: Vec::new(),
            stopped_at: None,
        };
        // Entries may reach us out of order; the running total is over ordered time (H23). Acts of
        // the same moment keep the order in which they were recorded.
        let mut ordered: Vec<_> = entries.iter().collect();
        ordered.sort_by_key(|entry| (entry.occurred_at, entry.version));
        let mut running = MillilitresPerHour::ZERO;
        for entry in ordered {
            let at = entry.occurred_at;
            let Some(event) = entry.standing() else {
                continue;
            };
            let rate = match &*event {
                // What stands after the end, because a held end was let count, pumps nothing.
                SessionEvent::InfusionRateChanged { .. } | SessionEvent::InfusionResumed {}
                    if infusion.stopped_at.is_some() =>
                {
                    continue;
                }
                SessionEvent::DosingStarted { rate, .. }
                | SessionEvent::InfusionRateChanged { rate, .. } => {
                    running = *rate;
                    *rate
                }
                SessionEvent::InfusionResumed {} => running,
                SessionEvent::InfusionPaused { .. } => MillilitresPerHour::ZERO,
                SessionEvent::InfusionStopped { .. } | SessionEvent::DosingEnded { .. } => {
                    infusion.stopped_at = Some(at);
                    MillilitresPerHour::ZERO
                }
                SessionEvent::BolusGiven { amount } | SessionEvent::DoseGiven { amount, .. } => {
                    infusion.boluses.push((at, *amount));
                    continue;
                }
                SessionEvent::SessionPlanned { .. }
                | SessionEvent::SessionMoved { .. }
                | SessionEvent::OrderChanged { .. }
                | SessionEvent::PatientCheckedIn { .. }
                | SessionEvent::FastingAnswered { .. }
                | SessionEvent::IdentityConfirmed { .. }
                | SessionEvent::VitalSignsCharted { .. }
                | SessionEvent::SedationScored { .. }
                | SessionEvent::DistressScored { .. }
                | SessionEvent::RecoveryChecked { .. }
                | SessionEvent::TimeOutCompleted { .. }
                | SessionEvent::StartChecked { .. }
                | SessionEvent::SignalNoted { .. }
                | SessionEvent::NoteWritten { .. }
                | SessionEvent::SupportGiven { .. }
                | SessionEvent::SupportEffectSeen { .. }
                | SessionEvent::MomentMarked { .. }
                | SessionEvent::ExperienceRated { .. }
                | SessionEvent::TouchSaid { .. }
                | SessionEvent::MedicineGiven { .. }
                | SessionEvent::RoomTaken { .. }
                | SessionEvent::AdvisoryRaised { .. }
                | SessionEvent::AdvisoryAcknowledged { .. }
                | SessionEvent::AdvisoryEscalated { .. }
                | SessionEvent::AdvisoryResolved { .. }
                | SessionEvent::CardOpened { .. }
                | SessionEvent::CardStepDone { .. }
                | SessionEvent::CardMedicineGiven { .. }
                | SessionEvent::CardClosed { .. }
                | SessionEvent::AdverseEventRecorded { .. }
                | SessionEvent::EntryCorrected { .. }
                | SessionEvent::RecordedLater { .. }
                | SessionEvent::ActHeld { .. }
                | SessionEvent::LateEntryReviewed { .. }
                | SessionEvent::ObservationBegun {}
                | SessionEvent::PatientDischarged { .. }
                | SessionEvent::SessionCancelled { .. }
                | SessionEvent::SessionSigned { .. } => continue,
            };
            infusion.stretches.push(Stretch { from: at, rate });
        }
        (!infusion.stretches.is_empty()).then_some(infusion)
    }

    /// When it was last set faster than before, or a bolus was given beside it; a resumed rate is no
    /// faster one.
    pub fn last_raise(&self) -> Option<Moment> {
        let mut running = None;
        let faster = self.stretches.iter().filter_map(|stretch| {
            if stretch.rate == MillilitresPerHour::ZERO {
                return None;
            }
            let before = running.replace(stretch.rate);
            before
                .is_some_and(|before| stretch.rate > before)
                .then_some(stretch.from)
        });
        faster.chain(self.boluses.iter().map(|(at, _)| *at)).max()
    }

    /// The amount given up to this moment, held to what the bag contained.
    ///
    /// Exact over every pause, change of rate and bolus. Units: mL/h × mg/mL × time → mg.
    pub fn delivered(&self, at: Moment) -> Delivered {
        let pumped: Decimal = self
            .stretches
            .iter()
            .enumerate()
            .filter(|(_, stretch)| stretch.from < at)
            .map(|(index, stretch)| {
                let end = self
                    .stretches
                    .get(index + 1)
                    .map_or(at, |next| next.from.min(at));
                let microseconds = (end - stretch.from).microseconds().max(0);
                stretch.rate.value() * Decimal::from(microseconds)
            })
            .sum::<Decimal>()
            // Divided last: a third of a millilitre has no last decimal, its milligrams may have.
            * self.concentration.value()
            / Decimal::from(3_600_000_000_i64);
        let boluses: Decimal = self
            .boluses
            .iter()
            .filter(|(moment, _)| *moment <= at)
            .map(|(_, amount)| amount.value())
            .sum();
        let sum = pumped + boluses;
        // Only a bag can be empty: doses that went in went in, whatever was ordered.
        let is_pumped = self
            .stretches
            .iter()
            .any(|stretch| !stretch.rate.value().is_zero());
        let held = if is_pumped {
            sum.min(self.contents.value())
        } else {
            sum
        };
        Delivered {
            // `held` is what was charted, or at most what the bag held.
            amount: Milligrams::new(held).unwrap_or(self.contents),
            bag_should_be_empty: sum >= self.contents.value(),
        }
    }

    /// What the bag still holds at this moment.
    pub fn remaining(&self, at: Moment) -> Milligrams {
        let left = self.contents.value() - self.delivered(at).amount.value();
        Milligrams::new(left).unwrap_or(Milligrams::ZERO)
    }

    /// The rate at this moment.
    pub fn rate(&self, at: Moment) -> MillilitresPerHour {
        self.stretches
            .iter()
            .rev()
            .find(|stretch| stretch.from <= at)
            .map_or(MillilitresPerHour::ZERO, |stretch| stretch.rate)
    }

    /// The first drug.
    pub fn started_at(&self) -> Option<Moment> {
        self.stretches.first().map(|stretch| stretch.from)
    }

    /// The end of the infusion.
    pub const fn stopped_at(&self) -> Option<Moment> {
        self.stopped_at
    }

    /// The stretches of constant rate, in order.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The boluses, and the doses where there is no pump, in order of time.
    pub fn boluses(&self) -> &[(Moment, Milligrams)] {
        &self.boluses
    }
}

/// What the prepared bag holds: concentration times volume.
pub fn contents(order: &Order) -> Milligrams {
    Milligrams::new(order.concentration.value() * order.volume.value()).unwrap_or(order.dose)
}
