//! The session as an anaesthesia-style grid: one drawing for the live page and the printed one.
//!
//! Columns of five minutes from left to right; every kind of value in its own fixed place. Marks
//! by hand differ from marks by device in shape, corrected values stay beside the right ones, and
//! no line crosses a stretch in which nothing was measured.

mod axis;
mod felt;
mod lanes;
mod marks;
mod palette;
mod predicted;
pub(crate) mod reading;
mod rows;
pub(crate) mod words;

pub use palette::Theme;
pub use predicted::{Predicted, PredictedLine};
pub(crate) use rows::written;
pub use rows::{Row, table};

use axis::Axis;
use clinical::course::session::Session;
use jiff::tz::TimeZone;
use reading::Course;
use units::Moment;

/// What a chart is drawn from.
#[derive(Clone, Debug)]
pub struct ChartInput {
    course: Course,
    axis: Axis,
    /// The moment at which the chart ends while the session goes on.
    edge: Option<Moment>,
    rows: Vec<Row>,
    predicted: Option<Predicted>,
    zone: TimeZone,
    theme: Theme,
}

impl ChartInput {
    /// Reads a session for a chart as it stands at a moment, on the clinic's clock.
    pub fn new(session: &Session, now: Moment, zone: &TimeZone, theme: Theme) -> Self {
        let course = Course::of(session, now, zone);
        let edge = session.stage.is_present().then_some(now);
        Self {
            axis: Axis::of(&course, session.checked_in_at(), edge),
            rows: rows::rows(session, zone),
            predicted: None,
            course,
            edge,
            zone: zone.clone(),
            theme,
        }
    }

    /// Without what staff wrote: the drawing for the person themself.
    // Hazard: H72
    #[must_use]
    pub fn without_words(mut self) -> Self {
        self.course.remarks.clear();
        self
    }

    /// With what is predicted, in a lane of its own below everything measured.
    #[must_use]
    pub fn with_predicted(self, predicted: Predicted) -> Self {
        Self {
            predicted: Some(predicted),
            ..self
        }
    }
}

/// The chart as one SVG element, without style attributes: it may stand inside a page whose
/// policy forbids them. The same input gives the same text.
// Hazard: H46
pub fn svg(input: &ChartInput) -> String {
    lanes::draw(input)
}
