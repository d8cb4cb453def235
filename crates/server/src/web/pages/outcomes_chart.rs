//! Scores, sessions and doses on one axis of time, as a picture that is made here.
//!
//! Lengths are in units of the picture. What has no score is drawn where it was asked, at the foot of
//! its scale: a gap never looks like a line that goes on.

use super::clock_face::ClockFace;
use askama::Template;
use clinical::instrument::{Instrument, Points, Subject, Test};
use units::{Decimal, Milligrams, Moment, Span};

/// The width of the picture.
const WIDTH: i64 = 1_000;
/// Where time begins; the names of bands stand left of it.
const LEFT: i64 = 196;
/// What is left free at the right.
const RIGHT: i64 = 48;
/// The height of one scale.
const LANE: i64 = 156;
/// Between scales.
const BETWEEN: i64 = 40;
/// The height of the tallest dose.
const DOSES: i64 = 44;
/// Labels that are nearer than this would lie on each other.
const NEAR: i64 = 26;
/// How many dates stand on the axis at most.
const DATES: i64 = 8;

/// What stands in a scale at one moment.
pub enum Mark {
    /// A score.
    Score {
        /// When.
        at: Moment,
        /// How much.
        points: Points,
        /// A missing answer was estimated.
        estimated: bool,
        /// In words.
        says: String,
    },
    /// It was asked, and there is no score.
    Missing {
        /// When it was asked.
        at: Moment,
        /// In words.
        says: String,
    },
}

impl Mark {
    const fn at(&self) -> Moment {
        match self {
            Self::Score { at, .. } | Self::Missing { at, .. } => *at,
        }
    }
}

/// A session in which a drug was given.
pub struct Given {
    /// When the first drug went in.
    pub at: Moment,
    /// How much of it; none where that is not known.
    pub amount: Option<Milligrams>,
    /// In words.
    pub says: String,
}

/// Everything in the picture.
pub struct Chart<'a> {
    /// Each scale with what stands in it, in order of time.
    pub lanes: Vec<(&'a Instrument, Vec<Mark>)>,
    /// Sessions in order of time.
    pub sessions: Vec<Given>,
    /// The time of day and the zone.
    pub clock: ClockFace<'a>,
}

#[derive(Template)]
#[template(path = "outcomes_chart.html")]
struct Picture {
    width: i64,
    height: i64,
    left: i64,
    right: i64,
    lanes: Vec<Lane>,
    sessions: Vec<Bar>,
    sessions_foot: i64,
    sessions_says: String,
    dates: Vec<(i64, String)>,
    axis: i64,
    says: String,
}

struct Lane {
    title: String,
    title_y: i64,
    foot: i64,
    bands: Vec<Band>,
    segments: Vec<Segment>,
    dots: Vec<Dot>,
    gaps: Vec<Gap>,
}

struct Band {
    y: i64,
    height: i64,
    odd: bool,
    says: String,
    text_y: i64,
}

struct Segment {
    from: (i64, i64),
    to: (i64, i64),
    /// Something that was asked in between has no score.
    broken: bool,
}

struct Dot {
    x: i64,
    y: i64,
    estimated: bool,
    says: String,
    label: Option<String>,
    label_y: i64,
}

struct Gap {
    x: i64,
    says: String,
}

struct Bar {
    x: i64,
    y: i64,
    height: i64,
    says: String,
    label: Option<String>,
}

impl Chart<'_> {
    /// The picture.
    pub fn svg(&self) -> String {
        let ends = self.ends();
        let mut top = 0;
        let mut lanes = Vec::new();
        for (instrument, marks) in &self.lanes {
            let title_y = top + 20;
            let head = top + 30;
            lanes.push(lane(instrument, marks, (title_y, head), ends));
            top = head + LANE + BETWEEN - 30;
        }
        let foot = top + 36 + DOSES;
        let axis = foot + 14;
        let most = self
            .sessions
            .iter()
            .filter_map(|one| one.amount)
            .map(Milligrams::value)
            .max();
        let mut last = None;
        let sessions = self
            .sessions
            .iter()
            .map(|one| {
                let x = place(one.at, ends);
                let height = match (one.amount, most) {
                    (Some(amount), Some(most)) if most > Decimal::ZERO => {
                        whole(amount.value() * Decimal::from(DOSES) / most).max(3)
                    }
                    _ => 3,
                };
                let free = last.is_none_or(|last| x - last >= NEAR + 10);
                let label = one.amount.filter(|_| free).map(|amount| {
                    last = Some(x);
                    amount.rounded(0).value().normalize().to_string()
                });
                Bar {
                    x,
                    y: foot - height,
                    height,
                    says: one.says.clone(),
                    label,
                }
            })
            .collect();
        super::written(&Picture {
            width: WIDTH,
            height: axis + 30,
            left: LEFT,
            right: WIDTH - RIGHT,
            lanes,
            sessions,
            sessions_foot: foot,
            sessions_says: if most.is_some() {
                "Sessions, mg given".to_owned()
            } else {
                "Sessions".to_owned()
            },
            dates: self.dates(ends),
            axis,
            says: format!(
                "Scores and sessions from {} to {}. The table below has the same numbers.",
                self.clock.date(ends.0),
                self.clock.date(ends.1)
            ),
        })
    }

    /// Both ends of the axis: everything that is drawn, until now.
    fn ends(&self) -> (Moment, Moment) {
        let marks = self.lanes.iter().flat_map(|(_, marks)| marks);
        let all = marks.map(Mark::at);
        let all = all.chain(self.sessions.iter().map(|one| one.at));
        let first = all.min().unwrap_or(self.clock.now).min(self.clock.now);
        let week = Span::from_hours(7 * 24);
        (first.min(self.clock.now - week), self.clock.now)
    }

    /// Dates at equal distances, counted back from now.
    fn dates(&self, ends: (Moment, Moment)) -> Vec<(i64, String)> {
        let days = ((ends.1 - ends.0).minutes() / (24 * 60)).max(1);
        let steps = [1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1_456];
        let step = steps
            .into_iter()
            .find(|step| days / step < DATES)
            .unwrap_or(days);
        (0..DATES)
            .map(|number| ends.1 - Span::from_hours(24 * step * number))
            .filter(|at| *at >= ends.0)
            .map(|at| (place(at, ends), self.clock.date(at)))
            .collect()
    }
}

/// Where a moment stands.
fn place(at: Moment, (first, last): (Moment, Moment)) -> i64 {
    let all = (last - first).seconds().max(1);
    LEFT + 14 + (at - first).seconds() * (WIDTH - LEFT - RIGHT - 28) / all
}

fn whole(number: Decimal) -> i64 {
    i64::try_from(number.round()).unwrap_or(0)
}

fn lane(
    instrument: &Instrument,
    marks: &[Mark],
    (title_y, head): (i64, i64),
    ends: (Moment, Moment),
) -> Lane {
    let foot = head + LANE;
    let range = instrument
        .principal
        .as_deref()
        .and_then(|id| instrument.score(id))
        .map(|score| score.range);
    let (least, most) = range.map_or((Decimal::ZERO, Decimal::ONE), |range| {
        (range.from.number(), range.to.number())
    });
    let height = |points: Decimal| {
        let all = (most - least).max(Decimal::ONE);
        foot - whole((points - least) * Decimal::from(LANE) / all)
    };
    let mut segments = Vec::new();
    let mut dots: Vec<Dot> = Vec::new();
    let mut gaps = Vec::new();
    let mut before: Option<(i64, i64)> = None;
    let mut broken = false;
    let mut labelled: Option<i64> = None;
    for mark in marks {
        let x = place(mark.at(), ends);
        match mark {
            Mark::Missing { says, .. } => {
                broken = true;
                gaps.push(Gap {
                    x,
                    says: says.clone(),
                });
            }
            Mark::Score {
                points,
                estimated,
                says,
                ..
            } => {
                let y = height(points.number());
                if let Some(from) = before {
                    let to = (x, y);
                    segments.push(Segment { from, to, broken });
                }
                (before, broken) = (Some((x, y)), false);
                let free = labelled.is_none_or(|last| x - last >= NEAR);
                if free {
                    labelled = Some(x);
                }
                let label = points.number().trunc_with_scale(1).normalize();
                dots.push(Dot {
                    x,
                    y,
                    estimated: *estimated,
                    says: says.clone(),
                    label: free.then(|| label.to_string()),
                    // Inside of the picture, whatever the score is.
                    label_y: if y - head < 16 { y + 20 } else { y - 10 },
                });
            }
        }
    }
    Lane {
        title: instrument.title.clone(),
        title_y,
        foot,
        bands: bands(instrument, most, height),
        segments,
        dots,
        gaps,
    }
}

/// The bands, the gravest first, each from its least points to where the next one begins.
fn bands(instrument: &Instrument, most: Decimal, height: impl Fn(Decimal) -> i64) -> Vec<Band> {
    let mut bands = Vec::new();
    let mut above: Option<Decimal> = None;
    for (number, band) in instrument.bands.iter().enumerate() {
        let least = band.when.as_ref().and_then(|when| {
            when.conditions().find_map(|(_, _, condition)| {
                match (&condition.subject, &condition.test) {
                    (Subject::Score(_), Test::AtLeast(points)) => Some(points.number()),
                    _ => None,
                }
            })
        });
        let from = least.unwrap_or(Decimal::ZERO);
        let top = above.unwrap_or(most);
        let to = above.map_or(most, |above| above - Decimal::ONE);
        let (y, foot) = (height(top), height(from));
        bands.push(Band {
            y,
            height: (foot - y).max(0),
            odd: number % 2 == 1,
            says: format!("{} {from}\u{2013}{to}", band.title),
            text_y: i64::midpoint(y, foot) + 4,
        });
        above = Some(from);
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::instrument::Library;

    fn score(at: Moment, points: i32) -> Mark {
        Mark::Score {
            at,
            points: Points::whole(points).unwrap(),
            estimated: false,
            says: format!("{points}"),
        }
    }

    #[test]
    fn the_highest_score_stands_at_the_top_the_lowest_at_the_foot_and_a_gap_breaks_the_line() {
        let library = Library::shipped().unwrap();
        let instrument = library.named("phq-9").unwrap();
        let now = super::super::around::sample::NOW;
        let day = |days: i64| now - Span::from_hours(24 * days);
        let ends = (day(40), now);
        let marks = [
            score(day(40), 27),
            score(day(30), 13),
            Mark::Missing {
                at: day(20),
                says: "asked, no answer".to_owned(),
            },
            score(day(0), 0),
        ];
        let lane = lane(instrument, &marks, (20, 30), ends);
        let heights: Vec<i64> = lane.dots.iter().map(|dot| dot.y).collect();
        // 13 of 27 is 75.1 of 156 units above the foot at 186.
        assert_eq!(heights, [30, 111, 186]);
        let broken: Vec<bool> = lane.segments.iter().map(|one| one.broken).collect();
        assert_eq!(broken, [false, true]);
        assert_eq!(lane.gaps.len(), 1);
        // Source: clinical reference 8.1.
        let names: Vec<&str> = lane.bands.iter().map(|band| band.says.as_str()).collect();
        assert_eq!(names[0], "Severe 20\u{2013}27");
        assert_eq!(names[4], "None or minimal 0\u{2013}4");
    }

    #[test]
    fn the_axis_has_at_most_eight_dates_whatever_its_length() {
        let zone = jiff::tz::TimeZone::UTC;
        let now = super::super::around::sample::NOW;
        for days in [0, 1, 7, 55, 56, 400, 3_000, 40_000] {
            let chart = Chart {
                lanes: Vec::new(),
                sessions: vec![Given {
                    at: now - Span::from_hours(24 * days),
                    amount: None,
                    says: String::new(),
                }],
                clock: ClockFace { zone: &zone, now },
            };
            let dates = chart.dates(chart.ends());
            assert!((1..=8).contains(&dates.len()), "{days}: {}", dates.len());
        }
    }
}
