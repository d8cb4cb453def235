//! What is due next in a session.

use super::state::{Session, Stage};
use crate::policy::Rules;
use units::{Moment, Span};

/// From this many earlier sessions on, vital signs are taken at the longer interval.
/// Source: clinical reference 4.2 (rare severe rises cluster in sessions 1 to 3).
const EARLY_SESSIONS: u32 = 3;

/// The next set of vital signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it is due.
    pub at: Moment,
    /// From when it counts as overdue.
    pub overdue_from: Moment,
}

impl Due {
    /// True when nobody has taken it in time.
    pub fn is_overdue(&self, now: Moment) -> bool {
        now >= self.overdue_from
    }
}

/// The next blood pressure due in this session; none before check-in and after discharge.
///
/// While drug is given, and again after it has ended, marks stand at whole intervals from the
/// start or the end; a set taken up to the tolerance before a mark serves it.
/// Source: policy `monitoring-schedule`. A schedule without its parameters gives nothing due:
/// `Rules::shipped` is tested to hold them.
pub fn next_due(session: &Session, rules: &Rules) -> Option<Due> {
    let span = |parameter: &str| rules.value("monitoring-schedule", parameter)?.span();
    let latest = session.latest_blood_pressure().map(|(at, _)| at);
    let (origin, interval, tolerance) = match session.stage {
        Stage::Preparation => {
            let at = latest.or(session.checked_in_at())?;
            let age = rules.value("time-out", "baseline_age")?.span()?;
            // Before the first set it is due at once; after it, when it grows too old to start on.
            let due = if latest.is_some() { at + age } else { at };
            return Some(Due {
                at: due,
                overdue_from: due + age,
            });
        }
        Stage::Infusion | Stage::Paused => {
            let interval = if session.earlier_sessions < EARLY_SESSIONS {
                span("during")?
            } else {
                span("during_later")?
            };
            (
                session.infusion()?.started_at()?,
                interval,
                span("tolerance_during")?,
            )
        }
        Stage::Stopped | Stage::Observation => (
            session.infusion()?.stopped_at()?,
            span("after")?,
            span("tolerance_after")?,
        ),
        Stage::NotPlanned
        | Stage::Planned
        | Stage::Discharged
        | Stage::Cancelled
        | Stage::Signed => return None,
    };
    let at = next_mark(origin, interval, tolerance, latest);
    Some(Due {
        at,
        overdue_from: at + tolerance,
    })
}

fn next_mark(origin: Moment, interval: Span, tolerance: Span, latest: Option<Moment>) -> Moment {
    let width = interval.microseconds().max(1);
    let served = latest.map_or(0, |latest| {
        (latest - origin + tolerance)
            .microseconds()
            .div_euclid(width)
            .max(0)
    });
    origin + Span::from_microseconds(width.saturating_mul(served.saturating_add(1)))
}
