//! A person's scales, as their events have made them.

use super::ending::Ending;
use super::event::OutcomesEvent;
use super::next_step::Decided;
use crate::instrument::{Answers, Points};
use crate::record::{Actor, Folded, Header, StreamKind};
use std::collections::BTreeMap;
use units::Moment;
use uuid::Uuid;

/// Why a sheet counts no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struck {
    /// In words.
    pub reason: String,
    /// Who says so.
    pub by: Actor,
    /// When.
    pub at: Moment,
}

/// What was done about a score that had risen, or was above its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// In words.
    pub done: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Moment,
}

/// One scale at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its identity.
    pub sheet: Uuid,
    /// Which scale, by the id of its file.
    pub scale: String,
    /// Which version of it.
    pub version: u32,
    /// The contact of the schedule that asked it; none where staff entered it.
    pub contact: Option<Uuid>,
    /// The answers so far.
    pub answers: Answers,
    /// The total alone, where staff entered no more.
    pub total: Option<Points>,
    /// The person would rather not fill it in.
    pub declined: bool,
    /// When the first answer was given.
    pub began: Moment,
    /// When the last one was.
    pub at: Moment,
    /// Who answered, rated or entered it.
    pub by: Actor,
    /// Why it counts no more.
    pub struck: Option<Struck>,
}

/// A person's scales over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Every sheet, by identity.
    pub sheets: BTreeMap<Uuid, Sheet>,
    /// What was done about risen scores, by the sheet.
    pub settled: BTreeMap<Uuid, Settled>,
    /// What was done about scales at their limit or above, by the sheet.
    pub talked: BTreeMap<Uuid, Settled>,
    /// Every time that treatment was said to have ended, the newest last; the last one holds unless
    /// it was taken back.
    pub endings: Vec<Ending>,
    /// What prescribers decided comes next, the newest last.
    pub decided: Vec<Decided>,
}

impl Folded for Outcomes {
    type Event = OutcomesEvent;
    const KIND: StreamKind = StreamKind::Outcomes;
    fn take(&mut self, header: &Header, event: &OutcomesEvent) {
        match event {
            OutcomesEvent::ScaleAnswered {
                sheet,
                scale,
                version,
                contact,
                item,
                answer,
            } => {
                let known = self.sheet_mut(header, (*sheet, scale, *version), Some(*contact));
                known.answers = known.answers.clone().with(item, answer.clone());
                known.declined = false;
                known.at = known.at.max(header.occurred_at);
            }
            OutcomesEvent::ScaleDeclined {
                sheet,
                scale,
                version,
                contact,
            } => {
                let known = self.sheet_mut(header, (*sheet, scale, *version), Some(*contact));
                known.declined = true;
                known.at = known.at.max(header.occurred_at);
            }
            OutcomesEvent::ScaleEntered {
                sheet,
                scale,
                version,
                answers,
                total,
            } => {
                let known = self.sheet_mut(header, (*sheet, scale, *version), None);
                known.answers = answers.clone();
                known.total = *total;
            }
            OutcomesEvent::RiseSettled { sheet, done } => {
                self.settled.insert(
                    *sheet,
                    Settled {
                        done: done.clone(),
                        by: header.actor.clone(),
                        at: header.recorded_at,
                    },
                );
            }
            OutcomesEvent::LimitSettled { sheet, done } => {
                self.talked.insert(
                    *sheet,
                    Settled {
                        done: done.clone(),
                        by: header.actor.clone(),
                        at: header.recorded_at,
                    },
                );
            }
            OutcomesEvent::TreatmentEnded { because, note } => self.endings.push(Ending {
                because: *because,
                note: note.clone(),
                at: header.occurred_at,
                by: header.actor.clone(),
                taken_back: None,
            }),
            OutcomesEvent::TreatmentGoesOn { reason } => {
                if let Some(last) = self.endings.last_mut() {
                    last.taken_back = Some(Struck {
                        reason: reason.clone(),
                        by: header.actor.clone(),
                        at: header.recorded_at,
                    });
                }
            }
            OutcomesEvent::NextStepDecided { step, why } => self.decided.push(Decided {
                step: *step,
                why: why.clone(),
                at: header.occurred_at,
                by: header.actor.clone(),
            }),
            OutcomesEvent::SheetStruck { sheet, reason } => {
                if let Some(known) = self.sheets.get_mut(sheet) {
                    known.struck = Some(Struck {
                        reason: reason.clone(),
                        by: header.actor.clone(),
                        at: header.recorded_at,
                    });
                }
            }
        }
    }
}

impl Outcomes {
    fn sheet_mut(
        &mut self,
        header: &Header,
        (sheet, scale, version): (Uuid, &str, u32),
        contact: Option<Uuid>,
    ) -> &mut Sheet {
        self.sheets.entry(sheet).or_insert_with(|| Sheet {
            sheet,
            scale: scale.to_owned(),
            version,
            contact,
            answers: Answers::new(),
            total: None,
            declined: false,
            began: header.occurred_at,
            at: header.occurred_at,
            by: header.actor.clone(),
            struck: None,
        })
    }

    /// Sheets of one scale in order of time, struck ones too.
    pub fn of_scale(&self, scale: &str) -> Vec<&Sheet> {
        let mut all: Vec<&Sheet> = self
            .sheets
            .values()
            .filter(|sheet| sheet.scale == scale)
            .collect();
        all.sort_by_key(|sheet| (sheet.at, sheet.sheet));
        all
    }
}
