//! What became true about a person's consent.

use crate::course::screening::person::Product;
use crate::leaflet::Language;
use crate::patient::CivilDate;
use crate::record::Recorded;
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
    },
    /// The clinician who explained it signed.
    ClinicianSigned {
        /// For which medicine.
        product: Product,
        /// Digest of the text that was explained.
        text: String,
    },
    /// A guardian signed for a minor.
    GuardianSigned {
        /// For which medicine.
        product: Product,
        /// Digest of the text.
        text: String,
        /// The name as typed.
        typed_name: String,
    },
    /// A minor agreed in their own words.
    AssentGiven {
        /// For which medicine.
        product: Product,
        /// Digest of the text of the consent that it goes with.
        text: String,
    },
    /// The patient was asked at a visit whether they still want this.
    ConsentReconfirmed {
        /// For which medicine.
        product: Product,
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

impl Recorded for ConsentEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ConsentSigned { .. } => "ConsentSigned",
            Self::ClinicianSigned { .. } => "ClinicianSigned",
            Self::GuardianSigned { .. } => "GuardianSigned",
            Self::AssentGiven { .. } => "AssentGiven",
            Self::ConsentReconfirmed { .. } => "ConsentReconfirmed",
            Self::ConsentWithdrawn { .. } => "ConsentWithdrawn",
        }
    }
}
