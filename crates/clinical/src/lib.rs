//! The record and the rules of ketamine treatment.
//!
//! Pure: no I/O, no clock, no randomness, no environment. Commands go in; events or a refusal
//! come out; `apply` never fails. Time and chance are arguments.

pub mod advisory;
pub mod clinic;
pub mod course;
pub mod device;
pub mod dosing;
pub mod emergency;
pub mod instrument;
pub mod leaflet;
pub mod ledger;
pub mod patient;
pub mod phrase;
pub mod policy;
pub mod private_notes;
pub mod reading_age;
pub mod record;
pub mod research;
pub mod statistics;
pub mod vital_signs;
mod words;
