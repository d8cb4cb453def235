//! The typesetter, alone in a room with two files: the template and what it says, as data.

use crate::document::Fault;
use serde::Serialize;
use serde_json::Value;
use std::sync::OnceLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// How many runs the typesetter may remember: none, each document is set once.
const REMEMBERED_RUNS: usize = 0;

/// The fonts that are built in; no font of the machine is looked at, so that the same record looks
/// the same everywhere.
fn fonts() -> &'static FontStore {
    static FONTS: OnceLock<FontStore> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut store = FontStore::new();
        store.extend(typst_kit::fonts::embedded());
        store
    })
}

struct Room {
    library: LazyHash<Library>,
    template: Source,
    data: (FileId, Bytes),
    today: Option<Datetime>,
}

fn file(name: &str) -> Result<FileId, Fault> {
    let path = VirtualPath::new(name).map_err(|why| Fault::Data(format!("{why:?}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl World for Room {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts().book()
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            Ok(self.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 {
            Ok(self.data.1.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

/// What is to be set.
pub(crate) struct Job<'a, D> {
    /// The template's text; it reads `/data.json`.
    pub template: &'a str,
    /// What it says.
    pub data: &'a D,
    /// The date of the document: year, month, day.
    pub day: (i32, u8, u8),
    /// The document's identity: the same for the same thing.
    pub identity: String,
    /// The program that made it.
    pub software: &'a str,
}

/// Sets a document as PDF.
pub(crate) fn set<D: Serialize>(job: &Job<'_, D>) -> Result<Vec<u8>, Fault> {
    let mut data = serde_json::to_value(job.data).map_err(|why| Fault::Data(why.to_string()))?;
    readable(&mut data);
    let bytes = serde_json::to_vec(&data).map_err(|why| Fault::Data(why.to_string()))?;
    let room = Room {
        library: LazyHash::new(Library::default()),
        template: Source::new(file("/template.typ")?, job.template.to_owned()),
        data: (file("/data.json")?, Bytes::new(bytes)),
        today: Datetime::from_ymd(job.day.0, job.day.1, job.day.2),
    };
    let done = pages(&room, &job.identity, job.software);
    // The typesetter remembers by itself; a server that sets many records would only grow.
    typst::comemo::evict(REMEMBERED_RUNS);
    done
}

fn pages(room: &Room, identity: &str, software: &str) -> Result<Vec<u8>, Fault> {
    let document = typst::compile::<PagedDocument>(room)
        .output
        .map_err(|why| Fault::Setting(first(&why)))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|why| Fault::Export(why.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(identity.to_owned()),
        creator: Smart::Custom(Some(software.to_owned())),
        timestamp: None,
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(&document, &options).map_err(|why| Fault::Export(first(&why)))
}

fn first(why: &[SourceDiagnostic]) -> String {
    why.first()
        .map_or_else(String::new, |first| first.message.to_string())
}

/// Text that the fonts can show: a character that none of them has is written as its number, so
/// that nothing is lost in silence and one letter does not cost the whole document.
fn readable(data: &mut Value) {
    match data {
        Value::String(text) => {
            if text.chars().any(|character| !has(character)) {
                *text = text
                    .chars()
                    .map(|character| {
                        if has(character) {
                            character.to_string()
                        } else if character.is_control() {
                            " ".to_owned()
                        } else {
                            format!("[U+{:04X}]", u32::from(character))
                        }
                    })
                    .collect();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(readable),
        Value::Object(map) => map.values_mut().for_each(readable),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether the family in which the record is set, or one that may stand in for it, has a letter.
fn has(character: char) -> bool {
    let book: &FontBook = fonts().book();
    ["libertinus serif", "new computer modern"]
        .into_iter()
        .flat_map(|family| book.select_family(family))
        .filter_map(|index| book.info(index))
        .any(|info| info.coverage.contains(u32::from(character)))
}
