//! Bedside devices: whose data theirs is, what they claim about the patient, and their clocks.

pub mod association;
mod attribution;
pub mod clock;
pub mod evidence;
mod label;
mod name;

pub use association::{
    Claim, Device, DeviceCommand, DeviceEvent, DeviceRefusal, Dispute, EndReason, LiveValueCheck,
    Method, Placement, Registration, decide,
};
pub use attribution::Interval;
pub use clock::{Basis, ClockStep, Corrected, Estimate, OffsetEstimator, Reliability};
pub use evidence::{Agreement, Expected, Placeholders, Reason, WireEvidence, compare};
pub use label::{ClinicMark, Label, LabelProblem, PlaceMark};
