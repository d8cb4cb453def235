use super::*;
use crate::course::session::AdvisoryNotice;
use crate::record::SessionId;
use serde::Deserialize;
use uuid::Uuid;

const CASES: &str = include_str!("../../../../../../policies/escalation.cases.toml");
const RAISED: Moment = Moment::from_microseconds(1_790_000_000_000_000);

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    row: String,
    condition: String,
    priority: Priority,
    stood: i64,
    expect: String,
}

fn with(condition: &str, priority: Priority) -> Session {
    let mut session = Session::new(SessionId(Uuid::from_u128(1)));
    let notice = AdvisoryNotice {
        condition: condition.to_owned(),
        says: "Look".to_owned(),
        priority,
        technical: false,
        measured: None,
        limit: None,
        since: RAISED,
    };
    session.advisories.insert(
        1,
        Advisory {
            number: 1,
            notice,
            raised_at: RAISED,
            acknowledged: None,
            escalated: None,
            resolved: None,
        },
    );
    session
}

fn told_after(session: &Session, seconds: i64) -> bool {
    let rules = Rules::shipped().unwrap();
    !to_escalate(session, &rules, RAISED + Span::from_seconds(seconds)).is_empty()
}

#[test]
fn every_case_beside_the_policy_holds() {
    // Hazard: H15
    let cases: Cases = toml::from_str(CASES).unwrap();
    for case in &cases.case {
        let told = told_after(&with(&case.condition, case.priority), case.stood);
        assert_eq!(told, case.expect == "tell", "{}", case.row);
    }
}

#[test]
fn what_was_seen_has_ended_or_was_escalated_is_not_escalated() {
    // Hazard: H15
    let change = |change: fn(&mut Advisory)| {
        let mut session = with("systolic-high", Priority::High);
        change(session.advisories.get_mut(&1).unwrap());
        told_after(&session, 3_600)
    };
    assert!(change(|_| {}));
    assert!(!change(|known| {
        let engine = Actor::System {
            part: "test".to_owned(),
        };
        known.acknowledged = Some((engine, RAISED));
    }));
    assert!(!change(
        |known| known.resolved = Some(("ended".to_owned(), RAISED))
    ));
    assert!(!change(|known| known.escalated = Some(RAISED)));
}

#[test]
fn a_session_that_was_planned_before_there_was_such_a_rule_keeps_none() {
    let session = with("systolic-high", Priority::High);
    let later = RAISED + Span::from_hours(1);
    assert_eq!(
        to_escalate(&session, &Rules::new(Vec::new()), later),
        Vec::<u32>::new()
    );
}
