//! When a value was measured. Source: device reference §2.6, §2.7.

use super::rows::{PERCENT, SATURATION};
use super::{message_with, moment, profile, read_rows_with};
use exchange::hl7v2::interpretation::{DeviceTime, TimeSource};
use exchange::hl7v2::profile::{OwnTime, Profile};

fn observed(row: &str, profile: &Profile) -> (DeviceTime, usize) {
    let read = read_rows_with(&[row], profile);
    (read.live_readings()[0].observed_at, read.problems.len())
}

fn timed(time: &str) -> String {
    format!("OBX|1|NM|{SATURATION}|1.3.1.1|97|{PERCENT}|||||R|||{time}")
}

#[test]
fn the_time_is_the_rows_then_the_orders_then_the_headers_then_ours() {
    let generic = profile("generic-pcd01");
    let (own, _) = observed(&timed("20261103101459-0500"), &generic);
    assert_eq!(
        (own.from, own.moment),
        (TimeSource::Obx14, moment("2026-11-03T15:14:59Z"))
    );
    let (order, _) = observed(&timed(""), &generic);
    assert_eq!(
        (order.from, order.moment),
        (TimeSource::Obr7, moment("2026-11-03T15:15:00Z"))
    );

    let text = String::from_utf8(message_with(&[&timed("")])).unwrap();
    let without_order = text.replace("SCT|||20261103101500-0500", "SCT|||");
    let read = super::read(without_order.as_bytes(), &generic);
    assert_eq!(read.live_readings()[0].observed_at.from, TimeSource::Msh7);
    let without_any = without_order.replace("|||20261103101500-0500||ORU", "|||||ORU");
    let read = super::read(without_any.as_bytes(), &generic);
    let time = read.live_readings()[0].observed_at;
    assert_eq!(
        (time.from, time.moment),
        (TimeSource::Received, moment("2026-11-03T15:15:00.500Z"))
    );
}

#[test]
fn a_profile_may_ignore_the_rows_own_time() {
    let ignoring = Profile {
        obx14_policy: OwnTime::Ignore,
        ..profile("generic-pcd01")
    };
    let (time, _) = observed(&timed("20261103101459-0500"), &ignoring);
    assert_eq!(time.from, TimeSource::Obr7);
}

// Hazard: H09
#[test]
fn a_time_that_cannot_be_read_is_replaced_by_ours_and_marked() {
    let (time, problems) = observed(&timed("20260332101500"), &profile("generic-pcd01"));
    assert_eq!(
        (time.from, time.suspect, problems),
        (TimeSource::Received, true, 1)
    );
    assert_eq!(time.moment, moment("2026-11-03T15:15:00.500Z"));
}

// Hazard: H09. Received at 15:15:00.500Z; the limits are +120 s and −24 h.
#[test]
fn a_time_too_far_from_ours_is_replaced_by_ours_and_what_was_said_is_kept() {
    for (said, suspect) in [
        ("20261103151700.500+0000", false),
        ("20261103151700.501+0000", true),
        ("20261102151500.500+0000", false),
        ("20261102151500.499+0000", true),
        ("00010101000000+0000", true),
        ("99991229235959+0000", true),
    ] {
        let (time, _) = observed(&timed(said), &profile("generic-pcd01"));
        assert_eq!(time.suspect, suspect, "{said}");
        assert_eq!(
            time.moment == moment("2026-11-03T15:15:00.500Z"),
            suspect,
            "{said}"
        );
        assert!(time.said.is_some());
    }
}

// Hazard: H09
#[test]
fn a_time_without_a_zone_is_not_believed_while_the_gateways_zone_is_unknown() {
    let unset = Profile::builtin("generic-pcd01").unwrap();
    let (time, _) = observed(&timed("20261103101459"), unset);
    assert_eq!((time.from, time.suspect), (TimeSource::Received, true));
    let (time, _) = observed(&timed("20261103101459"), &profile("generic-pcd01"));
    assert_eq!((time.from, time.zone_assumed), (TimeSource::Obx14, true));
}

// Hazard: H09
#[test]
fn a_24_minute_slow_clock_is_taken_as_it_is_and_not_hidden() {
    let (time, _) = observed(&timed("20261103145100+0000"), &profile("generic-pcd01"));
    assert_eq!(time.said, Some(moment("2026-11-03T14:51:00Z")));
    assert!(!time.suspect);
}
