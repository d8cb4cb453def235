//! What stood on a page, drawn once more from nothing but the record.

use super::KeptModel;
use super::drawing::{Drawn, draw};
use clinical::course::prediction::{ModelNamed, Place, Predictions, WasShown};
use units::Moment;

/// What stood there, and whether these are its numbers.
#[derive(Debug)]
pub struct Again<'a> {
    /// What was recorded.
    pub was: &'a WasShown,
    /// The numbers as this release works them out.
    pub drawn: Drawn,
    /// Whether the curves are those that were shown.
    pub same_curves: bool,
    /// Whether the printed figures are; none where an earlier release did not keep it.
    pub same_figures: Option<bool>,
}

impl Again<'_> {
    /// True when nothing that was kept says otherwise.
    pub fn is_the_same(&self) -> bool {
        self.same_curves && self.same_figures != Some(false)
    }
}

/// Why nothing can be drawn again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAgain {
    /// Nothing was shown on that page by then.
    NothingShown,
    /// It was, and cannot be drawn: why, in one sentence.
    NotDrawn(String),
}

/// Draws again what stood on a page at a moment; the newest without a moment.
///
/// `of_session` is what was shown of the session, `of_clinic` has the models' files.
pub fn drawn_again<'a>(
    of_session: &'a Predictions,
    of_clinic: &Predictions,
    place: Place,
    at: Option<Moment>,
) -> Result<Again<'a>, NotAgain> {
    let was = of_session.at(place, at).ok_or(NotAgain::NothingShown)?;
    let needed = [Some(&was.shown.model), was.shown.beside.as_ref()];
    // A file that was kept is read again by the digest with which it was shown, and by no name.
    let models = needed
        .into_iter()
        .flatten()
        .filter_map(|named| of_clinic.models.get(named))
        .map(|text| KeptModel::read(text))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| NotAgain::NotDrawn(error.to_string()))?;
    let named = |named: &ModelNamed| {
        let kept = models.iter().find(|kept| kept.named == *named);
        kept.map(|kept| &kept.model)
    };
    let drawn = draw(&was.shown, named).map_err(NotAgain::NotDrawn)?;
    Ok(Again {
        same_curves: drawn.digest() == was.drawn,
        same_figures: was.figures.as_ref().map(|kept| *kept == drawn.figures()),
        was,
        drawn,
    })
}
