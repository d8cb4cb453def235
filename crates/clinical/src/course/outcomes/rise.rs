//! A score that has risen again: somebody calls the person.

use super::decide::{Refusal, Taken};
use super::definitions::{RELAPSE_AT_LEAST, RELAPSE_SCALE};
use super::event::OutcomesEvent;
use super::state::Outcomes;
use crate::course::follow_up::LONGEST_WORDS;
use crate::instrument::{Instrument, Points};
use rust_decimal::Decimal;
use units::Moment;
use uuid::Uuid;

/// So many points above the lowest score call for somebody. Source: clinical reference 7.5.
pub const RISE_AT_LEAST: i32 = 5;

/// The newest score has risen, and nobody has said what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rise {
    /// The sheet with the score.
    pub sheet: Uuid,
    /// When it was answered.
    pub at: Moment,
    /// The score.
    pub points: Points,
    /// The lowest score before it.
    pub lowest: Points,
    /// When that was.
    pub lowest_at: Moment,
}

impl Outcomes {
    /// Whether the newest complete score calls for somebody: [`RISE_AT_LEAST`] points or more above
    /// the lowest one before it, or [`RELAPSE_AT_LEAST`] or more after one that was lower. Of the
    /// scale by which relapse is defined; of another nothing.
    ///
    /// Looks at what was answered and entered, and not at the history: a person who never was
    /// better than at first has not risen again. Source: clinical reference 7.5.
    // Hazard: H65
    pub fn rise(&self, instrument: &Instrument) -> Option<Rise> {
        if instrument.id != RELAPSE_SCALE {
            return None;
        }
        let mut scores = self
            .of_scale(&instrument.id)
            .into_iter()
            .filter_map(|sheet| {
                let reading = sheet.reading(instrument)?;
                Some((sheet.sheet, reading.at, reading.points()?))
            });
        let (sheet, at, points) = scores.next_back()?;
        let (_, lowest_at, lowest) = scores.min_by_key(|(_, at, points)| (*points, *at))?;
        let risen = points.number() - lowest.number() >= Decimal::from(RISE_AT_LEAST);
        let limit = Decimal::from(RELAPSE_AT_LEAST);
        let crossed = points.number() >= limit && lowest.number() < limit;
        let open = !self.settled.contains_key(&sheet);
        (open && (risen || crossed)).then_some(Rise {
            sheet,
            at,
            points,
            lowest,
            lowest_at,
        })
    }

    /// Somebody has looked after the person. Refuses what is not known, or said already, and silence
    /// about what was done.
    pub fn settle_rise(&self, sheet: Uuid, done: &str) -> Result<Taken, Refusal> {
        let done = done.trim();
        if !self.sheets.contains_key(&sheet) || self.settled.contains_key(&sheet) {
            return Err(Refusal::Unknown);
        }
        if done.is_empty() || done.chars().count() > LONGEST_WORDS {
            return Err(Refusal::NotDone);
        }
        Ok(Taken {
            sheet,
            signs: Vec::new(),
            watch: None,
            events: vec![OutcomesEvent::RiseSettled {
                sheet,
                done: done.to_owned(),
            }],
        })
    }
}
