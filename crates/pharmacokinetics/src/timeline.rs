//! Time cut at every event and at every point of the output: between cuts nothing changes.

use crate::quantity::Elapsed;
use std::collections::BTreeSet;

/// Drug that enters one place of the body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    /// The place.
    pub into: usize,
    /// In milligrams, after what never arrives.
    pub amount: f64,
    pub from: Elapsed,
    /// The same moment, where it enters at once.
    pub until: Elapsed,
}

impl Entry {
    pub fn at_once(&self) -> bool {
        self.from == self.until
    }

    /// Milligrams per minute while it lasts.
    pub fn rate(&self) -> f64 {
        self.amount / self.until.since(self.from).minutes()
    }
}

/// Stretches of equal steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Timeline {
    /// The different lengths of steps, in minutes.
    pub lengths: Vec<f64>,
    pub runs: Vec<Run>,
    /// Which entries run during a stretch.
    pub running: Vec<Vec<usize>>,
    /// Positions of entries that enter at once, in order of time.
    pub at_once: Vec<usize>,
    pub outputs: usize,
}

/// At its beginning some drug may enter at once; then, `steps` times, the value is written (where
/// `writes`) and time goes on by one length (where there is one).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub at_once: (usize, usize),
    pub writes: bool,
    pub length: Option<usize>,
    pub running: usize,
    pub steps: usize,
}

impl Timeline {
    /// Output at 0, `every`, 2 `every`, … up to `until`.
    pub fn new(entries: &[Entry], until: Elapsed, every: Elapsed) -> Self {
        let step = every.milliseconds().max(1);
        let end = until.milliseconds();
        let is_output = |time: i64| time % step == 0;
        let mut cuts: BTreeSet<i64> = (0..=end / step).map(|k| k * step).collect();
        let outputs = cuts.len();
        for entry in entries {
            for time in [entry.from.milliseconds(), entry.until.milliseconds()] {
                if time <= end {
                    cuts.insert(time);
                }
            }
        }
        let mut at_once: Vec<usize> = (0..entries.len())
            .filter(|&k| entries[k].at_once())
            .collect();
        at_once.sort_by_key(|&k| entries[k].from);
        let mut line = Self {
            lengths: Vec::new(),
            runs: Vec::new(),
            running: Vec::new(),
            at_once,
            outputs,
        };
        let cuts: Vec<i64> = cuts.into_iter().collect();
        let mut given = 0;
        for (k, &time) in cuts.iter().enumerate() {
            let begins = given;
            while line
                .at_once
                .get(given)
                .is_some_and(|&entry| entries[entry].from.milliseconds() <= time)
            {
                given += 1;
            }
            let length = cuts
                .get(k + 1)
                .map(|next| line.length(between(time, *next)));
            let running = line.running(entries, time);
            let run = Run {
                at_once: (begins, given),
                writes: is_output(time),
                length,
                running,
                steps: 1,
            };
            match line.runs.last_mut() {
                Some(last)
                    if begins == given
                        && (last.writes, last.length, last.running)
                            == (run.writes, run.length, run.running) =>
                {
                    last.steps += 1;
                }
                _ => line.runs.push(run),
            }
        }
        line
    }

    fn length(&mut self, minutes: f64) -> usize {
        let known = self
            .lengths
            .iter()
            .position(|known| known.to_bits() == minutes.to_bits());
        known.unwrap_or_else(|| {
            self.lengths.push(minutes);
            self.lengths.len() - 1
        })
    }

    fn running(&mut self, entries: &[Entry], time: i64) -> usize {
        let set: Vec<usize> = (0..entries.len())
            .filter(|&k| {
                let entry = &entries[k];
                entry.from.milliseconds() <= time && time < entry.until.milliseconds()
            })
            .collect();
        let known = self.running.iter().position(|known| *known == set);
        known.unwrap_or_else(|| {
            self.running.push(set);
            self.running.len() - 1
        })
    }
}

fn between(from: i64, to: i64) -> f64 {
    let milliseconds = (to - from) as f64;
    milliseconds / 60_000.0
}
