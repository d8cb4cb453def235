//! `cargo xtask test`: everything continuous integration runs, in one order.

use std::process::Command;

use anyhow::{Result, bail};

use crate::cargo::{cargo, root, run as run_to_end, target_folder};
use crate::steps::Steps;
use crate::{browser, check, matrix, needs, tidy};

/// Kills of the real server for one run on SQLite; the harness makes fewer on PostgreSQL.
const CRASH_KILLS: &str = "300";

/// Runs all steps and fails at the end when one did not pass.
pub fn run() -> Result<()> {
    let mut steps = Steps::new();

    steps.step("node modules", &[], browser::modules);
    steps.step("browser bundle", &["node modules"], browser::bundle);
    steps.step("postgresql present", &[], || {
        println!("{}", needs::postgres()?.display());
        Ok(())
    });
    steps.step("chromium present", &[], || {
        println!("{}", needs::chromium()?.display());
        Ok(())
    });
    steps.step("pdftotext present", &[], needs::pdftotext);

    steps.step("format", &[], check::format);
    steps.step("tidy", &[], tidy::run);
    steps.step("hazard matrix", &[], || matrix::run(true));
    steps.step("browser types", &["node modules"], browser::types);
    if needs::deny() {
        steps.step("dependency rules", &[], || {
            run_to_end(&mut cargo(&[
                "deny",
                "--offline",
                "check",
                "bans",
                "licenses",
                "sources",
            ]))
        });
    } else {
        steps.left_out(
            "dependency rules",
            "cargo-deny is not installed (cargo install cargo-deny); tidy has checked bans and licences, not sources",
        );
    }
    steps.step("lints", &[], check::lints);

    steps.step("build", &[], build);
    steps.step("tests", &["build"], tests);
    steps.step("documentation examples", &["build"], || {
        run_to_end(&mut cargo(&["test", "--workspace", "--doc", "--quiet"]))
    });
    if has_crash_harness() {
        steps.step("crash harness", &["build"], crash);
    } else {
        steps.left_out("crash harness", "crates/server/tests/crash.rs is not there");
    }
    steps.step(
        "browser end to end",
        &["build", "browser bundle", "chromium present"],
        || browser::end_to_end(&[]),
    );
    steps.finish()
}

// Building the tests also builds the binaries, with the very features the tests use: the browser
// tests then start that server, and nothing is compiled twice.
fn build() -> Result<()> {
    run_to_end(&mut with_tools(cargo(&if needs::nextest() {
        vec!["nextest", "run", "--workspace", "--no-run"]
    } else {
        vec!["test", "--workspace", "--no-run"]
    })))?;
    let binary = target_folder().join("debug/evenkeel");
    if !binary.is_file() {
        bail!("the build left no {}", binary.display());
    }
    Ok(())
}

// The crash harness takes minutes and has a step of its own.
fn tests() -> Result<()> {
    if !needs::nextest() {
        println!("cargo-nextest is not installed; cargo test does the same, more slowly");
        let arguments = [
            "test",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
        ];
        return run_to_end(
            with_tools(cargo(&arguments))
                .env("CRASH_KILLS", "1")
                .env("CRASH_KILLS_POSTGRES", "1"),
        );
    }
    let mut arguments = vec!["nextest", "run", "--workspace"];
    if has_crash_harness() {
        arguments.extend(["--filterset", "not binary(/^crash$/)"]);
    }
    run_to_end(&mut with_tools(cargo(&arguments)))
}

fn has_crash_harness() -> bool {
    root().join("crates/server/tests/crash.rs").is_file()
}

fn crash() -> Result<()> {
    let kills = std::env::var("CRASH_KILLS").unwrap_or_else(|_| CRASH_KILLS.to_owned());
    run_to_end(
        with_tools(cargo(&if needs::nextest() {
            vec![
                "nextest",
                "run",
                "--workspace",
                "--test",
                "crash",
                "--profile",
                "crash",
                "--run-ignored",
                "all",
                "--no-capture",
            ]
        } else {
            vec![
                "test",
                "--workspace",
                "--test",
                "crash",
                "--",
                "--include-ignored",
                "--nocapture",
            ]
        }))
        .env("CRASH_KILLS", kills),
    )
}

// Debian keeps PostgreSQL's server programs off the path; the store's tests look there.
fn with_tools(mut command: Command) -> Command {
    let Ok(postgres) = needs::postgres() else {
        return command;
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(std::iter::once(postgres));
    if let Ok(joined) = std::env::join_paths(folders) {
        command.env("PATH", joined);
    }
    command
}
