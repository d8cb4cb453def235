//! What this server can do, said to machines.

use super::datatypes::Instant;
use super::resource::{ResourceKind, bytes};
use super::search::{OF_THE_ANSWER, Parameter, ParameterKind, parameters};
use serde::Serialize;
use units::Moment;

/// What speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Software<'a> {
    /// The release.
    pub version: &'a str,
    /// When the statement was made: the server's start.
    pub at: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CapabilityStatement<'a> {
    resource_type: &'static str,
    status: &'static str,
    date: Instant,
    kind: &'static str,
    software: SoftwareElement<'a>,
    implementation: Implementation<'a>,
    fhir_version: &'static str,
    format: [&'static str; 2],
    rest: [Rest; 1],
}

#[derive(Serialize)]
struct SoftwareElement<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Implementation<'a> {
    description: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    mode: &'static str,
    security: Security,
    resource: Vec<ResourceElement>,
    search_param: Vec<SearchParameter>,
}

#[derive(Serialize)]
struct Security {
    extension: [OauthUris; 1],
    service: [Service; 1],
}

#[derive(Serialize)]
struct OauthUris {
    extension: [TokenUri; 1],
    url: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenUri {
    url: &'static str,
    value_uri: String,
}

#[derive(Serialize)]
struct Service {
    coding: [super::datatypes::Coding; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceElement {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supported_profile: Vec<String>,
    interaction: [Interaction; 2],
    versioning: &'static str,
    search_param: Vec<SearchParameter>,
}

#[derive(Serialize)]
struct Interaction {
    code: &'static str,
}

#[derive(Serialize)]
struct SearchParameter {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    documentation: Option<&'static str>,
}

/// The CapabilityStatement's bytes; made once and served from memory.
///
/// `base` is the FHIR base without a slash at its end; `token_url` is where a client signs in.
pub fn capability_statement(base: &str, token_url: &str, software: Software<'_>) -> Vec<u8> {
    bytes(&CapabilityStatement {
        resource_type: "CapabilityStatement",
        status: "active",
        date: Instant(software.at),
        kind: "instance",
        software: SoftwareElement {
            name: "Evenkeel",
            version: software.version,
        },
        implementation: Implementation {
            description: "Records of supervised ketamine treatment",
            url: base,
        },
        fhir_version: "4.0.1",
        format: [super::MEDIA_TYPE, "json"],
        rest: [Rest {
            mode: "server",
            security: Security {
                extension: [OauthUris {
                    extension: [TokenUri {
                        url: "token",
                        value_uri: token_url.to_owned(),
                    }],
                    url: "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                }],
                service: [Service {
                    coding: [super::datatypes::Coding::new(
                        "http://terminology.hl7.org/CodeSystem/restful-security-service",
                        "SMART-on-FHIR",
                        "SMART-on-FHIR",
                    )],
                }],
            },
            resource: ResourceKind::ALL.into_iter().map(resource).collect(),
            search_param: OF_THE_ANSWER.iter().map(search_parameter).collect(),
        }],
    })
}

fn resource(kind: ResourceKind) -> ResourceElement {
    let profiles: &[&str] = match kind {
        ResourceKind::Patient => &["us-core-patient"],
        ResourceKind::Encounter => &["us-core-encounter"],
        ResourceKind::Observation => &[
            "us-core-blood-pressure",
            "us-core-body-temperature",
            "us-core-heart-rate",
            "us-core-pulse-oximetry",
            "us-core-respiratory-rate",
        ],
        ResourceKind::MedicationAdministration | ResourceKind::Device => &[],
    };
    ResourceElement {
        kind: kind.name(),
        supported_profile: profiles
            .iter()
            .map(|name| format!("http://hl7.org/fhir/us/core/StructureDefinition/{name}"))
            .collect(),
        interaction: [
            Interaction { code: "read" },
            Interaction {
                code: "search-type",
            },
        ],
        versioning: "versioned",
        search_param: parameters(kind)
            .iter()
            .filter(|parameter| parameter.kind != ParameterKind::Result)
            .map(search_parameter)
            .collect(),
    }
}

fn search_parameter(parameter: &Parameter) -> SearchParameter {
    SearchParameter {
        name: parameter.name,
        kind: match parameter.kind {
            ParameterKind::Token | ParameterKind::Id => "token",
            ParameterKind::Text => "string",
            ParameterKind::Patient | ParameterKind::Encounter | ParameterKind::Device => {
                "reference"
            }
            ParameterKind::Effective | ParameterKind::Updated | ParameterKind::BirthDate => "date",
            ParameterKind::Result => "special",
        },
        documentation: parameter.says,
    }
}
