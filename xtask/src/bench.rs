//! `cargo xtask bench`: figures, not verdicts.

use anyhow::Result;

use crate::cargo::{cargo, run as run_to_end};

/// The parts that are measured without a server.
const BY_THEMSELVES: [(&str, &str); 6] = [
    ("pharmacokinetics", "kinetics"),
    ("clinical", "screening"),
    ("clinical", "booking"),
    ("report", "packet"),
    ("report", "book"),
    ("exchange", "tables"),
];

/// Builds for speed and runs the benchmarks: the core by itself, then the server under load.
///
/// Parts can be named: `kinetics`, `screening`, `booking`, `packet`, `book`, `tables`, and those of `crates/server/benches/load.rs`.
pub fn run(rest: &[String]) -> Result<()> {
    let (core, load): (Vec<&String>, Vec<&String>) = rest
        .iter()
        .partition(|part| BY_THEMSELVES.iter().any(|(_, known)| known == part));
    for (package, part) in BY_THEMSELVES {
        if rest.is_empty() || core.iter().any(|named| *named == part) {
            run_to_end(&mut cargo(&[
                "bench",
                "--package",
                package,
                "--bench",
                part,
            ]))?;
        }
    }
    if rest.is_empty() || !load.is_empty() {
        run_to_end(cargo(&["bench", "--workspace", "--bench", "load", "--"]).args(load))?;
    }
    Ok(())
}
