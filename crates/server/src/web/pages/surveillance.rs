//! What is due over months and years.

use super::around::Around;
use super::clock_face::ClockFace;
use super::follow_up::ListLine;
use askama::Template;
use clinical::course::follow_up::{Screen, SurveillanceRules};
use units::Moment;

/// That sessions come faster and faster; none where they do not.
pub(super) fn creep_says(rules: &SurveillanceRules, sessions: &[Moment]) -> Option<String> {
    let creep = rules.creep(sessions)?;
    let days = |span: units::Span| {
        let tenths = span.minutes() / 144;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    Some(format!(
        "Sessions come faster: {} days apart before, {} now, {} % less. Ask why.",
        days(creep.before),
        days(creep.after),
        creep.percent
    ))
}

/// What is done of a screen. Of the one about drug use, that alcohol was asked, and that this is not
/// the same.
pub(super) fn what_says(screen: Screen, alcohol: Option<Moment>, clock: &ClockFace<'_>) -> String {
    match (screen, alcohol) {
        (Screen::Dependence, Some(at)) => format!(
            "{}; alcohol was asked on {}, drugs were not",
            screen.what(),
            clock.date(at)
        ),
        (_, _) => screen.what().to_owned(),
    }
}

/// What is due, for everybody.
#[derive(Template)]
#[template(path = "surveillance_list.html")]
pub struct SurveillanceList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Everybody who is followed up.
    pub lines: &'a [ListLine],
    /// The rules.
    pub rules: &'a SurveillanceRules,
}

/// How far ahead the list shows what comes.
const AHEAD: units::Span = units::Span::from_hours(24 * 30);

/// A line of what is due.
pub struct DueShown {
    patient: String,
    name: String,
    screen: &'static str,
    what: String,
    says: String,
    sessions: usize,
}

impl SurveillanceList<'_> {
    fn due(&self, late: bool) -> Vec<DueShown> {
        let now = self.around.now;
        let clock = self.around.clock();
        let mut due: Vec<(Moment, DueShown)> = self
            .lines
            .iter()
            .flat_map(|one| {
                let due = self.rules.due(&one.line.sessions, &one.line.screens, now);
                due.into_iter().map(move |screen| (one, screen))
            })
            .filter(|(_, screen)| (screen.due <= now) == late && screen.due <= now + AHEAD)
            .map(|(one, screen)| {
                let never = if screen.never_done {
                    ", never done"
                } else {
                    ""
                };
                let shown = DueShown {
                    patient: one.patient.to_string(),
                    name: one.name.clone(),
                    screen: screen.screen.says(),
                    what: what_says(screen.screen, one.line.alcohol, &clock),
                    says: format!("{}{never}", clock.date(screen.due)),
                    sessions: one.line.sessions.len(),
                };
                (screen.due, shown)
            })
            .collect();
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, shown)| shown).collect()
    }

    /// Held, or coming faster and faster: whose, their name, why.
    fn held(&self) -> Vec<(String, String, String)> {
        let mut held = Vec::new();
        for one in self.lines {
            let id = one.patient.to_string();
            if let Some((screen, note)) = &one.line.held {
                let why = format!("Hold treatment: {}. {note}", screen.says());
                held.push((id.clone(), one.name.clone(), why));
            }
            if let Some(why) = creep_says(self.rules, &one.line.sessions) {
                held.push((id, one.name.clone(), why));
            }
        }
        held
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
