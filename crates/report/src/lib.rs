//! The session as a chart and as a printed document.
//!
//! [`chart`] draws the session's grid as SVG, the same for the live page and for paper;
//! `document`, behind the feature `pdf`, sets the whole record as a tagged PDF; `letter` sets a
//! letter that asks another clinician for a clearance, or tells one of a treatment; `packet` sets what
//! an inspector wants to see of the controlled drugs; `book` sets a person's whole journey for them.

#[cfg(feature = "pdf")]
pub mod book;
pub mod chart;
#[cfg(feature = "pdf")]
pub mod document;
#[cfg(feature = "pdf")]
pub mod letter;
#[cfg(feature = "pdf")]
pub mod packet;
#[cfg(feature = "pdf")]
mod press;
#[cfg(test)]
mod sample;
