//! What makes two rows the same observation, and what makes its content the same.
//!
//! Source: device reference §2.7. MSH-10 has no part in it.

use super::place::channel;
use super::types::DeviceTime;
use crate::hl7v2::message::Segment;
use sha2::{Digest, Sha256};
use std::hash::{DefaultHasher, Hash, Hasher};
use units::Moment;

/// The identity of one observation.
pub(super) struct Keyed {
    /// Device, code, channel and time.
    pub(super) key: [u8; 16],
    /// Device, code and channel.
    pub(super) series: u64,
}

/// The key of a row's observation.
///
/// `device` is the key of its group; `aperiodic` whether the monitor repeats it.
pub(super) fn key(
    segment: Segment<'_, '_>,
    device: &str,
    observed_at: DeviceTime,
    aperiodic: bool,
    received_at: Moment,
) -> Keyed {
    let field = segment.field(3);
    let code = field.component(1).raw();
    let code = if code.is_empty() {
        field.component(2).raw()
    } else {
        code
    };
    let channel = channel(segment.field(4).raw());
    let mut digest = Sha256::new();
    for part in [device.as_bytes(), code.as_bytes(), channel.as_bytes()] {
        update(&mut digest, part);
    }
    match observed_at.said {
        Some(said) => digest.update(said.milliseconds().to_be_bytes()),
        // A repeated value whose time cannot be read is known by its value and that text.
        None if aperiodic => {
            update(&mut digest, segment.field(14).raw().as_bytes());
            update(&mut digest, segment.field(5).raw().as_bytes());
        }
        None => digest.update(received_at.milliseconds().to_be_bytes()),
    }
    let mut series = DefaultHasher::new();
    (device, code, channel).hash(&mut series);
    Keyed {
        key: truncated(digest),
        series: series.finish(),
    }
}

/// Value, unit, OBX-8 and OBX-11.
pub(super) fn body(segment: Segment<'_, '_>) -> [u8; 16] {
    let mut digest = Sha256::new();
    for number in [5, 6, 8, 11] {
        update(&mut digest, segment.field(number).raw().as_bytes());
    }
    truncated(digest)
}

/// With its length, so that two parts never run into one.
fn update(digest: &mut Sha256, part: &[u8]) {
    digest.update((part.len() as u64).to_be_bytes());
    digest.update(part);
}

fn truncated(digest: Sha256) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&digest.finalize()[..16]);
    short
}
