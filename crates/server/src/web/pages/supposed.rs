//! What stopping, halving or going on would come to in the blood, as one table.

use super::around::Around;
use super::identity_strip::IdentityStrip;
use crate::prediction::{
    AFTER, Course, LIMITS, Level, Prediction, Ready, Under, drawn_says, title, two,
};
use askama::Template;
use clinical::course::prediction::{Act, Gone};
use clinical::course::session::{Session, Stage};
use clinical::record::SessionId;

/// The page, as it is given what it shows.
pub struct SupposedPage<'a> {
    /// What stands around it.
    pub around: Around<'a>,
    /// Whose session.
    pub strip: IdentityStrip,
    /// The chart.
    pub session: &'a Session,
    /// What was worked out; none where there is nothing to suppose, or the clinic shows none.
    pub predicted: Option<&'a Prediction>,
}

#[derive(Template)]
#[template(path = "supposed.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: SessionId,
    title: String,
    why_not: String,
    from: String,
    after: Vec<String>,
    rows: Vec<Row>,
    how: Vec<String>,
    limits: &'static str,
}

struct Row {
    what: String,
    /// In ng/mL: the middle, and the range where there is one.
    levels: Vec<(String, String)>,
}

impl SupposedPage<'_> {
    /// The page.
    // Hazard: H69
    pub fn html(self) -> String {
        let clock = self.around.clock();
        let paused = self.session.stage == Stage::Paused;
        let empty = |why_not: &str| Page {
            around: self.around,
            strip: self.strip.clone(),
            session: self.session.id,
            title: "Predicted concentration".to_owned(),
            why_not: why_not.to_owned(),
            from: String::new(),
            after: Vec::new(),
            rows: Vec::new(),
            how: Vec::new(),
            limits: LIMITS,
        };
        super::written(&match self.predicted {
            None => empty(
                "Nothing is worked out: a change is supposed only while a pump gives the drug or is paused, and only where the clinic shows predictions in the room.",
            ),
            Some(Prediction::None(why)) => empty(why),
            Some(Prediction::Ready(ready, _)) => Page {
                title: title(&ready.drawn),
                from: ready
                    .shown
                    .changed
                    .as_ref()
                    .map_or_else(String::new, |changed| clock.time(changed.at)),
                after: after(ready, &clock),
                rows: rows(ready, paused, &clock),
                how: how(ready),
                ..empty("")
            },
        })
    }
}

/// `in 5 min, 13:17`.
fn after(ready: &Ready, clock: &super::clock_face::ClockFace<'_>) -> Vec<String> {
    let Some(changed) = &ready.shown.changed else {
        return Vec::new();
    };
    AFTER
        .iter()
        .map(|minutes| {
            let at = changed.at + units::Span::from_minutes(i64::from(*minutes));
            format!("in {minutes}\u{a0}min, {}", clock.time(at))
        })
        .collect()
}

/// Each course; where the bag is empty before the last level, since when: a faster rate then ends in
/// a lower one.
fn rows(ready: &Ready, paused: bool, clock: &super::clock_face::ClockFace<'_>) -> Vec<Row> {
    let Some(changed) = &ready.shown.changed else {
        return Vec::new();
    };
    let longest = i64::from(AFTER.last().copied().unwrap_or_default());
    let last = changed.at + units::Span::from_minutes(longest);
    let drawn = ready.drawn.changed.iter();
    drawn
        .zip(&changed.courses)
        .map(|(course, supposed)| {
            let ends = supposed.gone.iter().rev().find_map(|gone| match gone {
                Gone::Running { until, .. } => Some(*until),
                Gone::AtOnce { .. } => None,
            });
            let empty = ends.filter(|until| {
                !course.rate.value().is_zero() && changed.at < *until && *until < last
            });
            let row = row(course, paused);
            Row {
                what: match empty {
                    Some(empty) => format!("{}; bag empty at {}", row.what, clock.time(empty)),
                    None => row.what,
                },
                ..row
            }
        })
        .collect()
}

fn row(course: &Course, paused: bool) -> Row {
    let rate = course.rate;
    Row {
        what: match (course.act, paused) {
            (Act::AsItStands, false) => format!("goes on as it runs, {rate}"),
            (Act::AsItStands, true) => "stays paused".to_owned(),
            (Act::AsOrdered, _) => format!("at the ordered rate, {rate}"),
            (Act::HalfTheRate, _) => format!("at half the rate, {rate}"),
            (Act::Stopped, _) => "nothing more goes in".to_owned(),
        },
        levels: course.levels.iter().map(cell).collect(),
    }
}

fn cell(level: &Level) -> (String, String) {
    level.people.map_or_else(
        || (two(level.typical), String::new()),
        |people| {
            let range = format!("({} to {})", two(people[0]), two(people[4]));
            (two(people[2]), range)
        },
    )
}

fn how(ready: &Ready) -> Vec<String> {
    let mut said = drawn_says(&ready.shown, &ready.drawn, Under::Table);
    said.push(
        "Made from what was charted. No pump is read; the bag is taken to last as its rate says."
            .to_owned(),
    );
    said
}
