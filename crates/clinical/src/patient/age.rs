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
