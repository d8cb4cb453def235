//! The listed minutes of each product and route, as data.

use crate::course::screening::person::{Product, Route};
use serde::Deserialize;
use std::sync::LazyLock;

/// The minutes as shipped, in `policies/monitoring-by-route.toml`.
const SHIPPED: &str = include_str!("../../../../../../policies/monitoring-by-route.toml");

/// Read once; [`of`] finds nothing in a file that cannot be read, and a test reads it.
static WAYS: LazyLock<Vec<Way>> = LazyLock::new(|| read(SHIPPED).unwrap_or_default());

/// When readings are due for one product by some routes, in minutes after the first drug.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Way {
    product: Product,
    routes: Vec<Route>,
    /// In the first sessions; nothing listed: at intervals, as long as drug is given.
    #[serde(default)]
    pub early: Vec<i64>,
    /// In later sessions.
    #[serde(default)]
    pub later: Vec<i64>,
    /// The parameter of `monitoring-schedule` with the interval after the last listed minute.
    #[serde(default)]
    pub then_every: Option<String>,
    /// When distress is scored.
    #[serde(default)]
    pub distress: Vec<i64>,
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
    fn listed_minutes_rise_and_are_followed_by_an_interval() {
        for way in WAYS.iter().filter(|way| !way.early.is_empty()) {
            for minutes in [&way.early, &way.later, &way.distress] {
                assert!(minutes.is_sorted() && minutes.first() > Some(&0), "{way:?}");
            }
            assert!(way.then_every.is_some(), "{way:?}");
        }
    }
}
