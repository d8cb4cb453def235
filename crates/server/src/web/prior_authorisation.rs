//! What a payer asks before it pays for a treatment, from what stands in the record: for what,
//! what was tried before, scores with their days, what is ordered. What is not in the record is
//! named as missing, on the page and on the paper; nothing is made up, and nothing is signed here.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::clock_face::ClockFace;
use super::pages::identity_strip::IdentityStrip;
use super::pages::prior_authorisation::PriorAuthorisation;
use super::people::read_by;
use super::respond::Refused;
use super::sheets::Sheets;
use crate::application::Application;
use crate::fault::Fault;
use crate::history;
use crate::identity::Viewer;
use crate::outcomes::{Told, score_says, told_outside};
use crate::patients::records_of;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use clinical::course::intake::{Intake, Item, PastTrial, Said};
use clinical::course::screening::person::{Source, TrialOutcome, Witness};
use clinical::course::session::{Session, Stage};
use clinical::leaflet::Language;
use clinical::patient::Patient;
use clinical::record::PatientId;
use report::book::{Block, Chapter};
use std::sync::Arc;
use units::Moment;

/// How many sessions of one record are looked at: years of them.
const SESSIONS: usize = 200;

/// What was put together, and what was not there.
pub struct Gathered {
    /// The sheets.
    pub blocks: Vec<Block>,
    /// What is missing, each a sentence.
    pub missing: Vec<String>,
}

/// What one is read from.
struct Gathering<'a> {
    application: &'a Application,
    person: &'a Patient,
    stays: PatientId,
    records: &'a [PatientId],
    clock: ClockFace<'a>,
    missing: Vec<String>,
    sheet: Chapter,
}

/// Reads everything that a payer asks of a person.
// Hazard: H72
async fn gathered(
    application: &Application,
    (person, stays, records): (&Patient, PatientId, &[PatientId]),
    now: Moment,
) -> Result<Gathered, Fault> {
    let mut gathering = Gathering {
        application,
        person,
        stays,
        records,
        clock: ClockFace {
            zone: &application.zone,
            now,
        },
        missing: Vec::new(),
        sheet: Chapter::default(),
    };
    gathering.history().await?;
    gathering.scales(now).await?;
    gathering.sessions().await?;
    let missing = gathering.missing;
    let mut sheet = gathering.sheet;
    sheet.heading("Not in the record");
    if missing.is_empty() {
        sheet.words("Nothing that is asked here is missing.");
    } else {
        sheet.list(missing.clone());
    }
    Ok(Gathered {
        blocks: sheet.blocks,
        missing,
    })
}

/// The newest that anybody said of an item, in any record of the person.
fn newest(told: &[Intake], item: &Item) -> Option<(Said, Arc<Witness>)> {
    told.iter()
        .filter_map(|known| known.statement(item))
        .max_by_key(|statement| statement.witness.at)
        .map(|statement| (statement.said.clone(), Arc::clone(&statement.witness)))
}

/// In which capacity somebody said something.
const fn capacity(source: Source) -> &'static str {
    match source {
        Source::Staff(_) => "by staff",
        Source::Patient => "by the patient",
        _other => "by somebody for the patient",
    }
}

const fn outcome(outcome: TrialOutcome) -> &'static str {
    match outcome {
        TrialOutcome::Below25Percent => "helped less than 25 %",
        TrialOutcome::From25To49Percent => "helped 25 to 49 %",
        TrialOutcome::AtLeast50Percent => "helped 50 % or more",
        TrialOutcome::StoppedForSideEffects => "stopped for side effects",
    }
}

impl Gathering<'_> {
    /// What was told of their history, in each record of the person.
    async fn told(&self) -> Result<Vec<Intake>, Fault> {
        let mut all = Vec::with_capacity(self.records.len());
        for record in self.records {
            all.push(history::read(self.application, *record).await?.state);
        }
        Ok(all)
    }

    fn witness(&self, witness: &Witness) -> String {
        format!(
            "Told {} ({}), {}.",
            capacity(witness.source),
            witness.name,
            self.clock.date(witness.at)
        )
    }

    async fn history(&mut self) -> Result<(), Fault> {
        let told = self.told().await?;
        self.sheet.heading("What the treatment is for");
        match newest(&told, &Item::Indication) {
            Some((Said::Indication(indication), witness)) => {
                self.sheet.words(indication.word().replace('-', " "));
                self.sheet.small(self.witness(&witness));
            }
            Some((_, witness)) => {
                self.sheet.words("Asked, not known.");
                self.sheet.small(self.witness(&witness));
                self.missing
                    .push("What the treatment is for: asked, and not known.".to_owned());
            }
            None => {
                self.sheet.words("Not recorded.");
                self.missing
                    .push("What the treatment is for: nobody has said it.".to_owned());
            }
        }
        self.missing.push(
            "The code of the diagnosis: this record holds none of its own. The prescriber writes it.".to_owned(),
        );
        self.sheet.heading("Earlier antidepressants");
        match newest(&told, &Item::Trials) {
            Some((Said::Trials { list, whole }, witness)) => {
                self.trials(&list);
                if !whole {
                    self.missing.push(
                        "Earlier antidepressants: nobody has said that these are all.".to_owned(),
                    );
                }
                self.sheet.small(self.witness(&witness));
            }
            Some((_, witness)) => {
                self.sheet.words("Asked, not known.");
                self.sheet.small(self.witness(&witness));
                self.missing
                    .push("Earlier antidepressants: asked, and not known.".to_owned());
            }
            None => {
                self.sheet.words("Not asked.");
                self.missing
                    .push("Earlier antidepressants: nobody has asked.".to_owned());
            }
        }
        Ok(())
    }

    fn trials(&mut self, list: &[PastTrial]) {
        if list.is_empty() {
            self.sheet.words("None, as told.");
            return;
        }
        let mut rows = Vec::new();
        for one in list {
            let trial = &one.trial;
            let mut unknown = |what: &str| {
                self.missing
                    .push(format!("{}: {what} is not known.", trial.drug));
                "not known".to_owned()
            };
            let dose = match one.dose.trim() {
                "" => unknown("the dose"),
                dose => dose.to_owned(),
            };
            let weeks = match trial.weeks_at_adequate_dose {
                Some(weeks) => weeks.to_string(),
                None => unknown("for how many weeks at an adequate dose"),
            };
            let taken = match trial.taken_as_prescribed {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => unknown("whether it was taken as prescribed"),
            };
            let episode = match trial.in_this_episode {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => unknown("whether it was in this episode"),
            };
            let ended = match trial.outcome {
                Some(known) => outcome(known).to_owned(),
                None => unknown("how it ended"),
            };
            rows.push(vec![trial.drug.clone(), dose, weeks, taken, episode, ended]);
        }
        let head = [
            "Drug",
            "Highest dose",
            "Weeks at an adequate dose",
            "Taken as prescribed",
            "In this episode",
            "How it ended",
        ];
        self.sheet.table(head.map(str::to_owned).to_vec(), rows);
    }

    async fn scales(&mut self, now: Moment) -> Result<(), Fault> {
        let told = Told::of(self.application, self.person, self.stays, now).await?;
        let mut rows = Vec::new();
        for instrument in told_outside(self.application.scales()) {
            for reading in told.readings(instrument) {
                let Some(score) = score_says(instrument, &reading) else {
                    continue;
                };
                let band = reading.band.clone().unwrap_or_default();
                rows.push((
                    reading.at,
                    vec![
                        self.clock.date(reading.at),
                        instrument.title.clone(),
                        score,
                        band,
                    ],
                ));
            }
        }
        rows.sort_by_key(|(at, _)| *at);
        self.sheet.heading("Scales");
        if rows.is_empty() {
            self.sheet.words("None was filled in.");
            self.missing
                .push("Scales: none was filled in whole.".to_owned());
        }
        let head = ["Day", "Scale", "Score", "Band of the scale"];
        self.sheet.table(
            head.map(str::to_owned).to_vec(),
            rows.into_iter().map(|(_, row)| row).collect(),
        );
        Ok(())
    }

    async fn sessions(&mut self) -> Result<(), Fault> {
        let mut sessions: Vec<Arc<Session>> = Vec::new();
        for record in self.records {
            let rows = self
                .application
                .store
                .sessions_of(self.application.tenant, *record, SESSIONS)
                .await
                .context("reading a person's sessions")?;
            for row in rows {
                sessions.extend(self.application.sessions.session(row.session).await?);
            }
        }
        sessions.sort_by_key(|session| session.planned_for);
        let open = |session: &&Arc<Session>| {
            matches!(session.stage, Stage::Planned | Stage::Preparation) && session.order.is_some()
        };
        self.sheet.heading("What is ordered");
        match sessions.iter().find(open) {
            Some(session) => {
                let order = session.order.as_ref().map(|order| order.says());
                self.sheet.words(format!("{}.", order.unwrap_or_default()));
                let on = session.planned_for.map(|at| self.clock.date(at));
                let ordered = session.order.as_ref().map(|order| order.prescriber.clone());
                self.sheet.small(format!(
                    "Planned for {}, ordered by {}.",
                    on.unwrap_or_else(|| "a day that is not set".to_owned()),
                    ordered.unwrap_or_default()
                ));
            }
            None => {
                self.sheet.words("No order is open.");
                self.missing
                    .push("What is planned: no order is open.".to_owned());
            }
        }
        self.sheet.heading("Given so far");
        let mut rows = Vec::new();
        for session in &sessions {
            let Some(began) = session.first_drug_at() else {
                continue;
            };
            let amount = session.given_in_all();
            rows.push(vec![
                self.clock.date(began),
                session.product().says().to_owned(),
                session.route().says().to_owned(),
                amount.map_or_else(
                    || "not known".to_owned(),
                    |amount| amount.rounded(2).to_string(),
                ),
                if session.stage == Stage::Signed {
                    "signed".to_owned()
                } else {
                    "record not signed".to_owned()
                },
            ]);
        }
        if rows.is_empty() {
            self.sheet.words("Nothing was given here yet.");
        }
        let head = ["Day", "Product", "Route", "Amount", "Record"];
        self.sheet.table(head.map(str::to_owned).to_vec(), rows);
        Ok(())
    }
}

/// The page: what stands in the pack, what is missing, and the way to the paper.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let (person, stays, records) = records_of(&application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let of = (&person, stays, records.as_slice());
    let gathered = gathered(&application, of, asked.now()).await?;
    read_by(&application, &viewer, stays, "open what a payer asks").await?;
    let around = asked.around(Here::Patients, false);
    let page = PriorAuthorisation {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        patient,
        missing: gathered.missing,
    };
    Ok(html(page.html()).into_response())
}

/// The paper.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let now = asked.now();
    let (person, stays, records) = records_of(&application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let of = (&person, stays, records.as_slice());
    let gathered = gathered(&application, of, now).await?;
    let who = person.registration.as_ref().ok_or(Refused::NotFound)?;
    let clock = ClockFace {
        zone: &application.zone,
        now,
    };
    let sheets = Sheets {
        language: Language::English,
        title: "Request for prior authorisation".to_owned(),
        who,
        blocks: gathered.blocks,
        by_hand: vec![
            "Prescriber, name and signature".to_owned(),
            "Identifier that the payer asks for".to_owned(),
            "Date".to_owned(),
        ],
        made: format!(
            "Put together from the record by {} on {}. Not signed.",
            viewer.name,
            clock.full(now)
        ),
        name: "prior-authorisation",
    };
    let pdf = sheets
        .set(&application, asked.around(Here::Patients, false))
        .await?;
    read_by(&application, &viewer, stays, "print what a payer asks").await?;
    Ok(pdf)
}
