//! Asking the rules of screening about everybody again: before a change is adopted, to see whom it
//! affects, and after it, so that their answers wait for a prescriber.

use crate::application::Application;
use crate::consent::OtherRules;
use crate::fault::Fault;
use crate::journey;
use crate::rules_in_force::InForce;
use crate::standing;
use anyhow::Context as _;
use clinical::course::consent::Reason;
use clinical::course::screening::person::Product;
use clinical::course::screening::{
    Acceptance, Changed, Command, Context, Person, Screening, ScreeningRules, Visit, changed,
    decide, screen,
};
use clinical::patient::CivilDate;
use clinical::policy::{AdoptedPolicy, Gate, Quantity};
use clinical::record::{Actor, CommandId, PatientId};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::Notify;
use units::{Moment, Span};
use uuid::Uuid;

/// The part of the course whose rows name everybody with an answer of screening.
const SCREENING: &str = "screening";

/// The part whose rows name everybody with a consent.
const CONSENT: &str = "consent";

/// How many are read at once.
const TOGETHER: usize = 50;

/// How many are asked about at the same time: the cores that a small clinic's machine has.
const AT_ONCE: usize = 2;

/// For so long a finished look is shown again; then answers may have changed too much.
const FRESH_FOR: Span = Span::from_minutes(5);

/// The setting that says how many adoptions everybody was asked about after.
const ASKED_AFTER: &str = "rescreened-after-adoptions";

/// A change that somebody thinks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The policy.
    pub policy: String,
    /// Its own values as they would be.
    pub values: BTreeMap<String, Quantity>,
}

/// Somebody whose answer a change of the rules changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Who.
    pub patient: PatientId,
    /// `MORENO, Ana`.
    pub name: String,
    /// The clinic's number.
    pub record_number: String,
    /// Birth date.
    pub born: Option<CivilDate>,
    /// From what to what, and why.
    pub change: Changed,
}

/// Somebody whose consent is in force and would not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentLost {
    /// Who.
    pub named: Named,
    /// For which medicine.
    pub product: Product,
    /// What would stand against it.
    pub reasons: Vec<Reason>,
}

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub patient: PatientId,
    /// `MORENO, Ana`.
    pub name: String,
    /// The clinic's number.
    pub record_number: String,
    /// Birth date.
    pub born: Option<CivilDate>,
}

/// What asking everybody gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many people have an answer.
    pub asked: usize,
    /// Whose answer changes, gravest first, then by name.
    pub affected: Vec<Affected>,
    /// Whose consent would no longer be in force, by name.
    pub consents: Vec<ConsentLost>,
}

/// How far it has come.
#[derive(Clone, Debug)]
pub enum Progress {
    /// So many of so many.
    Running {
        /// How many people were asked about.
        done: usize,
        /// How many there are, as far as counted.
        total: usize,
    },
    /// It failed; the log says why.
    Failed,
    /// Everybody was asked about.
    Done(Arc<Found>),
}

/// One look at everybody.
#[derive(Default)]
pub struct Run {
    total: AtomicUsize,
    done: AtomicUsize,
    /// What it gave, and when; `None` inside: it failed.
    end: OnceLock<(Option<Arc<Found>>, Moment)>,
    ended: Notify,
}

/// The looks of this server that are under way or fresh.
#[derive(Default)]
pub struct Looks(Mutex<Vec<Look>>);

struct Look {
    proposal: Proposal,
    /// The rules that it was compared with.
    base: Vec<AdoptedPolicy>,
    run: Arc<Run>,
}

impl Run {
    /// How far it has come.
    pub fn progress(&self) -> Progress {
        match self.end.get() {
            Some((Some(found), _)) => Progress::Done(Arc::clone(found)),
            Some((None, _)) => Progress::Failed,
            None => Progress::Running {
                done: self.done.load(Ordering::Relaxed),
                total: self.total.load(Ordering::Relaxed),
            },
        }
    }

    /// Waits for its end.
    pub async fn finished(&self) {
        loop {
            let ended = self.ended.notified();
            if self.end.get().is_some() {
                return;
            }
            ended.await;
        }
    }

    fn is_fresh(&self, now: Moment) -> bool {
        match self.end.get() {
            None => true,
            // What failed is tried again by whoever looks again.
            Some((found, at)) => found.is_some() && now - *at < FRESH_FOR,
        }
    }
}

/// Begins to ask everybody what the proposal would change, or goes on with a look that is under
/// way or fresh. Nothing is saved by it.
///
/// Refuses values that the policy does not permit.
pub fn look(
    application: &Arc<Application>,
    in_force: &Arc<InForce>,
    proposal: Proposal,
) -> Result<Arc<Run>, Fault> {
    let now = application.clock.now();
    let base: Vec<AdoptedPolicy> = in_force.policies().cloned().collect();
    let proposed = Arc::new(in_force.proposing(&proposal.policy, proposal.values.clone())?);
    let run = {
        let mut looks = application
            .looks
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        looks.retain(|look| look.run.is_fresh(now));
        let known = looks
            .iter()
            .find(|look| look.proposal == proposal && look.base == base);
        if let Some(look) = known {
            return Ok(Arc::clone(&look.run));
        }
        let run = Arc::new(Run::default());
        looks.push(Look {
            proposal,
            base,
            run: Arc::clone(&run),
        });
        run
    };
    let (application, in_force) = (Arc::clone(application), Arc::clone(in_force));
    let ended = Arc::clone(&run);
    tokio::spawn(async move {
        let found = match compare(&application, in_force, proposed, &run).await {
            Ok(found) => Some(Arc::new(found)),
            Err(error) => {
                tracing::error!(cause = format!("{:#}", error.0), "asking everybody failed");
                None
            }
        };
        run.end.set((found, application.clock.now())).ok();
        run.ended.notify_waiters();
    });
    Ok(ended)
}

/// What other rules would change for everybody: answers of screening, and consents.
async fn compare(
    application: &Arc<Application>,
    in_force: Arc<InForce>,
    proposed: Arc<InForce>,
    run: &Arc<Run>,
) -> Result<Found, Fault> {
    let before = Before::Rules(Arc::clone(&in_force.screening));
    let after = Arc::clone(&proposed.screening);
    let found = ask_everybody(application, before, after, run).await?;
    let rules = OtherRules::of(application, in_force, proposed);
    Ok(Found {
        consents: consents_lost(application, &rules).await?,
        ..found
    })
}

/// What an answer is compared with.
#[derive(Clone)]
pub enum Before {
    /// With the answer of these rules about the person as they are now.
    Rules(Arc<ScreeningRules>),
    /// With the answer that stands in the record.
    Record,
}

/// Asks rules about everybody who has an answer, and compares.
pub async fn ask_everybody(
    application: &Arc<Application>,
    before: Before,
    after: Arc<ScreeningRules>,
    run: &Arc<Run>,
) -> Result<Found, Fault> {
    let everybody = Arc::new(Everybody::of(application, SCREENING).await?);
    run.total.store(everybody.total, Ordering::Relaxed);
    let now = application.clock.now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (application, run, everybody) = (
            Arc::clone(application),
            Arc::clone(run),
            Arc::clone(&everybody),
        );
        let (before, after) = (before.clone(), Arc::clone(&after));
        workers.spawn(async move {
            let (mut asked, mut affected) = (0, Vec::new());
            loop {
                let together = everybody.next(&application).await?;
                if together.is_empty() {
                    return Ok::<_, Fault>((asked, affected));
                }
                let changed = ask_together(&application, &together, &before, &after, now).await?;
                affected.extend(changed);
                asked += together.len();
                run.done.fetch_add(together.len(), Ordering::Relaxed);
            }
        });
    }
    let (mut asked, mut affected) = (0, Vec::new());
    while let Some(part) = workers.join_next().await {
        let (some, changed) = part.context("asking about people")??;
        asked += some;
        affected.extend(changed);
    }
    affected.sort_by(|a, b| {
        (std::cmp::Reverse(a.change.to), &a.name, a.patient).cmp(&(
            std::cmp::Reverse(b.change.to),
            &b.name,
            b.patient,
        ))
    });
    Ok(Found {
        asked,
        affected,
        consents: Vec::new(),
    })
}

/// Asks about a few people.
async fn ask_together(
    application: &Application,
    together: &[Asked],
    before: &Before,
    after: &ScreeningRules,
    now: Moment,
) -> Result<Vec<Affected>, Fault> {
    let ids: Vec<PatientId> = together.iter().map(|asked| asked.patient).collect();
    let told = standing::told_by_each(application, &ids).await?;
    let mut affected = Vec::new();
    for (asked, told) in together.iter().zip(told) {
        let Some(told) = told else { continue };
        let change = ask_one(application, asked, &told.person, before, after, now).await?;
        if let Some(change) = change {
            let Named {
                patient,
                name,
                record_number,
                born,
            } = named(application, asked.patient).await?;
            affected.push(Affected {
                patient,
                name,
                record_number,
                born,
                change,
            });
        }
    }
    Ok(affected)
}

/// Somebody with a row of a part of the course.
struct Asked {
    patient: PatientId,
    /// What the row says; as text, because a hundred thousand answers are much in memory.
    summary: String,
}

/// What a row says of an answer: all of it in short, or for which visit it is alone.
#[derive(Deserialize)]
struct Answered<A> {
    answer: A,
}

/// Which question an answer answers.
#[derive(Deserialize)]
struct Question {
    visit: Visit,
    gate: Gate,
}

impl Asked {
    /// The answer that stands, in short; opened from the record where the row does not hold it.
    async fn answer(&self, application: &Application) -> Result<Option<Screening>, Fault> {
        if let Ok(Answered { answer }) = serde_json::from_str(&self.summary) {
            return Ok(Some(answer));
        }
        let kept = journey::read::<Acceptance>(application, self.patient.0).await?;
        Ok(kept.state.latest)
    }

    /// What was asked, without what was answered.
    async fn question(&self, application: &Application) -> Result<Option<Question>, Fault> {
        if let Ok(Answered { answer }) = serde_json::from_str(&self.summary) {
            return Ok(Some(answer));
        }
        let answer = self.answer(application).await?;
        Ok(answer.map(|Screening { visit, gate, .. }| Question { visit, gate }))
    }
}

/// Whose consent is in force, and would not be by other rules.
// Hazard: H27
async fn consents_lost(
    application: &Application,
    rules: &OtherRules,
) -> Result<Vec<ConsentLost>, Fault> {
    if rules.change_nothing() {
        return Ok(Vec::new());
    }
    let now = application.clock.now();
    let mut lost = Vec::new();
    // Somebody with two medicines has two rows.
    let mut people = BTreeSet::new();
    let everybody = Everybody::of(application, CONSENT).await?;
    loop {
        let some = everybody.next(application).await?;
        if some.is_empty() {
            break;
        }
        people.extend(some.into_iter().map(|asked| asked.patient));
    }
    for patient in people {
        for (product, reasons) in rules.stand_against(application, patient, now).await? {
            lost.push(ConsentLost {
                named: named(application, patient).await?,
                product,
                reasons,
            });
        }
    }
    lost.sort_by(|a, b| (&a.named.name, a.product).cmp(&(&b.named.name, b.product)));
    Ok(lost)
}

/// Everybody who has a row of a part of the course, a few at a time, for several who ask at once.
struct Everybody {
    part: &'static str,
    /// How many there were at first.
    total: usize,
    /// After whom it goes on.
    after: tokio::sync::Mutex<Uuid>,
}

impl Everybody {
    async fn of(application: &Application, part: &'static str) -> Result<Self, Fault> {
        let total = application
            .store
            .course_count(application.tenant, part)
            .await
            .context("counting whom to ask about")?;
        Ok(Self {
            part,
            total: usize::try_from(total).context("more people than can be counted")?,
            after: tokio::sync::Mutex::new(Uuid::nil()),
        })
    }

    /// The next few; nobody at the end.
    async fn next(&self, application: &Application) -> Result<Vec<Asked>, Fault> {
        loop {
            let mut after = self.after.lock().await;
            let rows = application
                .store
                .course_rows_by_id(application.tenant, self.part, *after, TOGETHER)
                .await
                .context("listing whom to ask about")?;
            let Some(last) = rows.last() else {
                return Ok(Vec::new());
            };
            *after = last.id;
            let people: Vec<Asked> = rows
                .into_iter()
                .filter_map(|row| {
                    Some(Asked {
                        patient: row.patient?,
                        summary: row.summary,
                    })
                })
                .collect();
            if !people.is_empty() {
                return Ok(people);
            }
        }
    }
}

/// What the rules change for one person; nothing for somebody without an answer.
async fn ask_one(
    application: &Application,
    asked: &Asked,
    person: &Person,
    before: &Before,
    after: &ScreeningRules,
    now: Moment,
) -> Result<Option<Changed>, Fault> {
    let by = |rules: &ScreeningRules, question: &Question| {
        screen(person, &question.visit, question.gate, rules, now)
    };
    Ok(match before {
        Before::Rules(rules) => {
            let question = asked.question(application).await?;
            question.and_then(|question| changed(&by(rules, &question), &by(after, &question)))
        }
        Before::Record => {
            let latest = asked.answer(application).await?;
            latest.and_then(|latest| {
                let Screening { visit, gate, .. } = latest;
                changed(&latest.in_short(), &by(after, &Question { visit, gate }))
            })
        }
    })
}

async fn named(application: &Application, patient: PatientId) -> Result<Named, Fault> {
    let row = application
        .store
        .patient(application.tenant, patient)
        .await
        .context("reading a person's row")?;
    let (name, record_number, born) = match row {
        Some(row) => (
            format!("{}, {}", row.family_name.to_uppercase(), row.given_name),
            row.record_number,
            row.birth_date.parse().ok(),
        ),
        None => ("Not registered".to_owned(), String::new(), None),
    };
    Ok(Named {
        patient,
        name,
        record_number,
        born,
    })
}

/// True when everybody has been asked about a change, so that it may be signed.
// Hazard: H27
pub fn was_seen(application: &Application, in_force: &InForce, proposal: &Proposal) -> bool {
    let looks = application
        .looks
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    looks.iter().any(|look| {
        look.proposal == *proposal
            && look.base.iter().eq(in_force.policies())
            && matches!(look.run.progress(), Progress::Done(_))
    })
}

/// Begins to ask about everybody by the rules in force, after an adoption: whose answer changes
/// has a new one, which waits for a prescriber. Goes on after a restart until it is finished.
pub fn begin(application: &Arc<Application>) {
    let application = Arc::clone(application);
    tokio::spawn(async move {
        if let Err(error) = ask_again(&application).await {
            let cause = format!("{:#}", error.0);
            tracing::error!(cause, "asking everybody after an adoption failed");
        }
    });
}

/// Asks about everybody whom no adoption since has been asked about; says how many answers
/// changed.
pub async fn ask_again(application: &Arc<Application>) -> Result<usize, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let adoptions = application.clinic().adoptions.len();
    let asked_after = store
        .setting(tenant, ASKED_AFTER)
        .await
        .context("reading how far everybody was asked about")?
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    if adoptions <= asked_after {
        return Ok(0);
    }
    let rules = application.screening();
    let run = Arc::default();
    let found = ask_everybody(application, Before::Record, Arc::clone(&rules), &run).await?;
    for affected in &found.affected {
        make_again(application, affected.patient, &rules, adoptions).await?;
    }
    store
        .put_setting(tenant, ASKED_AFTER, &adoptions.to_string())
        .await
        .context("writing how far everybody was asked about")?;
    tracing::info!(
        asked = found.asked,
        changed = found.affected.len(),
        "everybody was asked about by the adopted rules"
    );
    Ok(found.affected.len())
}

/// Puts the answer of the rules in force into a person's record.
async fn make_again(
    application: &Application,
    patient: PatientId,
    rules: &ScreeningRules,
    adoptions: usize,
) -> Result<(), Fault> {
    let Some(standing::Known { person, .. }) = standing::known(application, patient).await? else {
        return Ok(());
    };
    let actor = Actor::System {
        part: "rules adopted".to_owned(),
    };
    let what = format!("asked again after adoption {adoptions}");
    let change = journey::Change {
        // The same after a restart: nobody is asked about twice after one adoption.
        command_id: CommandId(Uuid::new_v5(&patient.0, what.as_bytes())),
        actor: actor.clone(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "ask the rules again after an adoption",
        wanted: what,
    };
    let asked = journey::change(application, change, |acceptance: &Acceptance, at| {
        let Some(Screening { visit, gate, .. }) = &acceptance.latest else {
            return Ok(Vec::new());
        };
        let command = Command::AskRules {
            visit: *visit,
            gate: *gate,
        };
        let context = Context {
            at,
            actor: &actor,
            person: &person,
            rules,
        };
        decide(acceptance, command, &context)
            .map_err(|refusal| Fault(anyhow::anyhow!("asking the rules again: {refusal:?}")))
    });
    match asked.await {
        Ok(_) => Ok(()),
        Err(crate::web::respond::Refused::Fault(fault)) => Err(fault),
        Err(other) => Err(Fault(anyhow::anyhow!("{}", other.says()))),
    }
}
