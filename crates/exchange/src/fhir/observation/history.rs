//! What became of a charted value, and the status that says so.

use super::super::datatypes::{Annotation, Instant};
use super::super::resource::Stamp;
use super::sign::Sign;
use super::value::Value;
use super::{name_of, sentence};
use clinical::course::session::{Correction, Entry, Session, SessionEvent};
use std::borrow::Cow;

/// What became of one sign of one entry.
pub(super) struct History {
    /// What stands, or stood last.
    pub(super) value: Value,
    pub(super) status: &'static str,
    pub(super) stamp: Stamp,
    pub(super) note: Vec<Annotation>,
}

/// Follows one sign of one entry through its corrections; none when the entry never held it.
pub(super) fn history(session: &Session, entry: &Entry, sign: Sign) -> Option<History> {
    let mut stamp = Stamp::first(session, entry);
    let mut standing = Value::of(entry.counted(), sign);
    let mut shown = standing.clone();
    let mut note = Vec::new();
    for (index, corrected) in entry.corrections.iter().enumerate() {
        let right = standing_after(entry, index).and_then(|event| Value::of(&event, sign));
        if right == standing {
            continue;
        }
        stamp = Stamp::corrected(session, corrected);
        let before = standing
            .as_ref()
            .map_or("nothing".to_owned(), ToString::to_string);
        let verb = if matches!(corrected.correction, Correction::Artefact { .. }) {
            "Marked as an artefact"
        } else if right.is_some() {
            "Corrected"
        } else {
            "Struck"
        };
        note.push(Annotation {
            author_string: name_of(&corrected.actor),
            time: Instant(corrected.at),
            text: format!(
                "{verb}: {} Charted before: {before}",
                sentence(&corrected.reason)
            ),
        });
        shown = right.clone().or(shown);
        standing = right;
    }
    Some(History {
        value: shown?,
        status: match (&standing, note.is_empty()) {
            (None, _) => "entered-in-error",
            (Some(_), true) => "final",
            (Some(_), false) => "corrected",
        },
        stamp,
        note,
    })
}

/// The entry as its corrections up to and including this one left it.
fn standing_after(entry: &Entry, index: usize) -> Option<SessionEvent> {
    Entry {
        corrections: entry.corrections.iter().take(index + 1).cloned().collect(),
        ..entry.clone()
    }
    .standing()
    .map(Cow::into_owned)
}
