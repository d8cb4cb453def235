//! The schedule after a session, against the table of the reference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::follow_up::{Ended, FOLLOW_UP, FollowUp, FollowUpRules, plan};
use clinical::course::screening::person::Product;
use clinical::record::SessionId;
use serde::Deserialize;
use std::collections::BTreeSet;
use units::{Moment, Span};
use uuid::Uuid;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    product: Product,
    session: u32,
    contacts: Vec<(String, i64)>,
}

const END: Moment = Moment::from_microseconds(1_795_179_600_000_000);

fn ended(product: Product, number: u32) -> Ended {
    Ended {
        session: SessionId(Uuid::from_u128(u128::from(number))),
        product,
        number,
        at: END,
    }
}

#[test]
fn each_session_has_the_contacts_of_the_reference() {
    let rules = FollowUpRules::shipped().unwrap();
    let cases: Cases = toml::from_str(FOLLOW_UP.cases).unwrap();
    assert!(cases.case.len() >= 6);
    for case in cases.case {
        let planned = plan(&ended(case.product, case.session), &rules, |at| at);
        let planned: Vec<(String, i64)> = planned
            .iter()
            .map(|one| (one.kind.word(), (one.due - END).minutes() / 60))
            .collect();
        assert_eq!(
            planned,
            case.contacts,
            "{} {}",
            case.product.word(),
            case.session
        );
    }
}

#[test]
fn a_contact_is_the_same_one_wherever_its_moment_moves() {
    let rules = FollowUpRules::shipped().unwrap();
    let of = |later: i64| -> BTreeSet<Uuid> {
        let moved = |at: Moment| at + Span::from_hours(later);
        plan(&ended(Product::Racemic, 6), &rules, moved)
            .iter()
            .map(|one| one.id)
            .collect()
    };
    assert_eq!(of(0), of(7));
    assert_eq!(of(0).len(), 13);
}

#[test]
fn a_session_is_planned_once() {
    let rules = FollowUpRules::shipped().unwrap();
    let one = ended(Product::Racemic, 1);
    let contacts = plan(&one, &rules, |at| at);
    let nothing = FollowUp::default();
    assert_eq!(nothing.plan(&one, contacts.clone()).len(), 1);
    let mut known = FollowUp::default();
    known.sessions.insert(one.session, one.at);
    assert!(known.plan(&one, contacts).is_empty());
}
