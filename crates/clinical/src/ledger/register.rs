//! The book of all containers for a stretch of time: what an inspector reads.

use super::container::{Account, Container};
use super::event::{ContainerEvent, Delivery};
use super::product::{Drug, Strength};
use crate::record::{ContainerId, Header, PatientId, SessionId, SyringeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{Decimal, Micrograms, Moment};

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Came in.
    Received,
    /// Was put elsewhere.
    Moved,
    /// Was handed out of the safe for a session.
    Issued,
    /// Was put back after that.
    Returned,
    /// Was opened.
    Opened,
    /// Was drawn into a syringe; what is in the clinic does not change, unless more came out than
    /// the label says.
    Drawn,
    /// What was drawn was checked by a second person.
    Checked,
    /// Was given to a patient.
    Given,
    /// Was wasted before a witness.
    Wasted,
    /// Was set apart, or is used again.
    SetApart,
    /// Went to another registrant.
    Sent,
    /// Broke or was spilled before a witness.
    Broken,
    /// An entry was wrong, and was set right.
    Corrected,
    /// Never was there.
    Struck,
    /// Was counted blind.
    Counted,
    /// A difference was explained.
    Explained,
    /// Was stolen or lost.
    Lost,
    /// The authority was told, or has the form.
    Told,
}

impl Kind {
    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Moved => "moved",
            Self::Issued => "issued",
            Self::Returned => "returned",
            Self::Opened => "opened",
            Self::Drawn => "drawn up",
            Self::Checked => "checked",
            Self::Given => "given",
            Self::Wasted => "wasted",
            Self::SetApart => "set apart",
            Self::Sent => "sent away",
            Self::Broken => "broken",
            Self::Corrected => "corrected",
            Self::Struck => "struck",
            Self::Counted => "counted",
            Self::Explained => "difference explained",
            Self::Lost => "lost",
            Self::Told => "authority told",
        }
    }
}

/// One line of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// What.
    pub kind: Kind,
    /// Which container.
    pub container: ContainerId,
    /// The clinic's own mark on it.
    pub mark: String,
    /// The drug in it.
    pub drug: Drug,
    /// How strong.
    pub strength: Strength,
    /// The lot.
    pub lot: String,
    /// How much this is about.
    pub amount: Micrograms,
    /// How much came into the clinic by it.
    pub came: Micrograms,
    /// How much went out of it for good.
    pub went: Micrograms,
    /// What is in the container and its syringes after it.
    pub left: Micrograms,
    /// Of what went: given to patients, by a correction.
    #[serde(default)]
    pub given_more: Micrograms,
    /// Of what went: wasted, by a correction.
    #[serde(default)]
    pub wasted_more: Micrograms,
    /// Was said to be given and was not: a correction.
    #[serde(default)]
    pub given_back: Micrograms,
    /// Was said to be wasted and was not: a correction.
    #[serde(default)]
    pub wasted_back: Micrograms,
    /// Of what went: was said to have come out beyond a label and had not, a correction.
    #[serde(default)]
    pub came_back: Micrograms,
    /// For which session.
    pub session: Option<SessionId>,
    /// Of whom.
    pub patient: Option<PatientId>,
    /// Which syringe; none for what is about the container, and in lines from before it was asked.
    #[serde(default)]
    pub syringe: Option<SyringeId>,
    /// By whom.
    pub by: String,
    /// Before whom.
    pub witness: String,
    /// What was said or written of it.
    pub words: String,
}

impl Entry {
    /// What it takes back of what had been written as out.
    pub fn back(&self) -> Micrograms {
        self.given_back.with(self.wasted_back)
    }
}

/// The line of a container's newest event; `before` is its account without it.
///
/// None for what is not about a container that was received.
pub(super) fn entry(
    before: &Account,
    after: &Container,
    header: &Header,
    event: &ContainerEvent,
) -> Option<Entry> {
    let label = after.label()?;
    let about = About::of(after, event);
    let (was, is) = (before, after.account());
    let came_back = beyond(was.came(), is.came());
    let by_correction = |amount| match about.kind {
        Kind::Corrected => amount,
        _said => Micrograms::ZERO,
    };
    Some(Entry {
        at: header.occurred_at,
        kind: about.kind,
        container: ContainerId(header.stream.id),
        mark: after.received.as_ref()?.mark.clone(),
        drug: label.drug,
        strength: label.strength,
        lot: label.lot.clone(),
        amount: about.amount,
        came: is.came().less(was.came()).unwrap_or_default(),
        // Each way for itself: a correction may move something from one to another.
        went: was
            .out()
            .into_iter()
            .zip(is.out())
            .map(|(was, is)| beyond(is, was))
            .chain([came_back])
            .sum(),
        left: is.here(),
        given_more: by_correction(beyond(is.given, was.given)),
        wasted_more: by_correction(beyond(is.wasted, was.wasted)),
        given_back: beyond(was.given, is.given),
        wasted_back: beyond(was.wasted, is.wasted),
        came_back,
        session: about.of.map(|(session, _)| session),
        patient: about.of.map(|(_, patient)| patient),
        syringe: about.syringe,
        by: header.actor.name().to_owned(),
        witness: about.witness,
        words: about.words,
    })
}

/// How much more the one is than the other; nothing where it is not.
fn beyond(one: Micrograms, other: Micrograms) -> Micrograms {
    one.less(other).unwrap_or_default()
}

/// What an event says in a line.
struct About {
    kind: Kind,
    amount: Micrograms,
    of: Option<(SessionId, PatientId)>,
    syringe: Option<SyringeId>,
    witness: String,
    words: String,
}

impl About {
    fn of(after: &Container, event: &ContainerEvent) -> Self {
        let line = |kind, amount, words: String| Self {
            kind,
            amount,
            of: None,
            syringe: None,
            witness: String::new(),
            words,
        };
        let syringe = |id| {
            let known = after.syringe(id);
            known.map(|known| (known.session, known.patient))
        };
        let differing = |expected: units::Microlitres, found: units::Microlitres| {
            let missing = expected.less(found).unwrap_or_default();
            let more = found.less(expected).unwrap_or_default();
            after.holds(missing.with(more))
        };
        match event {
            ContainerEvent::ContainerReceived {
                label,
                supplier,
                invoice,
                received_on,
                ..
            } => {
                let words = format!("from {supplier}, invoice {invoice}, {received_on}");
                line(Kind::Received, label.holds(), words)
            }
            ContainerEvent::ContainerMoved { to } => {
                line(Kind::Moved, Micrograms::ZERO, format!("to {to}"))
            }
            ContainerEvent::ContainerIssued {
                session,
                patient,
                to,
            } => Self {
                of: Some((*session, *patient)),
                ..line(Kind::Issued, Micrograms::ZERO, format!("to {to}"))
            },
            ContainerEvent::ContainerReturned { to } => {
                line(Kind::Returned, Micrograms::ZERO, format!("to {to}"))
            }
            ContainerEvent::ContainerOpened => line(Kind::Opened, Micrograms::ZERO, String::new()),
            ContainerEvent::DrugDrawn {
                syringe: id,
                session,
                patient,
                volume,
                reason,
                ..
            } => Self {
                of: Some((*session, *patient)),
                syringe: Some(*id),
                ..line(
                    Kind::Drawn,
                    after.holds(*volume),
                    joined(&volume.to_string(), reason),
                )
            },
            ContainerEvent::DrugChecked {
                syringe: id,
                checker,
            } => Self {
                of: syringe(*id),
                syringe: Some(*id),
                witness: checker.name.clone(),
                ..line(Kind::Checked, Micrograms::ZERO, String::new())
            },
            ContainerEvent::DrugGiven {
                syringe: id,
                amount,
            } => Self {
                of: syringe(*id),
                syringe: Some(*id),
                ..line(Kind::Given, *amount, String::new())
            },
            ContainerEvent::SyringeWasted {
                syringe: id,
                amount,
                method,
                witness,
            } => Self {
                of: syringe(*id),
                syringe: Some(*id),
                witness: witness.name.clone(),
                ..line(Kind::Wasted, *amount, method.says().to_owned())
            },
            ContainerEvent::RestWasted {
                volume,
                method,
                reason,
                witness,
            } => Self {
                witness: witness.name.clone(),
                ..line(
                    Kind::Wasted,
                    after.holds(*volume),
                    joined(method.says(), reason),
                )
            },
            ContainerEvent::ContainerSetApart { reason } => {
                line(Kind::SetApart, Micrograms::ZERO, reason.clone())
            }
            ContainerEvent::ContainerTakenBack { reason } => line(
                Kind::SetApart,
                Micrograms::ZERO,
                format!("used again: {reason}"),
            ),
            ContainerEvent::ContainerSent {
                purpose,
                to,
                registration,
                document,
            } => {
                let words = format!(
                    "{}: {to}, registration {registration}, paper {document}",
                    purpose.says()
                );
                line(Kind::Sent, after.account().sent, words)
            }
            ContainerEvent::ContainerBroken { note, witness } => Self {
                witness: witness.name.clone(),
                ..line(Kind::Broken, after.account().broken, note.clone())
            },
            ContainerEvent::DeliveryCorrected {
                before,
                now,
                reason,
            } => line(
                Kind::Corrected,
                Micrograms::ZERO,
                joined(&changed(before, now), reason),
            ),
            ContainerEvent::ReceiptStruck { reason, witness } => Self {
                witness: witness.name.clone(),
                ..line(Kind::Struck, after.account().struck, reason.clone())
            },
            ContainerEvent::SyringeCorrected {
                syringe: id,
                volume,
                given,
                wasted,
                reason,
                witness,
            } => {
                let part = |amount: &Option<Micrograms>, what: &str| {
                    amount.map_or_else(String::new, |amount| format!(", {amount} {what}"))
                };
                let stands = format!(
                    "now {volume} drawn{}{}",
                    part(given, "given"),
                    part(wasted, "wasted")
                );
                Self {
                    of: syringe(*id),
                    syringe: Some(*id),
                    witness: witness.name.clone(),
                    ..line(
                        Kind::Corrected,
                        after.holds(*volume),
                        joined(&stands, reason),
                    )
                }
            }
            ContainerEvent::ContainerCounted { found, expected } => {
                let found = after.found(*found);
                let words = if found == *expected {
                    format!("{found}, as the ledger has it")
                } else {
                    format!("{found}; the ledger has {expected}")
                };
                line(Kind::Counted, after.holds(found), words)
            }
            ContainerEvent::DifferenceExplained {
                explanation,
                expected,
                found,
            } => line(
                Kind::Explained,
                differing(*expected, *found),
                explanation.clone(),
            ),
            ContainerEvent::LossCalled {
                note,
                expected,
                found,
                ..
            } => line(Kind::Lost, differing(*expected, *found), note.clone()),
            ContainerEvent::LossTold { to } => {
                line(Kind::Told, Micrograms::ZERO, format!("told: {to}"))
            }
            ContainerEvent::LossFiled { reference } => {
                line(Kind::Told, Micrograms::ZERO, format!("filed: {reference}"))
            }
        }
    }
}

/// What a correction of a delivery has changed, both said.
fn changed(before: &Delivery, now: &Delivery) -> String {
    let days = [
        before.expires,
        now.expires,
        before.received_on,
        now.received_on,
    ];
    let [expired, expires, came, comes] = days.map(|day| day.to_string());
    let all = [
        ("lot", &before.lot, &now.lot),
        ("last day", &expired, &expires),
        ("code", &before.code, &now.code),
        ("serial number", &before.serial, &now.serial),
        ("supplier", &before.supplier, &now.supplier),
        ("invoice", &before.invoice, &now.invoice),
        ("came on", &came, &comes),
    ];
    let said: Vec<String> = all
        .into_iter()
        .filter(|(_, before, now)| before != now)
        .map(|(what, before, now)| format!("{what} {now} instead of {before}"))
        .collect();
    said.join(", ")
}

fn joined(first: &str, reason: &str) -> String {
    if reason.is_empty() {
        first.to_owned()
    } else {
        format!("{first}: {reason}")
    }
}

/// What came in and went out of one drug in one strength.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// In the clinic before the first line.
    pub before: Micrograms,
    /// Came in.
    pub came: Micrograms,
    /// Went out for good.
    pub went: Micrograms,
    /// Of that, given to patients.
    pub given: Micrograms,
    /// Of that, wasted.
    pub wasted: Micrograms,
    /// Had been written as given, now or before, and was not.
    pub given_back: Micrograms,
    /// Had been written as wasted, now or before, and was not.
    pub wasted_back: Micrograms,
    /// Of what went out: had been written as come out beyond a label, now or before, and had not.
    pub came_back: Micrograms,
    /// In the clinic after the last line.
    pub after: Micrograms,
    /// By how much more had gone out than come in before the first line: a time is wrong.
    pub short_before: Micrograms,
    /// By how much more has gone out than come in after the last line; nothing is there then.
    pub short: Micrograms,
}

impl Balance {
    /// True when it closes to the microgram, and nothing went out that never came in.
    pub fn closes(&self) -> bool {
        let came = self.before.with(self.came).with(self.back());
        came == self.went.with(self.after) && self.short.is_zero()
    }

    /// The balance before the first line, for whoever goes through the lines.
    pub fn at_beginning(&self) -> Self {
        Self {
            before: self.before,
            after: self.before,
            short_before: self.short_before,
            short: self.short_before,
            ..Self::default()
        }
    }

    /// Goes on with a line: what is in the clinic after it.
    ///
    /// Below zero is never taken for nothing: what went out before it came in, because one of the
    /// two has a wrong time, stays until as much has come. `Hazard: H37`.
    pub fn after_line(&mut self, line: &Entry) {
        let came = self.after.with(line.came).with(line.back());
        let went = self.short.with(line.went);
        self.after = beyond(came, went);
        self.short = beyond(went, came);
    }

    /// What is in the clinic after the last line; below zero where more went out than came in.
    pub fn milligrams(&self) -> Decimal {
        self.after.large() - self.short.large()
    }

    /// What corrections have taken back of what had been written as out.
    pub fn back(&self) -> Micrograms {
        self.given_back.with(self.wasted_back)
    }
}

/// The book for a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// Each drug in each strength.
    pub balances: BTreeMap<(Drug, Strength), Balance>,
    /// The lines, in order of time.
    pub lines: Vec<Entry>,
}

impl Register {
    /// Puts the lines of a stretch together: `from` counts to it, `until` does not.
    ///
    /// `entries` are all lines there are before `until`, in order of time; what was before `from`
    /// makes the balance that it begins with.
    pub fn of(entries: impl IntoIterator<Item = Entry>, from: Moment, until: Moment) -> Self {
        let mut register = Self::default();
        for entry in entries {
            if entry.at >= until {
                continue;
            }
            let balance = register
                .balances
                .entry((entry.drug, entry.strength))
                .or_default();
            balance.after_line(&entry);
            if entry.at < from {
                balance.before = balance.after;
                balance.short_before = balance.short;
                continue;
            }
            balance.came = balance.came.with(entry.came);
            balance.went = balance.went.with(entry.went);
            balance.given_back = balance.given_back.with(entry.given_back);
            balance.wasted_back = balance.wasted_back.with(entry.wasted_back);
            balance.came_back = balance.came_back.with(entry.came_back);
            match entry.kind {
                Kind::Given => balance.given = balance.given.with(entry.went),
                Kind::Wasted => balance.wasted = balance.wasted.with(entry.went),
                Kind::Corrected => {
                    balance.given = balance.given.with(entry.given_more);
                    balance.wasted = balance.wasted.with(entry.wasted_more);
                }
                Kind::Received
                | Kind::Moved
                | Kind::Issued
                | Kind::Returned
                | Kind::Struck
                | Kind::Opened
                | Kind::Drawn
                | Kind::Checked
                | Kind::SetApart
                | Kind::Sent
                | Kind::Broken
                | Kind::Counted
                | Kind::Explained
                | Kind::Lost
                | Kind::Told => {}
            }
            register.lines.push(entry);
        }
        register
    }
}
