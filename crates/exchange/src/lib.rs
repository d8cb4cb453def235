//! Everything in somebody else's words: HL7 v2 in, FHIR R4, iCalendar and tables out, and
//! another clinic's system read for this one.

pub mod codes;
pub mod export;
pub mod fhir;
pub mod gs1;
pub mod hl7v2;
pub mod icalendar;
pub mod import;
pub mod instrument_codes;
pub mod medwatch;
pub mod superbill;
