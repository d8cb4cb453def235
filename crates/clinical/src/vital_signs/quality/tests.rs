use super::*;
use proptest::prelude::*;

fn at(second: i64) -> Moment {
    Moment::from_microseconds(second * 1_000_000)
}

fn numeric(signal: Signal, value: &str, second: i64) -> Numeric {
    Numeric {
        signal,
        value: value.parse().unwrap(),
        quality: Quality::Good,
        device_at: at(second),
        received_at: at(second),
        corrected_at: at(second),
        aperiodic: signal.is_aperiodic(),
    }
}

fn judged(judge: &mut Judge, message: Vec<Numeric>) -> Vec<(Quality, Vec<Doubt>)> {
    judge
        .judge(message)
        .into_iter()
        .map(|judgement| match judgement {
            Judgement::Measurement { numeric, doubts } => (numeric.quality, doubts),
            Judgement::NotAMeasurement { numeric } => panic!("{numeric:?}"),
        })
        .collect()
}

fn alone(signal: Signal, value: &str) -> Judgement {
    Judge::new()
        .judge(vec![numeric(signal, value, 0)])
        .remove(0)
}

fn doubts_alone(signal: Signal, value: &str) -> Option<Vec<Doubt>> {
    match alone(signal, value) {
        Judgement::Measurement { doubts, .. } => Some(doubts),
        Judgement::NotAMeasurement { .. } => None,
    }
}

#[test]
fn the_bounds_of_the_reference_are_kept_on_both_sides() {
    // Hazard: H05. Device reference §2.8: hard low, soft low, soft high, hard high; one step.
    use Signal::*;
    let table: [(Signal, [&str; 4], &str); 8] = [
        (HeartRate, ["10", "25", "250", "350"], "1"),
        (OxygenSaturation, ["30", "50", "100", "100"], "1"),
        (CuffSystolic, ["30", "60", "250", "300"], "1"),
        (CuffDiastolic, ["10", "30", "160", "220"], "1"),
        (CuffMean, ["20", "40", "200", "260"], "1"),
        (RespiratoryRate, ["0", "4", "60", "120"], "1"),
        (EndTidalCarbonDioxide, ["0", "10", "80", "150"], "1"),
        (Temperature, ["20", "33", "41", "45"], "0.1"),
    ];
    for (signal, bounds, step) in table {
        let [hard_low, soft_low, soft_high, hard_high] =
            bounds.map(|bound| bound.parse::<Decimal>().unwrap());
        let step: Decimal = step.parse().unwrap();
        let doubts = |value: Decimal| doubts_alone(signal, &value.to_string());
        let outside = Some(vec![Doubt::OutsideSoftBounds]);
        assert_eq!(doubts(hard_low - step), None, "{signal:?} below hard");
        assert_eq!(doubts(hard_high + step), None, "{signal:?} above hard");
        assert_eq!(doubts(soft_low), Some(vec![]), "{signal:?} soft low");
        assert_eq!(doubts(soft_low - step), outside, "{signal:?} below soft");
        assert_eq!(doubts(soft_high), Some(vec![]), "{signal:?} soft high");
        if soft_high < hard_high {
            assert_eq!(doubts(soft_high + step), outside, "{signal:?} above soft");
        }
        assert!(
            doubts(hard_low).is_some() && doubts(hard_high).is_some(),
            "{signal:?} hard"
        );
    }
}

#[test]
fn every_sentinel_that_was_seen_on_a_wire_is_no_measurement() {
    // Hazard: H05. Device reference §2.8.
    for sentinel in ["-1", "-100", "-10000", "-999", "-99.9", "32767"] {
        for signal in Signal::ALL {
            assert_eq!(
                doubts_alone(signal, sentinel),
                None,
                "{signal:?} {sentinel}"
            );
        }
    }
    assert_eq!(doubts_alone(Signal::Temperature, "0.0"), None);
}

#[test]
fn no_breaths_is_a_claim_that_is_kept() {
    assert!(doubts_alone(Signal::RespiratoryRate, "0").is_some());
}

#[test]
fn a_step_of_exactly_the_limit_is_believed_and_a_larger_one_is_doubted_once() {
    for (signal, from, believed, doubted) in [
        (Signal::HeartRate, "80", "120", "121"),
        (Signal::OxygenSaturation, "97", "87", "86"),
        (Signal::RespiratoryRate, "14", "29", "30"),
        (Signal::EndTidalCarbonDioxide, "38", "53", "54"),
        (Signal::Temperature, "36.5", "37.0", "37.1"),
        (Signal::BispectralIndex, "90", "65", "64"),
    ] {
        for (to, expected) in [(believed, vec![]), (doubted, vec![Doubt::Step])] {
            let mut judge = Judge::new();
            judge.judge(vec![numeric(signal, from, 0)]);
            let first = judged(&mut judge, vec![numeric(signal, to, 1)]);
            assert_eq!(first[0].1, expected, "{signal:?} to {to}");
            let next = judged(&mut judge, vec![numeric(signal, to, 2)]);
            assert_eq!(next[0].1, [], "{signal:?} stays at {to}");
        }
    }
}

#[test]
fn values_a_minute_apart_are_no_step() {
    let mut judge = Judge::new();
    judge.judge(vec![numeric(Signal::HeartRate, "60", 0)]);
    assert_eq!(
        judged(&mut judge, vec![numeric(Signal::HeartRate, "130", 60)])[0].1,
        []
    );
}

fn with_pulse(judge: &mut Judge, second: i64, rate: &str, pulse: &str) -> Vec<Doubt> {
    let message = vec![
        numeric(Signal::OxygenSaturation, "97", second),
        numeric(Signal::HeartRate, rate, second),
        numeric(Signal::PulseFromOximeter, pulse, second),
    ];
    judged(judge, message).remove(0).1
}

#[test]
fn a_saturation_is_doubted_when_pulse_and_rate_have_disagreed_for_more_than_ten_seconds() {
    // Hazard: H12. Device reference §12: more than 15/min for more than 10 s.
    let mut judge = Judge::new();
    assert_eq!(with_pulse(&mut judge, 0, "80", "80"), []);
    for second in 1..=11 {
        assert_eq!(
            with_pulse(&mut judge, second, "80", "96"),
            [],
            "second {second}"
        );
    }
    assert_eq!(
        with_pulse(&mut judge, 12, "80", "96"),
        [Doubt::PulseDisagrees]
    );
    assert_eq!(
        with_pulse(&mut judge, 13, "80", "95"),
        [],
        "15 apart is agreement"
    );
    for second in 14..40 {
        assert_eq!(with_pulse(&mut judge, second, "80", "95"), []);
    }
}

#[test]
fn a_disagreement_is_forgotten_when_the_electrocardiogram_is_taken_off() {
    let mut judge = Judge::new();
    for second in 0..=20 {
        with_pulse(&mut judge, second, "80", "120");
    }
    let mut alone = |second| {
        let message = vec![
            numeric(Signal::OxygenSaturation, "97", second),
            numeric(Signal::PulseFromOximeter, "120", second),
        ];
        judged(&mut judge, message).remove(0).1
    };
    assert_eq!(alone(30), [Doubt::PulseDisagrees]);
    assert_eq!(alone(31), []);
}

#[test]
fn a_saturation_is_doubted_below_the_least_perfusion() {
    let with_perfusion = |index: &str| {
        let message = vec![
            numeric(Signal::OxygenSaturation, "97", 0),
            numeric(Signal::PerfusionIndex, index, 0),
        ];
        judged(&mut Judge::new(), message).remove(0).1
    };
    assert_eq!(with_perfusion("0.29"), [Doubt::LowPerfusion]);
    assert_eq!(with_perfusion("0.3"), []);
}

fn cuff(systolic: &str, mean: &str, diastolic: &str) -> Vec<Vec<Doubt>> {
    let message = vec![
        numeric(Signal::CuffSystolic, systolic, 0),
        numeric(Signal::CuffMean, mean, 0),
        numeric(Signal::CuffDiastolic, diastolic, 0),
    ];
    judged(&mut Judge::new(), message)
        .into_iter()
        .map(|(_, doubts)| doubts)
        .collect()
}

#[test]
fn a_cuff_reading_that_cannot_belong_together_is_doubted_as_a_whole() {
    // Device reference §2.8: diastolic ≤ mean ≤ systolic, systolic − diastolic ≥ 10.
    let doubted = vec![vec![Doubt::CuffInconsistent]; 3];
    let believed = vec![vec![]; 3];
    assert_eq!(cuff("120", "90", "80"), believed);
    assert_eq!(cuff("90", "85", "80"), believed);
    assert_eq!(cuff("89", "85", "80"), doubted);
    assert_eq!(cuff("120", "121", "80"), doubted);
    assert_eq!(cuff("120", "79", "80"), doubted);
    assert_eq!(cuff("120", "120", "80"), believed);
}

#[test]
fn a_cuff_cycle_is_judged_whole_even_over_several_messages() {
    let mut judge = Judge::new();
    judge.judge(vec![numeric(Signal::CuffSystolic, "120", 0)]);
    let later = judged(&mut judge, vec![numeric(Signal::CuffMean, "125", 0)]);
    assert_eq!(later[0].1, [Doubt::CuffInconsistent]);
    let next = judged(&mut judge, vec![numeric(Signal::CuffMean, "95", 300)]);
    assert_eq!(next[0].1, []);
}

#[test]
fn a_doubt_of_the_device_is_never_taken_back() {
    for quality in [Quality::Questionable, Quality::Early] {
        let mut doubted = numeric(Signal::HeartRate, "70", 0);
        doubted.quality = quality;
        let judged = judged(&mut Judge::new(), vec![doubted]);
        assert_eq!(judged, [(quality, vec![Doubt::SaidByDevice])]);
    }
}

proptest! {
    #[test]
    fn nothing_is_dropped_nothing_is_changed_and_nothing_outside_the_bounds_is_a_value(
        values in prop::collection::vec((0usize..20, -40_000i64..40_000, 0i64..30), 0..60),
    ) {
        // Hazard: H05
        let message: Vec<Numeric> = values
            .into_iter()
            .map(|(signal, tenths, second)| {
                let value = Decimal::new(tenths, 1).to_string();
                numeric(Signal::ALL[signal], &value, second)
            })
            .collect();
        let judgements = Judge::new().judge(message.clone());
        prop_assert_eq!(judgements.len(), message.len());
        for (judgement, given) in judgements.into_iter().zip(message) {
            let (low, high) = given.signal.hard_bounds();
            let inside = given.value >= low && given.value <= high;
            match judgement {
                Judgement::Measurement { numeric, doubts } => {
                    prop_assert!(inside);
                    prop_assert_eq!(doubts.is_empty(), numeric.quality == Quality::Good);
                    prop_assert_eq!(Numeric { quality: given.quality, ..numeric }, given);
                }
                Judgement::NotAMeasurement { numeric } => {
                    prop_assert!(!inside);
                    prop_assert_eq!(numeric, given);
                }
            }
        }
    }
}
