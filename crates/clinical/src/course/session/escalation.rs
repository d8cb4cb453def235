//! Telling a second person about a notice that nobody has acknowledged.
//!
//! Computed from the record and the rules alone, so that a restart neither forgets nor repeats one.

use super::decide::Context;
use super::event::SessionEvent;
use super::refusal::Refusal;
use super::state::{Advisory, Session};
use crate::advisory::{Condition, Priority};
use crate::policy::Rules;
use crate::record::Actor;
use units::{Moment, Span};

/// The policy with the times.
const POLICY: &str = "escalation";

/// The notices about which a second person is to be told at this moment, by number.
///
/// Source: policy `escalation`. A session that was planned before there was one keeps none.
// Hazard: H15
pub fn to_escalate(session: &Session, rules: &Rules, now: Moment) -> Vec<u32> {
    session
        .advisories
        .values()
        .filter(|known| stands(known))
        .filter(|known| {
            patience(known, rules).is_some_and(|patience| now - known.raised_at >= patience)
        })
        .map(|known| known.number)
        .collect()
}

/// How long it may stand without being acknowledged; none where nobody else is told.
fn patience(known: &Advisory, rules: &Rules) -> Option<Span> {
    let seconds = |parameter: &str| rules.value(POLICY, parameter)?.span();
    let overdue = Condition::from_word(&known.notice.condition)
        .is_some_and(|condition| Condition::OVERDUE.contains(&condition));
    match known.notice.priority {
        Priority::High => seconds("high"),
        // It became of medium priority because it is late by a whole interval: that was the wait.
        Priority::Medium if overdue => seconds("overdue"),
        Priority::Medium => seconds("medium"),
        Priority::Low => None,
    }
}

/// Nobody has seen it, it has not ended, and no second person was told.
fn stands(known: &Advisory) -> bool {
    known.acknowledged.is_none() && known.resolved.is_none() && known.escalated.is_none()
}

/// Decides that a second person is told. Refuses people, and what does not stand any more.
pub(super) fn escalate(
    session: &Session,
    advisory: u32,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    match context.actor {
        Actor::System { .. } => {}
        Actor::Person { .. } | Actor::Device { .. } => return Err(Refusal::NotForPeople),
    }
    match session.advisories.get(&advisory) {
        Some(known) if stands(known) => Ok(vec![SessionEvent::AdvisoryEscalated { advisory }]),
        Some(_) | None => Err(Refusal::NoSuchAdvisory),
    }
}

#[cfg(test)]
mod tests;
