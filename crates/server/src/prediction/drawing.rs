//! The numbers of a picture, from nothing but what the record says it was drawn from: the same
//! value gives the same numbers, on any machine with the same files.

use super::said::two;
use clinical::course::prediction::{Act, BandsOf, Changed, Earlier, Gone, ModelNamed, Shown};
use pharmacokinetics::dose::{Amount, Dose, How};
use pharmacokinetics::model::{Model, Site};
use pharmacokinetics::quantity::{Age, BodyWeight, Elapsed, Milligrams};
use pharmacokinetics::{BandOf, Exposure, Person, Plan, Population, Prediction, Settings, Summary};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use units::{Kilograms, MillilitresPerHour, Moment};

/// What is drawn: everything in ng/mL, one value for each minute from the zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The model of band and lines.
    pub model: Of,
    /// As in `ketamine`.
    pub analyte: String,
    /// Which percentiles the bands and the summary are of.
    pub bands: BandsOf,
    /// The five percentiles of simulated people; empty where no spread was published.
    pub band: Vec<[f64; 5]>,
    /// When and how much, of the people; none where no spread was published.
    pub summary: Option<Summary>,
    /// The typical person, or each assumed scenario.
    pub lines: Vec<Line>,
    /// The second model's typical person.
    pub beside: Option<(Of, Vec<f64>)>,
    /// Why the second model is not drawn, where one is chosen.
    pub no_beside: Option<String>,
    /// The typical person by the order alone; none where nothing is pumped.
    pub ordered: Option<Vec<f64>>,
    /// Why the order's own course is not drawn, where there is one.
    pub no_ordered: Option<String>,
    /// The typical person in each earlier session, from its own zero, or why it is not drawn.
    pub earlier: Vec<Result<Line, String>>,
    /// What a change would come to; empty on pages that suppose nothing.
    pub changed: Vec<Course>,
}

/// What one supposed change would come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// What is supposed to be done.
    pub act: Act,
    /// At which rate the pump then gives.
    pub rate: MillilitresPerHour,
    /// The level after each of [`AFTER`], in its order.
    pub levels: Vec<Level>,
}

/// A level at one moment, in ng/mL.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The typical person, or the first scenario.
    pub typical: f64,
    /// The five percentiles of simulated people; none where no spread was published.
    pub people: Option<[f64; 5]>,
}

/// For how many minutes after a supposed change a level is worked out, rising.
/// Source: pharmacokinetics reference 7.
pub const AFTER: [u32; 3] = [5, 10, 20];

/// Which model, and whose.
#[derive(Debug, Clone, PartialEq)]
pub struct Of {
    /// Its name for people.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Where blood would be drawn.
    pub site: Site,
    /// Who was studied.
    pub people: String,
    /// Whose spread it is, where it was borrowed.
    pub spread_is: Option<String>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The scenario, and what it assumes; none for a typical person.
    pub scenario: Option<(String, String)>,
    /// In ng/mL, one for each minute.
    pub values: Vec<f64>,
    /// Peak, its time and the exact area.
    pub exposure: Exposure,
}

/// Works out a picture. Refuses, in one sentence, what the model refuses of the course itself;
/// nothing is drawn beyond what was studied. What of the lines beside it cannot be drawn is left out
/// with its reason, and takes nothing else away.
pub fn draw<'m>(
    shown: &Shown,
    model: impl Fn(&ModelNamed) -> Option<&'m Model>,
) -> Result<Drawn, String> {
    let first = model(&shown.model)
        .ok_or_else(|| format!("the model {} is not at hand.", shown.model.id))?;
    let person = person(shown.weight, shown.age)?;
    let plan = plan(shown, shown.from, &shown.gone)?;
    let mut drawn = of_model(first, &person, &plan, shown)?;
    if let Some(named) = &shown.beside {
        let beside = model(named)
            .ok_or_else(|| format!("the model {} is not at hand.", named.id))
            .and_then(|model| typical(model, &person, &plan));
        match beside {
            Ok(beside) => drawn.beside = Some(beside),
            Err(says) => drawn.no_beside = Some(says),
        }
    }
    if !shown.ordered.is_empty() {
        let ordered = self::plan(shown, shown.from, &shown.ordered)
            .and_then(|ordered| typical(first, &person, &ordered));
        match ordered {
            Ok((_, values)) => drawn.ordered = Some(values),
            Err(says) => drawn.no_ordered = Some(says),
        }
    }
    let earlier = shown.earlier.iter();
    drawn.earlier = earlier
        .map(|earlier| self::earlier(first, earlier, shown))
        .collect();
    if let Some(changed) = &shown.changed {
        drawn.changed = self::changed(first, &person, shown, changed)?;
    }
    Ok(drawn)
}

/// Every course that a change at a moment leads to. Of all but the levels after it nothing is kept.
fn changed(
    model: &Model,
    person: &Person,
    shown: &Shown,
    changed: &Changed,
) -> Result<Vec<Course>, String> {
    const MICROSECONDS_IN_A_MINUTE: i64 = 60_000_000;
    let refused = |refusal: pharmacokinetics::Refusal| refusal.to_string();
    let since = (changed.at - shown.from).microseconds() / MICROSECONDS_IN_A_MINUTE;
    let since = u32::try_from(since).map_err(|_| "the change lies before the first drug.")?;
    let last = AFTER.last().copied().unwrap_or_default();
    let settings = Settings {
        scenario: model.scenarios.first().map(|first| first.id.clone()),
        ..Settings::default()
    };
    let mut courses = Vec::with_capacity(changed.courses.len());
    for course in &changed.courses {
        let gone = plan(shown, shown.from, &course.gone)?;
        let plan = Plan {
            until: Elapsed::from_minutes(f64::from(since.saturating_add(last)))
                .map_err(|error| error.to_string())?,
            ..gone
        };
        let prediction = Prediction::new(model, person, &plan, &settings).map_err(refused)?;
        let curve = prediction.typical().into_iter().next();
        let curve = curve.ok_or_else(|| format!("{} shows nothing.", model.name))?;
        let crowd = if model.has_spread() {
            Some(
                prediction
                    .population(population(shown))
                    .map_err(refused)?
                    .drawn(),
            )
        } else {
            None
        };
        let level = |after: &u32| {
            let output = (since + after) as usize;
            let of_people = crowd
                .as_ref()
                .map(|crowd| crowd.percentiles_of(parts(shown.bands), 0, output..output + 1));
            Level {
                typical: curve
                    .nanograms_per_millilitre
                    .get(output)
                    .copied()
                    .unwrap_or_default(),
                people: of_people.and_then(|rows| rows.into_iter().next()),
            }
        };
        courses.push(Course {
            act: course.act,
            rate: course.rate,
            levels: AFTER.iter().map(level).collect(),
        });
    }
    Ok(courses)
}

/// The people of a picture: the same for every line of it.
const fn population(shown: &Shown) -> Population {
    Population {
        people: shown.people,
        seed: shown.seed,
        band: BandOf::People,
    }
}

fn parts(bands: BandsOf) -> [f64; 5] {
    const THOUSAND: f64 = 1_000.0;
    bands
        .per_mille()
        .map(|per_mille| f64::from(per_mille) / THOUSAND)
}

fn of_model(model: &Model, person: &Person, plan: &Plan, shown: &Shown) -> Result<Drawn, String> {
    let scenarios: Vec<Option<(String, String)>> = if model.scenarios.is_empty() {
        vec![None]
    } else {
        let told = |scenario: &pharmacokinetics::model::Scenario| {
            Some((scenario.id.clone(), scenario.says.clone()))
        };
        model.scenarios.iter().map(told).collect()
    };
    let mut drawn = Drawn {
        model: of(model),
        analyte: model.drug.clone(),
        bands: shown.bands,
        band: Vec::new(),
        summary: None,
        lines: Vec::new(),
        beside: None,
        no_beside: None,
        ordered: None,
        no_ordered: None,
        earlier: Vec::new(),
        changed: Vec::new(),
    };
    for scenario in scenarios {
        let settings = Settings {
            scenario: scenario.as_ref().map(|(id, _)| id.clone()),
            ..Settings::default()
        };
        let refused = |refusal: pharmacokinetics::Refusal| refusal.to_string();
        let prediction = Prediction::new(model, person, plan, &settings).map_err(refused)?;
        if model.has_spread() {
            // One thread: the other ones answer requests.
            let crowd = prediction.population(population(shown)).map_err(refused)?;
            let crowd = crowd.drawn();
            let outputs = 0..prediction.times().len();
            let parts = parts(shown.bands);
            drawn.band = crowd.percentiles_of(parts, 0, outputs);
            drawn.summary = Some(crowd.summary_of(parts, 0));
        }
        let curve = prediction.typical().into_iter().next();
        let exposure = prediction.exposure().into_iter().next();
        let (Some(curve), Some(exposure)) = (curve, exposure) else {
            return Err(format!("{} shows nothing.", model.name));
        };
        drawn.analyte = curve.analyte;
        drawn.lines.push(Line {
            scenario,
            values: curve.nanograms_per_millilitre,
            exposure,
        });
    }
    Ok(drawn)
}

/// The model's typical person, or its first scenario, in an earlier session.
fn earlier(model: &Model, earlier: &Earlier, shown: &Shown) -> Result<Line, String> {
    let person = person(earlier.weight, earlier.age)?;
    let plan = plan(shown, earlier.from, &earlier.gone)?;
    let scenario = model.scenarios.first();
    let settings = Settings {
        scenario: scenario.map(|first| first.id.clone()),
        ..Settings::default()
    };
    let prediction =
        Prediction::new(model, &person, &plan, &settings).map_err(|refusal| refusal.to_string())?;
    let curve = prediction.typical().into_iter().next();
    let exposure = prediction.exposure().into_iter().next();
    let (Some(curve), Some(exposure)) = (curve, exposure) else {
        return Err(format!("{} shows nothing.", model.name));
    };
    Ok(Line {
        scenario: scenario.map(|first| (first.id.clone(), first.says.clone())),
        values: curve.nanograms_per_millilitre,
        exposure,
    })
}

fn typical(model: &Model, person: &Person, plan: &Plan) -> Result<(Of, Vec<f64>), String> {
    let settings = Settings {
        scenario: model.scenarios.first().map(|first| first.id.clone()),
        ..Settings::default()
    };
    let prediction =
        Prediction::new(model, person, plan, &settings).map_err(|refusal| refusal.to_string())?;
    let curve = prediction.typical().into_iter().next();
    curve
        .map(|curve| (of(model), curve.nanograms_per_millilitre))
        .ok_or_else(|| format!("{} shows nothing.", model.name))
}

fn of(model: &Model) -> Of {
    let people = model
        .population
        .people
        .map_or_else(String::new, |people| format!("{people} people: "));
    Of {
        name: model.name.clone(),
        version: model.version,
        site: model
            .observed()
            .next()
            .map_or(Site::NotSaid, |(_, site)| site),
        people: people + &model.population.who,
        spread_is: model.spread_is.clone(),
    }
}

fn person(weight: Kilograms, age: Option<u16>) -> Result<Person, String> {
    let words = |error: pharmacokinetics::quantity::Implausible| error.to_string();
    let age = age.map(|age| Age::from_years(f64::from(age)));
    Ok(Person {
        weight: BodyWeight::from_kilograms(number(weight.value())).map_err(words)?,
        age: age.transpose().map_err(words)?,
    })
}

fn plan(shown: &Shown, zero: Moment, gone: &[Gone]) -> Result<Plan, String> {
    let words = |error: pharmacokinetics::quantity::Implausible| error.to_string();
    let since = |at: Moment| {
        const MILLISECONDS_IN_A_MINUTE: f64 = 60_000.0;
        let milliseconds = number(Decimal::from((at - zero).microseconds() / 1_000));
        Elapsed::from_minutes(milliseconds / MILLISECONDS_IN_A_MINUTE).map_err(words)
    };
    let mut doses = Vec::with_capacity(gone.len());
    for gone in gone {
        let (at, how, milligrams) = match gone {
            Gone::AtOnce { at, amount } => (since(*at)?, How::AtOnce, number(amount.value())),
            Gone::Running {
                from,
                until,
                rate,
                concentration,
            } => {
                const MINUTES_IN_AN_HOUR: f64 = 60.0;
                let (begins, ends) = (since(*from)?, since(*until)?);
                let lasts = ends.since(begins);
                let per_hour = number(rate.value() * concentration.value());
                let milligrams = per_hour * lasts.minutes() / MINUTES_IN_AN_HOUR;
                (begins, How::Over(lasts), milligrams)
            }
        };
        if milligrams > 0.0 {
            doses.push(Dose {
                amount: Amount::Total(Milligrams::new(milligrams).map_err(words)?),
                route: shown.route.clone(),
                how,
                at,
            });
        }
    }
    Ok(Plan {
        doses,
        until: Elapsed::from_minutes(f64::from(shown.minutes)).map_err(words)?,
        every: Elapsed::from_seconds(60),
    })
}

fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}

impl Drawn {
    /// SHA-256 over every number as it is drawn, in tenths of ng/mL.
    pub fn digest(&self) -> String {
        let mut text = String::new();
        let mut write = |what: &str, values: &[f64]| {
            let _ = write!(text, "{what}");
            for value in values {
                let _ = write!(text, " {}", tenths(*value));
            }
            text.push('\n');
        };
        for row in &self.band {
            write("band", row);
        }
        for line in &self.lines {
            write("line", &line.values);
        }
        if let Some((_, values)) = &self.beside {
            write("beside", values);
        }
        if let Some(values) = &self.ordered {
            write("ordered", values);
        }
        for line in self.earlier.iter().flatten() {
            write("earlier", &line.values);
        }
        for course in &self.changed {
            for level in &course.levels {
                write("typical after a change", &[level.typical]);
                write("people after a change", &level.people.unwrap_or_default());
            }
        }
        hex::encode(Sha256::digest(text.as_bytes()))
    }

    /// SHA-256 over every figure that is printed beside the picture, as it is printed: peaks, areas,
    /// and times to the hundredth of a minute.
    // Hazard: H69
    pub fn figures(&self) -> String {
        const HUNDRED: f64 = 100.0;
        let mut text = String::new();
        let time = |minutes: f64| (minutes * HUNDRED).round();
        if let Some(summary) = &self.summary {
            let two = |values: &[f64; 5]| values.map(two).join(" ");
            let _ = writeln!(
                text,
                "people {} | {} | {:?} | {:?} | {}",
                two(&summary.peak_ng_ml),
                two(&summary.area_ng_h_ml),
                summary.peak_at_min.map(time),
                summary.half_at_min.map(time),
                summary.halved_of_100
            );
        }
        let told = |exposure: &Exposure| {
            format!(
                "{} | {} | {:?}",
                two(exposure.peak_ng_ml),
                two(exposure.area_ng_h_ml),
                time(exposure.peak_at.minutes())
            )
        };
        for line in &self.lines {
            let _ = writeln!(text, "line {}", told(&line.exposure));
        }
        for line in &self.earlier {
            // Whether a session stands in the table is told by it too.
            let line = line.as_ref().map(|line| told(&line.exposure));
            let _ = writeln!(text, "earlier {}", line.unwrap_or_default());
        }
        hex::encode(Sha256::digest(text.as_bytes()))
    }

    /// The levels at the minute nearest to a moment, minutes after the first drug: with the people's
    /// percentiles, or of each scenario with its name. None outside of the picture.
    pub fn levels_at(&self, minutes: f64) -> Option<Vec<(Option<&str>, Level)>> {
        if minutes < 0.0 {
            return None;
        }
        let output = minutes.round() as usize;
        let people = self.band.get(output).copied();
        let levels = self.lines.iter().map(|line| {
            let typical = *line.values.get(output)?;
            let scenario = line.scenario.as_ref().map(|(id, _)| id.as_str());
            Some((scenario, Level { typical, people }))
        });
        levels.collect()
    }

    /// Whether the two models' typical people part by more than half of the inner band's width
    /// anywhere; none without a second model or a band.
    pub fn models_disagree(&self) -> Option<bool> {
        let (_, beside) = self.beside.as_ref()?;
        let line = self.lines.first()?;
        let rows = self.band.iter().zip(&line.values).zip(beside);
        (!self.band.is_empty()).then(|| {
            rows.into_iter()
                .any(|((row, own), other)| (own - other).abs() > (row[3] - row[1]) / 2.0)
        })
    }

    /// Whether the order alone would have given another curve, by more than a hundredth of its peak.
    pub fn differs_from_order(&self) -> bool {
        const PART: f64 = 0.01;
        let (Some(ordered), Some(line)) = (&self.ordered, self.lines.first()) else {
            return false;
        };
        let bound = line.exposure.peak_ng_ml * PART;
        let mut pairs = ordered.iter().zip(&line.values);
        pairs.any(|(ordered, own)| (ordered - own).abs() > bound)
    }
}

/// As it is drawn: whole tenths of ng/mL.
pub fn tenths(value: f64) -> i64 {
    const TEN: f64 = 10.0;
    (value * TEN).round() as i64
}
