//! A person, a visit and the rules in; one answer with every reason out.

use super::fact::{Given, Reader};
use super::person::{Answer, Clearance, Person, Visit};
use super::rules::{Prepared, ScreeningRules};
use super::verdict::{Cleared, Decision, Found, Level, Rule, Screening};
use crate::patient::CivilDate;
use crate::policy::{Gate, Outcome, Severity, compare, judge};
use std::sync::Arc;
use units::Moment;

/// Screens a person for a visit.
///
/// Every rule that is about the visit is answered. Only a premise that is known not to hold takes
/// a rule away; an unknown one leaves it asked, so that forgetting an answer never helps.
/// `at` is when it is asked; ages, intervals and expiries count to the visit.
/// Source: clinical reference 0 and 1; each rule's own.
pub fn screen(
    person: &Person,
    visit: &Visit,
    gate: Gate,
    rules: &ScreeningRules,
    at: Moment,
) -> Screening {
    let reader = Reader::new(person, visit, &rules.medicines);
    let mut open = Vec::new();
    let mut met = Vec::new();
    let mut not_about = Vec::new();
    for prepared in rules.prepared.iter().filter(|one| one.is_asked_at(gate)) {
        let premises = if prepared.is_about(visit) {
            premises(prepared, &reader, visit, rules)
        } else {
            Outcome::Unmet
        };
        if premises == Outcome::Unmet {
            not_about.push(prepared.rule.requirement.clone());
            continue;
        }
        let found = ask(prepared, premises, &reader, person, visit, rules);
        match found.outcome {
            Outcome::Met => met.push(found),
            Outcome::Unmet | Outcome::Unknown => open.push(found),
        }
    }
    open.sort_by_key(|found| std::cmp::Reverse(found.level));
    // Where nothing was asked, nothing is open: a gate without rules stays closed.
    let level = match open.first() {
        Some(gravest) => gravest.level,
        None if met.is_empty() => Level::Incomplete,
        None => Level::Clear,
    };
    Screening {
        decision: if level.blocks() {
            Decision::Blocked
        } else {
            Decision::Eligible
        },
        level,
        gate,
        at,
        visit: *visit,
        rules: rules.in_force.clone(),
        medicine_list: rules.medicines.version(),
        open,
        met,
        not_about,
    }
}

/// Whether the rule is about this person: unmet by one premise, or unknown by one, or met.
fn premises(
    prepared: &Prepared,
    reader: &Reader<'_>,
    visit: &Visit,
    rules: &ScreeningRules,
) -> Outcome {
    let policy = &rules.policies[prepared.policy];
    let mut all = Outcome::Met;
    for (name, comparison) in &prepared.only_if {
        let given = reader.read(name, policy);
        match compare(policy, comparison, &given.fact, visit.at).outcome {
            Outcome::Unmet => return Outcome::Unmet,
            // Hazard: H24 — what cannot be told takes no rule away.
            Outcome::Unknown => all = Outcome::Unknown,
            Outcome::Met => {}
        }
    }
    all
}

fn ask(
    prepared: &Prepared,
    premises: Outcome,
    reader: &Reader<'_>,
    person: &Person,
    visit: &Visit,
    rules: &ScreeningRules,
) -> Found {
    let policy = &rules.policies[prepared.policy];
    let requirement = &prepared.requirement;
    let Given {
        fact,
        provisional,
        evidence,
    } = reader.read(&prepared.fact, policy);
    let mut answer = judge(policy, requirement, &fact, visit.at);
    if provisional && answer.outcome == Outcome::Unmet {
        answer.outcome = Outcome::Unknown;
        answer.found = format!("{} at one visit only; a second is needed", answer.found);
    }
    // Whether it is about this person is not known: then neither is whether it stands against
    // them. An exclusion that its own fact shows stays one.
    if premises == Outcome::Unknown
        && answer.outcome == Outcome::Unmet
        && requirement.severity != Severity::Exclude
    {
        answer.outcome = Outcome::Unknown;
        answer.found = format!(
            "{}; not known whether the rule is about this person",
            answer.found
        );
    }
    let cleared = clearance(&prepared.rule, answer.outcome, person, visit, rules);
    let level = level(answer.outcome, requirement.severity, &cleared);
    Found {
        level,
        overridable_by: if level == Level::HoldToday {
            prepared.rule.may_be_overridden_by.clone()
        } else {
            Vec::new()
        },
        rule: Arc::clone(&prepared.rule),
        outcome: answer.outcome,
        needed: answer.needed,
        found: answer.found,
        met_at: answer.met_at,
        cleared,
        evidence,
    }
}

/// What an answer weighs.
fn level(outcome: Outcome, severity: Severity, cleared: &Cleared) -> Level {
    match (outcome, severity) {
        (Outcome::Met, _) => Level::Clear,
        // Hazard: H24 — a question that could block, blocks while it has no answer.
        (Outcome::Unknown, Severity::Exclude | Severity::Clearance | Severity::HoldToday) => {
            Level::Incomplete
        }
        (Outcome::Unmet | Outcome::Unknown, Severity::Info) => Level::Info,
        (Outcome::Unmet | Outcome::Unknown, Severity::Caution) => Level::Caution,
        (Outcome::Unmet, Severity::HoldToday) => Level::HoldToday,
        (Outcome::Unmet, Severity::Clearance) => match cleared {
            // The condition is still there, and stays to be seen.
            Cleared::Holds { .. } => Level::Caution,
            Cleared::NotNeeded
            | Cleared::Missing
            | Cleared::NotAccepted { .. }
            | Cleared::FromAnother { .. }
            | Cleared::Expired { .. } => Level::Clearance,
        },
        (Outcome::Unmet, Severity::Exclude) => Level::Exclude,
    }
}

/// The clearance that helps most. A clearance answers a "yes"; it never stands in for an answer.
fn clearance(
    rule: &Rule,
    outcome: Outcome,
    person: &Person,
    visit: &Visit,
    rules: &ScreeningRules,
) -> Cleared {
    if outcome != Outcome::Unmet || rule.severity != Severity::Clearance {
        return Cleared::NotNeeded;
    }
    person
        .clearances
        .iter()
        .filter(|one| one.is_about(rule, rules.has_requirement(&one.about)))
        .map(|one| hold(one, rule, visit.on, rules.clearance_days))
        .max_by_key(helpfulness)
        .unwrap_or(Cleared::Missing)
}

/// How long and whether a clearance holds for a visit on this day.
fn hold(clearance: &Clearance, rule: &Rule, visit: CivilDate, days: i32) -> Cleared {
    let dated = clearance.dated;
    if !rule.cleared_by.contains(&clearance.from) {
        return Cleared::FromAnother {
            from: clearance.from.clone(),
        };
    }
    let until = dated.plus_days(days);
    let age = visit.days_since(dated);
    if age > days || age < 0 {
        return Cleared::Expired {
            dated,
            held_until: until,
        };
    }
    match &clearance.accepted {
        None => Cleared::NotAccepted { dated },
        Some(by) => Cleared::Holds {
            from: clearance.from.clone(),
            dated,
            until,
            accepted_by: by.name.clone(),
        },
    }
}

const fn helpfulness(cleared: &Cleared) -> u8 {
    match cleared {
        Cleared::NotNeeded | Cleared::Missing => 0,
        Cleared::FromAnother { .. } => 1,
        Cleared::Expired { .. } => 2,
        Cleared::NotAccepted { .. } => 3,
        Cleared::Holds { .. } => 4,
    }
}

impl Person {
    /// Every question of yes or no that has no answer yet.
    pub fn unanswered(&self) -> impl Iterator<Item = super::question::Question> + '_ {
        super::question::Question::ALL
            .iter()
            .copied()
            .filter(|question| !matches!(self.question(*question), Answer::Said(..)))
    }
}
