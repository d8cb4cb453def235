//! The FHIR data types that our resources use, written in the specification's element order.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use units::Moment;

/// A decimal written digit for digit: never through a binary float.
#[derive(Clone, Debug)]
pub(super) struct Number(pub(super) Decimal);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A decimal's text is digits, a point and a sign: always a JSON number.
        let raw = RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// A moment as FHIR `instant` and `dateTime`: universal time, as many decimals of the second as
/// it has, so that no precision is claimed or lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instant(pub(super) Moment);

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let microseconds = self.0.microseconds();
        let timestamp = self.0.timestamp();
        if microseconds % 1_000_000 == 0 {
            write!(f, "{timestamp:.0}")
        } else if microseconds % 1_000 == 0 {
            write!(f, "{timestamp:.3}")
        } else {
            write!(f, "{timestamp:.6}")
        }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Meta {
    pub(super) version_id: String,
    pub(super) last_updated: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profile: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Coding {
    pub(super) system: String,
    pub(super) code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<String>,
}

impl Coding {
    pub(super) fn new(system: &str, code: &str, display: &str) -> Self {
        Self {
            system: system.to_owned(),
            code: code.to_owned(),
            display: Some(display.to_owned()),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct CodeableConcept {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) coding: Vec<Coding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
}

impl CodeableConcept {
    /// Words without a code: legal, and truer than a code that nobody has verified.
    pub(super) fn text(text: &str) -> Self {
        Self {
            coding: Vec::new(),
            text: Some(text.to_owned()),
        }
    }

    pub(super) fn coded(coding: Vec<Coding>, text: &str) -> Self {
        Self {
            coding,
            text: Some(text.to_owned()),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Reference {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<String>,
}

impl Reference {
    pub(super) fn to(kind: super::ResourceKind, id: impl std::fmt::Display) -> Self {
        Self {
            reference: Some(format!("{}/{id}", kind.name())),
            display: None,
        }
    }

    /// Someone or something that is named here and has no resource of its own.
    pub(super) fn named(display: &str) -> Self {
        Self {
            reference: None,
            display: Some(display.to_owned()),
        }
    }

    pub(super) fn display(mut self, display: &str) -> Self {
        self.display = Some(display.to_owned());
        self
    }
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Quantity {
    pub(super) value: Number,
    pub(super) unit: &'static str,
    pub(super) system: &'static str,
    pub(super) code: &'static str,
}

impl Quantity {
    pub(super) fn new(value: Decimal, unit: &'static str, ucum: &'static str) -> Self {
        Self {
            value: Number(value),
            unit,
            system: crate::codes::UCUM_SYSTEM,
            code: ucum,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Period {
    pub(super) start: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<Instant>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) author_string: Option<String>,
    pub(super) time: Instant,
    pub(super) text: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Identifier {
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub(super) used_as: Option<&'static str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<CodeableConcept>,
    pub(super) system: String,
    pub(super) value: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extension {
    pub(super) url: &'static str,
    pub(super) value_code: &'static str,
}

impl Extension {
    /// Why a required element is absent: nobody told us.
    pub(super) const UNKNOWN: Self = Self {
        url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        value_code: "unknown",
    };
}
