//! What is due next in a session: one clock for each kind of reading.
//!
//! Everything is computed from the record and the rules, so that a restart loses nothing of it.

mod by_route;

use super::experience::Side;
use super::state::{Session, Stage};
use super::vocabulary::VitalSigns;
use crate::policy::Rules;
use by_route::{Listed, Way};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{Moment, Span};

/// From this many earlier sessions on, vital signs are taken at the longer interval, unless the dose
/// is larger than the last one.
/// Source: clinical reference 4.2 (rare severe rises cluster in sessions 1 to 3).
const EARLY_SESSIONS: u32 = 3;

/// Marks that lie closer together than this have the shortest tolerance, from [`FIFTEEN`] on the
/// longest. Source: clinical reference 4.2, timing tolerance.
const TEN: Span = Span::from_minutes(10);
const FIFTEEN: Span = Span::from_minutes(15);

/// A kind of reading that the schedule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Blood pressure and what is taken with it.
    VitalSigns,
    /// The responsiveness score.
    Responsiveness,
    /// The distress score.
    Distress,
    /// The rating of dissociation. Its clock is shown and never becomes a notice: nothing of the
    /// experience is asked for by interrupting it.
    Dissociation,
}

impl Check {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 4] = [
        Self::VitalSigns,
        Self::Responsiveness,
        Self::Distress,
        Self::Dissociation,
    ];

    /// Its word in pages and streams.
    pub const fn word(self) -> &'static str {
        match self {
            Self::VitalSigns => "vital-signs",
            Self::Responsiveness => "responsiveness",
            Self::Distress => "distress",
            Self::Dissociation => "dissociation",
        }
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::VitalSigns => "Vital signs",
            Self::Responsiveness => "Responsiveness",
            Self::Distress => "Distress",
            Self::Dissociation => "Dissociation",
        }
    }

    /// When it was last taken, as the record stands now.
    fn last(self, session: &Session) -> Option<Moment> {
        match self {
            Self::VitalSigns => session.latest_blood_pressure().map(|(at, _)| at),
            Self::Responsiveness => session.sedation().map(|(at, _)| at),
            Self::Distress => session.distress().map(|(at, _)| at),
            Self::Dissociation => session
                .ratings()
                .into_iter()
                .rev()
                .find(|(_, side, _)| *side == Side::Dissociation)
                .map(|(at, ..)| at),
        }
    }
}

/// The next reading of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which kind.
    pub check: Check,
    /// When it is due.
    pub at: Moment,
    /// From when it counts as overdue.
    pub overdue_from: Moment,
    /// From the mark before it to this one: that late, a second person is told.
    pub interval: Span,
    /// Its pressure goes into the monitoring form of the safety programme.
    pub form: bool,
}

impl Due {
    /// True when nobody has taken it in time.
    pub fn is_overdue(&self, now: Moment) -> bool {
        now >= self.overdue_from
    }

    /// True from the moment on at which it is to be taken.
    pub fn is_due(&self, now: Moment) -> bool {
        now >= self.at
    }
}

/// The next set of vital signs; none before check-in and after discharge.
pub fn next_due(session: &Session, rules: &Rules) -> Option<Due> {
    due(Check::VitalSigns, session, rules)
}

/// What is due next of each kind, the soonest first; nothing before check-in and after discharge.
pub fn all_due(session: &Session, rules: &Rules) -> Vec<Due> {
    let mut all: Vec<Due> = Check::ALL
        .into_iter()
        .filter_map(|check| due(check, session, rules))
        .collect();
    all.sort_by_key(|due| (due.at, due.check));
    all
}

/// The coming readings of one kind, as they follow if each is taken when it is due; at most `count`.
pub fn coming(check: Check, session: &Session, rules: &Rules, count: usize) -> Vec<Due> {
    follow(check.last(session), |last| {
        due_after(check, session, rules, last)
    })
    .take(count)
    .collect()
}

/// From where the marks of a printed sheet are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedFrom {
    /// The first drug.
    FirstDrug,
    /// The end of an infusion.
    End,
}

/// When which readings are due after the first drug, or after its end, if each is taken when it is
/// due. Shape: rising, each time with its kinds; none where nothing is shipped for the way.
pub fn marks(
    session: &Session,
    rules: &Rules,
    from: CountedFrom,
    until: Span,
) -> Vec<(Span, Vec<Check>)> {
    let Some(way) = by_route::of(session.product(), session.route()) else {
        return Vec::new();
    };
    // Only what lies between two moments counts here: any one serves as the first.
    let origin = Moment::from_microseconds(0);
    let course = Course {
        first: origin,
        ended: (from == CountedFrom::End).then_some(origin),
        early: session.earlier_sessions < EARLY_SESSIONS || larger_than_the_last(session),
        raised: None,
        way,
        rules,
    };
    let mut marks: BTreeMap<Span, Vec<Check>> = BTreeMap::new();
    for check in Check::ALL {
        let all = follow(None, |last| course.due(check, last));
        for due in all.take_while(|due| due.at - origin <= until) {
            marks.entry(due.at - origin).or_default().push(check);
        }
    }
    marks.into_iter().collect()
}

/// One reading after the other, each taken when it was due.
fn follow(
    mut last: Option<Moment>,
    next: impl Fn(Option<Moment>) -> Option<Due>,
) -> impl Iterator<Item = Due> {
    let mut before: Option<Moment> = None;
    std::iter::from_fn(move || {
        let due = next(last)?;
        // A mark that does not move on would be listed for ever.
        if before.is_some_and(|before| due.at <= before) {
            return None;
        }
        before = Some(due.at);
        last = before;
        Some(due)
    })
}

/// The pressures of the safety programme's monitoring form; none where the product has no form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPressures {
    /// The last one before the first device.
    pub before: Option<(Moment, VitalSigns)>,
    /// The one nearest to the listed minute, if one lies close enough.
    pub at_the_minute: Option<(Moment, VitalSigns)>,
    /// The listed minute.
    pub minute: i64,
    /// From when on a reading is too late for that minute.
    pub minute_ends: Moment,
    /// The last one after it; the one before leaving, once the person leaves.
    pub latest: Option<(Moment, VitalSigns)>,
}

/// What stands for the monitoring form so far. Source: clinical reference 6.3.
pub fn form_pressures(session: &Session) -> Option<FormPressures> {
    let way = by_route::of(session.product(), session.route())?;
    let (minute, within) = (way.form?, Span::from_minutes(way.form_within?));
    let first = session.first_drug_at()?;
    let mark = first + Span::from_minutes(minute);
    let pressures: Vec<_> = session
        .vital_signs()
        .into_iter()
        .filter(|(_, values)| values.systolic.is_some())
        .collect();
    let before = pressures.iter().rev().find(|(at, _)| *at <= first);
    let near = pressures
        .iter()
        .filter(|(at, _)| (*at - mark).absolute() <= within)
        .min_by_key(|(at, _)| (*at - mark).absolute());
    let latest = pressures.iter().rev().find(|(at, _)| *at > mark + within);
    Some(FormPressures {
        before: before.cloned(),
        at_the_minute: near.cloned(),
        minute,
        minute_ends: mark + within,
        latest: latest.cloned(),
    })
}

impl Session {
    /// When the first drug went in, by whichever way; none before.
    pub fn first_drug_at(&self) -> Option<Moment> {
        let first_dose = self.doses().first().map(|dose| dose.at);
        first_dose.or_else(|| self.infusion()?.started_at())
    }
}

/// The next reading of one kind.
///
/// Marks stand at whole intervals from the first drug, from its last raise or from its end, or at
/// the listed minutes of the product and route; a reading taken up to its tolerance before a mark serves it.
/// Source: policies `monitoring-schedule` and those of `monitoring-by-route`. A schedule without its
/// parameters gives nothing due: `Rules::shipped` is tested to hold them.
fn due(check: Check, session: &Session, rules: &Rules) -> Option<Due> {
    due_after(check, session, rules, check.last(session))
}

/// The next one if the last one was taken then.
fn due_after(check: Check, session: &Session, rules: &Rules, last: Option<Moment>) -> Option<Due> {
    match session.stage {
        Stage::Preparation => before_the_start(check, session, rules, last),
        Stage::Infusion | Stage::Paused | Stage::Stopped | Stage::Observation => {
            let course = Course {
                first: session.first_drug_at()?,
                ended: session
                    .infusion()
                    .and_then(|infusion| infusion.stopped_at()),
                early: session.earlier_sessions < EARLY_SESSIONS || larger_than_the_last(session),
                raised: session
                    .infusion()
                    .and_then(|infusion| infusion.last_raise()),
                way: by_route::of(session.product(), session.route())?,
                rules,
            };
            course.due(check, last)
        }
        Stage::NotPlanned
        | Stage::Planned
        | Stage::Discharged
        | Stage::Cancelled
        | Stage::Signed => None,
    }
}

/// The baseline: due at once, and again when it grows too old to start on. Distress is asked for
/// only once drug is given.
fn before_the_start(
    check: Check,
    session: &Session,
    rules: &Rules,
    last: Option<Moment>,
) -> Option<Due> {
    let age = rules.value("time-out", "baseline_age")?.span()?;
    match check {
        Check::VitalSigns => {}
        // One score before the drug is enough: it does not change by waiting.
        Check::Responsiveness if last.is_none() => {}
        Check::Responsiveness | Check::Distress | Check::Dissociation => return None,
    }
    let at = match last {
        Some(last) => last + age,
        None => session.checked_in_at()?,
    };
    Some(Due {
        check,
        at,
        overdue_from: at + age,
        interval: age,
        form: false,
    })
}

/// True when more was ordered than the last time by the same way, or nobody can say: the shorter
/// intervals of the first sessions hold again. Source: clinical reference 4.2, "after a dose rise".
fn larger_than_the_last(session: &Session) -> bool {
    let Some(order) = &session.order else {
        return true;
    };
    let last = order.grounds.as_ref().and_then(|known| known.last.as_ref());
    last.is_none_or(|last| order.dose > last.dose)
}

/// What the marks of a session follow from.
struct Course<'a> {
    first: Moment,
    ended: Option<Moment>,
    early: bool,
    /// When the pump was last set faster, or a bolus was given.
    raised: Option<Moment>,
    way: &'static Way,
    rules: &'a Rules,
}

impl Course<'_> {
    fn due(&self, check: Check, last: Option<Moment>) -> Option<Due> {
        match (check, self.way.minutes.is_none(), self.ended) {
            (Check::VitalSigns | Check::Responsiveness, true, None) => {
                match (self.early, self.raised) {
                    (true, _) => self.repeated(check, self.first, self.span("during")?, last),
                    // From the raise on, as in the first sessions.
                    (false, Some(raised)) => {
                        self.repeated(check, raised, self.span("during")?, last)
                    }
                    (false, None) => {
                        self.repeated(check, self.first, self.span("during_later")?, last)
                    }
                }
            }
            (Check::VitalSigns | Check::Responsiveness, true, Some(ended)) => {
                self.repeated(check, ended, self.span("after")?, last)
            }
            (Check::VitalSigns | Check::Responsiveness, false, _) => {
                let list = if self.early {
                    Listed::Early
                } else {
                    Listed::Later
                };
                let times = self.way.listed(list, self.rules);
                let listed = self.listed(check, &times, last)?;
                listed.or_else(|| {
                    let from = self.first + *times.last()?;
                    let every = self.span(self.way.then_every.as_deref()?)?;
                    self.repeated(check, from, every, last)
                })
            }
            (Check::Distress | Check::Dissociation, true, None) => {
                self.repeated(check, self.first, self.span("dissociation")?, last)
            }
            (Check::Distress | Check::Dissociation, true, Some(ended)) => {
                let interval = self.span("distress_after")?;
                self.unless_served(check, ended + interval, interval, last)?
            }
            (Check::Distress | Check::Dissociation, false, _) => {
                let times = self.way.listed(Listed::Dissociation, self.rules);
                self.listed(check, &times, last)?
            }
        }
    }

    fn span(&self, parameter: &str) -> Option<Span> {
        self.rules.value("monitoring-schedule", parameter)?.span()
    }

    fn tolerance(&self, interval: Span) -> Option<Span> {
        self.span(if interval < TEN {
            "tolerance_during"
        } else if interval < FIFTEEN {
            "tolerance_ten"
        } else {
            "tolerance_after"
        })
    }

    /// The first mark at whole intervals from a moment that is not served yet.
    fn repeated(
        &self,
        check: Check,
        origin: Moment,
        interval: Span,
        last: Option<Moment>,
    ) -> Option<Due> {
        let tolerance = self.tolerance(interval)?;
        let width = interval.microseconds().max(1);
        let served = last.map_or(0, |last| {
            (last - origin + tolerance)
                .microseconds()
                .div_euclid(width)
                .max(0)
        });
        let at = origin + Span::from_microseconds(width.saturating_mul(served.saturating_add(1)));
        Some(Due {
            check,
            at,
            overdue_from: at + tolerance,
            interval,
            form: false,
        })
    }

    /// The first listed time that is not served yet. The outer `None`: a parameter is missing.
    fn listed(&self, check: Check, times: &[Span], last: Option<Moment>) -> Option<Option<Due>> {
        let form = self.way.form.map(Span::from_minutes);
        let mut before = Span::ZERO;
        for time in times {
            let interval = *time - before;
            before = *time;
            let open = self.unless_served(check, self.first + *time, interval, last)?;
            if let Some(due) = open {
                let form = check == Check::VitalSigns && form == Some(*time);
                return Some(Some(Due { form, ..due }));
            }
        }
        Some(None)
    }

    fn unless_served(
        &self,
        check: Check,
        at: Moment,
        interval: Span,
        last: Option<Moment>,
    ) -> Option<Option<Due>> {
        let tolerance = self.tolerance(interval)?;
        let served = last.is_some_and(|last| last >= at - tolerance);
        Some((!served).then_some(Due {
            check,
            at,
            overdue_from: at + tolerance,
            interval,
            form: false,
        }))
    }
}

#[cfg(test)]
mod tests;
