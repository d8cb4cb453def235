//! The page that a tablet shows instead of a room while there is no contact. It holds no data:
//! what the tablet keeps is put into it by the tablet itself.

use super::around::Around;
use askama::Template;

/// The page.
#[derive(Template)]
#[template(path = "offline_page.html")]
pub struct OfflinePage<'a> {
    /// What stands around the page; nobody is signed in.
    pub around: Around<'a>,
}

impl OfflinePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// Without anybody.
pub fn sample() -> OfflinePage<'static> {
    OfflinePage {
        around: Around {
            viewer: None,
            ..super::around::sample::around("/offline")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_that_is_kept_on_every_tablet_names_nobody() {
        // Hazard: H34
        let html = sample().html();
        assert!(!html.contains("Nora"));
        assert!(!html.contains("sample-form-token\" data-csrf"));
    }
}
