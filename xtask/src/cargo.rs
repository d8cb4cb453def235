//! How the other commands call Cargo and other programs.
//!
//! Every build selects the whole workspace: the features of a shared dependency follow from what
//! is selected, and a second selection would compile the same dependencies again.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The repository, whatever folder the command was called from.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Cargo, at the root of the repository, with the lock file held fixed in continuous integration.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    if std::env::var_os("CI").is_some() && takes_locked(arguments) {
        command.env("CARGO_NET_RETRY", "5").arg("--locked");
    }
    command
}

// `cargo fmt` and `cargo deny` have no lock file to hold; after `--` a flag is not Cargo's.
fn takes_locked(arguments: &[&str]) -> bool {
    !arguments.contains(&"--")
        && matches!(
            arguments.first(),
            Some(&("build" | "test" | "nextest" | "tree"))
        )
}

/// Where a build puts its programs.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs to the end, its output shown as it comes; not zero is an error that names the program.
pub fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} could not be started"))?;
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    Ok(())
}

/// Whether a program of this name is on the path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_is_held_only_where_cargo_has_one() {
        assert!(takes_locked(&["nextest", "run", "--workspace"]));
        assert!(!takes_locked(&["fmt", "--check"]));
        assert!(!takes_locked(&[
            "clippy",
            "--workspace",
            "--",
            "-D",
            "warnings"
        ]));
    }

    #[test]
    fn a_program_that_fails_is_an_error() {
        assert!(run(&mut Command::new("false")).is_err());
        assert!(run(&mut Command::new("true")).is_ok());
    }
}
