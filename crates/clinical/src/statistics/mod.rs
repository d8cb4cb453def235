//! Numbers about many people: a share with its interval, the middle of many times, and what of a
//! table may leave the house.
//!
//! Exact arithmetic throughout: whole numbers and decimals, no binary floating point.

mod interval;
mod small_cells;
mod spread;

pub use interval::{Interval, Share};
pub use small_cells::{Cell, Shown, withhold};
pub use spread::Quartiles;
