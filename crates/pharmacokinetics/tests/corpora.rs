//! Every file of the fuzz corpora as an ordinary test, the shipped models cut and changed in every
//! place, and lines of chance, so that neither parser ever ends in anything but a value or words.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use pharmacokinetics::fuzzing::{TARGETS, dose, model};
use pharmacokinetics::model::SHIPPED;
use proptest::prelude::*;

// Hazard: H69
#[test]
fn every_file_of_every_corpus_does_no_harm() {
    for (name, target) in TARGETS {
        let folder = format!("{}/fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut files = 0;
        for entry in std::fs::read_dir(&folder).expect("the folder of the corpus") {
            let path = entry.expect("an entry").path();
            let data = std::fs::read(&path).expect("a file of the corpus");
            let outcome = std::panic::catch_unwind(|| target(&data));
            assert!(outcome.is_ok(), "{} breaks {name}", path.display());
            files += 1;
        }
        assert!(files >= 14, "the corpus of {name} has {files} files");
    }
}

#[test]
fn every_fuzz_target_is_one_of_these_functions() {
    let folder = format!("{}/fuzz/fuzz_targets", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of targets")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    files.sort();
    let mut names: Vec<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort();
    assert_eq!(files, names);
}

/// Words and numbers that stand in a dose, in any order.
fn lines() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "35", "0.5", "-1", "1e308", "nan", "inf", "0", "mg", "mg/kg", "mg/kg/h", "mcg", "µg/min",
        "over", "for", "at", "40", "min", "h", "s", "im", "nasal", "iv", "½", "",
    ]);
    prop::collection::vec(words, 0..9).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // Hazard: H69
    #[test]
    fn no_line_breaks_the_parser_of_doses(line in lines(), bytes in prop::collection::vec(any::<u8>(), 0..260)) {
        dose(line.as_bytes());
        dose(&bytes);
    }

    // Hazard: H69
    #[test]
    fn a_shipped_model_with_a_line_of_another_is_a_model_or_refused(
        of in 0..SHIPPED.len(), other in 0..SHIPPED.len(), at in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(), value in prop::sample::select(vec!["0", "-1", "1e300", "nan", "inf", "\"x\"", ""]),
    ) {
        let lines: Vec<&str> = SHIPPED[of].text.lines().collect();
        let others: Vec<&str> = SHIPPED[other].text.lines().collect();
        let place = at.index(lines.len());
        let mut exchanged = lines.clone();
        exchanged[place] = others[from.index(others.len())];
        model(exchanged.join("\n").as_bytes());
        let mut cut = lines.clone();
        cut.remove(place);
        model(cut.join("\n").as_bytes());
        let name = lines[place].split('=').next().unwrap_or_default();
        let changed = format!("{name}= {value}");
        let mut changed_lines = lines.clone();
        changed_lines[place] = &changed;
        model(changed_lines.join("\n").as_bytes());
    }

    #[test]
    fn bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        model(&bytes);
    }
}
