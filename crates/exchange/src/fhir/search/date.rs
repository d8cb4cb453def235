//! Dates with a prefix, each as wide as it was written.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use units::Moment;

/// Conditions on the stretch of time that a resource holds, its first and its last moment; for an
/// instant the two are one. `from` is inclusive, `before` exclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// It began at or after this.
    pub start_from: Option<Moment>,
    /// It began before this.
    pub start_before: Option<Moment>,
    /// It ended at or after this, or has not ended.
    pub end_from: Option<Moment>,
    /// It ended before this.
    pub end_before: Option<Moment>,
    /// It did not lie wholly within any of these (`ne`).
    pub not_within: Vec<(Moment, Moment)>,
}

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

impl Times {
    /// The same conditions for an instant: at or after, and before.
    pub fn instant(&self) -> (Option<Moment>, Option<Moment>) {
        (
            later(self.start_from, self.end_from),
            earlier(self.start_before, self.end_before),
        )
    }

    /// The same conditions for a whole day in universal time, such as a birth date, as bounds on
    /// its midnight: at or after, and before; and the midnights that `ne` leaves out, likewise.
    pub fn day(&self) -> Bounds {
        let up = |moment: Moment| moment.microseconds().saturating_add(DAY - 1);
        let midnight = |microseconds: i64| {
            Moment::from_microseconds(microseconds.saturating_sub(microseconds.rem_euclid(DAY)))
        };
        let ceiling = |moment: Moment| midnight(up(moment));
        let floor = |moment: Moment| midnight(moment.microseconds());
        Bounds {
            from: later(self.start_from.map(ceiling), self.end_from.map(floor)),
            before: earlier(self.start_before.map(ceiling), self.end_before.map(floor)),
            outside: self
                .not_within
                .iter()
                .map(|(from, before)| (ceiling(*from), floor(*before)))
                .collect(),
        }
    }

    /// True when nothing is asked.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a resource that holds from `start` until `end` (none: not ended) fulfils all.
    pub fn hold_for(&self, start: Moment, end: Option<Moment>) -> bool {
        self.start_from.is_none_or(|from| start >= from)
            && self.start_before.is_none_or(|before| start < before)
            && self
                .end_from
                .is_none_or(|from| end.is_none_or(|end| end >= from))
            && self
                .end_before
                .is_none_or(|before| end.is_some_and(|end| end < before))
            && self
                .not_within
                .iter()
                .all(|(from, before)| start < *from || end.is_none_or(|end| end >= *before))
    }

    /// Adds one condition, such as `ge2026-11-03`. A date without a zone is one in `zone`.
    ///
    /// The value is as wide as it was written: a day is 24 hours, a second one second. `eq` asks
    /// that it hold the whole of the resource's time; `gt` and `ge` that some of that time lie
    /// behind it, or behind its beginning; `lt` and `le` that some lie before it, or before its
    /// end; `sa` and `eb` that all of it lie behind or before; `ap` that the two have some time in
    /// common. The specification lets a server say how near `ap` is: here it is as near as it was
    /// written, because no margin is right for both a minute and a year. Refuses, in words, a text
    /// that is no date.
    /// Source: FHIR R4, search, 3.1.1.4.6 and 3.1.1.4.5.
    pub(super) fn add(&mut self, text: &str, zone: &TimeZone) -> Result<(), String> {
        let is_prefix = text.bytes().take(2).filter(u8::is_ascii_alphabetic).count() == 2;
        let (prefix, date) = if is_prefix {
            text.split_at(2)
        } else {
            ("eq", text)
        };
        let (from, before) = width(date, zone).ok_or_else(|| {
            format!("{date:?} is not a date (year, month, day, minute or second)")
        })?;
        match prefix {
            "eq" => {
                self.start_from = later(self.start_from, Some(from));
                self.end_before = earlier(self.end_before, Some(before));
            }
            "ne" => self.not_within.push((from, before)),
            "gt" => self.end_from = later(self.end_from, Some(before)),
            "ge" => self.end_from = later(self.end_from, Some(from)),
            "lt" => self.start_before = earlier(self.start_before, Some(from)),
            "le" => self.start_before = earlier(self.start_before, Some(before)),
            "sa" => self.start_from = later(self.start_from, Some(before)),
            "eb" => self.end_before = earlier(self.end_before, Some(from)),
            "ap" => {
                self.start_before = earlier(self.start_before, Some(before));
                self.end_from = later(self.end_from, Some(from));
            }
            other => {
                return Err(format!(
                    "the prefix {other:?} is not known; use eq, ne, gt, ge, lt, le, sa, eb or ap"
                ));
            }
        }
        Ok(())
    }
}

/// Bounds on a moment, and the stretches that it must not lie in; each from, inclusive, and before,
/// exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At or after this.
    pub from: Option<Moment>,
    /// Before this.
    pub before: Option<Moment>,
    /// In none of these; one that ends before it begins holds nothing.
    pub outside: Vec<(Moment, Moment)>,
}

fn later(a: Option<Moment>, b: Option<Moment>) -> Option<Moment> {
    a.max(b)
}

fn earlier(a: Option<Moment>, b: Option<Moment>) -> Option<Moment> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// From the first moment of a date as it was written, to the first moment after it.
fn width(text: &str, zone: &TimeZone) -> Option<(Moment, Moment)> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let (year, month, day) = match parts.as_slice() {
        [year] => (*year, None, None),
        [year, month] => (*year, Some(*month), None),
        [year, month, day] => (*year, Some(*month), Some(*day)),
        _more => return None,
    };
    let year = i16::try_from(digits(year, 4)?).ok()?;
    let two = |text: Option<&str>| match text {
        Some(text) => i8::try_from(digits(text, 2)?).ok(),
        None => Some(1),
    };
    let first = Date::new(year, two(month)?, two(day)?).ok()?;
    let Some(time) = time else {
        let next = match (month, day) {
            (None, _) => first.checked_add(1.year()),
            (Some(_), None) => first.checked_add(1.month()),
            (Some(_), Some(_)) => first.checked_add(1.day()),
        }
        .unwrap_or(Date::MAX);
        let midnight = |date: Date| moment(date.at(0, 0, 0, 0), zone);
        return Some((midnight(first), midnight(next)));
    };
    // A time belongs to a whole date.
    day?;
    let (clock, zone) = split_zone(time, zone)?;
    let (time, microseconds) = read_clock(clock)?;
    let from = moment(first.to_datetime(time), &zone);
    Some((
        from,
        Moment::from_microseconds(from.microseconds().checked_add(microseconds)?),
    ))
}

/// The last days of the year 9999, which programs write for "never", lie behind what can be
/// reckoned: they are its end.
fn moment(civil: DateTime, zone: &TimeZone) -> Moment {
    let timestamp = civil
        .to_zoned(zone.clone())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    Moment::from_microseconds(timestamp.as_microsecond())
}

fn digits(text: &str, count: usize) -> Option<u32> {
    let whole = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| text.parse().ok())?
}

/// `10:15+01:00` → `10:15` and its zone. A blank is taken for the plus sign that a client forgot
/// to encode.
fn split_zone<'a>(time: &'a str, otherwise: &TimeZone) -> Option<(&'a str, TimeZone)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, TimeZone::UTC));
    }
    let Some(at) = time.find(['+', '-', ' ']) else {
        return Some((time, otherwise.clone()));
    };
    let (clock, zone) = time.split_at(at);
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    let seconds = if zone.starts_with('-') {
        -seconds
    } else {
        seconds
    };
    let offset = jiff::tz::Offset::from_seconds(seconds).ok()?;
    Some((clock, TimeZone::fixed(offset)))
}

/// The time of day and how many microseconds wide it was written.
fn read_clock(clock: &str) -> Option<(Time, i64)> {
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (*hour, *minute, None),
        [hour, minute, second] => (*hour, *minute, Some(*second)),
        _other => return None,
    };
    let small = |text| i8::try_from(digits(text, 2)?).ok();
    let (hour, minute) = (small(hour)?, small(minute)?);
    let Some(second) = second else {
        return Some((Time::new(hour, minute, 0, 0).ok()?, 60_000_000));
    };
    let (second, fraction) = match second.split_once('.') {
        Some((second, fraction)) => (second, Some(fraction)),
        None => (second, None),
    };
    let second = small(second)?;
    let (nanoseconds, width) = match fraction {
        None => (0, 1_000_000),
        // Finer than a microsecond is finer than the record.
        Some(fraction) if (1..=6).contains(&fraction.len()) => {
            let power = 10_i64.pow(6 - u32::try_from(fraction.len()).ok()?);
            let value = i64::from(digits(fraction, fraction.len())?) * power;
            (i32::try_from(value * 1_000).ok()?, power)
        }
        Some(_) => return None,
    };
    Some((Time::new(hour, minute, second, nanoseconds).ok()?, width))
}
