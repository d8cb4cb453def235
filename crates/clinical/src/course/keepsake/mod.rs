//! What a person keeps of a session, from its end on: a word, a drawing, a voice note, an entry of
//! their journal.
//!
//! It is theirs. Nobody else sees that it is there, let alone what it says, unless they share it;
//! each is shared by itself, and not any more whenever they like. What it holds does not stand in
//! the record: the record knows that something was kept, and whether it is shared.

mod state;

pub use state::{Form, Keepsake, KeepsakeEvent, Keepsakes, MOST_OF_A_SESSION, Refusal};
