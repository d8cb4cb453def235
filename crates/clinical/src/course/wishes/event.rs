//! What can become true of a person's wishes. A closed list.

use super::vocabulary::Wish;
use crate::record::{Recorded, SessionId};
use serde::{Deserialize, Serialize};

/// An event of a person's wishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum WishesEvent {
    /// The person said a wish, or another one than before; the newest of its kind holds.
    WishSaid {
        /// Which, and how.
        said: Wish,
        /// The session in whose room it was said, if it was said in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
    },
}

impl Recorded for WishesEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::WishSaid { .. } => "WishSaid",
        }
    }
}
