//! Which search parameters each type has.

use super::super::ResourceKind;

/// How a parameter is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A logical id.
    Id,
    /// `code` or `system|code`.
    Token,
    /// The beginning of a text, whatever its case.
    Text,
    /// A reference to a person.
    Patient,
    /// A reference to a visit.
    Encounter,
    /// A reference to a device.
    Device,
    /// A date with a prefix, on when it held.
    Effective,
    /// A date with a prefix, on when it was recorded.
    Updated,
    /// A date with a prefix, on a birth date.
    BirthDate,
    /// Says something about the answer, not about the resources.
    Result,
}

/// One search parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// How it is read.
    pub kind: ParameterKind,
    /// What a reader must know beyond the specification.
    pub says: Option<&'static str>,
}

const fn parameter(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter {
        name,
        kind,
        says: None,
    }
}

const ID: Parameter = parameter("_id", ParameterKind::Id);
const UPDATED: Parameter = parameter("_lastUpdated", ParameterKind::Updated);
const SORT: Parameter = Parameter {
    name: "_sort",
    kind: ParameterKind::Result,
    says: Some(
        "One of the type's date parameters or _lastUpdated; a hyphen before it for descending.",
    ),
};
const COUNT: Parameter = Parameter {
    name: "_count",
    kind: ParameterKind::Result,
    says: Some("At most 1000; 50 unless asked. 0 gives the total alone."),
};
const SUMMARY: Parameter = Parameter {
    name: "_summary",
    kind: ParameterKind::Result,
    says: Some("Only count and false."),
};
const TOTAL: Parameter = Parameter {
    name: "_total",
    kind: ParameterKind::Result,
    says: Some("none, estimate or accurate; an estimate is exact here."),
};
const FORMAT: Parameter = Parameter {
    name: "_format",
    kind: ParameterKind::Result,
    says: Some("Only JSON."),
};
/// How dates are compared; the same wherever a period may be.
const OF_A_PERIOD: &str = "A date without a zone is one in the clinic's zone. eq asks that the \
    date hold the whole period; ap, or ge and le together, that they have some time in common.";
const PAGE: Parameter = parameter("_page", ParameterKind::Result);
const PATIENT: Parameter = parameter("patient", ParameterKind::Patient);
const SUBJECT: Parameter = parameter("subject", ParameterKind::Patient);

const OF_PATIENT: [Parameter; 14] = [
    ID,
    UPDATED,
    parameter("identifier", ParameterKind::Token),
    parameter("name", ParameterKind::Text),
    parameter("family", ParameterKind::Text),
    parameter("given", ParameterKind::Text),
    parameter("birthdate", ParameterKind::BirthDate),
    parameter("gender", ParameterKind::Token),
    SORT,
    COUNT,
    SUMMARY,
    TOTAL,
    FORMAT,
    PAGE,
];

const OF_ENCOUNTER: [Parameter; 13] = [
    ID,
    UPDATED,
    PATIENT,
    SUBJECT,
    Parameter {
        name: "date",
        kind: ParameterKind::Effective,
        says: Some(OF_A_PERIOD),
    },
    parameter("status", ParameterKind::Token),
    parameter("class", ParameterKind::Token),
    SORT,
    COUNT,
    SUMMARY,
    TOTAL,
    FORMAT,
    PAGE,
];

const OF_OBSERVATION: [Parameter; 17] = [
    ID,
    UPDATED,
    PATIENT,
    SUBJECT,
    parameter("encounter", ParameterKind::Encounter),
    Parameter {
        name: "code",
        kind: ParameterKind::Token,
        says: Some("The parts of a blood pressure are found by component-code."),
    },
    parameter("component-code", ParameterKind::Token),
    parameter("category", ParameterKind::Token),
    Parameter {
        name: "date",
        kind: ParameterKind::Effective,
        says: Some("A date without a zone is a date in the clinic's zone."),
    },
    parameter("status", ParameterKind::Token),
    parameter("device", ParameterKind::Device),
    SORT,
    COUNT,
    SUMMARY,
    TOTAL,
    FORMAT,
    PAGE,
];

const OF_ADMINISTRATION: [Parameter; 13] = [
    ID,
    UPDATED,
    PATIENT,
    SUBJECT,
    parameter("context", ParameterKind::Encounter),
    Parameter {
        name: "effective-time",
        kind: ParameterKind::Effective,
        says: Some(OF_A_PERIOD),
    },
    parameter("status", ParameterKind::Token),
    SORT,
    COUNT,
    SUMMARY,
    TOTAL,
    FORMAT,
    PAGE,
];

const OF_DEVICE: [Parameter; 11] = [
    ID,
    UPDATED,
    parameter("identifier", ParameterKind::Token),
    parameter("device-name", ParameterKind::Text),
    parameter("status", ParameterKind::Token),
    SORT,
    COUNT,
    SUMMARY,
    TOTAL,
    FORMAT,
    PAGE,
];

/// What says something about the answer, for every type; our page token is not for others to make.
pub(crate) const OF_THE_ANSWER: [Parameter; 5] = [SORT, COUNT, SUMMARY, TOTAL, FORMAT];

/// The parameters of a type: the capability statement lists them and the parser reads them, from
/// this one table.
pub const fn parameters(kind: ResourceKind) -> &'static [Parameter] {
    match kind {
        ResourceKind::Patient => &OF_PATIENT,
        ResourceKind::Encounter => &OF_ENCOUNTER,
        ResourceKind::Observation => &OF_OBSERVATION,
        ResourceKind::MedicationAdministration => &OF_ADMINISTRATION,
        ResourceKind::Device => &OF_DEVICE,
    }
}
