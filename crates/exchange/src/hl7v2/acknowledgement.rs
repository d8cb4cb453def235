//! What we answer: HL7 acknowledgements, original and enhanced mode.
//!
//! AA and CA mean "the bytes are durably ours", nothing more. Source: device reference §2.2.

use super::header::{Delimiters, Header};
use super::profile::{AcknowledgementStyle, Profile};
use super::time;
use units::Moment;

/// What became of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Durable, and read or set aside for quarantine.
    Stored,
    /// Durable, but not readable as a message: refused only where the profile says so.
    StoredUnreadable,
    /// The storage did not take them.
    StorageFailed,
    /// The frame had no end.
    Truncated,
    /// The frame was above the limit.
    TooLarge,
    /// The sender is not on the allow-list.
    NotAllowed,
}

/// Our own part of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Answering<'a> {
    /// When we answer.
    pub at: Moment,
    /// Our control ids, for a first and a second answer.
    pub control_ids: [&'a str; 2],
}

/// The word of MSA-1 without its first letter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accept,
    Error,
    Reject,
}

/// When a sender wants one kind of answer (HL7 table 0155).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Always,
    Never,
    OnError,
    OnSuccess,
}

/// The messages to send back, unframed, in their order: none, one or two.
///
/// `frame` is what came, whole or not; only its header is read. A header that cannot be read is
/// answered with an error that echoes nothing.
pub fn answer(
    frame: &[u8],
    profile: &Profile,
    disposition: Disposition,
    answering: Answering<'_>,
) -> Vec<Vec<u8>> {
    let header = Header::read(frame);
    let verdict = match (disposition, &header) {
        (Disposition::NotAllowed, _) => Verdict::Reject,
        (
            Disposition::StorageFailed | Disposition::Truncated | Disposition::TooLarge,
            Some(_) | None,
        )
        | (Disposition::Stored | Disposition::StoredUnreadable, None) => Verdict::Error,
        (Disposition::StoredUnreadable, Some(_)) if profile.nack_on_parse_error => Verdict::Error,
        (Disposition::Stored | Disposition::StoredUnreadable, Some(_)) => Verdict::Accept,
    };
    codes(header.as_ref(), profile.ack_style, verdict)
        .into_iter()
        .flatten()
        .zip(answering.control_ids)
        .map(|(code, control_id)| write(header.as_ref(), code, control_id, answering.at))
        .collect()
}

fn codes(
    header: Option<&Header<'_>>,
    style: AcknowledgementStyle,
    verdict: Verdict,
) -> [Option<&'static str>; 2] {
    let commit = match verdict {
        Verdict::Accept => "CA",
        Verdict::Error => "CE",
        Verdict::Reject => "CR",
    };
    let application = match verdict {
        Verdict::Accept => "AA",
        Verdict::Error => "AE",
        Verdict::Reject => "AR",
    };
    let asked = |number| header.and_then(|header| wanted(header.field(number)));
    let (accept_asked, application_asked) = (asked(15), asked(16));
    if accept_asked == Some(Wanted::Never) && application_asked == Some(Wanted::Never) {
        return [None, None];
    }
    let due = |wanted: Option<Wanted>| match wanted {
        Some(Wanted::Always) => true,
        Some(Wanted::Never) | None => false,
        Some(Wanted::OnError) => verdict != Verdict::Accept,
        Some(Wanted::OnSuccess) => verdict == Verdict::Accept,
    };
    match (style, accept_asked, application_asked) {
        (AcknowledgementStyle::AlwaysApplication, _, _) => [Some(application), None],
        (AcknowledgementStyle::Auto, None, None) => [Some(application), None],
        (AcknowledgementStyle::Enhanced, None, None) => [Some(commit), None],
        (AcknowledgementStyle::Auto | AcknowledgementStyle::Enhanced, _, _) => {
            let first = due(accept_asked).then_some(commit);
            // What was not accepted is not answered a second time.
            let refused = first.is_some() && verdict != Verdict::Accept;
            let second = (due(application_asked) && !refused).then_some(application);
            match first {
                Some(_) => [first, second],
                None => [second, None],
            }
        }
    }
}

fn wanted(field: &[u8]) -> Option<Wanted> {
    match field {
        b"AL" => Some(Wanted::Always),
        b"NE" => Some(Wanted::Never),
        b"ER" => Some(Wanted::OnError),
        b"SU" => Some(Wanted::OnSuccess),
        // Empty, or a word that is in no table: as if nothing had been asked.
        _ => None,
    }
}

const USUAL: Delimiters = Delimiters {
    field: b'|',
    component: b'^',
    repetition: Some(b'~'),
    escape: Some(b'\\'),
    subcomponent: Some(b'&'),
};

fn write(header: Option<&Header<'_>>, code: &str, control_id: &str, at: Moment) -> Vec<u8> {
    let delimiters = header.map_or(USUAL, |header| header.delimiters);
    let field = |number: usize| header.map_or(&b""[..], |header| header.field(number));
    let or = |bytes: &[u8], otherwise: &'static [u8]| {
        if bytes.is_empty() {
            otherwise.to_vec()
        } else {
            bytes.to_vec()
        }
    };
    let trigger = header.map_or(&b""[..], |header| header.component(9, 2));
    let message_type =
        [b"ACK".to_vec(), or(trigger, b"R01"), b"ACK".to_vec()].join(&delimiters.component);
    let encoding_characters = header
        .map_or(&b"^~\\&"[..], |header| header.encoding_characters)
        .to_vec();
    let first = [
        b"MSH".to_vec(),
        encoding_characters,
        field(5).to_vec(),
        field(6).to_vec(),
        field(3).to_vec(),
        field(4).to_vec(),
        time::write(at).into_bytes(),
        Vec::new(),
        message_type,
        control_id.as_bytes().to_vec(),
        or(field(11), b"P"),
        or(field(12), b"2.6"),
    ];
    let second = [
        b"MSA".to_vec(),
        code.as_bytes().to_vec(),
        field(10).to_vec(),
    ];
    let mut message = first.join(&delimiters.field);
    message.push(b'\r');
    message.extend_from_slice(&second.join(&delimiters.field));
    message.push(b'\r');
    message
}
