//! Consent: what a person was shown, signed, was asked again, and took back.
//!
//! [`command`] is what someone wants, [`event`] what became true, and [`refusal`] the rules' no;
//! [`decide`] leads from one to the other. [`state`] folds the events, and says whether a consent
//! is in force on a day, with every reason why it is not.

pub mod command;
pub mod decide;
pub mod event;
pub mod refusal;
pub mod rules;
pub mod state;
pub mod text;
pub mod text_file;
pub mod texts;

pub use command::Command;
pub use decide::{Context, decide};
pub use event::{ConsentEvent, CopyWay, Explained, Interpreting, Meeting, Shown, Wish};
pub use refusal::Refusal;
pub use rules::{CONSENT, ConsentRules};
pub use state::{Asked, Consent, Consents, Happened, InForce, Question, Reason, Signature};
