//! What is reported of a session: the safety programme's form filled from the record, adverse events
//! with their clocks, and everything written about either.

use crate::application::Application;
use crate::clinic_outcomes::reported_row;
use crate::command::Order;
use crate::fault::Fault;
use crate::journey::{Change, Kept, Listed, Saved, appended, change, read};
use crate::web::pages::clock_face::{ClockFace, civil_date};
use crate::web::respond::Refused;
use crate::{book, ledger, patients, standing};
use anyhow::Context as _;
use clinical::course::reporting::{
    Account, Clock, ClockStanding, Filled, Form, FormStanding, Known as ClockFacts, Refusal,
    Reporting, ReportingEvent, Running, Sources, accounts, fill, open,
};
use clinical::course::screening::medicine::{Medicine, Use};
use clinical::course::screening::person::Answer;
use clinical::course::session::{Paper, Session, Stage};
use clinical::patient::{CivilDate, Enrolment, EnrolmentSaid, Patient, PatientEvent};
use clinical::record::{Actor, CommandId, Header, PatientId, SessionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Append, CourseRow, CourseSearch, ProjectionWrite};
use units::Moment;
use uuid::Uuid;

/// The part whose rows are forms that are owed or were sent, by the session; due on the day of the
/// visit, for sorting.
pub const PROGRAMME_FORM: &str = "programme-form";

/// The part whose rows are adverse events; due when they began, for sorting.
pub const ADVERSE_EVENT: &str = "adverse-event";

/// The part whose rows are what the clinic learned of adverse events, by the event.
pub const ADVERSE_LOG: &str = "adverse-log";

/// How many rows are read at once.
const PAGE: usize = 500;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

/// A form in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormRow {
    /// The day of the visit.
    pub visit_on: CivilDate,
    /// On which day it was sent last.
    pub sent_on: Option<CivilDate>,
    /// What the programme gave as a sign of having it.
    pub reference: String,
}

/// An adverse event in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Of which session.
    pub session: SessionId,
    /// What happened.
    pub description: String,
    /// What makes it serious, in words; or that it is not.
    pub serious: String,
    /// How severe.
    pub severity: String,
    /// What became of the person.
    pub outcome: String,
    /// Whether the medicine caused it.
    pub relatedness: String,
    /// When what is said of it was entered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Moment>,
}

impl EventRow {
    fn of(account: &Account) -> Self {
        Self {
            session: account.session,
            description: account.noted.description.clone(),
            serious: account.serious_says(),
            severity: account.noted.severity.says().to_owned(),
            outcome: account.noted.outcome.says().to_owned(),
            relatedness: account.noted.relatedness.says().to_owned(),
            changed_at: Some(account.changed_at),
        }
    }
}

/// What was learned of an adverse event, in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// What was learned; empty while nobody has looked.
    pub learned: String,
    /// What is still to be found out.
    pub open_question: String,
    /// Who looked last.
    pub looked: String,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Moment>,
}

fn event_write(account: &Account, patient: Option<PatientId>, version: u64) -> ProjectionWrite {
    let state = match (&account.struck, account.is_serious()) {
        (Some(_), _) => "struck",
        (None, true) => "serious",
        (None, false) => "not-serious",
    };
    ProjectionWrite::PutCourse(CourseRow {
        part: ADVERSE_EVENT.to_owned(),
        id: account.event,
        patient,
        state: state.to_owned(),
        due: Some(account.noted.began_at),
        version,
        // Writing a struct of text does not fail; an empty line is read as such.
        summary: serde_json::to_string(&EventRow::of(account)).unwrap_or_default(),
    })
}

/// The rows of the adverse events of a session's cards, after its newest entry; one that does not
/// stand any more is removed.
pub fn rows_of_cards(session: &Session) -> Vec<ProjectionWrite> {
    use clinical::course::reporting::card_event;
    use clinical::course::session::SessionEvent;
    let changes = session.entries.last().is_some_and(|entry| {
        matches!(
            entry.event,
            SessionEvent::AdverseEventRecorded { .. }
                | SessionEvent::EntryCorrected { .. }
                | SessionEvent::LateEntryReviewed { .. }
        )
    });
    if !changes {
        return Vec::new();
    }
    let standing = accounts(session, &Reporting::default());
    let mut writes: Vec<ProjectionWrite> = standing
        .iter()
        .map(|account| event_write(account, session.patient, session.version))
        .collect();
    writes.extend(session.entries.iter().filter_map(|entry| {
        let SessionEvent::AdverseEventRecorded { opening, .. } = &entry.event else {
            return None;
        };
        let id = card_event(session.id, *opening);
        let stands = standing.iter().any(|account| account.event == id);
        (!stands).then(|| ProjectionWrite::RemoveCourse {
            part: ADVERSE_EVENT.to_owned(),
            id,
        })
    }));
    writes
}

impl Listed for Reporting {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        let (id, version) = (header.stream.id, header.stream_version);
        let mut writes: Vec<ProjectionWrite> = reported_row(self, header).into_iter().collect();
        if let Some(form) = self.form {
            let sent = self.newest_sent();
            let row = FormRow {
                visit_on: form.visit_on,
                sent_on: sent.map(|sent| sent.on),
                reference: sent.map_or_else(String::new, |sent| sent.reference.clone()),
            };
            writes.push(ProjectionWrite::PutCourse(CourseRow {
                part: PROGRAMME_FORM.to_owned(),
                id,
                patient: Some(form.patient),
                state: self.standing().word().to_owned(),
                due: Moment::parse(&format!("{}T00:00:00Z", form.visit_on)).ok(),
                version,
                summary: serde_json::to_string(&row).unwrap_or_default(),
            }));
        }
        let Some(touched) = self.touched else {
            return writes;
        };
        let session = Session::new(SessionId(id));
        let own = accounts(&session, self);
        if let Some(account) = own.iter().find(|account| account.event == touched) {
            let patient = self.patients.get(&touched).copied();
            writes.push(event_write(account, patient, version));
        }
        let review = self.review(touched);
        let row = LogRow {
            learned: review.map_or_else(String::new, |one| one.learned.learned.clone()),
            open_question: review.map_or_else(String::new, |one| one.learned.open_question.clone()),
            looked: review.map_or_else(String::new, |one| one.by.clone()),
            closed_by: self.closed.get(&touched).map(|(by, _)| by.clone()),
            closed_at: self.closed.get(&touched).map(|(_, at)| *at),
        };
        writes.push(ProjectionWrite::PutCourse(CourseRow {
            part: ADVERSE_LOG.to_owned(),
            id: touched,
            patient: None,
            state: if self.is_closed(touched) {
                "closed"
            } else {
                "open"
            }
            .to_owned(),
            due: None,
            version,
            summary: serde_json::to_string(&row).unwrap_or_default(),
        }));
        writes
    }
}

/// Everything that is known of a session for its reports.
pub struct Known {
    /// The session.
    pub session: Arc<Session>,
    /// The person, by the record that stays.
    pub patient: Patient,
    /// What is reported of it so far.
    pub reporting: Kept<Reporting>,
    /// The day of the first device.
    pub visit_on: Option<CivilDate>,
    /// Today.
    pub today: CivilDate,
    medicines: Answer<Vec<Medicine>>,
    lots: Vec<String>,
}

impl Known {
    /// Reads all of it; none when there is no such session, or nobody of it is registered.
    pub async fn of(application: &Application, id: SessionId) -> Result<Option<Self>, Fault> {
        let Some(session) = application.sessions.session(id).await? else {
            return Ok(None);
        };
        let Some(whose) = session.patient else {
            return Ok(None);
        };
        let Some(patient) = patients::read(application, whose).await? else {
            return Ok(None);
        };
        let stays = patient.registration.as_ref().map(|known| known.patient);
        let told = standing::told(application, stays.unwrap_or(whose)).await?;
        let visit_on = session
            .first_drug_at()
            .map(|at| book::date_of(&application.zone, at))
            .transpose()?;
        Ok(Some(Self {
            lots: lots(application, &session).await?,
            reporting: read::<Reporting>(application, id.0).await?,
            today: book::date_of(&application.zone, application.clock.now())?,
            medicines: told.map_or(Answer::NotAsked, |told| told.person.medicines),
            session,
            patient,
            visit_on,
        }))
    }

    /// Its adverse events, by what stands now.
    pub fn accounts(&self, state: &Reporting) -> Vec<Account> {
        accounts(&self.session, state)
    }

    /// A form filled from all of it.
    pub fn fill<'a>(
        &self,
        application: &Application,
        form: &'a Form,
        state: &Reporting,
    ) -> Vec<Filled<'a>> {
        let rules = application.screening();
        let clinic = application.clinic();
        let adverse = self.accounts(state);
        let by_then = |at: Moment, visit: CivilDate| {
            book::begin_of(&application.zone, visit.plus_days(1)).is_none_or(|next| at < next)
        };
        let enrolment = self.visit_on.and_then(|visit| {
            let all = &self.patient.enrolments;
            EnrolmentSaid::for_visit(all, visit, |at| by_then(at, visit))
        });
        let clock = ClockFace {
            zone: &application.zone,
            now: application.clock.now(),
        };
        let sources = Sources {
            session: &self.session,
            visit_on: self.visit_on,
            person: self.patient.registration.as_ref(),
            enrolment,
            medicines: Some((&self.medicines, rules.medicines())),
            setting: clinic.programme_setting.as_ref(),
            lots: Some(&self.lots),
            adverse: Some(&adverse),
            said: &state.said,
            when: &|at| clock.time(at),
        };
        fill(form, &sources)
    }

    /// True where the person has left.
    pub fn is_over(&self) -> bool {
        matches!(self.session.stage, Stage::Discharged | Stage::Signed)
    }

    /// The medicines in words as the history tells them; none where nobody told any.
    pub fn medicines(&self) -> Option<Vec<String>> {
        let told = self.medicines.said()?;
        let taken = told.iter().filter(|one| one.status == Use::Current);
        Some(taken.map(|one| one.words.clone()).collect())
    }

    /// The lots that the ledger gave out.
    pub fn lots(&self) -> &[String] {
        &self.lots
    }

    /// The clocks of one adverse event.
    pub fn clocks<'a>(
        &self,
        application: &'a Application,
        account: &Account,
    ) -> Result<Vec<Running<'a>>, Fault> {
        let state = &self.reporting.state;
        let on = |at: Moment| book::date_of(&application.zone, at);
        let reviews = state.reviews.get(&account.event);
        let reviewed = reviews.and_then(|all| all.first());
        let told = state.told.get(&account.event);
        let facts = ClockFacts {
            // Where somebody said that no form is owed, the programme's clock does not run.
            programme_visit: state
                .form
                .filter(|_| state.set_aside.is_none())
                .map(|form| form.visit_on),
            noted_on: on(account.at)?,
            today: self.today,
            reviewed_on: reviewed.map(|one| on(one.at)).transpose()?,
            // A form that had left before the event was entered did not tell of it.
            form_sent_on: state
                .sent
                .iter()
                .find(|sent| sent.tells_of_serious() && sent.at >= account.at)
                .map(|sent| sent.on),
            told_on: told
                .into_iter()
                .flatten()
                .map(|one| (one.clock.clone(), one.on))
                .collect::<BTreeMap<_, _>>(),
        };
        Ok(application.clocks().running(account, &facts))
    }
}

/// How a clock stands, in words.
pub fn clock_says(clock: &Clock, standing: ClockStanding) -> String {
    let days = |count: i32| match count {
        1 => "1\u{a0}day".to_owned(),
        count => format!("{count}\u{a0}days"),
    };
    let stands = match standing {
        ClockStanding::Done(on) => format!("done {}", civil_date(on)),
        ClockStanding::Runs { left: 0, .. } => "due today".to_owned(),
        ClockStanding::Runs { until, left } if left > 0 => {
            format!("by {}, {} left", civil_date(until), days(left))
        }
        ClockStanding::Runs { until, left } => {
            format!("was due {}, late by {}", civil_date(until), days(-left))
        }
        ClockStanding::NoClock => "no clock in our rules".to_owned(),
    };
    format!("{}: {stands}", clock.says)
}

/// The lots of the containers from which something was drawn for a session, each once.
async fn lots(application: &Application, session: &Session) -> Result<Vec<String>, Fault> {
    let mut lots: Vec<String> = Vec::new();
    for drawn in ledger::syringes_of(application, session).await? {
        let container = ledger::container(application, drawn.row.container).await?;
        let lot = container.state.received.map(|received| received.label.lot);
        lots.extend(lot.filter(|lot| !lots.contains(lot)));
    }
    Ok(lots)
}

/// Whether the person of a session is enrolled in the safety programme, for the start's gate.
pub async fn enrolment_paper(
    application: &Application,
    session: &Session,
    now: Moment,
) -> Result<Paper, Fault> {
    let Some(patient) = session.patient else {
        return Ok(Paper::not_known());
    };
    let person = patients::read(application, patient).await?;
    let said = person.as_ref().and_then(|person| person.enrolment());
    let today = book::date_of(&application.zone, now)?;
    Ok(EnrolmentSaid::paper(said, today, civil_date))
}

/// Who wants what of a session's reports.
pub struct By {
    /// Made by the form; executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// Of which session.
    pub session: SessionId,
    /// Whose.
    pub patient: Option<PatientId>,
}

/// Does something about a session's reports.
pub async fn act(
    application: &Application,
    by: By,
    (action, wanted): (&'static str, String),
    decide: impl Fn(&Reporting, Moment) -> Result<Vec<ReportingEvent>, Refusal> + Send + Sync,
) -> Result<Saved, Refused> {
    let order = Change {
        command_id: by.command_id,
        actor: by.actor,
        at: None,
        id: by.session.0,
        patient: by.patient,
        session: Some(by.session),
        action,
        wanted,
    };
    change::<Reporting, Refusal>(application, order, decide).await
}

/// Looks once more after a form was sent: what the chart has become since it was filled is marked,
/// so that a correction in the very moment of sending is not lost.
// Hazard: H67
pub async fn look_again(application: &Application, by: By) -> Result<(), Refused> {
    let Some(known) = Known::of(application, by.session).await? else {
        return Ok(());
    };
    let state = &known.reporting.state;
    let Some(sent) = state.newest_sent() else {
        return Ok(());
    };
    let Some(form) = application.forms().named(&sent.form) else {
        return Ok(());
    };
    let differs = sent.differs(&known.fill(application, form, state));
    if differs.is_empty() {
        return Ok(());
    }
    let command_id = CommandId(Uuid::new_v5(&by.command_id.0, b"look again"));
    let by = By { command_id, ..by };
    let wanted = ("mark a form that differs", format!("{differs:?}"));
    act(application, by, wanted, |state, _| {
        Ok(state.chart_changed(differs.clone()))
    })
    .await
    .map(|_| ())
}

/// Says how a person's enrolment stands.
pub async fn say_enrolment(
    application: &Application,
    (command_id, actor, name): (CommandId, Actor, String),
    patient: PatientId,
    enrolment: Enrolment,
) -> Result<Saved, Refused> {
    let order = Change {
        command_id,
        actor,
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "say whether somebody is enrolled in the safety programme",
        wanted: format!("{enrolment:?}"),
    };
    change::<Patient, Refused>(application, order, |_, at| {
        Ok(vec![PatientEvent::EnrolmentSaid {
            enrolment: enrolment.clone(),
            at,
            by: name.clone(),
        }])
    })
    .await
}

/// What is written beside an act of a session: a form is owed from the first device on, and one that
/// was sent is marked where the chart says something else now. Both are written, or neither.
// Hazard: H67
pub async fn beside(
    application: &Application,
    (before, after): (&Session, &Session),
    order: &Order,
    (now, at): (Moment, Moment),
) -> Result<Option<(Append, Vec<ProjectionWrite>)>, Refused> {
    let (Some(patient), Some(form)) = (after.patient, application.forms().current()) else {
        return Ok(None);
    };
    // Every beat of a room passes here: what costs nothing is asked first.
    if form.product != after.product() {
        return Ok(None);
    }
    let first = after.first_drug_at();
    if first.is_none() && before.first_drug_at().is_none() {
        return Ok(None);
    }
    let begins = before.first_drug_at().is_none();
    let was_over = matches!(before.stage, Stage::Discharged | Stage::Signed);
    if !(begins || was_over) {
        return Ok(None);
    }
    let kept = read::<Reporting>(application, after.id.0).await?;
    // A device that was struck and charted again is a change of the chart, not another first one.
    let events = match first.filter(|_| begins && kept.state.form.is_none()) {
        Some(first) => kept
            .state
            .owe(patient, book::date_of(&application.zone, first)?),
        None => kept
            .state
            .chart_changed(changed(application, (before, after), &kept.state)),
    };
    if events.is_empty() {
        return Ok(None);
    }
    let wanted = Change {
        command_id: order.command_id,
        actor: order.actor.clone(),
        at: Some(at),
        id: after.id.0,
        patient: Some(patient),
        session: Some(after.id),
        action: "keep what is reported of a session",
        wanted: String::new(),
    };
    Ok(Some(appended(
        application,
        &wanted,
        after.id.0,
        &kept,
        events,
        now,
        at,
    )))
}

/// The fields of the form that was sent which a session answers otherwise than before.
fn changed(
    application: &Application,
    (before, after): (&Session, &Session),
    state: &Reporting,
) -> Vec<String> {
    let Some(form) = state
        .newest_sent()
        .and_then(|sent| application.forms().named(&sent.form))
    else {
        return Vec::new();
    };
    let of = |session: &Session| {
        let adverse = accounts(session, state);
        let sources = Sources {
            session,
            visit_on: None,
            person: None,
            enrolment: None,
            medicines: None,
            setting: None,
            lots: None,
            adverse: Some(&adverse),
            said: &state.said,
            when: &|_| String::new(),
        };
        fill(form, &sources)
    };
    of(before)
        .iter()
        .zip(of(after).iter())
        .filter(|(then, now)| then.standing.value() != now.standing.value())
        .map(|(_, now)| now.field.id.clone())
        .collect()
}

/// A form on the worklist.
pub struct Waiting {
    /// Of which session.
    pub session: SessionId,
    /// Whose.
    pub patient: Option<PatientId>,
    /// How it stands.
    pub row: FormRow,
    /// It was sent, and differs.
    pub differs: bool,
}

async fn rows(
    application: &Application,
    part: &str,
    state: Option<&str>,
) -> Result<Vec<CourseRow>, Fault> {
    let mut search = CourseSearch {
        part: part.to_owned(),
        state: state.map(str::to_owned),
        count: PAGE,
        ..CourseSearch::default()
    };
    let mut all = Vec::new();
    loop {
        let page = application
            .store
            .course_rows(application.tenant, &search)
            .await
            .with_context(|| format!("reading the rows of {part}"))?;
        let whole = page.len() < PAGE;
        search.after = page.last().map(|row| (row.due, row.id));
        all.extend(page);
        if whole {
            return Ok(all);
        }
    }
}

/// Every form with which somebody has something to do, the earliest visit first.
pub async fn waiting(application: &Application) -> Result<Vec<Waiting>, Fault> {
    let mut all = Vec::new();
    for standing in [FormStanding::Draft, FormStanding::Differs] {
        for row in rows(application, PROGRAMME_FORM, Some(standing.word())).await? {
            all.push(Waiting {
                session: SessionId(row.id),
                patient: row.patient,
                row: serde_json::from_str(&row.summary).context("reading a form's row")?,
                differs: standing == FormStanding::Differs,
            });
        }
    }
    all.sort_by_key(|one| (one.row.visit_on, one.session));
    Ok(all)
}

/// Forms that were sent, the newest visits first, at most so many.
pub async fn sent(application: &Application, most: usize) -> Result<Vec<Waiting>, Fault> {
    let mut all = Vec::new();
    for standing in [FormStanding::Sent, FormStanding::Amended] {
        for row in rows(application, PROGRAMME_FORM, Some(standing.word())).await? {
            all.push(Waiting {
                session: SessionId(row.id),
                patient: row.patient,
                row: serde_json::from_str(&row.summary).context("reading a form's row")?,
                differs: false,
            });
        }
    }
    all.sort_by_key(|one| std::cmp::Reverse((one.row.visit_on, one.session)));
    all.truncate(most);
    Ok(all)
}

/// How many fields are missing on a session's form.
pub async fn missing(application: &Application, id: SessionId) -> Result<Option<usize>, Fault> {
    let Some(known) = Known::of(application, id).await? else {
        return Ok(None);
    };
    let Some(form) = application.forms().current() else {
        return Ok(None);
    };
    let filled = known.fill(application, form, &known.reporting.state);
    Ok(Some(open(&filled).len()))
}

/// What the board says of forms that are owed: `Programme forms: 2, soon due: 1 day left`.
pub async fn owed_says(application: &Application) -> Result<String, Fault> {
    let waiting = waiting(application).await?;
    let today = book::date_of(&application.zone, application.clock.now())?;
    let first = waiting.iter().find(|one| !one.differs);
    Ok(match (application.forms().current(), first) {
        (Some(form), Some(first)) => {
            let left = form.countdown(first.row.visit_on, today);
            let (shape, says) = (left.shape(), left.says());
            format!("Programme forms: {} {shape} {says}", waiting.len())
        }
        _ if waiting.is_empty() => "Safety programme".to_owned(),
        _ => format!("Programme forms: {} to be looked at", waiting.len()),
    })
}

/// What the room says of its form; none where its product has none.
pub async fn form_says(
    application: &Application,
    session: &Session,
) -> Result<Option<String>, Fault> {
    let Some(form) = application.forms().current() else {
        return Ok(None);
    };
    if session.order.is_none() || session.product() != form.product {
        return Ok(None);
    }
    let state = read::<Reporting>(application, session.id.0).await?.state;
    let today = book::date_of(&application.zone, application.clock.now())?;
    let says = match (state.standing(), state.form) {
        (FormStanding::Draft, Some(opened)) => {
            let left = form.countdown(opened.visit_on, today);
            format!(": {} {}", left.shape(), left.says())
        }
        (FormStanding::Sent | FormStanding::Amended, _) => ": sent".to_owned(),
        (FormStanding::Differs, _) => ": differs from what was sent".to_owned(),
        (FormStanding::SetAside, _) => ": none is owed".to_owned(),
        (FormStanding::NotOwed | FormStanding::Draft, _) => String::new(),
    };
    Ok(Some(format!("Programme form{says}")))
}

/// An adverse event on the log.
pub struct Logged {
    /// Which.
    pub event: Uuid,
    /// Whose.
    pub patient: Option<PatientId>,
    /// When it began.
    pub began_at: Option<Moment>,
    /// It is struck out.
    pub struck: bool,
    /// It is serious.
    pub serious: bool,
    /// What happened.
    pub row: EventRow,
    /// What was learned.
    pub log: LogRow,
    /// Somebody still has to learn something of it.
    pub open: bool,
}

/// Every adverse event of the clinic, the newest first.
pub async fn log(application: &Application) -> Result<Vec<Logged>, Fault> {
    let events = rows(application, ADVERSE_EVENT, None).await?;
    let ids: Vec<Uuid> = events.iter().map(|row| row.id).collect();
    let learned = application
        .store
        .course_rows_named(application.tenant, ADVERSE_LOG, &ids)
        .await
        .context("reading what was learned")?;
    let mut all = Vec::new();
    for (row, log) in events.into_iter().zip(learned) {
        let struck = row.state == "struck";
        let event: EventRow =
            serde_json::from_str(&row.summary).context("reading an adverse event")?;
        let looked: Option<LogRow> = log
            .as_ref()
            .map(|log| serde_json::from_str(&log.summary))
            .transpose()
            .context("reading what was learned")?;
        // One of a card that was recorded anew after it was closed is open again.
        let closed_at = looked.as_ref().and_then(|looked| looked.closed_at);
        let changed = closed_at.is_some_and(|closed| event.changed_at > Some(closed));
        let stands_open = log.as_ref().is_none_or(|log| log.state == "open");
        all.push(Logged {
            event: row.id,
            patient: row.patient,
            began_at: row.due,
            struck,
            serious: row.state == "serious",
            row: event,
            open: !struck && (stands_open || changed),
            log: looked.unwrap_or_default(),
        });
    }
    all.sort_by_key(|one| std::cmp::Reverse((one.began_at, one.event)));
    Ok(all)
}
