//! A command and what is on file in; events or a refusal out.

use super::command::{Command, Recipient};
use super::event::{Asked, ClearanceEvent, Lifts};
use super::refusal::Refusal;
use super::state::{Clearances, Request, Review, Times};
use crate::course::screening::ScreeningRules;
use crate::patient::CivilDate;
use crate::record::{Actor, Role};
use units::Moment;

/// What a decision may know besides what is on file.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// The server's clock.
    pub now: Moment,
    /// Who commands.
    pub actor: &'a Actor,
    /// The rules that letters lift.
    pub rules: &'a ScreeningRules,
    /// How long letters hold, and when they are chased.
    pub times: Times,
}

/// Decides a command.
///
/// Pure: the same file, command and context give the same answer.
pub fn decide(
    file: &Clearances,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<ClearanceEvent>, Refusal> {
    let event = match command {
        Command::RequestClearance {
            clearance,
            about,
            from,
            recipient,
            product,
            route,
            question,
            brought,
        } => {
            clinical_staff(context.actor)?;
            if file.request(clearance).is_some() {
                return Err(Refusal::Repeated);
            }
            let about = lifts(file, &about, &from, context)?;
            let mut recipient = recipient;
            recipient.name = words(&recipient.name, "to whom the request goes")?;
            recipient.email = recipient
                .email
                .map(|email| email.trim().to_owned())
                .filter(|email| !email.is_empty());
            ClearanceEvent::ClearanceRequested {
                clearance,
                asked: Box::new(Asked {
                    about,
                    from,
                    recipient,
                    product,
                    route,
                    question: question.trim().to_owned(),
                    brought,
                    chase_days: context.times.chase_days,
                }),
            }
        }
        Command::NoteSent {
            clearance,
            way,
            on,
            note,
        } => {
            clinical_staff(context.actor)?;
            open(file.request(clearance))?;
            not_yet(on, context)?;
            ClearanceEvent::ClearanceSent {
                clearance,
                way,
                on,
                note: note.trim().to_owned(),
            }
        }
        Command::SendByMail {
            clearance,
            mail,
            attempt,
            to,
            checked,
            checked_with,
        } => {
            clinical_staff(context.actor)?;
            let request = open(file.request(clearance))?;
            if request.asked.brought {
                return Err(Refusal::NothingToSend);
            }
            let to = to.trim().to_owned();
            if !Recipient::is_address(&to) {
                return Err(Refusal::NotAnAddress { text: to });
            }
            // Hazard: H45 — a letter tells of health, and an address with a slip in it is
            // somebody else's.
            if !checked {
                return Err(Refusal::AddressNotChecked);
            }
            if request
                .mails
                .iter()
                .any(|known| known.is_under_way(context.now))
            {
                return Err(Refusal::BeingSent);
            }
            ClearanceEvent::ClearanceMailed {
                clearance,
                mail,
                attempt,
                to,
                checked_with: words(
                    &checked_with,
                    "who at the practice confirmed the address, and how",
                )?,
            }
        }
        Command::ReceiveClearance {
            clearance,
            paper,
            dated,
            signed_by,
        } => {
            clinical_staff(context.actor)?;
            open(file.request(clearance))?;
            if let Some(dated) = dated {
                not_yet(dated, context)?;
            }
            if let super::Paper::Typed { words: typed } = &paper {
                words(typed, "what the letter says")?;
            }
            ClearanceEvent::ClearanceReceived {
                clearance,
                paper,
                // Hazard: H24 — a letter without a date is never dated today.
                dated,
                signed_by: words(&signed_by, "who signed the letter")?,
            }
        }
        Command::DateClearance {
            clearance,
            dated,
            reason,
        } => {
            clinical_staff(context.actor)?;
            let request = open(file.request(clearance))?;
            let paper = request.newest().ok_or(Refusal::NothingReceived)?;
            not_yet(dated, context)?;
            ClearanceEvent::ClearanceDated {
                clearance,
                dated,
                before: paper.dated,
                reason: words(&reason, "how the date is known")?,
            }
        }
        Command::AcceptClearance {
            clearance,
            statement,
        } => {
            let role = prescriber(context.actor)?;
            let request = open(file.request(clearance))?;
            let paper = request.newest().ok_or(Refusal::NothingReceived)?;
            // Hazard: H24
            let dated = paper.dated.ok_or(Refusal::DateUnknown)?;
            let held_until = dated.plus_days(context.times.holds_days);
            if context.today > held_until {
                return Err(Refusal::Expired { held_until });
            }
            ClearanceEvent::ClearanceAccepted {
                clearance,
                dated,
                holds_days: context.times.holds_days,
                role,
                statement: words(&statement, "the words that you sign")?,
            }
        }
        Command::RejectClearance { clearance, reason } => {
            prescriber(context.actor)?;
            let request = known(file.request(clearance))?;
            request.newest().ok_or(Refusal::NothingReceived)?;
            ClearanceEvent::ClearanceRejected {
                clearance,
                reason: words(&reason, "why the letter is not accepted")?,
            }
        }
        Command::WithdrawClearance { clearance, reason } => {
            clinical_staff(context.actor)?;
            open(file.request(clearance))?;
            ClearanceEvent::ClearanceWithdrawn {
                clearance,
                reason: words(&reason, "why nobody waits for it any longer")?,
            }
        }
    };
    Ok(vec![event])
}

/// The rules that a letter of these people lifts.
fn lifts(
    file: &Clearances,
    about: &[String],
    from: &str,
    context: &Context<'_>,
) -> Result<Vec<Lifts>, Refusal> {
    if about.is_empty() {
        return Err(Refusal::AboutNothing);
    }
    let mut lifts: Vec<Lifts> = Vec::new();
    for requirement in about {
        let rule = context
            .rules
            .rules()
            .find(|rule| rule.requirement == *requirement)
            .ok_or_else(|| Refusal::NoSuchRule {
                requirement: requirement.clone(),
            })?;
        if !rule.cleared_by.iter().any(|known| known == from) {
            return Err(Refusal::NotTheirs {
                requirement: requirement.clone(),
                from: from.to_owned(),
                cleared_by: rule.cleared_by.clone(),
            });
        }
        let asked_already = file.requests.iter().any(|request| {
            request.is_waiting() && request.asked.from == from && request.asked.lifts(requirement)
        });
        if asked_already {
            return Err(Refusal::AskedAlready {
                requirement: requirement.clone(),
                from: from.to_owned(),
            });
        }
        if !lifts.iter().any(|known| known.requirement == *requirement) {
            lifts.push(Lifts {
                requirement: rule.requirement.clone(),
                code: rule.code.clone(),
                says: rule.says.clone(),
                remedy: rule.remedy.clone(),
                policy: rule.policy.clone(),
                version: rule.version,
            });
        }
    }
    Ok(lifts)
}

fn known(request: Option<&Request>) -> Result<&Request, Refusal> {
    match request {
        None => Err(Refusal::NoSuchRequest),
        Some(request) if request.withdrawn.is_some() => Err(Refusal::Withdrawn),
        Some(request) => Ok(request),
    }
}

/// A request whose answer is still open: none came, or it was not accepted.
fn open(request: Option<&Request>) -> Result<&Request, Refusal> {
    let request = known(request)?;
    match request.newest().and_then(|paper| paper.review.as_ref()) {
        Some(Review::Accepted { .. }) => Err(Refusal::Accepted),
        Some(Review::Rejected { .. }) | None => Ok(request),
    }
}

fn not_yet(day: CivilDate, context: &Context<'_>) -> Result<(), Refusal> {
    if day > context.today {
        return Err(Refusal::NotYet { day });
    }
    Ok(())
}

fn clinical_staff(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Person { role, .. } => match role {
            Role::Nurse | Role::Prescriber | Role::MedicalDirector => Ok(()),
            Role::Patient
            | Role::FrontDesk
            | Role::Therapist
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => Err(Refusal::NotClinicalStaff),
        },
        Actor::Device { .. } | Actor::System { .. } => Err(Refusal::NotClinicalStaff),
    }
}

fn prescriber(actor: &Actor) -> Result<Role, Refusal> {
    match actor {
        Actor::Person { role, .. } => match role {
            Role::Prescriber | Role::MedicalDirector => Ok(*role),
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

fn words(text: &str, what: &str) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::WordsMissing {
            what: what.to_owned(),
        }),
        trimmed => Ok(trimmed.to_owned()),
    }
}
