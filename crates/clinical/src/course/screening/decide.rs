//! A command and an acceptance in; events or a refusal out.

use super::command::{Command, PassOver, Plan};
use super::event::ScreeningEvent;
use super::person::Person;
use super::refusal::Refusal;
use super::rules::ScreeningRules;
use super::screen::screen;
use super::state::Acceptance;
use super::verdict::{Found, Level, Screening};
use crate::record::{Actor, Role};
use units::Moment;

/// What a decision may know besides the acceptance.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// When it is decided.
    pub at: Moment,
    /// Who commands.
    pub actor: &'a Actor,
    /// What is known of the person now.
    pub person: &'a Person,
    /// The rules in force now.
    pub rules: &'a ScreeningRules,
}

/// Decides a command.
///
/// Pure: the same acceptance, command and context give the same answer. A confirmation asks the
/// rules once more: a page that has grown old confirms nothing.
pub fn decide(
    acceptance: &Acceptance,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<ScreeningEvent>, Refusal> {
    match command {
        Command::AskRules { visit, gate } => {
            if !gate.is_of_screening() {
                return Err(Refusal::NotAGateOfScreening);
            }
            let screening = screen(context.person, &visit, gate, context.rules, context.at);
            Ok(vec![ScreeningEvent::ScreeningMade {
                screening: Box::new(screening),
            }])
        }
        Command::ConfirmEligibility {
            plans,
            passed,
            statement,
        } => confirm(acceptance, plans, passed, statement, context),
        Command::DeclineTreatment { reason } => {
            prescriber(context.actor)?;
            Ok(vec![ScreeningEvent::TreatmentDeclined {
                reason: words(&reason)?,
            }])
        }
    }
}

fn confirm(
    acceptance: &Acceptance,
    plans: Vec<Plan>,
    passed: Vec<PassOver>,
    statement: String,
    context: &Context<'_>,
) -> Result<Vec<ScreeningEvent>, Refusal> {
    let (role, name) = prescriber(context.actor)?;
    let seen = acceptance.latest.as_ref().ok_or(Refusal::NotAsked)?;
    let now = screen(
        context.person,
        &seen.visit,
        seen.gate,
        context.rules,
        context.at,
    );
    // Hazard: H24
    if !seen.says_the_same_as(&now) {
        return Err(Refusal::AnswerChanged {
            screening: Box::new(now),
        });
    }
    let statement = words(&statement)?;
    let passed = passed
        .into_iter()
        .map(|one| pass(one, &now, role, name))
        .collect::<Result<Vec<_>, _>>()?;
    let plans = plans
        .into_iter()
        .map(|one| {
            Ok(Plan {
                plan: words(&one.plan)?,
                ..one
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let names = |wanted: &dyn Fn(&Found) -> bool, covered: &dyn Fn(&str) -> bool| {
        now.open
            .iter()
            .filter(|found| wanted(found))
            .map(|found| found.rule.requirement.clone())
            .filter(|requirement| !covered(requirement))
            .collect::<Vec<_>>()
    };
    let blocked = names(&|found| found.level.blocks(), &|requirement| {
        passed.iter().any(|one| one.requirement == requirement)
    });
    if !blocked.is_empty() {
        return Err(Refusal::Blocked {
            requirements: blocked,
        });
    }
    let unplanned = names(&|found| found.level == Level::Caution, &|requirement| {
        plans.iter().any(|one| one.requirement == requirement)
    });
    if !unplanned.is_empty() {
        return Err(Refusal::PlansMissing {
            requirements: unplanned,
        });
    }
    Ok(vec![ScreeningEvent::EligibilityConfirmed {
        screening: Box::new(now),
        plans,
        passed,
        role,
        statement,
    }])
}

fn pass(one: PassOver, screening: &Screening, role: Role, name: &str) -> Result<PassOver, Refusal> {
    let requirement = || one.requirement.clone();
    let found = screening
        .blocking()
        .find(|found| found.rule.requirement == one.requirement)
        .filter(|found| found.overridable_by.contains(&role))
        .ok_or_else(|| Refusal::MayNotPass {
            requirement: requirement(),
        })?;
    let second = one
        .second_clinician
        .as_deref()
        .map(str::trim)
        .filter(|second| !second.is_empty() && !second.eq_ignore_ascii_case(name.trim()));
    if found.rule.second_clinician && second.is_none() {
        return Err(Refusal::SecondClinicianNeeded {
            requirement: requirement(),
        });
    }
    Ok(PassOver {
        requirement: requirement(),
        reason: words(&one.reason)?,
        second_clinician: second.map(str::to_owned),
    })
}

fn prescriber(actor: &Actor) -> Result<(Role, &str), Refusal> {
    match actor {
        Actor::Person { role, name, .. } => match role {
            Role::Prescriber | Role::MedicalDirector => Ok((*role, name)),
            Role::Patient
            | Role::FrontDesk
            | Role::Nurse
            | Role::Therapist
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => Err(Refusal::NotAPrescriber),
        },
        Actor::Device { .. } | Actor::System { .. } => Err(Refusal::NotAPrescriber),
    }
}

fn words(text: &str) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::WordsMissing),
        trimmed => Ok(trimmed.to_owned()),
    }
}
