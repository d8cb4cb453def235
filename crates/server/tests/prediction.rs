//! Predicted concentrations in the product: shown only where the clinic has signed for it, made from
//! what was really given, recorded before they are shown, and drawn again from the record alone.
//!
//! Witness of numbers: pharmacokinetics reference 4.2, computed by another implementation: 0.5 mg/kg
//! over 40 min at 70 kg by Kamp is 253, 74, 50 and 26 ng/mL at 40, 80, 120 and 240 min. Two doses
//! add up, since the model is linear.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, order};
use clinical::course::prediction::{Gone, ModelNamed, Predictions, Shown};
use clinical::course::session::{Command, Reckoned, Session};
use clinical::dosing::WeightKind;
use clinical::patient::Patient;
use clinical::policy::{Quantity, Unit};
use clinical::record::SessionId;
use rust_decimal::Decimal;
use serde_json::Value;
use server::journey;
use server::prediction::{self, Drawings, KeptModel, Prediction, draw};
use std::process::Command as Program;
use units::{Kilograms, MilligramsPerMillilitre, Millilitres, MillilitresPerHour, Moment, Span};
use uuid::Uuid;

const SAYS: &str = "predicted, not measured";

fn on() -> Quantity {
    Quantity {
        value: Decimal::ONE,
        unit: Unit::Switch,
    }
}

fn room(person: &mut Person, session: SessionId) -> String {
    let answer = person.page(&format!("/sessions/{session}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_owned()
}

fn recorded(house: &House, session: SessionId) -> Predictions {
    let read = journey::read::<Predictions>(house.application(), session.0);
    house.wait_for(read).unwrap().state
}

/// 36 mg in an hour for 72 kg, running since a minute ago.
fn running(house: &House) -> SessionId {
    let (_, session) = house.ready_session("4711", "Room 1");
    let start = Command::StartInfusion {
        override_reason: None,
        second_clinician: None,
    };
    let begun = house.application().clock.now() - Span::from_minutes(1);
    house.tell(session, begun, start).unwrap();
    session
}

fn pause() -> Command {
    Command::PauseInfusion {
        reason: String::new(),
    }
}

#[test]
fn nothing_is_predicted_on_any_page_until_the_clinic_has_signed_for_it() {
    // Hazard: H69
    let house = House::staffed(|_| {});
    let session = running(&house);
    let mut nurse = house.person("nurse");
    let page = room(&mut nurse, session);
    assert!(
        !page.contains(SAYS) && !page.contains("predicted"),
        "{page}"
    );
    assert!(recorded(&house, session).shown.is_empty());
}

#[test]
fn what_is_shown_is_in_the_record_once_for_each_change_of_what_was_given() {
    // Hazard: H69
    let house = House::staffed(|_| {});
    house.adopts("prediction", "in_room", on());
    let session = running(&house);
    let mut nurse = house.person("nurse");
    let before = house.session(session);
    let page = room(&mut nurse, session);
    for says in [
        SAYS,
        "Kamp 2020 (arterial)",
        "a second model",
        "No pump is read.",
    ] {
        assert!(page.contains(says), "{says}");
    }
    let band = page.find("predicted-wide").unwrap();
    let line = page.find("predicted-typical").unwrap();
    assert!(band < line, "the band stands before the line");

    // Whoever looks again sees the same, and nothing more is written; nothing of it is in the
    // session, whose gates cannot read it.
    room(&mut nurse, session);
    let first = recorded(&house, session);
    assert_eq!(first.shown.len(), 1);
    assert_eq!(house.session(session).version, before.version);

    // A pause changes the numbers; another reading of vital signs does not.
    house
        .tell(session, house.application().clock.now(), pause())
        .unwrap();
    room(&mut nurse, session);
    let second = recorded(&house, session);
    assert_eq!(second.shown.len(), 2);
    assert_ne!(second.shown[0].drawn, second.shown[1].drawn);
    assert!(matches!(
        second.shown[1].shown.gone.as_slice(),
        [Gone::Running { .. }]
    ));
}

#[test]
fn a_weight_that_nobody_knows_gives_words_and_no_curve() {
    // Hazard: H69
    let house = House::staffed(|_| {});
    house.adopts("prediction", "in_room", on());
    let session = running(&house);
    let kept = house.session(session);
    let mut other = order();
    other.reckoned = Some(Reckoned {
        weight: WeightKind::Adjusted,
        vial: MilligramsPerMillilitre::new(Decimal::from(50)).unwrap(),
        drawn: Millilitres::new(Decimal::new(72, 2)).unwrap(),
        diluent: Millilitres::new(Decimal::new(5_928, 2)).unwrap(),
    });
    let supposed = Session {
        order: Some(other),
        ..(*kept).clone()
    };
    let application = house.application();
    let person = house.wait_for(server::patients::read(application, kept.patient.unwrap()));
    let weighed = person.unwrap().unwrap();
    let person = Patient {
        weights: Vec::new(),
        ..weighed.clone()
    };
    let shown = house.wait_for(prediction::of_session(application, &supposed, &person));
    let Ok(Some(Prediction::None(says))) = shown else {
        panic!("{shown:?}");
    };
    assert!(
        says.contains("the body weight as measured is not known"),
        "{says}"
    );
    assert!(recorded(&house, session).shown.is_empty());
}

#[test]
fn a_planned_dose_stands_beside_what_the_last_session_came_to_and_is_recorded_too() {
    // Hazard: H69
    let house = House::staffed(|_| {});
    let session = running(&house);
    let kept = house.session(session);
    let (application, patient) = (house.application(), kept.patient.unwrap());
    let person = house.wait_for(server::patients::read(application, patient));
    let person = person.unwrap().unwrap();
    let visit = SessionId(Uuid::now_v7());
    let starts = application.clock.now() + Span::from_hours(72);
    let planned = || {
        let of = (visit, patient, &person);
        let what = (&order(), starts);
        let earlier = std::slice::from_ref(&kept);
        house
            .wait_for(prediction::of_order(application, of, what, earlier))
            .unwrap()
    };
    assert!(planned().is_none(), "as shipped nothing is shown");
    house.adopts("prediction", "with_order", on());
    let Some(Prediction::Ready(ready, _)) = planned() else {
        panic!("a curve");
    };
    // The same order was given then, from its own zero: the typical person is the same one.
    assert_eq!(ready.shown.earlier.len(), 1);
    let (now, then) = (
        &ready.drawn.lines[0].exposure,
        &ready.drawn.earlier[0].exposure,
    );
    assert!((now.peak_ng_ml - then.peak_ng_ml).abs() < 1e-9);
    // 36 mg over an hour for 72 kg: highest at the end of the hour.
    assert!((now.peak_at.minutes() - 60.0).abs() < f64::EPSILON);
    assert_eq!(recorded(&house, visit).shown.len(), 1);
}

fn model(id: &str) -> ModelNamed {
    let drawings = Drawings::shipped().unwrap();
    drawings.model(id).unwrap().named.clone()
}

/// mL/h for so many minutes from a minute on, of 0.7 mg/mL.
fn runs(from: i64, until: i64, rate: i64) -> Gone {
    let at = |minutes: i64| Moment::from_microseconds(0) + Span::from_minutes(minutes);
    Gone::Running {
        from: at(from),
        until: at(until),
        rate: MillilitresPerHour::new(Decimal::from(rate)).unwrap(),
        concentration: MilligramsPerMillilitre::new(Decimal::new(7, 1)).unwrap(),
    }
}

/// Somebody of 70 kg and 30 years, by Kamp.
fn shown(gone: Vec<Gone>) -> Shown {
    Shown {
        model: model("kamp-2020"),
        beside: Some(model("venous-composite")),
        route: "intravenous".to_owned(),
        weight: Kilograms::new(Decimal::from(70)).unwrap(),
        age: Some(30),
        from: Moment::from_microseconds(0),
        gone,
        ordered: vec![runs(0, 40, 75)],
        known_until: None,
        earlier: Vec::new(),
        minutes: 240,
        people: 256,
        seed: 20,
    }
}

fn typical(gone: Vec<Gone>) -> Vec<f64> {
    let drawings = Drawings::shipped().unwrap();
    let models: Vec<&KeptModel> = ["kamp-2020", "venous-composite"]
        .into_iter()
        .map(|id| drawings.model(id).unwrap())
        .collect();
    let named = |named: &ModelNamed| {
        let kept = models.iter().find(|kept| kept.named == *named);
        kept.map(|kept| &kept.model)
    };
    let drawn = draw(&shown(gone), named).unwrap();
    assert_eq!(drawn.band.len(), 241);
    assert_eq!(
        drawn.differs_from_order(),
        drawn.lines[0].values != drawn.ordered.clone().unwrap()
    );
    drawn.lines[0].values.clone()
}

#[test]
fn the_curve_is_that_of_another_implementation_and_a_pause_is_two_infusions() {
    // Hazard: H69
    let whole = typical(vec![runs(0, 40, 75)]);
    for (minute, published) in [(40, 253.0), (80, 74.0), (120, 50.0), (240, 26.0)] {
        let found: f64 = whole[minute];
        assert!((found - published).abs() <= 0.5, "{minute}: {found}");
    }
    // Ten minutes, a pause of five, and the rest: the first ten minutes' own curve, and that of the
    // other thirty moved to minute 15, add up.
    let ten = typical(vec![runs(0, 10, 75)]);
    let thirty = typical(vec![runs(0, 30, 75)]);
    let paused = typical(vec![runs(0, 10, 75), runs(15, 45, 75)]);
    for minute in 15..=240 {
        let sum = ten[minute] + thirty[minute - 15];
        assert!((paused[minute] - sum).abs() < 1e-9, "{minute}");
    }
    assert!(paused[15] < whole[15] && paused[40] < whole[40]);
}

#[test]
fn what_was_shown_is_drawn_again_from_the_record_alone() {
    // Hazard: H69
    let mut house = House::demo();
    let session = house.session_in("2");
    let mut nurse = house.person("nurse");
    let page = room(&mut nurse, session);
    assert!(page.contains(SAYS));
    assert!(
        page.contains("predicted-ordered"),
        "the demo's pause and slower rate part from the order"
    );
    let kept = recorded(&house, session);
    let last = kept.shown.last().unwrap().clone();
    let running = last.shown.gone.iter();
    let rates = running.filter(|gone| matches!(gone, Gone::Running { .. }));
    assert!(rates.count() >= 3, "{:?}", last.shown.gone);
    house.stop();

    let again = |more: &[&str]| {
        Program::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["pk", "again", "--session", &session.to_string()])
            .arg("--data-dir")
            .arg(house.folder())
            .args(more)
            .output()
            .unwrap()
    };
    let output = again(&[]);
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{says}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["the_same_numbers"], true);
    assert_eq!(answer["digest"], last.drawn);
    assert_eq!(answer["says"], SAYS);
    // Before anybody had opened the page nothing was shown.
    let nothing = again(&["--at", "2020-01-01T00:00:00Z"]);
    assert_eq!(nothing.status.code(), Some(3));
}
