//! One person's way through treatment, room by room.

pub mod booking;
pub mod clearance;
pub mod consent;
pub mod correspondence;
pub mod escort;
pub mod follow_up;
pub mod intake;
pub mod integration;
pub mod keepsake;
pub mod message;
pub mod note;
pub mod outcomes;
pub mod prediction;
pub mod preparation;
pub mod reporting;
pub mod screening;
pub mod session;
pub mod wishes;
