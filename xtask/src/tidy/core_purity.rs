//! The core decides and does nothing else: time is an argument, and so is everything else.

use super::Finding;
use crate::tree::{Tree, before_tests, is_test_file, without_comment};

const CORE: [&str; 3] = [
    "crates/units/src/",
    "crates/clinical/src/",
    "crates/pharmacokinetics/src/",
];

const FORBIDDEN: [&str; 17] = [
    "std::time::",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "rand::",
    "new_v4",
    "now_v7",
    "std::env",
    "env!(",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::io",
    "tokio",
    "println!",
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        if !CORE.iter().any(|core| path.starts_with(core)) || is_test_file(path) {
            continue;
        }
        for (index, line) in before_tests(text).lines().enumerate() {
            let code = without_comment(line);
            for word in FORBIDDEN.iter().filter(|word| code.contains(*word)) {
                findings.push(Finding::at(
                    path,
                    index + 1,
                    format!("the core must not use {word}"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_in_the_core_is_found() {
        let tree = Tree::of(&[("crates/clinical/src/a.rs", "let now = SystemTime::now();")]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn every_forbidden_word_is_found() {
        for word in FORBIDDEN {
            let tree = Tree::of(&[("crates/units/src/a.rs", word)]);
            assert!(!check(&tree).is_empty(), "{word}");
        }
    }

    #[test]
    fn the_shells_and_the_cores_tests_may() {
        let tree = Tree::of(&[
            ("crates/server/src/a.rs", "std::fs"),
            (
                "crates/units/src/a.rs",
                "// not std::fs\n#[cfg(test)]\nmod tests { use std::fs; }",
            ),
            ("crates/clinical/tests/a.rs", "std::fs"),
        ]);
        assert_eq!(check(&tree), []);
    }
}
