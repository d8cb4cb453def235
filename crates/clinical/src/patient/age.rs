//! A date without a time, and how old a person is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A calendar date without time or zone, such as a birth date: written `1996-05-09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    year: i16,
    month: u8,
    day: u8,
}

/// Numbers or a text that are not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date (YYYY-MM-DD)")]
pub struct NotADate(pub String);

impl CivilDate {
    /// Refuses a day that the calendar does not have; years 1 to 9999.
    pub fn new(year: i16, month: u8, day: u8) -> Result<Self, NotADate> {
        let exists = (1..=9_999).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in(year, month);
        if exists {
            Ok(Self { year, month, day })
        } else {
            Err(NotADate(format!("{year:04}-{month:02}-{day:02}")))
        }
    }

    /// The year.
    pub const fn year(self) -> i16 {
        self.year
    }
    /// The month, from 1.
    pub const fn month(self) -> u8 {
        self.month
    }
    /// The day of the month, from 1.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Whole days of the calendar since an earlier date; negative when that date is later.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.day_number() - earlier.day_number()
    }

    /// The date this many days later; held to the years 1 to 9999.
    pub fn plus_days(self, days: i32) -> Self {
        let wanted = self.day_number().saturating_add(days);
        // A first guess by the mean length of a year, then at most a few steps.
        let mut year = (wanted.saturating_mul(400) / 146_097).clamp(1, 9_999);
        let begins = |year: i32| Self::first_of(year).day_number();
        while year > 1 && begins(year) > wanted {
            year -= 1;
        }
        while year < 9_999 && begins(year + 1) <= wanted {
            year += 1;
        }
        let mut date = Self::first_of(year);
        while date.month < 12 {
            let next = Self {
                month: date.month + 1,
                ..date
            };
            if next.day_number() > wanted {
                break;
            }
            date = next;
        }
        let last = i32::from(days_in(date.year, date.month));
        let day = (wanted - date.day_number() + 1).clamp(1, last);
        date.day = u8::try_from(day).unwrap_or(1);
        date
    }

    fn first_of(year: i32) -> Self {
        Self {
            year: i16::try_from(year).unwrap_or(9_999),
            month: 1,
            day: 1,
        }
    }

    /// Days counted from a fixed day; years begin in March, so that a leap day is the last one.
    fn day_number(self) -> i32 {
        let (month, day) = (i32::from(self.month), i32::from(self.day));
        let year = i32::from(self.year) - i32::from(month <= 2);
        let month_from_march = (month + 9) % 12;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        365 * year + leap_days + (153 * month_from_march + 2) / 5 + day
    }
}

const fn days_in(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Completed years of life on a day; `None` before birth.
///
/// A person born on 29 February completes a year on 1 March where the year has no 29 February.
pub fn age_in_years(birth: CivilDate, today: CivilDate) -> Option<u16> {
    let completed = (today.month, today.day) >= (birth.month, birth.day);
    let years = today.year - birth.year - i16::from(!completed);
    u16::try_from(years).ok()
}

impl FromStr for CivilDate {
    type Err = NotADate;
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let wrong = || NotADate(text.to_owned());
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = text.split('-').collect();
        match parts.as_slice() {
            [year, month, day]
                if year.len() == 4
                    && month.len() == 2
                    && day.len() == 2
                    && parts.iter().all(|part| digits(part)) =>
            {
                let year = year.parse().map_err(|_| wrong())?;
                let month = month.parse().map_err(|_| wrong())?;
                let day = day.parse().map_err(|_| wrong())?;
                Self::new(year, month, day)
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for CivilDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_of_life_is_complete_on_the_birthday_and_not_the_day_before() {
        assert_eq!(
            age_in_years(date("1996-05-09"), date("2025-05-08")),
            Some(28)
        );
        assert_eq!(
            age_in_years(date("1996-05-09"), date("2025-05-09")),
            Some(29)
        );
        assert_eq!(
            age_in_years(date("1996-05-09"), date("1996-05-09")),
            Some(0)
        );
        assert_eq!(age_in_years(date("1996-05-09"), date("1996-05-08")), None);
    }

    #[test]
    fn someone_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() {
        assert_eq!(
            age_in_years(date("2004-02-29"), date("2022-02-28")),
            Some(17)
        );
        assert_eq!(
            age_in_years(date("2004-02-29"), date("2022-03-01")),
            Some(18)
        );
    }

    #[test]
    fn days_are_counted_over_leap_days_and_the_ends_of_years() {
        // Witness: the calendar. 2024 and 2000 had a 29 February, 1900 had none.
        for (later, earlier, days) in [
            ("2026-03-02", "2026-03-01", 1),
            ("2024-03-01", "2024-02-28", 2),
            ("2025-03-01", "2025-02-28", 1),
            ("1900-03-01", "1900-02-28", 1),
            ("2026-01-01", "2025-01-01", 365),
            ("2025-01-01", "2024-01-01", 366),
            ("2025-01-01", "2025-01-02", -1),
            ("2100-01-01", "2000-01-01", 36_525),
        ] {
            assert_eq!(date(later).days_since(date(earlier)), days, "{later}");
        }
    }

    #[test]
    fn so_many_days_later_is_the_date_that_is_so_many_days_later() {
        // Witness: the calendar.
        for (date_, days, later) in [
            ("2026-11-23", 90, "2027-02-21"),
            ("2024-02-28", 1, "2024-02-29"),
            ("2025-02-28", 1, "2025-03-01"),
            ("2025-12-31", 1, "2026-01-01"),
            ("2026-01-01", -1, "2025-12-31"),
            ("2000-01-01", 36_525, "2100-01-01"),
        ] {
            assert_eq!(date(date_).plus_days(days), date(later), "{date_}");
        }
        for days in 0..2_000 {
            let start = date("1999-03-01");
            assert_eq!(start.plus_days(days).days_since(start), days);
        }
    }

    #[test]
    fn a_day_that_the_calendar_does_not_have_is_refused() {
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
        ] {
            assert!(text.parse::<CivilDate>().is_err(), "{text}");
        }
        assert!("2000-02-29".parse::<CivilDate>().is_ok());
        for text in [
            "",
            "20240101",
            "2024-1-01",
            "+024-01-01",
            "2024-01-01T00:00",
        ] {
            assert!(text.parse::<CivilDate>().is_err(), "{text}");
        }
    }
}
