//! The outcomes of everybody together: what lists keep of each record, what it comes to for each
//! person, and the counts over all of them.
//!
//! Pure. A person's findings are those of their own page, by the same functions; here they are only
//! counted. Whoever has no answer stands in a group of their own, and never in a denominator unsaid.

mod ends;
mod facts;
mod person;
mod rules;
mod sessions;
mod tally;

pub use ends::{Ends, WayOn};
pub use facts::{EndFact, HistoryFact, RecordFacts, ScoreFact, SheetFact, history_of, sheets_of};
pub use person::{OnePerson, Point, ScaleFound, WhyMissing};
pub use rules::{OUTCOMES, OutcomeRules, UnusableOutcomeRules};
pub use sessions::{EventFact, Seen, SessionFact, SessionTally, reported_of};
pub use tally::{Completion, Definition, Histogram, Relapses, ScaleTally, Tally, Whose};
