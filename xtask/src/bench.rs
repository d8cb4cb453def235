//! `cargo xtask bench`: figures, not verdicts.

use anyhow::Result;

use crate::cargo::{cargo, run as run_to_end};

/// The part that is measured without a server.
const SCREENING: &str = "screening";

/// Builds for speed and runs the benchmarks: screening by itself, then the server under load.
///
/// Parts can be named: `screening`, and those of `crates/server/benches/load.rs`.
pub fn run(rest: &[String]) -> Result<()> {
    let (screening, load): (Vec<&String>, Vec<&String>) =
        rest.iter().partition(|part| *part == SCREENING);
    if rest.is_empty() || !screening.is_empty() {
        run_to_end(&mut cargo(&[
            "bench",
            "--package",
            "clinical",
            "--bench",
            SCREENING,
        ]))?;
    }
    if rest.is_empty() || !load.is_empty() {
        run_to_end(cargo(&["bench", "--workspace", "--bench", "load", "--"]).args(load))?;
    }
    Ok(())
}
