//! Reads an instrument file and checks that it is whole.
//!
//! A file that breaks the vocabulary is refused with its line and a plain sentence: a clinic
//! writes its own without a programmer beside it.

mod check;
mod place;

use super::condition::When;
use super::definition::{
    Band, ChangeRule, Choice, Cut, Direction, Flag, GivenBy, Instrument, Item, Licence, LookupRow,
    Method, Occasion, PointRange, Recall, Respondent, Response, Score, WhenMissing,
};
use super::points::Points;
use super::wording::{TextPack, Wording};
use place::Place;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// An instrument file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct UnreadableInstrument {
    /// The file's name.
    pub file: String,
    /// The line, from 1; 0 is the whole file.
    pub line: usize,
    /// Why, in a sentence.
    pub says: String,
}

impl fmt::Display for UnreadableInstrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.says),
            line => write!(f, "{}:{line}: {}", self.file, self.says),
        }
    }
}

/// What is wrong, and where in the file's tree.
#[derive(Debug)]
pub(super) struct Wrong {
    place: Place,
    says: String,
}

impl Wrong {
    fn at(place: &Place, says: impl Into<String>) -> Self {
        Self {
            place: place.clone(),
            says: says.into(),
        }
    }

    fn in_file(self, file: &str, text: &str) -> UnreadableInstrument {
        UnreadableInstrument {
            file: file.to_owned(),
            line: self.place.line_in(text),
            says: self.says,
        }
    }
}

/// What a file holds.
#[derive(Debug)]
pub(super) enum Contents {
    Instrument(Box<Instrument>),
    TextPack(Box<TextPack>),
}

/// Reads a file of either kind.
pub(super) fn read(file: &str, text: &str) -> Result<Contents, UnreadableInstrument> {
    let table: toml::Table = parsed(file, text)?;
    if table.contains_key("wording_for") {
        return parsed(file, text).map(|pack| Contents::TextPack(Box::new(pack)));
    }
    let written: Written = parsed(file, text)?;
    let instrument = written
        .expand()
        .and_then(|(instrument, rows)| {
            check::whole(&instrument, &rows)?;
            Ok(instrument)
        })
        .map_err(|wrong| wrong.in_file(file, text))?;
    Ok(Contents::Instrument(Box::new(instrument)))
}

/// Checks a clinic's own words against the instrument that they are for.
pub(super) fn check_pack(
    file: &str,
    text: &str,
    pack: &TextPack,
    instrument: Option<&Instrument>,
) -> Result<(), UnreadableInstrument> {
    check::pack(pack, instrument).map_err(|wrong| wrong.in_file(file, text))
}

fn parsed<T: serde::de::DeserializeOwned>(
    file: &str,
    text: &str,
) -> Result<T, UnreadableInstrument> {
    toml::from_str(text).map_err(|error| UnreadableInstrument {
        file: file.to_owned(),
        line: error
            .span()
            .map_or(0, |span| place::line_at(text, span.start)),
        says: sentence(error.message()),
    })
}

/// A library's message, made a sentence.
fn sentence(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), characters.as_str())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    version: u32,
    title: String,
    measures: String,
    answered_by: Respondent,
    recall: Recall,
    #[serde(default)]
    timing: Vec<Occasion>,
    worse: Direction,
    source: String,
    #[serde(default)]
    notes: Vec<String>,
    licence: Option<Licence>,
    #[serde(default)]
    options: BTreeMap<String, Vec<Choice>>,
    #[serde(default)]
    item: Vec<WrittenItem>,
    principal: Option<String>,
    #[serde(default)]
    score: Vec<WrittenScore>,
    #[serde(default)]
    band: Vec<WrittenBand>,
    #[serde(default)]
    cut: Vec<Cut>,
    #[serde(default)]
    flag: Vec<Flag>,
    #[serde(default)]
    change: Vec<ChangeRule>,
    #[serde(default)]
    wording: BTreeMap<String, Wording>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenItem {
    /// One id, or `1..9` for nine items that are alike.
    id: String,
    #[serde(default)]
    about: String,
    options: Option<String>,
    range: Option<PointRange>,
    unit: Option<String>,
    #[serde(default)]
    given_by: GivenBy,
    #[serde(default)]
    optional: bool,
    ask_if: Option<When>,
    when_not_asked: Option<Points>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenScore {
    id: String,
    title: String,
    by: Method,
    #[serde(default)]
    of: Vec<String>,
    #[serde(default)]
    reversed: Vec<String>,
    #[serde(default)]
    weights: BTreeMap<String, Points>,
    times: Option<Points>,
    #[serde(default)]
    lookup: Vec<LookupRow>,
    when_missing: WhenMissing,
    range: PointRange,
    #[serde(default)]
    source: String,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBand {
    id: String,
    title: String,
    at_least: Option<Points>,
    at_most: Option<Points>,
    when: Option<When>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    unverified: bool,
}

/// For each item, which `[[item]]` of the file it came from.
pub(super) type Rows = Vec<usize>;

impl Written {
    fn expand(self) -> Result<(Instrument, Rows), Wrong> {
        let licence = self.licence.ok_or_else(|| {
            Wrong::at(
                &Place::file(),
                "It has no [licence]. Every instrument says whose it is and what may ship: \
                 verdict, holder, terms and source.",
            )
        })?;
        let (items, rows) = items(self.item)?;
        let scores = scores(self.score)?;
        let bands = bands(self.band, self.principal.as_deref())?;
        let instrument = Instrument {
            id: self.id,
            version: self.version,
            title: self.title,
            measures: self.measures,
            answered_by: self.answered_by,
            recall: self.recall,
            timing: self.timing,
            worse: self.worse,
            source: self.source,
            notes: self.notes,
            licence,
            options: self.options,
            items,
            principal: self.principal,
            scores,
            bands,
            cuts: self.cut,
            flags: self.flag,
            changes: self.change,
            wording: self.wording,
        };
        Ok((instrument, rows))
    }
}

fn items(written: Vec<WrittenItem>) -> Result<(Vec<Item>, Rows), Wrong> {
    let (mut items, mut rows) = (Vec::new(), Vec::new());
    for (row, item) in written.into_iter().enumerate() {
        let place = Place::file().key("item").index(row);
        let response = match (item.options, item.range, item.unit) {
            (Some(set), None, None) => Response::Options(set),
            (None, Some(range), None) => Response::Whole(range),
            (None, Some(range), Some(unit)) => Response::Measured { range, unit },
            (None, None, _) | (Some(_), _, _) => {
                return Err(Wrong::at(
                    &place,
                    format!(
                        "Item {} needs either `options` or `range` (with a `unit` if it is measured).",
                        item.id
                    ),
                ));
            }
        };
        for id in expand(&item.id).map_err(|says| Wrong::at(&place.key("id"), says))? {
            items.push(Item {
                id,
                about: item.about.clone(),
                response: response.clone(),
                given_by: item.given_by,
                optional: item.optional,
                ask_if: item.ask_if.clone(),
                when_not_asked: item.when_not_asked,
            });
            rows.push(row);
        }
    }
    Ok((items, rows))
}

fn scores(written: Vec<WrittenScore>) -> Result<Vec<Score>, Wrong> {
    let one = |(row, score): (usize, WrittenScore)| {
        let place = Place::file().key("score").index(row);
        let all = |ids: Vec<String>, key: &str| {
            ids.iter()
                .map(|id| expand(id))
                .collect::<Result<Vec<_>, _>>()
                .map(|ids| ids.concat())
                .map_err(|says| Wrong::at(&place.key(key), says))
        };
        Ok(Score {
            of: all(score.of, "of")?,
            reversed: all(score.reversed, "reversed")?,
            id: score.id,
            title: score.title,
            by: score.by,
            weights: score.weights,
            times: score.times,
            lookup: score.lookup,
            when_missing: score.when_missing,
            range: score.range,
            source: score.source,
            unverified: score.unverified,
        })
    };
    written.into_iter().enumerate().map(one).collect()
}

/// A limit of the principal score, written short, becomes a condition like any other.
fn bands(written: Vec<WrittenBand>, principal: Option<&str>) -> Result<Vec<Band>, Wrong> {
    use super::condition::{Condition, Subject, Test};
    let mut bands: Vec<Band> = Vec::new();
    let mut before: Option<Points> = None;
    for (row, band) in written.into_iter().enumerate() {
        let place = Place::file().key("band").index(row);
        let mut when = band.when.map(|when| when.0).unwrap_or_default();
        let short = [
            ("at_least", band.at_least.map(Test::AtLeast)),
            ("at_most", band.at_most.map(Test::AtMost)),
        ];
        for (key, test) in short {
            let Some(test) = test else { continue };
            let principal = principal.ok_or_else(|| {
                Wrong::at(
                    &place.key(key),
                    format!(
                        "Band {} has a limit, and there is no principal score.",
                        band.id
                    ),
                )
            })?;
            when.push(vec![Condition {
                subject: Subject::Score(principal.to_owned()),
                test,
            }]);
        }
        if let (Some(limit), Some(before)) = (band.at_least, before)
            && limit >= before
        {
            return Err(Wrong::at(
                &place.key("at_least"),
                format!(
                    "Bands go from the gravest to the least grave: {limit} of band {} must be below {before}.",
                    band.id
                ),
            ));
        }
        before = band.at_least.or(before);
        bands.push(Band {
            id: band.id,
            title: band.title,
            when: (!when.is_empty()).then_some(When(when)),
            source: band.source,
            unverified: band.unverified,
        });
    }
    Ok(bands)
}

/// More items than any scale has.
const MOST_ITEMS: u32 = 500;

/// `1..9` is the nine ids from 1 to 9, `mood-1..3` is mood-1, mood-2 and mood-3.
fn expand(id: &str) -> Result<Vec<String>, String> {
    let Some((first, last)) = id.split_once("..") else {
        return Ok(vec![id.to_owned()]);
    };
    let prefix = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let ends = first[prefix.len()..]
        .parse::<u32>()
        .ok()
        .zip(last.parse().ok());
    match ends {
        Some((from, to)) if from <= to && to - from < MOST_ITEMS => Ok((from..=to)
            .map(|number| format!("{prefix}{number}"))
            .collect()),
        _ => Err(format!(
            "{id:?} is not a row of items: write \"1..9\" for the items 1 to 9, at most {MOST_ITEMS} of them."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_items_is_written_with_its_ends() {
        assert_eq!(expand("7").unwrap(), ["7"]);
        assert_eq!(expand("9..11").unwrap(), ["9", "10", "11"]);
        assert_eq!(expand("mood-1..2").unwrap(), ["mood-1", "mood-2"]);
        for wrong in ["3..1", "..3", "1..", "a..b", "1..9999", "1..99999999999"] {
            assert!(expand(wrong).is_err(), "{wrong}");
        }
    }
}
