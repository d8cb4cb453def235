//! A nurse who charts by hand while everything else runs.

use crate::clinic::Running;
use crate::rooms::Room;
use crate::stranger::room::Form;
use anyhow::{Result, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long between two entries.
const EVERY: Duration = Duration::from_millis(100);

/// The desk at work.
pub struct Desk {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Duration>>>,
}

impl Desk {
    /// Begins to chart in these rooms, in turn.
    pub fn open(running: &Running<'_>, cookie: &str, rooms: &[Room]) -> Result<Self> {
        let mut connection = running.connect()?;
        let forms = rooms
            .iter()
            .map(|room| Ok(Form::of(&mut connection, cookie, &room.session)?))
            .collect::<Result<Vec<_>>>()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let cookie = cookie.to_owned();
        let thread = std::thread::spawn(move || {
            let mut taken = Vec::new();
            for (number, form) in forms.iter().cycle().enumerate() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let id = Uuid::new_v4().to_string();
                let note = format!("entry {number}");
                let signs = [
                    ("act", "vital-signs"),
                    ("systolic", "124"),
                    ("diastolic", "78"),
                    ("heart_rate", "76"),
                    ("oxygen_saturation", "97"),
                ];
                let note = [("act", "note"), ("text", note.as_str())];
                let fields: &[(&str, &str)] = if number % 2 == 0 { &signs } else { &note };
                let began = Instant::now();
                let answer = form.act(&mut connection, &cookie, &id, fields)?;
                taken.push(began.elapsed());
                ensure!(answer.status == 200, "{}: {}", answer.status, answer.text());
                std::thread::sleep(EVERY.saturating_sub(began.elapsed()));
            }
            Ok(taken)
        });
        Ok(Self { stop, thread })
    }

    /// Stops, and tells how long each entry took until it was saved.
    pub fn close(self) -> Result<Vec<Duration>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the desk fell over"))?
    }
}
