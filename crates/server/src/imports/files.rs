//! A folder and a mapping, read from the disk.

use exchange::import::{GivenFile, LARGEST_FILE, Mapping, UnreadableMapping};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Why an import does not begin.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The folder or a file of it cannot be read.
    #[error("{path}: {why}")]
    Unread {
        /// Which.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// There is nothing in the folder.
    #[error("{0} has no files in it")]
    Empty(PathBuf),
    /// The mapping has defects.
    #[error("the mapping {name}: {why}")]
    Mapping {
        /// Which.
        name: String,
        /// What is wrong.
        why: UnreadableMapping,
    },
}

/// Every file of a folder in the order of their names; folders in it are named, and not opened.
///
/// # Errors
///
/// What cannot be read, or a folder without a file.
pub fn files_of(folder: &Path) -> Result<Vec<GivenFile>, Unusable> {
    let unread = |path: &Path| {
        let path = path.to_owned();
        move |why| Unusable::Unread { path, why }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unread(folder))? {
        let path = entry.map_err(unread(folder))?.path();
        let name = path.file_name().unwrap_or_default();
        let mut given = GivenFile {
            name: name.to_string_lossy().into_owned(),
            bytes: Vec::new(),
        };
        if path.is_dir() {
            given.name.push('/');
        } else if given.is_csv() {
            let file = File::open(&path).map_err(unread(&path))?;
            // One byte more than is read, so that a file that is too large is known to be.
            let mut some = file.take(LARGEST_FILE + 1);
            some.read_to_end(&mut given.bytes).map_err(unread(&path))?;
        }
        files.push(given);
    }
    if files.is_empty() {
        return Err(Unusable::Empty(folder.to_owned()));
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// The shipped mapping of this name, or the one in the file of this name.
///
/// # Errors
///
/// A file that cannot be read, and a mapping with defects.
pub fn mapping_of(name: &str) -> Result<Mapping, Unusable> {
    let read = |text: &str| {
        Mapping::read(text).map_err(|why| Unusable::Mapping {
            name: name.to_owned(),
            why,
        })
    };
    if let Some(text) = Mapping::shipped_text(name) {
        return read(text);
    }
    let text = std::fs::read_to_string(name).map_err(|why| Unusable::Unread {
        path: name.into(),
        why,
    })?;
    read(&text)
}
