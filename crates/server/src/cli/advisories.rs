//! `evenkeel advisories evaluate`: how the advisory engine does, without a server.

use crate::evaluation::{Evaluation, Score, evaluate, read_folder, story};
use clinical::advisory::Limits;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// The exit code of an input that was not understood.
const UNREADABLE: u8 = 2;

#[derive(clap::Subcommand)]
pub(super) enum AdvisoriesOptions {
    /// Let the shipped limits watch labelled stories, or recordings, and count what they find.
    Evaluate(EvaluateOptions),
}

#[derive(clap::Args)]
pub(super) struct EvaluateOptions {
    /// A folder of recordings as docs/evaluating-advisories.md describes them, instead of stories.
    #[arg(long)]
    recordings: Option<PathBuf>,
    /// How many labelled stories of the simulator.
    #[arg(long, default_value_t = 100)]
    sessions: u64,
    /// How many minutes each of them lasts.
    #[arg(long, default_value_t = 90)]
    minutes: u16,
    /// The seed of the first story; each is the same wherever it is told.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON alone, instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) fn advisories(options: &AdvisoriesOptions) -> ExitCode {
    let AdvisoriesOptions::Evaluate(options) = options;
    match evaluation(options) {
        Ok(evaluation) => {
            let text = if options.json {
                serde_json::to_string_pretty(&evaluation).unwrap_or_default()
            } else {
                table(&evaluation)
            };
            // Whoever reads only the beginning of it still gets the exit code.
            writeln!(std::io::stdout(), "{text}").ok();
            ExitCode::SUCCESS
        }
        Err(says) => {
            eprintln!("{says}");
            ExitCode::from(UNREADABLE)
        }
    }
}

fn evaluation(options: &EvaluateOptions) -> Result<Evaluation, String> {
    let limits = Arc::new(Limits::shipped().map_err(|error| error.to_string())?);
    match &options.recordings {
        Some(folder) => {
            let stories = read_folder(folder).map_err(|error| error.to_string())?;
            if stories.is_empty() {
                return Err(format!("{}: no recording (NAME.csv)", folder.display()));
            }
            Ok(evaluate(stories, &limits))
        }
        None => {
            let seeds = options.seed..options.seed.saturating_add(options.sessions);
            let minutes = i64::from(options.minutes);
            Ok(evaluate(seeds.map(|seed| story(seed, minutes)), &limits))
        }
    }
}

fn table(evaluation: &Evaluation) -> String {
    let mut text = format!(
        "{} sessions, {:.1} h\n\n{:<30} {:>6} {:>6} {:>11} {:>6} {:>8} {:>7} {:>7}\n",
        evaluation.sessions,
        evaluation.hours,
        "condition",
        "events",
        "found",
        "sensitivity",
        "false",
        "false/h",
        "median",
        "p99"
    );
    for (condition, score) in &evaluation.conditions {
        text.push_str(&row(condition, score));
    }
    text.push_str(&row("all", &evaluation.all));
    text.push_str("\nmedian and p99: seconds from the end of the persistence to the advisory\n");
    if let Some(at_most) = evaluation.all.missed_at_most {
        text.push_str(&format!(
            "nothing was missed: at most {:.2} % are (95 %, 3 of n)\n",
            at_most * 100.0
        ));
    }
    text.push_str(&format!(
        "\nadvisories for each session-hour: high {:.2}, medium {:.2}, low {:.2}; medium and high together, 95 of 100 sessions: at most {:.2}\n",
        evaluation.high_per_hour,
        evaluation.medium_per_hour,
        evaluation.low_per_hour,
        evaluation.audible_per_hour_p95
    ));
    for missed in &evaluation.missed {
        text.push_str(&format!("missed: {missed}\n"));
    }
    text
}

fn row(condition: &str, score: &Score) -> String {
    let shown = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}{unit}"))
    };
    let sensitivity = score.sensitivity.map(|share| share * 100.0);
    format!(
        "{condition:<30} {:>6} {:>6} {:>11} {:>6} {:>8.2} {:>7} {:>7}\n",
        score.events,
        score.found,
        shown(sensitivity, " %"),
        score.false_advisories,
        score.false_per_hour,
        shown(score.added_delay_median, ""),
        shown(score.added_delay_p99, "")
    )
}
