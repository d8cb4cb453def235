//! How a person is reached, in which language, at which hours, and who stands by them.

use crate::leaflet::Language;
use serde::{Deserialize, Serialize};

/// How a person may be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By text message.
    TextMessage,
}

impl Channel {
    /// Its word in forms and records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::TextMessage => "text-message",
        }
    }

    /// The channel of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Email, Self::TextMessage]
            .into_iter()
            .find(|channel| channel.word() == word)
    }
}

/// Someone who stands by a person: takes them home, or is called in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    /// Their name.
    pub name: String,
    /// Their telephone number, as it was given.
    pub phone: String,
    /// Who they are to the person: sister, friend.
    #[serde(default)]
    pub relationship: String,
}

/// The hours between which a person may be written to, in whole hours of their own clock:
/// from `from` on, before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WritingHours {
    /// The first hour, 0 to 23.
    pub from: u8,
    /// The hour before which it must be sent, 1 to 24.
    pub until: u8,
}

impl WritingHours {
    /// From eight in the morning until eight in the evening, until the person says otherwise.
    pub const DAYTIME: Self = Self { from: 8, until: 20 };

    /// Refuses hours that a day does not have, and an end that is not after the beginning.
    pub const fn new(from: u8, until: u8) -> Option<Self> {
        if from < until && until <= 24 {
            Some(Self { from, until })
        } else {
            None
        }
    }
}

/// How a person is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// The e-mail address; `None` when there is none, or none is known.
    #[serde(default)]
    pub email: Option<String>,
    /// The number of the mobile telephone, as it was given.
    #[serde(default)]
    pub mobile: Option<String>,
    /// The language in which they are written to.
    pub language: Language,
    /// The name of their time zone, such as `America/Bogota`; `None` is the clinic's.
    #[serde(default)]
    pub zone: Option<String>,
    /// How they agreed to be written to; empty: not at all.
    #[serde(default)]
    pub channels: Vec<Channel>,
    /// When they may be written to.
    pub hours: WritingHours,
    /// Who is called in an emergency.
    #[serde(default)]
    pub emergency_contact: Option<Companion>,
    /// Who takes them home.
    #[serde(default)]
    pub escort: Option<Companion>,
}

impl Contacts {
    /// Nothing is known but the language.
    pub const fn unknown(language: Language) -> Self {
        Self {
            email: None,
            mobile: None,
            language,
            zone: None,
            channels: Vec::new(),
            hours: WritingHours::DAYTIME,
            emergency_contact: None,
            escort: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_that_a_day_does_not_have_are_refused() {
        for (from, until) in [(20, 8), (8, 8), (8, 25), (24, 24)] {
            assert_eq!(WritingHours::new(from, until), None, "{from} to {until}");
        }
        assert_eq!(
            WritingHours::new(8, 20),
            Some(WritingHours { from: 8, until: 20 })
        );
        assert!(WritingHours::new(0, 24).is_some());
    }
}
