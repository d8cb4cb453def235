//! Consent: what a person was shown, signed, was asked again, and took back.
//!
//! What became true stands in [`event`]; [`state`] folds it, and says whether a consent is in
//! force on a day, with every reason why it is not.

pub mod event;
pub mod state;

pub use event::{ConsentEvent, Shown, Wish};
pub use state::{Asked, Consents, InForce, Reason};
