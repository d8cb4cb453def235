//! `cargo xtask bench`: figures, not verdicts.

use anyhow::Result;

use crate::cargo::{cargo, run as run_to_end};

/// Builds for speed and runs the benchmark, which starts the server it measures.
///
/// Parts can be named; see `crates/server/benches/load.rs`.
pub fn run(rest: &[String]) -> Result<()> {
    run_to_end(cargo(&["bench", "--workspace", "--bench", "load", "--"]).args(rest))
}
