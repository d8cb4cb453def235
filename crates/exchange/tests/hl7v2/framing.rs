//! MLLP framing, rule by rule. Source: device reference §2.1.

use super::moment;
use exchange::hl7v2::mllp::{Cut, Framed, Framer, LARGEST_FRAME, wrap};
use proptest::prelude::*;
use units::{Moment, Span};

fn start() -> Moment {
    moment("2026-11-03T15:15:00Z")
}

fn framed(bytes: &[u8]) -> (Vec<Framed>, Framer) {
    let mut framer = Framer::new();
    let mut out = Vec::new();
    framer.push(bytes, start(), &mut out);
    (out, framer)
}

fn complete(text: &str) -> Framed {
    Framed::Complete(text.as_bytes().to_vec())
}

#[test]
fn bytes_before_a_message_are_counted_and_never_fatal() {
    let (out, framer) = framed(b"GET / HTTP/1.1\r\n\x0bMSH|one\x1c\r");
    assert_eq!(out, [complete("MSH|one")]);
    assert_eq!(framer.counters().garbage_bytes, 16);
}

#[test]
fn a_new_start_inside_a_message_truncates_it_and_begins_the_next() {
    let (out, framer) = framed(b"\x0bMSH|one\x0bMSH|two\x1c\r");
    assert_eq!(
        out,
        [
            Framed::Truncated {
                partial: b"MSH|one".to_vec(),
                why: Cut::NewStart
            },
            complete("MSH|two")
        ]
    );
    assert_eq!(framer.counters().truncated, 1);
}

#[test]
fn the_end_may_be_followed_by_a_line_feed_or_by_both_line_ends() {
    let (out, framer) = framed(b"\x0bMSH|one\x1c\n\x0bMSH|two\x1c\r\n\x0bMSH|three\x1c\r");
    assert_eq!(
        out,
        [
            complete("MSH|one"),
            complete("MSH|two"),
            complete("MSH|three")
        ]
    );
    assert_eq!(framer.counters().garbage_bytes, 0);
    assert_eq!(framer.counters().odd_ends, 1);
}

#[test]
fn a_lone_end_completes_the_message_after_200_milliseconds_and_not_before() {
    let (mut out, mut framer) = framed(b"\x0bMSH|one\x1c");
    assert_eq!(
        framer.deadline(),
        Some(start() + Span::from_milliseconds(200))
    );
    framer.poll(start() + Span::from_milliseconds(199), &mut out);
    assert!(out.is_empty());
    framer.poll(start() + Span::from_milliseconds(200), &mut out);
    assert_eq!(out, [complete("MSH|one")]);
    assert_eq!(framer.counters().odd_ends, 1);
    // Its carriage return may still follow.
    framer.push(
        b"\r\x0bMSH|two\x1c\r",
        start() + Span::from_milliseconds(400),
        &mut out,
    );
    assert_eq!(out.len(), 2);
    assert_eq!(framer.counters().garbage_bytes, 0);
}

#[test]
fn a_lone_end_followed_by_a_start_completes_the_message() {
    let (out, _) = framed(b"\x0bMSH|one\x1c\x0bMSH|two\x1c\r");
    assert_eq!(out, [complete("MSH|one"), complete("MSH|two")]);
}

#[test]
fn an_end_byte_inside_text_is_text() {
    let (out, _) = framed(b"\x0bMSH|o\x1cn\x1c\x1ce\x1c\r");
    assert_eq!(out, [complete("MSH|o\u{1c}n\u{1c}\u{1c}e")]);
}

#[test]
fn a_message_that_takes_ten_seconds_is_dropped_and_the_connection_goes_on() {
    let (mut out, mut framer) = framed(b"\x0bMSH|one");
    let later = |seconds| start() + Span::from_seconds(seconds);
    framer.push(b"|more", later(9), &mut out);
    assert!(out.is_empty());
    framer.poll(later(10), &mut out);
    assert_eq!(
        out,
        [Framed::Truncated {
            partial: b"MSH|one|more".to_vec(),
            why: Cut::Timeout
        }]
    );
    framer.push(b"|rest\x1c\r\x0bMSH|two\x1c\r", later(11), &mut out);
    assert_eq!(out[1], complete("MSH|two"));
    assert_eq!(framer.counters().garbage_bytes, 7);
}

#[test]
fn a_connection_that_ends_inside_a_message_truncates_it() {
    let (mut out, mut framer) = framed(b"\x0bMSH|one");
    framer.close(&mut out);
    assert_eq!(
        out,
        [Framed::Truncated {
            partial: b"MSH|one".to_vec(),
            why: Cut::Closed
        }]
    );
}

// Hazard: H43
#[test]
fn a_message_of_64_mebibytes_is_counted_and_not_kept_and_the_next_is_read() {
    let mut framer = Framer::new();
    let mut out = Vec::new();
    framer.push(b"\x0bMSH|^~\\&|BIG\r", start(), &mut out);
    let piece = vec![b'x'; 64 * 1_024];
    for _ in 0..1_024 {
        framer.push(&piece, start(), &mut out);
    }
    framer.push(b"\x1c\r\x0bMSH|next\x1c\r", start(), &mut out);
    let [Framed::TooLarge { head, length }, next] = out.as_slice() else {
        panic!("one message too large and one whole")
    };
    assert_eq!(*length, 64 * 1_024 * 1_024 + 14 - 1);
    assert!(head.starts_with(b"MSH|^~\\&|BIG\r") && head.len() <= 4_096);
    assert_eq!(*next, complete("MSH|next"));
    assert_eq!(framer.counters().too_large, 1);
}

#[test]
fn a_message_of_exactly_one_mebibyte_is_kept_and_one_byte_more_is_not() {
    for (length, kept) in [(LARGEST_FRAME, true), (LARGEST_FRAME + 1, false)] {
        let (out, _) = framed(&wrap(&vec![b'x'; length]));
        assert_eq!(matches!(out[0], Framed::Complete(_)), kept, "{length}");
    }
}

fn bytes_of_the_wire() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => Just(0x0Bu8),
        3 => Just(0x1Cu8),
        2 => Just(b'\r'),
        2 => Just(b'\n'),
        6 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..200)
}

proptest! {
    // Hazard: H43
    #[test]
    fn the_frames_are_the_same_however_the_bytes_are_split(
        bytes in bytes_of_the_wire(),
        cuts in prop::collection::vec(0usize..200, 0..12),
        limit in 1usize..64,
    ) {
        let mut whole = Framer::with_limit(limit);
        let mut expected = Vec::new();
        whole.push(&bytes, start(), &mut expected);
        whole.close(&mut expected);

        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let mut pieces = Framer::with_limit(limit);
        let mut out = Vec::new();
        for pair in cuts.windows(2) {
            pieces.push(&bytes[pair[0]..pair[1]], start(), &mut out);
        }
        pieces.close(&mut out);
        prop_assert_eq!(out, expected);
        prop_assert_eq!(pieces.counters(), whole.counters());
    }

    #[test]
    fn a_wrapped_message_comes_back_whatever_stands_before_it(
        garbage in prop::collection::vec(any::<u8>().prop_filter("no start", |byte| *byte != 0x0B), 0..50),
        message in "MSH[ -~]{0,80}",
    ) {
        let mut bytes = garbage;
        bytes.extend(wrap(message.as_bytes()));
        let (out, _) = framed(&bytes);
        prop_assert_eq!(out, vec![complete(&message)]);
    }
}
