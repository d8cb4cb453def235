//! What a history adds to the record of a person: allergies that were told, weighings by staff.

use super::answer::{Intolerant, Said};
use super::item::Item;
use super::state::Intake;
use crate::course::screening::person::{Reaction, Source};
use crate::patient::{Allergies, Allergy, BodyWeight, CivilDate, Patient};
use units::{Moment, Span};

impl Intake {
    /// What was told of allergies. A list without an entry that is not finished is doubt, not "none".
    // Hazard: H24
    pub fn allergies(&self) -> Allergies {
        match self.said(&Item::Intolerances) {
            None => Allergies::NotAsked,
            Some(Said::Intolerances { list, whole: true }) if list.is_empty() => {
                Allergies::NoneKnown
            }
            Some(Said::Intolerances { list, .. }) if !list.is_empty() => {
                Allergies::List(list.iter().map(allergy).collect())
            }
            Some(_) => Allergies::NotSure,
        }
    }
}

/// A person with what their history says of them: what either names counts.
///
/// Only a weight that staff put down is a weighing; what a person says they weigh is not. One of an
/// earlier day counts from the beginning of that day, which `begins` gives: a weight never looks
/// fresher than it is. A day that has no beginning in the calendar adds nothing.
// Hazard: H02, H24
pub fn with_history(
    mut patient: Patient,
    history: &Intake,
    begins: impl Fn(CivilDate) -> Option<Moment>,
) -> Patient {
    let told = match (history.allergies(), &patient.allergies) {
        (Allergies::List(told), Allergies::List(known)) => Allergies::List(
            told.into_iter()
                .filter(|one| !known.iter().any(|known| says_as_much(known, one)))
                .collect(),
        ),
        (told, _) => told,
    };
    patient.allergies = patient.allergies.together_with(&told);
    if let Some(statement) = history.statement(&Item::Intolerances) {
        patient.allergies_at = patient.allergies_at.max(Some(statement.witness.at));
    }
    let weighings = history
        .statements()
        .filter(|(item, _)| **item == Item::Weight);
    for statement in weighings.flat_map(|(_, all)| all) {
        if let (Source::Staff(_), Said::Weight(weighing)) =
            (statement.witness.source, &statement.said)
            && let Some(begin) = begins(weighing.on)
        {
            let said = statement.witness.at;
            // Put down on the day itself: then it is known to the minute.
            let on_the_day = begin <= said && said < begin + Span::from_hours(24);
            let at = if on_the_day { said } else { begin };
            patient.weights.push(BodyWeight {
                kilograms: weighing.kilograms,
                at,
                by: statement.witness.name.clone(),
            });
        }
    }
    patient.weights.sort_by_key(|weight| weight.at);
    patient
}

/// True when what is known of a substance leaves nothing of what was told to add.
fn says_as_much(known: &Allergy, told: &Allergy) -> bool {
    known.substance.to_lowercase() == told.substance.to_lowercase()
        && (told.reaction.is_none() || told.reaction == known.reaction)
}

fn allergy(told: &Intolerant) -> Allergy {
    let kind = match told.intolerance.reaction {
        Reaction::Allergy => None,
        Reaction::SideEffect => Some("a side effect, as told"),
        Reaction::Unknown => Some("allergy or side effect not known"),
    };
    let happened = Some(told.happened.trim()).filter(|words| !words.is_empty());
    let parts: Vec<&str> = [happened, kind].into_iter().flatten().collect();
    Allergy {
        substance: told.intolerance.substance.clone(),
        reaction: (!parts.is_empty()).then(|| parts.join("; ")),
    }
}
