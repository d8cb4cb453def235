//! The last minutes of one sign, and whether a limit has been passed for long enough.

use super::limits::Rule;
use rust_decimal::Decimal;
use std::collections::VecDeque;
use units::{Moment, Span};

/// Longer than the longest persistence (5 minutes) by as long as a value may be held.
const KEPT: Span = Span::from_minutes(7);
/// A sample older than the newest by at most this is put in its place; an older one is the past.
const REORDERED_WITHIN: Span = Span::from_seconds(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub at: Moment,
    pub value: Decimal,
    pub good: bool,
}

/// How values are held between samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding {
    /// How often a sample is expected.
    pub period: Span,
    /// A value stands until the next sample, but not longer than this.
    pub hold: Span,
    /// The share of the window that must lie beyond the limit.
    pub share: Decimal,
}

/// The samples of one sign in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Window(VecDeque<Sample>);

impl Window {
    /// Takes in a sample; true when it is the newest, so that it may raise or end something.
    pub fn take(&mut self, sample: Sample) -> bool {
        match self.0.back() {
            Some(last) if sample.at < last.at => {
                if last.at - sample.at <= REORDERED_WITHIN {
                    let place = self.0.partition_point(|known| known.at < sample.at);
                    if self.0.get(place).is_none_or(|known| known.at != sample.at) {
                        self.0.insert(place, sample);
                    }
                }
                return false;
            }
            // Two sensors, or two values, of one moment: the later word holds.
            Some(last) if sample.at == last.at => {
                self.0.pop_back();
                self.0.push_back(sample);
            }
            Some(_) | None => self.0.push_back(sample),
        }
        while self
            .0
            .front()
            .is_some_and(|first| sample.at - first.at > KEPT)
        {
            self.0.pop_front();
        }
        true
    }

    /// Leaves out what was measured from one moment up to another.
    pub fn forget(&mut self, from: Moment, until: Moment) {
        self.0
            .retain(|sample| sample.at < from || sample.at >= until);
    }

    pub fn last(&self) -> Option<Sample> {
        self.0.back().copied()
    }

    /// Since when a limit has been passed, if at `now` it has been passed for long enough: the
    /// value now and the value one persistence ago are beyond it, and so is the asked share of
    /// the time between. Samples before `not_before` do not count.
    ///
    /// A value is not held beyond `holding.hold`: no data is never a continued value. With fast
    /// senders at least three samples must be beyond, so that one artefact is never held into a
    /// condition.
    pub fn passed_since(
        &self,
        rule: &Rule,
        holding: Holding,
        not_before: Option<Moment>,
        now: Moment,
    ) -> Option<Moment> {
        let last = self.last()?;
        if !rule.beyond.holds(last.value) || now - last.at > holding.hold {
            return None;
        }
        let opens = now - rule.persists;
        if not_before.is_some_and(|bound| opens < bound) {
            return None;
        }
        let needed =
            (rule.persists.microseconds() / holding.period.microseconds().max(1)).clamp(1, 3);
        let (mut beyond, mut samples, mut since, mut next_at) = (Span::ZERO, 0, last.at, now);
        for sample in self.0.iter().rev() {
            let ends = next_at.min(sample.at + holding.hold);
            let passed = rule.beyond.holds(sample.value);
            if passed && ends >= opens {
                beyond = beyond + (ends - sample.at.max(opens));
                samples += 1;
                since = sample.at;
            }
            if sample.at <= opens {
                // The sample in effect when the window opens.
                let enough = share_of(beyond, rule.persists) >= holding.share;
                let covered = passed && ends >= opens;
                return (covered && enough && samples >= needed).then_some(since);
            }
            next_at = sample.at;
        }
        None
    }
}

fn share_of(part: Span, whole: Span) -> Decimal {
    if whole == Span::ZERO {
        return Decimal::ONE;
    }
    Decimal::from(part.microseconds()) / Decimal::from(whole.microseconds())
}
