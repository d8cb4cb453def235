//! What is told of people in a research export: numbers in place of names, days that are moved,
//! ages in bands, and nothing that is true of few.
//!
//! Pure: a key, people and rules in; what may be told out. Hazard H71.

mod cells;
mod key;
mod rules;

pub use cells::{AgeBand, Found, Generalised, Guarded, TooFew, few, generalise};
pub use key::{ResearchKey, WrittenSecret};
pub use rules::{RESEARCH_EXPORT, ResearchRules, UnusableResearchRules};
