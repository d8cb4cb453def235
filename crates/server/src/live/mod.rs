//! What is happening at each bedside right now, and who is watching it.

mod bedside;
mod hub;
mod tiles;
mod watchkeeper;

pub use bedside::{Bedside, Observed, Sensor};
pub use hub::{Hub, Tick, Watched};
pub use tiles::{Delivery, Feed, NextCheck, Tile, Tiles, tiles};
