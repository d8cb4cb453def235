//! Everything in somebody else's words: HL7 v2 in, FHIR R4 out.

pub mod codes;
pub mod fhir;
pub mod hl7v2;
pub mod instrument_codes;
