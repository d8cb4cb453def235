//! What can become true of what is reported of a session. A closed list.

use super::account::{EmergencyVisit, Expectation, Noted};
use super::value::{Said, Value};
use crate::patient::CivilDate;
use crate::record::{PatientId, Recorded};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// By which way a form left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// On the programme's own pages.
    Online,
    /// By fax.
    Fax,
    /// By telephone.
    Telephone,
    /// By post.
    Post,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Online, Self::Fax, Self::Telephone, Self::Post];

    /// Its word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Fax => "fax",
            Self::Telephone => "telephone",
            Self::Post => "post",
        }
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Online => "on the programme’s own pages",
            Self::Fax => "by fax",
            Self::Telephone => "by telephone",
            Self::Post => "by post",
        }
    }
}

/// A field as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentField {
    /// Which.
    pub field: String,
    /// Its value; none where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What somebody who looked at an adverse event says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// What the clinic learned.
    pub learned: String,
    /// What is still to be found out; empty: nothing.
    pub open_question: String,
    /// Whether it is in the product's list.
    pub expected: Expectation,
    /// Whether the person went to an emergency department.
    pub emergency_visit: EmergencyVisit,
}

/// An event of what is reported of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ReportingEvent {
    /// A form is owed: the first device was given. Once more after it was set aside: it is owed
    /// after all.
    FormOpened {
        /// Whose session.
        patient: PatientId,
        /// The day of the first device, in the clinic's zone.
        visit_on: CivilDate,
    },
    /// Somebody said something of a field; the newest holds.
    FieldSaid {
        /// Which.
        field: String,
        /// What.
        said: Said,
    },
    /// The form left.
    FormSent {
        /// Which form.
        form: String,
        /// Which version of its file.
        version: u32,
        /// What was sent, in the order of the form.
        fields: Vec<SentField>,
        /// By which way.
        way: Way,
        /// What the programme gave as a sign of having it; may be empty.
        reference: String,
        /// On which day.
        on: CivilDate,
        /// Why once more; none the first time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    },
    /// No form is owed after all.
    FormSetAside {
        /// Why.
        because: String,
    },
    /// The chart was corrected after the form had left, and the form would say something else now.
    ChartChanged {
        /// The fields that differ.
        fields: Vec<String>,
    },
    /// Somebody looked at what differs, and nothing is sent again.
    DifferenceAccepted {
        /// Why.
        because: String,
        /// What differs, as it stands now: something else again is not accepted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<SentField>,
    },
    /// Staff entered an adverse event; entered again, the newest holds.
    AdverseEventNoted {
        /// Which.
        adverse: Uuid,
        /// Whose.
        patient: PatientId,
        /// What happened.
        noted: Noted,
    },
    /// An adverse event that staff entered is wrong: it counts no more, and is shown struck through.
    AdverseEventStruck {
        /// Which.
        adverse: Uuid,
        /// Why.
        reason: String,
    },
    /// A clinician looked at an adverse event; the newest holds.
    AdverseEventReviewed {
        /// Which.
        adverse: Uuid,
        /// What they say of it.
        learned: Learned,
    },
    /// Somebody outside was told of an adverse event.
    AdverseEventTold {
        /// Which.
        adverse: Uuid,
        /// Who was told, by the name of the clock.
        clock: String,
        /// What they gave as a sign of having it; may be empty.
        reference: String,
        /// On which day.
        on: CivilDate,
    },
    /// Nothing is left to be learned of an adverse event.
    AdverseEventClosed {
        /// Which.
        adverse: Uuid,
    },
}

impl Recorded for ReportingEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::FormOpened { .. } => "FormOpened",
            Self::FieldSaid { .. } => "FieldSaid",
            Self::FormSent { .. } => "FormSent",
            Self::FormSetAside { .. } => "FormSetAside",
            Self::ChartChanged { .. } => "ChartChanged",
            Self::DifferenceAccepted { .. } => "DifferenceAccepted",
            Self::AdverseEventNoted { .. } => "AdverseEventNoted",
            Self::AdverseEventStruck { .. } => "AdverseEventStruck",
            Self::AdverseEventReviewed { .. } => "AdverseEventReviewed",
            Self::AdverseEventTold { .. } => "AdverseEventTold",
            Self::AdverseEventClosed { .. } => "AdverseEventClosed",
        }
    }
}
