//! A letter about a treatment, to whom the person agreed to have told.
//!
//! What stands in it is decided elsewhere, in words: this sets it. The same letter gives the same
//! bytes; it knows no clock.

use crate::book::Block;
use crate::document::Fault;
use crate::press::{self, Job};
use serde::Serialize;

/// A letter: owned, so that it may be set on another thread.
#[derive(Clone, Debug, Serialize)]
pub struct TellingLetter {
    /// The house.
    pub clinic: String,
    /// Its telephone number; may be empty.
    pub phone: String,
    /// To whom, line by line.
    pub to: Vec<String>,
    /// The day on it.
    pub on: String,
    /// What it is called.
    pub title: String,
    /// Whom it is about.
    pub person: String,
    /// What else names them: label and value.
    pub about: Vec<(String, String)>,
    /// Its first sentences.
    pub opening: String,
    /// What was composed from the record.
    pub blocks: Vec<Block>,
    /// What its author wrote, line by line.
    pub words: Vec<String>,
    /// Who signed, in which role, and when.
    pub closing: String,
    /// What the person agreed to, in one sentence.
    pub agreed: String,
    /// Why it is not to leave the house; empty where it may.
    pub stopped: String,
    /// The digest of what was signed.
    pub digest: String,
    /// The day of signing: year, month, day.
    pub day: (i32, u8, u8),
    /// Its identity.
    pub identity: String,
    /// The program that made it.
    pub software: String,
}

/// The letter as PDF/UA-1 bytes.
// Hazard: H74
pub fn telling_letter(letter: &TellingLetter) -> Result<Vec<u8>, Fault> {
    press::set(&Job {
        template: concat!(
            include_str!("../book/blocks.typ"),
            include_str!("telling.typ")
        ),
        data: letter,
        day: letter.day,
        identity: format!("evenkeel-telling-{}", letter.identity),
        software: &letter.software,
    })
}
