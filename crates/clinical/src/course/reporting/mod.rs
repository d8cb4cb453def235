//! What is reported of a session to others: the form of the esketamine safety programme with its
//! seven days, adverse events that staff enter after a session, and what the clinic learned of each.
//!
//! One stream for each session. Forms are data (`forms/`): what a field asks, and where its value
//! comes from, in a closed vocabulary. A form is never stored until it was sent: until then it is
//! filled from the record each time somebody looks, so that a corrected chart corrects the form.

mod account;
mod clocks;
mod days;
mod decide;
mod definition;
mod event;
mod fill;
mod source;
mod state;
mod value;

pub use account::{
    Account, EmergencyVisit, Expectation, LONGEST_WORDS, Noted, Origin, ToldBy, accounts,
    card_event,
};
pub use clocks::{
    Clock, ClockStanding, Clocks, CountedFrom, EndsWith, Known, Running, UnreadableClocks, When,
};
pub use days::Countdown;
pub use decide::{Refusal, Sending, Seriousness};
pub use definition::{CURRENT, Field, Form, Forms, Group, SentTo, UnreadableForm};
pub use event::{Learned, ReportingEvent, SentField, Way};
pub use fill::{Filled, Sources, Standing, fill, open};
pub use source::{Kind, Source};
pub use state::{FormStanding, NotedOf, Opened, Reporting, Review, Sent, TellingDone};
pub use value::{Said, SaidOf, Value};
