//! From a frame to an interpretation: one walk over the segments.

use super::evidence::{self, Groups};
use super::row::Rows;
use super::types::*;
use crate::hl7v2::header;
use crate::hl7v2::message::{self, Message, Segment};
use crate::hl7v2::profile::Profile;
use units::{Moment, Span};

/// How a frame came to us.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The sender's network address, without its port: part of the key of a nameless device.
    pub remote: &'a str,
    /// When its last byte came.
    pub received_at: Moment,
    /// How far the device's clock is known to be ahead of ours; decides only which of two
    /// candidates a local time means when clocks change.
    pub clock_offset: Span,
}

impl<'a> Arrival<'a> {
    /// A frame from a device whose clock is not known to differ.
    pub const fn new(remote: &'a str, received_at: Moment) -> Self {
        Self {
            remote,
            received_at,
            clock_offset: Span::ZERO,
        }
    }
}

/// What a frame says: never fails, never drops a row silently.
///
/// Source: device reference §2.3 to §2.9.
pub fn interpret(frame: &[u8], profile: &Profile, arrival: Arrival<'_>) -> Interpretation {
    let text = message::decode(frame, profile.charset);
    let message = match Message::read(&text) {
        Ok(message) => message,
        Err(unreadable) => {
            let identity = unread_identity(frame, arrival);
            return empty(
                identity,
                Outcome::Quarantined(Quarantine::Unreadable(unreadable)),
            );
        }
    };
    let Some(header) = message.segments().next() else {
        let unreadable = Quarantine::Unreadable(message::Unreadable::Header);
        return empty(
            unread_identity(frame, arrival),
            Outcome::Quarantined(unreadable),
        );
    };
    let sender = evidence::eui64(header.field(3).component(2).raw());
    let mut identity = identity(header, sender.as_deref(), arrival);
    let groups = evidence::groups(&message, profile, &identity, sender.as_deref());
    if let [only] = groups.groups.as_slice() {
        identity.device.clone_from(&only.device);
    }
    let kind = header.field(9);
    match (kind.component(1).raw(), kind.component(2).raw()) {
        ("ORU", "R01" | "") => rows(&message, groups, identity, profile, arrival),
        ("ORU" | "QRY" | "QBP" | "ACK" | "NMQ" | "NMD", _) => {
            let message_type = identity.message_type.clone();
            Interpretation {
                groups: groups.groups,
                ..empty(identity, Outcome::NotTaken { message_type })
            }
        }
        _ => {
            let reason = Quarantine::MessageType(identity.message_type.clone());
            Interpretation {
                groups: groups.groups,
                ..empty(identity, Outcome::Quarantined(reason))
            }
        }
    }
}

fn rows(
    message: &Message<'_>,
    groups: Groups,
    identity: Identity,
    profile: &Profile,
    arrival: Arrival<'_>,
) -> Interpretation {
    let mut interpretation = empty(identity, Outcome::Parsed);
    interpretation.groups = groups.groups;
    interpretation.stream = match interpretation.identity.processing_id.as_str() {
        "T" | "t" => Stream::Simulated {
            why: WhySimulated::TrainingProcessing,
        },
        "D" | "d" => Stream::Simulated {
            why: WhySimulated::DebuggingProcessing,
        },
        _ => Stream::Live,
    };
    let mut rows = Rows::new(&mut interpretation, profile, arrival);
    for (number, (segment, group)) in message.segments().zip(groups.of_segment).enumerate() {
        rows.in_group(group);
        match segment.name() {
            "MSH" if number == 0 => rows.header(segment),
            "OBR" => rows.order(segment),
            "OBX" => rows.observation(segment),
            name if is_segment_name(name) => {}
            name => rows.stray(number + 1, name),
        }
    }
    rows.finish();
    interpretation
}

/// Three signs, a letter and two letters or digits, as every segment's name is.
fn is_segment_name(name: &str) -> bool {
    match name.as_bytes() {
        [first, rest @ ..] if rest.len() == 2 => {
            first.is_ascii_uppercase()
                && rest
                    .iter()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
        _ => false,
    }
}

fn empty(identity: Identity, outcome: Outcome) -> Interpretation {
    Interpretation {
        outcome,
        identity,
        stream: Stream::Live,
        groups: Vec::new(),
        readings: Vec::new(),
        absences: Vec::new(),
        deletions: Vec::new(),
        problems: Vec::new(),
        limits: Vec::new(),
        alarms_inhibited: Vec::new(),
        not_taken: 0,
    }
}

fn identity(header: Segment<'_, '_>, sender: Option<&str>, arrival: Arrival<'_>) -> Identity {
    let text = |number: usize, component: usize| {
        header
            .field(number)
            .component(component)
            .unescaped()
            .into_owned()
    };
    let kind = header.field(9);
    let (first, second) = (kind.component(1).unescaped(), kind.component(2).unescaped());
    let message_type = if second.is_empty() {
        first.into_owned()
    } else {
        format!("{first}^{second}")
    };
    let sending_application = text(3, 1);
    let device = match sender {
        Some(eui64) => eui64.to_owned(),
        None => nameless(&sending_application, arrival.remote),
    };
    Identity {
        sending_application,
        sending_facility: text(4, 1),
        device,
        control_id: header.field(10).raw().to_owned(),
        message_type,
        processing_id: text(11, 1),
        version: text(12, 1),
        accept_acknowledgement: text(15, 1),
        application_acknowledgement: text(16, 1),
        profile_id: text(21, 1),
        sent_at: None,
    }
}

/// The key of a device without an EUI-64: its name and where it spoke from.
fn nameless(name: &str, remote: &str) -> String {
    format!("{name}@{remote}")
}

fn unread_identity(frame: &[u8], arrival: Arrival<'_>) -> Identity {
    let Some(header) = header::Header::read(frame) else {
        return Identity {
            device: nameless("", arrival.remote),
            ..Identity::default()
        };
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let name = text(header.component(3, 1));
    Identity {
        device: evidence::eui64(&text(header.component(3, 2)))
            .unwrap_or_else(|| nameless(&name, arrival.remote)),
        sending_application: name,
        control_id: text(header.field(10)),
        version: text(header.component(12, 1)),
        ..Identity::default()
    }
}
