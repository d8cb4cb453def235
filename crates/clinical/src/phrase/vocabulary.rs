//! The words that are recognised, from their file.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The project's words.
const SHIPPED: &str = include_str!("../../../../codes/room-phrases.toml");

/// A file of words that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableVocabulary {
    /// It cannot be read.
    #[error("the words of the room cannot be read: {0}")]
    Unreadable(String),
    /// A word stands for two things.
    #[error("“{0}” stands for two things in the words of the room")]
    Twice(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    medicine: Vec<Medicine>,
    dose: Units,
    route: Vec<Word>,
    symptom: Vec<Word>,
    unsure: Words,
    filler: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Medicine {
    name: String,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    says: String,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Units {
    units: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: BTreeSet<String>,
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Medicine,
    Unit,
    Route,
    Symptom,
    Unsure,
    Filler,
}

/// The words, in lower case, each with what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    kinds: BTreeMap<String, Kind>,
    symptoms: BTreeMap<String, String>,
}

static PROJECT: LazyLock<Result<Vocabulary, UnusableVocabulary>> =
    LazyLock::new(|| Vocabulary::parse(SHIPPED));

impl Vocabulary {
    /// The project's words; none where their file cannot be used, which a test excludes.
    pub fn shipped() -> Option<&'static Self> {
        PROJECT.as_ref().ok()
    }

    /// Reads a file of words. Refuses a word that stands for two things.
    pub fn parse(text: &str) -> Result<Self, UnusableVocabulary> {
        let file: File = toml::from_str(text)
            .map_err(|error| UnusableVocabulary::Unreadable(error.to_string()))?;
        let mut vocabulary = Self {
            kinds: BTreeMap::new(),
            symptoms: BTreeMap::new(),
        };
        for one in file.medicine {
            vocabulary.put(&one.name, Kind::Medicine)?;
            for also in one.also {
                vocabulary.put(&also, Kind::Medicine)?;
            }
        }
        for unit in file.dose.units {
            vocabulary.put(&unit, Kind::Unit)?;
        }
        for one in file.route {
            // The words that the record uses are not typed; the short ones are.
            for also in one.also {
                vocabulary.put(&also, Kind::Route)?;
            }
            if !one.says.contains(' ') && !vocabulary.kinds.contains_key(&one.says.to_lowercase()) {
                vocabulary.put(&one.says, Kind::Route)?;
            }
        }
        for one in file.symptom {
            for word in one.also.iter().chain([&one.says]) {
                vocabulary.put(word, Kind::Symptom)?;
                vocabulary
                    .symptoms
                    .insert(word.to_lowercase(), one.says.clone());
            }
        }
        for word in file.unsure.words {
            vocabulary.put(&word, Kind::Unsure)?;
        }
        for word in file.filler.words {
            vocabulary.put(&word, Kind::Filler)?;
        }
        Ok(vocabulary)
    }

    fn put(&mut self, word: &str, kind: Kind) -> Result<(), UnusableVocabulary> {
        let word = word.to_lowercase();
        match self.kinds.insert(word.clone(), kind) {
            None => Ok(()),
            Some(_) => Err(UnusableVocabulary::Twice(word)),
        }
    }

    /// What a word is; none where it is not one of ours.
    pub(super) fn kind(&self, word: &str) -> Option<Kind> {
        // A telephone's keyboard writes "didn’t" where the file has "didn't".
        let word = word.to_lowercase().replace('’', "'");
        self.kinds.get(&word).copied()
    }

    /// How the record names a symptom.
    pub(super) fn symptom(&self, word: &str) -> Option<&str> {
        self.symptoms.get(&word.to_lowercase()).map(String::as_str)
    }
}
