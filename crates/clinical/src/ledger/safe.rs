//! Everything under lock together: who the registrant is, the inventory as a dated signed list,
//! the nightly match, and the cases that it opens.
//!
//! Source: clinical reference 10.1 (inventory, loss), safety reference 6.1 and 6.2.

use super::command::Witness;
use super::loss::Deadlines;
use super::matching::{Finding, Told, findings};
use super::product::{Drug, Form, Strength};
use super::rules::LedgerRules;
use crate::patient::CivilDate;
use crate::record::{
    Actor, EventId, Folded, Header, PatientId, Recorded, Role, SessionId, StreamKind,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{Micrograms, Microlitres, Moment};

/// The clinic as the authority knows it: it stands on every paper of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registrant {
    /// Its name.
    pub name: String,
    /// Its address, where the drugs are kept.
    pub address: String,
    /// Its registration number.
    pub registration: String,
}

/// Why an inventory is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InventoryKind {
    /// The first.
    Initial,
    /// The one that is due every two years.
    Biennial,
    /// Whoever answers for the drugs has changed.
    ChangeOfOfficer,
}

impl InventoryKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Biennial, Self::Initial, Self::ChangeOfOfficer];

    /// The word of forms and records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Biennial => "biennial",
            Self::ChangeOfOfficer => "change-of-officer",
        }
    }

    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Initial => "first inventory",
            Self::Biennial => "biennial inventory",
            Self::ChangeOfOfficer => "inventory at a change of whoever answers for the drugs",
        }
    }
}

/// At which end of the day an inventory is taken: it must be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hour {
    /// Before anything was drawn that day.
    Opening,
    /// After everything of that day.
    Close,
}

impl Hour {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Opening, Self::Close];

    /// The word of forms and records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Close => "close",
        }
    }

    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Opening => "at the opening of business",
            Self::Close => "at the close of business",
        }
    }
}

/// One container in stock, as an inventory takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stocked {
    /// The drug.
    pub drug: Drug,
    /// What it comes in.
    pub form: Form,
    /// How strong.
    pub strength: Strength,
    /// What it holds by its label.
    pub fill: Microlitres,
    /// What is in it by the ledger.
    pub remaining: Microlitres,
    /// It was opened.
    pub opened: bool,
    /// It is set apart, or past its last day.
    pub apart: bool,
    /// The day on which it was counted last.
    pub counted_on: Option<CivilDate>,
    /// A count has found another amount, and nobody has explained it.
    pub differs: bool,
    /// What is in its syringes and not accounted for.
    pub in_syringes: Micrograms,
}

/// One line of an inventory: containers of one product that stand alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryLine {
    /// The drug.
    pub drug: Drug,
    /// What it comes in.
    pub form: Form,
    /// How strong.
    pub strength: Strength,
    /// What one holds by its label.
    pub fill: Microlitres,
    /// Set apart or expired: listed by itself.
    pub apart: bool,
    /// How many never opened.
    pub sealed: u32,
    /// How many opened; each was measured.
    pub opened: u32,
    /// What is in all of them together.
    pub volume: Microlitres,
}

impl InventoryLine {
    /// What is in all of them together, as base.
    pub fn holds(&self) -> Micrograms {
        self.strength.holds(self.volume)
    }
}

/// What someone wants of all containers together. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// To say who the registrant is.
    NameRegistrant(Registrant),
    /// To take the inventory from the counts of today.
    TakeInventory {
        /// Why.
        kind: InventoryKind,
        /// At which end of the day.
        hour: Hour,
        /// The words that are signed.
        statement: String,
        /// The second person.
        witness: Witness,
    },
    /// To match what the sessions of a stretch of time say.
    Match {
        /// What they say.
        told: Vec<Told>,
        /// From when.
        from: Moment,
        /// Until when.
        until: Moment,
    },
    /// To explain a case.
    Explain {
        /// Of which session.
        case: SessionId,
        /// What it was.
        explanation: String,
    },
    /// To call what is missing in a case a theft or a loss.
    CallLost {
        /// Of which session.
        case: SessionId,
        /// What is known.
        note: String,
    },
    /// The authority was told in writing.
    NoteTold {
        /// Of which session.
        case: SessionId,
        /// Whom, and how.
        to: String,
    },
    /// The form was filed.
    NoteFiled {
        /// Of which session.
        case: SessionId,
        /// Its number.
        reference: String,
    },
}

/// What became true of all containers together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum SafeEvent {
    /// The registrant was named.
    RegistrantNamed {
        /// Who.
        registrant: Registrant,
    },
    /// An inventory was taken and signed.
    InventoryTaken {
        /// Why.
        kind: InventoryKind,
        /// At which end of the day.
        hour: Hour,
        /// On which day.
        on: CivilDate,
        /// Who the registrant was then.
        registrant: Registrant,
        /// What there was.
        lines: Vec<InventoryLine>,
        /// The words that were signed.
        statement: String,
        /// Who signed beside.
        witness: Witness,
    },
    /// The sessions of a stretch of time were matched.
    SessionsMatched {
        /// From when.
        from: Moment,
        /// Until when.
        until: Moment,
        /// How many say the same everywhere.
        agree: u32,
        /// How many do not.
        differ: u32,
        /// How many were under way.
        under_way: u32,
    },
    /// A session does not agree; or it was explained, and differs otherwise since.
    CaseOpened {
        /// Which session.
        case: SessionId,
        /// Whose.
        patient: PatientId,
        /// What was found.
        findings: Vec<Finding>,
    },
    /// The session agrees now.
    CaseSettled {
        /// Which session.
        case: SessionId,
    },
    /// Somebody explained it.
    CaseExplained {
        /// Which session.
        case: SessionId,
        /// What it was.
        explanation: String,
    },
    /// What is missing was called a theft or a loss.
    CaseCalledLost {
        /// Which session.
        case: SessionId,
        /// What is known.
        note: String,
    },
    /// The authority was told in writing.
    CaseTold {
        /// Which session.
        case: SessionId,
        /// Whom, and how.
        to: String,
    },
    /// The form was filed.
    CaseFiled {
        /// Which session.
        case: SessionId,
        /// Its number.
        reference: String,
    },
}

impl Recorded for SafeEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::RegistrantNamed { .. } => "RegistrantNamed",
            Self::InventoryTaken { .. } => "InventoryTaken",
            Self::SessionsMatched { .. } => "SessionsMatched",
            Self::CaseOpened { .. } => "CaseOpened",
            Self::CaseSettled { .. } => "CaseSettled",
            Self::CaseExplained { .. } => "CaseExplained",
            Self::CaseCalledLost { .. } => "CaseCalledLost",
            Self::CaseTold { .. } => "CaseTold",
            Self::CaseFiled { .. } => "CaseFiled",
        }
    }
}

/// Why something was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Only those who answer for the drugs do this.
    NotTheirs,
    /// Something that must have words has none.
    WordsMissing(&'static str),
    /// The registrant was never named.
    NoRegistrant,
    /// Containers in stock were not counted today.
    NotCounted(usize),
    /// A count has found a difference that nobody has explained.
    Differs(usize),
    /// Something is in a syringe, and nobody has said what became of it.
    InSyringes(Micrograms),
    /// The witness is whoever signs, or does not handle drugs.
    NoWitness,
    /// There is no open case of this session.
    NoCase,
    /// It was not called a loss, or this was noted before.
    NoLoss,
}

impl Refusal {
    /// One plain sentence.
    pub fn says(&self) -> String {
        let says = match self {
            Self::NotTheirs => {
                "only a prescriber, the medical director or the owner does this.".to_owned()
            }
            Self::WordsMissing(what) => format!("write {what}."),
            Self::NoRegistrant => {
                "the clinic’s name, address and registration stand on an inventory. Write them first."
                    .to_owned()
            }
            Self::NotCounted(1) => {
                "one container in stock was not counted today. Count it first.".to_owned()
            }
            Self::NotCounted(count) => {
                format!("{count} containers in stock were not counted today. Count them first.")
            }
            Self::Differs(count) => format!(
                "a count of {count} found another amount than the ledger has. That is explained first."
            ),
            Self::InSyringes(amount) => {
                format!("{amount} is in syringes, and nobody has said what became of it.")
            }
            Self::NoWitness => {
                "the second person is another who handles controlled drugs.".to_owned()
            }
            Self::NoCase => "no case of this session is open.".to_owned(),
            Self::NoLoss => "it was not called a loss, or this was noted before.".to_owned(),
        };
        format!("Not saved: {says}")
    }
}

/// An inventory that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The event that says so.
    pub event: EventId,
    /// Why.
    pub kind: InventoryKind,
    /// At which end of the day.
    pub hour: Hour,
    /// On which day.
    pub on: CivilDate,
    /// Who the registrant was then.
    pub registrant: Registrant,
    /// What there was.
    pub lines: Vec<InventoryLine>,
    /// The words that were signed.
    pub statement: String,
    /// Who signed.
    pub signed_by: String,
    /// Who signed beside.
    pub witness: String,
    /// When.
    pub at: Moment,
}

/// What the last match has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMatch {
    /// When it was made.
    pub at: Moment,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// How many say the same everywhere.
    pub agree: u32,
    /// How many do not.
    pub differ: u32,
    /// How many were under way.
    pub under_way: u32,
}

/// How a case stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stands", rename_all = "kebab-case")]
pub enum CaseStands {
    /// Somebody must look into it.
    Open,
    /// The session agrees since.
    Settled,
    /// Somebody explained it.
    Explained {
        /// What it was.
        explanation: String,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// What is missing was called a theft or a loss.
    Lost {
        /// What is known.
        note: String,
        /// Who says so.
        by: String,
        /// Whom the clinic told, and when.
        told: Option<(String, Moment)>,
        /// The number of the form, and when it was filed.
        filed: Option<(String, Moment)>,
    },
}

/// A session in which ledger, order and record did not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Which session.
    pub session: SessionId,
    /// Whose.
    pub patient: PatientId,
    /// What was found.
    pub findings: Vec<Finding>,
    /// When it was found: the clocks run from here.
    pub discovered_at: Moment,
    /// How it stands.
    pub stands: CaseStands,
}

impl Case {
    /// True while somebody must do something.
    pub const fn is_open(&self) -> bool {
        match &self.stands {
            CaseStands::Open => true,
            CaseStands::Settled | CaseStands::Explained { .. } => false,
            CaseStands::Lost { told, filed, .. } => told.is_none() || filed.is_none(),
        }
    }

    /// By when it must be told and filed if something is missing, from the day of its discovery.
    pub fn deadlines(&self, discovered_on: CivilDate, rules: &LedgerRules) -> Deadlines {
        Deadlines::of(discovered_on, rules.form_days)
    }

    /// How much the largest of its findings is about.
    pub fn amount(&self) -> Micrograms {
        let all = self.findings.iter().map(Finding::amount);
        all.max().unwrap_or_default()
    }
}

/// Everything under lock together, folded from events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Safe {
    /// Who the registrant is; none while nobody said.
    pub registrant: Option<Registrant>,
    /// The last inventory.
    pub inventory: Option<Inventory>,
    /// What the last match has found.
    pub matched: Option<LastMatch>,
    /// Every case there ever was.
    pub cases: BTreeMap<SessionId, Case>,
    /// The case that the newest event is about.
    pub touched: Option<SessionId>,
}

impl Folded for Safe {
    type Event = SafeEvent;
    const KIND: StreamKind = StreamKind::Safe;
    fn take(&mut self, header: &Header, event: &SafeEvent) {
        self.touched = None;
        let (at, by) = (header.occurred_at, header.actor.name().to_owned());
        match event {
            SafeEvent::RegistrantNamed { registrant } => self.registrant = Some(registrant.clone()),
            SafeEvent::InventoryTaken {
                kind,
                hour,
                on,
                registrant,
                lines,
                statement,
                witness,
            } => {
                self.inventory = Some(Inventory {
                    event: header.event_id,
                    kind: *kind,
                    hour: *hour,
                    on: *on,
                    registrant: registrant.clone(),
                    lines: lines.clone(),
                    statement: statement.clone(),
                    signed_by: by,
                    witness: witness.name.clone(),
                    at,
                });
            }
            SafeEvent::SessionsMatched {
                from,
                until,
                agree,
                differ,
                under_way,
            } => {
                self.matched = Some(LastMatch {
                    at,
                    from: *from,
                    until: *until,
                    agree: *agree,
                    differ: *differ,
                    under_way: *under_way,
                });
            }
            SafeEvent::CaseOpened {
                case,
                patient,
                findings,
            } => {
                let opened = Case {
                    session: *case,
                    patient: *patient,
                    findings: findings.clone(),
                    discovered_at: at,
                    stands: CaseStands::Open,
                };
                self.cases.insert(*case, opened);
                self.touched = Some(*case);
            }
            SafeEvent::CaseSettled { case } => {
                self.change(*case, |known| known.stands = CaseStands::Settled);
            }
            SafeEvent::CaseExplained { case, explanation } => {
                self.change(*case, |known| {
                    known.stands = CaseStands::Explained {
                        explanation: explanation.clone(),
                        by,
                        at,
                    };
                });
            }
            SafeEvent::CaseCalledLost { case, note } => {
                self.change(*case, |known| {
                    known.stands = CaseStands::Lost {
                        note: note.clone(),
                        by,
                        told: None,
                        filed: None,
                    };
                });
            }
            SafeEvent::CaseTold { case, to } => self.change(*case, |known| {
                if let CaseStands::Lost { told, .. } = &mut known.stands {
                    *told = Some((to.clone(), at));
                }
            }),
            SafeEvent::CaseFiled { case, reference } => self.change(*case, |known| {
                if let CaseStands::Lost { filed, .. } = &mut known.stands {
                    *filed = Some((reference.clone(), at));
                }
            }),
        }
    }
}

impl Safe {
    fn change(&mut self, case: SessionId, change: impl FnOnce(&mut Case)) {
        self.touched = Some(case);
        if let Some(known) = self.cases.get_mut(&case) {
            change(known);
        }
    }
}

/// What a decision may know besides what was decided before.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// Who commands.
    pub actor: &'a Actor,
    /// The rules of the clinic.
    pub rules: &'a LedgerRules,
    /// Everything in stock; read for an inventory.
    pub stock: &'a [Stocked],
}

/// Decides about all containers together. Pure. `Hazard: H37`.
pub fn decide(
    safe: &Safe,
    wanted: Wanted,
    context: &Context<'_>,
) -> Result<Vec<SafeEvent>, Refusal> {
    let event = match wanted {
        Wanted::NameRegistrant(registrant) => {
            answers(context.actor)?;
            SafeEvent::RegistrantNamed {
                registrant: Registrant {
                    name: words(&registrant.name, "the clinic’s name")?,
                    address: words(&registrant.address, "its address")?,
                    registration: words(&registrant.registration, "its registration number")?,
                },
            }
        }
        Wanted::TakeInventory {
            kind,
            hour,
            statement,
            witness,
        } => {
            answers(context.actor)?;
            looks_on(&witness, context.actor)?;
            SafeEvent::InventoryTaken {
                kind,
                hour,
                on: context.today,
                registrant: safe.registrant.clone().ok_or(Refusal::NoRegistrant)?,
                lines: inventory(context)?,
                statement: words(&statement, "the words that are signed")?,
                witness,
            }
        }
        Wanted::Match { told, from, until } => {
            return Ok(matched(safe, &told, (from, until), context.rules));
        }
        Wanted::Explain { case, explanation } => {
            answers(context.actor)?;
            open(safe, case)?;
            SafeEvent::CaseExplained {
                case,
                explanation: words(&explanation, "what it was")?,
            }
        }
        Wanted::CallLost { case, note } => {
            answers(context.actor)?;
            open(safe, case)?;
            SafeEvent::CaseCalledLost {
                case,
                note: words(&note, "what is known of it")?,
            }
        }
        Wanted::NoteTold { case, to } => {
            answers(context.actor)?;
            if !matches!(lost(safe, case), Some((None, _))) {
                return Err(Refusal::NoLoss);
            }
            SafeEvent::CaseTold {
                case,
                to: words(&to, "which office was told, and how")?,
            }
        }
        Wanted::NoteFiled { case, reference } => {
            answers(context.actor)?;
            if !matches!(lost(safe, case), Some((_, None))) {
                return Err(Refusal::NoLoss);
            }
            SafeEvent::CaseFiled {
                case,
                reference: words(&reference, "the number of the form")?,
            }
        }
    };
    Ok(vec![event])
}

/// The lines of an inventory: everything was counted today, nothing waits to be explained.
fn inventory(context: &Context<'_>) -> Result<Vec<InventoryLine>, Refusal> {
    let count =
        |which: &dyn Fn(&Stocked) -> bool| context.stock.iter().filter(|one| which(one)).count();
    let open: Micrograms = context.stock.iter().map(|one| one.in_syringes).sum();
    if !open.is_zero() {
        return Err(Refusal::InSyringes(open));
    }
    let in_it = |one: &Stocked| !one.remaining.is_zero() || one.differs;
    match count(&|one| in_it(one) && one.counted_on != Some(context.today)) {
        0 => {}
        uncounted => return Err(Refusal::NotCounted(uncounted)),
    }
    match count(&|one| one.differs) {
        0 => {}
        differing => return Err(Refusal::Differs(differing)),
    }
    let mut lines: Vec<InventoryLine> = Vec::new();
    for one in context.stock.iter().filter(|one| in_it(one)) {
        let alike = lines.iter().position(|line| {
            (line.drug, line.form, line.strength, line.fill, line.apart)
                == (one.drug, one.form, one.strength, one.fill, one.apart)
        });
        let at = alike.unwrap_or_else(|| {
            lines.push(InventoryLine {
                drug: one.drug,
                form: one.form,
                strength: one.strength,
                fill: one.fill,
                apart: one.apart,
                sealed: 0,
                opened: 0,
                volume: Microlitres::ZERO,
            });
            lines.len() - 1
        });
        let line = &mut lines[at];
        if one.opened {
            line.opened += 1;
        } else {
            line.sealed += 1;
        }
        line.volume = line.volume.with(one.remaining);
    }
    lines.sort_by_key(|line| (line.drug, line.strength, line.apart));
    Ok(lines)
}

/// What a match comes to: how many agree, and which cases are opened and settled by it.
fn matched(
    safe: &Safe,
    told: &[Told],
    (from, until): (Moment, Moment),
    rules: &LedgerRules,
) -> Vec<SafeEvent> {
    let (mut agree, mut differ, mut under_way) = (0, 0, 0);
    let mut cases = Vec::new();
    for one in told {
        let known = safe.cases.get(&one.session);
        if one.under_way {
            under_way += 1;
            continue;
        }
        let found = findings(one, rules);
        if found.is_empty() {
            agree += 1;
            // What was called a loss stays one until it is told and filed.
            if known.is_some_and(|case| case.stands == CaseStands::Open) {
                cases.push(SafeEvent::CaseSettled { case: one.session });
            }
            continue;
        }
        differ += 1;
        let same = known.is_some_and(|case| {
            case.findings == found && case.stands != CaseStands::Settled
                || matches!(case.stands, CaseStands::Lost { .. })
        });
        if !same {
            cases.push(SafeEvent::CaseOpened {
                case: one.session,
                patient: one.patient,
                findings: found,
            });
        }
    }
    let first = SafeEvent::SessionsMatched {
        from,
        until,
        agree,
        differ,
        under_way,
    };
    [first].into_iter().chain(cases).collect()
}

/// Whoever answers for the drugs. Source: safety reference 6.2: the approver.
fn answers(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Person {
            role: Role::Prescriber | Role::MedicalDirector | Role::Owner,
            ..
        } => Ok(()),
        Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. } => {
            Err(Refusal::NotTheirs)
        }
    }
}

fn looks_on(witness: &Witness, actor: &Actor) -> Result<(), Refusal> {
    if matches!(actor, Actor::Person { id, .. } if *id == witness.id) {
        return Err(Refusal::NoWitness);
    }
    match witness.role {
        Role::Nurse | Role::Prescriber | Role::MedicalDirector => Ok(()),
        Role::Therapist
        | Role::FrontDesk
        | Role::Owner
        | Role::Auditor
        | Role::IntegrationClient
        | Role::Patient => Err(Refusal::NoWitness),
    }
}

fn open(safe: &Safe, case: SessionId) -> Result<&Case, Refusal> {
    let known = safe.cases.get(&case).ok_or(Refusal::NoCase)?;
    match known.stands {
        CaseStands::Open => Ok(known),
        CaseStands::Settled | CaseStands::Explained { .. } | CaseStands::Lost { .. } => {
            Err(Refusal::NoCase)
        }
    }
}

/// What was told and filed of a case that was called a loss.
#[expect(clippy::type_complexity, reason = "two parts of one state")]
fn lost(
    safe: &Safe,
    case: SessionId,
) -> Option<(Option<&(String, Moment)>, Option<&(String, Moment)>)> {
    match &safe.cases.get(&case)?.stands {
        CaseStands::Lost { told, filed, .. } => Some((told.as_ref(), filed.as_ref())),
        CaseStands::Open | CaseStands::Settled | CaseStands::Explained { .. } => None,
    }
}

fn words(text: &str, what: &'static str) -> Result<String, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Refusal::WordsMissing(what));
    }
    Ok(trimmed.to_owned())
}
