//! Who and what stands outside a visit. Witness: the US Core Patient profile page.

use crate::story::{DEVICE, PATIENT, Story, TENANT, at};
use crate::wire::{pointer, read, value};
use clinical::patient::{Registration, Sex};
use exchange::fhir::{PatientFacts, Resource, device, patient};
use serde_json::json;

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

#[test]
fn a_person_has_what_the_us_core_patient_requires() {
    let resource = person(Some(&registration()));
    read(&resource.json);
    let json = value(&resource.json);
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
    let resource = person(None);
    read(&resource.json);
    let json = value(&resource.json);
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
    read(&resource.json);
    let json = value(&resource.json);
    assert_eq!(json["id"], DEVICE.to_string());
    assert_eq!(pointer(&json, "/identifier/0/value"), "MON-3");
    assert_eq!(pointer(&json, "/deviceName/0/name"), "Monitor room 3");
}
