//! What is written to the record, and what the writing answers.

use crate::ProjectionWrite;
use clinical::record::{Actor, CommandId, NewEvent, PatientId, SessionId, StreamId, TenantId};
use units::Moment;

/// A write to the record: plain data, decided before and without the store.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Whose record.
    pub tenant: TenantId,
    /// Executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// When it was decided.
    pub recorded_at: Moment,
    /// Events, by stream.
    pub appends: Vec<Append>,
    /// What pages and programs read, kept in the same transaction.
    pub projections: Vec<ProjectionWrite>,
    /// Who did what to whom.
    pub audit: Vec<AuditEntry>,
    /// What a repetition of the command id is answered.
    pub answer: Vec<u8>,
}

/// Events for one stream.
#[derive(Clone, Debug)]
pub struct Append {
    /// Which stream.
    pub stream: StreamId,
    /// The version that was decided on.
    pub expected_version: u64,
    /// The events.
    pub events: Vec<NewEvent>,
}

/// Who did what to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: Actor,
    /// What, in words.
    pub action: String,
    /// Whose record was touched.
    pub patient: Option<PatientId>,
    /// In which session.
    pub session: Option<SessionId>,
    /// More, in words.
    pub detail: String,
}

/// An audit entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Counts up.
    pub id: u64,
    /// The entry.
    pub entry: AuditEntry,
}

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is durable.
    Committed(Receipt),
    /// The command id was executed before; this was the answer. Nothing was written now.
    Duplicate(Vec<u8>),
    /// A stream has moved on since it was read. Nothing was written.
    Conflict {
        /// Which stream.
        stream: StreamId,
        /// The version that was decided on.
        expected: u64,
        /// The version it has.
        actual: u64,
    },
}

/// Where the events stand now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The first event's position; 0 when there was none.
    pub first_position: u64,
    /// The last event's position; 0 when there was none.
    pub last_position: u64,
}

/// The end of a tenant's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many events.
    pub size: u64,
    /// The Merkle root over them.
    pub root: [u8; 32],
    /// The last leaf; zeros for an empty log.
    pub last_leaf: [u8; 32],
}

/// An event as it is filed, unchecked; for proving the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// The position that it is filed under.
    pub position: u64,
    /// The stream that it is filed under.
    pub stream: StreamId,
    /// The stream version that it is filed under.
    pub stream_version: u64,
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// The leaf hash that stands beside them.
    pub leaf: [u8; 32],
}
