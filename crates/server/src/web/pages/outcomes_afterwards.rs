//! The hours and days after each session on a person's page of outcomes.

use super::clock_face::ClockFace;
use super::follow_up_own::mood_says;
use crate::outcomes::Told;
use clinical::course::follow_up::ContactKind;
use clinical::leaflet::Language;
use units::Span;

/// One session with what was told after it.
pub struct AfterwardsRow {
    pub(super) day: String,
    pub(super) what: String,
    /// How long after it, and what was said, in order of time.
    pub(super) told: Vec<(String, &'static str)>,
    /// Which contacts were made and not answered, in one sentence; empty where none.
    pub(super) silent: String,
}

/// Each session, the oldest first.
pub(super) fn rows(told: &Told, clock: &ClockFace<'_>) -> Vec<AfterwardsRow> {
    let number = |session| {
        let place = told.sessions.iter().position(|(_, one)| one.id == session);
        place.map_or_else(
            || "A session".to_owned(),
            |place| format!("Session {}", place + 1),
        )
    };
    told.afterwards
        .iter()
        .map(|one| AfterwardsRow {
            day: clock.date(one.ended),
            what: number(one.session),
            told: one
                .told
                .iter()
                .map(|(after, mood)| (after_says(*after), mood_says(*mood, Language::English)))
                .collect(),
            silent: silent_says(&one.silent),
        })
        .collect()
}

fn silent_says(kinds: &[ContactKind]) -> String {
    if kinds.is_empty() {
        return String::new();
    }
    let words: Vec<String> = kinds.iter().map(|kind| kind.says()).collect();
    format!("Asked, and no answer so far: {}.", words.join(", "))
}

/// Whole hours through the first two days, whole days after; rounded down.
fn after_says(after: Span) -> String {
    const HOURS_TOLD: i64 = 48;
    const HOURS_IN_A_DAY: i64 = 24;
    let hours = after.microseconds() / Span::from_hours(1).microseconds();
    match hours {
        0 => "within the hour".to_owned(),
        1 => "1 hour after".to_owned(),
        hours if hours < HOURS_TOLD => format!("{hours} hours after"),
        hours => format!("{} days after", hours / HOURS_IN_A_DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_through_two_days_and_days_after() {
        for (minutes, says) in [
            (59, "within the hour"),
            (60, "1 hour after"),
            (6 * 60 + 59, "6 hours after"),
            (48 * 60 - 1, "47 hours after"),
            (48 * 60, "2 days after"),
            (72 * 60 - 1, "2 days after"),
            (72 * 60, "3 days after"),
        ] {
            assert_eq!(after_says(Span::from_minutes(minutes)), says);
        }
    }
}
