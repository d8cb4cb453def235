//! Raw frames from monitors: durable before they are acknowledged, re-readable later.

use crate::Fault;
use clinical::record::TenantId;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use units::Moment;

/// A frame's number; counts up in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(pub u64);

/// A frame on its way in.
#[derive(Clone, Debug)]
pub struct NewFrame {
    /// Whose.
    pub tenant: TenantId,
    /// When its last byte came.
    pub received_at: Moment,
    /// On which connection.
    pub connection: u64,
    /// From which address.
    pub remote: String,
    /// The profile of the listener.
    pub profile: String,
    /// The bytes between the frame's marks.
    pub bytes: Vec<u8>,
}

/// How far a frame was understood, and whether it belongs to anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameState {
    /// Not read yet.
    Unread,
    /// Understood.
    Read,
    /// Understood in part.
    Partial,
    /// Not understood at all.
    Quarantined,
    /// Understood, and its device serves no session.
    Unassigned,
    /// From a monitor in demo or test mode.
    Simulated,
}

impl FrameState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Unread,
        Self::Read,
        Self::Partial,
        Self::Quarantined,
        Self::Unassigned,
        Self::Simulated,
    ];

    /// The number that stands in the store.
    pub const fn number(self) -> i64 {
        match self {
            Self::Unread => 0,
            Self::Read => 1,
            Self::Partial => 2,
            Self::Quarantined => 3,
            Self::Unassigned => 4,
            Self::Simulated => 5,
        }
    }

    /// The state for a number of the store.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Unread => "not read yet",
            Self::Read => "read",
            Self::Partial => "read in part",
            Self::Quarantined => "quarantined",
            Self::Unassigned => "unassigned",
            Self::Simulated => "demo or test mode",
        }
    }
}

/// What reading a frame gave. Derived: it can be made again at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameOutcome {
    /// The version of the reader.
    pub parser_version: u32,
    /// How far it was understood.
    pub state: FrameState,
    /// The device's key on the wire, if it could be read.
    pub device_key: Option<String>,
    /// More, as JSON without patient data.
    pub detail: String,
}

/// A frame as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its number.
    pub id: FrameId,
    /// When its last byte came.
    pub received_at: Moment,
    /// On which connection.
    pub connection: u64,
    /// From which address.
    pub remote: String,
    /// The profile of the listener.
    pub profile: String,
    /// What reading it gave, if it was read.
    pub outcome: FrameOutcome,
    /// The bytes between the frame's marks.
    pub bytes: Vec<u8>,
}

/// A frame without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameSummary {
    /// Its number.
    pub id: FrameId,
    /// When its last byte came.
    pub received_at: Moment,
    /// From which address.
    pub remote: String,
    /// What reading it gave.
    pub outcome: FrameOutcome,
    /// How many bytes it has.
    pub length: u64,
}

/// A device whose frames belong to nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnassignedDevice {
    /// Its key on the wire.
    pub device_key: String,
    /// How many frames.
    pub frames: u64,
    /// The first one's time.
    pub first_at: Moment,
    /// The last one's time.
    pub last_at: Moment,
    /// The last one.
    pub last: FrameId,
}

impl FrameOutcome {
    /// Of a frame that was not read yet.
    pub(crate) const fn unread() -> Self {
        Self {
            parser_version: 0,
            state: FrameState::Unread,
            device_key: None,
            detail: String::new(),
        }
    }
}

/// Compresses a frame: each for itself, so that one can be read without the others.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// The frame's bytes again.
pub(crate) fn decompress(compressed: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(length.min(1 << 20));
    DeflateDecoder::new(compressed)
        .take(length as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Fault::Damaged(format!("a frame: {error}")))?;
    if bytes.len() == length {
        Ok(bytes)
    } else {
        Err(Fault::Damaged(
            "a frame does not have its length".to_owned(),
        ))
    }
}
