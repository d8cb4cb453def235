//! The record: what an event is once it has been written, and how its hash is made.

mod envelope;
mod identifier;
pub mod merkle;
mod recorded;

pub use envelope::{Actor, Envelope, Header, NewEvent, Role, Unreadable, leaf_hash};
pub use identifier::{
    ClearanceId, CommandId, ContainerId, DeviceId, EventId, PatientId, SessionId, StaffId,
    StreamId, StreamKind, SyringeId, TenantId,
};
pub use recorded::{Folded, Recorded};
