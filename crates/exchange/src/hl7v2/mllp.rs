//! MLLP framing: `0x0B message 0x1C 0x0D`, and what senders make of it.
//!
//! Bytes and moments in, frames and framing problems out. The result is the same however the
//! bytes were split. Memory is bounded by the frame limit, whatever is sent. Hazard: H43.
//! Source: device reference §2.1.

use units::{Moment, Span};

/// Before a message.
pub const START: u8 = 0x0B;
/// After a message, followed by a carriage return.
pub const END: u8 = 0x1C;
const CARRIAGE_RETURN: u8 = 0x0D;
const LINE_FEED: u8 = 0x0A;

/// The largest frame that is kept, in bytes.
pub const LARGEST_FRAME: usize = 1 << 20;
/// How long a frame may take from its first byte to its last.
pub const FRAME_TIMEOUT: Span = Span::from_seconds(10);
/// How long after a lone end byte the frame counts as whole.
pub const LONE_END_IDLE: Span = Span::from_milliseconds(200);
/// How much of an oversized frame is kept, so that its header can be answered.
const HEAD: usize = 4_096;

/// What came out of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framed {
    /// A whole message.
    Complete(Vec<u8>),
    /// A message whose end never came; what did come, for quarantine and for the answer.
    Truncated {
        /// The bytes that came.
        partial: Vec<u8>,
        /// Why it ended.
        why: Cut,
    },
    /// A message above the limit: its bytes were counted and dropped.
    TooLarge {
        /// The first bytes, for the answer.
        head: Vec<u8>,
        /// How many bytes came.
        length: u64,
    },
}

/// Why a message ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A new message began inside it.
    NewStart,
    /// It took longer than [`FRAME_TIMEOUT`].
    Timeout,
    /// The connection ended.
    Closed,
}

/// What was counted since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Whole messages.
    pub complete: u64,
    /// Messages without an end.
    pub truncated: u64,
    /// Messages above the limit.
    pub too_large: u64,
    /// Bytes outside any message.
    pub garbage_bytes: u64,
    /// Messages that ended in another way than `0x1C 0x0D`, and were accepted.
    pub odd_ends: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Between messages.
    Outside,
    /// Just after a whole message, where line ends still belong to its end.
    JustAfter,
    /// Inside a message.
    Inside,
    /// Inside a message, after a byte that may be its end.
    AfterEnd,
}

/// The framing of one connection.
#[derive(Clone, Debug)]
pub struct Framer {
    limit: usize,
    place: Place,
    buffer: Vec<u8>,
    /// Bytes of the current frame, kept or not.
    length: u64,
    started_at: Moment,
    end_seen_at: Moment,
    counters: Counters,
}

impl Default for Framer {
    fn default() -> Self {
        Self::with_limit(LARGEST_FRAME)
    }
}

impl Framer {
    /// A framer with the usual limit, [`LARGEST_FRAME`].
    pub fn new() -> Self {
        Self::default()
    }

    /// A framer that keeps frames of up to `limit` bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            place: Place::Outside,
            buffer: Vec::new(),
            length: 0,
            started_at: Moment::from_microseconds(0),
            end_seen_at: Moment::from_microseconds(0),
            counters: Counters::default(),
        }
    }

    /// What was counted since the beginning.
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// When [`Framer::poll`] should next be called if no bytes come; `None` while between frames.
    pub fn deadline(&self) -> Option<Moment> {
        match self.place {
            Place::Outside | Place::JustAfter => None,
            Place::Inside => Some(self.started_at + FRAME_TIMEOUT),
            Place::AfterEnd => {
                Some((self.end_seen_at + LONE_END_IDLE).min(self.started_at + FRAME_TIMEOUT))
            }
        }
    }

    /// Takes bytes that came at `now`, and adds what they complete to `out`.
    pub fn push(&mut self, bytes: &[u8], now: Moment, out: &mut Vec<Framed>) {
        self.poll(now, out);
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            match self.place {
                Place::Outside | Place::JustAfter => {
                    if byte == START {
                        self.begin(now);
                        rest = after;
                    } else if self.place == Place::JustAfter
                        && matches!(byte, CARRIAGE_RETURN | LINE_FEED)
                    {
                        rest = after;
                    } else {
                        self.place = Place::Outside;
                        let next = rest.iter().position(|byte| *byte == START);
                        let skipped = next.unwrap_or(rest.len());
                        self.counters.garbage_bytes += skipped as u64;
                        rest = &rest[skipped..];
                    }
                }
                Place::Inside => {
                    let next = rest.iter().position(|byte| matches!(*byte, START | END));
                    let (content, marker) = rest.split_at(next.unwrap_or(rest.len()));
                    self.keep(content);
                    rest = match marker.split_first() {
                        None => marker,
                        Some((&END, after)) => {
                            self.place = Place::AfterEnd;
                            self.end_seen_at = now;
                            after
                        }
                        Some((_, after)) => {
                            self.cut(Cut::NewStart, out);
                            self.begin(now);
                            after
                        }
                    };
                }
                Place::AfterEnd => match byte {
                    CARRIAGE_RETURN => {
                        self.complete(out);
                        rest = after;
                    }
                    LINE_FEED => {
                        self.counters.odd_ends += 1;
                        self.complete(out);
                        rest = after;
                    }
                    START => {
                        self.counters.odd_ends += 1;
                        self.complete(out);
                    }
                    _ => {
                        // Not an end after all: the byte was part of the message.
                        self.keep(&[END]);
                        self.place = Place::Inside;
                    }
                },
            }
        }
    }

    /// Lets time pass: ends a frame after a lone end byte, drops one that takes too long.
    pub fn poll(&mut self, now: Moment, out: &mut Vec<Framed>) {
        match self.place {
            Place::Outside | Place::JustAfter => {}
            Place::AfterEnd if now - self.end_seen_at >= LONE_END_IDLE => {
                self.counters.odd_ends += 1;
                self.complete(out);
            }
            Place::Inside | Place::AfterEnd => {
                if now - self.started_at >= FRAME_TIMEOUT {
                    self.cut(Cut::Timeout, out);
                }
            }
        }
    }

    /// The connection ended: a message that had its end byte is whole, any other is truncated.
    pub fn close(&mut self, out: &mut Vec<Framed>) {
        match self.place {
            Place::Outside | Place::JustAfter => {}
            Place::Inside => self.cut(Cut::Closed, out),
            Place::AfterEnd => {
                self.counters.odd_ends += 1;
                self.complete(out);
            }
        }
        self.place = Place::Outside;
    }

    fn begin(&mut self, now: Moment) {
        self.place = Place::Inside;
        self.started_at = now;
        self.length = 0;
        self.buffer = Vec::new();
    }

    fn keep(&mut self, bytes: &[u8]) {
        let was_within = self.within_limit();
        self.length = self.length.saturating_add(bytes.len() as u64);
        if self.within_limit() {
            self.buffer.extend_from_slice(bytes);
        } else if was_within {
            // Over the limit: only the head stays, and nothing more is kept.
            let missing = HEAD.saturating_sub(self.buffer.len()).min(bytes.len());
            self.buffer.extend_from_slice(&bytes[..missing]);
            self.buffer.truncate(HEAD);
            self.buffer.shrink_to_fit();
        } else if self.buffer.len() < HEAD {
            let missing = (HEAD - self.buffer.len()).min(bytes.len());
            self.buffer.extend_from_slice(&bytes[..missing]);
        }
    }

    fn within_limit(&self) -> bool {
        self.length <= self.limit as u64
    }

    fn complete(&mut self, out: &mut Vec<Framed>) {
        self.place = Place::JustAfter;
        let bytes = std::mem::take(&mut self.buffer);
        if self.within_limit() {
            self.counters.complete += 1;
            out.push(Framed::Complete(bytes));
        } else {
            self.counters.too_large += 1;
            out.push(Framed::TooLarge {
                head: bytes,
                length: self.length,
            });
        }
    }

    fn cut(&mut self, why: Cut, out: &mut Vec<Framed>) {
        self.place = Place::Outside;
        let bytes = std::mem::take(&mut self.buffer);
        if self.within_limit() {
            self.counters.truncated += 1;
            out.push(Framed::Truncated {
                partial: bytes,
                why,
            });
        } else {
            self.counters.too_large += 1;
            out.push(Framed::TooLarge {
                head: bytes,
                length: self.length,
            });
        }
    }
}

/// A message in its frame, ready to send.
pub fn wrap(message: &[u8]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(message.len() + 3);
    framed.push(START);
    framed.extend_from_slice(message);
    framed.extend_from_slice(&[END, CARRIAGE_RETURN]);
    framed
}
