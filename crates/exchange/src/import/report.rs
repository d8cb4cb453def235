//! What is told of a look: for people as text, for programs as JSON.

use super::finding::{Costs, Finding, Fits, Tally};
use serde_json::{Value, json};
use std::fmt;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The mapping’s name.
    pub mapping: String,
    /// Its version.
    pub version: u32,
    /// What the other system is called.
    pub system: String,
    /// True where headings of the mapping are our assumption.
    pub unverified: bool,
    /// Where the mapping was read.
    pub source: String,
    /// Every file, with every row counted once.
    pub files: Vec<Tally>,
    /// What would be brought.
    pub fits: Fits,
    /// What would not fit, in the order of files and lines.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Rows below headings, that fit, that do not, and that say nothing more.
    pub fn rows(&self) -> (u64, u64, u64, u64) {
        self.files.iter().fold((0, 0, 0, 0), |all, tally| {
            (
                all.0 + tally.read,
                all.1 + tally.fit,
                all.2 + tally.unfit,
                all.3 + tally.ignored,
            )
        })
    }

    /// How many findings cost what.
    pub fn costing(&self, costs: Costs) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.problem.costs() == costs)
            .count()
    }

    /// For programs.
    pub fn as_json(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "file": finding.file,
                    "line": finding.line,
                    "column": finding.column,
                    "found": finding.found,
                    "count": finding.count,
                    "costs": finding.problem.costs(),
                    "says": finding.problem.says(),
                })
            })
            .collect();
        let (read, fit, unfit, ignored) = self.rows();
        json!({
            "mapping": self.mapping,
            "version": self.version,
            "system": self.system,
            "unverified": self.unverified,
            "source": self.source,
            "rows": { "read": read, "fit": fit, "unfit": unfit, "ignored": ignored },
            "fits": self.fits,
            "files": self.files,
            "findings": findings,
        })
    }
}

/// A value of a foreign file as it is shown: on one line, without signs that move a terminal’s
/// cursor, and not longer than a line.
fn shown(found: &str) -> String {
    const LONGEST: usize = 60;
    let mut text: String = found
        .chars()
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .take(LONGEST)
        .collect();
    if found.chars().count() > LONGEST {
        text.push('…');
    }
    text
}

impl fmt::Display for Finding {
    /// `patients.csv, line 4, column “DOB”: “31/02/1980”. This is no date … (row left out)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shown(&self.file))?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column “{}”", shown(column))?;
        }
        f.write_str(": ")?;
        if !self.found.is_empty() {
            write!(f, "“{}”. ", shown(&self.found))?;
        }
        write!(
            f,
            "{} ({}",
            self.problem.says(),
            self.problem.costs().says()
        )?;
        match (self.line, self.count) {
            (None, 1..) => write!(f, ": {})", self.count),
            (Some(_), _) | (None, 0) => f.write_str(")"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Read as an export of {} by the mapping {} {}.",
            self.system, self.mapping, self.version
        )?;
        if self.unverified {
            writeln!(
                f,
                "UNVERIFIED: headings of this mapping are assumed. Compare the first line of each \
                 file with what is said below."
            )?;
        }
        writeln!(f, "\nRows\n  read    fit  unfit ignored  file")?;
        for tally in &self.files {
            writeln!(
                f,
                "{:>6} {:>6} {:>6} {:>7}  {} ({})",
                tally.read,
                tally.fit,
                tally.unfit,
                tally.ignored,
                shown(&tally.file),
                tally.kind.map_or("not known", |kind| kind.word())
            )?;
        }
        let (read, fit, unfit, ignored) = self.rows();
        writeln!(f, "{read:>6} {fit:>6} {unfit:>6} {ignored:>7}  all")?;
        let fits = self.fits;
        writeln!(f, "\nWould be brought")?;
        writeln!(f, "{:>6} people", fits.people)?;
        writeln!(f, "{:>6} of them brought before", fits.brought_before)?;
        writeln!(f, "{:>6} allergies and intolerances", fits.allergies)?;
        writeln!(f, "{:>6} medicines", fits.medicines)?;
        writeln!(f, "{:>6} totals of questionnaires", fits.scores)?;
        writeln!(f, "\nWould not fit")?;
        for costs in [Costs::File, Costs::Row, Costs::Value, Costs::Nothing] {
            for finding in &self.findings {
                if finding.problem.costs() == costs {
                    writeln!(f, "  {finding}")?;
                }
            }
        }
        if self.findings.is_empty() {
            writeln!(f, "  nothing")?;
        }
        Ok(())
    }
}
