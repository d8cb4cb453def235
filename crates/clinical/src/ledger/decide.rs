//! A command and what is known of a container in; events or a refusal out.

use super::command::{Command, Found, Waste, Witness};
use super::container::{Container, Difference, Stands, Syringe};
use super::event::{ContainerEvent, Delivery, Label, Purpose};
use super::product::{Drug, Strength};
use super::refusal::Refusal;
use super::rules::LedgerRules;
use crate::patient::CivilDate;
use crate::record::{Actor, PatientId, Role, SessionId, StaffId, SyringeId};
use units::{Decimal, Micrograms, Microlitres, Moment};

/// The session for which something is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Which.
    pub session: SessionId,
    /// Whose.
    pub patient: PatientId,
    /// Something may be drawn for it: the person is or was here, and its record is not signed.
    pub may_be_drawn_for: bool,
    /// What was ordered.
    pub drug: Drug,
    /// How much.
    pub ordered: Micrograms,
    /// The strength for which the order was worked out, in milligrams in a millilitre; none where
    /// the order does not say.
    pub strength: Option<Decimal>,
    /// What was drawn for it before, from every container.
    pub drawn: Micrograms,
}

/// What a decision may know besides the container.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// The server's clock.
    pub now: Moment,
    /// Who commands.
    pub actor: &'a Actor,
    /// The rules of the clinic.
    pub rules: &'a LedgerRules,
    /// The session for which something is drawn; none for everything else.
    pub visit: Option<&'a Visit>,
}

/// Decides a command on one container.
///
/// Pure: the same container, command and context give the same answer. `Hazard: H37`.
pub fn decide(
    container: &Container,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<ContainerEvent>, Refusal> {
    let event = match command {
        Command::Receive {
            label,
            mark,
            supplier,
            invoice,
            received_on,
            place,
        } => {
            handles(context.actor)?;
            if container.received.is_some() {
                return Err(Refusal::ReceivedBefore);
            }
            if received_on > context.today {
                return Err(Refusal::InTheFuture);
            }
            if label.expires < context.today {
                return Err(Refusal::Expired {
                    last_day: label.expires,
                });
            }
            ContainerEvent::ContainerReceived {
                label: Label {
                    lot: words(&label.lot, "the lot that stands on it")?,
                    ..label
                },
                mark: words(&mark, "the clinic's own mark")?,
                supplier: words(&supplier, "who delivered it")?,
                invoice: words(&invoice, "the number of the invoice")?,
                received_on,
                place: words(&place, "where it is kept")?,
            }
        }
        Command::Move { to } => {
            handles(context.actor)?;
            here(container)?;
            ContainerEvent::ContainerMoved {
                to: words(&to, "where it goes")?,
            }
        }
        Command::Issue { to } => {
            handles(context.actor)?;
            let (_, visit) = fits(container, context)?;
            if container.issued.is_some() {
                return Err(Refusal::IssuedBefore);
            }
            ContainerEvent::ContainerIssued {
                session: visit.session,
                patient: visit.patient,
                to: words(&to, "into which room it goes")?,
            }
        }
        Command::Return { to } => {
            handles(context.actor)?;
            here(container)?;
            if container.issued.is_none() {
                return Err(Refusal::NotIssued);
            }
            ContainerEvent::ContainerReturned {
                to: words(&to, "where it is kept")?,
            }
        }
        Command::Draw {
            syringe,
            volume,
            reason,
        } => return draw(container, syringe, volume, &reason, context),
        Command::Check {
            syringe,
            volume,
            strength,
            checker,
        } => check(container, syringe, (volume, strength), checker)?,
        Command::Give { syringe, amount } => {
            handles(context.actor)?;
            let known = open_syringe(container, syringe)?;
            if amount > known.left() {
                return Err(Refusal::MoreThanLeft { left: known.left() });
            }
            ContainerEvent::DrugGiven { syringe, amount }
        }
        Command::Account {
            syringe,
            given,
            waste,
        } => return account(container, syringe, given, waste, context),
        Command::WasteSyringe {
            syringe,
            amount,
            method,
            witness,
        } => {
            handles(context.actor)?;
            let known = open_syringe(container, syringe)?;
            if known.left().is_zero() {
                return Err(Refusal::Nothing);
            }
            if amount != known.left() {
                return Err(Refusal::NotAllThatIsLeft {
                    left: known.left().to_string(),
                });
            }
            ContainerEvent::SyringeWasted {
                syringe,
                amount,
                method,
                witness: looks_on(witness, context.actor)?,
            }
        }
        Command::WasteRest {
            volume,
            method,
            reason,
            witness,
        } => {
            handles(context.actor)?;
            here(container)?;
            explained(container)?;
            if container.opened_at.is_none() {
                return Err(Refusal::NeverOpened);
            }
            if volume.is_zero() {
                return Err(Refusal::Nothing);
            }
            if volume != container.remaining {
                return Err(Refusal::NotAllThatIsLeft {
                    left: container.remaining.to_string(),
                });
            }
            ContainerEvent::RestWasted {
                volume,
                method,
                reason: reason.trim().to_owned(),
                witness: looks_on(witness, context.actor)?,
            }
        }
        Command::SetApart { reason } => {
            handles(context.actor)?;
            here(container)?;
            ContainerEvent::ContainerSetApart {
                reason: words(&reason, "why it is set apart")?,
            }
        }
        Command::TakeBack { reason } => {
            handles(context.actor)?;
            if !matches!(container.stands, Stands::SetApart(_)) {
                return Err(Refusal::NotSetApart);
            }
            ContainerEvent::ContainerTakenBack {
                reason: words(&reason, "why it is used again")?,
            }
        }
        Command::Send {
            purpose,
            to,
            registration,
            document,
        } => {
            handles(context.actor)?;
            here(container)?;
            explained(container)?;
            if purpose == Purpose::Unsaid {
                return Err(Refusal::PurposeMissing);
            }
            ContainerEvent::ContainerSent {
                purpose,
                to: words(&to, "to whom it goes, with their address")?,
                registration: words(&registration, "their registration number")?,
                document: words(&document, "the number of the paper that goes with it")?,
            }
        }
        Command::Break { note, witness } => {
            handles(context.actor)?;
            here(container)?;
            explained(container)?;
            ContainerEvent::ContainerBroken {
                note: words(&note, "what happened")?,
                witness: looks_on(witness, context.actor)?,
            }
        }
        Command::CorrectDelivery { now, reason } => {
            correct_delivery(container, now, &reason, context)?
        }
        Command::Strike { reason, witness } => {
            handles(context.actor)?;
            here(container)?;
            explained(container)?;
            if container.opened_at.is_some() {
                return Err(Refusal::UsedAlready);
            }
            ContainerEvent::ReceiptStruck {
                reason: words(&reason, "why it is struck")?,
                witness: looks_on(witness, context.actor)?,
            }
        }
        Command::CorrectSyringe {
            syringe,
            volume,
            given,
            reason,
            witness,
        } => {
            handles(context.actor)?;
            let wasted = corrected(container, syringe, volume, given)?;
            ContainerEvent::SyringeCorrected {
                syringe,
                volume,
                given,
                wasted,
                reason: words(&reason, "what was wrong")?,
                witness: looks_on(witness, context.actor)?,
            }
        }
        Command::Count { found } => {
            handles(context.actor)?;
            here(container)?;
            match (found, container.opened_at) {
                (Found::Sealed, Some(_)) => return Err(Refusal::OpenedAlready),
                (Found::Opened { .. }, None) => return Err(Refusal::StillSealed),
                (Found::Sealed, None) | (Found::Opened { .. }, Some(_)) | (Found::Nothing, _) => {}
            }
            ContainerEvent::ContainerCounted {
                found,
                expected: container.remaining,
            }
        }
        Command::Explain { explanation } => {
            let difference = another_s_count(container, context.actor)?;
            ContainerEvent::DifferenceExplained {
                explanation: words(&explanation, "what the difference was")?,
                expected: difference.expected,
                found: difference.found,
            }
        }
        Command::CallLost {
            discovered_at,
            note,
        } => {
            approver(context.actor)?;
            let difference = container.difference.as_ref();
            let difference = difference.ok_or(Refusal::NoDifference)?;
            if difference.found >= difference.expected {
                return Err(Refusal::NoDifference);
            }
            if discovered_at > context.now {
                return Err(Refusal::InTheFuture);
            }
            ContainerEvent::LossCalled {
                discovered_at,
                note: words(&note, "what is known of it")?,
                expected: difference.expected,
                found: difference.found,
            }
        }
        Command::NoteTold { to } => {
            approver(context.actor)?;
            let open = container.open_loss().filter(|loss| loss.told.is_none());
            open.ok_or(Refusal::NoOpenLoss)?;
            ContainerEvent::LossTold {
                to: words(&to, "which office was told, and how")?,
            }
        }
        Command::NoteFiled { reference } => {
            approver(context.actor)?;
            let open = container.open_loss().filter(|loss| loss.filed.is_none());
            open.ok_or(Refusal::NoOpenLoss)?;
            ContainerEvent::LossFiled {
                reference: words(&reference, "the number of the form")?,
            }
        }
    };
    Ok(vec![event])
}

/// Draws for a session. `Hazard: H19, H37`: another strength than the order was worked out for is
/// a tenfold error.
fn draw(
    container: &Container,
    syringe: SyringeId,
    volume: Microlitres,
    reason: &str,
    context: &Context<'_>,
) -> Result<Vec<ContainerEvent>, Refusal> {
    handles(context.actor)?;
    let (label, visit) = fits(container, context)?;
    if container
        .issued
        .as_ref()
        .is_some_and(|issued| issued.session != visit.session)
    {
        return Err(Refusal::IssuedElsewhere);
    }
    if container.syringe(syringe).is_some() {
        return Err(Refusal::DrawnBefore);
    }
    if volume.is_zero() {
        return Err(Refusal::Nothing);
    }
    let reason = reason.trim();
    let beyond_label = volume.less(container.remaining).unwrap_or_default();
    let most_beyond = most_beyond_label(container, label, context.rules);
    if beyond_label > most_beyond {
        return Err(Refusal::NotEnough {
            there_is: container.remaining,
            at_most: container.remaining.with(most_beyond),
        });
    }
    if !beyond_label.is_zero() && reason.is_empty() {
        return Err(Refusal::BeyondLabel {
            there_is: container.remaining,
        });
    }
    let drawn = visit.drawn.with(label.strength.holds(volume));
    let ordered = context.rules.most_for(visit.ordered);
    if drawn > ordered && reason.is_empty() {
        return Err(Refusal::ReasonMissing { ordered, drawn });
    }
    let opened = container
        .opened_at
        .is_none()
        .then_some(ContainerEvent::ContainerOpened);
    let drawn = ContainerEvent::DrugDrawn {
        syringe,
        session: visit.session,
        patient: visit.patient,
        volume,
        beyond_label,
        reason: reason.to_owned(),
    };
    Ok(opened.into_iter().chain([drawn]).collect())
}

/// The label of a container from which something may be drawn for the session that was named, and
/// that session. `Hazard: H19, H37`.
fn fits<'a>(
    container: &'a Container,
    context: &'a Context<'_>,
) -> Result<(&'a Label, &'a Visit), Refusal> {
    let label = here(container)?;
    if let Stands::SetApart(reason) = &container.stands {
        return Err(Refusal::SetApart {
            reason: reason.clone(),
        });
    }
    if label.expires < context.today {
        return Err(Refusal::Expired {
            last_day: label.expires,
        });
    }
    explained(container)?;
    let visit = context.visit.filter(|visit| visit.may_be_drawn_for);
    let visit = visit.ok_or(Refusal::NoSession)?;
    if visit.drug != label.drug {
        return Err(Refusal::AnotherDrug { here: label.drug });
    }
    if let Some(ordered) = visit.strength
        && !label.strength.is(ordered)
    {
        return Err(Refusal::AnotherStrength {
            ordered: ordered.normalize().to_string(),
            here: label.strength,
        });
    }
    Ok((label, visit))
}

/// What stands of a delivery, set right; what stood there stays in the event.
fn correct_delivery(
    container: &Container,
    now: Delivery,
    reason: &str,
    context: &Context<'_>,
) -> Result<ContainerEvent, Refusal> {
    handles(context.actor)?;
    here(container)?;
    let before = container.delivery().ok_or(Refusal::NotHere)?;
    if now.received_on > context.today {
        return Err(Refusal::InTheFuture);
    }
    let now = Delivery {
        lot: words(&now.lot, "the lot that stands on it")?,
        supplier: words(&now.supplier, "who delivered it")?,
        invoice: words(&now.invoice, "the number of the invoice")?,
        code: now.code.trim().to_owned(),
        serial: now.serial.trim().to_owned(),
        ..now
    };
    if now == before {
        return Err(Refusal::NothingToCorrect);
    }
    Ok(ContainerEvent::DeliveryCorrected {
        before,
        now,
        reason: words(reason, "what was wrong")?,
    })
}

/// What was wasted of a syringe of which so much was drawn and given; none where nobody has said
/// that anything was.
fn corrected(
    container: &Container,
    syringe: SyringeId,
    volume: Microlitres,
    given: Option<Micrograms>,
) -> Result<Option<Micrograms>, Refusal> {
    let known = container.syringe(syringe).ok_or(Refusal::NoSuchSyringe)?;
    if volume.is_zero() {
        return Err(Refusal::Nothing);
    }
    // What was never said is said, not corrected.
    if known.given.is_some() != given.is_some() || (known.volume == volume && known.given == given)
    {
        return Err(Refusal::NothingToCorrect);
    }
    let there_was = container.remaining.with(known.volume);
    if volume > there_was {
        return Err(Refusal::NotEnough {
            there_is: there_was,
            at_most: there_was,
        });
    }
    let drawn = container.holds(volume);
    let rest = drawn.less(given.unwrap_or_default());
    let rest = rest.ok_or(Refusal::MoreThanLeft { left: drawn })?;
    Ok(known.wasted.as_ref().map(|_| rest))
}

/// Checks what was drawn against what a second person sees. `Hazard: H19`: the first entry is told
/// neither before nor by a refusal.
fn check(
    container: &Container,
    syringe: SyringeId,
    (volume, strength): (Microlitres, Strength),
    checker: Witness,
) -> Result<ContainerEvent, Refusal> {
    match checker.role {
        Role::Nurse | Role::Prescriber | Role::MedicalDirector => {}
        Role::Therapist
        | Role::FrontDesk
        | Role::Owner
        | Role::Auditor
        | Role::IntegrationClient
        | Role::Patient => return Err(Refusal::NotTheirs),
    }
    let known = open_syringe(container, syringe)?;
    if known.checked.is_some() {
        return Err(Refusal::CheckedBefore);
    }
    if known.drawn_by_id == Some(checker.id) {
        return Err(Refusal::OwnCheck);
    }
    let label = container.label().ok_or(Refusal::NotHere)?;
    if known.volume != volume || label.strength != strength {
        return Err(Refusal::CheckDiffers);
    }
    Ok(ContainerEvent::DrugChecked { syringe, checker })
}

/// What the patient got, and the rest wasted before a witness.
fn account(
    container: &Container,
    syringe: SyringeId,
    given: Micrograms,
    waste: Option<Waste>,
    context: &Context<'_>,
) -> Result<Vec<ContainerEvent>, Refusal> {
    handles(context.actor)?;
    let known = open_syringe(container, syringe)?;
    if known.given.is_some() {
        return Err(Refusal::GivenBefore);
    }
    let more = Refusal::MoreThanLeft { left: known.left() };
    let rest = known.left().less(given).ok_or(more)?;
    let given = ContainerEvent::DrugGiven {
        syringe,
        amount: given,
    };
    let Some(waste) = waste else {
        return Ok(vec![given]);
    };
    if waste.amount != rest {
        return Err(Refusal::NotAllThatIsLeft {
            left: rest.to_string(),
        });
    }
    if rest.is_zero() {
        return Ok(vec![given]);
    }
    let wasted = ContainerEvent::SyringeWasted {
        syringe,
        amount: rest,
        method: waste.method,
        witness: looks_on(waste.witness, context.actor)?,
    };
    Ok(vec![given, wasted])
}

/// How much more than its label may still come out of it.
fn most_beyond_label(container: &Container, label: &Label, rules: &LedgerRules) -> Microlitres {
    let strength = u64::from(label.strength.milligrams_per_millilitre()).max(1);
    let before = container.account().beyond_label.count() / strength;
    rules
        .beyond_label(label.fill)
        .less(Microlitres::new(before))
        .unwrap_or_default()
}

/// Whoever handles controlled drugs. Source: safety reference 6.1: employees with access.
fn handles(actor: &Actor) -> Result<StaffId, Refusal> {
    match actor {
        Actor::Person {
            id,
            role: Role::Nurse | Role::Prescriber | Role::MedicalDirector,
            ..
        } => Ok(*id),
        Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. } => {
            Err(Refusal::NotTheirs)
        }
    }
}

fn approver(actor: &Actor) -> Result<StaffId, Refusal> {
    match actor {
        Actor::Person {
            id,
            role: Role::Prescriber | Role::MedicalDirector | Role::Owner,
            ..
        } => Ok(*id),
        Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. } => {
            Err(Refusal::NotAnApprover)
        }
    }
}

/// The second person is another, and works with patients.
fn looks_on(witness: Witness, actor: &Actor) -> Result<Witness, Refusal> {
    if matches!(actor, Actor::Person { id, .. } if *id == witness.id) {
        return Err(Refusal::OwnWitness);
    }
    match witness.role {
        Role::Nurse | Role::Prescriber | Role::Therapist | Role::MedicalDirector => Ok(witness),
        Role::FrontDesk | Role::Owner | Role::Auditor | Role::IntegrationClient | Role::Patient => {
            Err(Refusal::NoWitness)
        }
    }
}

/// The label of a container that is in the clinic.
fn here(container: &Container) -> Result<&Label, Refusal> {
    match container.stands {
        Stands::Here | Stands::SetApart(_) => container.label().ok_or(Refusal::NotHere),
        Stands::Nowhere | Stands::Sent | Stands::Broken | Stands::Struck => Err(Refusal::NotHere),
    }
}

const fn explained(container: &Container) -> Result<(), Refusal> {
    match container.difference {
        Some(_) => Err(Refusal::Unexplained),
        None => Ok(()),
    }
}

fn open_syringe(container: &Container, id: SyringeId) -> Result<&Syringe, Refusal> {
    let known = container.syringe(id).ok_or(Refusal::NoSuchSyringe)?;
    if known.is_open() {
        Ok(known)
    } else {
        Err(Refusal::Accounted)
    }
}

/// A difference that somebody else has counted.
fn another_s_count<'a>(container: &'a Container, actor: &Actor) -> Result<&'a Difference, Refusal> {
    let approver = approver(actor)?;
    let difference = container.difference.as_ref();
    let difference = difference.ok_or(Refusal::NoDifference)?;
    if difference.counted_by == Some(approver) {
        return Err(Refusal::OwnCount);
    }
    Ok(difference)
}

fn words(text: &str, what: &str) -> Result<String, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Refusal::WordsMissing {
            what: what.to_owned(),
        });
    }
    Ok(trimmed.to_owned())
}
