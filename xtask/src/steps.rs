//! A titled list of steps with their durations.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How a step ended.
enum Ended {
    Passed,
    Failed(String),
    /// Something it needs had failed, or is not on this machine; the reason is printed.
    NotRun(String),
}

/// Runs steps one after another, goes on after a failure, and fails at the end.
pub struct Steps {
    done: Vec<(&'static str, Ended, Duration)>,
}

impl Steps {
    pub fn new() -> Self {
        Self { done: Vec::new() }
    }

    /// Runs a step unless one it needs has not passed.
    pub fn step(
        &mut self,
        title: &'static str,
        needs: &[&str],
        act: impl FnOnce() -> Result<()>,
    ) -> &mut Self {
        println!("\n== {title} ==");
        let missing = needs.iter().find(|needed| !self.passed(needed));
        if let Some(needed) = missing {
            return self.end(
                title,
                Ended::NotRun(format!("needs \"{needed}\"")),
                Duration::ZERO,
            );
        }
        let began = Instant::now();
        let ended = match act() {
            Ok(()) => Ended::Passed,
            Err(error) => Ended::Failed(format!("{error:#}")),
        };
        self.end(title, ended, began.elapsed())
    }

    /// Says loudly that a step was left out, without failing.
    pub fn left_out(&mut self, title: &'static str, why: &str) -> &mut Self {
        println!("\n== {title} ==");
        println!("!! LEFT OUT: {why}");
        self
    }

    fn passed(&self, title: &str) -> bool {
        self.done
            .iter()
            .any(|(done, ended, _)| *done == title && matches!(ended, Ended::Passed))
    }

    fn end(&mut self, title: &'static str, ended: Ended, took: Duration) -> &mut Self {
        match &ended {
            Ended::Passed => println!("-- {title}: passed in {:.1} s", took.as_secs_f64()),
            Ended::Failed(why) => println!("-- {title}: FAILED: {why}"),
            Ended::NotRun(why) => println!("-- {title}: NOT RUN: {why}"),
        }
        self.done.push((title, ended, took));
        self
    }

    /// The list, and an error when any step did not pass.
    pub fn finish(&self) -> Result<()> {
        println!();
        let width = self
            .done
            .iter()
            .map(|(title, ..)| title.len())
            .max()
            .unwrap_or(0);
        for (title, ended, took) in &self.done {
            let word = match ended {
                Ended::Passed => "passed",
                Ended::Failed(_) => "FAILED",
                Ended::NotRun(_) => "not run",
            };
            println!("  {title:width$}  {word:8} {:>8.1} s", took.as_secs_f64());
        }
        let total: f64 = self.done.iter().map(|(.., took)| took.as_secs_f64()).sum();
        println!("  {:width$}  {:8} {total:>8.1} s", "together", "");
        let passed = self
            .done
            .iter()
            .filter(|(_, e, _)| matches!(e, Ended::Passed))
            .count();
        let failed = self.done.len() - passed;
        println!("\nsteps: {passed} passed, {failed} failed");
        if failed > 0 {
            bail!("not everything passed");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_whole_and_the_rest_still_runs() {
        let mut steps = Steps::new();
        let mut ran = false;
        steps.step("one", &[], || bail!("no"));
        steps.step("two", &[], || {
            ran = true;
            Ok(())
        });
        assert!(ran);
        assert!(steps.finish().is_err());
    }

    #[test]
    fn a_step_whose_need_failed_is_not_run_and_counts_as_not_passed() {
        let mut steps = Steps::new();
        steps.step("build", &[], || bail!("no"));
        steps.step("browser", &["build"], || panic!("must not run"));
        assert!(!steps.passed("browser"));
    }

    #[test]
    fn passed_steps_pass() {
        let mut steps = Steps::new();
        steps
            .step("one", &[], || Ok(()))
            .step("two", &["one"], || Ok(()));
        assert!(steps.finish().is_ok());
    }
}
