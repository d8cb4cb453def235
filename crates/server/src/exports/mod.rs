//! What leaves the house as files: a research export without names, and the clinic's own whole record.

mod everything;
mod folder;
mod jobs;
mod one_person;
mod people;
mod research;
mod research_rows;
mod words;

pub use everything::{WroteEverything, everything};
pub use folder::Refused;
pub use jobs::{Done, Exports, Job, JobState, Kind, forget_old};
pub use research::{Asked, Wrote, research};

use std::sync::atomic::{AtomicU64, Ordering};

/// How far something is that takes a while.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// How much of how much; nothing of nothing while it is not known.
    pub fn read(&self) -> (u64, u64) {
        (
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        )
    }

    fn begins(&self, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    fn went_on(&self, by: u64) {
        self.done.fetch_add(by, Ordering::Relaxed);
    }
}
