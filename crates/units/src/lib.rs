//! Quantities with their units, and moments in time.
//!
//! A number with a clinical meaning never travels bare: it is one of the newtypes here, built by
//! a constructor that refuses what cannot be true. Values are exact decimals. The bounds are
//! *plausibility* bounds (is this a value of that kind at all?); what is safe is a policy's matter.

mod quantity;
mod time;
mod whole;

pub use quantity::*;
pub use time::{Moment, Span, UnreadableMoment};
pub use whole::{Micrograms, Microlitres, Uncountable};

pub use rust_decimal::Decimal;
