//! What can become true after a session. A closed list.

use super::vocabulary::{Detail, Found, NewReport, PlannedContact, Screen, Told, Urgency};
use crate::record::{Recorded, SessionId};
use serde::{Deserialize, Serialize};
use units::Moment;
use uuid::Uuid;

/// An event of the time after a person's sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum FollowUpEvent {
    /// A session has ended, and its contacts stand.
    ContactsPlanned {
        /// Which session.
        session: SessionId,
        /// When its drug ended.
        ended: Moment,
        /// The contacts.
        contacts: Vec<PlannedContact>,
        /// Contacts of earlier sessions that ask the same, and are not made any more.
        joined: Vec<Uuid>,
    },
    /// The person was written to.
    ContactMade {
        /// Which contact.
        contact: Uuid,
        /// How many reminders there were before: 0 is the contact itself.
        reminder: u32,
        /// When they are reminded; none after the last time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_at: Option<Moment>,
        /// From when on staff are asked to call, without an answer.
        silent_at: Moment,
        /// The scales that watch for harm and are asked with it; none in events that are older than
        /// these questions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        watched: Vec<String>,
    },
    /// A contact was left out because a newer one is due: the newer one asks for all of the time.
    ContactOvertaken {
        /// Which.
        contact: Uuid,
    },
    /// The person said how they are.
    Reported {
        /// What.
        report: NewReport,
    },
    /// They said more of one side effect.
    EffectDescribed {
        /// In which report.
        report: Uuid,
        /// Of which side effect.
        effect: String,
        /// What.
        detail: Detail,
    },
    /// A report has warning signs: somebody must act.
    FlagRaised {
        /// Which.
        flag: Uuid,
        /// In which report.
        report: Uuid,
        /// The signs, the fastest first.
        signs: Vec<String>,
        /// How fast.
        urgency: Urgency,
    },
    /// People on duty were told.
    DutyTold {
        /// About which flag.
        flag: Uuid,
        /// Which round, from 0.
        round: u32,
        /// Whom.
        told: Vec<Told>,
        /// When the next round is, if nobody acknowledges.
        again_at: Moment,
    },
    /// Somebody has it in hand.
    FlagAcknowledged {
        /// Which.
        flag: Uuid,
    },
    /// It is dealt with.
    FlagSettled {
        /// Which.
        flag: Uuid,
        /// What was done, in words.
        done: String,
    },
    /// A screen for harm over the long term was done.
    ScreenDone {
        /// Which.
        screen: Screen,
        /// What came of it.
        found: Found,
        /// In words.
        note: String,
    },
    /// A scale that watches for harm was answered whole, or is so no more. It judges nothing: what
    /// an answer calls for is a flag of its own.
    WatchAnswered {
        /// On which sheet.
        sheet: Uuid,
        /// Which scale, by the id of its file.
        scale: String,
        /// Every question has an answer; false takes back that it had.
        is_whole: bool,
    },
    /// A member of staff spoke with the person, or tried to.
    Called {
        /// They spoke with each other.
        reached: bool,
        /// What came of it, in words.
        note: String,
    },
}

impl Recorded for FollowUpEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ContactsPlanned { .. } => "ContactsPlanned",
            Self::ContactMade { .. } => "ContactMade",
            Self::ContactOvertaken { .. } => "ContactOvertaken",
            Self::Reported { .. } => "Reported",
            Self::EffectDescribed { .. } => "EffectDescribed",
            Self::FlagRaised { .. } => "FlagRaised",
            Self::DutyTold { .. } => "DutyTold",
            Self::FlagAcknowledged { .. } => "FlagAcknowledged",
            Self::FlagSettled { .. } => "FlagSettled",
            Self::ScreenDone { .. } => "ScreenDone",
            Self::WatchAnswered { .. } => "WatchAnswered",
            Self::Called { .. } => "Called",
        }
    }
}
