//! How far a device's clock is from ours, and what its times mean on our clock.
//!
//! Source: device reference §11. Transport delay only makes `device − receive` smaller, so a high
//! percentile of it is nearly the clock's offset less the least delay.

use std::collections::VecDeque;
use units::{Moment, Span};

/// How many messages the running estimate looks back.
pub const WINDOW: usize = 120;
/// How many messages a block of the step detector has.
pub const BLOCK: usize = 30;
/// A change of offset between two blocks larger than this is a step.
pub const STEP: Span = Span::from_seconds(2);
/// An offset beyond this is said aloud before a session starts.
pub const WARN_BEYOND: Span = Span::from_seconds(120);
/// An offset beyond this makes the device's times useless.
pub const USELESS_BEYOND: Span = Span::from_hours(24);

/// How finely a device writes its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// To the second or finer.
    Seconds,
    /// To the minute.
    Minutes,
}

/// What is known of a device's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Device time less receive time.
    pub offset: Span,
    /// The true offset lies within this of the estimate.
    pub uncertainty: Span,
    /// Over how many messages.
    pub messages: usize,
}

/// What the offset means for those who chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// Small: nothing to say.
    Sound,
    /// The clock is far off; times are corrected, and staff are told.
    Corrected,
    /// The clock is off by more than a day: receive time is used.
    Unusable,
}

/// Which clock a corrected time rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The device's time less its offset.
    DeviceTime,
    /// The receive time, because the device's time cannot be used.
    ReceiveTime,
}

/// A time of measuring on our clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The moment.
    pub at: Moment,
    /// The truth lies within this of it.
    pub uncertainty: Span,
    /// What it rests on.
    pub basis: Basis,
}

/// The device's clock was set or jumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockStep {
    /// The receive time of the first message with the new offset: times are mapped anew only
    /// from here on.
    pub at: Moment,
    /// The offset until then.
    pub before: Span,
    /// The offset from then on.
    pub after: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Difference {
    received_at: Moment,
    microseconds: i64,
}

/// The running estimate for one device.
#[derive(Clone, Debug)]
pub struct OffsetEstimator {
    resolution: Resolution,
    recent: VecDeque<Difference>,
    block: Vec<i64>,
    previous_block: Option<i64>,
    last: Option<i64>,
    /// Reckoned when a message comes, because it is asked for with each of its readings.
    known: Option<Estimate>,
}

impl OffsetEstimator {
    /// Knows nothing yet.
    pub fn new(resolution: Resolution) -> Self {
        Self {
            resolution,
            recent: VecDeque::with_capacity(WINDOW),
            block: Vec::with_capacity(BLOCK),
            previous_block: None,
            last: None,
            known: None,
        }
    }

    /// Takes in one message's time by the device and by us; tells when the clock has jumped.
    pub fn observe(&mut self, device_at: Moment, received_at: Moment) -> Option<ClockStep> {
        let step = self.take(device_at, received_at);
        self.known = self.reckon();
        step
    }

    fn take(&mut self, device_at: Moment, received_at: Moment) -> Option<ClockStep> {
        let difference = (device_at - received_at).microseconds();
        let catching_up = self.is_catching_up(difference);
        self.last = Some(difference);
        if catching_up {
            return None;
        }
        if self.recent.len() == WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back(Difference {
            received_at,
            microseconds: difference,
        });
        self.block.push(difference);
        if self.block.len() < BLOCK {
            return None;
        }
        let after = percentile(&mut self.block, 90)?;
        self.block.clear();
        let before = self.previous_block.replace(after)?;
        if Span::from_microseconds(after.saturating_sub(before)).absolute() <= STEP {
            return None;
        }
        Some(self.step(before, after))
    }

    /// The estimate; `None` before the first message.
    pub const fn estimate(&self) -> Option<Estimate> {
        self.known
    }

    fn reckon(&self) -> Option<Estimate> {
        let mut sorted: Vec<i64> = self.recent.iter().map(|d| d.microseconds).collect();
        let offset = percentile(&mut sorted, 90)?;
        let spread = percentile(&mut sorted, 99)? - percentile(&mut sorted, 50)?;
        let resolution = match self.resolution {
            Resolution::Seconds => Span::from_milliseconds(500),
            Resolution::Minutes => Span::from_milliseconds(60_500),
        };
        Some(Estimate {
            offset: Span::from_microseconds(offset),
            uncertainty: Span::from_microseconds(spread) + resolution,
            messages: sorted.len(),
        })
    }

    /// What the offset means for those who chart.
    pub fn reliability(&self) -> Reliability {
        match self.estimate().map(|estimate| estimate.offset.absolute()) {
            Some(offset) if offset > USELESS_BEYOND => Reliability::Unusable,
            Some(offset) if offset > WARN_BEYOND => Reliability::Corrected,
            Some(_) | None => Reliability::Sound,
        }
    }

    /// What a device's time means on our clock.
    ///
    /// Falls back to the receive time before the first estimate, when the offset is beyond a
    /// day, and when the corrected time would lie after the receive time by more than the
    /// uncertainty and a step: nothing is received before it is measured.
    pub fn correct(&self, device_at: Moment, received_at: Moment) -> Corrected {
        let by_receipt = |uncertainty| Corrected {
            at: received_at,
            uncertainty,
            basis: Basis::ReceiveTime,
        };
        let Some(estimate) = self.estimate() else {
            return by_receipt(Span::ZERO);
        };
        let at = device_at - estimate.offset;
        if self.reliability() == Reliability::Unusable
            || at - received_at > estimate.uncertainty + STEP
        {
            return by_receipt(estimate.uncertainty);
        }
        // A later moment than the receipt is impossible; within the uncertainty it is noise.
        Corrected {
            at: at.min(received_at),
            uncertainty: estimate.uncertainty,
            basis: Basis::DeviceTime,
        }
    }

    /// A gateway that catches up after an outage sends old messages fast: each is less late
    /// than the one before. They say how long the gateway was away, not what the clock shows.
    fn is_catching_up(&self, difference: i64) -> bool {
        let (Some(last), Some(estimate)) = (self.last, self.estimate()) else {
            return false;
        };
        let late = estimate.offset.microseconds() - STEP.microseconds();
        // Half a second of gain for each message is far more than any drift.
        difference < late && last < late && difference - last > 500_000
    }

    // Hazard: H10
    fn step(&mut self, before: i64, after: i64) -> ClockStep {
        let belongs_to_new = |difference: &Difference| {
            difference.microseconds.abs_diff(after) < difference.microseconds.abs_diff(before)
        };
        let kept = self
            .recent
            .iter()
            .rev()
            .take_while(|d| belongs_to_new(d))
            .count()
            .max(1);
        self.recent.drain(..self.recent.len() - kept);
        let at = self
            .recent
            .front()
            .map_or(Moment::from_microseconds(0), |d| d.received_at);
        ClockStep {
            at,
            before: Span::from_microseconds(before),
            after: Span::from_microseconds(after),
        }
    }
}

/// The nearest-rank percentile; sorts in place.
fn percentile(values: &mut [i64], percent: usize) -> Option<i64> {
    values.sort_unstable();
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied()
}

#[cfg(test)]
mod tests;
