//! Writing what was looked at: person after person, each row once.

use super::command_id;
use super::known::entry;
use crate::application::Application;
use crate::book::begin_of;
use crate::fault::Fault;
use crate::history::{questionnaire, sex_of};
use crate::journey::{self, Change};
use crate::web::pages::clock_face::today;
use crate::web::respond::Refused;
use crate::{outcomes, patients};
use anyhow::Context as _;
use clinical::course::intake::{Command, Context, Intake, Item, Said, Through, decide};
use clinical::course::screening::person::{Source, Witness};
use clinical::instrument::Answers;
use clinical::leaflet::Language;
use clinical::record::{Actor, CommandId, PatientId, Role, StaffId};
use exchange::import::{From, Looked, Mapping, PlannedPerson, Tally};
use serde::Serialize;

/// Who brings an export.
#[derive(Clone, Debug)]
pub struct By {
    /// Their account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
}

/// How many of one kind were written now, and how many an earlier run had written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Now.
    pub new: u64,
    /// Before.
    pub before: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Brought {
    /// People.
    pub people: Count,
    /// Allergies and intolerances.
    pub allergies: Count,
    /// Medicines.
    pub medicines: Count,
    /// Totals of scales.
    pub scores: Count,
    /// What the record refused at the last moment, each with its file, its line and why.
    pub refused: Vec<String>,
}

/// Everything that writing one export needs.
struct Writing<'a> {
    application: &'a Application,
    mapping: &'a Mapping,
    files: &'a [Tally],
    by: &'a By,
    brought: Brought,
}

/// Writes what fits of an export.
///
/// Each person, list and total is a command of its own, named by its row: after a crash the next run
/// writes what is missing, and nothing twice.
///
/// # Errors
///
/// A fault of the store; what was written until then stands.
// Hazard: H21
pub async fn write(
    application: &Application,
    mapping: &Mapping,
    looked: &Looked,
    by: &By,
) -> Result<Brought, Fault> {
    let mut writing = Writing {
        application,
        mapping,
        files: &looked.report.files,
        by,
        brought: Brought::default(),
    };
    for person in &looked.people {
        writing.person(person).await?;
    }
    Ok(writing.brought)
}

impl Writing<'_> {
    fn actor(&self) -> Actor {
        Actor::Person {
            id: self.by.id,
            name: self.by.name.clone(),
            role: Role::Owner,
        }
    }

    /// What stands beside a statement: from where it came, and who brought it.
    fn brought_by(&self) -> String {
        format!(
            "Export of {}, brought by {}",
            self.mapping.title, self.by.name
        )
    }

    /// The row’s command, and whether an earlier run has carried it out.
    async fn command(&self, from: &From, what: &str) -> Result<(CommandId, bool), Fault> {
        let command = command_id(self.application, self.mapping, from, what);
        let store = &self.application.store;
        let before = store.answer(self.application.tenant, command).await;
        let before = before.context("looking for an earlier run")?;
        Ok((command, before.is_some()))
    }

    /// Refuses nothing silently: what the record does not take is told with its line.
    fn refused(&mut self, from: &From, refused: Refused) -> Result<(), Fault> {
        match refused {
            Refused::Fault(fault) => Err(fault),
            other => {
                let file = self.files.iter().find(|file| file.sha256 == from.sha256);
                let file = file.map_or("", |file| &file.file);
                let says = format!("{file}, line {}: {}", from.line, other.says());
                self.brought.refused.push(says);
                Ok(())
            }
        }
    }

    async fn person(&mut self, person: &PlannedPerson) -> Result<(), Fault> {
        let (command_id, before) = self.command(&person.from, "person").await?;
        let by = patients::By {
            command_id,
            actor: self.actor(),
            name: self.brought_by(),
        };
        let registered =
            patients::register_new(self.application, by, entry(person), Vec::new()).await;
        let patient = match registered {
            Ok(patient) => patient,
            Err(refused) => return self.refused(&person.from, refused),
        };
        count(&mut self.brought.people, before, 1);
        self.allergies(patient, person).await?;
        self.medicines(patient, person).await?;
        self.scores(patient, person).await
    }

    /// An unfinished list: whoever is asked next finds it, and the question is still open.
    // Hazard: H24
    async fn allergies(&mut self, patient: PatientId, person: &PlannedPerson) -> Result<(), Fault> {
        let Some(first) = person.allergies.first() else {
            return Ok(());
        };
        let list = person.allergies.iter();
        let said = Said::Intolerances {
            list: list.map(|one| one.intolerant.clone()).collect(),
            whole: false,
        };
        let item = Item::Intolerances;
        let all = person.allergies.len();
        if let Some(before) = self
            .say(patient, &first.from, "allergies", item, said)
            .await?
        {
            count(&mut self.brought.allergies, before, all);
        }
        Ok(())
    }

    async fn medicines(&mut self, patient: PatientId, person: &PlannedPerson) -> Result<(), Fault> {
        let Some(first) = person.medicines.first() else {
            return Ok(());
        };
        let list = person.medicines.iter();
        let said = Said::Medicines {
            list: list.map(|one| one.taken.clone()).collect(),
            whole: false,
        };
        let item = Item::Medicines;
        let all = person.medicines.len();
        if let Some(before) = self
            .say(patient, &first.from, "medicines", item, said)
            .await?
        {
            count(&mut self.brought.medicines, before, all);
        }
        Ok(())
    }

    /// Says something of a person’s history as what stands on a paper from elsewhere, unless
    /// somebody has said something of it here. `None`: it was refused, and is told.
    async fn say(
        &mut self,
        patient: PatientId,
        from: &From,
        what: &str,
        item: Item,
        said: Said,
    ) -> Result<Option<bool>, Fault> {
        let application = self.application;
        let (command_id, before) = self.command(from, what).await?;
        let known = patients::read(application, patient)
            .await?
            .context("reading somebody who was registered")?;
        let questionnaire = questionnaire()?;
        let name = self.brought_by();
        let change = Change {
            command_id,
            actor: self.actor(),
            at: None,
            id: patient.0,
            patient: Some(patient),
            session: None,
            action: "bring a history from another system",
            wanted: format!("{said:?}"),
        };
        let saved = journey::change::<Intake, Refused>(application, change, |intake, now| {
            if intake.said(&item).is_some() {
                let says =
                    format!("not brought: somebody has said something of {item} here already.");
                return Err(Refused::Ruled(says));
            }
            let today = today(now, &application.zone)
                .ok_or_else(|| Fault(anyhow::anyhow!("the clock is outside the calendar")))?;
            let context = Context {
                witness: Witness {
                    source: Source::Document,
                    name: name.clone(),
                    at: now,
                },
                through: Through::Staff,
                today,
                sex: sex_of(&known),
                contacts_known: known.contacts.is_some(),
                questionnaire: &questionnaire,
                library: application.scales(),
            };
            let command = Command::Say {
                item: item.clone(),
                answer: said.clone(),
            };
            decide(intake, command, &context)
                .map_err(|refusal| Refused::Ruled(refusal.says(Language::English)))
        });
        match saved.await {
            Ok(_) => Ok(Some(before)),
            Err(refused) => self.refused(from, refused).map(|()| None),
        }
    }

    /// Totals alone, from the beginning of their day: none looks fresher than it is. Whoever reads
    /// them sees that an import entered them, and not somebody who rated.
    // Hazard: H62
    async fn scores(&mut self, patient: PatientId, person: &PlannedPerson) -> Result<(), Fault> {
        for score in &person.scores {
            let (command_id, before) = self.command(&score.from, "score").await?;
            let Some(filled) = begin_of(&self.application.zone, score.filled_on) else {
                let says = "this day has no beginning in the clinic’s zone.".to_owned();
                self.refused(&score.from, Refused::Ruled(says))?;
                continue;
            };
            let by = outcomes::By {
                command_id,
                actor: Actor::System {
                    part: self.brought_by(),
                },
                patient,
            };
            let entry = outcomes::Entry {
                scale: score.scale.clone(),
                answers: Answers::new(),
                total: Some(score.total),
                filled: Some(filled),
            };
            match outcomes::enter(self.application, by, entry).await {
                Ok(_) => count(&mut self.brought.scores, before, 1),
                Err(refused) => self.refused(&score.from, refused)?,
            }
        }
        Ok(())
    }
}

fn count(of: &mut Count, before: bool, how_many: usize) {
    let how_many = u64::try_from(how_many).unwrap_or(u64::MAX);
    if before {
        of.before += how_many;
    } else {
        of.new += how_many;
    }
}
