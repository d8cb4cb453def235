//! A person's scales over time: what is asked, what was answered, and everything that the page of
//! outcomes is made of.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{self, Change, Kept, Saved, change, change_with, read};
use crate::web::respond::Refused;
use crate::{clinic_outcomes, follow_up, history};
use anyhow::Context as _;
use clinical::course::follow_up::{ContactStanding, FollowUp, FollowUpEvent};
use clinical::course::outcomes::next_step::NextStep;
use clinical::course::outcomes::{
    self, Afterwards, Asked, Called, EndReason, Outcomes, Reading, Refusal, Taken, Watch,
    afterwards, asked, of_history,
};
use clinical::course::session::Session;
use clinical::instrument::{Answer, Answers, Instrument, Library, Points};
use clinical::patient::{Patient, Sex};
use clinical::record::{Actor, CommandId, Header, PatientId};
use std::sync::Arc;
use store::ProjectionWrite;
use units::Moment;
use uuid::Uuid;

/// How many sessions of one record are read: years of them.
const SESSIONS: usize = 200;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

impl journey::Listed for Outcomes {
    /// No list shows scales; the outcomes of everybody are counted from this row.
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        clinic_outcomes::scales_row(self, header)
            .into_iter()
            .collect()
    }
}

/// A person's scales.
pub async fn of(application: &Application, patient: PatientId) -> Result<Kept<Outcomes>, Fault> {
    read::<Outcomes>(application, patient.0).await
}

/// The scale that waits for answers; none where nothing is asked.
pub async fn open(application: &Application, patient: PatientId) -> Result<Option<Asked>, Fault> {
    let after = follow_up::of(application, patient).await?.state;
    let known = of(application, patient).await?.state;
    let now = application.clock.now();
    Ok(outcomes::open(&after, &known, application.scales(), now))
}

/// Everything about one person's scales, over all records that were merged into theirs.
pub struct Told {
    /// Every sheet.
    pub sheets: Outcomes,
    /// Every scale that a contact asked, asks or will ask, in order of time.
    pub asked: Vec<Asked>,
    /// The scales of the history, as they stood before the first drug.
    pub history: Vec<(String, Reading)>,
    /// Sessions in which a drug was given, in order of time.
    pub sessions: Vec<(Moment, Arc<Session>)>,
    /// When the next contact is.
    pub next_contact: Option<Moment>,
    /// As the record has it: some limits are by sex.
    pub sex: Sex,
    /// The hours and days after each session, as they were told.
    pub afterwards: Vec<Afterwards>,
}

impl Told {
    /// Of a person, at a moment.
    pub async fn of(
        application: &Application,
        patient: &Patient,
        id: PatientId,
        now: Moment,
    ) -> Result<Self, Fault> {
        let merged = patient.took_in.iter().map(|merged| merged.from);
        let records: Vec<PatientId> = std::iter::once(id).chain(merged).collect();
        let mut sessions = Vec::new();
        for record in &records {
            let rows = application
                .store
                .sessions_of(application.tenant, *record, SESSIONS)
                .await
                .context("reading a person's sessions")?;
            for row in rows {
                let session = application.sessions.session(row.session).await?;
                let given = session.filter(|known| !known.gave_nothing());
                let began = given.as_ref().and_then(|known| known.first_drug_at());
                sessions.extend(began.zip(given));
            }
        }
        sessions.sort_by_key(|(at, _)| *at);
        let mut told = Self {
            sheets: Outcomes::default(),
            asked: Vec::new(),
            history: Vec::new(),
            sessions,
            next_contact: None,
            sex: patient.sex(),
            afterwards: Vec::new(),
        };
        for record in records {
            told.read(application, record, now).await?;
        }
        told.asked.sort_by_key(|one| one.due);
        told.afterwards.sort_by_key(|one| one.ended);
        Ok(told)
    }

    async fn read(
        &mut self,
        application: &Application,
        record: PatientId,
        now: Moment,
    ) -> Result<(), Fault> {
        let library = application.scales();
        let known = of(application, record).await?.state;
        let after = follow_up::of(application, record).await?.state;
        self.asked.extend(asked(&after, &known, library, now));
        self.afterwards.extend(afterwards(&after));
        self.sheets.sheets.extend(known.sheets);
        self.sheets.settled.extend(known.settled);
        self.sheets.talked.extend(known.talked);
        self.sheets.endings.extend(known.endings);
        self.sheets.endings.sort_by_key(|ending| ending.at);
        self.sheets.decided.extend(known.decided);
        self.sheets.decided.sort_by_key(|decided| decided.at);
        let next = after
            .contacts
            .values()
            .filter(|contact| contact.standing == ContactStanding::Planned && contact.due > now)
            .map(|contact| contact.due)
            .min();
        self.next_contact = [self.next_contact, next].into_iter().flatten().min();
        let intake = history::read(application, record).await?.state;
        let first_drug = self.first_drug();
        self.history
            .extend(library.instruments().filter_map(|instrument| {
                let reading = of_history(&intake, instrument, first_drug)?;
                Some((instrument.id.clone(), reading))
            }));
        Ok(())
    }

    /// When the person was given a drug for the first time.
    pub fn first_drug(&self) -> Option<Moment> {
        self.sessions.first().map(|(at, _)| *at)
    }

    /// When the person was given a drug for the last time.
    pub fn last_drug(&self) -> Option<Moment> {
        self.sessions.last().map(|(at, _)| *at)
    }

    /// Every reading of a scale, in order of time.
    pub fn readings(&self, instrument: &Instrument) -> Vec<Reading> {
        let of_sheets = self
            .sheets
            .of_scale(&instrument.id)
            .into_iter()
            .filter_map(|sheet| sheet.reading(instrument));
        let of_history = self
            .history
            .iter()
            .filter(|(scale, _)| *scale == instrument.id)
            .map(|(_, reading)| reading.clone());
        let mut all: Vec<Reading> = of_history.chain(of_sheets).collect();
        all.sort_by_key(|reading| (reading.at, reading.source));
        all
    }
}

/// The scales that a paper for another house may tell: all but those that watch for harm. How much
/// somebody drinks is told to nobody who asks how treatment went.
// Hazard: H74
pub fn told_outside(library: &Library) -> impl Iterator<Item = &Instrument> {
    let watches = |instrument: &Instrument| outcomes::WATCHED.contains(&instrument.id.as_str());
    library
        .instruments()
        .filter(move |instrument| !watches(instrument))
}

/// A score as whoever outside reads it: `16 of 27`, with whether a missing answer is estimated in it;
/// none where there is no score.
pub fn score_says(instrument: &Instrument, reading: &Reading) -> Option<String> {
    let points = reading.points()?;
    let principal = instrument.principal.as_deref();
    let most = principal
        .and_then(|id| instrument.score(id))
        .map_or_else(String::new, |score| format!(" of {}", score.range.to));
    let estimated = if reading.is_estimated() {
        ", an answer is missing and estimated"
    } else {
        ""
    };
    Some(format!("{points}{most}{estimated}"))
}

/// Who wants what of a person's scales.
pub struct By {
    /// Made by the form; executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// Whose.
    pub patient: PatientId,
}

fn wanted(by: &By, at: Option<Moment>, action: &'static str, text: String) -> Change<'static> {
    Change {
        command_id: by.command_id,
        actor: by.actor.clone(),
        at,
        id: by.patient.0,
        patient: Some(by.patient),
        session: None,
        action,
        wanted: text,
    }
}

/// Takes an answer to a scale that is asked. Where it calls for a person, the warning sign is in the
/// record with it, and on its way to people on duty: both are written, or neither.
// Hazard: H40, H62
pub async fn answer(
    application: &Application,
    by: By,
    scale: &str,
    item: &str,
    said: Answer,
) -> Result<Saved, Refused> {
    let instrument = named(application.scales(), scale)?;
    let action = "answer a scale";
    let change = wanted(&by, None, action, format!("{scale} {item} {said:?}"));
    let decide = |known: &Outcomes, after: &FollowUp, now: Moment| {
        let asked = asked_of(after, known, application.scales(), scale, now)?;
        let taken = known.answer(&asked, instrument, item, said.clone(), now)?;
        Ok::<_, Refusal>(split(taken))
    };
    change_with(application, change, decide, beside(by.command_id)).await
}

/// The person would rather not fill in a scale this time.
pub async fn decline(application: &Application, by: By, scale: &str) -> Result<Saved, Refused> {
    let instrument = named(application.scales(), scale)?;
    let order = wanted(&by, None, "leave out a scale", scale.to_owned());
    let decide = |known: &Outcomes, after: &FollowUp, now: Moment| {
        let asked = asked_of(after, known, application.scales(), scale, now)?;
        Ok::<_, Refusal>(split(known.decline(&asked, instrument, now)?))
    };
    change_with(application, order, decide, beside(by.command_id)).await
}

/// A scale that staff enter: on paper, or rated.
pub struct Entry {
    /// Which scale.
    pub scale: String,
    /// The answers that are known one by one.
    pub answers: Answers,
    /// The total alone.
    pub total: Option<Points>,
    /// When it was filled in; now, where none is told.
    pub filled: Option<Moment>,
}

/// Takes a scale that staff enter.
// Hazard: H40, H62
pub async fn enter(application: &Application, by: By, entry: Entry) -> Result<Saved, Refused> {
    let instrument = named(application.scales(), &entry.scale)?;
    let text = format!(
        "{} {:?} {:?} {:?}",
        entry.scale, entry.answers, entry.total, entry.filled
    );
    let order = wanted(&by, entry.filled, "enter a scale", text);
    let sheet = Uuid::new_v5(&by.command_id.0, b"sheet");
    let decide = |known: &Outcomes, _: &FollowUp, now: Moment| {
        let filled = entry.filled.unwrap_or(now);
        let told = (entry.answers.clone(), entry.total);
        Ok::<_, Refusal>(split(known.enter(sheet, instrument, told, filled, now)?))
    };
    change_with(application, order, decide, beside(by.command_id)).await
}

/// Strikes out what staff entered wrongly.
pub async fn strike(
    application: &Application,
    by: By,
    sheet: Uuid,
    reason: &str,
) -> Result<Saved, Refused> {
    let order = wanted(&by, None, "strike out a scale", format!("{sheet} {reason}"));
    let decide = |known: &Outcomes, _: &FollowUp, _: Moment| {
        Ok::<_, Refusal>(split(known.strike(sheet, reason)?))
    };
    change_with(application, order, decide, beside(by.command_id)).await
}

/// Treatment has ended: when, why, and since when there was no session.
pub struct End {
    /// Why.
    pub because: EndReason,
    /// In words; may be empty.
    pub note: String,
    /// When; now, where none is told.
    pub at: Option<Moment>,
    /// When the person was given a drug for the last time, as their page says.
    pub last_drug: Option<Moment>,
}

/// Takes that treatment has ended.
pub async fn end_treatment(application: &Application, by: By, end: End) -> Result<Saved, Refused> {
    let text = format!("{:?} {} {:?}", end.because, end.note, end.at);
    let order = wanted(&by, end.at, "end a treatment", text);
    change(application, order, |known: &Outcomes, now| {
        let at = end.at.unwrap_or(now);
        let told = (end.because, end.note.as_str());
        Ok::<_, Refusal>(known.end_treatment(told, at, end.last_drug, now)?.events)
    })
    .await
}

/// Takes back that treatment has ended.
pub async fn go_on(application: &Application, by: By, reason: &str) -> Result<Saved, Refused> {
    let order = wanted(
        &by,
        None,
        "take back that a treatment ended",
        reason.to_owned(),
    );
    change(application, order, |known: &Outcomes, _| {
        Ok::<_, Refusal>(known.go_on(reason)?.events)
    })
    .await
}

/// A prescriber decides what comes next.
// Hazard: H73
pub async fn decide_next(
    application: &Application,
    by: By,
    step: NextStep,
    why: &str,
) -> Result<Saved, Refused> {
    let text = format!("{} {why}", step.word());
    let order = wanted(&by, None, "decide what comes next", text);
    change(application, order, |known: &Outcomes, _| {
        Ok::<_, Refusal>(known.decide_next(step, why)?.events)
    })
    .await
}

/// Somebody has looked after a person whose score had risen.
pub async fn settle_rise(
    application: &Application,
    by: By,
    sheet: Uuid,
    done: &str,
) -> Result<Saved, Refused> {
    let order = wanted(&by, None, "settle a risen score", format!("{sheet} {done}"));
    change(application, order, |known: &Outcomes, _| {
        Ok::<_, Refusal>(known.settle_rise(sheet, done)?.events)
    })
    .await
}

/// Somebody has talked with a person who answered a scale at its limit or above.
pub async fn settle_limit(
    application: &Application,
    by: By,
    sheet: Uuid,
    done: &str,
) -> Result<Saved, Refused> {
    let wanted_is = format!("{sheet} {done}");
    let order = wanted(&by, None, "settle a scale at its limit", wanted_is);
    change(application, order, |known: &Outcomes, _| {
        Ok::<_, Refusal>(known.settle_limit(sheet, done)?.events)
    })
    .await
}

fn named<'a>(library: &'a Library, scale: &str) -> Result<&'a Instrument, Refused> {
    library.named(scale).ok_or(Refused::NotFound)
}

/// The newest contact that asks this scale and whose time it is. Answers can be changed while it is.
fn asked_of(
    after: &FollowUp,
    known: &Outcomes,
    library: &Library,
    scale: &str,
    now: Moment,
) -> Result<Asked, Refusal> {
    outcomes::askable(after, known, library, now)
        .into_iter()
        .find(|one| one.scale == scale)
        .ok_or(Refusal::NotAsked)
}

/// What an answer does beside the person's scales.
struct Beside {
    sheet: Uuid,
    called: Vec<Called>,
    watch: Option<Watch>,
}

fn split(taken: Taken) -> (Vec<outcomes::OutcomesEvent>, Beside) {
    let beside = Beside {
        sheet: taken.sheet,
        called: taken.signs,
        watch: taken.watch,
    };
    (taken.events, beside)
}

/// The flag of an answer is named by the command: the same form twice is one flag. A scale that
/// watches for harm and is whole now closes what is due of it.
fn beside(command_id: CommandId) -> impl Fn(&FollowUp, Beside) -> Vec<FollowUpEvent> + Send + Sync {
    move |after, told| {
        let watched = told.watch.map_or_else(Vec::new, |watch| {
            after.watch(told.sheet, &watch.scale, watch.is_whole)
        });
        let raised = told.called.first().map_or_else(Vec::new, |fastest| {
            let flag = Uuid::new_v5(&command_id.0, b"flag");
            let signs = told.called.iter().map(|one| one.sign.clone()).collect();
            after.raise(flag, told.sheet, signs, fastest.urgency)
        });
        watched.into_iter().chain(raised).collect()
    }
}
