//! The whole drawing, lane by lane from top to bottom.

use super::ChartInput;
use super::axis::{
    Axis, BOTTOM, CLOCK, DESATURATED, DISTRESS, DRUG, DRUG_TOP, HEIGHT, LEFT, REMARKS, RIGHT,
    SATURATED, SEDATION, TEMPERATURE, TOP, Tenths, WIDTH, ZERO, rate_height, units,
};
use super::felt;
use super::marks;
use super::palette::Palette;
use super::predicted;
use super::reading::{Course, Mark, Remark, Score, Sign};
use super::words::{clock, escaped};
use clinical::advisory::Priority;
use jiff::tz::TimeZone;
use std::fmt::Write as _;

// Writing to a String cannot fail; every `let _ = write!` below is of that kind.

pub(super) fn draw(input: &ChartInput) -> String {
    let palette = input.theme.palette();
    let lowered = predicted::height(input);
    let height = HEIGHT + lowered + felt::height(input);
    let mut out = String::with_capacity(32_768);
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="session-chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="chart-title chart-desc" font-family="{}" font-size="14"><title id="chart-title">Chart of the session</title><desc id="chart-desc">{}</desc>"#,
        palette.font,
        escaped(&described(input))
    );
    frame(&mut out, &input.axis, &input.zone, &palette);
    labels(&mut out, &palette);
    drug(&mut out, input, &palette);
    edge(&mut out, input, &palette);
    marks::device_lines(&mut out, &input.course, &input.axis, &palette);
    marks::readings(&mut out, &input.course, &input.axis, &palette);
    scores(&mut out, input, &palette);
    remarks(&mut out, input, &palette);
    advisories(&mut out, input, &palette);
    outside(&mut out, input, &palette);
    legend(&mut out, &palette);
    predicted::lane(&mut out, input, &palette);
    if lowered > 0 {
        let _ = write!(out, r#"<g transform="translate(0 {lowered})">"#);
    }
    felt::lane(&mut out, input, &palette);
    if lowered > 0 {
        out.push_str("</g>");
    }
    out.push_str("</svg>");
    out
}

/// The chart in one breath.
fn described(input: &ChartInput) -> String {
    let course = &input.course;
    let axis = &input.axis;
    let mut says = format!(
        "From {} to {} in columns of five minutes. {} sets of vital signs",
        clock(axis.start, &input.zone),
        clock(axis.end(), &input.zone),
        course
            .readings
            .iter()
            .filter(|reading| reading.standing.is_some())
            .count()
    );
    let latest = course.readings.iter().rev().find_map(|reading| {
        let values = reading.standing.as_ref()?;
        Some((
            reading.at,
            super::words::pressure(values.systolic?, values.diastolic?),
        ))
    });
    if let Some((at, pressure)) = latest {
        let _ = write!(
            says,
            "; latest pressure {pressure} at {}",
            clock(at, &input.zone)
        );
    }
    if let (Some(given), Some(ordered)) = (course.given, course.ordered) {
        let _ = write!(
            says,
            "; {} {} given of {ordered} ordered",
            course.drug,
            given.rounded(1)
        );
    }
    if let Some(predicted) = &input.predicted {
        let _ = write!(says, "; below, {}", predicted.title);
    }
    says.push('.');
    says
}

fn frame(out: &mut String, axis: &Axis, zone: &TimeZone, palette: &Palette) {
    let lanes = [(TOP, ZERO), (SATURATED, DESATURATED), (DRUG_TOP, DRUG)];
    let _ = write!(
        out,
        r#"<g class="grid" stroke="{}" stroke-width="0.6" fill="none">"#,
        palette.line
    );
    for (top, bottom) in lanes {
        let step = match top {
            TOP => 20,
            SATURATED => 15,
            _ => bottom - top,
        };
        for y in (top..=bottom).step_by(usize::try_from(step).unwrap_or(1)) {
            let _ = write!(out, r#"<path d="M{LEFT} {y}H{RIGHT}"/>"#);
        }
    }
    for y in [SEDATION + 5, DISTRESS + 5, TEMPERATURE + 5, BOTTOM] {
        let _ = write!(out, r#"<path d="M{LEFT} {y}H{RIGHT}"/>"#);
    }
    // Three columns make a quarter of an hour; on longer charts labels stand farther apart.
    let labelled = axis.labelled();
    for index in 0..=axis.columns {
        let x = axis.x(axis.column(index));
        let (class, width) = if index % labelled == 0 {
            ("column labelled", "1.1")
        } else {
            ("column", "0.5")
        };
        let _ = write!(
            out,
            r#"<path class="{class}" stroke-width="{width}" d="M{x} {TOP}V{BOTTOM}"/>"#
        );
    }
    out.push_str("</g>");
    let _ = write!(
        out,
        r#"<g class="clock" fill="{}" text-anchor="middle">"#,
        palette.soft
    );
    for index in (0..=axis.columns).step_by(usize::try_from(labelled).unwrap_or(3)) {
        let at = axis.column(index);
        let _ = write!(
            out,
            r#"<text x="{}" y="{CLOCK}">{}</text>"#,
            axis.x(at),
            clock(at, zone)
        );
    }
    out.push_str("</g>");
}

fn labels(out: &mut String, palette: &Palette) {
    let _ = write!(
        out,
        r#"<g class="scale" fill="{}" text-anchor="end">"#,
        palette.soft
    );
    for value in (0..=200).step_by(40) {
        let _ = write!(
            out,
            r#"<text x="{}" y="{}">{value}</text>"#,
            LEFT - 6,
            ZERO - value + 5
        );
    }
    for value in [80, 90, 100] {
        let y = DESATURATED - (value - 80) * 3 + 5;
        let _ = write!(out, r#"<text x="{}" y="{y}">{value}</text>"#, LEFT - 6);
    }
    out.push_str("</g>");
    let _ = write!(out, r#"<g class="lane" fill="{}">"#, palette.soft);
    for (y, text) in [
        (TOP + 14, "mmHg"),
        (TOP + 30, "/min"),
        (SATURATED + 26, "SpO\u{2082}"),
        (SATURATED + 42, "%"),
        (SEDATION, "MOAA/S"),
        (DISTRESS, "distress"),
        (TEMPERATURE, "\u{b0}C"),
        (REMARKS[0] + 5, "notes"),
    ] {
        let _ = write!(out, r#"<text x="4" y="{y}">{text}</text>"#);
    }
    let _ = write!(
        out,
        r#"</g><g class="lane-bound" fill="{}" text-anchor="end" font-size="12"><text x="{}" y="{SEDATION}">0–5</text><text x="{}" y="{DISTRESS}">0–10</text></g>"#,
        palette.soft,
        LEFT - 4,
        LEFT - 4
    );
}

fn drug(out: &mut String, input: &ChartInput, palette: &Palette) {
    let (course, axis) = (&input.course, &input.axis);
    let _ = write!(out, r#"<g class="drug" fill="{}">"#, palette.ink);
    let swatch = palette.swatch.map_or(String::new(), |swatch| {
        format!(
            r#"<rect class="swatch" x="4" y="{}" width="9" height="9" fill="{swatch}" stroke="{}" stroke-width="0.5"/>"#,
            DRUG_TOP + 4,
            palette.soft
        )
    });
    let _ = write!(
        out,
        r#"{swatch}<text x="{}" y="{}">{}</text><text x="4" y="{}" font-size="12" fill="{}">{}</text>"#,
        if palette.swatch.is_some() { 17 } else { 4 },
        DRUG_TOP + 13,
        escaped(&course.drug),
        DRUG - 2,
        palette.soft,
        if course.by_dose { "mg" } else { "mL/h" }
    );
    let greatest = course
        .stretches
        .iter()
        .map(|stretch| stretch.rate.value())
        .max()
        .unwrap_or_default();
    let mut free_from = Tenths(0);
    for stretch in &course.stretches {
        let (from, to) = (axis.x(stretch.from), axis.x(stretch.to));
        if !stretch.rate.value().is_zero() {
            let height = rate_height(stretch.rate.value(), greatest);
            let top = Tenths(DRUG * 10 - height.0);
            let _ = write!(
                out,
                r#"<rect class="stretch" x="{from}" y="{top}" width="{}" height="{height}" fill="{}" stroke="{}" stroke-width="1"><title>{} from {} to {}</title></rect>"#,
                Tenths(to.0 - from.0),
                palette.bar,
                palette.soft,
                stretch.rate,
                clock(stretch.from, &input.zone),
                clock(stretch.to, &input.zone)
            );
        }
        // A gap says that nothing ran; it needs no zero.
        if !stretch.rate.value().is_zero() {
            free_from = rate_label(out, stretch, from, free_from, palette);
        }
    }
    for bolus in course.boluses.iter().filter(|bolus| axis.holds(bolus.at)) {
        bolus_tick(out, bolus, axis, palette);
    }
    total(out, course, palette);
    out.push_str("</g>");
}

/// The rate above its step, if there is room; the words of the step are in its title anyway.
fn rate_label(
    out: &mut String,
    stretch: &super::reading::Stretch,
    from: Tenths,
    free_from: Tenths,
    palette: &Palette,
) -> Tenths {
    let struck: String = stretch
        .struck
        .iter()
        .map(|old| {
            format!(
                r#" <tspan class="struck" fill="{}" text-decoration="line-through">{}</tspan>"#,
                palette.faint,
                old.value()
            )
        })
        .collect();
    let stands = stretch.rate.value().to_string();
    if from < free_from && struck.is_empty() {
        return free_from;
    }
    let _ = write!(
        out,
        r#"<text class="rate" x="{from}" y="{}" font-size="13" fill="{}">{stands}{struck}</text>"#,
        DRUG_TOP - 4,
        palette.soft
    );
    let letters = stands.len()
        + stretch
            .struck
            .iter()
            .map(|old| old.value().to_string().len() + 1)
            .sum::<usize>();
    Tenths(from.0 + i64::try_from(letters).unwrap_or(0) * 75 + 40)
}

fn bolus_tick(out: &mut String, bolus: &super::reading::Bolus, axis: &Axis, palette: &Palette) {
    let x = axis.x(bolus.at);
    let text_x = Tenths(x.0 + 50);
    let (class, ink) = if bolus.standing.is_some() {
        ("bolus", palette.ink)
    } else {
        ("bolus struck", palette.faint)
    };
    let _ = write!(
        out,
        r#"<path class="{class}" fill="none" stroke="{ink}" stroke-width="2" d="M{x} {DRUG}V{}m-3.5 5l3.5 -5l3.5 5"/>"#,
        DRUG_TOP - 2
    );
    let mut label = bolus
        .standing
        .map(|amount| escaped(&amount.to_string()))
        .unwrap_or_default();
    for old in &bolus.struck {
        let _ = write!(
            label,
            r#"<tspan class="struck" fill="{}" text-decoration="line-through" dx="3">{}</tspan>"#,
            palette.faint,
            escaped(&old.to_string())
        );
    }
    let _ = write!(
        out,
        r#"<text class="bolus-amount" x="{text_x}" y="{}" font-size="13" stroke="{}" stroke-width="3" paint-order="stroke">{label}</text>"#,
        DRUG - 10,
        palette.card
    );
}

fn total(out: &mut String, course: &Course, palette: &Palette) {
    if let Some(given) = course.given {
        let _ = write!(
            out,
            r#"<text class="total" x="{}" y="{}" font-weight="600">{}</text>"#,
            RIGHT + 6,
            DRUG_TOP + 13,
            given.rounded(1)
        );
    }
    if let Some(ordered) = course.ordered {
        let _ = write!(
            out,
            r#"<text class="ordered" x="{}" y="{}" font-size="12" fill="{}">of {ordered}</text>"#,
            RIGHT + 6,
            DRUG - 2,
            palette.soft
        );
    }
}

fn edge(out: &mut String, input: &ChartInput, palette: &Palette) {
    let Some(now) = input.edge.filter(|now| input.axis.holds(*now)) else {
        return;
    };
    let x = input.axis.x(now);
    let _ = write!(
        out,
        r#"<g class="now" stroke="{}" fill="{}"><path stroke-width="1.5" d="M{x} {TOP}V{BOTTOM}"/><path stroke="none" d="M{x} {TOP}l-5 -7h10z"/><text stroke="none" x="{}" y="{}" font-size="12">now</text></g>"#,
        palette.soft,
        palette.soft,
        Tenths(x.0 + 40),
        (ZERO + SATURATED) / 2 + 4
    );
}

fn scores(out: &mut String, input: &ChartInput, palette: &Palette) {
    let (course, axis) = (&input.course, &input.axis);
    let mut row = |scores: &[Score], class: &str, baseline: i64| {
        let mut numbers = marks::Row::new("score", baseline);
        let _ = write!(out, r#"<g class="row {class}">"#);
        for score in scores.iter().filter(|score| axis.holds(score.at)) {
            let standing = score.standing.map(|points| points.to_string());
            let struck: Vec<String> = score.struck.iter().map(u8::to_string).collect();
            let _ = write!(out, "<g><title>{}</title>", escaped(&score.says));
            numbers.put(out, axis.x(score.at), standing.as_deref(), &struck, palette);
            out.push_str("</g>");
        }
        out.push_str("</g>");
    };
    row(&course.sedation, "sedation", SEDATION);
    row(&course.distress, "distress", DISTRESS);
    out.push_str(r#"<g class="row temperature">"#);
    let mut numbers = marks::Row::new("degrees", TEMPERATURE);
    for reading in course
        .readings
        .iter()
        .filter(|reading| axis.holds(reading.at))
    {
        let standing = reading
            .standing
            .as_ref()
            .and_then(|values| Sign::Temperature.of(values));
        let struck: Vec<String> = reading
            .struck
            .iter()
            .filter_map(|values| Sign::Temperature.of(values))
            .filter(|old| Some(*old) != standing)
            .map(|old| old.to_string())
            .collect();
        let standing = standing.map(|value| value.to_string());
        if standing.is_some() || !struck.is_empty() {
            numbers.put(
                out,
                axis.x(reading.at),
                standing.as_deref(),
                &struck,
                palette,
            );
        }
    }
    out.push_str("</g>");
}

/// Remarks that stand in one mark, and where.
struct Noted<'a> {
    x: Tenths,
    level: usize,
    remarks: Vec<&'a Remark>,
}

impl Noted<'_> {
    /// `4`, or `3–5` where there is room for one mark only.
    fn numbers(&self) -> String {
        match self.remarks.as_slice() {
            [] => String::new(),
            [only] => only.number.to_string(),
            [first, .., last] => format!("{}–{}", first.number, last.number),
        }
    }

    const fn half_width(&self) -> i64 {
        if self.remarks.len() > 1 { 160 } else { 85 }
    }
}

/// Two levels; those that find room on neither share the mark before them, and none is hidden.
fn noted(input: &ChartInput) -> Vec<Noted<'_>> {
    let mut marks: Vec<Noted<'_>> = Vec::new();
    let mut free_from = [i64::MIN; 2];
    for remark in &input.course.remarks {
        if !input.axis.holds(remark.at) {
            continue;
        }
        let x = input.axis.x(remark.at);
        let level = free_from.iter().position(|free| *free <= x.0);
        match (level, marks.last_mut()) {
            (None, Some(shared)) => {
                shared.remarks.push(remark);
                free_from[shared.level] = shared.x.0 + shared.half_width() + 95;
            }
            (Some(_), _) | (None, None) => {
                let level = level.unwrap_or(0);
                free_from[level] = x.0 + 180;
                marks.push(Noted {
                    x,
                    level,
                    remarks: vec![remark],
                });
            }
        }
    }
    marks
}

fn remarks(out: &mut String, input: &ChartInput, palette: &Palette) {
    out.push_str(r#"<g class="row remarks">"#);
    for mark in noted(input) {
        let (x, middle, half) = (mark.x, REMARKS[mark.level], mark.half_width());
        let standing = mark.remarks.iter().all(|one| one.standing.is_some());
        let class = if standing { "remark" } else { "remark struck" };
        let says: Vec<&str> = mark.remarks.iter().map(|one| one.says.as_str()).collect();
        let _ = write!(
            out,
            r#"<g class="{class}"><title>{}</title><rect x="{}" y="{}" width="{}" height="17" rx="8.5" fill="{}" stroke="{}" stroke-width="1"/><text x="{x}" y="{}" font-size="12" text-anchor="middle" fill="{}">{}</text>"#,
            escaped(&says.join("\n")),
            Tenths(x.0 - half),
            Tenths(middle * 10 - 85),
            Tenths(half * 2),
            palette.card,
            palette.soft,
            Tenths(middle * 10 + 42),
            palette.ink,
            mark.numbers()
        );
        let corrected = mark.remarks.iter().any(|one| !one.struck.is_empty());
        if !standing || corrected {
            let _ = write!(
                out,
                r#"<path class="strike" stroke="{}" d="M{} {}l18 -18"/>"#,
                palette.faint,
                Tenths(x.0 - 90),
                middle + 9
            );
        }
        out.push_str("</g>");
    }
    out.push_str("</g>");
}

/// Marks above the grid: how grave, by the number of strokes and by colour; how long, by a line.
fn advisories(out: &mut String, input: &ChartInput, palette: &Palette) {
    let (course, axis) = (&input.course, &input.axis);
    const ROWS: [i64; 2] = [2, 19];
    let mut free_from = [i64::MIN; 2];
    out.push_str(r#"<g class="advisories" font-size="12" font-weight="700" text-anchor="middle">"#);
    for mark in course.advisories.iter().filter(|mark| axis.holds(mark.at)) {
        let x = axis.x(mark.at);
        let row = usize::from(free_from[0] > x.0 && free_from[1] <= free_from[0]);
        // One that is still open lasts until now.
        let until = mark.until.or(input.edge).map_or(x, |until| axis.x(until));
        free_from[row] = (x.0 + 240).max(until.0);
        advisory(out, mark, x, until, ROWS[row], palette);
    }
    out.push_str("</g>");
}

fn advisory(out: &mut String, mark: &Mark, x: Tenths, until: Tenths, top: i64, palette: &Palette) {
    let (strokes, fill, ink) = match (mark.technical, mark.priority) {
        (true, _) => ("///", palette.bar, palette.ink),
        (false, Priority::High) => ("!!!", palette.high, palette.on_high),
        (false, Priority::Medium) => ("!!", palette.medium, palette.on_alarm),
        (false, Priority::Low) => ("!", palette.low, palette.on_alarm),
    };
    let _ = write!(
        out,
        r#"<g class="advisory {}"><title>{}</title>"#,
        mark.priority.word(),
        escaped(&mark.says)
    );
    if until.0 > x.0 + 110 {
        let _ = write!(
            out,
            r#"<path class="lasted" fill="none" stroke="{}" stroke-width="1.2" d="M{x} {}H{until}v-3v6"/>"#,
            palette.soft,
            top + 8
        );
    }
    let _ = write!(
        out,
        r#"<rect x="{}" y="{top}" width="22" height="15" rx="3" fill="{fill}" stroke="{}" stroke-width="1"/><text x="{x}" y="{}" fill="{ink}">{strokes}</text></g>"#,
        Tenths(x.0 - 110),
        palette.ink,
        top + 12
    );
}

/// What has no place on the grid is not hidden: it is counted.
fn outside(out: &mut String, input: &ChartInput, palette: &Palette) {
    let axis = &input.axis;
    let before = input.course.moments().filter(|at| *at < axis.start).count();
    let after = input.course.moments().filter(|at| *at > axis.end()).count();
    let y = CLOCK;
    if before > 0 {
        let _ = write!(
            out,
            r#"<text class="outside" x="4" y="{y}" font-size="12" fill="{}">← {before} earlier</text>"#,
            palette.ink
        );
    }
    if after > 0 {
        let _ = write!(
            out,
            r#"<text class="outside" x="{}" y="{y}" font-size="12" text-anchor="end" fill="{}">{after} later →</text>"#,
            WIDTH - 4,
            palette.ink
        );
    }
}

fn legend(out: &mut String, palette: &Palette) {
    let _ = write!(
        out,
        r#"<g class="legend" font-size="13" fill="{}">"#,
        palette.soft
    );
    let kinds: [(&[Sign], &str, i64); 5] = [
        (&[Sign::Systolic, Sign::Diastolic], "pressure", 92),
        (&[Sign::Pulse], "pulse", 66),
        (&[Sign::Breathing], "breathing", 92),
        (&[Sign::Saturation], "SpO\u{2082}", 66),
        (&[Sign::CarbonDioxide], "CO\u{2082}", 60),
    ];
    for (row, by_hand, says) in [
        (BOTTOM + 18, true, "by hand"),
        (BOTTOM + 40, false, "by device"),
    ] {
        let _ = write!(out, r#"<text x="4" y="{row}">{says}</text>"#);
        let mut x = LEFT + 6;
        for (signs, text, width) in kinds {
            for (index, sign) in signs.iter().enumerate() {
                let ink = marks::colour(*sign, palette);
                let at = x + i64::try_from(index).unwrap_or(0) * 12;
                let y = match sign {
                    Sign::Systolic => row - 1,
                    Sign::Diastolic => row - 9,
                    Sign::Mean
                    | Sign::Pulse
                    | Sign::Breathing
                    | Sign::CarbonDioxide
                    | Sign::Saturation
                    | Sign::Temperature => row - 5,
                };
                let (fill, width) = if *sign == Sign::Breathing {
                    ("none", "0.9")
                } else {
                    (ink, "1.3")
                };
                let _ = write!(
                    out,
                    r#"<g fill="{fill}" stroke="{ink}" stroke-width="{width}">"#
                );
                if !by_hand && signs.len() == 1 {
                    let _ = write!(out, r#"<path stroke-width="0.8" d="M{} {y}h12"/>"#, at - 6);
                }
                marks::shape(out, *sign, by_hand, units(at), units(y));
                out.push_str("</g>");
            }
            let text_x = x + 12 * i64::try_from(signs.len()).unwrap_or(1) - 2;
            let _ = write!(out, r#"<text x="{text_x}" y="{row}">{text}</text>"#);
            x += width;
        }
        if by_hand {
            let _ = write!(
                out,
                r#"<text x="{x}" y="{row}">↑ bolus   ① note   !! advisory</text>"#
            );
        } else {
            let _ = write!(
                out,
                r#"<text x="{x}" y="{row}" text-decoration="line-through">corrected</text>"#
            );
        }
    }
    out.push_str("</g>");
}
