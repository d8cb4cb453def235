//! Kills the real server at random instants under load, and compares what it had acknowledged with
//! what is stored.
//!
//! Source: safety reference §13 (promises P1, P3, P4), §14 "Ledger oracle" and §14.2. What was
//! acknowledged stands in ledger files of our own, on the disk before the next message goes out;
//! what is stored is read from the database by code of our own. Nothing here uses the server's
//! code.
//!
//! `CRASH_KILLS` (300) and `CRASH_KILLS_POSTGRES` (20) set how often, `CRASH_SEED` repeats a run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "crash/clinic.rs"]
mod clinic;
#[path = "crash/ledger.rs"]
mod ledger;
#[path = "crash/load.rs"]
mod load;
#[path = "crash/run.rs"]
mod run;
#[path = "crash/stored.rs"]
mod stored;
mod stranger;
#[path = "crash/verdict.rs"]
mod verdict;

use run::kill_and_compare;

fn kills(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn nothing_acknowledged_is_lost_doubled_or_altered_when_the_server_is_killed_on_sqlite() {
    // Hazard: H21, H28, H29
    kill_and_compare(clinic::Engine::Sqlite, kills("CRASH_KILLS", 300));
}

#[test]
fn nothing_acknowledged_is_lost_doubled_or_altered_when_the_server_is_killed_on_postgresql() {
    // Hazard: H21, H28, H29
    let kills = kills("CRASH_KILLS_POSTGRES", 20);
    if kills == 0 {
        println!("crash harness, PostgreSQL: left out, because CRASH_KILLS_POSTGRES is 0");
        return;
    }
    clinic::with_postgres(|address| {
        kill_and_compare(clinic::Engine::Postgres(address), kills);
    });
}
