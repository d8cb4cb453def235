//! What is reported of a session, as its events have made it.

use super::account::{Account, Noted};
use super::event::{Learned, ReportingEvent, SentField, Way};
use super::fill::{Filled, Standing};
use super::value::{Said, SaidOf, Value};
use crate::patient::CivilDate;
use crate::record::{Folded, Header, PatientId, StreamKind};
use std::collections::BTreeMap;
use units::Moment;
use uuid::Uuid;

/// A form that is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Whose session.
    pub patient: PatientId,
    /// The day of the first device.
    pub visit_on: CivilDate,
}

/// A form as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Which form.
    pub form: String,
    /// Which version of its file.
    pub version: u32,
    /// What was sent.
    pub fields: Vec<SentField>,
    /// By which way.
    pub way: Way,
    /// What the programme gave as a sign of having it; may be empty.
    pub reference: String,
    /// On which day.
    pub on: CivilDate,
    /// Why once more; none the first time.
    pub because: Option<String>,
    /// Who recorded it.
    pub by: String,
    /// When that was recorded.
    pub at: Moment,
    /// What differed from it, where somebody said why nothing is sent again.
    pub accepted: Vec<SentField>,
}

impl Sent {
    /// The fields that would say something else now, and something else than was accepted. What the record only knows as it is today, such
    /// as the list of medicines, is compared where a person said it of that day.
    // Hazard: H67
    pub fn differs(&self, filled: &[Filled<'_>]) -> Vec<String> {
        filled
            .iter()
            .filter(|now| {
                !now.field.from.is_of_today() || matches!(now.standing, Standing::Said { .. })
            })
            .filter(|now| {
                let accepted = self.accepted.iter().find(|one| one.field == now.field.id);
                let value = now.standing.value();
                let is_accepted = accepted.is_some_and(|one| one.value.as_ref() == value);
                self.value(&now.field.id) != value && !is_accepted
            })
            .map(|now| now.field.id.clone())
            .collect()
    }

    /// The value that was sent; none where there was none.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.fields
            .iter()
            .find(|sent| sent.field == field)
            .and_then(|sent| sent.value.as_ref())
    }

    /// True where it told of a serious adverse event.
    pub fn tells_of_serious(&self) -> bool {
        self.value("serious-event") == Some(&Value::YesNo(true))
    }
}

/// How a form stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormStanding {
    /// None is owed.
    NotOwed,
    /// It was not sent yet.
    Draft,
    /// It was sent.
    Sent,
    /// It was sent once more.
    Amended,
    /// It was sent, and the chart says something else now.
    Differs,
    /// Somebody said why none is owed.
    SetAside,
}

impl FormStanding {
    /// Its word in lists.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotOwed => "not-owed",
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Amended => "amended",
            Self::Differs => "differs",
            Self::SetAside => "set-aside",
        }
    }

    /// True where somebody has something to do.
    pub const fn waits(self) -> bool {
        match self {
            Self::Draft | Self::Differs => true,
            Self::NotOwed | Self::Sent | Self::Amended | Self::SetAside => false,
        }
    }
}

/// An adverse event as staff entered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedOf {
    /// What happened.
    pub noted: Noted,
    /// Who entered it last.
    pub by: String,
    /// When it was entered first, as serious as it is.
    pub at: Moment,
    /// When it was entered last.
    pub changed_at: Moment,
    /// Why it counts no more.
    pub struck: Option<String>,
}

/// A look at an adverse event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What was said.
    pub learned: Learned,
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// Somebody outside was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TellingDone {
    /// By the name of the clock.
    pub clock: String,
    /// What they gave as a sign; may be empty.
    pub reference: String,
    /// On which day.
    pub on: CivilDate,
    /// Who told.
    pub by: String,
}

/// What is reported of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    /// The form that is owed; none where none is.
    pub form: Option<Opened>,
    /// What people said of its fields, by field; the newest of each.
    pub said: BTreeMap<String, SaidOf>,
    /// Every time it was sent, in that order.
    pub sent: Vec<Sent>,
    /// Why none is owed after all, and who says so.
    pub set_aside: Option<(String, String)>,
    /// The fields that the chart changed after it was sent.
    pub changed: Vec<String>,
    /// Why nothing was sent again although something differs, and who said so.
    pub accepted: Option<(String, String)>,
    /// Adverse events that staff entered.
    pub noted: BTreeMap<Uuid, NotedOf>,
    /// Looks at adverse events, those of cards too, in the order in which they were made.
    pub reviews: BTreeMap<Uuid, Vec<Review>>,
    /// Who outside was told of which.
    pub told: BTreeMap<Uuid, Vec<TellingDone>>,
    /// Which are closed, by whom and when.
    pub closed: BTreeMap<Uuid, (String, Moment)>,
    /// Whose the adverse events are that staff entered.
    pub patients: BTreeMap<Uuid, PatientId>,
    /// Which adverse event the newest event was about.
    pub touched: Option<Uuid>,
}

impl Folded for Reporting {
    type Event = ReportingEvent;
    const KIND: StreamKind = StreamKind::Reporting;
    fn take(&mut self, header: &Header, event: &ReportingEvent) {
        let by = header.actor.name().to_owned();
        let at = header.recorded_at;
        self.touched = None;
        match event {
            ReportingEvent::FormOpened { patient, visit_on } => {
                self.form = Some(Opened {
                    patient: *patient,
                    visit_on: *visit_on,
                });
                self.set_aside = None;
            }
            ReportingEvent::FieldSaid { field, said } => match said {
                Said::TakenBack => {
                    self.said.remove(field);
                }
                Said::Value { .. } | Said::Justified { .. } => {
                    let said = said.clone();
                    self.said.insert(field.clone(), SaidOf { said, by, at });
                }
            },
            ReportingEvent::FormSent {
                form,
                version,
                fields,
                way,
                reference,
                on,
                because,
            } => {
                self.sent.push(Sent {
                    form: form.clone(),
                    version: *version,
                    fields: fields.clone(),
                    way: *way,
                    reference: reference.clone(),
                    on: *on,
                    because: because.clone(),
                    by,
                    at,
                    accepted: Vec::new(),
                });
                self.changed.clear();
                self.accepted = None;
            }
            ReportingEvent::FormSetAside { because } => {
                self.set_aside = Some((because.clone(), by));
            }
            ReportingEvent::ChartChanged { fields } => self.differ(fields.iter().cloned()),
            ReportingEvent::DifferenceAccepted { because, fields } => {
                self.changed.clear();
                if let Some(sent) = self.sent.last_mut() {
                    sent.accepted.clone_from(fields);
                }
                self.accepted = Some((because.clone(), by));
            }
            ReportingEvent::AdverseEventNoted {
                adverse: event,
                patient,
                noted,
            } => {
                self.touched = Some(*event);
                self.patients.insert(*event, *patient);
                if !noted.serious.is_empty() && !self.sent.is_empty() {
                    self.differ(["serious-event".to_owned()]);
                }
                // Whoever is told is told within days of when it was known: entering it anew does not
                // begin them again, but that it is serious after all does.
                let since = self
                    .noted
                    .get(event)
                    .filter(|known| noted.serious.is_empty() || !known.noted.serious.is_empty());
                let known = NotedOf {
                    noted: noted.clone(),
                    by,
                    at: since.map_or(at, |known| known.at),
                    changed_at: at,
                    struck: None,
                };
                self.noted.insert(*event, known);
                self.closed.remove(event);
            }
            ReportingEvent::AdverseEventStruck {
                adverse: event,
                reason,
            } => {
                self.touched = Some(*event);
                if let Some(known) = self.noted.get_mut(event) {
                    known.struck = Some(reason.clone());
                }
            }
            ReportingEvent::AdverseEventReviewed {
                adverse: event,
                learned,
            } => {
                self.touched = Some(*event);
                let learned = learned.clone();
                let reviews = self.reviews.entry(*event).or_default();
                reviews.push(Review { learned, by, at });
                self.closed.remove(event);
            }
            ReportingEvent::AdverseEventTold {
                adverse: event,
                clock,
                reference,
                on,
            } => {
                self.touched = Some(*event);
                self.told.entry(*event).or_default().push(TellingDone {
                    clock: clock.clone(),
                    reference: reference.clone(),
                    on: *on,
                    by,
                });
            }
            ReportingEvent::AdverseEventClosed { adverse: event } => {
                self.touched = Some(*event);
                self.closed.insert(*event, (by, at));
            }
        }
    }
}

impl Reporting {
    fn differ(&mut self, fields: impl IntoIterator<Item = String>) {
        for field in fields {
            if !self.changed.contains(&field) {
                self.changed.push(field);
            }
        }
        self.accepted = None;
    }

    /// How the form stands.
    pub fn standing(&self) -> FormStanding {
        if self.form.is_none() {
            return FormStanding::NotOwed;
        }
        match self.sent.len() {
            _ if self.set_aside.is_some() => FormStanding::SetAside,
            0 => FormStanding::Draft,
            _ if !self.changed.is_empty() => FormStanding::Differs,
            1 => FormStanding::Sent,
            _ => FormStanding::Amended,
        }
    }

    /// The form as it was sent last.
    pub fn newest_sent(&self) -> Option<&Sent> {
        self.sent.last()
    }

    /// The newest look at an adverse event.
    pub fn review(&self, event: Uuid) -> Option<&Review> {
        self.reviews.get(&event)?.last()
    }

    /// True where somebody still has to learn something of it: it was not closed, or something else is
    /// said of it since.
    pub fn is_open(&self, account: &Account) -> bool {
        let closed = self.closed.get(&account.event);
        account.struck.is_none() && closed.is_none_or(|(_, at)| account.changed_at > *at)
    }

    /// True where it was closed or struck out, as far as is known without its session.
    pub fn is_closed(&self, event: Uuid) -> bool {
        let struck = |known: &NotedOf| known.struck.is_some();
        self.closed.contains_key(&event) || self.noted.get(&event).is_some_and(struck)
    }
}

impl Standing {
    /// The value that would be sent; none where there is none.
    pub const fn value(&self) -> Option<&Value> {
        match self {
            Self::Known { value, .. } | Self::Said { value, .. } => Some(value),
            Self::Justified { .. }
            | Self::Missing { .. }
            | Self::NotKnown { .. }
            | Self::NotAsked => None,
        }
    }
}
