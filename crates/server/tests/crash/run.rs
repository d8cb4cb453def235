//! The run: load, kill, start again, and from time to time compare.

use crate::clinic::{Clinic, Engine};
use crate::ledger::{Book, Kind};
use crate::load::{Monitor, Nurse};
use crate::stored::Stored;
use crate::verdict::{Findings, compare};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many kills between two comparisons.
const COMPARE_EVERY: u32 = 25;

/// The server lives until it has answered at the most this many frames and entries …
const MOST_ANSWERS: u64 = 50;

/// … or for this long, if the machine is slow …
const LONGEST_LIFE: Duration = Duration::from_millis(1_500);

/// … and then at the most this much longer: some commits, so that the kill falls anywhere in one.
const LONGEST_AFTER: u64 = 30_000;

/// One kill of this many comes while the server is starting.
const WHILE_STARTING: u32 = 6;

/// Kills the server this often, and fails unless everything acknowledged is stored once, whole,
/// and nothing else.
pub fn kill_and_compare(engine: Engine, kills: u32) {
    let seed = std::env::var("CRASH_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| rand::rng().random());
    let name = match &engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres(_) => "PostgreSQL",
    };
    println!("crash harness, {name}: {kills} kills, CRASH_SEED={seed}");
    let began = Instant::now();
    let (clinic, server) = Clinic::open(engine, seed % 1_000);
    server.kill().unwrap();
    let baseline = Stored::read(&clinic)
        .events
        .last()
        .map_or(0, |event| event.position);
    let mut chance = StdRng::seed_from_u64(seed);
    let mut monitors = Monitor::all(&clinic, seed);
    let mut nurses = Nurse::all(&clinic, seed);
    let mut starts = Vec::new();
    for number in 1..=kills {
        if number % WHILE_STARTING == 0 {
            kill_while_starting(&clinic, &mut chance);
        } else {
            starts.push(kill_under_load(
                &clinic,
                &mut chance,
                &mut monitors,
                &mut nurses,
            ));
        }
        if number % COMPARE_EVERY == 0 || number == kills {
            let book = finish(&clinic, &mut nurses);
            judge(&clinic, &book, baseline);
            println!(
                "  {number} kills, {:.0} s: {} frames, {} cuff cycles, {} entries acknowledged; \
                 all there, once, unchanged; ready in {} ms (median), {} ms (longest)",
                began.elapsed().as_secs_f64(),
                book.acknowledged(Kind::Frame),
                book.acknowledged(Kind::Cuff),
                entries(&book),
                median(&mut starts).as_millis(),
                starts.last().map_or(0, Duration::as_millis),
            );
        }
    }
    let book = Book::read(&clinic.ledgers());
    println!(
        "crash harness, {name}: {kills} kills, {} acknowledged frames, {} acknowledged cuff cycles, \
         {} acknowledged entries: missing 0, duplicated 0, altered 0, ghost 0 \
         (95 % upper bound for each kill: {:.2} %)",
        book.acknowledged(Kind::Frame),
        book.acknowledged(Kind::Cuff),
        entries(&book),
        300.0 / f64::from(kills.max(1)),
    );
}

fn entries(book: &Book) -> usize {
    book.acknowledged(Kind::Note) + book.acknowledged(Kind::VitalSigns)
}

fn median(durations: &mut [Duration]) -> Duration {
    durations.sort();
    durations
        .get(durations.len() / 2)
        .copied()
        .unwrap_or_default()
}

/// Starts, waits until ready, loads, kills. Says how long the start took.
fn kill_under_load(
    clinic: &Clinic,
    chance: &mut StdRng,
    monitors: &mut [Monitor],
    nurses: &mut [Nurse],
) -> Duration {
    let (server, took) = clinic.start_and_wait();
    let enough = chance.random_range(0..MOST_ANSWERS);
    let after = Duration::from_micros(chance.random_range(0..LONGEST_AFTER));
    let answers = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let answers = &answers;
        for monitor in monitors {
            scope.spawn(move || monitor.send(clinic, answers));
        }
        for nurse in nurses {
            scope.spawn(move || nurse.chart(clinic, answers));
        }
        let ready = Instant::now();
        while answers.load(Ordering::Relaxed) < enough && ready.elapsed() < LONGEST_LIFE {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(after);
        server.kill().unwrap();
    });
    took
}

/// A server that was killed while it took in what the last one had left is no different.
fn kill_while_starting(clinic: &Clinic, chance: &mut StdRng) {
    let server = clinic.start_again();
    std::thread::sleep(Duration::from_millis(chance.random_range(0..150)));
    server.kill().unwrap();
}

/// Lets the server read again what was stored and not charted, and the nurses send again what
/// was not answered.
fn finish(clinic: &Clinic, nurses: &mut [Nurse]) -> Book {
    let (server, _) = clinic.start_and_wait();
    for nurse in nurses {
        nurse.finish(clinic);
    }
    server.kill().unwrap();
    Book::read(&clinic.ledgers())
}

fn judge(clinic: &Clinic, book: &Book, baseline: i64) {
    let stored = Stored::read(clinic);
    assert_eq!(stored.breaks(), Vec::<String>::new(), "the log as a chain");
    let findings: Findings = compare(book, &stored, baseline);
    assert!(findings.are_none(), "{}: {findings:#?}", findings.says());
    let (says, whole) = clinic.command("verify");
    assert!(whole, "evenkeel verify: {says}");
    assert!(
        says.contains(&stored.events.len().to_string()),
        "verify tells the size: {says}"
    );
    let (says, same) = clinic.command("rebuild");
    let digests: Vec<&str> = says
        .split(|sign: char| !sign.is_ascii_hexdigit())
        .filter(|word| word.len() == 64)
        .collect();
    assert!(same && digests.len() == 2, "evenkeel rebuild: {says}");
    assert_eq!(
        digests[0], digests[1],
        "projections made anew differ from the live ones"
    );
}
