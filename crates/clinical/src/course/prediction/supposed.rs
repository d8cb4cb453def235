//! What would go in if something were changed now: arithmetic on the record, and no advice.

use super::basis::{Gone, run};
use crate::course::session::infusion::contents;
use crate::course::session::{Session, Stage};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{MillilitresPerHour, Moment, Span};

/// A change that is supposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Nothing is changed.
    AsItStands,
    /// The pump gives at the rate of the order.
    AsOrdered,
    /// It gives at half the rate at which it runs, or ran before it was paused.
    HalfTheRate,
    /// It gives nothing more.
    Stopped,
}

/// One course of what goes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supposed {
    /// What is supposed to be done.
    pub act: Act,
    /// At which rate the pump then gives.
    pub rate: MillilitresPerHour,
    /// What went in until then, and what would go in.
    pub gone: Vec<Gone>,
}

/// Courses that part at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// From when on they part: a whole number of minutes after the first drug.
    pub at: Moment,
    /// The course as it stands first.
    pub courses: Vec<Supposed>,
}

impl Changed {
    /// The courses that part at the next whole minute after the first drug.
    ///
    /// None unless a pump gives the drug and may go on giving it: nothing else has a rate.
    /// Source: pharmacokinetics reference 7, "what a change now would do".
    // Hazard: H69
    pub fn now(session: &Session, now: Moment) -> Option<Self> {
        let order = session.order.as_ref()?;
        let infusion = session.infusion()?;
        let from = infusion.started_at()?;
        let runs = match session.stage {
            Stage::Infusion => true,
            Stage::Paused => false,
            _another => return None,
        };
        if !session.way().is_infusion() {
            return None;
        }
        let at = whole_minute(from, now);
        let steps: Vec<(Moment, MillilitresPerHour)> = infusion
            .stretches()
            .iter()
            .map(|stretch| (stretch.from, stretch.rate))
            .collect();
        let stands = steps.last()?.1;
        let last = steps
            .iter()
            .rev()
            .map(|step| step.1)
            .find(|rate| !rate.value().is_zero())?;
        let course = |act, rate: Option<MillilitresPerHour>| {
            let mut steps = steps.clone();
            steps.extend(rate.map(|rate| (at, rate)));
            Supposed {
                act,
                rate: rate.unwrap_or(stands),
                gone: run(
                    &steps,
                    infusion.boluses(),
                    order.concentration,
                    contents(order).value(),
                ),
            }
        };
        let half = MillilitresPerHour::new(last.value() / Decimal::TWO).ok()?;
        let mut courses = vec![course(Act::AsItStands, None)];
        if order.rate != stands {
            courses.push(course(Act::AsOrdered, Some(order.rate)));
        }
        courses.push(course(Act::HalfTheRate, Some(half)));
        if runs {
            courses.push(course(Act::Stopped, Some(MillilitresPerHour::ZERO)));
        }
        Some(Self { at, courses })
    }
}

/// The first whole minute after the first drug that is not before `now`.
fn whole_minute(from: Moment, now: Moment) -> Moment {
    const MICROSECONDS_IN_A_MINUTE: i64 = 60_000_000;
    let since = (now - from).microseconds().max(0);
    let minutes = since.saturating_add(MICROSECONDS_IN_A_MINUTE - 1) / MICROSECONDS_IN_A_MINUTE;
    from + Span::from_minutes(minutes)
}
