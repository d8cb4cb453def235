//! Who goes on, who has ended and why, and of whom nobody has said it.

use super::super::ending::EndReason;
use super::person::OnePerson;
use super::rules::OutcomeRules;
use std::collections::BTreeMap;
use units::Moment;

/// How a person's treatment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WayOn {
    /// A session not long ago, or a visit that is booked.
    GoesOn,
    /// Staff have said that it has ended, and why.
    Ended(EndReason),
    /// Away for long, nothing booked, and nobody has said why.
    NothingSaid,
}

impl WayOn {
    /// Of a person; `booked` where a visit of theirs stands ahead.
    pub fn of(person: &OnePerson, booked: bool, rules: &OutcomeRules, now: Moment) -> Self {
        match person.ended {
            Some(ended) => Self::Ended(ended.because),
            None if booked || now - person.last_drug < rules.away_after => Self::GoesOn,
            None => Self::NothingSaid,
        }
    }
}

/// How many stand how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// How many people, and how many of them before the end of a first series.
    pub by: BTreeMap<WayOn, (u32, u32)>,
}

impl Ends {
    pub(super) fn count(&mut self, way: WayOn, finished_series: bool) {
        let (all, before) = self.by.entry(way).or_default();
        *all += 1;
        *before += u32::from(!finished_series);
    }
}
