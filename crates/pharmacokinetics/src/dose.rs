//! What is given: amounts, routes and times, as data and as one line of text.

use crate::quantity::{BodyWeight, Elapsed, Implausible, Milligrams};
use std::fmt;

/// One thing that is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Dose {
    /// How much.
    pub amount: Amount,
    /// The route, by its name in the model's file.
    pub route: String,
    /// At once, or over some time.
    pub how: How,
    /// When it begins.
    pub at: Elapsed,
}

/// How much is given, as base.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// In all.
    Total(Milligrams),
    /// For each kilogram of body weight, in milligrams.
    PerKilogram(f64),
}

/// How a dose goes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// All of it in one moment: an injection, a spray, something swallowed.
    AtOnce,
    /// At an even rate for this long.
    Over(Elapsed),
}

impl Dose {
    /// The milligrams of this dose for one person. Refuses more than any dose can be.
    pub fn milligrams(&self, weight: BodyWeight) -> Result<Milligrams, Implausible> {
        match self.amount {
            Amount::Total(amount) => Ok(amount),
            Amount::PerKilogram(per_kilogram) => Milligrams::new(per_kilogram * weight.kilograms()),
        }
    }
}

impl fmt::Display for Dose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.amount {
            Amount::Total(amount) => write!(f, "{} mg", amount.milligrams())?,
            Amount::PerKilogram(amount) => write!(f, "{amount} mg/kg")?,
        }
        write!(f, " {}", self.route)?;
        if let How::Over(duration) = self.how {
            write!(f, " over {duration}")?;
        }
        write!(f, " at {}", self.at)
    }
}

/// A line that is no dose.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("“{line}” is not understood as a dose: {why}")]
pub struct UnreadableDose {
    line: String,
    why: String,
}

/// The route of a dose that names none.
pub const INTRAVENOUS: &str = "intravenous";

/// What people write for a route, and its name in model files.
const ROUTES: [(&str, &str); 14] = [
    ("iv", INTRAVENOUS),
    (INTRAVENOUS, INTRAVENOUS),
    ("im", "intramuscular"),
    ("intramuscular", "intramuscular"),
    ("sc", "subcutaneous"),
    ("subcutaneous", "subcutaneous"),
    ("in", "nasal"),
    ("nasal", "nasal"),
    ("intranasal", "nasal"),
    ("oral", "oral"),
    ("po", "oral"),
    ("sl", "sublingual"),
    ("sublingual", "sublingual"),
    ("film", "film"),
];

/// Reads one dose: `35 mg over 40 min`, `0.5 mg/kg over 40 min`, `10 mg im at 15 min`,
/// `56 mg nasal`, `30 mg/h for 20 min at 5 min`, `0.3 mg/kg/h for 1 h 30 min`.
///
/// Amounts in mg or mcg (µg, ug), for each kg where it is said; times in s, min, h. A dose without
/// a route goes into a vein, one without a time begins at zero. Refuses, in words, everything else.
pub fn parse(line: &str) -> Result<Dose, UnreadableDose> {
    const LONGEST_LINE: usize = 200;
    let unreadable = |why: String| UnreadableDose {
        line: line.chars().take(LONGEST_LINE).collect(),
        why,
    };
    if line.len() > LONGEST_LINE {
        return Err(unreadable("it is too long.".to_owned()));
    }
    let words = split(line);
    let mut rest = words.as_slice();
    read(&mut rest).map_err(unreadable)
}

fn read(rest: &mut &[&str]) -> Result<Dose, String> {
    let value = number(rest).ok_or("it must begin with an amount, such as 35 mg.")?;
    let unit = next(rest).ok_or("the amount has no unit.")?;
    let unit = AmountUnit::read(unit)?;
    let mut route = None;
    let mut how = None;
    let mut at = None;
    while let Some(word) = next(rest) {
        match word.to_lowercase().as_str() {
            "over" | "for" if how.is_none() => {
                let is_rate = unit.per.is_some();
                if is_rate != word.eq_ignore_ascii_case("for") {
                    return Err(
                        "an amount goes in *over* a time, a rate runs *for* a time.".to_owned()
                    );
                }
                let duration = duration(rest)?;
                if duration == Elapsed::ZERO {
                    return Err("it must last longer than nothing.".to_owned());
                }
                how = Some(How::Over(duration));
            }
            "at" if at.is_none() => at = Some(duration(rest)?),
            other => match ROUTES.iter().find(|(word, _)| *word == other) {
                Some((_, name)) if route.is_none() => route = Some(*name),
                Some(_) => return Err("it has two routes.".to_owned()),
                None => return Err(format!("“{word}” is not known there.")),
            },
        }
    }
    let how = how.unwrap_or(How::AtOnce);
    let milligrams = match (unit.per, how) {
        (None, _) => value * unit.in_milligrams,
        (Some(minutes), How::Over(duration)) => {
            value * unit.in_milligrams * duration.minutes() / minutes
        }
        (Some(_), How::AtOnce) => return Err("a rate needs to say for how long.".to_owned()),
    };
    // Held to the bound of any amount, for each kilogram too.
    let total = Milligrams::new(milligrams).map_err(|error| error.to_string())?;
    Ok(Dose {
        amount: if unit.per_kilogram {
            Amount::PerKilogram(milligrams)
        } else {
            Amount::Total(total)
        },
        route: route.unwrap_or(INTRAVENOUS).to_owned(),
        how,
        at: at.unwrap_or_default(),
    })
}

struct AmountUnit {
    in_milligrams: f64,
    per_kilogram: bool,
    /// Of a rate, the minutes it is counted by.
    per: Option<f64>,
}

impl AmountUnit {
    fn read(text: &str) -> Result<Self, String> {
        const MICROGRAM: f64 = 0.001;
        let unknown =
            || format!("“{text}” is no unit known here (mg, mcg; /kg; for a rate /h or /min).");
        let lower = text.to_lowercase();
        let mut parts = lower.split('/');
        let in_milligrams = match parts.next() {
            Some("mg") => 1.0,
            Some("mcg" | "ug" | "µg" | "μg") => MICROGRAM,
            _ => return Err(unknown()),
        };
        let mut unit = Self {
            in_milligrams,
            per_kilogram: false,
            per: None,
        };
        for part in parts {
            match part {
                "kg" if !unit.per_kilogram && unit.per.is_none() => unit.per_kilogram = true,
                "h" if unit.per.is_none() => unit.per = Some(60.0),
                "min" if unit.per.is_none() => unit.per = Some(1.0),
                _ => return Err(unknown()),
            }
        }
        Ok(unit)
    }
}

/// Reads a time: `40 min`, `4h`, `1 h 30 min`, `90s`. Refuses, in words, everything else.
pub fn parse_duration(text: &str) -> Result<Elapsed, String> {
    let words = split(text);
    let mut rest = words.as_slice();
    let read = duration(&mut rest)?;
    match rest.first() {
        None => Ok(read),
        Some(word) => Err(format!("“{word}” is not known there.")),
    }
}

fn duration(rest: &mut &[&str]) -> Result<Elapsed, String> {
    let mut minutes = None;
    while let Some(value) = number(rest) {
        let in_minutes = match next(rest).map(str::to_lowercase).as_deref() {
            Some("s" | "sec") => 1.0 / 60.0,
            Some("min" | "m") => 1.0,
            Some("h") => 60.0,
            _ => return Err("a time needs its unit: s, min or h.".to_owned()),
        };
        minutes = Some(minutes.unwrap_or(0.0) + value * in_minutes);
    }
    let minutes = minutes.ok_or("a time is missing, such as 40 min.")?;
    Elapsed::from_minutes(minutes).map_err(|error| error.to_string())
}

fn next<'a>(rest: &mut &[&'a str]) -> Option<&'a str> {
    let (first, others) = rest.split_first()?;
    *rest = others;
    Some(first)
}

fn number(rest: &mut &[&str]) -> Option<f64> {
    let word = rest.first()?;
    // Not `1e3`, `inf` or a sign: a slip of the hand must not become a number.
    if !word.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value = word.parse().ok()?;
    *rest = &rest[1..];
    Some(value)
}

/// Into numbers and words; `40min` are two.
fn split(line: &str) -> Vec<&str> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let mut words = Vec::new();
    for word in line.split_whitespace() {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let end = rest
                .find(|c| is_number(c) != is_number(first))
                .unwrap_or(rest.len());
            words.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        parse(line).map_or_else(|error| error.why, |dose| dose.to_string())
    }

    #[test]
    fn doses_are_read_as_people_write_them() {
        let cases = [
            (
                "35 mg over 40 min",
                "35 mg intravenous over 40 min at 0 min",
            ),
            ("35mg over 40min", "35 mg intravenous over 40 min at 0 min"),
            ("10 mg im at 15 min", "10 mg intramuscular at 15 min"),
            (
                "0.5 mg/kg over 40 min",
                "0.5 mg/kg intravenous over 40 min at 0 min",
            ),
            ("56 mg nasal", "56 mg nasal at 0 min"),
            ("500 mcg iv at 1 h 30 min", "0.5 mg intravenous at 90 min"),
            (
                "30 mg/h for 20 min at 5 min",
                "10 mg intravenous over 20 min at 5 min",
            ),
            (
                "0.3 mg/kg/h for 1h",
                "0.3 mg/kg intravenous over 60 min at 0 min",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_dose_is_refused_with_the_reason() {
        let cases = [
            ("", "it must begin with an amount, such as 35 mg."),
            ("-5 mg", "it must begin with an amount, such as 35 mg."),
            (
                "1e3 mg",
                "“e” is no unit known here (mg, mcg; /kg; for a rate /h or /min).",
            ),
            ("35", "the amount has no unit."),
            ("35 mg over", "a time is missing, such as 40 min."),
            ("35 mg over 40", "a time needs its unit: s, min or h."),
            ("35 mg over 0 min", "it must last longer than nothing."),
            ("35 mg im sc", "it has two routes."),
            ("35 mg/h", "a rate needs to say for how long."),
            (
                "35 mg/h over 5 min",
                "an amount goes in *over* a time, a rate runs *for* a time.",
            ),
            ("35 mg soon", "“soon” is not known there."),
            (
                "99999 mg",
                "An amount of drug must lie between 0 and 10000 mg; 99999 does not.",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(shown(line), expected, "{line}");
        }
    }
}
