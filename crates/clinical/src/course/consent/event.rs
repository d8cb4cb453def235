//! What became true about a person's consent.

use crate::course::screening::person::Product;
use crate::leaflet::Language;
use crate::patient::CivilDate;
use crate::record::{Recorded, SessionId};
use serde::{Deserialize, Serialize};

/// What became true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ConsentEvent {
    /// The patient signed the text that was shown.
    ConsentSigned {
        /// For which medicine.
        product: Product,
        /// The text.
        shown: Shown,
        /// On which day, in the clinic's time zone.
        on: CivilDate,
        /// The name as typed.
        typed_name: String,
        /// For how many months it held by the rules of that day.
        holds_months: u16,
    },
    /// Somebody asked about the text before signing, or after.
    QuestionAsked {
        /// For which medicine.
        product: Product,
        /// Which question of this person, from 1.
        question: u32,
        /// The heading that it was asked under; empty when it is about all of it.
        about: String,
        /// In their words.
        words: String,
    },
    /// A question was answered.
    QuestionAnswered {
        /// Which.
        question: u32,
        /// What was said.
        words: String,
    },
    /// The clinician who explained it signed.
    ClinicianSigned {
        /// For which medicine.
        product: Product,
        /// Digest of the text that was explained.
        text: String,
        /// How it was explained.
        explained: Explained,
    },
    /// A guardian signed for a minor, in the presence of a member of staff.
    GuardianSigned {
        /// For which medicine.
        product: Product,
        /// The text that was shown.
        shown: Shown,
        /// On which day, in the clinic's time zone.
        on: CivilDate,
        /// The name as typed.
        typed_name: String,
        /// Who they are to the minor: mother, legal guardian.
        relationship: String,
        /// For how many months it held by the rules of that day.
        holds_months: u16,
    },
    /// A minor agreed in their own words.
    AssentGiven {
        /// For which medicine.
        product: Product,
        /// The text for minors that was shown.
        shown: Shown,
        /// On which day, in the clinic's time zone.
        on: CivilDate,
        /// The name as typed.
        typed_name: String,
    },
    /// The person was given the text that was signed.
    CopyGiven {
        /// For which medicine.
        product: Product,
        /// Digest of the text.
        text: String,
        /// How.
        way: CopyWay,
    },
    /// The patient was asked at a visit whether they still want this.
    ConsentReconfirmed {
        /// For which medicine.
        product: Product,
        /// At which visit, where it was asked at one.
        visit: Option<SessionId>,
        /// On which day, in the clinic's time zone.
        on: CivilDate,
        /// What they said.
        wish: Wish,
    },
    /// The patient took the consent back. In force at once.
    ConsentWithdrawn {
        /// For which medicine.
        product: Product,
        /// In the patient's words, where they gave any.
        words: String,
    },
}

/// The exact text that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// SHA-256 of the filled text, in hexadecimal.
    pub text: String,
    /// The document's version.
    pub version: u32,
    /// The language.
    pub language: Language,
}

/// How a clinician explained the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// In the same room or not.
    pub way: Meeting,
    /// Who carried the words from one language to the other.
    pub interpreting: Interpreting,
    /// The name that the clinician signed with.
    pub signed_as: String,
}

/// How two people met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meeting {
    /// In one room.
    InPerson,
    /// By video.
    Video,
}

/// Whether somebody interpreted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "interpreting", rename_all = "kebab-case")]
pub enum Interpreting {
    /// Patient and clinician share a language.
    NotNeeded,
    /// Somebody interpreted, and says that nothing was left out or added.
    By {
        /// Their name.
        name: String,
        /// The words that they attest.
        attests: String,
    },
}

/// How a copy reached the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyWay {
    /// Printed, by hand.
    Paper,
    /// By e-mail.
    Email,
    /// Opened by the person on a device of their own.
    OwnDevice,
}

/// What a person says when asked whether they still want this today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// Yes.
    Yes,
    /// Not sure: somebody talks with them first.
    NotSure,
    /// No.
    No,
}

impl Meeting {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::InPerson, Self::Video];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InPerson => "in-person",
            Self::Video => "video",
        }
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::InPerson => "in person",
            Self::Video => "by video",
        }
    }

    /// The one of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

impl CopyWay {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Paper, Self::Email, Self::OwnDevice];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Email => "email",
            Self::OwnDevice => "own-device",
        }
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Paper => "on paper",
            Self::Email => "by e-mail",
            Self::OwnDevice => "on their own device",
        }
    }

    /// The one of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

impl Wish {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Yes, Self::NotSure, Self::No];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::NotSure => "not-sure",
            Self::No => "no",
        }
    }

    /// The one of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

impl Recorded for ConsentEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ConsentSigned { .. } => "ConsentSigned",
            Self::QuestionAsked { .. } => "QuestionAsked",
            Self::QuestionAnswered { .. } => "QuestionAnswered",
            Self::ClinicianSigned { .. } => "ClinicianSigned",
            Self::GuardianSigned { .. } => "GuardianSigned",
            Self::AssentGiven { .. } => "AssentGiven",
            Self::CopyGiven { .. } => "CopyGiven",
            Self::ConsentReconfirmed { .. } => "ConsentReconfirmed",
            Self::ConsentWithdrawn { .. } => "ConsentWithdrawn",
        }
    }
}
