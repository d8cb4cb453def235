//! The schedule, and how fast more people are told, as the clinic has adopted it.

use super::signs::{Signs, UnreadableSigns};
use super::vocabulary::{ContactKind, Urgency};
use crate::course::screening::person::Product;
use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, Policy, Quantity, Unit, UnreadablePolicy,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Span;

/// The policy that ships.
pub const FOLLOW_UP: BuiltIn = BuiltIn {
    file: "policies/follow-up.toml",
    text: include_str!("../../../../../policies/follow-up.toml"),
    cases: include_str!("../../../../../policies/follow-up.cases.toml"),
};

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableRules {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// The warning signs or the terms of side effects are not whole.
    #[error(transparent)]
    Signs(#[from] UnreadableSigns),
    /// A number is missing, or has another unit.
    #[error("policy follow-up: {0} is missing, or is not in the unit that is read")]
    Missing(&'static str),
}

/// The rules of following up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpRules {
    policy: AdoptedPolicy,
    spans: BTreeMap<&'static str, Span>,
    counts: BTreeMap<&'static str, u32>,
    /// What a person may report.
    pub signs: Signs,
}

const SPANS: [&str; 11] = [
    "evening",
    "next_day",
    "three_days",
    "week",
    "month_1",
    "quarter",
    "remind",
    "silent",
    "again_now",
    "again_same_hour",
    "again_same_day",
];
const COUNTS: [&str; 4] = [
    "racemic_induction",
    "esketamine_induction",
    "quarters",
    "reminders",
];

impl FollowUpRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableRules> {
        Self::adopted(BTreeMap::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that the policy does not permit.
    pub fn adopted(values: BTreeMap<String, Quantity>) -> Result<Self, UnusableRules> {
        let policy = AdoptedPolicy::adopt(Arc::new(Policy::read(FOLLOW_UP.text)?), values)?;
        let mut spans = BTreeMap::new();
        for name in SPANS {
            let value = policy.value(name).ok_or(UnusableRules::Missing(name))?;
            spans.insert(name, length(value).ok_or(UnusableRules::Missing(name))?);
        }
        let mut counts = BTreeMap::new();
        for name in COUNTS {
            let count = policy
                .value(name)
                .filter(|value| value.unit == Unit::Count)
                .and_then(|value| u32::try_from(value.value).ok())
                .ok_or(UnusableRules::Missing(name))?;
            counts.insert(name, count);
        }
        Ok(Self {
            policy,
            spans,
            counts,
            signs: Signs::shipped()?,
        })
    }

    /// The policy, for the page of rules.
    pub const fn policy(&self) -> &AdoptedPolicy {
        &self.policy
    }

    fn span(&self, name: &str) -> Span {
        self.spans.get(name).copied().unwrap_or(Span::ZERO)
    }

    fn count(&self, name: &str) -> u32 {
        self.counts.get(name).copied().unwrap_or(0)
    }

    /// The contacts of a session and how long after the drug has ended each is, in order.
    ///
    /// `number` counts the person's sessions with this product from 1; the last one of a first
    /// series begins the months and quarters. Source: clinical reference 7.3.
    pub fn contacts(&self, product: Product, number: u32) -> Vec<(ContactKind, Span)> {
        let mut contacts = vec![
            (ContactKind::Evening, self.span("evening")),
            (ContactKind::NextDay, self.span("next_day")),
            (ContactKind::ThreeDays, self.span("three_days")),
            (ContactKind::Week, self.span("week")),
        ];
        let series = match product {
            Product::Racemic => self.count("racemic_induction"),
            Product::Esketamine => self.count("esketamine_induction"),
        };
        if number == series {
            contacts.push((ContactKind::Month, self.span("month_1")));
            let mut after = Span::ZERO;
            for quarter in 1..=self.count("quarters") {
                after = after + self.span("quarter");
                contacts.push((ContactKind::Quarter(quarter), after));
            }
        }
        contacts
    }

    /// How long after the contact, or the reminder before, the next reminder comes: each waits
    /// twice as long; `None` after the last one.
    pub fn reminder_after(&self, reminders: u32) -> Option<Span> {
        (reminders < self.count("reminders")).then(|| {
            let first = self.span("remind").microseconds();
            Span::from_microseconds(first.saturating_mul(1 << reminders.min(16)))
        })
    }

    /// Without an answer for so long staff are asked to call.
    pub fn silent_after(&self) -> Span {
        self.span("silent")
    }

    /// So long after a round of telling comes the next one.
    pub fn again_after(&self, urgency: Urgency) -> Span {
        self.span(match urgency {
            Urgency::Now => "again_now",
            Urgency::SameHour => "again_same_hour",
            Urgency::SameDay => "again_same_day",
        })
    }
}

/// A day is 24 hours of time that passes: the person's hours are kept afterwards.
fn length(value: Quantity) -> Option<Span> {
    match value.unit {
        Unit::Days => i64::try_from(value.value)
            .ok()
            .map(|days| Span::from_hours(24 * days)),
        _another => value.span(),
    }
}
