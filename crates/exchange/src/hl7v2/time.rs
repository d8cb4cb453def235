//! Times of the wire (HL7 DTM), with the oddities that devices really send. Hazard: H09.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use units::Moment;

/// How finely a device said its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// To the minute.
    Minute,
    /// To the second.
    Second,
    /// Finer.
    Fraction,
}

/// A time as the device said it, before any zone is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireTime {
    local: DateTime,
    offset: Option<Offset>,
    /// How finely.
    pub precision: Precision,
}

/// A text that is not a time that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeProblem {
    /// Not of the form, or no such date, or coarser than a minute.
    #[error("not a date and time to the minute or finer")]
    Unreadable,
    /// Without a zone, at a gateway whose zone nobody has set.
    #[error("the time has no zone, and no zone is set for this gateway")]
    ZoneUnknown,
}

/// Reads `YYYYMMDDHHMM[SS[.S…]][±ZZZZ]`, and 17 digits with milliseconds but no dot.
///
/// Refuses impossible dates, hour 24, second 60, and anything coarser than a minute, which cannot
/// place an observation. Source: device reference §2.6.
pub fn read(text: &str) -> Result<WireTime, TimeProblem> {
    wire_time(text).ok_or(TimeProblem::Unreadable)
}

fn wire_time(text: &str) -> Option<WireTime> {
    let bytes = text.as_bytes();
    let digits = leading_digits(bytes);
    let (stamp, mut rest) = bytes.split_at(digits);
    let mut nanoseconds = 0;
    let mut precision = Precision::Second;
    match digits {
        12 => precision = Precision::Minute,
        14 => {
            if let [b'.', after @ ..] = rest {
                let places = leading_digits(after);
                nanoseconds = fraction(&after[..places])?;
                rest = &after[places..];
                precision = Precision::Fraction;
            }
        }
        17 => {
            nanoseconds = fraction(&stamp[14..])?;
            precision = Precision::Fraction;
        }
        _ => return None,
    }
    let part = |from: usize, to: usize| -> i16 {
        stamp[from..to]
            .iter()
            .fold(0, |value, digit| value * 10 + i16::from(digit - b'0'))
    };
    let small = |from: usize| i8::try_from(part(from, from + 2)).ok();
    let second = if digits == 12 { 0 } else { small(12)? };
    let local = DateTime::new(
        part(0, 4),
        small(4)?,
        small(6)?,
        small(8)?,
        small(10)?,
        second,
        nanoseconds,
    )
    .ok()?;
    Some(WireTime {
        local,
        offset: offset(rest)?,
        precision,
    })
}

fn leading_digits(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// One to nine digits after the dot, as nanoseconds.
fn fraction(digits: &[u8]) -> Option<i32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let padded = digits
        .iter()
        .copied()
        .chain(std::iter::repeat(b'0'))
        .take(9);
    Some(padded.fold(0, |value, digit| value * 10 + i32::from(digit - b'0')))
}

/// `Some(None)` for no zone, `None` for one that is not a zone.
fn offset(rest: &[u8]) -> Option<Option<Offset>> {
    let (sign, digits) = match rest {
        [] => return Some(None),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    if digits.len() != 4 || leading_digits(digits) != 4 {
        return None;
    }
    let two = |at: usize| i32::from(digits[at] - b'0') * 10 + i32::from(digits[at + 1] - b'0');
    let (hours, minutes) = (two(0), two(2));
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3_600 + minutes * 60))
        .ok()
        .map(Some)
}

impl WireTime {
    /// Whether the device said its zone.
    pub const fn has_zone(&self) -> bool {
        self.offset.is_some()
    }

    /// The moment, and whether the zone was assumed.
    ///
    /// An hour that happens twice, or never, when clocks change is read as the candidate nearest
    /// to `expected` (the receive time with the device's known offset). Refuses a zone-less time
    /// when no zone is set.
    pub fn resolve(
        &self,
        zone: Option<&TimeZone>,
        expected: Moment,
    ) -> Result<(Moment, bool), TimeProblem> {
        if let Some(offset) = self.offset {
            return Ok((at_offset(self.local, offset)?, false));
        }
        let zone = zone.ok_or(TimeProblem::ZoneUnknown)?;
        let moment = match zone.to_ambiguous_timestamp(self.local).offset() {
            jiff::tz::AmbiguousOffset::Unambiguous { offset } => at_offset(self.local, offset)?,
            jiff::tz::AmbiguousOffset::Gap { before, after }
            | jiff::tz::AmbiguousOffset::Fold { before, after } => {
                let (first, second) = (
                    at_offset(self.local, before)?,
                    at_offset(self.local, after)?,
                );
                if (first - expected).absolute() <= (second - expected).absolute() {
                    first
                } else {
                    second
                }
            }
        };
        Ok((moment, true))
    }
}

fn at_offset(local: DateTime, offset: Offset) -> Result<Moment, TimeProblem> {
    offset
        .to_timestamp(local)
        .map(|timestamp| Moment::from_microseconds(timestamp.as_microsecond()))
        .map_err(|_| TimeProblem::Unreadable)
}

/// A moment as we write it into our own headers: UTC, milliseconds, `+0000`.
pub fn write(moment: Moment) -> String {
    let utc = Offset::UTC.to_datetime(moment.timestamp());
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}.{:03}+0000",
        utc.year(),
        utc.month(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second(),
        utc.millisecond()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::parse(text).expect("a moment in a test")
    }

    fn new_york() -> TimeZone {
        TimeZone::get("America/New_York").expect("a zone in a test")
    }

    fn resolved(text: &str, expected: &str) -> (Moment, bool) {
        read(text)
            .expect("reads")
            .resolve(Some(&new_york()), moment(expected))
            .expect("resolves")
    }

    // Witness: device reference §2.6.
    #[test]
    fn what_devices_really_send_is_read() {
        let near = "2026-07-27T12:00:00Z";
        for (text, expected, assumed) in [
            ("20260727124424.0000+0000", "2026-07-27T12:44:24Z", false),
            ("20140606112039+0800", "2014-06-06T03:20:39Z", false),
            ("20210611102047", "2021-06-11T14:20:47Z", true),
            ("20260124131540000+0800", "2026-01-24T05:15:40Z", false),
            ("20261103101500.000-0500", "2026-11-03T15:15:00Z", false),
            ("202611031015-0500", "2026-11-03T15:15:00Z", false),
            ("20261103101500.25-0530", "2026-11-03T15:45:00.25Z", false),
        ] {
            assert_eq!(resolved(text, near), (moment(expected), assumed), "{text}");
        }
    }

    #[test]
    fn impossible_and_coarse_times_are_refused() {
        for text in [
            "",
            "2026",
            "202611",
            "20261103",
            "2026110310",
            "20260332101500",
            "20261301101500",
            "20261103240000",
            "20261103106000",
            "20261103101560",
            "20261103101500.",
            "20261103101500+",
            "20261103101500+5",
            "20261103101500+0060",
            "20261103101500+1500",
            "20261103101500Z",
            " 20261103101500",
            "20261103101500 ",
            "2026110310150000",
            "２０２６1103101500",
            "20261103101500.0000000000",
            "20260229101500",
            "-0261103101500",
        ] {
            assert_eq!(read(text), Err(TimeProblem::Unreadable), "{text:?}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_not_guessed_when_no_zone_is_set() {
        let time = read("20261103101500").expect("reads");
        assert_eq!(
            time.resolve(None, moment("2026-11-03T15:15:00Z")),
            Err(TimeProblem::ZoneUnknown)
        );
    }

    // Hazard: H09. Clocks in New York went back at 2026-11-01T06:00Z: 01:30 happens twice.
    #[test]
    fn the_repeated_hour_is_read_as_the_candidate_nearest_to_the_receive_time() {
        let text = "20261101013000";
        assert_eq!(
            resolved(text, "2026-11-01T05:30:02Z").0,
            moment("2026-11-01T05:30:00Z")
        );
        assert_eq!(
            resolved(text, "2026-11-01T06:30:02Z").0,
            moment("2026-11-01T06:30:00Z")
        );
    }

    // Hazard: H09. Clocks in New York went forward at 2026-03-08T07:00Z: 02:30 never happens.
    #[test]
    fn the_hour_that_never_happens_is_read_as_the_candidate_nearest_to_the_receive_time() {
        let text = "20260308023000";
        assert_eq!(
            resolved(text, "2026-03-08T07:30:02Z").0,
            moment("2026-03-08T07:30:00Z")
        );
        assert_eq!(
            resolved(text, "2026-03-08T06:30:02Z").0,
            moment("2026-03-08T06:30:00Z")
        );
    }

    #[test]
    fn the_years_one_and_9999_do_no_harm() {
        for text in [
            "00010101000000",
            "99991231235959",
            "00010101000000+1400",
            "99991231235959-1400",
        ] {
            if let Ok(time) = read(text) {
                let _ = time.resolve(Some(&new_york()), moment("2026-11-03T15:15:00Z"));
            }
        }
    }

    #[test]
    fn our_own_times_are_written_as_the_reference_shows() {
        // Witness: device reference §3.2, the acknowledgement.
        assert_eq!(
            write(moment("2026-11-03T15:15:01.120Z")),
            "20261103151501.120+0000"
        );
    }
}
