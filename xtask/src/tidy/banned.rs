//! Dependencies we do not have, and licences we do not take.
//!
//! `cargo deny` says the same from `deny.toml` where it is installed; this needs nothing but Cargo.

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use super::Finding;
use crate::cargo::cargo;
use crate::tree::Tree;

/// Not in the tree at all: one crypto provider and no ORM (docs/decisions).
const BANNED: [&str; 8] = [
    "openssl",
    "openssl-sys",
    "native-tls",
    "ring",
    "sqlx",
    "sqlx-core",
    "diesel",
    "sea-orm",
];

/// Not named by a manifest of ours, though a dependency may bring it.
const NOT_DIRECTLY: [&str; 2] = ["chrono", "time"];

/// Each part of a licence expression must be one of these.
const LICENCES: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

pub fn check_manifests(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .texts()
        .filter(|(path, _)| path.ends_with("Cargo.toml"))
    {
        let Ok(manifest) = text.parse::<Table>() else {
            continue;
        };
        let workspace = manifest
            .get("workspace")
            .and_then(|workspace| workspace.get("dependencies"));
        let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
        let own = sections.iter().filter_map(|section| manifest.get(*section));
        for name in own
            .chain(workspace)
            .filter_map(Value::as_table)
            .flat_map(Table::keys)
        {
            if BANNED.contains(&name.as_str()) || NOT_DIRECTLY.contains(&name.as_str()) {
                findings.push(Finding::of(path, format!("{name} is not used here")));
            }
        }
    }
    findings
}

/// Asks Cargo for what is really compiled, with its licence.
pub fn check_tree() -> Result<Vec<Finding>> {
    let listed = cargo(&[
        "tree",
        "--workspace",
        "--edges",
        "normal,build,dev",
        "--prefix",
        "none",
        "--no-dedupe",
        "--format",
        "{p}|{l}",
    ])
    .output()
    .context("cargo tree could not be started")?;
    if !listed.status.success() {
        bail!(
            "cargo tree failed: {}",
            String::from_utf8_lossy(&listed.stderr).trim()
        );
    }
    Ok(check_listing(&String::from_utf8_lossy(&listed.stdout)))
}

fn check_listing(listing: &str) -> Vec<Finding> {
    let mut lines: Vec<&str> = listing.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines.dedup();
    let mut findings = Vec::new();
    for line in lines {
        let Some((package, licence)) = line.rsplit_once('|') else {
            continue;
        };
        let name = package.split(' ').next().unwrap_or(package);
        // The mark of a package that is printed for the second time.
        let licence = licence.trim_end_matches(" (*)");
        if BANNED.contains(&name) {
            findings.push(Finding::of(name, "is in the tree of dependencies"));
        }
        if !acceptable(licence) {
            findings.push(Finding::of(name, format!("has the licence \"{licence}\"")));
        }
    }
    findings
}

/// One whole alternative of the expression must be acceptable; brackets are read one level deep.
fn acceptable(expression: &str) -> bool {
    // `/` is the old way of writing OR.
    let flat = expression.replace('/', " OR ").replace(['(', ')'], "");
    if expression.contains('(') {
        // `(A OR B) AND C`: every group must hold.
        return flat.split(" AND ").all(|group| {
            group
                .split(" OR ")
                .any(|licence| LICENCES.contains(&licence.trim()))
        });
    }
    flat.split(" OR ").any(|alternative| {
        alternative
            .split(" AND ")
            .all(|licence| LICENCES.contains(&licence.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banned_dependency_in_a_manifest_is_found() {
        for name in ["openssl", "sqlx", "chrono"] {
            let manifest = format!("[dependencies]\n{name} = \"1\"\n");
            let tree = Tree::of(&[("crates/store/Cargo.toml", &manifest)]);
            assert_eq!(check_manifests(&tree).len(), 1, "{name}");
        }
        let root = Tree::of(&[("Cargo.toml", "[workspace.dependencies]\nring = \"0.17\"\n")]);
        assert_eq!(check_manifests(&root).len(), 1);
    }

    #[test]
    fn a_banned_dependency_of_a_dependency_is_found() {
        let listing = "serde v1.0.0|MIT OR Apache-2.0 (*)\nring v0.17.14|Apache-2.0 AND ISC\n";
        assert_eq!(
            check_listing(listing),
            [Finding::of("ring", "is in the tree of dependencies")]
        );
    }

    #[test]
    fn a_licence_we_do_not_take_is_found() {
        for licence in ["GPL-3.0-only", "AGPL-3.0", "", "MIT AND GPL-2.0-only"] {
            assert!(!acceptable(licence), "{licence}");
        }
        for licence in [
            "MIT OR GPL-3.0-only",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR MIT",
        ] {
            assert!(acceptable(licence), "{licence}");
        }
    }
}
