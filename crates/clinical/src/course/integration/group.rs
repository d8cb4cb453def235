//! A group: several people, each with a record of their own, in which nobody else of it stands.

use crate::patient::{Registration, folded};
use uuid::Uuid;

/// A part of a name that has fewer letters is no name by itself: "an" and "de" stand in any text.
const SHORTEST_NAME: usize = 3;

/// The name of one person's note about a group.
pub fn note_of(group: Uuid, patient: Uuid) -> Uuid {
    Uuid::new_v5(&group, patient.as_bytes())
}

/// The first of several other people whose family or given name stands in a text as a word, without
/// case and accents. A word that is a name and something else too, such as "rose", is asked about as
/// well: whoever writes says it otherwise.
// Hazard: H68
pub fn named_in<'a>(
    text: &str,
    mut others: impl Iterator<Item = &'a Registration>,
) -> Option<&'a Registration> {
    let text = words(text);
    others.find(|other| {
        let names = [&other.family_name, &other.given_name];
        names.into_iter().any(|name| {
            words(name)
                .iter()
                .any(|part| part.chars().count() >= SHORTEST_NAME && text.contains(part))
        })
    })
}

fn words(text: &str) -> Vec<String> {
    folded(text).split(' ').map(str::to_owned).collect()
}
