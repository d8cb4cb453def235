//! Every file of the fuzz corpora as an ordinary test, so that what once broke never breaks again.

use exchange::hl7v2::fuzzing::TARGETS;

// Hazard: H43
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
        assert!(files >= 15, "the corpus of {name} has {files} files");
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
