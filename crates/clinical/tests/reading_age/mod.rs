//! Whether a child of eleven can read a text.

use clinical::leaflet::Language;
use clinical::reading_age::ReadingAge;

/// Panics with the figure where a text is too hard.
pub fn check(name: &str, language: Language, texts: &[&str]) {
    let found = ReadingAge::of(language, texts).unwrap();
    assert!(found.suits_eleven(), "{name}: {found}");
}
