//! What each event becomes. Witnesses: the clinical reference §11.1 and §11.5 and the device
//! reference §5.1 for codes and units; the US Core profile pages for what a profile requires.

use crate::story::{
    DEVICE, PATIENT, SESSION, Story, TENANT, at, by_device, by_hand, correct, distress, full_set,
    plan, rate, sedation, set, stop,
};
use crate::wire::{find, observation, read, value};
use clinical::course::session::{Command, Correction, Stop};
use clinical::patient::{Registration, Sex};
use exchange::fhir::{
    Issue, IssueType, Links, PatientFacts, Resource, ResourceKind, Software, bundle,
    capability_statement, device, operation_outcome, patient,
};
use serde_json::{Value, json};
use units::{Milligrams, Moment};

fn registration() -> Registration {
    Registration {
        patient: PATIENT,
        record_number: "0042-118".to_owned(),
        family_name: "Moreno".to_owned(),
        given_name: "Ana María".to_owned(),
        birth_date: "1984-03-02".parse().unwrap(),
        sex: Sex::Female,
    }
}

fn person(registration: Option<&Registration>) -> Resource {
    patient(&PatientFacts {
        tenant: TENANT,
        patient: PATIENT,
        registration,
        version: 3,
        updated: at(-100),
    })
}

fn json_of(story: &Story, id: &str) -> Value {
    value(&find(&story.resources(), id).json)
}

fn encounter(story: &Story) -> Value {
    json_of(story, &SESSION.to_string())
}

fn pointer<'a>(value: &'a Value, path: &str) -> &'a Value {
    value
        .pointer(path)
        .unwrap_or_else(|| panic!("no {path} in {value}"))
}

#[test]
fn every_resource_of_a_whole_visit_is_read_without_an_issue_by_another_library() {
    let mut story = Story::started();
    story.tell(at(5), by_device(full_set())).unwrap();
    story
        .tell(at(6), Command::ScoreSedation { score: sedation(4) })
        .unwrap();
    story
        .tell(at(7), Command::ScoreDistress { score: distress(2) })
        .unwrap();
    let amount = Milligrams::new("5".parse().unwrap()).unwrap();
    let bolus = Command::GiveBolus {
        amount,
        again: false,
    };
    story.tell(at(10), bolus).unwrap();
    let wrong = story
        .tell(at(12), by_hand(set(Some(("188", "90")), "80", "96")))
        .unwrap();
    story
        .tell(at(13), correct(wrong, Correction::Struck))
        .unwrap();
    story.tell(at(30), stop(Stop::Completed)).unwrap();
    let resources = story.resources();
    for resource in &resources {
        read(&resource.json);
    }
    // 1 visit, 1 infusion, 1 bolus, 3 signs at baseline, 6 by device, 2 scores, 3 struck.
    assert_eq!(resources.len(), 17);
    read(&person(Some(&registration())).json);
    read(&person(None).json);
    read(&device(&story.devices["MON-3"]).json);
}

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
fn a_visit_has_the_status_of_its_stage() {
    let status = |story: &Story| encounter(story)["status"].as_str().unwrap().to_owned();
    let mut story = Story::new();
    assert!(story.resources().is_empty());
    story.tell(at(-60), plan()).unwrap();
    assert_eq!(status(&story), "planned");
    assert_eq!(
        encounter(&story)["period"],
        json!({"start": "2026-11-03T10:00:00Z"})
    );
    let mut story = Story::prepared();
    assert_eq!(status(&story), "arrived");
    assert_eq!(
        encounter(&story)["period"],
        json!({"start": "2026-11-03T09:50:00Z"})
    );
    story.tell(at(0), crate::story::start()).unwrap();
    assert_eq!(status(&story), "in-progress");
    story.tell(at(60), stop(Stop::Completed)).unwrap();
    assert_eq!(status(&story), "in-progress");
    story.tell(at(61), Command::BeginObservation).unwrap();
    assert_eq!(status(&story), "in-progress");
}

#[test]
fn a_visit_that_was_cancelled_stays_cancelled_when_its_record_is_signed() {
    let mut story = Story::prepared();
    let reason = "Feels ill".to_owned();
    story
        .tell(at(0), Command::CancelSession { reason })
        .unwrap();
    assert_eq!(encounter(&story)["status"], "cancelled");
    let statement = "Reviewed".to_owned();
    story.tell(at(5), Command::Sign { statement }).unwrap();
    let json = encounter(&story);
    assert_eq!(json["status"], "cancelled");
    assert_eq!(
        json["period"],
        json!({"start": "2026-11-03T09:50:00Z", "end": "2026-11-03T10:00:00Z"})
    );
}

#[test]
fn a_visit_has_what_the_us_core_encounter_requires() {
    let json = encounter(&Story::prepared());
    assert_eq!(
        pointer(&json, "/meta/profile/0"),
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter"
    );
    assert_eq!(json["class"]["code"], "AMB");
    assert_eq!(
        json["class"]["system"],
        "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    );
    assert!(pointer(&json, "/type/0/text").is_string());
    assert_eq!(json["subject"]["reference"], format!("Patient/{PATIENT}"));
}

fn infusion(story: &Story) -> Value {
    let resources = story.resources();
    let found = resources
        .iter()
        .find(|resource| resource.kind == ResourceKind::MedicationAdministration);
    value(&found.unwrap().json)
}

#[test]
fn a_running_infusion_says_its_rate_and_a_paused_one_is_on_hold() {
    let mut story = Story::started();
    let json = infusion(&story);
    assert_eq!(json["status"], "in-progress");
    assert_eq!(
        json["medicationCodeableConcept"],
        json!({"text": "ketamine"})
    );
    assert_eq!(
        json["effectivePeriod"],
        json!({"start": "2026-11-03T10:00:00Z"})
    );
    let given = pointer(&json, "/dosage/rateQuantity");
    assert_eq!(given["value"].to_string(), "60");
    assert_eq!(given["code"], "mL/h");
    assert!(json["dosage"].get("dose").is_none());
    let reason = "Nausea".to_owned();
    story
        .tell(at(10), Command::PauseInfusion { reason })
        .unwrap();
    let json = infusion(&story);
    assert_eq!(json["status"], "on-hold");
    assert_eq!(pointer(&json, "/statusReason/0/text"), "Nausea");
}

#[test]
fn an_ended_infusion_says_the_milligrams_of_the_pump_and_a_bolus_says_its_own() {
    // By hand: 0.6 mg/mL; 60 mL/h for 20 min is 20 mL, 12 mg; paused 5 min; 30 mL/h for 10 min
    // is 5 mL, 3 mg. The pump gave 15 mg, and 5 mg were given at once.
    let mut story = Story::started();
    let reason = String::new();
    story
        .tell(at(20), Command::PauseInfusion { reason })
        .unwrap();
    story.tell(at(25), Command::ResumeInfusion).unwrap();
    story
        .tell(
            at(25),
            Command::ChangeRate {
                rate: rate("30"),
                reason: String::new(),
                override_reason: None,
            },
        )
        .unwrap();
    let amount = Milligrams::new("5".parse().unwrap()).unwrap();
    let bolus = Command::GiveBolus {
        amount,
        again: false,
    };
    let bolus = story.tell(at(30), bolus).unwrap();
    story.tell(at(35), stop(Stop::Safety)).unwrap();
    let json = infusion(&story);
    assert_eq!(json["status"], "stopped");
    assert_eq!(
        json["effectivePeriod"],
        json!({"start": "2026-11-03T10:00:00Z", "end": "2026-11-03T10:35:00Z"})
    );
    assert_eq!(pointer(&json, "/dosage/dose/value").to_string(), "15");
    assert_eq!(pointer(&json, "/dosage/dose/code"), "mg");
    // Two rates: no single one is claimed, the words have both.
    assert!(json["dosage"].get("rateQuantity").is_none());
    let text = json["dosage"]["text"].as_str().unwrap();
    assert!(
        text.contains("60\u{a0}mL/h") && text.contains("30\u{a0}mL/h"),
        "{text}"
    );
    let json = json_of(&story, &bolus.to_string());
    assert_eq!(json["status"], "completed");
    assert_eq!(json["effectiveDateTime"], "2026-11-03T10:30:00Z");
    assert_eq!(pointer(&json, "/dosage/dose/value").to_string(), "5");
}

#[test]
fn a_struck_bolus_is_entered_in_error() {
    // Hazard: H42
    let mut story = Story::started();
    let amount = Milligrams::new("5".parse().unwrap()).unwrap();
    let bolus = Command::GiveBolus {
        amount,
        again: false,
    };
    let bolus = story.tell(at(5), bolus).unwrap();
    story
        .tell(at(6), correct(bolus, Correction::Struck))
        .unwrap();
    let json = json_of(&story, &bolus.to_string());
    assert_eq!(json["status"], "entered-in-error");
    assert_eq!(pointer(&json, "/dosage/dose/value").to_string(), "5");
}

#[test]
fn a_person_has_what_the_us_core_patient_requires() {
    let json = value(&person(Some(&registration())).json);
    assert_eq!(
        pointer(&json, "/meta/profile/0"),
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"
    );
    assert_eq!(pointer(&json, "/identifier/0/value"), "0042-118");
    assert_eq!(
        pointer(&json, "/identifier/0/system"),
        &json!(format!("urn:uuid:{TENANT}"))
    );
    assert_eq!(pointer(&json, "/name/0/family"), "Moreno");
    assert_eq!(pointer(&json, "/name/0/given"), &json!(["Ana María"]));
    assert_eq!(json["gender"], "female");
    assert_eq!(json["birthDate"], "1984-03-02");
}

#[test]
fn what_is_not_known_of_a_person_is_absent_with_its_reason() {
    let json = value(&person(None).json);
    assert_eq!(
        pointer(&json, "/name/0/extension/0"),
        &json!({
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown"
        })
    );
    assert_eq!(json["gender"], "unknown");
    assert!(json.get("birthDate").is_none());
}

#[test]
fn a_device_is_found_by_its_key_on_the_wire() {
    let story = Story::new();
    let resource = device(&story.devices["MON-3"]);
    let json = value(&resource.json);
    assert_eq!(json["id"], DEVICE.to_string());
    assert_eq!(pointer(&json, "/identifier/0/value"), "MON-3");
    assert_eq!(pointer(&json, "/deviceName/0/name"), "Monitor room 3");
}

#[test]
fn the_capability_statement_is_read_without_an_issue_and_names_the_token_address() {
    let software = Software {
        version: "0.1.0",
        at: Moment::parse("2026-11-03T08:00:00Z").unwrap(),
    };
    let bytes = capability_statement(
        "https://clinic.test/fhir",
        "https://clinic.test/oauth/token",
        software,
    );
    read(&bytes);
    let json = value(&bytes);
    assert_eq!(json["fhirVersion"], "4.0.1");
    assert_eq!(
        pointer(&json, "/rest/0/security/extension/0/extension/0/valueUri"),
        "https://clinic.test/oauth/token"
    );
    let kinds: Vec<_> = pointer(&json, "/rest/0/resource")
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "Patient",
            "Encounter",
            "Observation",
            "MedicationAdministration",
            "Device"
        ]
    );
}

#[test]
fn a_searchset_of_finished_bytes_is_read_without_an_issue() {
    let story = Story::started();
    let resources = story.resources();
    let entries = resources
        .iter()
        .map(|one| (one.kind.name(), one.id.as_str(), one.json.as_slice()));
    let links = Links {
        this: "https://clinic.test/fhir/Observation?code=a\"b",
        next: Some("https://clinic.test/fhir/Observation?_page=1"),
    };
    let warning = operation_outcome(&[Issue::warning(IssueType::NotSupported, "left out: \"x\"")]);
    let bytes = bundle(
        "https://clinic.test/fhir",
        &links,
        Some(5),
        entries,
        Some(&warning),
    );
    read(&bytes);
    let json = value(&bytes);
    assert_eq!(json["total"], 5);
    assert_eq!(json["entry"].as_array().unwrap().len(), resources.len() + 1);
    assert_eq!(
        pointer(&json, "/entry/0/fullUrl"),
        &json!(format!("https://clinic.test/fhir/Encounter/{SESSION}"))
    );
}

#[test]
fn an_empty_searchset_has_no_list_of_entries() {
    let links = Links {
        this: "https://clinic.test/fhir/Device",
        next: None,
    };
    let bytes = bundle("https://clinic.test/fhir", &links, Some(0), [], None);
    read(&bytes);
    assert!(value(&bytes).get("entry").is_none());
}

#[test]
fn an_operation_outcome_always_has_an_issue() {
    read(&operation_outcome(&[]));
    let bytes = operation_outcome(&[Issue::error(IssueType::Value, "no date")]);
    read(&bytes);
    assert_eq!(pointer(&value(&bytes), "/issue/0/code"), "value");
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
