//! Letters about a treatment: whom the person agreed to have told, a letter before it is signed, and
//! the person's own page.

use super::around::Around;
use super::clock_face::{ClockFace, civil_date};
use super::identity_strip::IdentityStrip;
use super::my_frame::Frame;
use crate::web::form::Fields;
use askama::Template;
use clinical::course::correspondence::{
    AgreedHow, Agreement, Letter, Part, Section, SignedLetter, Topic, Way,
};
use clinical::leaflet::Language;
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use report::book::Block;
use uuid::Uuid;

/// What a topic is called above its part of a letter.
pub const fn heading(topic: Topic) -> &'static str {
    match topic {
        Topic::Sessions => "Sessions",
        Topic::Scales => "Scales",
        Topic::Effects => "Unwanted effects",
        Topic::Next => "What comes next",
    }
}

/// What a topic is called within a sentence of a letter.
pub const fn in_a_sentence(topic: Topic) -> &'static str {
    match topic {
        Topic::Sessions => "sessions with drug, dose and blood pressure",
        Topic::Scales => "what scales came to",
        Topic::Effects => "unwanted effects",
        Topic::Next => "what is planned next",
    }
}

/// The parts of a letter as they are set.
pub fn blocks(sections: &[Section]) -> Vec<Block> {
    let mut all = Vec::new();
    for section in sections {
        all.push(Block::Heading {
            text: heading(section.topic).to_owned(),
        });
        all.extend(
            section
                .lines
                .iter()
                .map(|line| Block::Words { text: line.clone() }),
        );
        if !section.rows.is_empty() {
            all.push(Block::Table {
                head: section.head.clone(),
                rows: section.rows.clone(),
            });
        }
    }
    all
}

/// An agreement as it is listed.
struct Agreed<'a> {
    id: Uuid,
    name: &'a str,
    address: &'a str,
    part: &'static str,
    topics: Vec<&'static str>,
    says: String,
    stands: bool,
}

/// A letter as it is listed.
struct Signed<'a> {
    id: Uuid,
    to: &'a str,
    says: String,
    left: Vec<String>,
    may_leave: bool,
}

/// The staff's page.
#[derive(Template)]
#[template(path = "letters.html")]
pub struct LettersPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who it is about.
    pub strip: IdentityStrip,
    /// The record that stays.
    pub patient: PatientId,
    /// What they agreed to, the newest first.
    pub agreements: Vec<&'a Agreement>,
    /// Letters, the newest first.
    pub letters: Vec<&'a SignedLetter>,
    /// The clinic's day.
    pub today: CivilDate,
    /// The viewer writes down agreements, and that letters left.
    pub may_write: bool,
    /// The viewer signs letters.
    pub may_sign: bool,
    /// Why the last form was not saved, with what was typed.
    pub refused: Option<(String, &'a Fields)>,
}

impl LettersPage<'_> {
    fn clock(&self) -> ClockFace<'_> {
        ClockFace {
            zone: self.around.zone,
            now: self.around.now,
        }
    }

    fn agreed(&self) -> Vec<Agreed<'_>> {
        let clock = self.clock();
        let of = |known: &&'_ Agreement| {
            let until = known.telling.until.map_or_else(String::new, |until| {
                format!(", until {}", civil_date(until))
            });
            let mut says = format!(
                "Agreed on {}{until}: {}. Written down by {}",
                clock.date(known.at),
                known.telling.how.says(),
                known.by.name()
            );
            if let Some((at, by, reason)) = &known.taken_back {
                says = format!("{says}. Taken back on {} ({})", clock.date(*at), by.name());
                if !reason.is_empty() {
                    says = format!("{says}: {reason}");
                }
            }
            (says, known.stands(self.today))
        };
        self.agreements
            .iter()
            .map(|known| {
                let (says, stands) = of(known);
                Agreed {
                    id: known.id,
                    name: &known.telling.to.name,
                    address: &known.telling.to.address,
                    part: known.telling.to.part.says(),
                    topics: known
                        .telling
                        .topics
                        .iter()
                        .map(|topic| topic.says())
                        .collect(),
                    says,
                    stands,
                }
            })
            .collect()
    }

    fn signed(&self) -> Vec<Signed<'_>> {
        let clock = self.clock();
        self.letters
            .iter()
            .map(|letter| {
                let agreement = self
                    .agreements
                    .iter()
                    .find(|known| known.id == letter.agreement);
                Signed {
                    id: letter.id,
                    to: agreement.map_or("not known", |known| &known.telling.to.name),
                    says: format!(
                        "{} to {}, signed by {} on {}",
                        civil_date(letter.contents.from),
                        civil_date(letter.contents.until),
                        letter.contents.name,
                        clock.full(letter.at)
                    ),
                    left: letter
                        .left
                        .iter()
                        .map(|left| {
                            let note = match left.note.as_str() {
                                "" => String::new(),
                                note => format!(" ({note})"),
                            };
                            format!(
                                "{}{note}, {}, {}",
                                left.way.says(),
                                clock.full(left.at),
                                left.by.name()
                            )
                        })
                        .collect(),
                    may_leave: agreement.is_some_and(|known| known.stands(self.today)),
                }
            })
            .collect()
    }

    fn typed(&self, field: &str) -> &str {
        let of = self
            .refused
            .as_ref()
            .filter(|(_, fields)| fields.text("act") == "agree");
        of.map_or("", |(_, fields)| fields.text(field))
    }

    fn chosen(&self, field: &str, word: &str) -> bool {
        let of = self
            .refused
            .as_ref()
            .filter(|(_, fields)| fields.text("act") == "agree");
        of.is_some_and(|(_, fields)| fields.all(field).any(|chosen| chosen == word))
    }

    fn opens_agreeing(&self) -> bool {
        let refused = self.refused.as_ref();
        refused.is_some_and(|(_, fields)| fields.text("act") == "agree")
            || self.agreements.is_empty()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A letter before it is signed.
#[derive(Template)]
#[template(path = "letter_write.html")]
pub struct LetterPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who it is about.
    pub strip: IdentityStrip,
    /// The record that stays.
    pub patient: PatientId,
    /// What it rests on.
    pub agreement: &'a Agreement,
    /// That holds today.
    pub stands: bool,
    /// What was composed.
    pub contents: &'a Letter,
    /// Its digest: what is signed is what was seen.
    pub seen: String,
    /// Why it was not signed, with what was typed.
    pub refused: Option<(String, String)>,
}

impl LetterPage<'_> {
    fn topics(&self) -> Vec<&'static str> {
        let topics = self.agreement.telling.topics.iter();
        topics.map(|topic| in_a_sentence(*topic)).collect()
    }

    const fn called(&self, section: &Section) -> &'static str {
        heading(section.topic)
    }

    fn from(&self) -> String {
        self.contents.from.to_string()
    }

    fn until(&self) -> String {
        self.contents.until.to_string()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// An agreement as the person reads it.
struct OwnAgreed<'a> {
    id: Uuid,
    name: &'a str,
    topics: Vec<&'static str>,
    says: String,
    stands: bool,
}

/// A letter as the person reads of it.
struct OwnSigned {
    id: Uuid,
    says: String,
    left: Vec<String>,
}

/// The person's own page.
#[derive(Template)]
#[template(path = "letters_own.html")]
pub struct OwnLetters<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What they agreed to, the newest first.
    pub agreements: Vec<&'a Agreement>,
    /// Letters, the newest first.
    pub letters: Vec<&'a SignedLetter>,
    /// The clinic's day.
    pub today: CivilDate,
    /// They hold the clinic's tablet: nothing is opened that would stay on it.
    pub on_the_tablet: bool,
}

const fn own_topic(topic: Topic, language: Language) -> &'static str {
    match (language, topic) {
        (Language::English, Topic::Sessions) => {
            "your sessions: the days, the drug, the dose, your blood pressure"
        }
        (Language::English, Topic::Scales) => "what your answers to the scales came to",
        (Language::English, Topic::Effects) => "side effects",
        (Language::English, Topic::Next) => "what is planned next",
        (Language::Spanish, Topic::Sessions) => {
            "sus sesiones: los días, el medicamento, la dosis, su presión"
        }
        (Language::Spanish, Topic::Scales) => "el resultado de sus respuestas a las escalas",
        (Language::Spanish, Topic::Effects) => "efectos secundarios",
        (Language::Spanish, Topic::Next) => "lo que viene después",
    }
}

const fn own_way(way: Way, language: Language) -> &'static str {
    match (language, way) {
        (Language::English, Way::Post) => "sent by post",
        (Language::English, Way::Fax) => "sent by fax",
        (Language::English, Way::SecureMessage) => "sent by a secure message",
        (Language::English, Way::ByThePerson) => "given to you to take along",
        (Language::Spanish, Way::Post) => "enviada por correo",
        (Language::Spanish, Way::Fax) => "enviada por fax",
        (Language::Spanish, Way::SecureMessage) => "enviada por un mensaje seguro",
        (Language::Spanish, Way::ByThePerson) => "entregada a usted para llevarla",
    }
}

impl OwnLetters<'_> {
    const fn says(&self, en: &'static str, es: &'static str) -> &'static str {
        match self.frame.language {
            Language::English => en,
            Language::Spanish => es,
        }
    }

    fn date(&self, at: units::Moment) -> String {
        let clock = ClockFace {
            zone: self.frame.around.zone,
            now: self.frame.around.now,
        };
        match self.frame.language {
            Language::English => clock.date(at),
            Language::Spanish => clock.date_in_numbers(at),
        }
    }

    fn agreed(&self) -> Vec<OwnAgreed<'_>> {
        let of = |known: &&Agreement| {
            let agreed = format!(
                "{} {}",
                self.says("You agreed on", "Usted lo aceptó el"),
                self.date(known.at)
            );
            match (&known.taken_back, known.stands(self.today)) {
                (Some((at, _, _)), _) => format!(
                    "{agreed}. {} {}.",
                    self.says("Taken back on", "Retirado el"),
                    self.date(*at)
                ),
                (None, false) => format!("{agreed}. {}", self.says("It is over.", "Ya terminó.")),
                (None, true) => format!("{agreed}."),
            }
        };
        self.agreements
            .iter()
            .map(|known| OwnAgreed {
                id: known.id,
                name: &known.telling.to.name,
                topics: known
                    .telling
                    .topics
                    .iter()
                    .map(|topic| own_topic(*topic, self.frame.language))
                    .collect(),
                says: of(known),
                stands: known.stands(self.today),
            })
            .collect()
    }

    fn signed(&self) -> Vec<OwnSigned> {
        let name = |id: Uuid| {
            let mut known = self.agreements.iter();
            let known = known.find(|known| known.id == id);
            known.map_or_else(String::new, |known| known.telling.to.name.clone())
        };
        self.letters
            .iter()
            .map(|letter| OwnSigned {
                id: letter.id,
                says: format!(
                    "{}: {} {}",
                    name(letter.agreement),
                    self.says("written on", "escrita el"),
                    self.date(letter.at)
                ),
                left: letter
                    .left
                    .iter()
                    .map(|left| {
                        let way = own_way(left.way, self.frame.language);
                        format!("{way}, {}", self.date(left.at))
                    })
                    .collect(),
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
