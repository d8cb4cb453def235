//! What an export says of itself.

use serde::Serialize;

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileLine {
    /// Its name in the folder.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// How many rows or lines it has, where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

/// What was withheld of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// In how many rows.
    pub rows: u64,
    /// Why.
    pub because: &'static str,
}

/// What a research export says of itself. It names no time of day and no seed: the same record and the
/// same seed give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// What it is.
    pub what: &'static str,
    /// The program that made it.
    pub program: String,
    /// What tells whether two exports have the same key: a person then has the same number in both.
    pub key_fingerprint: String,
    /// How many people.
    pub people: u64,
    /// People whose facts all agree are at least so many, or the fact is withheld.
    pub smallest_cell: u32,
    /// Everything of a person is moved back by 1 to so many whole weeks.
    pub weeks_back_at_most: u32,
    /// What was withheld.
    pub withheld: Vec<Withheld>,
    /// What was not taken in at all, in words.
    pub left_out: &'static [&'static str],
    /// Every other file.
    pub files: Vec<FileLine>,
}
