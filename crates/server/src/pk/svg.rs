//! The picture of an answer: the band before the line, the model's name and its sampling site, and
//! "predicted, not measured" on every one.

use super::{Answer, NOT_MEASURED, Part};
use std::fmt::Write as _;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 520.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 114.0;
const BOTTOM: f64 = 96.0;

/// Colours by day and in a dim room, as the product's own (`browser/styles/`).
const STYLE: &str = "\
text{font:14px system-ui,sans-serif;fill:#18211F;font-variant-numeric:tabular-nums}\
.soft{fill:#4B5855}.title{font-size:20px}\
.page{fill:#FFFFFF}.grid{stroke:#D2D9D6;stroke-width:1}\
.wide{fill:#6A4C93;fill-opacity:.16}.narrow{fill:#6A4C93;fill-opacity:.22}\
.line{fill:none;stroke:#6A4C93;stroke-width:2.5;stroke-dasharray:7 4}\
.other{fill:none;stroke:#4B5855;stroke-width:1.5;stroke-dasharray:2 4;stroke-opacity:.8}\
.given{fill:#2F6B4F;fill-opacity:.35}\
@media (prefers-color-scheme:dark){text{fill:#E4DCD0}.soft{fill:#A79E92}.page{fill:#161412}\
.grid{stroke:#332F2A}.wide,.narrow{fill:#C3A9E6}.line{stroke:#C3A9E6}.other{stroke:#A79E92}\
.given{fill:#8FC7A6}}";

struct Frame {
    minutes: f64,
    highest: f64,
}

impl Frame {
    fn x(&self, minutes: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * minutes / self.minutes
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.highest
    }
}

/// The first analyte of an answer, and faintly that of a second model.
pub(crate) fn draw(answer: &Answer<'_>, second: Option<&Answer<'_>>) -> String {
    let all = || {
        answer
            .parts
            .iter()
            .chain(second.into_iter().flat_map(|answer| &answer.parts))
    };
    let mut highest = 1.0_f64;
    for part in all() {
        let band = part
            .bands
            .first()
            .into_iter()
            .flat_map(|band| &band.percentiles);
        let band = band.map(|percentiles| percentiles[4]);
        let line = part.typical.first().into_iter();
        let line = line.flat_map(|curve| curve.nanograms_per_millilitre.iter().copied());
        highest = band.chain(line).fold(highest, f64::max);
    }
    let frame = Frame {
        minutes: answer.asked.plan.until.minutes().max(1.0),
        highest: highest * 1.06,
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\"><style>{STYLE}</style><rect class=\"page\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>",
        escaped(&title(answer)),
    );
    grid(&mut svg, &frame);
    given(&mut svg, &frame, answer);
    for part in &answer.parts {
        band(&mut svg, &frame, part);
    }
    if let Some(second) = second {
        for part in &second.parts {
            line(&mut svg, &frame, part, "other");
        }
    }
    for part in &answer.parts {
        line(&mut svg, &frame, part, "line");
        if let (Some(scenario), Some(exposure)) = (&part.scenario, part.exposure.first()) {
            let (x, y) = (
                frame.x(exposure.peak_at.minutes()),
                frame.y(exposure.peak_ng_ml),
            );
            text(&mut svg, x + 6.0, y - 6.0, "soft", "start", scenario);
        }
    }
    words(&mut svg, answer, second);
    svg.push_str("</svg>\n");
    svg
}

fn title(answer: &Answer<'_>) -> String {
    let analyte = answer.parts.first().and_then(|part| part.typical.first());
    let (analyte, site) = analyte.map_or_else(Default::default, |curve| {
        (curve.analyte.clone(), curve.site.to_string())
    });
    let site = match site.as_str() {
        "not-said" => "sampling site not said".to_owned(),
        site => site.to_owned(),
    };
    let mut letters = analyte.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    let analyte = first.unwrap_or_default() + letters.as_str();
    format!("{analyte} in plasma, {site}: {NOT_MEASURED}")
}

fn words(svg: &mut String, answer: &Answer<'_>, second: Option<&Answer<'_>>) {
    let model = answer.model;
    text(svg, LEFT, 30.0, "title", "start", &title(answer));
    let people = model
        .population
        .people
        .map_or_else(String::new, |n| format!("{n} people: "));
    let said = format!(
        "{} (version {}), {people}{}",
        model.name, model.version, model.population.who
    );
    text(svg, LEFT, 52.0, "soft", "start", &said);
    let key = match answer.asked.population {
        Some(population) => format!(
            "Bands: 50 and 90 of 100 of {} simulated people like those studied (seed {}). Dashed: the typical person.",
            population.people, population.seed
        ),
        None if answer.parts.len() > 1 => {
            "Dashed: assumed scenarios, no spread is known.".to_owned()
        }
        None => "Dashed: the typical person.".to_owned(),
    };
    if let Some(second) = second {
        let site = second
            .model
            .observed()
            .next()
            .map(|(_, site)| site.to_string());
        let said = format!(
            "Dotted: another model, {} ({}). Where lines part, the models disagree.",
            second.model.name,
            site.unwrap_or_default()
        );
        text(svg, LEFT, 92.0, "soft", "start", &said);
    }
    text(svg, LEFT, 72.0, "soft", "start", &key);
    let doses: Vec<String> = answer
        .asked
        .plan
        .doses
        .iter()
        .map(ToString::to_string)
        .collect();
    let of = format!(
        "{} kg; {}",
        answer.asked.person.weight.kilograms(),
        doses.join("; ")
    );
    text(svg, LEFT, HEIGHT - 14.0, "soft", "start", &of);
    let mut warns: Vec<String> = answer
        .parts
        .first()
        .map(|part| part.beyond.clone())
        .unwrap_or_default();
    if let (Some(whose), Some(_)) = (&model.spread_is, answer.asked.population) {
        warns.push(format!("Spread {whose}."));
    }
    text(svg, LEFT, HEIGHT - 34.0, "soft", "start", &warns.join(" "));
}

fn grid(svg: &mut String, frame: &Frame) {
    let step = nice(frame.highest / 5.0);
    let mut value = 0.0;
    while value <= frame.highest {
        let y = frame.y(value);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/>",
            WIDTH - RIGHT
        );
        text(
            svg,
            LEFT - 8.0,
            y + 5.0,
            "soft",
            "end",
            &super::trimmed(value),
        );
        value += step;
    }
    text(svg, LEFT - 8.0, TOP - 4.0, "soft", "end", "ng/mL");
    let steps = [
        1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0, 480.0, 1440.0,
    ];
    let wanted = frame.minutes / 10.0;
    let step = steps
        .into_iter()
        .find(|step| *step >= wanted)
        .unwrap_or(frame.minutes);
    let mut minutes = 0.0;
    while minutes <= frame.minutes {
        let x = frame.x(minutes);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>",
            HEIGHT - BOTTOM
        );
        let label = if minutes == 0.0 {
            "0 min".to_owned()
        } else {
            super::trimmed(minutes)
        };
        text(svg, x, HEIGHT - BOTTOM + 34.0, "soft", "middle", &label);
        minutes += step;
    }
}

/// A bar under the curve for each dose: as long as it runs, or a short mark.
fn given(svg: &mut String, frame: &Frame, answer: &Answer<'_>) {
    const AT_ONCE_WIDE: f64 = 4.0;
    for dose in &answer.asked.plan.doses {
        let from = frame.x(dose.at.minutes());
        let wide = match dose.how {
            pharmacokinetics::dose::How::AtOnce => AT_ONCE_WIDE,
            pharmacokinetics::dose::How::Over(lasts) => frame.x(lasts.minutes()) - frame.x(0.0),
        };
        let wide = wide.min(WIDTH - RIGHT - from).max(0.0);
        let _ = write!(
            svg,
            "<rect class=\"given\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"10\"/>",
            HEIGHT - BOTTOM + 6.0
        );
    }
}

fn band(svg: &mut String, frame: &Frame, part: &Part) {
    let Some(band) = part.bands.first() else {
        return;
    };
    for (class, low, high) in [("wide", 0, 4), ("narrow", 1, 3)] {
        let mut points = String::new();
        let rows = || part.minutes.iter().zip(&band.percentiles);
        for (minutes, row) in rows() {
            point(&mut points, frame, *minutes, row[low]);
        }
        for (minutes, row) in rows().rev() {
            point(&mut points, frame, *minutes, row[high]);
        }
        let _ = write!(svg, "<polygon class=\"{class}\" points=\"{points}\"/>");
    }
}

fn line(svg: &mut String, frame: &Frame, part: &Part, class: &str) {
    let Some(curve) = part.typical.first() else {
        return;
    };
    let mut points = String::new();
    for (minutes, value) in part.minutes.iter().zip(&curve.nanograms_per_millilitre) {
        point(&mut points, frame, *minutes, *value);
    }
    let _ = write!(svg, "<polyline class=\"{class}\" points=\"{points}\"/>");
}

fn point(points: &mut String, frame: &Frame, minutes: f64, value: f64) {
    let _ = write!(points, "{:.1},{:.1} ", frame.x(minutes), frame.y(value));
}

fn text(svg: &mut String, x: f64, y: f64, class: &str, anchor: &str, words: &str) {
    let _ = write!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(words)
    );
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// 1, 2 or 5 times a power of ten, not below.
fn nice(step: f64) -> f64 {
    let power = 10.0_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|nice| *nice >= step)
        .unwrap_or(step)
}
