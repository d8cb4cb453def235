//! A few sheets about a person to hand out, as PDF: for a payer, for the way home, as the copy of what
//! was signed.

use super::pages::around::Around;
use super::pages::consent_own::day as day_says;
use super::respond::Refused;
use super::typesetting;
use crate::application::Application;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use clinical::leaflet::Language;
use clinical::patient::Registration;
use report::book::{Block, Pack};

/// What stands on them, and whom they are about.
pub(super) struct Sheets<'a> {
    /// The language of their own words.
    pub language: Language,
    /// What they are called.
    pub title: String,
    /// Whom they are about.
    pub who: &'a Registration,
    /// What stands on them.
    pub blocks: Vec<Block>,
    /// What is written by hand below it, a line for each.
    pub by_hand: Vec<String>,
    /// By whom and when they were made, in one sentence.
    pub made: String,
    /// The name of the file, without what comes after the point.
    pub name: &'static str,
}

impl Sheets<'_> {
    /// Sets them; the answer to whoever asked.
    pub(super) async fn set(
        self,
        application: &Application,
        around: Around<'_>,
    ) -> Result<Response, Refused> {
        let now = around.now;
        let date = now.timestamp().to_zoned(application.zone.clone());
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        let says = |english: &str, spanish: &str| {
            match self.language {
                Language::English => english,
                Language::Spanish => spanish,
            }
            .to_owned()
        };
        let born = day_says(self.who.birth_date, self.language);
        let pack = Pack {
            language: self.language,
            clinic: around.clinic.to_owned(),
            title: self.title,
            person: format!("{} {}", self.who.given_name, self.who.family_name),
            about: vec![
                (says("Born", "Nacimiento"), born),
                (
                    says("Our number", "Nuestro número"),
                    self.who.record_number.clone(),
                ),
            ],
            blocks: self.blocks,
            by_hand: self.by_hand,
            made: self.made,
            day: (i32::from(date.year()), part(date.month()), part(date.day())),
            identity: format!("{}-{}", self.who.patient, now.microseconds()),
            software: format!("Evenkeel {}", env!("CARGO_PKG_VERSION")),
        };
        let pdf = typesetting::set(move || report::book::pack(&pack)).await?;
        let about = [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("inline; filename=\"{}.pdf\"", self.name),
            ),
        ];
        Ok((about, pdf).into_response())
    }
}
