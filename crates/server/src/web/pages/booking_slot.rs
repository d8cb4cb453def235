//! A free chair at a time: who comes?

use super::around::Around;
use askama::Template;

/// A free chair, as the page is given it.
#[derive(Template)]
#[template(path = "booking_slot.html")]
pub struct SlotPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The chair in words.
    pub place: String,
    /// Day and time in words.
    pub when: String,
    /// The day.
    pub day: &'a str,
    /// The time.
    pub time: &'a str,
    /// The chair as a form's value.
    pub chair: &'a str,
    /// What was searched for.
    pub searched: &'a str,
    /// Those who were found: where to, and what it says.
    pub people: Vec<(String, String)>,
}

impl SlotPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A sample: one person was found.
pub fn sample() -> SlotPage<'static> {
    SlotPage {
        around: super::around::sample::around("/calendar/slot"),
        place: "Room 1".to_owned(),
        when: "Fri 21 Nov 2025, 09:00".to_owned(),
        day: "2025-11-21",
        time: "09:00",
        chair: "1.1",
        searched: "mor",
        people: vec![("/patients/x/course".to_owned(), "MORENO, Ana".to_owned())],
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_free_chair_asks_who_comes() {
        let html = super::sample().html();
        assert!(html.contains("Who comes?") && html.contains("MORENO, Ana"));
    }
}
