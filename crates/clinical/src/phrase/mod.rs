//! What a note of the room says, where a small closed vocabulary is enough to read it.
//!
//! "nausea, ondansetron 4 mg IV" is a medicine with its dose and route, in the words in which it
//! was typed. Nothing is charted by reading: a person confirms it. Whatever is not wholly
//! understood, or could mean something else, stays a note.

mod read;
mod vocabulary;

pub use read::{Recognised, recognise};
pub use vocabulary::{UnusableVocabulary, Vocabulary};
