//! FHIR R4 (4.0.1) out: the same events as the screen, in the words of other systems.
//!
//! Pure: facts in, finished JSON bytes out. The same session gives the same bytes, so a
//! projection can be rebuilt and compared. Key order is the order in which the specification
//! lists the elements. Numbers are the decimals of the record, digit for digit.
//!
//! * [`resources_of_session`] maps a whole session; [`resources_touched_by`] only what one event
//!   changed; [`patient`] and [`device`] map what stands outside a session.
//! * [`search`] reads a query string into a plain [`search::Search`].
//! * [`bundle`], [`operation_outcome`], [`capability_statement`] write the rest of the interface.

mod bundle;
mod capability;
mod datatypes;
mod device;
mod encounter;
mod medication_administration;
mod observation;
mod operation_outcome;
mod patient;
mod resource;
pub mod search;
mod session;
mod terminology;

pub use bundle::{Links, bundle, collection};
pub use capability::{Software, capability_statement};
pub use device::{DeviceFacts, device};
pub use operation_outcome::{Issue, IssueType, Severity, operation_outcome};
pub use patient::{PatientFacts, patient};
pub use resource::{Resource, ResourceKind, Token};
pub use session::{SessionFacts, resources_of_session, resources_touched_by};
pub use terminology::{
    DISTRESS_CODE, ENCOUNTER_SYSTEM, OBSERVATION_SYSTEM, SEDATION_CODE, wire_key_system,
};

/// The media type of every body, requests and answers.
pub const MEDIA_TYPE: &str = "application/fhir+json";
