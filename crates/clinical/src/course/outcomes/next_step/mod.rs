//! What can come next: the facts of the record beside each alternative, and what a prescriber decided.
//!
//! Nothing is weighed here. Every alternative is shown to everybody in the same order, with the facts
//! that are asked of the record for it and with what it rests on; there is no score behind it.
//! Source: clinical reference 3.5.

mod alternatives;
mod decision;
mod facts;
mod rules;

pub use alternatives::{Alternative, Alternatives, UnreadableAlternatives};
pub use decision::{Decided, NextStep};
pub use facts::{About, Fact, Known, Stands, facts};
pub use rules::{NEXT_STEP, NextStepRules, UnusableNextStepRules};
