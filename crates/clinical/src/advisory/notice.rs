//! One advisory, as the record and the screen have it.

use super::limits::Beyond;
use super::{AdvisorySource, Condition, Origin, Priority, Tier};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::Moment;

/// A condition that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// What it is about.
    pub condition: Condition,
    /// How far beyond; `None` for a technical condition.
    pub tier: Option<Tier>,
    /// Its priority.
    pub priority: Priority,
    /// The value that passed the limit, in [`Condition::unit`]; for a rise, the rise.
    pub value: Option<Decimal>,
    /// The limit that was passed.
    pub limit: Option<Beyond>,
    /// When the condition began.
    pub since: Moment,
    /// When this was said.
    pub at: Moment,
    /// What the value came from.
    pub source: AdvisorySource,
    /// Who set the limit.
    pub origin: Origin,
    /// Who acknowledged it, and when; anew after every escalation.
    pub acknowledged: Option<Acknowledgement>,
    /// By when the reading is to be repeated, for a cuff reading or one by hand.
    pub repeat_by: Option<Moment>,
}

/// Somebody has taken notice and taken it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// A condition began.
    Raised {
        /// The advisory.
        advisory: Advisory,
    },
    /// A condition grew worse; it is not acknowledged any more.
    Escalated {
        /// The advisory as it is now.
        advisory: Advisory,
    },
    /// A condition grew better without ending; it stays acknowledged if it was.
    Eased {
        /// The advisory as it is now.
        advisory: Advisory,
    },
    /// A condition ended.
    Ended {
        /// The advisory as it was last.
        advisory: Advisory,
        /// When it ended.
        at: Moment,
    },
}

impl Advisory {
    /// True for a lost signal or a missing reading.
    pub const fn is_technical(&self) -> bool {
        self.condition.is_technical()
    }

    /// In words, with what to look at.
    pub const fn says(&self) -> &'static str {
        self.condition.says()
    }

    /// The value with its unit.
    pub fn measured(&self) -> Option<String> {
        self.value
            .map(|value| with_unit(&value.normalize().to_string(), self.condition))
    }

    /// The limit with its unit: `< 90 %`.
    pub fn limit_shown(&self) -> Option<String> {
        self.limit
            .map(|limit| with_unit(&limit.to_string(), self.condition))
    }

    /// True when the reference asks for acknowledgement, action, repeat and outcome.
    pub fn asks_for_action(&self) -> bool {
        self.tier.is_some_and(Tier::asks_for_action)
    }
}

impl Change {
    /// The advisory that changed.
    pub const fn advisory(&self) -> &Advisory {
        match self {
            Self::Raised { advisory }
            | Self::Escalated { advisory }
            | Self::Eased { advisory }
            | Self::Ended { advisory, at: _ } => advisory,
        }
    }
}

fn with_unit(number: &str, condition: Condition) -> String {
    match condition.unit() {
        "" => number.to_owned(),
        unit => format!("{number}\u{a0}{unit}"),
    }
}
