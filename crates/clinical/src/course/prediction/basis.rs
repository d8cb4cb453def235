//! What a prediction of one session is made from: what went in by the record, minute by minute.

use crate::course::screening::person::{Product, Route};
use crate::course::session::infusion::contents;
use crate::course::session::{Giving, Order, Session, SessionEvent};
use crate::dosing::WeightKind;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use units::{Kilograms, Milligrams, MilligramsPerMillilitre, MillilitresPerHour, Moment, Span};

/// Drug that went in, or that goes in if nothing changes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum Gone {
    /// All of it in one moment.
    AtOnce {
        /// When.
        at: Moment,
        /// How much.
        amount: Milligrams,
    },
    /// By a pump at one rate.
    Running {
        /// From then.
        from: Moment,
        /// Until then.
        until: Moment,
        /// How fast.
        rate: MillilitresPerHour,
        /// Of which strength.
        concentration: MilligramsPerMillilitre,
    },
}

/// Everything that a prediction of a session is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The session's version that it was read from.
    pub session_version: u64,
    /// What is given.
    pub product: Product,
    /// The way into the body.
    pub route: Route,
    /// Whether a pump gives it, and if not, how.
    pub giving: Giving,
    /// What the person weighs.
    pub weight: Kilograms,
    /// With which of the person's weights the dose was reckoned; none where nobody has said it.
    pub reckoned_with: Option<WeightKind>,
    /// Completed years; none where nobody knows.
    pub age: Option<u16>,
    /// The first drug: the zero of the prediction.
    pub from: Moment,
    /// What went in by the record. A pump that runs is taken to go on as it stands until its bag is
    /// empty, one that is paused to stay so.
    pub gone: Vec<Gone>,
    /// What would have gone in by the order alone; empty where nothing is pumped.
    pub ordered: Vec<Gone>,
    /// What makes it uncertain, in order of time.
    pub doubts: Vec<Doubt>,
}

/// From when on nobody knows what is in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "kebab-case")]
pub enum Doubt {
    /// An act of dosing waits for somebody to look at it.
    Unconfirmed {
        /// When it would have happened.
        at: Moment,
    },
    /// A device failed: how much went in is not known.
    DeviceFailed {
        /// When.
        at: Moment,
    },
}

impl Doubt {
    /// Since when.
    pub const fn at(self) -> Moment {
        match self {
            Self::Unconfirmed { at } | Self::DeviceFailed { at } => at,
        }
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Unconfirmed { .. } => {
                "an act of dosing that was recorded later waits for somebody to look at it"
            }
            Self::DeviceFailed { .. } => "a device failed, and how much went in is not known",
        }
    }
}

/// Why nothing is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPredicted {
    /// Nothing was given yet.
    NothingGiven,
    /// What the person weighs is not known: the dose was reckoned with another weight, and none was
    /// measured.
    WeightUnknown,
    /// The start itself waits for somebody to look at it.
    StartUnconfirmed,
}

impl NotPredicted {
    /// In one sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NothingGiven => "Nothing is predicted before the first drug.",
            Self::WeightUnknown => {
                "Nothing is predicted: the body weight as measured is not known. The dose was reckoned with another weight."
            }
            Self::StartUnconfirmed => {
                "Nothing is predicted: the start was recorded later and waits for somebody to look at it."
            }
        }
    }
}

impl Basis {
    /// Reads a session as its record now stands.
    ///
    /// `measured` is the last weight of the person's record when the first drug was given, for orders
    /// that were reckoned with an ideal or adjusted one; `age` the completed years on the day, where
    /// the order does not say them. Refuses as [`NotPredicted`] says: an unknown weight becomes no number.
    // Hazard: H69
    pub fn of(
        session: &Session,
        measured: Option<Kilograms>,
        age: Option<u16>,
    ) -> Result<Self, NotPredicted> {
        let doubts = doubts(session);
        let infusion = session.infusion();
        let started = infusion.as_ref().and_then(|known| known.started_at());
        let first_doubt = doubts.first().map(|doubt| doubt.at());
        let (Some(infusion), Some(from), Some(order)) =
            (&infusion, started, session.order.as_ref())
        else {
            return Err(match first_doubt {
                Some(_) => NotPredicted::StartUnconfirmed,
                None => NotPredicted::NothingGiven,
            });
        };
        // A device that failed first leaves nothing known either; its own words say why.
        let start_waits = doubts
            .first()
            .is_some_and(|doubt| matches!(doubt, Doubt::Unconfirmed { at } if *at <= from));
        if start_waits {
            return Err(NotPredicted::StartUnconfirmed);
        }
        let way = session.way();
        let concentration = order.concentration;
        let bag = contents(order).value();
        let steps: Vec<(Moment, MillilitresPerHour)> = infusion
            .stretches()
            .iter()
            .map(|stretch| (stretch.from, stretch.rate))
            .collect();
        let ordered = if way.is_infusion() {
            run(&[(from, order.rate)], &[], concentration, bag)
        } else {
            Vec::new()
        };
        Ok(Self {
            session_version: session.version,
            product: way.product,
            route: way.route,
            giving: way.giving,
            weight: weight(order, measured).ok_or(NotPredicted::WeightUnknown)?,
            reckoned_with: order.reckoned_with(),
            age: age_of(order).or(age),
            from,
            gone: run(&steps, infusion.boluses(), concentration, bag),
            ordered,
            doubts,
        })
    }

    /// What an order would come to if it began at a moment and nothing changed. Doses and devices
    /// are each taken as given at the beginning: how far apart they will be is not ordered.
    ///
    /// Refuses a weight that is not known.
    pub fn planned(
        order: &Order,
        from: Moment,
        measured: Option<Kilograms>,
    ) -> Result<Self, NotPredicted> {
        let gone = match order.way.doses() {
            None => run(
                &[(from, order.rate)],
                &[],
                order.concentration,
                contents(order).value(),
            ),
            Some((number, amount)) => (0..number)
                .map(|_| Gone::AtOnce { at: from, amount })
                .collect(),
        };
        Ok(Self {
            session_version: 0,
            product: order.way.product,
            route: order.way.route,
            giving: order.way.giving,
            weight: weight(order, measured).ok_or(NotPredicted::WeightUnknown)?,
            reckoned_with: order.reckoned_with(),
            age: age_of(order),
            from,
            gone,
            ordered: Vec::new(),
            doubts: Vec::new(),
        })
    }

    /// Until when it is known what went in; none where nothing is in doubt.
    pub fn known_until(&self) -> Option<Moment> {
        self.doubts.first().map(|doubt| doubt.at())
    }
}

/// The weight as measured: the order's own where it says that it is. Where it was reckoned with
/// another one, or nobody knows with which, the last weighing; and the order's where nobody was
/// weighed and it does not say.
fn weight(order: &Order, measured: Option<Kilograms>) -> Option<Kilograms> {
    match order.reckoned_with() {
        Some(WeightKind::Actual) => Some(order.dosing_weight),
        None => measured.or(Some(order.dosing_weight)),
        Some(WeightKind::Ideal | WeightKind::Adjusted) => measured,
    }
}

fn age_of(order: &Order) -> Option<u16> {
    order.grounds.as_ref().and_then(|grounds| grounds.age)
}

/// What makes a session's doses uncertain, in order of time.
fn doubts(session: &Session) -> Vec<Doubt> {
    let waiting = session
        .waiting_for_review()
        .filter(|entry| {
            let act = match &entry.event {
                SessionEvent::ActHeld { act, .. } => act,
                event => event,
            };
            gives(act)
        })
        .map(|entry| Doubt::Unconfirmed {
            at: entry.occurred_at,
        });
    let failed = session
        .doses()
        .into_iter()
        .filter(|dose| dose.portion.is_uncertain())
        .map(|dose| Doubt::DeviceFailed { at: dose.at });
    let mut doubts: Vec<Doubt> = waiting.chain(failed).collect();
    doubts.sort_by_key(|doubt| doubt.at());
    doubts
}

/// True for what changes how much drug goes in.
const fn gives(event: &SessionEvent) -> bool {
    matches!(
        event,
        SessionEvent::DosingStarted { .. }
            | SessionEvent::InfusionRateChanged { .. }
            | SessionEvent::InfusionPaused { .. }
            | SessionEvent::InfusionResumed {}
            | SessionEvent::InfusionStopped { .. }
            | SessionEvent::BolusGiven { .. }
            | SessionEvent::DoseGiven { .. }
            | SessionEvent::DosingEnded { .. }
    )
}

const MICROSECONDS_IN_AN_HOUR: i64 = 3_600_000_000;

/// Plays rates and boluses in order of time until the bag is empty; boluses come out of the bag.
///
/// Units: mL/h × mg/mL in, mg at once and stretches of the pump out.
pub(super) fn run(
    steps: &[(Moment, MillilitresPerHour)],
    boluses: &[(Moment, Milligrams)],
    concentration: MilligramsPerMillilitre,
    bag: Decimal,
) -> Vec<Gone> {
    let mut gone: Vec<Gone> = boluses
        .iter()
        .map(|(at, amount)| Gone::AtOnce {
            at: *at,
            amount: *amount,
        })
        .collect();
    let mut left = bag;
    for (index, (from, rate)) in steps.iter().enumerate() {
        let next = steps.get(index + 1).map(|next| next.0);
        let per_hour = rate.value() * concentration.value();
        let is_in = |at: Moment| at >= *from && next.is_none_or(|next| at < next);
        let mut cuts: Vec<(Moment, Decimal)> = boluses
            .iter()
            .filter(|(at, _)| is_in(*at))
            .map(|(at, amount)| (*at, amount.value()))
            .collect();
        cuts.sort_by_key(|cut| cut.0);
        let mut begins = *from;
        let mut ends = begins;
        for (cut, bolus) in cuts
            .iter()
            .map(|(at, amount)| (Some(*at), *amount))
            .chain([(next, Decimal::ZERO)])
        {
            let empty = empty_at(begins, left, per_hour);
            let until = match (cut, empty) {
                (Some(cut), Some(empty)) => cut.min(empty),
                (Some(cut), None) => cut,
                (None, Some(empty)) => empty,
                // Nothing runs, and nothing comes after.
                (None, None) => begins,
            };
            if until > begins {
                ends = until;
            }
            let microseconds = Decimal::from((until - begins).microseconds().max(0));
            left -= per_hour * microseconds / Decimal::from(MICROSECONDS_IN_AN_HOUR) + bolus;
            left = left.max(Decimal::ZERO);
            begins = cut.unwrap_or(until);
        }
        if !per_hour.is_zero() && ends > *from {
            gone.push(Gone::Running {
                from: *from,
                until: ends,
                rate: *rate,
                concentration,
            });
        }
    }
    gone.sort_by_key(|gone| match gone {
        Gone::AtOnce { at, .. } => (*at, 0),
        Gone::Running { from, .. } => (*from, 1),
    });
    gone
}

/// When a bag that holds so much is empty; none where nothing runs.
fn empty_at(from: Moment, left: Decimal, per_hour: Decimal) -> Option<Moment> {
    if per_hour.is_zero() {
        return None;
    }
    let microseconds = (left * Decimal::from(MICROSECONDS_IN_AN_HOUR) / per_hour)
        .round()
        .to_i64()?;
    Some(from + Span::from_microseconds(microseconds))
}
