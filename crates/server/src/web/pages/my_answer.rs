//! What a patient is told when something was not done.

use super::answer::Kind;
use super::my_frame::Frame;
use askama::Template;
use clinical::leaflet::Language;

/// One plain sentence, and the way on.
#[derive(Template)]
#[template(path = "my_answer.html")]
pub struct MyAnswer<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Which kind of not-working.
    pub kind: Kind,
    /// In one plain sentence.
    pub says: &'a str,
}

impl MyAnswer<'_> {
    const fn title(&self) -> &'static str {
        match (self.frame.language, self.kind) {
            (Language::English, Kind::Refusal) => "This is not possible now",
            (Language::English, Kind::Problem) => "Please check this",
            (Language::English, Kind::Fault) => "It was not saved",
            (Language::English, Kind::NotFound) => "There is no such page",
            (Language::English, Kind::Forbidden) => "This page is not for you",
            (Language::Spanish, Kind::Refusal) => "Ahora no es posible",
            (Language::Spanish, Kind::Problem) => "Por favor, revise esto",
            (Language::Spanish, Kind::Fault) => "No se guardó",
            (Language::Spanish, Kind::NotFound) => "Esta página no existe",
            (Language::Spanish, Kind::Forbidden) => "Esta página no es para usted",
        }
    }

    /// What the kinds that are always said alike say; a refusal and a problem have their own
    /// words, in the language of whoever was asked.
    const fn sentence(&self) -> Option<&'static str> {
        match (self.frame.language, self.kind) {
            (_, Kind::Refusal | Kind::Problem) | (Language::English, Kind::Forbidden) => None,
            (Language::English, Kind::Fault) => Some(
                "Something failed here. What you saved before is kept. Go back and try again; if it goes on, call the clinic.",
            ),
            (Language::English, Kind::NotFound) => Some("Go back to your page."),
            (Language::Spanish, Kind::Fault) => Some(
                "Algo falló aquí. Lo que guardó antes se conserva. Vuelva e intente otra vez; si sigue igual, llame a la clínica.",
            ),
            (Language::Spanish, Kind::NotFound) => Some("Vuelva a su página."),
            (Language::Spanish, Kind::Forbidden) => Some(
                "No se guardó nada: esta página es más antigua que su sesión. Ábrala otra vez.",
            ),
        }
    }

    const fn home(&self) -> &'static str {
        match self.frame.language {
            Language::English => "To your page",
            Language::Spanish => "A su página",
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A fault, in Spanish.
pub fn sample() -> MyAnswer<'static> {
    MyAnswer {
        frame: super::my_frame::sample::frame("/my", Language::Spanish),
        kind: Kind::Fault,
        says: "Not saved.",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_patient_is_told_in_their_own_language_what_was_kept() {
        let html = super::sample().html();
        assert!(html.contains("Lo que guardó antes se conserva"));
        assert!(!html.contains("Not saved"));
    }
}
