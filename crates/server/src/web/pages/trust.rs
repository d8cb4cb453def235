//! How a tablet comes to trust this server.

use super::around::Around;
use askama::Template;

/// The page, as it is given what it shows.
#[derive(Template)]
#[template(path = "trust.html")]
pub struct TrustPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The code to scan, as SVG; none where there is no root to install.
    pub code: Option<String>,
    /// What the tablet's settings must show too.
    pub fingerprint: Option<String>,
    /// The server is reached by HTTPS.
    pub encrypted: bool,
    /// Where the root is.
    pub link: &'a str,
    /// Where everything is.
    pub base_url: &'a str,
}

impl TrustPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
