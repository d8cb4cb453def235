//! What was answered, and what of it could not be understood.

use super::definition::{Instrument, Item, PointRange, Response};
use super::points::Points;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// One answer, as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// An option, by its id.
    Chosen(String),
    /// A number: on a numbered scale, measured, or the points copied from a form on paper.
    Number(Points),
    /// "I'm not sure". Counts as missing.
    NotSure,
    /// "I'd rather not say". Counts as missing.
    Declined,
}

/// The answers so far, by item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Answer>);

/// Something about an answer that could not be understood, given beside the result of the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum Problem {
    /// The instrument has no such item.
    NoSuchItem {
        /// As it was named.
        item: String,
    },
    /// The item has no such option, or none with these points, or several.
    NoSuchOption {
        /// The item.
        item: String,
        /// What was given.
        given: String,
        /// What it may be.
        permitted: Vec<String>,
    },
    /// The number is outside of what the item permits.
    OutsideRange {
        /// The item.
        item: String,
        /// What was given.
        given: String,
        /// The permitted range.
        permitted: PointRange,
    },
    /// A whole number was needed.
    NotWhole {
        /// The item.
        item: String,
        /// What was given.
        given: String,
    },
    /// The answers before say that this is not asked. It counts as it was given.
    AnsweredThoughNotAsked {
        /// The item.
        item: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchItem { item } => write!(f, "There is no item {item}."),
            Self::NoSuchOption {
                item,
                given,
                permitted,
            } => write!(
                f,
                "Item {item}: {given} is not one of its answers ({}).",
                permitted.join(", ")
            ),
            Self::OutsideRange {
                item,
                given,
                permitted,
            } => write!(
                f,
                "Item {item}: {given} is not between {} and {}.",
                permitted.from, permitted.to
            ),
            Self::NotWhole { item, given } => {
                write!(f, "Item {item}: {given} is not a whole number.")
            }
            Self::AnsweredThoughNotAsked { item } => write!(
                f,
                "Item {item} was answered, though the answers before say that it is not asked. It counts."
            ),
        }
    }
}

impl Answers {
    /// Nothing answered yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more answer, which takes the place of an earlier one to the same item.
    pub fn with(mut self, item: &str, answer: Answer) -> Self {
        self.0.insert(item.to_owned(), answer);
        self
    }

    /// Without the answer to an item.
    pub fn without(mut self, item: &str) -> Self {
        self.0.remove(item);
        self
    }

    /// The answer to an item.
    pub fn to(&self, item: &str) -> Option<&Answer> {
        self.0.get(item)
    }

    /// Every answer, by item.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0.iter().map(|(item, answer)| (item.as_str(), answer))
    }
}

/// An answer that was understood: the option that it is, if it is one, and what it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Understood {
    pub option: Option<String>,
    pub points: Option<Points>,
}

/// Reads one answer against its item; `None` for an answer that says nothing.
pub(super) fn understand(
    instrument: &Instrument,
    item: &Item,
    answer: &Answer,
) -> Result<Option<Understood>, Problem> {
    match answer {
        Answer::NotSure | Answer::Declined => Ok(None),
        Answer::Chosen(given) => match &item.response {
            Response::Options(set) => choose(instrument, item, set, |id, _| id == given, given),
            Response::Whole(_) | Response::Measured { .. } => Err(Problem::NoSuchOption {
                item: item.id.clone(),
                given: given.clone(),
                permitted: vec!["a number".to_owned()],
            }),
        },
        Answer::Number(given) => match &item.response {
            Response::Options(set) => choose(
                instrument,
                item,
                set,
                |_, points| points == Some(*given),
                &given.to_string(),
            ),
            Response::Whole(_) if !given.is_whole() => Err(Problem::NotWhole {
                item: item.id.clone(),
                given: given.to_string(),
            }),
            Response::Whole(range) | Response::Measured { range, .. } => {
                number(item, *range, *given)
            }
        },
    }
}

fn choose(
    instrument: &Instrument,
    item: &Item,
    set: &str,
    is: impl Fn(&str, Option<Points>) -> bool,
    given: &str,
) -> Result<Option<Understood>, Problem> {
    let choices = instrument.choices(set);
    let mut found = choices
        .iter()
        .filter(|choice| is(&choice.id, choice.points));
    // Points that two options share do not say which of them was meant.
    match (found.next(), found.next()) {
        (Some(choice), None) => Ok(Some(Understood {
            option: Some(choice.id.clone()),
            points: choice.points,
        })),
        (None, _) | (Some(_), Some(_)) => Err(Problem::NoSuchOption {
            item: item.id.clone(),
            given: given.to_owned(),
            permitted: choices.iter().map(|choice| choice.id.clone()).collect(),
        }),
    }
}

fn number(item: &Item, range: PointRange, given: Points) -> Result<Option<Understood>, Problem> {
    if given < range.from || given > range.to {
        return Err(Problem::OutsideRange {
            item: item.id.clone(),
            given: given.to_string(),
            permitted: range,
        });
    }
    Ok(Some(Understood {
        option: None,
        points: Some(given),
    }))
}
