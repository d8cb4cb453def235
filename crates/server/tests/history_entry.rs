//! What clinicians enter into a history themselves: over HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use crate::stranger::http::Answer;
use anyhow::anyhow;
use clinical::course::intake::{Command, Intolerant, Item, Said, TakenMedicine, Through};
use clinical::course::screening::medicine::{Medicine, Use};
use clinical::course::screening::person::{
    Examination, Indication, Intolerance, Reaction, TestValue,
};
use clinical::record::{Actor, CommandId, PatientId, Role, StaffId};
use server::fault::Fault;
use server::history::{Speaker, change};
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

/// Has the patient tell something on their phone.
fn tells(house: &House, patient: PatientId, item: Item, answer: &Said) {
    let speaker = Speaker {
        actor: Actor::Person {
            id: StaffId(patient.0),
            role: Role::Patient,
            name: "Ana Moreno".to_owned(),
        },
        through: Through::OwnDevice,
        language: clinical::leaflet::Language::English,
    };
    let id = CommandId(Uuid::new_v4());
    let told = format!("{answer:?}");
    let change = change(house.application(), id, &speaker, patient, told, |_| {
        vec![Command::Say {
            item: item.clone(),
            answer: answer.clone(),
        }]
    });
    house
        .wait_for(async {
            change
                .await
                .map_err(|refused| Fault(anyhow!(refused.says())))
        })
        .unwrap();
}

fn medicine(words: &str) -> TakenMedicine {
    TakenMedicine {
        medicine: Medicine {
            words: words.to_owned(),
            codes: Vec::new(),
            status: Use::Current,
            last_taken: None,
            milligrams_per_day: None,
            morphine_equivalent: None,
            review: None,
        },
        how: String::new(),
    }
}

fn saves(
    person: &mut Person,
    (patient, list): (PatientId, &str),
    seen: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let (csrf, id) = (person.csrf(), Uuid::new_v4().to_string());
    let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
    all.push(("seen", seen));
    all.extend_from_slice(fields);
    let path = format!("/patients/{patient}/history/{list}");
    person.post(&path, &[("accept", "text/html")], &all)
}

// Hazard: H24, H25
#[test]
fn words_that_no_list_knows_stop_everything_until_a_clinician_says_what_they_are() {
    let house = House::staffed(|_| {});
    let now = house.application().clock.now();
    let patient = house.register("0042-118", now);
    let mut prescriber = house.person("prescriber");
    let unknown = Said::Medicines {
        list: vec![medicine("grandmother's drops")],
        whole: true,
    };
    tells(&house, patient, Item::Medicines, &unknown);
    let penicillin = Intolerant {
        intolerance: Intolerance {
            substance: "penicillin".to_owned(),
            is_of_the_product: None,
            reaction: Reaction::Allergy,
        },
        happened: "rash".to_owned(),
    };
    let allergy = Said::Intolerances {
        list: vec![penicillin],
        whole: true,
    };
    tells(&house, patient, Item::Intolerances, &allergy);
    let review = format!("/patients/{patient}/review");
    let before = prescriber.page(&review).text().to_string();
    assert!(before.contains("waits for review: grandmother"));
    assert!(before.contains("Not tolerated, “penicillin”: is it ketamine"));
    // Who they are says at once what they do not tolerate.
    assert!(before.contains("penicillin (rash)"), "in the strip");

    // Neither classes nor "none of these": asked back, with everything typed.
    let medicines = (patient, "medicines");
    let drops = [("0:name", "grandmother's drops"), ("0:is", "classes")];
    let asked = saves(&mut prescriber, medicines, "1", &drops);
    assert_eq!(asked.status, 422, "{}", asked.text());
    assert!(asked.text().contains("tick the classes of"));
    let judged = [
        ("0:name", "grandmother's drops"),
        ("0:is", "classes"),
        ("0:class", "sedative"),
        ("whole", "yes"),
    ];
    assert_eq!(saves(&mut prescriber, medicines, "1", &judged).status, 303);
    let substance = [
        ("0:name", "penicillin"),
        ("0:happened", "rash"),
        ("0:reaction", "allergy"),
        ("0:product", "no"),
        ("whole", "yes"),
    ];
    let allergies = (patient, "allergies");
    assert_eq!(
        saves(&mut prescriber, allergies, "1", &substance).status,
        303
    );
    let after = prescriber.page(&review).text().to_string();
    assert!(!after.contains("waits for review"));
    assert!(!after.contains("is it ketamine, esketamine or what"));
    let page = prescriber.page(&format!("/patients/{patient}/history/medicines"));
    assert!(page.text().contains("The rules read: sedative."));

    // The patient adds one on the phone; a page that was opened before takes nothing away.
    let Some(Said::Medicines { mut list, .. }) = said(&house, patient, "medicines") else {
        panic!("no medicines");
    };
    list.push(medicine("sertraline"));
    let more = Said::Medicines { list, whole: true };
    tells(&house, patient, Item::Medicines, &more);
    let stale = saves(&mut prescriber, medicines, "2", &judged);
    assert_eq!(stale.status, 409, "{}", stale.text());
    assert!(stale.text().contains("somebody else has changed"));
    assert_eq!(said(&house, patient, "medicines"), Some(more));

    let mut desk = house.person("front-desk");
    assert_eq!(saves(&mut desk, medicines, "3", &judged).status, 403);
}

#[test]
fn pounds_and_inches_that_staff_type_as_kilograms_and_centimetres_are_asked_back() {
    // Hazard: H18
    let house = House::staffed(|_| {});
    let now = house.application().clock.now();
    let patient = house.register("0042-118", now);
    let mut nurse = house.person("nurse");
    // 150 lb is 68 kg, ordinary at 170 cm; 150 kg there is a body-mass index of 52.
    let typed = [("height:value", "170"), ("weight:value", "150")];
    let asked = enters(&mut nurse, patient, &typed);
    assert_eq!(asked.status, 422);
    let page = asked.text();
    assert!(page.contains("looks like pounds"), "{page}");
    assert!(page.contains("150 is right, in this unit"), "{page}");
    assert_eq!(said(&house, patient, "weight"), None);
    let inches = enters(&mut nurse, patient, &[("height:value", "69")]);
    assert_eq!(inches.status, 422, "five feet nine are no centimetres");
    let ticked = [
        ("height:value", "170"),
        ("weight:value", "150"),
        ("weight:right", "150"),
    ];
    assert_eq!(enters(&mut nurse, patient, &ticked).status, 303);
    assert!(said(&house, patient, "weight").is_some());
}
