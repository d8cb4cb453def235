//! Delivered milligrams. Witness: clinical reference 3.7, and an own fraction of whole numbers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::session::{Command, Correction, Infusion, Stage};
use proptest::prelude::*;
use rust_decimal::Decimal;

#[test]
fn the_worked_examples_of_the_reference_give_their_dose_in_forty_minutes() {
    // Hazard: H23
    for (dose, concentration, volume, at, weight) in [
        ("35", "0.7", "50", "75", "70"),
        ("35", "0.35", "100", "150", "70"),
        ("31", "0.62", "50", "75", "62"),
    ] {
        let mut visit = Visit::ready_with(prepared(dose, concentration, volume, at, weight), 0);
        visit.does(start(), START);
        assert_eq!(visit.given(minute(40)), milligrams(dose));
        assert_eq!(visit.left(minute(40)), milligrams("0"));
        assert_eq!(
            visit.given(minute(90)),
            milligrams(dose),
            "never above the bag"
        );
    }
}

#[test]
fn an_infusion_stopped_at_twenty_two_minutes_gave_nineteen_and_a_quarter_milligrams() {
    let mut visit = Visit::running();
    visit.does(stop(), minute(22));
    assert_eq!(visit.given(minute(22)), milligrams("19.25"));
    assert_eq!(visit.given(minute(80)), milligrams("19.25"));
    assert_eq!(visit.left(minute(80)), milligrams("15.75"));
}

#[test]
fn nothing_is_given_while_the_pump_is_paused() {
    let mut visit = Visit::running();
    visit.does(pause(), minute(8));
    assert_eq!(visit.given(minute(20)), milligrams("7"));
    visit.does(Command::ResumeInfusion, minute(20));
    assert_eq!(visit.given(minute(28)), milligrams("14"));
}

#[test]
fn a_slower_rate_gives_less_from_its_moment_on() {
    let mut visit = Visit::running();
    visit.does(change_rate("30"), minute(20));
    // 25 mL and then 5 mL, of 0.7 mg each.
    assert_eq!(visit.given(minute(30)), milligrams("21"));
}

#[test]
fn the_bag_is_empty_exactly_when_its_last_milligram_is_given() {
    // 20 mL/h × 1 min × 0.3 mg/mL = 0.1 mg: a third of a millilitre has no last decimal.
    let mut visit = Visit::ready_with(prepared("6", "0.3", "20", "20", "40"), 0);
    visit.does(start(), START);
    visit.does(bolus("5.9"), START);
    let delivered = visit.session.infusion().unwrap().delivered(minute(1));
    assert_eq!(delivered.amount, milligrams("6"));
    assert!(delivered.bag_should_be_empty);
}

#[test]
fn a_corrected_rate_gives_another_total() {
    // Hazard: H23
    let mut visit = Visit::running();
    let changed = visit.does(change_rate("60"), minute(20));
    visit.does(stop(), minute(30));
    assert_eq!(visit.given(minute(30)), milligrams("24.5"));
    visit.does(
        correct(changed, Correction::Rate { rate: rate("30") }),
        minute(31),
    );
    assert_eq!(visit.given(minute(31)), milligrams("21"));
    visit.does(correct(changed, Correction::Struck), minute(32));
    assert_eq!(visit.given(minute(32)), milligrams("26.25"));
}

/// What was done `seconds` after the act before it.
#[derive(Clone, Debug)]
enum Act {
    Rate(u32),
    Pause,
    Resume,
    Bolus(u32),
    Stop,
}

fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
    let act = prop_oneof![
        3 => (1_u32..120).prop_map(Act::Rate),
        3 => Just(Act::Pause),
        3 => Just(Act::Resume),
        2 => (1_u32..500).prop_map(Act::Bolus),
        1 => Just(Act::Stop),
    ];
    proptest::collection::vec((1_i64..400, act), 0..25)
}

/// Hundred-thousandths of a milligram times 36: mL/h × 0.7 mg/mL × s / 3600 without a remainder.
struct Oracle {
    given: i128,
    rate: i128,
    last: i128,
    running: bool,
}

impl Oracle {
    const MILLIGRAM: i128 = 36_000;
    fn pass(&mut self, seconds: i64) {
        if self.running {
            // 0.7 / 3600 mg for each mL/h and second is 7 / 36 000.
            self.given += self.rate * 7 * i128::from(seconds);
        }
    }
    fn matches(&self, amount: Decimal) -> bool {
        let capped = self.given.min(35 * Self::MILLIGRAM);
        let difference = amount * Decimal::from(Self::MILLIGRAM as i64)
            - Decimal::from_i128_with_scale(capped, 0);
        difference.abs() < Decimal::new(1, 15)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_total_equals_an_independent_reckoning_and_only_grows(acts in acts(), turn in any::<prop::sample::Index>()) {
        // Hazard: H23
        let mut visit = Visit::running();
        let mut oracle = Oracle { given: 0, rate: 75, last: 75, running: true };
        let mut now = 0;
        let mut before = Decimal::ZERO;
        for (seconds, act) in acts {
            now += seconds;
            oracle.pass(seconds);
            let at = second(now);
            let amount = visit.given(at).value();
            prop_assert!(oracle.matches(amount), "{amount} mg");
            prop_assert!(amount >= before);
            prop_assert!(amount <= Decimal::from(35));
            before = amount;
            let command = match &act {
                Act::Rate(to) => {
                    if *to > 75 {
                        // A fresh set of vital signs opens the gate for a faster rate.
                        let _ = visit.tries(chart(vital_signs(120, 70)), at);
                    }
                    Command::ChangeRate {
                        rate: rate(&to.to_string()),
                        reason: String::new(),
                        override_reason: None,
                    }
                }
                Act::Pause => pause(),
                Act::Resume => Command::ResumeInfusion,
                Act::Bolus(hundredths) => bolus(&Decimal::new(i64::from(*hundredths), 2).to_string()),
                Act::Stop => stop(),
            };
            if visit.tries(command, at).is_ok() {
                match act {
                    Act::Rate(to) => { oracle.last = to.into(); oracle.rate = to.into(); }
                    Act::Pause => oracle.running = false,
                    Act::Resume => { oracle.running = true; oracle.rate = oracle.last; }
                    Act::Bolus(hundredths) => oracle.given += i128::from(hundredths) * Oracle::MILLIGRAM / 100,
                    Act::Stop => oracle.running = false,
                }
            }
            prop_assert_eq!(visit.session.stage == Stage::Infusion, oracle.running);
        }
        let end = second(now + 60);
        let order = order();
        let mut turned = visit.session.entries.clone();
        let middle = turn.index(turned.len());
        turned.rotate_left(middle);
        let whole = visit.given(end);
        prop_assert_eq!(Infusion::of(&turned, &order).unwrap().delivered(end).amount, whole);
        turned.reverse();
        prop_assert_eq!(Infusion::of(&turned, &order).unwrap().delivered(end).amount, whole);
    }
}
