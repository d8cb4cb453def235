//! What a planned dose would come to in the blood, beside the last sessions: a picture and a table,
//! predicted and not measured.

use super::clock_face::ClockFace;
use super::written;
use crate::prediction::{LIMITS, Prediction, Ready, planned_says, title, two};
use askama::Template;
use std::fmt::Write as _;

/// The width of the picture, in its units.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 34.0;
/// A draft is never called an order: nobody has signed for it.
const THIS: &str = "this draft, not saved";
/// Between two labels of the axis of time, in minutes.
const EACH: u32 = 30;

#[derive(Template)]
#[template(path = "planned_dose.html")]
struct Section {
    title: String,
    why_not: String,
    picture: String,
    lines: Vec<Line>,
    how: Vec<String>,
    limits: &'static str,
}

struct Line {
    what: String,
    highest: String,
    when: String,
    area: String,
}

/// The part of the page.
// Hazard: H69
pub fn section(prediction: &Prediction, clock: &ClockFace<'_>) -> String {
    written(&match prediction {
        Prediction::None(why) => Section {
            title: "Predicted concentration".to_owned(),
            why_not: why.clone(),
            picture: String::new(),
            lines: Vec::new(),
            how: Vec::new(),
            limits: LIMITS,
        },
        Prediction::Ready(ready, basis) => Section {
            title: title(&ready.drawn),
            why_not: String::new(),
            picture: picture(ready),
            lines: lines(ready, clock),
            how: planned_says(ready, basis, clock),
            limits: LIMITS,
        },
    })
}

fn minutes(value: f64) -> String {
    format!("{value:.0}\u{a0}min")
}

/// The planned dose with its ranges, then each earlier session as its typical person.
fn lines(ready: &Ready, clock: &ClockFace<'_>) -> Vec<Line> {
    let drawn = &ready.drawn;
    let mut lines = Vec::new();
    if let Some(summary) = &drawn.summary {
        let range = |of: &[f64; 5]| format!("{} ({} to {})", two(of[2]), two(of[0]), two(of[4]));
        lines.push(Line {
            what: THIS.to_owned(),
            highest: range(&summary.peak_ng_ml),
            when: minutes(summary.peak_at_min[2]),
            area: range(&summary.area_ng_h_ml),
        });
    } else {
        for line in &drawn.lines {
            let assumed = line
                .scenario
                .as_ref()
                .map_or_else(String::new, |(id, says)| {
                    format!(", assumed “{id}”: {says}")
                });
            lines.push(of_line(format!("{THIS}{assumed}"), line));
        }
    }
    for (earlier, line) in ready.shown.earlier.iter().zip(&drawn.earlier) {
        let Ok(line) = line else {
            continue;
        };
        let assumed = line
            .scenario
            .as_ref()
            .map_or_else(String::new, |(id, _)| format!(", assumed “{id}”"));
        let what = format!("as given on {}{assumed}", clock.date(earlier.from));
        lines.push(of_line(what, line));
    }
    lines
}

fn of_line(what: String, line: &crate::prediction::Line) -> Line {
    Line {
        what,
        highest: two(line.exposure.peak_ng_ml),
        when: minutes(line.exposure.peak_at.minutes()),
        area: two(line.exposure.area_ng_h_ml),
    }
}

struct Frame {
    minutes: f64,
    greatest: f64,
}

impl Frame {
    fn x(&self, minute: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * minute / self.minutes
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.greatest
    }

    fn points(&self, values: impl Iterator<Item = (usize, f64)>) -> String {
        let mut points = String::new();
        for (minute, value) in values {
            // A minute of a plan is a small number.
            let minute = minute as f64;
            let _ = write!(points, "{:.1},{:.1} ", self.x(minute), self.y(value));
        }
        points
    }

    fn line(&self, svg: &mut String, class: &str, values: &[f64]) {
        let points = self.points(values.iter().copied().enumerate());
        let _ = write!(svg, "<polyline class=\"{class}\" points=\"{points}\"/>");
    }
}

fn picture(ready: &Ready) -> String {
    let drawn = &ready.drawn;
    let band = drawn.band.iter().map(|row| row[4]);
    let lines = drawn.lines.iter().chain(drawn.earlier.iter().flatten());
    let lines = lines.flat_map(|line| line.values.iter().copied());
    let beside = drawn
        .beside
        .iter()
        .flat_map(|(_, values)| values.iter().copied());
    let most = band.chain(lines).chain(beside).fold(1.0, f64::max);
    let frame = Frame {
        minutes: f64::from(ready.shown.minutes.max(1)),
        greatest: round(most),
    };
    let mut svg = format!(
        "<svg class=\"planned-dose\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        attribute(&title(drawn))
    );
    grid(&mut svg, &frame, ready.shown.minutes);
    for (class, low, high) in [("is-wide", 0, 4), ("is-narrow", 1, 3)] {
        let rows = || drawn.band.iter().enumerate();
        let up = frame.points(rows().map(|(minute, row)| (minute, row[low])));
        let down = frame.points(rows().rev().map(|(minute, row)| (minute, row[high])));
        let _ = write!(svg, "<polygon class=\"{class}\" points=\"{up}{down}\"/>");
    }
    for line in drawn.earlier.iter().flatten() {
        frame.line(&mut svg, "is-earlier", &line.values);
    }
    if let Some((_, values)) = &drawn.beside {
        frame.line(&mut svg, "is-beside", values);
    }
    for line in &drawn.lines {
        frame.line(&mut svg, "is-typical", &line.values);
    }
    svg.push_str("</svg>");
    svg
}

/// Text inside an attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

fn grid(svg: &mut String, frame: &Frame, minutes: u32) {
    for part in 0..=2_u8 {
        let value = frame.greatest * f64::from(part) / 2.0;
        let y = frame.y(value);
        let _ = write!(
            svg,
            "<path class=\"is-grid\" d=\"M{LEFT} {y:.1}H{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 5.0
        );
    }
    let _ = write!(
        svg,
        "<text x=\"4\" y=\"{:.1}\">ng/mL</text>",
        HEIGHT / 2.0 - 24.0
    );
    for minute in (0..=minutes).step_by(EACH as usize) {
        let x = frame.x(f64::from(minute));
        let says = if minute == 0 {
            "first drug".to_owned()
        } else {
            minute.to_string()
        };
        let anchor = if minute == 0 { "start" } else { "middle" };
        let anchor = if minute == minutes { "end" } else { anchor };
        let says = if minute == minutes {
            format!("{says} min")
        } else {
            says
        };
        let _ = write!(
            svg,
            "<path class=\"is-grid\" d=\"M{x:.1} {TOP}V{:.1}\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{says}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 20.0
        );
    }
}

/// 1, 2, 3, 4, 6 or 8 times a power of ten, not below.
fn round(most: f64) -> f64 {
    const TEN: f64 = 10.0;
    let power = TEN.powf(most.log10().floor());
    [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|rounded| *rounded >= most)
        .unwrap_or(most)
}
