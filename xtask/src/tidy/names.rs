//! A name must say what is inside; some words say nothing.

use super::Finding;
use crate::tree::{Tree, before_tests, is_test_file};

const SAY_NOTHING: [&str; 8] = [
    "common", "util", "utils", "helper", "helpers", "manager", "managers", "misc",
];

/// Left behind when someone meant to come back.
const LEFT_BEHIND: [&str; 3] = [
    concat!("to", "do!("),
    concat!("unimplemen", "ted!("),
    concat!("TO", "DO"),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !tree.has("LICENSE") {
        findings.push(Finding::of("LICENSE", "is missing"));
    }
    for path in tree.paths() {
        let nothing = path.split('/').find(|part| {
            let stem = part.split('.').next().unwrap_or(part);
            SAY_NOTHING.contains(&stem)
        });
        if let Some(part) = nothing {
            findings.push(Finding::of(
                path,
                format!("`{part}` does not say what is inside"),
            ));
        }
    }
    for (path, text) in tree.texts() {
        if !(path.ends_with(".rs") || path.ends_with(".ts")) || is_test_file(path) {
            continue;
        }
        for (index, line) in before_tests(text).lines().enumerate() {
            if let Some(word) = LEFT_BEHIND.iter().find(|word| line.contains(*word)) {
                findings.push(Finding::at(
                    path,
                    index + 1,
                    format!("{word} was left behind"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const LICENSED: (&str, &str) = ("LICENSE", "Apache License");

    #[test]
    fn a_file_or_folder_named_after_nothing_is_found() {
        for path in [
            "crates/server/src/utils.rs",
            "crates/server/src/common/mod.rs",
        ] {
            assert_eq!(check(&Tree::of(&[LICENSED, (path, "")])).len(), 1, "{path}");
        }
    }

    #[test]
    fn something_left_behind_is_found() {
        for word in LEFT_BEHIND {
            let tree = Tree::of(&[LICENSED, ("crates/server/src/a.rs", word)]);
            assert_eq!(check(&tree).len(), 1, "{word}");
        }
    }

    #[test]
    fn a_missing_licence_is_found() {
        assert_eq!(
            check(&Tree::of(&[])),
            [Finding::of("LICENSE", "is missing")]
        );
    }
}
