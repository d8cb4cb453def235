//! Which policy lists the minutes of each product and route.

use crate::course::screening::person::{Product, Route};
use crate::policy::Rules;
use serde::Deserialize;
use std::sync::LazyLock;
use units::Span;

/// The rows as shipped, in `policies/monitoring-by-route.toml`.
const SHIPPED: &str = include_str!("../../../../../../policies/monitoring-by-route.toml");

/// Read once; [`of`] finds nothing in a file that cannot be read, and a test reads it.
static WAYS: LazyLock<Vec<Way>> = LazyLock::new(|| read(SHIPPED).unwrap_or_default());

/// The rules as shipped, for sessions whose own rules are older than the policies of minutes.
static SHIPPED_RULES: LazyLock<Option<Rules>> = LazyLock::new(|| Rules::shipped().ok());

/// When readings are due for one product by some routes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Way {
    product: Product,
    routes: Vec<Route>,
    /// The policy that lists the minutes; none: at intervals, as long as drug is given.
    #[serde(default)]
    pub minutes: Option<String>,
    /// The parameter of `monitoring-schedule` with the interval after the last listed minute.
    #[serde(default)]
    pub then_every: Option<String>,
    /// The minute whose pressure goes into the monitoring form of the safety programme.
    #[serde(default)]
    pub form: Option<i64>,
    /// How far from that minute it may lie.
    #[serde(default)]
    pub form_within: Option<i64>,
    /// Where the numbers come from.
    #[allow(
        dead_code,
        reason = "each row of the file says it; `cargo xtask tidy` asks for it"
    )]
    source: String,
}

/// A list of minutes, by the beginning of its parameters' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// Vital signs in the first sessions, and after a larger dose.
    Early,
    /// Vital signs in later sessions.
    Later,
    /// Dissociation, and distress with it.
    Dissociation,
}

impl Listed {
    const fn word(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::Later => "later",
            Self::Dissociation => "dissociation",
        }
    }
}

impl Way {
    /// The listed times after the first drug, in order; nothing where the way lists none.
    ///
    /// Two that the clinic has moved onto each other are one.
    pub(super) fn listed(&self, list: Listed, rules: &Rules) -> Vec<Span> {
        let Some(policy) = self.minutes.as_deref() else {
            return Vec::new();
        };
        let knows = |rules: &&Rules| rules.policies().iter().any(|known| known.id() == policy);
        let rules = Some(rules).filter(knows).or(SHIPPED_RULES.as_ref());
        let mut minutes: Vec<Span> = (1..)
            .map_while(|place| {
                let parameter = format!("{}_{place}", list.word());
                rules?.value(policy, &parameter)?.span()
            })
            .collect();
        minutes.sort_unstable();
        minutes.dedup();
        minutes
    }
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "what the file says of itself is read by people")]
struct File {
    id: String,
    version: u32,
    title: String,
    applies_to: String,
    source: String,
    way: Vec<Way>,
}

/// The row of a product and route; none where nothing is shipped for it.
pub(super) fn of(product: Product, route: Route) -> Option<&'static Way> {
    WAYS.iter()
        .find(|way| way.product == product && way.routes.contains(&route))
}

fn read(text: &str) -> Result<Vec<Way>, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    Ok(file.way)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Quantity, Unit};

    #[test]
    fn every_product_by_every_route_it_is_given_by_has_its_minutes() {
        // Hazard: H24
        assert!(read(SHIPPED).is_ok());
        for product in Product::ALL {
            for route in Route::ALL {
                assert_eq!(
                    of(*product, *route).is_some(),
                    product.is_given_by(*route),
                    "{product:?} {route:?}"
                );
            }
        }
    }

    #[test]
    fn every_way_but_by_vein_lists_minutes_that_an_interval_follows() {
        let rules = Rules::shipped().unwrap();
        for way in WAYS.iter() {
            for list in [Listed::Early, Listed::Later, Listed::Dissociation] {
                let listed = way.listed(list, &rules);
                assert_eq!(listed.is_empty(), way.minutes.is_none(), "{way:?}");
            }
            assert_eq!(way.then_every.is_some(), way.minutes.is_some(), "{way:?}");
        }
    }

    #[test]
    fn minutes_that_a_clinic_moves_onto_each_other_are_one_and_stay_in_order() {
        let minutes = |value: i64| Quantity {
            value: value.into(),
            unit: Unit::Minutes,
        };
        let moved = [
            ("early_1", 10),
            ("early_2", 10),
            ("early_3", 20),
            ("early_4", 15),
        ];
        let own = moved
            .into_iter()
            .map(|(name, value)| (name.to_owned(), minutes(value)))
            .collect();
        let own = [("monitoring-injection".to_owned(), own)].into();
        let rules = Rules::shipped().unwrap().adopted(&own).unwrap();
        let way = of(Product::Racemic, Route::Intramuscular).unwrap();
        let listed = way.listed(Listed::Early, &rules);
        let expected = [10, 15, 20, 30, 40, 50, 60].map(Span::from_minutes);
        assert_eq!(listed, expected);
    }

    #[test]
    fn a_session_that_is_older_than_the_lists_keeps_the_shipped_ones() {
        let way = of(Product::Esketamine, Route::Intranasal).unwrap();
        let listed = way.listed(Listed::Dissociation, &Rules::new(Vec::new()));
        assert_eq!(listed, [40, 90, 120].map(Span::from_minutes));
    }
}
