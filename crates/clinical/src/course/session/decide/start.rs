//! Decisions about what is said before the first drug.

use super::super::event::SessionEvent;
use super::super::refusal::Refusal;
use super::super::start::{DayLine, StartCheck};
use super::Context;
use crate::record::Actor;

/// Decides what somebody says before the start.
pub(super) fn check(
    check: StartCheck,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    match context.actor {
        Actor::Person { .. } => {}
        Actor::Device { .. } | Actor::System { .. } => return Err(Refusal::OnlyAPerson),
    }
    match &check {
        StartCheck::DayAsked { lines } => {
            // Hazard: H25 — what was not asked, or is not clear, is not said to be.
            let all_clear = DayLine::ALL.iter().all(|line| lines.contains(line));
            if !all_clear {
                return Err(Refusal::NotAllClear);
            }
        }
        StartCheck::StaffPresent { in_room, .. } => {
            if in_room.iter().all(|one| one.name.trim().is_empty()) {
                return Err(Refusal::NobodyNamed);
            }
        }
        StartCheck::EscortNamed { escort } => {
            if escort.trim().is_empty() {
                return Err(Refusal::WordsMissing);
            }
        }
        StartCheck::SoundHeard {} => {}
    }
    Ok(vec![SessionEvent::StartChecked { check }])
}
