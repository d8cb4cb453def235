//! The `evenkeel` server: thin shells around the pure core.
//!
//! Commands come in by the web, frames by MLLP; the core decides; the store makes it durable;
//! only then is anything acknowledged or shown as saved.

pub mod application;
pub mod book;
pub mod cli;
pub mod clock;
pub mod command;
pub mod configuration;
pub mod consent;
pub mod consent_files;
pub mod consent_withdrawn;
pub mod demo;
pub mod devices;
pub mod evaluation;
pub mod expected;
pub mod fault;
pub mod follow_up;
pub mod grounds;
pub mod history;
pub mod https;
pub mod identity;
pub mod jobs;
pub mod journey;
pub mod keepsakes;
pub mod ledger;
pub mod live;
pub mod messages;
pub mod outcomes;
pub mod patients;
mod pk;
pub mod preparation;
pub mod private_notes;
pub mod projection;
pub mod readiness;
pub mod reporting;
pub mod rescreen;
pub mod room_ready;
pub mod rules_in_force;
pub mod safe;
pub mod sealing;
pub mod serve;
pub mod session_registry;
pub mod signal;
pub mod standing;
pub mod web;
pub mod wishes;
