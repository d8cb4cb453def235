//! Tables that leave the house: each as CSV and as Parquet, with a dictionary that is written from the
//! very declaration by which the rows are checked.
//!
//! Nothing here knows whose rows they are: what may be told of people is decided before, in
//! `clinical::research`.

mod comma_separated;
mod dictionary;
mod manifest;
mod parquet_file;
pub mod research;
mod table;
mod written;

pub use comma_separated::guarded;
pub use dictionary::{as_json, as_markdown};
pub use manifest::{FileLine, Manifest, Withheld};
pub use table::{Cell, Column, Holds, NotDeclared, Table};
pub use written::{Hashed, TableWriter, Unwritable, WrittenTable};
