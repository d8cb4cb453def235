//! The alternatives, as data.

use super::decision::NextStep;
use super::facts::About;
use serde::Deserialize;

const SHIPPED: &str = include_str!("../../../../../../policies/next-step-alternatives.toml");

/// A file that is not whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policies/next-step-alternatives.toml: {0}")]
pub struct UnreadableAlternatives(String);

/// Something that can come next.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Which.
    pub id: NextStep,
    /// In words.
    pub says: String,
    /// What it rests on.
    pub basis: String,
    /// Where that comes from.
    pub source: String,
    /// True where no source that was read says it.
    #[serde(default)]
    pub unverified: bool,
    /// Which facts of the record stand beside it.
    pub looks_at: Vec<About>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "source")]
    _source: String,
    alternative: Vec<Alternative>,
}

/// All of them, in the order in which everybody reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternatives(Vec<Alternative>);

impl Alternatives {
    /// What ships.
    pub fn shipped() -> Result<Self, UnreadableAlternatives> {
        Self::read(SHIPPED)
    }

    /// Reads alternatives. Refuses a file in which one is missing or stands twice.
    pub fn read(text: &str) -> Result<Self, UnreadableAlternatives> {
        let file: File =
            toml::from_str(text).map_err(|error| UnreadableAlternatives(error.to_string()))?;
        for step in NextStep::ALL {
            let times = file.alternative.iter().filter(|one| one.id == *step);
            if times.count() != 1 {
                let says = format!("“{}” stands in it exactly once", step.word());
                return Err(UnreadableAlternatives(says));
            }
        }
        Ok(Self(file.alternative))
    }

    /// In order.
    pub fn all(&self) -> &[Alternative] {
        &self.0
    }
}
