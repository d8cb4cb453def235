//! Charted values as Observations.
//!
//! Witnesses: the clinical reference §11.1 and §11.5 and the device reference §5.1 for codes and
//! units; the US Core profile pages for what a profile requires.

use crate::story::{
    DEVICE, PATIENT, SESSION, Story, at, by_device, by_hand, correct, distress, full_set, sedation,
    set,
};
use crate::wire::{find, json_of, observation, pointer};
use clinical::course::session::{Command, Correction};
use serde_json::json;

/// Sign, US Core profile, LOINC codes, number and UCUM unit.
type SignRow = (
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
    Option<(&'static str, &'static str)>,
);

#[test]
fn every_vital_sign_has_what_its_us_core_profile_requires() {
    let mut story = Story::started();
    let entry = story.tell(at(5), by_device(full_set())).unwrap();
    let table: [SignRow; 6] = [
        (
            "blood-pressure",
            Some("us-core-blood-pressure"),
            &["85354-9"],
            None,
        ),
        (
            "heart-rate",
            Some("us-core-heart-rate"),
            &["8867-4"],
            Some(("81", "/min")),
        ),
        (
            "respiratory-rate",
            Some("us-core-respiratory-rate"),
            &["9279-1"],
            Some(("14", "/min")),
        ),
        (
            "oxygen-saturation",
            Some("us-core-pulse-oximetry"),
            &["59408-5", "2708-6"],
            Some(("97", "%")),
        ),
        (
            "end-tidal-co2",
            None,
            &["19891-1"],
            Some(("38.5", "mm[Hg]")),
        ),
        (
            "temperature",
            Some("us-core-body-temperature"),
            &["8310-5"],
            Some(("36.9", "Cel")),
        ),
    ];
    for (sign, profile, codes, quantity) in table {
        let json = json_of(&story, &format!("{entry}-{sign}"));
        let profile = profile.map(|name| {
            json!([format!(
                "http://hl7.org/fhir/us/core/StructureDefinition/{name}"
            )])
        });
        assert_eq!(json["meta"].get("profile"), profile.as_ref(), "{sign}");
        assert_eq!(json["status"], "final");
        let category = pointer(&json, "/category/0/coding/0");
        assert_eq!(category["code"], "vital-signs");
        assert_eq!(
            category["system"],
            "http://terminology.hl7.org/CodeSystem/observation-category"
        );
        let found: Vec<_> = json["code"]["coding"]
            .as_array()
            .unwrap()
            .iter()
            .map(|coding| {
                assert_eq!(coding["system"], "http://loinc.org");
                coding["code"].as_str().unwrap()
            })
            .collect();
        assert_eq!(found, codes, "{sign}");
        assert_eq!(json["subject"]["reference"], format!("Patient/{PATIENT}"));
        assert_eq!(
            json["encounter"]["reference"],
            format!("Encounter/{SESSION}")
        );
        assert_eq!(json["effectiveDateTime"], "2026-11-03T10:05:00Z");
        assert_eq!(json["issued"], "2026-11-03T10:05:00.250Z");
        if let Some((number, unit)) = quantity {
            let given = &json["valueQuantity"];
            assert_eq!(given["value"].to_string(), number, "{sign}");
            assert_eq!(given["system"], "http://unitsofmeasure.org");
            assert_eq!(given["code"], unit, "{sign}");
            assert!(given["unit"].is_string());
        }
    }
}

#[test]
fn a_blood_pressure_is_one_panel_of_systolic_diastolic_and_mean() {
    let mut story = Story::started();
    let entry = story.tell(at(5), by_device(full_set())).unwrap();
    let json = json_of(&story, &format!("{entry}-blood-pressure"));
    let parts: Vec<_> = json["component"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            (
                pointer(part, "/code/coding/0/code").as_str().unwrap(),
                pointer(part, "/valueQuantity/value").to_string(),
                pointer(part, "/valueQuantity/code").as_str().unwrap(),
            )
        })
        .collect();
    let part = |code, value: &str| (code, value.to_owned(), "mm[Hg]");
    assert_eq!(
        parts,
        [
            part("8480-6", "134"),
            part("8462-4", "79"),
            part("8478-0", "97")
        ]
    );
    assert!(json.get("valueQuantity").is_none());
}

#[test]
fn a_value_by_device_names_the_device_and_a_value_by_hand_names_who_charted_it() {
    let mut story = Story::started();
    let device = story.tell(at(5), by_device(full_set())).unwrap();
    let hand = story.tell(at(6), by_hand(full_set())).unwrap();
    let by_device = json_of(&story, &format!("{device}-heart-rate"));
    assert_eq!(by_device["device"]["reference"], format!("Device/{DEVICE}"));
    assert_eq!(by_device["device"]["display"], "Monitor room 3");
    assert!(by_device.get("performer").is_none());
    assert_eq!(by_device["method"]["text"], "pulse oximeter");
    let by_hand = json_of(&story, &format!("{hand}-heart-rate"));
    assert_eq!(pointer(&by_hand, "/performer/0/display"), "Jo Tan RN");
    assert!(by_hand.get("device").is_none());
}

#[test]
fn a_device_that_nobody_registered_is_named_and_not_referred_to() {
    let mut story = Story::started();
    let entry = story.tell(at(5), by_device(full_set())).unwrap();
    story.devices.clear();
    let json = json_of(&story, &format!("{entry}-heart-rate"));
    assert_eq!(json["device"], json!({"display": "MON-3"}));
}

#[test]
fn a_score_carries_our_own_code_and_always_its_words() {
    let mut story = Story::started();
    let responsiveness = Command::ScoreSedation { score: sedation(4) };
    let alert = story.tell(at(5), responsiveness).unwrap();
    let distressed = Command::ScoreDistress { score: distress(7) };
    let uneasy = story.tell(at(6), distressed).unwrap();
    let json = json_of(&story, &format!("{alert}-sedation"));
    assert_eq!(
        pointer(&json, "/code/coding/0/system"),
        "urn:evenkeel:code-system:observation"
    );
    assert!(json["code"]["text"].as_str().unwrap().contains("Alertness"));
    assert_eq!(json["valueQuantity"]["value"].to_string(), "4");
    assert_eq!(json["valueQuantity"]["code"], "{score}");
    assert_eq!(pointer(&json, "/category/0/coding/0/code"), "exam");
    let json = json_of(&story, &format!("{uneasy}-distress"));
    assert_eq!(json["valueQuantity"]["value"].to_string(), "7");
    assert_eq!(pointer(&json, "/category/0/coding/0/code"), "survey");
}

#[test]
fn a_corrected_value_is_corrected_and_says_what_was_charted_before() {
    // Hazard: H42
    let mut story = Story::started();
    let values = set(Some(("188", "90")), "80", "96");
    let entry = story.tell(at(5), by_hand(values)).unwrap();
    let values = set(Some(("118", "90")), "80", "96");
    story
        .tell(at(8), correct(entry, Correction::VitalSigns { values }))
        .unwrap();
    let json = json_of(&story, &format!("{entry}-blood-pressure"));
    assert_eq!(json["status"], "corrected");
    assert_eq!(
        pointer(&json, "/component/0/valueQuantity/value").to_string(),
        "118"
    );
    // When it was measured stays; when it was issued is when it was put right.
    assert_eq!(json["effectiveDateTime"], "2026-11-03T10:05:00Z");
    assert_eq!(json["issued"], "2026-11-03T10:08:00.250Z");
    assert_eq!(json["meta"]["versionId"], "8");
    let note = pointer(&json, "/note/0/text").as_str().unwrap();
    assert!(
        note.contains("Wrong field") && note.contains("188/90"),
        "{note}"
    );
    // The heart rate of the same entry was right and stays as it was.
    let heart_rate = json_of(&story, &format!("{entry}-heart-rate"));
    assert_eq!(heart_rate["status"], "final");
    assert_eq!(heart_rate["meta"]["versionId"], "7");
}

#[test]
fn a_struck_value_is_entered_in_error_and_keeps_what_was_charted() {
    // Hazard: H42
    let mut story = Story::started();
    let values = set(Some(("188", "90")), "80", "96");
    let entry = story.tell(at(5), by_hand(values)).unwrap();
    story
        .tell(at(8), correct(entry, Correction::Struck))
        .unwrap();
    for sign in ["blood-pressure", "heart-rate", "oxygen-saturation"] {
        let json = json_of(&story, &format!("{entry}-{sign}"));
        assert_eq!(json["status"], "entered-in-error", "{sign}");
    }
    let json = json_of(&story, &format!("{entry}-heart-rate"));
    assert_eq!(json["valueQuantity"]["value"].to_string(), "80");
}

#[test]
fn a_sign_that_the_right_entry_no_longer_holds_is_entered_in_error() {
    // Hazard: H42
    let mut story = Story::started();
    let values = set(Some(("120", "80")), "80", "96");
    let entry = story.tell(at(5), by_hand(values)).unwrap();
    let values = set(None, "80", "96");
    story
        .tell(at(8), correct(entry, Correction::VitalSigns { values }))
        .unwrap();
    let json = json_of(&story, &format!("{entry}-blood-pressure"));
    assert_eq!(json["status"], "entered-in-error");
    assert_eq!(
        pointer(&json, "/component/0/valueQuantity/value").to_string(),
        "120"
    );
}

#[test]
fn a_reading_of_observation_keeps_the_number_digit_for_digit() {
    let mut story = Story::started();
    let entry = story.tell(at(5), by_device(full_set())).unwrap();
    let resources = story.resources();
    let temperature = observation(find(&resources, &format!("{entry}-temperature")));
    let Some(fhirkit::r4::ObservationValue::Quantity(quantity)) = &temperature.value else {
        panic!("a quantity");
    };
    assert_eq!(crate::wire::number(quantity), "36.9");
}
