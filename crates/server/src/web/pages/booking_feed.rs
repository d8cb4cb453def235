//! The address under which a calendar programme reads the clinic's book.

use super::around::Around;
use askama::Template;

/// The page.
#[derive(Template)]
#[template(path = "booking_feed.html")]
pub struct FeedPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// An address that was just made; it is shown this once.
    pub link: Option<&'a str>,
}

impl FeedPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A sample: an address was just made.
pub fn sample() -> FeedPage<'static> {
    FeedPage {
        around: super::around::sample::around("/calendar/feed"),
        link: Some("https://clinic.example/calendar/feed/secret.ics"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_is_shown_once_and_says_what_it_opens() {
        let html = super::sample().html();
        assert!(html.contains("secret.ics") && html.contains("without signing in"));
    }
}
