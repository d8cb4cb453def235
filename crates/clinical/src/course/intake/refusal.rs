//! Why something was not written into a history, in words that a patient can read in both
//! languages, and staff.

use super::item::Item;
use crate::leaflet::Language;
use serde::{Deserialize, Serialize};

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Only staff say this.
    ForStaffOnly {
        /// Of what.
        item: Item,
    },
    /// This person does not write into histories.
    NotTheirs,
    /// This is not asked of a person of the registered sex, and their page does not take it.
    NotAsked {
        /// What.
        item: Item,
    },
    /// What was said is not an answer to this.
    NoAnswerToThis {
        /// Of what.
        item: Item,
    },
    /// More was said of it since it was read.
    ChangedMeanwhile {
        /// Of what.
        item: Item,
    },
    /// A day or a moment that has not come yet.
    NotYet {
        /// Of what.
        item: Item,
    },
    /// A number that does not exist there.
    Impossible {
        /// Of what.
        item: Item,
    },
    /// No words where some are needed.
    WordsMissing,
    /// There is no such open question.
    NoSuchQuestion,
    /// The question is known already under this identity.
    Repeated,
    /// There is nothing of this name that waits for a person.
    NothingToAcknowledge,
    /// Some pages have no answer yet.
    Unanswered {
        /// How many.
        pages: usize,
    },
}

impl Refusal {
    /// One plain sentence. In Spanish, which only patients read, the item is the one of their page.
    pub fn says(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Spanish => self.spanish(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::ForStaffOnly { item } => {
                format!("Not saved: only clinical staff answer “{item}”.")
            }
            Self::NotTheirs => {
                "Not saved: only the patient and clinical staff write into a history.".to_owned()
            }
            Self::NotAsked { .. } => "Not saved: by the sex in your record, this is not asked of you. If your record is wrong, tell the clinic.".to_owned(),
            Self::NoAnswerToThis { item } => {
                format!("Not saved: that is not an answer to “{item}”. Choose one of its answers.")
            }
            Self::ChangedMeanwhile { item } => format!(
                "Not saved: somebody else has changed “{item}” since you opened it. Compare with what stands there now, and save again."
            ),
            Self::NotYet { item } => {
                format!("Not saved: the date for “{item}” has not come yet. Check the year.")
            }
            Self::Impossible { item } => {
                format!("Not saved: “{item}” does not have such a number. Check it.")
            }
            Self::WordsMissing => "Not saved: write a few words.".to_owned(),
            Self::NoSuchQuestion => "Not saved: this question is not open any more.".to_owned(),
            Self::Repeated => "Not saved again: this question was asked already.".to_owned(),
            Self::NothingToAcknowledge => {
                "Not saved: there is nothing of this kind that waits for someone.".to_owned()
            }
            Self::Unanswered { pages } => format!(
                "Not handed in yet: {pages} pages have no answer. “I’m not sure” is an answer. Everything you answered is kept."
            ),
        }
    }

    fn spanish(&self) -> String {
        match self {
            Self::ForStaffOnly { .. } => {
                "No se guardó: esto solo lo contesta el personal de la clínica.".to_owned()
            }
            Self::NotTheirs => "No se guardó: en una historia solo escriben la persona misma y el personal clínico.".to_owned(),
            Self::NotAsked { .. } => "No se guardó: por el sexo que está en su registro, esto no se le pregunta. Si su registro está mal, dígalo a la clínica.".to_owned(),
            Self::NoAnswerToThis { .. } => {
                "No se guardó: eso no responde a esta pregunta. Elija una de sus respuestas.".to_owned()
            }
            Self::ChangedMeanwhile { .. } => "No se guardó: alguien más cambió esta respuesta desde que usted la abrió. Compare con lo que dice ahora y guarde otra vez.".to_owned(),
            Self::NotYet { .. } => {
                "No se guardó: esa fecha todavía no ha llegado. Revise el año.".to_owned()
            }
            Self::Impossible { .. } => {
                "No se guardó: ese número no puede ser. Revíselo.".to_owned()
            }
            Self::WordsMissing => "No se guardó: escriba unas palabras.".to_owned(),
            Self::NoSuchQuestion => "No se guardó: esta pregunta ya no está abierta.".to_owned(),
            Self::Repeated => "No se guardó otra vez: esta pregunta ya se hizo.".to_owned(),
            Self::NothingToAcknowledge => {
                "No se guardó: no hay nada de este tipo que espere a alguien.".to_owned()
            }
            Self::Unanswered { pages } => format!(
                "Todavía no se entregó: {pages} páginas no tienen respuesta. “No tengo certeza” es una respuesta. Se conserva todo lo que contestó."
            ),
        }
    }
}
