//! Moments and spans, in whole microseconds, without a clock.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::{Add, Sub};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
///
/// Written as RFC 3339 in UTC with microseconds, so that the record reads without our code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// A length of time in microseconds; may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i64);

/// A text that is not a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a moment in time (RFC 3339)")]
pub struct UnreadableMoment(pub String);

impl Moment {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_microseconds(microseconds: i64) -> Self {
        Self(microseconds)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn microseconds(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn milliseconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Reads RFC 3339 with any offset.
    pub fn parse(text: &str) -> Result<Self, UnreadableMoment> {
        text.parse::<jiff::Timestamp>()
            .map(|timestamp| Self(timestamp.as_microsecond()))
            .map_err(|_| UnreadableMoment(text.to_owned()))
    }

    /// The start of the whole multiple of `span` that this moment lies in, counted from 1970.
    pub fn start_of(self, span: Span) -> Self {
        Self(self.0 - self.0.rem_euclid(span.0.max(1)))
    }

    /// As `jiff` knows it, for calendars and zones at the edges.
    ///
    /// A moment outside the years that `jiff` knows is held to the nearest end.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl Span {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// From microseconds.
    pub const fn from_microseconds(microseconds: i64) -> Self {
        Self(microseconds)
    }
    /// From milliseconds.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds * 1_000)
    }
    /// From seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000)
    }
    /// From minutes.
    pub const fn from_minutes(minutes: i64) -> Self {
        Self::from_seconds(minutes * 60)
    }
    /// From hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_minutes(hours * 60)
    }
    /// In microseconds.
    pub const fn microseconds(self) -> i64 {
        self.0
    }
    /// In whole seconds, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
    /// In whole minutes, rounded down.
    pub const fn minutes(self) -> i64 {
        self.0.div_euclid(60_000_000)
    }
    /// The length without its sign.
    pub const fn absolute(self) -> Self {
        Self(self.0.abs())
    }
}

impl Sub for Moment {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Moment {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Moment {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.timestamp())
    }
}

impl fmt::Display for Span {
    /// `1 h 05 min`, `12 min`, `45 s`; a minus sign before a negative span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("−")?;
        }
        let seconds = self.absolute().seconds();
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        match (hours, minutes) {
            (0, 0) => write!(f, "{seconds}\u{a0}s"),
            (0, minutes) => write!(f, "{minutes}\u{a0}min"),
            (hours, minutes) => write!(f, "{hours}\u{a0}h\u{a0}{minutes:02}\u{a0}min"),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Spans stand in the record as whole microseconds.
impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_universal_time_and_read_back_exactly() {
        let moment = Moment::parse("2026-11-03T10:15:00.250001-05:00").expect("reads");
        assert_eq!(moment.to_string(), "2026-11-03T15:15:00.250001Z");
        assert_eq!(Moment::parse(&moment.to_string()), Ok(moment));
    }

    #[test]
    fn a_minute_starts_at_its_whole_minute() {
        let moment = Moment::parse("2026-11-03T10:15:59.999Z").expect("reads");
        assert_eq!(
            moment.start_of(Span::from_minutes(1)),
            Moment::parse("2026-11-03T10:15:00Z").expect("reads")
        );
    }

    #[test]
    fn spans_are_said_as_people_say_them() {
        assert_eq!(Span::from_seconds(45).to_string(), "45\u{a0}s");
        assert_eq!(
            Span::from_minutes(65).to_string(),
            "1\u{a0}h\u{a0}05\u{a0}min"
        );
        assert_eq!(Span::from_minutes(-3).to_string(), "−3\u{a0}min");
    }
}
