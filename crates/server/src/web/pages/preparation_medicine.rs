//! On the day of a visit: whether one medicine was taken or left out.

use super::my_frame::Frame;
use super::preparation::day_and_time;
use askama::Template;
use clinical::course::preparation::{Medicine, MedicineDecision, Preparation, Said};
use clinical::leaflet::Language;
use jiff::tz::TimeZone;
use units::{Moment, Span};

/// One medicine's question.
#[derive(Template)]
#[template(path = "preparation_medicine.html")]
pub struct MedicinePage<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Its place in the list, from 1.
    pub place: usize,
    /// The medicine with its decision.
    pub medicine: &'a Medicine,
    /// What was said before.
    pub said: Said,
    /// When the visit begins.
    pub starts: Moment,
    /// The person's time zone.
    pub zone: &'a TimeZone,
    /// It is the day of the visit.
    pub asked: bool,
    /// What was not understood; the page is then the answer to a form.
    pub problem: Option<&'a str>,
}

/// The words of the page.
pub struct Words {
    back: &'static str,
    go_on: &'static str,
    taken: &'static str,
    left_out: &'static str,
    not_sure: &'static str,
    later: &'static str,
}

/// The address of one medicine's question.
pub fn address(place: usize) -> String {
    format!("/my/preparation/medicine/{place}")
}

/// The address of the first medicine about which nothing was said yet.
pub fn next_open(preparation: &Preparation) -> Option<String> {
    preparation
        .decided()
        .zip(1_usize..)
        .find(|(medicine, _)| preparation.answers.taken(&medicine.name) == Said::NotAsked)
        .map(|(_, place)| address(place))
}

/// The question in one line.
pub fn asks(language: Language, name: &str) -> String {
    match language {
        Language::English => format!("{name}: did you take it?"),
        Language::Spanish => format!("{name}: ¿lo tomó?"),
    }
}

impl MedicinePage<'_> {
    const fn words(&self) -> Words {
        match self.frame.language {
            Language::English => Words {
                back: "Back",
                go_on: "Save and continue",
                taken: "Yes, I took it",
                left_out: "No, I left it out",
                not_sure: "I\'m not sure",
                later: "We ask this on the day of your visit.",
            },
            Language::Spanish => Words {
                back: "Volver",
                go_on: "Guardar y seguir",
                taken: "Sí, lo tomé",
                left_out: "No, no lo tomé",
                not_sure: "No tengo certeza",
                later: "Esto se lo preguntamos el día de su visita.",
            },
        }
    }

    fn title(&self) -> String {
        let name = &self.medicine.name;
        match (self.frame.language, self.medicine.decision) {
            (Language::English, MedicineDecision::Take | MedicineDecision::Ask) => {
                format!("Did you take {name} as usual?")
            }
            (Language::Spanish, MedicineDecision::Take | MedicineDecision::Ask) => {
                format!("¿Tomó {name} como siempre?")
            }
            (Language::English, MedicineDecision::HoldFor { hours }) => {
                format!("Have you taken {name} since {}?", self.since(hours))
            }
            (Language::Spanish, MedicineDecision::HoldFor { hours }) => {
                format!("¿Ha tomado {name} desde el {}?", self.since(hours))
            }
        }
    }

    fn since(&self, hours: u32) -> String {
        let from = self.starts - Span::from_hours(hours.into());
        day_and_time(self.zone, self.frame.language, from)
    }

    /// What the prescriber decided, so that it is read before it is answered.
    fn decided(&self) -> String {
        let usual = match (self.frame.language, self.medicine.decision) {
            (Language::English, MedicineDecision::Take | MedicineDecision::Ask) => {
                "Your prescriber decided: take it as usual.".to_owned()
            }
            (Language::Spanish, MedicineDecision::Take | MedicineDecision::Ask) => {
                "Su médico decidió: tómelo como siempre.".to_owned()
            }
            (Language::English, MedicineDecision::HoldFor { hours }) => format!(
                "Your prescriber decided: not in the {hours} hours before the visit. Tell us what you really did; we do not judge."
            ),
            (Language::Spanish, MedicineDecision::HoldFor { hours }) => format!(
                "Su médico decidió: no en las {hours} horas antes de la visita. Díganos lo que hizo de verdad; no juzgamos."
            ),
        };
        match self.medicine.words.trim() {
            "" => usual,
            words => format!("{usual} {words}"),
        }
    }

    fn address(&self) -> String {
        address(self.place)
    }

    fn is_said(&self, word: &str) -> bool {
        self.said.word() == word
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! A sleeping pill that was to be left out.

    use super::MedicinePage;
    use clinical::course::preparation::{Medicine, MedicineDecision, Said};
    use clinical::leaflet::Language;
    use units::Span;

    /// The medicine.
    pub fn medicine() -> Medicine {
        Medicine {
            name: "Zolpidem".to_owned(),
            decision: MedicineDecision::HoldFor { hours: 12 },
            words: String::new(),
        }
    }

    /// The page in a language, on the day.
    pub fn page(medicine: &Medicine, language: Language) -> MedicinePage<'_> {
        let frame = super::super::my_frame::sample::frame("/my/preparation/medicine/1", language);
        MedicinePage {
            frame,
            place: 1,
            medicine,
            said: Said::NotAsked,
            starts: frame.around.now + Span::from_hours(2),
            zone: frame.around.zone,
            asked: true,
            problem: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_chosen_for_the_person_and_not_sure_is_always_offered() {
        let medicine = sample::medicine();
        for language in Language::ALL {
            let html = sample::page(&medicine, language).html();
            assert!(html.contains("value=\"not-sure\""));
            assert!(!html.contains("checked"));
        }
    }

    #[test]
    fn before_the_day_it_is_not_asked() {
        let medicine = sample::medicine();
        let page = MedicinePage {
            asked: false,
            ..sample::page(&medicine, Language::English)
        };
        assert!(!page.html().contains("name=\"said\""));
    }
}
