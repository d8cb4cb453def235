//! After a session: contacts on a schedule, what the person answers, and warning signs, of which
//! somebody is told until somebody says that they have it in hand.
//!
//! One stream for each person. Everything that is due stands in the state with its moment, decided
//! by the rules of the time: nothing has to be counted again after a restart.

mod event;
mod flag;
mod plan;
mod rules;
mod signs;
mod state;
mod surveillance;
mod vocabulary;

pub use event::FollowUpEvent;
pub use flag::{Flag, FlagStanding};
pub use plan::{Ended, plan};
pub use rules::{FOLLOW_UP, FollowUpRules, UnusableRules};
pub use signs::{Effect, Sign, Signs, UnreadableSigns};
pub use state::{
    Contact, ContactStanding, FollowUp, LONGEST_WORDS, Refusal, Report, Screened, Step,
    WatchedAnswer,
};
pub use surveillance::{Creep, DueScreen, SURVEILLANCE, SurveillanceRules, UnusableSurveillance};
pub use vocabulary::{
    Began, ContactKind, Detail, Found, Lasted, Mood, NewReport, PlannedContact, Screen, Severity,
    Thoughts, Told, Urgency, WATCHED,
};
