//! Where things stand on the chart: the same thing in the same place on every chart.
//!
//! Lengths are whole tenths of a unit of the drawing, so that no rounding of floating numbers can
//! move a mark.

use super::reading::Course;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use units::{Moment, Span};

/// Width of the drawing, in its units.
pub(crate) const WIDTH: i64 = 760;
/// Height of the drawing.
pub(crate) const HEIGHT: i64 = 574;
/// Left edge of the grid.
pub(crate) const LEFT: i64 = 100;
/// Right edge of the grid.
pub(crate) const RIGHT: i64 = 676;
/// Baseline of the clock's labels.
pub(crate) const CLOCK: i64 = 47;
/// Top of the lane of pressure, pulse and breathing.
pub(crate) const TOP: i64 = 60;
/// Its bottom, which is zero: one unit for each mmHg and each beat.
pub(crate) const ZERO: i64 = 280;
/// The greatest number that the lane can show in its place.
pub(crate) const GREATEST: i64 = 220;
/// Top of the saturation's lane, which is 100 %.
pub(crate) const SATURATED: i64 = 294;
/// Its bottom.
pub(crate) const DESATURATED: i64 = 354;
/// The saturation at the bottom, in percent: three units for each percent.
pub(crate) const LEAST_SATURATION: i64 = 80;
/// Top of the drug's lane.
pub(crate) const DRUG_TOP: i64 = 382;
/// Its bottom.
pub(crate) const DRUG: i64 = 414;
/// Baseline of responsiveness.
pub(crate) const SEDATION: i64 = 436;
/// Baseline of distress.
pub(crate) const DISTRESS: i64 = 456;
/// Baseline of temperature.
pub(crate) const TEMPERATURE: i64 = 476;
/// Middles of the notes' two rows.
pub(crate) const REMARKS: [i64; 2] = [492, 511];
/// Bottom of the grid.
pub(crate) const BOTTOM: i64 = 523;

/// One column.
pub(crate) const COLUMN: Span = Span::from_minutes(5);
/// Two hours fill the chart. A longer session makes the columns narrower, by half-hours, up to
/// twelve hours; never the chart wider.
const COLUMNS: i64 = 24;
const HALF_HOUR: i64 = 6;
const COLUMNS_AT_MOST: i64 = 144;
/// The left edge lies on a quarter of the clock's hour.
const QUARTER: Span = Span::from_minutes(15);
/// A clock's label and the room around it, in units.
const LABEL: i64 = 54;
/// So much is shown before the first drug at least: the baseline set is not older than 15 minutes.
/// Source: clinical reference 4.2.
const BEFORE_DRUG: Span = Span::from_minutes(15);
/// What was charted longer before the first drug than this is counted, not drawn: one entry with a
/// wrong date must not squeeze the session into a line.
const FARTHEST_BEFORE: Span = Span::from_hours(2);

/// A length in tenths of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tenths(pub i64);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, tenth) = (self.0.abs() / 10, self.0.abs() % 10);
        if tenth == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{tenth}")
        }
    }
}

/// Whole units as tenths.
pub(crate) const fn units(whole: i64) -> Tenths {
    Tenths(whole * 10)
}

/// The axis of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    pub start: Moment,
    pub columns: i64,
}

impl Axis {
    /// From a bit before the first drug, or from check-in when nothing was given.
    ///
    /// Earlier values widen it to the left, up to two hours; time widens it to the right.
    pub(crate) fn of(course: &Course, checked_in: Option<Moment>, edge: Option<Moment>) -> Self {
        let first = course.moments().min();
        let anchor = course
            .started_at
            .map(|at| at - BEFORE_DRUG)
            .or(checked_in)
            .or(first)
            .or(edge)
            .unwrap_or(Moment::from_microseconds(0));
        let earliest = first.map_or(anchor, |first| first.min(anchor));
        let start = earliest.max(anchor - FARTHEST_BEFORE).start_of(QUARTER);
        let last = course.moments().chain(edge).max().unwrap_or(start);
        let needed = (last - start).microseconds() / COLUMN.microseconds() + 1;
        let half_hours = (needed + HALF_HOUR - 1) / HALF_HOUR;
        let columns = (half_hours * HALF_HOUR).clamp(COLUMNS, COLUMNS_AT_MOST);
        Self { start, columns }
    }

    /// The right edge in time.
    pub(crate) fn end(&self) -> Moment {
        self.column(self.columns)
    }

    /// How many columns lie from one labelled time to the next: quarters, halves, hours.
    pub(crate) fn labelled(&self) -> i64 {
        [3, 6, 12, 24]
            .into_iter()
            .find(|step| step * (RIGHT - LEFT) >= LABEL * self.columns)
            .unwrap_or(24)
    }

    /// Whether the moment has a place.
    pub(crate) fn holds(&self, at: Moment) -> bool {
        at >= self.start && at <= self.end()
    }

    /// The place of a moment from the left, to the nearest tenth; outside, the edge.
    pub(crate) fn x(&self, at: Moment) -> Tenths {
        let at = at.max(self.start).min(self.end());
        let span = self.columns * COLUMN.microseconds();
        let since = (at - self.start).microseconds();
        Tenths(LEFT * 10 + (since * (RIGHT - LEFT) * 10 + span / 2) / span)
    }

    /// The column's left edge, as a moment.
    pub(crate) fn column(&self, index: i64) -> Moment {
        self.start + Span::from_microseconds(index * COLUMN.microseconds())
    }
}

fn tenths(value: Decimal) -> i64 {
    (value * Decimal::TEN).round().to_i64().unwrap_or(0)
}

/// The height of a pressure or a rate; true when it lies beyond the lane.
pub(crate) fn pressure_y(value: Decimal) -> (Tenths, bool) {
    let beyond = value > Decimal::from(GREATEST);
    let held = value.min(Decimal::from(GREATEST));
    (Tenths(ZERO * 10 - tenths(held)), beyond)
}

/// The height of a saturation; true when it lies beyond the lane.
pub(crate) fn saturation_y(value: Decimal) -> (Tenths, bool) {
    let least = Decimal::from(LEAST_SATURATION);
    let beyond = value < least;
    let above = value.max(least) - least;
    (
        Tenths(DESATURATED * 10 - tenths(above * Decimal::from(3))),
        beyond,
    )
}

/// The height of a rate of the pump, against the greatest rate of the session.
pub(crate) fn rate_height(rate: Decimal, greatest: Decimal) -> Tenths {
    if greatest.is_zero() {
        return Tenths(0);
    }
    Tenths(tenths(rate * Decimal::from(DRUG - DRUG_TOP) / greatest))
}
