//! Screening: may this person be treated, with this product, by this route, on this day?
//!
//! What is known of a person stands in [`person`], a closed vocabulary in which "unknown" is a
//! value of its own; the rules are policies, made ready by [`rules`]; [`screen`](screen()) answers
//! with every rule, its evidence and its remedy. [`case`] reads a person and a visit from a file.

pub mod case;
mod fact;
pub mod medicine;
pub mod person;
mod question;
mod rules;
mod screen;
mod verdict;

pub use person::{Person, Visit};
pub use question::Question;
pub use rules::{OwnValues, SCREENING, ScreeningRules, UnusableRules};
pub use screen::screen;
pub use verdict::{Cleared, Decision, Evidence, Found, Level, Rule, Screening};
