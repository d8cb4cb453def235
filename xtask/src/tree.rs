//! The repository as the checks see it: paths and texts, so that a test can make a small one up.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::root;

/// Files by their path from the root, with `/` between folders; a file that is not text has none.
#[derive(Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// What Git tracks, and what it would track: a new file is checked before it is committed.
    pub fn read() -> Result<Self> {
        let listed = Command::new("git")
            .args([
                "ls-files",
                "--cached",
                "--others",
                "--exclude-standard",
                "-z",
            ])
            .current_dir(root())
            .output()
            .context("git could not be started")?;
        if !listed.status.success() {
            bail!("git could not list the files of this folder");
        }
        let mut tree = Self::default();
        for path in String::from_utf8_lossy(&listed.stdout)
            .split('\0')
            .filter(|p| !p.is_empty())
        {
            // A file that was removed but not yet committed is still listed.
            let Ok(bytes) = std::fs::read(root().join(path)) else {
                continue;
            };
            tree.files
                .insert(path.to_owned(), String::from_utf8(bytes).ok());
        }
        Ok(tree)
    }

    /// A tree for a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())));
        Self {
            files: files.collect(),
        }
    }

    /// Every path, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every text file, in order.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// One file's text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether a file or a folder of this name exists; a segment may hold `*` or be `<a word>`.
    pub fn has(&self, path: &str) -> bool {
        let wanted: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        self.files.keys().any(|file| {
            let found: Vec<&str> = file.split('/').collect();
            found.len() >= wanted.len()
                && wanted
                    .iter()
                    .zip(&found)
                    .all(|(want, have)| segment_matches(want, have))
        })
    }
}

fn segment_matches(pattern: &str, name: &str) -> bool {
    // `<id>.toml` in a text stands for any name before `.toml`.
    let pattern = match (pattern.find('<'), pattern.rfind('>')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}*{}", &pattern[..open], &pattern[close + 1..])
        }
        _ => pattern.to_owned(),
    };
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            name.len() >= before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        }
    }
}

/// The part of a Rust file before its test module.
pub fn before_tests(text: &str) -> &str {
    let mut start = 0;
    while let Some(found) = text[start..].find("#[cfg(test)]") {
        let at = start + found;
        let rest = text[at + "#[cfg(test)]".len()..].trim_start();
        if rest.starts_with("mod ") || rest.starts_with("pub mod ") {
            return &text[..at];
        }
        start = at + 1;
    }
    text
}

/// Whether a path holds tests only.
pub fn is_test_file(path: &str) -> bool {
    path.contains("/tests/")
        || path.contains("/e2e/")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
        || path.ends_with(".test.ts")
        || path.ends_with(".cases.toml")
        || path.starts_with("scenarios/")
}

/// A line of Rust, TypeScript or CSS without its comment; good enough for looking for words.
pub fn without_comment(line: &str) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") || trimmed.starts_with("/*") || trimmed.starts_with("* ") {
        return "";
    }
    // A `//` after a colon is an address, not a comment.
    match line.find("// ") {
        Some(at) if !line[..at].ends_with(':') => &line[..at],
        Some(_) | None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_a_folder_and_a_pattern_are_found() {
        let tree = Tree::of(&[
            ("policies/fasting.toml", ""),
            ("crates/units/src/lib.rs", ""),
        ]);
        for there in [
            "policies/fasting.toml",
            "crates/units/",
            "policies/*.toml",
            "crates/<name>/src",
        ] {
            assert!(tree.has(there), "{there}");
        }
        for absent in [
            "policies/weight.toml",
            "crates/units/tests",
            "docs",
            "policies/*.md",
        ] {
            assert!(!tree.has(absent), "{absent}");
        }
    }

    #[test]
    fn the_test_module_is_cut_off() {
        assert_eq!(
            before_tests("fn a() {}\n#[cfg(test)]\nmod tests {}"),
            "fn a() {}\n"
        );
        assert_eq!(
            before_tests("#[cfg(test)]\npub fn of() {}\n"),
            "#[cfg(test)]\npub fn of() {}\n"
        );
    }

    #[test]
    fn comments_are_left_out_and_addresses_are_not() {
        assert_eq!(without_comment("let a = 1; // why"), "let a = 1; ");
        assert_eq!(without_comment("    /// what"), "");
        assert_eq!(
            without_comment("\"http://loinc.org\""),
            "\"http://loinc.org\""
        );
    }
}
