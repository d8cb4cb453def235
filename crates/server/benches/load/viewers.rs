//! Tablets that watch a room: each follows one session's stream and notes when a number arrives.

use crate::clinic::Running;
use crate::rooms::Room;
use crate::stranger::http::{Connection, get};
use anyhow::{Result, ensure};
use serde_json::Value;
use std::collections::HashMap;
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// When numbers of one room were sent, and how long they took to its tablet.
#[derive(Default)]
pub struct Watched {
    /// By heart rate and temperature, which together do not repeat for an hour.
    sent: Mutex<HashMap<(String, String), Instant>>,
    taken: Mutex<Vec<Duration>>,
    bytes: AtomicU64,
    events: AtomicU64,
}

impl Watched {
    /// A frame with these numbers is about to be sent, or should have been at this instant.
    pub fn sending(&self, heart_rate: u32, temperature: &str, at: Instant) {
        let key = (heart_rate.to_string(), temperature.to_owned());
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, at);
    }

    fn shown(&self, tiles: &Value) {
        let text = |sign: &str| {
            let tiles = tiles["tiles"].as_array()?;
            let tile = tiles.iter().find(|tile| tile["sign"] == sign)?;
            tile["text"].as_str().map(str::to_owned)
        };
        let (Some(heart_rate), Some(temperature)) = (text("heart-rate"), text("temperature"))
        else {
            return;
        };
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        // Each frame counts once, when it is first seen; one that was overtaken never arrives.
        if let Some(at) = sent.remove(&(heart_rate, temperature)) {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.push(at.elapsed());
        }
    }
}

/// Tablets at work.
pub struct Viewers {
    watched: Vec<Arc<Watched>>,
    /// So that they can be told to stop: each waits in a read.
    streams: Vec<TcpStream>,
    threads: Vec<JoinHandle<()>>,
    began: Instant,
}

/// What the tablets saw.
pub struct Seen {
    /// From sending a frame to its number on the tablet.
    pub taken: Vec<Duration>,
    /// Bytes in a second for one tablet.
    pub bytes_per_second: f64,
    /// Events in a second for one tablet.
    pub events_per_second: f64,
}

impl Viewers {
    /// One for each of these rooms.
    pub fn open(running: &Running<'_>, cookie: &str, rooms: &[Room]) -> Result<Self> {
        let mut viewers = Self {
            watched: Vec::new(),
            streams: Vec::new(),
            threads: Vec::new(),
            began: Instant::now(),
        };
        for room in rooms {
            let mut connection = running.connect()?;
            let path = format!("/sessions/{}/live", room.session);
            let headers = [("cookie", cookie), ("accept", "text/event-stream")];
            let head = connection.follow(&get(&path, &headers))?;
            ensure!(head.status == 200, "{path}: {}", head.status);
            viewers.streams.push(connection.stream()?);
            let watched = Arc::new(Watched::default());
            viewers.watched.push(Arc::clone(&watched));
            viewers
                .threads
                .push(std::thread::spawn(move || follow(connection, &watched)));
        }
        Ok(viewers)
    }

    /// What is known of a room's frames, by the room's place among those that are watched.
    pub fn watched(&self, place: usize) -> Option<Arc<Watched>> {
        self.watched.get(place).cloned()
    }

    /// Closes the streams and tells what was seen.
    pub fn close(self) -> Seen {
        let seconds = self.began.elapsed().as_secs_f64();
        for stream in &self.streams {
            // One that the server closed is closed already.
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        for thread in self.threads {
            let _ = thread.join();
        }
        let mut taken = Vec::new();
        let (mut bytes, mut events) = (0, 0);
        for watched in &self.watched {
            taken.append(&mut watched.taken.lock().unwrap_or_else(PoisonError::into_inner));
            bytes += watched.bytes.load(Ordering::Relaxed);
            events += watched.events.load(Ordering::Relaxed);
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of a minute")]
        let each = |count: u64| count as f64 / seconds / self.watched.len().max(1) as f64;
        Seen {
            taken,
            bytes_per_second: each(bytes),
            events_per_second: each(events),
        }
    }
}

fn follow(mut connection: Connection, watched: &Watched) {
    let mut text = String::new();
    while let Ok(chunk) = connection.chunk() {
        if chunk.is_empty() {
            return;
        }
        watched
            .bytes
            .fetch_add(chunk.len() as u64, Ordering::Relaxed);
        text.push_str(&String::from_utf8_lossy(&chunk));
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            watched.events.fetch_add(1, Ordering::Relaxed);
            let is_tiles = event.lines().any(|line| line == "event: tiles");
            let data = event.lines().find_map(|line| line.strip_prefix("data: "));
            if let (true, Some(data)) = (is_tiles, data)
                && let Ok(tiles) = serde_json::from_str(data)
            {
                watched.shown(&tiles);
            }
        }
    }
}
