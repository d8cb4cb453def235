//! How the advisory engine does on data of which it is known what happened.
//!
//! Two sources: the simulator's labelled stories, and recordings that somebody has dropped into a
//! folder (`docs/evaluating-advisories.md`). What truly happened is found by a scan of its own
//! over the true values, which shares nothing with the engine but the limits.
//! Source of the measures: device reference §14.

mod recording;
mod score;
mod stories;

pub use recording::{UnreadableRecording, read_folder};
pub use score::{Evaluation, Score, evaluate};
pub use stories::story;

use clinical::advisory::Condition;
use clinical::vital_signs::{Numeric, Signal};
use std::collections::BTreeMap;
use units::{Decimal, Moment, Span};

/// One session of which it is known what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// Its name in the list of what was missed.
    pub name: String,
    /// How often the monitor sends.
    pub period: Span,
    /// When drug was given, from and until.
    pub dosing: Option<(Moment, Moment)>,
    /// The person's pressures before it.
    pub baseline: Option<(Decimal, Decimal)>,
    /// What arrived, message by message, in the order of its arrival.
    pub messages: Vec<Message>,
    /// What was true, whatever arrived.
    pub truth: BTreeMap<Signal, Vec<(Moment, Decimal)>>,
    /// Conditions that a person, or the story itself, says held from one moment to another.
    pub labels: Vec<Label>,
}

/// One message of the monitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// When it arrived.
    pub at: Moment,
    /// Its numbers, as the monitor gave them.
    pub numerics: Vec<Numeric>,
}

/// A condition that held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Which.
    pub condition: Condition,
    /// Since when.
    pub onset: Moment,
    /// Until when.
    pub until: Moment,
}
