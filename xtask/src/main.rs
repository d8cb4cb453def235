//! The project's own commands, run as `cargo xtask NAME`.
//!
//! Plain processes and no framework: each command is a file, and each can be read in a minute.

mod bench;
mod browser;
mod cargo;
mod check;
mod demo;
mod matrix;
mod needs;
mod release;
mod scenarios;
mod steps;
mod test;
mod tidy;
mod tree;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    about = "Evenkeel's own commands"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the server and open a clinic with simulated patients and monitors
    Demo {
        /// Handed on to `evenkeel demo`: --port, --mllp-port, --data-dir, --seed, --no-simulation
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Everything continuous integration runs
    Test,
    /// Format, tidy and lints: what to run before every commit
    Check,
    /// Whether the map, the policies, the walls between crates and the words still hold
    Tidy,
    /// Join the `Hazard:` tags of code and tests into SAFETY.md
    Matrix {
        /// Change nothing; fail when SAFETY.md is out of date or a hazard lacks a control or a test
        #[arg(long)]
        check: bool,
    },
    /// Build for speed and run the benchmark
    Bench {
        /// Handed on to the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Bundle, build, and test the pages in Chromium
    Browser {
        /// Handed on to Playwright, such as --project tablet-dim or a file's name
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run the whole stories in scenarios/
    Scenarios,
    /// Build the binary that is shipped and weigh it
    Release,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo { rest } => demo::run(&rest),
        Command::Test => test::run(),
        Command::Check => check::run(),
        Command::Tidy => tidy::run(),
        Command::Matrix { check } => matrix::run(check),
        Command::Bench { rest } => bench::run(&rest),
        Command::Browser { rest } => browser::run(&rest),
        Command::Scenarios => scenarios::run(),
        Command::Release => release::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
