//! Days of the week and times of the wall clock, as a clinic says when it is open.

use crate::patient::CivilDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// Every day, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Its word in forms and records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// Its name on a page.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }

    /// The day of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.word() == word)
    }

    /// The day of the week that a date is.
    pub fn of(date: CivilDate) -> Self {
        // Day 1 of year 1 was a Monday in the calendar that is carried back without a break.
        let first = CivilDate::new(1, 1, 1);
        let days = first
            .map_or(0, |first| date.days_since(first))
            .rem_euclid(7);
        Self::ALL[usize::try_from(days).unwrap_or(0)]
    }
}

/// A time of the wall clock in whole minutes, 00:00 to 24:00: written `08:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime(u16);

/// A text that is not a time of the clock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time of the clock (08:30)")]
pub struct NotAClockTime(pub String);

impl ClockTime {
    /// Refuses what no clock shows; 24:00 is the end of a day.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if (hour < 24 && minute < 60) || (hour == 24 && minute == 0) {
            Some(Self(hour * 60 + minute))
        } else {
            None
        }
    }

    /// The hour, 0 to 24.
    pub const fn hour(self) -> u16 {
        self.0 / 60
    }

    /// The minute, 0 to 59.
    pub const fn minute(self) -> u16 {
        self.0 % 60
    }
}

impl FromStr for ClockTime {
    type Err = NotAClockTime;
    fn from_str(text: &str) -> Result<Self, NotAClockTime> {
        let wrong = || NotAClockTime(text.to_owned());
        let two_digits = |part: &str| {
            (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        };
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let hour = two_digits(hour).ok_or_else(wrong)?;
        let minute = two_digits(minute).ok_or_else(wrong)?;
        Self::new(hour, minute).ok_or_else(wrong)
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A stretch of the day by the wall clock: from, inclusive; until, exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hours {
    from: ClockTime,
    until: ClockTime,
}

impl Hours {
    /// Refuses an end that is not after the beginning.
    pub fn new(from: ClockTime, until: ClockTime) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// From when.
    pub const fn from(self) -> ClockTime {
        self.from
    }

    /// Until when.
    pub const fn until(self) -> ClockTime {
        self.until
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_its_day_of_the_week_over_leap_days_and_centuries() {
        // Witness: printed calendars.
        for (date, day) in [
            ("2026-11-23", Weekday::Monday),
            ("2024-02-29", Weekday::Thursday),
            ("2000-02-29", Weekday::Tuesday),
            ("1900-03-01", Weekday::Thursday),
            ("2100-02-28", Weekday::Sunday),
            ("1969-07-20", Weekday::Sunday),
        ] {
            assert_eq!(Weekday::of(date.parse().unwrap()), day, "{date}");
        }
    }

    #[test]
    fn a_time_that_no_clock_shows_is_refused() {
        for text in [
            "24:01", "25:00", "08:60", "8:00", "0800", "", "08:0", "-1:00",
        ] {
            assert!(text.parse::<ClockTime>().is_err(), "{text}");
        }
        for text in ["00:00", "08:30", "23:59", "24:00"] {
            assert_eq!(text.parse::<ClockTime>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn hours_that_end_before_they_begin_are_refused() {
        let time = |text: &str| text.parse::<ClockTime>().unwrap();
        assert_eq!(Hours::new(time("17:00"), time("09:00")), None);
        assert_eq!(Hours::new(time("09:00"), time("09:00")), None);
        assert!(Hours::new(time("09:00"), time("09:01")).is_some());
    }
}
