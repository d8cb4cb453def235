//! What was shown, as the events have made it.

use super::event::{ModelNamed, PredictionEvent, Shown};
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
            } => self.shown.push(WasShown {
                at: header.occurred_at,
                shown: shown.clone(),
                session_version: *session_version,
                release: release.clone(),
                drawn: drawn.clone(),
            }),
        }
    }
}

impl Predictions {
    /// What stood on the page at a moment; the newest one without a moment.
    pub fn at(&self, at: Option<Moment>) -> Option<&WasShown> {
        self.shown
            .iter()
            .rev()
            .find(|shown| at.is_none_or(|at| shown.at <= at))
    }

    /// True when the newest one was drawn from the same.
    pub fn stands(&self, shown: &Shown) -> bool {
        self.shown.last().is_some_and(|last| last.shown == *shown)
    }
}
