//! A command and what is on file in; events or a refusal out.

use super::command::Command;
use super::event::{ConsentEvent, Explained, Interpreting, Shown};
use super::refusal::{Missing, Refusal};
use super::state::{Consent, Consents, Reason, Signature};
use crate::course::screening::person::Product;
use crate::patient::CivilDate;
use crate::record::{Actor, PatientId, Role};

/// What a decision may know besides what is on file.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// Who commands.
    pub actor: &'a Actor,
    /// Whose consent it is.
    pub patient: PatientId,
    /// True when the one who is signed in is the patient, in whatever role.
    pub is_the_patient: bool,
    /// The adopted texts for the medicine, in every language, filled with the rules in force.
    pub adopted: &'a [Shown],
    /// The same of the texts for minors.
    pub adopted_for_minors: &'a [Shown],
    /// For how many months a signature holds.
    pub holds_months: u16,
    /// How many days before its last day the same text may be signed again.
    pub renewal_days: u16,
    /// Whether the person is a minor today; `None` when the birth date is not known.
    pub minor: Option<bool>,
    /// Whether the clinic treats minors with the medicine.
    pub minors_treated: bool,
}

/// Decides a command.
///
/// Pure: the same file, command and context give the same answer.
// Hazard: H25
pub fn decide(
    file: &Consents,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<ConsentEvent>, Refusal> {
    let event = match command {
        Command::SignConsent {
            product,
            text,
            typed_name,
            could_ask,
            agrees,
        } => {
            the_patient(context)?;
            if minor(context)? {
                return Err(if context.minors_treated {
                    Refusal::MinorSigns
                } else {
                    Refusal::MinorsNotTreated
                });
            }
            let shown = adopted(context.adopted, &text)?;
            let known = file.of(product).and_then(|known| {
                let signature = known.patient.as_ref()?;
                (!known.withdrawn).then_some(signature)
            });
            if holds_for_long(known, &shown.text, context) {
                return Err(Refusal::SignedAlready);
            }
            agreed(agrees)?;
            if !could_ask {
                return Err(Refusal::CouldNotAsk);
            }
            ConsentEvent::ConsentSigned {
                product,
                shown: shown.clone(),
                on: context.today,
                typed_name: words(&typed_name, Missing::Name)?,
                holds_months: context.holds_months,
            }
        }
        Command::AskQuestion {
            product,
            about,
            words: asked,
        } => {
            patient_or_staff(context)?;
            ConsentEvent::QuestionAsked {
                product,
                question: u32::try_from(file.questions.len() + 1).unwrap_or(u32::MAX),
                about: about.trim().to_owned(),
                words: words(&asked, Missing::Question)?,
            }
        }
        Command::AnswerQuestion {
            question,
            words: answer,
        } => {
            clinical_staff(context)?;
            let known = file
                .questions
                .iter()
                .find(|known| known.number == question)
                .ok_or(Refusal::NoSuchQuestion)?;
            if known.answer.is_some() {
                return Err(Refusal::AnsweredAlready);
            }
            ConsentEvent::QuestionAnswered {
                question,
                words: words(&answer, Missing::Answer)?,
            }
        }
        Command::SignAsClinician {
            product,
            text,
            way,
            interpreting,
            signed_as,
        } => {
            let name = prescriber(context)?;
            let signature = may_be_countersigned(file, product, context)?;
            if signature.shown.text != text {
                return Err(Refusal::NotTheText);
            }
            let signed_as = words(&signed_as, Missing::Name)?;
            if signed_as != name {
                return Err(Refusal::NameDiffers {
                    name: name.to_owned(),
                });
            }
            ConsentEvent::ClinicianSigned {
                product,
                text,
                explained: Explained {
                    way: way.ok_or(Refusal::WordsMissing(Missing::Meeting))?,
                    interpreting: interpreted(interpreting, name)?,
                    signed_as,
                },
            }
        }
        Command::SignAsGuardian {
            product,
            text,
            typed_name,
            relationship,
        } => {
            clinical_staff(context)?;
            a_minor_who_is_treated(context)?;
            let shown = adopted(context.adopted, &text)?;
            let known = file.of(product).and_then(|known| {
                let signature = known.guardian.as_ref()?;
                (!known.withdrawn).then_some(signature)
            });
            if holds_for_long(known, &shown.text, context) {
                return Err(Refusal::SignedAlready);
            }
            ConsentEvent::GuardianSigned {
                product,
                shown: shown.clone(),
                on: context.today,
                typed_name: words(&typed_name, Missing::Name)?,
                relationship: words(&relationship, Missing::Relationship)?,
                holds_months: context.holds_months,
            }
        }
        Command::GiveAssent {
            product,
            text,
            typed_name,
            agrees,
        } => {
            the_patient(context)?;
            a_minor_who_is_treated(context)?;
            let shown = adopted(context.adopted_for_minors, &text)?;
            let known = file.of(product).and_then(|known| known.assent.as_ref());
            if known.is_some_and(|known| known.shown.text == shown.text) {
                return Err(Refusal::SignedAlready);
            }
            agreed(agrees)?;
            ConsentEvent::AssentGiven {
                product,
                shown: shown.clone(),
                on: context.today,
                typed_name: words(&typed_name, Missing::Name)?,
            }
        }
        Command::NoteCopy { product, way } => {
            patient_or_staff(context)?;
            let signature = signed(file, product)
                .and_then(|known| known.patient.as_ref().or(known.guardian.as_ref()))
                .ok_or(Refusal::NothingSigned)?;
            ConsentEvent::CopyGiven {
                product,
                text: signature.shown.text.clone(),
                way,
            }
        }
        Command::Reconfirm {
            product,
            visit,
            wish,
        } => {
            patient_or_staff(context)?;
            let known = signed(file, product).ok_or(Refusal::NothingSigned)?;
            if known.withdrawn {
                return Err(Refusal::Withdrawn);
            }
            ConsentEvent::ConsentReconfirmed {
                product,
                visit,
                on: context.today,
                wish,
            }
        }
        Command::Withdraw { product, words } => {
            patient_or_staff(context)?;
            let known = signed(file, product).ok_or(Refusal::NothingSigned)?;
            if known.withdrawn {
                return Err(Refusal::Withdrawn);
            }
            ConsentEvent::ConsentWithdrawn {
                product,
                words: words.trim().to_owned(),
            }
        }
    };
    Ok(vec![event])
}

/// What anybody signed for a medicine; a minor's agreement alone is enough to take it back.
fn signed(file: &Consents, product: Product) -> Option<&Consent> {
    file.of(product).filter(|known| {
        known.patient.is_some() || known.guardian.is_some() || known.assent.is_some()
    })
}

/// The signature that a clinician may put theirs under: nothing else is missing, and every
/// question is answered.
fn may_be_countersigned<'a>(
    file: &'a Consents,
    product: Product,
    context: &Context<'_>,
) -> Result<&'a Signature, Refusal> {
    let minor = minor(context)?;
    if minor && !context.minors_treated {
        return Err(Refusal::MinorsNotTreated);
    }
    let missing = if minor {
        Reason::GuardianMissing
    } else {
        Reason::NotSigned
    };
    let known = file.of(product).ok_or(Refusal::NotYet(missing))?;
    if known.withdrawn {
        return Err(Refusal::Withdrawn);
    }
    let signature = known.signature(minor).ok_or(Refusal::NotYet(missing))?;
    if !is_among(context.adopted, &signature.shown.text) {
        return Err(Refusal::NotYet(Reason::OtherText));
    }
    if is_over(signature, context) {
        return Err(Refusal::NotYet(Reason::Expired));
    }
    if minor {
        let assent = known.assent.as_ref();
        let assent = assent.ok_or(Refusal::NotYet(Reason::AssentMissing))?;
        if !is_among(context.adopted_for_minors, &assent.shown.text) {
            return Err(Refusal::NotYet(Reason::OtherText));
        }
    }
    if known.clinician.is_some() {
        return Err(Refusal::SignedAlready);
    }
    match file.open_questions(product).count() {
        0 => Ok(signature),
        count => Err(Refusal::QuestionsOpen { count }),
    }
}

/// The adopted text of a digest. A digest of anything else is refused: nobody signs what the
/// clinic did not show them.
fn adopted<'a>(texts: &'a [Shown], digest: &str) -> Result<&'a Shown, Refusal> {
    texts
        .iter()
        .find(|known| known.text == digest)
        .ok_or(Refusal::NotTheText)
}

fn is_among(texts: &[Shown], digest: &str) -> bool {
    adopted(texts, digest).is_ok()
}

/// True when this very text was signed, and holds for longer than the days of renewal: what was
/// signed and explained is not begun anew by a tap too many.
fn holds_for_long(known: Option<&Signature>, text: &str, context: &Context<'_>) -> bool {
    known.is_some_and(|known| {
        let until = known.until(context.holds_months);
        known.shown.text == text
            && until.is_some_and(|until| {
                until.days_since(context.today) > i32::from(context.renewal_days)
            })
    })
}

fn is_over(signature: &Signature, context: &Context<'_>) -> bool {
    signature
        .until(context.holds_months)
        .is_none_or(|until| context.today > until)
}

fn minor(context: &Context<'_>) -> Result<bool, Refusal> {
    context.minor.ok_or(Refusal::AgeUnknown)
}

fn a_minor_who_is_treated(context: &Context<'_>) -> Result<(), Refusal> {
    if !minor(context)? {
        return Err(Refusal::OfAge);
    }
    if context.minors_treated {
        Ok(())
    } else {
        Err(Refusal::MinorsNotTreated)
    }
}

fn the_patient(context: &Context<'_>) -> Result<(), Refusal> {
    if context.is_the_patient {
        Ok(())
    } else {
        Err(Refusal::NotThePatient)
    }
}

const fn agreed(agrees: bool) -> Result<(), Refusal> {
    if agrees {
        Ok(())
    } else {
        Err(Refusal::NotAgreed)
    }
}

fn interpreted(said: Option<Interpreting>, clinician: &str) -> Result<Interpreting, Refusal> {
    match said.ok_or(Refusal::WordsMissing(Missing::Interpreting))? {
        Interpreting::NotNeeded => Ok(Interpreting::NotNeeded),
        Interpreting::By { name, attests } => {
            let name = words(&name, Missing::Interpreter)?;
            if name.eq_ignore_ascii_case(clinician) {
                return Err(Refusal::InterpreterIsClinician);
            }
            Ok(Interpreting::By {
                name,
                attests: words(&attests, Missing::Attestation)?,
            })
        }
    }
}

fn patient_or_staff(context: &Context<'_>) -> Result<(), Refusal> {
    if context.is_the_patient {
        Ok(())
    } else {
        clinical_staff(context)
    }
}

fn clinical_staff(context: &Context<'_>) -> Result<(), Refusal> {
    match context.actor {
        Actor::Person { role, .. } => match role {
            Role::Nurse | Role::Prescriber | Role::Therapist | Role::MedicalDirector => Ok(()),
            Role::FrontDesk
            | Role::Patient
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => Err(Refusal::NotStaff),
        },
        Actor::Device { .. } | Actor::System { .. } => Err(Refusal::NotStaff),
    }
}

/// The name of a prescriber who is not the patient. Source: clinical.md §10.3.
fn prescriber<'a>(context: &Context<'a>) -> Result<&'a str, Refusal> {
    let Actor::Person { id, name, role } = context.actor else {
        return Err(Refusal::NotAPrescriber);
    };
    match role {
        _ if context.is_the_patient || id.0 == context.patient.0 => Err(Refusal::OwnConsent),
        Role::Prescriber | Role::MedicalDirector => Ok(name),
        Role::Patient
        | Role::FrontDesk
        | Role::Nurse
        | Role::Therapist
        | Role::Owner
        | Role::Auditor
        | Role::IntegrationClient => Err(Refusal::NotAPrescriber),
    }
}

fn words(text: &str, missing: Missing) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::WordsMissing(missing)),
        trimmed => Ok(trimmed.to_owned()),
    }
}
