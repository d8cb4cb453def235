//! What surrounds an event in the log, and the hash that seals it.

use super::{CommandId, EventId, StaffId, StreamId, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use units::Moment;

/// What a person may do here. One account has one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The person under treatment.
    Patient,
    /// Receives and books.
    FrontDesk,
    /// Charts, monitors, gives.
    Nurse,
    /// Orders, overrides, signs.
    Prescriber,
    /// Supports and integrates.
    Therapist,
    /// Adopts the clinic's rules.
    MedicalDirector,
    /// Runs the business and the accounts.
    Owner,
    /// Reads everything, changes nothing.
    Auditor,
    /// A program with a client id.
    IntegrationClient,
}

impl Role {
    /// Every role, in the order of the permission table.
    pub const ALL: [Self; 9] = [
        Self::Patient,
        Self::FrontDesk,
        Self::Nurse,
        Self::Prescriber,
        Self::Therapist,
        Self::MedicalDirector,
        Self::Owner,
        Self::Auditor,
        Self::IntegrationClient,
    ];

    /// The word in the record and in `demo-credentials.json`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::FrontDesk => "front-desk",
            Self::Nurse => "nurse",
            Self::Prescriber => "prescriber",
            Self::Therapist => "therapist",
            Self::MedicalDirector => "medical-director",
            Self::Owner => "owner",
            Self::Auditor => "auditor",
            Self::IntegrationClient => "integration-client",
        }
    }

    /// The role for a word of the store.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Who caused an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", try_from = "WrittenActor")]
pub enum Actor {
    /// A person who signed in.
    Person {
        /// Their account.
        id: StaffId,
        /// Their name as it stood then.
        name: String,
        /// The role they acted in.
        role: Role,
    },
    /// A bedside device, through its gateway; `name` as the device calls itself.
    Device {
        /// Its key on the wire.
        name: String,
    },
    /// Evenkeel itself, by a rule.
    System {
        /// Which part of it.
        part: String,
    },
}

impl Actor {
    /// The name of whoever acted; of Evenkeel itself, which part of it.
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } | Self::Device { name } => name,
            Self::System { part } => part,
        }
    }
}

/// An actor as it is written. Every event that is read names one, and reading all fields at once
/// is much faster than finding out first which kind it is.
#[derive(Deserialize)]
struct WrittenActor {
    by: ActorKind,
    id: Option<StaffId>,
    name: Option<String>,
    role: Option<Role>,
    part: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ActorKind {
    Person,
    Device,
    System,
}

impl TryFrom<WrittenActor> for Actor {
    type Error = &'static str;

    fn try_from(written: WrittenActor) -> Result<Self, Self::Error> {
        let WrittenActor {
            by,
            id,
            name,
            role,
            part,
        } = written;
        let name = name.ok_or("the actor's name is missing");
        Ok(match by {
            ActorKind::Person => Self::Person {
                id: id.ok_or("the actor's account is missing")?,
                name: name?,
                role: role.ok_or("the actor's role is missing")?,
            },
            ActorKind::Device => Self::Device { name: name? },
            ActorKind::System => Self::System {
                part: part.ok_or("the actor's part is missing")?,
            },
        })
    }
}

/// An event on its way into the log: its name, its version and its exact bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The event's identity.
    pub event_id: EventId,
    /// The event's name, past tense, clinical: `InfusionPaused`.
    pub kind: String,
    /// The version of the event's shape.
    pub schema_version: u16,
    /// When it happened, as its author says.
    pub occurred_at: Moment,
    /// The event as JSON; these bytes are stored and hashed exactly.
    pub body: Vec<u8>,
}

/// Everything about an event but its body. The field order is the written order; it is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Whose record.
    pub tenant: TenantId,
    /// The place in the tenant's log, from 1, without gaps.
    pub position: u64,
    /// Which stream.
    pub stream: StreamId,
    /// The place in the stream, from 1, without gaps.
    pub stream_version: u64,
    /// The event's identity.
    pub event_id: EventId,
    /// The event's name.
    pub kind: String,
    /// The version of the event's shape.
    pub schema_version: u16,
    /// Who caused it.
    pub actor: Actor,
    /// The command that caused it.
    pub command_id: CommandId,
    /// When it happened, as its author says.
    pub occurred_at: Moment,
    /// When the server decided it.
    pub recorded_at: Moment,
    /// Leaf hash of the tenant's event before this one; zeros for the first.
    #[serde(with = "hexadecimal")]
    pub previous: [u8; 32],
}

/// An event as the log holds it: the exact bytes of header and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The header, read.
    pub header: Header,
    /// The header's exact bytes as hashed.
    pub header_bytes: Vec<u8>,
    /// The body's exact bytes as hashed.
    pub body: Vec<u8>,
    /// `SHA-256(0x00 ‖ SHA-256(header) ‖ SHA-256(body))`, the RFC 6962 leaf.
    pub leaf: [u8; 32],
}

/// Stored bytes that are not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event at position {position} cannot be read: {reason}")]
pub struct Unreadable {
    /// Where it stands.
    pub position: u64,
    /// Why not.
    pub reason: String,
}

impl Envelope {
    /// Seals an event: writes the header and computes the leaf hash.
    pub fn seal(header: Header, body: Vec<u8>) -> Self {
        let header_bytes = header.to_bytes();
        let leaf = leaf_hash(&header_bytes, &body);
        Self {
            header,
            header_bytes,
            body,
            leaf,
        }
    }

    /// Reads an event back from its stored bytes and checks the stored leaf against them.
    pub fn open(
        position: u64,
        header_bytes: Vec<u8>,
        body: Vec<u8>,
        leaf: [u8; 32],
    ) -> Result<Self, Unreadable> {
        let unreadable = |reason: String| Unreadable { position, reason };
        if leaf_hash(&header_bytes, &body) != leaf {
            return Err(unreadable("its hash does not match its bytes".to_owned()));
        }
        // The encoding is checked once for all of it: much faster than for each word in it.
        let text = std::str::from_utf8(&header_bytes).map_err(|e| unreadable(e.to_string()))?;
        let header: Header = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
        if header.position != position {
            return Err(unreadable(format!(
                "it says it is number {}",
                header.position
            )));
        }
        Ok(Self {
            header,
            header_bytes,
            body,
            leaf,
        })
    }
}

impl Header {
    /// The exact bytes that are stored and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        // A header holds only strings, integers and identifiers: writing it cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The RFC 6962 leaf of an event.
pub fn leaf_hash(header: &[u8], body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([0u8]);
    hasher.update(Sha256::digest(header));
    hasher.update(Sha256::digest(body));
    hasher.finalize().into()
}

mod hexadecimal {
    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;
    use std::fmt;

    pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        deserializer.deserialize_str(Digits)
    }

    /// Reads the digits where they stand, without a copy: every event that is read has some.
    struct Digits;

    impl Visitor<'_> for Digits {
        type Value = [u8; 32];

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("64 hexadecimal digits")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            let mut bytes = [0u8; 32];
            hex::decode_to_slice(text, &mut bytes).map_err(E::custom)?;
            Ok(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::StreamId;
    use uuid::Uuid;

    fn sample() -> Header {
        let tenant = TenantId(Uuid::from_u128(1));
        Header {
            tenant,
            position: 1,
            stream: StreamId::clinic(tenant),
            stream_version: 1,
            event_id: EventId(Uuid::from_u128(2)),
            kind: "RoomOpened".to_owned(),
            schema_version: 1,
            actor: Actor::System {
                part: "set-up".to_owned(),
            },
            command_id: CommandId(Uuid::from_u128(3)),
            occurred_at: Moment::from_microseconds(0),
            recorded_at: Moment::from_microseconds(0),
            previous: [0; 32],
        }
    }

    #[test]
    fn every_actor_is_read_as_it_was_written_and_half_of_one_is_not() {
        let person = Actor::Person {
            id: StaffId(Uuid::from_u128(9)),
            name: "Nina \"N\" Ortiz".to_owned(),
            role: Role::FrontDesk,
        };
        let device = Actor::Device {
            name: "BP-1".to_owned(),
        };
        for actor in [person, device, sample().actor] {
            let written = serde_json::to_string(&actor).unwrap();
            assert_eq!(serde_json::from_str::<Actor>(&written).unwrap(), actor);
        }
        let whole = r#"{"by":"system","part":"set-up"}"#;
        assert_eq!(serde_json::to_string(&sample().actor).unwrap(), whole);
        for half in [
            r#"{"by":"person","name":"Nina","role":"nurse"}"#,
            r#"{"by":"person","name":"Nina","id":"00000000-0000-0000-0000-000000000009"}"#,
            r#"{"by":"device"}"#,
            r#"{"by":"system","name":"set-up"}"#,
            r#"{"by":"somebody","name":"Nina"}"#,
        ] {
            assert!(serde_json::from_str::<Actor>(half).is_err(), "{half}");
        }
    }

    #[test]
    fn a_sealed_event_opens_to_itself() {
        let sealed = Envelope::seal(sample(), b"{}".to_vec());
        let opened = Envelope::open(
            1,
            sealed.header_bytes.clone(),
            sealed.body.clone(),
            sealed.leaf,
        );
        assert_eq!(opened, Ok(sealed));
    }

    #[test]
    fn any_changed_bit_of_header_body_or_leaf_is_found() {
        // Hazard: H36
        let sealed = Envelope::seal(sample(), b"{\"a\":1}".to_vec());
        for bit in 0..sealed.header_bytes.len() * 8 {
            let mut header = sealed.header_bytes.clone();
            header[bit / 8] ^= 1 << (bit % 8);
            assert!(Envelope::open(1, header, sealed.body.clone(), sealed.leaf).is_err());
        }
        for bit in 0..sealed.body.len() * 8 {
            let mut body = sealed.body.clone();
            body[bit / 8] ^= 1 << (bit % 8);
            assert!(Envelope::open(1, sealed.header_bytes.clone(), body, sealed.leaf).is_err());
        }
        for bit in 0..256 {
            let mut leaf = sealed.leaf;
            leaf[bit / 8] ^= 1 << (bit % 8);
            let opened = Envelope::open(1, sealed.header_bytes.clone(), sealed.body.clone(), leaf);
            assert!(opened.is_err());
        }
    }

    #[test]
    fn an_event_that_stands_in_another_place_is_found() {
        // Hazard: H36
        let sealed = Envelope::seal(sample(), b"{}".to_vec());
        assert!(Envelope::open(2, sealed.header_bytes, sealed.body, sealed.leaf).is_err());
    }
}
