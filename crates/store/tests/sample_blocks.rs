//! The form of sample blocks: nothing is lost, nothing is large, nothing foreign is believed.

// Tests say what went wrong by failing.
#![allow(clippy::unwrap_used)]

use clinical::record::DeviceId;
use clinical::vital_signs::{Numeric, Quality, Signal};
use proptest::prelude::*;
use store::SampleBlock;
use store::sample::{decode, encode};
use units::{Decimal, Moment};
use uuid::Uuid;

fn moments() -> impl Strategy<Value = i64> {
    prop_oneof![
        // Second by second with some jitter, and anything at all.
        (1_790_000_000_000_000..1_790_000_060_000_000i64),
        any::<i64>(),
    ]
}

fn numerics() -> impl Strategy<Value = Numeric> {
    (
        prop::sample::select(Signal::ALL.to_vec()),
        (any::<i64>(), 0..=28u32),
        prop::sample::select(vec![Quality::Good, Quality::Questionable, Quality::Early]),
        (moments(), moments(), moments()),
        any::<bool>(),
    )
        .prop_map(
            |(signal, (number, scale), quality, times, aperiodic)| Numeric {
                signal,
                value: Decimal::from_i128_with_scale(number.into(), scale),
                quality,
                device_at: Moment::from_microseconds(times.0),
                received_at: Moment::from_microseconds(times.1),
                corrected_at: Moment::from_microseconds(times.2),
                aperiodic,
            },
        )
}

proptest! {
    #[test]
    fn every_sample_comes_back_exactly(samples in prop::collection::vec(numerics(), 0..80)) {
        let read = decode(&encode(&samples)).unwrap();
        let mut sorted = samples;
        sorted.sort_by(|a, b| a.received_at.cmp(&b.received_at).then_with(|| a.cmp(b)));
        // Equal numbers may be written with different digits: those must come back too.
        let written = |samples: &[Numeric]| {
            let mut all: Vec<String> = samples.iter().map(|one| format!("{one:?}")).collect();
            all.sort();
            all
        };
        prop_assert_eq!(written(&read), written(&sorted));
        prop_assert_eq!(read, sorted);
    }

    #[test]
    fn a_block_is_the_same_whatever_the_order_of_its_samples(
        samples in prop::collection::vec(numerics(), 0..40),
    ) {
        let mut backwards = samples.clone();
        backwards.reverse();
        prop_assert_eq!(encode(&samples), encode(&backwards));
    }

    #[test]
    fn foreign_bytes_are_refused_and_never_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut marked = b"EKS\x01".to_vec();
        marked.extend_from_slice(&bytes);
        let _ = decode(&marked);
        prop_assert!(decode(&bytes).is_err() || bytes.starts_with(b"EKS\x01"));
    }

    #[test]
    fn a_cut_or_lengthened_block_is_refused(
        samples in prop::collection::vec(numerics(), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = encode(&samples);
        prop_assert!(decode(&bytes[..cut.index(bytes.len())]).is_err());
        let longer = [bytes.as_slice(), &[0]].concat();
        prop_assert!(decode(&longer).is_err());
    }

    #[test]
    fn a_flipped_bit_is_never_returned_as_data(
        samples in prop::collection::vec(numerics(), 1..20),
        bit in any::<prop::sample::Index>(),
    ) {
        // Hazard: H29
        let mut block = SampleBlock::seal(DeviceId(Uuid::from_u128(1)), &samples).unwrap();
        let bit = bit.index(block.bytes.len() * 8);
        block.bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(block.open().is_err());
    }
}

/// A minute of a monitor with twelve numerics each second, as one would drift.
fn a_minute_of_twelve() -> Vec<Numeric> {
    let mut samples = Vec::new();
    for second in 0..60i64 {
        let device = 1_790_000_000_000_000 + second * 1_000_000;
        // The network's jitter, some milliseconds with microseconds.
        let received = device + 120_000 + (second * 7_919) % 9_973;
        for (place, signal) in Signal::ALL.into_iter().take(12).enumerate() {
            let drift = (second * (place as i64 + 3) / 17) % 5;
            samples.push(Numeric {
                signal,
                value: Decimal::from(60 + place as i64 * 5 + drift),
                quality: Quality::Good,
                device_at: Moment::from_microseconds(device),
                received_at: Moment::from_microseconds(received),
                corrected_at: Moment::from_microseconds(device + 100_000),
                aperiodic: false,
            });
        }
    }
    samples
}

#[test]
fn a_minute_of_twelve_numerics_takes_at_most_three_bytes_a_sample() {
    let samples = a_minute_of_twelve();
    let bytes = encode(&samples);
    let each = bytes.len() as f64 / samples.len() as f64;
    assert!(each <= 3.0, "{each} bytes a sample");
}

#[test]
fn one_sample_stands_in_the_documented_form() {
    let sample = Numeric {
        signal: Signal::Pulse,
        value: "-1.5".parse().unwrap(),
        quality: Quality::Questionable,
        device_at: Moment::from_microseconds(9),
        received_at: Moment::from_microseconds(10),
        corrected_at: Moment::from_microseconds(12),
        aperiodic: true,
    };
    // Worked out by hand from the module's documentation; signed n is written as 2n or -2n-1.
    let expected: Vec<u8> = [
        b"EKS\x01".as_slice(),
        &[1, 20, 2, 3], // one moment: 10; 10-9 = 1; 10-12 = -2
        &[1, 5],        // one series, a word of five letters
        b"pulse",
        &[1, 1, 1], // aperiodic, one digit, one sample
        &[1, 0],    // one run of index 0
        &[1, 1],    // one run of questionable
        &[29],      // -15
    ]
    .concat();
    assert_eq!(encode(&[sample]), expected);
}

#[test]
fn no_samples_make_no_block() {
    assert_eq!(SampleBlock::seal(DeviceId(Uuid::from_u128(1)), &[]), None);
}
