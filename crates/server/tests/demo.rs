//! The demo opens at every hour, in every zone, and whoever comes soon stands as their story says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::House;
use clinical::course::preparation::Readiness;
use jiff::tz::TimeZone;
use server::clock::Clock;
use server::readiness;
use std::collections::BTreeMap;
use units::{Moment, Span};

/// Opens it at an hour of the clinic's clock; says how it stands with everybody of two days.
fn opened_at(zone: &str, written: &str) -> BTreeMap<String, Readiness> {
    let zone = TimeZone::get(zone).unwrap();
    let at: jiff::civil::DateTime = written.parse().unwrap();
    let at = at.to_zoned(zone.clone()).unwrap().timestamp();
    let now = Moment::from_microseconds(at.as_microsecond());
    let (clock, _hand) = Clock::starting_at(now);
    let house = House::demo_by(clock, zone);
    let soon = now + Span::from_hours(48);
    let ready = house.wait_for(readiness::between(house.application(), now, soon));
    let family = |one: readiness::Ready| {
        let person = one.person.and_then(|person| person.registration);
        (person.unwrap().family_name, one.answer)
    };
    ready.unwrap().into_iter().map(family).collect()
}

fn everybody_stands_where_they_should(zone: &str, written: &str) {
    let stand = opened_at(zone, written);
    let of = |family: &str| stand.get(family).copied();
    assert_eq!(of("Nasser"), Some(Readiness::Go), "{stand:?}");
    assert_eq!(of("Vidal"), Some(Readiness::Stop), "{stand:?}");
    let Some(Readiness::Wait(until)) = of("Young") else {
        panic!("who had a late breakfast has to wait: {stand:?}");
    };
    assert!(until > Moment::from_microseconds(0));
}

#[test]
fn the_demo_opens_in_the_morning_and_at_noon() {
    everybody_stands_where_they_should("UTC", "2026-11-24T08:00:00");
    everybody_stands_where_they_should("UTC", "2026-11-24T12:07:00");
}

#[test]
fn the_demo_opens_when_a_visit_would_go_on_past_midnight() {
    for hour in ["18:59:00", "20:10:00", "21:50:00", "22:20:00", "23:59:30"] {
        everybody_stands_where_they_should("UTC", &format!("2026-11-23T{hour}"));
    }
}

#[test]
fn the_demo_opens_just_after_midnight() {
    everybody_stands_where_they_should("UTC", "2026-11-24T00:00:01");
}

#[test]
fn the_demo_opens_where_the_date_is_another_than_in_greenwich() {
    everybody_stands_where_they_should("Pacific/Auckland", "2026-11-24T09:00:00");
    everybody_stands_where_they_should("America/Los_Angeles", "2026-11-23T20:30:00");
}

#[test]
fn the_demo_opens_on_the_days_on_which_the_clocks_are_changed() {
    everybody_stands_where_they_should("America/New_York", "2026-10-31T21:30:00");
    everybody_stands_where_they_should("America/New_York", "2027-03-13T21:30:00");
}
