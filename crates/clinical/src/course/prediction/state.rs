//! What was shown, as the events have made it.

use super::event::{ModelNamed, Place, PredictionEvent, Shown};
use crate::record::{Folded, Header, StreamKind};
use std::collections::BTreeMap;
use units::Moment;

/// One prediction that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WasShown {
    /// Since when; until the next one.
    pub at: Moment,
    /// From what.
    pub shown: Shown,
    /// The session's version that it was read from.
    pub session_version: u64,
    /// The release that drew it.
    pub release: String,
    /// SHA-256 of the numbers, in hexadecimal.
    pub drawn: String,
    /// SHA-256 of the printed figures, in hexadecimal; none where an earlier release did not keep it.
    pub figures: Option<String>,
    /// On which page it stood.
    pub place: Place,
}

/// What was shown of one session, or the models' files of a clinic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predictions {
    /// In the order in which they were shown.
    pub shown: Vec<WasShown>,
    /// The files, by name.
    pub models: BTreeMap<ModelNamed, String>,
}

impl Folded for Predictions {
    type Event = PredictionEvent;
    const KIND: StreamKind = StreamKind::Prediction;

    fn take(&mut self, header: &Header, event: &PredictionEvent) {
        match event {
            PredictionEvent::ModelKept { model, text } => {
                self.models.insert(model.clone(), text.clone());
            }
            PredictionEvent::PredictionShown {
                shown,
                session_version,
                rules: _,
                release,
                drawn,
                figures,
                place,
            } => self.shown.push(WasShown {
                at: header.occurred_at,
                shown: shown.clone(),
                session_version: *session_version,
                release: release.clone(),
                drawn: drawn.clone(),
                figures: figures.clone(),
                // Releases that did not say the page read a session for the room, and wrote version
                // 0 for an order that was not saved.
                place: place.unwrap_or(if *session_version == 0 {
                    Place::Draft
                } else {
                    Place::Room
                }),
            }),
        }
    }
}

impl Predictions {
    /// What stood on a page at a moment; the newest one without a moment.
    // Hazard: H69
    pub fn at(&self, place: Place, at: Option<Moment>) -> Option<&WasShown> {
        self.shown
            .iter()
            .rev()
            .filter(|shown| shown.place == place)
            .find(|shown| at.is_none_or(|at| shown.at <= at))
    }

    /// True when the newest one on that page was drawn from the same.
    pub fn stands(&self, place: Place, shown: &Shown) -> bool {
        self.at(place, None)
            .is_some_and(|last| last.shown == *shown)
    }
}
