use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn session(number: u128) -> SessionId {
    SessionId(Uuid::from_u128(number))
}

fn id() -> DeviceId {
    DeviceId(Uuid::from_u128(99))
}

fn at(second: i64) -> Moment {
    Moment::from_microseconds(second * 1_000_000)
}

fn registered() -> Device {
    let command = DeviceCommand::RegisterDevice {
        device: id(),
        wire_key: "00A037FFFE000001".into(),
        name: "Monitor 1".into(),
        profile: "generic".into(),
    };
    let mut device = Device::default();
    carry_out(&mut device, &command, at(0)).unwrap();
    device
}

fn carry_out(
    device: &mut Device,
    command: &DeviceCommand,
    now: Moment,
) -> Result<Vec<DeviceEvent>, DeviceRefusal> {
    let events = decide(device, command, now)?;
    events.iter().for_each(|event| device.apply(event));
    Ok(events)
}

fn associate(session: Option<SessionId>, take_over: bool) -> DeviceCommand {
    let method = if session.is_some() {
        Method::Scan
    } else {
        Method::PlacedInRoom
    };
    DeviceCommand::AssociateDevice {
        room: "1".into(),
        session,
        method,
        take_over,
    }
}

fn end(reason: EndReason) -> DeviceCommand {
    DeviceCommand::DisassociateDevice { reason }
}

fn claim(from: i64, until: i64, to: Option<SessionId>) -> DeviceCommand {
    DeviceCommand::ClaimInterval {
        to,
        interval: Interval {
            from: at(from),
            until: at(until),
        },
        reason: "wrong bed chosen".into(),
    }
}

#[test]
fn data_belong_to_a_session_from_the_scan_until_the_end_and_not_a_moment_longer() {
    // Hazard: H01
    let mut device = registered();
    carry_out(&mut device, &associate(Some(session(1)), false), at(10)).unwrap();
    carry_out(&mut device, &end(EndReason::EndedByStaff), at(20)).unwrap();
    let just_before = Moment::from_microseconds(at(10).microseconds() - 1);
    assert_eq!(device.session_at(just_before), None);
    assert_eq!(device.session_at(at(10)), Some(session(1)));
    assert_eq!(device.session_at(at(19)), Some(session(1)));
    assert_eq!(device.session_at(at(20)), None);
}

#[test]
fn a_device_that_stands_in_a_room_serves_nobody_until_somebody_says_so() {
    // Hazard: H01
    let mut device = registered();
    carry_out(&mut device, &associate(None, false), at(5)).unwrap();
    assert_eq!(device.room_at(at(6)), Some("1"));
    assert_eq!(device.session_at(at(6)), None);
}

#[test]
fn a_device_stays_in_its_room_when_a_session_ends() {
    let mut device = registered();
    carry_out(&mut device, &associate(Some(session(1)), false), at(5)).unwrap();
    carry_out(&mut device, &end(EndReason::SessionClosed), at(9)).unwrap();
    assert_eq!(device.room_now(), Some("1"));
    carry_out(&mut device, &end(EndReason::RemovedFromRoom), at(12)).unwrap();
    assert_eq!(device.room_now(), None);
}

#[test]
fn a_placement_at_set_up_never_gives_a_session() {
    // Hazard: H01
    let mut device = registered();
    let command = DeviceCommand::AssociateDevice {
        room: "1".into(),
        session: Some(session(1)),
        method: Method::PlacedInRoom,
        take_over: false,
    };
    let refused = carry_out(&mut device, &command, at(1));
    assert_eq!(refused, Err(DeviceRefusal::NeedsConfirmation));
}

#[test]
fn a_device_in_use_is_refused_until_it_is_taken_over_knowingly() {
    // Hazard: H01
    let mut device = registered();
    carry_out(&mut device, &associate(Some(session(1)), false), at(10)).unwrap();
    let refused = carry_out(&mut device, &associate(Some(session(2)), false), at(20));
    let expected = DeviceRefusal::ServesAnotherSession {
        session: session(1),
        room: "1".into(),
        since: at(10),
    };
    assert_eq!(refused, Err(expected));
    let events = carry_out(&mut device, &associate(Some(session(2)), true), at(20)).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(device.session_at(at(19)), Some(session(1)));
    assert_eq!(device.session_at(at(20)), Some(session(2)));
}

#[test]
fn two_strong_signs_end_the_attribution_and_a_weak_one_does_not() {
    // Hazard: H01
    let mut device = registered();
    carry_out(&mut device, &associate(Some(session(1)), false), at(10)).unwrap();
    let dispute = |strong| DeviceCommand::DisputeAssociation {
        strong,
        reasons: vec!["x".into()],
    };
    carry_out(&mut device, &dispute(false), at(20)).unwrap();
    assert_eq!(device.session_at(at(21)), Some(session(1)));
    carry_out(&mut device, &dispute(true), at(30)).unwrap();
    assert_eq!(device.session_at(at(30)), None);
    assert_eq!(device.disputes.len(), 2);
}

#[test]
fn a_claim_says_truly_whose_the_data_were_before_in_each_part() {
    let mut device = registered();
    carry_out(&mut device, &associate(Some(session(1)), false), at(10)).unwrap();
    carry_out(&mut device, &end(EndReason::EndedByStaff), at(20)).unwrap();
    let events = carry_out(&mut device, &claim(5, 25, Some(session(2))), at(40)).unwrap();
    let said: Vec<(i64, i64, Option<SessionId>)> = events
        .iter()
        .map(|event| match event {
            DeviceEvent::AssociationCorrected { interval, from, .. } => {
                let second = |moment: Moment| moment.microseconds() / 1_000_000;
                (second(interval.from), second(interval.until), *from)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        said,
        [(5, 10, None), (10, 20, Some(session(1))), (20, 25, None)]
    );
    assert_eq!(device.session_at(at(15)), Some(session(2)));
    assert!(device.attributed_later(at(15)).is_some());
    assert_eq!(device.session_at(at(25)), None);
}

#[test]
fn a_claim_needs_a_reason_a_past_and_something_to_change() {
    let mut device = registered();
    carry_out(&mut device, &associate(Some(session(1)), false), at(10)).unwrap();
    let no_reason = DeviceCommand::ClaimInterval {
        to: None,
        interval: Interval {
            from: at(10),
            until: at(12),
        },
        reason: "  ".into(),
    };
    let missing = DeviceRefusal::Missing {
        what: "reason".into(),
    };
    assert_eq!(carry_out(&mut device, &no_reason, at(20)), Err(missing));
    let future = carry_out(&mut device, &claim(10, 21, None), at(20));
    assert_eq!(future, Err(DeviceRefusal::IntervalNotPast));
    let empty = carry_out(&mut device, &claim(12, 12, None), at(20));
    assert_eq!(empty, Err(DeviceRefusal::IntervalEmpty));
    let same = carry_out(&mut device, &claim(10, 15, Some(session(1))), at(20));
    assert_eq!(same, Err(DeviceRefusal::NothingToCorrect));
}

#[test]
fn nothing_can_be_done_with_a_device_that_nobody_registered() {
    // Hazard: H44
    let refused = carry_out(&mut Device::default(), &associate(None, false), at(1));
    assert_eq!(refused, Err(DeviceRefusal::NotRegistered));
}

#[test]
fn a_device_is_registered_once() {
    let mut device = registered();
    let again = DeviceCommand::RegisterDevice {
        device: id(),
        wire_key: "k".into(),
        name: "n".into(),
        profile: "p".into(),
    };
    let refused = DeviceRefusal::AlreadyRegistered {
        name: "Monitor 1".into(),
    };
    assert_eq!(carry_out(&mut device, &again, at(1)), Err(refused));
}

#[test]
fn every_event_is_read_back_as_it_was_written() {
    let live_value_check = LiveValueCheck::Agreed {
        shown: "HR 84".into(),
    };
    let events = [
        DeviceEvent::DeviceRegistered {
            device: id(),
            wire_key: "k".into(),
            name: "n".into(),
            profile: "p".into(),
        },
        DeviceEvent::DeviceAssociated {
            device: id(),
            room: "1".into(),
            session: Some(session(1)),
            method: Method::TwoStepConfirmed { live_value_check },
            at: at(1),
        },
        DeviceEvent::DeviceDisassociated {
            device: id(),
            session: None,
            reason: EndReason::Idle,
            at: at(2),
        },
        DeviceEvent::AssociationDisputed {
            device: id(),
            session: session(1),
            strong: true,
            reasons: vec!["another name".into()],
            at: at(3),
        },
        DeviceEvent::AssociationCorrected {
            device: id(),
            from: None,
            to: Some(session(2)),
            interval: Interval {
                from: at(1),
                until: at(2),
            },
            reason: "wrong bed".into(),
            at: at(4),
        },
        DeviceEvent::ClockStepDetected {
            device: id(),
            before: Span::from_seconds(-3),
            after: Span::from_hours(1),
            at: at(5),
        },
    ];
    for event in events {
        let body = serde_json::to_vec(&event).unwrap();
        assert_eq!(DeviceEvent::read_body(1, event.name(), 1, &body), Ok(event));
    }
}

#[derive(Clone, Debug)]
enum Act {
    Serve(u128, bool),
    Place,
    End(bool),
    Dispute(bool),
    Claim {
        from: i64,
        length: i64,
        to: Option<u128>,
    },
}

fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
    let act = prop_oneof![
        4 => (1u128..4, any::<bool>()).prop_map(|(who, take)| Act::Serve(who, take)),
        1 => Just(Act::Place),
        2 => any::<bool>().prop_map(Act::End),
        1 => any::<bool>().prop_map(Act::Dispute),
        3 => (0i64..60, -2i64..30, prop::option::of(1u128..4))
            .prop_map(|(from, length, to)| Act::Claim { from, length, to }),
    ];
    prop::collection::vec((0i64..8, act), 1..24)
}

/// The naive model: one owner for each second, painted by hand.
struct Painted([Option<u128>; SECONDS]);

const SECONDS: usize = 256;

impl Painted {
    fn paint(&mut self, from: i64, until: i64, who: Option<u128>) {
        (from.max(0)..until.min(SECONDS as i64)).for_each(|second| self.0[second as usize] = who);
    }
}

proptest! {
    // PROPTEST_CASES=1000000 runs the million of the safety reference.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(5_000)))]

    #[test]
    fn no_sample_is_ever_given_to_a_session_that_was_not_associated_then(script in acts()) {
        // Hazard: H01
        let mut device = registered();
        let mut painted = Painted([None; SECONDS]);
        let mut claimed = [false; SECONDS];
        let mut serving: Option<u128> = None;
        let mut placed = false;
        let mut now = 0i64;
        let end_of_time = SECONDS as i64;
        for (pause, act) in script {
            now += pause;
            let (command, allowed) = match &act {
                Act::Serve(who, take) => (
                    associate(Some(session(*who)), *take),
                    serving.is_none() || serving == Some(*who) || *take,
                ),
                Act::Place => (associate(None, false), serving.is_none()),
                Act::End(removed) => {
                    let reason =
                        if *removed { EndReason::RemovedFromRoom } else { EndReason::Idle };
                    (end(reason), serving.is_some() || (*removed && placed))
                }
                Act::Dispute(strong) => {
                    let reasons = vec!["bed".into()];
                    let command = DeviceCommand::DisputeAssociation { strong: *strong, reasons };
                    (command, serving.is_some())
                }
                Act::Claim { from, length, to } => {
                    let (from, until) = (*from, *from + *length);
                    let differs = (from.max(0)..until.min(end_of_time))
                        .any(|second| painted.0[second as usize] != *to);
                    let allowed = from < until && until <= now && differs;
                    (claim(from, until, to.map(session)), allowed)
                }
            };
            let done = carry_out(&mut device, &command, at(now));
            prop_assert_eq!(done.is_ok(), allowed, "{:?} at {}: {:?}", act, now, done);
            if done.is_err() {
                continue;
            }
            match act {
                Act::Serve(who, _) => {
                    serving = Some(who);
                    placed = true;
                    painted.paint(now, end_of_time, Some(who));
                }
                Act::Place => placed = true,
                Act::End(removed) => {
                    serving = None;
                    placed = !removed;
                    painted.paint(now, end_of_time, None);
                }
                Act::Dispute(true) => {
                    serving = None;
                    painted.paint(now, end_of_time, None);
                }
                Act::Dispute(false) => {}
                Act::Claim { from, length, to } => {
                    // Only what changes hands is marked as attributed later.
                    (from..from + length)
                        .filter(|second| painted.0[*second as usize] != to)
                        .for_each(|second| claimed[second as usize] = true);
                    painted.paint(from, from + length, to);
                }
            }
        }
        for second in 0..end_of_time {
            let attributed = device.session_at(at(second));
            prop_assert_eq!(attributed, painted.0[second as usize].map(session), "second {}", second);
            prop_assert_eq!(device.attributed_later(at(second)).is_some(), claimed[second as usize]);
        }
        // The same from the written record.
        let whole = Interval { from: at(0), until: at(end_of_time) };
        for (part, who) in device.sessions_within(whole) {
            prop_assert_eq!(device.session_at(part.from), who);
        }
    }
}
