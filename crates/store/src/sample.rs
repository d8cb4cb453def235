//! Second-by-second numerics: sealed blocks for each device, and derived minutes.
//!
//! A block is a set of samples of all signals, in this form (version 1). Integers are LEB128
//! varints, signed ones zigzag-coded; a *run* is a length followed by the value that repeats.
//!
//! ```text
//! "EKS" 0x01
//! count of moments, then for each moment of receipt, in order:
//!     received_at     difference of differences
//!     device_at       received_at less device_at, as difference to the moment before
//!     corrected_at    received_at less corrected_at, as difference to the moment before
//! count of series, in order of signal, aperiodic, scale; for each:
//!     signal's word   length, then UTF-8
//!     aperiodic       0 or 1
//!     scale           digits after the decimal point
//!     count of samples
//!     moments         runs of the difference to the index before
//!     qualities       runs: 0 good, 1 questionable, 2 early
//!     values          the unscaled number, as difference to the one before
//! ```
//!
//! Samples that arrived in one message share a moment, so its three times are written once.

use crate::Fault;
use clinical::record::DeviceId;
use clinical::vital_signs::{Numeric, Quality, Signal, TrendMinute};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use units::{Decimal, Moment};

const MAGIC: [u8; 4] = [b'E', b'K', b'S', 1];

/// Samples of one device from one stretch of time, sealed; commonly a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleBlock {
    /// Which device.
    pub device: DeviceId,
    /// When the first sample was received.
    pub received_from: Moment,
    /// When the last sample was received.
    pub received_until: Moment,
    /// How many samples.
    pub count: u32,
    /// The samples, in the form above.
    pub bytes: Vec<u8>,
    /// `SHA-256(device ‖ received_from ‖ received_until ‖ count ‖ bytes)`, numbers big-endian,
    /// moments in microseconds.
    pub hash: [u8; 32],
}

impl SampleBlock {
    /// Seals samples; `None` if there is none.
    pub fn seal(device: DeviceId, samples: &[Numeric]) -> Option<Self> {
        let mut block = Self {
            device,
            received_from: samples.iter().map(|sample| sample.received_at).min()?,
            received_until: samples.iter().map(|sample| sample.received_at).max()?,
            count: u32::try_from(samples.len()).ok()?,
            bytes: encode(samples),
            hash: [0; 32],
        };
        block.hash = block.computed_hash();
        Some(block)
    }

    /// Whether the seal fits.
    pub fn is_intact(&self) -> bool {
        self.computed_hash() == self.hash
    }

    /// The samples, by time of receipt and then as [`Numeric`] orders them.
    ///
    /// A block whose seal does not fit is a fault: it is never returned as data.
    pub fn open(&self) -> Result<Vec<Numeric>, Fault> {
        // Hazard: H29
        if !self.is_intact() {
            return Err(Fault::Damaged(format!(
                "the sample block of device {} from {} does not match its seal",
                self.device, self.received_from
            )));
        }
        decode(&self.bytes)
    }

    fn computed_hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.device.0.as_bytes());
        hasher.update(self.received_from.microseconds().to_be_bytes());
        hasher.update(self.received_until.microseconds().to_be_bytes());
        hasher.update(self.count.to_be_bytes());
        hasher.update(&self.bytes);
        hasher.finalize().into()
    }
}

/// One signal's minute, derived from samples by a named version of the derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinuteRow {
    /// Which version derived it: `trend-v1`.
    pub version: String,
    /// The minute.
    pub minute: TrendMinute,
}

/// Writes samples in the form above.
pub fn encode(samples: &[Numeric]) -> Vec<u8> {
    let mut moments: Vec<[i64; 3]> = samples.iter().map(three_times).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut series = BTreeMap::<Series, Vec<Point>>::new();
    for sample in samples {
        // The moment is among those just collected.
        let moment = moments.partition_point(|known| *known < three_times(sample));
        series
            .entry((sample.signal, sample.aperiodic, sample.value.scale()))
            .or_default()
            .push((
                moment,
                quality_code(sample.quality),
                sample.value.mantissa(),
            ));
    }
    let mut out = Writer(MAGIC.to_vec());
    out.unsigned(moments.len() as u128);
    let (mut before, mut step, mut device_lag, mut corrected_lag) = (0i64, 0i64, 0i64, 0i64);
    for [received, device, corrected] in moments {
        // Wrapping: the reader adds in the same way, so that any three times survive.
        let new_step = received.wrapping_sub(before);
        out.signed(i128::from(new_step.wrapping_sub(step)));
        (before, step) = (received, new_step);
        let lag = received.wrapping_sub(device);
        out.signed(i128::from(lag.wrapping_sub(device_lag)));
        device_lag = lag;
        let lag = received.wrapping_sub(corrected);
        out.signed(i128::from(lag.wrapping_sub(corrected_lag)));
        corrected_lag = lag;
    }
    out.unsigned(series.len() as u128);
    for ((signal, aperiodic, scale), mut samples) in series {
        samples.sort_unstable();
        out.unsigned(signal.word().len() as u128);
        out.0.extend_from_slice(signal.word().as_bytes());
        out.0.push(u8::from(aperiodic));
        out.unsigned(u128::from(scale));
        out.unsigned(samples.len() as u128);
        let mut before = 0;
        out.runs(samples.iter().map(|(moment, _, _)| {
            let difference = moment - before;
            before = *moment;
            difference as u128
        }));
        out.runs(samples.iter().map(|(_, quality, _)| u128::from(*quality)));
        let mut before = 0;
        for (_, _, value) in samples {
            out.signed(value - before);
            before = value;
        }
    }
    out.0
}

/// Reads samples from the form above.
pub fn decode(bytes: &[u8]) -> Result<Vec<Numeric>, Fault> {
    read(bytes).ok_or_else(|| Fault::Damaged("a sample block does not have its form".to_owned()))
}

fn read(bytes: &[u8]) -> Option<Vec<Numeric>> {
    let mut input = Reader(bytes.strip_prefix(&MAGIC)?);
    let count = input.count()?;
    let mut moments = Vec::with_capacity(count.min(bytes.len()));
    let (mut before, mut step, mut device_lag, mut corrected_lag) = (0i64, 0i64, 0i64, 0i64);
    for _ in 0..count {
        step = step.wrapping_add(input.signed_64()?);
        before = before.wrapping_add(step);
        device_lag = device_lag.wrapping_add(input.signed_64()?);
        corrected_lag = corrected_lag.wrapping_add(input.signed_64()?);
        moments.push([
            before,
            before.wrapping_sub(device_lag),
            before.wrapping_sub(corrected_lag),
        ]);
    }
    let mut samples = Vec::new();
    for _ in 0..input.count()? {
        let length = input.count()?;
        let signal = Signal::from_word(std::str::from_utf8(input.take(length)?).ok()?)?;
        let aperiodic = match input.take(1)? {
            [0] => false,
            [1] => true,
            _ => return None,
        };
        let scale = u32::try_from(input.unsigned()?).ok()?;
        let count = input.count()?;
        let indices = input.runs(count)?;
        let qualities = input.runs(count)?;
        let (mut index, mut value) = (0usize, 0i128);
        for (difference, quality) in indices.into_iter().zip(qualities) {
            index = index.checked_add(usize::try_from(difference).ok()?)?;
            let [received, device, corrected] = *moments.get(index)?;
            value = value.checked_add(input.signed()?)?;
            samples.push(Numeric {
                signal,
                value: Decimal::try_from_i128_with_scale(value, scale).ok()?,
                quality: quality_of(quality)?,
                device_at: Moment::from_microseconds(device),
                received_at: Moment::from_microseconds(received),
                corrected_at: Moment::from_microseconds(corrected),
                aperiodic,
            });
        }
    }
    samples.sort_by(|a, b| a.received_at.cmp(&b.received_at).then_with(|| a.cmp(b)));
    input.0.is_empty().then_some(samples)
}

/// Signal, whether it is aperiodic, and how many digits stand after the decimal point.
type Series = (Signal, bool, u32);
/// Which moment, the quality's code, and the unscaled number.
type Point = (usize, u8, i128);

fn three_times(sample: &Numeric) -> [i64; 3] {
    [
        sample.received_at.microseconds(),
        sample.device_at.microseconds(),
        sample.corrected_at.microseconds(),
    ]
}

const fn quality_code(quality: Quality) -> u8 {
    match quality {
        Quality::Good => 0,
        Quality::Questionable => 1,
        Quality::Early => 2,
    }
}

fn quality_of(code: u128) -> Option<Quality> {
    [Quality::Good, Quality::Questionable, Quality::Early]
        .into_iter()
        .find(|quality| u128::from(quality_code(*quality)) == code)
}

struct Writer(Vec<u8>);

impl Writer {
    fn unsigned(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn signed(&mut self, number: i128) {
        self.unsigned(((number << 1) ^ (number >> 127)) as u128);
    }

    fn runs(&mut self, numbers: impl Iterator<Item = u128>) {
        let mut run: Option<(u128, u128)> = None;
        for number in numbers {
            match &mut run {
                Some((length, value)) if *value == number => *length += 1,
                _ => {
                    if let Some((length, value)) = run.replace((1, number)) {
                        self.unsigned(length);
                        self.unsigned(value);
                    }
                }
            }
        }
        if let Some((length, value)) = run {
            self.unsigned(length);
            self.unsigned(value);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn unsigned(&mut self) -> Option<u128> {
        let mut number = 0u128;
        for shift in (0..128).step_by(7) {
            let [byte] = self.take(1)? else { return None };
            let bits = u128::from(byte & 0x7f);
            // The last byte of 128 bits has room for two.
            if shift > 121 && bits >= 4 {
                return None;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i128> {
        let number = self.unsigned()?;
        Some((number >> 1) as i128 ^ -((number & 1) as i128))
    }

    fn signed_64(&mut self) -> Option<i64> {
        i64::try_from(self.signed()?).ok()
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.unsigned()?).ok()
    }

    fn runs(&mut self, count: usize) -> Option<Vec<u128>> {
        let mut numbers = Vec::new();
        while numbers.len() < count {
            let length = self.count()?;
            let value = self.unsigned()?;
            // Every sample has a value of its own further on, at least one byte: a longer run is
            // no block of ours, and would take memory for nothing.
            if length == 0 || length > (count - numbers.len()).min(self.0.len()) {
                return None;
            }
            numbers.resize(numbers.len() + length, value);
        }
        Some(numbers)
    }
}
