//! `cargo xtask check`: what to run before every commit.

use anyhow::Result;

use crate::cargo::{cargo, run as run_to_end};
use crate::steps::Steps;
use crate::tidy;

/// `cargo fmt --check`.
pub fn format() -> Result<()> {
    run_to_end(&mut cargo(&["fmt", "--all", "--check"]))
}

/// Clippy on everything, a warning being an error.
pub fn lints() -> Result<()> {
    run_to_end(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Format, tidy, lints.
pub fn run() -> Result<()> {
    let mut steps = Steps::new();
    steps.step("format", &[], format);
    steps.step("tidy", &[], tidy::run);
    steps.step("lints", &[], lints);
    steps.finish()
}
