//! FHIR as a stranger's program meets it: over HTTP, each answer read by another library.
//!
//! Source: FHIR R4, http and search pages; RFC 6749 and 6750 for tokens; US Core for profiles.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;
mod stranger;

#[path = "fhir/clinic.rs"]
mod clinic;
#[path = "fhir/corrections.rs"]
mod corrections;
#[path = "fhir/hostile.rs"]
mod hostile;
#[path = "fhir/interface.rs"]
mod interface;
#[path = "fhir/searching.rs"]
mod searching;
#[path = "fhir/signing_in.rs"]
mod signing_in;
