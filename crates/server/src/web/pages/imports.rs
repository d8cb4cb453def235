//! Bringing the record of another system.

use super::around::Around;
use askama::Template;
use exchange::import::Mapping;

/// The page.
#[derive(Template)]
#[template(path = "imports.html")]
pub struct ImportsPage<'a> {
    /// What stands around it.
    pub around: Around<'a>,
    /// The mappings that ship.
    pub mappings: Vec<Mapping>,
}

impl ImportsPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
