//! What clinicians enter into a history themselves: over HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;
mod stranger;

use clinical::course::intake::{Item, Said};
use clinical::course::screening::person::{Examination, Indication, TestValue};
use clinical::record::PatientId;
use house::{House, Person};
use stranger::http::Answer;
use uuid::Uuid;

fn enters(person: &mut Person, patient: PatientId, fields: &[(&str, &str)]) -> Answer {
    let (csrf, id) = (person.csrf(), Uuid::new_v4().to_string());
    let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
    all.extend_from_slice(fields);
    let path = format!("/patients/{patient}/history");
    person.post(&path, &[("accept", "text/html")], &all)
}

fn said(house: &House, patient: PatientId, name: &str) -> Option<Said> {
    let read = server::history::read(house.application(), patient);
    let kept = house.wait_for(read).unwrap();
    kept.state.said(&Item::of_name(name).unwrap()).cloned()
}

#[test]
fn a_prescriber_enters_what_only_clinicians_answer_and_what_was_left_empty_stays() {
    let house = House::staffed(|_| {});
    let now = house.application().clock.now();
    let patient = house.register("0042-118", now);
    let mut prescriber = house.person("prescriber");
    let done = enters(
        &mut prescriber,
        patient,
        &[
            ("indication", "treatment-resistant-depression"),
            ("liver", "none"),
            ("suicide-risk", "low"),
            ("agreement.off-label-explained", "yes"),
            ("test.liver:value", "0.8"),
            ("test.liver:on", "2026-01-05"),
            ("test.electrocardiogram", "not-done"),
            ("scale.audit-c:value", "1"),
            ("blood-pressures:systolic", "118"),
            ("blood-pressures:diastolic", "74"),
            ("blood-pressures:on", "2026-01-05"),
        ],
    );
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        said(&house, patient, "indication"),
        Some(Said::Indication(Indication::TreatmentResistantDepression))
    );
    assert_eq!(
        said(&house, patient, "agreement.off-label-explained"),
        Some(Said::Yes(true))
    );
    assert_eq!(
        said(&house, patient, "test.liver"),
        Some(Said::Test(Examination::Done {
            on: "2026-01-05".parse().unwrap(),
            value: Some(TestValue::Number("0.8".parse().unwrap())),
        }))
    );
    assert_eq!(said(&house, patient, "scale.dast-10"), None);
    // A second measurement is added to the first.
    let pressure = [
        ("blood-pressures:systolic", "122"),
        ("blood-pressures:diastolic", "78"),
        ("blood-pressures:on", "2026-01-12"),
    ];
    assert_eq!(enters(&mut prescriber, patient, &pressure).status, 303);
    let Some(Said::Pressures(all)) = said(&house, patient, "blood-pressures") else {
        panic!("no pressures");
    };
    assert_eq!(all.len(), 2);
    assert!(said(&house, patient, "liver").is_some());
    let page = prescriber
        .page(&format!("/patients/{patient}/history"))
        .text()
        .to_string();
    assert!(page.contains("0.8, on 5 Jan 2026"));
    assert!(page.contains("prescriber, "), "who entered it");
}

#[test]
fn what_cannot_be_is_told_and_nothing_that_was_typed_is_lost() {
    let house = House::staffed(|_| {});
    let now = house.application().clock.now();
    let patient = house.register("0042-118", now);
    let (mut nurse, mut desk) = (house.person("nurse"), house.person("front-desk"));
    let wrong: [&[(&str, &str)]; 5] = [
        &[("blood-pressures:systolic", "118")],
        &[("test.liver:value", "0.8")],
        &[("test.liver", "not-done"), ("test.liver:on", "2026-01-05")],
        &[("scale.audit-c:value", "13")],
        &[],
    ];
    for fields in wrong {
        let told = enters(&mut nurse, patient, fields);
        assert!(
            matches!(told.status, 409 | 422),
            "{fields:?}: {}",
            told.status
        );
        if let Some((_, typed)) = fields.last() {
            assert!(told.text().contains(typed), "{fields:?}");
        }
    }
    assert_eq!(said(&house, patient, "scale.audit-c"), None);
    assert_eq!(enters(&mut desk, patient, &[("liver", "none")]).status, 403);
}
