//! What a payer asks: what is missing, and the way to the paper.

use super::around::Around;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::record::PatientId;

/// The page.
#[derive(Template)]
#[template(path = "prior_authorisation.html")]
pub struct PriorAuthorisation<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who it is about.
    pub strip: IdentityStrip,
    /// The record that was opened.
    pub patient: PatientId,
    /// What the record does not hold, each a sentence.
    pub missing: Vec<String>,
}

impl PriorAuthorisation<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
