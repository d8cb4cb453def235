//! Whether the ledger, the order and the record of a session say the same.
//!
//! Source: safety reference 6.2: every administered microgram equals the clinical record's.

use super::rules::LedgerRules;
use crate::record::{PatientId, SessionId};
use serde::{Deserialize, Serialize};
use units::{Micrograms, Moment};

/// What the order, the record and the ledger say of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub session: SessionId,
    /// Whose.
    pub patient: PatientId,
    /// When it was to begin.
    pub planned_for: Option<Moment>,
    /// Where.
    pub room: String,
    /// What was ordered; none where nothing was.
    pub ordered: Option<Micrograms>,
    /// What was given by the record; none where nothing was.
    pub by_record: Option<Micrograms>,
    /// What was given by the ledger.
    pub by_ledger: Micrograms,
    /// What was drawn.
    pub drawn: Micrograms,
    /// Somebody wrote why more was drawn than ordered.
    pub reason_given: bool,
    /// In syringes that nobody has accounted for.
    pub open: Micrograms,
    /// The person is still here: what is given is not known yet.
    pub under_way: bool,
}

/// What does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// Something is in a syringe, and nobody has said what became of it.
    NotAccounted {
        /// How much.
        open: Micrograms,
    },
    /// The record says that something was given, and nothing was drawn.
    NothingDrawn {
        /// How much was given by the record.
        by_record: Micrograms,
    },
    /// Record and ledger say different amounts.
    GivenDiffers {
        /// By the record.
        by_record: Micrograms,
        /// By the ledger.
        by_ledger: Micrograms,
    },
    /// More was drawn than was ordered, and nobody has said why.
    BeyondOrder {
        /// How much was drawn.
        drawn: Micrograms,
        /// How much was ordered.
        ordered: Micrograms,
    },
    /// Something was drawn, and nothing was ordered.
    NoOrder {
        /// How much was drawn.
        drawn: Micrograms,
    },
}

impl Finding {
    /// As people read it.
    pub fn says(&self) -> String {
        match self {
            Self::NotAccounted { open } => {
                format!("{open} is in a syringe, and nobody has said what became of it")
            }
            Self::NothingDrawn { by_record } => {
                format!(
                    "by the record {by_record} was given, and nothing was drawn from the ledger"
                )
            }
            Self::GivenDiffers {
                by_record,
                by_ledger,
            } => format!("{by_record} was given by the record, {by_ledger} by the ledger"),
            Self::BeyondOrder { drawn, ordered } => {
                format!("{drawn} was drawn and {ordered} ordered, and nobody has said why")
            }
            Self::NoOrder { drawn } => format!("{drawn} was drawn, and nothing was ordered"),
        }
    }

    /// How much this is about.
    pub fn amount(&self) -> Micrograms {
        match self {
            Self::NotAccounted { open } => *open,
            Self::NothingDrawn { by_record } => *by_record,
            Self::GivenDiffers {
                by_record,
                by_ledger,
            } => by_record
                .less(*by_ledger)
                .or_else(|| by_ledger.less(*by_record))
                .unwrap_or_default(),
            Self::BeyondOrder { drawn, ordered } => drawn.less(*ordered).unwrap_or_default(),
            Self::NoOrder { drawn } => *drawn,
        }
    }
}

/// What does not agree in one session; nothing for one that is under way. `Hazard: H37`.
pub fn findings(told: &Told, rules: &LedgerRules) -> Vec<Finding> {
    if told.under_way {
        return Vec::new();
    }
    let mut found = Vec::new();
    let by_record = told.by_record.unwrap_or_default();
    if !told.open.is_zero() {
        found.push(Finding::NotAccounted { open: told.open });
    } else if told.drawn.is_zero() && !by_record.is_zero() {
        found.push(Finding::NothingDrawn { by_record });
    } else if by_record != told.by_ledger {
        found.push(Finding::GivenDiffers {
            by_record,
            by_ledger: told.by_ledger,
        });
    }
    match told.ordered {
        None if !told.drawn.is_zero() => found.push(Finding::NoOrder { drawn: told.drawn }),
        Some(ordered) if told.drawn > rules.most_for(ordered) && !told.reason_given => {
            found.push(Finding::BeyondOrder {
                drawn: told.drawn,
                ordered,
            });
        }
        None | Some(_) => {}
    }
    found
}
