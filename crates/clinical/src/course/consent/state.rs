//! A person's consents, folded from events, and whether one is in force on a day.

use super::event::{ConsentEvent, Explained, Shown, Wish};
use crate::course::screening::person::Product;
use crate::patient::CivilDate;
use crate::record::{Actor, Folded, Header, StreamKind};
use units::Moment;

/// The newest consent of one person for each medicine, every question, and all that happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consents {
    /// One for each medicine that anybody ever signed for.
    pub newest: Vec<Consent>,
    /// Every question, in the order in which they were asked.
    pub questions: Vec<Question>,
    /// All that happened, in its order.
    pub history: Vec<Happened>,
}

/// One consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// For which medicine.
    pub product: Product,
    /// The patient's own signature.
    pub patient: Option<Signature>,
    /// A guardian's, for a minor.
    pub guardian: Option<Signature>,
    /// The minor's agreement.
    pub assent: Option<Signature>,
    /// The clinician's signature under the text that was signed.
    pub clinician: Option<Explained>,
    /// A copy of it was given.
    pub copy: bool,
    /// It was taken back.
    pub withdrawn: bool,
    /// What was said at the newest visit, and on which day.
    pub asked: Option<(CivilDate, Wish)>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The text that was signed.
    pub shown: Shown,
    /// On which day.
    pub on: CivilDate,
    /// The name as typed.
    pub typed_name: String,
    /// For how many months it held by the rules of that day.
    pub holds_months: u16,
}

/// One question about the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which, from 1.
    pub number: u32,
    /// For which medicine.
    pub product: Product,
    /// The heading that it was asked under.
    pub about: String,
    /// In their words.
    pub words: String,
    /// What was answered; `None` while nobody has.
    pub answer: Option<String>,
}

/// What happened, who did it, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub event: ConsentEvent,
    /// Who.
    pub by: Actor,
    /// When it was recorded.
    pub at: Moment,
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
    /// The same of the texts for minors.
    pub adopted_for_minors: &'a [String],
    /// For how many months a signature holds. Source: clinical.md §10.2, 12 months `[D]`.
    pub holds_months: u16,
    /// Whether the person is a minor on that day; `None` when the birth date is not known.
    pub minor: Option<bool>,
    /// Whether the clinic treats minors with this medicine. Source: clinical.md §1.1, off `[D]`.
    pub minors_treated: bool,
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
    /// The person is a minor, and the clinic does not treat minors with this medicine.
    MinorsNotTreated,
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

impl Reason {
    /// In one plain sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotSigned => "The patient has not signed the consent.",
            Self::OtherText => "The text of the consent has changed since it was signed.",
            Self::Expired => "The signature is older than it may be.",
            Self::Withdrawn => "The patient took the consent back.",
            Self::MinorsNotTreated => {
                "The person is a minor, and the clinic's rules do not treat minors with this medicine."
            }
            Self::ClinicianMissing => "The clinician who explained it has not signed.",
            Self::GuardianMissing => "No guardian has signed.",
            Self::AssentMissing => "The young person has not agreed.",
            Self::NotReconfirmed => "The patient was not asked today whether they still want this.",
            Self::NotSureToday => "The patient is not sure today.",
            Self::NotToday => "The patient does not want it today.",
        }
    }

    /// What would change it, and who can do that, in one sentence.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::NotSigned => "The patient reads and signs it, on a phone or the clinic's tablet.",
            Self::OtherText | Self::Expired => {
                "The patient reads the text of today and signs again; then the prescriber signs."
            }
            Self::Withdrawn => "Give nothing. Only the patient can sign again.",
            Self::MinorsNotTreated => {
                "Only the medical director can open the programme for adolescents; esketamine is for adults only."
            }
            Self::ClinicianMissing => "The prescriber who explained it signs.",
            Self::GuardianMissing => "The guardian reads and signs it, beside a member of staff.",
            Self::AssentMissing => {
                "The young person reads their own text and says whether they agree."
            }
            Self::NotReconfirmed => "Ask the patient at the door, and note what they say.",
            Self::NotSureToday => "A clinician talks with the patient, then asks once more.",
            Self::NotToday => "Give nothing today.",
        }
    }
}

impl Consent {
    /// A consent that nobody has signed.
    pub const fn new(product: Product) -> Self {
        Self {
            product,
            patient: None,
            guardian: None,
            assent: None,
            clinician: None,
            copy: false,
            withdrawn: false,
            asked: None,
        }
    }

    /// The signature that the consent rests on: the patient's own, or a guardian's for a minor.
    pub const fn signature(&self, minor: bool) -> Option<&Signature> {
        if minor {
            self.guardian.as_ref()
        } else {
            self.patient.as_ref()
        }
    }

    /// Somebody signed anew: whoever explains it signs after that.
    fn begins_anew(&mut self) {
        self.clinician = None;
        self.copy = false;
        self.withdrawn = false;
        self.asked = None;
    }

    /// A text that is signed now, by the patient or by a guardian.
    fn is_signed_text(&self, text: &str) -> bool {
        [&self.patient, &self.guardian]
            .into_iter()
            .flatten()
            .any(|signature| signature.shown.text == text)
    }
}

impl Signature {
    /// The last day on which it holds; `None` past the end of the calendar.
    pub fn until(&self, months: u16) -> Option<CivilDate> {
        months_later(self.on, months)
    }
}

impl Consents {
    /// Whether the consent for a medicine is in force, with every reason why it is not.
    ///
    /// A minor's rests on the guardian's signature and the minor's own agreement; whoever has
    /// come of age since signs for themselves. An unknown birth date never makes an adult: it is
    /// `Unknown`, unless something else is known to be missing.
    // Hazard: H25
    pub fn in_force(&self, asked: &Asked<'_>) -> InForce {
        let minor = asked.minor == Some(true);
        let none = Consent::new(asked.product);
        let consent = self.of(asked.product).unwrap_or(&none);
        let signature = consent.signature(minor);
        let until = signature.and_then(|signature| signature.until(asked.holds_months));
        let today = consent
            .asked
            .and_then(|(on, wish)| (on == asked.today).then_some(wish));
        let is_other =
            |signature: &Signature, adopted: &[String]| !adopted.contains(&signature.shown.text);
        let assent = consent.assent.as_ref().filter(|_| minor);
        let signed = signature.is_some();
        let reasons: Vec<Reason> = [
            (minor && !asked.minors_treated, Reason::MinorsNotTreated),
            (consent.withdrawn, Reason::Withdrawn),
            (!minor && !signed, Reason::NotSigned),
            (
                signature.is_some_and(|signature| is_other(signature, asked.adopted))
                    || assent.is_some_and(|assent| is_other(assent, asked.adopted_for_minors)),
                Reason::OtherText,
            ),
            (
                signed && until.is_none_or(|until| asked.today.days_since(until) > 0),
                Reason::Expired,
            ),
            (
                signed && consent.clinician.is_none(),
                Reason::ClinicianMissing,
            ),
            (minor && !signed, Reason::GuardianMissing),
            (minor && assent.is_none(), Reason::AssentMissing),
            (
                signed && asked.at_dose && today.is_none(),
                Reason::NotReconfirmed,
            ),
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

    /// The newest consent for a medicine.
    pub fn of(&self, product: Product) -> Option<&Consent> {
        self.newest.iter().find(|known| known.product == product)
    }

    /// The questions about a medicine that nobody has answered yet.
    pub fn open_questions(&self, product: Product) -> impl Iterator<Item = &Question> {
        self.questions
            .iter()
            .filter(move |known| known.product == product && known.answer.is_none())
    }

    /// True when somebody signed for a medicine after a moment.
    pub fn was_signed_after(&self, product: Product, at: Moment) -> bool {
        self.history.iter().any(|happened| match &happened.event {
            ConsentEvent::ConsentSigned { product: of, .. }
            | ConsentEvent::GuardianSigned { product: of, .. } => {
                *of == product && happened.at > at
            }
            ConsentEvent::QuestionAsked { .. }
            | ConsentEvent::QuestionAnswered { .. }
            | ConsentEvent::ClinicianSigned { .. }
            | ConsentEvent::AssentGiven { .. }
            | ConsentEvent::CopyGiven { .. }
            | ConsentEvent::ConsentReconfirmed { .. }
            | ConsentEvent::ConsentWithdrawn { .. } => false,
        })
    }

    /// Takes in one event; never fails. A clinician's signature under another text than the one
    /// that was signed does not count.
    pub fn absorb(&mut self, event: &ConsentEvent) {
        match event {
            ConsentEvent::ConsentSigned {
                product,
                shown,
                on,
                typed_name,
                holds_months,
            } => {
                let consent = self.begun(*product);
                consent.begins_anew();
                // Whoever signs for themselves is of age: nobody signs beside them.
                consent.guardian = None;
                consent.assent = None;
                consent.patient = Some(Signature {
                    shown: shown.clone(),
                    on: *on,
                    typed_name: typed_name.clone(),
                    holds_months: *holds_months,
                });
            }
            ConsentEvent::QuestionAsked {
                product,
                question,
                about,
                words,
            } => self.questions.push(Question {
                number: *question,
                product: *product,
                about: about.clone(),
                words: words.clone(),
                answer: None,
            }),
            ConsentEvent::QuestionAnswered { question, words } => {
                let known = self.questions.iter_mut();
                for asked in known.filter(|asked| asked.number == *question) {
                    asked.answer = Some(words.clone());
                }
            }
            ConsentEvent::ClinicianSigned {
                product,
                text,
                explained,
            } => self.change(*product, |known| {
                if known.is_signed_text(text) {
                    known.clinician = Some(explained.clone());
                }
            }),
            ConsentEvent::GuardianSigned {
                product,
                shown,
                on,
                typed_name,
                relationship: _,
                holds_months,
            } => {
                let consent = self.begun(*product);
                consent.begins_anew();
                consent.patient = None;
                consent.guardian = Some(Signature {
                    shown: shown.clone(),
                    on: *on,
                    typed_name: typed_name.clone(),
                    holds_months: *holds_months,
                });
            }
            ConsentEvent::AssentGiven {
                product,
                shown,
                on,
                typed_name,
            } => {
                let consent = self.begun(*product);
                consent.assent = Some(Signature {
                    shown: shown.clone(),
                    on: *on,
                    typed_name: typed_name.clone(),
                    holds_months: 0,
                });
            }
            ConsentEvent::CopyGiven { product, text, .. } => self.change(*product, |known| {
                known.copy |= known.is_signed_text(text);
            }),
            ConsentEvent::ConsentReconfirmed {
                product, on, wish, ..
            } => {
                self.change(*product, |known| known.asked = Some((*on, *wish)));
            }
            ConsentEvent::ConsentWithdrawn { product, .. } => self.change(*product, |known| {
                known.withdrawn = true;
                // A minor who took it back is asked again, whatever a guardian signs.
                known.assent = None;
            }),
        }
    }

    fn begun(&mut self, product: Product) -> &mut Consent {
        let known = self
            .newest
            .iter()
            .position(|known| known.product == product);
        let place = known.unwrap_or_else(|| {
            self.newest.push(Consent::new(product));
            self.newest.len() - 1
        });
        &mut self.newest[place]
    }

    fn change(&mut self, product: Product, change: impl FnOnce(&mut Consent)) {
        if let Some(consent) = self
            .newest
            .iter_mut()
            .find(|known| known.product == product)
        {
            change(consent);
        }
    }
}

impl Folded for Consents {
    type Event = ConsentEvent;
    const KIND: StreamKind = StreamKind::Consent;
    fn take(&mut self, header: &Header, event: &Self::Event) {
        self.absorb(event);
        self.history.push(Happened {
            event: event.clone(),
            by: header.actor.clone(),
            at: header.recorded_at,
        });
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
