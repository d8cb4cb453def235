//! Identifiers. Each kind is its own type, so that one is never given for another.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

identifier!(
    /// One clinic or group whose data stands apart from every other's.
    TenantId
);
identifier!(
    /// A command's identity, made by the client before sending, executed exactly once.
    CommandId
);
identifier!(
    /// An event's identity.
    EventId
);
identifier!(
    /// A person under treatment.
    PatientId
);
identifier!(
    /// One dosing visit.
    SessionId
);
identifier!(
    /// A bedside device.
    DeviceId
);
identifier!(
    /// A request for a letter that another clinician must write.
    ClearanceId
);
identifier!(
    /// A container of a controlled drug.
    ContainerId
);
identifier!(
    /// What was drawn from a container into one syringe.
    SyringeId
);
identifier!(
    /// A member of staff, or an integration client.
    StaffId
);

/// What a stream is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamKind {
    /// A person.
    Patient,
    /// A dosing visit.
    Session,
    /// A bedside device and where it stands.
    Device,
    /// The clinic itself: rooms, adopted policies.
    Clinic,
    /// What a person has told of themselves, and what staff have added; filed under the person.
    Intake,
    /// What the rules answered about a person, and what a prescriber decided; filed under the
    /// person.
    Screening,
    /// Letters that another clinician must write; filed under the person.
    Clearance,
    /// What a person has agreed to; filed under the person.
    Consent,
    /// One day of the clinic's book; filed under a name made of the date.
    Calendar,
    /// One person's preparation for one visit; filed under the visit's session.
    Preparation,
    /// One message to a person.
    Message,
    /// One record number and whose it is; filed under a name made of the number.
    RecordNumber,
    /// One container of a controlled drug: a vial, a nasal device.
    Container,
    /// What a person wishes for their sessions; filed under the person.
    Wishes,
    /// Everything under lock together: inventories, and what the nightly match has found; filed
    /// under the clinic.
    Safe,
    /// What a person keeps of their sessions; filed under the person.
    Keepsakes,
    /// A therapist's private notes, sealed; filed under the therapist.
    PrivateNotes,
    /// The time after a person's sessions: contacts, reports, warning signs; filed under the person.
    FollowUp,
    /// A person's scales over time; filed under the person.
    Outcomes,
    /// What clinicians write about a session; filed under the session.
    Notes,
    /// What was predicted and shown; filed under the session, the models' files under the clinic.
    Prediction,
    /// A person's integration: what was agreed, talked about and taken home to do; filed under the
    /// person.
    Integration,
    /// What is reported of a session: the safety programme's form, adverse events that were entered
    /// after it, and what was learned of them; filed under the session.
    Reporting,
    /// Whom a person agreed to have told of them, and the letters that told; filed under the person.
    Correspondence,
    /// Whoever takes a person home from a visit, asked by a link; filed under the visit's session.
    Escort,
}

impl StreamKind {
    /// Every kind.
    pub const ALL: [Self; 25] = [
        Self::Patient,
        Self::Session,
        Self::Device,
        Self::Clinic,
        Self::Intake,
        Self::Screening,
        Self::Clearance,
        Self::Consent,
        Self::Calendar,
        Self::Preparation,
        Self::Message,
        Self::RecordNumber,
        Self::Container,
        Self::Wishes,
        Self::Safe,
        Self::Keepsakes,
        Self::PrivateNotes,
        Self::FollowUp,
        Self::Outcomes,
        Self::Notes,
        Self::Prediction,
        Self::Integration,
        Self::Reporting,
        Self::Correspondence,
        Self::Escort,
    ];

    /// The word that stands in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Session => "session",
            Self::Device => "device",
            Self::Clinic => "clinic",
            Self::Intake => "intake",
            Self::Screening => "screening",
            Self::Clearance => "clearance",
            Self::Consent => "consent",
            Self::Calendar => "calendar",
            Self::Preparation => "preparation",
            Self::Message => "message",
            Self::RecordNumber => "record-number",
            Self::Container => "container",
            Self::Wishes => "wishes",
            Self::Safe => "safe",
            Self::Keepsakes => "keepsakes",
            Self::PrivateNotes => "private-notes",
            Self::FollowUp => "follow-up",
            Self::Outcomes => "outcomes",
            Self::Notes => "notes",
            Self::Prediction => "prediction",
            Self::Integration => "integration",
            Self::Reporting => "reporting",
            Self::Correspondence => "correspondence",
            Self::Escort => "escort",
        }
    }

    /// The kind for a word of the store.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One stream of events: written `session/0190…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId {
    /// What it is about.
    pub kind: StreamKind,
    /// Which one.
    pub id: Uuid,
}

impl StreamId {
    /// A stream of a kind.
    pub const fn of(kind: StreamKind, id: Uuid) -> Self {
        Self { kind, id }
    }
    /// A patient's stream.
    pub const fn patient(id: PatientId) -> Self {
        Self {
            kind: StreamKind::Patient,
            id: id.0,
        }
    }
    /// A session's stream.
    pub const fn session(id: SessionId) -> Self {
        Self {
            kind: StreamKind::Session,
            id: id.0,
        }
    }
    /// A device's stream.
    pub const fn device(id: DeviceId) -> Self {
        Self {
            kind: StreamKind::Device,
            id: id.0,
        }
    }
    /// The clinic's own stream.
    pub const fn clinic(id: TenantId) -> Self {
        Self {
            kind: StreamKind::Clinic,
            id: id.0,
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.word(), self.id.hyphenated())
    }
}
