//! Where a page ended.

use std::fmt;
use std::str::FromStr;
use units::Moment;

/// The sort key and id of the last resource of a page: the next page begins behind it, also when
/// resources were added meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// What the page is sorted by; none where the resource has no such time.
    pub at: Option<Moment>,
    /// The resource's id.
    pub id: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{}.{}", at.microseconds(), self.id),
            None => write!(f, ".{}", self.id),
        }
    }
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a page token of this server")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, id) = text.split_once('.').ok_or(NotACursor)?;
        let fits = !id.is_empty()
            && id.len() <= 64
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        let at = match at {
            "" => None,
            digits => Some(Moment::from_microseconds(
                digits.parse().map_err(|_| NotACursor)?,
            )),
        };
        if fits {
            Ok(Self {
                at,
                id: id.to_owned(),
            })
        } else {
            Err(NotACursor)
        }
    }
}
