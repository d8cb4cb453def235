//! Tables that leave the house, read again by other programs than the one that wrote them: the CSV
//! by its own rules, the Parquet by the library’s reader; and once by DuckDB, as the witness says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use exchange::export::research::{ANSWERS, PEOPLE, TABLES};
use exchange::export::{
    Cell, Column, Holds, Table, TableWriter, Unwritable, as_json, as_markdown, guarded,
};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use rust_decimal::Decimal;

/// A table of every kind of column.
static KINDS: Table = Table {
    name: "kinds",
    one_row: "a test",
    order: "coming",
    columns: &[
        kind("person", Holds::Person, ""),
        kind(
            "word",
            Holds::OneOf(&["female", "=1+2", "-x", "@x"]),
            "never said",
        ),
        kind("number", Holds::Whole { from: -9, to: 9 }, "not counted"),
        kind("decimal", Holds::Decimal { places: 2 }, "not measured"),
        kind("flag", Holds::Flag, "not asked"),
        kind("day", Holds::MovedDay, "no day"),
    ],
};

const fn kind(name: &'static str, holds: Holds, empty_when: &'static str) -> Column {
    Column {
        name,
        says: "a test",
        holds,
        unit: "",
        source: "a test",
        empty_when,
    }
}

const WHO: &str = "0123456789abcdef";

fn row<'a>(
    word: Cell<'a>,
    number: Cell<'a>,
    decimal: Cell<'a>,
    flag: Cell<'a>,
    day: Cell<'a>,
) -> [(&'static str, Cell<'a>); 6] {
    [
        ("person", Cell::text(WHO)),
        ("word", word),
        ("number", number),
        ("decimal", decimal),
        ("flag", flag),
        ("day", day),
    ]
}

fn decimal(text: &str) -> Cell<'static> {
    Cell::Decimal(text.parse::<Decimal>().unwrap())
}

/// Writes rows; both files.
fn written(rows: &[[(&'static str, Cell<'_>); 6]]) -> (Vec<u8>, Vec<u8>) {
    let mut writer = TableWriter::new(&KINDS, Vec::new(), Vec::new()).unwrap();
    for row in rows {
        writer.push(row).unwrap();
    }
    let [(_, csv), (_, parquet)] = writer.finish().unwrap().files;
    (csv, parquet)
}

#[test]
fn a_table_is_written_as_the_csv_that_was_worked_out_by_hand() {
    let (csv, _) = written(&[
        row(
            Cell::text("female"),
            Cell::Whole(-9),
            decimal("7.5"),
            Cell::Flag(true),
            Cell::Day(20_787),
        ),
        row(
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
        ),
    ]);
    // 20,787 days after 1970-01-01 is 2026-11-30: 56 years of 365 days, 14 leap days and 333 days.
    let expected = "person,word,number,decimal,flag,day\r\n\
        0123456789abcdef,female,-9,7.50,true,2026-11-30\r\n\
        0123456789abcdef,,,,,\r\n";
    assert_eq!(String::from_utf8(csv).unwrap(), expected);
}

#[test]
fn what_a_spreadsheet_would_reckon_with_is_prefixed() {
    // Hazard: H71
    for formula in ["=1+2", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
        assert_eq!(guarded(formula), format!("'{formula}"));
    }
    assert_eq!(guarded("phq-9"), "phq-9");
    let all = ["=1+2", "-x", "@x"].map(|word| {
        row(
            Cell::text(word),
            Cell::Whole(-1),
            decimal("-0.25"),
            Cell::Empty,
            Cell::Empty,
        )
    });
    let (csv, _) = written(&all);
    let csv = String::from_utf8(csv).unwrap();
    for prefixed in ["'=1+2,-1,-0.25", "'-x,", "'@x,"] {
        assert!(csv.contains(prefixed), "{csv}");
    }
}

#[test]
fn the_parquet_says_the_same_as_the_csv_cell_by_cell() {
    let mut rows = Vec::new();
    // More than one group of rows.
    for number in 0..120_003_i64 {
        let digit = number % 19 - 9;
        rows.push(row(
            if number % 3 == 0 {
                Cell::Empty
            } else {
                Cell::text("female")
            },
            if number % 5 == 0 {
                Cell::Empty
            } else {
                Cell::Whole(digit)
            },
            if number % 7 == 0 {
                Cell::Empty
            } else {
                Cell::Decimal(Decimal::new(number * 37 - 5_000, 2))
            },
            if number % 11 == 0 {
                Cell::Empty
            } else {
                Cell::Flag(number % 2 == 0)
            },
            if number % 13 == 0 {
                Cell::Empty
            } else {
                Cell::Day(i32::try_from(number % 30_000).unwrap() - 3_000)
            },
        ));
    }
    let (csv, parquet) = written(&rows);
    let reader = SerializedFileReader::new(bytes::Bytes::from(parquet)).unwrap();
    let mut lines = csv::Reader::from_reader(csv.as_slice());
    let mut compared = 0;
    for (line, row) in lines.records().zip(reader.get_row_iter(None).unwrap()) {
        let (line, row) = (line.unwrap(), row.unwrap());
        for (text, (_, field)) in line.iter().zip(row.get_column_iter()) {
            assert_eq!(text, said(field));
            compared += 1;
        }
    }
    assert_eq!(compared, 120_003 * 6);
    assert!(reader.metadata().num_row_groups() > 1);
}

/// A field of the library's reader as the CSV writes it.
fn said(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Bool(is) => is.to_string(),
        Field::Long(number) => number.to_string(),
        Field::Str(text) => text.clone(),
        Field::Date(days) => {
            let epoch = jiff::civil::date(1970, 1, 1);
            let days = jiff::Span::new().days(*days);
            epoch.checked_add(days).unwrap().to_string()
        }
        Field::Decimal(decimal) => {
            let bytes: [u8; 8] = decimal.data().try_into().unwrap();
            let scale = u32::try_from(decimal.scale()).unwrap();
            Decimal::new(i64::from_be_bytes(bytes), scale).to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_rows_are_the_same_bytes() {
    let rows = [row(
        Cell::text("female"),
        Cell::Whole(1),
        decimal("1"),
        Cell::Flag(false),
        Cell::Day(0),
    )];
    assert_eq!(written(&rows), written(&rows));
}

#[test]
fn what_the_declaration_does_not_permit_is_not_written() {
    // Hazard: H71
    let fine = row(
        Cell::text("female"),
        Cell::Whole(9),
        decimal("0.25"),
        Cell::Flag(true),
        Cell::Day(1),
    );
    let mut wrong: Vec<Vec<(&str, Cell<'_>)>> = Vec::new();
    for (place, cell) in [
        (0, Cell::Empty),
        (0, Cell::text("Moreno, Ana")),
        (1, Cell::text("Moreno")),
        (1, Cell::Whole(1)),
        (2, Cell::Whole(10)),
        (3, decimal("0.255")),
        (3, decimal("99999999999999999999")),
        (4, Cell::text("true")),
        (5, Cell::text("2026-11-30")),
    ] {
        let mut row = fine.to_vec();
        row[place].1 = cell;
        wrong.push(row);
    }
    // Another order, and a column too few.
    let mut turned = fine.to_vec();
    turned.swap(2, 3);
    wrong.extend([turned, fine[..5].to_vec()]);
    let mut writer = TableWriter::new(&KINDS, Vec::new(), Vec::new()).unwrap();
    for row in &wrong {
        let refused = writer.push(row);
        assert!(
            matches!(refused, Err(Unwritable::NotDeclared(_))),
            "{row:?}"
        );
        // A fault is logged, and a log must not tell what did not leave.
        assert!(!format!("{:?}", refused.err()).contains("Moreno"));
    }
    writer.push(&fine).unwrap();
    let written = writer.finish().unwrap();
    assert_eq!(written.rows, 1);
    let text = String::from_utf8(written.files[0].1.clone()).unwrap();
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn no_column_of_a_research_export_holds_words_that_somebody_typed() {
    // Hazard: H71
    for table in TABLES {
        for column in table.columns {
            let closed = match column.holds {
                // A name of a shipped file: at most 64 small letters, digits and hyphens.
                Holds::Word(of) => of.contains("file") || of.contains("policies/"),
                Holds::OneOf(words) | Holds::SomeOf(words) => !words.is_empty(),
                Holds::Person
                | Holds::AgeBand
                | Holds::Whole { .. }
                | Holds::Decimal { .. }
                | Holds::Flag
                | Holds::MovedDay => true,
            };
            assert!(closed, "{}.{}", table.name, column.name);
        }
        assert_eq!(table.columns[0].name, "person", "{}", table.name);
    }
}

#[test]
fn the_dictionary_names_every_column_of_every_table() {
    let json: serde_json::Value = serde_json::from_str(&as_json(&TABLES)).unwrap();
    let markdown = as_markdown(&TABLES);
    for (table, told) in TABLES.iter().zip(json["tables"].as_array().unwrap()) {
        assert_eq!(told["name"], table.name);
        assert!(markdown.contains(&format!("## {}\n", table.name)));
        for (column, told) in table
            .columns
            .iter()
            .zip(told["columns"].as_array().unwrap())
        {
            assert_eq!(told["name"], column.name);
            for filled in ["says", "kind", "permitted", "source"] {
                assert!(!told[filled].as_str().unwrap().is_empty());
            }
            assert!(markdown.contains(&format!("| `{}` | {} |", column.name, column.says)));
        }
    }
    // A person's row, told by hand.
    let band = &PEOPLE.columns[2];
    assert_eq!((band.name, band.holds), ("age_band", Holds::AgeBand));
    assert_eq!(ANSWERS.columns[6].name, "item");
}
