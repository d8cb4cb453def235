//! The signs on the grid: each kind of value has one shape, by hand and by device.

use super::axis::{Axis, Tenths, pressure_y, saturation_y, units};
use super::palette::Palette;
use super::reading::{Course, Reading, Sign};
use super::words::escaped;
use rust_decimal::Decimal;
use std::fmt::Write as _;
use units::{Moment, Span};

/// Device values farther apart than this are not joined: medians come every minute, so that a
/// longer step means that a minute is missing.
const JOINED: Span = Span::from_seconds(90);

/// The signs that a device's line joins, in the order of drawing.
const LINES: [Sign; 4] = [
    Sign::Saturation,
    Sign::Breathing,
    Sign::CarbonDioxide,
    Sign::Pulse,
];

pub(super) fn colour(sign: Sign, palette: &Palette) -> &'static str {
    match sign {
        Sign::Systolic | Sign::Diastolic | Sign::Mean => palette.pressure,
        Sign::Pulse => palette.pulse,
        Sign::Breathing | Sign::CarbonDioxide => palette.breathing,
        Sign::Saturation => palette.saturation,
        Sign::Temperature => palette.ink,
    }
}

fn y(sign: Sign, value: Decimal) -> (Tenths, bool) {
    match sign {
        Sign::Saturation => saturation_y(value),
        Sign::Systolic
        | Sign::Diastolic
        | Sign::Mean
        | Sign::Pulse
        | Sign::Breathing
        | Sign::CarbonDioxide
        | Sign::Temperature => pressure_y(value),
    }
}

/// The shape of one value. Its first point is the value's place exactly.
pub(super) fn shape(out: &mut String, sign: Sign, by_hand: bool, x: Tenths, y: Tenths) {
    let class = sign.class();
    // Writing to a String cannot fail.
    let _ = match (sign, by_hand) {
        (Sign::Systolic, true) => {
            write!(out, r#"<path class="{class}" d="M{x} {y}l-4.5 -8h9z"/>"#)
        }
        (Sign::Systolic, false) => write!(
            out,
            r#"<path class="{class}" fill="none" d="M{x} {y}l-4.5 -8m4.5 8l4.5 -8"/>"#
        ),
        (Sign::Diastolic, true) => write!(out, r#"<path class="{class}" d="M{x} {y}l-4.5 8h9z"/>"#),
        (Sign::Diastolic, false) => write!(
            out,
            r#"<path class="{class}" fill="none" d="M{x} {y}l-4.5 8m4.5 -8l4.5 8"/>"#
        ),
        (Sign::Mean, _) => write!(
            out,
            r#"<path class="{class}" fill="none" d="M{x} {y}h-2.5m2.5 0h2.5"/>"#
        ),
        (Sign::Pulse, true) => write!(out, r#"<circle class="{class}" cx="{x}" cy="{y}" r="4"/>"#),
        (Sign::Pulse, false) => write!(out, r#"<circle cx="{x}" cy="{y}" r="1.5"/>"#),
        (Sign::Breathing, true) => write!(
            out,
            r#"<circle class="{class}" fill="none" stroke-width="1.6" cx="{x}" cy="{y}" r="4"/>"#
        ),
        (Sign::Breathing, false) => write!(out, r#"<circle cx="{x}" cy="{y}" r="1.5"/>"#),
        (Sign::CarbonDioxide, true) => write!(
            out,
            r#"<path class="{class}" fill="none" stroke-width="1.6" d="M{x} {y}l-4 -4m4 4l4 -4m-4 4l-4 4m4 -4l4 4"/>"#
        ),
        (Sign::CarbonDioxide, false) => write!(
            out,
            r#"<path fill="none" d="M{x} {y}l-1.5 -1.5m1.5 1.5l1.5 -1.5m-1.5 1.5l-1.5 1.5m1.5 -1.5l1.5 1.5"/>"#
        ),
        (Sign::Saturation, true) => write!(
            out,
            r#"<path class="{class}" d="M{x} {y}m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z"/>"#
        ),
        (Sign::Saturation, false) => write!(out, r#"<circle cx="{x}" cy="{y}" r="1.2"/>"#),
        // A temperature has its row of numbers.
        (Sign::Temperature, _) => Ok(()),
    };
}

/// A number that lies beyond its lane is written at the lane's edge.
fn number_beyond(out: &mut String, sign: Sign, value: Decimal, x: Tenths, y: Tenths) {
    let below = if sign == Sign::Saturation { -20 } else { 120 };
    let (x, y) = (Tenths(x.0 + 70), Tenths(y.0 + below));
    let mark = if sign == Sign::Saturation {
        "\u{2193}"
    } else {
        "\u{2191}"
    };
    let _ = write!(
        out,
        r#"<text class="beyond" x="{x}" y="{y}" stroke="none">{mark}{value}</text>"#
    );
}

/// What a device sent from minute to minute: small marks, joined where no minute is missing.
pub(super) fn device_lines(out: &mut String, course: &Course, axis: &Axis, palette: &Palette) {
    let mut devices: Vec<&str> = course
        .readings
        .iter()
        .filter_map(|reading| reading.device.as_deref())
        .collect();
    devices.sort_unstable();
    devices.dedup();
    for sign in LINES {
        for device in &devices {
            let points: Vec<(Moment, Decimal)> = course
                .readings
                .iter()
                .filter(|reading| reading.device.as_deref() == Some(*device))
                .filter(|reading| axis.holds(reading.at))
                .filter_map(|reading| Some((reading.at, sign.of(reading.standing.as_ref()?)?)))
                .collect();
            if !points.is_empty() {
                device_line(out, sign, &points, axis, palette);
            }
        }
    }
}

fn device_line(
    out: &mut String,
    sign: Sign,
    points: &[(Moment, Decimal)],
    axis: &Axis,
    palette: &Palette,
) {
    let colour = colour(sign, palette);
    let class = sign.class();
    let (fill, stroke) = if sign == Sign::Breathing {
        ("none", "0.9")
    } else {
        (colour, "0")
    };
    let mut line = String::new();
    let mut before: Option<Moment> = None;
    let mut placed = Vec::new();
    for (at, value) in points {
        let (x, (y, beyond)) = (axis.x(*at), y(sign, *value));
        placed.push((x, y, beyond, *value));
        let joined = before.is_some_and(|before| *at - before <= JOINED);
        let _ = write!(line, "{}{x} {y}", if joined { "L" } else { "M" });
        before = Some(*at);
    }
    let width = if sign == Sign::Saturation {
        "1.4"
    } else {
        "0.8"
    };
    let _ = write!(
        out,
        r#"<path class="trace-{class} joined" fill="none" stroke="{colour}" stroke-width="{width}" d="{line}"/>"#
    );
    let stroke = if sign == Sign::CarbonDioxide {
        "0.9"
    } else {
        stroke
    };
    let _ = write!(
        out,
        r#"<g class="trace-{class} device {class}" fill="{fill}" stroke="{colour}" stroke-width="{stroke}">"#
    );
    for (x, y, _, _) in &placed {
        shape(out, sign, false, *x, *y);
    }
    out.push_str("</g>");
    // Written once for each stay beyond the lane, not once a minute.
    let mut was_beyond = false;
    for (x, y, beyond, value) in &placed {
        if *beyond && !was_beyond {
            let _ = write!(out, r#"<g class="trace-{class}" fill="{colour}">"#);
            number_beyond(out, sign, *value, *x, *y);
            out.push_str("</g>");
        }
        was_beyond = *beyond;
    }
}

/// Pressures, and every value that a person read.
pub(super) fn readings(out: &mut String, course: &Course, axis: &Axis, palette: &Palette) {
    for reading in course
        .readings
        .iter()
        .filter(|reading| axis.holds(reading.at))
    {
        struck(out, reading, axis, palette);
        standing(out, reading, axis, palette);
    }
}

fn standing(out: &mut String, reading: &Reading, axis: &Axis, palette: &Palette) {
    let Some(values) = &reading.standing else {
        return;
    };
    let by_hand = reading.device.is_none();
    let drawn: Vec<(Sign, Decimal)> = Sign::ALL
        .into_iter()
        .filter(|sign| *sign != Sign::Temperature)
        // What a device sends from minute to minute is drawn as a line.
        .filter(|sign| by_hand || !LINES.contains(sign))
        .filter_map(|sign| Some((sign, sign.of(values)?)))
        .collect();
    if drawn.is_empty() {
        return;
    }
    let x = axis.x(reading.at);
    let source = if by_hand { "hand" } else { "device" };
    let _ = write!(
        out,
        r#"<g class="reading {source}"><title>{}</title>"#,
        escaped(&reading.says)
    );
    if let (Some(systolic), Some(diastolic)) = (values.systolic, values.diastolic) {
        let (top, _) = y(Sign::Systolic, systolic.value());
        let (bottom, _) = y(Sign::Diastolic, diastolic.value());
        let _ = write!(
            out,
            r#"<path class="trace-pressure stem" stroke="{}" stroke-width="0.8" d="M{x} {top}V{bottom}"/>"#,
            palette.pressure
        );
    }
    for (sign, value) in drawn {
        let (y, beyond) = y(sign, value);
        let ink = colour(sign, palette);
        let _ = write!(
            out,
            r#"<g class="trace-{}" fill="{ink}" stroke="{ink}" stroke-width="1.3">"#,
            lane_class(sign)
        );
        shape(out, sign, by_hand, x, y);
        if beyond {
            number_beyond(out, sign, value, x, y);
        }
        out.push_str("</g>");
    }
    out.push_str("</g>");
}

/// The class by which a page may colour a sign.
const fn lane_class(sign: Sign) -> &'static str {
    match sign {
        Sign::Systolic | Sign::Diastolic | Sign::Mean => "pressure",
        Sign::Pulse => "pulse",
        Sign::Breathing => "breathing",
        Sign::CarbonDioxide => "carbon-dioxide",
        Sign::Saturation => "saturation",
        Sign::Temperature => "temperature",
    }
}

/// What was corrected, faint and struck through, its number beside it.
fn struck(out: &mut String, reading: &Reading, axis: &Axis, palette: &Palette) {
    let x = axis.x(reading.at);
    let mut seen: Vec<(Sign, Decimal)> = Vec::new();
    for values in &reading.struck {
        for sign in Sign::ALL {
            let Some(value) = sign.of(values) else {
                continue;
            };
            let stands = reading.standing.as_ref().and_then(|now| sign.of(now)) == Some(value);
            if stands || sign == Sign::Temperature || seen.contains(&(sign, value)) {
                continue;
            }
            seen.push((sign, value));
            let (y, beyond) = y(sign, value);
            let ink = palette.faint;
            let _ = write!(
                out,
                r#"<g class="struck" fill="{ink}" stroke="{ink}" stroke-width="1"><title>{}</title>"#,
                escaped(&reading.says)
            );
            shape(out, sign, reading.charted_by_hand, x, y);
            let middle = match sign {
                Sign::Systolic => Tenths(y.0 - 40),
                Sign::Diastolic => Tenths(y.0 + 40),
                Sign::Mean
                | Sign::Pulse
                | Sign::Breathing
                | Sign::CarbonDioxide
                | Sign::Saturation
                | Sign::Temperature => y,
            };
            let (from_x, from_y) = (Tenths(x.0 - 60), Tenths(middle.0 + 60));
            // The number of a value beyond the lane stays inside the lane.
            let below = if beyond { 160 } else { 40 };
            let (text_x, text_y) = (Tenths(x.0 + 75), Tenths(middle.0 + below));
            let _ = write!(
                out,
                r#"<path class="strike" fill="none" d="M{from_x} {from_y}l12 -12"/><text x="{text_x}" y="{text_y}" font-size="12" stroke="none" text-decoration="line-through">{value}</text></g>"#
            );
        }
    }
}

/// A row of numbers, each at its time: scores or temperatures.
pub(super) struct Row {
    class: &'static str,
    baseline: i64,
    /// Where the last number ends.
    free_from: Tenths,
}

impl Row {
    pub(super) const fn new(class: &'static str, baseline: i64) -> Self {
        Self {
            class,
            baseline,
            free_from: Tenths(i64::MIN),
        }
    }

    /// Writes a number and what it was corrected from; where the last number still stands, a dot
    /// below it at its time, its number being in the table.
    pub(super) fn put(
        &mut self,
        out: &mut String,
        x: Tenths,
        standing: Option<&str>,
        struck: &[String],
        palette: &Palette,
    ) {
        let (class, y) = (self.class, units(self.baseline));
        let width = |text: &str| 80 * i64::try_from(text.chars().count()).unwrap_or(1);
        let half = standing.map_or(40, |text| width(text) / 2);
        if x.0 - half < self.free_from.0 && struck.is_empty() {
            let _ = write!(
                out,
                r#"<circle class="{class}" cx="{x}" cy="{}" r="1.4" fill="{}"/>"#,
                Tenths(self.baseline * 10 + 25),
                palette.ink
            );
            return;
        }
        if let Some(standing) = standing {
            let _ = write!(
                out,
                r#"<text class="{class}" x="{x}" y="{y}" text-anchor="middle" fill="{}">{standing}</text>"#,
                palette.ink
            );
        }
        let mut right = if standing.is_some() {
            x.0 + half + 30
        } else {
            x.0 - half
        };
        for old in struck {
            let _ = write!(
                out,
                r#"<text class="{class} struck" x="{}" y="{y}" fill="{}" text-decoration="line-through">{old}</text>"#,
                Tenths(right),
                palette.faint
            );
            right += width(old) + 30;
        }
        self.free_from = Tenths(right.max(x.0 + half + 30));
    }
}
