//! Whom a person agreed to have told of them, what may be told, and the letters that told it.
//!
//! Nothing of a person's treatment is told to another house because somebody there sent them: they
//! say to whom, and of what. What they take back stops every letter that has not left.

pub mod decide;
pub mod event;
pub mod state;
pub mod vocabulary;

pub use decide::{LONGEST_ADDRESS, LONGEST_NAME, LONGEST_WORDS, Refusal};
pub use event::CorrespondenceEvent;
pub use state::{Agreement, Correspondence, Left, SignedLetter};
pub use vocabulary::{AgreedHow, Letter, Part, Recipient, Section, Telling, Topic, Way};
