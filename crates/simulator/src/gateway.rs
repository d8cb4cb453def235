//! The sending side of MLLP: one message at a time, each until it is acknowledged.
//!
//! As monitors and their gateways do it (device reference §2.1): stop-and-wait; no acknowledgement
//! within the time given ends the connection and the same bytes go out again on the next one;
//! reconnecting waits 1, 2, 4 … 30 s ± 20 %, for ever; during an outage messages pile up, and are
//! sent afterwards, oldest first.

use crate::chance::Chance;
use crate::ledger::Ledger;
use crate::monitor::Message;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const START_OF_BLOCK: u8 = 0x0B;
const END_OF_BLOCK: u8 = 0x1C;
const CARRIAGE_RETURN: u8 = 0x0D;
/// An acknowledgement longer than this is none.
const LONGEST_ACKNOWLEDGEMENT: usize = 64 * 1024;

/// How the gateway is set up.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// `HOST:PORT` of the listener.
    pub to: String,
    /// How long it waits for an acknowledgement.
    pub acknowledgement_within: Duration,
    /// How many messages it keeps; beyond that the oldest is lost, and counted.
    pub backlog: usize,
    /// The shortest wait before it connects again; doubled each time, up to thirty times itself.
    pub first_wait: Duration,
    /// For the scatter of the waits.
    pub seed: u64,
    /// Where acknowledged messages are written down.
    pub ledger: Option<PathBuf>,
}

impl GatewaySettings {
    /// The usual settings towards this `HOST:PORT`.
    pub fn to(address: impl Into<String>) -> Self {
        Self {
            to: address.into(),
            acknowledgement_within: Duration::from_secs(10),
            // Two hours at one message a second.
            backlog: 7_200,
            first_wait: Duration::from_secs(1),
            seed: 0,
            ledger: None,
        }
    }
}

/// What happened to the messages. `queued = acknowledged + lost + waiting` at every instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Handed over by the monitor.
    pub queued: u64,
    /// Sent for the first time.
    pub sent: u64,
    /// Sent once more.
    pub resent: u64,
    /// Positively acknowledged.
    pub acknowledged: u64,
    /// Answered with an error or a reject.
    pub refused: u64,
    /// Not answered in time.
    pub unanswered: u64,
    /// Answered with another control id than ours.
    pub mismatched: u64,
    /// Lost because the backlog was full.
    pub lost: u64,
    /// Connections made.
    pub connections: u64,
    /// Waiting to be acknowledged.
    pub waiting: u64,
}

/// Sends what a monitor hands over. Shared between the monitor's task and [`Gateway::run`].
#[derive(Debug)]
pub struct Gateway {
    settings: GatewaySettings,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    backlog: VecDeque<Message>,
    in_flight: Option<InFlight>,
    outage: bool,
    closed: bool,
    counts: Counts,
}

#[derive(Clone, Debug)]
struct InFlight {
    message: Message,
    tried: bool,
}

/// How one try to send ended.
enum Answer {
    Accepted(String),
    Refused(String),
    Mismatched,
    Silent,
    Gone,
}

impl Gateway {
    /// A gateway that is not running yet.
    pub fn new(settings: GatewaySettings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    /// Takes a message to be sent.
    pub fn queue(&self, message: Message) {
        let mut state = self.state();
        state.counts.queued += 1;
        state.backlog.push_back(message);
        while state.backlog.len() > self.settings.backlog.max(1) {
            state.backlog.pop_front();
            state.counts.lost += 1;
        }
        drop(state);
        self.changed();
    }

    /// Takes the network away, or gives it back.
    pub fn set_outage(&self, outage: bool) {
        let mut state = self.state();
        if state.outage != outage {
            state.outage = outage;
            drop(state);
            self.changed();
        }
    }

    /// No more messages will come: [`Gateway::run`] ends when all are acknowledged.
    pub fn close(&self) {
        self.state().closed = true;
        self.changed();
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        let state = self.state();
        let waiting = state.backlog.len() + usize::from(state.in_flight.is_some());
        Counts {
            waiting: waiting as u64,
            ..state.counts
        }
    }

    /// Sends until it is stopped, or closed with nothing left.
    ///
    /// Faults: the ledger cannot be written. Trouble with the network is no fault here; it is what
    /// this is for.
    pub async fn run(&self, stop: CancellationToken) -> io::Result<()> {
        let mut ledger = match &self.settings.ledger {
            Some(path) => Some(Ledger::open(path).await?),
            None => None,
        };
        let mut changes = self.changes.subscribe();
        let mut chance = Chance::from_seed(self.settings.seed ^ 0x6761_7465_7761_7900);
        let mut failures = 0;
        let mut connection: Option<TcpStream> = None;
        loop {
            if stop.is_cancelled() {
                return Ok(());
            }
            changes.mark_unchanged();
            let Some(next) = self.next() else {
                if self.is_done() {
                    return Ok(());
                }
                if self.state().outage {
                    connection = None;
                }
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    _ = changes.changed() => {}
                }
                continue;
            };

            let stream = match connection.take() {
                Some(stream) => Some(stream),
                None => tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    stream = self.connect() => stream,
                },
            };
            let Some(mut stream) = stream else {
                self.wait(&stop, &mut chance, &mut failures).await;
                continue;
            };

            let sent_at = jiff::Timestamp::now();
            let answer = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.network_lost() => Answer::Gone,
                answer = self.exchange(&mut stream, &next) => answer,
            };
            match answer {
                Answer::Accepted(code) => {
                    if let Some(ledger) = &mut ledger {
                        let sent_at = format!("{sent_at:.6}");
                        let message = &next.message;
                        ledger
                            .add(&message.text, &message.control_id, &sent_at, &code)
                            .await?;
                    }
                    let mut state = self.state();
                    state.in_flight = None;
                    state.counts.acknowledged += 1;
                    failures = 0;
                    connection = Some(stream);
                }
                Answer::Refused(code) => {
                    tracing::debug!(%code, "refused; sent again later");
                    self.state().counts.refused += 1;
                    connection = Some(stream);
                    self.wait(&stop, &mut chance, &mut failures).await;
                }
                // On these the connection is given up, for a late answer to this message could be
                // taken for the answer to the next: some makers' control ids never change.
                Answer::Mismatched => {
                    self.state().counts.mismatched += 1;
                    self.wait(&stop, &mut chance, &mut failures).await;
                }
                Answer::Silent => self.state().counts.unanswered += 1,
                Answer::Gone => {
                    if !self.state().outage {
                        self.wait(&stop, &mut chance, &mut failures).await;
                    }
                }
            }
        }
    }

    /// The message to send now: the one in flight first. None without network or messages.
    fn next(&self) -> Option<InFlight> {
        let mut state = self.state();
        if state.outage {
            return None;
        }
        if state.in_flight.is_none() {
            state.in_flight = state.backlog.pop_front().map(|message| InFlight {
                message,
                tried: false,
            });
        }
        state.in_flight.clone()
    }

    fn is_done(&self) -> bool {
        let state = self.state();
        state.closed && state.backlog.is_empty() && state.in_flight.is_none()
    }

    async fn connect(&self) -> Option<TcpStream> {
        let connecting = TcpStream::connect(&self.settings.to);
        let stream = tokio::time::timeout(Duration::from_secs(10), connecting)
            .await
            .ok()?
            .ok()?;
        // Stop-and-wait with small messages: waiting to fill a packet only delays.
        stream.set_nodelay(true).ok()?;
        self.state().counts.connections += 1;
        Some(stream)
    }

    /// Ends when the network is taken away.
    async fn network_lost(&self) {
        let mut changes = self.changes.subscribe();
        while !self.state().outage {
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits before the next try: 1, 2, 4 … 30 times the first wait, ± 20 %.
    async fn wait(&self, stop: &CancellationToken, chance: &mut Chance, failures: &mut u32) {
        let times = 2_u32.saturating_pow(*failures).min(30);
        *failures = failures.saturating_add(1).min(16);
        let wait = self
            .settings
            .first_wait
            .mul_f64(f64::from(times) * chance.between(0.8, 1.2));
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }

    async fn exchange(&self, stream: &mut TcpStream, next: &InFlight) -> Answer {
        let text = next.message.text.as_bytes();
        let mut frame = Vec::with_capacity(text.len() + 3);
        frame.push(START_OF_BLOCK);
        frame.extend_from_slice(text);
        frame.extend_from_slice(&[END_OF_BLOCK, CARRIAGE_RETURN]);
        {
            let mut state = self.state();
            if next.tried {
                state.counts.resent += 1;
            } else {
                state.counts.sent += 1;
            }
            if let Some(in_flight) = &mut state.in_flight {
                in_flight.tried = true;
            }
        }
        let conversation = async {
            stream.write_all(&frame).await?;
            read_block(stream).await
        };
        match tokio::time::timeout(self.settings.acknowledgement_within, conversation).await {
            Err(_) => Answer::Silent,
            Ok(Err(_)) => Answer::Gone,
            Ok(Ok(block)) => judge(&block, &next.message.control_id),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counters and a queue stay whole whatever happened to the thread that held them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }
}

async fn read_block(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut received = Vec::new();
    let mut piece = [0; 1_024];
    loop {
        let length = stream.read(&mut piece).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        received.extend_from_slice(&piece[..length]);
        let start = received.iter().position(|byte| *byte == START_OF_BLOCK);
        let end = received.iter().position(|byte| *byte == END_OF_BLOCK);
        if let (Some(start), Some(end)) = (start, end)
            && start < end
        {
            return Ok(received[start + 1..end].to_vec());
        }
        if received.len() > LONGEST_ACKNOWLEDGEMENT {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

/// Reads MSA-1 and MSA-2.
fn judge(block: &[u8], control_id: &str) -> Answer {
    let text = String::from_utf8_lossy(block);
    let Some(segment) = text
        .split(['\r', '\n'])
        .find(|segment| segment.starts_with("MSA|"))
    else {
        return Answer::Mismatched;
    };
    let mut fields = segment.split('|').skip(1);
    let code = fields.next().unwrap_or_default();
    if fields.next().unwrap_or_default() != control_id {
        return Answer::Mismatched;
    }
    match code {
        "AA" | "CA" => Answer::Accepted(code.to_owned()),
        other => Answer::Refused(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_is_judged_by_its_code_and_by_the_echo_of_the_control_id() {
        for (text, expected) in [
            ("MSH|^~\\&|\rMSA|AA|41\r", "accepted"),
            ("MSH|^~\\&|\rMSA|CA|41", "accepted"),
            ("MSH|^~\\&|\rMSA|AE|41|full\r", "refused"),
            ("MSH|^~\\&|\rMSA|AA|42\r", "mismatched"),
            ("MSH|^~\\&|\r", "mismatched"),
        ] {
            let found = match judge(text.as_bytes(), "41") {
                Answer::Accepted(_) => "accepted",
                Answer::Refused(_) => "refused",
                Answer::Mismatched => "mismatched",
                Answer::Silent | Answer::Gone => "nothing",
            };
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn a_full_backlog_loses_its_oldest_message_and_says_so() {
        let gateway = Gateway::new(GatewaySettings {
            backlog: 2,
            ..GatewaySettings::to("nowhere:1")
        });
        for number in 1..=3 {
            gateway.queue(Message {
                text: number.to_string(),
                control_id: number.to_string(),
            });
        }
        let counts = gateway.counts();
        assert_eq!((counts.queued, counts.lost, counts.waiting), (3, 1, 2));
        assert_eq!(gateway.next().unwrap().message.control_id, "2");
    }
}
