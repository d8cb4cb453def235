//! What a prescriber reckons with before an order is written: the three body weights, and what the
//! dose comes to in vial, bag and pump, each line with its formula.
//!
//! What an order may be is not decided here but by `policies/dosing-intravenous.toml`, at the gate
//! of ordering.

mod weight;
mod worked;

pub use weight::{WeightKind, Weights};
pub use worked::{Amount, Line, NotPossible, VIALS, Wanted, Worked, work_out};

/// The name of the policy that says what may be ordered by vein.
pub const INTRAVENOUS: &str = "dosing-intravenous";
