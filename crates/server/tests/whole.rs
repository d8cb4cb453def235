//! All tests of the whole server but the crash harness, as one program: linked once, and small on
//! disk. A test file is a module of this one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod booking;
mod cards;
mod clinic_outcomes;
mod consent;
mod consent_command;
mod demo;
mod door;
mod drugs;
mod experience;
mod exports;
mod fhir;
mod follow_up;
mod history_entry;
mod house;
mod https;
mod instrument_command;
mod intake;
mod integration;
mod live;
mod messages;
mod monitoring;
mod monitors;
mod notes;
mod outcomes;
mod own_words;
mod people;
mod permissions;
mod pk_command;
mod post;
mod prediction;
mod preparation;
mod programme;
mod rescreen_command;
mod restart;
mod review;
mod rules;
mod scenarios;
mod screen;
mod sessions_apart;
mod signal;
mod standing;
mod stranger;
mod tablets;
