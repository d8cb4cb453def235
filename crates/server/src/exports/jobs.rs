//! Exports that somebody asked for on a page: one at a time, made beside everything else, kept as one
//! file until the next one or a restart.

use super::folder::own_folder;
use super::{Asked, Progress, Refused, everything, research};
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context as _;
use exchange::export::{FileLine, Withheld};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use units::Moment;
use uuid::Uuid;

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Without names.
    Research(Asked),
    /// Everybody by name.
    Everything,
}

/// How an export stands.
#[derive(Clone, Debug)]
pub enum JobState {
    /// It is being made.
    Running,
    /// It can be fetched.
    Done(Arc<Done>),
    /// It was not made, and why.
    Failed(String),
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Done {
    /// One file of all files.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// What is in it.
    pub files: Vec<FileLine>,
    /// How many people, or how many events.
    pub counted: u64,
    /// What was withheld of them.
    pub withheld: Vec<Withheld>,
}

/// An export.
#[derive(Debug)]
pub struct Job {
    /// Which.
    pub id: Uuid,
    /// What.
    pub kind: Kind,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: Moment,
    /// How far it is.
    pub progress: Progress,
    state: Mutex<JobState>,
}

impl Job {
    /// How it stands.
    pub fn state(&self) -> JobState {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn stands(&self, state: JobState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// True while it is being made.
    pub fn is_running(&self) -> bool {
        matches!(self.state(), JobState::Running)
    }
}

/// The newest export, if there was one since the server started.
#[derive(Debug, Default)]
pub struct Exports(Mutex<Option<Arc<Job>>>);

impl Exports {
    /// It.
    pub fn newest(&self) -> Option<Arc<Job>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Begins another one; none while one is being made.
    pub fn begin(
        &self,
        application: &Arc<Application>,
        kind: Kind,
        by: String,
    ) -> Option<Arc<Job>> {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.as_ref().is_some_and(|job| job.is_running()) {
            return None;
        }
        let job = Arc::new(Job {
            id: Uuid::now_v7(),
            kind,
            by,
            at: application.clock.now(),
            progress: Progress::default(),
            state: Mutex::new(JobState::Running),
        });
        *newest = Some(Arc::clone(&job));
        let (application, made) = (Arc::clone(application), Arc::clone(&job));
        tokio::spawn(async move {
            let stop = application.shutdown.clone();
            let state = tokio::select! {
                done = make(&application, &made) => match done {
                    Ok(done) => JobState::Done(Arc::new(done)),
                    Err(Refused::Fault(error)) => {
                        tracing::error!(cause = format!("{error:#}"), "an export failed");
                        JobState::Failed("The export could not be written: look into the server’s log.".to_owned())
                    }
                    Err(refused) => JobState::Failed(says(&refused)),
                },
                () = stop.cancelled() => JobState::Failed("The server was stopped.".to_owned()),
            };
            made.stands(state);
        });
        Some(job)
    }
}

fn says(refused: &Refused) -> String {
    let text = refused.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}

async fn make(application: &Application, job: &Job) -> Result<Done, Refused> {
    let root = &application.configuration.exports;
    // What somebody has fetched, or not, gives way to the next one.
    forget(root)?;
    own_folder(root)?;
    let (name, folder) = match job.kind {
        Kind::Research(_) => ("evenkeel-research", root.join("research")),
        Kind::Everything => ("evenkeel-everything", root.join("everything")),
    };
    let (counted, withheld, mut files) = match job.kind {
        Kind::Research(asked) => {
            let wrote = research(application, asked, &folder, &job.progress).await?;
            let manifest = wrote.manifest;
            (manifest.people, manifest.withheld, manifest.files)
        }
        Kind::Everything => {
            let wrote = everything(application, &folder, &job.progress).await?;
            (wrote.events, Vec::new(), wrote.files)
        }
    };
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let path = root.join(format!("{}.tar", job.id));
    let (from, into) = (folder.clone(), path.clone());
    let packed = tokio::task::spawn_blocking(move || pack(&from, name, &into));
    let bytes = packed.await.context("packing an export")??;
    std::fs::remove_dir_all(&folder)?;
    Ok(Done {
        path,
        bytes,
        files,
        counted,
        withheld,
    })
}

/// Removes what lies in the folder of exports.
pub(super) fn forget(root: &Path) -> Result<(), Refused> {
    match std::fs::remove_dir_all(root) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes exports of an earlier run of the server.
pub fn forget_old(application: &Application) -> Result<(), Fault> {
    Ok(forget(&application.configuration.exports)?)
}

/// Packs a folder as one file: in the order of names, without owners and times, so that the same
/// export is the same file.
fn pack(folder: &Path, name: &str, into: &Path) -> Result<u64, Refused> {
    let mut paths = Vec::new();
    found(folder, &mut paths)?;
    paths.sort();
    let mut archive = tar::Builder::new(BufWriter::new(File::create(into)?));
    archive.mode(tar::HeaderMode::Deterministic);
    for path in paths {
        let within = path
            .strip_prefix(folder)
            .context("a file outside of the folder")?;
        archive.append_path_with_name(&path, Path::new(name).join(within))?;
    }
    let mut file = archive.into_inner()?;
    file.flush()?;
    Ok(std::fs::metadata(into)?.len())
}

fn found(folder: &Path, into: &mut Vec<PathBuf>) -> Result<(), Refused> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}
