use super::*;
use crate::course::screening::person::{Product, Route};
use serde::Deserialize;
use std::collections::BTreeSet;

const CASES: &str = include_str!("../../../../../../policies/monitoring-by-route.cases.toml");
const FIRST: Moment = Moment::from_microseconds(1_790_000_000_000_000);

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    product: Product,
    route: Route,
    check: Check,
    row: String,
    earlier_sessions: u32,
    ended: Option<f64>,
    raised: Option<f64>,
    taken: Option<f64>,
    due: Option<f64>,
    overdue_from: Option<f64>,
    #[serde(default)]
    form: bool,
}

fn minute(minutes: f64) -> Moment {
    // Cases are written to a tenth of a minute: six seconds.
    #[allow(clippy::cast_possible_truncation)]
    let tenths = (minutes * 10.0).round() as i64;
    FIRST + Span::from_seconds(tenths * 6)
}

#[test]
fn every_case_beside_the_schedule_holds() {
    // Hazard: H24
    let rules = Rules::shipped().unwrap();
    let cases: Cases = toml::from_str(CASES).unwrap();
    for case in &cases.case {
        let course = Course {
            first: FIRST,
            ended: case.ended.map(minute),
            early: case.earlier_sessions < EARLY_SESSIONS,
            raised: case.raised.map(minute),
            way: by_route::of(case.product, case.route).unwrap(),
            rules: &rules,
        };
        let due = course.due(case.check, case.taken.map(minute));
        let (at, overdue_from) = (case.due.map(minute), case.overdue_from.map(minute));
        let name = format!("{:?} {:?} {}", case.route, case.check, case.row);
        assert_eq!(due.map(|due| due.at), at, "{name}");
        assert_eq!(due.map(|due| due.overdue_from), overdue_from, "{name}");
        assert_eq!(due.is_some_and(|due| due.form), case.form, "{name}");
    }
    let routes: BTreeSet<_> = cases.case.iter().map(|case| case.route).collect();
    assert_eq!(routes.len(), Route::ALL.len());
}

#[test]
fn one_reading_serves_every_mark_before_it_and_a_missed_mark_stays_overdue() {
    // Hazard: H24
    let rules = Rules::shipped().unwrap();
    let course = Course {
        first: FIRST,
        ended: None,
        early: true,
        raised: None,
        way: by_route::of(Product::Esketamine, Route::Intranasal).unwrap(),
        rules: &rules,
    };
    let nobody = course.due(Check::VitalSigns, None).unwrap();
    assert!(nobody.is_overdue(minute(70.0)));
    let one = course.due(Check::VitalSigns, Some(minute(70.0))).unwrap();
    assert_eq!(one.at, minute(90.0));
}
