//! What a person is asked for their own journal, and the themes of a contact, as data.

use crate::leaflet::Language;
use serde::Deserialize;
use units::Span;

const PROMPTS: &str = include_str!("../../../../../policies/integration-prompts.toml");

/// A file that is not whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policies/integration-prompts.toml: {0}")]
pub struct UnreadablePrompts(String);

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Its name.
    pub id: String,
    /// From so many hours after the drug has ended.
    pub from: u32,
    /// Until so many; it stays where none are told.
    #[serde(default)]
    pub until: Option<u32>,
    /// It asks what has changed.
    #[serde(default)]
    pub changes: bool,
    /// In English.
    pub en: String,
    /// In Spanish.
    pub es: String,
    /// Where it comes from.
    pub source: String,
    /// True where no source says it.
    #[serde(default)]
    pub unverified: bool,
}

/// A theme with which a contact is tagged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its name in the record.
    pub id: String,
    /// In words for staff.
    pub says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "source")]
    _source: String,
    prompt: Vec<Prompt>,
    theme: Vec<Theme>,
}

/// All of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompts {
    /// The questions, in order.
    pub prompts: Vec<Prompt>,
    /// The themes, in order.
    pub themes: Vec<Theme>,
}

impl Prompts {
    /// What ships. Refuses a file that cannot be read, and one in which no question, or several,
    /// asks what has changed.
    pub fn shipped() -> Result<Self, UnreadablePrompts> {
        let file: File =
            toml::from_str(PROMPTS).map_err(|error| UnreadablePrompts(error.to_string()))?;
        if file.prompt.iter().filter(|one| one.changes).count() != 1 {
            let says = "exactly one question asks what has changed";
            return Err(UnreadablePrompts(says.to_owned()));
        }
        Ok(Self {
            prompts: file.prompt,
            themes: file.theme,
        })
    }

    /// One by its name.
    pub fn prompt(&self, id: &str) -> Option<&Prompt> {
        self.prompts.iter().find(|one| one.id == id)
    }

    /// A theme by its name.
    pub fn theme(&self, id: &str) -> Option<&Theme> {
        self.themes.iter().find(|one| one.id == id)
    }

    /// Those that are asked so long after the drug has ended.
    pub fn at(&self, since: Span) -> impl Iterator<Item = &Prompt> {
        let hours = |hours: u32| Span::from_hours(i64::from(hours));
        self.prompts.iter().filter(move |one| {
            since >= hours(one.from) && one.until.is_none_or(|until| since < hours(until))
        })
    }
}

impl Prompt {
    /// For the patient.
    pub fn says(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}
