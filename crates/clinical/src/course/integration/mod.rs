//! Integration: what is owed before and after a person's sessions, what was talked about, what they
//! took with them to do, and what of it they keep to themselves.
//!
//! One stream for each person. What is owed is not stored: it follows from the sessions, the rules
//! and what stands here. What a person writes for themselves is a keepsake and not here at all.

mod decide;
mod event;
mod group;
mod plan;
mod prompts;
mod rules;
mod state;
mod vocabulary;

pub use decide::{LONGEST_TEXT, MOST_LINES, Refusal, Risk};
pub use event::IntegrationEvent;
pub use group::{named_in, note_of};
pub use plan::{Given, Owed, Planned, Standing, Visit, owed, plan};
pub use prompts::{Prompt, Prompts, Theme, UnreadablePrompts};
pub use rules::{INTEGRATION, IntegrationRules, UnusableRules};
pub use state::{Amendment, Booking, Homework, Integration, Written};
pub use vocabulary::{
    Action, AmendmentKind, Answer, Consented, ContactKind, Disclosed, Mode, Note, ReportCheck,
};
