//! The clinic's own texts of consent: a folder of files, read at the start, which stand in the
//! place of the shipped texts for the same medicines.

use crate::rules_in_force::InForce;
use clinical::course::consent::text::Filling;
use clinical::course::consent::text_file::{TextProblem, UnreadableTexts};
use clinical::course::consent::texts::Texts;
use std::path::{Path, PathBuf};

/// The shipped texts, with those of the clinic's folder in their place.
///
/// Refuses a folder that cannot be read or holds no file of texts, and files with anything wrong in
/// them: never does the shipped text stand silently for one that the clinic wrote.
// Hazard: H25
pub fn read(folder: Option<&Path>) -> Result<Texts, UnreadableTexts> {
    let shipped = Texts::shipped()?;
    let Some(folder) = folder else {
        return Ok(shipped);
    };
    let mut files = Vec::new();
    for path in files_of(folder)? {
        let text =
            std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error.to_string()))?;
        files.push((path.display().to_string(), text));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    shipped.with_own(&files)
}

/// Refuses texts with a place that the rules fill with nothing.
// Hazard: H47
pub fn check(texts: &Texts, rules: &InForce) -> Result<(), UnreadableTexts> {
    let problems = texts.problems(&Filling {
        value: &|policy, parameter| rules.value(policy, parameter),
    });
    if problems.is_empty() {
        Ok(())
    } else {
        Err(UnreadableTexts(problems))
    }
}

/// The files of a folder, in the order of their names.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, UnreadableTexts> {
    let of_folder = |error: std::io::Error| unreadable(folder, error.to_string());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(of_folder)? {
        let path = entry.map_err(of_folder)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    if files.is_empty() {
        let says = "the folder holds no text of consent, a file that ends in .toml";
        return Err(unreadable(folder, says.to_owned()));
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, says: String) -> UnreadableTexts {
    UnreadableTexts(vec![TextProblem {
        file: path.display().to_string(),
        section: String::new(),
        says,
    }])
}
