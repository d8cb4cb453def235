//! FHIR as others read it: every byte is decoded by `fhirkit`, which is not our code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod drug;
mod interface;
mod observations;
mod person_and_device;
mod property;
mod search;
mod story;
mod visit;
mod wire;
