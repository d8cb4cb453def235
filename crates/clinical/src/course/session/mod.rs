//! The supervised dosing session: from check-in to the signed record.
//!
//! The vocabulary stands in [`event`], [`command`] and [`refusal`]; [`decide`] turns a command
//! into events or a refusal; [`state`] folds events. Delivered drug is derived, never stored.

pub mod cards;
pub mod command;

pub mod decide;
pub mod doses;
pub mod escalation;
pub mod event;
pub mod experience;
pub mod handover;
pub mod infusion;
pub mod later;
pub mod recovery;
pub mod refusal;
pub mod schedule;
pub mod signal;
pub mod start;
pub mod state;
mod vocabulary;
mod way;

pub use cards::{
    AdverseEvent, AdverseOutcome, Because, CardInUse, CardOutcome, Criterion, OpenedCard,
    Relatedness, Severity, StepAnswer,
};
pub use command::Command;
pub use decide::{Afterwards, Context, decide, decide_afterwards, order_verdict};
pub use doses::{Dose, Nostril, Portion, Site};
pub use event::SessionEvent;
pub use experience::{Effect, Observed, Rating, Side, SupportDetail};
pub use infusion::{Delivered, Infusion};
pub use later::{HowLater, LateOutcome, LateReview, Later};
pub use recovery::{
    Activity, Breathing, Cannula, Consciousness, Degree, Mind, Orientation, Oxygen, Recovery,
    RecoveryCheck, Walk,
};
pub use refusal::Refusal;
pub use schedule::{
    Check, CountedFrom, Due, FormPressures, all_due, coming, form_pressures, marks, next_due,
};
pub use signal::{Meaning, SignalAct, SignalEvent};
pub use start::{DayLine, Present, StartCheck};
pub use state::{Entry, Session, Stage};
pub use vocabulary::{
    AdvisoryNotice, Answer, Correction, DeviceTiming, DistressScore, FastingAnswers, Identifier,
    ImpossibleVitalSigns, Line, MonitorEvidence, Monitoring, NotAScore, Order, Override, Paper,
    Papers, Reckoned, RoomPapers, SedationScore, Stop, SupportKind, VitalSigns,
};
pub use way::{Alongside, Giving, Grounds, LastDose, SupportingMedicine, Way, WhatIf};
