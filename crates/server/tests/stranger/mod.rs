//! A stranger to the server: it knows only the wire and the commands, and nothing of our code.
//!
//! Used by the crash harness and by the benchmark, each of which needs another part of it.
#![allow(
    dead_code,
    reason = "each user of this module needs another part of it"
)]

pub mod credentials;
pub mod http;
pub mod mllp;
pub mod process;
pub mod room;
