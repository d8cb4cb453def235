//! `cargo xtask release`: the binary that is shipped, and its weight.

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::cargo::{cargo, run as run_to_end, target_folder};

/// The promise of the project: one file that a small clinic can fetch over a slow line.
const LARGEST_BINARY_MEGABYTES: f64 = 80.0;

/// Bundles, builds with the `dist` profile, prints the size, fails above the promise.
pub fn run() -> Result<()> {
    browser::modules()?;
    browser::bundle()?;
    run_to_end(&mut cargo(&[
        "build",
        "--workspace",
        "--bin",
        "evenkeel",
        "--profile",
        "dist",
    ]))?;
    let binary = target_folder().join("dist/evenkeel");
    let bytes = binary
        .metadata()
        .with_context(|| format!("{} was not built", binary.display()))?
        .len();
    let megabytes = bytes as f64 / 1_000_000.0;
    println!("evenkeel: {megabytes:.1} MB of at most {LARGEST_BINARY_MEGABYTES:.0} MB");
    if megabytes > LARGEST_BINARY_MEGABYTES {
        bail!("the shipped binary has grown above {LARGEST_BINARY_MEGABYTES:.0} MB");
    }
    Ok(())
}
