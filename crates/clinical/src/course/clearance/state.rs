//! The letters of one person, folded from events, and how each stands on a day.

use super::command::Way;
use super::event::{Asked, ClearanceEvent};
use super::paper::Paper;
use crate::course::message::Tried;
use crate::course::screening::ScreeningRules;
use crate::course::screening::person::{Clearance, Source, Witness};
use crate::patient::CivilDate;
use crate::record::{Actor, ClearanceId, CommandId, Folded, Header, Role, StreamKind};
use std::sync::Arc;
use units::{Moment, Span};
use uuid::Uuid;

/// Every request for one person, in the order of asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clearances {
    /// The requests.
    pub requests: Vec<Request>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub id: ClearanceId,
    /// What was asked, and of whom.
    pub asked: Asked,
    /// Who asked, and when.
    pub by: Arc<Witness>,
    /// How it went out, in the order of noting.
    pub sent: Vec<Sent>,
    /// The e-mails that carried it, or were to, in the order of sending.
    pub mails: Vec<Mail>,
    /// The papers that came; the newest counts.
    pub papers: Vec<Received>,
    /// Why nobody waits for it any longer.
    pub withdrawn: Option<String>,
}

/// A request on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// How.
    pub way: Way,
    /// On which day.
    pub on: CivilDate,
    /// What was said.
    pub note: String,
    /// Who noted it, and when.
    pub by: Arc<Witness>,
}

/// An e-mail with the letter in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Which: the command that wanted it.
    pub id: CommandId,
    /// Which try at that command hands it over.
    pub attempt: Uuid,
    /// To which address.
    pub to: String,
    /// Who at the recipient's confirmed the address, and how.
    pub checked_with: String,
    /// Who sent it, and when.
    pub by: Arc<Witness>,
    /// What came of it.
    pub outcome: MailOutcome,
}

/// What came of an e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// Nobody knows yet; after a while: nobody knows whether it left.
    NotKnown,
    /// The mail server took it.
    Taken {
        /// When.
        at: Moment,
        /// What it answered.
        receipt: String,
    },
    /// It was not taken.
    Failed {
        /// When.
        at: Moment,
        /// Why, in words.
        why: String,
    },
}

/// For how long an e-mail may be under way without anybody knowing what came of it. Source: the
/// project's choice, above the patience with a mail server.
const UNDER_WAY: Span = Span::from_minutes(2);

impl Mail {
    /// True while what came of it may still be told by whoever hands it over.
    pub fn is_under_way(&self, now: Moment) -> bool {
        self.outcome == MailOutcome::NotKnown && now < self.by.at + UNDER_WAY
    }
}

/// A paper that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The paper.
    pub paper: Paper,
    /// The date on it; `None` when it is not known.
    pub dated: Option<CivilDate>,
    /// Corrections of that date: what stood there, and why it was changed.
    pub redated: Vec<(Option<CivilDate>, String)>,
    /// Who signed it.
    pub signed_by: String,
    /// Who took it in, and when.
    pub by: Arc<Witness>,
    /// What a prescriber made of it.
    pub review: Option<Review>,
}

/// What a prescriber made of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Review {
    /// It holds.
    Accepted {
        /// Who signed, and when.
        by: Arc<Witness>,
        /// The words that were signed.
        statement: String,
        /// How many days it held by the rules of that moment.
        holds_days: i32,
    },
    /// It does not do.
    Rejected {
        /// Who decided, and when.
        by: Arc<Witness>,
        /// Why.
        reason: String,
    },
}

/// The clinic's times for letters, in days of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long a letter holds from its date. Source: policy `eligibility`, `clearance_days`.
    pub holds_days: i32,
    /// How long an answer is waited for. Source: policy `clearance`, `chase_days`.
    pub chase_days: i32,
    /// How long before its end a letter is asked for anew. Source: policy `clearance`,
    /// `renewal_days`.
    pub renewal_days: i32,
}

/// How a request stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was asked for, and has not gone out.
    ToSend,
    /// It was brought, and is still to be taken in.
    ToTakeIn,
    /// An answer is waited for.
    Waiting {
        /// From which day on it is asked again.
        chase_on: CivilDate,
    },
    /// The waiting has been too long.
    ToChase {
        /// Since which day.
        since: CivilDate,
    },
    /// A paper came, and the date on it is not known.
    Undated,
    /// A paper came, and no prescriber has decided yet.
    ToReview,
    /// The paper does not do; a better one is waited for.
    Rejected,
    /// It holds.
    Holds {
        /// The last day.
        until: CivilDate,
    },
    /// It holds, and not for much longer.
    ToRenew {
        /// The last day.
        until: CivilDate,
    },
    /// It holds no longer.
    Expired {
        /// The last day on which it did.
        until: CivilDate,
    },
    /// Nobody waits for it any longer.
    Withdrawn,
}

impl Times {
    /// As the rules in force say.
    ///
    /// `None` where the policy of letters is not among them, or a value is no number of days.
    pub fn of(rules: &ScreeningRules) -> Option<Self> {
        let days = |policy: &str, parameter: &str| {
            let known = rules.policies().iter().find(|known| known.id() == policy)?;
            i32::try_from(known.value(parameter)?.value).ok()
        };
        Some(Self {
            holds_days: days("eligibility", "clearance_days")?,
            chase_days: days("clearance", "chase_days")?,
            renewal_days: days("clearance", "renewal_days")?,
        })
    }
}

impl Asked {
    /// True when it is to lift this requirement.
    pub fn lifts(&self, requirement: &str) -> bool {
        self.about
            .iter()
            .any(|known| known.requirement == requirement)
    }
}

impl Request {
    /// The newest paper.
    pub fn newest(&self) -> Option<&Received> {
        self.papers.last()
    }

    /// The newest e-mail.
    pub fn newest_mail(&self) -> Option<&Mail> {
        self.mails.last()
    }

    /// What a try to hand an e-mail over means; nothing, when that is known already.
    pub fn mail_tried(&self, mail: CommandId, tried: Tried, on: CivilDate) -> Vec<ClearanceEvent> {
        let clearance = self.id;
        let open = |known: &&Mail| known.id == mail && known.outcome == MailOutcome::NotKnown;
        if self.mails.iter().find(open).is_none() {
            return Vec::new();
        }
        vec![match tried {
            Tried::Taken { receipt } => ClearanceEvent::ClearanceMailTaken {
                clearance,
                mail,
                on,
                receipt,
            },
            Tried::NotNow { why } | Tried::Never { why } => ClearanceEvent::ClearanceMailFailed {
                clearance,
                mail,
                why,
            },
        }]
    }

    /// True while an answer to it is still open.
    pub fn is_waiting(&self) -> bool {
        let accepted = self
            .newest()
            .is_some_and(|paper| matches!(paper.review, Some(Review::Accepted { .. })));
        self.withdrawn.is_none() && !accepted
    }

    /// From which day on it is asked again, by the days that stood in the rules when it was asked;
    /// `None` before it went out.
    pub fn chase_on(&self) -> Option<CivilDate> {
        let latest = self.sent.iter().map(|sent| sent.on).max()?;
        Some(latest.plus_days(self.asked.chase_days))
    }

    /// How it stands on a day.
    pub fn standing(&self, today: CivilDate, times: Times) -> Standing {
        if self.withdrawn.is_some() {
            return Standing::Withdrawn;
        }
        let Some(paper) = self.newest() else {
            return match self.chase_on() {
                None if self.asked.brought => Standing::ToTakeIn,
                None => Standing::ToSend,
                Some(since) if since <= today => Standing::ToChase { since },
                Some(chase_on) => Standing::Waiting { chase_on },
            };
        };
        match (&paper.review, paper.dated) {
            (Some(Review::Rejected { .. }), _) => Standing::Rejected,
            (None | Some(Review::Accepted { .. }), None) => Standing::Undated,
            (None, Some(_)) => Standing::ToReview,
            (Some(Review::Accepted { .. }), Some(dated)) => {
                let until = dated.plus_days(times.holds_days);
                if today > until {
                    Standing::Expired { until }
                } else if today >= until.plus_days(-times.renewal_days) {
                    Standing::ToRenew { until }
                } else {
                    Standing::Holds { until }
                }
            }
        }
    }

    /// The letters that screening may count on: the newest paper, once for each requirement.
    ///
    /// A paper without a date, and one that was not accepted by decision, is none.
    fn for_screening(&self) -> impl Iterator<Item = Clearance> + '_ {
        let counted = self
            .newest()
            .filter(|_| self.withdrawn.is_none())
            .and_then(|paper| {
                // Hazard: H24
                let dated = paper.dated?;
                let accepted = match &paper.review {
                    None => None,
                    Some(Review::Accepted { by, .. }) => Some(Arc::clone(by)),
                    Some(Review::Rejected { .. }) => return None,
                };
                Some((dated, accepted))
            });
        self.asked.about.iter().filter_map(move |lifts| {
            let (dated, accepted) = counted.clone()?;
            Some(Clearance {
                about: lifts.requirement.clone(),
                from: self.asked.from.clone(),
                dated,
                accepted,
            })
        })
    }
}

impl Clearances {
    /// One request.
    pub fn request(&self, id: ClearanceId) -> Option<&Request> {
        self.requests.iter().find(|request| request.id == id)
    }

    /// The letters that screening may count on.
    pub fn for_screening(&self) -> Vec<Clearance> {
        self.requests
            .iter()
            .flat_map(Request::for_screening)
            .collect()
    }

    /// The requests that are to lift a requirement, newest first.
    pub fn about<'a>(&'a self, requirement: &'a str) -> impl Iterator<Item = &'a Request> {
        self.requests
            .iter()
            .rev()
            .filter(move |request| request.asked.lifts(requirement))
    }

    /// Takes in one event that somebody caused at a moment; never fails.
    pub fn apply(&mut self, event: &ClearanceEvent, actor: &Actor, at: Moment) {
        let by = Arc::new(witness(actor, at));
        match event {
            ClearanceEvent::ClearanceRequested { clearance, asked } => {
                self.requests.push(Request {
                    id: *clearance,
                    asked: asked.as_ref().clone(),
                    by,
                    sent: Vec::new(),
                    mails: Vec::new(),
                    papers: Vec::new(),
                    withdrawn: None,
                });
            }
            ClearanceEvent::ClearanceSent {
                clearance,
                way,
                on,
                note,
            } => self.change(*clearance, |request| {
                request.sent.push(Sent {
                    way: *way,
                    on: *on,
                    note: note.clone(),
                    by,
                });
            }),
            ClearanceEvent::ClearanceMailed {
                clearance,
                mail,
                attempt,
                to,
                checked_with,
            } => self.change(*clearance, |request| {
                request.mails.push(Mail {
                    id: *mail,
                    attempt: *attempt,
                    to: to.clone(),
                    checked_with: checked_with.clone(),
                    by,
                    outcome: MailOutcome::NotKnown,
                });
            }),
            ClearanceEvent::ClearanceMailTaken {
                clearance,
                mail,
                on,
                receipt,
            } => self.change(*clearance, |request| {
                let known = request.mails.iter_mut().find(|known| known.id == *mail);
                if let Some(known) = known {
                    known.outcome = MailOutcome::Taken {
                        at,
                        receipt: receipt.clone(),
                    };
                    request.sent.push(Sent {
                        way: Way::Email,
                        on: *on,
                        note: format!("to {}", known.to),
                        by: Arc::clone(&known.by),
                    });
                }
            }),
            ClearanceEvent::ClearanceMailFailed {
                clearance,
                mail,
                why,
            } => self.change(*clearance, |request| {
                let known = request.mails.iter_mut().find(|known| known.id == *mail);
                if let Some(known) = known {
                    known.outcome = MailOutcome::Failed {
                        at,
                        why: why.clone(),
                    };
                }
            }),
            ClearanceEvent::ClearanceReceived {
                clearance,
                paper,
                dated,
                signed_by,
            } => self.change(*clearance, |request| {
                request.papers.push(Received {
                    paper: paper.clone(),
                    dated: *dated,
                    redated: Vec::new(),
                    signed_by: signed_by.clone(),
                    by,
                    review: None,
                });
            }),
            ClearanceEvent::ClearanceDated {
                clearance,
                dated,
                before,
                reason,
            } => self.paper(*clearance, |paper| {
                paper.dated = Some(*dated);
                paper.redated.push((*before, reason.clone()));
            }),
            ClearanceEvent::ClearanceAccepted {
                clearance,
                dated: _,
                holds_days,
                role: _,
                statement,
            } => self.paper(*clearance, |paper| {
                paper.review = Some(Review::Accepted {
                    by,
                    statement: statement.clone(),
                    holds_days: *holds_days,
                });
            }),
            ClearanceEvent::ClearanceRejected { clearance, reason } => {
                self.paper(*clearance, |paper| {
                    paper.review = Some(Review::Rejected {
                        by,
                        reason: reason.clone(),
                    });
                });
            }
            ClearanceEvent::ClearanceWithdrawn { clearance, reason } => {
                self.change(*clearance, |request| {
                    request.withdrawn = Some(reason.clone());
                });
            }
        }
    }

    fn change(&mut self, id: ClearanceId, change: impl FnOnce(&mut Request)) {
        let request = self.requests.iter_mut().find(|request| request.id == id);
        if let Some(request) = request {
            change(request);
        }
    }

    fn paper(&mut self, id: ClearanceId, change: impl FnOnce(&mut Received)) {
        self.change(id, |request| {
            if let Some(paper) = request.papers.last_mut() {
                change(paper);
            }
        });
    }
}

impl Folded for Clearances {
    type Event = ClearanceEvent;
    const KIND: StreamKind = StreamKind::Clearance;
    fn take(&mut self, header: &Header, event: &ClearanceEvent) {
        self.apply(event, &header.actor, header.recorded_at);
    }
}

fn witness(actor: &Actor, at: Moment) -> Witness {
    let (source, name) = match actor {
        Actor::Person {
            role: Role::Patient,
            name,
            ..
        } => (Source::Patient, name),
        Actor::Person { role, name, .. } => (Source::Staff(*role), name),
        Actor::Device { name } => (Source::Device, name),
        Actor::System { part } => (Source::Document, part),
    };
    Witness {
        source,
        name: name.clone(),
        at,
    }
}
