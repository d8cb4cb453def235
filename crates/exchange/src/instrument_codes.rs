//! Our word for each questionnaire and scale, and LOINC's.
//!
//! The table is data (`codes/instruments.toml`), read once. Source of every row: the clinical
//! reference, §8 and §11.1. An instrument, item or score without a row is known by our own id.

use crate::codes::embedded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What LOINC calls one instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentCodes {
    /// Our id of the instrument.
    pub id: String,
    /// The panel.
    pub panel: Option<String>,
    /// The band or level that it gives.
    pub band: Option<String>,
    /// The items, by our ids.
    #[serde(default)]
    pub items: BTreeMap<String, String>,
    /// The answers, by the set of options and the option's id.
    #[serde(default)]
    pub answers: BTreeMap<String, BTreeMap<String, String>>,
    /// The scores, by our ids.
    #[serde(default)]
    pub scores: BTreeMap<String, String>,
    /// Codes of this row that are to be verified on a current release before they are sent.
    #[serde(default)]
    pub unverified: Vec<String>,
}

impl InstrumentCodes {
    /// Every code of the row.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.panel
            .iter()
            .chain(&self.band)
            .chain(self.items.values())
            .chain(self.answers.values().flat_map(BTreeMap::values))
            .chain(self.scores.values())
            .map(String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    instrument: Vec<InstrumentCodes>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| embedded(include_str!("../../../codes/instruments.toml")));

/// Every row.
pub fn instrument_codes() -> &'static [InstrumentCodes] {
    &FILE.instrument
}

/// The row of one instrument; none where it has no code.
pub fn codes_of(instrument: &str) -> Option<&'static InstrumentCodes> {
    FILE.instrument.iter().find(|row| row.id == instrument)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::instrument::Library;

    /// The check digit that LOINC computes (modulus 10, every second digit doubled).
    fn has_its_check_digit(code: &str) -> bool {
        let (number, check) = code.split_once('-').unwrap();
        let sum: u32 = number
            .chars()
            .rev()
            .enumerate()
            .map(|(index, digit)| {
                let digit = digit.to_digit(10).unwrap();
                let doubled = if index % 2 == 0 { digit * 2 } else { digit };
                doubled / 10 + doubled % 10
            })
            .sum();
        check == ((10 - sum % 10) % 10).to_string()
    }

    #[test]
    fn every_code_has_its_check_digit_and_a_mistyped_one_has_not() {
        assert!(!has_its_check_digit("44249-2"));
        for row in instrument_codes() {
            // Answer codes (LA…) have a check digit of another kind.
            for code in row.all().filter(|code| !code.starts_with("LA")) {
                assert!(has_its_check_digit(code), "{}: {code}", row.id);
            }
        }
    }

    #[test]
    fn every_row_names_what_the_shipped_instrument_has() {
        let library = Library::shipped().unwrap();
        for row in instrument_codes() {
            let instrument = library.named(&row.id).expect(&row.id);
            for item in row.items.keys() {
                assert!(instrument.item(item).is_some(), "{}: {item}", row.id);
            }
            for score in row.scores.keys() {
                assert!(instrument.score(score).is_some(), "{}: {score}", row.id);
            }
            for (set, answers) in &row.answers {
                for answer in answers.keys() {
                    let mut choices = instrument.choices(set).iter();
                    assert!(choices.any(|choice| &choice.id == answer), "{}", row.id);
                }
            }
            for code in &row.unverified {
                assert!(row.all().any(|known| known == code), "{}: {code}", row.id);
            }
        }
    }

    // Witness: clinical reference §8.2, the order in which it prints the items of the PHQ-9.
    #[test]
    fn the_ninth_item_of_the_phq_9_has_its_own_code() {
        let row = codes_of("phq-9").unwrap();
        assert_eq!(row.items["9"], "44260-8");
        assert_eq!(row.items["1"], "44250-9");
        assert_eq!(row.scores["total"], "44261-6");
        assert!(codes_of("madrs").is_none());
    }
}
