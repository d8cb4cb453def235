//! Simulated patients, monitors and a whole clinic from a seed.
//!
//! For tests, the demo and staff training. **This is a simulation.** Its numbers come from a
//! published drug model and from magnitudes seen in published treatment series where such were
//! found, and otherwise from choices made here and marked as such; it predicts nothing about a
//! real person and must never be used to choose a dose.
//!
//! The same seed and the same dose give the same numbers on every machine: the arithmetic uses
//! only the operations that IEEE 754 defines exactly (`+ − × ÷ √`), never `exp` or `ln`, whose
//! last bits differ between systems.
//!
//! Simulated numbers are deliberately *not* the quantities of the record (`units`): the only way
//! into a record is over the wire, as for any monitor. For the same reason doubles may carry a
//! meaning in here, which they may nowhere else.

pub mod chance;
pub mod clinic;
pub mod drug;
pub mod gateway;
pub mod ledger;
pub mod monitor;
pub mod patient;
pub mod run;
pub mod trouble;

pub use monitor::{Maker, Monitor};
pub use patient::{Signs, SimulatedPatient};
pub use run::{Dosing, Feed, MonitorOptions, Report, run_monitor, run_monitor_with};
pub use trouble::Trouble;
