//! How urgent a notice is.

use serde::{Deserialize, Serialize};

/// The priority of a notice, lowest first. Source: IEC 60601-1-8 (device reference 13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Cyan, steady.
    Low,
    /// Yellow, about once in two seconds.
    Medium,
    /// Red, about twice a second.
    High,
}

impl Priority {
    /// The word beside the colour.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
