//! What a prediction is made from: what went in by the record, and never what was planned.
//!
//! Witness: milligrams and minutes worked out by hand. The order is 35 mg in 50 mL (0.7 mg/mL) at
//! 75 mL/h, which is 0.875 mg each minute for 40 minutes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::prediction::{Basis, Gone, NotPredicted};
use clinical::course::session::{Command, Correction, Reckoned};
use clinical::dosing::WeightKind;
use rust_decimal::Decimal;
use units::{Kilograms, MilligramsPerMillilitre, Millilitres, Moment};

fn basis(visit: &Visit) -> Basis {
    Basis::of(&visit.session, None, None).unwrap()
}

/// From, until, mL/h.
fn stretches(gone: &[Gone]) -> Vec<(Moment, Moment, Decimal)> {
    gone.iter()
        .filter_map(|gone| match gone {
            Gone::Running {
                from, until, rate, ..
            } => Some((*from, *until, rate.value())),
            Gone::AtOnce { .. } => None,
        })
        .collect()
}

// Hazard: H69
#[test]
fn a_pump_that_runs_goes_on_until_its_bag_is_empty() {
    let visit = Visit::running();
    let basis = basis(&visit);
    assert_eq!(
        stretches(&basis.gone),
        [(START, minute(40), Decimal::from(75))]
    );
    assert_eq!(basis.ordered, basis.gone);
    assert_eq!(basis.from, START);
    assert_eq!(basis.weight.value(), Decimal::from(70));
}

// Hazard: H69
#[test]
fn a_pause_and_a_slower_rate_are_in_it_and_the_order_is_not() {
    let mut visit = Visit::running();
    visit.does(pause(), minute(10));
    let paused = basis(&visit);
    assert_eq!(
        stretches(&paused.gone),
        [(START, minute(10), Decimal::from(75))],
        "nothing more while it is paused"
    );
    visit.does(Command::ResumeInfusion, minute(14));
    visit.does(change_rate("50"), minute(20));
    let basis = basis(&visit);
    // 12.5 mL until the pause and 7.5 mL from 14 to 20; the other 30 mL take 36 minutes at 50 mL/h.
    assert_eq!(
        stretches(&basis.gone),
        [
            (START, minute(10), Decimal::from(75)),
            (minute(14), minute(20), Decimal::from(75)),
            (minute(20), minute(56), Decimal::from(50)),
        ]
    );
    assert_eq!(
        stretches(&basis.ordered),
        [(START, minute(40), Decimal::from(75))]
    );
}

#[test]
fn a_bolus_goes_in_at_once_and_comes_out_of_the_bag() {
    let mut visit = Visit::running();
    visit.does(bolus("7"), minute(20));
    let basis = basis(&visit);
    let at_once: Vec<_> = basis
        .gone
        .iter()
        .filter_map(|gone| match gone {
            Gone::AtOnce { at, amount } => Some((*at, *amount)),
            Gone::Running { .. } => None,
        })
        .collect();
    assert_eq!(at_once, [(minute(20), milligrams("7"))]);
    // 17.5 mg until then, 7 at once, and the last 10.5 mg take 12 minutes.
    assert_eq!(
        stretches(&basis.gone),
        [(START, minute(32), Decimal::from(75))]
    );
}

// Hazard: H69
#[test]
fn a_corrected_rate_counts_as_corrected() {
    let mut visit = Visit::running();
    let changed = visit.does(change_rate("60"), minute(20));
    let correction = Correction::Rate { rate: rate("50") };
    visit.does(correct(changed, correction), minute(21));
    // 25 mL until then, and 25 mL at 50 mL/h.
    assert_eq!(
        stretches(&basis(&visit).gone),
        [
            (START, minute(20), Decimal::from(75)),
            (minute(20), minute(50), Decimal::from(50)),
        ]
    );
}

#[test]
fn nothing_is_predicted_before_the_first_drug() {
    let visit = Visit::ready();
    assert_eq!(
        Basis::of(&visit.session, None, None),
        Err(NotPredicted::NothingGiven)
    );
}

// Hazard: H69
#[test]
fn a_weight_that_nobody_has_measured_is_no_number() {
    let mut order = order();
    order.reckoned = Some(Reckoned {
        weight: WeightKind::Adjusted,
        vial: MilligramsPerMillilitre::new(Decimal::from(50)).unwrap(),
        drawn: Millilitres::new(Decimal::new(7, 1)).unwrap(),
        diluent: Millilitres::new(Decimal::new(493, 1)).unwrap(),
    });
    let mut visit = Visit::ready_with(order, 0);
    visit.does(start(), START);
    assert_eq!(
        Basis::of(&visit.session, None, None),
        Err(NotPredicted::WeightUnknown)
    );
    let measured = Kilograms::new(Decimal::from(104)).unwrap();
    let basis = Basis::of(&visit.session, Some(measured), None).unwrap();
    assert_eq!(basis.weight, measured);
}
