//! The outcomes of everybody: who answered first, then what came of it.

use super::around::Around;
use super::clinic_outcomes_pictures as pictures;
use super::clinic_outcomes_sessions::{EventLine, events, leaving, sentence, serious};
use super::clinic_outcomes_told::{Ratio, Telling, says};
use super::outcomes::{missing_says, name_says};
use crate::clinic_outcomes::Counted;
use askama::Template;
use clinical::course::outcomes::everybody::{
    Completion, Definition, Histogram, OutcomeRules, Point, Relapses, ScaleTally, WayOn, Whose,
    WhyMissing,
};
use clinical::course::outcomes::{RELAPSE_SAYS, RELAPSE_SOURCE, SCALES};
use clinical::instrument::{ChangeRule, Instrument, Library};
use clinical::record::PatientId;
use clinical::statistics::Cell;
use std::collections::HashMap;
use units::Decimal;

/// How many people whose score is missing are listed.
pub const LISTED: usize = 40;

/// How many people are drawn.
pub const DRAWN: usize = 24;

/// The outcomes of everybody.
pub struct Everybody<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// What was counted.
    pub counted: &'a Counted,
    /// The scales that are known.
    pub library: &'a Library,
    /// The clinic's rules of it.
    pub rules: &'a OutcomeRules,
    /// What was asked for, as the form holds it.
    pub asked: &'a AskedFor,
    /// The names of whoever is listed or drawn; empty where nobody is named.
    pub names: &'a HashMap<PatientId, String>,
    /// The viewer may open people's records, and the page does not leave the house.
    pub named: bool,
}

/// Which people and sessions, as the form holds it.
#[derive(Clone, Debug, Default)]
pub struct AskedFor {
    /// The product's word; empty for all.
    pub product: String,
    /// A date, or nothing.
    pub from: String,
    /// A date, or nothing.
    pub to: String,
    /// The page leaves the house.
    pub outside: bool,
    /// How many people are drawn already on pages before.
    pub after: usize,
}

impl AskedFor {
    fn query(&self, outside: bool, after: usize) -> String {
        let mut parts = Vec::new();
        for (name, value) in [
            ("product", &self.product),
            ("from", &self.from),
            ("to", &self.to),
        ] {
            if !value.is_empty() {
                parts.push(format!("{name}={value}"));
            }
        }
        if outside {
            parts.push("share=1".to_owned());
        }
        if after > 0 {
            parts.push(format!("after={after}"));
        }
        parts.join("&")
    }
}

#[derive(Template)]
#[template(path = "clinic_outcomes.html")]
struct Page<'a> {
    around: Around<'a>,
    outside: bool,
    named: bool,
    inside_query: String,
    outside_query: String,
    largest_small: u32,
    small_says: &'static str,
    products: Vec<(&'static str, &'static str, bool)>,
    from: &'a str,
    to: &'a str,
    people: String,
    sessions: String,
    which_says: String,
    sessions_which: String,
    headlines: Vec<(String, String, String)>,
    scales: Vec<Scale>,
    missing: Vec<MissingLine>,
    more_missing: usize,
    each: Vec<Each>,
    each_says: String,
    next: Option<String>,
    highest: u32,
    ends: Vec<(String, String, String)>,
    away: i64,
    under_way: String,
    events: Vec<EventLine>,
    serious: Vec<String>,
    leaving: String,
    counted_says: &'static str,
}

struct Scale {
    title: String,
    version: u32,
    completion: Vec<CompletionLine>,
    histograms: Vec<Picture>,
    definitions: Vec<DefinitionLine>,
}

struct CompletionLine {
    point: String,
    answered: String,
    owed: String,
    share: String,
    bar: String,
    missing: Vec<(String, String)>,
    waiting: String,
}

struct Picture {
    point: String,
    count: String,
    svg: String,
}

struct DefinitionLine {
    name: String,
    says: String,
    source: String,
    unverified: bool,
    met: String,
    known: String,
    among: String,
    share: String,
    bar: String,
    unknown: Vec<(String, String)>,
}

struct MissingLine {
    patient: String,
    name: String,
    point: String,
    due: String,
    scales: String,
    why: &'static str,
}

struct Each {
    patient: String,
    name: String,
    says: String,
    svg: String,
}

impl Everybody<'_> {
    const fn telling(&self) -> Telling {
        Telling {
            outside: self.asked.outside,
            small: self.rules.small,
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        let tally = &self.counted.tally;
        let sessions = &self.counted.sessions;
        let telling = self.telling();
        let scales: Vec<Scale> = self
            .scales()
            .map(|(instrument, tally)| self.scale(instrument, tally))
            .collect();
        let (missing, more_missing) = self.missing();
        let drawn = self.asked.after + self.counted.people.len();
        let all = self.counted.with_sheet;
        super::written(&Page {
            around: self.around,
            outside: self.asked.outside,
            named: self.named,
            inside_query: self.asked.query(false, 0),
            outside_query: self.asked.query(true, 0),
            largest_small: self.rules.small.saturating_sub(1),
            small_says: self.small_says(),
            products: self.products(),
            from: &self.asked.from,
            to: &self.asked.to,
            people: telling.alone(tally.people),
            sessions: telling.alone(sessions.sessions),
            which_says: self.which_says("whose first session was"),
            sessions_which: self.which_says("given"),
            headlines: self.headlines(),
            scales,
            missing,
            more_missing,
            each: self.each(),
            each_says: self.each_says(drawn, all),
            next: (all > drawn).then(|| self.asked.query(false, drawn)),
            highest: self.highest(),
            ends: self.ends(),
            away: self.rules.away_after.minutes() / (24 * 60),
            under_way: match sessions.under_way {
                // Less those whose time is known, it would give away how many are not.
                _some if telling.outside => String::new(),
                0 => String::new(),
                some => telling.alone(some),
            },
            events: events(sessions, telling),
            serious: serious(sessions, telling),
            leaving: leaving(sessions, telling),
            counted_says: "A person with several records that were merged is counted once.",
        })
    }

    /// Which of the people are drawn, and how many cannot be.
    fn each_says(&self, drawn: usize, all: usize) -> String {
        let mut says = String::new();
        if all > drawn || self.asked.after > 0 {
            says = format!(
                "{} to {drawn} of {all}, those who began last first. ",
                self.asked.after + 1
            );
        }
        let people = usize::try_from(self.counted.tally.people).unwrap_or(usize::MAX);
        match people.saturating_sub(all) {
            0 => {}
            1 => says.push_str("1 person filled in nothing and is not drawn."),
            others => {
                says.push_str(&format!(
                    "{others} people filled in nothing and are not drawn."
                ));
            }
        }
        says
    }

    fn scales(&self) -> impl Iterator<Item = (&Instrument, &ScaleTally)> {
        SCALES
            .iter()
            .zip(&self.counted.tally.scales)
            .filter_map(|(scale, tally)| Some((self.library.named(scale)?, tally)))
    }

    fn small_says(&self) -> &'static str {
        if self.rules.policy().own().is_empty() {
            "The limit is a default of the project."
        } else {
            "The limit is the clinic’s own."
        }
    }

    fn products(&self) -> Vec<(&'static str, &'static str, bool)> {
        use clinical::course::screening::person::Product;
        let all = Product::ALL.iter().map(|one| (one.word(), one.says()));
        std::iter::once(("", "any product"))
            .chain(all)
            .map(|(word, says)| (word, says, word == self.asked.product))
            .collect()
    }

    fn which_says(&self, what: &str) -> String {
        let mut parts = Vec::new();
        if let Some((_, says, _)) = self
            .products()
            .into_iter()
            .find(|(word, _, chosen)| *chosen && !word.is_empty())
        {
            parts.push(says.to_owned());
        }
        let day = |text: &str| {
            text.parse()
                .map_or_else(|_| text.to_owned(), super::clock_face::civil_date)
        };
        match (self.asked.from.as_str(), self.asked.to.as_str()) {
            ("", "") => {}
            (from, "") => parts.push(format!("{what} on {} or later", day(from))),
            ("", to) => parts.push(format!("{what} by {}", day(to))),
            (from, to) => parts.push(format!("{what} from {} to {}", day(from), day(to))),
        }
        parts.join(", ")
    }

    /// How many scores that were owed after sessions came, of each scale, before anything else. One
    /// person owes several: there is no interval of chance for it.
    ///
    /// Not where the page leaves the house: less the rows below, it would give a small one away.
    fn headlines(&self) -> Vec<(String, String, String)> {
        if self.telling().outside {
            return Vec::new();
        }
        self.scales()
            .map(|(instrument, tally)| {
                let after = || {
                    let all = tally.completion.iter();
                    all.filter(|(point, _)| **point != Point::Before)
                        .map(|(_, one)| one)
                };
                let answered = after().map(|one| one.answered).sum();
                let owed = after().map(Completion::owed).sum();
                let ratio = self.telling().ratio(answered, owed);
                let share = ratio.share.and_then(|share| share.percent());
                (
                    format!("{}, after sessions:", instrument.title),
                    format!("{} of {} that were owed came", ratio.count, ratio.of),
                    share.map_or_else(String::new, |share| format!("{}\u{a0}%", share.round())),
                )
            })
            .collect()
    }

    fn scale(&self, instrument: &Instrument, tally: &ScaleTally) -> Scale {
        Scale {
            title: instrument.title.clone(),
            version: instrument.version,
            completion: tally
                .completion
                .iter()
                .map(|(point, completion)| self.completion(*point, completion))
                .collect(),
            histograms: self.histograms(instrument, tally),
            definitions: self.definitions(instrument, tally),
        }
    }

    fn completion(&self, point: Point, completion: &Completion) -> CompletionLine {
        let telling = self.telling();
        let (ratio, missing) = completed(telling, completion);
        CompletionLine {
            point: sentence(&point.says()),
            share: ratio.percent(),
            bar: ratio.bar().map(pictures::interval).unwrap_or_default(),
            answered: ratio.count,
            owed: ratio.of,
            missing: missing
                .into_iter()
                .map(|(why, cell)| (why.says().to_owned(), says(cell)))
                .collect(),
            waiting: match completion.waiting {
                0 => String::new(),
                some => telling.alone(some),
            },
        }
    }

    fn histograms(&self, instrument: &Instrument, tally: &ScaleTally) -> Vec<Picture> {
        let telling = self.telling();
        let told: Vec<(Point, &Histogram, Vec<Cell>, String)> = tally
            .scores
            .iter()
            .map(|(point, histogram)| {
                let all: u32 = histogram.bars.iter().sum();
                let parts = telling.parts(&histogram.bars);
                // Where the answers themselves are not told, the sum of the bars would tell them.
                let answered = tally.completion.get(point);
                let count = answered.map(|one| completed(telling, one).0);
                let is_told = count.as_ref().is_some_and(|count| count.share.is_some());
                let (cells, count) = if is_told || !telling.outside {
                    (parts.cells, telling.alone(all))
                } else {
                    let hidden = vec![Cell::Withheld; parts.cells.len()];
                    (hidden, count.map_or_else(String::new, |count| count.count))
                };
                (*point, histogram, cells, count)
            })
            .collect();
        let most = told
            .iter()
            .map(|(_, _, cells, _)| pictures::highest_share(cells))
            .max()
            .unwrap_or(0);
        let highest = highest(instrument);
        told.into_iter()
            .map(|(point, histogram, cells, count)| Picture {
                point: sentence(&point.says()),
                count,
                svg: pictures::histogram(&cells, &histogram.from, most, highest),
            })
            .collect()
    }

    fn definitions(&self, instrument: &Instrument, tally: &ScaleTally) -> Vec<DefinitionLine> {
        // All definitions of a scale are about the same people: side by side, two of them give away
        // what one of them withholds. Outside all are told, or none.
        if self.telling().outside && !self.told_whole(tally) {
            return Vec::new();
        }
        let principal = instrument.principal.as_deref();
        let rules = instrument
            .changes
            .iter()
            .filter(|rule| instrument.compared_by(rule) == principal);
        let mut lines: Vec<DefinitionLine> = rules
            .zip(&tally.definitions)
            .map(|(rule, found)| self.definition(rule, found))
            .collect();
        lines.extend(tally.relapses.map(|relapses| self.relapses(relapses)));
        lines
    }

    /// Nothing in any definition of a scale has to be withheld.
    fn told_whole(&self, tally: &ScaleTally) -> bool {
        let whole = |counts: &[u32]| {
            let told = self.telling().parts(counts);
            told.cells
                .iter()
                .all(|cell| matches!(cell, Cell::Exactly(_)))
        };
        let definitions = tally.definitions.iter().all(|found| {
            let mut counts = vec![found.known()];
            counts.extend(found.unknown.values());
            whole(&counts)
        });
        let relapses = tally
            .relapses
            .as_ref()
            .is_none_or(|found| whole(&[found.relapsed, found.one_score, found.none]));
        definitions && relapses
    }

    fn definition(&self, rule: &ChangeRule, found: &Definition) -> DefinitionLine {
        let telling = self.telling();
        let mut counts = vec![found.known()];
        counts.extend(found.unknown.values());
        let told = telling.parts(&counts);
        let mut cells = told.cells.into_iter();
        let known = cells.next().unwrap_or(Cell::Withheld);
        let ratio = match known {
            Cell::Exactly(known) => telling.ratio(found.met, known),
            hidden => Ratio::of(Cell::Withheld, hidden),
        };
        DefinitionLine {
            name: name_says(&rule.id),
            says: rule.says.clone(),
            source: rule.source.clone(),
            unverified: rule.unverified,
            share: ratio.percent(),
            bar: ratio.bar().map(pictures::interval).unwrap_or_default(),
            met: ratio.count,
            known: ratio.of,
            among: String::new(),
            unknown: found
                .unknown
                .keys()
                .zip(cells)
                .map(|(why, cell)| (missing_says(*why).to_owned(), says(cell)))
                .collect(),
        }
    }

    fn relapses(&self, found: Relapses) -> DefinitionLine {
        let told = self
            .telling()
            .parts(&[found.relapsed, found.one_score, found.none]);
        let cell = |place: usize| told.cells.get(place).copied().unwrap_or(Cell::Withheld);
        // One score that speaks of it is neither: whoever has it is not known, and not counted.
        let known = match (cell(0), cell(2)) {
            (Cell::Exactly(relapsed), Cell::Exactly(none)) => Cell::Exactly(relapsed + none),
            _withheld => Cell::Withheld,
        };
        let ratio = Ratio::of(cell(0), known);
        DefinitionLine {
            name: "Relapse".to_owned(),
            says: RELAPSE_SAYS.to_owned(),
            source: RELAPSE_SOURCE.to_owned(),
            unverified: true,
            share: ratio.percent(),
            bar: ratio.bar().map(pictures::interval).unwrap_or_default(),
            met: ratio.count,
            known: ratio.of,
            among: "who had come to remission".to_owned(),
            unknown: match found.one_score {
                0 => Vec::new(),
                _some => vec![("one score, not confirmed yet".to_owned(), says(cell(1)))],
            },
        }
    }

    fn missing(&self) -> (Vec<MissingLine>, usize) {
        if !self.named {
            return (Vec::new(), 0);
        }
        let clock = self.around.clock();
        let mut groups: Vec<(Whose, Vec<&str>)> = Vec::new();
        for whose in &self.counted.tally.missing {
            let title = SCALES
                .get(whose.scale)
                .and_then(|scale| self.library.named(scale))
                .map_or("", |instrument| instrument.title.as_str());
            match groups.last_mut() {
                Some((last, scales)) if is_beside(last, whose) => scales.push(title),
                _ => groups.push((*whose, vec![title])),
            }
        }
        let more = groups.len().saturating_sub(LISTED);
        let lines = groups
            .into_iter()
            .take(LISTED)
            .map(|(whose, scales)| MissingLine {
                patient: whose.patient.to_string(),
                name: self.name(whose.patient),
                point: whose.point.says(),
                due: clock.date(whose.due),
                scales: scales.join(", "),
                why: whose.why.says(),
            })
            .collect();
        (lines, more)
    }

    fn name(&self, patient: PatientId) -> String {
        self.names
            .get(&patient)
            .cloned()
            .unwrap_or_else(|| "not registered".to_owned())
    }

    fn highest(&self) -> u32 {
        SCALES
            .first()
            .and_then(|scale| self.library.named(scale))
            .map_or(0, highest)
    }

    fn each(&self) -> Vec<Each> {
        if self.asked.outside {
            return Vec::new();
        }
        let all: Vec<_> = self.counted.people.iter().map(|(_, one)| one).collect();
        let longest = pictures::longest(&all, 0);
        let highest = self.highest();
        self.counted
            .people
            .iter()
            .zip(self.asked.after + 1..)
            .filter_map(|((patient, person), number)| {
                let found = person.scales.first()?;
                let newest = found
                    .course
                    .iter()
                    .rev()
                    .find(|(at, points)| *at >= person.first_drug && points.is_some());
                let newest = newest.and_then(|(_, points)| *points);
                let says = match (found.before, newest) {
                    (Some(before), Some(newest)) => format!("{before} → {newest}"),
                    (Some(before), None) => format!("{before} → not known"),
                    (None, Some(newest)) => format!("not known → {newest}"),
                    (None, None) => "no score".to_owned(),
                };
                Some(Each {
                    patient: patient.to_string(),
                    name: if self.named {
                        self.name(*patient)
                    } else {
                        format!("Person {number}")
                    },
                    says,
                    svg: pictures::person(found, person.first_drug, longest, highest),
                })
            })
            .collect()
    }

    fn ends(&self) -> Vec<(String, String, String)> {
        let by = &self.counted.tally.ends.by;
        let counts: Vec<u32> = by.values().map(|(all, _)| *all).collect();
        let told = self.telling().parts(&counts);
        by.iter()
            .zip(told.cells)
            .map(|((way, (_, before)), cell)| {
                let way = match way {
                    WayOn::GoesOn => "goes on".to_owned(),
                    WayOn::Ended(because) => format!("ended: {}", because.says()),
                    WayOn::NothingSaid => "away, and nobody has written why".to_owned(),
                };
                (sentence(&way), says(cell), before.to_string())
            })
            .collect()
    }
}

fn is_beside(last: &Whose, whose: &Whose) -> bool {
    (last.patient, last.point, last.due, last.why)
        == (whose.patient, whose.point, whose.due, whose.why)
}

/// How many answered, and each reason why there is no answer, as they are told together.
fn completed(telling: Telling, completion: &Completion) -> (Ratio, Vec<(WhyMissing, Cell)>) {
    let mut counts = vec![completion.answered];
    counts.extend(completion.missing.values());
    let told = telling.parts(&counts);
    let mut cells = told.cells.into_iter();
    let answered = cells.next().unwrap_or(Cell::Withheld);
    let missing = completion.missing.keys().copied().zip(cells).collect();
    (Ratio::of(answered, told.total), missing)
}

fn highest(instrument: &Instrument) -> u32 {
    instrument
        .principal
        .as_deref()
        .and_then(|id| instrument.score(id))
        .map_or(Decimal::ZERO, |score| score.range.to.number())
        .trunc()
        .try_into()
        .unwrap_or(0)
}
