//! The outcomes of everybody together: rows that follow each record, and what of them is held in
//! memory so that a page over years of sessions is counted at once.

mod held;
mod rows;

pub use held::{ClinicOutcomes, Counted, Which};
pub use rows::{contacts_row, history_row, record_row, reported_row, scales_row, session_row};
