//! What is measured on a person, and what one measurement is.

pub mod chosen;
pub mod freshness;
mod numeric;
pub mod quality;
mod signal;
pub mod trend;

pub use chosen::{VitalSign, choose};
pub use freshness::{Freshness, HandCharted, Known, LastSeen, NotValid, Reading, Shown};
pub use numeric::Numeric;
pub use quality::{Doubt, Judge, Judgement};
pub use signal::{Quality, Signal, Source};
pub use trend::{Density, Trend, TrendMinute};
