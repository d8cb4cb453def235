//! What a table is made of: its columns, and what each may hold.

use rust_decimal::Decimal;
use std::borrow::Cow;

/// A table.
#[derive(Debug)]
pub struct Table {
    /// The name of its files, without an ending.
    pub name: &'static str,
    /// What one row is.
    pub one_row: &'static str,
    /// What orders the rows, in words.
    pub order: &'static str,
    /// The columns, in the order in which they are written.
    pub columns: &'static [Column],
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub says: &'static str,
    /// What stands in it.
    pub holds: Holds,
    /// The unit as UCUM writes it; empty where there is none.
    pub unit: &'static str,
    /// Where in the record it comes from.
    pub source: &'static str,
    /// When the cell is empty; empty where it never is.
    pub empty_when: &'static str,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Words of these, in this order, joined by a semicolon.
    SomeOf(&'static [&'static str]),
    /// A word of a published or shipped list: lower-case letters, digits and hyphens.
    Word(&'static str),
    /// A person's number in this export: 16 hexadecimal digits.
    Person,
    /// Five years of age as `40-44`, `90+`, `not-known` or `withheld`.
    AgeBand,
    /// A whole number.
    Whole {
        /// The smallest.
        from: i64,
        /// The largest.
        to: i64,
    },
    /// A decimal number of so many places.
    Decimal {
        /// How many places.
        places: u8,
    },
    /// Yes or no.
    Flag,
    /// A day, moved with everything of its person.
    MovedDay,
}

/// A cell of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// There is nothing: the column's declaration says when.
    Empty,
    /// A word or words.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// Yes or no.
    Flag(bool),
    /// Days since 1970-01-01.
    Day(i32),
}

impl<'a> Cell<'a> {
    /// A word.
    pub fn text(word: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(word.into())
    }

    /// A word, or nothing.
    pub fn maybe_text(word: Option<&'a str>) -> Self {
        word.map_or(Self::Empty, |word| Self::Text(Cow::Borrowed(word)))
    }

    /// A whole number, or nothing.
    pub fn maybe_whole(number: Option<i64>) -> Self {
        number.map_or(Self::Empty, Self::Whole)
    }

    /// A decimal number, or nothing.
    pub fn maybe_decimal(number: Option<Decimal>) -> Self {
        number.map_or(Self::Empty, Self::Decimal)
    }
}

/// A cell that the table's declaration does not permit. It is not written: what the dictionary does
/// not name does not leave the house. The cell itself is not repeated here, which may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDeclared {
    /// The row has other columns.
    #[error("table {table}: a row has other columns than the table")]
    Columns {
        /// Which table.
        table: &'static str,
    },
    /// The cell is empty, or is not what its column holds.
    #[error("table {table}, column {column}: a cell is not what the column holds")]
    Cell {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
}

impl Table {
    /// Refuses a row that is not as declared: other names, another kind of cell, a word that is not
    /// in the list, a number outside of the range, an empty cell where there is none.
    // Hazard: H71
    pub fn check(&self, row: &[(&str, Cell<'_>)]) -> Result<(), NotDeclared> {
        let same = row.len() == self.columns.len();
        if !same
            || row
                .iter()
                .zip(self.columns)
                .any(|((name, _), column)| *name != column.name)
        {
            return Err(NotDeclared::Columns { table: self.name });
        }
        for ((_, cell), column) in row.iter().zip(self.columns) {
            if !column.permits(cell) {
                return Err(NotDeclared::Cell {
                    table: self.name,
                    column: column.name,
                });
            }
        }
        Ok(())
    }
}

/// The longest word of a shipped list.
const LONGEST_WORD: usize = 64;

fn is_word(text: &str) -> bool {
    (1..=LONGEST_WORD).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_age_band(text: &str) -> bool {
    let number = |part: &str| part.parse::<u16>().ok().filter(|_| part.len() <= 2);
    match text {
        "withheld" | "not-known" | "90+" => true,
        _ => text.split_once('-').is_some_and(|(from, to)| {
            number(from)
                .zip(number(to))
                .is_some_and(|(from, to)| from % 5 == 0 && to == from + 4 && to < 90)
        }),
    }
}

impl Column {
    fn permits(&self, cell: &Cell<'_>) -> bool {
        match (self.holds, cell) {
            (_, Cell::Empty) => !self.empty_when.is_empty(),
            (Holds::OneOf(words), Cell::Text(text)) => words.contains(&text.as_ref()),
            (Holds::SomeOf(words), Cell::Text(text)) => {
                text.split(';').all(|one| words.contains(&one))
            }
            (Holds::Word(_), Cell::Text(text)) => is_word(text),
            (Holds::Person, Cell::Text(text)) => {
                text.len() == 16
                    && text
                        .bytes()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            }
            (Holds::AgeBand, Cell::Text(text)) => is_age_band(text),
            (Holds::Whole { from, to }, Cell::Whole(number)) => (from..=to).contains(number),
            (Holds::Decimal { places }, Cell::Decimal(number)) => {
                unscaled(*number, places).is_some()
            }
            (Holds::Flag, Cell::Flag(_)) | (Holds::MovedDay, Cell::Day(_)) => true,
            (
                Holds::OneOf(_)
                | Holds::SomeOf(_)
                | Holds::Word(_)
                | Holds::Person
                | Holds::AgeBand
                | Holds::Whole { .. }
                | Holds::Decimal { .. }
                | Holds::Flag
                | Holds::MovedDay,
                Cell::Text(_) | Cell::Whole(_) | Cell::Decimal(_) | Cell::Flag(_) | Cell::Day(_),
            ) => false,
        }
    }
}

/// The number without its point; none where it has more places than so many, or is too large.
pub(super) fn unscaled(number: Decimal, places: u8) -> Option<i64> {
    let mut scaled = number.normalize();
    let places = u32::from(places);
    if scaled.scale() > places {
        return None;
    }
    scaled.rescale(places);
    (scaled.scale() == places)
        .then(|| i64::try_from(scaled.mantissa()).ok())
        .flatten()
}
