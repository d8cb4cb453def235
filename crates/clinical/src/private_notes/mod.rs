//! A therapist's private notes, as the record holds them: sealed, so that nothing but their
//! author's own sign-in opens them.
//!
//! The record knows who kept a note and when, and nothing else: whose session it was about is
//! sealed with the words. Sealing and opening need chance and a password, and are not done here.

mod state;

pub use state::{PrivateNotes, PrivateNotesEvent, Refusal, SealedNote, WrappedKey};
