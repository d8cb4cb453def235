//! A person's consents, folded from events, and whether one is in force on a day.

use super::event::{ConsentEvent, Shown, Wish};
use crate::course::screening::person::Product;
use crate::patient::CivilDate;
use crate::record::{Folded, Header, StreamKind};

/// The newest consent of one person for each medicine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consents {
    /// One for each medicine that was ever signed for.
    pub newest: Vec<Consent>,
}

/// One consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// For which medicine.
    pub product: Product,
    /// The text that was signed.
    pub shown: Shown,
    /// On which day.
    pub on: CivilDate,
    /// A clinician signed that text.
    pub clinician: bool,
    /// A guardian signed that text.
    pub guardian: bool,
    /// The minor agreed.
    pub assent: bool,
    /// It was taken back.
    pub withdrawn: bool,
    /// What was said at the newest visit, and on which day.
    pub asked: Option<(CivilDate, Wish)>,
}

/// What is asked about a consent.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// For which medicine.
    pub product: Product,
    /// The day, in the clinic's time zone.
    pub today: CivilDate,
    /// Digests of the adopted texts, one for each language, filled with the rules in force.
    pub adopted: &'a [String],
    /// For how many months a signature holds. Source: clinical.md §10.2, 12 months `[D]`.
    pub holds_months: u16,
    /// Whether the person is a minor on that day; `None` when the birth date is not known.
    pub minor: Option<bool>,
    /// Whether the consent must have been confirmed on that day, as at every dose.
    pub at_dose: bool,
}

/// Whether a consent is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InForce {
    /// It is, through this day.
    Met(CivilDate),
    /// It is not, for every one of these reasons.
    Unmet(Vec<Reason>),
    /// Nobody can tell: the birth date is not known.
    Unknown,
}

/// Why a consent is not in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The patient has not signed.
    NotSigned,
    /// The text has changed since.
    OtherText,
    /// It is older than it may be.
    Expired,
    /// The patient took it back.
    Withdrawn,
    /// No clinician has signed.
    ClinicianMissing,
    /// No guardian has signed.
    GuardianMissing,
    /// The minor has not agreed.
    AssentMissing,
    /// The patient was not asked today.
    NotReconfirmed,
    /// The patient is not sure today.
    NotSureToday,
    /// The patient does not want it today.
    NotToday,
}

impl Consents {
    /// Whether the consent for a medicine is in force, with every reason why it is not.
    ///
    /// An unknown birth date never makes an adult: it is `Unknown`, unless something else is
    /// known to be missing.
    // Hazard: H25
    pub fn in_force(&self, asked: &Asked<'_>) -> InForce {
        let Some(consent) = self.of(&asked.product) else {
            return InForce::Unmet(vec![Reason::NotSigned]);
        };
        let until = months_later(consent.on, asked.holds_months);
        let today = consent
            .asked
            .and_then(|(on, wish)| (on == asked.today).then_some(wish));
        let minor = asked.minor == Some(true);
        let reasons: Vec<Reason> = [
            (consent.withdrawn, Reason::Withdrawn),
            (
                !asked.adopted.contains(&consent.shown.text),
                Reason::OtherText,
            ),
            (
                until.is_none_or(|until| asked.today.days_since(until) > 0),
                Reason::Expired,
            ),
            (!consent.clinician, Reason::ClinicianMissing),
            (minor && !consent.guardian, Reason::GuardianMissing),
            (minor && !consent.assent, Reason::AssentMissing),
            (asked.at_dose && today.is_none(), Reason::NotReconfirmed),
            (today == Some(Wish::NotSure), Reason::NotSureToday),
            (today == Some(Wish::No), Reason::NotToday),
        ]
        .into_iter()
        .filter_map(|(holds, reason)| holds.then_some(reason))
        .collect();
        match (until, asked.minor) {
            _ if !reasons.is_empty() => InForce::Unmet(reasons),
            (Some(until), Some(_)) => InForce::Met(until),
            (_, None) | (None, _) => InForce::Unknown,
        }
    }

    /// Takes in one event; never fails. A signature under another text than the patient's own does
    /// not count.
    pub fn absorb(&mut self, event: &ConsentEvent) {
        match event {
            ConsentEvent::ConsentSigned {
                product, shown, on, ..
            } => {
                self.newest.retain(|known| known.product != *product);
                self.newest.push(Consent {
                    product: *product,
                    shown: shown.clone(),
                    on: *on,
                    clinician: false,
                    guardian: false,
                    assent: false,
                    withdrawn: false,
                    asked: None,
                });
            }
            ConsentEvent::ClinicianSigned { product, text } => {
                self.change(product, |known| {
                    known.clinician |= known.shown.text == *text
                });
            }
            ConsentEvent::GuardianSigned { product, text, .. } => {
                self.change(product, |known| known.guardian |= known.shown.text == *text);
            }
            ConsentEvent::AssentGiven { product, text } => {
                self.change(product, |known| known.assent |= known.shown.text == *text);
            }
            ConsentEvent::ConsentReconfirmed { product, on, wish } => {
                self.change(product, |known| known.asked = Some((*on, *wish)));
            }
            ConsentEvent::ConsentWithdrawn { product, .. } => {
                self.change(product, |known| known.withdrawn = true);
            }
        }
    }

    fn of(&self, product: &Product) -> Option<&Consent> {
        self.newest.iter().find(|known| known.product == *product)
    }

    fn change(&mut self, product: &Product, change: impl FnOnce(&mut Consent)) {
        if let Some(consent) = self
            .newest
            .iter_mut()
            .find(|known| known.product == *product)
        {
            change(consent);
        }
    }
}

impl Folded for Consents {
    type Event = ConsentEvent;
    const KIND: StreamKind = StreamKind::Consent;
    fn take(&mut self, _header: &Header, event: &Self::Event) {
        self.absorb(event);
    }
}

/// The same day some months later, or the last day of that month where it has no such day.
/// `None` past the end of the calendar.
fn months_later(date: CivilDate, months: u16) -> Option<CivilDate> {
    let count = u16::from(date.month() - 1) + months;
    let year = date.year().checked_add(i16::try_from(count / 12).ok()?)?;
    let month = u8::try_from(count % 12 + 1).ok()?;
    (28..=date.day().max(28))
        .rev()
        .map(|last| last.min(date.day()))
        .find_map(|day| CivilDate::new(year, month, day).ok())
}
