//! Pages that patients read: large letters, few words, nothing that needs a script.

use super::around::Around;
use askama::Template;
use clinical::leaflet::{Language, Leaflet};

/// The few words around a leaflet, in its language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    skip: &'static str,
    list: &'static str,
    intro: &'static str,
    other: &'static str,
    sources: &'static str,
    version: &'static str,
    emergency: &'static str,
    demo: &'static str,
    staff: &'static str,
}

/// The words of a language.
const fn words(language: Language) -> Words {
    match language {
        Language::English => Words {
            skip: "Skip to the text",
            list: "About your treatment",
            intro: "Short texts to read before you decide, and before you come. The ages and hours are this clinic's own rules.",
            other: "Lea esto en español",
            sources: "Where this comes from",
            version: "Version",
            emergency: "In danger? Call the emergency number of your country. This text does not take the place of talking with us.",
            demo: "Demo clinic: not for real treatment.",
            staff: "Staff: sign in",
        },
        Language::Spanish => Words {
            skip: "Ir al texto",
            list: "Sobre su tratamiento",
            intro: "Textos cortos para leer antes de decidir y antes de venir. Las edades y las horas son las reglas de esta clínica.",
            other: "Read this in English",
            sources: "De dónde viene esto",
            version: "Versión",
            emergency: "¿Peligro? Llame al número de emergencia de su país. Este texto no reemplaza una charla con nosotros.",
            demo: "Clínica de muestra: no es para tratamiento real.",
            staff: "Personal: entrar",
        },
    }
}

const fn other(language: Language) -> Language {
    match language {
        Language::English => Language::Spanish,
        Language::Spanish => Language::English,
    }
}

/// Every leaflet in a language.
pub struct LeafletList<'a> {
    /// What stands around the page; nobody needs to be signed in.
    pub around: Around<'a>,
    /// The language.
    pub language: Language,
    /// The leaflets, in the order of reading.
    pub leaflets: Vec<&'a Leaflet>,
}

/// One leaflet, with the clinic's numbers in their places.
pub struct LeafletPage<'a> {
    /// What stands around the page; nobody needs to be signed in.
    pub around: Around<'a>,
    /// The leaflet, filled.
    pub leaflet: &'a Leaflet,
}

#[derive(Template)]
#[template(path = "leaflet_list.html")]
struct List<'a> {
    around: Around<'a>,
    words: Words,
    language: Language,
    other: Language,
    leaflets: Vec<&'a Leaflet>,
}

#[derive(Template)]
#[template(path = "leaflet.html")]
struct Page<'a> {
    around: Around<'a>,
    words: Words,
    language: Language,
    other: Language,
    leaflet: &'a Leaflet,
}

impl LeafletList<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&List {
            around: self.around,
            words: words(self.language),
            language: self.language,
            other: other(self.language),
            leaflets: self.leaflets.clone(),
        })
    }
}

impl LeafletPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let language = self.leaflet.language;
        super::written(&Page {
            around: self.around,
            words: words(language),
            language,
            other: other(language),
            leaflet: self.leaflet,
        })
    }
}

/// A short leaflet.
#[cfg(test)]
pub fn sample(language: Language) -> Leaflet {
    let sections = vec![clinical::leaflet::Section {
        heading: "<Before>".to_owned(),
        paragraphs: vec!["Drink.".to_owned()],
        points: vec!["Water".to_owned()],
        only_when_on: None,
    }];
    Leaflet {
        id: "sample".to_owned(),
        language,
        version: 3,
        title: "A & B".to_owned(),
        summary: "Short.".to_owned(),
        sections,
        sources: vec![clinical::leaflet::Source {
            says: "A book".to_owned(),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaflet_is_wholly_in_its_language_and_leads_to_the_other() {
        for (language, version, switch) in [
            (Language::English, "Version 3", "language=es"),
            (Language::Spanish, "Versión 3", "language=en"),
        ] {
            let html = LeafletPage {
                around: super::super::around::sample::around("/learn/sample"),
                leaflet: &sample(language),
            }
            .html();
            assert!(html.contains(&format!("<html lang=\"{}\"", language.tag())));
            assert!(html.contains(version), "{html}");
            assert!(html.contains(&format!("/learn/sample?{switch}")));
            assert!(html.contains("A book"));
        }
    }

    #[test]
    fn a_leaflets_words_are_text_and_never_markup() {
        let html = LeafletPage {
            around: super::super::around::sample::around("/learn/sample"),
            leaflet: &sample(Language::English),
        }
        .html();
        assert!(!html.contains("<Before>"));
        assert!(html.contains("A &#38; B") || html.contains("A &amp; B"));
    }
}
