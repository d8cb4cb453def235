//! May somebody leave? What the record knows about it, for the discharge gate.

use super::super::event::SessionEvent;
use super::super::infusion::Infusion;
use super::super::recovery::{Compared, Readings, Recovery, RecoveryCheck, unbroken};
use super::super::state::Session;
use super::{Context, doses, of_way};
use crate::policy::{Fact, Facts, Gate, Rules, Verdict, evaluate};
use rust_decimal::{Decimal, RoundingStrategy};
use units::{Moment, Span};

/// What is said when somebody leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaving<'a> {
    /// Who takes them home; empty is not known.
    pub escort: &'a str,
    /// The instructions were given to both.
    pub instructions_given: bool,
    /// A clinician says that the person is stable.
    pub stable: bool,
}

/// The discharge gate's answer for this session at this moment.
///
/// Scores and checks count only from the end of the infusion or the last dose on, and pressures from the first drug
/// on: that someone was awake and calm before the drug says nothing about leaving after it, and what was read an hour
/// ago says nothing about now. `Hazard: H39`.
pub fn discharge_verdict(
    session: &Session,
    leaving: Leaving<'_>,
    context: &Context<'_>,
) -> Verdict {
    let infusion = session.infusion();
    let started_at = infusion.as_ref().and_then(Infusion::started_at);
    let stopped_at = session.observed_from();
    let facts = Facts::new()
        .with("session.stopped_at", Facts::at(stopped_at))
        .with("session.observed_from", Facts::at(stopped_at))
        .with("session.giving", doses::giving(session))
        .with(
            "session.product",
            Fact::Word(session.product().word().to_owned()),
        )
        .with(
            "session.alertness",
            since(stopped_at, session.sedation(), |score| {
                Decimal::from(score.points())
            }),
        )
        .with(
            "session.alertness_at",
            taken_since(stopped_at, session.sedation()),
        )
        .with("session.alert_for", minutes(session.alert_for()))
        .with(
            "session.distress",
            since(stopped_at, session.distress(), |score| {
                Decimal::from(score.points())
            }),
        )
        .with(
            "latest.systolic",
            since(started_at, session.latest(|v| v.systolic), |v| v.value()),
        )
        .with(
            "latest.diastolic",
            since(started_at, session.latest(|v| v.diastolic), |v| v.value()),
        )
        .with(
            "latest.pressure_at",
            taken_since(started_at, session.latest(|v| v.systolic)),
        )
        .with("session.reversed_at", reversed_at(session))
        .with(
            "session.escort",
            Facts::answered(!leaving.escort.trim().is_empty()),
        )
        .with(
            "session.instructions",
            Facts::answered(leaving.instructions_given),
        )
        .with("session.stable", Facts::answered(leaving.stable));
    let facts = recovery_facts(facts, session, context);
    let rules = of_way(session, context.rules);
    evaluate(Gate::Discharge, &rules, &facts, context.at)
}

/// For how long a vital sign counts beside a check, by the clinic's rules of leaving; nothing where
/// no rule says it, and then none counts.
pub fn readings_hold(rules: &Rules) -> Option<Span> {
    rules.value("discharge", "reading_age")?.span()
}

/// The checks that stand since the drug ended, each with its scores, by the session's rules.
pub fn recoveries(session: &Session, rules: &Rules) -> Vec<Recovery> {
    readings_hold(rules).map_or_else(Vec::new, |holds| session.recoveries(holds))
}

/// What the checks of the recovery say. How long a vital sign counts beside a check, and which
/// points are enough, are the clinic's rules of leaving.
fn recovery_facts(facts: Facts, session: &Session, context: &Context<'_>) -> Facts {
    let rule = |parameter: &str| context.rules.value("discharge", parameter);
    let holds = readings_hold(context.rules);
    let checks = recoveries(session, context.rules);
    let ready_for = rule("aldrete").zip(rule("padss")).and_then(|(one, other)| {
        unbroken(
            checks
                .iter()
                .map(|check| (check.at, check.reaches(one.value, other.value))),
        )
    });
    let latest = checks.last();
    let word = |pick: &dyn Fn(&RecoveryCheck) -> &'static str| {
        latest.map_or(Fact::Unknown, |known| {
            Fact::Word(pick(&known.check).to_owned())
        })
    };
    let number = |pick: &dyn Fn(&Recovery) -> Option<Decimal>| Facts::number(latest.and_then(pick));
    let now = holds.map_or_else(Readings::default, |holds| {
        session.readings_at(context.at, holds)
    });
    let above = |compared: Option<Compared>| {
        Facts::number(
            compared
                .and_then(Compared::percent_above)
                // Never down to a limit that it is above.
                .map(|percent| percent.round_dp_with_strategy(1, RoundingStrategy::AwayFromZero)),
        )
    };
    facts
        .with(
            "recovery.checked_at",
            Facts::at(latest.map(|known| known.at)),
        )
        .with(
            "recovery.aldrete",
            number(&|known| known.aldrete.total().map(Decimal::from)),
        )
        .with(
            "recovery.padss",
            number(&|known| known.padss.total().map(Decimal::from)),
        )
        .with("recovery.ready_for", minutes(ready_for))
        .with(
            "recovery.oriented",
            number(&|known| Some(Decimal::from(known.check.oriented_to.len()))),
        )
        .with(
            "recovery.dissociation",
            number(&|known| Some(Decimal::from(known.check.dissociation.points()))),
        )
        .with("recovery.walk", word(&|check| check.walk.word()))
        .with("recovery.nausea", word(&|check| check.nausea.word()))
        .with("recovery.mind", word(&|check| check.mind.word()))
        .with("recovery.oxygen", word(&|check| check.oxygen.word()))
        .with("recovery.cannula", word(&|check| check.cannula.word()))
        .with("latest.systolic_above", above(now.systolic))
        .with("latest.diastolic_above", above(now.diastolic))
        .with(
            "latest.saturation_below",
            Facts::number(now.oxygen_saturation.map(|known| known.before - known.now)),
        )
}

/// When something that takes a sedative's effect away was last given; that none was given is known,
/// because whatever is given is charted. Source: clinical reference 5.3.
fn reversed_at(session: &Session) -> Fact {
    session
        .entries
        .iter()
        .filter(|entry| match entry.standing().as_deref() {
            Some(
                SessionEvent::MedicineGiven { medicine, .. }
                | SessionEvent::CardMedicineGiven { medicine, .. },
            ) => {
                let name = medicine.to_lowercase();
                REVERSALS.iter().any(|reversal| name.contains(reversal))
            }
            _other => false,
        })
        .map(|entry| entry.occurred_at)
        .max()
        .map_or(Fact::NoneSuch, Fact::At)
}

/// The antidotes that wear off before what they act against may.
const REVERSALS: [&str; 2] = ["flumazenil", "naloxone"];

/// Whole minutes, not rounded up; unknown is unknown.
fn minutes(span: Option<Span>) -> Fact {
    Facts::number(span.map(|span| Decimal::from(span.microseconds() / 60_000_000)))
}

/// A number taken at this moment or later; unknown when it is older, or the moment is not known.
fn since<T>(
    moment: Option<Moment>,
    taken: Option<(Moment, T)>,
    number: impl Fn(T) -> Decimal,
) -> Fact {
    Facts::number(
        taken
            .filter(|(at, _)| moment.is_some_and(|moment| *at >= moment))
            .map(|(_, value)| number(value)),
    )
}

/// When a number was taken, at this moment or later; unknown as [`since`] is.
fn taken_since<T>(moment: Option<Moment>, taken: Option<(Moment, T)>) -> Fact {
    let at = taken.map(|(at, _)| at);
    Facts::at(at.filter(|at| moment.is_some_and(|moment| *at >= moment)))
}
