//! Taking the record out of the house.

use super::around::Around;
use crate::exports::{Done, Job, JobState, Kind};
use crate::web::form::Problem;
use askama::Template;
use exchange::export::Withheld;

/// What was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The seed.
    pub seed: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What the record is taken out for.
    pub reason: String,
    /// What is wrong.
    pub problem: Option<Problem>,
}

impl Typed {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.problem
            .as_ref()
            .filter(|problem| problem.field == field)
            .map(|problem| problem.says.as_str())
    }
}

/// The page.
#[derive(Template)]
#[template(path = "exports.html")]
pub struct ExportsPage<'a> {
    /// What stands around it.
    pub around: Around<'a>,
    /// The newest export, and how it stands; none that the viewer may not see.
    pub job: Option<(&'a Job, &'a JobState)>,
    /// One is being made, whether the viewer may see it or not.
    pub runs: bool,
    /// Only the owner takes everything.
    pub is_owner: bool,
    /// What was typed.
    pub typed: Typed,
    /// What fewer people share is withheld.
    pub small: u32,
    /// How far days are moved at the most.
    pub weeks_back: u32,
    /// The shortest stretch of time.
    pub shortest_days: u32,
}

impl ExportsPage<'_> {
    fn done(&self) -> Option<&Done> {
        match self.job {
            Some((_, JobState::Done(done))) => Some(done),
            Some((_, JobState::Running | JobState::Failed(_))) | None => None,
        }
    }

    fn failed(&self) -> Option<&str> {
        match self.job {
            Some((_, JobState::Failed(says))) => Some(says),
            Some((_, JobState::Running | JobState::Done(_))) | None => None,
        }
    }

    fn is_by_name(&self) -> bool {
        self.job
            .is_some_and(|(job, _)| job.kind == Kind::Everything)
    }

    fn what(&self) -> &'static str {
        if self.is_by_name() {
            "Everything, by name"
        } else {
            "Research export"
        }
    }

    /// How much of how much; none while it is not known.
    fn progress(&self) -> Option<(u64, u64)> {
        let (job, _) = self.job?;
        let (done, total) = job.progress.read();
        (total > 0).then_some((done.min(total), total))
    }

    fn counted_what(&self) -> &'static str {
        if self.is_by_name() {
            "events"
        } else {
            "people"
        }
    }

    fn asked_at(&self) -> String {
        self.job
            .map(|(job, _)| self.around.clock().when(job.at))
            .unwrap_or_default()
    }

    fn withheld(&self) -> Vec<&Withheld> {
        self.done().map_or_else(Vec::new, |done| {
            done.withheld.iter().filter(|line| line.rows > 0).collect()
        })
    }

    /// Bytes as people read them.
    fn size(&self, bytes: &u64) -> String {
        let kilobytes = bytes.div_ceil(1_000);
        if kilobytes < 1_000 {
            return format!("{kilobytes} kB");
        }
        format!("{} MB", kilobytes.div_ceil(1_000))
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
