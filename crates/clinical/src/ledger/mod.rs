//! The ledger of controlled drugs: every container one by one, from the invoice to the last drop.
//!
//! Each container is a stream of its own, so that two people who draw the last of it at the same
//! time cannot both have it. What is wanted stands in [`command`], what became true in [`event`],
//! why not in [`refusal`]; [`decide`] turns the one into the other; [`container`] folds events and
//! keeps the balance; [`register`] puts all containers into one book for a stretch of time, and
//! [`loss`] knows by when a loss must be told. [`product`] lists what a clinic may keep, and
//! [`rules`] what it has adopted.
//!
//! What is done with all containers together stands in [`safe`]: the inventory, and the cases that
//! the nightly match of ledger, orders and records ([`matching`]) opens.
//!
//! Everything is counted in whole micrograms of base and whole microlitres.

pub mod command;
pub mod container;
pub mod decide;
pub mod event;
pub mod loss;
pub mod matching;
pub mod product;
pub mod refusal;
pub mod register;
pub mod rules;
pub mod safe;

pub use command::{Command, Found, Waste, Witness};
pub use container::{
    Account, Container, Departure, Difference, Issued, Loss, Received, Stands, Syringe,
};
pub use decide::{Context, Visit, decide};
pub use event::{ContainerEvent, Delivery, Label, Method, Purpose};
pub use matching::{Finding, Told};
pub use product::{Drug, Form, Product, Products, Strength};
pub use refusal::Refusal;
pub use register::{Balance, Entry, Kind, Register};
pub use rules::{CONTROLLED_DRUGS, LedgerRules};
