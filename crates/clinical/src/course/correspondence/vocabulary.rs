//! What an agreement and a letter are made of.

use crate::patient::CivilDate;
use crate::record::Role;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words!(
    /// Which part somebody outside has in a person's care.
    Part {
        /// Whoever sent them.
        Referrer = "referrer" says "whoever referred them",
        /// Their family doctor.
        FamilyDoctor = "family-doctor" says "family doctor",
        /// Their psychiatrist.
        Psychiatrist = "psychiatrist" says "psychiatrist",
        /// Their therapist outside the house.
        Therapist = "therapist" says "therapist outside",
        /// Somebody else.
        Other = "other" says "somebody else",
    }
);

words!(
    /// What may be told. That the person is treated here stands in every letter.
    Topic {
        /// The days of sessions, the drug, the dose, the blood pressure during them.
        Sessions = "sessions" says "Sessions: days, drug, dose, blood pressure",
        /// What scales came to, with their days.
        Scales = "scales" says "Scales: what they came to",
        /// Unwanted effects, in sessions and after.
        Effects = "effects" says "Unwanted effects, in sessions and after",
        /// What is planned next, and whether treatment has ended.
        Next = "next" says "What is planned next",
    }
);

words!(
    /// How the person agreed.
    AgreedHow {
        /// They said so to whoever wrote it down.
        Spoken = "spoken" says "they said so",
        /// They signed a paper, which the clinic keeps.
        OnPaper = "on-paper" says "they signed a paper, which we keep",
    }
);

words!(
    /// How a letter left the house.
    Way {
        /// By post.
        Post = "post" says "by post",
        /// By fax.
        Fax = "fax" says "by fax",
        /// By a secure message outside this program.
        SecureMessage = "secure-message" says "by a secure message",
        /// The person took it along.
        ByThePerson = "by-the-person" says "the person took it along",
    }
);

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Their name, and their practice's.
    pub name: String,
    /// Which part they have.
    pub part: Part,
    /// Where letters go, as it stands on the envelope; empty where nobody said it.
    pub address: String,
}

/// What a person agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// Who is told.
    pub to: Recipient,
    /// What may be told.
    pub topics: BTreeSet<Topic>,
    /// How they agreed.
    pub how: AgreedHow,
    /// The last day on which it holds; `None` until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<CivilDate>,
}

/// A part of a letter, composed from the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it tells of.
    pub topic: Topic,
    /// Sentences before the table.
    pub lines: Vec<String>,
    /// The columns' names; empty where there is no table.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

/// A letter as it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// From which day on it tells.
    pub from: CivilDate,
    /// Until which day.
    pub until: CivilDate,
    /// What was composed.
    pub sections: Vec<Section>,
    /// What its author wrote; may be empty.
    pub words: String,
    /// The author's name, as it stands below.
    pub name: String,
    /// In which role they signed.
    pub role: Role,
}
