//! The lane of what is predicted and not measured: a band first, thin lines in it, always with the
//! model's name and where blood would have been drawn. It is there only when something is predicted,
//! below everything measured.

use super::ChartInput;
use super::axis::{Axis, HEIGHT, LEFT, RIGHT, Tenths, WIDTH};
use super::palette::Palette;
use super::words::{clock, escaped};
use std::fmt::Write as _;
use units::{Moment, Span};

/// What a model predicts, as whole tenths of ng/mL, one value for each minute from `from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicted {
    /// What, by which model, where sampled, and that it was not measured.
    pub title: String,
    /// The drug alone, for the lane's edge.
    pub analyte: String,
    /// The zero of the prediction.
    pub from: Moment,
    /// For each minute the five percentiles, rising; empty where no spread was published.
    pub band: Vec<[i64; 5]>,
    /// The typical person, or assumed scenarios with their names.
    pub lines: Vec<PredictedLine>,
    /// A second model.
    pub beside: Option<Vec<i64>>,
    /// What the order alone would have come to; none where it is the same.
    pub ordered: Option<Vec<i64>>,
    /// From then on nothing is known; none where nothing is in doubt.
    pub known_until: Option<Moment>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredictedLine {
    /// The scenario's name; none for a typical person.
    pub scenario: Option<String>,
    /// In tenths of ng/mL, one for each minute.
    pub values: Vec<i64>,
}

/// The lane's title.
const TITLE: i64 = HEIGHT + 14;
/// The lane's top.
const TOP: i64 = TITLE + 10;
const TALL: i64 = 120;
/// The lane's bottom, which is nothing.
const BOTTOM: i64 = TOP + TALL;
const BELOW: i64 = 12;
/// Between two strokes of what is not known, in units.
const HATCH: i64 = 9;

/// How much higher the chart is with this lane.
pub(super) const fn height(input: &ChartInput) -> i64 {
    if input.predicted.is_some() {
        BOTTOM + BELOW - HEIGHT
    } else {
        0
    }
}

struct Lane<'a> {
    predicted: &'a Predicted,
    axis: &'a Axis,
    /// The value at the top, in tenths.
    greatest: i64,
}

impl Lane<'_> {
    fn at(&self, minute: usize) -> Moment {
        self.predicted.from + Span::from_minutes(i64::try_from(minute).unwrap_or(i64::MAX))
    }

    /// True for a minute that has a place and of which something is known.
    fn draws(&self, minute: usize) -> bool {
        let at = self.at(minute);
        self.axis.holds(at) && self.predicted.known_until.is_none_or(|until| at <= until)
    }

    fn y(&self, value: i64) -> Tenths {
        Tenths(BOTTOM * 10 - (value * TALL * 10 + self.greatest / 2) / self.greatest)
    }

    fn points(&self, values: impl Iterator<Item = (usize, i64)>) -> String {
        let mut points = String::new();
        for (minute, value) in values.filter(|(minute, _)| self.draws(*minute)) {
            let _ = write!(
                points,
                "{},{} ",
                self.axis.x(self.at(minute)),
                self.y(value)
            );
        }
        points.truncate(points.trim_end().len());
        points
    }

    fn line(&self, out: &mut String, class: &str, look: &str, values: &[i64]) {
        let points = self.points(values.iter().copied().enumerate());
        let _ = write!(
            out,
            r#"<polyline class="{class}" fill="none" {look} points="{points}"/>"#
        );
    }
}

/// Draws the lane.
// Hazard: H69
pub(super) fn lane(out: &mut String, input: &ChartInput, palette: &Palette) {
    let Some(predicted) = &input.predicted else {
        return;
    };
    let lane = Lane {
        predicted,
        axis: &input.axis,
        greatest: greatest(predicted),
    };
    let _ = write!(
        out,
        r#"<g class="predicted" stroke="none"><text class="predicted-title" x="{LEFT}" y="{TITLE}" fill="{}" font-size="13">{}</text>"#,
        palette.predicted,
        escaped(&predicted.title)
    );
    scale(out, &lane, palette);
    // The band stands before any line: it says more.
    for (class, low, high, opacity) in [("wide", 0, 4, "0.18"), ("narrow", 1, 3, "0.26")] {
        let there = || predicted.band.iter().enumerate();
        let up = lane.points(there().map(|(minute, row)| (minute, row[low])));
        let down = lane.points(there().rev().map(|(minute, row)| (minute, row[high])));
        if !up.is_empty() {
            let _ = write!(
                out,
                r#"<polygon class="predicted-{class}" fill="{}" fill-opacity="{opacity}" points="{up} {down}"/>"#,
                palette.predicted
            );
        }
    }
    let ink = palette.predicted;
    if let Some(beside) = &predicted.beside {
        let look = format!(
            r#"stroke="{ink}" stroke-width="1.4" stroke-opacity="0.85" stroke-dasharray="1.5 3""#
        );
        lane.line(out, "predicted-beside", &look, beside);
    }
    if let Some(ordered) = &predicted.ordered {
        let look = format!(r#"stroke="{ink}" stroke-width="0.8" stroke-opacity="0.75""#);
        lane.line(out, "predicted-ordered", &look, ordered);
    }
    for line in &predicted.lines {
        let look = format!(r#"stroke="{ink}" stroke-width="1.6" stroke-dasharray="6 3""#);
        lane.line(out, "predicted-typical", &look, &line.values);
        named(out, &lane, line, palette);
    }
    unknown(out, &lane, input, palette);
    if let Some(now) = input.edge.filter(|now| input.axis.holds(*now)) {
        let _ = write!(
            out,
            r#"<path class="predicted-now" stroke="{}" stroke-width="1.5" d="M{} {TOP}V{BOTTOM}"/>"#,
            palette.soft,
            input.axis.x(now)
        );
    }
    out.push_str("</g>");
}

fn scale(out: &mut String, lane: &Lane<'_>, palette: &Palette) {
    let _ = write!(
        out,
        r#"<g class="grid" stroke="{}" stroke-width="0.6" fill="none">"#,
        palette.line
    );
    for part in 0..=2 {
        let y = lane.y(lane.greatest * part / 2);
        let _ = write!(out, r#"<path d="M{LEFT} {y}H{RIGHT}"/>"#);
    }
    let labelled = lane.axis.labelled();
    for index in (0..=lane.axis.columns).step_by(usize::try_from(labelled).unwrap_or(3)) {
        let x = lane.axis.x(lane.axis.column(index));
        let _ = write!(out, r#"<path d="M{x} {TOP}V{BOTTOM}"/>"#);
    }
    let _ = write!(
        out,
        r#"</g><g class="scale" fill="{}"><text x="4" y="{}">{}</text><text x="4" y="{}">ng/mL</text><text x="4" y="{}" font-size="12">predicted</text><g text-anchor="end">"#,
        palette.soft,
        TOP + 30,
        escaped(&lane.predicted.analyte),
        TOP + 46,
        TOP + 62
    );
    for part in 0..=2 {
        let value = lane.greatest * part / 2;
        let _ = write!(
            out,
            r#"<text x="{}" y="{}">{}</text>"#,
            LEFT - 6,
            Tenths(lane.y(value).0 + 50),
            Tenths(value)
        );
    }
    out.push_str("</g></g>");
}

/// A scenario's name at the highest point of its line.
fn named(out: &mut String, lane: &Lane<'_>, line: &PredictedLine, palette: &Palette) {
    let highest = line
        .values
        .iter()
        .enumerate()
        .filter(|(minute, _)| lane.draws(*minute))
        .max_by_key(|(_, value)| **value);
    if let (Some(scenario), Some((minute, value))) = (&line.scenario, highest) {
        let x = lane.axis.x(lane.at(minute));
        let _ = write!(
            out,
            r#"<text class="predicted-scenario" x="{}" y="{}" font-size="12" fill="{}" stroke="{}" stroke-width="3" paint-order="stroke">{}</text>"#,
            Tenths(x.0 + 60),
            Tenths(lane.y(*value).0 + 40),
            palette.predicted,
            palette.card,
            escaped(scenario)
        );
    }
}

/// Strokes over the time of which nothing is known, and from when: a break is seen, not guessed over.
fn unknown(out: &mut String, lane: &Lane<'_>, input: &ChartInput, palette: &Palette) {
    let Some(until) = lane
        .predicted
        .known_until
        .filter(|until| input.axis.holds(*until))
    else {
        return;
    };
    let from = input.axis.x(until).0 / 10;
    let _ = write!(
        out,
        r#"<g class="predicted-unknown"><g stroke="{}" stroke-width="0.8">"#,
        palette.faint
    );
    let mut x = from;
    while x < RIGHT {
        let across = (RIGHT - x).min(TALL);
        let _ = write!(out, r#"<path d="M{x} {BOTTOM}l{across} -{across}"/>"#);
        x += HATCH;
    }
    let anchor = if from > WIDTH / 2 { "end" } else { "start" };
    let _ = write!(
        out,
        r#"</g><text x="{}" y="{}" font-size="12" text-anchor="{anchor}" fill="{}" stroke="{}" stroke-width="4" paint-order="stroke">not known from {}</text></g>"#,
        if anchor == "end" { RIGHT - 4 } else { from + 6 },
        TOP + 16,
        palette.ink,
        palette.card,
        clock(until, &input.zone)
    );
}

/// The top of the scale: 1, 2, 3, 4, 6 or 8 times a power of ten, not below any value that is drawn.
fn greatest(predicted: &Predicted) -> i64 {
    let band = predicted.band.iter().map(|row| row[4]);
    let lines = predicted.lines.iter().flat_map(|line| &line.values);
    let others = [&predicted.beside, &predicted.ordered]
        .into_iter()
        .flatten();
    let most = band
        .chain(lines.copied())
        .chain(others.flatten().copied())
        .max()
        .unwrap_or(0);
    let mut power = 10;
    loop {
        for times in [1, 2, 3, 4, 6, 8] {
            if times * power >= most {
                return times * power;
            }
        }
        power *= 10;
    }
}
