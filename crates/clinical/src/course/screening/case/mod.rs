//! A case: one person, one visit and who said what, in a file.
//!
//! The format is described in `docs/screening-cases.md`. A case that is not fully understood gives
//! its problems, each with its line, and no person: nothing is screened on a guess.

mod body;
mod said;
mod sheet;

pub use sheet::Problem;

use self::said::Statements;
use self::sheet::{Entry, Problems, Table, WrittenMoment, list, moment, number, text, word};
use super::person::{Person, Phase, Product, Route, Visit};
use crate::policy::OwnValues;
use crate::policy::{Gate, Quantity, Unit};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};
use units::Moment;

/// Everything that a case says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it is about, in words.
    pub title: String,
    /// Which gate is asked.
    pub gate: Gate,
    /// When it is asked.
    pub at: Moment,
    /// What is planned.
    pub visit: Visit,
    /// Values of the clinic's own.
    pub own: OwnValues,
    /// What is known of the person.
    pub person: Person,
}

/// Reads a case.
///
/// Refuses, with every problem and its line, a text that is not TOML, words that are not of the
/// format, a question answered twice, dates that do not exist or have not come yet, and numbers
/// that look as if they were meant in another unit.
pub fn read(text: &str) -> Result<Case, Vec<Problem>> {
    let mut problems = Problems::new(text);
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            problems.at(&span, format!("this is not TOML: {}", error.message()));
            return Err(problems.into_list());
        }
    };
    let case = read_table(&table, &mut problems);
    let problems = problems.into_list();
    match case {
        Some(case) if problems.is_empty() => Ok(case),
        Some(_) | None => Err(problems),
    }
}

fn read_table(table: &toml::Spanned<DeTable<'_>>, problems: &mut Problems<'_>) -> Option<Case> {
    let mut table = Table::new(table.get_ref(), 0..0);
    let title = table
        .need("title", problems)
        .and_then(|entry| text(entry, problems));
    let gate = table
        .need("gate", problems)
        .and_then(|entry| gate(entry, problems));
    let at = table
        .need("screened_at", problems)
        .and_then(|entry| moment(entry, problems));
    let visit = table
        .need("visit", problems)
        .and_then(|entry| visit(entry, problems));
    let own = table
        .take("adopted")
        .map(|entry| own_values(entry, problems));
    let person = at.and_then(|at| person(&mut table, at, problems));
    if at.is_none() {
        // Said once already; the entries are taken so that they are not called unknown too.
        table.take("said");
        table.take("clearance");
    }
    table.finish(problems);
    Some(Case {
        title: title?.to_owned(),
        gate: gate?,
        at: at?.moment,
        visit: visit?,
        own: own.unwrap_or_default(),
        person: person?,
    })
}

fn gate(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Gate> {
    let gates = [
        (Gate::AcceptForTreatment, "accept-for-treatment"),
        (Gate::DayOfSession, "day-of-session"),
    ];
    word(entry, &gates, |(_, word)| word, problems).map(|(gate, _)| gate)
}

fn visit(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Visit> {
    let mut table = Table::of(entry, problems)?;
    let at = table
        .need("at", problems)
        .and_then(|entry| moment(entry, problems));
    let product = table
        .need("product", problems)
        .and_then(|entry| word(entry, Product::ALL, Product::word, problems));
    let route = table
        .need("route", problems)
        .and_then(|entry| word(entry, Route::ALL, Route::word, problems));
    let phase = table
        .need("phase", problems)
        .and_then(|entry| word(entry, Phase::ALL, Phase::word, problems));
    let span = table.span().clone();
    table.finish(problems);
    let (at, product, route) = (at?, product?, route?);
    if !product.is_given_by(route) {
        let says = format!("{} is not given {}", product.word(), route.word());
        problems.at(&span, says);
        return None;
    }
    Some(Visit {
        at: at.moment,
        on: at.on,
        product,
        route,
        phase: phase?,
    })
}

fn own_values(entry: &Entry<'_>, problems: &mut Problems<'_>) -> OwnValues {
    let Some(mut policies) = Table::of(entry, problems) else {
        return OwnValues::new();
    };
    let mut own = OwnValues::new();
    for (policy, _, entry) in policies.all() {
        let Some(mut parameters) = Table::of(entry, problems) else {
            continue;
        };
        let values: BTreeMap<String, Quantity> = parameters
            .all()
            .into_iter()
            .filter_map(|(name, _, entry)| Some((name, quantity(entry, problems)?)))
            .collect();
        own.insert(policy, values);
    }
    own
}

fn quantity(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Quantity> {
    let mut table = Table::of(entry, problems)?;
    let entries = table.all();
    let [(name, span, value)] = entries.as_slice() else {
        problems.at(&entry.span(), "a value names exactly one unit");
        return None;
    };
    let named: StrDeserializer<'_, WordError> = name.as_str().into_deserializer();
    let Ok(unit) = Unit::deserialize(named) else {
        problems.at(span, format!("“{name}” is not a unit that policies use"));
        return None;
    };
    let value = number(value, problems)?;
    Some(Quantity { value, unit })
}

fn person(
    table: &mut Table<'_, '_>,
    at: WrittenMoment,
    problems: &mut Problems<'_>,
) -> Option<Person> {
    let mut statements = Statements::new(at);
    let said = table.need("said", problems)?;
    for block in list(said, problems)? {
        statements.take_in(block, problems);
    }
    if let Some(clearances) = table.take("clearance")
        && let Some(clearances) = list(clearances, problems)
    {
        for one in clearances {
            statements.take_in_clearance(one, problems);
        }
    }
    Some(statements.into_person(problems))
}

impl Case {
    /// The case as an example of its format would be judged: see [`screen`](super::screen()).
    pub fn screen(&self, rules: &super::ScreeningRules) -> super::Screening {
        super::screen(&self.person, &self.visit, self.gate, rules, self.at)
    }
}

/// True for a value of the format that says "nobody did this".
fn is_word(entry: &Entry<'_>, wanted: &str) -> bool {
    matches!(entry.get_ref(), DeValue::String(written) if written == wanted)
}
