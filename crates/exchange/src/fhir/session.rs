//! A whole session, or one event's share of it, as resources.

use super::device::DeviceFacts;
use super::encounter::{self, encounter};
use super::medication_administration::{
    bolus, correction_touches_infusion, infusion, supporting, touches_infusion,
};
use super::observation::{is_charted_value, observations};
use super::resource::Resource;
use clinical::course::session::{Entry, Session, SessionEvent};
use std::collections::BTreeMap;

/// What the mapping of a session knows besides the session.
#[derive(Clone, Copy, Debug)]
pub struct SessionFacts<'a> {
    /// The clinic's devices, by their key on the wire.
    pub devices: &'a BTreeMap<String, DeviceFacts>,
}

/// Every resource of a session: its Encounter, the infusion, and what each entry gave, in the
/// order recorded. Empty before the visit is planned.
///
/// The same session and facts give the same bytes.
pub fn resources_of_session(session: &Session, facts: &SessionFacts<'_>) -> Vec<Resource> {
    let mut resources: Vec<Resource> = encounter(session)
        .into_iter()
        .chain(infusion(session))
        .collect();
    for entry in &session.entries {
        resources.extend(of_entry(session, entry, facts));
    }
    resources
}

/// The resources that the event of this version changed, as they stand now: what the projection
/// rewrites after appending it. Empty for an event that no resource shows.
///
/// Writing these over the earlier ones after each event, by kind and id, gives exactly
/// [`resources_of_session`].
pub fn resources_touched_by(
    session: &Session,
    version: u64,
    facts: &SessionFacts<'_>,
) -> Vec<Resource> {
    let Some(entry) = session
        .entries
        .iter()
        .find(|known| known.version == version)
    else {
        return Vec::new();
    };
    // Another entry says something else by this one: it was corrected, or it was held and now counts.
    let about = match &entry.event {
        SessionEvent::EntryCorrected { entry: about, .. }
        | SessionEvent::LateEntryReviewed { entry: about, .. } => session
            .entries
            .iter()
            .find(|known| known.event_id == *about),
        _other => None,
    };
    let mut resources = Vec::new();
    if encounter::touches(&entry.event) {
        resources.extend(encounter(session));
    }
    if touches_infusion(&entry.event)
        || about.is_some_and(|about| correction_touches_infusion(about.counted()))
    {
        resources.extend(infusion(session));
    }
    resources.extend(of_entry(session, about.unwrap_or(entry), facts));
    resources
}

fn of_entry(session: &Session, entry: &Entry, facts: &SessionFacts<'_>) -> Vec<Resource> {
    if is_charted_value(entry.counted()) {
        observations(session, entry, facts).collect()
    } else {
        bolus(session, entry)
            .or_else(|| supporting(session, entry))
            .into_iter()
            .collect()
    }
}
