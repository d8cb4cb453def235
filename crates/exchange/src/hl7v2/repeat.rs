//! What was seen before: the same observation sent again is one reading.
//!
//! A monitor repeats its cuff reading in every message until the next cycle, gateways resend after
//! a lost acknowledgement, and a backlog may arrive out of order. MSH-10 says nothing about any of
//! this and is never looked at. Source: device reference §2.7.
//!
//! A device that sends several messages a second with times in whole seconds gives conflicts here,
//! of which the later received stands; no monitor that we know does so.

use super::interpretation::{Interpretation, Reading, TimeSource, WhyAbsent};
use rust_decimal::Decimal;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use units::Moment;

/// Observations remembered for each series: more than ten minutes at one a second, which is how
/// far out of order they may come.
pub const REMEMBERED: usize = 640;
/// Series (device, code, channel) remembered; the one unheard for longest is forgotten first.
pub const MOST_SERIES: usize = 64;
/// How many more places are made when a memory is full: it holds no more than it needs, since a
/// clinic may have hundreds of monitors.
const MORE: usize = 64;

/// What a reading is, against those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Novelty {
    /// Not seen before, and later than what was.
    New,
    /// Not seen before, but earlier than the latest: insert in place, raise nothing for the past.
    OutOfOrder,
    /// Seen before: count, and drop.
    Duplicate,
    /// The same observation, corrected by the device: replaces the earlier, which is kept.
    Correction,
    /// The same observation with other content: the later received is used, both are kept.
    Conflict,
}

/// The memory of one device's observations. Bounded; equal after the same calls, so that it is
/// rebuilt by replaying the stored frames in their order.
#[derive(Clone, Debug, Default)]
pub struct Repeats {
    series: HashMap<u64, Series>,
    calls: u64,
}

#[derive(Clone, Debug, Default)]
struct Series {
    /// In the order of their times, which are all different.
    seen: VecDeque<Seen>,
    /// The latest moment of any.
    latest: Option<Moment>,
    /// The cuff cycle's values when last sent without a time of their own.
    untimed: Option<Decimal>,
    last_call: u64,
}

/// One observation in eight bytes, since there are many: 42 bits of milliseconds, which come round
/// every 139 years, and 22 bits of a digest of the content, whose clash, once in four million,
/// would hide a conflict.
#[derive(Clone, Copy, Debug)]
struct Seen(u64);

const TIME_BITS: u32 = 42;
const CONTENT_BITS: u32 = u64::BITS - TIME_BITS;

impl Seen {
    fn new(reading: &Reading) -> Self {
        let said = reading
            .observed_at
            .said
            .unwrap_or(reading.observed_at.moment);
        let at = said
            .milliseconds()
            .rem_euclid(1 << TIME_BITS)
            .unsigned_abs();
        let mut digest = DefaultHasher::new();
        // A repeated cuff value is the same reading even if a flag changed meanwhile.
        if reading.aperiodic {
            reading.value.hash(&mut digest);
        } else {
            reading.body.hash(&mut digest);
        }
        Self(at << CONTENT_BITS | digest.finish() >> TIME_BITS)
    }

    const fn at(self) -> u64 {
        self.0 >> CONTENT_BITS
    }
}

impl Repeats {
    /// An empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// What each reading of a message is; one answer for each of `readings`, in their order.
    ///
    /// `readings` are those of `interpretation`, live or simulated, as the caller chose: keep a
    /// memory for each. Absences that say that the cuff is measuring end the repetition of an untimed value.
    /// Hazard: H08.
    pub fn judge(&mut self, interpretation: &Interpretation, readings: &[Reading]) -> Vec<Novelty> {
        self.calls += 1;
        for absence in &interpretation.absences {
            if absence.why == WhyAbsent::Measuring && absence.signal.is_aperiodic() {
                for series in self.series.values_mut() {
                    series.untimed = None;
                }
            }
        }
        let untimed_changed = self.untimed_changed(readings);
        readings
            .iter()
            .map(|reading| {
                if is_untimed(reading) {
                    self.judge_untimed(reading, untimed_changed)
                } else {
                    self.judge_timed(reading)
                }
            })
            .collect()
    }

    /// How many observations are remembered.
    pub fn remembered(&self) -> usize {
        self.series.values().map(|series| series.seen.len()).sum()
    }

    /// How many series are remembered.
    pub fn series_remembered(&self) -> usize {
        self.series.len()
    }

    fn series(&mut self, id: u64) -> &mut Series {
        if !self.series.contains_key(&id) && self.series.len() >= MOST_SERIES {
            let oldest = self
                .series
                .iter()
                .min_by_key(|(id, series)| (series.last_call, **id));
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                self.series.remove(&oldest);
            }
        }
        let series = self.series.entry(id).or_default();
        series.last_call = self.calls;
        series
    }

    fn judge_timed(&mut self, reading: &Reading) -> Novelty {
        let now = Seen::new(reading);
        let series = self.series(reading.series);
        // The order is that of the moments we use: a clock that was years off for one message
        // must not make all that follow look late.
        let moment = reading.observed_at.moment;
        let novelty = if series.latest.is_none_or(|latest| moment >= latest) {
            Novelty::New
        } else {
            Novelty::OutOfOrder
        };
        series.latest = series.latest.max(Some(moment));
        let seen = &mut series.seen;
        let place = seen.partition_point(|earlier| earlier.at() < now.at());
        if let Some(same) = seen.get_mut(place)
            && same.at() == now.at()
        {
            if same.0 == now.0 {
                return Novelty::Duplicate;
            }
            *same = now;
            return if reading.correction {
                Novelty::Correction
            } else {
                Novelty::Conflict
            };
        }
        if seen.len() < REMEMBERED {
            if seen.len() == seen.capacity() {
                seen.reserve_exact(MORE);
            }
            seen.insert(place, now);
        } else if place > 0 {
            seen.pop_front();
            seen.insert(place - 1, now);
        }
        novelty
    }

    /// Whether any value of the cuff cycle differs from the last one sent without its own time.
    fn untimed_changed(&self, readings: &[Reading]) -> bool {
        readings
            .iter()
            .filter(|reading| is_untimed(reading))
            .any(|reading| {
                let last = self
                    .series
                    .get(&reading.series)
                    .and_then(|series| series.untimed);
                last != Some(reading.value)
            })
    }

    /// Without a time of its own a repeated value cannot be told from a new cycle that found the
    /// same; a whole cycle of equal values is taken as the repetition that it nearly always is.
    fn judge_untimed(&mut self, reading: &Reading, changed: bool) -> Novelty {
        self.series(reading.series).untimed = Some(reading.value);
        if changed {
            self.judge_timed(reading)
        } else {
            Novelty::Duplicate
        }
    }
}

/// Measured once and repeated, without a time of its own.
fn is_untimed(reading: &Reading) -> bool {
    reading.aperiodic
        && match reading.observed_at.from {
            TimeSource::Obx14 => false,
            TimeSource::Obr7 | TimeSource::Msh7 | TimeSource::Received => true,
        }
}
