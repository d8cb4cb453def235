//! From starting the program to its first answer; and how large the program is.

use crate::clinic::Clinic;
use crate::figures::{Figures, Goal, milliseconds, percentile};
use crate::stranger::process::{Ports, Server};
use crate::{program, target};
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

/// How often an empty store is started.
const TIMES: usize = 9;

/// On a store that does not exist yet.
pub fn on_an_empty_store(figures: &mut Figures) -> Result<()> {
    let mut taken = Vec::new();
    for number in 0..TIMES {
        let folder = target().join("bench-data").join(format!("empty-{number}"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let arguments = [
            "serve".to_owned(),
            "--data-dir".to_owned(),
            folder.display().to_string(),
        ];
        let log = folder.join("server.log");
        let mut server = Server::start(&program(), &arguments, Ports::free()?, &log)?;
        taken.push(server.wait_until_ready(Duration::from_secs(60))?);
        server.kill()?;
        std::fs::remove_dir_all(&folder)?;
    }
    let middle = milliseconds(percentile(&mut taken, 50.0));
    figures.add(
        "start on an empty store, middle",
        middle,
        "ms",
        Goal::AtMost(300.0),
    );
    let longest = milliseconds(percentile(&mut taken, 100.0));
    figures.add(
        "start on an empty store, longest",
        longest,
        "ms",
        Goal::Told,
    );
    Ok(())
}

/// On the store of a clinic with a past.
pub fn on_a_full_store(figures: &mut Figures, past: u32) -> Result<()> {
    let clinic = Clinic::with_past(past)?;
    let connection = rusqlite::Connection::open(clinic.database())?;
    let events: i64 =
        connection.query_row("SELECT max(position) FROM event", [], |row| row.get(0))?;
    drop(connection);
    let mut taken = Vec::new();
    for _ in 0..3 {
        let (running, took) = clinic.serve()?;
        taken.push(took);
        running.server.kill()?;
    }
    let middle = milliseconds(percentile(&mut taken, 50.0));
    let name = format!("start on {events} events, middle");
    figures.add(&name, middle, "ms", Goal::AtMost(3_000.0));
    Ok(())
}

/// The shipped program's size, if one was built.
pub fn size(figures: &mut Figures, target: &Path) {
    let shipped = target.join("dist/evenkeel");
    match std::fs::metadata(&shipped) {
        Ok(known) => {
            #[expect(clippy::cast_precision_loss, reason = "a count of bytes")]
            let megabytes = known.len() as f64 / 1e6;
            figures.add("shipped program", megabytes, "MB", Goal::AtMost(80.0));
        }
        Err(_) => println!("  no shipped program to weigh: cargo build --profile dist"),
    }
}
