//! Scales after sessions, for the patient: what is asked, and one question a page.

use super::my_frame::Frame;
use super::my_history::{ScaleQuestion, Values, Words as HistoryWords, words_of};
use askama::Template;
use clinical::course::outcomes::SCALES;
use clinical::leaflet::Language;

const fn either(language: Language, en: &'static str, es: &'static str) -> &'static str {
    match language {
        Language::English => en,
        Language::Spanish => es,
    }
}

/// What the patient reads instead of a scale's own name.
pub fn called(scale: &str, language: Language) -> &'static str {
    match scale {
        "phq-9" => either(language, "Mood and sleep", "Ánimo y sueño"),
        "gad-7" => either(language, "Worry", "Preocupación"),
        "urinary-symptoms" => either(language, "Bladder", "Vejiga"),
        "audit-c" => either(language, "Alcohol", "Alcohol"),
        _another => either(language, "More questions", "Más preguntas"),
    }
}

/// A scale on the list.
pub struct Line {
    /// Its id.
    pub scale: String,
    /// How many questions have an answer, and how many there are.
    pub answered: (usize, usize),
    /// Nothing is left to ask.
    pub done: bool,
}

/// What is asked now, and how far it has come.
#[derive(Template)]
#[template(path = "scales_own.html")]
pub struct OwnScales<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// The scales; empty when nothing is asked.
    pub lines: Vec<Line>,
    /// A warning sign is not dealt with yet.
    pub flagged: bool,
}

impl OwnScales<'_> {
    const fn says(&self, en: &'static str, es: &'static str) -> &'static str {
        either(self.frame.language, en, es)
    }

    fn title(&self) -> &'static str {
        if self.lines.is_empty() {
            return self.says("Nothing is asked now", "Ahora no hay preguntas");
        }
        if self.next().is_none() {
            return self.says("Thank you. All is saved.", "Gracias. Todo está guardado.");
        }
        let is_of_two_weeks = |line: &Line| SCALES.contains(&line.scale.as_str());
        if !self.lines.iter().all(is_of_two_weeks) {
            return self.says("How you have been", "Cómo ha estado");
        }
        self.says("The last two weeks", "Las últimas dos semanas")
    }

    fn lead(&self) -> &'static str {
        if self.lines.is_empty() {
            return self.says(
                "We ask again some time after a session, and write to you then.",
                "Preguntamos otra vez un tiempo después de una sesión, y le escribimos.",
            );
        }
        if self.next().is_none() {
            return self.says(
                "Your team can see your answers. If something cannot wait, call.",
                "Su equipo puede ver sus respuestas. Si algo no puede esperar, llame.",
            );
        }
        self.says(
            "One question a page. Each answer is saved at once: you can stop and go on later. You need not answer.",
            "Una pregunta por página. Cada respuesta se guarda al momento: puede parar y seguir después. No tiene que contestar.",
        )
    }

    /// Where it goes on; none when nothing is left.
    fn next(&self) -> Option<&str> {
        self.lines
            .iter()
            .find(|line| !line.done)
            .map(|line| line.scale.as_str())
    }

    fn begun(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.done || line.answered.0 > 0)
    }

    fn called(&self, scale: &str) -> &'static str {
        called(scale, self.frame.language)
    }

    fn state(&self, line: &Line) -> String {
        let (answered, of) = line.answered;
        match (line.done, self.frame.language) {
            (true, Language::English) => "✓ done".to_owned(),
            (true, Language::Spanish) => "✓ listo".to_owned(),
            (false, Language::English) => format!("{answered} of {of} answered"),
            (false, Language::Spanish) => format!("{answered} de {of} contestadas"),
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// One question.
#[derive(Template)]
#[template(path = "scales_own_question.html")]
pub struct OwnScale<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Which scale.
    pub scale: &'a str,
    /// The question in words.
    pub question: ScaleQuestion,
    /// What was answered before.
    pub values: Values,
    /// Which question it is, from 1, and how many there are.
    pub place: (usize, usize),
    /// Why it was not saved; the page is then the answer to a form.
    pub problem: Option<String>,
}

impl OwnScale<'_> {
    fn words(&self) -> &'static HistoryWords {
        words_of(self.frame.language)
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.values.has(name, value)
    }

    fn title(&self) -> &'static str {
        called(self.scale, self.frame.language)
    }

    fn progress(&self) -> String {
        let (place, of) = self.place;
        match self.frame.language {
            Language::English => format!("Question {place} of {of}"),
            Language::Spanish => format!("Pregunta {place} de {of}"),
        }
    }

    fn way_back(&self) -> String {
        self.question.before.as_ref().map_or_else(
            || "/my/scales".to_owned(),
            |before| format!("/my/scales/{}?item={before}", self.scale),
        )
    }

    const fn leave_out(&self) -> &'static str {
        either(
            self.frame.language,
            "I’d rather not answer these today",
            "Hoy prefiero no contestar estas",
        )
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::my_frame;
    use super::super::my_history::{scale_item, values_of_scale};
    use super::*;
    use clinical::instrument::{Answers, Library};

    #[test]
    fn a_question_can_be_left_out_in_both_languages_and_says_where_it_stands() {
        let library = Library::shipped().unwrap();
        let instrument = library.named("phq-9").unwrap();
        for (language, rather_not, progress) in [
            (Language::English, "I’d rather not", "Question 9 of 10"),
            (Language::Spanish, "prefiero no", "Pregunta 9 de 10"),
        ] {
            let html = OwnScale {
                frame: my_frame::sample::frame("/my/scales/phq-9", language),
                scale: "phq-9",
                question: scale_item(instrument, "9", language).unwrap(),
                values: values_of_scale(Some("9"), &Answers::new()),
                place: (9, 10),
                problem: None,
            }
            .html();
            assert!(html.contains(rather_not) && html.contains(progress));
            assert!(html.contains("value=\"declined\"") && html.contains("value=\"skip\""));
            assert!(html.contains("/my/scales/phq-9?item=8"));
        }
    }
}
