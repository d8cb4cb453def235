//! A gate's answer.

use super::{Gate, Severity};
use crate::record::Role;
use serde::{Deserialize, Serialize};
use units::Moment;

/// How one requirement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Met,
    /// It does not hold.
    Unmet,
    /// It cannot be told; blocks like unmet, and is said differently.
    Unknown,
}

/// One requirement's answer, with everything a person needs to believe it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The requirement.
    pub requirement: String,
    /// The policy it stands in.
    pub policy: String,
    /// That policy's version.
    pub version: u32,
    /// How it stands.
    pub outcome: Outcome,
    /// How grave it is when not met.
    pub severity: Severity,
    /// The rule in words, with the clinic's values.
    pub says: String,
    /// What was needed.
    pub needed: String,
    /// What was found.
    pub found: String,
    /// When it will be met by itself, if time alone is missing.
    pub met_at: Option<Moment>,
    /// What to do about it.
    pub remedy: String,
    /// Who may let it pass.
    pub may_be_overridden_by: Vec<Role>,
    /// An override needs a second clinician.
    pub second_clinician: bool,
    /// Where the rule comes from.
    pub source: String,
}

/// A gate's whole answer, stored in the event that it allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which gate.
    pub gate: Gate,
    /// When it was asked.
    pub at: Moment,
    /// Every requirement, met or not.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Requirements that are unmet or unknown, gravest first.
    pub fn open(&self) -> Vec<&Finding> {
        let mut open: Vec<_> = self
            .findings
            .iter()
            .filter(|finding| finding.outcome != Outcome::Met)
            .collect();
        open.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        open
    }

    /// True when something was asked and nothing blocks: a gate without rules stays closed.
    pub fn is_open(&self) -> bool {
        !self.findings.is_empty()
            && self
                .open()
                .iter()
                .all(|finding| finding.severity <= Severity::Caution)
    }

    /// When every missing requirement is one that time will meet: the last of those moments.
    pub fn met_at(&self) -> Option<Moment> {
        let open = self.open();
        let moments: Option<Vec<_>> = open.iter().map(|finding| finding.met_at).collect();
        moments?.into_iter().max()
    }

    /// Blocking findings that this role may not override, even with a reason.
    pub fn beyond(&self, role: Role) -> Vec<&Finding> {
        self.open()
            .into_iter()
            .filter(|finding| finding.severity > Severity::Caution)
            .filter(|finding| !finding.may_be_overridden_by.contains(&role))
            .collect()
    }

    /// True when some blocking finding needs a second clinician to override.
    pub fn needs_second_clinician(&self) -> bool {
        self.open()
            .iter()
            .any(|finding| finding.severity > Severity::Caution && finding.second_clinician)
    }
}
