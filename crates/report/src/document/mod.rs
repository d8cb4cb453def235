//! The session's record on paper: a tagged PDF that reads aloud, page by page, with everything
//! that was charted.
//!
//! The same record gives the same bytes: the document knows no clock, no file and no network, and
//! its date is the moment of the last event.

mod sheet;

use crate::chart::{ChartInput, Predicted, Theme, svg};
use crate::press::{self, Job};
use clinical::course::note::Notes;
use clinical::course::session::Session;
use clinical::patient::Patient;
use jiff::tz::TimeZone;
use sheet::Sheet;
use units::Moment;

/// What a document is set from: owned, so that it may be set on another thread.
#[derive(Clone, Debug)]
pub struct DocumentInput {
    sheet: Sheet,
}

/// The typesetter failed: a fault of ours, never of the person who charts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The record could not be written as data.
    #[error("the record could not be written for the typesetter: {0}")]
    Data(String),
    /// The template could not be set.
    #[error("the record could not be set: {0}")]
    Setting(String),
    /// The set pages could not be written as PDF.
    #[error("the pages could not be written as PDF: {0}")]
    Export(String),
}

impl DocumentInput {
    /// Reads a session as it stands after its last event.
    ///
    /// `notes` are what clinicians wrote of it: the signed ones are printed. `last_leaf` is that event's hash in the log, `clinic` the house's name; times are shown on
    /// the clinic's clock.
    pub fn from_session(
        session: &Session,
        (patient, notes): (&Patient, &Notes),
        last_leaf: &[u8; 32],
        clinic: &str,
        zone: &TimeZone,
    ) -> Self {
        let at = stands_at(session);
        let chart = svg(&ChartInput::new(session, at, zone, Theme::Print));
        Self {
            sheet: sheet::sheet(
                session,
                (patient, notes),
                last_leaf,
                clinic,
                zone,
                at,
                chart,
            ),
        }
    }

    /// With what was predicted of it in the session room: a lane below everything measured, and what
    /// stands under it.
    ///
    /// `says` names the model, its version, where blood would have been drawn, and that nothing of it
    /// was measured.
    // Hazard: H69
    #[must_use]
    pub fn with_predicted(
        mut self,
        session: &Session,
        zone: &TimeZone,
        lane: Predicted,
        says: Vec<String>,
    ) -> Self {
        let chart = ChartInput::new(session, stands_at(session), zone, Theme::Print);
        self.sheet.chart = svg(&chart.with_predicted(lane));
        self.sheet.predicted = says;
        self
    }

    /// With why what was predicted in the session room cannot be printed.
    #[must_use]
    pub fn without_predicted(mut self, why: String) -> Self {
        self.sheet.predicted = vec![why];
        self
    }
}

/// The moment as of which a record is printed: that of its last event.
fn stands_at(session: &Session) -> Moment {
    session
        .recorded_at
        .or(session.planned_for)
        .unwrap_or(Moment::from_microseconds(0))
}

/// The document as PDF/UA-1 bytes.
///
/// Refuses nothing: an unsigned record is set too, and says on every sheet that it is not signed.
pub fn session_record(input: &DocumentInput) -> Result<Vec<u8>, Fault> {
    let sheet = &input.sheet;
    press::set(&Job {
        template: include_str!("record.typ"),
        data: sheet,
        day: sheet.day,
        identity: format!("evenkeel-session-{}", sheet.session),
        software: &sheet.software,
    })
}

#[cfg(test)]
mod tests;
