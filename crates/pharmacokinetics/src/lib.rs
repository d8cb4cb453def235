#![doc = include_str!("../README.md")]

mod adaptive;
mod divided_difference;
pub mod dose;
mod exponential;
pub mod fuzzing;
mod modal;
pub mod model;
mod network;
mod population;
mod prediction;
pub mod quantity;
mod timeline;
pub mod validation;

pub use population::{Band, BandOf, Crowd, PERCENTILES, Part, Population, Summary};
pub use prediction::{Curve, Engine, Exposure, Person, Plan, Prediction, Refusal, Settings};
