//! Clearances from outside: letters that another clinician must write before a rule is lifted.
//!
//! A request is asked, sent, chased, answered by a paper, and the paper is reviewed by a
//! prescriber. What is wanted stands in [`command`], what became true in [`event`], why not in
//! [`refusal`]; [`decide`] turns the one into the other; [`state`] folds events, says how each
//! request stands on a day, and gives screening the letters that it may count on. [`paper`] tells
//! what came from what it was called.

pub mod command;
pub mod decide;
pub mod event;
pub mod paper;
pub mod refusal;
pub mod state;

pub use command::{Command, Recipient, Way};
pub use decide::{Context, decide};
pub use event::{Asked, ClearanceEvent, Lifts};
pub use paper::{LARGEST_PAPER, Media, NotAPaper, Paper};
pub use refusal::Refusal;
pub use state::{Clearances, Mail, MailOutcome, Received, Request, Review, Sent, Standing, Times};
