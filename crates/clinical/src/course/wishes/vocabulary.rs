//! The wishes, each with its closed list of answers.

use serde::{Deserialize, Serialize};

/// Touch that the person agrees to, or does not.
///
/// Source: clinical reference 4.7: consent to touch is an item of its own, and can be withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Touch {
    /// No touch, beyond what treatment and safety need.
    NoTouch,
    /// A hand on the person's hand.
    Hand,
    /// A hand on the person's shoulder.
    Shoulder,
    /// Either.
    HandOrShoulder,
    /// The person wants to be asked at that moment: nothing is agreed before.
    AskMe,
}

impl Touch {
    /// Every answer, in the order of the page.
    pub const ALL: [Self; 5] = [
        Self::NoTouch,
        Self::Hand,
        Self::Shoulder,
        Self::HandOrShoulder,
        Self::AskMe,
    ];

    /// Its word in forms and in the record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoTouch => "no-touch",
            Self::Hand => "hand",
            Self::Shoulder => "shoulder",
            Self::HandOrShoulder => "hand-or-shoulder",
            Self::AskMe => "ask-me",
        }
    }

    /// The answer of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// In words for staff.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NoTouch => "no touch",
            Self::Hand => "a hand may be held",
            Self::Shoulder => "a hand on the shoulder",
            Self::HandOrShoulder => "hand or shoulder",
            Self::AskMe => "ask at the time",
        }
    }

    /// A hand may be held.
    pub const fn allows_hand(self) -> bool {
        match self {
            Self::Hand | Self::HandOrShoulder => true,
            Self::NoTouch | Self::Shoulder | Self::AskMe => false,
        }
    }

    /// A hand may be laid on the shoulder.
    pub const fn allows_shoulder(self) -> bool {
        match self {
            Self::Shoulder | Self::HandOrShoulder => true,
            Self::NoTouch | Self::Hand | Self::AskMe => false,
        }
    }
}

/// What the person wants to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Music {
    /// What the clinic plays.
    AsPlanned,
    /// Calm and without words.
    WithoutWords,
    /// Their own.
    Own,
    /// None.
    Quiet,
}

impl Music {
    /// Every answer, in the order of the page.
    pub const ALL: [Self; 4] = [Self::AsPlanned, Self::WithoutWords, Self::Own, Self::Quiet];

    /// Its word in forms and in the record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AsPlanned => "as-planned",
            Self::WithoutWords => "without-words",
            Self::Own => "own",
            Self::Quiet => "quiet",
        }
    }

    /// The answer of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// In words for staff.
    pub const fn says(self) -> &'static str {
        match self {
            Self::AsPlanned => "what the clinic plays",
            Self::WithoutWords => "calm, without words",
            Self::Own => "their own music",
            Self::Quiet => "no music",
        }
    }
}

/// How light the room should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// As dark as it can safely be, or with a mask over the eyes.
    Dark,
    /// Dim.
    Dim,
    /// Some light stays on.
    Some,
}

impl Light {
    /// Every answer, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Dark, Self::Dim, Self::Some];

    /// Its word in forms and in the record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Dim => "dim",
            Self::Some => "some",
        }
    }

    /// The answer of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// In words for staff.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Dark => "dark, or a mask over the eyes",
            Self::Dim => "dim",
            Self::Some => "some light stays on",
        }
    }
}

/// One wish. Words that are empty take back what was said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "kebab-case")]
pub enum Wish {
    /// Why the person comes, in their own words.
    Intention {
        /// The words.
        words: String,
    },
    /// Touch.
    Touch {
        /// What is agreed.
        touch: Touch,
    },
    /// Music.
    Music {
        /// What.
        music: Music,
        /// More, in words; may be empty.
        words: String,
    },
    /// Light.
    Light {
        /// How much.
        light: Light,
        /// More, in words; may be empty.
        words: String,
    },
    /// What helps when it gets hard.
    Helps {
        /// The words.
        words: String,
    },
    /// What frightens.
    Frightens {
        /// The words.
        words: String,
    },
}

impl Wish {
    /// The words in it; none where it has none.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Intention { words }
            | Self::Music { words, .. }
            | Self::Light { words, .. }
            | Self::Helps { words }
            | Self::Frightens { words } => Some(words),
            Self::Touch { .. } => None,
        }
    }
}
