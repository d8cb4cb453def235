//! Preparation: what a person must do before a visit, what they answer, and whether they may come.
//!
//! The vocabulary stands in [`vocabulary`] and [`event`]; [`state`] folds events and decides what
//! may follow; [`timeline`] turns a visit into the person's own clock times; [`ready`] says go,
//! wait or stop from a list of named checks. What is said of food and drink is judged by the very
//! function that guards the start of a session.

pub mod event;
pub mod ready;
pub mod rules;
pub mod state;
pub mod timeline;
pub mod vocabulary;

pub use event::PreparationEvent;
pub use ready::{About, Check, Fixer, Readiness, Standing, checks, readiness};
pub use rules::{Instruction, PREPARATION, PreparationRules, UnusableRules};
pub use state::{Preparation, Refusal};
pub use timeline::{Step, StepKind, timeline};
pub use vocabulary::{
    Answers, Escort, Given, Medicine, MedicineDecision, Planned, Ride, Said, Taken,
};
