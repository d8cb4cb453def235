//! What a prescriber reckons with before an order is written: the three body weights, and what the
//! dose comes to in vial, bag and pump, or in syringes and devices, each line with its formula.
//!
//! What an order may be is not decided here but by the files in `protocols/`, at the gate of ordering.

mod by_dose;
mod weight;
mod worked;

pub use by_dose::{WantedDoses, WorkedDoses, work_out_devices, work_out_doses};
pub use weight::{WeightKind, Weights};
pub use worked::{Amount, Line, NotPossible, VIALS, Wanted, Worked, work_out};
