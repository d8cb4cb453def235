//! A prediction in words: what it is, whose, how sure, what it is made from, and what it does not
//! say. No more than two figures of any number.

use super::drawing::{Drawn, Level, Of, tenths};
use super::{Prediction, Ready};
use crate::pk::NOT_MEASURED;
use crate::web::pages::clock_face::ClockFace;
use clinical::course::prediction::{Basis, Gone, Shown};
use clinical::course::session::{Session, SessionEvent, Stage};
use clinical::dosing::WeightKind;
use pharmacokinetics::model::Site;
use report::chart::{Predicted, PredictedLine};
use units::{Moment, Span};

/// What a prediction never tells: stands under every one.
pub const LIMITS: &str = "No concentration tells whether treatment helps somebody, how far away they are, or when they may leave. Look at the person.";

/// What stands under the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What it is, in one line; empty where nothing is drawn.
    pub title: String,
    /// When and how much, each with its range.
    pub timing: Vec<String>,
    /// What band and lines are, whose, and what it was made from.
    pub how: Vec<String>,
    /// Since when nothing is known, or why nothing is drawn.
    pub broken: Option<String>,
    /// After the session: exposure beside what was charted, as description.
    pub afterwards: Vec<(String, String)>,
}

impl Prediction {
    /// In words, for one session.
    pub fn said(&self, session: &Session, clock: &ClockFace<'_>) -> Said {
        match self {
            Self::None(why) => Said {
                broken: Some(why.clone()),
                ..Said::default()
            },
            Self::Ready(ready, basis) => said(ready, basis, session, clock),
        }
    }

    /// As a lane of the chart; none where nothing is drawn.
    pub fn lane(&self) -> Option<Predicted> {
        match self {
            Self::None(_) => None,
            Self::Ready(ready, _) => Some(lane(&ready.shown, &ready.drawn)),
        }
    }
}

/// As a lane of the chart.
pub fn lane(shown: &Shown, drawn: &Drawn) -> Predicted {
    let rounded = |values: &[f64]| values.iter().map(|value| tenths(*value)).collect();
    Predicted {
        title: title(drawn),
        analyte: drawn.analyte.clone(),
        from: shown.from,
        band: drawn.band.iter().map(|row| row.map(tenths)).collect(),
        lines: drawn
            .lines
            .iter()
            .map(|line| PredictedLine {
                scenario: line.scenario.as_ref().map(|(id, _)| id.clone()),
                values: rounded(&line.values),
            })
            .collect(),
        beside: drawn.beside.as_ref().map(|(_, values)| rounded(values)),
        ordered: drawn
            .ordered
            .as_ref()
            .filter(|_| drawn.differs_from_order())
            .map(|values| rounded(values)),
        known_until: shown.known_until,
    }
}

/// `Ketamine in plasma by Kamp 2020 (arterial): predicted, not measured`.
pub fn title(drawn: &Drawn) -> String {
    let mut letters = drawn.analyte.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    let analyte = first.unwrap_or_default() + letters.as_str();
    let model = &drawn.model;
    format!(
        "{analyte} in plasma by {} ({}): {NOT_MEASURED}",
        model.name,
        site(model)
    )
}

const fn site(of: &Of) -> &'static str {
    match of.site {
        Site::Arterial => "arterial",
        Site::Venous => "venous",
        Site::NotSaid => "sampling site not said",
        Site::Mixed => "arterial and venous",
        Site::Effect => "assumed",
    }
}

fn said(ready: &Ready, basis: &Basis, session: &Session, clock: &ClockFace<'_>) -> Said {
    let (shown, drawn) = (&ready.shown, &ready.drawn);
    let broken = basis.doubts.first().map(|doubt| {
        format!(
            "From {} on nothing is drawn: {}.",
            clock.time(doubt.at()),
            doubt.says()
        )
    });
    let is_known = broken.is_none();
    Said {
        title: title(drawn),
        timing: if is_known {
            timing(drawn, shown.from, clock)
        } else {
            Vec::new()
        },
        how: room_says(ready, basis, session, clock),
        afterwards: if is_known && is_over(session) {
            afterwards(ready, session, clock)
        } else {
            Vec::new()
        },
        broken,
    }
}

const fn is_over(session: &Session) -> bool {
    matches!(
        session.stage,
        Stage::Stopped | Stage::Observation | Stage::Discharged | Stage::Signed
    )
}

fn minute(from: Moment, minutes: f64) -> Moment {
    const MICROSECONDS_IN_A_MINUTE: f64 = 60_000_000.0;
    from + Span::from_microseconds((minutes * MICROSECONDS_IN_A_MINUTE).round() as i64)
}

/// Highest and half of it, each with the range of those in the outer band.
fn timing(drawn: &Drawn, from: Moment, clock: &ClockFace<'_>) -> Vec<String> {
    let time = |minutes: f64| clock.time(minute(from, minutes));
    let span = |minutes: &[f64; 5]| {
        let (early, late) = (time(minutes[0]), time(minutes[4]));
        if early == late {
            String::new()
        } else {
            format!(" ({early} to {late})")
        }
    };
    let mut said = Vec::new();
    match &drawn.summary {
        Some(summary) => {
            let peak = &summary.peak_ng_ml;
            said.push(format!(
                "Highest about {}\u{a0}ng/mL ({} to {}) at {}{}.",
                two(peak[2]),
                two(peak[0]),
                two(peak[4]),
                time(summary.peak_at_min[2]),
                span(&summary.peak_at_min)
            ));
            said.push(if summary.halved_of_100 >= 95 {
                format!(
                    "Half of the highest is left at {}{}.",
                    time(summary.half_at_min[2]),
                    span(&summary.half_at_min)
                )
            } else {
                format!(
                    "Half of the highest is reached within the picture by {} of 100.",
                    summary.halved_of_100
                )
            });
            said.push(ranges(drawn));
        }
        None => {
            for line in &drawn.lines {
                let peak = &line.exposure;
                let at = time(peak.peak_at.minutes());
                let highest = two(peak.peak_ng_ml);
                said.push(match &line.scenario {
                    Some((id, says)) => {
                        format!(
                            "Assumed “{id}” ({says}): highest about {highest}\u{a0}ng/mL at {at}."
                        )
                    }
                    None => format!("Highest about {highest}\u{a0}ng/mL at {at}."),
                });
            }
        }
    }
    said
}

/// Of whom the ranges beside figures are.
fn ranges(drawn: &Drawn) -> String {
    let (_, outer) = drawn.bands.of_100();
    format!("Ranges: {outer} of 100 simulated people.")
}

/// Where the words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// A picture: each kind of line is named by its look.
    Picture,
    /// A table alone.
    Table,
}

/// What band and lines are, whose, where blood would be drawn, for what weight, and how the models
/// part: the same words on every page on which something of it stands.
// Hazard: H69
pub fn drawn_says(shown: &Shown, drawn: &Drawn, under: Under) -> Vec<String> {
    let model = &drawn.model;
    let (inner, outer) = drawn.bands.of_100();
    let name = format!(
        "{}, version {} ({})",
        model.name,
        model.version,
        site(model)
    );
    let beside = match under {
        Under::Picture => "Dotted: a second model",
        Under::Table => "There is a second model",
    };
    let people = format!(
        "of 100 of {} simulated people like those studied ({}).",
        thousands(shown.people),
        model.people
    );
    let mut said = vec![match (drawn.band.is_empty(), under) {
        (true, Under::Picture) => format!(
            "Dashed: assumed scenarios by {name}. How people differ is not published, so there is no band."
        ),
        (true, Under::Table) => format!(
            "Assumed scenarios by {name}. How people differ is not published, so there is no range."
        ),
        (false, Under::Picture) => {
            format!("Band: {inner} and {outer} {people} Dashed: the typical one. {name}.")
        }
        (false, Under::Table) => format!("In brackets: {outer} {people} {name}."),
    }];
    if let Some(whose) = &model.spread_is {
        said.push(format!("Spread {whose}."));
    }
    match (&drawn.beside, &drawn.no_beside) {
        (Some((of, _)), _) => {
            let mut says = format!("{beside}, {} ({}).", of.name, site(of));
            if drawn.models_disagree() == Some(true) {
                says.push_str(&format!(
                    " The two models disagree by more than half of the width of the band of {inner} of 100: which one is used matters more than the band.",
                ));
            }
            said.push(says);
        }
        (None, Some(why)) => said.push(format!("No second model: {why}")),
        (None, None) => said.push("There is no second model for this way of giving.".to_owned()),
    }
    if let Some(why) = &drawn.no_ordered {
        said.push(format!(
            "What the order alone would have come to is not drawn: {why}"
        ));
    }
    said
}

/// For whom: the weight, which of the person's it is, and the age.
fn for_whom(basis: &Basis) -> String {
    let age = basis
        .age
        .map_or_else(|| "age not known".to_owned(), |age| format!("{age} years"));
    let weight = basis.weight;
    match basis.reckoned_with {
        Some(WeightKind::Actual) => format!("For {weight} as measured and {age}."),
        Some(kind @ (WeightKind::Ideal | WeightKind::Adjusted)) => format!(
            "For {weight} as last weighed by then and {age}. The dose was reckoned with another weight: {}.",
            kind.says()
        ),
        None => format!(
            "For {weight} and {age}. With which of the person’s weights the dose was reckoned is not recorded."
        ),
    }
}

fn room_says(
    ready: &Ready,
    basis: &Basis,
    session: &Session,
    clock: &ClockFace<'_>,
) -> Vec<String> {
    let (shown, drawn) = (&ready.shown, &ready.drawn);
    let mut said = drawn_says(shown, drawn, Under::Picture);
    if drawn.differs_from_order() {
        said.push("Fine line: what the order alone would have come to, without pause, change of rate or bolus.".to_owned());
    }
    said.push(for_whom(basis));
    said.push(made_from(shown.gone.as_slice(), session, clock));
    said
}

/// What stands under the picture of a planned dose.
// Hazard: H69
pub fn planned_says(ready: &Ready, basis: &Basis, clock: &ClockFace<'_>) -> Vec<String> {
    let (shown, drawn) = (&ready.shown, &ready.drawn);
    let mut said = drawn_says(shown, drawn, Under::Picture);
    said.push(for_whom(basis));
    if drawn.earlier.iter().any(Result::is_ok) {
        said.push("Fine lines: the last sessions by the same model, from what was given then and for what was weighed by then.".to_owned());
    } else if shown.earlier.is_empty() && shown.left_out.is_empty() {
        said.push("There is no earlier session of this kind to compare with.".to_owned());
    }
    for (earlier, line) in shown.earlier.iter().zip(&drawn.earlier) {
        if let Err(why) = line {
            said.push(not_compared(earlier.from, why, clock));
        }
    }
    for out in &shown.left_out {
        said.push(not_compared(out.from, &out.because, clock));
    }
    said.push("Several doses or devices are each taken as given at the beginning.".to_owned());
    if drawn.summary.is_some() {
        said.push(ranges(drawn));
    }
    said
}

fn not_compared(from: Moment, why: &str, clock: &ClockFace<'_>) -> String {
    format!(
        "The session of {} is not drawn: {}.",
        clock.date(from),
        why.trim_end_matches('.')
    )
}

/// What stands under the lane on paper.
// Hazard: H69
pub fn printed_says(shown: &Shown, drawn: &Drawn, until: &str) -> Vec<String> {
    let mut said = vec![format!(
        "{}. No blood was taken for it. As it was last shown in the session room, {until}.",
        title(drawn)
    )];
    said.extend(drawn_says(shown, drawn, Under::Picture));
    if drawn.differs_from_order() {
        said.push("Fine line: what the order alone would have come to.".to_owned());
    }
    let age = shown
        .age
        .map_or_else(|| "age not known".to_owned(), |age| format!("{age} years"));
    said.push(format!(
        "For {} and {age}, from what was charted.",
        shown.weight
    ));
    said.push(LIMITS.to_owned());
    said
}

fn made_from(gone: &[Gone], session: &Session, clock: &ClockFace<'_>) -> String {
    let mut says = format!(
        "Made from what was charted until {}.",
        clock.time(clock.now)
    );
    says.push_str(if session.way().is_infusion() {
        " No pump is read."
    } else {
        " Nothing further is taken to be given."
    });
    let empty = gone.iter().rev().find_map(|gone| match gone {
        Gone::Running { until, .. } => Some(*until),
        Gone::AtOnce { .. } => None,
    });
    match (session.stage, empty) {
        (Stage::Infusion, Some(empty)) if empty > clock.now => {
            says.push_str(&format!(
                " The pump is taken to go on as it runs until the bag is empty, at {}.",
                clock.time(empty)
            ));
        }
        (Stage::Infusion, Some(empty)) => {
            says.push_str(&format!(
                " By its rate the bag has been empty since {}: nothing is taken to go in after that. Look at the pump.",
                clock.time(empty)
            ));
        }
        (Stage::Paused, _) => {
            says.push_str(" While it is paused nothing more is taken to go in.");
        }
        _another => {}
    }
    says
}

/// Exposure beside what was charted.
fn afterwards(ready: &Ready, session: &Session, clock: &ClockFace<'_>) -> Vec<(String, String)> {
    let drawn = &ready.drawn;
    let mut lines = Vec::new();
    let mut line = |label: &str, says: String| lines.push((label.to_owned(), says));
    if let Some(infusion) = session.infusion() {
        let given = infusion.delivered(clock.now).amount.rounded(1);
        line("given, by the record", given.to_string());
    }
    let until = clock.time(minute(ready.shown.from, f64::from(ready.shown.minutes)));
    match &drawn.summary {
        Some(summary) => {
            let peak = &summary.peak_ng_ml;
            line(
                "highest level, predicted",
                format!(
                    "{}\u{a0}ng/mL ({} to {}) at {}",
                    two(peak[2]),
                    two(peak[0]),
                    two(peak[4]),
                    clock.time(minute(ready.shown.from, summary.peak_at_min[2]))
                ),
            );
            let area = &summary.area_ng_h_ml;
            line(
                "area under the curve, predicted",
                format!(
                    "{}\u{a0}ng·h/mL ({} to {}) until {until}",
                    two(area[2]),
                    two(area[0]),
                    two(area[4])
                ),
            );
        }
        None => {
            for one in &drawn.lines {
                let assumed = one
                    .scenario
                    .as_ref()
                    .map_or_else(String::new, |(id, _)| format!(", assumed “{id}”"));
                line(
                    &format!("predicted{assumed}"),
                    format!(
                        "highest {}\u{a0}ng/mL at {}, area {}\u{a0}ng·h/mL until {until}",
                        two(one.exposure.peak_ng_ml),
                        clock.time(minute(ready.shown.from, one.exposure.peak_at.minutes())),
                        two(one.exposure.area_ng_h_ml)
                    ),
                );
            }
        }
    }
    for (label, at) in leaving(session) {
        let levels = drawn.levels_at(minutes_since(ready.shown.from, at));
        let at = clock.time(at);
        match levels {
            None => line(label, format!("at {at}: beyond the picture")),
            Some(levels) => {
                for (scenario, level) in levels {
                    let assumed =
                        scenario.map_or_else(String::new, |id| format!(", assumed “{id}”"));
                    line(
                        &format!("{label}{assumed}"),
                        format!("{} at {at}", between(&level)),
                    );
                }
            }
        }
    }
    let ratings = strongest(session, clock);
    line(
        "strongest ratings",
        if ratings.is_empty() {
            "nothing was rated".to_owned()
        } else {
            ratings.join(" · ")
        },
    );
    let pressure = session
        .vital_signs()
        .into_iter()
        .filter_map(|(at, values)| Some((values.systolic?, values.diastolic?, at)))
        .max_by_key(|(systolic, _, at)| (*systolic, std::cmp::Reverse(*at)));
    line(
        "highest pressure charted",
        pressure.map_or_else(
            || "none was charted".to_owned(),
            |(systolic, diastolic, at)| {
                format!("{}/{diastolic} at {}", systolic.value(), clock.time(at))
            },
        ),
    );
    lines
}

/// `48 ng/mL (30 to 70)`: the middle of the people with those of the outer band, or a scenario's own.
fn between(level: &Level) -> String {
    level.people.map_or_else(
        || format!("{}\u{a0}ng/mL", two(level.typical)),
        |people| {
            format!(
                "{}\u{a0}ng/mL ({} to {})",
                two(people[2]),
                two(people[0]),
                two(people[4])
            )
        },
    )
}

/// When readiness to leave was last assessed, and when the person left; what was not is not there.
fn leaving(session: &Session) -> Vec<(&'static str, Moment)> {
    let last = |is: fn(&SessionEvent) -> bool| {
        let of_kind = session
            .entries
            .iter()
            .filter(|entry| entry.standing().is_some_and(|event| is(&event)));
        of_kind.map(|entry| entry.occurred_at).max()
    };
    let assessed = last(|event| matches!(event, SessionEvent::RecoveryChecked { .. }));
    let left = last(|event| matches!(event, SessionEvent::PatientDischarged { .. }));
    let assessed = assessed.map(|at| ("level when recovery was last checked, predicted", at));
    let left = left.map(|at| ("level when they left, predicted", at));
    assessed.into_iter().chain(left).collect()
}

fn minutes_since(from: Moment, at: Moment) -> f64 {
    const MICROSECONDS_IN_A_MINUTE: f64 = 60_000_000.0;
    (at - from).microseconds() as f64 / MICROSECONDS_IN_A_MINUTE
}

/// The highest rating of each side that was rated, and when first.
fn strongest(session: &Session, clock: &ClockFace<'_>) -> Vec<String> {
    use clinical::course::session::Side;
    let rated: Vec<(Side, u8, Moment)> = session
        .entries
        .iter()
        .filter_map(|entry| match &*entry.standing()? {
            SessionEvent::ExperienceRated { side, rating, .. } => {
                Some((*side, rating.points(), entry.occurred_at))
            }
            _other => None,
        })
        .collect();
    Side::ALL
        .into_iter()
        .filter_map(|side| {
            let of_side = rated.iter().filter(|(other, _, _)| *other == side);
            let (_, points, at) =
                of_side.max_by_key(|(_, points, at)| (*points, std::cmp::Reverse(*at)))?;
            Some(format!(
                "{} {points} of 10 at {}",
                side.says(),
                clock.time(*at)
            ))
        })
        .collect()
}

/// At most two figures: `250`, `12`, `1.2`, `0.05`.
pub fn two(value: f64) -> String {
    if value <= 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    const TEN: f64 = 10.0;
    let place = |value: f64| value.log10().floor() as i32 - 1;
    let to = TEN.powi(place(value));
    let rounded = (value / to).round() * to;
    let decimals = usize::try_from(-place(rounded)).unwrap_or(0);
    format!("{rounded:.decimals$}")
}

fn thousands(count: u32) -> String {
    let (thousands, rest) = (count / 1_000, count % 1_000);
    if thousands == 0 {
        rest.to_string()
    } else {
        format!("{thousands},{rest:03}")
    }
}

#[cfg(test)]
mod tests {
    use super::two;

    // Hazard: H69. Witness: pharmacokinetics reference 7, "more than two significant figures".
    #[test]
    fn no_number_has_more_than_two_figures() {
        for (value, says) in [
            (253.4, "250"),
            (296.0, "300"),
            (99.6, "100"),
            (12.34, "12"),
            (1.25, "1.3"),
            (0.996, "1.0"),
            (0.0512, "0.051"),
            (0.0, "0"),
        ] {
            assert_eq!(two(value), says, "{value}");
        }
    }
}
