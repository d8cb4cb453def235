//! What a search finds, said plainly: the reference for every index that answers faster.

use super::super::{Resource, Token};
use super::{Cursor, Search, SortBy};
use std::cmp::Ordering;
use units::Moment;

/// One microsecond less than a day.
const REST_OF_DAY: i64 = 86_400_000_000 - 1;

impl Search {
    /// Whether a resource fulfils every condition, wherever the page stands.
    pub fn matches(&self, resource: &Resource) -> bool {
        let holds = |one: &Option<Vec<String>>, id: &String| {
            one.as_ref().is_none_or(|ids| ids.contains(id))
        };
        resource.kind == self.kind
            && holds(&self.ids, &resource.id)
            && among(self.patients.as_deref(), resource.patient)
            && among(self.sessions.as_deref(), resource.session)
            && self
                .codes
                .iter()
                .all(|any_of| any_of.iter().any(|code| resource.codes.contains(code)))
            && self.tokens.iter().all(|filter| {
                found(&resource.tokens, filter.parameter, |value| {
                    filter.any_of.iter().any(|wanted| wanted == value)
                })
            })
            && self.texts.iter().all(|filter| {
                found(&resource.tokens, filter.parameter, |value| {
                    filter.any_of.iter().any(|wanted| value.starts_with(wanted))
                })
            })
            && (self.effective.is_open()
                || resource
                    .effective
                    .is_some_and(|start| self.effective.hold_for(start, resource.effective_until)))
            && self
                .updated
                .hold_for(resource.updated, Some(resource.updated))
            && (self.birth_date.is_open()
                || found(&resource.tokens, "birthdate", |value| {
                    Moment::parse(&format!("{value}T00:00:00Z")).is_ok_and(|start| {
                        let end = Moment::from_microseconds(start.microseconds() + REST_OF_DAY);
                        self.birth_date.hold_for(start, Some(end))
                    })
                }))
    }

    /// Which of two resources comes first on the pages of this search.
    pub fn order(&self, a: &Resource, b: &Resource) -> Ordering {
        self.order_of_places(&self.place(a), &self.place(b))
    }

    /// Where a resource stands: the `next` link of a page is made from its last one.
    pub fn place(&self, resource: &Resource) -> Cursor {
        Cursor {
            at: match self.sort.by {
                SortBy::Effective => resource.effective,
                SortBy::Updated => Some(resource.updated),
            },
            id: resource.id.clone(),
        }
    }

    /// Whether a resource belongs to this page or a later one.
    pub fn is_after(&self, resource: &Resource) -> bool {
        self.after.as_ref().is_none_or(|after| {
            self.order_of_places(after, &self.place(resource)) == Ordering::Less
        })
    }

    fn order_of_places(&self, a: &Cursor, b: &Cursor) -> Ordering {
        // Nothing sorts before every moment: last when descending, first when ascending.
        let ascending = a.cmp(b);
        if self.sort.descending {
            ascending.reverse()
        } else {
            ascending
        }
    }
}

fn among<T: PartialEq>(list: Option<&[T]>, one: Option<T>) -> bool {
    list.is_none_or(|list| one.is_some_and(|one| list.contains(&one)))
}

fn found(tokens: &[Token], parameter: &str, fits: impl Fn(&str) -> bool) -> bool {
    tokens
        .iter()
        .any(|token| token.parameter == parameter && fits(&token.value))
}
