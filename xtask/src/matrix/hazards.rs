//! The hazard files.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::tree::Tree;

/// One file of `docs/hazards/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    pub id: String,
    pub title: String,
    /// What may come of it, from `S1` nuisance to `S5` death.
    pub severity: String,
    /// The risk before any control: low, medium or high.
    pub initial: String,
    pub situation: String,
    /// What is done about it, in words; where it is done is found by the tags.
    pub controls: Vec<String>,
    /// What remains, and who must know it.
    pub residual: String,
}

/// Reads them all, in the order of their ids.
pub fn read(tree: &Tree) -> Result<Vec<Hazard>> {
    let mut hazards = Vec::new();
    for (path, text) in tree.texts() {
        if !path.starts_with("docs/hazards/") || !path.ends_with(".toml") {
            continue;
        }
        let hazard: Hazard = toml::from_str(text).with_context(|| path.to_owned())?;
        check(path, &hazard)?;
        hazards.push(hazard);
    }
    hazards.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(hazards)
}

fn check(path: &str, hazard: &Hazard) -> Result<()> {
    if path != format!("docs/hazards/{}.toml", hazard.id) {
        bail!("{path} says its id is {}", hazard.id);
    }
    if !["S1", "S2", "S3", "S4", "S5"].contains(&hazard.severity.as_str()) {
        bail!("{path}: severity {} is not S1 to S5", hazard.severity);
    }
    if !["low", "medium", "high"].contains(&hazard.initial.as_str()) {
        bail!(
            "{path}: the initial risk is low, medium or high, not {}",
            hazard.initial
        );
    }
    if hazard.controls.is_empty() {
        bail!("{path}: no control is described");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id = \"H05\"\ntitle = \"t\"\nseverity = \"S4\"\ninitial = \"high\"\n\
                        situation = \"s\"\ncontrols = [\"c\"]\nresidual = \"r\"\n";

    #[test]
    fn a_hazard_file_is_read() -> Result<()> {
        let hazards = read(&Tree::of(&[("docs/hazards/H05.toml", GOOD)]))?;
        assert_eq!(hazards.len(), 1);
        Ok(())
    }

    #[test]
    fn a_hazard_without_a_control_or_with_another_files_name_is_refused() {
        let without = GOOD.replace("[\"c\"]", "[]");
        assert!(read(&Tree::of(&[("docs/hazards/H05.toml", &without)])).is_err());
        assert!(read(&Tree::of(&[("docs/hazards/H06.toml", GOOD)])).is_err());
    }
}
