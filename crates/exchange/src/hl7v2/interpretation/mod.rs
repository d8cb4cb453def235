//! What one message says: readings, absences, problems and evidence.
//!
//! Nothing is silently dropped: every OBX becomes a reading, an absence, a deletion, a counted
//! row that is not taken, or a problem. Whether a reading may be charted is not decided here.

mod code;
mod evidence;
mod flags;
mod key;
mod place;
mod read;
mod row;
mod sensors;
mod types;

pub use read::{Arrival, interpret};
pub use types::*;
