//! The dictionary of tables: for programs as JSON, for people as Markdown.

use super::table::{Column, Holds, Table};
use serde_json::{Value, json};
use std::fmt::Write as _;

impl Holds {
    /// The kind of value, in a word.
    const fn kind(self) -> &'static str {
        match self {
            Self::OneOf(_) | Self::Word(_) => "word",
            Self::SomeOf(_) => "words",
            Self::Person => "number of a person",
            Self::AgeBand => "age band",
            Self::Whole { .. } => "whole number",
            Self::Decimal { .. } => "decimal number",
            Self::Flag => "yes or no",
            Self::MovedDay => "day",
        }
    }

    /// What is permitted, in words.
    fn permitted(self) -> String {
        match self {
            Self::OneOf(words) => words.join(", "),
            Self::SomeOf(words) => format!("any of these, joined by ; : {}", words.join(", ")),
            Self::Word(of) => of.to_owned(),
            Self::Person => "16 hexadecimal digits, the same in every table".to_owned(),
            Self::AgeBand => "0-4, 5-9 … 85-89, 90+, not-known, withheld".to_owned(),
            Self::Whole { from, to } => format!("{from} to {to}"),
            Self::Decimal { places } => format!("{places} decimal places"),
            Self::Flag => "true, false".to_owned(),
            Self::MovedDay => {
                "YYYY-MM-DD, moved back by whole weeks, the same for all of a person".to_owned()
            }
        }
    }
}

fn column(column: &Column) -> Value {
    let words = match column.holds {
        Holds::OneOf(words) | Holds::SomeOf(words) => json!(words),
        _other => Value::Null,
    };
    json!({
        "name": column.name,
        "says": column.says,
        "kind": column.holds.kind(),
        "unit": column.unit,
        "permitted": column.holds.permitted(),
        "words": words,
        "source": column.source,
        "empty_when": column.empty_when,
    })
}

/// For programs.
pub fn as_json(tables: &[&Table]) -> String {
    let tables: Vec<Value> = tables
        .iter()
        .map(|table| {
            json!({
                "name": table.name,
                "one_row": table.one_row,
                "order": table.order,
                "columns": table.columns.iter().map(column).collect::<Vec<Value>>(),
            })
        })
        .collect();
    format!("{:#}\n", json!({ "tables": tables }))
}

/// For people.
pub fn as_markdown(tables: &[&Table]) -> String {
    let mut text = String::from(
        "# What stands in the tables\n\nAn empty cell says that there is no value; each column says when. Each table is there twice, as CSV and as Parquet, with the same rows.\n",
    );
    for table in tables {
        // Writing into a string does not fail.
        let _ = write!(
            text,
            "\n## {}\n\nOne row: {}. In order of {}.\n\n| Column | Meaning | Kind | Unit | Permitted | From | Empty when |\n| --- | --- | --- | --- | --- | --- | --- |\n",
            table.name, table.one_row, table.order
        );
        for one in table.columns {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {} | {} | {} |",
                one.name,
                one.says,
                one.holds.kind(),
                one.unit,
                one.holds.permitted(),
                one.source,
                if one.empty_when.is_empty() {
                    "never"
                } else {
                    one.empty_when
                },
            );
        }
    }
    text
}
