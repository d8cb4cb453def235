//! Who accepts a person for treatment, over what, and until when it holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::screening::case::{Case, read};
use clinical::course::screening::{
    Acceptance, Command, Context, Level, PassOver, Plan, Refusal, ScreeningEvent, ScreeningRules,
    decide,
};
use clinical::record::{Actor, Recorded, Role, StaffId};
use std::path::Path;
use std::sync::LazyLock;
use uuid::Uuid;

static RULES: LazyLock<ScreeningRules> = LazyLock::new(|| ScreeningRules::shipped().unwrap());

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn actor(role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(7)),
        name: "Ines Falk".into(),
        role,
    }
}

/// Sends commands about a case and folds what follows.
struct Desk {
    case: Case,
    acceptance: Acceptance,
}

impl Desk {
    fn with(text: &str) -> Self {
        let mut desk = Self {
            case: read(text).unwrap(),
            acceptance: Acceptance::default(),
        };
        desk.ask();
        desk
    }

    fn send(&mut self, role: Role, command: Command) -> Result<Vec<ScreeningEvent>, Refusal> {
        let actor = actor(role);
        let context = Context {
            at: self.case.at,
            actor: &actor,
            person: &self.case.person,
            rules: &RULES,
        };
        let events = decide(&self.acceptance, command, &context)?;
        events.iter().for_each(|event| self.acceptance.apply(event));
        Ok(events)
    }

    fn ask(&mut self) {
        let command = Command::AskRules {
            visit: self.case.visit,
            gate: self.case.gate,
        };
        self.send(Role::FrontDesk, command).unwrap();
    }

    fn confirm(
        &mut self,
        role: Role,
        plans: &[&str],
        passed: Vec<PassOver>,
    ) -> Result<Vec<ScreeningEvent>, Refusal> {
        let plans = plans
            .iter()
            .map(|requirement| Plan {
                requirement: (*requirement).to_owned(),
                plan: "watched closely".into(),
            })
            .collect();
        self.send(
            role,
            Command::ConfirmEligibility {
                plans,
                passed,
                statement: "I have read the screening.".into(),
            },
        )
    }
}

fn pass(requirement: &str, reason: &str) -> PassOver {
    PassOver {
        requirement: requirement.into(),
        reason: reason.into(),
        second_clinician: None,
    }
}

#[test]
fn a_prescriber_accepts_and_nobody_else_does() {
    for role in Role::ALL {
        let mut desk = Desk::with(&text("1-ana.toml"));
        let answer = desk.confirm(role, &[], vec![]);
        match role {
            Role::Prescriber | Role::MedicalDirector => {
                assert!(answer.is_ok());
                assert!(desk.acceptance.is_accepted());
            }
            _ => {
                assert_eq!(answer, Err(Refusal::NotAPrescriber));
                assert!(!desk.acceptance.is_accepted());
            }
        }
    }
}

#[test]
fn an_exclusion_is_passed_by_no_one_whatever_the_reason() {
    // Hazard: H24
    let mut desk = Desk::with(&text("2-cal.toml"));
    assert_eq!(
        desk.confirm(Role::Prescriber, &[], vec![]),
        Err(Refusal::Blocked {
            requirements: vec!["X06".into()]
        })
    );
    assert_eq!(
        desk.confirm(
            Role::MedicalDirector,
            &[],
            vec![pass("X06", "he asks for it")]
        ),
        Err(Refusal::MayNotPass {
            requirement: "X06".into()
        })
    );
}

#[test]
fn a_missing_answer_is_given_first_and_not_passed_over() {
    // Hazard: H24
    let mut desk = Desk::with(&text("unknown-pregnancy.toml"));
    assert_eq!(
        desk.confirm(
            Role::Prescriber,
            &[],
            vec![pass("test-pregnancy", "she says no")]
        ),
        Err(Refusal::MayNotPass {
            requirement: "test-pregnancy".into()
        })
    );
}

#[test]
fn a_hold_is_passed_with_a_reason_by_whom_the_rule_names() {
    let mut desk = Desk::with(&text("day-alcohol.toml"));
    assert_eq!(
        desk.confirm(Role::Prescriber, &[], vec![]),
        Err(Refusal::Blocked {
            requirements: vec!["I04".into()]
        })
    );
    assert_eq!(
        desk.confirm(Role::Prescriber, &[], vec![pass("I04", "  ")]),
        Err(Refusal::WordsMissing)
    );
    let events = desk
        .confirm(
            Role::Prescriber,
            &[],
            vec![pass("I04", "one glass with dinner, a minute short")],
        )
        .unwrap();
    assert!(desk.acceptance.is_accepted());
    let [event] = events.as_slice() else {
        panic!("one event")
    };
    // The whole answer that allowed it is kept, and read back as it was written.
    let body = serde_json::to_vec(event).unwrap();
    assert_eq!(
        ScreeningEvent::read_body(1, event.name(), 1, &body).as_ref(),
        Ok(event)
    );
    assert!(
        matches!(event, ScreeningEvent::EligibilityConfirmed { screening, .. } if screening.level == Level::HoldToday)
    );
}

#[test]
fn a_pressure_from_160_is_passed_only_with_a_second_clinician_of_another_name() {
    // Clinical reference 1.5: override needs a prescriber and a second clinician.
    let high = text("day-alcohol.toml")
        .replace("2026-11-23T11:01:00", "2026-11-22T11:01:00")
        .replace(
            "systolic = 118, diastolic = 74, heart",
            "systolic = 160, diastolic = 74, heart",
        );
    let mut desk = Desk::with(&high);
    let mut passed = vec![
        pass("pre-dose-soft-systolic", "calm, no symptoms"),
        pass("pre-dose-hard-systolic", "calm, no symptoms"),
    ];
    let needed = Err(Refusal::SecondClinicianNeeded {
        requirement: "pre-dose-hard-systolic".into(),
    });
    assert_eq!(desk.confirm(Role::Prescriber, &[], passed.clone()), needed);
    passed[1].second_clinician = Some("ines falk".into());
    assert_eq!(desk.confirm(Role::Prescriber, &[], passed.clone()), needed);
    passed[1].second_clinician = Some("Bea Ortiz".into());
    assert!(desk.confirm(Role::Prescriber, &[], passed).is_ok());
}

#[test]
fn every_caution_needs_a_plan() {
    let mut desk = Desk::with(&text("4-gus.toml"));
    assert_eq!(
        desk.confirm(Role::Prescriber, &["I01", "I03"], vec![]),
        Err(Refusal::PlansMissing {
            requirements: vec!["I01-efficacy".into(), "I03-carbon-dioxide".into()]
        })
    );
    let all = ["I01", "I01-efficacy", "I03", "I03-carbon-dioxide"];
    assert!(desk.confirm(Role::Prescriber, &all, vec![]).is_ok());
}

#[test]
fn a_page_that_has_grown_old_confirms_nothing() {
    // Hazard: H24
    let mut desk = Desk::with(&text("1-ana.toml"));
    desk.case = read(&text("2-cal.toml")).unwrap();
    assert!(matches!(
        desk.confirm(Role::Prescriber, &[], vec![]),
        Err(Refusal::AnswerChanged { .. })
    ));
    assert!(!desk.acceptance.is_accepted());
}

#[test]
fn what_blocks_after_the_signature_needs_the_prescriber_again() {
    // Hazard: H24
    let mut desk = Desk::with(&text("1-ana.toml"));
    desk.confirm(Role::Prescriber, &[], vec![]).unwrap();
    assert!(desk.acceptance.is_accepted());
    let changed = text("1-ana.toml").replace(
        "medicines = []",
        "medicines = [{ words = \"theophylline\" }]",
    );
    desk.case = read(&changed).unwrap();
    desk.ask();
    assert!(!desk.acceptance.is_accepted());
}

#[test]
fn a_prescriber_may_decline_whatever_the_rules_say_and_says_why() {
    let mut desk = Desk::with(&text("1-ana.toml"));
    let decline = |reason: &str| Command::DeclineTreatment {
        reason: reason.into(),
    };
    assert_eq!(
        desk.send(Role::Prescriber, decline("")),
        Err(Refusal::WordsMissing)
    );
    assert_eq!(
        desk.send(Role::Nurse, decline("not now")),
        Err(Refusal::NotAPrescriber)
    );
    desk.send(Role::Prescriber, decline("expects a cure in one visit"))
        .unwrap();
    assert!(!desk.acceptance.is_accepted());
}

#[test]
fn nobody_is_accepted_before_the_rules_were_asked() {
    let mut desk = Desk::with(&text("1-ana.toml"));
    desk.acceptance = Acceptance::default();
    assert_eq!(
        desk.confirm(Role::Prescriber, &[], vec![]),
        Err(Refusal::NotAsked)
    );
}
