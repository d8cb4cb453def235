//! What is decided about acts that were recorded without contact, or on paper: facts stand, acts
//! that cannot both be so wait beside the record for a person, and nothing is dropped or re-dated.

use super::{
    AHEAD_OF_CLOCK, Context, Leaving, cards, decide, decide_here, discharge_verdict, doses,
    experience, may, one,
};
use crate::course::session::command::Command;
use crate::course::session::event::SessionEvent;
use crate::course::session::later::{HowLater, LateOutcome};
use crate::course::session::refusal::Refusal;
use crate::course::session::state::{Session, Stage};
use crate::policy::{Facts, Gate, evaluate};
use crate::record::EventId;
use units::Moment;

/// How an act was recorded when nobody could ask the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Afterwards {
    /// How.
    pub how: HowLater,
    /// The tablet, by its own number; empty for paper.
    pub tablet: String,
    /// When it was entered, by the tablet's own clock.
    pub tablet_at: Option<Moment>,
    /// What makes its time doubtful, in one sentence.
    pub doubt: Option<String>,
}

/// What a command is to somebody who could not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Something that was seen, said or given. It is true whatever a gate would have said.
    Fact,
    /// Something after which the session or the pump stands elsewhere. Two people may have charted
    /// what cannot both be so.
    Transition,
    /// Something that only makes sense with the whole record in view.
    WithContact,
}

/// The closed table.
const fn kind(command: &Command) -> Kind {
    match command {
        Command::AnswerFasting { .. }
        | Command::ConfirmIdentity { .. }
        | Command::ChartVitalSigns { .. }
        | Command::ScoreSedation { .. }
        | Command::ScoreDistress { .. }
        | Command::CheckRecovery { .. }
        | Command::CompleteTimeOut { .. }
        | Command::GiveBolus { .. }
        | Command::GiveDose { .. }
        | Command::WriteNote { .. }
        | Command::GiveSupport { .. }
        | Command::SeeSupportEffect { .. }
        | Command::MarkMoment { .. }
        | Command::RateExperience { .. }
        | Command::SayTouch { .. }
        | Command::GiveMedicine { .. }
        | Command::TakeRoom
        | Command::CheckForStart { .. }
        | Command::AcknowledgeAdvisories { .. }
        | Command::ResolveAdvisories { .. }
        | Command::OpenCard { .. }
        | Command::DoCardStep { .. }
        | Command::GiveCardMedicine { .. }
        | Command::CloseCard { .. }
        | Command::RecordAdverseEvent { .. }
        | Command::CorrectEntry { .. } => Kind::Fact,
        Command::CheckIn { .. }
        | Command::StartInfusion { .. }
        | Command::ChangeRate { .. }
        | Command::PauseInfusion { .. }
        | Command::ResumeInfusion
        | Command::StopInfusion { .. }
        | Command::EndDosing { .. }
        | Command::BeginObservation
        | Command::Discharge { .. }
        | Command::CancelSession { .. } => Kind::Transition,
        Command::PlanSession { .. }
        | Command::MoveSession { .. }
        | Command::ChangeOrder { .. }
        | Command::RaiseAdvisory { .. }
        | Command::EscalateAdvisory { .. }
        // The patient's device and the nurse's meet on the server and nowhere else.
        | Command::UseSignal { .. }
        | Command::ReviewLateEntry { .. }
        | Command::Sign { .. } => Kind::WithContact,
    }
}

/// Decides an act that was recorded without contact, or on paper.
///
/// What the rules would have let pass is charted as ever. A fact that they would have refused is
/// charted with what they would have said. A transition is charted at its own time if it can stand
/// there between its neighbours, and is held for a person if it cannot. Refuses only what could not
/// be charted at any time: what does not say what it should, and what needs the whole record.
// Hazard: H22
pub fn decide_afterwards(
    session: &Session,
    command: Command,
    context: &Context<'_>,
    afterwards: Afterwards,
) -> Result<Vec<SessionEvent>, Refusal> {
    let says = command.says();
    let kind = kind(&command);
    if kind == Kind::WithContact {
        return Err(Refusal::OnlyWithContact {
            command: says.to_owned(),
        });
    }
    if session.stage == Stage::NotPlanned {
        return Err(Refusal::not_now(says, session.stage));
    }
    doses::check_way(session, &command)?;
    let (mut events, refused) = match decide(session, command.clone(), context) {
        Ok(events) => (events, None),
        Err(refusal) if is_about_contents(&refusal) => return Err(refusal),
        Err(refusal) => {
            let charted = as_charted(session, &command, context)?;
            match held_because(session, &command, &charted, &refusal, kind, context) {
                Some(because) => (
                    charted.into_iter().map(|act| hold(act, &because)).collect(),
                    None,
                ),
                None => (charted, Some(refusal.says())),
            }
        }
    };
    let against: Vec<String> = refused.into_iter().chain(afterwards.doubt).collect();
    events.push(SessionEvent::RecordedLater {
        how: afterwards.how,
        tablet: afterwards.tablet,
        tablet_at: afterwards.tablet_at,
        against: (!against.is_empty()).then(|| against.join(" ")),
    });
    Ok(events)
}

fn hold(act: SessionEvent, because: &str) -> SessionEvent {
    SessionEvent::ActHeld {
        act: Box::new(act),
        because: because.to_owned(),
    }
}

/// Why an act cannot stand in the record beside what stands there; nothing where it can.
// Hazard: H26
fn held_because(
    session: &Session,
    command: &Command,
    charted: &[SessionEvent],
    refusal: &Refusal,
    kind: Kind,
    context: &Context<'_>,
) -> Option<String> {
    let ahead = context.at > context.now + AHEAD_OF_CLOCK;
    if session.stage == Stage::Signed || ahead || somebody_was_faster(refusal) {
        return Some(refusal.says());
    }
    // The first dose begins the dosing.
    let moves = charted.iter().any(|event| event.leads_to().is_some());
    match kind {
        Kind::Fact if !moves => match command {
            // Without a pump that ever ran there is no bag that it could have come out of.
            Command::GiveBolus { .. } if session.infusion().is_none() => Some(refusal.says()),
            _ => None,
        },
        Kind::Fact | Kind::Transition => {
            let (before, _) = session.stood_at(Some(context.at));
            if !may(command, before) {
                return Some(Refusal::not_now(command.says(), before).says());
            }
            let after = charted
                .iter()
                .rev()
                .find_map(SessionEvent::leads_to)
                .unwrap_or(before);
            let next = session
                .in_time()
                .into_iter()
                .filter(|entry| entry.occurred_at > context.at)
                .find(|entry| {
                    let event = entry.counted();
                    event.leads_to().is_some()
                        || matches!(event, SessionEvent::InfusionRateChanged { .. })
                })?;
            (!next.counted().can_follow(after)).then(|| {
                format!(
                    "Not charted: what somebody else charted for a later time could not follow it; \
                     one cannot both {} then and go on as the record says.",
                    command.says()
                )
            })
        }
        Kind::WithContact => Some(refusal.says()),
    }
}

/// Somebody else did the very thing: the first one's stands, and this one is kept beside it.
const fn somebody_was_faster(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NoSuchAdvisory | Refusal::CardStandsOpen { .. } | Refusal::StepDone
    )
}

/// True for what no time and no rule could have made right: its author puts it right.
const fn is_about_contents(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::OrderDoesNotAddUp { .. }
        | Refusal::NotAPrescriber
        | Refusal::OrderMovedOn
        | Refusal::SameOrder
        | Refusal::ImpossibleVitalSigns { .. }
        | Refusal::TwoIdentifiersNeeded
        | Refusal::LinesMissing { .. }
        | Refusal::WordsMissing
        | Refusal::PauseInstead
        | Refusal::OtherWay { .. }
        | Refusal::OtherPortion { .. }
        | Refusal::WholeDevice { .. }
        | Refusal::DosesLeft { .. }
        | Refusal::NothingGiven
        | Refusal::NoSuchEntry
        | Refusal::DoesNotFit
        | Refusal::NoSuchCard
        | Refusal::NoSuchStep
        | Refusal::SomethingWasGiven
        | Refusal::SeriousnessContradicts
        | Refusal::OnlyWithContact { .. }
        | Refusal::OnlyAPerson
        | Refusal::NotTheSignal
        | Refusal::NoSignalConnected
        | Refusal::NoTestArrived
        | Refusal::NotAllClear
        | Refusal::NobodyNamed
        | Refusal::PhraseCharted
        | Refusal::HasRoomAlready
        | Refusal::NotForMachines
        | Refusal::NotForPeople => true,
        Refusal::NotNow { .. }
        | Refusal::GateClosed { .. }
        | Refusal::MayNotOverride { .. }
        | Refusal::SecondClinicianNeeded { .. }
        | Refusal::InTheFuture { .. }
        | Refusal::TooEarly { .. }
        | Refusal::JustGiven { .. }
        | Refusal::MoreThanRemains { .. }
        | Refusal::MoreThanOrdered { .. }
        | Refusal::EveryDoseGiven { .. }
        // Touch that was not agreed has happened all the same.
        | Refusal::TouchNotAgreed { .. }
        | Refusal::NoSuchAdvisory
        | Refusal::AlreadyRaised
        | Refusal::SyringesOpen { .. }
        | Refusal::AdvisoriesUnseen { .. }
        | Refusal::LateEntriesWait { .. }
        | Refusal::CardStandsOpen { .. }
        | Refusal::StepDone
        | Refusal::MedicineJustGiven { .. }
        | Refusal::CardsOpen { .. }
        | Refusal::AdverseEventsMissing { .. } => false,
    }
}

/// What the act is in the record, whatever a gate says of it; a gate's answer is kept in it.
fn as_charted(
    session: &Session,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    match command {
        Command::StartInfusion { .. } => one(SessionEvent::DosingStarted {
            rate: session
                .order
                .as_ref()
                .ok_or(Refusal::not_now(command.says(), session.stage))?
                .rate,
            verdict: super::start_verdict(session, context),
            overridden: None,
        }),
        Command::ChangeRate { rate, reason, .. } => {
            if rate.value().is_zero() {
                return Err(Refusal::PauseInstead);
            }
            let facts = Facts::new().with(
                "session.last_vital_signs",
                Facts::at(session.latest_blood_pressure().map(|(at, _)| at)),
            );
            let verdict = evaluate(Gate::RaiseRate, context.rules, &facts, context.at);
            one(SessionEvent::InfusionRateChanged {
                rate: *rate,
                reason: reason.clone(),
                verdict: Some(verdict),
                overridden: None,
            })
        }
        Command::GiveBolus { amount, .. } => {
            if amount.value().is_zero() {
                return Err(Refusal::NothingGiven);
            }
            one(SessionEvent::BolusGiven { amount: *amount })
        }
        Command::GiveDose {
            amount, portion, ..
        } => doses::charted(session, *amount, portion.clone(), context),
        Command::Discharge {
            escort,
            instructions_given,
            stable,
            ..
        } => {
            let leaving = Leaving {
                escort,
                instructions_given: *instructions_given,
                stable: *stable,
            };
            one(SessionEvent::PatientDischarged {
                escort: escort.clone(),
                verdict: discharge_verdict(session, leaving, context),
                overridden: None,
            })
        }
        Command::AcknowledgeAdvisories { advisories } => Ok(advisories
            .iter()
            .map(|advisory| SessionEvent::AdvisoryAcknowledged {
                advisory: *advisory,
            })
            .collect()),
        Command::ResolveAdvisories { advisories, how } => Ok(advisories
            .iter()
            .map(|advisory| SessionEvent::AdvisoryResolved {
                advisory: *advisory,
                how: how.clone(),
            })
            .collect()),
        Command::OpenCard { card, because } => one(SessionEvent::CardOpened {
            opening: cards::next_opening(session),
            card: card.clone(),
            because: *because,
        }),
        Command::DoCardStep {
            opening,
            step,
            answer,
            note,
        } => one(SessionEvent::CardStepDone {
            opening: *opening,
            says: session
                .card(*opening)
                .ok_or(Refusal::NoSuchCard)?
                .card
                .step_says(step)
                .to_owned(),
            step: step.clone(),
            answer: *answer,
            note: note.trim().to_owned(),
        }),
        Command::GiveCardMedicine {
            opening,
            step,
            medicine,
            dose,
            route,
            ..
        } => decide_here(
            session,
            Command::GiveCardMedicine {
                opening: *opening,
                step: step.clone(),
                medicine: medicine.clone(),
                dose: dose.clone(),
                route: route.clone(),
                again: true,
            },
            context,
        ),
        Command::GiveSupport { kind, note, detail } => {
            experience::charted_support(*kind, note.clone(), detail.clone())
        }
        Command::GiveMedicine {
            medicine,
            dose,
            route,
            because,
            note,
            ..
        } => decide_here(
            session,
            Command::GiveMedicine {
                medicine: medicine.clone(),
                dose: dose.clone(),
                route: route.clone(),
                because: because.clone(),
                note: *note,
                again: true,
            },
            context,
        ),
        Command::CheckIn { .. }
        | Command::AnswerFasting { .. }
        | Command::ConfirmIdentity { .. }
        | Command::ChartVitalSigns { .. }
        | Command::ScoreSedation { .. }
        | Command::ScoreDistress { .. }
        | Command::CheckRecovery { .. }
        | Command::SeeSupportEffect { .. }
        | Command::MarkMoment { .. }
        | Command::RateExperience { .. }
        | Command::SayTouch { .. }
        | Command::TakeRoom
        | Command::CheckForStart { .. }
        | Command::CompleteTimeOut { .. }
        | Command::PauseInfusion { .. }
        | Command::ResumeInfusion
        | Command::StopInfusion { .. }
        | Command::EndDosing { .. }
        | Command::WriteNote { .. }
        | Command::CloseCard { .. }
        | Command::RecordAdverseEvent { .. }
        | Command::CorrectEntry { .. }
        | Command::BeginObservation
        | Command::CancelSession { .. } => decide_here(session, command.clone(), context),
        Command::PlanSession { .. }
        | Command::MoveSession { .. }
        | Command::ChangeOrder { .. }
        | Command::RaiseAdvisory { .. }
        | Command::EscalateAdvisory { .. }
        | Command::UseSignal { .. }
        | Command::ReviewLateEntry { .. }
        | Command::Sign { .. } => Err(Refusal::OnlyWithContact {
            command: command.says().to_owned(),
        }),
    }
}

/// A person has looked at an entry that the rules would have refused.
pub(super) fn review(
    session: &Session,
    entry: EventId,
    outcome: LateOutcome,
    note: String,
) -> Result<Vec<SessionEvent>, Refusal> {
    let waiting = session
        .waiting_for_review()
        .find(|known| known.event_id == entry)
        .ok_or(Refusal::NoSuchEntry)?;
    let held = matches!(waiting.event, SessionEvent::ActHeld { .. });
    let note = note.trim().to_owned();
    match outcome {
        LateOutcome::Stands if held => return Err(Refusal::DoesNotFit),
        LateOutcome::Counts | LateOutcome::SetAside if !held => return Err(Refusal::DoesNotFit),
        // A signed record is not changed by what came after it; it is shown beside it.
        LateOutcome::Counts if session.stage == Stage::Signed => {
            return Err(Refusal::not_now("let a held act count", session.stage));
        }
        LateOutcome::Counts | LateOutcome::SetAside if note.is_empty() => {
            return Err(Refusal::WordsMissing);
        }
        LateOutcome::Stands | LateOutcome::Counts | LateOutcome::SetAside => {}
    }
    one(SessionEvent::LateEntryReviewed {
        entry,
        outcome,
        note,
    })
}

/// Nothing is signed over what nobody has looked at.
pub(super) fn check_signing(session: &Session) -> Result<(), Refusal> {
    match session.waiting_for_review().count() {
        0 => Ok(()),
        count => Err(Refusal::LateEntriesWait { count }),
    }
}
