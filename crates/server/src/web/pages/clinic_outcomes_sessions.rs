//! What is told of sessions on the page of everybody's outcomes: what went wrong in them, how serious
//! it was, how long people stayed.

use super::clinic_outcomes_pictures as pictures;
use super::clinic_outcomes_told::{Telling, says};
use clinical::course::outcomes::everybody::SessionTally;
use units::Decimal;

/// A line of the table.
pub(super) struct EventLine {
    pub what: String,
    pub soft: &'static str,
    pub count: String,
    pub of: String,
    pub per_hundred: String,
    pub bar: String,
}

/// In how many sessions what was seen.
pub(super) fn events(sessions: &SessionTally, telling: Telling) -> Vec<EventLine> {
    let line = |what: &str, soft: &'static str, count: u32, of: u32| {
        let ratio = telling.ratio(count, of);
        EventLine {
            what: sentence(what),
            soft,
            per_hundred: ratio.per_hundred(),
            bar: ratio.bar().map(pictures::interval).unwrap_or_default(),
            count: ratio.count,
            of: ratio.of,
        }
    };
    let all = sessions.sessions;
    let mut lines = Vec::new();
    // Beside the kinds it would give a small one of them away.
    if !telling.outside {
        lines.push(line("any adverse event", "", sessions.with_event, all));
    }
    let mut kinds: Vec<(&String, &u32)> = sessions.events.iter().collect();
    kinds.sort_by_key(|(kind, count)| (std::cmp::Reverse(**count), (*kind).clone()));
    lines.extend(
        kinds
            .into_iter()
            .map(|(kind, count)| line(kind, "adverse event", *count, all)),
    );
    lines.push(line(
        "nausea",
        "of sessions in which it was asked",
        sessions.nausea,
        sessions.asked_nausea,
    ));
    lines.push(line(
        "notice of high blood pressure",
        "",
        sessions.high_pressure,
        all,
    ));
    lines.extend(
        sessions
            .stopped_early
            .iter()
            .map(|(why, count)| line(why, "", *count, all)),
    );
    lines
}

/// Serious, not serious, and not known: adverse events, not sessions.
pub(super) fn serious(sessions: &SessionTally, telling: Telling) -> Vec<String> {
    if telling.outside {
        return vec!["Not told where the page is handed out.".to_owned()];
    }
    let counts = [sessions.serious, sessions.not_serious, sessions.unreported];
    let told = telling.parts(&counts);
    let mut lines: Vec<String> = ["serious", "not serious", "not known: no signed report yet"]
        .into_iter()
        .zip(told.cells)
        .map(|(what, cell)| format!("{} {what}", says(cell)))
        .collect();
    if let Some(first) = lines.first_mut()
        && !sessions.criteria.is_empty()
    {
        let criteria: Vec<String> = sessions
            .criteria
            .iter()
            .map(|(criterion, count)| format!("{count} {}", criterion.says()))
            .collect();
        first.push_str(&format!(" ({})", criteria.join("; ")));
    }
    let all: u32 = counts.iter().sum();
    if all == 0 {
        return vec!["No adverse event.".to_owned()];
    }
    lines
}

/// How long people stayed after the end of the drug.
pub(super) fn leaving(sessions: &SessionTally, telling: Telling) -> String {
    let unknown = match sessions.leaving_unknown {
        _some if telling.outside => String::new(),
        0 => String::new(),
        some => format!(" Of {} it is not known.", telling.alone(some)),
    };
    let Some(found) = sessions.leaving else {
        return format!("No time is known.{unknown}");
    };
    let count = u32::try_from(found.count).unwrap_or(u32::MAX);
    if telling.outside && count < telling.small {
        return "Not told: few sessions.".to_owned();
    }
    let minutes = |number: Decimal| number.normalize().to_string();
    if telling.outside {
        // How many there are, beside how many sessions, says of how many it is not known.
        return format!(
            "Median {}\u{a0}min; quartiles {} and {}.",
            minutes(found.median),
            minutes(found.lower),
            minutes(found.upper),
        );
    }
    format!(
        "Median {}\u{a0}min; quartiles {} and {}; n = {}.{unknown}",
        minutes(found.median),
        minutes(found.lower),
        minutes(found.upper),
        telling.alone(count),
    )
}

/// `before the first session` is `Before the first session`.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
