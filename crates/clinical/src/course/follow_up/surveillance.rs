//! Watching for harm over months and years: which screens are due, by what was given so far.

use super::vocabulary::Screen;
use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{Moment, Span};

/// The policy that ships.
pub const SURVEILLANCE: BuiltIn = BuiltIn {
    file: "policies/surveillance.toml",
    text: include_str!("../../../../../policies/surveillance.toml"),
    cases: include_str!("../../../../../policies/surveillance.cases.toml"),
};

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableSurveillance {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// A number is missing, or has another unit.
    #[error("policy surveillance: {0} is missing, or is not in the unit that is read")]
    Missing(&'static str),
}

/// The rules of watching over the long term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveillanceRules {
    policy: AdoptedPolicy,
    every: BTreeMap<Screen, Span>,
    watched_for: Span,
    creep_sessions: usize,
    creep_percent: i64,
}

/// That the sessions come faster and faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Creep {
    /// The mean time between the earlier sessions.
    pub before: Span,
    /// The mean time between the later ones.
    pub after: Span,
    /// By how many percent it fell, rounded down.
    pub percent: i64,
}

/// A screen and when it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueScreen {
    /// Which.
    pub screen: Screen,
    /// When.
    pub due: Moment,
    /// It was never done.
    pub never_done: bool,
}

impl SurveillanceRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableSurveillance> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableSurveillance> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(SURVEILLANCE.text)?), values)?;
        let whole = |name: &'static str, unit: Unit| {
            policy
                .value(name)
                .filter(|value| value.unit == unit)
                .and_then(|value| i64::try_from(value.value).ok())
                .ok_or(UnusableSurveillance::Missing(name))
        };
        let days = |name| whole(name, Unit::Days).map(|days| Span::from_hours(24 * days));
        let mut every = BTreeMap::new();
        for screen in Screen::ALL {
            every.insert(*screen, days(screen.word())?);
        }
        let creep_sessions = whole("creep_sessions", Unit::Count)?;
        Ok(Self {
            every,
            watched_for: days("watched_for")?,
            creep_sessions: usize::try_from(creep_sessions)
                .map_err(|_| UnusableSurveillance::Missing("creep_sessions"))?,
            creep_percent: whole("creep", Unit::Percent)?,
            policy,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }

    /// What is due for somebody with these sessions, in order of time; nothing without a session,
    /// or when the last one is too long ago.
    ///
    /// `done` has the newest time of each screen. Source: clinical reference 7.5.
    pub fn due(
        &self,
        sessions: &[Moment],
        done: &BTreeMap<Screen, Moment>,
        now: Moment,
    ) -> Vec<DueScreen> {
        let (Some(first), Some(last)) = (sessions.iter().min(), sessions.iter().max()) else {
            return Vec::new();
        };
        if now - *last > self.watched_for {
            return Vec::new();
        }
        let mut due: Vec<DueScreen> = self
            .every
            .iter()
            .map(|(screen, every)| {
                let known = done.get(screen);
                let due = match known {
                    Some(done) => *done + *every,
                    None if screen.has_baseline() => *first,
                    None => *first + *every,
                };
                DueScreen {
                    screen: *screen,
                    due,
                    never_done: known.is_none(),
                }
            })
            .collect();
        due.sort_by_key(|one| (one.due, one.screen));
        due
    }

    /// Whether the sessions come faster and faster: the gaps before the newest sessions, split in
    /// two halves. None with too few sessions, or where they do not.
    pub fn creep(&self, sessions: &[Moment]) -> Option<Creep> {
        let mut sorted = sessions.to_vec();
        sorted.sort();
        let gaps: Vec<i64> = sorted
            .windows(2)
            .map(|two| (two[1] - two[0]).microseconds())
            .collect();
        let newest = gaps.get(gaps.len().checked_sub(self.creep_sessions)?..)?;
        let (before, after) = newest.split_at(newest.len() / 2);
        let mean = |gaps: &[i64]| -> Option<i64> {
            gaps.iter()
                .sum::<i64>()
                .checked_div(i64::try_from(gaps.len()).ok()?)
        };
        let (before, after) = (mean(before)?, mean(after)?);
        // Seconds are exact enough, and keep the products small.
        let fell = ((before - after) / 1_000_000).checked_mul(100)?;
        let percent = fell.checked_div(before / 1_000_000)?;
        (percent >= self.creep_percent).then_some(Creep {
            before: Span::from_microseconds(before),
            after: Span::from_microseconds(after),
            percent,
        })
    }
}
