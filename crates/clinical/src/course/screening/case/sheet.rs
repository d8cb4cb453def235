//! A table of a file with the lines of its entries, and the problems found on the way.

use crate::patient::CivilDate;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use units::Moment;

/// Something in a case that was not fully understood: where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// In a plain sentence.
    pub says: String,
}

pub(super) type Entry<'t> = Spanned<DeValue<'t>>;

/// Where problems are kept, and how a place in the text becomes a line.
pub(super) struct Problems<'t> {
    text: &'t str,
    found: Vec<Problem>,
}

impl<'t> Problems<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            found: Vec::new(),
        }
    }

    pub(super) fn at(&mut self, span: &Range<usize>, says: impl Into<String>) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        self.found.push(Problem {
            line: before.matches('\n').count() + 1,
            says: says.into(),
        });
    }

    /// The problems in the order of their lines.
    pub(super) fn into_list(mut self) -> Vec<Problem> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}

/// A moment, and the date that it has where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WrittenMoment {
    pub(super) moment: Moment,
    pub(super) on: CivilDate,
}

/// One table: every entry must be taken, so that a slip of a word is never passed over.
pub(super) struct Table<'a, 't> {
    table: &'a DeTable<'t>,
    span: Range<usize>,
    taken: BTreeSet<String>,
}

impl<'a, 't> Table<'a, 't> {
    pub(super) fn new(table: &'a DeTable<'t>, span: Range<usize>) -> Self {
        Self {
            table,
            span,
            taken: BTreeSet::new(),
        }
    }

    /// A value that must be a table.
    pub(super) fn of(entry: &'a Entry<'t>, problems: &mut Problems<'_>) -> Option<Self> {
        match entry.get_ref() {
            DeValue::Table(table) => Some(Self::new(table, entry.span())),
            other => {
                let says = format!("a table in {{ }} was expected, not {}", kind(other));
                problems.at(&entry.span(), says);
                None
            }
        }
    }

    pub(super) const fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// The entry of this name, if it is there.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a Entry<'t>> {
        let entry = self.table.get(name)?;
        self.taken.insert(name.to_owned());
        Some(entry)
    }

    /// The entry of this name; a problem when it is missing.
    pub(super) fn need(
        &mut self,
        name: &str,
        problems: &mut Problems<'_>,
    ) -> Option<&'a Entry<'t>> {
        let entry = self.take(name);
        if entry.is_none() {
            problems.at(&self.span, format!("“{name}” is missing here"));
        }
        entry
    }

    /// Every entry with its name.
    pub(super) fn all(&mut self) -> Vec<(String, Range<usize>, &'a Entry<'t>)> {
        let entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), key.span(), value))
            .collect();
        self.taken
            .extend(entries.iter().map(|(name, _, _)| name.clone()));
        entries
    }

    /// Says which entries nobody understood.
    pub(super) fn finish(self, problems: &mut Problems<'_>) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !self.taken.contains(name) {
                problems.at(&key.span(), format!("“{name}” is not understood here"));
            }
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

pub(super) fn text<'a>(entry: &'a Entry<'_>, problems: &mut Problems<'_>) -> Option<&'a str> {
    match entry.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(text),
        DeValue::String(_) => {
            problems.at(&entry.span(), "this text is empty");
            None
        }
        other => {
            let says = format!("a text in quotes was expected, not {}", kind(other));
            problems.at(&entry.span(), says);
            None
        }
    }
}

pub(super) fn yes(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<bool> {
    match entry.get_ref() {
        DeValue::Boolean(value) => Some(*value),
        other => {
            let says = format!("true or false was expected, not {}", kind(other));
            problems.at(&entry.span(), says);
            None
        }
    }
}

/// A number, exactly as written: with a point, never a comma.
pub(super) fn number(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Decimal> {
    let written = match entry.get_ref() {
        DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str(),
        DeValue::Float(float) => float.as_str(),
        DeValue::String(text) => text,
        DeValue::Integer(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            let says = format!("a number was expected, not {}", kind(entry.get_ref()));
            problems.at(&entry.span(), says);
            return None;
        }
    };
    match written.trim().parse() {
        Ok(number) => Some(number),
        Err(_) => {
            let says = if written.contains(',') {
                format!("“{written}”: is the comma a decimal point? Write it with a point")
            } else {
                format!("“{written}” is not a number")
            };
            problems.at(&entry.span(), says);
            None
        }
    }
}

pub(super) fn list<'a, 't>(
    entry: &'a Entry<'t>,
    problems: &mut Problems<'_>,
) -> Option<&'a [Entry<'t>]> {
    match entry.get_ref() {
        DeValue::Array(items) => Some(items),
        other => {
            let says = format!("a list in [ ] was expected, not {}", kind(other));
            problems.at(&entry.span(), says);
            None
        }
    }
}

fn date_text(entry: &Entry<'_>) -> Option<String> {
    match entry.get_ref() {
        DeValue::String(text) => Some(text.trim().to_owned()),
        DeValue::Datetime(moment) => Some(moment.to_string()),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}

pub(super) fn date(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<CivilDate> {
    let written = date_text(entry).unwrap_or_default();
    let date = written.parse().ok();
    if date.is_none() {
        let says = format!(
            "“{written}” is not a date of the calendar; write year-month-day, such as 1992-03-02"
        );
        problems.at(&entry.span(), says);
    }
    date
}

/// A moment with its offset, so that no clock change makes it two moments or none.
pub(super) fn moment(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<WrittenMoment> {
    let written = date_text(entry).unwrap_or_default();
    let read = Moment::parse(&written).ok().and_then(|moment| {
        let on = written.get(..10)?.parse().ok()?;
        Some(WrittenMoment { moment, on })
    });
    if read.is_none() {
        let says = format!(
            "“{written}” is not a moment; write it with its offset, such as 2026-11-23T09:00:00-05:00"
        );
        problems.at(&entry.span(), says);
    }
    read
}

/// A word of a closed list.
pub(super) fn word<T: Copy>(
    entry: &Entry<'_>,
    all: &[T],
    of: impl Fn(T) -> &'static str,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let written = text(entry, problems)?;
    let known = all.iter().copied().find(|one| of(*one) == written);
    if known.is_none() {
        let words: Vec<&str> = all.iter().map(|one| of(*one)).collect();
        let says = format!("“{written}” is none of: {}", words.join(", "));
        problems.at(&entry.span(), says);
    }
    known
}
