//! The lane of the experience: ratings from 0 to 10 on their own scale, below everything else, so
//! that nothing above it ever moves. It is there only when something was rated.

use super::ChartInput;
use super::axis::{HEIGHT, LEFT, RIGHT, Tenths};
use super::palette::Palette;
use super::reading::Felt;
use super::words::escaped;
use clinical::course::session::Side;
use std::fmt::Write as _;

/// Units for each point of the scale.
const POINT: i64 = 7;
/// The lane's top, which is 10.
const TOP: i64 = HEIGHT + 12;
/// The lane's bottom, which is 0.
const BOTTOM: i64 = TOP + 10 * POINT;
/// Room below it for the words of its letters.
const WORDS: i64 = 38;

/// How much higher the chart is with this lane.
pub(super) fn height(input: &ChartInput) -> i64 {
    if input.course.felt.is_empty() {
        0
    } else {
        BOTTOM + WORDS - HEIGHT
    }
}

/// Two letters for each side; the words stand below the lane.
const fn letters(side: Side) -> &'static str {
    match side {
        Side::Dissociation => "Di",
        Side::Body => "Bo",
        Side::Surroundings => "Su",
        Side::Time => "Ti",
        Side::Imagery => "Im",
        Side::Emotion => "Em",
        Side::Fear => "Fe",
        Side::Calm => "Ca",
        Side::Insight => "In",
        Side::Nausea => "Na",
        Side::Pain => "Pa",
    }
}

/// Draws the lane.
pub(super) fn lane(out: &mut String, input: &ChartInput, palette: &Palette) {
    if input.course.felt.is_empty() {
        return;
    }
    let _ = write!(
        out,
        r#"<g class="grid felt-grid" stroke="{}" stroke-width="0.6" fill="none">"#,
        palette.line
    );
    for points in [0, 5, 10] {
        let _ = write!(
            out,
            r#"<path d="M{LEFT} {}H{RIGHT}"/>"#,
            BOTTOM - points * POINT
        );
    }
    let labelled = input.axis.labelled();
    for index in (0..=input.axis.columns).step_by(usize::try_from(labelled).unwrap_or(3)) {
        let x = input.axis.x(input.axis.column(index));
        let _ = write!(out, r#"<path d="M{x} {TOP}V{BOTTOM}"/>"#);
    }
    let _ = write!(
        out,
        r#"</g><g class="scale" fill="{}"><text x="4" y="{}">as felt</text><text x="4" y="{}">0–10</text><g text-anchor="end">"#,
        palette.soft,
        TOP + 30,
        TOP + 46
    );
    for points in [0, 5, 10] {
        let _ = write!(
            out,
            r#"<text x="{}" y="{}">{points}</text>"#,
            LEFT - 6,
            BOTTOM - points * POINT + 5
        );
    }
    out.push_str("</g></g>");
    marks(out, input, palette);
    words(out, input, palette);
}

/// Each rating at its time and height. Two that would lie on each other stand side by side.
fn marks(out: &mut String, input: &ChartInput, palette: &Palette) {
    out.push_str(r#"<g class="felt" font-size="12" text-anchor="middle">"#);
    let mut taken: Vec<(i64, i64)> = Vec::new();
    let held = |felt: &&Felt| input.axis.holds(felt.score.at);
    for felt in input.course.felt.iter().filter(held) {
        let score = &felt.score;
        let (points, struck) = match (score.standing, score.struck.last()) {
            (Some(points), _) => (points, false),
            (None, Some(points)) => (*points, true),
            (None, None) => continue,
        };
        let height = i64::from(points) * POINT;
        let mut x = input.axis.x(score.at).0;
        while taken
            .iter()
            .any(|(other, level)| (other - x).abs() < 170 && (level - height).abs() < 12)
        {
            x += 170;
        }
        taken.push((x, height));
        let (class, ink, line) = if struck {
            (
                "felt-mark struck",
                palette.faint,
                r#" text-decoration="line-through""#,
            )
        } else {
            ("felt-mark", palette.ink, "")
        };
        let _ = write!(
            out,
            r#"<text class="{class}" x="{}" y="{}" fill="{ink}"{line} stroke="{}" stroke-width="3" paint-order="stroke"><title>{}: {points} of 10</title>{}</text>"#,
            Tenths(x),
            BOTTOM - height + 4,
            palette.card,
            escaped(&score.says),
            letters(felt.side)
        );
    }
    out.push_str("</g>");
}

fn words(out: &mut String, input: &ChartInput, palette: &Palette) {
    let rated = |side: &Side| input.course.felt.iter().any(|felt| felt.side == *side);
    let says: Vec<String> = Side::ALL
        .into_iter()
        .filter(rated)
        .map(|side| format!("{} {}", letters(side), side.says()))
        .collect();
    let half = says.len().div_ceil(2).max(4);
    for (row, line) in says.chunks(half).enumerate() {
        let _ = write!(
            out,
            r#"<text class="felt-words" x="4" y="{}" font-size="12" fill="{}">{}</text>"#,
            BOTTOM + 20 + i64::try_from(row).unwrap_or(0) * 15,
            palette.soft,
            escaped(&line.join("   "))
        );
    }
}
