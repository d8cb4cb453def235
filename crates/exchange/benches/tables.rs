//! A million answers as CSV and as Parquet: how long, and with how much memory. The promise: 20 s, 300 MB.
//!
//! `cargo bench -p exchange --bench tables`. Run by hand, and by `cargo xtask bench`.

use exchange::export::research::ANSWERS;
use exchange::export::{Cell, TableWriter};
use rust_decimal::Decimal;
use std::fs::{self, File};
use std::io::BufWriter;
use std::process::ExitCode;
use std::time::Instant;

const ANSWERS_WRITTEN: i64 = 1_000_000;
const ITEMS: i64 = 9;
const SHEETS: i64 = 20;
const SECONDS: f64 = 20.0;
const MEGABYTES: f64 = 300.0;

/// The most memory that this process has had, in megabytes; none where the system does not say.
fn peak() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1_000.0)
}

fn write() -> Result<(u64, u64), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("evenkeel-tables-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let file = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let mut writer = TableWriter::new(&ANSWERS, file("answers.csv")?, file("answers.parquet")?)?;
    for number in 0..ANSWERS_WRITTEN {
        let person = number / (ITEMS * SHEETS);
        let sheet = number / ITEMS % SHEETS;
        let item = number % ITEMS;
        // Numbers of people look drawn, as those of an export do.
        let whose = format!(
            "{:016x}",
            person.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64)
        );
        let points = (person + sheet * 3 + item * 7) % 4;
        writer.push(&[
            ("person", Cell::text(whose)),
            ("sheet", Cell::Whole(sheet + 1)),
            (
                "on",
                Cell::Day(i32::try_from(19_000 + person % 700 + sheet * 7)?),
            ),
            ("day", Cell::Whole(sheet * 7 - 7)),
            ("scale", Cell::text("phq-9")),
            ("version", Cell::Whole(1)),
            ("item", Cell::text((item + 1).to_string())),
            (
                "answer",
                Cell::text(["not-at-all", "several", "most", "every"][usize::try_from(points)?]),
            ),
            ("points", Cell::Decimal(Decimal::from(points))),
        ])?;
    }
    let [(csv, _), (parquet, _)] = writer.finish()?.files;
    fs::remove_dir_all(&folder)?;
    Ok((csv.bytes, parquet.bytes))
}

fn main() -> ExitCode {
    let begun = Instant::now();
    let (csv, parquet) = match write() {
        Ok(written) => written,
        Err(error) => {
            eprintln!("not written: {error}");
            return ExitCode::FAILURE;
        }
    };
    let seconds = begun.elapsed().as_secs_f64();
    let megabytes = peak();
    let memory = megabytes.map_or_else(
        || "memory not known here".to_owned(),
        |most| format!("at most {most:.1} MB of memory"),
    );
    println!("{ANSWERS_WRITTEN} answers in {seconds:.1} s, {memory}");
    println!("CSV {csv} bytes, Parquet {parquet} bytes");
    let fits = seconds <= SECONDS && megabytes.is_none_or(|megabytes| megabytes <= MEGABYTES);
    if fits {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
