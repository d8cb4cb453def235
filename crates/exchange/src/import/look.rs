//! Reading a whole export before anything is written.

use super::finding::{Finding, Fits, Problem, Tally};
use super::mapping::{Field, Kind, Mapping};
use super::plan::{From, Here, Known, PlannedPerson, PlannedScore};
use super::report::Report;
use super::row::{Around, Cells, LeftOut, Notes};
use super::sheet::{GivenFile, Row, Sheet};
use clinical::instrument::Library;
use clinical::patient::{CivilDate, compared, folded};
use std::collections::{BTreeMap, BTreeSet};

/// What an export would make, and everything of it that would not fit.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Who would be registered, with what is theirs, in the order of their rows.
    pub people: Vec<PlannedPerson>,
    /// What is told of the look.
    pub report: Report,
}

/// A file that could be read and is mapped.
struct Opened<'a> {
    given: &'a GivenFile,
    sha256: String,
    kind: Kind,
    sheet: Sheet,
    columns: BTreeMap<Field, usize>,
}

/// What became of a row.
enum Became {
    Fits,
    DoesNot,
    SaysNothing,
}

/// Reads every file; `known` is what the record knows of the people, and `today` the clinic’s day.
///
/// Pure: the same files, mapping and knowledge give the same answer. Never fails: what cannot be
/// read is a finding.
pub fn look(
    files: &[GivenFile],
    mapping: &Mapping,
    library: &Library,
    known: &Known,
    today: CivilDate,
) -> Looked {
    let mut looking = Looking {
        around: Around {
            mapping,
            library,
            today,
        },
        people: Vec::new(),
        places: BTreeMap::new(),
        left_out: BTreeSet::new(),
        twice: BTreeMap::new(),
        numbers: BTreeMap::new(),
        names: BTreeMap::new(),
        tallies: Vec::new(),
        findings: Vec::new(),
        brought_before: 0,
    };
    let opened = looking.open(files);
    // People first: whose a row is, is known when all of them are.
    for file in opened.iter().filter(|file| file.kind == Kind::People) {
        looking.people_of(file);
    }
    looking.settle_people(known);
    for file in opened.iter().filter(|file| file.kind != Kind::People) {
        looking.rows_of(file);
    }
    looking.told()
}

struct Looking<'a> {
    around: Around<'a>,
    people: Vec<PlannedPerson>,
    /// Where each person stands in `people`, by their key.
    places: BTreeMap<String, usize>,
    /// Keys of people whose own row is left out.
    left_out: BTreeSet<String>,
    /// Keys that stand in two rows with other words, each with the line of the second.
    twice: BTreeMap<String, u64>,
    /// On which line each record number stands.
    numbers: BTreeMap<String, u64>,
    /// On which line each name with its birth date stands.
    names: BTreeMap<(String, String, CivilDate), u64>,
    tallies: Vec<Tally>,
    findings: Vec<Finding>,
    brought_before: u64,
}

impl Looking<'_> {
    fn of_file(&mut self, file: &GivenFile, count: u64, column: Option<String>, problem: Problem) {
        self.findings.push(Finding {
            file: file.name.clone(),
            line: None,
            column,
            found: String::new(),
            count,
            problem,
        });
    }

    /// Opens every file; what cannot be opened has its rows counted, and a finding.
    fn open<'f>(&mut self, files: &'f [GivenFile]) -> Vec<Opened<'f>> {
        let mut names = BTreeSet::new();
        let mut opened = Vec::new();
        for given in files {
            let again = !names.insert(&given.name);
            opened.extend(self.open_one(given, again));
        }
        opened
    }

    fn open_one<'f>(&mut self, given: &'f GivenFile, again: bool) -> Option<Opened<'f>> {
        let sha256 = given.sha256();
        let rule = self.around.mapping.rule_of(&given.name);
        let mut tally = Tally {
            file: given.name.clone(),
            sha256: sha256.clone(),
            kind: rule.map(|rule| rule.kind),
            read: 0,
            fit: 0,
            unfit: 0,
            ignored: 0,
        };
        if !given.is_csv() {
            self.of_file(given, 0, None, Problem::NotCsv);
            self.tallies.push(tally);
            return None;
        }
        let sheet = match Sheet::read(&given.bytes, self.around.mapping.encoding) {
            Ok(sheet) => sheet,
            Err(problem) => {
                self.of_file(given, 0, None, problem);
                self.tallies.push(tally);
                return None;
            }
        };
        let empty = count(sheet.rows.iter().filter(|row| row.is_empty()));
        tally.read = count(sheet.rows.iter());
        tally.ignored = empty;
        tally.unfit = tally.read - empty;
        let columns = match rule {
            _ if again => Err((None, Problem::FileTwice)),
            None => Err((None, Problem::FileUnmapped)),
            Some(rule) if rule.kind.no_place().is_some() => {
                Err((None, Problem::NoPlace(rule.kind)))
            }
            Some(rule) => sheet.columns(rule).map(|columns| (rule.kind, columns)),
        };
        match columns {
            Err((column, problem)) => {
                if matches!(problem, Problem::NoPlace(kind) if kind.is_of_nobody()) {
                    tally.ignored = tally.read;
                    tally.unfit = 0;
                }
                self.of_file(given, tally.read - empty, column, problem);
                self.tallies.push(tally);
                None
            }
            Ok((kind, columns)) => {
                self.unread_columns(given, &sheet, &columns);
                Some(Opened {
                    given,
                    sha256,
                    kind,
                    sheet,
                    columns,
                })
            }
        }
    }

    /// A finding for each column that has something in it and is not read.
    fn unread_columns(
        &mut self,
        given: &GivenFile,
        sheet: &Sheet,
        columns: &BTreeMap<Field, usize>,
    ) {
        for (place, heading) in sheet.headings.iter().enumerate() {
            if columns.values().any(|taken| *taken == place) {
                continue;
            }
            let full = |row: &&Row| {
                let cell = row.cells.get(place);
                cell.is_some_and(|cell| !cell.trim().is_empty())
            };
            let cells = count(sheet.rows.iter().filter(full));
            if cells > 0 {
                let heading = Some(heading.clone());
                self.of_file(given, cells, heading, Problem::ColumnUnmapped);
            }
        }
    }

    /// Reads the rows of a file one after another, and counts each once.
    fn each_row(
        &mut self,
        file: &Opened<'_>,
        mut read: impl FnMut(&mut Self, &Cells<'_>, &mut Notes) -> Result<Became, LeftOut>,
    ) {
        let mut tally = Tally {
            file: file.given.name.clone(),
            sha256: file.sha256.clone(),
            kind: Some(file.kind),
            read: 0,
            fit: 0,
            unfit: 0,
            ignored: 0,
        };
        for row in &file.sheet.rows {
            tally.read += 1;
            let cells = Cells {
                file: &file.given.name,
                sha256: &file.sha256,
                headings: &file.sheet.headings,
                columns: &file.columns,
                row,
            };
            let mut notes = Notes::default();
            let headings = file.sheet.headings.len();
            let became = if row.is_empty() {
                Became::SaysNothing
            } else if row.cells.len() == headings {
                read(self, &cells, &mut notes).unwrap_or(Became::DoesNot)
            } else {
                notes
                    .0
                    .push(cells.finding(None, Problem::CellsMissing { headings }));
                Became::DoesNot
            };
            match became {
                Became::Fits => tally.fit += 1,
                Became::DoesNot => tally.unfit += 1,
                Became::SaysNothing => tally.ignored += 1,
            }
            self.findings.append(&mut notes.0);
        }
        self.tallies.push(tally);
    }

    fn people_of(&mut self, file: &Opened<'_>) {
        self.each_row(file, |looking, cells, notes| {
            let person = cells.person(&looking.around, notes);
            let Ok(person) = person else {
                // What is theirs is left out with a reason of its own where the key is known.
                if let Ok(key) = cells.key(&mut Notes::default()) {
                    looking.left_out.insert(key);
                }
                return Err(LeftOut);
            };
            Ok(looking.take_in(person, cells, notes))
        });
    }

    /// Takes in somebody, unless the same key, number, or name and birth date stand there already.
    // Hazard: H02
    fn take_in(&mut self, person: PlannedPerson, cells: &Cells<'_>, notes: &mut Notes) -> Became {
        if let Some(before) = self.person(&person.key) {
            let again = PlannedPerson {
                from: before.from.clone(),
                ..person.clone()
            };
            if again == *before {
                // What it costs was told at the first of the two.
                notes.0.clear();
                return Became::SaysNothing;
            }
            let other = before.from.line;
            let problem = Problem::PersonTwice { other };
            notes.0.push(cells.finding(Some(Field::Person), problem));
            self.twice.insert(person.key, person.from.line);
            return Became::DoesNot;
        }
        let number = person.record_number.as_deref().map(compared);
        let name = (
            folded(&person.family_name),
            folded(&person.given_name),
            person.birth_date,
        );
        let same_number = number.as_ref().and_then(|number| self.numbers.get(number));
        let problem = match (same_number, self.names.get(&name)) {
            (Some(other), _) => (Field::RecordNumber, Problem::NumberTwice { other: *other }),
            (None, Some(other)) => (
                Field::FamilyName,
                Problem::AlikeInTheExport { other: *other },
            ),
            (None, None) => {
                let line = person.from.line;
                self.numbers.extend(number.map(|number| (number, line)));
                self.names.insert(name, line);
                self.places.insert(person.key.clone(), self.people.len());
                self.people.push(person);
                return Became::Fits;
            }
        };
        notes.0.push(cells.finding(Some(problem.0), problem.1));
        self.left_out.insert(person.key);
        Became::DoesNot
    }

    fn person(&self, key: &str) -> Option<&PlannedPerson> {
        self.people.get(*self.places.get(key)?)
    }

    /// Leaves out whoever stands there twice, and whom the record has or may have.
    // Hazard: H02
    fn settle_people(&mut self, known: &Known) {
        let mut stay = Vec::new();
        for person in std::mem::take(&mut self.people) {
            let place = (person.from.sha256.clone(), person.from.line);
            let problem = match (self.twice.get(&person.key), known.get(&place)) {
                (Some(other), _) => Problem::PersonTwice { other: *other },
                (None, None) => {
                    stay.push(person);
                    continue;
                }
                (None, Some(Here::BroughtBefore)) => {
                    self.brought_before += 1;
                    stay.push(person);
                    continue;
                }
                (None, Some(Here::Registered(number))) => Problem::InTheRecord {
                    number: number.clone(),
                },
                (None, Some(Here::Alike(number))) => Problem::MayBeInTheRecord {
                    number: number.clone(),
                },
                (None, Some(Here::NumberOfAnother)) => Problem::NumberIsSomebodyElses,
            };
            self.leave_out(&person.from, problem, person.record_number.clone());
            self.left_out.insert(person.key);
        }
        self.places = stay
            .iter()
            .enumerate()
            .map(|(place, person)| (person.key.clone(), place))
            .collect();
        self.people = stay;
    }

    /// A row that fitted by itself does not after all.
    fn leave_out(&mut self, from: &From, problem: Problem, found: Option<String>) {
        let tally = self.tallies.iter_mut().find(|tally| {
            tally.kind == Some(Kind::People) && tally.sha256 == from.sha256 && tally.fit > 0
        });
        if let Some(tally) = tally {
            tally.fit -= 1;
            tally.unfit += 1;
            self.findings.push(Finding {
                file: tally.file.clone(),
                line: Some(from.line),
                column: None,
                found: found.unwrap_or_default(),
                count: 1,
                problem,
            });
        }
    }

    /// The rows of a file that belong to people.
    fn rows_of(&mut self, file: &Opened<'_>) {
        self.each_row(file, |looking, cells, notes| {
            let key = cells.key(notes)?;
            let Some(place) = looking.places.get(&key).copied() else {
                let problem = if looking.left_out.contains(&key) {
                    Problem::PersonLeftOut
                } else {
                    Problem::NobodyOfThisKey
                };
                notes.0.push(cells.finding(Some(Field::Person), problem));
                return Ok(Became::DoesNot);
            };
            let around = &looking.around;
            let Some(person) = looking.people.get_mut(place) else {
                return Ok(Became::DoesNot);
            };
            let is_new = match file.kind {
                Kind::Allergies => {
                    let read = cells.allergy(around, notes)?;
                    let known = &mut person.allergies;
                    let is_new = known.iter().all(|one| one.intolerant != read.intolerant);
                    is_new.then(|| known.push(read))
                }
                Kind::Medicines => {
                    let read = cells.medicine(around, notes)?;
                    let known = &mut person.medicines;
                    let is_new = known.iter().all(|one| one.taken != read.taken);
                    is_new.then(|| known.push(read))
                }
                Kind::Scores => {
                    let read = cells.score(around, notes)?;
                    let known = &mut person.scores;
                    let told = |one: &PlannedScore| (one.scale.clone(), one.total, one.filled_on);
                    let is_new = known.iter().all(|one| told(one) != told(&read));
                    is_new.then(|| known.push(read))
                }
                Kind::People
                | Kind::Diagnoses
                | Kind::Notes
                | Kind::SocialHistory
                | Kind::Visits
                | Kind::Answers
                | Kind::QuestionnaireTemplates
                | Kind::VitalSigns => None,
            };
            Ok(is_new.map_or(Became::SaysNothing, |()| Became::Fits))
        });
    }

    fn told(mut self) -> Looked {
        let mut fits = Fits {
            people: count(self.people.iter()),
            brought_before: self.brought_before,
            ..Fits::default()
        };
        for person in &self.people {
            fits.allergies += count(person.allergies.iter());
            fits.medicines += count(person.medicines.iter());
            fits.scores += count(person.scores.iter());
        }
        self.tallies.sort_by(|one, other| one.file.cmp(&other.file));
        self.findings
            .sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        let mapping = self.around.mapping;
        Looked {
            report: Report {
                mapping: mapping.id.clone(),
                version: mapping.version,
                system: mapping.title.clone(),
                unverified: mapping.unverified,
                source: mapping.source.clone(),
                files: self.tallies,
                fits,
                findings: self.findings,
            },
            people: self.people,
        }
    }
}

fn count<T>(of: impl Iterator<Item = T>) -> u64 {
    of.fold(0, |all, _| all + 1)
}
