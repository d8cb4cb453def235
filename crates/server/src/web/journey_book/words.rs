//! The words of the book that are used in more than one chapter.

use crate::web::pages::clock_face::ClockFace;
use clinical::course::integration::Answer;
use clinical::course::screening::person::Route;
use clinical::course::session::experience::Side;
use clinical::leaflet::Language;
use units::Moment;

/// The language, and the clinic's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    pub language: Language,
    pub clock: ClockFace<'a>,
}

impl Words<'_> {
    pub(super) const fn says(&self, en: &'static str, es: &'static str) -> &'static str {
        match self.language {
            Language::English => en,
            Language::Spanish => es,
        }
    }

    /// `3 Nov 2026`, or in numbers for who does not read English months.
    pub(super) fn day(&self, at: Moment) -> String {
        match self.language {
            Language::English => self.clock.date(at),
            Language::Spanish => self.clock.date_in_numbers(at),
        }
    }

    /// The same with the time.
    pub(super) fn moment(&self, at: Moment) -> String {
        match self.language {
            Language::English => self.clock.full(at),
            Language::Spanish => self.clock.in_numbers(at),
        }
    }

    /// What was said of homework.
    pub(super) const fn homework(&self, answer: Option<Answer>) -> &'static str {
        match answer {
            Some(Answer::Done) => self.says("done", "hecho"),
            Some(Answer::NotYet) => self.says("not yet", "todavía no"),
            Some(Answer::DidNotFit) => self.says("it did not fit", "no me sirvió"),
            None => self.says("no answer", "sin respuesta"),
        }
    }

    /// By which way something was given.
    pub(super) const fn route(&self, route: Route) -> &'static str {
        match route {
            Route::Intravenous => self.says("into a vein", "en una vena"),
            Route::Intramuscular => self.says("into a muscle", "en un músculo"),
            Route::Subcutaneous => self.says("under the skin", "debajo de la piel"),
            Route::Intranasal => self.says("into the nose", "por la nariz"),
            Route::Oral => self.says("by mouth", "por la boca"),
            Route::Sublingual => self.says("under the tongue", "debajo de la lengua"),
        }
    }

    /// A side of the experience.
    pub(super) const fn side(&self, side: Side) -> &'static str {
        match side {
            Side::Dissociation => self.says(
                "Far away from body and surroundings",
                "Lejos del cuerpo y de lo que le rodeaba",
            ),
            Side::Body => self.says("The body felt far away", "El cuerpo se sentía lejos"),
            Side::Surroundings => self.says(
                "The surroundings felt unreal",
                "Lo de alrededor no parecía real",
            ),
            Side::Time => self.says("Time felt different", "El tiempo se sentía distinto"),
            Side::Imagery => self.says("Strong images", "Imágenes fuertes"),
            Side::Emotion => self.says("Strong feelings", "Sentimientos fuertes"),
            Side::Fear => self.says("Fear", "Miedo"),
            Side::Calm => self.says("Calm", "Calma"),
            Side::Insight => self.says("A sense of insight", "Sensación de comprender algo"),
            Side::Nausea => self.says("Feeling sick", "Náuseas"),
            Side::Pain => self.says("Pain", "Dolor"),
        }
    }
}
