//! What is decided about emergency cards. An emergency is never refused because of the stage of a
//! visit: what is refused is what would make the record say something that did not happen.

use super::{Context, JUST_NOW, one, words};
use crate::course::session::cards::{
    AdverseEvent, AdverseOutcome, Because, CardInUse, CardOutcome, Criterion, OpenedCard, Severity,
    StepAnswer,
};
use crate::course::session::event::SessionEvent;
use crate::course::session::refusal::Refusal;
use crate::course::session::state::Session;

pub(super) fn open(
    session: &Session,
    card: OpenedCard,
    because: Because,
) -> Result<Vec<SessionEvent>, Refusal> {
    let cards = session.cards();
    let stands = |known: &CardInUse| known.closed.is_none() && known.card.id == card.id;
    if cards.iter().any(stands) {
        return Err(Refusal::CardStandsOpen { title: card.title });
    }
    if let Because::Advisory { advisory } = because
        && !session.advisories.contains_key(&advisory)
    {
        return Err(Refusal::NoSuchAdvisory);
    }
    one(SessionEvent::CardOpened {
        opening: next_opening(session),
        card,
        because,
    })
}

/// The number of the next opening.
pub(super) fn next_opening(session: &Session) -> u32 {
    let opened = session.cards().into_iter().map(|known| known.opening);
    opened.max().unwrap_or(0) + 1
}

/// The card of an opening. What was done is charted late too, after it was closed.
fn opened(session: &Session, opening: u32) -> Result<CardInUse, Refusal> {
    session.card(opening).ok_or(Refusal::NoSuchCard)
}

pub(super) fn do_step(
    session: &Session,
    opening: u32,
    step: String,
    answer: StepAnswer,
    note: String,
) -> Result<Vec<SessionEvent>, Refusal> {
    let card = opened(session, opening)?;
    if card.card.steps.iter().all(|known| known.id != step) {
        return Err(Refusal::NoSuchStep);
    }
    // Hazard: H26 — two people tick on two tablets; the first one's time stands.
    if card.step(&step).is_some() {
        return Err(Refusal::StepDone);
    }
    one(SessionEvent::CardStepDone {
        opening,
        says: card.card.step_says(&step).to_owned(),
        step,
        answer,
        note: note.trim().to_owned(),
    })
}

/// A medicine in the words in which it was charted.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub opening: u32,
    pub step: Option<String>,
    pub medicine: String,
    pub dose: String,
    pub route: String,
    pub again: bool,
}

pub(super) fn give(
    session: &Session,
    given: Given,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let card = opened(session, given.opening)?;
    let (medicine, dose) = (words(given.medicine)?, words(given.dose)?);
    // Hazard: H21 — two people, or a second tap, must not become a second dose in the record.
    let all = session.cards();
    let just_given = all.iter().flat_map(|known| &known.medicines).find(|known| {
        known.medicine == medicine
            && known.dose == dose
            && (context.at - known.at).absolute() < JUST_NOW
    });
    if just_given.is_some() && !given.again {
        return Err(Refusal::MedicineJustGiven { medicine, dose });
    }
    let known = |step: &String| card.card.steps.iter().any(|one| one.id == *step);
    if given.step.as_ref().is_some_and(|step| !known(step)) {
        return Err(Refusal::NoSuchStep);
    }
    one(SessionEvent::CardMedicineGiven {
        opening: given.opening,
        step: given.step,
        medicine,
        dose,
        route: given.route.trim().to_owned(),
    })
}

pub(super) fn close(
    session: &Session,
    opening: u32,
    outcome: CardOutcome,
    note: String,
) -> Result<Vec<SessionEvent>, Refusal> {
    let card = opened(session, opening)?;
    if card.closed.is_some() {
        return Err(Refusal::NoSuchCard);
    }
    // Something that was given did happen: the adverse event is then to be written.
    if outcome == CardOutcome::OpenedByMistake && !card.medicines.is_empty() {
        return Err(Refusal::SomethingWasGiven);
    }
    one(SessionEvent::CardClosed {
        opening,
        outcome,
        note: note.trim().to_owned(),
    })
}

pub(super) fn report(
    session: &Session,
    opening: u32,
    report: AdverseEvent,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let card = opened(session, opening)?;
    if card.closed.is_none() {
        return Err(Refusal::CardsOpen {
            titles: vec![card.card.title],
        });
    }
    let report = AdverseEvent {
        description: words(report.description)?,
        statement: words(report.statement)?,
        ..report
    };
    for at in [Some(report.began_at), report.ended_at]
        .into_iter()
        .flatten()
    {
        if at > context.now + super::AHEAD_OF_CLOCK {
            return Err(Refusal::InTheFuture { at });
        }
    }
    if let Some(ended) = report.ended_at
        && ended < report.began_at
    {
        return Err(Refusal::TooEarly {
            at: ended,
            not_before: report.began_at,
        });
    }
    let died = report.severity == Severity::Death || report.outcome == AdverseOutcome::Died;
    let threatened = report.severity == Severity::LifeThreatening;
    let missing = (died && !report.serious.contains(&Criterion::Death))
        || (threatened && !report.serious.contains(&Criterion::LifeThreatening));
    if missing {
        return Err(Refusal::SeriousnessContradicts);
    }
    one(SessionEvent::AdverseEventRecorded { opening, report })
}

/// Refuses while a card is open, or its adverse event is not completed.
// Hazard: H56
pub(super) fn check_signing(session: &Session) -> Result<(), Refusal> {
    let cards = session.cards();
    let titles = |which: &dyn Fn(&CardInUse) -> bool| -> Vec<String> {
        let those = cards.iter().filter(|card| which(card));
        those.map(|card| card.card.title.clone()).collect()
    };
    let open = titles(&|card| card.closed.is_none());
    if !open.is_empty() {
        return Err(Refusal::CardsOpen { titles: open });
    }
    let missing = titles(&CardInUse::adverse_event_is_missing);
    if !missing.is_empty() {
        return Err(Refusal::AdverseEventsMissing { titles: missing });
    }
    Ok(())
}
