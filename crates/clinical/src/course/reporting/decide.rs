//! What is decided about a session's form and about its adverse events.

use super::account::{Account, EmergencyVisit, LONGEST_WORDS, Noted};
use super::clocks::Clocks;
use super::definition::Form;
use super::event::{Learned, ReportingEvent, SentField, Way};
use super::fill::{Filled, Standing, open};
use super::state::{FormStanding, Reporting};
use super::value::{Said, Value};
use crate::course::session::{AdverseOutcome, Criterion};
use crate::patient::CivilDate;
use crate::record::PatientId;
use std::collections::BTreeSet;
use units::Moment;
use uuid::Uuid;

/// What somebody says of the seriousness of an adverse event. Nothing said is not "not serious".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seriousness {
    /// Nobody has said.
    NotSaid,
    /// It was checked, and no criterion holds.
    NotSerious,
    /// These hold; several may.
    By(BTreeSet<Criterion>),
}

/// How a form left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// By which way.
    pub way: Way,
    /// What the programme gave as a sign of having it; may be empty.
    pub reference: String,
    /// On which day.
    pub on: CivilDate,
    /// Why once more; empty the first time.
    pub because: String,
}

/// Why not. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No form is owed of this session.
    NotOwed,
    /// Somebody said why none is owed.
    SetAside,
    /// It has left already.
    AlreadySent,
    /// The form has no such field.
    NoSuchField,
    /// The record answers this field; it is put right there.
    RecordAnswers {
        /// The field, in words.
        field: String,
    },
    /// It does not fit the field.
    WrongKind {
        /// The field, in words.
        field: String,
    },
    /// Words are missing.
    WordsMissing {
        /// What they must say.
        what: &'static str,
    },
    /// More words than a form takes.
    TooLong,
    /// The person is still here.
    SessionGoesOn,
    /// Fields without which the form is not complete.
    FieldsOpen {
        /// Each in words.
        fields: Vec<String>,
    },
    /// A day that has not come.
    InTheFuture,
    /// A day before the visit.
    BeforeTheVisit,
    /// Nobody said whether it is serious.
    SeriousnessNotSaid,
    /// It ended before it began.
    EndsBeforeItBegins,
    /// Admitted, and no hospitalisation.
    AdmittedWithoutHospitalisation,
    /// A hospitalisation without admission.
    HospitalisationWithoutAdmission,
    /// Died, and death is no criterion, or the other way round.
    DeathDoesNotAgree,
    /// There is no such adverse event, or it is struck out.
    NoSuchEvent,
    /// It comes from an emergency card, and is put right in the session.
    OfACard,
    /// Nobody outside is told by that name.
    NobodyToTell,
    /// No clinician has looked at it.
    NotReviewed,
    /// A question is open.
    QuestionOpen,
}

impl Refusal {
    /// In one plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::NotOwed => "Not saved: no form is owed of this session; no device was given.".into(),
            Self::SetAside => {
                "Not saved: somebody said that no form is owed. Take it up again first.".into()
            }
            Self::AlreadySent => {
                "Not saved: the form has left already. Say why it is sent once more.".into()
            }
            Self::NoSuchField => "Not saved: the form has no such field. Reload the page.".into(),
            Self::RecordAnswers { field } => format!(
                "Not saved: “{field}” comes from the record. Put it right there; the form follows."
            ),
            Self::WrongKind { field } => format!("Not saved: the answer to “{field}” cannot be read."),
            Self::WordsMissing { what } => format!("Not saved: say {what}."),
            Self::TooLong => "Not saved: this is longer than 2,000 characters. Shorten it.".into(),
            Self::SessionGoesOn => {
                "Not saved: the person has not left yet, and the form is about the whole session."
                    .into()
            }
            Self::FieldsOpen { fields } => format!(
                "Not saved: the form is not complete. Obtain or justify: {}.",
                fields.join("; ")
            ),
            Self::InTheFuture => "Not saved: that day has not come yet.".into(),
            Self::BeforeTheVisit => "Not saved: that day is before the visit.".into(),
            Self::SeriousnessNotSaid => {
                "Not saved: say what makes it serious, or tick that it was checked and is not.".into()
            }
            Self::EndsBeforeItBegins => "Not saved: it ends before it begins.".into(),
            Self::AdmittedWithoutHospitalisation => {
                "Not saved: somebody who was admitted was in hospital. Tick hospitalisation too."
                    .into()
            }
            Self::HospitalisationWithoutAdmission => {
                "Not saved: a visit to an emergency department without admission is not by itself a hospitalisation. Choose the heading that fits, or say that they were admitted."
                    .into()
            }
            Self::DeathDoesNotAgree => {
                "Not saved: what makes it serious and the outcome do not agree about death.".into()
            }
            Self::NoSuchEvent => "Not saved: there is no such adverse event here.".into(),
            Self::OfACard => {
                "Not saved: this adverse event stands on an emergency card. Correct it in the session."
                    .into()
            }
            Self::NobodyToTell => "Not saved: choose who was told.".into(),
            Self::NotReviewed => {
                "Not saved: write what was learned first; then it can be closed.".into()
            }
            Self::QuestionOpen => {
                "Not saved: a question is open. Write what came of it first.".into()
            }
        }
    }
}

fn words(text: &str, what: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::WordsMissing { what });
    }
    short(text)
}

fn short(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > LONGEST_WORDS {
        return Err(Refusal::TooLong);
    }
    Ok(text.to_owned())
}

impl Reporting {
    /// A form is owed from the first device on. Nothing where it is known already.
    pub fn owe(&self, patient: PatientId, visit_on: CivilDate) -> Vec<ReportingEvent> {
        match self.form {
            Some(_) => Vec::new(),
            None => vec![ReportingEvent::FormOpened { patient, visit_on }],
        }
    }

    /// It is owed after all.
    pub fn take_up(&self) -> Result<Vec<ReportingEvent>, Refusal> {
        let form = self.form.ok_or(Refusal::NotOwed)?;
        if self.set_aside.is_none() {
            return Ok(Vec::new());
        }
        Ok(vec![ReportingEvent::FormOpened {
            patient: form.patient,
            visit_on: form.visit_on,
        }])
    }

    fn workable(&self) -> Result<(), Refusal> {
        match self.standing() {
            FormStanding::NotOwed => Err(Refusal::NotOwed),
            FormStanding::SetAside => Err(Refusal::SetAside),
            FormStanding::Draft
            | FormStanding::Sent
            | FormStanding::Amended
            | FormStanding::Differs => Ok(()),
        }
    }

    /// Takes what somebody says of fields, all of it or nothing. What stands already is left out.
    ///
    /// Refuses a value where the record answers, one of another kind, and a reason without words.
    pub fn say(
        &self,
        form: &Form,
        all: Vec<(String, Said)>,
    ) -> Result<Vec<ReportingEvent>, Refusal> {
        self.workable()?;
        let mut events = Vec::new();
        for (id, said) in all {
            let field = form.field(&id).ok_or(Refusal::NoSuchField)?;
            let said = match said {
                Said::Value { value } => {
                    if !field.from.may_be_said() {
                        let field = field.says.clone();
                        return Err(Refusal::RecordAnswers { field });
                    }
                    let fits = value.kind() == field.kind
                        && !matches!(&value, Value::Minutes(minutes) if *minutes < 0);
                    if !fits {
                        let field = field.says.clone();
                        return Err(Refusal::WrongKind { field });
                    }
                    if let Value::Text(text) = &value {
                        words(text, "something, or leave the field empty")?;
                    }
                    Said::Value { value }
                }
                Said::Justified { because } => Said::Justified {
                    because: words(&because, "why it cannot be obtained")?,
                },
                Said::TakenBack => Said::TakenBack,
            };
            let stands = self.said.get(&id).map(|known| &known.said);
            let same = match &said {
                Said::TakenBack => stands.is_none(),
                said @ (Said::Value { .. } | Said::Justified { .. }) => stands == Some(said),
            };
            if !same {
                events.push(ReportingEvent::FieldSaid { field: id, said });
            }
        }
        Ok(events)
    }

    /// Records that the form left, as it is filled now.
    ///
    /// Refuses one that is not complete, one of a session that goes on, a day in the future or before
    /// the visit, and a second sending without a reason.
    // Hazard: H67
    pub fn send(
        &self,
        form: &Form,
        filled: &[Filled<'_>],
        sending: Sending,
        (today, session_over): (CivilDate, bool),
    ) -> Result<Vec<ReportingEvent>, Refusal> {
        self.workable()?;
        let visit = self.form.ok_or(Refusal::NotOwed)?.visit_on;
        if !session_over {
            return Err(Refusal::SessionGoesOn);
        }
        let missing = open(filled);
        if !missing.is_empty() {
            return Err(Refusal::FieldsOpen {
                fields: missing.iter().map(|one| one.field.says.clone()).collect(),
            });
        }
        if sending.on > today {
            return Err(Refusal::InTheFuture);
        }
        if sending.on < visit {
            return Err(Refusal::BeforeTheVisit);
        }
        let because = match (self.sent.is_empty(), sending.because.trim()) {
            (true, _) => None,
            (false, "") => return Err(Refusal::AlreadySent),
            (false, because) => Some(short(because)?),
        };
        let fields = filled
            .iter()
            .map(|one| SentField {
                field: one.field.id.clone(),
                value: one.standing.value().cloned(),
                because: match &one.standing {
                    Standing::Justified { because, .. } => Some(because.clone()),
                    Standing::Known { .. }
                    | Standing::Said { .. }
                    | Standing::Missing { .. }
                    | Standing::NotKnown { .. }
                    | Standing::NotAsked => None,
                },
            })
            .collect();
        Ok(vec![ReportingEvent::FormSent {
            form: form.id.clone(),
            version: form.version,
            fields,
            way: sending.way,
            reference: short(&sending.reference)?,
            on: sending.on,
            because,
        }])
    }

    /// Says why no form is owed. Refuses it once the form has left.
    pub fn set_aside(&self, because: &str) -> Result<Vec<ReportingEvent>, Refusal> {
        self.workable()?;
        if !self.sent.is_empty() {
            return Err(Refusal::AlreadySent);
        }
        let because = words(because, "why no form is owed")?;
        Ok(vec![ReportingEvent::FormSetAside { because }])
    }

    /// The chart says something else than what was sent. Nothing where nothing was sent, or where it
    /// is known.
    pub fn chart_changed(&self, fields: Vec<String>) -> Vec<ReportingEvent> {
        let new: Vec<String> = fields
            .into_iter()
            .filter(|field| !self.changed.contains(field))
            .collect();
        if self.sent.is_empty() || new.is_empty() {
            return Vec::new();
        }
        vec![ReportingEvent::ChartChanged { fields: new }]
    }

    /// Says why nothing is sent again although something differs from the form as it is filled now.
    // Hazard: H67
    pub fn accept_difference(
        &self,
        because: &str,
        filled: &[Filled<'_>],
    ) -> Result<Vec<ReportingEvent>, Refusal> {
        self.workable()?;
        let because = words(because, "why nothing is sent again")?;
        let sent = self.newest_sent();
        let fields = filled
            .iter()
            .filter(|now| {
                sent.is_some_and(|sent| sent.value(&now.field.id) != now.standing.value())
            })
            .map(|now| SentField {
                field: now.field.id.clone(),
                value: now.standing.value().cloned(),
                because: None,
            })
            .collect();
        Ok(vec![ReportingEvent::DifferenceAccepted { because, fields }])
    }

    /// Takes an adverse event that staff enter, or enter anew.
    ///
    /// Refuses one of which nobody said whether it is serious, one whose parts contradict each other,
    /// and one that begins after now.
    // Hazard: H67
    pub fn note(
        &self,
        (event, patient): (Uuid, PatientId),
        mut noted: Noted,
        seriousness: Seriousness,
        now: Moment,
    ) -> Result<Vec<ReportingEvent>, Refusal> {
        noted.description = words(&noted.description, "what happened")?;
        noted.treatment = short(&noted.treatment)?;
        noted.serious = match seriousness {
            Seriousness::NotSaid => return Err(Refusal::SeriousnessNotSaid),
            Seriousness::NotSerious => BTreeSet::new(),
            Seriousness::By(criteria) if criteria.is_empty() => {
                return Err(Refusal::SeriousnessNotSaid);
            }
            Seriousness::By(criteria) => criteria,
        };
        if noted.began_at > now || noted.ended_at.is_some_and(|ended| ended > now) {
            return Err(Refusal::InTheFuture);
        }
        if noted.ended_at.is_some_and(|ended| ended < noted.began_at) {
            return Err(Refusal::EndsBeforeItBegins);
        }
        let in_hospital = noted.serious.contains(&Criterion::Hospitalisation);
        match noted.emergency_visit {
            EmergencyVisit::Admitted if !in_hospital => {
                return Err(Refusal::AdmittedWithoutHospitalisation);
            }
            EmergencyVisit::WithoutAdmission if in_hospital => {
                return Err(Refusal::HospitalisationWithoutAdmission);
            }
            EmergencyVisit::Admitted
            | EmergencyVisit::WithoutAdmission
            | EmergencyVisit::None
            | EmergencyVisit::NotKnown => {}
        }
        let died = noted.outcome == AdverseOutcome::Died;
        if died != noted.serious.contains(&Criterion::Death) {
            return Err(Refusal::DeathDoesNotAgree);
        }
        let known = self.noted.get(&event);
        if known.is_some_and(|known| known.struck.is_some()) {
            return Err(Refusal::NoSuchEvent);
        }
        if known.is_some_and(|known| known.noted == noted) {
            return Ok(Vec::new());
        }
        Ok(vec![ReportingEvent::AdverseEventNoted {
            adverse: event,
            patient,
            noted,
        }])
    }

    /// Strikes out an adverse event that staff entered wrongly.
    pub fn strike(&self, account: &Account, reason: &str) -> Result<Vec<ReportingEvent>, Refusal> {
        let Some(known) = self.noted.get(&account.event) else {
            return Err(Refusal::OfACard);
        };
        if known.struck.is_some() {
            return Ok(Vec::new());
        }
        let reason = words(reason, "why it is wrong")?;
        let adverse = account.event;
        Ok(vec![ReportingEvent::AdverseEventStruck { adverse, reason }])
    }

    /// Takes what a clinician says of an adverse event.
    pub fn look(
        &self,
        account: &Account,
        mut learned: Learned,
    ) -> Result<Vec<ReportingEvent>, Refusal> {
        if account.struck.is_some() {
            return Err(Refusal::NoSuchEvent);
        }
        learned.learned = words(&learned.learned, "what was learned")?;
        learned.open_question = short(&learned.open_question)?;
        let in_hospital = account.noted.serious.contains(&Criterion::Hospitalisation);
        match learned.emergency_visit {
            EmergencyVisit::Admitted if !in_hospital => {
                return Err(Refusal::AdmittedWithoutHospitalisation);
            }
            EmergencyVisit::WithoutAdmission if in_hospital => {
                return Err(Refusal::HospitalisationWithoutAdmission);
            }
            EmergencyVisit::Admitted
            | EmergencyVisit::WithoutAdmission
            | EmergencyVisit::None
            | EmergencyVisit::NotKnown => {}
        }
        let adverse = account.event;
        Ok(vec![ReportingEvent::AdverseEventReviewed {
            adverse,
            learned,
        }])
    }

    /// Records that somebody outside was told.
    pub fn tell(
        &self,
        clocks: &Clocks,
        account: &Account,
        (clock, reference): (&str, &str),
        (on, today): (CivilDate, CivilDate),
    ) -> Result<Vec<ReportingEvent>, Refusal> {
        if account.struck.is_some() {
            return Err(Refusal::NoSuchEvent);
        }
        let clock = clocks.telling(clock).ok_or(Refusal::NobodyToTell)?;
        if on > today {
            return Err(Refusal::InTheFuture);
        }
        Ok(vec![ReportingEvent::AdverseEventTold {
            adverse: account.event,
            clock: clock.id.clone(),
            reference: short(reference)?,
            on,
        }])
    }

    /// Closes an adverse event in the clinic's log.
    ///
    /// Refuses one that no clinician has looked at, and one with an open question.
    pub fn close(&self, account: &Account) -> Result<Vec<ReportingEvent>, Refusal> {
        if !self.is_open(account) {
            return Ok(Vec::new());
        }
        let review = self.review(account.event).ok_or(Refusal::NotReviewed)?;
        if !review.learned.open_question.is_empty() {
            return Err(Refusal::QuestionOpen);
        }
        let adverse = account.event;
        Ok(vec![ReportingEvent::AdverseEventClosed { adverse }])
    }
}
