//! Minute medians for charts: derived, versioned, made anew from the raw samples at any time.

use super::{Numeric, Quality, Signal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use units::{Moment, Span};

/// The name of this way of making trends; another way is another name.
pub const VERSION: &str = "trend-v1";
/// Good samples that a minute at one sample a second needs. Source: device reference §12.
pub const GOOD_NEEDED: usize = 20;
/// A low of at least this length is marked, whatever the median says.
/// Source: device reference §12, hazard H11.
pub const SUSTAINED: Span = Span::from_seconds(15);

const MINUTE: Span = Span::from_minutes(1);
/// One sample stands for at most this long; a gap is not a continued low.
const STANDS_FOR: Span = Span::from_seconds(2);

/// How well a minute is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Density {
    /// Enough good samples.
    Full,
    /// Fewer good samples than asked for; the value carries the flag.
    Sparse,
    /// No good sample; the median is of questionable ones, and is drawn as such.
    OnlyQuestionable,
    /// Nothing that could be charted.
    Gap,
}

/// One minute of one continuous signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendMinute {
    /// Which signal.
    pub signal: Signal,
    /// The first moment of the minute, in corrected time.
    pub start: Moment,
    /// How well it is filled.
    pub density: Density,
    /// How many samples were good.
    pub n_good: usize,
    /// How many samples there were.
    pub n_total: usize,
    /// The median; `None` for a gap.
    pub median: Option<Decimal>,
    /// The least; includes a sustained low, even a questionable one.
    pub minimum: Option<Decimal>,
    /// The greatest.
    pub maximum: Option<Decimal>,
    /// The first.
    pub first: Option<Decimal>,
    /// The last.
    pub last: Option<Decimal>,
    /// The lowest value of a low that lasted 15 s or more and touches this minute.
    pub sustained_low: Option<Decimal>,
}

/// What a chart draws.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// Minutes with at least one sample, by signal and time.
    pub minutes: Vec<TrendMinute>,
    /// Every cuff reading at its own time, by signal and time; never a median.
    pub readings: Vec<Numeric>,
}

/// What the trend depends on besides the samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrendRules {
    /// The low limit of each signal that is watched for sustained lows.
    pub low_limits: BTreeMap<Signal, Decimal>,
    /// The period of each signal that is slower than one sample a second.
    pub periods: BTreeMap<Signal, Span>,
}

impl Trend {
    /// Makes the trend. The order of the samples, and repetitions of one sample, do not matter.
    ///
    /// A good sample beats a questionable one; an early estimate is counted and not charted.
    pub fn make(samples: &[Numeric], rules: &TrendRules) -> Self {
        let mut trend = Self::default();
        for (signal, samples) in by_signal(samples) {
            let (aperiodic, continuous): (Vec<&Numeric>, Vec<&Numeric>) =
                samples.into_iter().partition(|sample| sample.aperiodic);
            trend.readings.extend(each_cycle_once(&aperiodic));
            trend.minutes.extend(minutes(signal, &continuous, rules));
        }
        trend
    }
}

/// By signal, in order of corrected time, each sample once.
fn by_signal(samples: &[Numeric]) -> BTreeMap<Signal, Vec<&Numeric>> {
    let mut sorted: Vec<&Numeric> = samples.iter().collect();
    sorted.sort_by_key(|s| {
        (
            s.signal,
            s.corrected_at,
            s.device_at,
            s.value,
            s.quality,
            s.received_at,
        )
    });
    sorted.dedup_by_key(|s| (s.signal, s.corrected_at, s.device_at, s.value, s.quality));
    let mut signals: BTreeMap<Signal, Vec<&Numeric>> = BTreeMap::new();
    for sample in sorted {
        signals.entry(sample.signal).or_default().push(sample);
    }
    signals
}

/// A cuff value is repeated until the next cycle: one device time is one reading.
fn each_cycle_once(samples: &[&Numeric]) -> Vec<Numeric> {
    let mut seen = BTreeSet::new();
    samples
        .iter()
        .filter(|sample| sample.quality != Quality::Early)
        .filter(|sample| seen.insert((sample.device_at, sample.value)))
        .map(|sample| (*sample).clone())
        .collect()
}

fn minutes(signal: Signal, samples: &[&Numeric], rules: &TrendRules) -> Vec<TrendMinute> {
    let needed = good_needed(rules.periods.get(&signal).copied());
    let lows = rules
        .low_limits
        .get(&signal)
        .map(|limit| sustained_lows(samples, *limit))
        .unwrap_or_default();
    samples
        .chunk_by(|a, b| a.corrected_at.start_of(MINUTE) == b.corrected_at.start_of(MINUTE))
        .filter_map(|minute| {
            let start = minute.first()?.corrected_at.start_of(MINUTE);
            Some(one_minute(
                signal,
                start,
                minute,
                needed,
                lows.get(&start).copied(),
            ))
        })
        .collect()
}

/// 20 of 60 at one sample a second; a third of what is expected from a slower sender; at least 1.
fn good_needed(period: Option<Span>) -> usize {
    let Some(period) = period.filter(|period| *period > Span::from_seconds(1)) else {
        return GOOD_NEEDED;
    };
    let expected = MINUTE.microseconds() / period.microseconds();
    usize::try_from(expected / 3)
        .unwrap_or(GOOD_NEEDED)
        .clamp(1, GOOD_NEEDED)
}

fn one_minute(
    signal: Signal,
    start: Moment,
    samples: &[&Numeric],
    needed: usize,
    sustained_low: Option<Decimal>,
) -> TrendMinute {
    let of = |quality: Quality| -> Vec<Decimal> {
        samples
            .iter()
            .filter(|s| s.quality == quality)
            .map(|s| s.value)
            .collect()
    };
    let good = of(Quality::Good);
    let n_good = good.len();
    let (density, charted) = match n_good {
        0 => match of(Quality::Questionable) {
            questionable if questionable.is_empty() => (Density::Gap, questionable),
            questionable => (Density::OnlyQuestionable, questionable),
        },
        few if few < needed => (Density::Sparse, good),
        _ => (Density::Full, good),
    };
    let least = charted.iter().min().copied();
    TrendMinute {
        signal,
        start,
        density,
        n_good,
        n_total: samples.len(),
        median: median(&charted),
        minimum: match (least, sustained_low) {
            (Some(least), Some(low)) => Some(least.min(low)),
            (least, low) => least.or(low),
        },
        maximum: charted.iter().max().copied(),
        first: charted.first().copied(),
        last: charted.last().copied(),
        sustained_low,
    }
}

fn median(values: &[Decimal]) -> Option<Decimal> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle.checked_sub(1)?)?;
    Some(((lower + upper) / Decimal::TWO).normalize())
}

/// The lowest value of each low of 15 s or more, for every minute that it touches.
///
/// Questionable samples count: the filter must not hide a true low behind a doubt. A low is a
/// row of samples below the limit, or 15 s below it within one minute though not in a row.
// Hazard: H11
fn sustained_lows(samples: &[&Numeric], limit: Decimal) -> BTreeMap<Moment, Decimal> {
    let mut marks: BTreeMap<Moment, Decimal> = BTreeMap::new();
    let mut mark = |minute: Moment, value: Decimal| {
        marks
            .entry(minute)
            .and_modify(|lowest| *lowest = value.min(*lowest))
            .or_insert(value);
    };
    let charted: Vec<&Numeric> = samples
        .iter()
        .copied()
        .filter(|s| s.quality != Quality::Early)
        .collect();
    // How long each sample stands: until the next one, but not across a gap.
    let stands = |index: usize| {
        charted
            .get(index + 1)
            .map_or(Span::from_seconds(1), |next: &&Numeric| {
                (next.corrected_at - charted[index].corrected_at).min(STANDS_FOR)
            })
    };
    let low: Vec<(Moment, Decimal, Span)> = charted
        .iter()
        .enumerate()
        .filter(|(_, sample)| sample.value < limit)
        .map(|(index, sample)| (sample.corrected_at, sample.value, stands(index)))
        .collect();
    let total = |row: &[(Moment, Decimal, Span)]| {
        row.iter().fold(Span::ZERO, |sum, (_, _, span)| sum + *span)
    };
    let in_a_row = low.chunk_by(|(at, _, span), (next, ..)| *at + *span >= *next);
    let in_a_minute =
        low.chunk_by(|(at, ..), (next, ..)| at.start_of(MINUTE) == next.start_of(MINUTE));
    for row in in_a_row.chain(in_a_minute) {
        if total(row) >= SUSTAINED {
            row.iter()
                .for_each(|(at, value, _)| mark(at.start_of(MINUTE), *value));
        }
    }
    marks
}

#[cfg(test)]
mod tests;
