//! Bedside devices: from the socket to the session they serve.

mod associate;
mod bedside_device;
mod chart;
mod ingest;
mod listener;
mod minutes;
mod reprocess;

pub use associate::{DeviceOrder, DeviceRefused, execute, register, release, serve};
pub use bedside_device::{BedsideDevice, Devices, Located};
pub use chart::{advisory_changes, escalate};
pub use ingest::{Arrived, Taken, take_in};
pub use listener::{Connections, Listening, listen};
pub use minutes::seal_minutes;
pub use reprocess::{replay, reprocess, reprocess_one};
