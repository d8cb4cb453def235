//! A command and a session in; events or a refusal out.

mod cards;
mod doses;
mod experience;
mod later;
mod leaving;
mod signal;
mod start;

pub use later::{Afterwards, decide_afterwards};
pub use leaving::{Leaving, discharge_verdict, readings_hold, recoveries};

use super::command::Command;
use super::escalation;
use super::event::SessionEvent;
use super::infusion::contents;
use super::refusal::Refusal;
use super::state::{Advisory, Entry, Session, Stage, fits};
use super::vocabulary::{
    Answer, Correction, FastingAnswers, Identifier, Line, MonitorEvidence, Monitoring, Order,
    Override, Paper, Papers,
};
use crate::policy::{Fact, Facts, Gate, Rules, Verdict, evaluate};
use crate::record::{Actor, EventId, Role};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use units::{Moment, Span};

/// How far ahead of the server's clock an entry's time may lie: the clocks of two machines in one
/// house agree to a few seconds, not to the microsecond.
const AHEAD_OF_CLOCK: Span = Span::from_seconds(5);

/// Within this time the same bolus again is asked about first. Source: hazard H21.
const JUST_NOW: Span = Span::from_minutes(1);

/// The prepared bag and the ordered dose may differ by this much. Source: clinical reference 3.7.
const DOSE_TOLERANCE_PERCENT: i64 = 5;

/// A bag of fewer or more millilitres is a slip. Source: clinical reference 3.7.
const BAG_VOLUME: (i64, i64) = (20, 250);

/// What a decision may know besides the session.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The server's clock.
    pub now: Moment,
    /// When it happened, as its author says.
    pub at: Moment,
    /// Who commands.
    pub actor: &'a Actor,
    /// What is seen of the room's monitor.
    pub monitor: MonitorEvidence,
    /// What the start rests on.
    pub papers: &'a Papers,
    /// The rules this session keeps.
    pub rules: &'a Rules,
}

/// Decides a command.
///
/// Pure: the same session, command and context give the same answer. Refuses with reasons.
pub fn decide(
    session: &Session,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let says = command.says();
    if !may(&command, session.stage) {
        return Err(Refusal::not_now(says, session.stage));
    }
    check_time(session, &command, context)?;
    doses::check_way(session, &command)?;
    decide_here(session, command, context)
}

/// The same for a command whose stage and time were looked at.
fn decide_here(
    session: &Session,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let says = command.says();
    match command {
        Command::PlanSession {
            patient,
            room,
            planned_for,
            earlier_sessions,
            order,
            rules,
        } => {
            let order = allowed(order, context)?;
            one(SessionEvent::SessionPlanned {
                patient,
                room,
                planned_for,
                earlier_sessions,
                order,
                rules,
            })
        }
        Command::MoveSession { room, planned_for } => one(SessionEvent::SessionMoved {
            room: words(room)?,
            planned_for,
        }),
        Command::ChangeOrder {
            order,
            instead_of,
            because,
        } => change_order(session, order, instead_of, because, context),
        Command::CheckIn { fasting, escort } => {
            one(SessionEvent::PatientCheckedIn { fasting, escort })
        }
        Command::AnswerFasting { fasting } => one(SessionEvent::FastingAnswered { fasting }),
        Command::ConfirmIdentity { identifiers } => confirm_identity(identifiers),
        Command::ChartVitalSigns {
            values,
            source,
            timing,
        } => {
            values
                .check()
                .map_err(|why| Refusal::ImpossibleVitalSigns { why })?;
            one(SessionEvent::VitalSignsCharted {
                values,
                source,
                timing,
            })
        }
        Command::ScoreSedation { score } => one(SessionEvent::SedationScored { score }),
        Command::ScoreDistress { score } => one(SessionEvent::DistressScored { score }),
        Command::CheckRecovery { check } => one(SessionEvent::RecoveryChecked { check }),
        Command::CompleteTimeOut { lines, monitoring } => complete_time_out(lines, monitoring),
        Command::CheckForStart { check } => start::check(check, context),
        Command::UseSignal { act } => signal::act(session, act, context),
        Command::StartInfusion {
            override_reason,
            second_clinician,
        } => {
            let order = session
                .order
                .as_ref()
                .ok_or(Refusal::not_now(says, session.stage))?;
            let verdict = start_verdict(session, context);
            let overridden = pass(&verdict, override_reason, second_clinician, context)?;
            one(SessionEvent::DosingStarted {
                rate: order.rate,
                verdict,
                overridden,
            })
        }
        Command::ChangeRate {
            rate,
            reason,
            override_reason,
        } => change_rate(session, rate, reason, override_reason, context),
        Command::GiveBolus { amount, again } => give_bolus(session, amount, again, context),
        Command::PauseInfusion { reason } => one(SessionEvent::InfusionPaused { reason }),
        Command::ResumeInfusion => one(SessionEvent::InfusionResumed {}),
        Command::StopInfusion { why, note } => one(SessionEvent::InfusionStopped { why, note }),
        Command::GiveDose {
            amount,
            portion,
            override_reason,
            second_clinician,
        } => {
            let wanted = doses::Wanted {
                amount,
                portion,
                override_reason,
                second_clinician,
            };
            doses::give(session, wanted, context)
        }
        Command::EndDosing { why, note } => doses::end(session, why, note),
        Command::WriteNote { text } => one(SessionEvent::NoteWritten { text: words(text)? }),
        Command::GiveSupport { kind, note, detail } => {
            experience::support(kind, note, detail, context)
        }
        Command::SeeSupportEffect {
            support,
            effect,
            note,
        } => experience::effect(session, support, effect, &note),
        Command::MarkMoment { note } => one(SessionEvent::MomentMarked {
            note: note.trim().to_owned(),
        }),
        Command::RateExperience { side, rating, note } => {
            experience::rate(session, side, rating, note)
        }
        Command::SayTouch { touch } => one(SessionEvent::TouchSaid { touch }),
        Command::GiveMedicine {
            medicine,
            dose,
            route,
            because,
            note,
            again,
        } => {
            let given = experience::Given {
                medicine,
                dose,
                route,
                because,
                note,
                again,
            };
            experience::give(session, given, context)
        }
        Command::TakeRoom => experience::take_room(session, context),
        Command::RaiseAdvisory { notice } => raise(session, notice, context),
        Command::AcknowledgeAdvisories { advisories } => {
            // One that ended by itself is still to be seen: nothing is signed before.
            let unseen = standing(session, advisories, |known| known.acknowledged.is_none())?;
            Ok(unseen
                .into_iter()
                .map(|advisory| SessionEvent::AdvisoryAcknowledged { advisory })
                .collect())
        }
        Command::EscalateAdvisory { advisory } => escalation::escalate(session, advisory, context),
        Command::ResolveAdvisories { advisories, how } => {
            let open = standing(session, advisories, |known| known.resolved.is_none())?;
            let how = words(how)?;
            Ok(open
                .into_iter()
                .map(|advisory| SessionEvent::AdvisoryResolved {
                    advisory,
                    how: how.clone(),
                })
                .collect())
        }
        Command::OpenCard { card, because } => cards::open(session, card, because),
        Command::DoCardStep {
            opening,
            step,
            answer,
            note,
        } => cards::do_step(session, opening, step, answer, note),
        Command::GiveCardMedicine {
            opening,
            step,
            medicine,
            dose,
            route,
            again,
        } => {
            let given = cards::Given {
                opening,
                step,
                medicine,
                dose,
                route,
                again,
            };
            cards::give(session, given, context)
        }
        Command::CloseCard {
            opening,
            outcome,
            note,
        } => cards::close(session, opening, outcome, note),
        Command::RecordAdverseEvent { opening, report } => {
            cards::report(session, opening, report, context)
        }
        Command::CorrectEntry {
            entry,
            correction,
            reason,
        } => {
            let wrong = session
                .entries
                .iter()
                .find(|known| known.event_id == entry)
                .ok_or(Refusal::NoSuchEntry)?;
            let reason = words(reason)?;
            check_correction(wrong, &correction)?;
            doses::check_correction(session, &correction)?;
            one(SessionEvent::EntryCorrected {
                entry,
                correction,
                reason,
            })
        }
        Command::ReviewLateEntry {
            entry,
            outcome,
            note,
        } => later::review(session, entry, outcome, note),
        Command::BeginObservation => one(SessionEvent::ObservationBegun {}),
        Command::Discharge {
            escort,
            instructions_given,
            stable,
            override_reason,
        } => {
            let leaving = Leaving {
                escort: &escort,
                instructions_given,
                stable,
            };
            let verdict = discharge_verdict(session, leaving, context);
            let overridden = pass(&verdict, override_reason, None, context)?;
            one(SessionEvent::PatientDischarged {
                escort,
                verdict,
                overridden,
            })
        }
        Command::CancelSession { reason } => one(SessionEvent::SessionCancelled {
            reason: words(reason)?,
        }),
        Command::Sign { statement } => {
            let unseen: Vec<u32> = session
                .unseen_advisories()
                .into_iter()
                .map(|advisory| advisory.number)
                .collect();
            if !unseen.is_empty() {
                return Err(Refusal::AdvisoriesUnseen { numbers: unseen });
            }
            cards::check_signing(session)?;
            later::check_signing(session)?;
            // Hazard: H37 — what was drawn is given, wasted before a witness, or asked about.
            match context.papers.open_syringes {
                Some(0) => {}
                count => return Err(Refusal::SyringesOpen { count }),
            }
            one(SessionEvent::SessionSigned {
                statement: words(statement)?,
            })
        }
    }
}

fn one(event: SessionEvent) -> Result<Vec<SessionEvent>, Refusal> {
    Ok(vec![event])
}

fn words(text: String) -> Result<String, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        Err(Refusal::WordsMissing)
    } else {
        Ok(trimmed.to_owned())
    }
}

/// Which command belongs to which stage: the course of a visit in one table. `Hazard: H25`.
const fn may(command: &Command, stage: Stage) -> bool {
    match command {
        Command::PlanSession { .. } => matches!(stage, Stage::NotPlanned),
        Command::MoveSession { .. } | Command::CheckIn { .. } => matches!(stage, Stage::Planned),
        Command::AnswerFasting { .. }
        | Command::ConfirmIdentity { .. }
        | Command::CompleteTimeOut { .. }
        | Command::CheckForStart { .. }
        | Command::StartInfusion { .. } => matches!(stage, Stage::Preparation),
        // Once something was given, what changes is the rate, and the chart says so.
        Command::ChangeOrder { .. } => matches!(stage, Stage::Planned | Stage::Preparation),
        Command::ChartVitalSigns { .. }
        | Command::ScoreSedation { .. }
        | Command::ScoreDistress { .. }
        | Command::GiveSupport { .. }
        | Command::UseSignal { .. }
        | Command::EscalateAdvisory { .. }
        | Command::SeeSupportEffect { .. }
        | Command::MarkMoment { .. }
        | Command::RateExperience { .. }
        | Command::SayTouch { .. }
        | Command::TakeRoom
        | Command::RaiseAdvisory { .. } => stage.is_present(),
        Command::ChangeRate { .. } | Command::GiveBolus { .. } | Command::PauseInfusion { .. } => {
            matches!(stage, Stage::Infusion)
        }
        // The first dose starts; the others follow on it.
        Command::GiveDose { .. } => matches!(stage, Stage::Preparation | Stage::Infusion),
        Command::EndDosing { .. } => matches!(stage, Stage::Infusion),
        Command::ResumeInfusion => matches!(stage, Stage::Paused),
        Command::StopInfusion { .. } => stage.is_dosing(),
        Command::WriteNote { .. }
        | Command::GiveMedicine { .. }
        | Command::AcknowledgeAdvisories { .. }
        | Command::ResolveAdvisories { .. }
        | Command::CorrectEntry { .. } => {
            stage.is_present() || matches!(stage, Stage::Discharged | Stage::Cancelled)
        }
        // Hazard: H56 — something may go wrong at the door, before the check-in and after it.
        Command::OpenCard { .. }
        | Command::DoCardStep { .. }
        | Command::GiveCardMedicine { .. }
        | Command::CloseCard { .. }
        | Command::RecordAdverseEvent { .. } => !matches!(stage, Stage::NotPlanned | Stage::Signed),
        // Also after the signature: what arrived then is looked at too.
        Command::ReviewLateEntry { .. } => !matches!(stage, Stage::NotPlanned),
        Command::BeginObservation => matches!(stage, Stage::Stopped),
        // Before the drug has ended it says nothing about leaving.
        Command::CheckRecovery { .. } => matches!(stage, Stage::Stopped | Stage::Observation),
        Command::Discharge { .. } => matches!(stage, Stage::Observation),
        Command::CancelSession { .. } => matches!(stage, Stage::Planned | Stage::Preparation),
        Command::Sign { .. } => matches!(stage, Stage::Discharged | Stage::Cancelled),
    }
}

/// Those of the named advisories that still stand so. Refuses when one is not known at all, and
/// when somebody else was faster with every one of them.
fn standing(
    session: &Session,
    named: BTreeSet<u32>,
    stands: impl Fn(&Advisory) -> bool,
) -> Result<Vec<u32>, Refusal> {
    let mut left = Vec::new();
    for advisory in named {
        let known = session.advisories.get(&advisory);
        if stands(known.ok_or(Refusal::NoSuchAdvisory)?) {
            left.push(advisory);
        }
    }
    if left.is_empty() {
        return Err(Refusal::NoSuchAdvisory);
    }
    Ok(left)
}

/// Nothing is charted ahead of its time; acts keep their order; facts may be charted late, but
/// not to a time before the person was here.
fn check_time(session: &Session, command: &Command, context: &Context<'_>) -> Result<(), Refusal> {
    if context.at > context.now + AHEAD_OF_CLOCK {
        return Err(Refusal::InTheFuture { at: context.at });
    }
    let not_before = match command {
        Command::PlanSession { .. } | Command::ReviewLateEntry { .. } => None,
        Command::MoveSession { .. }
        | Command::ChangeOrder { .. }
        | Command::CheckIn { .. }
        | Command::StartInfusion { .. }
        | Command::ChangeRate { .. }
        | Command::GiveBolus { .. }
        | Command::PauseInfusion { .. }
        | Command::ResumeInfusion
        | Command::StopInfusion { .. }
        | Command::GiveDose { .. }
        | Command::EndDosing { .. }
        | Command::BeginObservation
        | Command::Discharge { .. }
        | Command::CancelSession { .. }
        | Command::Sign { .. } => session.last_act(),
        // Hazard: H25 — what was read aloud before an order was changed did not confirm it.
        Command::CompleteTimeOut { .. } => session.checked_in_at().max(session.ordered_at()),
        Command::AnswerFasting { .. }
        | Command::ConfirmIdentity { .. }
        | Command::ChartVitalSigns { .. }
        | Command::ScoreSedation { .. }
        | Command::ScoreDistress { .. }
        | Command::CheckRecovery { .. }
        | Command::WriteNote { .. }
        | Command::GiveSupport { .. }
        | Command::CheckForStart { .. }
        | Command::UseSignal { .. }
        | Command::SeeSupportEffect { .. }
        | Command::MarkMoment { .. }
        | Command::RateExperience { .. }
        | Command::SayTouch { .. }
        | Command::GiveMedicine { .. }
        | Command::TakeRoom
        | Command::RaiseAdvisory { .. }
        | Command::AcknowledgeAdvisories { .. }
        | Command::EscalateAdvisory { .. }
        | Command::ResolveAdvisories { .. }
        | Command::OpenCard { .. }
        | Command::DoCardStep { .. }
        | Command::GiveCardMedicine { .. }
        | Command::CloseCard { .. }
        | Command::RecordAdverseEvent { .. }
        | Command::CorrectEntry { .. } => session.checked_in_at(),
    };
    match not_before {
        Some(not_before) if context.at < not_before => Err(Refusal::TooEarly {
            at: context.at,
            not_before,
        }),
        Some(_) | None => Ok(()),
    }
}

fn check_order(order: &Order) -> Result<(), Refusal> {
    if let Some((number, each)) = order.way.doses() {
        return doses::check_order(order, number, each);
    }
    let refuse = |why: String| Err(Refusal::OrderDoesNotAddUp { why });
    let (least, most) = BAG_VOLUME;
    if order.volume.value() < Decimal::from(least) || order.volume.value() > Decimal::from(most) {
        return refuse(format!(
            "the bag of {} is not between {least} and {most} mL.",
            order.volume
        ));
    }
    if order.dose.value().is_zero() || order.rate.value().is_zero() {
        return refuse("dose and rate must be more than 0.".to_owned());
    }
    let held = contents(order);
    let difference = (held.value() - order.dose.value()).abs() * Decimal::ONE_HUNDRED;
    if difference > order.dose.value() * Decimal::from(DOSE_TOLERANCE_PERCENT) {
        return refuse(format!(
            "the bag holds {held}, but {} was ordered; concentration and volume must give the dose.",
            order.dose
        ));
    }
    Ok(())
}

/// What the rules say of an order.
pub fn order_verdict(order: &Order, rules: &Rules, at: Moment) -> Verdict {
    // Doses are whole milligrams and rates hundredths: what rounding adds is nobody's wish.
    let per_weight = order.dose.value().checked_div(order.dosing_weight.value());
    let per_weight = per_weight.map(|each| each.round_dp(2));
    let minutes = (order.volume.value() * Decimal::from(60)).checked_div(order.rate.value());
    let minutes = minutes.map(|minutes| minutes.round_dp(1));
    let facts = doses::order_facts(order)
        .with("order.dose", Facts::number(Some(order.dose.value())))
        .with("order.dose_per_weight", Facts::number(per_weight))
        .with("order.minutes", Facts::number(minutes));
    let rules = rules.of_way(order.way.product, order.way.route);
    evaluate(Gate::Order, &rules, &facts, at)
}

/// An order that adds up, and that the rules let pass or somebody answers for.
///
/// `order.beyond` says why, and who agrees; it is kept only where the order goes beyond a limit.
// Hazard: H20
fn allowed(order: Order, context: &Context<'_>) -> Result<Order, Refusal> {
    check_order(&order)?;
    let verdict = order_verdict(&order, context.rules, context.at);
    // A session that was planned before there were rules of dosing keeps the rules it had; then
    // there was one way only.
    if verdict.findings.is_empty() && order.way.is_usual() {
        return Ok(order);
    }
    let (reason, second) = match &order.beyond {
        Some(beyond) => (Some(beyond.reason.clone()), beyond.second_clinician.clone()),
        None => (None, None),
    };
    Ok(Order {
        beyond: pass(&verdict, reason, second, context)?,
        ..order
    })
}

/// Another order in place of the one that its author saw.
fn change_order(
    session: &Session,
    order: Order,
    instead_of: EventId,
    because: String,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let name = match context.actor {
        Actor::Person {
            name,
            role: Role::Prescriber | Role::MedicalDirector,
            ..
        } => name,
        Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. } => {
            return Err(Refusal::NotAPrescriber);
        }
    };
    let (entry, before) = session.ordered().ok_or(Refusal::OrderMovedOn)?;
    // Hazard: H26 — what was decided on another order is not decided on this one.
    if entry.event_id != instead_of {
        return Err(Refusal::OrderMovedOn);
    }
    let order = Order {
        prescriber: name.clone(),
        ..allowed(order, context)?
    };
    let by_the_same = Order {
        prescriber: name.clone(),
        ..before.clone()
    };
    if order == by_the_same {
        return Err(Refusal::SameOrder);
    }
    one(SessionEvent::OrderChanged {
        order,
        instead_of: before.clone(),
        because: words(because)?,
    })
}

fn confirm_identity(identifiers: Vec<Identifier>) -> Result<Vec<SessionEvent>, Refusal> {
    let different: BTreeSet<_> = identifiers.into_iter().collect();
    if different.len() < 2 {
        return Err(Refusal::TwoIdentifiersNeeded);
    }
    one(SessionEvent::IdentityConfirmed {
        identifiers: different.into_iter().collect(),
    })
}

fn complete_time_out(
    lines: Vec<Line>,
    monitoring: Monitoring,
) -> Result<Vec<SessionEvent>, Refusal> {
    let missing: Vec<Line> = Line::ALL
        .into_iter()
        .filter(|line| !lines.contains(line))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::LinesMissing { lines: missing });
    }
    one(SessionEvent::TimeOutCompleted {
        lines: Line::ALL.to_vec(),
        monitoring,
    })
}

fn change_rate(
    session: &Session,
    rate: units::MillilitresPerHour,
    reason: String,
    override_reason: Option<String>,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    if rate.value().is_zero() {
        return Err(Refusal::PauseInstead);
    }
    let now = session.infusion().map(|infusion| infusion.rate(context.at));
    let (verdict, overridden) = if now.is_none_or(|now| rate > now) {
        let facts = Facts::new().with(
            "session.last_vital_signs",
            Facts::at(session.latest_blood_pressure().map(|(at, _)| at)),
        );
        let rules = of_way(session, context.rules);
        let verdict = evaluate(Gate::RaiseRate, &rules, &facts, context.at);
        let overridden = pass(&verdict, override_reason, None, context)?;
        (Some(verdict), overridden)
    } else {
        (None, None)
    };
    one(SessionEvent::InfusionRateChanged {
        rate,
        reason,
        verdict,
        overridden,
    })
}

fn give_bolus(
    session: &Session,
    amount: units::Milligrams,
    again: bool,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let infusion = session
        .infusion()
        .ok_or_else(|| Refusal::not_now("give a bolus", session.stage))?;
    if amount.value().is_zero() {
        return Err(Refusal::NothingGiven);
    }
    // Hazard: H21 — a second tap on a slow screen must not become a second dose in the record.
    let just_given = infusion
        .boluses()
        .iter()
        .find(|(at, given)| *given == amount && (context.at - *at).absolute() < JUST_NOW);
    if let (Some((at, amount)), false) = (just_given, again) {
        return Err(Refusal::JustGiven {
            at: *at,
            amount: *amount,
        });
    }
    let remaining = infusion.remaining(context.at);
    if amount > remaining {
        return Err(Refusal::MoreThanRemains { remaining });
    }
    one(SessionEvent::BolusGiven { amount })
}

fn raise(
    session: &Session,
    notice: super::AdvisoryNotice,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    match context.actor {
        Actor::System { .. } => {}
        Actor::Person { .. } | Actor::Device { .. } => return Err(Refusal::NotForPeople),
    }
    let standing = session
        .open_advisories()
        .into_iter()
        .find(|known| known.notice.condition == notice.condition)
        .map(|known| (known.number, known.notice.priority));
    let number = session
        .advisories
        .keys()
        .next_back()
        .map_or(1, |last| last + 1);
    let raised = SessionEvent::AdvisoryRaised {
        advisory: number,
        notice: notice.clone(),
    };
    match standing {
        Some((_, priority)) if priority == notice.priority => Err(Refusal::AlreadyRaised),
        // A change of priority is a new notice, so that it must be seen anew (H15).
        Some((older, _)) => Ok(vec![
            SessionEvent::AdvisoryResolved {
                advisory: older,
                how: format!("continues as notice {number} with another priority"),
            },
            raised,
        ]),
        None => one(raised),
    }
}

fn check_correction(wrong: &Entry, correction: &Correction) -> Result<(), Refusal> {
    if !fits(wrong.counted(), correction) {
        return Err(Refusal::DoesNotFit);
    }
    match correction {
        Correction::VitalSigns { values } => values
            .check()
            .map_err(|why| Refusal::ImpossibleVitalSigns { why }),
        // Only what still stands can be marked.
        Correction::Artefact { signs } => match wrong.vital_signs() {
            Some(values) if values.without(signs).as_ref() != Some(&values) => Ok(()),
            Some(_) | None => Err(Refusal::DoesNotFit),
        },
        Correction::Text { text } if text.trim().is_empty() => Err(Refusal::WordsMissing),
        Correction::Rate { rate } if rate.value().is_zero() => Err(Refusal::PauseInstead),
        // A bolus that was not given is struck, so that the chart says so.
        Correction::Bolus { amount } | Correction::Dose { amount, .. }
            if amount.value().is_zero() =>
        {
            Err(Refusal::DoesNotFit)
        }
        Correction::Struck
        | Correction::Sedation { .. }
        | Correction::Distress { .. }
        | Correction::Rating { .. }
        | Correction::Text { .. }
        | Correction::Rate { .. }
        | Correction::Bolus { .. }
        | Correction::Dose { .. } => Ok(()),
    }
}

/// The start gate's answer for this session at this moment: the very one the page shows and the
/// command asks.
pub fn start_verdict(session: &Session, context: &Context<'_>) -> Verdict {
    let pressure = session.latest_blood_pressure();
    let facts = fasting_facts(&session.fasting)
        .with(
            "session.identity",
            Facts::answered(session.identity_confirmed),
        )
        .with(
            "session.time_out",
            Facts::answered(session.time_out.is_some()),
        )
        .with(
            "baseline.measured_at",
            Facts::at(pressure.as_ref().map(|(at, _)| *at)),
        )
        .with(
            "baseline.systolic",
            Facts::number(
                session
                    .latest(|v| v.systolic)
                    .map(|(_, value)| value.value()),
            ),
        )
        .with(
            "baseline.diastolic",
            Facts::number(
                session
                    .latest(|v| v.diastolic)
                    .map(|(_, value)| value.value()),
            ),
        )
        .with(
            "baseline.oxygen_saturation",
            Facts::number(
                session
                    .latest(|v| v.oxygen_saturation)
                    .map(|(_, v)| v.value()),
            ),
        )
        .with(
            "baseline.heart_rate",
            Facts::number(session.latest(|v| v.heart_rate).map(|(_, v)| v.value())),
        )
        .with("room.monitor", monitor(session, &context.monitor))
        // Hazard: H25
        .with("record.acceptance", paper(&context.papers.acceptance))
        .with("record.consent", paper(&context.papers.consent))
        .with("record.readiness", paper(&context.papers.room.readiness))
        .with("record.escort", paper(&context.papers.room.escort))
        .with("drug.issued", paper(&context.papers.room.drug_issued))
        .with("drug.checked", paper(&context.papers.room.drug_checked))
        .with("room.equipment", paper(&context.papers.room.equipment))
        .with("room.staff", paper(&context.papers.room.staff))
        .with("room.prescriber", paper(&context.papers.room.prescriber))
        .with("room.sound", paper(&context.papers.room.sound))
        .with("room.signal", paper(&context.papers.room.signal))
        .with("programme.enrolment", paper(&context.papers.room.enrolment));
    let rules = of_way(session, context.rules);
    evaluate(Gate::StartInfusion, &rules, &facts, context.at)
}

/// The session's rules that are about its way of giving.
fn of_way(session: &Session, rules: &Rules) -> Rules {
    let way = session.way();
    rules.of_way(way.product, way.route)
}

pub use doses::next_dose_verdict;

/// What is known of food and drink, by the names that policies use.
fn fasting_facts(answers: &FastingAnswers) -> Facts {
    Facts::new()
        .with(
            "preparation.last_clear_liquid",
            fasting(answers.clear_liquid),
        )
        .with("preparation.last_light_meal", fasting(answers.light_meal))
        .with("preparation.last_heavy_meal", fasting(answers.heavy_meal))
}

/// What the start gate will say of food and drink alone, by the rules of fasting for a treatment:
/// what a patient reads back is what the start will ask.
pub fn fasting_verdict(answers: &FastingAnswers, fasting: &Rules, at: Moment) -> Verdict {
    evaluate(Gate::StartInfusion, fasting, &fasting_facts(answers), at)
}

fn fasting(answer: Answer<Moment>) -> Fact {
    match answer {
        Answer::NotAsked | Answer::NotSure => Fact::Unknown,
        Answer::NoneSuch => Fact::NoneSuch,
        Answer::Is(at) => Fact::At(at),
    }
}

fn paper(paper: &Paper) -> Fact {
    Fact::Standing(paper.outcome, paper.says.clone())
}

/// Charting by hand is a way to go on without a monitor, never a way past one that lies. `H04`.
fn monitor(session: &Session, evidence: &MonitorEvidence) -> Fact {
    let by_hand = session.time_out == Some(Monitoring::ByHand);
    let word = match evidence {
        MonitorEvidence::NotAssociated | MonitorEvidence::NoSignal if by_hand => "by-hand",
        MonitorEvidence::NotAssociated
        | MonitorEvidence::Live
        | MonitorEvidence::NoSignal
        | MonitorEvidence::DemoMode
        | MonitorEvidence::IdentityConflict => evidence.word(),
    };
    Fact::Word(word.to_owned())
}

/// Passes an open gate, or a closed one with an override that the rules allow.
fn pass(
    verdict: &Verdict,
    reason: Option<String>,
    second_clinician: Option<String>,
    context: &Context<'_>,
) -> Result<Option<Override>, Refusal> {
    if verdict.is_open() {
        return Ok(None);
    }
    // A gate that asked nothing has nothing that anyone could answer for.
    if verdict.findings.is_empty() {
        return Err(Refusal::GateClosed {
            verdict: verdict.clone(),
        });
    }
    let verdict = || verdict.clone();
    let Some(reason) = reason
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
    else {
        return Err(Refusal::GateClosed { verdict: verdict() });
    };
    let (name, role) = match context.actor {
        Actor::Person { name, role, .. } => (name.as_str(), *role),
        Actor::Device { .. } | Actor::System { .. } => ("", Role::IntegrationClient),
    };
    if !verdict().beyond(role).is_empty() {
        return Err(Refusal::MayNotOverride { verdict: verdict() });
    }
    let second = second_clinician
        .map(|text| text.trim().to_owned())
        .filter(|second| !second.is_empty() && !is_same_name(second, name));
    if verdict().needs_second_clinician() && second.is_none() {
        return Err(Refusal::SecondClinicianNeeded { verdict: verdict() });
    }
    Ok(Some(Override {
        reason,
        role,
        second_clinician: second,
    }))
}

/// One name written two ways is one person: case and spaces do not tell people apart.
fn is_same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| {
        name.split_whitespace()
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    };
    words(one) == words(other)
}
