//! Small pictures of many people: a share with its interval, how many scores lie where, one person's
//! scores over time. Lengths are in units of the picture; the numbers stand beside each.

use clinical::course::outcomes::everybody::{OnePerson, ScaleFound};
use clinical::statistics::Cell;
use std::fmt::Write as _;
use units::{Decimal, Moment, Span};

/// The width and the height of an interval.
const INTERVAL: (i64, i64) = (120, 16);

/// A share on an axis from 0 to 100 percent, with its interval; in tenths of a percent.
pub fn interval((from, at, to): (i64, i64, i64)) -> String {
    let (width, height) = INTERVAL;
    let x = |tenths: i64| 2 + tenths * (width - 4) / 1_000;
    let middle = height / 2;
    format!(
        "<svg class=\"share-interval\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">\
         <path class=\"share-axis\" d=\"M2 {middle}H{}M2 3V13M{} 3V13\"/>\
         <path class=\"share-line\" d=\"M{} {middle}H{}\"/>\
         <circle class=\"share-dot\" cx=\"{}\" cy=\"{middle}\" r=\"4\"/></svg>",
        width - 2,
        width - 2,
        x(from),
        x(to),
        x(at)
    )
}

/// The width of a bar, the height of the tallest, and what is left below for the numbers.
const BAR: (i64, i64, i64) = (16, 64, 18);

/// How many scores lie where. `most` is the highest share of all pictures beside it, in tenths of a
/// percent: the same height is the same share everywhere. What is not told is an open mark.
pub fn histogram(bars: &[Cell], from: &[u32], most: i64, highest: u32) -> String {
    let (width, height, below) = BAR;
    let all: u32 = bars.iter().filter_map(|cell| count(*cell)).sum();
    let whole = width * i64::try_from(bars.len()).unwrap_or(0);
    let mut svg = format!(
        "<svg class=\"score-bars\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
        whole + 2,
        height + below,
        bars_say(bars, from, highest)
    );
    for (place, cell) in bars.iter().enumerate() {
        let x = 1 + width * i64::try_from(place).unwrap_or(0);
        match count(*cell) {
            Some(0) => {}
            Some(count) => {
                let tall = (tenths(count, all) * height / most.max(1)).max(2);
                let _written = write!(
                    svg,
                    "<rect class=\"score-bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{tall}\"/>",
                    x + 1,
                    height - tall,
                    width - 2
                );
            }
            None => {
                let _written = write!(
                    svg,
                    "<rect class=\"score-bar is-withheld\" x=\"{}\" y=\"{}\" width=\"{}\" \
                     height=\"8\"/>",
                    x + 2,
                    height - 9,
                    width - 4
                );
            }
        }
    }
    let _written = write!(
        svg,
        "<path class=\"share-axis\" d=\"M1 {height}H{}\"/>\
         <text class=\"score-end\" x=\"1\" y=\"{}\">0</text>\
         <text class=\"score-end\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{highest}</text></svg>",
        whole + 1,
        height + 14,
        whole + 1,
        height + 14
    );
    svg
}

const fn count(cell: Cell) -> Option<u32> {
    match cell {
        Cell::Exactly(count) => Some(count),
        Cell::FewerThan(_) | Cell::Withheld => None,
    }
}

fn tenths(count: u32, of: u32) -> i64 {
    i64::from(count) * 1_000 / i64::from(of.max(1))
}

/// The highest share among the bars, in tenths of a percent.
pub fn highest_share(bars: &[Cell]) -> i64 {
    let all: u32 = bars.iter().filter_map(|cell| count(*cell)).sum();
    bars.iter()
        .filter_map(|cell| count(*cell))
        .map(|count| tenths(count, all))
        .max()
        .unwrap_or(0)
}

fn bars_say(bars: &[Cell], from: &[u32], highest: u32) -> String {
    let parts: Vec<String> = bars
        .iter()
        .zip(from)
        .enumerate()
        .filter(|(_, (cell, _))| **cell != Cell::Exactly(0))
        .map(|(place, (cell, from))| {
            let to = from.saturating_add(2).min(highest);
            let to = if place + 1 == bars.len() { highest } else { to };
            format!(
                "{from} to {to}: {}",
                super::clinic_outcomes_told::says(*cell)
            )
        })
        .collect();
    if parts.is_empty() {
        "no score".to_owned()
    } else {
        parts.join(", ")
    }
}

/// The width and the height of a person's picture, and how much of it lies before the first session.
const PERSON: (i64, i64, i64) = (168, 56, 20);

/// How far back before the first session a score is drawn; earlier ones stand at the edge.
const BEFORE: Span = Span::from_hours(24 * 30);

/// The longest time after a first session among people: the same length is the same time everywhere.
pub fn longest(people: &[&OnePerson], scale: usize) -> Span {
    people
        .iter()
        .flat_map(|person| {
            let course = person
                .scales
                .get(scale)
                .map(|found| found.course.as_slice());
            let last = course.and_then(<[_]>::last).map(|(at, _)| *at);
            [Some(person.last_drug), last]
                .into_iter()
                .flatten()
                .map(|at| at - person.first_drug)
        })
        .max()
        .unwrap_or(Span::ZERO)
        .max(Span::from_hours(24 * 30))
}

/// One person's scores over time. A sheet without a score is an open mark at the foot, and breaks the
/// line.
pub fn person(found: &ScaleFound, first: Moment, longest: Span, highest: u32) -> String {
    let (width, height, before) = PERSON;
    let x = |at: Moment| {
        let since = at - first;
        let (part, of, room) = if since < Span::ZERO {
            (since.max(Span::ZERO - BEFORE), BEFORE, before - 6)
        } else {
            (since, longest, width - before - 6)
        };
        before + part.minutes() * room / of.minutes().max(1)
    };
    let y = |points: Decimal| {
        let part = points * Decimal::from(height - 12) / Decimal::from(highest.max(1));
        height - 6 - i64::try_from(part.round()).unwrap_or(0)
    };
    let mut line = String::new();
    let mut marks = String::new();
    let mut goes_on = false;
    for (at, points) in &found.course {
        match points {
            Some(points) => {
                let (x, y) = (x(*at), y(points.number()));
                let _written = write!(line, "{}{x} {y}", if goes_on { "L" } else { "M" });
                let _written = write!(
                    marks,
                    "<circle class=\"spark-dot\" cx=\"{x}\" cy=\"{y}\" r=\"2.5\"/>"
                );
            }
            None => {
                let _written = write!(
                    marks,
                    "<rect class=\"spark-gap\" x=\"{}\" y=\"{}\" width=\"5\" height=\"5\"/>",
                    x(*at) - 2,
                    height - 7
                );
            }
        }
        goes_on = points.is_some();
    }
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">\
         <path class=\"spark-start\" d=\"M{before} 0V{height}\"/>\
         <path class=\"spark-line\" d=\"{}\"/>{marks}</svg>",
        if line.is_empty() { "M0 0" } else { &line }
    )
}
