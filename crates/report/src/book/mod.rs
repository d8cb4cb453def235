//! A person's journey as a book: a cover, a table of contents, chapters; tagged, so that it can be
//! read aloud, in the person's language.
//!
//! What stands in it is decided elsewhere, in words: this sets it. The same book gives the same
//! bytes; it knows no clock.

pub mod curve;
#[cfg(test)]
mod tests;

use crate::document::Fault;
use crate::press::{self, Job};
use clinical::leaflet::Language;
use serde::Serialize;

/// A book: owned, so that it may be set on another thread.
#[derive(Clone, Debug, Serialize)]
pub struct Book {
    /// The language that it is read in.
    #[serde(serialize_with = "tag")]
    pub language: Language,
    /// The house.
    pub clinic: String,
    /// What it is called.
    pub title: String,
    /// Whose it is, as the cover and every page name them.
    pub person: String,
    /// What else the cover says of the person: label and value.
    pub about: Vec<(String, String)>,
    /// By whom and when it was made, one sentence each.
    pub made: Vec<String>,
    /// The chapters, in order.
    pub chapters: Vec<Chapter>,
    /// The day that it was made on: year, month, day.
    pub day: (i32, u8, u8),
    /// The identity of this making.
    pub identity: String,
    /// The program that made it.
    pub software: String,
}

/// A chapter; it begins on a page of its own.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Chapter {
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// Something in a chapter.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Block {
    /// A heading below the chapter's, listed in the contents.
    Heading {
        /// Its words.
        text: String,
    },
    /// A paragraph.
    Words {
        /// Its words.
        text: String,
    },
    /// Small words: where something comes from, or what is missing.
    Small {
        /// Its words.
        text: String,
    },
    /// Somebody's own words, as they wrote them.
    Quote {
        /// Line by line.
        lines: Vec<String>,
        /// Who wrote them, and when.
        below: String,
    },
    /// Labels and values.
    Facts {
        /// Each a label and its value.
        rows: Vec<(String, String)>,
    },
    /// A table.
    Table {
        /// The columns' names.
        head: Vec<String>,
        /// The rows, each as long as the head.
        rows: Vec<Vec<String>>,
    },
    /// A drawing.
    Picture {
        /// SVG.
        svg: String,
        /// What it shows, for those who listen.
        alt: String,
        /// What stands below it.
        caption: String,
    },
    /// Points.
    List {
        /// Each a sentence.
        items: Vec<String>,
    },
}

fn tag<S: serde::Serializer>(language: &Language, into: S) -> Result<S::Ok, S::Error> {
    into.serialize_str(language.tag())
}

impl Chapter {
    /// An empty one.
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            blocks: Vec::new(),
        }
    }

    /// With a heading below its own.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading { text: text.into() });
    }

    /// With a paragraph.
    pub fn words(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Words { text: text.into() });
    }

    /// With a small remark.
    pub fn small(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Small { text: text.into() });
    }

    /// With somebody's own words.
    pub fn quote(&mut self, words: &str, below: impl Into<String>) {
        self.blocks.push(Block::Quote {
            lines: words.lines().map(str::to_owned).collect(),
            below: below.into(),
        });
    }

    /// With labels and values; nothing where there are none.
    pub fn facts(&mut self, rows: Vec<(String, String)>) {
        if !rows.is_empty() {
            self.blocks.push(Block::Facts { rows });
        }
    }

    /// With points; nothing where there are none.
    pub fn list(&mut self, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::List { items });
        }
    }

    /// With a table; nothing where it has no rows.
    pub fn table(&mut self, head: Vec<String>, rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            self.blocks.push(Block::Table { head, rows });
        }
    }
}

/// The book as PDF/UA-1 bytes.
///
/// Refuses nothing: a book without chapters is a cover.
// Hazard: H72
pub fn book(book: &Book) -> Result<Vec<u8>, Fault> {
    press::set(&Job {
        template: concat!(include_str!("blocks.typ"), include_str!("book.typ")),
        data: book,
        day: book.day,
        identity: format!("evenkeel-book-{}", book.identity),
        software: &book.software,
    })
}

/// A few sheets about a person to hand out: for a payer, for the way home, the copy of what was
/// signed. Owned, so that it may be set on another thread.
#[derive(Clone, Debug, Serialize)]
pub struct Pack {
    /// The language of its own words: who it is about, the pages.
    #[serde(serialize_with = "tag")]
    pub language: Language,
    /// The house.
    pub clinic: String,
    /// What it is called.
    pub title: String,
    /// Whom it is about.
    pub person: String,
    /// What else names them: label and value.
    pub about: Vec<(String, String)>,
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// What is written by hand below it, a line for each; none where nothing is.
    pub by_hand: Vec<String>,
    /// By whom and when it was made, in one sentence.
    pub made: String,
    /// The day that it was made on: year, month, day.
    pub day: (i32, u8, u8),
    /// The identity of this making.
    pub identity: String,
    /// The program that made it.
    pub software: String,
}

/// The pack as PDF/UA-1 bytes, with lines for what is written by hand: nothing in it is signed.
// Hazard: H72
pub fn pack(pack: &Pack) -> Result<Vec<u8>, Fault> {
    press::set(&Job {
        template: concat!(include_str!("blocks.typ"), include_str!("pack.typ")),
        data: pack,
        day: pack.day,
        identity: format!("evenkeel-pack-{}", pack.identity),
        software: &pack.software,
    })
}
