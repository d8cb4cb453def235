//! Five hundred monitors over real MLLP connections, tablets that watch some of them, and a desk.

use crate::clinic::{Clinic, Running};
use crate::desk::Desk;
use crate::figures::{Figures, Goal, milliseconds, percentile};
use crate::number;
use crate::pages;
use crate::process_watch::{ProcessWatch, peak_memory};
use crate::rooms::{self, Room};
use crate::stranger::mllp::{Numbers, acknowledged, framed, message, now};
use crate::viewers::{Seen, Viewers, Watched};
use anyhow::{Context as _, Result, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant as Tick, sleep_until};

/// How many monitors.
const MONITORS: u32 = 500;
/// Numerics in each message.
const NUMERICS: u32 = 12;
/// Rooms with a tablet that watches.
const TABLETS: usize = 16;
/// Samples in a second that are tried one after another, until one is too much.
const STEPS: [u32; 11] = [
    9_000, 12_000, 18_000, 24_000, 30_000, 36_000, 42_000, 48_000, 60_000, 72_000, 90_000,
];
/// How long each of them is tried.
const STEP_SECONDS: u32 = 8;
/// Beyond this a rate is not sustained.
const TOO_LATE: Duration = Duration::from_millis(250);

/// Runs the main measurement, the ramp, or both, on one server.
pub fn measure(figures: &mut Figures, main: bool, ramp: bool) -> Result<()> {
    let clinic = Clinic::with_past(0)?;
    let rooms = rooms::open(&clinic, MONITORS)?;
    let (running, _) = clinic.serve()?;
    let cookie = running.cookie("nurse")?;
    if main {
        pages::room(figures, &running, &cookie, &rooms)?;
        at_one_hertz(figures, &running, &cookie, &rooms)?;
    }
    if ramp {
        highest_rate(figures, &running, &cookie, &rooms)?;
    }
    Ok(())
}

fn at_one_hertz(
    figures: &mut Figures,
    running: &Running<'_>,
    cookie: &str,
    rooms: &[Room],
) -> Result<()> {
    let seconds = number("BENCH_SECONDS", 60);
    let rate = MONITORS * NUMERICS;
    println!("{MONITORS} monitors, {NUMERICS} numerics, 1 Hz: {rate} samples/s for {seconds} s");
    let before = stored_frames(running.clinic)?;
    let desk = Desk::open(running, cookie, &rooms[TABLETS..2 * TABLETS])?;
    let watch = ProcessWatch::begin(running.server.id());
    let Load {
        mut acknowledged,
        refused,
        seen,
        ..
    } = load(running, cookie, rooms, rate, seconds)?;
    let cores = watch.cores();
    let mut entries = desk.close()?;
    let stored = stored_frames(running.clinic)? - before;
    let acknowledged_frames = i64::try_from(acknowledged.len())?;
    #[expect(clippy::cast_precision_loss, reason = "a count of a minute's frames")]
    let count = acknowledged_frames as f64;
    figures.add("monitors: frames acknowledged", count, "frames", Goal::Told);
    figures.add(
        "monitors: frames refused",
        f64::from(refused),
        "frames",
        Goal::AtMost(0.0),
    );
    #[expect(clippy::cast_precision_loss, reason = "a count of frames")]
    let lost = (acknowledged_frames - stored).max(0) as f64;
    figures.add("monitors: frames lost", lost, "frames", Goal::AtMost(0.0));
    figures.add_times(
        "monitors: acknowledgement",
        &mut acknowledged,
        Goal::AtMost(100.0),
    );
    tell_seen(figures, "monitors", seen);
    figures.add(
        "monitors: processor, of two cores",
        cores / 2.0 * 100.0,
        "%",
        Goal::AtMost(60.0),
    );
    let memory = peak_memory(running.server.id());
    figures.add("monitors: peak memory", memory, "MB", Goal::AtMost(200.0));
    figures.add_times(
        "charting by hand meanwhile",
        &mut entries,
        Goal::AtMost(150.0),
    );
    Ok(())
}

fn tell_seen(figures: &mut Figures, part: &str, mut seen: Seen) {
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let count = seen.taken.len() as f64;
    figures.add(
        &format!("{part}: frames seen on tablets"),
        count,
        "frames",
        Goal::Told,
    );
    let name = format!("{part}: frame to tablet");
    figures.add_times(&name, &mut seen.taken, Goal::AtMost(250.0));
    let name = format!("{part}: stream for one tablet");
    figures.add(
        &name,
        seen.bytes_per_second,
        "bytes/s",
        Goal::AtMost(2_000.0),
    );
    figures.add(&name, seen.events_per_second, "events/s", Goal::Told);
}

/// Raises the rate until frames come late.
fn highest_rate(
    figures: &mut Figures,
    running: &Running<'_>,
    cookie: &str,
    rooms: &[Room],
) -> Result<()> {
    let (mut highest, mut most) = (0, 0.0_f64);
    for rate in STEPS {
        let watch = ProcessWatch::begin(running.server.id());
        let Load {
            mut acknowledged,
            done,
            mut seen,
            ..
        } = load(running, cookie, rooms, rate, STEP_SECONDS)?;
        let answered = percentile(&mut acknowledged, 99.0);
        let shown = percentile(&mut seen.taken, 99.0);
        println!(
            "  {rate} samples/s: {done:.0} done, acknowledgement p99 {:.0} ms, tablet p99 {:.0} ms, \
             {:.2} cores",
            milliseconds(answered),
            milliseconds(shown),
            watch.cores(),
        );
        most = most.max(done);
        if answered > TOO_LATE {
            break;
        }
        highest = rate;
    }
    let name = "ramp: highest rate with acknowledgement p99 ≤ 250 ms";
    figures.add(
        name,
        f64::from(highest),
        "samples/s",
        Goal::AtLeast(30_000.0),
    );
    figures.add(
        "ramp: most that was done in any step",
        most,
        "samples/s",
        Goal::Told,
    );
    Ok(())
}

/// What a stretch of load gave.
struct Load {
    /// From when a frame was due to its acknowledgement.
    acknowledged: Vec<Duration>,
    /// Frames answered with anything but AA or CA.
    refused: u32,
    /// Samples in a second that were acknowledged.
    done: f64,
    seen: Seen,
}

fn load(
    running: &Running<'_>,
    cookie: &str,
    rooms: &[Room],
    rate: u32,
    seconds: u32,
) -> Result<Load> {
    let viewers = Viewers::open(running, cookie, &rooms[..TABLETS])?;
    let period = Duration::from_secs_f64(f64::from(MONITORS * NUMERICS) / f64::from(rate));
    let frames =
        (Duration::from_secs(u64::from(seconds)).as_secs_f64() / period.as_secs_f64()) as u32;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let began = Instant::now();
    let (acknowledged, refused) = runtime.block_on(async {
        let first = Tick::now() + Duration::from_millis(300);
        let mut monitors = Vec::new();
        for (place, room) in rooms.iter().enumerate() {
            let monitor = Monitor {
                key: room.key.clone(),
                to: running.ports.mllp,
                watched: viewers.watched(place),
            };
            // Spread over the period, as five hundred clocks are.
            let offset = period.mul_f64(place as f64 / rooms.len() as f64);
            monitors.push(tokio::spawn(monitor.send(first + offset, period, frames)));
        }
        let (mut all, mut refused) = (Vec::new(), 0);
        for monitor in monitors {
            let (taken, not_stored) = monitor.await.context("a monitor")??;
            all.extend(taken);
            refused += not_stored;
        }
        Ok::<_, anyhow::Error>((all, refused))
    })?;
    let took = began.elapsed().as_secs_f64();
    // The last frames are on their way to the tablets.
    std::thread::sleep(Duration::from_millis(500));
    let seen = viewers.close();
    let done = f64::from(NUMERICS) * acknowledged.len() as f64 / took;
    Ok(Load {
        acknowledged,
        refused,
        done,
        seen,
    })
}

struct Monitor {
    key: String,
    to: SocketAddr,
    watched: Option<Arc<Watched>>,
}

impl Monitor {
    /// Sends a frame each period; one that is late is sent at once, and its lateness counts.
    async fn send(
        self,
        first: Tick,
        period: Duration,
        frames: u32,
    ) -> Result<(Vec<Duration>, u32)> {
        let stream = TcpStream::connect(self.to).await?;
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let mut taken = Vec::with_capacity(frames as usize);
        let mut refused = 0;
        let mut answer = Vec::new();
        for number in 0..frames {
            let due = first + period * number;
            sleep_until(due).await;
            let heart_rate = 62 + triangle(number, 30);
            let tenths = 366 + triangle(number / 60, 8);
            let numbers = Numbers {
                heart_rate,
                saturation: 97,
                respiratory_rate: 14,
                cuff: None,
                twelve: true,
                temperature_tenths: tenths,
            };
            let id = format!("{}-{number}", &self.key[8..]);
            let frame = framed(&message(&self.key, &id, now(), &numbers));
            if let Some(watched) = &self.watched {
                let temperature = format!("{}.{}", tenths / 10, tenths % 10);
                watched.sending(heart_rate, &temperature, due.into_std());
            }
            stream.get_mut().write_all(&frame).await?;
            answer.clear();
            stream.read_until(0x1C, &mut answer).await?;
            taken.push(due.elapsed());
            let (code, _) = acknowledged(&answer).context("an answer without MSA")?;
            refused += u32::from(!matches!(code.as_str(), "AA" | "CA"));
            stream.read_until(b'\r', &mut Vec::new()).await?;
        }
        Ok((taken, refused))
    }
}

/// 0, 1, … `top`, … 1, 0, 1 …: no reading jumps.
fn triangle(number: u32, top: u32) -> u32 {
    let place = number % (2 * top);
    place.min(2 * top - place)
}

/// How many frames the database holds.
fn stored_frames(clinic: &Clinic) -> Result<i64> {
    let connection = rusqlite::Connection::open(clinic.database())?;
    connection.busy_timeout(Duration::from_secs(10))?;
    let count: i64 = connection.query_row("SELECT count(*) FROM frame", [], |row| row.get(0))?;
    ensure!(count >= 0, "a count");
    Ok(count)
}
