//! Figures beside their goals: one table, one JSON file.

use serde_json::{Value, json};
use std::time::Duration;

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
    /// It is only told.
    Told,
}

struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    goal: Goal,
}

/// All figures of a run, in order.
pub struct Figures(Vec<Figure>);

impl Figures {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a figure, and says it at once.
    pub fn add(&mut self, name: &str, value: f64, unit: &'static str, goal: Goal) {
        let figure = Figure {
            name: name.to_owned(),
            value,
            unit,
            goal,
        };
        println!("  {}", figure.line(0));
        self.0.push(figure);
    }

    /// Adds the middle and the 99th percentile of some durations, in milliseconds.
    pub fn add_times(&mut self, name: &str, times: &mut [Duration], goal: Goal) {
        self.add(
            &format!("{name}, p50"),
            milliseconds(percentile(times, 50.0)),
            "ms",
            Goal::Told,
        );
        self.add(
            &format!("{name}, p99"),
            milliseconds(percentile(times, 99.0)),
            "ms",
            goal,
        );
    }

    /// As lines of text.
    pub fn table(&self) -> String {
        let width = self
            .0
            .iter()
            .map(|figure| figure.name.chars().count())
            .max()
            .unwrap_or(0);
        let lines: Vec<String> = self.0.iter().map(|figure| figure.line(width)).collect();
        format!("{}\n\n{SHARED}", lines.join("\n"))
    }

    /// As JSON.
    pub fn json(&self) -> String {
        let figures: Vec<Value> = self.0.iter().map(Figure::json).collect();
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let all = json!({ "cores": cores, "note": SHARED, "figures": figures });
        serde_json::to_string_pretty(&all).unwrap_or_default()
    }
}

/// What stands beside every figure.
const SHARED: &str = "The driver runs on the same cores as the server and takes its share of \
    them; other work on the machine shows in the figures.";

impl Figure {
    fn line(&self, width: usize) -> String {
        let value = if self.value.abs() < 10.0 {
            format!("{:.2}", self.value)
        } else {
            format!("{:.0}", self.value)
        };
        let goal = match self.goal {
            Goal::AtMost(most) => format!("goal ≤ {most}, {}", self.verdict()),
            Goal::AtLeast(least) => format!("goal ≥ {least}, {}", self.verdict()),
            Goal::Told => String::new(),
        };
        format!("{:width$}  {value:>10} {:10} {goal}", self.name, self.unit)
            .trim_end()
            .to_owned()
    }

    fn is_reached(&self) -> bool {
        match self.goal {
            Goal::AtMost(most) => self.value <= most,
            Goal::AtLeast(least) => self.value >= least,
            Goal::Told => true,
        }
    }

    fn verdict(&self) -> &'static str {
        if self.is_reached() {
            "reached"
        } else {
            "NOT REACHED"
        }
    }

    fn json(&self) -> Value {
        let (at_most, at_least) = match self.goal {
            Goal::AtMost(most) => (Some(most), None),
            Goal::AtLeast(least) => (None, Some(least)),
            Goal::Told => (None, None),
        };
        json!({
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "at_most": at_most,
            "at_least": at_least,
            "reached": self.is_reached(),
        })
    }
}

/// The nearest-rank percentile; sorts in place; zero of nothing.
pub fn percentile(times: &mut [Duration], percent: f64) -> Duration {
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank"
    )]
    #[expect(clippy::cast_precision_loss, reason = "a count of measurements")]
    let rank = (times.len() as f64 * percent / 100.0).ceil() as usize;
    times.get(rank.max(1) - 1).copied().unwrap_or_default()
}

/// In milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
