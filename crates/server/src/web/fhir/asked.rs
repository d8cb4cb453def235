//! A program's search in the words of the store.

use crate::projection::token_text;
use exchange::fhir::ResourceKind;
use exchange::fhir::search::{Filter, Search, SortBy, Times, Total};
use store::{DateBound, ResourceSearch, SortKey, SortOrder, TokenClause};
use units::Moment;

/// How the store writes the place of a resource that has no moment.
pub(super) const NO_MOMENT: Moment = Moment::from_microseconds(i64::MIN);

/// The search in the words of the store; `None` for one that finds nothing whatever is stored.
pub(super) fn of_store(search: &Search) -> Option<ResourceSearch> {
    // The first list of tokens is led by an index; codes before other tokens, as they tell more.
    let texts = |filter: &Filter| -> Vec<String> {
        let text = |value: &String| token_text(filter.parameter, value);
        filter.any_of.iter().map(text).collect()
    };
    let mut lists = search
        .codes
        .iter()
        .cloned()
        .chain(search.tokens.iter().map(texts));
    let first = lists.next().unwrap_or_default();
    let mut also: Vec<TokenClause> = lists.map(TokenClause::AnyOf).collect();
    for filter in &search.texts {
        also.push(TokenClause::BeginsWith(texts(filter)));
    }
    if !search.birth_date.is_open() {
        also.extend(born(&search.birth_date));
    }
    let (date, ended) = stretch(search);
    Some(ResourceSearch {
        kind: search.kind.name().to_owned(),
        ids: listed(search.ids.as_deref())?,
        patients: listed(search.patients.as_deref())?,
        sessions: listed(search.sessions.as_deref())?,
        codes: first,
        also,
        date,
        ended,
        not_within: search.effective.not_within.clone(),
        updated: instant(&search.updated),
        not_updated_within: search.updated.not_within.clone(),
        sort: match search.sort.by {
            SortBy::Effective => SortKey::Effective,
            SortBy::Updated => SortKey::Updated,
        },
        order: if search.sort.descending {
            SortOrder::NewestFirst
        } else {
            SortOrder::OldestFirst
        },
        count: if search.count_only {
            0
        } else {
            search.count as usize
        },
        after: search
            .after
            .as_ref()
            .map(|after| (after.at.unwrap_or(NO_MOMENT), after.id.clone())),
        total: search.count_only || search.total == Total::Accurate,
    })
}

/// What the store reads as "all" when it is empty; a list that is empty by itself is `None`.
fn listed<T: Clone>(list: Option<&[T]>) -> Option<Vec<T>> {
    match list {
        None => Some(Vec::new()),
        Some([]) => None,
        Some(list) => Some(list.to_vec()),
    }
}

fn instant(times: &Times) -> DateBound {
    let (from, until) = times.instant();
    DateBound { from, until }
}

/// Bounds on the beginning and on the end.
fn stretch(search: &Search) -> (DateBound, DateBound) {
    let times = &search.effective;
    match search.kind {
        // One moment has both bounds, so that the index is entered at the narrower.
        ResourceKind::Observation | ResourceKind::Patient | ResourceKind::Device => {
            (instant(times), DateBound::default())
        }
        ResourceKind::Encounter | ResourceKind::MedicationAdministration => (
            DateBound {
                from: times.start_from,
                until: times.start_before,
            },
            DateBound {
                from: times.end_from,
                until: times.end_before,
            },
        ),
    }
}

/// A birth date is a token of its own, whose text sorts as its date does.
fn born(times: &Times) -> Vec<TokenClause> {
    let day = |moment: Option<Moment>, otherwise: &str| {
        moment.map_or_else(
            || token_text("birthdate", otherwise),
            |moment| {
                let day = moment.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
                token_text("birthdate", &day.to_string())
            },
        )
    };
    let (first, last) = ("0000", "9999-99-99");
    let bounds = times.day();
    let within = TokenClause::Between(vec![(day(bounds.from, first), day(bounds.before, last))]);
    let outside = bounds.outside.iter().map(|(from, before)| {
        TokenClause::Between(vec![
            (day(None, first), day(Some(*from), last)),
            (day(Some(*before), first), day(None, last)),
        ])
    });
    [within].into_iter().chain(outside).collect()
}
