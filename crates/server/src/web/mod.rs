//! Pages, forms, streams and the programs' interface: one table of routes.

mod access;
mod acts;
mod assets;
mod board;
mod booking;
pub mod clearance;
mod consent;
mod consent_staff;
pub(crate) mod door;
pub mod fhir;
pub mod form;
mod guard;
mod history;
mod history_form;
mod leaflets;
mod live_stream;
mod monitors;
mod my;
mod new_link;
mod order_change;
mod page;
pub mod pages;
mod pages_out;
mod patient_history;
mod people;
mod preparing;
mod registration;
pub mod respond;
mod review;
mod room;
mod routes;
mod rules;
mod signing;
mod visits;

pub use access::Access;
pub use routes::{Route, router, table};
