//! Proving the log: everything is read again and computed again, and nothing is believed.

use crate::{Fault, Store, StoredEvent};
use clinical::record::merkle::{Frontier, Hash};
use clinical::record::{DeviceId, Envelope, StreamId, TenantId};
use std::collections::BTreeMap;
use std::fmt;
use units::{Moment, Span};

/// How many events or blocks are read at once.
const PAGE: usize = 2_000;

/// The moment of recording may lie this much before an earlier position's, in another stream:
/// decisions wait in a queue, and replicas have clocks of their own. Within a stream not at all.
///
/// Source: project default; a queue is waited for some seconds, and clocks are kept within one.
pub const RECORDED_EARLIER_AT_MOST: Span = Span::from_minutes(5);

/// A size and root that somebody outside the store has kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many events the log had.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
}

/// What the proof found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// Whose log.
    pub tenant: TenantId,
    /// How many events were read.
    pub events: u64,
    /// How many sample blocks were read.
    pub blocks: u64,
    /// The Merkle root over the events that were read.
    pub root: Hash,
    /// Everything that is not as it was written; empty for a sound log.
    pub findings: Vec<Finding>,
}

impl VerifyReport {
    /// Whether nothing was found.
    pub const fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A position is missing before this one.
    PositionGap {
        /// The position that was due.
        expected: u64,
        /// The position that came.
        found: u64,
    },
    /// The bytes of an event do not have their hash, or cannot be read.
    Unreadable {
        /// Where.
        position: u64,
        /// Why.
        reason: String,
    },
    /// An event is filed under another stream or version than its header says.
    Misfiled {
        /// Where.
        position: u64,
    },
    /// An event says it belongs to another tenant.
    OtherTenant {
        /// Where.
        position: u64,
    },
    /// A version of a stream is missing before this one, or was there before.
    StreamGap {
        /// Where.
        position: u64,
        /// Which stream.
        stream: StreamId,
        /// The version that was due.
        expected: u64,
        /// The version that came.
        found: u64,
    },
    /// An event does not follow the one before it.
    ChainBroken {
        /// Where.
        position: u64,
    },
    /// An event was recorded before an earlier one.
    RecordedEarlier {
        /// Where.
        position: u64,
        /// By how much.
        by: Span,
    },
    /// The log does not end where the store says it ends.
    HeadDiffers {
        /// How many events the store says there are.
        stored: u64,
        /// How many there are.
        found: u64,
    },
    /// The Merkle root is not the stored one.
    RootDiffers,
    /// The log is shorter than somebody outside has seen it.
    ShorterThanCheckpoint {
        /// How many events it had.
        checkpoint: u64,
        /// How many it has.
        found: u64,
    },
    /// The beginning of the log is not what somebody outside has seen.
    CheckpointDiffers {
        /// Of which size.
        size: u64,
    },
    /// A sample block does not match its seal, or cannot be read.
    BlockDamaged {
        /// Of which device.
        device: DeviceId,
        /// From when.
        received_from: Moment,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PositionGap { expected, found } => {
                write!(
                    f,
                    "position {expected} was due and {found} came: events are missing"
                )
            }
            Self::Unreadable { position, reason } => {
                write!(f, "position {position}: {reason}")
            }
            Self::Misfiled { position } => write!(
                f,
                "position {position}: filed under another stream or version than it says"
            ),
            Self::OtherTenant { position } => {
                write!(f, "position {position}: belongs to another tenant")
            }
            Self::StreamGap {
                position,
                stream,
                expected,
                found,
            } => write!(
                f,
                "position {position}: version {expected} of {stream} was due and {found} came"
            ),
            Self::ChainBroken { position } => {
                write!(
                    f,
                    "position {position}: does not follow the event before it"
                )
            }
            Self::RecordedEarlier { position, by } => write!(
                f,
                "position {position}: recorded {} s before an earlier one",
                by.seconds()
            ),
            Self::HeadDiffers { stored, found } => {
                write!(f, "the store says {stored} events, and there are {found}")
            }
            Self::RootDiffers => write!(f, "the Merkle root is not the stored one"),
            Self::ShorterThanCheckpoint { checkpoint, found } => write!(
                f,
                "the log had {checkpoint} events when it was seen from outside, and has {found}"
            ),
            Self::CheckpointDiffers { size } => write!(
                f,
                "the first {size} events are not those that were seen from outside"
            ),
            Self::BlockDamaged {
                device,
                received_from,
            } => write!(
                f,
                "the sample block of device {device} from {received_from} is damaged"
            ),
        }
    }
}

/// Reads the whole log and every sample block of a tenant again, and lists what is not as it was
/// written.
///
/// Whoever can write the whole database can write a sound log of their own; only a checkpoint
/// kept outside shows that. Hazard: H36
pub async fn verify(
    store: &dyn Store,
    tenant: TenantId,
    checkpoint: Option<Checkpoint>,
) -> Result<VerifyReport, Fault> {
    // Read first: events that are appended meanwhile are left to the next proof.
    let head = store.head(tenant).await?;
    let mut proof = Proof::new(tenant, checkpoint);
    let mut after = 0;
    // Also what stands beyond the stored end, which was not written by us.
    loop {
        let page = store.stored_events(tenant, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in page {
            if event.position > head.size && store.head(tenant).await?.size > head.size {
                break;
            }
            proof.take(event);
        }
        if after > head.size && store.head(tenant).await?.size > head.size {
            break;
        }
    }
    if proof.events != head.size {
        let found = proof.events;
        proof.findings.push(Finding::HeadDiffers {
            stored: head.size,
            found,
        });
    }
    let root = proof.frontier.root();
    if root != head.root {
        proof.findings.push(Finding::RootDiffers);
    }
    if let Some(checkpoint) = checkpoint {
        proof.compare_end(checkpoint);
    }
    let blocks = verify_blocks(store, tenant, &mut proof.findings).await?;
    Ok(VerifyReport {
        tenant,
        events: proof.events,
        blocks,
        root,
        findings: proof.findings,
    })
}

struct Proof {
    tenant: TenantId,
    checkpoint: Option<Checkpoint>,
    events: u64,
    frontier: Frontier,
    last_leaf: Hash,
    last_position: u64,
    latest: Option<Moment>,
    streams: BTreeMap<StreamId, (u64, Moment)>,
    findings: Vec<Finding>,
}

impl Proof {
    fn new(tenant: TenantId, checkpoint: Option<Checkpoint>) -> Self {
        Self {
            tenant,
            checkpoint,
            events: 0,
            frontier: Frontier::new(),
            last_leaf: [0; 32],
            last_position: 0,
            latest: None,
            streams: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    fn take(&mut self, event: StoredEvent) {
        let position = event.position;
        if position != self.last_position + 1 {
            self.findings.push(Finding::PositionGap {
                expected: self.last_position + 1,
                found: position,
            });
        }
        self.last_position = position;
        self.events += 1;
        // The tree is made of what the bytes hash to, not of what stands beside them.
        let leaf = clinical::record::leaf_hash(&event.header, &event.body);
        self.frontier.append(leaf);
        if let Some(checkpoint) = self.checkpoint
            && checkpoint.size == self.frontier.size()
            && checkpoint.root != self.frontier.root()
        {
            self.findings.push(Finding::CheckpointDiffers {
                size: checkpoint.size,
            });
        }
        let previous = std::mem::replace(&mut self.last_leaf, leaf);
        let (stream, version) = (event.stream, event.stream_version);
        match Envelope::open(position, event.header, event.body, event.leaf) {
            Ok(envelope) => self.take_readable(&envelope, previous, stream, version),
            Err(unreadable) => {
                self.findings.push(Finding::Unreadable {
                    position,
                    reason: unreadable.reason,
                });
            }
        }
    }

    fn take_readable(
        &mut self,
        envelope: &Envelope,
        previous: Hash,
        filed_stream: StreamId,
        filed_version: u64,
    ) {
        let header = &envelope.header;
        let position = header.position;
        if header.tenant != self.tenant {
            self.findings.push(Finding::OtherTenant { position });
        }
        if header.stream != filed_stream || header.stream_version != filed_version {
            self.findings.push(Finding::Misfiled { position });
        }
        if header.previous != previous {
            self.findings.push(Finding::ChainBroken { position });
        }
        let before = self.streams.get(&header.stream).copied();
        let expected = before.map_or(1, |(version, _)| version + 1);
        if header.stream_version != expected {
            self.findings.push(Finding::StreamGap {
                position,
                stream: header.stream,
                expected,
                found: header.stream_version,
            });
        }
        let in_stream = before.map(|(_, at)| at - header.recorded_at);
        let in_log = self.latest.map(|at| at - header.recorded_at);
        let earlier = in_stream
            .filter(|by| *by > Span::ZERO)
            .or(in_log.filter(|by| *by > RECORDED_EARLIER_AT_MOST));
        if let Some(by) = earlier {
            self.findings
                .push(Finding::RecordedEarlier { position, by });
        }
        self.latest = self.latest.max(Some(header.recorded_at));
        self.streams
            .insert(header.stream, (header.stream_version, header.recorded_at));
    }

    fn compare_end(&mut self, checkpoint: Checkpoint) {
        if checkpoint.size > self.events {
            self.findings.push(Finding::ShorterThanCheckpoint {
                checkpoint: checkpoint.size,
                found: self.events,
            });
        }
        if checkpoint.size == 0 && checkpoint.root != Frontier::new().root() {
            self.findings.push(Finding::CheckpointDiffers { size: 0 });
        }
    }
}

async fn verify_blocks(
    store: &dyn Store,
    tenant: TenantId,
    findings: &mut Vec<Finding>,
) -> Result<u64, Fault> {
    let mut blocks = 0;
    let mut after = None;
    loop {
        let page = store.all_blocks(tenant, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(blocks);
        };
        after = Some((last.device, last.received_from, last.hash));
        for block in page {
            blocks += 1;
            let sound = block
                .open()
                .is_ok_and(|samples| samples.len() == block.count as usize);
            if !sound {
                findings.push(Finding::BlockDamaged {
                    device: block.device,
                    received_from: block.received_from,
                });
            }
        }
    }
}
