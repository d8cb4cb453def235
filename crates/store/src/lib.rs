//! Append, read, subscribe: the log, the samples and the projections.
//!
//! One trait, [`Store`], and three engines: SQLite, PostgreSQL, and memory, which is the model
//! that the other two are tested against. A write to the record is a value, [`Decision`].

mod catalogue;
mod course;
mod digest;
mod document;
mod engine;
mod fault;
mod frame;
mod identity;
mod memory;
mod migration;
mod open;
mod postgres;
mod projection;
mod record;
pub mod sample;
mod sql_store;
mod sqlite;
mod store;
#[cfg(feature = "throwaway-postgres")]
pub mod throwaway;
mod value;
mod verify;

pub use course::{CourseRow, CourseSearch};
pub(crate) use digest::Digest;
pub use document::Document;
pub use fault::Fault;
pub use frame::{
    Frame, FrameId, FrameOutcome, FrameState, FrameSummary, NewFrame, UnassignedDevice,
};
pub use identity::{
    Account, ApiClient, ApiToken, LoginSession, PatientLink, PatientLogin, Throttle,
};
pub use open::open;
pub use projection::{
    DateBound, DeviceRow, PatientRow, ProjectionWrite, Rebuilt, Resource, ResourcePage,
    ResourceRow, ResourceSearch, SessionRow, SortKey, SortOrder, TokenClause,
};
pub use record::{Append, AuditEntry, AuditRow, Decision, Head, Outcome, Receipt, StoredEvent};
pub use sample::{MinuteRow, SampleBlock};
pub use store::Store;
pub use verify::{Checkpoint, Finding, RECORDED_EARLIER_AT_MOST, VerifyReport, verify};
