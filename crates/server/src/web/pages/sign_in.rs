//! Signing in.

use super::around::Around;
use askama::Template;

/// The sign-in page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignIn<'a> {
    /// What stands around the page; nobody is signed in.
    pub around: Around<'a>,
    /// Why the last try did not succeed, in one sentence.
    pub refused: Option<&'a str>,
    /// The name that was typed, to be typed only once.
    pub username: &'a str,
    /// Where to go afterwards.
    pub next: &'a str,
}

impl SignIn<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// After a wrong password.
pub fn sample() -> SignIn<'static> {
    let around = Around {
        viewer: None,
        ..super::around::sample::around("/sign-in")
    };
    SignIn {
        around,
        refused: Some("Name and password do not belong together."),
        username: "nora",
        next: "/board",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_failed_sign_in_keeps_the_name_and_never_the_password() {
        let html = super::sample().html();
        assert!(html.contains("value=\"nora\""));
        assert!(html.contains("type=\"password\" autocomplete=\"current-password\" required"));
        assert!(html.contains("Name and password do not belong together."));
    }
}
