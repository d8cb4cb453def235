use super::*;
use proptest::prelude::*;

fn true_time(milliseconds: i64) -> Moment {
    Moment::from_microseconds(1_800_000_000_000_000 + milliseconds * 1_000)
}

/// A device whose clock is off by `offset`, writes whole seconds, and drifts.
fn stamp(truth: Moment, offset: Span, drift_per_million: i64) -> Moment {
    let since = truth - true_time(0);
    let drift = Span::from_microseconds(since.microseconds() * drift_per_million / 1_000_000);
    (truth + offset + drift).start_of(Span::from_seconds(1))
}

/// The worst error of corrected times once the estimate has settled.
fn worst_error(offset: Span, drift: i64, delays: &[i64]) -> Span {
    let mut estimator = OffsetEstimator::new(Resolution::Seconds);
    let mut worst = Span::ZERO;
    for second in 0..1_200usize {
        let truth = true_time(second as i64 * 1_000 + 137);
        let received = truth + Span::from_milliseconds(delays[second % delays.len()]);
        let device = stamp(truth, offset, drift);
        estimator.observe(device, received);
        let corrected = estimator.correct(device, received);
        worst = worst.max((corrected.at - truth).absolute());
    }
    worst
}

#[test]
fn a_clock_that_is_twenty_four_minutes_wrong_charts_within_a_second_and_a_half() {
    // Hazard: H09. Bound: safety reference H09, device reference §15.
    let delays = [50, 80, 60, 400, 55, 70, 800, 90, 52, 61];
    for minutes in [24, -24] {
        for drift in [0, 100, -100] {
            let worst = worst_error(Span::from_minutes(minutes), drift, &delays);
            assert!(
                worst <= Span::from_milliseconds(1_500),
                "{minutes} min, {drift}: {worst}"
            );
        }
    }
}

#[test]
fn an_offset_of_exactly_two_minutes_is_not_said_aloud_and_more_is() {
    let told = |seconds: i64| {
        let mut estimator = OffsetEstimator::new(Resolution::Seconds);
        let received = true_time(0);
        estimator.observe(received + Span::from_seconds(seconds), received);
        estimator.reliability()
    };
    assert_eq!(told(120), Reliability::Sound);
    assert_eq!(told(121), Reliability::Corrected);
    assert_eq!(told(-121), Reliability::Corrected);
    assert_eq!(told(24 * 3_600), Reliability::Corrected);
    assert_eq!(told(24 * 3_600 + 1), Reliability::Unusable);
}

#[test]
fn a_clock_more_than_a_day_off_is_not_believed() {
    // Hazard: H09
    let mut estimator = OffsetEstimator::new(Resolution::Seconds);
    let received = true_time(0);
    let device = received - Span::from_hours(25);
    estimator.observe(device, received);
    let corrected = estimator.correct(device, received);
    assert_eq!(
        (corrected.at, corrected.basis),
        (received, Basis::ReceiveTime)
    );
}

#[test]
fn before_the_first_message_nothing_is_known_and_receive_time_stands() {
    let estimator = OffsetEstimator::new(Resolution::Seconds);
    assert_eq!(estimator.estimate(), None);
    let corrected = estimator.correct(true_time(-5_000), true_time(0));
    assert_eq!(
        (corrected.at, corrected.basis),
        (true_time(0), Basis::ReceiveTime)
    );
}

fn run_with_step(step: Span, at_second: i64) -> (Vec<ClockStep>, OffsetEstimator) {
    let mut estimator = OffsetEstimator::new(Resolution::Seconds);
    let mut steps = Vec::new();
    for second in 0..300 {
        let truth = true_time(second * 1_000);
        let offset = if second < at_second { Span::ZERO } else { step };
        let received = truth + Span::from_milliseconds(60);
        steps.extend(estimator.observe(truth + offset, received));
    }
    (steps, estimator)
}

#[test]
fn a_step_is_found_once_and_dated_to_the_message_that_showed_it() {
    // Hazard: H10
    for (seconds, at_second) in [(60, 97), (-60, 97), (3_600, 90), (-3_600, 119)] {
        let (steps, estimator) = run_with_step(Span::from_seconds(seconds), at_second);
        assert_eq!(steps.len(), 1, "{seconds} s at {at_second}: {steps:?}");
        let first_new = true_time(at_second * 1_000) + Span::from_milliseconds(60);
        assert_eq!(steps[0].at, first_new, "{seconds} s at {at_second}");
        let change = steps[0].after - steps[0].before;
        assert_eq!(change, Span::from_seconds(seconds));
        let offset = estimator.estimate().unwrap().offset;
        assert_eq!(
            offset,
            Span::from_seconds(seconds) - Span::from_milliseconds(60)
        );
    }
}

#[test]
fn a_change_of_two_seconds_is_no_step_and_a_little_more_is() {
    assert_eq!(run_with_step(Span::from_seconds(2), 90).0, []);
    assert_eq!(run_with_step(Span::from_milliseconds(2_001), 90).0.len(), 1);
}

#[test]
fn a_gateway_that_catches_up_after_an_outage_does_not_look_like_a_wrong_clock() {
    // Hazard: H09
    let mut estimator = OffsetEstimator::new(Resolution::Seconds);
    let offset = Span::from_minutes(5);
    let mut steps = Vec::new();
    for second in 0..200 {
        let truth = true_time(second * 1_000);
        steps.extend(estimator.observe(truth + offset, truth + Span::from_milliseconds(60)));
    }
    // Five minutes of backlog, fifty messages a second.
    let back = true_time(500_000);
    for index in 0..300i64 {
        let truth = true_time((200 + index) * 1_000);
        let received = back + Span::from_milliseconds(index * 20);
        steps.extend(estimator.observe(truth + offset, received));
        let corrected = estimator.correct(truth + offset, received);
        assert!((corrected.at - truth).absolute() <= Span::from_milliseconds(1_500));
    }
    assert_eq!(steps, []);
}

#[test]
fn a_device_that_writes_only_minutes_is_uncertain_by_a_minute_more() {
    let estimate = |resolution| {
        let mut estimator = OffsetEstimator::new(resolution);
        estimator.observe(true_time(0), true_time(0));
        estimator.estimate().unwrap().uncertainty
    };
    let difference = estimate(Resolution::Minutes) - estimate(Resolution::Seconds);
    assert_eq!(difference, Span::from_seconds(60));
}

proptest! {
    #[test]
    fn a_corrected_time_is_never_after_its_receipt(
        offset in -86_000i64..86_000,
        delays in prop::collection::vec(0i64..3_000, 1..200),
    ) {
        let mut estimator = OffsetEstimator::new(Resolution::Seconds);
        for (second, delay) in delays.iter().enumerate() {
            let truth = true_time(second as i64 * 1_000);
            let received = truth + Span::from_milliseconds(*delay);
            let device = stamp(truth, Span::from_seconds(offset), 0);
            estimator.observe(device, received);
            prop_assert!(estimator.correct(device, received).at <= received);
        }
    }
}
