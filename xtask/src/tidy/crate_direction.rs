//! Who may use whom, one way only.

use toml::{Table, Value};

use super::Finding;
use crate::tree::Tree;

/// Each crate and the crates of ours that it may name. `server` stands on all; nothing stands on it.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("units", &[]),
    ("clinical", &["units"]),
    ("pharmacokinetics", &["units"]),
    ("store", &["clinical", "units"]),
    ("exchange", &["clinical", "units", "pharmacokinetics"]),
    ("report", &["clinical", "units", "pharmacokinetics"]),
    (
        "simulator",
        &["clinical", "units", "exchange", "pharmacokinetics"],
    ),
    (
        "server",
        &[
            "units",
            "clinical",
            "pharmacokinetics",
            "store",
            "exchange",
            "report",
            "simulator",
        ],
    ),
    // Drives the built server from outside.
    (
        "bench",
        &[
            "units",
            "clinical",
            "pharmacokinetics",
            "store",
            "exchange",
            "simulator",
        ],
    ),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        let Some(name) = crate_of(path) else { continue };
        let Ok(manifest) = text.parse::<Table>() else {
            continue;
        };
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            findings.push(Finding::of(
                path,
                format!("{name} has no place in the order of crates"),
            ));
            continue;
        };
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let named = manifest.get(section).and_then(Value::as_table);
            for used in named.into_iter().flat_map(Table::keys) {
                let ours = MAY_USE.iter().any(|(known, _)| known == used);
                if ours && used != name && !allowed.contains(&used.as_str()) {
                    findings.push(Finding::of(path, format!("{name} must not use {used}")));
                }
            }
        }
    }
    findings
}

/// `crates/NAME/Cargo.toml`, and no manifest deeper down.
fn crate_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!name.contains('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_against_the_order_is_found() {
        let tree = Tree::of(&[(
            "crates/clinical/Cargo.toml",
            "[dependencies]\nunits.workspace = true\nstore.workspace = true\n",
        )]);
        assert_eq!(
            check(&tree),
            [Finding::of(
                "crates/clinical/Cargo.toml",
                "clinical must not use store"
            )]
        );
    }

    #[test]
    fn a_test_only_step_against_the_order_is_found_too() {
        let tree = Tree::of(&[(
            "crates/store/Cargo.toml",
            "[dev-dependencies]\nserver.workspace = true\n",
        )]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        assert_eq!(
            check(&Tree::of(&[("crates/extras/Cargo.toml", "")])).len(),
            1
        );
    }

    #[test]
    fn other_peoples_crates_are_no_matter_here() {
        let tree = Tree::of(&[("crates/units/Cargo.toml", "[dependencies]\nserde = \"1\"\n")]);
        assert_eq!(check(&tree), []);
    }
}
