//! The words of an instrument in one language, and a clinic's own where the licence keeps ours out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person reads, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// What stands above the questions.
    pub instruction: String,
    /// The words of each question, by the item's id.
    pub item: BTreeMap<String, String>,
    /// The words of each option, by the set's name and the option's id.
    #[serde(default)]
    pub option: BTreeMap<String, BTreeMap<String, String>>,
    /// What stands at the two ends of every numbered scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<ScaleEnds>,
    /// Where the words come from.
    pub source: String,
    /// True where nobody has yet compared them with the published form, or a second person has
    /// not yet read the translation; shown to staff.
    #[serde(default)]
    pub unverified: bool,
}

/// The words at the two ends of a numbered scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleEnds {
    /// At the lowest number.
    pub from: String,
    /// At the highest number.
    pub to: String,
}

/// A clinic's own words for an instrument that ships without them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextPack {
    /// The instrument's id.
    pub wording_for: String,
    /// Which version of it.
    pub version: u32,
    /// The language, as two letters.
    pub language: String,
    /// The licence or letter that allows the clinic to use the words.
    pub permission: String,
    /// The words.
    pub wording: Wording,
}
