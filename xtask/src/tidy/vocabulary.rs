//! Somebody else's words (HL7, FHIR, LOINC, IEEE 11073) stay at the border.

use super::Finding;
use crate::tree::{Tree, before_tests, is_test_file, without_comment};

/// Where they belong.
const AT_HOME: [&str; 9] = [
    "crates/exchange/",
    "crates/simulator/",
    "crates/bench/",
    "codes/",
    "docs/",
    "scenarios/",
    "shared/",
    "xtask/",
    "browser/e2e/",
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        let ours = [".rs", ".ts", ".toml", ".html", ".sql"]
            .iter()
            .any(|end| path.ends_with(end));
        if !ours || is_test_file(path) || AT_HOME.iter().any(|home| path.starts_with(home)) {
            continue;
        }
        let text = if path.ends_with(".rs") {
            before_sample(before_tests(text))
        } else {
            text
        };
        for (index, line) in text.lines().enumerate() {
            if let Some(word) = outside_word(without_comment(line)) {
                findings.push(Finding::at(
                    path,
                    index + 1,
                    format!("{word} belongs in crates/exchange or codes"),
                ));
            }
        }
    }
    findings
}

// A page ends with its sample, from which its tests and its snapshot are made.
fn before_sample(text: &str) -> &str {
    ["pub fn sample(", "pub mod sample"]
        .iter()
        .find_map(|begins| Some(&text[..text.find(begins)?]))
        .unwrap_or(text)
}

fn outside_word(line: &str) -> Option<&str> {
    ["MDC_", "resourceType"]
        .into_iter()
        .find(|word| line.contains(word))
        .or_else(|| stands_alone(line, "OBX").then_some("OBX"))
        .or_else(|| quoted(line).find(|text| is_loinc_code(text)))
}

fn stands_alone(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
        edge(line[..at].chars().next_back()) && edge(line[at + word.len()..].chars().next())
    })
}

fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// Three to six digits, a hyphen, and the check digit that LOINC computes (modulus 10).
fn is_loinc_code(text: &str) -> bool {
    let Some((number, check)) = text.split_once('-') else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(3..=6).contains(&number.len()) || check.len() != 1 || !digits(number) || !digits(check) {
        return false;
    }
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if index % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    check
        .bytes()
        .next()
        .is_some_and(|byte| u32::from(byte - b'0') == (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: codes printed in the US Core vital signs profiles.
    #[test]
    fn codes_of_the_vital_signs_profiles_have_a_right_check_digit() {
        for code in [
            "8867-4", "8480-6", "8462-4", "9279-1", "59408-5", "2708-6", "85354-9",
        ] {
            assert!(is_loinc_code(code), "{code}");
        }
        for not in ["8867-5", "2026-11", "0042-118", "60601-1-8", "10-5"] {
            assert!(!is_loinc_code(not), "{not}");
        }
    }

    #[test]
    fn an_outside_word_in_the_core_is_found() {
        for line in [
            "let c = \"8867-4\";",
            "\"MDC_PULS_RATE\"",
            "\"OBX\"",
            "\"resourceType\"",
        ] {
            let tree = Tree::of(&[("crates/clinical/src/course/session.rs", line)]);
            assert_eq!(check(&tree).len(), 1, "{line}");
        }
    }

    #[test]
    fn at_the_border_in_tests_and_in_comments_they_are_welcome() {
        let tree = Tree::of(&[
            ("crates/exchange/src/fhir/observation.rs", "\"8867-4\""),
            ("crates/server/tests/fhir.rs", "\"resourceType\""),
            (
                "crates/server/src/web/pages/a.rs",
                "fn a() {}\npub fn sample() { \"OBX\" }",
            ),
            (
                "crates/server/src/web/fhir.rs",
                "// OBX-8 says so\n#[cfg(test)]\nmod tests { \"OBX\" }",
            ),
        ]);
        assert_eq!(check(&tree), []);
    }
}
