//! Facts and requirements in, a verdict out.

use super::WhenNone;
use super::{AdoptedPolicy, Comparison, Fact, Facts, Finding, Gate, Outcome, Requirement, Rules};
use super::{Quantity, Verdict};
use units::{Moment, Span};

/// The answer of a gate at this moment.
///
/// Every requirement of every adopted policy at the gate is answered; an unknown fact is never
/// taken for a normal one. Source: each requirement's own.
pub fn evaluate(gate: Gate, rules: &Rules, facts: &Facts, at: Moment) -> Verdict {
    let findings = rules
        .policies()
        .iter()
        .flat_map(|policy| {
            policy
                .requirements()
                .map(move |requirement| (policy, requirement))
        })
        .filter(|(policy, requirement)| {
            requirement.gate == gate && is_asked(policy, requirement, facts, at)
        })
        .map(|(policy, requirement)| find(policy, requirement, facts, at))
        .collect();
    Verdict { gate, at, findings }
}

/// Whether a requirement is asked: every premise holds, or nobody can tell.
fn is_asked(policy: &AdoptedPolicy, requirement: &Requirement, facts: &Facts, at: Moment) -> bool {
    // Hazard: H24 — what cannot be told takes no rule away.
    requirement.only_if.iter().all(|premise| {
        compare(policy, &premise.is, facts.get(&premise.fact), at).outcome != Outcome::Unmet
    })
}

/// An outcome with the words for it.
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) needed: String,
    pub(crate) found: String,
    pub(crate) met_at: Option<Moment>,
}

/// How one fact stands to a requirement; "there is none" means what the requirement says it does.
pub(crate) fn judge(
    policy: &AdoptedPolicy,
    requirement: &Requirement,
    fact: &Fact,
    at: Moment,
) -> Answer {
    let mut answer = compare(policy, &requirement.must_be, fact, at);
    if let (Fact::NoneSuch, Some(when_none)) = (fact, requirement.when_none) {
        answer.outcome = match when_none {
            WhenNone::Met => Outcome::Met,
            WhenNone::Unmet => Outcome::Unmet,
        };
        answer.found = "there is none".to_owned();
    }
    answer
}

/// How one fact stands to one comparison, with the policy's values in force.
pub(crate) fn compare(
    policy: &AdoptedPolicy,
    comparison: &Comparison,
    fact: &Fact,
    at: Moment,
) -> Answer {
    // Hazard: H24 — every path below that cannot tell ends in `Unknown`, which blocks.
    match comparison {
        Comparison::AtLeast(name) => number(policy, name, fact, "at least", |found, limit| {
            found >= limit
        }),
        Comparison::AtMost(name) => {
            number(policy, name, fact, "at most", |found, limit| found <= limit)
        }
        Comparison::Below(name) => {
            number(policy, name, fact, "below", |found, limit| found < limit)
        }
        Comparison::OneOf(words) => word(fact, "one of", words, true),
        Comparison::NoneOf(words) => word(fact, "none of", words, false),
        Comparison::Answered(_) => answered(fact),
        Comparison::InForce(_) => in_force(fact),
        Comparison::ElapsedAtLeast(name) => elapsed(policy, name, fact, at, true),
        Comparison::ElapsedAtMost(name) => elapsed(policy, name, fact, at, false),
    }
}

fn find(policy: &AdoptedPolicy, requirement: &Requirement, facts: &Facts, at: Moment) -> Finding {
    let answer = judge(policy, requirement, facts.get(&requirement.fact), at);
    Finding {
        requirement: requirement.id.clone(),
        policy: policy.id().to_owned(),
        version: policy.version(),
        outcome: answer.outcome,
        severity: requirement.severity,
        says: policy.fill(&requirement.says),
        needed: answer.needed,
        found: answer.found,
        met_at: answer.met_at,
        remedy: policy.fill(&requirement.remedy),
        may_be_overridden_by: requirement.may_be_overridden_by.clone(),
        second_clinician: requirement.second_clinician,
        source: if requirement.source.is_empty() {
            policy.source().to_owned()
        } else {
            requirement.source.clone()
        },
    }
}

fn unknown(needed: String) -> Answer {
    Answer {
        outcome: Outcome::Unknown,
        needed,
        found: "not known".to_owned(),
        met_at: None,
    }
}

fn outcome(met: bool) -> Outcome {
    if met { Outcome::Met } else { Outcome::Unmet }
}

fn number(
    policy: &AdoptedPolicy,
    name: &str,
    fact: &Fact,
    relation: &str,
    holds: impl Fn(rust_decimal::Decimal, rust_decimal::Decimal) -> bool,
) -> Answer {
    let Some(limit) = policy.value(name) else {
        return unknown(format!("{relation} {{{name}}}, which is not set"));
    };
    let needed = format!("{relation} {limit}");
    match fact {
        Fact::Number(found) => Answer {
            outcome: outcome(holds(*found, limit.value)),
            needed,
            found: Quantity {
                value: *found,
                unit: limit.unit,
            }
            .to_string(),
            met_at: None,
        },
        Fact::Unknown
        | Fact::At(_)
        | Fact::Word(_)
        | Fact::Answered
        | Fact::NoneSuch
        | Fact::Standing(..) => unknown(needed),
    }
}

fn word(fact: &Fact, relation: &str, words: &[String], wanted: bool) -> Answer {
    let needed = format!("{relation}: {}", words.join(", "));
    match fact {
        Fact::Word(found) => Answer {
            outcome: outcome(words.contains(found) == wanted),
            needed,
            found: found.clone(),
            met_at: None,
        },
        Fact::Unknown
        | Fact::At(_)
        | Fact::Number(_)
        | Fact::Answered
        | Fact::NoneSuch
        | Fact::Standing(..) => unknown(needed),
    }
}

fn answered(fact: &Fact) -> Answer {
    let needed = "done and confirmed".to_owned();
    match fact {
        Fact::Unknown | Fact::Standing(..) => unknown(needed),
        Fact::Answered | Fact::Number(_) | Fact::At(_) | Fact::Word(_) | Fact::NoneSuch => Answer {
            outcome: Outcome::Met,
            needed,
            found: "done".to_owned(),
            met_at: None,
        },
    }
}

/// What another part of the record has decided, in its own words.
fn in_force(fact: &Fact) -> Answer {
    let needed = "in force at this moment".to_owned();
    match fact {
        Fact::Standing(outcome, says) => Answer {
            outcome: *outcome,
            needed,
            found: says.clone(),
            met_at: None,
        },
        Fact::Unknown
        | Fact::Number(_)
        | Fact::At(_)
        | Fact::Word(_)
        | Fact::Answered
        | Fact::NoneSuch => unknown(needed),
    }
}

fn elapsed(policy: &AdoptedPolicy, name: &str, fact: &Fact, now: Moment, at_least: bool) -> Answer {
    let Some((limit, span)) = policy
        .value(name)
        .and_then(|limit| Some((limit, limit.span()?)))
    else {
        return unknown(format!("{{{name}}}, which is not set"));
    };
    let needed = format!("{} {limit}", if at_least { "at least" } else { "at most" });
    match fact {
        // Nothing of the kind was taken: nothing needs to have passed since.
        Fact::NoneSuch if at_least => Answer {
            outcome: Outcome::Met,
            needed,
            found: "nothing of the kind".to_owned(),
            met_at: None,
        },
        Fact::At(moment) => {
            let passed = now - *moment;
            // A moment after now is a contradiction, not a long fast.
            if passed < Span::ZERO {
                return unknown(needed);
            }
            let met = if at_least {
                passed >= span
            } else {
                passed <= span
            };
            Answer {
                outcome: outcome(met),
                needed,
                found: passed.to_string(),
                met_at: (!met && at_least).then(|| *moment + span),
            }
        }
        Fact::Unknown
        | Fact::Number(_)
        | Fact::Word(_)
        | Fact::Answered
        | Fact::NoneSuch
        | Fact::Standing(..) => unknown(needed),
    }
}
