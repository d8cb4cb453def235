//! A map that is wrong is worse than none: every path in `ARCHITECTURE.md` must exist.

use super::Finding;
use crate::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(MAP) else {
        return vec![Finding::of(MAP, "is missing")];
    };
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for span in code_spans(line).filter(|span| looks_like_a_path(span)) {
            if !tree.has(span) {
                findings.push(Finding::at(
                    MAP,
                    index + 1,
                    format!("`{span}` does not exist"),
                ));
            }
        }
    }
    findings
}

/// What stands between single backquotes on one line.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

// Commands have spaces, routes begin with a slash, Rust paths have colons.
fn looks_like_a_path(span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/*<>".contains(c);
    let ends_like_a_file = [
        ".md", ".toml", ".rs", ".ts", ".css", ".sql", ".html", ".mjs",
    ]
    .iter()
    .any(|ending| span.ends_with(ending));
    !span.is_empty()
        && span.chars().all(plain)
        && !span.starts_with('/')
        && (span.contains('/') || ends_like_a_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_gone_is_found() {
        let tree = Tree::of(&[
            (
                MAP,
                "`crates/units/src/lib.rs` and `crates/gone/`\n`cargo xtask demo`, `/login`",
            ),
            ("crates/units/src/lib.rs", ""),
        ]);
        assert_eq!(
            check(&tree),
            [Finding::at(MAP, 1, "`crates/gone/` does not exist")]
        );
    }

    #[test]
    fn a_missing_map_is_found() {
        assert_eq!(check(&Tree::of(&[])).len(), 1);
    }

    #[test]
    fn routes_commands_and_rust_paths_are_not_paths() {
        for not in [
            "/rooms/{room}",
            "cargo xtask test",
            "std::fs",
            "ORU^R01",
            "commit",
        ] {
            assert!(!looks_like_a_path(not), "{not}");
        }
    }
}
