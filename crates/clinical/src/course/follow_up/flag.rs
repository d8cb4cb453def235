//! A warning sign that somebody must act on.

use super::vocabulary::{Told, Urgency};
use crate::record::Actor;
use units::Moment;
use uuid::Uuid;

/// How a flag stands. There is no way in between: whoever has not acknowledged it is told again.
// Hazard: H62
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagStanding {
    /// Nobody has it in hand.
    Escalating {
        /// How many rounds of telling there were.
        round: u32,
        /// When the next one is.
        call_at: Moment,
    },
    /// Somebody has it in hand.
    Acknowledged {
        /// Who.
        by: Actor,
        /// When.
        at: Moment,
    },
    /// It is dealt with.
    Settled {
        /// By whom.
        by: Actor,
        /// When.
        at: Moment,
        /// What was done.
        done: String,
    },
}

/// A flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its identity.
    pub flag: Uuid,
    /// In which report.
    pub report: Uuid,
    /// The signs, the fastest first.
    pub signs: Vec<String>,
    /// How fast.
    pub urgency: Urgency,
    /// When it was raised.
    pub raised_at: Moment,
    /// Everybody who was told, round by round.
    pub told: Vec<(Moment, Vec<Told>)>,
    /// How it stands.
    pub standing: FlagStanding,
}

impl Flag {
    /// Somebody is told again until somebody acknowledges.
    pub const fn is_escalating(&self) -> bool {
        match self.standing {
            FlagStanding::Escalating { .. } => true,
            FlagStanding::Acknowledged { .. } | FlagStanding::Settled { .. } => false,
        }
    }

    /// It is not dealt with yet.
    pub const fn is_open(&self) -> bool {
        match self.standing {
            FlagStanding::Escalating { .. } | FlagStanding::Acknowledged { .. } => true,
            FlagStanding::Settled { .. } => false,
        }
    }
}
