//! The export of another clinic's system, read for this one: what of it has a place here, and what
//! has none, with each reason.
//!
//! Files, headings and words of the other system stand in a mapping, which is data
//! (`codes/imports/`). [`look`] reads everything first and writes nothing; what is unknown stays
//! unknown, and every row of every file is counted once: it fits, it does not, or it says nothing.

mod finding;
mod look;
mod mapping;
mod plan;
mod report;
mod row;
mod sheet;

pub use finding::{Costs, Finding, Fits, Problem, Tally};
pub use look::{Looked, look};
pub use mapping::{Field, Kind, Mapping, UnreadableMapping};
pub use plan::{From, Here, Known, PlannedAllergy, PlannedMedicine, PlannedPerson, PlannedScore};
pub use report::Report;
pub use sheet::{GivenFile, LARGEST_FILE};
