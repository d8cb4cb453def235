//! The research export: people are read one after the other, in the order of their numbers, and their
//! rows written as they come. What may be told of one depends on all, so that two small tables are
//! written last.

use super::Progress;
use super::folder::{Filling, Refused, durable};
use super::one_person::WholePerson;
use super::people::{Somebody, everybody};
use super::research_rows::{AdverseRow, OfPerson, RowFault, Tables, Telling, ToDisk, write};
use super::words;
use crate::application::Application;
use crate::book::date_of;
use crate::fault::Fault;
use anyhow::Context as _;
use clinical::course::follow_up::Signs;
use clinical::patient::{CivilDate, age_in_years};
use clinical::record::PatientId;
use clinical::research::{
    AgeBand, Found, Generalised, Guarded, ResearchKey, ResearchRules, WrittenSecret, few,
    generalise,
};
use exchange::export::research::{
    ADVERSE_EVENTS, ANSWERS, OUTCOMES, PEOPLE, RATINGS, SCORES, SESSIONS, SIDE_EFFECTS, TABLES,
    VITAL_SIGNS, WITHHELD,
};
use exchange::export::{
    Cell, FileLine, Manifest, Table, TableWriter, Withheld, as_json, as_markdown,
};
use rand::RngCore as _;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

/// The setting that holds the clinic's secret, which never leaves the store.
const SECRET: &str = "research-export-secret";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Another seed gives other numbers and moves days by other weeks.
    pub seed: u64,
    /// Only people whose first drug was on this day or later.
    pub from: Option<CivilDate>,
    /// Only people whose first drug was on this day or earlier.
    pub to: Option<CivilDate>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrote {
    /// What the export says of itself.
    pub manifest: Manifest,
}

/// What is told of an export that leaves nobody in doubt.
const LEFT_OUT: &[&str] = &[
    "names, birth dates, addresses, telephone numbers, e-mail addresses, record numbers",
    "everything in somebody’s own words: notes, reasons, descriptions, messages, integration",
    "rooms, staff, devices, and the time of day",
    "entries that were struck, marked as artefacts, or put right: what stands now is told",
    "people of whom nothing is told in any table",
    "body weight by itself: it can be reckoned from dose and dose for each kilogram",
];

/// Writes a research export into a folder that is new or empty.
///
/// The same record, seed and stretch of time give the same bytes. The record is read as it stood when
/// the export began, a person at a time; whoever works meanwhile is not held up.
///
/// Refuses: a folder that is not empty; a stretch of time that is too short; too few people.
// Hazard: H71
pub async fn research(
    application: &Application,
    asked: Asked,
    folder: &Path,
    progress: &Progress,
) -> Result<Wrote, Refused> {
    let rules = application.in_force().research.clone();
    let today = date_of(&application.zone, application.clock.now())?;
    long_enough(asked, today, &rules)?;
    let filling = Filling::begin(folder)?;
    let key = ResearchKey::of(&secret(application).await?, asked.seed);
    let until = application
        .store
        .head(application.tenant)
        .await
        .context("reading where the log ends")?
        .size;
    let everybody = everybody(application, until).await?;
    let mut order: Vec<(String, PatientId)> = everybody
        .keys()
        .map(|person| (key.number(*person), *person))
        .collect();
    order.sort();
    progress.begins(order.len() as u64);
    let signs = Signs::shipped().context("reading the list of side effects")?;
    let mut writing = Writing::begin(&filling)?;
    for (number, person) in &order {
        let Some(somebody) = everybody.get(person) else {
            continue;
        };
        let whole = WholePerson::read(application, somebody, until).await?;
        let first_drug = whole.first_drug();
        let first_drug = first_drug
            .map(|at| date_of(&application.zone, at))
            .transpose()?;
        if is_wanted(asked, first_drug) {
            let telling = Telling {
                person: number,
                weeks_back: key.weeks_back(*person, rules.weeks_back),
                zone: &application.zone,
                library: application.scales(),
                signs: &signs,
                first_drug,
            };
            writing.person(&telling, somebody, &whole)?;
        }
        progress.went_on(1);
        tokio::task::yield_now().await;
    }
    let wrote = writing.finish(&filling, &rules, &key)?;
    filling.keep()?;
    Ok(wrote)
}

/// Nobody began after today, so that a stretch without an end ends today.
fn long_enough(asked: Asked, today: CivilDate, rules: &ResearchRules) -> Result<(), Refused> {
    let Some(from) = asked.from else {
        return Ok(());
    };
    let to = asked.to.map_or(today, |to| to.min(today));
    let days = to.days_since(from) + 1;
    if i64::from(days) < i64::from(rules.shortest_days) {
        return Err(Refused::TooShort(rules.shortest_days));
    }
    Ok(())
}

/// Without a stretch of time everybody is; with one, whoever began in it.
fn is_wanted(asked: Asked, first_drug: Option<CivilDate>) -> bool {
    if asked.from.is_none() && asked.to.is_none() {
        return true;
    }
    first_drug.is_some_and(|day| {
        asked.from.is_none_or(|from| day >= from) && asked.to.is_none_or(|to| day <= to)
    })
}

/// The clinic's secret; drawn at the first export.
async fn secret(application: &Application) -> Result<WrittenSecret, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let known = store
        .setting(tenant, SECRET)
        .await
        .context("reading the secret of research exports")?;
    if let Some(text) = known {
        let secret = WrittenSecret::read(&text);
        return secret.ok_or_else(|| {
            Fault(anyhow::anyhow!(
                "the secret of research exports cannot be read"
            ))
        });
    }
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let secret = WrittenSecret::of(bytes);
    store
        .put_setting(tenant, SECRET, &secret.written())
        .await
        .context("keeping the secret of research exports")?;
    Ok(secret)
}

/// A person, as the last tables tell of them.
struct PersonRow {
    number: String,
    found: Found,
    sessions: i64,
    first_drug_on: Option<i32>,
}

/// What is being written.
struct Writing {
    tables: Tables,
    people: Vec<PersonRow>,
    adverse: Vec<AdverseRow>,
    unknown_answers: u64,
    unknown_effects: u64,
}

fn to_disk(filling: &Filling, table: &'static Table) -> Result<ToDisk, Refused> {
    let csv = filling.file(&format!("{}.csv", table.name))?;
    let parquet = filling.file(&format!("{}.parquet", table.name))?;
    Ok(TableWriter::new(table, csv, parquet)?)
}

fn ended(table: ToDisk, lines: &mut Vec<FileLine>) -> Result<(), Refused> {
    for (line, file) in table.finish()?.files {
        durable(file)?;
        lines.push(line);
    }
    Ok(())
}

impl Writing {
    fn begin(filling: &Filling) -> Result<Self, Refused> {
        Ok(Self {
            tables: Tables {
                sessions: to_disk(filling, &SESSIONS)?,
                vital_signs: to_disk(filling, &VITAL_SIGNS)?,
                ratings: to_disk(filling, &RATINGS)?,
                answers: to_disk(filling, &ANSWERS)?,
                scores: to_disk(filling, &SCORES)?,
                side_effects: to_disk(filling, &SIDE_EFFECTS)?,
                outcomes: to_disk(filling, &OUTCOMES)?,
            },
            people: Vec::new(),
            adverse: Vec::new(),
            unknown_answers: 0,
            unknown_effects: 0,
        })
    }

    fn person(
        &mut self,
        telling: &Telling<'_>,
        somebody: &Somebody,
        whole: &WholePerson,
    ) -> Result<(), Refused> {
        let of: OfPerson =
            write(&mut self.tables, telling, whole).map_err(|fault| match fault {
                RowFault::Unwritable(error) => Refused::from(error),
                RowFault::Fault(error) => Refused::Fault(error),
            })?;
        let Some(first_day) = of.first_day else {
            return Ok(());
        };
        self.people.push(PersonRow {
            number: telling.person.to_owned(),
            found: Found {
                sex: somebody.sex,
                age: age_in_years(somebody.born, first_day).map(AgeBand::of),
            },
            sessions: of.with_drug,
            first_drug_on: of.first_drug_on,
        });
        self.adverse.extend(of.adverse);
        self.unknown_answers += of.unknown_answers;
        self.unknown_effects += of.unknown_effects;
        Ok(())
    }

    fn finish(
        self,
        filling: &Filling,
        rules: &ResearchRules,
        key: &ResearchKey,
    ) -> Result<Wrote, Refused> {
        let found: Vec<Found> = self.people.iter().map(|person| person.found).collect();
        let guarded = generalise(&found, rules.small)?;
        let mut files = Vec::new();
        write_people(filling, &self.people, &guarded, &mut files)?;
        let mut withheld = vec![
            line("people", "age_band", guarded.without_age as u64, FEW),
            line("people", "sex", guarded.without_sex as u64, FEW),
        ];
        withheld.extend(write_adverse(
            filling,
            &self.adverse,
            rules.small,
            &mut files,
        )?);
        withheld.extend([
            line("answers", "answer", self.unknown_answers, NOT_IN_FILE),
            line("side_effects", "effect", self.unknown_effects, NOT_IN_LIST),
        ]);
        let tables = self.tables;
        for table in [
            tables.sessions,
            tables.vital_signs,
            tables.ratings,
            tables.answers,
            tables.scores,
            tables.side_effects,
            tables.outcomes,
        ] {
            ended(table, &mut files)?;
        }
        files.push(filling.text("dictionary.json", &as_json(&TABLES))?);
        files.push(filling.text("dictionary.md", &as_markdown(&TABLES))?);
        files.sort_by(|one, other| one.name.cmp(&other.name));
        let manifest = Manifest {
            what: "Evenkeel research export: without names, days moved, ages in bands",
            program: format!("evenkeel {}", env!("CARGO_PKG_VERSION")),
            key_fingerprint: key.fingerprint(),
            people: self.people.len() as u64,
            smallest_cell: rules.small,
            weeks_back_at_most: rules.weeks_back,
            withheld,
            left_out: LEFT_OUT,
            files,
        };
        let text = serde_json::to_string_pretty(&manifest).context("writing the manifest")?;
        filling.text("manifest.json", &format!("{text}\n"))?;
        Ok(Wrote { manifest })
    }
}

const FEW: &str = "too few people share it";
const NOT_IN_FILE: &str = "left out: the scale’s file knows no such answer";
const NOT_IN_LIST: &str = "left out: policies/side-effects.toml knows no such term";

const fn line(
    table: &'static str,
    column: &'static str,
    rows: u64,
    because: &'static str,
) -> Withheld {
    Withheld {
        table,
        column,
        rows,
        because,
    }
}

fn write_people(
    filling: &Filling,
    people: &[PersonRow],
    guarded: &Guarded,
    files: &mut Vec<FileLine>,
) -> Result<(), Refused> {
    let mut table = to_disk(filling, &PEOPLE)?;
    for (person, told) in people.iter().zip(&guarded.told) {
        let (sex, age) = match told {
            Generalised::Whole => (
                words::sex(person.found.sex),
                person.found.age.map_or(Cow::Borrowed("not-known"), |age| {
                    Cow::Owned(age.to_string())
                }),
            ),
            Generalised::WithoutAge => (words::sex(person.found.sex), Cow::Borrowed(WITHHELD)),
            Generalised::Neither => (WITHHELD, Cow::Borrowed(WITHHELD)),
        };
        table.push(&[
            ("person", Cell::text(person.number.as_str())),
            ("sex", Cell::text(sex)),
            ("age_band", Cell::Text(age)),
            ("sessions", Cell::Whole(person.sessions)),
            (
                "first_drug_on",
                person.first_drug_on.map_or(Cell::Empty, Cell::Day),
            ),
        ])?;
    }
    ended(table, files)
}

/// Writes adverse events; what fewer than so many people share of one is withheld.
// Hazard: H71
fn write_adverse(
    filling: &Filling,
    rows: &[AdverseRow],
    small: u32,
    files: &mut Vec<FileLine>,
) -> Result<[Withheld; 3], Refused> {
    let severities = few(rows.iter().map(|row| (&row.person, &row.severity)), small);
    let outcomes = few(rows.iter().map(|row| (&row.person, &row.outcome)), small);
    let criteria = few(
        rows.iter()
            .flat_map(|row| row.criteria.iter().map(|one| (&row.person, one))),
        small,
    );
    let mut table = to_disk(filling, &ADVERSE_EVENTS)?;
    let mut counts = [0; 3];
    for row in rows {
        let severity = told(row.severity, &severities);
        let outcome = told(row.outcome, &outcomes);
        let serious: BTreeSet<&str> = row
            .criteria
            .iter()
            .map(|one| told(one, &criteria))
            .collect();
        let serious: Vec<&str> = serious.into_iter().collect();
        counts[0] += u64::from(severity == WITHHELD);
        counts[1] += u64::from(serious.contains(&WITHHELD));
        counts[2] += u64::from(outcome == WITHHELD);
        let criteria = (!serious.is_empty()).then(|| serious.join(";"));
        table.push(&[
            ("person", Cell::text(row.person.as_str())),
            ("event", Cell::Whole(row.event)),
            ("session", Cell::Whole(row.session)),
            ("on", Cell::Day(row.on)),
            ("day", Cell::maybe_whole(row.day)),
            ("entered", Cell::text(row.entered)),
            ("severity", Cell::text(severity)),
            ("criteria", Cell::maybe_text(criteria.as_deref())),
            ("expected", Cell::text(row.expected)),
            ("related", Cell::text(row.related)),
            ("outcome", Cell::text(outcome)),
        ])?;
    }
    ended(table, files)?;
    Ok([
        line("adverse_events", "severity", counts[0], FEW),
        line("adverse_events", "criteria", counts[1], FEW),
        line("adverse_events", "outcome", counts[2], FEW),
    ])
}

fn told<'a>(value: &'a str, few: &BTreeSet<&str>) -> &'a str {
    if few.contains(value) { WITHHELD } else { value }
}
