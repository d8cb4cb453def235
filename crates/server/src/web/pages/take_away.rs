//! Taking one's record away: the person's own page, the staff's, and the words in the file.

use super::around::Around;
use super::clock_face::ClockFace;
use super::identity_strip::IdentityStrip;
use super::my_frame::Frame;
use crate::web::access::{ASSOCIATE, READERS, Roles};
use askama::Template;
use clinical::leaflet::Language;
use clinical::record::PatientId;

/// The person's own page.
#[derive(Template)]
#[template(path = "record_own.html")]
pub struct OwnRecord<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// They hold the clinic's tablet.
    pub on_the_tablet: bool,
}

impl OwnRecord<'_> {
    const fn says(&self, en: &'static str, es: &'static str) -> &'static str {
        match self.frame.language {
            Language::English => en,
            Language::Spanish => es,
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// The staff's page.
#[derive(Template)]
#[template(path = "record_staff.html")]
pub struct StaffRecord<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who it is about.
    pub strip: IdentityStrip,
    /// The record that was opened.
    pub patient: PatientId,
}

impl StaffRecord<'_> {
    fn opens(&self, roles: Roles) -> bool {
        let role = self.around.viewer.map(|viewer| viewer.role);
        role.is_some_and(|role| roles.include(role))
    }

    fn for_payers(&self) -> bool {
        self.opens(ASSOCIATE)
    }

    fn reads_readers(&self) -> bool {
        self.opens(READERS)
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// What stands in `read-me.txt`.
pub fn read_me(language: Language, clinic: &str, clock: ClockFace<'_>, kept: bool) -> String {
    match language {
        Language::English => {
            let kept = if kept {
                "kept-…\n  Drawings and recordings that you kept of your sessions.\n\n"
            } else {
                ""
            };
            format!(
                "Your record at {clinic}, as it stood on {}.\n\n\
                 book.pdf\n  Your journey, to read and to print. Any program that shows PDF opens it.\n\n\
                 record.fhir.json\n  The same sessions for computers (FHIR R4). Another clinic can read it into its own system.\n\n\
                 {kept}\
                 This file tells of your health. Keep it where only you reach it, and delete it from\n\
                 computers that are not yours: empty the downloads folder and the bin too.\n\
                 What is not in it stands at the end of the book. You can ask the clinic for the rest.\n",
                clock.full(clock.now)
            )
        }
        Language::Spanish => {
            let kept = if kept {
                "kept-…\n  Dibujos y grabaciones que guardó de sus sesiones.\n\n"
            } else {
                ""
            };
            format!(
                "Su expediente en {clinic}, como estaba el {}.\n\n\
                 book.pdf\n  Su camino, para leer e imprimir. Se abre con cualquier programa que muestre PDF.\n\n\
                 record.fhir.json\n  Las mismas sesiones para computadoras (FHIR R4). Otra clínica puede leerlo en su sistema.\n\n\
                 {kept}\
                 Este archivo habla de su salud. Guárdelo donde solo usted llegue, y bórrelo de\n\
                 computadoras que no sean suyas: vacíe también la carpeta de descargas y la papelera.\n\
                 Lo que no contiene está al final del libro. Puede pedir el resto a la clínica.\n",
                clock.in_numbers(clock.now)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::my_frame::sample::frame;

    // Hazard: H72
    #[test]
    fn each_language_warns_before_the_file_and_the_clinics_tablet_offers_none() {
        for language in Language::ALL {
            let page = |on_the_tablet| {
                OwnRecord {
                    frame: frame("/my/record", language),
                    on_the_tablet,
                }
                .html()
            };
            let own = page(false);
            let warns = match language {
                Language::English => "not yours alone",
                Language::Spanish => "no es solo suyo",
            };
            let (warning, file) = (own.find(warns), own.find("/my/record.zip"));
            assert!(warning.unwrap() < file.unwrap());
            let tablet = page(true);
            assert!(!tablet.contains("/my/record.zip") && !tablet.contains("/my/book"));
            assert!(tablet.contains("/my/readers"));
        }
    }
}
