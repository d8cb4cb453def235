//! What a person wishes for their sessions: why they come, touch, music, light, what helps and
//! what frightens.
//!
//! Said by the person on their phone, or entered by staff with them; kept for every later session.
//! The newest word about touch holds from the moment at which it is said, wherever it is said.

pub mod event;
pub mod state;
pub mod vocabulary;

pub use event::WishesEvent;
pub use state::{Refusal, Said, Wishes};
pub use vocabulary::{Light, Music, Touch, Wish};
