//! What the machine must have, and one line about how to get it.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::cargo::on_path;

/// Node and npm, for the browser's files.
pub fn node() -> Result<()> {
    if on_path("node").is_none() || on_path("npm").is_none() {
        bail!("Node is missing (it bundles the pages' scripts): install Node 20 or newer with npm");
    }
    Ok(())
}

/// The folder of PostgreSQL's server programs; the tests start a throw-away server from it.
pub fn postgres() -> Result<PathBuf> {
    if let Some(found) = on_path("initdb")
        .as_deref()
        .and_then(std::path::Path::parent)
    {
        return Ok(found.to_path_buf());
    }
    // Debian keeps them off the path, one folder for each version: the newest is taken.
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().ok_or_else(|| {
        anyhow::anyhow!(
            "PostgreSQL's programs are missing (the store is tested on it too): apt-get install postgresql"
        )
    })
}

/// The browser that the end-to-end tests drive.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if named.is_file() {
            return Ok(named);
        }
        bail!("CHROMIUM names {}, which is not a file", named.display());
    }
    on_path("chromium").or_else(|| on_path("chromium-browser")).ok_or_else(|| {
        anyhow::anyhow!(
            "Chromium is missing (the pages are tested in it): apt-get install chromium, or set CHROMIUM"
        )
    })
}

/// `pdftotext`, with which the signed session's PDF is read back.
pub fn pdftotext() -> Result<()> {
    if on_path("pdftotext").is_none() {
        bail!("pdftotext is missing (the PDF is read back with it): apt-get install poppler-utils");
    }
    Ok(())
}

/// Whether `cargo nextest` can be called.
pub fn nextest() -> bool {
    on_path("cargo-nextest").is_some()
}

/// Whether `cargo deny` can be called.
pub fn deny() -> bool {
    on_path("cargo-deny").is_some()
}
