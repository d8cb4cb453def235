//! Whose each instrument is, and that no words stand where the licence keeps them out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::instrument::LicenceVerdict::{Ship, ShipNonCommercial, Skeleton};
use clinical::instrument::{Library, LicenceVerdict};

/// Witness: the last column of the table in clinical reference §8.1, row by row; the two sets of
/// this project's own questions from §8.1 (ICSI row) and §8.6.
const DECIDED: [(&str, LicenceVerdict); 29] = [
    ("5d-asc", Skeleton),
    ("audit-c", Ship),
    ("bpi-sf", Skeleton),
    ("bprs-plus", Ship),
    ("bprs-plus-classic", Ship),
    ("c-ssrs-screener", ShipNonCommercial),
    ("cadss", Skeleton),
    ("cadss-6", Skeleton),
    ("ceq", Skeleton),
    ("dast-10", ShipNonCommercial),
    ("ebi", Skeleton),
    ("gad-7", Ship),
    ("icpi", Skeleton),
    ("icsi", Skeleton),
    ("isi", Skeleton),
    ("kset-r", Skeleton),
    ("madrs", Skeleton),
    ("meq30", Skeleton),
    ("pain-nrs", Ship),
    ("pcl-5", Ship),
    ("pcl-5-past-week", Ship),
    ("phq-2", Ship),
    ("phq-9", Ship),
    ("qids-sr16", Skeleton),
    ("session-experience", Ship),
    ("stop-bang", Skeleton),
    ("uku", Skeleton),
    ("urinary-symptoms", Ship),
    ("who-5", ShipNonCommercial),
];

#[test]
fn every_instrument_ships_with_the_licence_that_was_decided() {
    let library = Library::shipped().unwrap();
    let found: Vec<(&str, LicenceVerdict)> = library
        .instruments()
        .map(|instrument| (instrument.id.as_str(), instrument.licence.verdict))
        .collect();
    assert_eq!(found, DECIDED);
}

#[test]
fn words_ship_exactly_where_the_licence_lets_them() {
    for instrument in Library::shipped().unwrap().instruments() {
        let may = instrument.licence.verdict == Ship;
        assert_eq!(!instrument.wording.is_empty(), may, "{}", instrument.id);
        assert_eq!(instrument.licence.permission, "", "{}", instrument.id);
    }
}

#[test]
fn every_licence_names_its_holder_its_terms_and_its_source() {
    for instrument in Library::shipped().unwrap().instruments() {
        let licence = &instrument.licence;
        for words in [&licence.holder, &licence.terms, &licence.source] {
            assert!(!words.trim().is_empty(), "{}", instrument.id);
        }
    }
}

#[test]
fn words_that_nobody_compared_with_the_published_form_say_so() {
    // None has been compared yet, and no translation has been read by a second person. The
    // project's own English words have no other form.
    for instrument in Library::shipped().unwrap().instruments() {
        for (language, wording) in &instrument.wording {
            let holder = instrument.licence.holder.as_str();
            let ours = ["The Evenkeel project", "none"].contains(&holder);
            assert!(
                (ours && language == "en") || wording.unverified,
                "{}: {language}",
                instrument.id
            );
        }
    }
}
