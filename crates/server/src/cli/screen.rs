//! `evenkeel screen`: one case against the rules, without a server.

use clinical::course::screening::case::{Case, read};
use clinical::course::screening::medicine::MedicineList;
use clinical::course::screening::{Decision, ScreeningRules};
use clinical::policy::{OwnValues, Policy};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit code of an answer that blocks.
const BLOCKED: u8 = 3;
/// The exit code of an input that was not understood.
pub(super) const UNREADABLE: u8 = 2;

/// The files of a folder of policies that screening reads.
const READ_FROM_A_FOLDER: [&str; 4] = [
    "eligibility",
    "interactions",
    "tests",
    "pre-dose-blood-pressure",
];

#[derive(clap::Args)]
pub(super) struct ScreenOptions {
    /// The case, as docs/screening-cases.md describes it.
    case: PathBuf,
    /// A folder with eligibility, interactions and tests policies to use instead of the shipped.
    #[arg(long)]
    policy: Option<PathBuf>,
}

/// Prints the answer as JSON; 0 is eligible, 3 blocked, 2 an input that was not understood.
pub(super) fn screen(options: &ScreenOptions) -> ExitCode {
    match answer(options) {
        Ok((decision, json)) => {
            // Whoever reads only the beginning of it still gets the exit code.
            writeln!(std::io::stdout(), "{json}").ok();
            match decision {
                Decision::Eligible => ExitCode::SUCCESS,
                Decision::Blocked => ExitCode::from(BLOCKED),
            }
        }
        Err(lines) => {
            for line in lines {
                eprintln!("{line}");
            }
            ExitCode::from(UNREADABLE)
        }
    }
}

fn answer(options: &ScreenOptions) -> Result<(Decision, String), Vec<String>> {
    let file = options.case.display();
    let case = read(&text_of(&options.case)?).map_err(|problems| {
        problems
            .into_iter()
            .map(|problem| format!("{file}:{}: {}", problem.line, problem.says))
            .collect::<Vec<_>>()
    })?;
    let rules = rules(&case, options.policy.as_deref(), &options.case)?;
    let screening = case.screen(&rules);
    let json = serde_json::to_string_pretty(&screening)
        .map_err(|error| vec![format!("{file}: the answer could not be written: {error}")])?;
    Ok((screening.decision, json))
}

fn rules(case: &Case, folder: Option<&Path>, file: &Path) -> Result<ScreeningRules, Vec<String>> {
    let Some(folder) = folder else {
        return ScreeningRules::adopted(&case.own)
            .map_err(|error| vec![format!("{}: {error}", file.display())]);
    };
    rules_of_folder(folder, &case.own)
}

/// The rules of screening in a folder of policies, with a clinic's own values. Refuses, in lines
/// that name the file, what cannot be read.
pub(super) fn rules_of_folder(
    folder: &Path,
    own: &OwnValues,
) -> Result<ScreeningRules, Vec<String>> {
    let mut texts = Vec::new();
    for path in policy_files(folder)? {
        let text = text_of(&path)?;
        // Read by itself first, so that what is wrong is said with its file.
        Policy::read(&text).map_err(|error| vec![format!("{}: {error}", path.display())])?;
        texts.push(text);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let unusable = |reason: String| vec![format!("{}: {reason}", folder.display())];
    let medicines = MedicineList::shipped().map_err(|error| unusable(error.to_string()))?;
    ScreeningRules::read(&texts, own, medicines).map_err(|error| unusable(error.to_string()))
}

/// The policies of a folder that screening reads, in the order of their names.
fn policy_files(folder: &Path) -> Result<Vec<PathBuf>, Vec<String>> {
    let unreadable = |error: std::io::Error| vec![format!("{}: {error}", folder.display())];
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let wanted = name.is_some_and(|name| {
            name.ends_with(".toml")
                && !name.ends_with(".cases.toml")
                && READ_FROM_A_FOLDER
                    .iter()
                    .any(|begins| name.starts_with(begins))
        });
        if wanted {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn text_of(path: &Path) -> Result<String, Vec<String>> {
    std::fs::read_to_string(path).map_err(|error| vec![format!("{}: {error}", path.display())])
}
