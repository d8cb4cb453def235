//! HL7 v2 from bedside monitors, in: framing, reading, judging, acknowledging.
//!
//! Everything here is pure: bytes and a moment in, values out. Sockets, clocks and disks belong to
//! the server. The rules are those of the device reference, §2.

pub mod acknowledgement;
pub mod fuzzing;
pub mod header;
pub mod interpretation;
pub mod message;
pub mod mllp;
pub mod number;
pub mod profile;
pub mod repeat;
pub mod time;
pub mod unit;
