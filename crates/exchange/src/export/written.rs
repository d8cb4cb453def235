//! A table while it is written, both ways at once.

use super::comma_separated;
use super::manifest::FileLine;
use super::parquet_file::ParquetFile;
use super::table::{Cell, NotDeclared, Table};
use parquet::errors::ParquetError;
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};

/// What went wrong while a table was written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// The row is not as declared.
    #[error(transparent)]
    NotDeclared(#[from] NotDeclared),
    /// The file could not be written.
    #[error("writing a table")]
    File(#[from] io::Error),
    /// The Parquet file could not be written.
    #[error("writing a table as Parquet")]
    Parquet(#[from] ParquetError),
    /// The CSV file could not be written.
    #[error("writing a table as CSV")]
    CommaSeparated(#[from] csv::Error),
}

/// Something that is written to, with the digest and the length of all that was.
pub struct Hashed<W> {
    into: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Hashed<W> {
    /// Nothing was written yet.
    pub fn new(into: W) -> Self {
        Self {
            into,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    /// The line of a manifest, and where it was written to.
    pub fn finish(mut self, name: String, rows: Option<u64>) -> io::Result<(FileLine, W)> {
        self.into.flush()?;
        let line = FileLine {
            name,
            bytes: self.bytes,
            rows,
            sha256: hex::encode(self.digest.finalize()),
        };
        Ok((line, self.into))
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Writes one table as CSV and as Parquet.
pub struct TableWriter<W: Write + Send> {
    table: &'static Table,
    lines: csv::Writer<Hashed<W>>,
    parquet: ParquetFile<Hashed<W>>,
    text: String,
    rows: u64,
}

/// A table that was written.
pub struct WrittenTable<W> {
    /// How many rows.
    pub rows: u64,
    /// The two files, CSV first: what a manifest says of each, and where it was written to.
    pub files: [(FileLine, W); 2],
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins both files.
    pub fn new(table: &'static Table, csv: W, parquet: W) -> Result<Self, Unwritable> {
        let mut lines = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Hashed::new(csv));
        lines.write_record(table.columns.iter().map(|column| column.name))?;
        Ok(Self {
            table,
            lines,
            parquet: ParquetFile::new(table, Hashed::new(parquet))?,
            text: String::new(),
            rows: 0,
        })
    }

    /// Writes a row: each cell with the name of its column, in the order of the declaration.
    ///
    /// Refuses what the declaration does not permit; nothing of it is written then.
    pub fn push(&mut self, row: &[(&str, Cell<'_>)]) -> Result<(), Unwritable> {
        self.table.check(row)?;
        for ((_, cell), column) in row.iter().zip(self.table.columns) {
            comma_separated::cell(column, cell, &mut self.text);
            self.lines.write_field(&self.text)?;
        }
        self.lines.write_record(None::<&[u8]>)?;
        self.parquet.push(row)?;
        self.rows += 1;
        Ok(())
    }

    /// Ends both files.
    pub fn finish(self) -> Result<WrittenTable<W>, Unwritable> {
        let lines = self
            .lines
            .into_inner()
            .map_err(|error| Unwritable::File(error.into_error()))?;
        let name = |ending: &str| format!("{}.{ending}", self.table.name);
        let parquet = self.parquet.finish()?;
        Ok(WrittenTable {
            rows: self.rows,
            files: [
                lines.finish(name("csv"), Some(self.rows))?,
                parquet.finish(name("parquet"), Some(self.rows))?,
            ],
        })
    }
}
