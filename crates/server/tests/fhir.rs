//! FHIR as a stranger's program meets it: over HTTP, each answer read by another library.
//!
//! Source: FHIR R4, http and search pages; RFC 6749 and 6750 for tokens; US Core for profiles.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clinic;
mod corrections;
mod hostile;
mod interface;
mod searching;
mod signing_in;
