//! How things went, as one line without numbers: dots in time, sessions below.

use std::fmt::Write as _;

/// The width of the drawing, in its own units.
const WIDTH: i64 = 620;
/// Left and right of the line.
const MARGIN: i64 = 14;
/// Where the line is highest and lowest.
const TOP: i64 = 34;
const FOOT: i64 = 170;
/// Where the line of time is.
const AXIS: i64 = 214;
const HEIGHT: i64 = 250;
/// One whole, in the thousandths of a place.
const WHOLE: i64 = 1_000;

/// What is drawn. Places are thousandths of the width, from left to right, and of the height, from
/// the foot upwards; what is outside of them is drawn at their edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Curve {
    /// The dots, in order of time.
    pub dots: Vec<(i64, i64)>,
    /// Where the sessions are.
    pub sessions: Vec<i64>,
    /// What the upper end means.
    pub above: String,
    /// What the lower end means.
    pub below: String,
    /// The first day.
    pub first: String,
    /// The last day.
    pub last: String,
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The drawing as SVG, for paper.
pub fn curve(of: &Curve) -> String {
    let across = |place: i64| MARGIN + place.clamp(0, WHOLE) * (WIDTH - 2 * MARGIN) / WHOLE;
    let up = |place: i64| FOOT - place.clamp(0, WHOLE) * (FOOT - TOP) / WHOLE;
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Libertinus Serif" font-size="15" fill="#000">"##
    );
    // Writing to a String cannot fail; every `let _ = write!` below is of that kind.
    let _ = write!(
        out,
        r#"<text x="{MARGIN}" y="16">{}</text><text x="{MARGIN}" y="196">{}</text>"#,
        escaped(&of.above),
        escaped(&of.below)
    );
    let places: Vec<(i64, i64)> = of.dots.iter().map(|(x, y)| (across(*x), up(*y))).collect();
    let line: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
    if places.len() > 1 {
        let _ = write!(
            out,
            r##"<polyline points="{}" fill="none" stroke="#000" stroke-width="1.6"/>"##,
            line.join(" ")
        );
    }
    for (x, y) in places {
        let _ = write!(out, r##"<circle cx="{x}" cy="{y}" r="4.5" fill="#000"/>"##);
    }
    let end = WIDTH - MARGIN;
    let _ = write!(
        out,
        r##"<line x1="{MARGIN}" y1="{AXIS}" x2="{end}" y2="{AXIS}" stroke="#777" stroke-width="1"/>"##
    );
    for place in &of.sessions {
        let x = across(*place) - 5;
        let y = AXIS - 5;
        let _ = write!(
            out,
            r##"<rect x="{x}" y="{y}" width="10" height="10" fill="#000"/>"##
        );
    }
    let _ = write!(
        out,
        r#"<text x="{MARGIN}" y="240">{}</text><text x="{end}" y="240" text-anchor="end">{}</text></svg>"#,
        escaped(&of.first),
        escaped(&of.last)
    );
    out
}
