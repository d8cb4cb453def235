//! What is measured on a person, and what one measurement is.

mod signal;

pub use signal::{Quality, Signal, Source};
