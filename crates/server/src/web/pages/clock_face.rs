//! Times and dates as staff read them: a 24-hour clock in the clinic's zone, `22 Nov 2025`.

use jiff::tz::TimeZone;
use units::{Moment, Span};

/// The clinic's clock at the moment the page is made.
#[derive(Clone, Copy, Debug)]
pub struct ClockFace<'a> {
    /// The clinic's zone.
    pub zone: &'a TimeZone,
    /// When the page is made.
    pub now: Moment,
}

impl ClockFace<'_> {
    fn format(&self, moment: Moment, pattern: &str) -> String {
        moment
            .timestamp()
            .to_zoned(self.zone.clone())
            .strftime(pattern)
            .to_string()
    }

    /// `13:12`.
    pub fn time(&self, moment: Moment) -> String {
        self.format(moment, "%H:%M")
    }

    /// `13:12:45`.
    pub fn time_with_seconds(&self, moment: Moment) -> String {
        self.format(moment, "%H:%M:%S")
    }

    /// `22 Nov 2025`.
    pub fn date(&self, moment: Moment) -> String {
        self.format(moment, "%-d %b %Y")
    }

    /// `Sat 22 Nov 2025`.
    pub fn weekday(&self, moment: Moment) -> String {
        self.format(moment, "%a %-d %b %Y")
    }

    /// `22 Nov 2025, 13:12`.
    pub fn full(&self, moment: Moment) -> String {
        self.format(moment, "%-d %b %Y, %H:%M")
    }

    /// `22/11/2025, 13:12`, for who does not read English months.
    pub fn in_numbers(&self, moment: Moment) -> String {
        self.format(moment, "%-d/%-m/%Y, %H:%M")
    }

    /// `22/11/2025`, for the same.
    pub fn date_in_numbers(&self, moment: Moment) -> String {
        self.format(moment, "%-d/%-m/%Y")
    }

    /// `13:12` today, `22 Nov 2025, 13:12` on another day.
    pub fn when(&self, moment: Moment) -> String {
        if self.date(moment) == self.date(self.now) {
            self.time(moment)
        } else {
            self.format(moment, "%-d %b %Y, %H:%M")
        }
    }

    /// How long ago, as people say it: `just now`, `12 min ago`, `12 days ago`.
    pub fn ago(&self, moment: Moment) -> String {
        let span = self.now - moment;
        let days = span.minutes() / (24 * 60);
        match (span < Span::from_minutes(1), days) {
            (true, _) => "just now".to_owned(),
            (false, 0) => format!("{span} ago"),
            (false, 1) => "1\u{a0}day ago".to_owned(),
            (false, days) => format!("{days}\u{a0}days ago"),
        }
    }

    /// `2025-11-22T13:12`, as a field of a form holds the clinic's time.
    pub fn date_time_local(&self, moment: Moment) -> String {
        self.format(moment, "%Y-%m-%dT%H:%M")
    }

    /// RFC 3339, for `datetime` attributes.
    pub fn machine(&self, moment: Moment) -> String {
        moment.to_string()
    }
}

/// Time since the first drug: `T+22:40`, and `T+1:02:40` from one hour on.
pub fn since_start(span: Span) -> String {
    let seconds = span.absolute().seconds();
    let sign = if span < Span::ZERO { "−" } else { "+" };
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("T{sign}{minutes:02}:{rest:02}")
    } else {
        format!("T{sign}{hours}:{minutes:02}:{rest:02}")
    }
}

/// A calendar date in words: `9 May 1996`.
pub fn civil_date(date: clinical::patient::CivilDate) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS
        .get(usize::from(date.month()).saturating_sub(1))
        .copied()
        .unwrap_or("month not known");
    format!("{} {month} {}", date.day(), date.year())
}

/// The clinic's calendar date of a moment, for ages.
pub fn today(moment: Moment, zone: &TimeZone) -> Option<clinical::patient::CivilDate> {
    let date = moment.timestamp().to_zoned(zone.clone()).date();
    let (month, day) = (
        u8::try_from(date.month()).ok()?,
        u8::try_from(date.day()).ok()?,
    );
    clinical::patient::CivilDate::new(date.year(), month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_on_a_24_hour_clock_in_the_clinics_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let now = Moment::parse("2025-11-22T18:12:45Z").unwrap();
        let clock = ClockFace { zone: &zone, now };
        assert_eq!(clock.time(now), "13:12");
        assert_eq!(clock.date(now), "22 Nov 2025");
        assert_eq!(clock.when(now - Span::from_hours(24)), "21 Nov 2025, 13:12");
    }

    #[test]
    fn time_since_the_start_counts_minutes_and_then_hours() {
        assert_eq!(since_start(Span::from_seconds(22 * 60 + 40)), "T+22:40");
        assert_eq!(
            since_start(Span::from_seconds(3_600 + 2 * 60 + 5)),
            "T+1:02:05"
        );
    }
}
