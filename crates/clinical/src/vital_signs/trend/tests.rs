use super::*;
use proptest::prelude::*;

const SPO2: Signal = Signal::OxygenSaturation;

fn at(second: i64) -> Moment {
    Moment::from_microseconds(second * 1_000_000)
}

fn sample(signal: Signal, value: i64, second: i64) -> Numeric {
    Numeric {
        signal,
        value: value.into(),
        quality: Quality::Good,
        device_at: at(second),
        received_at: at(second),
        corrected_at: at(second),
        aperiodic: signal.is_aperiodic(),
    }
}

fn below(limit: i64) -> TrendRules {
    TrendRules {
        low_limits: BTreeMap::from([(SPO2, limit.into())]),
        ..TrendRules::default()
    }
}

fn only_minute(samples: &[Numeric]) -> TrendMinute {
    let mut trend = Trend::make(samples, &below(90));
    assert_eq!(trend.minutes.len(), 1);
    trend.minutes.remove(0)
}

#[test]
fn the_minute_has_the_median_of_its_good_samples_and_not_of_its_neighbours() {
    // By hand: 20 × 95, 20 × 97, 20 × 98, so the middle two of 60 are 97 and 97.
    let values = [95, 97, 98];
    let mut samples: Vec<Numeric> = (0..60)
        .map(|second| sample(SPO2, values[second as usize % 3], 60 + second))
        .collect();
    samples.push(sample(SPO2, 50, 59));
    samples.push(sample(SPO2, 50, 120));
    let trend = Trend::make(&samples, &TrendRules::default());
    let minute = &trend.minutes[1];
    assert_eq!(minute.start, at(60));
    assert_eq!(minute.median, Some(97.into()));
    assert_eq!(
        (minute.minimum, minute.maximum),
        (Some(95.into()), Some(98.into()))
    );
    assert_eq!(
        (minute.first, minute.last),
        (Some(95.into()), Some(98.into()))
    );
    assert_eq!((minute.n_good, minute.n_total), (60, 60));
}

#[test]
fn nineteen_good_samples_are_sparse_and_twenty_are_full() {
    let with = |count: i64| {
        only_minute(
            &(0..count)
                .map(|second| sample(SPO2, 97, second))
                .collect::<Vec<_>>(),
        )
        .density
    };
    assert_eq!(with(19), Density::Sparse);
    assert_eq!(with(20), Density::Full);
    assert_eq!(with(21), Density::Full);
}

#[test]
fn a_slow_sender_needs_a_third_of_what_it_sends_and_at_least_one() {
    let with = |period: i64, count: i64| {
        let samples: Vec<Numeric> = (0..count)
            .map(|index| sample(SPO2, 97, index * period))
            .collect();
        let periods = BTreeMap::from([(SPO2, Span::from_seconds(period))]);
        let rules = TrendRules {
            periods,
            ..TrendRules::default()
        };
        Trend::make(&samples, &rules).minutes[0].density
    };
    assert_eq!(with(60, 1), Density::Full);
    assert_eq!(with(5, 3), Density::Sparse);
    assert_eq!(with(5, 4), Density::Full);
}

#[test]
fn a_questionable_sample_counts_only_where_no_good_one_is() {
    let mut doubtful = sample(SPO2, 70, 1);
    doubtful.quality = Quality::Questionable;
    let alone = only_minute(std::slice::from_ref(&doubtful));
    assert_eq!(
        (alone.density, alone.median),
        (Density::OnlyQuestionable, Some(70.into()))
    );
    let beside = only_minute(&[doubtful, sample(SPO2, 97, 2)]);
    assert_eq!(
        (beside.median, beside.minimum),
        (Some(97.into()), Some(97.into()))
    );
    assert_eq!((beside.n_good, beside.n_total), (1, 2));
}

#[test]
fn an_early_estimate_is_counted_and_not_charted() {
    let mut early = sample(SPO2, 70, 1);
    early.quality = Quality::Early;
    let minute = only_minute(&[early]);
    assert_eq!(
        (minute.density, minute.median, minute.n_total),
        (Density::Gap, None, 1)
    );
}

#[test]
fn a_repeated_cuff_reading_is_one_point_at_its_own_time() {
    // Hazard: H08
    let repeated: Vec<Numeric> = (0..300)
        .map(|second| Numeric {
            received_at: at(second),
            ..sample(
                Signal::CuffSystolic,
                if second < 200 { 128 } else { 131 },
                second / 200 * 200,
            )
        })
        .collect();
    let trend = Trend::make(&repeated, &TrendRules::default());
    let points: Vec<(Moment, Decimal)> = trend
        .readings
        .iter()
        .map(|reading| (reading.corrected_at, reading.value))
        .collect();
    assert_eq!(points, [(at(0), 128.into()), (at(200), 131.into())]);
    assert_eq!(trend.minutes, []);
}

fn with_low(from: i64, length: i64, quality: Quality) -> Vec<TrendMinute> {
    let samples: Vec<Numeric> = (0..120)
        .map(|second| {
            let low = second >= from && second < from + length;
            let quality = if low { quality } else { Quality::Good };
            Numeric {
                quality,
                ..sample(SPO2, if low { 84 } else { 97 }, second)
            }
        })
        .collect();
    Trend::make(&samples, &below(90)).minutes
}

#[test]
fn a_low_of_fifteen_seconds_is_marked_and_one_of_fourteen_is_not() {
    // Hazard: H11
    assert_eq!(with_low(10, 14, Quality::Good)[0].sustained_low, None);
    let minute = &with_low(10, 15, Quality::Good)[0];
    assert_eq!(minute.sustained_low, Some(84.into()));
    assert_eq!(
        (minute.median, minute.minimum),
        (Some(97.into()), Some(84.into()))
    );
}

#[test]
fn a_low_across_two_minutes_is_marked_in_both() {
    // Hazard: H11
    let minutes = with_low(52, 16, Quality::Good);
    assert_eq!(minutes[0].sustained_low, Some(84.into()));
    assert_eq!(minutes[1].sustained_low, Some(84.into()));
}

#[test]
fn a_doubtful_low_is_still_marked_and_still_the_minimum() {
    // Hazard: H11
    let minute = &with_low(10, 20, Quality::Questionable)[0];
    assert_eq!(
        (minute.sustained_low, minute.minimum),
        (Some(84.into()), Some(84.into()))
    );
}

#[test]
fn fifteen_low_seconds_of_one_minute_are_marked_even_when_not_in_a_row() {
    // Hazard: H11
    let lows = |count: i64| {
        let samples: Vec<Numeric> = (0..60)
            .map(|second| {
                sample(
                    SPO2,
                    if second % 4 == 0 && second / 4 < count {
                        84
                    } else {
                        97
                    },
                    second,
                )
            })
            .collect();
        only_minute(&samples).sustained_low
    };
    assert_eq!(lows(14), None);
    assert_eq!(lows(15), Some(84.into()));
}

#[test]
fn a_value_at_the_limit_is_not_below_it() {
    let samples: Vec<Numeric> = (0..60).map(|second| sample(SPO2, 90, second)).collect();
    assert_eq!(only_minute(&samples).sustained_low, None);
}

#[test]
fn silence_after_one_low_value_is_not_a_sustained_low() {
    let samples = [sample(SPO2, 84, 0), sample(SPO2, 84, 30)];
    assert_eq!(only_minute(&samples).sustained_low, None);
}

proptest! {
    #[test]
    fn order_and_repetition_of_the_samples_do_not_matter(
        values in prop::collection::vec((60i64..100, 0u8..3), 1..200),
        order in any::<u64>(),
        repeats in prop::collection::vec(1usize..6, 200),
    ) {
        let samples: Vec<Numeric> = values
            .iter()
            .enumerate()
            .map(|(second, (value, quality))| {
                let quality = match quality {
                    0 => Quality::Questionable,
                    1 => Quality::Early,
                    _ => Quality::Good,
                };
                Numeric { quality, ..sample(SPO2, *value, second as i64) }
            })
            .collect();
        let mut shuffled: Vec<Numeric> = samples
            .iter()
            .zip(&repeats)
            .flat_map(|(sample, times)| {
                (0..*times).map(move |again| Numeric {
                    received_at: sample.received_at + Span::from_seconds(again as i64),
                    ..sample.clone()
                })
            })
            .collect();
        // A fixed pseudo-random order for each `order`.
        shuffled.sort_by_key(|s| {
            let mixed = (s.corrected_at.microseconds() as u64 ^ order).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (mixed, s.received_at)
        });
        prop_assert_eq!(Trend::make(&shuffled, &below(90)), Trend::make(&samples, &below(90)));
    }

    #[test]
    fn a_true_low_of_fifteen_seconds_is_never_lost_whatever_surrounds_it(
        around in prop::collection::vec((30i64..=100, 0u8..3), 240),
        start in 0usize..220,
        low in 30i64..90,
        doubtful in any::<bool>(),
    ) {
        // Hazard: H11
        let samples: Vec<Numeric> = around
            .iter()
            .enumerate()
            .map(|(second, (value, quality))| {
                let inside = second >= start && second < start + 15;
                let quality = match (inside, doubtful, quality) {
                    (true, true, _) | (false, _, 0) => Quality::Questionable,
                    (false, _, 1) => Quality::Early,
                    _ => Quality::Good,
                };
                Numeric { quality, ..sample(SPO2, if inside { low } else { *value }, second as i64) }
            })
            .collect();
        let trend = Trend::make(&samples, &below(90));
        for second in start..start + 15 {
            let minute = at(second as i64).start_of(MINUTE);
            let marked = trend.minutes.iter().find(|m| m.start == minute).unwrap();
            prop_assert!(marked.sustained_low.is_some_and(|lowest| lowest <= low.into()));
            prop_assert!(marked.minimum.is_some_and(|lowest| lowest <= low.into()));
        }
    }

    #[test]
    fn the_median_lies_between_the_ends_and_has_as_many_below_as_above(
        values in prop::collection::vec(60i64..100, 1..60),
    ) {
        let samples: Vec<Numeric> =
            values.iter().enumerate().map(|(s, v)| sample(SPO2, *v, s as i64)).collect();
        let median = only_minute(&samples).median.unwrap();
        let under = values.iter().filter(|value| Decimal::from(**value) < median).count();
        let over = values.iter().filter(|value| Decimal::from(**value) > median).count();
        prop_assert!(under * 2 <= values.len() && over * 2 <= values.len());
    }
}
