//! What of a table may leave the house: a number of very few people tells who they are.

/// How a count is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// As it is.
    Exactly(u32),
    /// At least one, and fewer than this.
    FewerThan(u32),
    /// Not told, because it would give another one away.
    Withheld,
}

/// Counts that add up, as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// All of them together.
    pub total: Cell,
    /// Each, in the order given.
    pub cells: Vec<Cell>,
}

/// Withholds what is small, and what would give it away.
///
/// A count of at least one and less than `limit` is said to be fewer than the limit. Because the
/// counts add up to the total, the smallest others are withheld too, until what is known of all that
/// is hidden leaves more than one possibility for each small one. Where nothing is left to hide, no
/// part is told and the total alone stands. A total that is small itself is all that is said.
// Hazard: H66
pub fn withhold(counts: &[u32], limit: u32) -> Shown {
    let total = counts.iter().sum();
    let is_small = |count: u32| count > 0 && count < limit;
    if is_small(total) {
        return Shown {
            total: Cell::FewerThan(limit),
            cells: vec![Cell::Withheld; counts.len()],
        };
    }
    let mut hidden: Vec<usize> = (0..counts.len())
        .filter(|place| counts.get(*place).is_some_and(|count| is_small(*count)))
        .collect();
    while !keeps_secret(counts, &hidden, limit) {
        let next = (0..counts.len())
            .filter(|place| !hidden.contains(place))
            .filter_map(|place| Some((*counts.get(place)?, place)))
            .filter(|(count, _)| *count > 0)
            .min();
        match next {
            Some((_, place)) => hidden.push(place),
            None => {
                return Shown {
                    total: Cell::Exactly(total),
                    cells: vec![Cell::Withheld; counts.len()],
                };
            }
        }
    }
    let cells = counts.iter().enumerate().map(|(place, count)| {
        if !hidden.contains(&place) {
            Cell::Exactly(*count)
        } else if is_small(*count) {
            Cell::FewerThan(limit)
        } else {
            Cell::Withheld
        }
    });
    Shown {
        total: Cell::Exactly(total),
        cells: cells.collect(),
    }
}

/// True when each small count could be another one, by all that a reader knows: that the hidden ones
/// add up to the rest, that a small one is from 1 to less than the limit, and that a withheld one is
/// not.
fn keeps_secret(counts: &[u32], hidden: &[usize], limit: u32) -> bool {
    let of = |place: &usize| counts.get(*place).copied().unwrap_or_default();
    let rest: u32 = hidden.iter().map(of).sum();
    let bounds = |place: &usize| {
        if of(place) < limit {
            (1, Some(limit - 1))
        } else {
            (limit, None)
        }
    };
    hidden
        .iter()
        .filter(|place| of(place) < limit)
        .all(|place| {
            let others = || hidden.iter().filter(move |other| *other != place);
            let least: u32 = others().map(|other| bounds(other).0).sum();
            let most: Option<u32> = others().map(|other| bounds(other).1).sum();
            let highest = rest.saturating_sub(least).min(limit - 1);
            let lowest = most.map_or(1, |most| rest.saturating_sub(most).max(1));
            lowest < highest
        })
}
