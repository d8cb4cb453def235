//! What is open when somebody takes over a room, in lines that are read aloud.

use super::doses::Portion;
use super::schedule::next_due;
use super::state::{Session, Stage};
use crate::course::wishes::Touch;
use crate::policy::Rules;
use units::{Moment, Span};

/// How long ago, in whole minutes.
fn ago(span: Span) -> String {
    match span.seconds() / 60 {
        0 => "just now".to_owned(),
        minutes => format!("{minutes} min ago"),
    }
}

/// Everything that whoever takes over must know, the gravest first. What is unknown is said too.
pub fn open_matters(
    session: &Session,
    rules: &Rules,
    touch: Option<Touch>,
    now: Moment,
) -> Vec<String> {
    let mut lines = Vec::new();
    for card in session.cards() {
        if card.closed.is_none() {
            lines.push(format!("emergency card open: {}", card.card.title));
        } else if card.adverse_event_is_missing() {
            lines.push(format!("adverse event to complete: {}", card.card.title));
        }
    }
    for advisory in session.open_advisories() {
        let seen = if advisory.acknowledged.is_some() {
            ""
        } else {
            ", not acknowledged"
        };
        lines.push(format!(
            "{} priority: {}{seen}",
            advisory.notice.priority.word(),
            advisory.notice.says
        ));
    }
    lines.push(drug(session, now));
    if let Some(due) = next_due(session, rules) {
        lines.push(if due.is_overdue(now) {
            "vital signs overdue".to_owned()
        } else if now >= due.at {
            "vital signs due now".to_owned()
        } else {
            format!(
                "vital signs due in {} min",
                ((due.at - now).seconds() + 59) / 60
            )
        });
    }
    let dosed = session.first_drug_at().is_some();
    match session.sedation() {
        Some((at, score)) => {
            lines.push(format!("MOAA/S {} of 5, {}", score.points(), ago(now - at)));
        }
        None if dosed => lines.push("MOAA/S: never scored".to_owned()),
        None => {}
    }
    match session.distress() {
        Some((at, score)) => lines.push(format!(
            "distress {} of 10, {}",
            score.points(),
            ago(now - at)
        )),
        None if dosed => lines.push("distress: never scored".to_owned()),
        None => {}
    }
    if session.effect_to_say(now).is_some() {
        lines.push("effect of the last support to be said".to_owned());
    }
    let medicines: Vec<String> = session
        .medicines_given()
        .map(|given| format!("{} {}", given.medicine, given.dose))
        .collect();
    if !medicines.is_empty() {
        lines.push(format!("also given: {}", medicines.join(", ")));
    }
    lines.push(match touch {
        Some(touch) => format!("touch: {}", touch.says()),
        None => "touch: nobody has asked".to_owned(),
    });
    lines
}

fn drug(session: &Session, now: Moment) -> String {
    let doses = session.doses();
    let failed = doses
        .iter()
        .filter(|dose| matches!(dose.portion, Portion::Device { fault: Some(_) }))
        .count();
    let given = match (session.infusion(), doses.len()) {
        (Some(infusion), _) => {
            let at_most = if failed > 0 { "at most " } else { "" };
            let given = infusion.delivered(now).amount.rounded(1);
            format!(", {at_most}{given} given")
        }
        (None, 0) => String::new(),
        (None, 1) => ", one dose given".to_owned(),
        (None, several) => format!(", {several} doses given"),
    };
    let failed = match failed {
        0 => String::new(),
        1 => ", 1 device failed: how much went in is not known".to_owned(),
        count => format!(", {count} devices failed: how much went in is not known"),
    };
    let since = session
        .stage_since
        .filter(|_| !matches!(session.stage, Stage::NotPlanned | Stage::Planned))
        .map(|at| format!(", since {}", ago(now - at).replace(" ago", "")));
    format!(
        "{}{}{given}{failed}",
        session.stage_says(),
        since.unwrap_or_default(),
    )
}
