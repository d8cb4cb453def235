//! Screening: may this person be treated, with this product, by this route, on this day?
//!
//! What is known of a person stands in [`person`], a closed vocabulary in which "unknown" is a
//! value of its own; the rules are policies, made ready by [`rules`]; [`screen`](screen()) answers
//! with every rule, its evidence and its remedy. [`case`] reads a person and a visit from a file.
//! A prescriber confirms or declines: the vocabulary stands in [`command`], [`event`] and
//! [`refusal`]; [`decide`] turns a command into events or a refusal; [`state`] folds events;
//! [`standing`](standing()) says whether an acceptance holds for a visit.

pub mod case;
mod changed;
pub mod command;
pub mod decide;
pub mod event;
mod fact;
pub mod medicine;
pub mod person;
mod question;
pub mod refusal;
mod rules;
mod screen;
mod standing;
pub mod state;
mod verdict;

pub use crate::policy::OwnValues;
pub use changed::{Changed, changed};
pub use command::{Command, PassOver, Plan};
pub use decide::{Context, decide};
pub use event::ScreeningEvent;
pub use person::{Person, Visit};
pub use question::Question;
pub use refusal::Refusal;
pub use rules::{SCREENING, ScreeningRules, UnusableRules};
pub use screen::screen;
pub use standing::{Standing, first_end, standing};
pub use state::{Acceptance, Decided, Signed};
pub use verdict::{Cleared, Decision, Evidence, Found, Level, Rule, Screening};
