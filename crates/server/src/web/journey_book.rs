//! A person's journey as a book: what stands in it, and for whom.
//!
//! It holds what the person may read by the rules of today: what they said, wrote and rated
//! themselves, what was given and measured, what they signed. It never holds private notes, notes
//! and reasons that staff wrote for staff, or messages between them. Made by staff, it holds what
//! the person shares, and nothing that only the person sees.
//!
//! [`of`] gathers it; `take_away` sets it and hands it out.

mod afterwards;
mod session;
mod words;

use super::pages::clock_face::{ClockFace, civil_date};
use super::pages::consent_own::product_says;
use super::pages::journey::answers_say;
use super::pages::wishes::Asks;
use crate::application::Application;
use crate::consent;
use crate::fault::Fault;
use crate::integration::{self, together};
use crate::keepsakes;
use crate::outcomes::Told;
use crate::patients::records_of;
use crate::wishes;
use anyhow::Context as _;
use clinical::course::keepsake::Form;
use clinical::course::session::Session;
use clinical::leaflet::Language;
use clinical::patient::Patient;
use clinical::record::{Actor, PatientId};
use report::book::{Book, Chapter};
use std::sync::Arc;
use units::Moment;
use words::Words;

/// For whom a book is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The person themself, on their own pages.
    Person,
    /// A member of staff, who prints it for the person.
    Staff {
        /// Their name.
        name: String,
    },
}

impl Reader {
    const fn is_person(&self) -> bool {
        matches!(self, Self::Person)
    }
}

/// What a book is made from.
struct Making<'a> {
    application: &'a Application,
    person: Patient,
    stays: PatientId,
    records: Vec<PatientId>,
    told: Told,
    reader: &'a Reader,
    words: Words<'a>,
}

/// The book of a person, whichever of their records is named; none where there is no such record.
// Hazard: H72
pub async fn of(
    application: &Application,
    patient: PatientId,
    (language, reader): (Language, &Reader),
    clinic: &str,
    now: Moment,
) -> Result<Option<Book>, Fault> {
    let Some((person, stays, records)) = records_of(application, patient).await? else {
        return Ok(None);
    };
    let told = Told::of(application, &person, stays, now).await?;
    let words = Words {
        language,
        clock: ClockFace {
            zone: &application.zone,
            now,
        },
    };
    let making = Making {
        application,
        person,
        stays,
        records,
        told,
        reader,
        words,
    };
    let chapters = making.chapters().await?;
    Ok(Some(making.bound(chapters, clinic, now)))
}

impl Making<'_> {
    async fn chapters(&self) -> Result<Vec<Chapter>, Fault> {
        let mut chapters = vec![self.wished().await?];
        let sessions: Vec<&Session> = self
            .told
            .sessions
            .iter()
            .map(|(_, known)| known.as_ref())
            .collect();
        chapters.push(session::chapter(
            &sessions,
            &self.application.zone,
            &self.words,
        ));
        let reports = self.reports().await?;
        chapters.push(self.mood(&reports));
        chapters.push(afterwards::effects(
            &reports,
            &self.application.in_force().follow_up.signs,
            &self.words,
        ));
        chapters.push(self.journal().await?);
        chapters.extend(self.signed().await?);
        chapters.push(session::put_right(&sessions, &self.words));
        chapters.push(self.not_in_it());
        Ok(chapters)
    }

    fn bound(&self, chapters: Vec<Chapter>, clinic: &str, now: Moment) -> Book {
        let says = |en: &'static str, es: &'static str| self.words.says(en, es);
        let who = self.person.registration.as_ref();
        let name = who.map_or_else(String::new, |who| {
            format!("{} {}", who.given_name, who.family_name)
        });
        let mut about = Vec::new();
        if let Some(who) = who {
            about.push((
                says("Born", "Fecha de nacimiento").to_owned(),
                self.words.civil(who.birth_date),
            ));
            about.push((
                says("Number", "Número").to_owned(),
                who.record_number.clone(),
            ));
        }
        let days = |at: Moment| self.words.day(at);
        about.push((
            says("Sessions", "Sesiones").to_owned(),
            match (self.told.sessions.first(), self.told.sessions.last()) {
                (Some((first, _)), Some((last, _))) if first != last => format!(
                    "{}, {} – {}",
                    self.told.sessions.len(),
                    days(*first),
                    days(*last)
                ),
                (Some((only, _)), _) => format!("1, {}", days(*only)),
                _none => says("none yet", "todavía ninguna").to_owned(),
            },
        ));
        let when = self.words.moment(now);
        let made = match (self.reader, self.words.language) {
            (Reader::Person, Language::English) => {
                vec![format!("You had this made on {when}, on your own pages. It holds what stood in your record then.")]
            }
            (Reader::Person, Language::Spanish) => {
                vec![format!("Usted lo pidió el {when}, en sus propias páginas. Contiene lo que decía su expediente en ese momento.")]
            }
            (Reader::Staff { name }, Language::English) => vec![
                format!("{name} had this made for you on {when}. It holds what stood in your record then."),
                "What only you can see is not in it: for that, have it made on your own pages.".to_owned(),
            ],
            (Reader::Staff { name }, Language::Spanish) => vec![
                format!("{name} lo hizo para usted el {when}. Contiene lo que decía su expediente en ese momento."),
                "Lo que solo usted puede ver no está aquí: para eso, pídalo en sus propias páginas.".to_owned(),
            ],
        };
        let date = now.timestamp().to_zoned(self.application.zone.clone());
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        Book {
            language: self.words.language,
            clinic: clinic.to_owned(),
            title: says("My journey", "Mi camino").to_owned(),
            person: name,
            about,
            made,
            chapters,
            day: (i32::from(date.year()), part(date.month()), part(date.day())),
            identity: format!("{}-{}", self.stays, now.microseconds()),
            software: format!("Evenkeel {}", env!("CARGO_PKG_VERSION")),
        }
    }

    /// What they wished.
    async fn wished(&self) -> Result<Chapter, Fault> {
        let says = |en: &'static str, es: &'static str| self.words.says(en, es);
        let mut chapter = Chapter::new(says("What you wished", "Lo que usted deseaba"));
        for record in &self.records {
            let known = wishes::of(self.application, *record).await?.state;
            if known.is_empty() {
                continue;
            }
            let mut rows = Vec::new();
            for asks in Asks::ALL {
                let said = match asks {
                    Asks::Intention => known.intention.as_ref().map(|said| said.at),
                    Asks::Touch => known.touch().map(|said| said.at),
                    Asks::Music => known.music.as_ref().map(|said| said.at),
                    Asks::Light => known.light.as_ref().map(|said| said.at),
                    Asks::Helps => known.helps.as_ref().map(|said| said.at),
                    Asks::Frightens => known.frightens.as_ref().map(|said| said.at),
                };
                let Some(at) = said else { continue };
                let value = asks.stands_says(&known, self.words.language);
                rows.push((
                    asks.asks(self.words.language).to_owned(),
                    format!("{value} ({})", self.words.day(at)),
                ));
            }
            for (asked, answer) in rows {
                chapter.small(asked);
                chapter.words(answer);
            }
        }
        if chapter.blocks.is_empty() {
            chapter.words(says(
                "No wishes were written down.",
                "No se anotó ningún deseo.",
            ));
        } else {
            chapter.small(says(
                "As you said it last. What you said before stands in your record.",
                "Como lo dijo por última vez. Lo que dijo antes está en su expediente.",
            ));
        }
        Ok(chapter)
    }

    /// Their journal, what they took home to do, and what they told as it was written down.
    // Hazard: H45, H68
    async fn journal(&self) -> Result<Chapter, Fault> {
        let says = |en: &'static str, es: &'static str| self.words.says(en, es);
        let mut chapter = Chapter::new(says("What you kept", "Lo que usted guardó"));
        let rules = Arc::clone(&self.application.in_force().integration);
        let mut kept = Vec::new();
        for record in &self.records {
            let known = keepsakes::of(self.application, *record).await?.state;
            for item in known.all {
                if self.reader.is_person() || item.shared.is_some() {
                    kept.push((*record, item));
                }
            }
        }
        kept.sort_by_key(|(_, item)| item.at);
        for (record, item) in &kept {
            let at = self.words.moment(item.at);
            let below = match item.shared {
                Some(_) => format!("{at} · {}", says("you share this", "usted lo comparte")),
                None => format!("{at} · {}", says("only you see this", "solo usted lo ve")),
            };
            match item.form {
                Form::Word => {
                    let bytes = keepsakes::contents(self.application, *record, item).await?;
                    let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
                        continue;
                    };
                    let prompt = item.prompt.as_deref();
                    if let Some(prompt) = prompt.and_then(|id| rules.prompts.prompt(id)) {
                        chapter.small(prompt.says(self.words.language));
                    }
                    chapter.quote(&text, below);
                }
                Form::Drawing => chapter.small(format!(
                    "{} ({below})",
                    says(
                        "A drawing. Open it on your own pages",
                        "Un dibujo. Ábralo en sus propias páginas"
                    )
                )),
                Form::Voice => chapter.small(format!(
                    "{} ({below})",
                    says(
                        "A recording of your voice. Hear it on your own pages",
                        "Una grabación de su voz. Óigala en sus propias páginas"
                    )
                )),
            }
        }
        let known = together(&integration::records(self.application, self.stays).await?);
        let homework: Vec<String> = known
            .homework
            .iter()
            .map(|set| format!("{} ({})", set.words, self.words.homework(set.answer())))
            .collect();
        if !homework.is_empty() {
            chapter.heading(says(
                "What you took home to do",
                "Lo que se llevó para hacer",
            ));
            chapter.list(homework);
        }
        let mut accounts = known.notes.iter().filter(|one| {
            one.signed.is_some()
                && !one.note.account.is_empty()
                && (self.reader.is_person() || !one.is_private())
        });
        if let Some(first) = accounts.next() {
            chapter.heading(says(
                "What you told, as it was written down",
                "Lo que contó, como se anotó",
            ));
            for one in std::iter::once(first).chain(accounts) {
                let with = match &one.author {
                    Actor::Person { name, .. } => name.as_str(),
                    Actor::Device { .. } | Actor::System { .. } => "",
                };
                let below = format!("{}, {with}", self.words.moment(one.note.held_at));
                chapter.quote(&one.note.account, below);
            }
        }
        if chapter.blocks.is_empty() {
            chapter.words(says("Nothing yet.", "Todavía nada."));
        }
        Ok(chapter)
    }

    /// How they were, as a line and in words.
    fn mood(&self, reports: &[afterwards::Said]) -> Chapter {
        let words = &self.words;
        let mut chapter = Chapter::new(words.says("How you were", "Cómo estuvo"));
        let library = self.application.scales();
        afterwards::curve(&self.told, library, words, &mut chapter);
        chapter.words(answers_say(&self.told, library, words.language));
        chapter.small(words.says(
            "The line goes up and down for everybody. It says how often things bothered you, and nothing of how well you do.",
            "La línea sube y baja para todos. Dice qué tan seguido algo le molestó, y nada de si lo hace bien.",
        ));
        afterwards::answers(reports, words, &mut chapter);
        chapter
    }

    async fn reports(&self) -> Result<Vec<afterwards::Said>, Fault> {
        let after = crate::follow_up::of_records(self.application, &self.records).await?;
        let mut reports: Vec<_> = after.into_iter().flat_map(|known| known.reports).collect();
        reports.sort_by_key(|report| report.at);
        Ok(reports)
    }

    /// What they signed, with the text itself as it was kept.
    // Hazard: H25
    async fn signed(&self) -> Result<Option<Chapter>, Fault> {
        let words = &self.words;
        let mut chapter = Chapter::new(words.says("What you signed", "Lo que usted firmó"));
        let consents = consent::read(self.application, self.stays).await?;
        for known in &consents.newest {
            for (shown, _) in super::consent::papers_of(known) {
                chapter.heading(product_says(known.product, words.language));
                if known.withdrawn {
                    chapter.words(words.says(
                        "You took this back. It does not count any more.",
                        "Usted lo retiró. Ya no vale.",
                    ));
                }
                let signed = super::consent::signatures(&consents, known.product, &shown.text);
                let lines = signed.iter().filter_map(|one| {
                    let at = one.at.map(|at| words.moment(at))?;
                    Some(format!("{}, {at}", one.name))
                });
                chapter.list(lines.collect());
                let text = consent::kept_text(self.application, &shown.text)
                    .await?
                    .context("a text that was signed is not kept")
                    .map_err(Fault)?;
                let version = words.says("Version", "Versión");
                chapter.quote(&text, format!("{version} {}", shown.version));
            }
        }
        Ok((!chapter.blocks.is_empty()).then_some(chapter))
    }

    /// What the book leaves out: said, so that nobody takes it for everything.
    fn not_in_it(&self) -> Chapter {
        let words = &self.words;
        let mut chapter =
            Chapter::new(words.says("What is not in this book", "Lo que no está en este libro"));
        chapter.list(
            [
                words.says(
                    "What the people who treat you wrote for each other: notes, reasons, the review of your history. You can ask for these at the clinic.",
                    "Lo que quienes le tratan escribieron entre ellos: notas, motivos, la revisión de su historia. Puede pedirlo en la clínica.",
                ),
                words.says(
                    "Private notes of a therapist, which nobody else can open.",
                    "Las notas privadas de un terapeuta, que nadie más puede abrir.",
                ),
                words.says(
                    "Your answers one by one to the questions about mood, sleep and worry, and your health history: both stand on your own pages.",
                    "Sus respuestas una por una a las preguntas sobre ánimo, sueño y preocupación, y su historia de salud: las dos están en sus propias páginas.",
                ),
                words.says(
                    "What happened after the day on the cover.",
                    "Lo que pasó después del día de la portada.",
                ),
            ]
            .map(str::to_owned)
            .to_vec(),
        );
        chapter
    }
}

impl Words<'_> {
    fn civil(&self, date: clinical::patient::CivilDate) -> String {
        match self.language {
            Language::English => civil_date(date),
            Language::Spanish => format!("{}/{}/{}", date.day(), date.month(), date.year()),
        }
    }
}
