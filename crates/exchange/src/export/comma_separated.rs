//! A table as CSV (RFC 4180): a line of names, a comma between cells, lines that end in CR LF, UTF-8.

use super::table::{Cell, Column, Holds};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The characters by which a spreadsheet takes a cell for a formula. Source: safety reference 1.2.10.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Text as it stands in a cell: with an apostrophe before it where a spreadsheet would reckon with it.
// Hazard: H71
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

/// A cell as text. Numbers are not guarded: a minus stands before some.
pub(super) fn cell(column: &Column, cell: &Cell<'_>, into: &mut String) {
    into.clear();
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => into.push_str(&guarded(text)),
        Cell::Whole(number) => {
            // Writing into a string does not fail.
            let _ = write!(into, "{number}");
        }
        Cell::Decimal(number) => {
            let places = match column.holds {
                Holds::Decimal { places } => usize::from(places),
                _other => 0,
            };
            let _ = write!(into, "{number:.places$}");
        }
        Cell::Flag(is) => into.push_str(if *is { "true" } else { "false" }),
        Cell::Day(days) => {
            let day = Date::constant(1970, 1, 1).checked_add(days.days());
            if let Ok(day) = day {
                let _ = write!(into, "{day}");
            }
        }
    }
}
