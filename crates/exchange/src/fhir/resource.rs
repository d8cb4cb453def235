//! One resource as the projection keeps it: finished bytes, and what it is found by.

use super::datatypes::Meta;
use clinical::course::session::state::Corrected;
use clinical::course::session::{Entry, LateOutcome, Session, SessionEvent};
use clinical::record::{PatientId, SessionId};
use serde::{Deserialize, Serialize};
use units::Moment;

/// The resource types that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResourceKind {
    /// A person under treatment.
    Patient,
    /// A dosing visit.
    Encounter,
    /// A vital sign or a score.
    Observation,
    /// An infusion or a bolus.
    MedicationAdministration,
    /// A bedside monitor.
    Device,
}

impl ResourceKind {
    /// Every type, in the order of the capability statement.
    pub const ALL: [Self; 5] = [
        Self::Patient,
        Self::Encounter,
        Self::Observation,
        Self::MedicationAdministration,
        Self::Device,
    ];

    /// The type's name in FHIR.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patient => "Patient",
            Self::Encounter => "Encounter",
            Self::Observation => "Observation",
            Self::MedicationAdministration => "MedicationAdministration",
            Self::Device => "Device",
        }
    }

    /// The type for a name; names are case-sensitive, as FHIR says.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A value that a resource is found by, under the name of its search parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// The search parameter: `category`, `status`, `identifier`, `family`, `given`, …
    pub parameter: &'static str,
    /// The value: a code, `system|code`, or a name in lower case.
    pub value: String,
}

/// One resource, ready to be stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its type.
    pub kind: ResourceKind,
    /// Its logical id: the id of the event, session, patient or device that it stands for, with
    /// the sign's word behind an event id where one event gives several resources.
    pub id: String,
    /// The person; none for a device.
    pub patient: Option<PatientId>,
    /// The visit; none for patients and devices.
    pub session: Option<SessionId>,
    /// What `code` finds: `system|code` and the bare code of every coding.
    pub codes: Vec<String>,
    /// What other token and text parameters find.
    pub tokens: Vec<Token>,
    /// When it holds, or began to hold; what `date` compares and sorts by.
    pub effective: Option<Moment>,
    /// Until when: the same moment for an instant; none while a period is open.
    pub effective_until: Option<Moment>,
    /// When this version was recorded: `meta.lastUpdated`.
    pub updated: Moment,
    /// The version in its stream of the event that last changed it: `meta.versionId`.
    pub version: u64,
    /// The resource's exact bytes.
    pub json: Vec<u8>,
}

/// When and by which event a resource last changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) version: u64,
    pub(super) updated: Moment,
}

impl Stamp {
    /// Of what an entry said first: since it was charted; of what was held, since it counts.
    // Hazard: H42
    pub(super) fn first(session: &Session, entry: &Entry) -> Self {
        let charted = Self {
            version: entry.version,
            updated: entry.recorded_at,
        };
        let counts = |known: &&Entry| {
            matches!(
                &known.event,
                SessionEvent::LateEntryReviewed { entry: about, outcome: LateOutcome::Counts, .. }
                    if *about == entry.event_id
            )
        };
        let reviewed = session.entries.iter().find(counts);
        reviewed.map_or(charted, |review| Self {
            version: review.version,
            updated: review.recorded_at,
        })
    }

    /// Of what a correction left: the correcting entry stands in the same session.
    pub(super) fn corrected(session: &Session, correction: &Corrected) -> Self {
        let by = |known: &&Entry| known.event_id == correction.by_entry;
        Self {
            version: session
                .entries
                .iter()
                .find(by)
                .map_or(session.version, |known| known.version),
            updated: correction.at,
        }
    }

    pub(super) fn meta(self, profile: Option<&'static str>) -> Meta {
        Meta {
            version_id: self.version.to_string(),
            last_updated: super::datatypes::Instant(self.updated),
            profile: profile.into_iter().collect(),
        }
    }
}

/// The resource's bytes.
pub(super) fn bytes(resource: &impl Serialize) -> Vec<u8> {
    // Strings, exact decimals and lists of them: writing cannot fail. An empty body would be
    // found by the tests, which read every resource with another library.
    serde_json::to_vec(resource).unwrap_or_default()
}

/// `code` and `system|code`, as a client may ask for either.
pub(super) fn code_tokens(system: &str, code: &str) -> [String; 2] {
    [format!("{system}|{code}"), code.to_owned()]
}

/// The same as [`code_tokens`], under a parameter's name.
pub(super) fn tokens(parameter: &'static str, system: &str, code: &str) -> [Token; 2] {
    code_tokens(system, code).map(|value| Token { parameter, value })
}
