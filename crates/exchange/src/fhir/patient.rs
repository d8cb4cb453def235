//! A person as a US Core Patient.

use super::datatypes::{CodeableConcept, Coding, Extension, Identifier, Meta};
use super::resource::{Resource, ResourceKind, Stamp, Token, bytes, tokens};
use super::terminology::{IDENTIFIER_TYPE, record_number_system};
use clinical::patient::{Registration, Sex};
use clinical::record::{PatientId, TenantId};
use serde::Serialize;
use units::Moment;

const PROFILE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";
/// The system of identifiers that are URIs themselves.
const URI_SYSTEM: &str = "urn:ietf:rfc:3986";
const GENDER_SYSTEM: &str = "http://hl7.org/fhir/administrative-gender";

/// What the mapping knows of a person.
#[derive(Clone, Debug)]
pub struct PatientFacts<'a> {
    /// The clinic, whose record numbers these are.
    pub tenant: TenantId,
    /// Who.
    pub patient: PatientId,
    /// The registration; none before it was made.
    pub registration: Option<&'a Registration>,
    /// The version of the patient's stream that this is read from.
    pub version: u64,
    /// When that version was recorded.
    pub updated: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PatientResource {
    resource_type: &'static str,
    id: String,
    meta: Meta,
    identifier: Vec<Identifier>,
    name: Vec<HumanName>,
    gender: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<String>,
}

#[derive(Serialize)]
struct HumanName {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extension: Vec<Extension>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    used_as: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    given: Vec<String>,
}

/// The person as FHIR. What is not known is absent; where the profile requires it, the absence
/// has its reason.
pub fn patient(facts: &PatientFacts<'_>) -> Resource {
    let stamp = Stamp {
        version: facts.version,
        updated: facts.updated,
    };
    let id = facts.patient.to_string();
    let mut found_by = Vec::new();
    let identifier = match facts.registration {
        Some(known) => Identifier {
            used_as: Some("usual"),
            kind: Some(CodeableConcept::coded(
                vec![Coding::new(IDENTIFIER_TYPE, "MR", "Medical record number")],
                "Record number",
            )),
            system: record_number_system(facts.tenant),
            value: known.record_number.clone(),
        },
        None => Identifier {
            used_as: None,
            kind: None,
            system: URI_SYSTEM.to_owned(),
            value: format!("urn:uuid:{id}"),
        },
    };
    found_by.extend(tokens("identifier", &identifier.system, &identifier.value));
    let name = name_of(facts.registration);
    let texts = [("family", &name.family)]
        .into_iter()
        .filter_map(|(parameter, text)| Some((parameter, text.as_ref()?)))
        .chain(name.given.iter().map(|text| ("given", text)));
    for (parameter, text) in texts {
        let text = text.to_lowercase();
        // Found by the beginning of the whole and of each word in it.
        let later_words = text.split_whitespace().skip(1).map(str::to_owned);
        for value in later_words.chain([text.clone()]) {
            for parameter in [parameter, "name"] {
                let value = value.clone();
                found_by.push(Token { parameter, value });
            }
        }
    }
    let birth_date = facts.registration.map(|known| known.birth_date.to_string());
    found_by.extend(birth_date.iter().map(|date| Token {
        parameter: "birthdate",
        value: date.clone(),
    }));
    let gender = match facts.registration.map(|known| known.sex) {
        Some(Sex::Female) => "female",
        Some(Sex::Male) => "male",
        Some(Sex::Other) => "other",
        Some(Sex::Unknown) | None => "unknown",
    };
    found_by.extend(tokens("gender", GENDER_SYSTEM, gender));
    Resource {
        kind: ResourceKind::Patient,
        json: bytes(&PatientResource {
            resource_type: ResourceKind::Patient.name(),
            id: id.clone(),
            meta: stamp.meta(Some(PROFILE)),
            identifier: vec![identifier],
            name: vec![name],
            gender,
            birth_date,
        }),
        id,
        patient: Some(facts.patient),
        session: None,
        codes: Vec::new(),
        tokens: found_by,
        effective: None,
        effective_until: None,
        updated: stamp.updated,
        version: stamp.version,
    }
}

fn name_of(registration: Option<&Registration>) -> HumanName {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let family = registration.and_then(|known| said(&known.family_name));
    // The record has the given names as one text; where one ends and the next begins is not
    // guessed.
    let given: Vec<String> = registration
        .and_then(|known| said(&known.given_name))
        .into_iter()
        .collect();
    let unknown = family.is_none() && given.is_empty();
    HumanName {
        extension: if unknown {
            vec![Extension::UNKNOWN]
        } else {
            Vec::new()
        },
        used_as: (!unknown).then_some("official"),
        family,
        given,
    }
}
