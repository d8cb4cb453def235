//! Every file of the fuzz corpora as an ordinary test, the shipped models cut and changed in every
//! place, and lines of chance, so that neither parser ever ends in anything but a value or words.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use pharmacokinetics::dose::parse;
use pharmacokinetics::fuzzing::{TARGETS, dose, model};
use pharmacokinetics::model::{Model, SHIPPED};
use pharmacokinetics::quantity::{Age, BodyWeight, Elapsed};
use pharmacokinetics::{Person, Plan, Prediction, Settings};
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

/// What a slip of the hand makes of a number: nothing, less than nothing, next to nothing, far too
/// much, and no number.
const SLIPS: [&str; 9] = [
    "0", "-1", "1e-12", "1e-300", "1e12", "1e300", "nan", "inf", "",
];

// Hazard: H69
#[test]
fn a_shipped_model_with_a_slip_in_any_line_is_a_model_or_refused() {
    let mut broken = Vec::new();
    for shipped in SHIPPED {
        let lines: Vec<&str> = shipped.text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            let Some((name, _)) = line.split_once('=') else {
                continue;
            };
            for slip in SLIPS {
                let changed = format!("{name}= {slip}");
                let mut changed_lines = lines.clone();
                changed_lines[place] = &changed;
                let text = changed_lines.join("\n");
                if std::panic::catch_unwind(|| model(text.as_bytes())).is_err() {
                    let model = lines[0];
                    broken.push(format!("{model}, line {}: {changed}", place + 1));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

// A volume that shrinks with age may be nothing at one age; the witness is 22 − (40 − 18) = 0.
// Hazard: H69
#[test]
fn a_volume_that_becomes_nothing_with_age_is_refused() {
    let clements = SHIPPED
        .iter()
        .map(|shipped| shipped.text)
        .find(|text| text.contains("id = \"clements-1981\""))
        .expect("Clements is shipped");
    let shrinking = clements.replace(
        "value = 1.7522\n",
        "value = 22.0\nwith_age = { per_year = -1.0, above_years = 18 }\n",
    );
    let read = Model::read(&shrinking).expect("a model");
    let plan = Plan {
        doses: vec![parse("35 mg over 40 min").expect("a dose")],
        until: Elapsed::from_seconds(3_600),
        every: Elapsed::from_seconds(600),
    };
    let of = |years: f64| {
        let person = Person {
            weight: BodyWeight::from_kilograms(70.0).expect("a weight"),
            age: Some(Age::from_years(years).expect("an age")),
        };
        Prediction::new(&read, &person, &plan, &Settings::default()).map(|_| ())
    };
    assert_eq!(of(39.0), Ok(()));
    assert_eq!(
        of(40.0).expect_err("nothing to divide by").to_string(),
        "V1 of Clements 1981 becomes 0 for this person, which it cannot be."
    );
    assert!(of(41.0).is_err());
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
