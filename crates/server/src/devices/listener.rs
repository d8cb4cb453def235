//! The MLLP listener: one task for each connection, so that a bad sender costs only itself.

use super::ingest::{Arrived, Taken, take_in};
use crate::application::Application;
use exchange::hl7v2::acknowledgement::{Answering, Disposition, answer};
use exchange::hl7v2::mllp::{Framed, Framer, wrap};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::NewFrame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use units::Moment;

/// A connection without a byte for this long is closed. Source: device reference 2.1.
const IDLE: Duration = Duration::from_secs(600);
/// A peer that does not take our answer within this time is gone.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Frames in a second that one connection may send; more wait. Source: device reference 2.1.
const FRAMES_PER_SECOND: u32 = 200;
/// An older connection of a device that is heard on a newer one is closed after this long.
/// Source: device reference 2.1.
const SUPERSEDED_AFTER: Duration = Duration::from_secs(5);

/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// What is counted of all connections.
#[derive(Default)]
pub struct Connections {
    open: AtomicUsize,
    per_address: Mutex<HashMap<IpAddr, usize>>,
    next: AtomicU64,
    /// Which connection a device was heard on last.
    heard_on: Mutex<HashMap<String, HeardOn>>,
    /// Connections that were turned away because there were too many.
    pub turned_away: AtomicU64,
    /// Bytes outside of any frame.
    pub garbage_bytes: AtomicU64,
}

/// The connection that a device was heard on last.
struct HeardOn {
    number: u64,
    devices: Arc<Mutex<HashSet<String>>>,
    superseded: CancellationToken,
}

/// Where the listener listens.
pub struct Listening {
    /// The address, with the port that was given when none was asked for.
    pub address: SocketAddr,
}

/// Listens until the application stops.
pub async fn listen(application: Arc<Application>) -> anyhow::Result<Listening> {
    let listener = TcpListener::bind(application.configuration.mllp).await?;
    let address = listener.local_addr()?;
    let connections = Arc::new(Connections::default());
    tokio::spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = application.shutdown.cancelled() => return,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let application = Arc::clone(&application);
                    let connections = Arc::clone(&connections);
                    tokio::spawn(async move {
                        let Some(place) = Place::take(&application, &connections, peer.ip()) else {
                            connections.turned_away.fetch_add(1, Ordering::Relaxed);
                            tracing::warn!(%peer, "too many monitor connections: turned away");
                            return;
                        };
                        if let Err(error) = converse(&application, stream, peer, &place).await {
                            tracing::debug!(%peer, %error, "monitor connection ended");
                        }
                    });
                }
                Err(error) => {
                    // Out of handles: others may close theirs; the listener itself goes on.
                    tracing::warn!(%error, "a monitor connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    });
    Ok(Listening { address })
}

/// A connection's place among the permitted ones; given back when it ends, however it ends.
struct Place {
    connections: Arc<Connections>,
    address: IpAddr,
    number: u64,
    /// Set off when the only device of this connection is heard on a newer one.
    superseded: CancellationToken,
    devices: Arc<Mutex<HashSet<String>>>,
}

impl Place {
    fn take(
        application: &Application,
        connections: &Arc<Connections>,
        address: IpAddr,
    ) -> Option<Self> {
        let limits = &application.configuration;
        let mut per_address = connections
            .per_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let here = per_address.entry(address).or_default();
        if *here >= limits.connections_per_address
            || connections.open.load(Ordering::Relaxed) >= limits.connections
        {
            return None;
        }
        *here += 1;
        connections.open.fetch_add(1, Ordering::Relaxed);
        Some(Self {
            connections: Arc::clone(connections),
            address,
            number: connections.next.fetch_add(1, Ordering::Relaxed) + 1,
            superseded: CancellationToken::new(),
            devices: Arc::default(),
        })
    }

    /// A device was heard here: an older connection of it ends a little later. A gateway that
    /// carries several devices is never ended for one of them.
    fn heard(&self, device: &str) {
        let first = locked(&self.devices).insert(device.to_owned());
        if !first {
            return;
        }
        let here = HeardOn {
            number: self.number,
            devices: Arc::clone(&self.devices),
            superseded: self.superseded.clone(),
        };
        let older = locked(&self.connections.heard_on).insert(device.to_owned(), here);
        if let Some(older) = older.filter(|older| older.number != self.number) {
            tokio::spawn(async move {
                tokio::time::sleep(SUPERSEDED_AFTER).await;
                if locked(&older.devices).len() == 1 {
                    older.superseded.cancel();
                }
            });
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open.fetch_sub(1, Ordering::Relaxed);
        let mut per_address = self
            .connections
            .per_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = per_address.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                per_address.remove(&self.address);
            }
        }
    }
}

/// One connection, from its first byte to its last.
async fn converse(
    application: &Arc<Application>,
    mut stream: TcpStream,
    peer: SocketAddr,
    place: &Place,
) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    // A dead peer is otherwise invisible. Source: device reference 2.1.
    let alive = socket2::TcpKeepalive::new()
        .with_time(Duration::from_secs(15))
        .with_interval(Duration::from_secs(5))
        .with_retries(3);
    socket2::SockRef::from(&stream).set_tcp_keepalive(&alive)?;
    // Hazard: H44
    let allowed = &application.configuration.allowed_senders;
    let sender = Sender {
        application,
        remote: peer.ip().to_string(),
        place,
        allowed: allowed.is_empty() || allowed.contains(&peer.ip()),
    };
    let mut framer = Framer::new();
    let mut chunk = vec![0u8; CHUNK];
    let mut framed = Vec::new();
    let mut pace = Pace::new();
    loop {
        let patience = framer.deadline().map_or(IDLE, |deadline| {
            let left = (deadline - application.clock.now())
                .microseconds()
                .max(1_000);
            Duration::from_micros(u64::try_from(left).unwrap_or(1_000)).min(IDLE)
        });
        let read = tokio::select! {
            read = timeout(patience, stream.read(&mut chunk)) => read,
            () = place.superseded.cancelled() => return Ok(()),
            () = application.shutdown.cancelled() => return Ok(()),
        };
        let now = application.clock.now();
        let ended = match read {
            Ok(Ok(0)) => {
                framer.close(&mut framed);
                true
            }
            Ok(Ok(length)) => {
                framer.push(&chunk[..length], now, &mut framed);
                false
            }
            Ok(Err(error)) => {
                framer.close(&mut framed);
                sender
                    .answer_all(&mut stream, &mut framed, now, &mut pace)
                    .await
                    .ok();
                return Err(error.into());
            }
            Err(_elapsed) if framer.deadline().is_some() => {
                framer.poll(now, &mut framed);
                false
            }
            Err(_elapsed) => return Ok(()),
        };
        sender
            .answer_all(&mut stream, &mut framed, now, &mut pace)
            .await?;
        if ended {
            let garbage = framer.counters().garbage_bytes;
            place
                .connections
                .garbage_bytes
                .fetch_add(garbage, Ordering::Relaxed);
            return Ok(());
        }
    }
}

/// What a frame led to.
struct Received {
    answers: Vec<Vec<u8>>,
    taken: Option<Taken>,
}

impl From<Vec<Vec<u8>>> for Received {
    fn from(answers: Vec<Vec<u8>>) -> Self {
        Self {
            answers,
            taken: None,
        }
    }
}

struct Sender<'a> {
    application: &'a Arc<Application>,
    remote: String,
    place: &'a Place,
    allowed: bool,
}

impl Sender<'_> {
    async fn answer_all(
        &self,
        stream: &mut TcpStream,
        framed: &mut Vec<Framed>,
        now: Moment,
        pace: &mut Pace,
    ) -> anyhow::Result<()> {
        for frame in framed.drain(..) {
            pace.wait().await;
            let Received { answers, taken } = self.receive(frame, now).await;
            let mut sent = Ok(());
            for answer in answers {
                let writing = timeout(ANSWER_WITHIN, stream.write_all(&wrap(&answer))).await;
                sent = writing
                    .map_err(anyhow::Error::from)
                    .and_then(|done| Ok(done?));
                if sent.is_err() {
                    break;
                }
            }
            // What was stored is charted even when the sender is gone.
            if let Some(taken) = taken {
                taken.follow(self.application).await;
            }
            sent?;
        }
        Ok(())
    }

    /// Makes a frame durable and reads it; what is answered is durable.
    async fn receive(&self, framed: Framed, received_at: Moment) -> Received {
        let (bytes, broken) = match framed {
            Framed::Complete(bytes) => (bytes, None),
            Framed::Truncated { partial, .. } => (partial, Some(Disposition::Truncated)),
            Framed::TooLarge { head, length } => {
                tracing::warn!(
                    remote = self.remote,
                    length,
                    "a frame above the limit was refused"
                );
                (head, Some(Disposition::TooLarge))
            }
        };
        if !self.allowed {
            return self.answers(&bytes, Disposition::NotAllowed).into();
        }
        let frame = NewFrame {
            tenant: self.application.tenant,
            received_at,
            connection: self.place.number,
            remote: self.remote.clone(),
            profile: self.application.configuration.profile.clone(),
            bytes: bytes.clone(),
        };
        // Durable first: what we acknowledge survives a power cut. Hazard: H29
        let frame = match self.application.store.append_frame(frame).await {
            Ok(frame) => frame,
            Err(error) => {
                tracing::error!(%error, "a frame was not stored; the monitor will send it again");
                return self.answers(&bytes, Disposition::StorageFailed).into();
            }
        };
        let arrived = Arrived {
            frame,
            received_at,
            remote: self.remote.clone(),
        };
        let (taken, disposition) = match broken {
            Some(broken) => (Taken::set_aside(&arrived, broken), broken),
            None => {
                let taken = take_in(self.application, &arrived, &bytes);
                if let Some(device) = taken.device_key() {
                    self.place.heard(device);
                }
                let disposition = if taken.is_quarantined() {
                    Disposition::StoredUnreadable
                } else {
                    Disposition::Stored
                };
                (taken, disposition)
            }
        };
        Received {
            answers: self.answers(&bytes, disposition),
            taken: Some(taken),
        }
    }

    fn answers(&self, bytes: &[u8], disposition: Disposition) -> Vec<Vec<u8>> {
        let at = self.application.clock.now();
        let number = CONTROL.fetch_add(2, Ordering::Relaxed);
        let (first, second) = (format!("E{number:07}"), format!("E{:07}", number + 1));
        let profile = self.application.devices.profile_of(
            bytes,
            &self.application.configuration.profile,
            &self.application.zone,
        );
        answer(
            bytes,
            &profile,
            disposition,
            Answering {
                at,
                control_ids: [&first, &second],
            },
        )
    }
}

/// Our own control ids: unique within a run, which is all that the standard asks.
static CONTROL: AtomicU64 = AtomicU64::new(1);

/// Holds one connection to its frames in a second.
struct Pace {
    window: Instant,
    count: u32,
}

impl Pace {
    fn new() -> Self {
        Self {
            window: Instant::now(),
            count: 0,
        }
    }

    async fn wait(&mut self) {
        let second = Duration::from_secs(1);
        if self.window.elapsed() >= second {
            self.window = Instant::now();
            self.count = 0;
        }
        self.count += 1;
        if self.count > FRAMES_PER_SECOND {
            tokio::time::sleep_until(self.window + second).await;
            self.window = Instant::now();
            self.count = 1;
        }
    }
}
