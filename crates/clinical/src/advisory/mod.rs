//! Advisories on live numerics. An advisory is a clinic limit that was passed, or a signal that
//! was lost: information about a condition, never a monitor alarm. The bedside monitor remains
//! the alarm system.

mod adopted;
mod condition;
mod engine;
mod limits;
mod notice;
mod priority;
mod window;

pub use adopted::{LimitRules, POLICY};
pub use condition::{AdvisorySource, Condition, Origin, Tier};
pub use engine::{Due, Engine, LONGEST_AUDIO_PAUSE};
pub use limits::{Beyond, Limits, NotPermitted, Rule, SHIPPED, UnreadableLimits};
pub use notice::{Acknowledgement, Advisory, Change};
pub use priority::Priority;
