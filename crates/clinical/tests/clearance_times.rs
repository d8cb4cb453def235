//! When a letter is asked for again, renewed and expired: the cases beside the policy.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::clearance::{
    Asked, ClearanceEvent, Clearances, Paper, Recipient, Standing, Times, Way,
};
use clinical::course::screening::ScreeningRules;
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::{Actor, ClearanceId, Role, StaffId};
use serde::Deserialize;
use std::path::Path;
use units::Moment;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    row: String,
    sent: Option<toml::value::Datetime>,
    dated: Option<toml::value::Datetime>,
    on: toml::value::Datetime,
    expect: String,
}

fn day(date: &toml::value::Datetime) -> CivilDate {
    date.to_string().parse().unwrap()
}

fn events(row: &Row, times: Times) -> Vec<ClearanceEvent> {
    let clearance = ClearanceId(Uuid::from_u128(1));
    let mut events = vec![ClearanceEvent::ClearanceRequested {
        clearance,
        asked: Box::new(Asked {
            about: Vec::new(),
            from: "primary care".into(),
            recipient: Recipient::default(),
            product: Product::Racemic,
            route: Route::Intravenous,
            question: String::new(),
            brought: false,
            chase_days: times.chase_days,
        }),
    }];
    if let Some(sent) = &row.sent {
        events.push(ClearanceEvent::ClearanceSent {
            clearance,
            way: Way::Post,
            on: day(sent),
            note: String::new(),
        });
    }
    if let Some(dated) = &row.dated {
        events.push(ClearanceEvent::ClearanceReceived {
            clearance,
            paper: Paper::Typed { words: "ok".into() },
            dated: Some(day(dated)),
            signed_by: "Dr Lena Ott".into(),
        });
        events.push(ClearanceEvent::ClearanceAccepted {
            clearance,
            dated: day(dated),
            holds_days: times.holds_days,
            role: Role::Prescriber,
            statement: "read".into(),
        });
    }
    events
}

#[test]
fn every_case_beside_the_policy_of_letters_holds() {
    // Hazard: H24
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let text = std::fs::read_to_string(folder.join("clearance.cases.toml")).unwrap();
    let cases: Cases = toml::from_str(&text).unwrap();
    let times = Times::of(&ScreeningRules::shipped().unwrap()).unwrap();
    let actor = Actor::Person {
        id: StaffId(Uuid::from_u128(7)),
        name: "Ines Falk".into(),
        role: Role::Prescriber,
    };
    assert!(cases.case.len() > 10);
    for row in &cases.case {
        let mut file = Clearances::default();
        for event in events(row, times) {
            file.apply(&event, &actor, Moment::from_microseconds(0));
        }
        let word = match file.requests[0].standing(day(&row.on), times) {
            Standing::ToSend => "to send",
            Standing::Waiting { .. } => "waiting",
            Standing::ToChase { .. } => "to chase",
            Standing::Holds { .. } => "holds",
            Standing::ToRenew { .. } => "to renew",
            Standing::Expired { .. } => "expired",
            other => panic!("{}: {other:?}", row.row),
        };
        assert_eq!(word, row.expect, "{}", row.row);
    }
}
