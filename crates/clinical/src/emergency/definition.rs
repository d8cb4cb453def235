//! The shape of an emergency card's file, and its reading.

use crate::advisory::Condition;
use crate::course::session::SedationScore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// Which part of what is read a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A card of its own.
    Card,
    /// The steps that every card begins with.
    Start,
    /// The steps that every card ends with.
    End,
}

/// What kind of thing a step asks for. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Something to do.
    Do,
    /// Something to ask, or to look for: several questions, and what any yes means.
    Ask,
    /// Somebody to call.
    Call,
    /// A medicine that is commonly named.
    Medicine,
    /// Something to keep watching.
    Watch,
}

impl StepKind {
    /// The kind in a word.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Do => "Do",
            Self::Ask => "Ask",
            Self::Call => "Call",
            Self::Medicine => "Medicine",
            Self::Watch => "Watch",
        }
    }
}

/// How a step's time is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeKind {
    /// To be done by then.
    Within,
    /// To be done again and again.
    Every,
    /// To be kept up for so long.
    AtLeast,
    /// Not before so long.
    After,
}

/// A step's time, in minutes; with `to`, a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// How it is meant.
    pub kind: TimeKind,
    /// Minutes.
    pub minutes: u32,
    /// The other end of a range, in minutes.
    #[serde(default)]
    pub to: Option<u32>,
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.kind {
            TimeKind::Within => "within",
            TimeKind::Every => "every",
            TimeKind::AtLeast => "at least",
            TimeKind::After => "after",
        };
        let longest = self.to.unwrap_or(self.minutes);
        let by_the_hour =
            longest >= 120 && self.minutes.is_multiple_of(60) && longest.is_multiple_of(60);
        let (divisor, unit) = if by_the_hour { (60, "h") } else { (1, "min") };
        write!(f, "{word} {}", self.minutes / divisor)?;
        if let Some(to) = self.to {
            write!(f, "–{}", to / divisor)?;
        }
        write!(f, "\u{a0}{unit}")
    }
}

/// A medicine as the reference names it: words, not quantities. What was given is charted as it
/// was typed, because nothing here computes a dose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medicine {
    /// Its name.
    pub name: String,
    /// The dose in words; none where the reference names none.
    #[serde(default)]
    pub dose: Option<String>,
    /// The route in words; none where the reference names none.
    #[serde(default)]
    pub route: Option<String>,
    /// How it is repeated.
    #[serde(default)]
    pub repeat: Option<String>,
    /// The most that is given.
    #[serde(default)]
    pub most: Option<String>,
    /// When it is given alone, or never.
    #[serde(default)]
    pub only: Option<String>,
}

impl Medicine {
    /// The dose, where the card names one amount. A range, and a dose for each kilogram, are not
    /// what was given: whoever gave it says how much.
    // Hazard: H56
    pub fn one_amount(&self) -> Option<&str> {
        self.dose
            .as_deref()
            .filter(|dose| !dose.contains('–') && !dose.contains("/kg"))
    }
}

impl fmt::Display for Medicine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        let parts = [&self.dose, &self.route, &self.repeat, &self.most];
        let mut between = " ";
        for part in parts.into_iter().flatten() {
            write!(f, "{between}{part}")?;
            between = ", ";
        }
        match &self.only {
            Some(only) => write!(f, " ({only})"),
            None => Ok(()),
        }
    }
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name in the file, the same in every version.
    pub id: String,
    /// What kind of thing it asks for.
    pub kind: StepKind,
    /// In words.
    pub says: String,
    /// What is asked, where the step asks.
    #[serde(default)]
    pub questions: Vec<String>,
    /// What a yes to any of them means.
    #[serde(default)]
    pub any_yes: Option<String>,
    /// Its time.
    #[serde(default)]
    pub time: Option<TimeLimit>,
    /// The medicine.
    #[serde(default)]
    pub medicine: Option<Medicine>,
    /// Where it comes from.
    pub source: String,
    /// The reference itself could not check it in a primary text, or it is this project's default.
    #[serde(default)]
    pub unverified: bool,
}

impl Step {
    /// The step in one line, for the record: what it says, and the medicine.
    pub fn line(&self) -> String {
        let mut line = self.says.clone();
        if let Some(time) = self.time {
            line.push_str(&format!(" ({time})"));
        }
        if !self.questions.is_empty() {
            line.push(' ');
            line.push_str(&self.questions.join("; "));
        }
        if let Some(medicine) = &self.medicine {
            line.push_str(&format!(" {medicine}"));
        }
        line
    }
}

/// What opens a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedBy {
    /// Advisories.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// A responsiveness score (MOAA/S) of this or less.
    #[serde(default)]
    pub moaa_s_at_most: Option<u8>,
    /// Where that comes from.
    #[serde(default)]
    pub source: String,
}

/// One file, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFile {
    /// Its name.
    pub id: String,
    /// The letter that staff know it by; none for the shared parts.
    #[serde(default)]
    pub letter: Option<String>,
    /// Which part it is.
    pub part: Part,
    /// Raised with every change.
    pub version: u32,
    /// The title.
    pub title: String,
    /// When to open it.
    pub when: String,
    /// Where it comes from.
    pub source: String,
    /// What a reader should also know.
    #[serde(default)]
    pub note: Option<String>,
    /// What opens it by itself: the card is offered, never opened.
    #[serde(default)]
    pub opened_by: OpenedBy,
    /// The steps.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// A card as it is read in the room: its own steps between the two parts that all cards share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its name.
    pub id: String,
    /// The letter that staff know it by.
    pub letter: String,
    /// The version of its file.
    pub version: u32,
    /// The title.
    pub title: String,
    /// When to open it.
    pub when: String,
    /// Where it comes from.
    pub source: String,
    /// What a reader should also know.
    pub note: Option<String>,
    /// What opens it.
    pub opened_by: OpenedBy,
    /// How many of the steps are the first ones of every card.
    pub shared_first: usize,
    /// How many of the steps are the last ones of every card.
    pub shared_last: usize,
    /// Every step, in order.
    pub steps: Vec<Step>,
    /// The SHA-256 of the three files that it was read from: what the medical director signs.
    pub digest: String,
}

/// A card's file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct UnreadableCard {
    /// The file.
    pub file: String,
    /// Why not.
    pub reason: String,
}

impl CardFile {
    /// Reads a file. Refuses an unknown field, a card without a letter or steps, two steps of one
    /// name, a step without a source, a question without an answer, and a medicine in a step of
    /// another kind.
    pub fn read(file: &str, text: &str) -> Result<Self, UnreadableCard> {
        let unreadable = |reason: String| UnreadableCard {
            file: file.to_owned(),
            reason,
        };
        let read: Self = toml::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if read.steps.is_empty() {
            return Err(unreadable("a card has steps".to_owned()));
        }
        if (read.part == Part::Card) != read.letter.is_some() {
            return Err(unreadable(
                "a card has a letter, and a shared part has none".to_owned(),
            ));
        }
        let opens =
            !read.opened_by.conditions.is_empty() || read.opened_by.moaa_s_at_most.is_some();
        if opens && read.opened_by.source.trim().is_empty() {
            return Err(unreadable("what opens it has no source".to_owned()));
        }
        for step in &read.steps {
            step.check()
                .map_err(|why| unreadable(format!("step {}: {why}", step.id)))?;
        }
        Ok(read)
    }
}

impl Step {
    fn check(&self) -> Result<(), &'static str> {
        if self.source.trim().is_empty() {
            return Err("it has no source");
        }
        if self.says.trim().is_empty() {
            return Err("it says nothing");
        }
        let asks = !self.questions.is_empty();
        if asks != (self.kind == StepKind::Ask) || asks != self.any_yes.is_some() {
            return Err("questions, and what any yes means, belong to a step that asks");
        }
        if self.medicine.is_some() != (self.kind == StepKind::Medicine) {
            return Err("a medicine belongs to a step of that kind");
        }
        Ok(())
    }
}

impl Card {
    /// A card between the shared parts, each file with its text. Refuses two steps of one name.
    pub(super) fn between(
        start: &(CardFile, &str),
        own: (CardFile, &str),
        end: &(CardFile, &str),
    ) -> Result<Self, UnreadableCard> {
        let unreadable = |reason: String| UnreadableCard {
            file: own.0.id.clone(),
            reason,
        };
        let letter = own.0.letter.clone();
        let letter = letter.ok_or_else(|| unreadable("a card has a letter".to_owned()))?;
        let mut digest = Sha256::new();
        for text in [start.1, own.1, end.1] {
            digest.update(text.as_bytes());
            // Nothing can move from one file to the next without another digest.
            digest.update([0]);
        }
        let mut steps = Vec::new();
        for (prefix, file) in [("start", &start.0), ("", &own.0), ("end", &end.0)] {
            steps.extend(file.steps.iter().map(|step| Step {
                id: if prefix.is_empty() {
                    step.id.clone()
                } else {
                    format!("{prefix}-{}", step.id)
                },
                ..step.clone()
            }));
        }
        let names: BTreeSet<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        if names.len() != steps.len() {
            return Err(unreadable("two steps have the same name".to_owned()));
        }
        Ok(Self {
            letter,
            shared_first: start.0.steps.len(),
            shared_last: end.0.steps.len(),
            steps,
            digest: hex::encode(digest.finalize()),
            id: own.0.id,
            version: own.0.version,
            title: own.0.title,
            when: own.0.when,
            source: own.0.source,
            note: own.0.note,
            opened_by: own.0.opened_by,
        })
    }

    /// One step of it.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// True when an advisory about this condition offers the card.
    pub fn is_for(&self, condition: Condition) -> bool {
        self.opened_by.conditions.contains(&condition)
    }

    /// True when a responsiveness score offers the card.
    pub fn is_for_sedation(&self, score: SedationScore) -> bool {
        self.opened_by
            .moaa_s_at_most
            .is_some_and(|most| score.points() <= most)
    }
}
