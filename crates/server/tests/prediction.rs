//! Predicted concentrations in the product: shown only where the clinic has signed for it, made from
//! what was really given, recorded before they are shown, and drawn again from the record alone.
//!
//! Witness of numbers: pharmacokinetics reference 4.2, computed by another implementation: 0.5 mg/kg
//! over 40 min at 70 kg by Kamp is 253, 74, 50 and 26 ng/mL at 40, 80, 120 and 240 min. Two doses
//! add up, since the model is linear.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, order};
use clinical::course::prediction::{
    Act, BandsOf, Changed, Earlier, Gone, ModelNamed, Place, Predictions, Shown, Supposed,
};
use clinical::course::session::{Command, Reckoned, Session};
use clinical::dosing::WeightKind;
use clinical::patient::{BodyWeight, Patient};
use clinical::policy::{Quantity, Unit};
use clinical::record::SessionId;
use rust_decimal::Decimal;
use serde_json::Value;
use server::journey;
use server::prediction::{self, Drawings, Drawn, KeptModel, Prediction, Under, draw, drawn_says};
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
    // Weighed before the session that stands beside it: a weight of afterwards is not one of then.
    let mut person = person.clone();
    for weight in &mut person.weights {
        weight.at = weight.at - Span::from_hours(1);
    }
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
        &ready.drawn.earlier[0].as_ref().unwrap().exposure,
    );
    assert!((now.peak_ng_ml - then.peak_ng_ml).abs() < 1e-9);
    // 36 mg over an hour for 72 kg: highest at the end of the hour.
    assert!((now.peak_at.minutes() - 60.0).abs() < f64::EPSILON);
    let kept = recorded(&house, visit);
    assert_eq!(kept.shown.len(), 1);
    // Nobody has signed for it: whoever asks what stood in the room gets nothing.
    assert_eq!(kept.shown[0].place, Place::Draft);
    assert_eq!(kept.at(Place::Room, None), None);
    // Looked at once more it is the very same, out of memory.
    let Some(Prediction::Ready(again, _)) = planned() else {
        panic!("a curve");
    };
    assert!(std::sync::Arc::ptr_eq(&ready, &again));
    assert_eq!(recorded(&house, visit).shown.len(), 1);
    // A draft is called one, and says where blood would be drawn, by which second model, for whom.
    let mut prescriber = house.person("prescriber");
    let _ = room(&mut prescriber, session);
    let says = drawn_says(&ready.shown, &ready.drawn, Under::Picture).join(" ");
    for words in [
        "(arterial)",
        "80 and 95 of 100",
        "a second model",
        "version 1",
    ] {
        assert!(says.contains(words), "{words}: {says}");
    }
}

fn weighed(kilograms: i64, at: Moment) -> BodyWeight {
    BodyWeight {
        kilograms: Kilograms::new(Decimal::from(kilograms)).unwrap(),
        at,
        by: "Nora Lindqvist".to_owned(),
    }
}

#[test]
fn a_past_session_is_predicted_for_the_weight_of_its_day() {
    // Hazard: H69
    let house = House::staffed(|_| {});
    let session = running(&house);
    let kept = house.session(session);
    let began = kept.infusion().unwrap().started_at().unwrap();
    let mut other = order();
    other.weight_kind = Some(WeightKind::Adjusted);
    let supposed = Session {
        order: Some(other),
        ..(*kept).clone()
    };
    let person = Patient {
        weights: vec![
            weighed(120, began - Span::from_hours(24 * 90)),
            weighed(104, began),
            weighed(88, began + Span::from_minutes(1)),
        ],
        ..Patient::default()
    };
    let basis = prediction::basis(house.application(), &supposed, &person);
    assert_eq!(basis.unwrap().unwrap().weight.value(), Decimal::from(104));
    // Weighed only afterwards: what they weighed then is not known.
    let person = Patient {
        weights: vec![weighed(88, began + Span::from_minutes(1))],
        ..Patient::default()
    };
    let basis = prediction::basis(house.application(), &supposed, &person);
    assert!(basis.unwrap().is_err());
}

#[test]
fn what_cannot_be_drawn_beside_it_takes_nothing_else_away() {
    // Hazard: H69. Witness: models/kamp-2020.toml, validity: nobody below 18 years was studied.
    let earlier = |age| Earlier {
        session: SessionId(Uuid::now_v7()),
        from: Moment::from_microseconds(0),
        weight: Kilograms::new(Decimal::from(70)).unwrap(),
        age: Some(age),
        gone: vec![runs(0, 40, 75)],
    };
    // 500 doses are the most that the arithmetic takes: an order of more cannot be drawn.
    let too_many = (0..501).map(|k| runs(k, k + 1, 75)).collect();
    let shown = Shown {
        earlier: vec![earlier(17), earlier(30)],
        ordered: too_many,
        ..shown(vec![runs(0, 40, 75)])
    };
    let drawn = drawn(&shown);
    assert_eq!(drawn.band.len(), 241, "its own curve stands");
    let why = drawn.earlier[0].as_ref().unwrap_err();
    assert!(why.contains("18"), "{why}");
    assert_eq!(
        drawn.earlier[1].as_ref().unwrap().values,
        drawn.lines[0].values
    );
    assert_eq!(drawn.ordered, None);
    assert!(drawn.no_ordered.is_some());
}

#[test]
fn printed_figures_have_a_digest_of_their_own() {
    // Hazard: H69
    let one = drawn(&shown(vec![runs(0, 40, 75)]));
    let mut other = one.clone();
    other.lines[0].exposure.area_ng_h_ml *= 1.1;
    assert_eq!(one.digest(), other.digest(), "the curves are the same");
    assert_ne!(one.figures(), other.figures());
    let mut other = one.clone();
    let mut summary = one.summary.unwrap();
    summary.half_at_min[4] += 1.0;
    other.summary = Some(summary);
    assert_ne!(one.figures(), other.figures());
}

#[test]
fn a_supposed_change_is_worked_out_by_the_same_model() {
    // Hazard: H69. Witness: superposition. A pump that stops at minute 11 is one that runs, less one
    // that begins at minute 11; at half the rate, less half of that one.
    let whole = vec![runs(0, 40, 75)];
    let curve = drawn(&shown(whole.clone())).lines[0].values.clone();
    let at = |minutes| Moment::from_microseconds(0) + Span::from_minutes(minutes);
    let course = |act, gone| Supposed {
        act,
        rate: MillilitresPerHour::new(Decimal::from(75)).unwrap(),
        gone,
    };
    let supposed = Shown {
        changed: Some(Changed {
            at: at(11),
            courses: vec![
                course(Act::AsItStands, whole.clone()),
                course(Act::Stopped, vec![runs(0, 11, 75)]),
            ],
        }),
        ..shown(whole)
    };
    let drawn = drawn(&supposed);
    for (place, after) in [5_usize, 10, 20].into_iter().enumerate() {
        let stands = drawn.changed[0].levels[place];
        let stopped = drawn.changed[1].levels[place];
        assert!((stands.typical - curve[11 + after]).abs() < 1e-9);
        let expected = curve[11 + after] - curve[after];
        assert!((stopped.typical - expected).abs() < 1e-9, "{after}");
        // The people are those of the picture: where nothing is changed it is the same band.
        let row = stands.people.unwrap();
        assert!((row[0] - drawn.band[11 + after][0]).abs() < 1e-9);
        assert!(row[0] < row[1] && row[1] < row[2] && row[2] < row[3] && row[3] < row[4]);
    }
}

#[test]
fn what_a_change_would_come_to_is_a_page_that_charts_nothing() {
    // Hazard: H69
    let house = House::staffed(|_| {});
    let session = running(&house);
    let mut nurse = house.person("nurse");
    let path = format!("/sessions/{session}/supposed");
    let page = nurse.page(&path).text().to_owned();
    assert!(page.contains("Nothing is worked out"), "as shipped: {page}");
    house.adopts("prediction", "in_room", on());
    assert!(room(&mut nurse, session).contains(&path));
    let before = house.session(session).version;
    let page = nurse.page(&path).text().to_owned();
    for says in [
        SAYS,
        "Arithmetic, not advice",
        "goes on as it runs",
        "at half the rate, 30\u{a0}mL/h",
        "nothing more goes in",
        "In brackets: 95 of 100 of 1,024 simulated people",
        "in 20\u{a0}min",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    // 60 mL at 60 mL/h: the bag is not empty within the next twenty minutes.
    assert!(!page.contains("bag empty at"), "{page}");
    assert!(!page.contains("<form method=\"post\" action=\"/sessions"));
    assert_eq!(house.session(session).version, before);
    let kept = recorded(&house, session);
    let last = kept.at(Place::Supposed, None).unwrap();
    assert_eq!(last.shown.changed.as_ref().unwrap().courses.len(), 3);
    assert!(kept.at(Place::Room, None).unwrap().shown.changed.is_none());
}

/// The text of the printed record.
fn printed(person: &mut Person, session: SessionId) -> String {
    let pdf = person.page(&format!("/sessions/{session}/record.pdf"));
    assert_eq!(pdf.status, 200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.pdf");
    std::fs::write(&file, &pdf.body).unwrap();
    let read = Program::new("pdftotext")
        .arg(&file)
        .arg("-")
        .output()
        .expect("pdftotext is missing; install poppler-utils");
    let text = String::from_utf8(read.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_was_shown_in_the_room_is_on_paper_and_what_was_not_is_not() {
    // Hazard: H69
    let house = House::staffed(|_| {});
    house.adopts("prediction", "in_room", on());
    let session = running(&house);
    let mut nurse = house.person("nurse");
    let paper = printed(&mut nurse, session);
    assert!(!paper.contains("redicted"), "nobody has seen one: {paper}");
    room(&mut nurse, session);
    let seen = recorded(&house, session).shown.len();
    let paper = printed(&mut nurse, session);
    for says in [
        "Predicted, not measured",
        "Ketamine in plasma by Kamp 2020 (arterial): predicted, not measured",
        "No blood was taken for it.",
        "Kamp 2020, version 1 (arterial)",
        "80 and 95 of 100",
    ] {
        assert!(paper.contains(says), "{says}: {paper}");
    }
    // Printing shows nothing new: it draws what was recorded.
    assert_eq!(recorded(&house, session).shown.len(), seen);
}

#[test]
fn the_levels_when_recovery_was_checked_and_when_they_left_are_told_afterwards() {
    // Hazard: H69. Witness: pharmacokinetics reference 4.2: 0.5 mg/kg over 40 min at 70 kg by Kamp
    // is 74 ng/mL at 80 min and 26 at 240 min, of the typical person.
    let drawn = drawn(&shown(vec![runs(0, 40, 75)]));
    for (minutes, published) in [(80.0, 74.0), (79.6, 74.0), (240.0, 26.0)] {
        let levels = drawn.levels_at(minutes).unwrap();
        let (scenario, level) = levels[0];
        assert_eq!(scenario, None);
        assert!((level.typical - published).abs() <= 0.5, "{level:?}");
        let people = level.people.unwrap();
        assert!(people[0] < level.typical && level.typical < people[4]);
    }
    assert_eq!(drawn.levels_at(241.0), None, "beyond the picture");
    assert_eq!(drawn.levels_at(-1.0), None);
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
        left_out: Vec::new(),
        changed: None,
        bands: BandsOf::EightyAndNinetyFive,
        minutes: 240,
        people: 256,
        seed: 20,
    }
}

fn drawn(shown: &Shown) -> Drawn {
    let drawings = Drawings::shipped().unwrap();
    let models: Vec<&KeptModel> = ["kamp-2020", "venous-composite"]
        .into_iter()
        .map(|id| drawings.model(id).unwrap())
        .collect();
    let named = |named: &ModelNamed| {
        let kept = models.iter().find(|kept| kept.named == *named);
        kept.map(|kept| &kept.model)
    };
    draw(shown, named).unwrap()
}

fn typical(gone: Vec<Gone>) -> Vec<f64> {
    let drawn = drawn(&shown(gone));
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
    assert_eq!(answer["the_same_figures"], true);
    assert_eq!(answer["page"], "room");
    assert_eq!(answer["percentiles"][4], 97.5);
    assert_eq!(answer["digest"], last.drawn);
    assert_eq!(answer["says"], SAYS);
    // Before anybody had opened the page nothing was shown.
    let nothing = again(&["--at", "2020-01-01T00:00:00Z"]);
    assert_eq!(nothing.status.code(), Some(3));
}
