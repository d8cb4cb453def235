//! One file of an export: bytes to headings and rows, or why not.

use super::finding::Problem;
use super::mapping::{Encoding, Field, FileRule, plain};
use encoding_rs::WINDOWS_1252;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// The mark by which some programs say that a text is UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A file of the folder, as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFile {
    /// Its name without folders.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl GivenFile {
    /// True where its name says that it is CSV.
    pub fn is_csv(&self) -> bool {
        let extension = self.name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
    }

    /// The SHA-256 of its bytes, as 64 hexadecimal digits.
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.bytes))
    }
}

/// A row below the headings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

impl Row {
    pub(super) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// A file that could be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<Row>,
}

impl Sheet {
    /// Cuts bytes into rows: RFC 4180 with or without CR, quoted cells with line ends, a mark of
    /// UTF-8 before the first heading.
    ///
    /// Refuses bytes that are no text in the mapping’s encoding. A byte that Windows-1252 does not
    /// have is refused too, rather than read as a control sign.
    pub(super) fn read(bytes: &[u8], encoding: Encoding) -> Result<Self, Problem> {
        if u64::try_from(bytes.len()).map_or(true, |length| length > LARGEST_FILE) {
            return Err(Problem::FileTooLarge {
                largest: LARGEST_FILE,
            });
        }
        let text = text(bytes, encoding).map_err(|because| Problem::NotText { because })?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let unread = Problem::NotText {
            because: "they cannot be cut into cells",
        };
        let headings: Vec<String> = match records.next() {
            None => return Err(Problem::NoHeadings),
            Some(Err(_)) => return Err(unread),
            Some(Ok(record)) => record.iter().map(|cell| cell.trim().to_owned()).collect(),
        };
        if headings.iter().all(String::is_empty) {
            return Err(Problem::NoHeadings);
        }
        let mut rows = Vec::new();
        let mut lines = Lines::of(text.as_bytes());
        for record in records {
            let Ok(record) = record else {
                return Err(unread);
            };
            rows.push(Row {
                line: lines.at(record.position().map_or(0, csv::Position::byte)),
                cells: record.iter().map(str::to_owned).collect(),
            });
        }
        Ok(Self { headings, rows })
    }

    /// Where the fields of a kind of file stand.
    ///
    /// Refuses a file without a column that each row must tell, and one in which a heading that
    /// would be read stands twice.
    pub(super) fn columns(
        &self,
        rule: &FileRule,
    ) -> Result<BTreeMap<Field, usize>, (Option<String>, Problem)> {
        let headings: Vec<String> = self.headings.iter().map(|text| plain(text)).collect();
        let mut columns = BTreeMap::new();
        for (field, understood) in &rule.columns {
            let taken = understood.iter().find(|name| headings.contains(name));
            let Some(taken) = taken else {
                continue;
            };
            let places: Vec<usize> = headings
                .iter()
                .enumerate()
                .filter(|(_, heading)| *heading == taken)
                .map(|(place, _)| place)
                .collect();
            match places[..] {
                [place] => {
                    columns.insert(*field, place);
                }
                [first, ..] => {
                    let heading = self.headings.get(first).cloned();
                    return Err((heading, Problem::HeadingTwice));
                }
                [] => {}
            }
        }
        for field in rule.kind.needs() {
            if !columns.contains_key(&field) {
                let understood = rule.columns.get(&field).cloned().unwrap_or_default();
                return Err((None, Problem::HeadingMissing { field, understood }));
            }
        }
        Ok(columns)
    }
}

/// Counts lines as an editor shows them: the reader of CSV counts one less after CR LF.
struct Lines<'a> {
    bytes: &'a [u8],
    place: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    const fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            place: 0,
            line: 1,
        }
    }

    /// The line of the first sign of a row that the reader found at this byte or at the line ends
    /// that follow it. Bytes are asked in their order.
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(sign) = self.bytes.get(self.place) {
            if self.place >= byte && !matches!(sign, b'\r' | b'\n') {
                break;
            }
            let next = self.bytes.get(self.place + 1);
            let ends = *sign == b'\n' || (*sign == b'\r' && next != Some(&b'\n'));
            self.line += u64::from(ends);
            self.place += 1;
        }
        self.line
    }
}

/// The bytes as text, or what they seem to be instead.
fn text(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, &'static str> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("they are UTF-16; save the file as UTF-8");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err("they are an archive or a spreadsheet; save each sheet as CSV");
    }
    if bytes.contains(&0) {
        return Err("there is a zero byte in them, so they are no text");
    }
    let marked = bytes.strip_prefix(MARK);
    match (marked, encoding) {
        (Some(_), _) | (None, Encoding::Utf8) => {
            let body = marked.unwrap_or(bytes);
            std::str::from_utf8(body).map(Cow::Borrowed).map_err(|_| {
                "they are not UTF-8; if the program that wrote them used Windows-1252, say so in \
                 the mapping"
            })
        }
        (None, Encoding::Windows1252) => {
            // Source: the code page has nothing at these five.
            let nothing = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
            if bytes.iter().any(nothing) {
                return Err("they are not Windows-1252, as the mapping says");
            }
            Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0)
        }
    }
}
