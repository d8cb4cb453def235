//! The browser's files: modules, bundle, types, end-to-end tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::Result;

use crate::cargo::{cargo, root, run as run_to_end, target_folder};
use crate::needs;

fn folder() -> PathBuf {
    root().join("browser")
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// Whether what is installed is older than the lock file, or not there.
fn out_of_date(lock: &Path, installed: &Path) -> bool {
    match (changed_at(lock), changed_at(installed)) {
        (Some(lock), Some(installed)) => lock > installed,
        (None, _) | (_, None) => true,
    }
}

/// Installs the modules that the lock file names, without running their scripts.
pub fn modules() -> Result<()> {
    needs::node()?;
    let installed = folder().join("node_modules/.package-lock.json");
    if !out_of_date(&folder().join("package-lock.json"), &installed) {
        println!("node_modules is up to date");
        return Ok(());
    }
    run_to_end(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-progress"])
            // The tests drive the machine's own Chromium.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(folder()),
    )
}

/// Bundles islands and styles into `browser/dist`, which the server embeds.
pub fn bundle() -> Result<()> {
    run_to_end(Command::new("node").arg("build.mjs").current_dir(folder()))
}

/// Checks the types of islands and of the tests apart: the former have no Node.
pub fn types() -> Result<()> {
    for project in ["tsconfig.json", "tsconfig.e2e.json"] {
        run_to_end(tool("tsc").args(["--noEmit", "--project", project]))?;
    }
    Ok(())
}

/// `cargo xtask browser`: everything about the pages, for the one who works on them.
pub fn run(rest: &[String]) -> Result<()> {
    modules()?;
    bundle()?;
    types()?;
    run_to_end(&mut cargo(&["build", "--workspace", "--bin", "evenkeel"]))?;
    end_to_end(rest)
}

/// Drives the debug server's demo with Playwright.
pub fn end_to_end(rest: &[String]) -> Result<()> {
    let binary = target_folder().join("debug/evenkeel");
    run_to_end(
        tool("playwright")
            .arg("test")
            .args(rest)
            .env("EVENKEEL_BINARY", binary)
            .env("CHROMIUM", needs::chromium()?),
    )
}

fn tool(name: &str) -> Command {
    let mut command = Command::new(folder().join("node_modules/.bin").join(name));
    command.current_dir(folder());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_that_were_never_installed_are_out_of_date() {
        assert!(out_of_date(
            &root().join("Cargo.toml"),
            Path::new("nowhere/at/all")
        ));
    }

    #[test]
    fn a_file_is_not_out_of_date_against_itself() {
        let manifest = root().join("Cargo.toml");
        assert!(!out_of_date(&manifest, &manifest));
    }
}
