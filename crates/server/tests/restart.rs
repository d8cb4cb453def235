//! The server restarts in mid-infusion: it is back soon, what was delivered is true, and no notice
//! is lost or raised again.
//!
//! Source of the expected answers: safety reference 14.8 (back within 10 s, delivered within 1 %,
//! no advisory lost or repeated). Milligrams by hand: the order of the house is given at its rate
//! from the start on, through the restart: the pump runs whether we do or not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::line::Line;
use crate::house::{Hand, House, order};
use crate::stranger::mllp::{Numbers, message};
use clinical::course::session::{Command, SessionEvent};
use clinical::record::SessionId;
use server::clock::Clock;
use std::time::{Duration, Instant};
use units::{Decimal, Moment, Span};

const KEY: &str = "0200E5FFFEAD0001";
/// Source: safety reference 14.8.
const BACK: Duration = Duration::from_secs(10);

fn breathes(saturation: u32, number: u32, at: Moment) -> String {
    let numbers = Numbers {
        heart_rate: 80,
        saturation,
        respiratory_rate: 13,
        cuff: None,
        twelve: false,
        temperature_tenths: 367,
    };
    message(KEY, &format!("R{number}"), at.milliseconds(), &numbers)
}

/// Seconds of frames with this saturation, each told to the server as it comes.
fn seconds(house: &House, hand: &Hand, line: &mut Line, saturation: u32, from: u32, count: u32) {
    for number in from..from + count {
        hand.advance(Span::from_seconds(1));
        let at = house.application().clock.now();
        assert_eq!(
            line.tell(breathes(saturation, number, at).as_bytes()).0,
            "CA"
        );
        house.second();
    }
}

fn notices(house: &House, session: SessionId) -> Vec<(u32, String, bool)> {
    let known = house.session(session);
    let notices = known.advisories.values();
    notices
        .filter(|one| !one.notice.technical)
        .map(|one| {
            (
                one.number,
                one.notice.condition.clone(),
                one.resolved.is_none(),
            )
        })
        .collect()
}

#[test]
fn a_restart_in_mid_infusion_loses_no_notice_repeats_none_and_delivers_what_the_pump_did() {
    // Hazard: H28
    let begins = Moment::parse("2026-11-23T09:00:00Z").unwrap();
    let (clock, hand) = Clock::starting_at(begins);
    let given = clock.clone();
    let mut house = House::staffed(|configuration| {
        configuration.clock = given;
        configuration.zone = jiff::tz::TimeZone::UTC;
    });
    house.limits_on();
    let (_, session) = house.ready_session("0098-1", "1");
    let device = house.device(KEY, "Monitor 1", "generic-pcd01");
    house.serve(device, session, begins - Span::from_seconds(30));
    let start = Command::StartInfusion {
        override_reason: None,
        second_clinician: None,
    };
    let started = house.application().clock.now();
    house.tell(session, started, start).unwrap();
    let mut line = Line::open(house.mllp());
    seconds(&house, &hand, &mut line, 98, 0, 60);
    // Far below every limit for a minute and a half: a notice stands.
    seconds(&house, &hand, &mut line, 79, 60, 90);
    let before = notices(&house, session);
    assert!(before.iter().any(|(_, _, open)| *open), "{before:?}");
    drop(line);

    house.stop();
    // The pump runs on while nobody looks.
    hand.advance(Span::from_seconds(8));
    let stopped = Instant::now();
    house.start_again(clock);
    assert!(stopped.elapsed() < BACK, "{:?}", stopped.elapsed());
    assert_eq!(notices(&house, session), before);

    let mut line = Line::open(house.mllp());
    seconds(&house, &hand, &mut line, 79, 200, 60);
    assert_eq!(
        notices(&house, session),
        before,
        "none is lost, none is repeated"
    );

    // mL/h × mg/mL × time, by hand: through the restart.
    let now = house.application().clock.now();
    let seconds = Decimal::from((now - started).seconds());
    let order = order();
    let truth = order.rate.value() * order.concentration.value() * seconds / Decimal::from(3_600);
    let known = house.session(session);
    let given = known.infusion().unwrap().delivered(now).amount.value();
    let off = (given - truth).abs() / truth;
    assert!(off < Decimal::new(1, 2), "{given} of {truth}");
    let starts = known
        .entries
        .iter()
        .filter(|entry| matches!(entry.event, SessionEvent::DosingStarted { .. }));
    assert_eq!(starts.count(), 1);
}
