//! What is measured on a person, and what one measurement is.

mod numeric;
mod signal;

pub use numeric::Numeric;
pub use signal::{Quality, Signal, Source};
