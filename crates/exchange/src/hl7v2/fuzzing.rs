//! What must hold for any bytes: the bodies of the fuzz targets, and of the corpus test.
//!
//! Each function asserts its invariants and returns nothing; a broken one panics, which is what
//! the fuzzer looks for. Hazard: H43.

use super::interpretation::{Arrival, Interpretation, Outcome, Stream, interpret};
use super::message::{self, MOST_FIELDS, MOST_SEGMENTS, Message};
use super::mllp::{Framed, Framer, wrap};
use super::profile::{Charset, Profile};
use super::repeat::{Novelty, Repeats};
use super::{acknowledgement, number, time, unit};
use crate::codes;
use clinical::vital_signs::Signal;
use units::{Moment, Span};

/// A moment well inside the calendar; the targets have no clock.
const NOW: Moment = Moment::from_microseconds(1_793_719_000_000_000);

/// The body of one fuzz target.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also the folder of its corpus.
pub const TARGETS: [(&str, Target); 5] = [
    ("framer", framer),
    ("interpretation", interpretation),
    ("number", number),
    ("unit", unit),
    ("time", time),
];

/// Framing: the same frames however the bytes are split, bounded memory, nothing lost.
///
/// The first byte chooses the limit and where to split.
pub fn framer(data: &[u8]) {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    let limit = 1 + usize::from(choice) * 8;
    let mut whole = Framer::with_limit(limit);
    let mut expected = Vec::new();
    whole.push(bytes, NOW, &mut expected);
    whole.close(&mut expected);

    let mut pieces = Framer::with_limit(limit);
    let mut found = Vec::new();
    for piece in bytes.chunks(1 + usize::from(choice % 7)) {
        pieces.push(piece, NOW, &mut found);
    }
    pieces.close(&mut found);
    assert_eq!(expected, found, "the split changed the frames");
    assert_eq!(whole.counters(), pieces.counters());

    let mut lengths = 0;
    for framed in &expected {
        lengths += match framed {
            Framed::Complete(kept) | Framed::Truncated { partial: kept, .. } => {
                assert!(kept.len() <= limit);
                kept.len() as u64
            }
            Framed::TooLarge { head, length } => {
                assert!(head.len() as u64 <= *length && *length > limit as u64);
                *length
            }
        };
    }
    let counted = lengths + whole.counters().garbage_bytes + expected.len() as u64;
    assert!(counted <= bytes.len() as u64, "more came out than went in");

    // What is not inside a frame never stops the next one.
    let mut after = Vec::new();
    whole.push(&wrap(b"MSH"), NOW + Span::from_seconds(1), &mut after);
    if limit >= 3 {
        assert_eq!(after, [Framed::Complete(b"MSH".to_vec())]);
    }
}

/// Tokenizing, interpreting, judging repeats and answering.
///
/// The first byte chooses the profile and the charset.
pub fn interpretation(data: &[u8]) {
    let Some((&choice, frame)) = data.split_first() else {
        return;
    };
    let name = Profile::BUILTIN[usize::from(choice) % Profile::BUILTIN.len()];
    let Some(profile) = Profile::builtin(name) else {
        return;
    };
    let charset = [Charset::Utf8, Charset::Windows1252, Charset::Gb18030][usize::from(choice) % 3];
    tokenizer(&message::decode(frame, charset));

    let arrival = Arrival::new("192.0.2.1", NOW);
    let read = interpret(frame, profile, arrival);
    assert_eq!(
        read,
        interpret(frame, profile, arrival),
        "the same bytes read differently"
    );
    check(&read);

    let readings = match read.stream {
        Stream::Live => read.live_readings(),
        Stream::Simulated { .. } => read.simulated_readings(),
    };
    let mut repeats = Repeats::new();
    let judged = repeats.judge(&read, readings);
    assert_eq!(judged.len(), readings.len());
    if repeats.series_remembered() < super::repeat::MOST_SERIES
        && readings.len() <= super::repeat::REMEMBERED
        && judged.iter().all(|novelty| *novelty == Novelty::New)
    {
        let again = repeats.judge(&read, readings);
        let repeated = |novelty: &Novelty| *novelty == Novelty::Duplicate;
        assert!(
            readings
                .iter()
                .zip(&again)
                .all(|(_, novelty)| repeated(novelty))
                || read
                    .absences
                    .iter()
                    .any(|absence| { absence.why == super::interpretation::WhyAbsent::Measuring }),
            "a message sent again was not a duplicate"
        );
    }
    let answering = acknowledgement::Answering {
        at: NOW,
        control_ids: ["1", "2"],
    };
    for disposition in [
        acknowledgement::Disposition::Stored,
        acknowledgement::Disposition::Truncated,
        acknowledgement::Disposition::NotAllowed,
    ] {
        let answers = acknowledgement::answer(frame, profile, disposition, answering);
        assert!(answers.len() <= 2);
        for answer in answers {
            assert!(answer.starts_with(b"MSH") && answer.ends_with(b"\r"));
        }
    }
}

fn tokenizer(text: &str) {
    let Ok(message) = Message::read(text) else {
        return;
    };
    let mut segments = 0;
    let mut length = 0;
    for segment in message.segments() {
        segments += 1;
        length += segment.name().len();
        assert!(segment.last_field() <= MOST_FIELDS + 1);
        for number in 1..=segment.last_field() {
            let field = segment.field(number);
            length += field.raw().len();
            let parts: usize = field.repetitions().map(|one| one.raw().len() + 1).sum();
            assert_eq!(parts, field.raw().len() + 1, "repetitions do not add up");
            let unescaped = field.unescaped();
            assert!(unescaped.len() <= field.raw().len() * 3);
        }
    }
    assert!(segments <= MOST_SEGMENTS);
    assert!(length <= text.len() * 2, "more came out than went in");
}

fn check(read: &Interpretation) {
    for reading in read.live_readings().iter().chain(read.simulated_readings()) {
        let (low, high) = reading.signal.hard_bounds();
        assert!(
            low <= reading.value && reading.value <= high,
            "outside the hard bounds"
        );
        assert!(reading.group < read.groups.len());
    }
    if let Stream::Simulated { .. } = read.stream {
        assert!(read.live_readings().is_empty());
    }
    match &read.outcome {
        Outcome::Parsed => assert!(read.problems.is_empty()),
        Outcome::PartiallyParsed { problems } => assert!(*problems >= read.problems.len()),
        Outcome::NotTaken { .. } | Outcome::Quarantined(_) => {
            assert!(read.live_readings().is_empty() && read.simulated_readings().is_empty());
        }
    }
}

/// Numbers: what is read is ASCII, and is what the decimal library reads.
pub fn number(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(value) = number::read(text) {
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte))
        );
        assert_eq!(text.parse::<rust_decimal::Decimal>().ok(), Some(value));
        assert_eq!(
            number::read(&value.to_string()),
            Ok(value),
            "its own text is not read back"
        );
    }
}

/// Units: a unit is read from its own names only, and converts within its own quantity only.
pub fn unit(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if text.contains(['|', '\r', '\n', '~']) {
        return;
    }
    let message = format!("MSH|^~\\&|{text}");
    let Ok(message) = Message::read(&message) else {
        return;
    };
    let Some(header) = message.segments().next() else {
        return;
    };
    if let Ok(Some(unit)) = unit::read(header.field(3)) {
        for signal in Signal::ALL {
            let converted = unit::to_canonical(rust_decimal::Decimal::TEN, unit, signal);
            assert_eq!(converted.is_ok(), unit.canonical == signal.unit());
        }
        let named = codes::unit_by_name(&unit.refid);
        assert!(named.is_some_and(|named| named.means_the_same_as(unit)));
    }
}

/// Times: what is read lies within the calendar, and the zone is assumed only when none was said.
pub fn time(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(read) = time::read(text) else { return };
    assert!(text.is_ascii() && text.len() >= 12);
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(-5));
    if let Ok((moment, assumed)) = read.resolve(Some(&zone), NOW) {
        assert_eq!(assumed, !read.has_zone());
        // Our own way of writing it is read back to the same millisecond.
        let again = time::read(&time::write(moment)).and_then(|time| time.resolve(None, NOW));
        if let Ok((again, _)) = again {
            assert_eq!(again.milliseconds(), moment.milliseconds());
        }
    }
}
