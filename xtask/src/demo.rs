//! `cargo xtask demo`: a whole clinic from one command.

use std::process::Command;

use anyhow::Result;

use crate::browser;
use crate::cargo::{cargo, run as run_to_end, target_folder};

/// Bundles, builds, and becomes `evenkeel demo`, so that Ctrl-C and the exit status are the demo's.
pub fn run(rest: &[String]) -> Result<()> {
    browser::modules()?;
    browser::bundle()?;
    run_to_end(&mut cargo(&["build", "--workspace", "--bin", "evenkeel"]))?;
    become_process(
        Command::new(target_folder().join("debug/evenkeel"))
            .arg("demo")
            .args(rest),
    )
}

#[cfg(unix)]
fn become_process(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    // `exec` returns only when it could not.
    Err(anyhow::Error::from(command.exec()).context("evenkeel could not be started"))
}

#[cfg(not(unix))]
fn become_process(command: &mut Command) -> Result<()> {
    run_to_end(command)
}
