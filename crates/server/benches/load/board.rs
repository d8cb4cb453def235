//! The board with forty rooms live: what its stream carries, and what it costs in Chromium.
//!
//! Chromium's figure is the processor time of all of its processes together, as the kernel counts
//! it, while the page stands open; starting up is not counted.

use crate::clinic::{Clinic, Running};
use crate::figures::{Figures, Goal};
use crate::number;
use crate::process_watch::ticks;
use crate::rooms::{self, Room};
use crate::stranger::mllp::{Line, Numbers, message, now};
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many rooms.
const ROOMS: u32 = 40;
/// Until everything has been drawn once.
const SETTLING: Duration = Duration::from_secs(15);

/// Opens forty rooms, lets their monitors speak once a second, and shows the board.
pub fn measure(figures: &mut Figures) -> Result<()> {
    let clinic = Clinic::with_past(0)?;
    let rooms = rooms::open(&clinic, ROOMS)?;
    let (running, _) = clinic.serve()?;
    let cookie = running.cookie("nurse")?;
    let speaking = Arc::new(AtomicBool::new(true));
    let monitors = speak(&running, &rooms, &speaking);
    let told = shown(figures, &running, &cookie);
    speaking.store(false, Ordering::SeqCst);
    for monitor in monitors {
        monitor.join().ok();
    }
    told
}

fn speak(
    running: &Running<'_>,
    rooms: &[Room],
    speaking: &Arc<AtomicBool>,
) -> Vec<std::thread::JoinHandle<()>> {
    rooms
        .iter()
        .enumerate()
        .map(|(place, room)| {
            let (key, to) = (room.key.clone(), running.ports.mllp);
            let speaking = Arc::clone(speaking);
            std::thread::spawn(move || {
                let Ok(mut line) = Line::open(to) else {
                    return;
                };
                let mut count = 0_u32;
                while speaking.load(Ordering::SeqCst) {
                    count += 1;
                    let place = u32::try_from(place).unwrap_or(0);
                    let numbers = Numbers {
                        // Every number moves, as on a ward: the rate each second, others slower.
                        heart_rate: 60 + (count * 7 + place * 3) % 40,
                        saturation: 95 + (count / 5 + place) % 5,
                        respiratory_rate: 12 + (count / 3 + place) % 6,
                        cuff: None,
                        twelve: true,
                        temperature_tenths: 366 + (count / 60) % 5,
                    };
                    let text = message(&key, &format!("B{place}.{count}"), now(), &numbers);
                    if line.send(&text).is_err() {
                        return;
                    }
                    std::thread::sleep(Duration::from_secs(1));
                }
            })
        })
        .collect()
}

fn shown(figures: &mut Figures, running: &Running<'_>, cookie: &str) -> Result<()> {
    let bytes = Arc::new(AtomicU64::new(0));
    let door = door(running.ports.http, cookie, &bytes)?;
    let folder = tempfile::tempdir().context("a folder for Chromium")?;
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| "chromium".into(), PathBuf::from);
    let mut browser = Browser(
        Command::new(chromium)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .arg("--window-size=1440,900")
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .arg("--remote-debugging-port=0")
            .arg(format!("http://{door}/board"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("Chromium; set CHROMIUM to its path")?,
    );
    std::thread::sleep(SETTLING);
    let seconds = number("BENCH_SECONDS", 60);
    let (began, before) = (Instant::now(), bytes.load(Ordering::SeqCst));
    let used = browser.ticks();
    std::thread::sleep(Duration::from_secs(u64::from(seconds)));
    let took = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts of a minute")]
    let (busy, carried) = (
        browser.ticks().saturating_sub(used) as f64 / 100.0 / took,
        (bytes.load(Ordering::SeqCst) - before) as f64 / took,
    );
    browser.end();
    figures.add(
        "board of 40 rooms: Chromium, of one core",
        busy * 100.0,
        "%",
        Goal::AtMost(5.0),
    );
    figures.add(
        "board of 40 rooms: stream",
        carried / 1_000.0,
        "kB/s",
        Goal::AtMost(10.0),
    );
    Ok(())
}

/// Chromium with all of its processes.
struct Browser(Child);

impl Browser {
    /// Processor time of it and of everything it has started, in hundredths of a second.
    fn ticks(&self) -> u64 {
        let mut family = BTreeSet::from([self.0.id()]);
        let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|process| Some((process, parent(process)?)))
            .collect();
        loop {
            let before = family.len();
            for (process, parent) in &parents {
                if family.contains(parent) {
                    family.insert(*process);
                }
            }
            if family.len() == before {
                return family.into_iter().map(ticks).sum();
            }
        }
    }

    fn end(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.end();
    }
}

/// Field 4 of `/proc/PID/stat`, counted after the name.
fn parent(process: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// A door of its own before the server, that says who is signed in and counts what comes out:
/// Chromium is then started with nothing but an address.
fn door(server: SocketAddr, cookie: &str, bytes: &Arc<AtomicU64>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (cookie, bytes) = (cookie.to_owned(), Arc::clone(bytes));
    std::thread::spawn(move || {
        for browser in listener.incoming().flatten() {
            let (cookie, bytes) = (cookie.clone(), Arc::clone(&bytes));
            std::thread::spawn(move || through(browser, server, &cookie, &bytes));
        }
    });
    Ok(address)
}

/// One request, one answer, and the connection is closed.
fn through(mut browser: TcpStream, server: SocketAddr, cookie: &str, bytes: &AtomicU64) {
    let mut head = Vec::new();
    let mut piece = [0_u8; 4_096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match browser.read(&mut piece) {
            Ok(read) if read > 0 => head.extend_from_slice(&piece[..read]),
            Ok(_) | Err(_) => return,
        }
    }
    let text = String::from_utf8_lossy(&head).replace("Connection: keep-alive\r\n", "");
    let Some((first, rest)) = text.split_once("\r\n") else {
        return;
    };
    let request = format!("{first}\r\nCookie: {cookie}\r\nConnection: close\r\n{rest}");
    let Ok(mut onward) = TcpStream::connect(server) else {
        return;
    };
    if onward.write_all(request.as_bytes()).is_err() {
        return;
    }
    while let Ok(read) = onward.read(&mut piece) {
        if read == 0 || browser.write_all(&piece[..read]).is_err() {
            return;
        }
        bytes.fetch_add(read as u64, Ordering::SeqCst);
    }
}
