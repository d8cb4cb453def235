//! `cargo xtask tidy`: what no compiler checks.
//!
//! A check takes the tree of files and gives findings; each has a test that shows it can fail.

mod banned;
mod core_purity;
mod crate_direction;
mod instruments;
mod links;
mod map;
mod names;
mod policies;
mod private_places;
mod test_files;
mod vocabulary;

use std::fmt;

use anyhow::{Result, bail};

use crate::tree::Tree;

/// Something that must be put right.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    path: String,
    /// Counted from one; zero is the whole file.
    line: usize,
    says: String,
}

impl Finding {
    fn at(path: &str, line: usize, says: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            says: says.into(),
        }
    }

    fn of(path: &str, says: impl Into<String>) -> Self {
        Self::at(path, 0, says)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.says),
            line => write!(f, "{}:{line}: {}", self.path, self.says),
        }
    }
}

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: [(&str, Check); 11] = [
    ("every path in ARCHITECTURE.md exists", map::check),
    (
        "every policy has its source and its cases, and every data file can be read",
        policies::check,
    ),
    (
        "every instrument has its licence and its cases",
        instruments::check,
    ),
    (
        "other people's words stay in crates/exchange and codes",
        vocabulary::check,
    ),
    (
        "the core has no clock, no randomness and no environment",
        core_purity::check,
    ),
    ("crates use each other one way only", crate_direction::check),
    ("no file is named after nothing", names::check),
    ("links between documents lead somewhere", links::check),
    (
        "nothing names a private machine or registry",
        private_places::check,
    ),
    ("every test file is compiled", test_files::check),
    (
        "no manifest names a banned dependency",
        banned::check_manifests,
    ),
];

/// Runs every check and fails when one found something.
pub fn run() -> Result<()> {
    let tree = Tree::read()?;
    let mut found = 0;
    for (title, check) in CHECKS {
        found += report(title, &check(&tree));
    }
    found += report(
        "licences and bans hold for the whole tree of dependencies",
        &banned::check_tree()?,
    );
    if found > 0 {
        bail!("tidy found {found}");
    }
    Ok(())
}

fn report(title: &str, findings: &[Finding]) -> usize {
    println!(
        "  {} {title}",
        if findings.is_empty() { "ok " } else { "NO " }
    );
    for finding in findings {
        println!("       {finding}");
    }
    findings.len()
}
