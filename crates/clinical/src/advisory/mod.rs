//! Advisories on live numerics. An advisory is a clinic limit that was passed, or a signal that
//! was lost: information about a condition, never a monitor alarm. The bedside monitor remains
//! the alarm system.

mod priority;

pub use priority::Priority;
