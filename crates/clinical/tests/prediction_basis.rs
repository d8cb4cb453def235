//! What a prediction is made from: what went in by the record, and never what was planned.
//!
//! Witness: milligrams and minutes worked out by hand. The order is 35 mg in 50 mL (0.7 mg/mL) at
//! 75 mL/h, which is 0.875 mg each minute for 40 minutes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::prediction::{
    Act, BandsOf, Basis, Changed, Gone, NotPredicted, Place, PredictionEvent, Predictions, Shown,
};
use clinical::course::session::{Command, Correction, Order, Reckoned};
use clinical::dosing::WeightKind;
use clinical::record::{
    Actor, CommandId, EventId, Folded as _, Header, StreamId, StreamKind, TenantId,
};
use rust_decimal::Decimal;
use units::{Kilograms, MilligramsPerMillilitre, Millilitres, Moment};
use uuid::Uuid;

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

// Hazard: H69
#[test]
fn a_bag_that_was_typed_and_a_device_keep_which_weight_they_were_reckoned_with() {
    // No vial is drawn up for either: nothing is said of how it is made ready.
    let typed = Order {
        weight_kind: Some(WeightKind::Adjusted),
        reckoned: None,
        ..order()
    };
    let mut visit = Visit::ready_with(typed, 0);
    visit.does(start(), START);
    assert_eq!(
        Basis::of(&visit.session, None, None),
        Err(NotPredicted::WeightUnknown)
    );
    let measured = Kilograms::new(Decimal::from(104)).unwrap();
    let basis = Basis::of(&visit.session, Some(measured), None).unwrap();
    assert_eq!(basis.weight, measured);
    assert_eq!(basis.reckoned_with, Some(WeightKind::Adjusted));
}

#[test]
fn an_order_of_an_earlier_release_says_its_weight_with_how_it_was_made_ready() {
    let before = Order {
        weight_kind: None,
        reckoned: Some(Reckoned {
            weight: WeightKind::Ideal,
            vial: MilligramsPerMillilitre::new(Decimal::from(50)).unwrap(),
            drawn: Millilitres::new(Decimal::new(7, 1)).unwrap(),
            diluent: Millilitres::new(Decimal::new(493, 1)).unwrap(),
        }),
        ..order()
    };
    let text = serde_json::to_string(&before).unwrap();
    assert!(!text.contains("weight_kind"), "{text}");
    let read: Order = serde_json::from_str(&text).unwrap();
    assert_eq!(read.reckoned_with(), Some(WeightKind::Ideal));
    assert_eq!(order().reckoned_with(), None, "unknown is not measured");
}

fn course(changed: &Changed, act: Act) -> Vec<(Moment, Moment, Decimal)> {
    let found = changed.courses.iter().find(|course| course.act == act);
    stretches(&found.unwrap().gone)
}

// Hazard: H69. Witness: by hand. 50 mL at 75 mL/h; at minute 11 13.75 mL are gone, and the other
// 36.25 mL take 58 minutes at 37.5 mL/h.
#[test]
fn a_supposed_change_begins_at_the_next_whole_minute_and_leaves_what_went_in_as_it_is() {
    let mut visit = Visit::running();
    let changed = Changed::now(&visit.session, second(10 * 60 + 20)).unwrap();
    assert_eq!(changed.at, minute(11));
    let whole = Decimal::from(75);
    assert_eq!(
        course(&changed, Act::AsItStands),
        [(START, minute(40), whole)]
    );
    assert_eq!(
        course(&changed, Act::HalfTheRate),
        [
            (START, minute(11), whole),
            (minute(11), minute(69), Decimal::new(375, 1)),
        ]
    );
    assert_eq!(course(&changed, Act::Stopped), [(START, minute(11), whole)]);
    // The order's rate is the one at which it runs: it is no other course.
    assert_eq!(changed.courses.len(), 3);
    // Exactly on a minute it is that minute.
    let exactly = Changed::now(&visit.session, minute(12)).unwrap();
    assert_eq!(exactly.at, minute(12));

    // Paused: it stays so, or goes on as ordered, or at half. Nothing is left to stop.
    visit.does(pause(), minute(20));
    let paused = Changed::now(&visit.session, minute(30)).unwrap();
    let acts: Vec<Act> = paused.courses.iter().map(|course| course.act).collect();
    assert_eq!(acts, [Act::AsItStands, Act::AsOrdered, Act::HalfTheRate]);
    assert_eq!(
        course(&paused, Act::AsOrdered),
        [(START, minute(20), whole), (minute(30), minute(50), whole),]
    );
    let half = paused.courses.last().unwrap();
    assert_eq!(half.rate.value(), Decimal::new(375, 1));
}

#[test]
fn nothing_is_supposed_before_the_first_drug() {
    assert_eq!(Changed::now(&Visit::ready().session, START), None);
}

fn a_header() -> Header {
    Header {
        tenant: TenantId(Uuid::from_u128(1)),
        position: 1,
        stream: StreamId::of(StreamKind::Prediction, Uuid::from_u128(2)),
        stream_version: 1,
        event_id: EventId(Uuid::from_u128(3)),
        kind: "PredictionShown".to_owned(),
        schema_version: 1,
        actor: Actor::System {
            part: "prediction".to_owned(),
        },
        command_id: CommandId(Uuid::from_u128(4)),
        occurred_at: START,
        recorded_at: START,
        previous: [0; 32],
    }
}

fn shown_event(more: &str) -> PredictionEvent {
    let text = format!(
        r#"{{"event":"PredictionShown","shown":{{"model":{{"id":"kamp-2020","version":1,"digest":"d"}},
        "route":"intravenous","weight":"70","from":{from},"gone":[],"minutes":240,"people":1024,"seed":20}},
        "rules":1,"release":"0.1.0","drawn":"x"{more}}}"#,
        from = serde_json::to_string(&START).unwrap(),
    );
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

// Hazard: H69
#[test]
fn a_draft_is_never_taken_for_what_stood_in_the_room() {
    let mut kept = Predictions::default();
    let header = a_header();
    // As releases wrote it that did not say the page: an order that was not saved had version 0.
    kept.take(&header, &shown_event(r#","session_version":7"#));
    kept.take(&header, &shown_event(r#","session_version":0"#));
    kept.take(
        &header,
        &shown_event(r#","session_version":9,"place":"supposed""#),
    );
    let of = |place| kept.at(place, None).map(|was| was.session_version);
    assert_eq!(of(Place::Room), Some(7));
    assert_eq!(of(Place::Draft), Some(0));
    assert_eq!(of(Place::Supposed), Some(9));
    // What they drew is drawn again by the percentiles of then.
    let shown: &Shown = &kept.shown[0].shown;
    assert_eq!(shown.bands, BandsOf::FiftyAndNinety);
    assert_eq!(kept.shown[0].figures, None);
    assert!(!kept.stands(
        Place::Room,
        &Shown {
            minutes: 60,
            ..shown.clone()
        }
    ));
}

// Hazard: H69. Witness: pharmacokinetics reference 7, "default 80 % and 95 % of simulated people".
#[test]
fn the_bands_are_of_80_and_95_of_100() {
    let bands = BandsOf::EightyAndNinetyFive;
    assert_eq!(bands.of_100(), (80, 95));
    let [lowest, low, middle, high, highest] = bands.per_mille();
    assert_eq!((highest - lowest, high - low, middle), (950, 800, 500));
    assert_eq!(1_000 - highest, lowest, "as many above as below");
    assert_eq!(1_000 - high, low);
}
