//! One container, folded from events, and its balance.

use super::command::{Found, Witness};
use super::event::{ContainerEvent, Delivery, Label, Method, Purpose};
use super::register::{Entry, entry};
use crate::patient::CivilDate;
use crate::record::{Actor, Folded, Header, PatientId, SessionId, StaffId, StreamKind, SyringeId};
use units::{Micrograms, Microlitres, Moment};

/// How it came into the clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What stands on it.
    pub label: Label,
    /// The clinic's own mark on it.
    pub mark: String,
    /// From whom.
    pub supplier: String,
    /// The number of the invoice.
    pub invoice: String,
    /// The day on which it came.
    pub on: CivilDate,
}

/// What was drawn into one syringe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syringe {
    /// Which.
    pub id: SyringeId,
    /// For which session.
    pub session: SessionId,
    /// Of whom.
    pub patient: PatientId,
    /// When it was drawn up.
    pub drawn_at: Moment,
    /// By whom.
    pub drawn_by: String,
    /// Their account.
    pub drawn_by_id: Option<StaffId>,
    /// Why more was drawn than ordered, or than the label says; else empty.
    pub reason: String,
    /// Who checked it, without seeing the first entry.
    pub checked: Option<Witness>,
    /// How much was drawn.
    pub drawn: Micrograms,
    /// As volume from the container.
    pub volume: Microlitres,
    /// How much of it the patient got; none while nobody has said.
    pub given: Option<Micrograms>,
    /// How much of it was wasted, how, and before whom.
    pub wasted: Option<(Micrograms, Method, Witness)>,
    /// An entry about it was wrong and was set right.
    pub corrected: bool,
}

impl Syringe {
    /// What nobody has accounted for.
    pub fn left(&self) -> Micrograms {
        let out = self.given.unwrap_or_default();
        let wasted = self.wasted.as_ref().map(|(amount, ..)| *amount);
        let out = out.with(wasted.unwrap_or_default());
        self.drawn.less(out).unwrap_or_default()
    }

    /// True while it is not told what became of all of it.
    pub fn is_open(&self) -> bool {
        self.given.is_none() || !self.left().is_zero()
    }
}

/// How a container stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stands {
    /// It was never received.
    #[default]
    Nowhere,
    /// It is in the clinic.
    Here,
    /// It is in the clinic and set apart, for this reason.
    SetApart(String),
    /// It was handed to another registrant.
    Sent,
    /// It broke.
    Broken,
    /// It was never delivered, or taken in as another product.
    Struck,
}

/// A container that left the clinic for another registrant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// What for.
    pub purpose: Purpose,
    /// To whom.
    pub to: String,
    /// Their registration.
    pub registration: String,
    /// The paper that went with it.
    pub document: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// How much was in it.
    pub volume: Microlitres,
}

/// For whom a container was handed out of the safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// For which session.
    pub session: SessionId,
    /// Into which room.
    pub to: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
}

/// A count that did not find what the ledger has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How much the ledger has.
    pub expected: Microlitres,
    /// How much there is.
    pub found: Microlitres,
    /// Who counted.
    pub counted_by: Option<StaffId>,
    /// When.
    pub since: Moment,
}

/// A theft or loss, from its discovery on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// How much is missing.
    pub missing: Micrograms,
    /// When it was discovered: the clocks run from here.
    pub discovered_at: Moment,
    /// What is known of it.
    pub note: String,
    /// Who called it a loss.
    pub by: String,
    /// Whom the clinic told, and when.
    pub told: Option<(String, Moment)>,
    /// The number of the form, and when it was filed.
    pub filed: Option<(String, Moment)>,
}

/// Where everything that was in the container has gone. What came in and what went out are the
/// same, whatever happens: [`Account::closes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// By its label.
    pub received: Micrograms,
    /// Drawn beyond the label.
    pub beyond_label: Micrograms,
    /// Found beyond what the ledger had.
    pub found_more: Micrograms,
    /// Given to patients.
    pub given: Micrograms,
    /// Wasted, from syringes and from the container.
    pub wasted: Micrograms,
    /// Handed to another registrant.
    pub sent: Micrograms,
    /// Broken or spilled.
    pub broken: Micrograms,
    /// Missing with an explanation.
    pub explained: Micrograms,
    /// Stolen or lost.
    pub lost: Micrograms,
    /// Struck, because it never was there.
    pub struck: Micrograms,
    /// In syringes that nobody has accounted for.
    pub in_syringes: Micrograms,
    /// Still in it.
    pub remaining: Micrograms,
}

impl Account {
    /// What came in.
    pub fn came(&self) -> Micrograms {
        [self.received, self.beyond_label, self.found_more]
            .into_iter()
            .sum()
    }

    /// What went out for good.
    pub fn went(&self) -> Micrograms {
        self.out().into_iter().sum()
    }

    /// Each way in which something went out for good.
    pub(super) const fn out(&self) -> [Micrograms; 7] {
        [
            self.given,
            self.wasted,
            self.sent,
            self.broken,
            self.explained,
            self.lost,
            self.struck,
        ]
    }

    /// What must still be in the clinic.
    pub fn here(&self) -> Micrograms {
        self.in_syringes.with(self.remaining)
    }

    /// True when it closes to the microgram.
    pub fn closes(&self) -> bool {
        self.came() == self.went().with(self.here())
    }
}

/// One container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// How it came in; none before.
    pub received: Option<Received>,
    /// Where it is.
    pub place: String,
    /// How it stands.
    pub stands: Stands,
    /// For whom it was handed out, until it is put back.
    pub issued: Option<Issued>,
    /// How it left for another registrant.
    pub departed: Option<Departure>,
    /// When it was opened.
    pub opened_at: Option<Moment>,
    /// What the ledger has in it.
    pub remaining: Microlitres,
    /// What was drawn from it, in that order.
    pub syringes: Vec<Syringe>,
    /// A count that nobody has explained.
    pub difference: Option<Difference>,
    /// Losses, in the order of their calling.
    pub losses: Vec<Loss>,
    /// When it was counted last.
    pub counted_at: Option<Moment>,
    /// The line that the newest event writes into the book.
    pub newest: Option<Entry>,
    /// Drawn beyond the label.
    beyond: Microlitres,
    account: Account,
}

impl Folded for Container {
    type Event = ContainerEvent;
    const KIND: StreamKind = StreamKind::Container;
    fn take(&mut self, header: &Header, event: &ContainerEvent) {
        let before = self.account();
        self.apply(header, event);
        self.newest = entry(&before, self, header, event);
    }
}

impl Container {
    fn apply(&mut self, header: &Header, event: &ContainerEvent) {
        let at = header.occurred_at;
        match event {
            ContainerEvent::ContainerReceived {
                label,
                mark,
                supplier,
                invoice,
                received_on,
                place,
            } => {
                self.remaining = label.fill;
                self.account.received = label.holds();
                self.place.clone_from(place);
                self.stands = Stands::Here;
                self.received = Some(Received {
                    label: label.clone(),
                    mark: mark.clone(),
                    supplier: supplier.clone(),
                    invoice: invoice.clone(),
                    on: *received_on,
                });
            }
            ContainerEvent::ContainerMoved { to } => self.place.clone_from(to),
            ContainerEvent::ContainerIssued {
                session,
                patient: _,
                to,
            } => {
                self.place.clone_from(to);
                self.issued = Some(Issued {
                    session: *session,
                    to: to.clone(),
                    at,
                    by: header.actor.name().to_owned(),
                });
            }
            ContainerEvent::ContainerReturned { to } => {
                self.place.clone_from(to);
                self.issued = None;
            }
            ContainerEvent::ContainerOpened => self.opened_at = self.opened_at.or(Some(at)),
            ContainerEvent::DrugDrawn {
                syringe,
                session,
                patient,
                volume,
                beyond_label,
                reason,
            } => {
                self.beyond = self.beyond.with(*beyond_label);
                self.account.beyond_label = self.holds(self.beyond);
                self.leave(self.remaining.with(*beyond_label), *volume);
                self.syringes.push(Syringe {
                    id: *syringe,
                    session: *session,
                    patient: *patient,
                    drawn_at: at,
                    drawn_by: header.actor.name().to_owned(),
                    drawn_by_id: id_of(&header.actor),
                    reason: reason.clone(),
                    checked: None,
                    drawn: self.holds(*volume),
                    volume: *volume,
                    given: None,
                    wasted: None,
                    corrected: false,
                });
            }
            ContainerEvent::DrugChecked { syringe, checker } => {
                self.change(*syringe, |known| known.checked = Some(checker.clone()));
            }
            ContainerEvent::DrugGiven { syringe, amount } => {
                self.account.given = self.account.given.with(*amount);
                self.change(*syringe, |known| {
                    known.given = Some(known.given.unwrap_or_default().with(*amount));
                });
            }
            ContainerEvent::SyringeWasted {
                syringe,
                amount,
                method,
                witness,
            } => {
                self.account.wasted = self.account.wasted.with(*amount);
                self.change(*syringe, |known| {
                    known.given = known.given.or(Some(Micrograms::ZERO));
                    known.wasted = Some((*amount, *method, witness.clone()));
                });
            }
            ContainerEvent::RestWasted { volume, .. } => {
                self.account.wasted = self.account.wasted.with(self.holds(*volume));
                self.leave(self.remaining, *volume);
            }
            ContainerEvent::ContainerSetApart { reason } => {
                self.stands = Stands::SetApart(reason.clone());
            }
            ContainerEvent::ContainerTakenBack { .. } => self.stands = Stands::Here,
            ContainerEvent::ContainerSent {
                purpose,
                to,
                registration,
                document,
            } => {
                self.departed = Some(Departure {
                    purpose: *purpose,
                    to: to.clone(),
                    registration: registration.clone(),
                    document: document.clone(),
                    at,
                    by: header.actor.name().to_owned(),
                    volume: self.remaining,
                });
                self.account.sent = self.account.sent.with(self.holds(self.remaining));
                self.remaining = Microlitres::ZERO;
                self.stands = Stands::Sent;
            }
            ContainerEvent::ContainerBroken { .. } => {
                self.account.broken = self.account.broken.with(self.holds(self.remaining));
                self.remaining = Microlitres::ZERO;
                self.stands = Stands::Broken;
            }
            ContainerEvent::DeliveryCorrected { now, .. } => {
                if let Some(received) = &mut self.received {
                    received.label.lot.clone_from(&now.lot);
                    received.label.expires = now.expires;
                    received.label.code.clone_from(&now.code);
                    received.label.serial.clone_from(&now.serial);
                    received.supplier.clone_from(&now.supplier);
                    received.invoice.clone_from(&now.invoice);
                    received.on = now.received_on;
                }
            }
            ContainerEvent::ReceiptStruck { .. } => {
                self.account.struck = self.account.struck.with(self.holds(self.remaining));
                self.remaining = Microlitres::ZERO;
                self.stands = Stands::Struck;
            }
            ContainerEvent::SyringeCorrected {
                syringe,
                volume,
                given,
                wasted,
                reason: _,
                witness,
            } => self.correct(*syringe, *volume, *given, *wasted, witness),
            ContainerEvent::ContainerCounted { found, expected } => {
                self.counted_at = Some(at);
                let found = self.found(*found);
                self.difference = (found != *expected).then(|| Difference {
                    expected: *expected,
                    found,
                    counted_by: id_of(&header.actor),
                    since: at,
                });
            }
            ContainerEvent::DifferenceExplained {
                expected, found, ..
            } => {
                let missing = self.settle(*expected, *found);
                self.account.explained = self.account.explained.with(missing);
            }
            ContainerEvent::LossCalled {
                discovered_at,
                expected,
                found,
                note,
            } => {
                let missing = self.settle(*expected, *found);
                self.account.lost = self.account.lost.with(missing);
                self.losses.push(Loss {
                    missing,
                    discovered_at: *discovered_at,
                    note: note.clone(),
                    by: header.actor.name().to_owned(),
                    told: None,
                    filed: None,
                });
            }
            ContainerEvent::LossTold { to } => {
                if let Some(loss) = self.losses.last_mut() {
                    loss.told = Some((to.clone(), at));
                }
            }
            ContainerEvent::LossFiled { reference } => {
                if let Some(loss) = self.losses.last_mut() {
                    loss.filed = Some((reference.clone(), at));
                }
            }
        }
    }
}

fn id_of(actor: &Actor) -> Option<StaffId> {
    match actor {
        Actor::Person { id, .. } => Some(*id),
        Actor::Device { .. } | Actor::System { .. } => None,
    }
}

impl Container {
    /// What stands on it; none before it was received.
    pub fn label(&self) -> Option<&Label> {
        self.received.as_ref().map(|received| &received.label)
    }

    /// What a volume of it holds.
    pub fn holds(&self, volume: Microlitres) -> Micrograms {
        self.label()
            .map_or(Micrograms::ZERO, |label| label.strength.holds(volume))
    }

    /// Where everything that was in it has gone.
    pub fn account(&self) -> Account {
        Account {
            in_syringes: self.syringes.iter().map(Syringe::left).sum(),
            remaining: self.holds(self.remaining),
            ..self.account
        }
    }

    /// One of its syringes.
    pub fn syringe(&self, id: SyringeId) -> Option<&Syringe> {
        self.syringes.iter().find(|known| known.id == id)
    }

    /// True when it is in the clinic and something is in it.
    pub fn is_in_stock(&self) -> bool {
        matches!(self.stands, Stands::Here | Stands::SetApart(_)) && !self.remaining.is_zero()
    }

    /// How much somebody has found, as a volume.
    pub fn found(&self, found: Found) -> Microlitres {
        match found {
            Found::Sealed => self.label().map_or(Microlitres::ZERO, |label| label.fill),
            Found::Opened { volume } => volume,
            Found::Nothing => Microlitres::ZERO,
        }
    }

    /// A loss that waits for the authority to be told, or for its form.
    pub fn open_loss(&self) -> Option<&Loss> {
        let last = self.losses.last()?;
        (last.told.is_none() || last.filed.is_none()).then_some(last)
    }

    /// What is written of its delivery; none before it was received.
    pub fn delivery(&self) -> Option<Delivery> {
        let received = self.received.as_ref()?;
        let label = &received.label;
        Some(Delivery {
            lot: label.lot.clone(),
            expires: label.expires,
            code: label.code.clone(),
            serial: label.serial.clone(),
            supplier: received.supplier.clone(),
            invoice: received.invoice.clone(),
            received_on: received.on,
        })
    }

    /// Goes on as if a syringe had been written like this from the beginning.
    fn correct(
        &mut self,
        id: SyringeId,
        volume: Microlitres,
        given: Option<Micrograms>,
        wasted: Option<Micrograms>,
        witness: &Witness,
    ) {
        let Some(known) = self.syringe(id).cloned() else {
            return;
        };
        let was_wasted = known.wasted.as_ref().map(|(amount, ..)| *amount);
        let instead = |all: Micrograms, was: Option<Micrograms>, is: Option<Micrograms>| {
            let without = all.less(was.unwrap_or_default()).unwrap_or_default();
            without.with(is.unwrap_or_default())
        };
        self.account.given = instead(self.account.given, known.given, given);
        self.account.wasted = instead(self.account.wasted, was_wasted, wasted);
        self.leave(
            self.remaining,
            volume.less(known.volume).unwrap_or_default(),
        );
        self.put_back(known.volume.less(volume).unwrap_or_default());
        let drawn = self.holds(volume);
        self.change(id, |syringe| {
            // A second person has checked another volume.
            if syringe.volume != volume {
                syringe.checked = None;
            }
            syringe.volume = volume;
            syringe.drawn = drawn;
            syringe.given = given;
            if let (Some((amount, _, before)), Some(is)) = (&mut syringe.wasted, wasted) {
                *amount = is;
                before.clone_from(witness);
            }
            syringe.corrected = true;
        });
        // What a count has found may be just what the wrong entry had hidden.
        let remaining = self.remaining;
        self.difference = self.difference.take().and_then(|difference| {
            (difference.found != remaining).then_some(Difference {
                expected: remaining,
                ..difference
            })
        });
    }

    /// What was not drawn after all: first it did not come out beyond the label, then it is in the
    /// container, or went where that went. `Hazard: H37`.
    fn put_back(&mut self, volume: Microlitres) {
        let within = volume.less(self.beyond).unwrap_or_default();
        let beyond = volume.less(within).unwrap_or_default();
        self.beyond = self.beyond.less(beyond).unwrap_or_default();
        self.account.beyond_label = self.holds(self.beyond);
        let amount = self.holds(within);
        let went = match &self.stands {
            Stands::Nowhere | Stands::Here | Stands::SetApart(_) => {
                self.remaining = self.remaining.with(within);
                return;
            }
            Stands::Sent => &mut self.account.sent,
            Stands::Broken => &mut self.account.broken,
            Stands::Struck => &mut self.account.struck,
        };
        *went = went.with(amount);
        if let Some(departed) = &mut self.departed {
            departed.volume = departed.volume.with(within);
        }
    }

    /// Takes a volume out of what there is.
    fn leave(&mut self, there_is: Microlitres, taken: Microlitres) {
        self.remaining = there_is.less(taken).unwrap_or_default();
    }

    fn change(&mut self, id: SyringeId, change: impl FnOnce(&mut Syringe)) {
        if let Some(known) = self.syringes.iter_mut().find(|known| known.id == id) {
            change(known);
        }
    }

    /// Goes on with what was found; what is missing, if less was found.
    fn settle(&mut self, expected: Microlitres, found: Microlitres) -> Micrograms {
        self.difference = None;
        let more = found.less(expected).unwrap_or_default();
        let missing = expected.less(found).unwrap_or_default();
        self.account.found_more = self.account.found_more.with(self.holds(more));
        self.leave(self.remaining.with(more), missing);
        self.holds(missing)
    }
}
