//! The systems and codes that are not signals: FHIR's own, and the project's.
//!
//! A code stands here only when the clinical reference (§11) calls it verified, or when it is
//! FHIR's own. What is unverified there is sent as words.

use clinical::record::TenantId;

/// The project's observations without a verified LOINC code. Source: clinical reference §11.1.
pub const OBSERVATION_SYSTEM: &str = "urn:evenkeel:code-system:observation";
/// The project's kinds of visit.
pub const ENCOUNTER_SYSTEM: &str = "urn:evenkeel:code-system:encounter";
/// The responsiveness score, in [`OBSERVATION_SYSTEM`].
pub const SEDATION_CODE: &str = "moaa-s";
/// The distress score, in [`OBSERVATION_SYSTEM`].
pub const DISTRESS_CODE: &str = "distress-0-10";

/// A side of the experience, followed by its word, in [`OBSERVATION_SYSTEM`].
pub const EXPERIENCE_CODE: &str = "experience";
/// Pain from 0 to 10 in LOINC. Source: clinical reference §11.1, verified.
pub const PAIN_LOINC: &str = "72514-3";

pub(super) const OBSERVATION_CATEGORY: &str =
    "http://terminology.hl7.org/CodeSystem/observation-category";
pub(super) const ENCOUNTER_CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
pub(super) const IDENTIFIER_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// The system of a clinic's record numbers: two clinics may use the same number for two people.
pub(super) fn record_number_system(tenant: TenantId) -> String {
    format!("urn:uuid:{tenant}")
}

/// The system of the keys by which a clinic's devices call themselves on the wire.
pub fn wire_key_system(tenant: TenantId) -> String {
    format!("urn:evenkeel:wire-key:{tenant}")
}
