//! The person's own clock times before a visit, each as a moment.

use super::rules::PreparationRules;
use super::state::Preparation;
use super::vocabulary::{Medicine, MedicineDecision};
use crate::policy::{Comparison, Gate, Quantity, Rules};
use units::{Moment, Span};

/// What is to be done, or not to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// No alcohol from then on.
    LastAlcohol,
    /// No cannabis from then on.
    LastCannabis,
    /// The latest fried or fatty food or meat.
    LastHeavyMeal,
    /// The latest light meal or milk.
    LastLightMeal,
    /// The latest clear drink; until then drinking is good.
    LastClearLiquid,
    /// A medicine is held from then on, as the prescriber decided.
    HoldMedicine(Medicine),
    /// The visit begins.
    Visit,
    /// No driving until then at the earliest, and not before a night's sleep.
    NoDrivingUntil,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When. Eating at this very moment is still in time.
    pub at: Moment,
    /// What.
    pub kind: StepKind,
}

/// What a person does before a visit, in order of time; empty without a visit.
///
/// Each hour is the rule's own, counted back from the actual start, and never more: fasting longer
/// than needed does harm. Source: clinical reference 2.1, 2.3, 2.5.
pub fn timeline(preparation: &Preparation, rules: &PreparationRules, session: &Rules) -> Vec<Step> {
    let Some(planned) = preparation.visit() else {
        return Vec::new();
    };
    let starts = planned.starts;
    let fasting = rules.fasting(session, planned.product, planned.route);
    let mut steps = Vec::new();
    let mut before = |span: Option<Span>, kind: StepKind| {
        if let Some(span) = span {
            steps.push(Step {
                at: starts - span,
                kind,
            });
        }
    };
    before(rules.span("alcohol"), StepKind::LastAlcohol);
    before(rules.span("cannabis"), StepKind::LastCannabis);
    for (fact, kind) in [
        ("preparation.last_heavy_meal", StepKind::LastHeavyMeal),
        ("preparation.last_light_meal", StepKind::LastLightMeal),
        ("preparation.last_clear_liquid", StepKind::LastClearLiquid),
    ] {
        before(needed(&fasting, fact), kind);
    }
    for medicine in preparation.medicines.iter().flatten() {
        match medicine.decision {
            MedicineDecision::HoldFor { hours } => before(
                Some(Span::from_hours(i64::from(hours))),
                StepKind::HoldMedicine(medicine.clone()),
            ),
            MedicineDecision::Take | MedicineDecision::Ask => {}
        }
    }
    before(Some(Span::ZERO), StepKind::Visit);
    if let Some(span) = rules.span("no_driving") {
        steps.push(Step {
            at: starts + span,
            kind: StepKind::NoDrivingUntil,
        });
    }
    steps.sort_by_key(|step| step.at);
    steps
}

/// The longest time that a start asks for since something: where two rules ask, the stricter one.
fn needed(rules: &Rules, fact: &str) -> Option<Span> {
    rules
        .policies()
        .iter()
        .flat_map(|policy| policy.requirements().map(move |one| (policy, one)))
        .filter(|(_, one)| one.gate == Gate::StartInfusion && one.fact == fact)
        .filter_map(|(policy, one)| match &one.must_be {
            Comparison::ElapsedAtLeast(name) => policy.value(name).and_then(Quantity::span),
            Comparison::AtLeast(_)
            | Comparison::AtMost(_)
            | Comparison::Below(_)
            | Comparison::OneOf(_)
            | Comparison::NoneOf(_)
            | Comparison::Answered(_)
            | Comparison::InForce(_)
            | Comparison::ElapsedAtMost(_) => None,
        })
        .max()
}
