//! `cargo xtask bench`: figures, not verdicts.

use anyhow::Result;

use crate::cargo::{cargo, run as run_to_end};

/// The parts that are measured without a server.
const BY_THEMSELVES: [&str; 2] = ["screening", "booking"];

/// Builds for speed and runs the benchmarks: the core by itself, then the server under load.
///
/// Parts can be named: `screening`, `booking`, and those of `crates/server/benches/load.rs`.
pub fn run(rest: &[String]) -> Result<()> {
    let (core, load): (Vec<&String>, Vec<&String>) = rest
        .iter()
        .partition(|part| BY_THEMSELVES.contains(&part.as_str()));
    for part in BY_THEMSELVES {
        if rest.is_empty() || core.iter().any(|named| *named == part) {
            run_to_end(&mut cargo(&[
                "bench",
                "--package",
                "clinical",
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
