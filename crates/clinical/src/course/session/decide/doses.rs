//! Injections, sprays, what is swallowed, devices: what may be given next, and when it is over.

use super::super::command::Command;
use super::super::doses::Portion;
use super::super::event::SessionEvent;
use super::super::infusion::contents;
use super::super::refusal::Refusal;
use super::super::state::{Session, Stage};
use super::super::vocabulary::{Correction, Order, Stop};
use super::super::way::Giving;
use super::{Context, DOSE_TOLERANCE_PERCENT, pass, start_verdict};
use crate::course::screening::person::Route;
use crate::policy::{Fact, Facts, Gate, Verdict, evaluate};
use rust_decimal::Decimal;
use units::{Milligrams, MillilitresPerHour};

/// A dose that somebody wants to chart as given.
pub(super) struct Wanted {
    pub(super) amount: Milligrams,
    pub(super) portion: Portion,
    pub(super) override_reason: Option<String>,
    pub(super) second_clinician: Option<String>,
}

/// What belongs to a pump is not done where there is none, and the other way round.
pub(super) fn check_way(session: &Session, command: &Command) -> Result<(), Refusal> {
    let is_infusion = session.way().is_infusion();
    let fits = match command {
        Command::StartInfusion { .. }
        | Command::ChangeRate { .. }
        | Command::GiveBolus { .. }
        | Command::PauseInfusion { .. }
        | Command::ResumeInfusion
        | Command::StopInfusion { .. } => is_infusion,
        Command::GiveDose { .. } | Command::EndDosing { .. } => !is_infusion,
        Command::PlanSession { .. }
        | Command::MoveSession { .. }
        | Command::ChangeOrder { .. }
        | Command::CheckIn { .. }
        | Command::AnswerFasting { .. }
        | Command::ConfirmIdentity { .. }
        | Command::ChartVitalSigns { .. }
        | Command::ScoreSedation { .. }
        | Command::ScoreDistress { .. }
        | Command::CheckRecovery { .. }
        | Command::CompleteTimeOut { .. }
        | Command::CheckForStart { .. }
        | Command::UseSignal { .. }
        | Command::WriteNote { .. }
        | Command::GiveSupport { .. }
        | Command::SeeSupportEffect { .. }
        | Command::MarkMoment { .. }
        | Command::RateExperience { .. }
        | Command::SayTouch { .. }
        | Command::GiveMedicine { .. }
        | Command::TakeRoom
        | Command::RaiseAdvisory { .. }
        | Command::EscalateAdvisory { .. }
        | Command::AcknowledgeAdvisories { .. }
        | Command::ResolveAdvisories { .. }
        | Command::OpenCard { .. }
        | Command::DoCardStep { .. }
        | Command::GiveCardMedicine { .. }
        | Command::CloseCard { .. }
        | Command::RecordAdverseEvent { .. }
        | Command::CorrectEntry { .. }
        | Command::ReviewLateEntry { .. }
        | Command::BeginObservation
        | Command::Discharge { .. }
        | Command::CancelSession { .. }
        | Command::Sign { .. } => true,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::OtherWay {
            command: command.says().to_owned(),
            way: session.way().says(),
        })
    }
}

/// The doses are the whole, and so is what they are drawn from.
pub(super) fn check_order(order: &Order, number: u8, each: Milligrams) -> Result<(), Refusal> {
    let refuse = |why: String| Err(Refusal::OrderDoesNotAddUp { why });
    if !order.way.product.is_given_by(order.way.route) {
        return refuse(format!("{} is not given.", order.way.says()));
    }
    if number == 0 || each.value().is_zero() {
        return refuse("number and amount of the doses must be more than 0.".to_owned());
    }
    let sum = each.value() * Decimal::from(number);
    if sum != order.dose.value() {
        return refuse(format!("{number} of {each} do not come to {}.", order.dose));
    }
    if !order.rate.value().is_zero() {
        return refuse("nothing is pumped, so there is no rate.".to_owned());
    }
    let held = contents(order);
    let difference = (held.value() - order.dose.value()).abs() * Decimal::ONE_HUNDRED;
    if difference > order.dose.value() * Decimal::from(DOSE_TOLERANCE_PERCENT) {
        return refuse(format!(
            "what is drawn holds {held}, but {} was ordered; strength and volume must give the dose.",
            order.dose
        ));
    }
    Ok(())
}

/// What protocols ask of an order besides dose and time: how many of how much, and what was known of
/// the person when it was made. What nobody looked at is not known.
pub(super) fn order_facts(order: &Order) -> Facts {
    let doses = order.way.doses();
    let facts = Facts::new()
        .with(
            "order.number",
            Facts::number(doses.map(|(number, _)| number.into())),
        )
        .with(
            "order.each",
            Facts::number(doses.map(|(_, each)| each.value())),
        );
    let Some(grounds) = &order.grounds else {
        return facts;
    };
    // Less than last time is no rise, and the first dose has nothing to rise above.
    let raised = |rise: Option<Decimal>| match rise {
        Some(rise) if rise > Decimal::ZERO => Fact::Number(rise),
        Some(_) | None => Fact::NoneSuch,
    };
    let last = grounds.last.as_ref();
    let per_weight =
        |dose: Milligrams, weight: units::Kilograms| dose.value().checked_div(weight.value());
    let now = per_weight(order.dose, order.dosing_weight);
    let before = last.and_then(|last| per_weight(last.dose, last.dosing_weight));
    let rise_per_weight = now
        .zip(before)
        .map(|(now, before)| (now - before).round_dp(2));
    facts
        .with(
            "order.raised",
            raised(last.map(|last| order.dose.value() - last.dose.value())),
        )
        .with("order.raised_per_weight", raised(rise_per_weight))
        .with(
            "order.first",
            Fact::Word(if grounds.earlier == 0 { "yes" } else { "no" }.to_owned()),
        )
        .with("order.age", Facts::number(grounds.age.map(Decimal::from)))
        .with(
            "order.in_seven_days",
            Facts::number(Some(grounds.in_seven_days.into())),
        )
        .with(
            "order.liver",
            grounds
                .liver
                .map_or(Fact::Unknown, |class| Fact::Word(class.word().to_owned())),
        )
}

/// The word of how the drug of a session is given.
pub(super) fn giving(session: &Session) -> Fact {
    let word = match session.way().giving {
        Giving::Infusion => "infusion",
        Giving::Doses { .. } => "doses",
        Giving::Devices { .. } => "devices",
    };
    Fact::Word(word.to_owned())
}

/// What the rules say of a further dose at this moment: the very answer that the page shows and the
/// command asks.
// Hazard: H21
pub fn next_dose_verdict(session: &Session, context: &Context<'_>) -> Verdict {
    let fault = if session.delivery_is_uncertain() {
        "fault"
    } else {
        "none"
    };
    let facts = Facts::new()
        .with("session.last_dose_at", Facts::at(session.last_dose_at()))
        .with("session.device_fault", Fact::Word(fault.to_owned()));
    let rules = super::of_way(session, context.rules);
    evaluate(Gate::NextDose, &rules, &facts, context.at)
}

/// Charts a dose. The first one passes the gate of the start, every other that of a further dose.
pub(super) fn give(
    session: &Session,
    wanted: Wanted,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let way = session.way();
    let (ordered, _) = way
        .doses()
        .ok_or_else(|| Refusal::not_now("give a dose", session.stage))?;
    check_portion(session, wanted.amount, &wanted.portion)?;
    let given = u8::try_from(session.doses().len()).unwrap_or(u8::MAX);
    if given >= ordered {
        return Err(Refusal::EveryDoseGiven { number: ordered });
    }
    if session.stage == Stage::Preparation {
        let verdict = start_verdict(session, context);
        let overridden = pass(
            &verdict,
            wanted.override_reason,
            wanted.second_clinician,
            context,
        )?;
        return Ok(vec![
            SessionEvent::DosingStarted {
                rate: MillilitresPerHour::ZERO,
                verdict,
                overridden,
            },
            SessionEvent::DoseGiven {
                number: 1,
                amount: wanted.amount,
                portion: wanted.portion,
                verdict: None,
                overridden: None,
            },
        ]);
    }
    // After the only dose was struck there is nothing that the next one must keep away from.
    let (verdict, overridden) = if given == 0 {
        (None, None)
    } else {
        let verdict = next_dose_verdict(session, context);
        let overridden = pass(
            &verdict,
            wanted.override_reason,
            wanted.second_clinician,
            context,
        )?;
        (Some(verdict), overridden)
    };
    super::one(SessionEvent::DoseGiven {
        number: given + 1,
        amount: wanted.amount,
        portion: wanted.portion,
        verdict,
        overridden,
    })
}

/// A dose as it was given when nobody could ask, whatever the gates say of it; their answer is kept
/// with it.
pub(super) fn charted(
    session: &Session,
    amount: Milligrams,
    portion: Portion,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    // More than ordered that went in went in: only its form is asked about.
    check_form(session, amount, &portion)?;
    let begun = session
        .entries
        .iter()
        .any(|entry| matches!(entry.counted(), SessionEvent::DosingStarted { .. }));
    let given = u8::try_from(session.doses().len()).unwrap_or(u8::MAX);
    let dose = SessionEvent::DoseGiven {
        number: given.saturating_add(1),
        amount,
        portion,
        verdict: begun.then(|| next_dose_verdict(session, context)),
        overridden: None,
    };
    if begun {
        return super::one(dose);
    }
    Ok(vec![
        SessionEvent::DosingStarted {
            rate: MillilitresPerHour::ZERO,
            verdict: start_verdict(session, context),
            overridden: None,
        },
        dose,
    ])
}

/// What is charted fits the order: the form to the route, the amount to one dose.
// Hazard: H20
fn check_portion(session: &Session, amount: Milligrams, portion: &Portion) -> Result<(), Refusal> {
    check_form(session, amount, portion)?;
    match session.way().giving {
        Giving::Doses { each, .. } if amount > each => Err(Refusal::MoreThanOrdered { each }),
        Giving::Infusion | Giving::Doses { .. } | Giving::Devices { .. } => Ok(()),
    }
}

/// The form fits the route, something went in, and of a device the whole.
fn check_form(session: &Session, amount: Milligrams, portion: &Portion) -> Result<(), Refusal> {
    let way = session.way();
    let fits = match (portion, way.giving, way.route) {
        (Portion::Device { .. }, Giving::Devices { .. }, _)
        | (
            Portion::Injection { .. },
            Giving::Doses { .. },
            Route::Intramuscular | Route::Subcutaneous,
        )
        | (Portion::Spray { .. }, Giving::Doses { .. }, Route::Intranasal)
        | (Portion::Swallowed, Giving::Doses { .. }, Route::Oral)
        | (Portion::UnderTongue, Giving::Doses { .. }, Route::Sublingual) => true,
        (
            Portion::Device { .. }
            | Portion::Injection { .. }
            | Portion::Spray { .. }
            | Portion::Swallowed
            | Portion::UnderTongue,
            Giving::Infusion | Giving::Doses { .. } | Giving::Devices { .. },
            Route::Intravenous
            | Route::Intramuscular
            | Route::Subcutaneous
            | Route::Intranasal
            | Route::Oral
            | Route::Sublingual,
        ) => false,
    };
    if !fits {
        return Err(Refusal::OtherPortion { way: way.says() });
    }
    if amount.value().is_zero() {
        return Err(Refusal::NothingGiven);
    }
    match way.giving {
        Giving::Devices { each, .. } if amount != each => Err(Refusal::WholeDevice { each }),
        Giving::Infusion | Giving::Doses { .. } | Giving::Devices { .. } => Ok(()),
    }
}

/// A dose is corrected to what the order could have been.
pub(super) fn check_correction(session: &Session, correction: &Correction) -> Result<(), Refusal> {
    match correction {
        Correction::Dose { amount, portion } => check_portion(session, *amount, portion),
        Correction::Struck
        | Correction::Artefact { .. }
        | Correction::VitalSigns { .. }
        | Correction::Rating { .. }
        | Correction::Sedation { .. }
        | Correction::Distress { .. }
        | Correction::Text { .. }
        | Correction::Rate { .. }
        | Correction::Bolus { .. } => Ok(()),
    }
}

/// No more doses: from here on the person is watched. What was ordered and not given needs another
/// reason than that it was.
pub(super) fn end(
    session: &Session,
    why: Stop,
    note: String,
) -> Result<Vec<SessionEvent>, Refusal> {
    match (why, session.doses_left()) {
        (Stop::Completed, Some(left)) if left > 0 => Err(Refusal::DosesLeft { left }),
        (Stop::Completed | Stop::Safety | Stop::PersonAsked | Stop::Other, _) => Ok(vec![
            SessionEvent::DosingEnded { why, note },
            SessionEvent::ObservationBegun {},
        ]),
    }
}
