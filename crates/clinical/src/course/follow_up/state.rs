//! The time after a person's sessions, as their events have made it.

use super::event::FollowUpEvent;
use super::flag::{Flag, FlagStanding};
use super::plan::Ended;
use super::rules::FollowUpRules;
use super::signs::Signs;
use super::vocabulary::{
    ContactKind, Detail, Found, NewReport, PlannedContact, Screen, Told, Urgency,
};
use crate::record::{Actor, Folded, Header, Role, SessionId, StreamKind};
use std::collections::BTreeMap;
use units::Moment;
use uuid::Uuid;

/// How long the person's own words may be, in characters. A limit of the form.
pub const LONGEST_WORDS: usize = 2_000;

/// How a contact stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactStanding {
    /// It comes.
    Planned,
    /// The person was written to, and has not answered.
    Made {
        /// When for the first time.
        at: Moment,
        /// How many reminders there were.
        reminders: u32,
        /// When the next one is; none after the last.
        again_at: Option<Moment>,
        /// From when on staff are asked to call.
        silent_at: Moment,
    },
    /// Answered, or staff spoke with them.
    Answered {
        /// When.
        at: Moment,
    },
    /// A newer one asked for the time of this one too.
    Overtaken,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its identity.
    pub id: Uuid,
    /// After which session.
    pub session: SessionId,
    /// Which of the schedule.
    pub kind: ContactKind,
    /// When it is due.
    pub due: Moment,
    /// How it stands.
    pub standing: ContactStanding,
    /// The scales that watch for harm and were asked when it was made.
    pub watched: Vec<String>,
}

/// What a person said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What.
    pub said: NewReport,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
    /// What was said of each side effect.
    pub details: BTreeMap<String, Detail>,
}

/// A screen that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screened {
    /// Which.
    pub screen: Screen,
    /// What came of it.
    pub found: Found,
    /// In words.
    pub note: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
}

/// A scale that watches for harm and was answered whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedAnswer {
    /// Which, by the id of its file.
    pub scale: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write to the person.
    Make {
        /// About which contact.
        contact: Uuid,
        /// How many reminders there were before.
        reminder: u32,
    },
    /// Tell people on duty.
    Tell {
        /// About which flag.
        flag: Uuid,
        /// Which round.
        round: u32,
    },
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing at all was said.
    NothingSaid,
    /// More words than the form takes.
    TooLong,
    /// There is no such flag, report or side effect.
    Unknown,
    /// Somebody has it in hand already.
    InHand {
        /// Who.
        by: String,
    },
    /// Nobody has acknowledged it yet.
    NotAcknowledged,
    /// What was done is not said.
    NotDone,
    /// It holds treatment, and a prescriber decides.
    ForPrescriber,
}

impl Refusal {
    /// In one plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::NothingSaid => "Not saved: nothing was chosen. Choose an answer.".to_owned(),
            Self::TooLong => {
                "Not saved: this is longer than 2,000 characters. Shorten it.".to_owned()
            }
            Self::Unknown => {
                "Not saved: this is not known here any more. Reload the page.".to_owned()
            }
            Self::InHand { by } => format!("{by} has this in hand already."),
            Self::NotAcknowledged => "Not saved: first say that you have it in hand.".to_owned(),
            Self::NotDone => "Not saved: write what was done.".to_owned(),
            Self::ForPrescriber => {
                "Not saved: this holds treatment until a prescriber or the medical director decides."
                    .to_owned()
            }
        }
    }
}

/// The time after a person's sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUp {
    /// The sessions that were planned for, and when each one's drug ended.
    pub sessions: BTreeMap<SessionId, Moment>,
    /// Every contact, by identity.
    pub contacts: BTreeMap<Uuid, Contact>,
    /// What they said, in order.
    pub reports: Vec<Report>,
    /// Flags, in order.
    pub flags: Vec<Flag>,
    /// Screens for harm over the long term, in order: when, by whom, which, what came of it.
    pub screens: Vec<Screened>,
    /// The scales that watch for harm and are answered whole, by sheet.
    pub watched: BTreeMap<Uuid, WatchedAnswer>,
    /// Calls by staff, in order: when, by whom, reached, what came of it.
    pub calls: Vec<(Moment, Actor, bool, String)>,
}

impl Folded for FollowUp {
    type Event = FollowUpEvent;
    const KIND: StreamKind = StreamKind::FollowUp;
    fn take(&mut self, header: &Header, event: &FollowUpEvent) {
        let (at, by) = (header.occurred_at, &header.actor);
        match event {
            FollowUpEvent::ContactsPlanned {
                session,
                ended,
                contacts,
                joined,
            } => {
                self.sessions.insert(*session, *ended);
                for planned in contacts {
                    self.contacts.entry(planned.id).or_insert_with(|| Contact {
                        id: planned.id,
                        session: *session,
                        kind: planned.kind,
                        due: planned.due,
                        standing: ContactStanding::Planned,
                        watched: Vec::new(),
                    });
                }
                for contact in joined {
                    self.stand(*contact, ContactStanding::Overtaken);
                }
            }
            FollowUpEvent::ContactMade {
                contact,
                reminder,
                again_at,
                silent_at,
                watched,
            } => {
                let first = match self.contacts.get(contact).map(|known| &known.standing) {
                    Some(ContactStanding::Made { at, .. }) => *at,
                    Some(_) | None => at,
                };
                self.stand(
                    *contact,
                    ContactStanding::Made {
                        at: first,
                        reminders: *reminder,
                        again_at: *again_at,
                        silent_at: *silent_at,
                    },
                );
                if let Some(known) = self.contacts.get_mut(contact) {
                    for scale in watched {
                        if !known.watched.contains(scale) {
                            known.watched.push(scale.clone());
                        }
                    }
                }
            }
            FollowUpEvent::ContactOvertaken { contact } => {
                self.stand(*contact, ContactStanding::Overtaken);
            }
            FollowUpEvent::Reported { report } => {
                self.reports.push(Report {
                    said: report.clone(),
                    at,
                    by: by.clone(),
                    details: BTreeMap::new(),
                });
                self.answered(at);
            }
            FollowUpEvent::EffectDescribed {
                report,
                effect,
                detail,
            } => {
                let known = self
                    .reports
                    .iter_mut()
                    .find(|one| one.said.report == *report);
                if let Some(known) = known {
                    known.details.insert(effect.clone(), detail.clone());
                }
            }
            FollowUpEvent::FlagRaised {
                flag,
                report,
                signs,
                urgency,
            } => self.flags.push(Flag {
                flag: *flag,
                report: *report,
                signs: signs.clone(),
                urgency: *urgency,
                raised_at: at,
                told: Vec::new(),
                standing: FlagStanding::Escalating {
                    round: 0,
                    call_at: header.recorded_at,
                },
            }),
            FollowUpEvent::DutyTold {
                flag,
                round,
                told,
                again_at,
            } => {
                if let Some(known) = self.flag_mut(*flag) {
                    known.told.push((at, told.clone()));
                    if known.is_escalating() {
                        known.standing = FlagStanding::Escalating {
                            round: round + 1,
                            call_at: *again_at,
                        };
                    }
                }
            }
            FollowUpEvent::FlagAcknowledged { flag } => {
                let by = by.clone();
                if let Some(known) = self.flag_mut(*flag) {
                    known.standing = FlagStanding::Acknowledged { by, at };
                }
            }
            FollowUpEvent::FlagSettled { flag, done } => {
                let by = by.clone();
                if let Some(known) = self.flag_mut(*flag) {
                    let done = done.clone();
                    known.standing = FlagStanding::Settled { by, at, done };
                }
            }
            FollowUpEvent::ScreenDone {
                screen,
                found,
                note,
            } => self.screens.push(Screened {
                screen: *screen,
                found: *found,
                note: note.clone(),
                at,
                by: by.clone(),
            }),
            FollowUpEvent::WatchAnswered {
                sheet,
                scale,
                is_whole: true,
            } => {
                self.watched.insert(
                    *sheet,
                    WatchedAnswer {
                        scale: scale.clone(),
                        at,
                        by: by.clone(),
                    },
                );
            }
            FollowUpEvent::WatchAnswered {
                sheet,
                is_whole: false,
                ..
            } => {
                self.watched.remove(sheet);
            }
            FollowUpEvent::Called { reached, note } => {
                self.calls.push((at, by.clone(), *reached, note.clone()));
                if *reached {
                    self.answered(at);
                }
            }
        }
    }
}

impl FollowUp {
    fn stand(&mut self, contact: Uuid, standing: ContactStanding) {
        if let Some(known) = self.contacts.get_mut(&contact) {
            known.standing = standing;
        }
    }

    /// What was asked until now is answered: the person tells of all the time since.
    fn answered(&mut self, at: Moment) {
        for contact in self.contacts.values_mut() {
            if matches!(contact.standing, ContactStanding::Made { .. }) {
                contact.standing = ContactStanding::Answered { at };
            }
        }
    }

    fn flag_mut(&mut self, flag: Uuid) -> Option<&mut Flag> {
        self.flags.iter_mut().find(|known| known.flag == flag)
    }

    /// A flag.
    pub fn flag(&self, flag: Uuid) -> Option<&Flag> {
        self.flags.iter().find(|known| known.flag == flag)
    }

    /// The flags that are not dealt with, the fastest first.
    pub fn open_flags(&self) -> Vec<&Flag> {
        let mut open: Vec<&Flag> = self.flags.iter().filter(|flag| flag.is_open()).collect();
        open.sort_by(|a, b| {
            (b.is_escalating(), b.urgency)
                .cmp(&(a.is_escalating(), a.urgency))
                .then(a.raised_at.cmp(&b.raised_at))
        });
        open
    }

    /// Contacts in order of time.
    pub fn in_order(&self) -> Vec<&Contact> {
        let mut all: Vec<&Contact> = self.contacts.values().collect();
        all.sort_by_key(|contact| (contact.due, contact.kind));
        all
    }

    /// From when on staff are asked to call: the person was written to and has not answered.
    pub fn silent_at(&self) -> Option<Moment> {
        self.contacts
            .values()
            .filter_map(|contact| match contact.standing {
                ContactStanding::Made { silent_at, .. } => Some(silent_at),
                ContactStanding::Planned
                | ContactStanding::Answered { .. }
                | ContactStanding::Overtaken => None,
            })
            .min()
    }

    /// The next moment at which something is to be done; none when nothing is planned.
    pub fn next_at(&self) -> Option<Moment> {
        let contacts = self.contacts.values().filter_map(Contact::next_at);
        let flags = self.flags.iter().filter_map(|flag| match flag.standing {
            FlagStanding::Escalating { call_at, .. } => Some(call_at),
            FlagStanding::Acknowledged { .. } | FlagStanding::Settled { .. } => None,
        });
        contacts.chain(flags).min()
    }

    /// Everything that is to be done now, warning signs first.
    ///
    /// Of several contacts whose time has come, only the newest is made: it asks for the time of
    /// the others too. Their [`Self::overtaken`] follows from making it.
    pub fn steps(&self, now: Moment) -> Vec<Step> {
        let mut steps: Vec<Step> = self
            .flags
            .iter()
            .filter_map(|flag| match flag.standing {
                FlagStanding::Escalating { round, call_at } if call_at <= now => Some(Step::Tell {
                    flag: flag.flag,
                    round,
                }),
                FlagStanding::Escalating { .. }
                | FlagStanding::Acknowledged { .. }
                | FlagStanding::Settled { .. } => None,
            })
            .collect();
        let due = self
            .contacts
            .values()
            .filter(|contact| contact.next_at().is_some_and(|at| at <= now))
            .max_by_key(|contact| (contact.due, contact.kind));
        if let Some(contact) = due {
            steps.push(Step::Make {
                contact: contact.id,
                reminder: match contact.standing {
                    ContactStanding::Made { reminders, .. } => reminders + 1,
                    ContactStanding::Planned
                    | ContactStanding::Answered { .. }
                    | ContactStanding::Overtaken => 0,
                },
            });
        }
        steps
    }

    /// Takes the contacts of a session that has ended; nothing when they stand already.
    ///
    /// Contacts of earlier sessions that were not made yet and that each session asks are joined:
    /// they would ask the same a few hours before or after the new ones.
    pub fn plan(&self, ended: &Ended, contacts: Vec<PlannedContact>) -> Vec<FollowUpEvent> {
        if self.sessions.contains_key(&ended.session) {
            return Vec::new();
        }
        let joined = self
            .contacts
            .values()
            .filter(|contact| contact.standing == ContactStanding::Planned)
            .filter(|contact| contact.kind.is_asked_by_each_session() && contact.due >= ended.at)
            .map(|contact| contact.id)
            .collect();
        vec![FollowUpEvent::ContactsPlanned {
            session: ended.session,
            ended: ended.at,
            contacts,
            joined,
        }]
    }

    /// The person was written to; nothing when this was recorded before, or they have answered
    /// meanwhile.
    pub fn made(
        &self,
        contact: Uuid,
        reminder: u32,
        rules: &FollowUpRules,
        now: Moment,
    ) -> Vec<FollowUpEvent> {
        let step = Step::Make { contact, reminder };
        if !self.steps(now).contains(&step) {
            return Vec::new();
        }
        let Some(known) = self.contacts.get(&contact) else {
            return Vec::new();
        };
        let silent_at = match known.standing {
            ContactStanding::Made { silent_at, .. } => silent_at,
            ContactStanding::Planned
            | ContactStanding::Answered { .. }
            | ContactStanding::Overtaken => {
                // Whoever was silent before stays so: a newer question does not begin it anew.
                let from_now = now + rules.silent_after();
                self.silent_at()
                    .map_or(from_now, |before| before.min(from_now))
            }
        };
        let mut events: Vec<FollowUpEvent> = self
            .contacts
            .values()
            .filter(|other| other.id != contact && other.next_or_open(now))
            .map(|other| FollowUpEvent::ContactOvertaken { contact: other.id })
            .collect();
        events.push(FollowUpEvent::ContactMade {
            contact,
            reminder,
            again_at: rules.reminder_after(reminder).map(|after| now + after),
            silent_at,
            watched: known
                .kind
                .watches()
                .iter()
                .map(ToString::to_string)
                .collect(),
        });
        events
    }

    /// Takes what a person says. With a warning sign a flag stands from the same moment on.
    ///
    /// Refuses an empty answer and too many words; names of signs or side effects that are not
    /// known are left out of nothing: they refuse the whole.
    // Hazard: H62
    pub fn report(
        &self,
        said: NewReport,
        rules: &FollowUpRules,
    ) -> Result<Vec<FollowUpEvent>, Refusal> {
        if self
            .reports
            .iter()
            .any(|known| known.said.report == said.report)
        {
            return Ok(Vec::new());
        }
        let empty = said.mood.is_none()
            && said.thoughts.is_none()
            && said.effects.is_empty()
            && said.signs.is_empty()
            && said.words.is_empty();
        if empty {
            return Err(Refusal::NothingSaid);
        }
        if said.words.chars().count() > LONGEST_WORDS {
            return Err(Refusal::TooLong);
        }
        let signs = &rules.signs;
        let known = said.signs.iter().all(|id| signs.sign(id).is_some())
            && said.effects.iter().all(|id| signs.effect(id).is_some());
        if !known {
            return Err(Refusal::Unknown);
        }
        let raised = signs.raised(&said.signs, said.thoughts);
        let flag = raised.first().map(|fastest| FollowUpEvent::FlagRaised {
            flag: Uuid::new_v5(&said.report, b"flag"),
            report: said.report,
            urgency: fastest.urgency,
            signs: raised.iter().map(|sign| sign.id.clone()).collect(),
        });
        let mut events = vec![FollowUpEvent::Reported { report: said }];
        events.extend(flag);
        Ok(events)
    }

    /// A warning sign comes of something else than a report: of an answer to a scale.
    ///
    /// `answered` names what was answered, and is what the flag says it is of. Nothing where the
    /// flag stands already, or where one of the same answers that nobody has dealt with asks for at
    /// least the same haste.
    // Hazard: H40, H62
    pub fn raise(
        &self,
        flag: Uuid,
        answered: Uuid,
        signs: Vec<String>,
        urgency: Urgency,
    ) -> Vec<FollowUpEvent> {
        let stands = self.flags.iter().any(|known| {
            let same = known.report == answered && known.is_open() && known.urgency >= urgency;
            known.flag == flag || same
        });
        if stands || signs.is_empty() {
            return Vec::new();
        }
        vec![FollowUpEvent::FlagRaised {
            flag,
            report: answered,
            signs,
            urgency,
        }]
    }

    /// Takes more of one side effect of a report.
    pub fn describe(
        &self,
        report: Uuid,
        effect: &str,
        detail: Detail,
    ) -> Result<Vec<FollowUpEvent>, Refusal> {
        let known = self
            .reports
            .iter()
            .find(|known| known.said.report == report);
        let known = known
            .filter(|known| known.said.effects.iter().any(|one| one == effect))
            .ok_or(Refusal::Unknown)?;
        if detail.helped.chars().count() > LONGEST_WORDS {
            return Err(Refusal::TooLong);
        }
        if known
            .details
            .get(effect)
            .is_some_and(|before| *before == detail)
        {
            return Ok(Vec::new());
        }
        Ok(vec![FollowUpEvent::EffectDescribed {
            report,
            effect: effect.to_owned(),
            detail,
        }])
    }

    /// A round of telling was done; nothing when it was recorded before or somebody has it in hand.
    ///
    /// `told` may be empty: a round that reached nobody does not end the telling.
    pub fn told(
        &self,
        flag: Uuid,
        round: u32,
        told: Vec<Told>,
        rules: &FollowUpRules,
        now: Moment,
    ) -> Vec<FollowUpEvent> {
        if !self.steps(now).contains(&Step::Tell { flag, round }) {
            return Vec::new();
        }
        let Some(known) = self.flag(flag) else {
            return Vec::new();
        };
        vec![FollowUpEvent::DutyTold {
            flag,
            round,
            told,
            again_at: now + rules.again_after(known.urgency),
        }]
    }

    /// Somebody has a flag in hand.
    pub fn acknowledge(&self, flag: Uuid) -> Result<Vec<FollowUpEvent>, Refusal> {
        let known = self.flag(flag).ok_or(Refusal::Unknown)?;
        match &known.standing {
            FlagStanding::Escalating { .. } => Ok(vec![FollowUpEvent::FlagAcknowledged { flag }]),
            FlagStanding::Acknowledged { by, .. } | FlagStanding::Settled { by, .. } => {
                Err(Refusal::InHand {
                    by: by.name().to_owned(),
                })
            }
        }
    }

    /// What stands against giving anything: a warning sign that is not dealt with, or a screen whose
    /// finding stops treatment; in one sentence. Source: clinical reference 7.4, 7.5.
    // Hazard: H62
    pub fn holds(&self, signs: &Signs) -> Option<String> {
        let says = |flag: &Flag| {
            let named: Vec<&str> = flag
                .signs
                .iter()
                .map(|id| {
                    signs
                        .sign(id)
                        .map_or(id.as_str(), |sign| sign.staff.as_str())
                })
                .collect();
            format!(
                "A warning sign after a session is not dealt with: {}.",
                named.join(", ")
            )
        };
        let screen =
            |one: &Screened| format!("{} holds treatment: {}", one.screen.says(), one.note);
        let flags = self.open_flags();
        flags
            .first()
            .map(|flag| says(flag))
            .or_else(|| self.held_by().map(screen))
    }

    /// A flag is dealt with. Refuses one that nobody acknowledged, silence about what was done, and
    /// anybody but a prescriber where a sign holds treatment.
    pub fn settle(
        &self,
        flag: Uuid,
        done: &str,
        role: Role,
        signs: &Signs,
    ) -> Result<Vec<FollowUpEvent>, Refusal> {
        let known = self.flag(flag).ok_or(Refusal::Unknown)?;
        let done = done.trim();
        let holds = |id: &String| signs.sign(id).is_some_and(|sign| sign.hold);
        if known.signs.iter().any(holds) && !decides(role) {
            return Err(Refusal::ForPrescriber);
        }
        match &known.standing {
            FlagStanding::Escalating { .. } => Err(Refusal::NotAcknowledged),
            FlagStanding::Settled { by, .. } => Err(Refusal::InHand {
                by: by.name().to_owned(),
            }),
            FlagStanding::Acknowledged { .. } if done.is_empty() => Err(Refusal::NotDone),
            FlagStanding::Acknowledged { .. } if done.chars().count() > LONGEST_WORDS => {
                Err(Refusal::TooLong)
            }
            FlagStanding::Acknowledged { .. } => Ok(vec![FollowUpEvent::FlagSettled {
                flag,
                done: done.to_owned(),
            }]),
        }
    }

    /// A screen was done. Refuses a finding that is not normal without words, and anybody but a
    /// prescriber where it would let treatment go on that its last finding holds.
    pub fn screened(
        &self,
        screen: Screen,
        found: Found,
        note: &str,
        role: Role,
    ) -> Result<Vec<FollowUpEvent>, Refusal> {
        let note = note.trim();
        let newest = self.screens.iter().rev().find(|one| one.screen == screen);
        let is_held = newest.is_some_and(|one| one.found == Found::Hold);
        if is_held && found != Found::Hold && !decides(role) {
            return Err(Refusal::ForPrescriber);
        }
        if note.is_empty() && found != Found::Normal {
            return Err(Refusal::NotDone);
        }
        if note.chars().count() > LONGEST_WORDS {
            return Err(Refusal::TooLong);
        }
        Ok(vec![FollowUpEvent::ScreenDone {
            screen,
            found,
            note: note.to_owned(),
        }])
    }

    /// The newest of each screen: charted by staff, or answered whole by the person. An answer lifts
    /// no finding that holds treatment: [`Self::held_by`] looks at what was charted alone.
    pub fn screens_done(&self) -> BTreeMap<Screen, Moment> {
        let charted = self.screens.iter().map(|one| (one.screen, one.at));
        let answered = self
            .watched
            .values()
            .filter_map(|one| Some((Screen::closed_by(&one.scale)?, one.at)));
        let mut done = BTreeMap::new();
        for (screen, at) in charted.chain(answered) {
            let newest = done.entry(screen).or_insert(at);
            *newest = (*newest).max(at);
        }
        done
    }

    /// When a scale that watches for harm was last answered whole.
    pub fn last_watched(&self, scale: &str) -> Option<Moment> {
        let of_scale = self.watched.values().filter(|one| one.scale == scale);
        of_scale.map(|one| one.at).max()
    }

    /// A scale that watches for harm stands like this on a sheet; nothing where that is recorded
    /// already.
    // Hazard: H65
    pub fn watch(&self, sheet: Uuid, scale: &str, is_whole: bool) -> Vec<FollowUpEvent> {
        if self.watched.contains_key(&sheet) == is_whole {
            return Vec::new();
        }
        vec![FollowUpEvent::WatchAnswered {
            sheet,
            scale: scale.to_owned(),
            is_whole,
        }]
    }

    /// The newest screen whose finding stops treatment, if the newest of its kind does.
    pub fn held_by(&self) -> Option<&Screened> {
        self.screens.iter().rev().find(|one| {
            let newest = self
                .screens
                .iter()
                .rev()
                .find(|other| other.screen == one.screen);
            one.found == Found::Hold && newest == Some(*one)
        })
    }

    /// A member of staff spoke with the person, or tried to. Refuses silence about what came of it.
    pub fn called(&self, reached: bool, note: &str) -> Result<Vec<FollowUpEvent>, Refusal> {
        let note = note.trim();
        if note.is_empty() {
            return Err(Refusal::NotDone);
        }
        if note.chars().count() > LONGEST_WORDS {
            return Err(Refusal::TooLong);
        }
        Ok(vec![FollowUpEvent::Called {
            reached,
            note: note.to_owned(),
        }])
    }
}

impl Contact {
    /// The next moment at which the person is written to about it.
    pub const fn next_at(&self) -> Option<Moment> {
        match self.standing {
            ContactStanding::Planned => Some(self.due),
            ContactStanding::Made { again_at, .. } => again_at,
            ContactStanding::Answered { .. } | ContactStanding::Overtaken => None,
        }
    }

    /// Its time has come, and it waits for an answer or for being made.
    fn next_or_open(&self, now: Moment) -> bool {
        match self.standing {
            ContactStanding::Planned => self.due <= now,
            ContactStanding::Made { .. } => true,
            ContactStanding::Answered { .. } | ContactStanding::Overtaken => false,
        }
    }
}

/// Who decides whether treatment goes on. Source: clinical reference 7.4.
const fn decides(role: Role) -> bool {
    matches!(role, Role::Prescriber | Role::MedicalDirector)
}
