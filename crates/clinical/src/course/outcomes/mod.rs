//! How a person is over weeks and months: their scales, and what a change of the score means.
//!
//! One stream for each person. A sheet is one scale at one time: answered on the phone after a
//! contact of the schedule, or entered by staff. Scores are not stored; they follow from the answers
//! by the scale's own file.

mod afterwards;
mod asked;
mod decide;
mod definitions;
mod ending;
mod event;
pub mod everybody;
mod limit;
pub mod next_step;
mod reading;
mod rise;
mod state;

pub use crate::course::follow_up::WATCHED;
pub use afterwards::{AFTERWARDS, Afterwards, afterwards};
pub use asked::{
    ASKED_FOR, Asked, AskedStanding, Asking, ContactFact, SCALES, askable, asked, asks_scales,
    contacts_of, open,
};
pub use decide::{Called, Refusal, Taken, Watch};
pub use definitions::{
    BaselineScore, Course, Finding, First, Missing, Now, RELAPSE_APART, RELAPSE_AT_LEAST,
    RELAPSE_SAYS, RELAPSE_SCALE, RELAPSE_SOURCE, REMISSION, Relapse,
};
pub use ending::{EndReason, Ending};
pub use event::OutcomesEvent;
pub use limit::{OverLimit, given_by_record, is_whole};
pub use reading::{Reading, Score, Source, answers_of_history, of_history};
pub use rise::{RISE_AT_LEAST, Rise};
pub use state::{Outcomes, Settled, Sheet, Struck};
