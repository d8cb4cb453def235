//! Intake: what a person tells of themselves, and what staff add.
//!
//! Every statement stands as an answer with its witness: who, in which capacity, when. The newest
//! answer to each [`item`](item) holds, and all are kept. What is wanted stands in [`command`], what
//! became true in [`event`], why not in [`refusal`]; [`decide`] turns the one into the other;
//! [`state`] folds events and gives screening its [`Person`](super::screening::Person).
//! [`course`] holds the order in which a patient is asked; [`measure`] asks back where a height or
//! a weight looks as if another unit was meant; [`told`] puts what was told into the person's record.

pub mod answer;
pub mod command;
pub mod course;
pub mod decide;
pub mod event;
pub mod item;
pub mod measure;
pub mod refusal;
pub mod state;
pub mod told;

pub use answer::{Intolerant, PastTrial, Said, TakenMedicine};
pub use command::{About, Command};
pub use course::{Asks, Page, Questionnaire, Section, Steps};
pub use decide::{Context, decide};
pub use event::{IntakeEvent, Through};
pub use item::Item;
pub use refusal::Refusal;
pub use state::{Attention, Intake, OpenQuestion, Statement};
pub use told::with_history;
