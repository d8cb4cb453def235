//! What a clinician writes about a session: composed from what was charted, put into their own
//! words, and signed.
//!
//! Each author has one note of a session. A signed one is never changed: what was forgotten or
//! wrong is an addendum, with a signature of its own.

mod compose;
mod signature;
mod state;

pub use compose::{Composing, Focus, Paragraph, composed};
pub use signature::{Chart, Signature, Signed};
pub use state::{Addendum, LONGEST_NOTE, Note, NoteEvent, Notes, Refusal, Visit};
