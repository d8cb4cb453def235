//! Rules as data: parameters, requirements, gates, verdicts.
//!
//! A policy file says what must be true at a gate, with its source; this module reads it and
//! gives the gate's answer with every reason. The comparisons are a closed handful. A rule that
//! cannot be said with them is a Rust function with a name; it is never a string to evaluate.

mod adopted;
mod definition;
mod evaluate;
mod fact;
mod verdict;

pub use adopted::{AdoptedPolicy, BUILT_IN, BuiltIn, NotAdoptable, OwnValues, Rules, RulesInForce};
pub use definition::{
    Comparison, Gate, Given, Parameter, Policy, Premise, Quantity, Range, Requirement, Severity,
    Unit, UnreadablePolicy, Ways, WhenNone, WhenUnknown,
};
pub use evaluate::evaluate;
pub(crate) use evaluate::{compare, judge};
pub use fact::{Fact, Facts};
pub use verdict::{Finding, Outcome, Verdict};
