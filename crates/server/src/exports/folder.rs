//! The folder of an export: it appears under its name when all of it is written, and not before.

use crate::fault::Fault;
use anyhow::Context as _;
use exchange::export::{FileLine, Hashed};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The folder is there, and not empty.
    #[error("{0} is not empty: name a folder that is new or empty")]
    NotEmpty(PathBuf),
    /// Too few people.
    #[error("nothing was written: {0}")]
    TooFew(#[from] clinical::research::TooFew),
    /// Too short a stretch of time.
    #[error(
        "nothing was written: the stretch of time is shorter than {0} days, and would tell when somebody was treated"
    )]
    TooShort(u32),
    /// The machine failed.
    #[error("{0:#}")]
    Fault(anyhow::Error),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault.0)
    }
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

impl From<exchange::export::Unwritable> for Refused {
    fn from(error: exchange::export::Unwritable) -> Self {
        Self::Fault(error.into())
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// A folder that is being filled.
pub(super) struct Filling {
    wanted: PathBuf,
    partial: PathBuf,
    kept: bool,
}

impl Filling {
    /// Refuses a folder that is not empty; what an earlier run left half done goes.
    pub(super) fn begin(wanted: &Path) -> Result<Self, Refused> {
        let is_empty = match fs::read_dir(wanted) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
            Err(error) => {
                return Err(Refused::Fault(
                    anyhow::Error::new(error).context("looking into the folder"),
                ));
            }
        };
        if !is_empty {
            return Err(Refused::NotEmpty(wanted.to_owned()));
        }
        let mut name = wanted
            .file_name()
            .map(ToOwned::to_owned)
            .unwrap_or_default();
        name.push(".partial");
        let partial = wanted.with_file_name(name);
        match fs::remove_dir_all(&partial) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error.into());
            }
            Ok(()) | Err(_) => {}
        }
        own_folder(&partial)?;
        Ok(Self {
            wanted: wanted.to_owned(),
            partial,
            kept: false,
        })
    }

    /// A new file in it.
    pub(super) fn file(&self, name: &str) -> Result<BufWriter<File>, Refused> {
        let path = self.partial.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = File::create(&path).with_context(|| format!("making {name}"))?;
        Ok(BufWriter::new(file))
    }

    /// A new file whose bytes are hashed as they are written.
    pub(super) fn hashed(&self, name: &str) -> Result<Hashed<BufWriter<File>>, Refused> {
        Ok(Hashed::new(self.file(name)?))
    }

    /// A whole text as a file, with its line of the manifest.
    pub(super) fn text(&self, name: &str, text: &str) -> Result<FileLine, Refused> {
        let mut file = self.hashed(name)?;
        file.write_all(text.as_bytes())?;
        let (line, file) = file.finish(name.to_owned(), None)?;
        durable(file)?;
        Ok(line)
    }

    /// All is written: the folder gets its name.
    pub(super) fn keep(mut self) -> Result<(), Refused> {
        match fs::remove_dir(&self.wanted) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error.into());
            }
            Ok(()) | Err(_) => {}
        }
        fs::rename(&self.partial, &self.wanted).context("giving the folder its name")?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        // What is half done must not lie about; if it cannot be removed, the next run tries again.
        if !self.kept {
            fs::remove_dir_all(&self.partial).ok();
        }
    }
}

/// Puts what was written on the disk.
pub(super) fn durable(file: BufWriter<File>) -> Result<(), Refused> {
    let file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(())
}

/// A folder that nobody else on the machine may read.
pub(super) fn own_folder(path: &Path) -> Result<(), Refused> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .with_context(|| format!("making the folder {}", path.display()))?;
    Ok(())
}
