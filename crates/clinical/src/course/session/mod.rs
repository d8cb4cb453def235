//! The supervised dosing session: from check-in to the signed record.
//!
//! The vocabulary stands in [`event`], [`command`] and [`refusal`]; [`decide`] turns a command
//! into events or a refusal; [`state`] folds events. Delivered drug is derived, never stored.

pub mod cards;
pub mod command;
pub mod decide;
pub mod event;
pub mod infusion;
pub mod refusal;
pub mod schedule;
pub mod state;
mod vocabulary;

pub use cards::{
    AdverseEvent, AdverseOutcome, Because, CardInUse, CardOutcome, Criterion, OpenedCard,
    Relatedness, Severity, StepAnswer,
};
pub use command::Command;
pub use decide::{Context, decide, order_verdict};
pub use event::SessionEvent;
pub use infusion::{Delivered, Infusion};
pub use refusal::Refusal;
pub use schedule::{Due, next_due};
pub use state::{Entry, Session, Stage};
pub use vocabulary::{
    AdvisoryNotice, Answer, Correction, DeviceTiming, DistressScore, FastingAnswers, Identifier,
    ImpossibleVitalSigns, Line, MonitorEvidence, Monitoring, NotAScore, Order, Override, Paper,
    Papers, Reckoned, SedationScore, Stop, SupportKind, VitalSigns,
};
