//! The benchmark: the real server, driven over real sockets. Figures, not verdicts.
//!
//! `cargo xtask bench [PART …]`, parts: monitors, ramp, pages, fhir, start, size, rescreen, phone,
//! outcomes, board (with Chromium);
//! all of them when none is named. `BENCH_SECONDS` (60) is the length of the main run,
//! `BENCH_PAST_SESSIONS` (50000) the size of the large clinic, `BENCH_PEOPLE` (100000) how many
//! people are screened again, `BENCH_OUTCOME_SESSIONS` (100000) of how many sessions the outcomes are
//! counted; all are made once and kept in `target/bench-data`.
//! `BENCH_PATIENTS` (2000) is how many people the clinic of the patients' pages has.
//! Prints one table and writes `target/bench.json`. The driver shares the machine's cores with
//! the server it measures: what is said of the server's speed is said of both together.

#[path = "load/board.rs"]
mod board;
#[path = "load/clinic.rs"]
mod clinic;
#[path = "load/desk.rs"]
mod desk;
#[path = "load/fhir.rs"]
mod fhir;
#[path = "load/figures.rs"]
mod figures;
#[path = "load/monitors.rs"]
mod monitors;
#[path = "load/outcomes.rs"]
mod outcomes;
#[path = "load/pages.rs"]
mod pages;
#[path = "load/phone.rs"]
mod phone;
#[path = "load/process_watch.rs"]
mod process_watch;
#[path = "load/rescreen.rs"]
mod rescreen;
#[path = "load/rooms.rs"]
mod rooms;
#[path = "load/start.rs"]
mod start;
#[path = "../tests/stranger/mod.rs"]
mod stranger;
#[path = "load/viewers.rs"]
mod viewers;

use anyhow::{Context as _, Result};
use figures::Figures;
use std::path::{Path, PathBuf};

/// The same as the program's.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PARTS: [&str; 10] = [
    "monitors", "ramp", "pages", "fhir", "start", "size", "rescreen", "phone", "board", "outcomes",
];

fn main() -> Result<()> {
    // Cargo itself adds `--bench`.
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|part| !part.starts_with("--"))
        .collect();
    for part in &asked {
        anyhow::ensure!(
            PARTS.contains(&part.as_str()),
            "{part} is none of {PARTS:?}"
        );
    }
    let wants = |part: &str| asked.is_empty() || asked.iter().any(|known| known == part);
    let mut figures = Figures::new();
    if wants("size") {
        start::size(&mut figures, &target());
    }
    if wants("monitors") || wants("ramp") {
        monitors::measure(&mut figures, wants("monitors"), wants("ramp"))?;
    }
    if wants("board") {
        board::measure(&mut figures)?;
    }
    if wants("rescreen") {
        rescreen::measure(&mut figures, number("BENCH_PEOPLE", 100_000))?;
    }
    if wants("outcomes") {
        outcomes::measure(&mut figures, number("BENCH_OUTCOME_SESSIONS", 100_000))?;
    }
    if wants("phone") {
        phone::measure(&mut figures, number("BENCH_PATIENTS", 2_000))?;
    }
    if wants("fhir") {
        for past in [fhir::A_THOUSAND, fhir::A_HUNDRED_THOUSAND] {
            fhir::measure(&mut figures, past)?;
        }
    }
    if wants("start") {
        start::on_an_empty_store(&mut figures)?;
    }
    if wants("pages") || wants("fhir") || wants("start") {
        let past = number("BENCH_PAST_SESSIONS", 50_000);
        if wants("start") {
            start::on_a_full_store(&mut figures, past)?;
        }
        if wants("pages") {
            pages::measure(&mut figures, past)?;
        }
        if wants("fhir") {
            fhir::measure(&mut figures, past)?;
        }
    }
    println!("\n{}", figures.table());
    let file = target().join("bench.json");
    std::fs::write(&file, figures.json()).context("writing the figures")?;
    println!("written to {}", file.display());
    Ok(())
}

/// The program that is measured.
fn program() -> PathBuf {
    std::env::var_os("EVENKEEL_BINARY").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_evenkeel")),
        PathBuf::from,
    )
}

/// Cargo's target folder.
fn target() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_evenkeel"));
    program.ancestors().nth(2).unwrap_or(program).to_owned()
}

/// A number from the environment.
fn number(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}
