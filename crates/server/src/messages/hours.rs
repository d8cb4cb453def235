//! When a person may be written to, by their own clock.

use clinical::patient::WritingHours;
use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use units::Moment;

/// The first moment from this one on at which they may be written to.
pub fn from(zone: &TimeZone, hours: WritingHours, moment: Moment) -> Moment {
    let here = moment.timestamp().to_zoned(zone.clone());
    if is_within(&here, hours) {
        return moment;
    }
    let today = at_hour(&here, hours.from, 0);
    let opens = if u8::try_from(here.hour()).is_ok_and(|hour| hour < hours.from) {
        today
    } else {
        here.date()
            .tomorrow()
            .ok()
            .and_then(|tomorrow| on(tomorrow, hours.from, zone))
    };
    opens.map_or(moment, |opens| moment_of(&opens))
}

/// This moment, or the last whole hour before it at which they may be written to.
pub fn at_or_before(zone: &TimeZone, hours: WritingHours, moment: Moment) -> Moment {
    let here = moment.timestamp().to_zoned(zone.clone());
    if is_within(&here, hours) {
        return moment;
    }
    let last = hours.until - 1;
    let too_late_today = u8::try_from(here.hour()).is_ok_and(|hour| hour >= hours.until);
    let closes = if too_late_today {
        on(here.date(), last, zone)
    } else {
        here.date()
            .yesterday()
            .ok()
            .and_then(|yesterday| on(yesterday, last, zone))
    };
    closes.map_or(moment, |closes| moment_of(&closes))
}

fn is_within(here: &Zoned, hours: WritingHours) -> bool {
    u8::try_from(here.hour()).is_ok_and(|hour| hour >= hours.from && hour < hours.until)
}

fn at_hour(here: &Zoned, hour: u8, days: i64) -> Option<Zoned> {
    let date = here.date().checked_add(days.days()).ok()?;
    on(date, hour, here.time_zone())
}

/// An hour of a day there. Where the clocks skip it, the moment right after the gap; where it
/// comes twice, the first one.
fn on(date: civil::Date, hour: u8, zone: &TimeZone) -> Option<Zoned> {
    let hour = i8::try_from(hour).ok()?;
    date.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()
}

fn moment_of(zoned: &Zoned) -> Moment {
    Moment::from_microseconds(zoned.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: WritingHours = WritingHours { from: 8, until: 20 };

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    #[test]
    fn inside_the_hours_a_message_goes_out_when_it_is_wanted() {
        let berlin = zone("Europe/Berlin");
        for inside in ["2026-11-20T08:00:00+01:00", "2026-11-20T19:59:59+01:00"] {
            assert_eq!(from(&berlin, DAY, at(inside)), at(inside));
            assert_eq!(at_or_before(&berlin, DAY, at(inside)), at(inside));
        }
    }

    #[test]
    fn at_night_it_waits_for_the_morning_or_goes_out_the_evening_before() {
        let berlin = zone("Europe/Berlin");
        let cases = [
            (
                "2026-11-20T20:00:00+01:00",
                "2026-11-21T08:00:00+01:00",
                "2026-11-20T19:00:00+01:00",
            ),
            (
                "2026-11-20T07:59:00+01:00",
                "2026-11-20T08:00:00+01:00",
                "2026-11-19T19:00:00+01:00",
            ),
        ];
        for (wanted, morning, evening) in cases {
            assert_eq!(from(&berlin, DAY, at(wanted)), at(morning), "{wanted}");
            assert_eq!(
                at_or_before(&berlin, DAY, at(wanted)),
                at(evening),
                "{wanted}"
            );
        }
    }

    #[test]
    fn the_hours_are_the_persons_own_and_not_the_clinics() {
        // 02:00 in Berlin is 20:00 the day before in Bogotá, which has no summer time.
        let wanted = at("2026-11-20T02:00:00+01:00");
        assert_eq!(
            from(&zone("America/Bogota"), DAY, wanted),
            at("2026-11-20T08:00:00-05:00")
        );
    }

    #[test]
    fn on_the_nights_when_the_clocks_change_the_morning_is_that_days_own() {
        // New York: clocks go forward on 8 March 2026 and back on 1 November 2026.
        let new_york = zone("America/New_York");
        let forward = from(&new_york, DAY, at("2026-03-07T23:30:00-05:00"));
        assert_eq!(forward, at("2026-03-08T08:00:00-04:00"));
        let back = from(&new_york, DAY, at("2026-10-31T23:30:00-04:00"));
        assert_eq!(back, at("2026-11-01T08:00:00-05:00"));
    }

    #[test]
    fn an_hour_that_the_clocks_skip_is_the_moment_right_after_the_gap() {
        let early = WritingHours { from: 2, until: 20 };
        let wanted = at("2026-03-08T01:30:00-05:00");
        let opens = from(&zone("America/New_York"), early, wanted);
        assert_eq!(opens, at("2026-03-08T03:00:00-04:00"));
    }
}
