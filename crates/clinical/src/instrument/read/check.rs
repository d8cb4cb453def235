//! What must be true of a file beyond its shape.

use super::place::Place;
use super::{MOST_ITEMS, Rows, Wrong};
use crate::instrument::condition::{Condition, Subject, Test, When};
use crate::instrument::definition::{
    ChangeTest, Choice, Direction, GivenBy, Instrument, Item, LicenceVerdict, Method, PointRange,
    Response, Score, WhenMissing,
};
use crate::instrument::points::Points;
use crate::instrument::score::{point_range, reachable};
use crate::instrument::wording::{TextPack, Wording};
use std::collections::BTreeSet;

/// Words that an answers file keeps for itself.
const RESERVED: [&str; 2] = ["not-sure", "declined"];

/// Refuses an instrument that names what it does not have, or whose scores cannot be what it says.
pub fn whole(instrument: &Instrument, rows: &Rows) -> Result<(), Wrong> {
    let file = Place::file();
    if !is_plain(&instrument.id) {
        return Err(Wrong::at(
            &file.key("id"),
            "An id has small letters, digits and hyphens only.",
        ));
    }
    for (key, words) in [
        ("title", &instrument.title),
        ("measures", &instrument.measures),
        ("source", &instrument.source),
    ] {
        said(&file.key(key), key, words)?;
    }
    licence(instrument)?;
    options(instrument)?;
    items(instrument, rows)?;
    scores(instrument)?;
    bands(instrument)?;
    cuts_and_flags(instrument)?;
    changes(instrument)?;
    for (language, words) in &instrument.wording {
        let place = file.key("wording").key(language);
        wording(instrument, language, words, &place)?;
    }
    Ok(())
}

/// Refuses words that do not fit the instrument they are for.
pub fn pack(pack: &TextPack, instrument: Option<&Instrument>) -> Result<(), Wrong> {
    let file = Place::file();
    let Some(instrument) = instrument else {
        return Err(Wrong::at(
            &file.key("wording_for"),
            format!("There is no instrument {}.", pack.wording_for),
        ));
    };
    if pack.version != instrument.version {
        return Err(Wrong::at(
            &file.key("version"),
            format!(
                "The words are for version {}, and the instrument is version {}.",
                pack.version, instrument.version
            ),
        ));
    }
    said(&file.key("permission"), "permission", &pack.permission)?;
    let shipped = instrument.wording.get(&pack.language);
    if shipped.is_some_and(|shipped| !shipped.unverified) {
        return Err(Wrong::at(
            &file.key("language"),
            format!("{} has words in {} already.", instrument.id, pack.language),
        ));
    }
    wording(
        instrument,
        &pack.language,
        &pack.wording,
        &file.key("wording"),
    )
}

fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(plain)
}

fn said(place: &Place, key: &str, words: &str) -> Result<(), Wrong> {
    if words.trim().is_empty() {
        return Err(Wrong::at(place, format!("`{key}` is empty.")));
    }
    Ok(())
}

fn unique<'a>(ids: impl Iterator<Item = (Place, &'a str)>, what: &str) -> Result<(), Wrong> {
    let mut seen = BTreeSet::new();
    for (place, id) in ids {
        if id.is_empty() || !seen.insert(id) {
            return Err(Wrong::at(
                &place,
                format!("There are two {what} of the name {id:?}, or it has no name."),
            ));
        }
    }
    Ok(())
}

fn licence(instrument: &Instrument) -> Result<(), Wrong> {
    let licence = &instrument.licence;
    let place = Place::file().key("licence");
    for (key, words) in [
        ("holder", &licence.holder),
        ("terms", &licence.terms),
        ("source", &licence.source),
    ] {
        said(&place.key(key), key, words)?;
    }
    let may_have_words =
        licence.verdict == LicenceVerdict::Ship || !licence.permission.trim().is_empty();
    if !may_have_words && !instrument.wording.is_empty() {
        return Err(Wrong::at(
            &Place::file().key("wording"),
            "The licence does not let the wording ship. Remove it, or name your own permission in [licence].",
        ));
    }
    Ok(())
}

fn options(instrument: &Instrument) -> Result<(), Wrong> {
    for (set, choices) in &instrument.options {
        let place = Place::file().key("options").key(set);
        if choices.len() < 2 {
            return Err(Wrong::at(
                &place,
                format!("The options {set} are fewer than two."),
            ));
        }
        let places = choices
            .iter()
            .enumerate()
            .map(|(index, choice)| (place.index(index), choice.id.as_str()));
        unique(places, "options")?;
        for (index, choice) in choices.iter().enumerate() {
            if RESERVED.contains(&choice.id.as_str()) {
                return Err(Wrong::at(
                    &place.index(index),
                    format!(
                        "{:?} is always a possible answer and cannot be an option.",
                        choice.id
                    ),
                ));
            }
        }
    }
    Ok(())
}

fn items(instrument: &Instrument, rows: &Rows) -> Result<(), Wrong> {
    let file = Place::file();
    if instrument.items.is_empty() || instrument.items.len() > MOST_ITEMS as usize {
        return Err(Wrong::at(
            &file.key("item"),
            format!("An instrument has between 1 and {MOST_ITEMS} items."),
        ));
    }
    let place_of = |index: usize| {
        let row = rows.get(index).copied().unwrap_or_default();
        file.key("item").index(row)
    };
    let places = instrument.items.iter().enumerate();
    unique(
        places.map(|(index, item)| (place_of(index).key("id"), item.id.as_str())),
        "items",
    )?;
    for (index, item) in instrument.items.iter().enumerate() {
        let place = place_of(index);
        response(instrument, item, &place)?;
        if let Some(when) = &item.ask_if {
            let earlier = instrument.items.get(..index).unwrap_or(&[]);
            conditions(instrument, when, &place.key("ask_if"), earlier, &[])?;
        }
        match (
            item.when_not_asked,
            &item.ask_if,
            point_range(instrument, item),
        ) {
            (None, _, _) => {}
            (Some(_), None, _) => {
                return Err(Wrong::at(
                    &place.key("when_not_asked"),
                    format!("Item {} is always asked.", item.id),
                ));
            }
            (Some(points), Some(_), range) => {
                if !range.is_some_and(|range| contains(range, points)) {
                    return Err(Wrong::at(
                        &place.key("when_not_asked"),
                        format!("Item {} cannot count {points}.", item.id),
                    ));
                }
            }
        }
    }
    Ok(())
}

fn response(instrument: &Instrument, item: &Item, place: &Place) -> Result<(), Wrong> {
    match &item.response {
        Response::Options(set) if !instrument.options.contains_key(set) => Err(Wrong::at(
            &place.key("options"),
            format!("There are no options {set:?}."),
        )),
        Response::Options(_) => Ok(()),
        Response::Whole(range) | Response::Measured { range, .. } => {
            if range.from < range.to {
                Ok(())
            } else {
                Err(Wrong::at(
                    &place.key("range"),
                    format!("Item {}: `from` must be below `to`.", item.id),
                ))
            }
        }
    }
}

const fn is_number(test: &Test) -> bool {
    match test {
        Test::OneOf(_) | Test::NoneOf(_) => false,
        Test::AtLeast(_) | Test::Above(_) | Test::AtMost(_) | Test::Below(_) => true,
    }
}

fn contains(range: PointRange, points: Points) -> bool {
    range.from <= points && points <= range.to
}

/// A limit beyond what can be reached would never hold, or always, and nobody would notice.
fn within(test: &Test, range: PointRange) -> Result<(), String> {
    match test {
        Test::OneOf(_) | Test::NoneOf(_) => Ok(()),
        Test::AtLeast(limit) | Test::Above(limit) | Test::AtMost(limit) | Test::Below(limit) => {
            if contains(range, *limit) {
                Ok(())
            } else {
                Err(format!(
                    "{limit} is not between {} and {}.",
                    range.from, range.to
                ))
            }
        }
    }
}

/// Every condition looks at something that exists here, and compares it as it can be compared.
fn conditions(
    instrument: &Instrument,
    when: &When,
    place: &Place,
    items: &[Item],
    scores: &[Score],
) -> Result<(), Wrong> {
    let empty = when.0.is_empty() || when.0.iter().any(Vec::is_empty);
    if empty {
        return Err(Wrong::at(
            place,
            "A condition is a list of rows, and no row is empty.",
        ));
    }
    for (row, index, condition) in when.conditions() {
        let place = place.index(row).index(index);
        one_condition(instrument, condition, items, scores)
            .map_err(|says| Wrong::at(&place, says))?;
    }
    Ok(())
}

fn one_condition(
    instrument: &Instrument,
    condition: &Condition,
    items: &[Item],
    scores: &[Score],
) -> Result<(), String> {
    match &condition.subject {
        Subject::Score(id) => {
            let score = scores
                .iter()
                .find(|score| &score.id == id)
                .ok_or_else(|| format!("There is no score {id:?} before this."))?;
            within(&condition.test, score.range)?;
            if is_number(&condition.test) {
                Ok(())
            } else {
                Err(format!("Score {id} is a number and not an option."))
            }
        }
        Subject::Item(id) => {
            let item = items
                .iter()
                .find(|item| &item.id == id)
                .ok_or_else(|| format!("There is no item {id:?} before this."))?;
            match &condition.test {
                Test::OneOf(named) | Test::NoneOf(named) => options_exist(instrument, item, named),
                Test::AtLeast(_) | Test::Above(_) | Test::AtMost(_) | Test::Below(_) => {
                    match point_range(instrument, item) {
                        Some(range) => within(&condition.test, range),
                        None => Err(format!("The options of item {id} have no points.")),
                    }
                }
            }
        }
    }
}

fn options_exist(instrument: &Instrument, item: &Item, named: &[String]) -> Result<(), String> {
    let Response::Options(set) = &item.response else {
        return Err(format!("Item {} is a number and has no options.", item.id));
    };
    let choices = instrument.choices(set);
    let unknown = named
        .iter()
        .find(|named| !choices.iter().any(|choice| &choice.id == *named));
    match unknown {
        Some(unknown) => Err(format!("Item {} has no option {unknown:?}.", item.id)),
        None => Ok(()),
    }
}

fn scores(instrument: &Instrument) -> Result<(), Wrong> {
    let file = Place::file();
    let ids = instrument
        .scores
        .iter()
        .enumerate()
        .map(|(index, score)| (file.key("score").index(index).key("id"), score.id.as_str()));
    unique(ids, "scores")?;
    for (index, score) in instrument.scores.iter().enumerate() {
        let place = file.key("score").index(index);
        if instrument.item(&score.id).is_some() {
            return Err(Wrong::at(
                &place.key("id"),
                format!("{} is the name of an item already.", score.id),
            ));
        }
        said(&place.key("title"), "title", &score.title)?;
        let earlier = instrument.scores.get(..index).unwrap_or(&[]);
        match score.by {
            Method::Lookup => lookup(instrument, score, &place, earlier)?,
            Method::Sum | Method::Mean | Method::Max => {
                combination(instrument, score, &place, earlier)?;
            }
        }
        if score.times.is_some_and(|times| times <= Points::ZERO) {
            return Err(Wrong::at(
                &place.key("times"),
                "`times` must be above zero.",
            ));
        }
    }
    if let Some(principal) = &instrument.principal
        && instrument.score(principal).is_none()
    {
        return Err(Wrong::at(
            &file.key("principal"),
            format!("There is no score {principal:?}."),
        ));
    }
    ranges(instrument)
}

/// The range that a score says is the range that its items give: a wrong formula cannot pass.
fn ranges(instrument: &Instrument) -> Result<(), Wrong> {
    let reachable = reachable(instrument);
    for (index, score) in instrument.scores.iter().enumerate() {
        let place = Place::file().key("score").index(index).key("range");
        match reachable.get(score.id.as_str()) {
            Some((from, to)) if *from == score.range.from && *to == score.range.to => {}
            Some((from, to)) => {
                return Err(Wrong::at(
                    &place,
                    format!(
                        "Score {} says that it is between {} and {}, and its items give {from} to {to}.",
                        score.id, score.range.from, score.range.to
                    ),
                ));
            }
            None => {
                return Err(Wrong::at(
                    &place,
                    format!("Score {} can become larger than any scale.", score.id),
                ));
            }
        }
    }
    Ok(())
}

fn lookup(
    instrument: &Instrument,
    score: &Score,
    place: &Place,
    earlier: &[Score],
) -> Result<(), Wrong> {
    let place = place.key("lookup");
    let combines = !score.of.is_empty() || !score.reversed.is_empty() || !score.weights.is_empty();
    if combines || score.when_missing != WhenMissing::Refuse {
        return Err(Wrong::at(
            &place,
            "A lookup has rows only, and refuses when an answer that it needs is missing.",
        ));
    }
    let last = score.lookup.len().saturating_sub(1);
    if score.lookup.is_empty() {
        return Err(Wrong::at(&place, "A lookup needs rows."));
    }
    for (row, entry) in score.lookup.iter().enumerate() {
        let place = place.index(row);
        match (&entry.when, row == last) {
            (None, true) => {}
            (Some(when), false) => {
                conditions(
                    instrument,
                    when,
                    &place.key("when"),
                    &instrument.items,
                    earlier,
                )?;
            }
            (Some(_), true) | (None, false) => {
                return Err(Wrong::at(
                    &place,
                    "Every row of a lookup has a condition, but the last, which has none.",
                ));
            }
        }
    }
    Ok(())
}

fn combination(
    instrument: &Instrument,
    score: &Score,
    place: &Place,
    earlier: &[Score],
) -> Result<(), Wrong> {
    if score.of.is_empty() || !score.lookup.is_empty() {
        return Err(Wrong::at(
            place,
            format!("Score {} needs `of`, and no rows.", score.id),
        ));
    }
    unique(
        score.of.iter().map(|id| (place.key("of"), id.as_str())),
        "parts of a score",
    )?;
    let mut part_ranges = Vec::new();
    for id in &score.of {
        let range = part_range(instrument, id, earlier)
            .map_err(|says| Wrong::at(&place.key("of"), format!("Score {}: {says}", score.id)))?;
        part_ranges.push(range);
    }
    for (key, id) in score
        .reversed
        .iter()
        .map(|id| ("reversed", id))
        .chain(score.weights.keys().map(|id| ("weights", id)))
    {
        if !score.of.contains(id) {
            return Err(Wrong::at(
                &place.key(key),
                format!("Score {} is not made of {id}.", score.id),
            ));
        }
    }
    if score.weights.values().any(|weight| *weight <= Points::ZERO) {
        return Err(Wrong::at(
            &place.key("weights"),
            "A weight must be above zero.",
        ));
    }
    missing_answers(score, &part_ranges).map_err(|says| Wrong::at(&place.key("when_missing"), says))
}

fn missing_answers(score: &Score, parts: &[PointRange]) -> Result<(), String> {
    match score.when_missing {
        WhenMissing::Refuse => Ok(()),
        WhenMissing::CountAs(points) => {
            if parts.iter().all(|range| contains(*range, points)) {
                Ok(())
            } else {
                Err(format!("Not every part can count {points}."))
            }
        }
        WhenMissing::Prorate { answered_at_least } => {
            let alike = parts.windows(2).all(|pair| pair[0] == pair[1]);
            let enough = (1..=parts.len()).contains(&usize::from(answered_at_least));
            if score.by == Method::Max {
                Err("A highest cannot be guessed from the other answers.".to_owned())
            } else if !alike {
                Err("Only parts with the same range can stand in for each other.".to_owned())
            } else if !enough {
                Err(format!("Between 1 and {} must be answered.", parts.len()))
            } else {
                Ok(())
            }
        }
    }
}

fn part_range(instrument: &Instrument, id: &str, earlier: &[Score]) -> Result<PointRange, String> {
    if let Some(item) = instrument.item(id) {
        if item.ask_if.is_some() && item.when_not_asked.is_none() {
            return Err(format!(
                "item {id} is not always asked, and does not say what it counts then (`when_not_asked`)."
            ));
        }
        return point_range(instrument, item)
            .ok_or_else(|| format!("the options of item {id} have no points."));
    }
    earlier
        .iter()
        .find(|score| score.id == id)
        .map(|score| score.range)
        .ok_or_else(|| format!("there is no item or earlier score {id:?}."))
}

fn bands(instrument: &Instrument) -> Result<(), Wrong> {
    let file = Place::file();
    let places = instrument
        .bands
        .iter()
        .enumerate()
        .map(|(index, band)| (file.key("band").index(index).key("id"), band.id.as_str()));
    unique(places, "bands")?;
    let last = instrument.bands.len().saturating_sub(1);
    for (index, band) in instrument.bands.iter().enumerate() {
        let place = file.key("band").index(index);
        match (&band.when, index == last) {
            (None, true) => {}
            (Some(when), false) => conditions(
                instrument,
                when,
                &place.key("when"),
                &instrument.items,
                &instrument.scores,
            )?,
            (Some(_), true) | (None, false) => {
                return Err(Wrong::at(
                    &place,
                    "Every band has a limit, but the last and least grave, which has none.",
                ));
            }
        }
    }
    Ok(())
}

fn cuts_and_flags(instrument: &Instrument) -> Result<(), Wrong> {
    let file = Place::file();
    let cuts = instrument.cuts.iter().map(|cut| (&cut.id, &cut.when));
    let flags = instrument.flags.iter().map(|flag| (&flag.id, &flag.when));
    let (all_cuts, all_flags): (Vec<_>, Vec<_>) = (cuts.collect(), flags.collect());
    for (key, entries) in [("cut", all_cuts), ("flag", all_flags)] {
        let place = |index| file.key(key).index(index);
        let ids = entries.iter().enumerate();
        unique(
            ids.map(|(index, (id, _))| (place(index).key("id"), id.as_str())),
            &format!("{key}s"),
        )?;
        for (index, (_, when)) in entries.iter().enumerate() {
            conditions(
                instrument,
                when,
                &place(index).key("when"),
                &instrument.items,
                &instrument.scores,
            )?;
        }
    }
    for (index, flag) in instrument.flags.iter().enumerate() {
        let place = file.key("flag").index(index);
        for (key, words) in [
            ("says", &flag.says),
            ("action", &flag.action),
            ("source", &flag.source),
        ] {
            said(&place.key(key), key, words)?;
        }
    }
    Ok(())
}

const fn needs_direction(test: ChangeTest) -> bool {
    match test {
        ChangeTest::ImprovedPercentAtLeast(_)
        | ChangeTest::ImprovedPercentBelow(_)
        | ChangeTest::ImprovedAtLeast(_)
        | ChangeTest::WorsenedAtLeast(_) => true,
        ChangeTest::NowAtMost(_)
        | ChangeTest::NowBelow(_)
        | ChangeTest::NowAtLeast(_)
        | ChangeTest::BeforeAtLeast(_) => false,
    }
}

fn changes(instrument: &Instrument) -> Result<(), Wrong> {
    let file = Place::file();
    let places = instrument
        .changes
        .iter()
        .enumerate()
        .map(|(index, rule)| (file.key("change").index(index).key("id"), rule.id.as_str()));
    unique(places, "definitions of change")?;
    for (index, rule) in instrument.changes.iter().enumerate() {
        let place = file.key("change").index(index);
        said(&place.key("source"), "source", &rule.source)?;
        let score = instrument
            .compared_by(rule)
            .and_then(|score| instrument.score(score));
        if score.is_none() {
            return Err(Wrong::at(
                &place,
                format!("There is no score that {} could compare.", rule.id),
            ));
        }
        let directed = rule.when.iter().any(|test| needs_direction(*test));
        if rule.when.is_empty() || (directed && instrument.worse == Direction::Neither) {
            return Err(Wrong::at(
                &place.key("when"),
                format!(
                    "{} needs at least one test, and *better* needs `worse` to say which end is worse.",
                    rule.id
                ),
            ));
        }
    }
    Ok(())
}

/// Words for every question and every option, and for nothing else.
fn wording(
    instrument: &Instrument,
    language: &str,
    words: &Wording,
    place: &Place,
) -> Result<(), Wrong> {
    let two_letters = language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase());
    if !two_letters {
        return Err(Wrong::at(
            place,
            format!("{language:?} is not a language of two letters, such as en."),
        ));
    }
    said(&place.key("source"), "source", &words.source)?;
    let asked = || {
        let items = instrument.items.iter();
        items.filter(|item| item.given_by == GivenBy::Question)
    };
    let needed: BTreeSet<&str> = asked().map(|item| item.id.as_str()).collect();
    same_names(
        &needed,
        words.item.iter().map(|(id, text)| (id.as_str(), text)),
        &place.key("item"),
        "question",
    )?;
    let sets: BTreeSet<&str> = asked()
        .filter_map(|item| match &item.response {
            Response::Options(set) => Some(set.as_str()),
            Response::Whole(_) | Response::Measured { .. } => None,
        })
        .collect();
    let place = place.key("option");
    if let Some(extra) = words.option.keys().find(|set| !sets.contains(set.as_str())) {
        return Err(Wrong::at(
            &place.key(extra),
            format!("No question has the options {extra:?}."),
        ));
    }
    for set in sets {
        let given = words.option.get(set);
        let choices = instrument.choices(set).iter();
        let needed: BTreeSet<&str> = choices.map(|choice: &Choice| choice.id.as_str()).collect();
        let given = given.into_iter().flatten();
        same_names(
            &needed,
            given.map(|(id, text)| (id.as_str(), text)),
            &place.key(set),
            "option",
        )?;
    }
    Ok(())
}

fn same_names<'a>(
    needed: &BTreeSet<&str>,
    given: impl Iterator<Item = (&'a str, &'a String)>,
    place: &Place,
    what: &str,
) -> Result<(), Wrong> {
    let mut found = BTreeSet::new();
    for (id, text) in given {
        if !needed.contains(id) {
            return Err(Wrong::at(
                &place.key(id),
                format!("There is no {what} {id:?} to have words."),
            ));
        }
        said(&place.key(id), id, text)?;
        found.insert(id);
    }
    match needed.iter().find(|id| !found.contains(*id)) {
        Some(missing) => Err(Wrong::at(
            place,
            format!("The words of {what} {missing:?} are missing."),
        )),
        None => Ok(()),
    }
}
