//! Whoever takes a person home from a visit, asked by a link of their own: they say whether they
//! come, and read the same instructions for the way home and the night.
//!
//! Nobody is asked whom the person did not name, and before the person agreed that they are
//! written to. What the link opens is one visit's evening: no record, no diagnosis, no answers.
//! Source: clinical reference 2.5 (a named adult), 5.3 (instructions given to both), 5.4.

pub mod event;
pub mod state;

pub use event::{Comes, EscortEvent, Way};
pub use state::{Answered, Ask, EscortAsks, LINK_OPENS_FOR, Refusal, Standing, cannot_come, heard};
