use super::*;
use crate::vital_signs::{Quality, Signal};
use proptest::prelude::*;

fn at(milliseconds: i64) -> Moment {
    Moment::from_microseconds(milliseconds * 1_000)
}

fn good(signal: Signal, measured: i64) -> Numeric {
    Numeric {
        signal,
        value: 97.into(),
        quality: Quality::Good,
        device_at: at(measured),
        received_at: at(measured),
        corrected_at: at(measured),
        aperiodic: signal.is_aperiodic(),
    }
}

fn known(last_good: Option<&Numeric>) -> Known<'_> {
    Known {
        last_good,
        last_seen: last_good.map_or(LastSeen::Nothing, |n| LastSeen::Value(n.received_at)),
        by_hand: None,
        limit_set: true,
        expected_period: Span::from_seconds(1),
        tolerated_age: None,
        simulated: false,
    }
}

const SPO2: Signal = Signal::OxygenSaturation;

#[test]
fn a_value_is_live_to_five_seconds_grey_to_ten_and_then_dashes() {
    // Hazard: H03. Device reference §12.
    let numeric = good(SPO2, 0);
    let reading = |now| Reading::at(&known(Some(&numeric)), at(now));
    let (value, measured) = (numeric.value, at(0));
    let stale = Freshness::Stale { since: at(0) };
    assert_eq!(reading(5_000).freshness, Freshness::Live);
    assert_eq!(
        reading(5_000).shown,
        Shown::Value {
            value,
            at: measured
        }
    );
    assert_eq!(reading(5_001).freshness, stale);
    assert_eq!(
        reading(5_001).shown,
        Shown::Greyed {
            value,
            at: measured
        }
    );
    assert_eq!(
        reading(10_000).shown,
        Shown::Greyed {
            value,
            at: measured
        }
    );
    assert_eq!(reading(10_001).freshness, stale);
    assert_eq!(reading(10_001).shown, Shown::Dashes);
}

#[test]
fn a_slow_sender_is_stale_within_ten_seconds_after_its_period() {
    // Hazard: H03: stale within 10 s and one period.
    let numeric = good(SPO2, 0);
    let slow = Known {
        expected_period: Span::from_minutes(1),
        ..known(Some(&numeric))
    };
    assert_eq!(Reading::at(&slow, at(60_000)).freshness, Freshness::Live);
    let stale = Freshness::Stale { since: at(0) };
    assert_eq!(Reading::at(&slow, at(70_000)).freshness, stale);
    assert_eq!(Reading::at(&slow, at(70_000)).shown, Shown::Dashes);
}

#[test]
fn a_backlog_that_arrives_now_does_not_look_live() {
    // Hazard: H03
    let late = Numeric {
        received_at: at(300_000),
        ..good(SPO2, 0)
    };
    let reading = Reading::at(&known(Some(&late)), at(300_000));
    assert_eq!(reading.freshness, Freshness::Stale { since: at(0) });
}

#[test]
fn a_cuff_value_stays_readable_with_its_age_and_is_stale_once_the_next_is_late() {
    // Hazard: H08. Clinical reference §4.2: every 5 min, ±1 min.
    let cuff = good(Signal::CuffSystolic, 0);
    let scheduled = Known {
        tolerated_age: Some(Span::from_minutes(6)),
        ..known(Some(&cuff))
    };
    assert_eq!(
        Reading::at(&scheduled, at(360_000)).freshness,
        Freshness::Live
    );
    let late = Reading::at(&scheduled, at(360_001));
    assert_eq!(late.freshness, Freshness::Stale { since: at(0) });
    assert_eq!(
        late.shown,
        Shown::Greyed {
            value: cuff.value,
            at: at(0)
        }
    );
}

#[test]
fn nothing_at_all_is_never_measured_and_not_blank() {
    let reading = Reading::at(&known(None), at(0));
    assert_eq!(reading.freshness, Freshness::NeverMeasured);
    assert_eq!(reading.shown, Shown::Dashes);
}

#[test]
fn a_sensor_that_has_only_ever_sent_invalid_data_is_invalid() {
    let why = NotValid::SaidByDevice;
    let off = Known {
        last_seen: LastSeen::NotAMeasurement(at(0), why),
        ..known(None)
    };
    assert_eq!(
        Reading::at(&off, at(500)).freshness,
        Freshness::Invalid { why }
    );
}

#[test]
fn a_probe_that_comes_off_is_invalid_while_the_device_says_so_and_stale_when_it_falls_silent() {
    let numeric = good(SPO2, 0);
    let why = NotValid::SaidByDevice;
    let off = Known {
        last_seen: LastSeen::NotAMeasurement(at(8_000), why),
        ..known(Some(&numeric))
    };
    assert_eq!(
        Reading::at(&off, at(8_500)).freshness,
        Freshness::Invalid { why }
    );
    let silent = Reading::at(&off, at(30_000));
    assert_eq!(silent.freshness, Freshness::Stale { since: at(0) });
}

#[test]
fn a_value_is_no_longer_live_once_the_device_says_that_the_probe_is_off() {
    // Hazard: H03
    let numeric = good(SPO2, 0);
    let why = NotValid::SaidByDevice;
    let off = Known {
        last_seen: LastSeen::NotAMeasurement(at(1_000), why),
        ..known(Some(&numeric))
    };
    let reading = Reading::at(&off, at(1_000));
    assert_eq!(reading.freshness, Freshness::Invalid { why });
    assert!(matches!(reading.shown, Shown::Greyed { .. }));
    let later = known(Some(&numeric));
    assert_eq!(Reading::at(&later, at(1_000)).freshness, Freshness::Live);
}

#[test]
fn an_invalid_moment_before_the_last_good_value_is_forgotten() {
    let numeric = good(SPO2, 8_000);
    let last_seen = LastSeen::NotAMeasurement(at(7_000), NotValid::SaidByDevice);
    let known = Known {
        last_seen,
        ..known(Some(&numeric))
    };
    let stale = Freshness::Stale { since: at(8_000) };
    assert_eq!(Reading::at(&known, at(14_000)).freshness, stale);
}

#[test]
fn a_value_without_a_limit_is_not_assessed_however_fresh() {
    let numeric = good(SPO2, 0);
    let unset = Known {
        limit_set: false,
        ..known(Some(&numeric))
    };
    assert_eq!(Reading::at(&unset, at(0)).freshness, Freshness::NotAssessed);
    let hand = HandCharted {
        value: 14.into(),
        at: at(0),
    };
    let by_hand = Known {
        by_hand: Some(hand),
        limit_set: false,
        ..known(None)
    };
    assert_eq!(
        Reading::at(&by_hand, at(0)).freshness,
        Freshness::NotAssessed
    );
}

#[test]
fn a_value_by_hand_shows_while_no_device_shows_a_newer_one() {
    let numeric = good(SPO2, 0);
    let hand = Some(HandCharted {
        value: 95.into(),
        at: at(60_000),
    });
    let both = Known {
        by_hand: hand,
        ..known(Some(&numeric))
    };
    assert_eq!(
        Reading::at(&both, at(61_000)).freshness,
        Freshness::ByHand { at: at(60_000) }
    );
    let newer = good(SPO2, 90_000);
    let again = Known {
        by_hand: hand,
        ..known(Some(&newer))
    };
    assert_eq!(Reading::at(&again, at(91_000)).freshness, Freshness::Live);
    // The device falls silent: its value is the newer one, and it is stale.
    let stale = Freshness::Stale { since: at(90_000) };
    assert_eq!(Reading::at(&again, at(120_000)).freshness, stale);
}

#[test]
fn a_value_by_hand_is_stale_once_the_next_is_late() {
    let hand = Some(HandCharted {
        value: 14.into(),
        at: at(0),
    });
    let due = Known {
        by_hand: hand,
        tolerated_age: Some(Span::from_minutes(6)),
        ..known(None)
    };
    assert_eq!(
        Reading::at(&due, at(360_000)).freshness,
        Freshness::ByHand { at: at(0) }
    );
    let late = Reading::at(&due, at(360_001)).freshness;
    assert_eq!(late, Freshness::Stale { since: at(0) });
}

#[test]
fn the_six_states_have_six_words() {
    let states = [
        Freshness::Live,
        Freshness::ByHand { at: at(0) },
        Freshness::Stale { since: at(0) },
        Freshness::NotAssessed,
        Freshness::Invalid {
            why: NotValid::Artefact,
        },
        Freshness::NeverMeasured,
    ];
    let words: std::collections::BTreeSet<&str> = states.iter().map(Freshness::word).collect();
    assert_eq!(words.len(), 6);
}

proptest! {
    #[test]
    fn no_value_is_ever_live_that_is_old_simulated_or_without_a_limit(
        measured in prop::option::of(0i64..120_000),
        delay in 0i64..60_000,
        invalid in prop::option::of(0i64..120_000),
        hand in prop::option::of(0i64..120_000),
        limit_set in any::<bool>(),
        simulated in any::<bool>(),
        now in 0i64..120_000,
    ) {
        // Hazard: H03
        let numeric = measured
            .map(|measured| Numeric { received_at: at(measured + delay), ..good(SPO2, measured) });
        let last_seen = match (invalid, &numeric) {
            (Some(seen), _) => LastSeen::NotAMeasurement(at(seen), NotValid::Artefact),
            (None, Some(numeric)) => LastSeen::Value(numeric.received_at),
            (None, None) => LastSeen::Nothing,
        };
        let by_hand = hand.map(|hand| HandCharted { value: 95.into(), at: at(hand) });
        let known = Known { last_seen, by_hand, limit_set, simulated, ..known(numeric.as_ref()) };
        let reading = Reading::at(&known, at(now));
        prop_assert_eq!(reading.simulated, simulated);
        if reading.freshness == Freshness::Live {
            prop_assert!(limit_set && !simulated);
            prop_assert!(measured.is_some_and(|measured| now - measured <= 5_000));
        }
        if let Shown::Value { at: shown, .. } = reading.shown {
            prop_assert!(!simulated);
            let by_hand = hand.is_some_and(|hand| at(hand) == shown);
            prop_assert!(by_hand || at(now) - shown <= GREYED_AFTER);
        }
    }
}
