//! A whole visit, and its Encounter.
//!
//! Witnesses: the clinical reference §11.1 and §11.5 and the device reference §5.1 for codes and
//! units; the US Core profile pages for what a profile requires.

use crate::story::{
    PATIENT, SESSION, Story, at, by_device, by_hand, correct, distress, full_set, plan, sedation,
    set, stop,
};
use crate::wire::{json_of, pointer, read};
use clinical::course::session::{Command, Correction, Stop};
use serde_json::{Value, json};
use units::Milligrams;

fn encounter(story: &Story) -> Value {
    json_of(story, &SESSION.to_string())
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
