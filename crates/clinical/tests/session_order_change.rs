//! An order changed before anything was given: who may, when, and what must be done again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::session::*;
use clinical::record::{EventId, Role};
use uuid::Uuid;

/// Half the dose in the same strength. Source of the sums: clinical reference 3.7.
fn half() -> Order {
    prepared("17.5", "0.7", "25", "37.5", "70")
}

fn change(visit: &Visit, order: Order) -> Command {
    Command::ChangeOrder {
        order,
        instead_of: visit.session.ordered().unwrap().0.event_id,
        because: "felt too much last time".to_owned(),
    }
}

#[test]
fn a_changed_order_stands_and_the_old_one_stays_in_the_record() {
    let mut visit = Visit::checked_in(order(), 1);
    let wanted = change(&visit, half());
    let events = visit
        .by(&prescriber(), wanted, minute(1), minute(1))
        .unwrap();
    assert_eq!(
        events,
        [SessionEvent::OrderChanged {
            order: half(),
            instead_of: order(),
            because: "felt too much last time".to_owned(),
        }]
    );
    assert_eq!(visit.session.order, Some(half()));
    assert_eq!(visit.session.ordered_at(), Some(minute(1)));
}

#[test]
fn whoever_changes_an_order_is_its_prescriber() {
    let mut visit = Visit::checked_in(order(), 1);
    let other = person("Dr Petra Ivanova", Role::MedicalDirector);
    let wanted = change(&visit, half());
    visit.by(&other, wanted, minute(1), minute(1)).unwrap();
    assert_eq!(visit.session.order.unwrap().prescriber, "Dr Petra Ivanova");
}

#[test]
fn nobody_but_a_prescriber_changes_an_order() {
    // Hazard: H25
    let mut visit = Visit::checked_in(order(), 1);
    for actor in [
        nurse(),
        person("Tom", Role::Therapist),
        person("Fay", Role::FrontDesk),
        engine(),
    ] {
        let wanted = change(&visit, half());
        assert_eq!(
            visit.by(&actor, wanted, minute(1), minute(1)),
            Err(Refusal::NotAPrescriber)
        );
    }
}

#[test]
fn a_time_out_before_the_change_does_not_count_and_one_after_it_does() {
    // Hazard: H25
    let mut visit = Visit::ready();
    let wanted = change(&visit, half());
    visit
        .by(&prescriber(), wanted, minute(5), minute(5))
        .unwrap();
    assert_eq!(visit.session.time_out, None);
    let refused = visit.tries(start(), minute(6)).unwrap_err();
    let open = refused.verdict().unwrap().open();
    assert_eq!(open.len(), 1, "{}", refused.says());
    assert_eq!(open[0].requirement, "time-out-complete");
    // Neither is one that is written down later for the time before.
    assert!(matches!(
        visit.by(
            &nurse(),
            time_out(Monitoring::Monitor),
            minute(4),
            minute(6)
        ),
        Err(Refusal::TooEarly { .. })
    ));
    visit.does(time_out(Monitoring::Monitor), minute(6));
    visit.does(start(), minute(6));
    let infusion = visit.session.infusion().unwrap();
    assert_eq!(infusion.rate(minute(7)), rate("37.5"));
}

#[test]
fn a_start_is_not_charted_for_a_time_before_the_order_that_it_gave() {
    let mut visit = Visit::ready();
    let wanted = change(&visit, half());
    visit
        .by(&prescriber(), wanted, minute(5), minute(5))
        .unwrap();
    visit.does(time_out(Monitoring::Monitor), minute(6));
    assert!(matches!(
        visit.by(&nurse(), start(), minute(4), minute(7)),
        Err(Refusal::TooEarly { .. })
    ));
}

#[test]
fn once_something_was_given_the_order_is_not_changed_any_more() {
    let mut visit = Visit::running();
    let wanted = change(&visit, half());
    assert!(matches!(
        visit.by(&prescriber(), wanted, minute(1), minute(1)),
        Err(Refusal::NotNow { .. })
    ));
}

#[test]
fn a_change_of_an_order_that_moved_on_meanwhile_is_asked_about() {
    // Hazard: H26
    let mut visit = Visit::checked_in(order(), 1);
    let first = change(&visit, half());
    let second = change(&visit, prepared("21", "0.7", "30", "45", "70"));
    visit
        .by(&prescriber(), first, minute(1), minute(1))
        .unwrap();
    assert_eq!(
        visit.by(&prescriber(), second, minute(2), minute(2)),
        Err(Refusal::OrderMovedOn)
    );
    assert_eq!(visit.session.order, Some(half()));
}

#[test]
fn an_order_that_does_not_add_up_or_changes_nothing_or_says_no_reason_is_refused() {
    let mut visit = Visit::checked_in(order(), 1);
    let mut tried = |order: Order, because: &str| {
        let instead_of = visit.session.ordered().unwrap().0.event_id;
        let wanted = Command::ChangeOrder {
            order,
            instead_of,
            because: because.to_owned(),
        };
        visit.by(&prescriber(), wanted, minute(1), minute(1))
    };
    // 0.7 mg/mL in 25 mL are 17.5 mg, and not 35.
    assert!(matches!(
        tried(prepared("35", "0.7", "25", "75", "70"), "why"),
        Err(Refusal::OrderDoesNotAddUp { .. })
    ));
    assert_eq!(tried(order(), "why"), Err(Refusal::SameOrder));
    assert_eq!(tried(half(), "  "), Err(Refusal::WordsMissing));
}

#[test]
fn before_an_order_was_written_there_is_none_to_change() {
    let mut visit = Visit::new();
    let wanted = Command::ChangeOrder {
        order: half(),
        instead_of: EventId(Uuid::from_u128(1)),
        because: "why".to_owned(),
    };
    assert!(matches!(
        visit.by(&prescriber(), wanted, minute(1), minute(1)),
        Err(Refusal::NotNow { .. })
    ));
}
