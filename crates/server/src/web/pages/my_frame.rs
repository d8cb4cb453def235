//! What stands around a patient's own pages, in their language: the way out, the other language,
//! and whom to call.

use super::around::Around;
use clinical::leaflet::Language;

/// The patient who is let in.
#[derive(Clone, Copy, Debug)]
pub struct Insider<'a> {
    /// Their name.
    pub name: &'a str,
    /// The form token of their sign-in.
    pub csrf: &'a str,
    /// They hold the clinic's tablet, and give it back afterwards.
    pub on_the_tablet: bool,
}

/// What every page of a patient is given.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Clinic, time and assets; no viewer.
    pub around: Around<'a>,
    /// The language of the page.
    pub language: Language,
    /// Who is let in; `None` before the door.
    pub own: Option<Insider<'a>>,
    /// The clinic's telephone number; empty where none is set.
    pub phone: &'a str,
}

/// The words around a patient's page, in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Past the header.
    pub skip: &'static str,
    /// The way out.
    pub leave: &'static str,
    /// The way out on the clinic's tablet.
    pub give_back: &'static str,
    /// That nothing here is real.
    pub demo: &'static str,
    /// Whom to call when one cannot wait.
    pub danger: &'static str,
    /// What there is to read.
    pub leaflets: &'static str,
}

impl<'a> Frame<'a> {
    /// The other language.
    pub const fn other(&self) -> Language {
        match self.language {
            Language::English => Language::Spanish,
            Language::Spanish => Language::English,
        }
    }

    /// The form token; empty before the door.
    pub fn csrf(&self) -> &'a str {
        self.own.map_or("", |own| own.csrf)
    }

    /// Whom to call when one is worried.
    pub fn worried(&self) -> String {
        match (self.language, self.phone) {
            (Language::English, "") => "Worried? Call the clinic.".to_owned(),
            (Language::Spanish, "") => "¿Algo le preocupa? Llame a la clínica.".to_owned(),
            (Language::English, phone) => format!("Worried? Call the clinic: {phone}."),
            (Language::Spanish, phone) => {
                format!("¿Algo le preocupa? Llame a la clínica: {phone}.")
            }
        }
    }

    /// The words of the language.
    pub const fn words(&self) -> Words {
        match self.language {
            Language::English => Words {
                skip: "Skip to the text",
                leave: "Leave",
                give_back: "Done: give the tablet back",
                demo: "Demo clinic: not for real treatment.",
                danger: "In danger? Call your emergency number now.",
                leaflets: "Read about the treatment",
            },
            Language::Spanish => Words {
                skip: "Ir al texto",
                leave: "Salir",
                give_back: "Listo: devolver la tableta",
                demo: "Clínica de muestra: no es para tratamiento real.",
                danger: "¿Peligro? Llame ya a su número de emergencia.",
                leaflets: "Lea sobre el tratamiento",
            },
        }
    }
}

/// Samples that the pages' own samples start from.
pub mod sample {
    use super::{Frame, Insider};
    use crate::web::pages::around;
    use clinical::leaflet::Language;

    /// Ana on her phone, in a language.
    pub fn frame(path: &'static str, language: Language) -> Frame<'static> {
        Frame {
            around: around::Around {
                viewer: None,
                ..around::sample::around(path)
            },
            language,
            own: Some(Insider {
                name: "Ana Moreno",
                csrf: "sample-form-token",
                on_the_tablet: false,
            }),
            phone: "01 234 567",
        }
    }
}
