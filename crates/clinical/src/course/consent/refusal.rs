//! Why something about a consent was not done, with what would change it, for patients in both
//! languages and for staff.

use super::state::Reason;
use crate::leaflet::Language;

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Only the patient signs and agrees for themselves.
    NotThePatient,
    /// Only the clinic's clinical staff do this.
    NotStaff,
    /// Only a prescriber or the medical director signs as the clinician.
    NotAPrescriber,
    /// Whoever explains a consent is not the one who gives it.
    OwnConsent,
    /// The birth date is not known: nobody can say who must sign.
    AgeUnknown,
    /// A minor does not sign a consent; a guardian does, and the minor agrees.
    MinorSigns,
    /// The person is of age: nobody signs for them.
    OfAge,
    /// The clinic does not treat minors with this medicine.
    MinorsNotTreated,
    /// It is not the adopted text: it has changed since the page was opened, or never was it.
    NotTheText,
    /// They did not say that they agree.
    NotAgreed,
    /// They did not say that they could ask.
    CouldNotAsk,
    /// Something that must have words has none.
    WordsMissing(Missing),
    /// It was signed already, and holds.
    SignedAlready,
    /// There is nothing that could be taken back, confirmed or copied.
    NothingSigned,
    /// It was taken back already.
    Withdrawn,
    /// There is no such question.
    NoSuchQuestion,
    /// The question was answered already.
    AnsweredAlready,
    /// Questions of the patient are still open.
    QuestionsOpen {
        /// How many.
        count: usize,
    },
    /// Something else must be put right first.
    NotYet(Reason),
    /// The name signed with is not the name of the account.
    NameDiffers {
        /// The account's name.
        name: String,
    },
    /// The interpreter and the clinician are one person.
    InterpreterIsClinician,
}

/// What has no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The typed name.
    Name,
    /// The question.
    Question,
    /// The answer.
    Answer,
    /// Who the guardian is to the minor.
    Relationship,
    /// How clinician and patient met.
    Meeting,
    /// Whether somebody interpreted.
    Interpreting,
    /// The interpreter's name.
    Interpreter,
    /// The interpreter's own words that nothing was left out.
    Attestation,
}

impl Refusal {
    /// One plain sentence, with what would change it.
    pub fn says(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Spanish => self.spanish(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::NotThePatient => "Only the patient signs here, on their own page.",
            Self::NotStaff => "Only the clinic's clinical staff can do this.",
            Self::NotAPrescriber => {
                "Only the prescriber or the medical director who explained it signs as the clinician."
            }
            Self::OwnConsent => "Nobody signs as the clinician for themselves. Ask a colleague.",
            Self::AgeUnknown => {
                "Not signed: the clinic does not know the date of birth. The front desk can enter it."
            }
            Self::MinorSigns => {
                "Not signed: under 18, a guardian signs at the clinic and you say whether you agree."
            }
            Self::OfAge => "Not saved: the patient is of age and signs for themselves.",
            Self::MinorsNotTreated => {
                "Not saved: the clinic's rules do not allow this medicine under 18. The clinic can explain why."
            }
            Self::NotTheText => {
                "Not signed: the text has changed since this page was opened. Read the text of today and sign that."
            }
            Self::NotAgreed => "Not signed: tick the box if you agree. If you do not, nothing is signed.",
            Self::CouldNotAsk => {
                "Not signed: tick that you could ask your questions. If not, ask them first."
            }
            Self::WordsMissing(missing) => return format!("Not saved: {}.", missing.english()),
            Self::SignedAlready => "Not saved: this is signed already, and it holds.",
            Self::NothingSigned => "Not saved: nothing is signed yet.",
            Self::Withdrawn => {
                "Not saved: the consent was taken back. Only the patient can sign again."
            }
            Self::NoSuchQuestion => "Not saved: there is no such question. Reload the page.",
            Self::AnsweredAlready => "Not saved: this question was answered already.",
            Self::QuestionsOpen { count: 1 } => {
                "Not signed: one question of the patient is open. Answer it first."
            }
            Self::QuestionsOpen { count } => {
                return format!(
                    "Not signed: {count} questions of the patient are open. Answer them first."
                );
            }
            Self::NotYet(reason) => {
                return format!("Not signed: {} {}", reason.says(), reason.remedy());
            }
            Self::NameDiffers { name } => {
                return format!("Not signed: type your name as the account has it: {name}.");
            }
            Self::InterpreterIsClinician => {
                "Not signed: whoever interprets is another person than the clinician."
            }
        }
        .to_owned()
    }

    /// What a patient can be told in Spanish; staff read English, as on every page of theirs.
    fn spanish(&self) -> String {
        match self {
            Self::NotThePatient => "Aquí solo firma la persona tratada, en su propia página.",
            Self::AgeUnknown => {
                "No se firmó: la clínica no sabe su fecha de nacimiento. La recepción puede anotarla."
            }
            Self::MinorSigns => {
                "No se firmó: antes de los 18 años firma su madre, su padre o su tutor en la clínica, y usted dice si está de acuerdo."
            }
            Self::OfAge => "No se guardó: usted es mayor de edad y firma por su cuenta.",
            Self::MinorsNotTreated => {
                "No se guardó: las reglas de la clínica no permiten esta medicina antes de los 18 años. La clínica puede explicarle por qué."
            }
            Self::NotTheText => {
                "No se firmó: el texto cambió desde que abrió esta página. Lea el texto de hoy y firme ese."
            }
            Self::NotAgreed => {
                "No se firmó: marque la casilla si está de acuerdo. Si no lo está, no se firma nada."
            }
            Self::CouldNotAsk => {
                "No se firmó: marque que pudo hacer sus preguntas. Si no pudo, hágalas primero."
            }
            Self::WordsMissing(missing) => return format!("No se guardó: {}.", missing.spanish()),
            Self::SignedAlready => "No se guardó: esto ya está firmado y sigue vigente.",
            Self::NothingSigned => "No se guardó: todavía no hay nada firmado.",
            Self::Withdrawn => {
                "No se guardó: el consentimiento fue retirado. Solo usted puede firmar de nuevo."
            }
            Self::NotStaff
            | Self::NotAPrescriber
            | Self::OwnConsent
            | Self::NoSuchQuestion
            | Self::AnsweredAlready
            | Self::QuestionsOpen { .. }
            | Self::NotYet(_)
            | Self::NameDiffers { .. }
            | Self::InterpreterIsClinician => return self.english(),
        }
        .to_owned()
    }
}

impl Missing {
    const fn english(self) -> &'static str {
        match self {
            Self::Name => "type the full name",
            Self::Question => "write your question",
            Self::Answer => "write what was answered",
            Self::Relationship => "write who the guardian is to the young person",
            Self::Meeting => "say whether you explained it in person or by video",
            Self::Interpreting => "say whether an interpreter was needed",
            Self::Interpreter => "write the interpreter's name",
            Self::Attestation => "the interpreter confirms that nothing was left out or added",
        }
    }

    const fn spanish(self) -> &'static str {
        match self {
            Self::Name => "escriba su nombre completo",
            Self::Question => "escriba su pregunta",
            Self::Answer
            | Self::Relationship
            | Self::Meeting
            | Self::Interpreting
            | Self::Interpreter
            | Self::Attestation => self.english(),
        }
    }
}
