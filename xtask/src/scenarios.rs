//! `cargo xtask scenarios`: the whole stories, from HL7 text to the PDF's words.

use anyhow::Result;

use crate::cargo::{cargo, run as run_to_end};

/// Runs the test that plays every folder of `scenarios/`.
pub fn run() -> Result<()> {
    run_to_end(&mut cargo(&["test", "--workspace", "--test", "scenario*"]))
}
