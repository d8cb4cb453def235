//! What the interface says besides resources.

use crate::story::{SESSION, Story};
use crate::wire::{pointer, read, value};
use exchange::fhir::{
    Issue, IssueType, Links, Software, bundle, capability_statement, operation_outcome,
};
use serde_json::json;
use units::Moment;

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
