//! `cargo xtask bench`: figures, not verdicts.

use std::process::Command;

use anyhow::{Result, bail};

use crate::cargo::{cargo, root, run as run_to_end, target_folder};

/// Builds for speed and runs the benchmark, which starts the server it measures.
pub fn run(rest: &[String]) -> Result<()> {
    if !root().join("crates/bench/Cargo.toml").is_file() {
        bail!("there is no benchmark yet: it belongs in crates/bench, as a binary named bench");
    }
    run_to_end(&mut cargo(&[
        "build",
        "--workspace",
        "--release",
        "--bin",
        "evenkeel",
        "--bin",
        "bench",
    ]))?;
    let release = target_folder().join("release");
    run_to_end(
        Command::new(release.join("bench"))
            .args(rest)
            .env("EVENKEEL_BINARY", release.join("evenkeel"))
            .current_dir(root()),
    )
}
