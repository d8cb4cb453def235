//! A table as Parquet, a group of rows at a time.
//!
//! Words are UTF-8 strings, whole numbers 64 bits, decimals of 18 digits, days `DATE`. A column that is
//! never empty is `REQUIRED`.

use super::table::{Cell, Column, Holds, Table, unscaled};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::Write;
use std::sync::Arc;

/// How many rows stand in a group: what is held in memory.
const GROUP: usize = 50_000;

/// How many digits a decimal may have.
const DIGITS: i32 = 18;

/// What is held of a column until its group is written.
enum Held {
    Text(Vec<ByteArray>),
    Whole(Vec<i64>),
    Flag(Vec<bool>),
    Day(Vec<i32>),
}

struct HeldColumn {
    values: Held,
    /// 1 where there is a value.
    levels: Vec<i16>,
    may_be_empty: bool,
    places: u8,
}

/// Writes a table.
pub(super) struct ParquetFile<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<HeldColumn>,
    rows: usize,
}

fn schema(table: &Table) -> Result<Type, ParquetError> {
    let fields: Result<Vec<Arc<Type>>, ParquetError> = table
        .columns
        .iter()
        .map(|one| field(one).map(Arc::new))
        .collect();
    Type::group_type_builder(table.name)
        .with_fields(fields?)
        .build()
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.holds {
        Holds::OneOf(_) | Holds::SomeOf(_) | Holds::Word(_) | Holds::Person | Holds::AgeBand => {
            (Physical::BYTE_ARRAY, Some(LogicalType::String))
        }
        Holds::Whole { .. } => (Physical::INT64, None),
        Holds::Decimal { places } => (
            Physical::INT64,
            Some(LogicalType::decimal(i32::from(places), DIGITS)),
        ),
        Holds::Flag => (Physical::BOOLEAN, None),
        Holds::MovedDay => (Physical::INT32, Some(LogicalType::Date)),
    };
    let repetition = if column.empty_when.is_empty() {
        Repetition::REQUIRED
    } else {
        Repetition::OPTIONAL
    };
    let mut builder = Type::primitive_type_builder(column.name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical);
    if let Holds::Decimal { places } = column.holds {
        builder = builder.with_precision(DIGITS).with_scale(i32::from(places));
    }
    builder.build()
}

fn properties() -> WriterPropertiesPtr {
    Arc::new(
        WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            // The same bytes whichever release of the library wrote them, as far as it says so.
            .set_created_by(concat!("evenkeel ", env!("CARGO_PKG_VERSION")).to_owned())
            .build(),
    )
}

impl<W: Write + Send> ParquetFile<W> {
    pub(super) fn new(table: &Table, into: W) -> Result<Self, ParquetError> {
        let writer = SerializedFileWriter::new(into, Arc::new(schema(table)?), properties())?;
        let columns = table
            .columns
            .iter()
            .map(|column| HeldColumn {
                values: match column.holds {
                    Holds::OneOf(_)
                    | Holds::SomeOf(_)
                    | Holds::Word(_)
                    | Holds::Person
                    | Holds::AgeBand => Held::Text(Vec::new()),
                    Holds::Whole { .. } | Holds::Decimal { .. } => Held::Whole(Vec::new()),
                    Holds::Flag => Held::Flag(Vec::new()),
                    Holds::MovedDay => Held::Day(Vec::new()),
                },
                levels: Vec::new(),
                may_be_empty: !column.empty_when.is_empty(),
                places: match column.holds {
                    Holds::Decimal { places } => places,
                    _other => 0,
                },
            })
            .collect();
        Ok(Self {
            writer,
            columns,
            rows: 0,
        })
    }

    /// Takes a row that the table's declaration permits.
    pub(super) fn push(&mut self, row: &[(&str, Cell<'_>)]) -> Result<(), ParquetError> {
        for (column, (_, cell)) in self.columns.iter_mut().zip(row) {
            column.push(cell);
        }
        self.rows += 1;
        if self.rows >= GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else {
                return Err(ParquetError::General("a column is missing".to_owned()));
            };
            let levels = column.may_be_empty.then_some(column.levels.as_slice());
            match &column.values {
                Held::Text(values) => writer
                    .typed::<ByteArrayType>()
                    .write_batch(values, levels, None)?,
                Held::Whole(values) => writer
                    .typed::<Int64Type>()
                    .write_batch(values, levels, None)?,
                Held::Flag(values) => writer
                    .typed::<BoolType>()
                    .write_batch(values, levels, None)?,
                Held::Day(values) => writer
                    .typed::<Int32Type>()
                    .write_batch(values, levels, None)?,
            };
            writer.close()?;
            column.clear();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Writes what is left and the end of the file; gives back where it was written to.
    pub(super) fn finish(mut self) -> Result<W, ParquetError> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.into_inner()
    }
}

impl HeldColumn {
    fn push(&mut self, cell: &Cell<'_>) {
        self.levels.push(i16::from(*cell != Cell::Empty));
        match (&mut self.values, cell) {
            (Held::Text(values), Cell::Text(text)) => {
                // Most columns say the same many times in a row: the bytes are then shared.
                let shared = values
                    .last()
                    .filter(|last| last.data() == text.as_bytes())
                    .cloned();
                values.push(shared.unwrap_or_else(|| ByteArray::from(text.as_bytes().to_vec())));
            }
            (Held::Whole(values), Cell::Whole(number)) => values.push(*number),
            // It was checked against the declaration that it fits.
            (Held::Whole(values), Cell::Decimal(number)) => {
                values.push(unscaled(*number, self.places).unwrap_or_default());
            }
            (Held::Flag(values), Cell::Flag(is)) => values.push(*is),
            (Held::Day(values), Cell::Day(days)) => values.push(*days),
            // Empty, or what the declaration has refused before.
            (Held::Text(_) | Held::Whole(_) | Held::Flag(_) | Held::Day(_), _) => {}
        }
    }

    fn clear(&mut self) {
        self.levels.clear();
        match &mut self.values {
            Held::Text(values) => values.clear(),
            Held::Whole(values) => values.clear(),
            Held::Flag(values) => values.clear(),
            Held::Day(values) => values.clear(),
        }
    }
}
