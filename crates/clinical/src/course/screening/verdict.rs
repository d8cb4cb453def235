//! Screening's answer.

use super::person::{Clearance, Visit, Witness, shared, shared_witness};
use crate::patient::CivilDate;
use crate::policy::{Gate, Outcome, RulesInForce, Severity};
use crate::record::Role;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::Moment;

/// How grave an answer is; the highest wins.
///
/// A missing answer to a question that could block stands under a clearance and blocks like one.
/// Source: clinical reference 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing was found.
    Clear,
    /// To be read, nothing to be done.
    Info,
    /// The prescriber acknowledges with a plan.
    Caution,
    /// Not today unless corrected, or passed over with a reason as the rule allows.
    HoldToday,
    /// A question that could block has no answer.
    Incomplete,
    /// Blocked until a clearance is signed.
    Clearance,
    /// Not to be treated.
    Exclude,
}

impl Level {
    /// The word in answers and lists: `hold-today`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Info => "info",
            Self::Caution => "caution",
            Self::HoldToday => "hold-today",
            Self::Incomplete => "incomplete",
            Self::Clearance => "clearance",
            Self::Exclude => "exclude",
        }
    }

    /// True when nobody may be treated at this level.
    pub const fn blocks(self) -> bool {
        match self {
            Self::Clear | Self::Info | Self::Caution => false,
            Self::HoldToday | Self::Incomplete | Self::Clearance | Self::Exclude => true,
        }
    }
}

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Nothing blocks. The prescriber still decides.
    Eligible,
    /// Something blocks.
    Blocked,
}

/// A rule as it was asked, with the clinic's values in its sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub requirement: String,
    /// Its short name in the clinical reference, where it has one.
    pub code: String,
    /// The policy it stands in.
    pub policy: String,
    /// That policy's version.
    pub version: u32,
    /// How grave it is when not met.
    pub severity: Severity,
    /// In words.
    pub says: String,
    /// What would change the answer.
    pub remedy: String,
    /// What the visit must have when the rule is not met.
    pub adds: Vec<String>,
    /// Whose clearance lifts it.
    pub cleared_by: Vec<String>,
    /// Who may pass over it, with a reason and a signature; nobody when empty.
    pub may_be_overridden_by: Vec<Role>,
    /// Passing over it needs a second clinician.
    pub second_clinician: bool,
    /// Where it comes from.
    pub source: String,
    /// True where the source could not be read by us, or sources disagree.
    pub unverified: bool,
}

/// An answer on which a finding stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was asked, by its name.
    pub question: String,
    /// What was answered; "not asked" and "not sure" are said as such.
    pub answer: String,
    /// Who answered, and when; `None` when nobody did.
    #[serde(with = "shared_witness")]
    pub by: Option<Arc<Witness>>,
}

/// What a clearance from outside does to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "clearance", rename_all = "kebab-case")]
pub enum Cleared {
    /// The rule is met, or no clearance lifts it.
    NotNeeded,
    /// None is there.
    Missing,
    /// It is there, and no prescriber has accepted it yet.
    NotAccepted {
        /// The date on it.
        dated: CivilDate,
    },
    /// It is from someone whose clearance does not lift this rule.
    FromAnother {
        /// From whom.
        from: String,
    },
    /// It had expired by the day of the visit.
    Expired {
        /// The date on it.
        dated: CivilDate,
        /// The last day on which it held.
        held_until: CivilDate,
    },
    /// It holds.
    Holds {
        /// From whom.
        from: String,
        /// The date on it.
        dated: CivilDate,
        /// The last day on which it holds.
        until: CivilDate,
        /// The prescriber who accepted it.
        accepted_by: String,
    },
}

/// One rule's answer, with everything a person needs to believe it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The rule.
    #[serde(with = "shared")]
    pub rule: Arc<Rule>,
    /// How it stands.
    pub outcome: Outcome,
    /// What that weighs, clearances considered.
    pub level: Level,
    /// What was needed.
    pub needed: String,
    /// What was found.
    pub found: String,
    /// When it will be met by itself, if time alone is missing.
    pub met_at: Option<Moment>,
    /// What a clearance does to it.
    pub cleared: Cleared,
    /// Who may pass over it as it stands, with a reason and a signature; nobody when empty. An
    /// answer that is missing is given first: not done is an answer too.
    pub overridable_by: Vec<Role>,
    /// On which answers it stands.
    pub evidence: Vec<Evidence>,
}

/// The whole answer: stored as it is with the decision that it allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// The answer in one word.
    pub decision: Decision,
    /// The gravest level of all.
    pub level: Level,
    /// Which gate was asked.
    pub gate: Gate,
    /// When it was asked.
    pub at: Moment,
    /// For which visit.
    pub visit: Visit,
    /// By which rules.
    pub rules: Vec<RulesInForce>,
    /// By which version of the list of medicines.
    pub medicine_list: u32,
    /// What is unmet or unknown, gravest first.
    pub open: Vec<Found>,
    /// What is met.
    pub met: Vec<Found>,
    /// Rules that are not about this product, route or person.
    pub not_about: Vec<String>,
}

impl Rule {
    /// Its short name, or the requirement where it has none.
    pub fn short(&self) -> &str {
        match self.code.as_str() {
            "" => &self.requirement,
            code => code,
        }
    }
}

impl Found {
    /// True when somebody may pass over it as it stands.
    pub const fn may_be_passed(&self) -> bool {
        !self.overridable_by.is_empty()
    }
}

impl Screening {
    /// What blocks, gravest first.
    pub fn blocking(&self) -> impl Iterator<Item = &Found> {
        self.open.iter().filter(|found| found.level.blocks())
    }

    /// The answer without what is met: as much as a comparison with a later answer asks for.
    pub fn in_short(&self) -> Self {
        Self {
            decision: self.decision,
            level: self.level,
            gate: self.gate,
            at: self.at,
            visit: self.visit,
            rules: Vec::new(),
            medicine_list: self.medicine_list,
            open: self.open.clone(),
            met: Vec::new(),
            not_about: Vec::new(),
        }
    }

    /// True when two answers say the same about every rule, by the same rules.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let said = |screening: &Self| -> Vec<(String, Outcome, Level, String)> {
            screening
                .open
                .iter()
                .map(|found| {
                    (
                        found.rule.requirement.clone(),
                        found.outcome,
                        found.level,
                        found.found.clone(),
                    )
                })
                .collect()
        };
        self.rules == other.rules
            && self.medicine_list == other.medicine_list
            && said(self) == said(other)
    }

    /// The finding of a requirement, met or not.
    pub fn of(&self, requirement: &str) -> Option<&Found> {
        self.open
            .iter()
            .chain(&self.met)
            .find(|found| found.rule.requirement == requirement)
    }

    /// What the visit must have besides: of every rule that is not met, once each.
    pub fn adds(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for line in self.open.iter().flat_map(|found| &found.rule.adds) {
            if !all.contains(&line.as_str()) {
                all.push(line);
            }
        }
        all
    }
}

impl Clearance {
    /// True when this clearance is about this rule. A name that is a requirement's lifts that one
    /// alone, although others share it as their short name; `is_a_requirement` says whether it is.
    // Hazard: H24
    pub(super) fn is_about(&self, rule: &Rule, is_a_requirement: bool) -> bool {
        self.about == rule.requirement
            || (!is_a_requirement && !rule.code.is_empty() && self.about == rule.code)
    }
}
