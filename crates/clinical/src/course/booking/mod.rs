//! Booking: who sits in which chair from when until when, one stream a day.
//!
//! The vocabulary stands in [`command`], [`event`] and [`refusal`]; [`decide`] turns a command into
//! events of one or several days, or a refusal; [`state`] folds the events of a day. [`rules`] says
//! how long a visit takes and how visits follow each other; [`course`] judges the visits of one
//! person together; [`proposal`] finds a whole course at once. The core knows no time zone: what
//! "Monday at nine" is, the shell resolves, and a day comes with its hours as moments.

pub mod command;
pub mod course;
pub mod decide;
pub mod event;
pub mod proposal;
pub mod refusal;
pub mod rules;
pub mod state;
mod vocabulary;

pub use command::Command;
pub use course::{Expiry, Warning, judge};
pub use decide::{Context, Day, decide, fits};
pub use event::CalendarEvent;
pub use proposal::{Constraints, Proposal, Proposed, propose_course};
pub use refusal::Refusal;
pub use rules::{BOOKING, BookingRules, Series, Times, UnusableRules};
pub use state::{Booked, DayBook, Offered, Standing, Waiter};
pub use vocabulary::{Place, Stretch, Visit, Waiting, WaitingId, day_id};
