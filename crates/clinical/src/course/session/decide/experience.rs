//! What is decided about the experience, support, supporting medicines and who has the room.

use super::{Context, JUST_NOW, one, words};
use crate::course::session::event::SessionEvent;
use crate::course::session::experience::{Effect, Rating, Side, SupportDetail};
use crate::course::session::handover::open_matters;
use crate::course::session::refusal::Refusal;
use crate::course::session::state::Session;
use crate::course::session::vocabulary::SupportKind;
use crate::course::wishes::Touch;
use crate::record::{Actor, EventId};
use std::collections::BTreeSet;

/// Touch is charted only as it was agreed at that moment. Refuses with what stands.
// Hazard: H61
fn check_touch(kinds: &BTreeSet<SupportKind>, touch: Option<Touch>) -> Result<(), Refusal> {
    let agreed = |kind: &SupportKind| match kind {
        SupportKind::AgreedTouch => {
            touch.is_some_and(|touch| touch.allows_hand() || touch.allows_shoulder())
        }
        SupportKind::Hand => touch.is_some_and(Touch::allows_hand),
        SupportKind::Shoulder => touch.is_some_and(Touch::allows_shoulder),
        SupportKind::Reassurance
        | SupportKind::Grounding
        | SupportKind::Music
        | SupportKind::Comfort
        | SupportKind::Other
        | SupportKind::Presence
        | SupportKind::Voice
        | SupportKind::Lights
        | SupportKind::Mask
        | SupportKind::Position
        | SupportKind::Breathing
        | SupportKind::Pause => true,
    };
    if kinds.iter().all(agreed) {
        Ok(())
    } else {
        Err(Refusal::TouchNotAgreed { stands: touch })
    }
}

pub(super) fn support(
    kind: SupportKind,
    note: String,
    detail: SupportDetail,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let mut kinds = detail.also.clone();
    kinds.insert(kind);
    check_touch(&kinds, context.papers.touch)?;
    charted_support(kind, note, detail)
}

/// Support as it stands in the record, whatever was agreed.
pub(super) fn charted_support(
    kind: SupportKind,
    note: String,
    detail: SupportDetail,
) -> Result<Vec<SessionEvent>, Refusal> {
    let mut also = detail.also;
    also.remove(&kind);
    one(SessionEvent::SupportGiven {
        kind,
        note,
        detail: SupportDetail {
            also,
            observed: detail.observed,
            said: detail.said.trim().to_owned(),
        },
    })
}

pub(super) fn effect(
    session: &Session,
    support: EventId,
    effect: Effect,
    note: &str,
) -> Result<Vec<SessionEvent>, Refusal> {
    let known = session.entries.iter().any(|entry| {
        entry.event_id == support && matches!(entry.event, SessionEvent::SupportGiven { .. })
    });
    if !known {
        return Err(Refusal::NoSuchEntry);
    }
    one(SessionEvent::SupportEffectSeen {
        support,
        effect,
        note: note.trim().to_owned(),
    })
}

pub(super) fn rate(
    session: &Session,
    side: Side,
    rating: Rating,
    note: Option<EventId>,
) -> Result<Vec<SessionEvent>, Refusal> {
    if let Some(note) = note {
        check_note(session, note)?;
        // Hazard: H21
        let confirmed = session.entries.iter().any(|entry| {
            entry.standing().is_some()
                && matches!(&entry.event, SessionEvent::ExperienceRated { side: known, note: Some(from), .. } if *known == side && *from == note)
        });
        if confirmed {
            return Err(Refusal::PhraseCharted);
        }
    }
    one(SessionEvent::ExperienceRated { side, rating, note })
}

/// The note that a phrase is taken from stands in this session.
fn check_note(session: &Session, note: EventId) -> Result<(), Refusal> {
    let written = session.entries.iter().any(|entry| {
        entry.event_id == note && matches!(entry.event, SessionEvent::NoteWritten { .. })
    });
    if written {
        Ok(())
    } else {
        Err(Refusal::NoSuchEntry)
    }
}

/// A medicine in the words in which it is charted.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub medicine: String,
    pub dose: String,
    pub route: String,
    pub because: String,
    pub note: Option<EventId>,
    pub again: bool,
}

pub(super) fn give(
    session: &Session,
    given: Given,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let (medicine, dose) = (words(given.medicine)?, words(given.dose)?);
    let same = |name: &str, amount: &str| {
        name.eq_ignore_ascii_case(&medicine) && amount.eq_ignore_ascii_case(&dose)
    };
    if let Some(note) = given.note {
        check_note(session, note)?;
        // Hazard: H21 — a phrase is confirmed once, whoever confirms it on whichever tablet.
        let confirmed = session
            .medicines_given()
            .any(|known| known.note == Some(note) && same(known.medicine, known.dose));
        if confirmed {
            return Err(Refusal::PhraseCharted);
        }
    }
    // Hazard: H21 — the same a minute before or after, by hand or on an emergency card.
    let cards = session.cards();
    let just_now = session
        .medicines_given()
        .map(|known| (known.at, same(known.medicine, known.dose)))
        .chain(
            cards
                .iter()
                .flat_map(|card| &card.medicines)
                .map(|known| (known.at, same(&known.medicine, &known.dose))),
        )
        .any(|(at, same)| same && (context.at - at).absolute() < JUST_NOW);
    if just_now && !given.again {
        return Err(Refusal::MedicineJustGiven { medicine, dose });
    }
    one(SessionEvent::MedicineGiven {
        medicine,
        dose,
        route: given.route.trim().to_owned(),
        because: given.because.trim().to_owned(),
        note: given.note,
    })
}

pub(super) fn take_room(
    session: &Session,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let Actor::Person { id, .. } = context.actor else {
        return Err(Refusal::NotForMachines);
    };
    let from = match session.has_room() {
        Some((Actor::Person { id: known, .. }, _)) if known == id => {
            return Err(Refusal::HasRoomAlready);
        }
        Some((Actor::Person { name, .. }, _)) => Some(name.clone()),
        Some((Actor::Device { .. } | Actor::System { .. }, _)) | None => None,
    };
    one(SessionEvent::RoomTaken {
        from,
        open: open_matters(session, context.rules, context.papers.touch, context.at),
    })
}
