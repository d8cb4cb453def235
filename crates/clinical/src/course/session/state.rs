//! A session as its events have made it.

use super::event::SessionEvent;
use super::infusion::Infusion;
use super::later::{LateReview, Later};
use super::signal::Signal;
use super::start::{Checks, StartCheck};
use super::vocabulary::{
    AdvisoryNotice, Correction, DistressScore, FastingAnswers, Monitoring, Order, SedationScore,
    VitalSigns,
};
use super::way::Way;
use crate::course::screening::person::{Product, Route};
use crate::policy::RulesInForce;
use crate::record::{Actor, CommandId, EventId, Header, PatientId, SessionId};
use crate::vital_signs::VitalSign;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use units::Moment;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// No event yet.
    NotPlanned,
    /// A visit is planned.
    Planned,
    /// The person is here; nothing given yet.
    Preparation,
    /// The pump runs.
    Infusion,
    /// The pump is paused.
    Paused,
    /// The infusion has ended; observation has not begun.
    Stopped,
    /// Watched until fit to leave.
    Observation,
    /// The person has left.
    Discharged,
    /// The visit ended without drug.
    Cancelled,
    /// The record is signed.
    Signed,
}

impl Stage {
    /// The stage in words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotPlanned => "not planned",
            Self::Planned => "planned",
            Self::Preparation => "preparation",
            Self::Infusion => "infusion",
            Self::Paused => "infusion paused",
            Self::Stopped => "infusion ended",
            Self::Observation => "observation",
            Self::Discharged => "discharged",
            Self::Cancelled => "cancelled",
            Self::Signed => "signed",
        }
    }

    /// Someone is in the room.
    pub const fn is_present(self) -> bool {
        matches!(
            self,
            Self::Preparation | Self::Infusion | Self::Paused | Self::Stopped | Self::Observation
        )
    }

    /// Drug has been given and the infusion has not ended.
    pub const fn is_dosing(self) -> bool {
        matches!(self, Self::Infusion | Self::Paused)
    }
}

/// A correction that an entry received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The correcting entry.
    pub by_entry: EventId,
    /// What should stand.
    pub correction: Correction,
    /// Why.
    pub reason: String,
    /// Who corrected.
    pub actor: Actor,
    /// When.
    pub at: Moment,
}

/// One line of the session's record, with what later corrected it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its identity.
    pub event_id: EventId,
    /// Its place in the session's stream.
    pub version: u64,
    /// When it happened.
    pub occurred_at: Moment,
    /// When the server recorded it.
    pub recorded_at: Moment,
    /// Who charted it.
    pub actor: Actor,
    /// What was charted at the time.
    pub event: SessionEvent,
    /// What corrected it, oldest first.
    pub corrections: Vec<Corrected>,
    /// The command that charted it.
    pub command_id: CommandId,
    /// How it reached the record, where that was later than it happened.
    pub later: Option<Later>,
    /// Who looked at it, where the rules would have refused it.
    pub review: Option<LateReview>,
}

impl Entry {
    /// What stands now: the event with its last correction, or nothing if struck; without what was
    /// marked as an artefact since. What nobody corrected is lent and not copied: an event is large, and
    /// every beat of a live room looks at all of them.
    pub fn standing(&self) -> Option<Cow<'_, SessionEvent>> {
        if self.corrections.is_empty() {
            return Some(Cow::Borrowed(self.counted()));
        }
        let is_artefact =
            |corrected: &Corrected| matches!(corrected.correction, Correction::Artefact { .. });
        let since = self
            .corrections
            .iter()
            .rposition(|corrected| !is_artefact(corrected));
        let right = since
            .and_then(|index| self.corrections.get(index))
            .map_or_else(
                || Some(self.counted().clone()),
                |corrected| put_right(self.counted(), &corrected.correction),
            );
        self.corrections
            .iter()
            .skip(since.map_or(0, |index| index + 1))
            .try_fold(right?, |event, marked| {
                put_right(&event, &marked.correction)
            })
            .map(Cow::Owned)
    }

    /// The signs that were charted here and do not stand any more: struck, or an artefact.
    pub fn left_out(&self) -> BTreeSet<VitalSign> {
        let SessionEvent::VitalSignsCharted { values, .. } = self.counted() else {
            return BTreeSet::new();
        };
        let standing = self
            .vital_signs()
            .map_or_else(BTreeSet::new, |now| now.signs());
        values.signs().difference(&standing).copied().collect()
    }

    /// The vital signs that stand now.
    pub fn vital_signs(&self) -> Option<VitalSigns> {
        match &*self.standing()? {
            SessionEvent::VitalSignsCharted { values, .. } => Some(values.clone()),
            _other => None,
        }
    }
}

/// The event as a correction leaves it; `None` when struck, unchanged when it does not fit.
///
/// A correction that does not fit its entry is refused when it is charted, so that the last arm
/// is reached only by a record that was written by something else; it then shows what was charted.
fn put_right(event: &SessionEvent, correction: &Correction) -> Option<SessionEvent> {
    let mut event = event.clone();
    match (&mut event, correction) {
        (_, Correction::Struck) => return None,
        (SessionEvent::VitalSignsCharted { values, .. }, Correction::Artefact { signs }) => {
            *values = values.without(signs)?;
        }
        (
            SessionEvent::VitalSignsCharted { values, .. },
            Correction::VitalSigns { values: right },
        ) => {
            *values = right.clone();
        }
        (SessionEvent::SedationScored { score }, Correction::Sedation { score: right }) => {
            *score = *right;
        }
        (SessionEvent::DistressScored { score }, Correction::Distress { score: right }) => {
            *score = *right;
        }
        (SessionEvent::ExperienceRated { rating, .. }, Correction::Rating { rating: right }) => {
            *rating = *right;
        }
        (
            SessionEvent::NoteWritten { text }
            | SessionEvent::SupportGiven { note: text, .. }
            | SessionEvent::MomentMarked { note: text },
            Correction::Text { text: right },
        ) => right.clone_into(text),
        (
            SessionEvent::DosingStarted { rate, .. }
            | SessionEvent::InfusionRateChanged { rate, .. },
            Correction::Rate { rate: right },
        ) => *rate = *right,
        (SessionEvent::BolusGiven { amount }, Correction::Bolus { amount: right }) => {
            *amount = *right;
        }
        (
            SessionEvent::DoseGiven {
                amount, portion, ..
            },
            Correction::Dose {
                amount: right,
                portion: really,
            },
        ) => {
            *amount = *right;
            portion.clone_from(really);
        }
        (
            _,
            Correction::Artefact { .. }
            | Correction::VitalSigns { .. }
            | Correction::Sedation { .. }
            | Correction::Distress { .. }
            | Correction::Rating { .. }
            | Correction::Text { .. }
            | Correction::Rate { .. }
            | Correction::Bolus { .. }
            | Correction::Dose { .. },
        ) => {}
    }
    Some(event)
}

/// True when this correction can be made to this event.
pub fn fits(event: &SessionEvent, correction: &Correction) -> bool {
    match correction {
        // The course of the visit itself is not struck out: only what was charted in it.
        Correction::Struck => matches!(
            event,
            SessionEvent::VitalSignsCharted { .. }
                | SessionEvent::SedationScored { .. }
                | SessionEvent::DistressScored { .. }
                | SessionEvent::RecoveryChecked { .. }
                | SessionEvent::NoteWritten { .. }
                | SessionEvent::SupportGiven { .. }
                | SessionEvent::SupportEffectSeen { .. }
                | SessionEvent::MomentMarked { .. }
                | SessionEvent::ExperienceRated { .. }
                | SessionEvent::MedicineGiven { .. }
                | SessionEvent::BolusGiven { .. }
                | SessionEvent::DoseGiven { .. }
                | SessionEvent::InfusionRateChanged { .. }
                | SessionEvent::CardStepDone { .. }
                | SessionEvent::CardMedicineGiven { .. }
        ),
        Correction::Artefact { .. } | Correction::VitalSigns { .. } => {
            matches!(event, SessionEvent::VitalSignsCharted { .. })
        }
        Correction::Sedation { .. } => matches!(event, SessionEvent::SedationScored { .. }),
        Correction::Distress { .. } => matches!(event, SessionEvent::DistressScored { .. }),
        Correction::Rating { .. } => matches!(event, SessionEvent::ExperienceRated { .. }),
        Correction::Text { .. } => {
            matches!(
                event,
                SessionEvent::NoteWritten { .. }
                    | SessionEvent::SupportGiven { .. }
                    | SessionEvent::MomentMarked { .. }
            )
        }
        Correction::Rate { .. } => matches!(
            event,
            SessionEvent::DosingStarted { .. } | SessionEvent::InfusionRateChanged { .. }
        ),
        Correction::Bolus { .. } => matches!(event, SessionEvent::BolusGiven { .. }),
        Correction::Dose { .. } => matches!(event, SessionEvent::DoseGiven { .. }),
    }
}

/// An advisory and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// Its number in the session.
    pub number: u32,
    /// What it says.
    pub notice: AdvisoryNotice,
    /// When it was raised.
    pub raised_at: Moment,
    /// Who saw it, and when.
    pub acknowledged: Option<(Actor, Moment)>,
    /// When a second person was told, because nobody had.
    pub escalated: Option<Moment>,
    /// How it ended, and when.
    pub resolved: Option<(String, Moment)>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which one.
    pub id: SessionId,
    /// How many events have made it.
    pub version: u64,
    /// Where it stands.
    pub stage: Stage,
    /// The person.
    pub patient: Option<PatientId>,
    /// The room, by name.
    pub room: String,
    /// When it was to begin.
    pub planned_for: Option<Moment>,
    /// How many sessions the person had before.
    pub earlier_sessions: u32,
    /// The order as it stands.
    pub order: Option<Order>,
    /// The rules it keeps.
    pub rules: Vec<RulesInForce>,
    /// Fasting answers as they stand.
    pub fasting: FastingAnswers,
    /// Who takes the person home.
    pub escort: Option<String>,
    /// Two identifiers were confirmed.
    pub identity_confirmed: bool,
    /// The time-out is complete, and how vital signs arrive.
    pub time_out: Option<Monitoring>,
    /// What was said before the start.
    pub checks: Checks,
    /// The patient's signal.
    pub signal: Signal,
    /// Every line, in the order recorded.
    pub entries: Vec<Entry>,
    /// Every advisory, by number.
    pub advisories: BTreeMap<u32, Advisory>,
    /// When the stage last changed.
    pub stage_since: Option<Moment>,
    /// When the last event was recorded.
    pub recorded_at: Option<Moment>,
}

impl Session {
    /// A session before its first event.
    pub const fn new(id: SessionId) -> Self {
        Self {
            id,
            version: 0,
            stage: Stage::NotPlanned,
            patient: None,
            room: String::new(),
            planned_for: None,
            earlier_sessions: 0,
            order: None,
            rules: Vec::new(),
            fasting: FastingAnswers {
                clear_liquid: super::Answer::NotAsked,
                light_meal: super::Answer::NotAsked,
                heavy_meal: super::Answer::NotAsked,
            },
            escort: None,
            identity_confirmed: false,
            time_out: None,
            checks: Checks::new(),
            signal: Signal::new(),
            entries: Vec::new(),
            advisories: BTreeMap::new(),
            stage_since: None,
            recorded_at: None,
        }
    }

    /// The session after one more event. Never fails.
    pub fn apply(&mut self, header: &Header, event: SessionEvent) {
        let at = header.occurred_at;
        match &event {
            SessionEvent::SessionPlanned {
                patient,
                room,
                planned_for,
                earlier_sessions,
                order,
                rules,
            } => {
                self.patient = Some(*patient);
                self.room.clone_from(room);
                self.planned_for = Some(*planned_for);
                self.earlier_sessions = *earlier_sessions;
                self.order = Some(order.clone());
                self.rules.clone_from(rules);
                self.stage = Stage::Planned;
            }
            SessionEvent::SessionMoved { room, planned_for } => {
                self.room.clone_from(room);
                self.planned_for = Some(*planned_for);
            }
            SessionEvent::OrderChanged { order, .. } => {
                self.order = Some(order.clone());
                // Hazard: H25 — the pump was compared with the order that stood before.
                self.time_out = None;
            }
            SessionEvent::PatientCheckedIn { fasting, escort } => {
                self.fasting = *fasting;
                self.escort.clone_from(escort);
                self.stage = Stage::Preparation;
            }
            SessionEvent::FastingAnswered { fasting } => self.fasting = *fasting,
            SessionEvent::IdentityConfirmed { .. } => self.identity_confirmed = true,
            SessionEvent::TimeOutCompleted { monitoring, .. } => self.time_out = Some(*monitoring),
            SessionEvent::StartChecked { check } => {
                if let StartCheck::EscortNamed { escort } = check {
                    self.escort = Some(escort.clone());
                }
                self.checks.apply(check, at);
            }
            SessionEvent::SignalNoted { happened } => self.signal.apply(happened, at),
            SessionEvent::DosingStarted { .. } | SessionEvent::InfusionResumed {} => {
                self.stage = Stage::Infusion;
            }
            SessionEvent::InfusionPaused { .. } => self.stage = Stage::Paused,
            SessionEvent::InfusionStopped { .. } | SessionEvent::DosingEnded { .. } => {
                self.stage = Stage::Stopped;
            }
            SessionEvent::ObservationBegun {} => self.stage = Stage::Observation,
            SessionEvent::PatientDischarged { escort, .. } => {
                self.escort = Some(escort.clone());
                self.stage = Stage::Discharged;
            }
            SessionEvent::SessionCancelled { .. } => self.stage = Stage::Cancelled,
            SessionEvent::SessionSigned { .. } => self.stage = Stage::Signed,
            SessionEvent::AdvisoryRaised { advisory, notice } => {
                self.advisories.insert(
                    *advisory,
                    Advisory {
                        number: *advisory,
                        notice: notice.clone(),
                        raised_at: at,
                        acknowledged: None,
                        escalated: None,
                        resolved: None,
                    },
                );
            }
            SessionEvent::AdvisoryAcknowledged { advisory } => {
                if let Some(known) = self.advisories.get_mut(advisory) {
                    known.acknowledged = Some((header.actor.clone(), at));
                }
            }
            SessionEvent::AdvisoryEscalated { advisory } => {
                if let Some(known) = self.advisories.get_mut(advisory) {
                    known.escalated = Some(at);
                }
            }
            SessionEvent::AdvisoryResolved { advisory, how } => {
                if let Some(known) = self.advisories.get_mut(advisory) {
                    known.resolved = Some((how.clone(), at));
                }
            }
            SessionEvent::EntryCorrected {
                entry,
                correction,
                reason,
            } => {
                if let Some(wrong) = self
                    .entries
                    .iter_mut()
                    .find(|known| known.event_id == *entry)
                {
                    wrong.corrections.push(Corrected {
                        by_entry: header.event_id,
                        correction: correction.clone(),
                        reason: reason.clone(),
                        actor: header.actor.clone(),
                        at: header.recorded_at,
                    });
                }
            }
            SessionEvent::RecordedLater {
                how,
                tablet,
                tablet_at,
                against,
            } => {
                for entry in &mut self.entries {
                    if entry.command_id == header.command_id {
                        entry.later = Some(Later {
                            how: *how,
                            tablet: tablet.clone(),
                            tablet_at: *tablet_at,
                            against: against.clone(),
                        });
                    }
                }
            }
            SessionEvent::LateEntryReviewed {
                entry,
                outcome,
                note,
            } => {
                if let Some(looked_at) = self
                    .entries
                    .iter_mut()
                    .find(|known| known.event_id == *entry)
                {
                    looked_at.review = Some(LateReview {
                        outcome: *outcome,
                        note: note.clone(),
                        actor: header.actor.clone(),
                        at: header.recorded_at,
                    });
                }
            }
            SessionEvent::ActHeld { .. }
            | SessionEvent::VitalSignsCharted { .. }
            | SessionEvent::SedationScored { .. }
            | SessionEvent::DistressScored { .. }
            | SessionEvent::RecoveryChecked { .. }
            | SessionEvent::InfusionRateChanged { .. }
            | SessionEvent::BolusGiven { .. }
            | SessionEvent::DoseGiven { .. }
            | SessionEvent::NoteWritten { .. }
            | SessionEvent::SupportGiven { .. }
            | SessionEvent::SupportEffectSeen { .. }
            | SessionEvent::MomentMarked { .. }
            | SessionEvent::ExperienceRated { .. }
            | SessionEvent::TouchSaid { .. }
            | SessionEvent::MedicineGiven { .. }
            | SessionEvent::RoomTaken { .. }
            | SessionEvent::CardOpened { .. }
            | SessionEvent::CardStepDone { .. }
            | SessionEvent::CardMedicineGiven { .. }
            | SessionEvent::CardClosed { .. }
            | SessionEvent::AdverseEventRecorded { .. } => {}
        }
        // An act that reaches the record late may stand before one that is there already, and one
        // that a person lets count stands at its own time.
        let moves =
            event.leads_to().is_some() || matches!(event, SessionEvent::LateEntryReviewed { .. });
        self.version = header.stream_version;
        self.recorded_at = Some(header.recorded_at);
        self.entries.push(Entry {
            event_id: header.event_id,
            version: header.stream_version,
            occurred_at: at,
            recorded_at: header.recorded_at,
            actor: header.actor.clone(),
            event,
            corrections: Vec::new(),
            command_id: header.command_id,
            later: None,
            review: None,
        });
        if moves {
            (self.stage, self.stage_since) = self.stood_at(None);
        }
    }

    /// What is given, and how; before there is an order, what every order was once.
    pub fn way(&self) -> Way {
        self.order
            .as_ref()
            .map_or_else(Way::default, |order| order.way.clone())
    }

    /// The product that is given.
    pub fn product(&self) -> Product {
        self.way().product
    }

    /// The route by which it is given.
    pub fn route(&self) -> Route {
        self.way().route
    }

    /// The infusion as the entries now make it; none before the first drug.
    pub fn infusion(&self) -> Option<Infusion> {
        Infusion::of(&self.entries, self.order.as_ref()?)
    }

    /// Vital signs that stand now, in order of the time they were taken, with that time.
    pub fn vital_signs(&self) -> Vec<(Moment, VitalSigns)> {
        let mut taken: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry.occurred_at, entry.vital_signs()?)))
            .collect();
        taken.sort_by_key(|(at, _)| *at);
        taken
    }

    /// The latest blood pressure that stands now.
    pub fn latest_blood_pressure(&self) -> Option<(Moment, VitalSigns)> {
        self.vital_signs()
            .into_iter()
            .rev()
            .find(|(_, values)| values.systolic.is_some())
    }

    /// The latest value of one sign that stands now.
    pub fn latest<T>(&self, pick: impl Fn(&VitalSigns) -> Option<T>) -> Option<(Moment, T)> {
        self.vital_signs()
            .iter()
            .rev()
            .find_map(|(at, values)| Some((*at, pick(values)?)))
    }

    /// The latest responsiveness score that stands now.
    pub fn sedation(&self) -> Option<(Moment, SedationScore)> {
        self.latest_entry(|event| match event {
            SessionEvent::SedationScored { score } => Some(*score),
            _other => None,
        })
    }

    /// The latest distress score that stands now.
    pub fn distress(&self) -> Option<(Moment, DistressScore)> {
        self.latest_entry(|event| match event {
            SessionEvent::DistressScored { score } => Some(*score),
            _other => None,
        })
    }

    fn latest_entry<T>(&self, pick: impl Fn(&SessionEvent) -> Option<T>) -> Option<(Moment, T)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry.occurred_at, pick(entry.standing()?.as_ref())?)))
            .max_by_key(|(at, _)| *at)
    }

    /// Advisories that have not been resolved, gravest and newest first.
    pub fn open_advisories(&self) -> Vec<&Advisory> {
        let mut open: Vec<_> = self
            .advisories
            .values()
            .filter(|advisory| advisory.resolved.is_none())
            .collect();
        open.sort_by_key(|advisory| {
            std::cmp::Reverse((
                advisory.notice.priority,
                advisory.raised_at,
                advisory.number,
            ))
        });
        open
    }

    /// Advisories about the person that nobody has acknowledged, by number; also those that have
    /// ended since. Nothing is signed while there is one.
    pub fn unseen_advisories(&self) -> Vec<&Advisory> {
        self.advisories
            .values()
            .filter(|advisory| advisory.acknowledged.is_none() && !advisory.notice.technical)
            .collect()
    }

    /// The moment of the last change of stage, rate or bolus: nothing of that kind goes before it.
    pub fn last_act(&self) -> Option<Moment> {
        self.entries
            .iter()
            .filter(|entry| {
                matches!(
                    entry.event,
                    SessionEvent::SessionPlanned { .. }
                        | SessionEvent::OrderChanged { .. }
                        | SessionEvent::PatientCheckedIn { .. }
                        | SessionEvent::DosingStarted { .. }
                        | SessionEvent::InfusionRateChanged { .. }
                        | SessionEvent::BolusGiven { .. }
                        | SessionEvent::InfusionPaused { .. }
                        | SessionEvent::InfusionResumed {}
                        | SessionEvent::InfusionStopped { .. }
                        | SessionEvent::DoseGiven { .. }
                        | SessionEvent::DosingEnded { .. }
                        | SessionEvent::ObservationBegun {}
                        | SessionEvent::PatientDischarged { .. }
                        | SessionEvent::SessionCancelled { .. }
                        | SessionEvent::SessionSigned { .. }
                )
            })
            .map(|entry| entry.occurred_at)
            .max()
    }

    /// The order that stands, with the entry that made it.
    pub fn ordered(&self) -> Option<(&Entry, &Order)> {
        self.entries
            .iter()
            .rev()
            .find_map(|entry| match &entry.event {
                SessionEvent::SessionPlanned { order, .. }
                | SessionEvent::OrderChanged { order, .. } => Some((entry, order)),
                _ => None,
            })
    }

    /// When the order that stands was made.
    pub fn ordered_at(&self) -> Option<Moment> {
        self.ordered().map(|(entry, _)| entry.occurred_at)
    }

    /// When the person checked in.
    pub fn checked_in_at(&self) -> Option<Moment> {
        self.entries.iter().find_map(|entry| match entry.event {
            SessionEvent::PatientCheckedIn { .. } => Some(entry.occurred_at),
            _ => None,
        })
    }
}
