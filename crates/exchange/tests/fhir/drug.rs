//! The infusion and its boluses.

use crate::story::{Story, at, correct, rate, stop};
use crate::wire::{json_of, pointer, value};
use clinical::course::session::{Command, Correction, LateOutcome, SessionEvent, Stop};
use clinical::record::{Actor, Role, StaffId};
use exchange::fhir::{ResourceKind, resources_touched_by};
use serde_json::{Value, json};
use units::Milligrams;
use uuid::Uuid;

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
fn a_bolus_that_was_held_is_no_administration_until_a_person_says_that_it_counts() {
    // Hazard: H42
    let mut story = Story::started();
    let nurse = Actor::Person {
        id: StaffId(Uuid::from_u128(0x0f)),
        name: "Jo Tan RN".to_owned(),
        role: Role::Nurse,
    };
    let amount = Milligrams::new("5".parse().unwrap()).unwrap();
    let held = SessionEvent::ActHeld {
        act: Box::new(SessionEvent::BolusGiven { amount }),
        because: "the infusion had ended on another tablet".to_owned(),
    };
    let held = story.stand(at(5), &nurse, held);
    let shown = |story: &Story| {
        let resources = story.resources();
        resources.iter().any(|one| one.id == held.to_string())
    };
    assert!(!shown(&story));
    let review = Command::ReviewLateEntry {
        entry: held,
        outcome: LateOutcome::Counts,
        note: "asked both".to_owned(),
    };
    story.tell(at(9), review).unwrap();
    let json = json_of(&story, &held.to_string());
    assert_eq!(json["status"], "completed");
    assert_eq!(json["effectiveDateTime"], "2026-11-03T10:05:00Z");
    assert_eq!(pointer(&json, "/dosage/dose/value").to_string(), "5");
    // Who asks for what changed since then is told of it.
    assert_eq!(json["meta"]["lastUpdated"], "2026-11-03T10:09:00.250Z");
    let newest = story.session.version;
    let touched = resources_touched_by(&story.session, newest, &story.facts());
    assert!(touched.iter().any(|one| one.id == held.to_string()));
}
