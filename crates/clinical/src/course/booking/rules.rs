//! How long a visit takes and how visits follow each other, as the clinic has adopted it.

use crate::course::screening::person::{Product, Route};
use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Span;

/// The policy of booking that ships.
pub const BOOKING: BuiltIn = BuiltIn {
    file: "policies/booking.toml",
    text: include_str!("../../../../../policies/booking.toml"),
    cases: include_str!("../../../../../policies/booking.cases.toml"),
};

/// How long a visit takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// From sitting down until the drug has ended.
    pub treatment: Span,
    /// From then until fit to leave.
    pub recovery: Span,
}

/// How the visits of a series follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// How many there are.
    pub visits: u32,
    /// From the first to the last at the most, in days.
    pub within_days: u32,
    /// In any seven days at the most.
    pub in_seven_days: u32,
    /// From one beginning to the next at the least, in time that passes.
    pub least_gap: Span,
    /// From one beginning to the next at the most, in time that passes.
    pub most_gap: Span,
    /// What a proposal aims at, from one beginning to the next.
    pub usual_gap: Span,
}

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableRules {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// A number that booking needs is missing, or has another unit.
    #[error("policy booking: {0} is missing, or is not in the unit that booking reads")]
    Missing(String),
}

/// The rules of booking.
#[derive(Clone, Debug)]
pub struct BookingRules {
    policy: AdoptedPolicy,
    times: BTreeMap<(Product, Route), Times>,
    series: BTreeMap<Product, Series>,
    /// Between two people in the same chair.
    pub cleaning: Span,
    /// People in treatment or recovery for each member of staff on duty.
    pub people_per_member: u32,
    /// Between two possible beginnings.
    pub grid: Span,
    /// How long an offered chair is kept.
    pub offer_open: Span,
}

impl BookingRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(BOOKING.text)?), values)?;
        let reader = Reader(&policy);
        let settling = reader.span("settling")?;
        let mut times = BTreeMap::new();
        let mut series = BTreeMap::new();
        for product in Product::ALL.iter().copied() {
            let word = short(product);
            for route in Route::ALL.iter().copied() {
                if !product.is_given_by(route) {
                    continue;
                }
                let name = format!("{word}_{}", route.word());
                let lasts = Times {
                    treatment: settling + reader.span(&format!("{name}_dosing"))?,
                    recovery: reader.span(&format!("{name}_recovery"))?,
                };
                times.insert((product, route), lasts);
            }
            let followed = Series {
                visits: reader.whole(&format!("{word}_visits"), Unit::Count)?,
                within_days: reader.whole(&format!("{word}_within"), Unit::Days)?,
                in_seven_days: reader.whole(&format!("{word}_in_seven_days"), Unit::Count)?,
                least_gap: reader.span("least_gap")?,
                most_gap: days(reader.whole("most_gap", Unit::Days)?),
                usual_gap: reader.span("usual_gap")?,
            };
            series.insert(product, followed);
        }
        Ok(Self {
            times,
            series,
            cleaning: reader.span("cleaning")?,
            people_per_member: reader.whole("people_per_member", Unit::Count)?,
            grid: reader.span("grid")?,
            offer_open: reader.span("offer_open")?,
            policy,
        })
    }

    /// The policy behind them, with its sources.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }

    /// How long a visit takes; `None` where the product is not given by this route.
    pub fn times(&self, product: Product, route: Route) -> Option<Times> {
        self.times.get(&(product, route)).copied()
    }

    /// How the visits of a series follow each other.
    pub fn series(&self, product: Product) -> Option<Series> {
        self.series.get(&product).copied()
    }
}

/// So many days of 24 hours.
pub(super) fn days(count: u32) -> Span {
    Span::from_hours(i64::from(count) * 24)
}

const fn short(product: Product) -> &'static str {
    match product {
        Product::Racemic => "racemic",
        Product::Esketamine => "esketamine",
    }
}

struct Reader<'a>(&'a AdoptedPolicy);

impl Reader<'_> {
    fn value(&self, name: &str) -> Result<Quantity, UnusableRules> {
        let value = self.0.value(name);
        value.ok_or_else(|| UnusableRules::Missing(name.to_owned()))
    }

    fn span(&self, name: &str) -> Result<Span, UnusableRules> {
        let span = self.value(name)?.span();
        span.ok_or_else(|| UnusableRules::Missing(name.to_owned()))
    }

    fn whole(&self, name: &str, unit: Unit) -> Result<u32, UnusableRules> {
        let quantity = self.value(name)?;
        let whole = u32::try_from(quantity.value).ok();
        whole
            .filter(|_| quantity.unit == unit && quantity.value.fract().is_zero())
            .ok_or_else(|| UnusableRules::Missing(name.to_owned()))
    }
}
