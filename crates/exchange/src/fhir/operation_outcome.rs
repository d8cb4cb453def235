//! What went wrong, in FHIR's words.

use super::resource::bytes;
use serde::Serialize;

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The request could not be served.
    Error,
    /// Served, but not quite as asked.
    Warning,
    /// For the reader's interest.
    Information,
}

/// What kind of issue, from FHIR's `issue-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueType {
    /// The request does not have the right shape.
    Invalid,
    /// A value is not one of its kind.
    Value,
    /// We do not support it.
    NotSupported,
    /// It is longer than we read.
    TooLong,
    /// It would take too long to answer.
    TooCostly,
    /// There is no such thing.
    NotFound,
    /// No or a wrong token.
    Login,
    /// Not allowed to this client.
    Forbidden,
    /// Too many requests.
    Throttled,
    /// Something broke on our side.
    Exception,
    /// For information.
    Informational,
}

/// One issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How bad.
    pub severity: Severity,
    /// What kind.
    pub kind: IssueType,
    /// In words, without the patient's data.
    pub says: String,
}

impl Issue {
    /// An error.
    pub fn error(kind: IssueType, says: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            kind,
            says: says.into(),
        }
    }

    /// A warning.
    pub fn warning(kind: IssueType, says: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            kind,
            says: says.into(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperationOutcome<'a> {
    resource_type: &'static str,
    issue: Vec<Written<'a>>,
}

#[derive(Serialize)]
struct Written<'a> {
    severity: Severity,
    code: IssueType,
    diagnostics: &'a str,
}

/// An OperationOutcome's bytes. An empty list becomes one informational "all well", because the
/// resource requires at least one issue.
pub fn operation_outcome(issues: &[Issue]) -> Vec<u8> {
    let mut issue: Vec<Written<'_>> = issues
        .iter()
        .map(|issue| Written {
            severity: issue.severity,
            code: issue.kind,
            diagnostics: &issue.says,
        })
        .collect();
    if issue.is_empty() {
        issue.push(Written {
            severity: Severity::Information,
            code: IssueType::Informational,
            diagnostics: "No issue.",
        });
    }
    bytes(&OperationOutcome {
        resource_type: "OperationOutcome",
        issue,
    })
}
