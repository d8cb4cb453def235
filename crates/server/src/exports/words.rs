//! The words by which an export names what the record knows as a value.

use clinical::course::reporting::{Expectation, Origin};
use clinical::course::session::{AdverseOutcome, Criterion, Relatedness, Severity, Stage, Stop};
use clinical::patient::Sex;

pub(super) const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    }
}

/// None before anything was planned.
pub(super) const fn stage(stage: Stage) -> Option<&'static str> {
    Some(match stage {
        Stage::NotPlanned => return None,
        Stage::Planned => "planned",
        Stage::Preparation => "preparation",
        Stage::Infusion => "infusion",
        Stage::Paused => "paused",
        Stage::Stopped => "stopped",
        Stage::Observation => "observation",
        Stage::Discharged => "discharged",
        Stage::Cancelled => "cancelled",
        Stage::Signed => "signed",
    })
}

pub(super) const fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::Completed => "completed",
        Stop::Safety => "safety",
        Stop::PersonAsked => "person-asked",
        Stop::Other => "other",
    }
}

pub(super) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Mild => "mild",
        Severity::Moderate => "moderate",
        Severity::Severe => "severe",
        Severity::LifeThreatening => "life-threatening",
        Severity::Death => "death",
    }
}

pub(super) const fn criterion(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Death => "death",
        Criterion::LifeThreatening => "life-threatening",
        Criterion::Hospitalisation => "hospitalisation",
        Criterion::Disability => "disability",
        Criterion::CongenitalAnomaly => "congenital-anomaly",
        Criterion::OtherImportant => "other-important",
    }
}

pub(super) const fn related(related: Relatedness) -> &'static str {
    match related {
        Relatedness::Unrelated => "unrelated",
        Relatedness::Unlikely => "unlikely",
        Relatedness::Possible => "possible",
        Relatedness::Probable => "probable",
        Relatedness::Certain => "certain",
    }
}

pub(super) const fn became(outcome: AdverseOutcome) -> &'static str {
    match outcome {
        AdverseOutcome::Recovered => "recovered",
        AdverseOutcome::Recovering => "recovering",
        AdverseOutcome::NotRecovered => "not-recovered",
        AdverseOutcome::LastingEffects => "lasting-effects",
        AdverseOutcome::Died => "died",
        AdverseOutcome::NotKnown => "not-known",
    }
}

pub(super) const fn expected(expected: Expectation) -> &'static str {
    match expected {
        Expectation::NotKnown => "not-known",
        Expectation::Listed => "listed",
        Expectation::NotListed => "not-listed",
    }
}

pub(super) const fn entered(origin: &Origin) -> &'static str {
    match origin {
        Origin::Card { .. } => "card",
        Origin::Staff => "staff",
    }
}
