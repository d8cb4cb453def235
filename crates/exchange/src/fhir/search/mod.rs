//! A FHIR search, read from its query string into plain data.
//!
//! Served: the parameters of [`parameters`], and for every type `_id`, `_lastUpdated`, `_sort`,
//! `_count`, `_summary`, `_total`, `_format` and our page token `_page`. A comma means *or*, a
//! repeated parameter *and*. Modifiers and chains are refused, because a condition that is left
//! out silently finds other people's data. A parameter that we do not know at all is left out and
//! named in [`Search::ignored`], or refused when the client asked for strict handling. What would
//! take long to answer is refused before anything is read.

mod cursor;
mod date;
mod matching;
mod parameter;
mod parse;
mod query;

pub use cursor::Cursor;
pub use date::{Bounds, Times};
pub(super) use parameter::OF_THE_ANSWER;
pub use parameter::{Parameter, ParameterKind, parameters};
pub use parse::{Handling, parse, speaks};
pub use query::format_of;

use super::ResourceKind;
use clinical::record::{PatientId, SessionId};

/// How many resources a page holds unless the client says.
pub const DEFAULT_COUNT: u32 = 50;
/// How many resources a page holds at most.
pub const LARGEST_COUNT: u32 = 1_000;
/// How long a query string, or the form of a `_search`, may be in bytes.
pub const LONGEST_QUERY: usize = 16 * 1024;
/// How many parameters a search may have.
pub const MOST_PARAMETERS: usize = 64;
/// How many values may stand between commas; and how many pairs of a person, a visit and a code
/// may be asked for at once, because each is looked up by itself.
pub const MOST_VALUES: usize = 200;

/// A search. Every condition must hold; in `any_of` and in the lists one is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The type searched for.
    pub kind: ResourceKind,
    /// Logical ids; none: any. An empty list finds nothing.
    pub ids: Option<Vec<String>>,
    /// Persons; none: any. An empty list finds nothing.
    pub patients: Option<Vec<PatientId>>,
    /// Visits; none: any. An empty list finds nothing.
    pub sessions: Option<Vec<SessionId>>,
    /// Code tokens as in [`super::Resource::codes`]: of each inner list one must be there. No inner
    /// list is empty.
    pub codes: Vec<Vec<String>>,
    /// Other tokens, as in [`super::Resource::tokens`]: compared whole.
    pub tokens: Vec<Filter>,
    /// Texts, in lower case: compared with the beginning of the token's value.
    pub texts: Vec<Filter>,
    /// When it held.
    pub effective: Times,
    /// When it was recorded.
    pub updated: Times,
    /// When the person was born, as the day in universal time.
    pub birth_date: Times,
    /// In which order.
    pub sort: Sort,
    /// How many on a page, 1 to [`LARGEST_COUNT`].
    pub count: u32,
    /// Only the total is asked for.
    pub count_only: bool,
    /// Whether a total is asked for.
    pub total: Total,
    /// The page begins behind this place.
    pub after: Option<Cursor>,
    /// Parameters that were left out.
    pub ignored: Vec<String>,
    understood: Vec<(String, String)>,
}

/// One condition on tokens or texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The search parameter, as in [`super::Token::parameter`].
    pub parameter: &'static str,
    /// One of these must be there.
    pub any_of: Vec<String>,
}

/// What a page is sorted by; then always by id, so that the order is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// When it held.
    Effective,
    /// When it was recorded.
    Updated,
}

/// The order of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// The newest first, and within one moment the largest id first; what has no time comes last.
    /// Ascending: the reverse of it. Unless asked, what is sorted by when it was recorded ascends,
    /// so that what changes while a program turns the pages is seen again, and never missed.
    pub descending: bool,
}

/// Whether a total is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Not asked for: leave it out.
    None,
    /// Asked for, exactly or not: give it exactly.
    Accurate,
}

impl Search {
    /// The query string of this page as it was understood, for the `self` link.
    pub fn self_query(&self) -> String {
        query::write(&self.understood)
    }

    /// The query string of the page behind this place, for the `next` link.
    pub fn next_query(&self, after: &Cursor) -> String {
        let mut pairs: Vec<_> = self
            .understood
            .iter()
            .filter(|(name, _)| name != "_page")
            .cloned()
            .collect();
        pairs.push(("_page".to_owned(), after.to_string()));
        query::write(&pairs)
    }
}
