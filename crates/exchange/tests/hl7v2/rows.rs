//! Rows for the tests of single rules, and the one thing that must come of each.

use super::read_rows;
use exchange::hl7v2::interpretation::*;

pub const SATURATION: &str = "150456^MDC_PULS_OXIM_SAT_O2^MDC";
pub const PERCENT: &str = "262688^MDC_DIM_PERCENT^MDC";
pub const MMHG: &str = "266016^MDC_DIM_MMHG^MDC";

pub fn saturation(value: &str, flags: &str, status: &str) -> String {
    format!("OBX|1|NM|{SATURATION}|1.3.1.1|{value}|{PERCENT}||{flags}|||{status}")
}

pub fn row(code: &str, value: &str, unit: &str) -> String {
    format!("OBX|1|NM|{code}|1.3.1.1|{value}|{unit}|||||R")
}

pub fn only_reading(rows: &[&str]) -> Reading {
    let read = read_rows(rows);
    assert_eq!(read.problems, []);
    let [reading] = read.live_readings() else {
        panic!("one reading: {read:?}")
    };
    reading.clone()
}

pub fn only_absence(row: &str) -> WhyAbsent {
    let read = read_rows(&[row]);
    assert_eq!(
        (read.problems.len(), read.live_readings().len()),
        (0, 0),
        "{row}"
    );
    read.absences[0].why
}

pub fn only_problem(row: &str) -> ProblemKind {
    let read = read_rows(&[row]);
    assert_eq!(read.live_readings(), [], "{row}");
    let [problem] = read.problems.as_slice() else {
        panic!("one problem: {read:?}")
    };
    assert_eq!(read.outcome, Outcome::PartiallyParsed { problems: 1 });
    problem.kind
}
