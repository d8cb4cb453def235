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
    /// What the times below are counted from, in milliseconds since 1970.
    base: i64,
    /// In the order of their times, which are all different.
    seen: VecDeque<Seen>,
    /// The cuff cycle's values when last sent without a time of their own.
    untimed: Option<Decimal>,
    last_call: u64,
}

/// One observation. Eight bytes, of which there are many.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// Milliseconds after the series' base.
    at: i32,
    /// A digest of the content; a clash, once in four thousand million, hides a conflict.
    content: u32,
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
        let said = reading
            .observed_at
            .said
            .unwrap_or(reading.observed_at.moment);
        let content = content(reading);
        let series = self.series(reading.series);
        let at = series.since_base(said.milliseconds());
        let seen = &mut series.seen;
        let place = seen.partition_point(|earlier| earlier.at < at);
        if let Some(same) = seen.get_mut(place)
            && same.at == at
        {
            if same.content == content {
                return Novelty::Duplicate;
            }
            same.content = content;
            return if reading.correction {
                Novelty::Correction
            } else {
                Novelty::Conflict
            };
        }
        let novelty = if place == seen.len() {
            Novelty::New
        } else {
            Novelty::OutOfOrder
        };
        if seen.len() < REMEMBERED {
            if seen.len() == seen.capacity() {
                seen.reserve_exact(MORE);
            }
            seen.insert(place, Seen { at, content });
        } else if place > 0 {
            seen.pop_front();
            seen.insert(place - 1, Seen { at, content });
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

impl Series {
    /// The time as it is kept. A clock that jumps by weeks begins a new memory.
    fn since_base(&mut self, milliseconds: i64) -> i32 {
        if self.seen.is_empty() {
            self.base = milliseconds;
        }
        match i32::try_from(milliseconds.saturating_sub(self.base)) {
            Ok(at) => at,
            Err(_) => {
                self.seen.clear();
                self.base = milliseconds;
                0
            }
        }
    }
}

/// A repeated cuff value is the same reading even if a flag changed meanwhile.
fn content(reading: &Reading) -> u32 {
    let mut digest = DefaultHasher::new();
    if reading.aperiodic {
        reading.value.hash(&mut digest);
    } else {
        reading.body.hash(&mut digest);
    }
    // The lower half is as good as the whole.
    digest.finish() as u32
}

/// Measured once and repeated, without a time of its own.
fn is_untimed(reading: &Reading) -> bool {
    reading.aperiodic
        && match reading.observed_at.from {
            TimeSource::Obx14 => false,
            TimeSource::Obr7 | TimeSource::Msh7 | TimeSource::Received => true,
        }
}
