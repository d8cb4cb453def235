//! Who has opened a record, in plain words, grouped by day: who, as what, when, and which part.

use super::around::{Around, role_says};
use super::clock_face::ClockFace;
use super::identity_strip::IdentityStrip;
use super::my_frame::Frame;
use askama::Template;
use clinical::leaflet::Language;
use clinical::record::{Actor, Role};
use units::Moment;

/// One note of the log: somebody opened a part of the record, or did something in it.
#[derive(Clone, Debug)]
pub struct Touch {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: Actor,
    /// What, as the log has it.
    pub action: String,
    /// More of it, as the log has it.
    pub detail: String,
    /// When the session was, where it is about one.
    pub session: Option<Moment>,
}

/// The person's own page.
#[derive(Template)]
#[template(path = "readers_own.html")]
pub struct OwnReaders<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Newest first.
    pub touches: &'a [Touch],
    /// Where older ones begin.
    pub older: Option<u64>,
    /// This is the newest page.
    pub first: bool,
}

/// The page for whoever audits.
#[derive(Template)]
#[template(path = "readers.html")]
pub struct StaffReaders<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who it is about.
    pub strip: IdentityStrip,
    /// Newest first.
    pub touches: &'a [Touch],
    /// Where older ones begin.
    pub older: Option<u64>,
    /// This is the newest page.
    pub first: bool,
}

/// A day, and who opened what on it.
pub struct Day {
    /// The date.
    pub day: String,
    /// Newest first.
    pub lines: Vec<Line>,
}

/// One who opened one part, once or more often that day.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub who: String,
    /// As what.
    pub role: &'static str,
    /// Which part.
    pub what: String,
    /// At which times, oldest first.
    pub times: String,
}

impl Line {
    const fn of(who: String, role: &'static str, what: String) -> Self {
        Self {
            who,
            role,
            what,
            times: String::new(),
        }
    }
}

/// How many times of one day are written out.
const WRITTEN_OUT: usize = 3;

const fn words(language: Language, en: &'static str, es: &'static str) -> &'static str {
    match language {
        Language::English => en,
        Language::Spanish => es,
    }
}

fn role(of: Role, language: Language) -> &'static str {
    match language {
        Language::English => match of {
            Role::Patient => "you",
            _staff => role_says(of),
        },
        Language::Spanish => match of {
            Role::Patient => "usted",
            Role::FrontDesk => "recepción",
            Role::Nurse => "enfermería",
            Role::Prescriber => "quien receta",
            Role::Therapist => "terapeuta",
            Role::MedicalDirector => "dirección médica",
            Role::Owner => "administración",
            Role::Auditor => "auditoría",
            Role::IntegrationClient => "programa conectado",
        },
    }
}

/// The parts of a record that somebody opens, as the log names them, in the person's words. What
/// is not among them was done and not only read.
const PARTS: [(&str, &str, &str); 44] = [
    ("open a chart", "read your chart", "leyó su expediente"),
    (
        "open the details",
        "read your name and how you are reached",
        "leyó su nombre y cómo contactarle",
    ),
    (
        "open what a person shares",
        "read what you share of your sessions",
        "leyó lo que usted comparte de sus sesiones",
    ),
    (
        "open the outcomes",
        "read your answers about the last weeks",
        "leyó sus respuestas sobre las últimas semanas",
    ),
    (
        "open the follow-up",
        "read how you were after a session",
        "leyó cómo estuvo después de una sesión",
    ),
    (
        "open the next step",
        "read what can come next for you",
        "leyó qué puede venir después para usted",
    ),
    ("open a course", "read your visits", "leyó sus visitas"),
    ("open wishes", "read your wishes", "leyó sus deseos"),
    (
        "read letters",
        "read letters about you",
        "leyó cartas sobre usted",
    ),
    (
        "open a letter",
        "read a letter about you",
        "leyó una carta sobre usted",
    ),
    (
        "make a letter",
        "made a letter about you",
        "hizo una carta sobre usted",
    ),
    (
        "open a history",
        "read your health history",
        "leyó su historia de salud",
    ),
    (
        "open a list of the history",
        "read a list in your health history",
        "leyó una lista de su historia de salud",
    ),
    (
        "open the integration",
        "read the notes on your talks",
        "leyó las notas de sus conversaciones",
    ),
    (
        "open the brief",
        "read the short account before a talk",
        "leyó el resumen antes de una conversación",
    ),
    (
        "open a note of integration",
        "opened a note on a talk",
        "abrió una nota de una conversación",
    ),
    (
        "open a group",
        "read the list of a group you are in",
        "leyó la lista de un grupo suyo",
    ),
    (
        "print what was signed",
        "printed a copy of what you signed",
        "imprimió una copia de lo que usted firmó",
    ),
    (
        "open the way home",
        "read who takes you home",
        "leyó quién le lleva a casa",
    ),
    (
        "ask whoever takes a person home",
        "asked whoever takes you home, by a link",
        "preguntó por un enlace a quien le lleva a casa",
    ),
    (
        "answer by an escort's link",
        "noted what whoever takes you home answered by their link",
        "anotó lo que contestó por su enlace quien le lleva a casa",
    ),
    (
        "open how a person is let in",
        "read how you come in",
        "leyó cómo entra usted",
    ),
    (
        "read consents",
        "read your consents",
        "leyó sus consentimientos",
    ),
    (
        "read a text of consent",
        "read a text that you signed",
        "leyó un texto que usted firmó",
    ),
    (
        "open a person’s safety programme",
        "read your safety programme",
        "leyó su programa de seguridad",
    ),
    (
        "open a review",
        "read the review of your history",
        "leyó la revisión de su historia",
    ),
    ("open a session", "read the session", "leyó la sesión"),
    (
        "open a case of the ledger",
        "read an open question about a drug of the session",
        "leyó una pregunta abierta sobre un medicamento de la sesión",
    ),
    ("open who has read", "read this list", "leyó esta lista"),
    (
        "open the copy of the record",
        "opened the page to make you a copy",
        "abrió la página para hacerle una copia",
    ),
    (
        "print the book",
        "printed the book of your journey",
        "imprimió el libro de su camino",
    ),
    (
        "take the book",
        "took the book of your journey",
        "se llevó el libro de su camino",
    ),
    (
        "take the record away",
        "took your whole record as a file",
        "se llevó todo su expediente en un archivo",
    ),
    (
        "hand out the record",
        "made your whole record as a file, because you asked",
        "hizo su expediente completo en un archivo, porque usted lo pidió",
    ),
    (
        "open what a payer asks",
        "opened the papers for your insurance",
        "abrió los papeles para su seguro",
    ),
    (
        "print what a payer asks",
        "printed the papers for your insurance",
        "imprimió los papeles para su seguro",
    ),
    (
        "open the letters",
        "read whom you let us write to, and the letters",
        "leyó a quién nos permite escribir, y las cartas",
    ),
    (
        "compose a letter",
        "looked at a letter about you before signing it",
        "miró una carta sobre usted antes de firmarla",
    ),
    (
        "print a letter",
        "printed a letter about you",
        "imprimió una carta sobre usted",
    ),
    (
        "write down who may be told",
        "wrote down whom you let us write to",
        "anotó a quién nos permite escribir",
    ),
    (
        "take back who may be told",
        "took back whom we may write to",
        "retiró a quién podemos escribir",
    ),
    (
        "sign a letter",
        "signed a letter about you",
        "firmó una carta sobre usted",
    ),
    (
        "write that a letter has left",
        "wrote down that a letter about you has left",
        "anotó que salió una carta sobre usted",
    ),
    ("let in", "came in", "entró"),
];

/// What a program read.
fn of_program(kind: &str, language: Language) -> &'static str {
    match kind {
        "Patient" => words(
            language,
            "read your name and how you are reached",
            "leyó su nombre y cómo contactarle",
        ),
        "Encounter" => words(language, "read your sessions", "leyó sus sesiones"),
        "Observation" => words(
            language,
            "read your vital signs and scores",
            "leyó sus signos vitales y puntajes",
        ),
        "MedicationAdministration" => words(
            language,
            "read what you were given",
            "leyó qué medicamento recibió",
        ),
        _other => words(
            language,
            "read a part of your record",
            "leyó una parte de su expediente",
        ),
    }
}

fn date(clock: ClockFace<'_>, at: Moment, language: Language) -> String {
    match language {
        Language::English => clock.weekday(at),
        Language::Spanish => clock.date_in_numbers(at),
    }
}

impl Touch {
    fn known(&self) -> Option<&'static (&'static str, &'static str, &'static str)> {
        PARTS.iter().find(|(action, _, _)| *action == self.action)
    }

    fn what(&self, clock: ClockFace<'_>, language: Language) -> String {
        let says = if self.action == crate::web::fhir::READ_BY_PROGRAM {
            of_program(&self.detail, language)
        } else {
            match (self.known(), self.session) {
                (Some((_, en, es)), _) => words(language, en, es),
                (None, Some(_)) => words(
                    language,
                    "wrote in the record of the session",
                    "escribió en el expediente de la sesión",
                ),
                (None, None) => words(
                    language,
                    "did or wrote something in your record",
                    "hizo o escribió algo en su expediente",
                ),
            }
        };
        match self.session {
            Some(at) => {
                let of = words(language, "of", "del");
                format!("{says} {of} {}", date(clock, at, language))
            }
            None => says.to_owned(),
        }
    }

    /// The words of the log themselves, for whoever audits.
    fn as_noted(&self, clock: ClockFace<'_>) -> String {
        let session = self
            .session
            .map(|at| format!(" ({})", clock.date(at)))
            .unwrap_or_default();
        let detail = match self.detail.as_str() {
            "" => String::new(),
            detail => format!(": {detail}"),
        };
        format!("{}{detail}{session}", self.action)
    }

    fn who(&self, language: Language) -> (String, &'static str) {
        match &self.actor {
            Actor::Person { name, role: of, .. } => (name.clone(), role(*of, language)),
            Actor::Device { name } => (name.clone(), words(language, "a device", "un aparato")),
            Actor::System { .. } => (
                "Evenkeel".to_owned(),
                words(language, "by itself", "por sí solo"),
            ),
        }
    }
}

/// Times of one day, oldest first: each one, or the first and the last with their number.
fn times(moments: &[Moment], clock: ClockFace<'_>, language: Language) -> String {
    let mut moments = moments.to_vec();
    moments.sort();
    let count = moments.len();
    let mut clocks: Vec<String> = moments.iter().map(|at| clock.time(*at)).collect();
    clocks.dedup();
    let often = words(language, "times", "veces");
    match clocks.as_slice() {
        [only] if count > 1 => format!("{only}, {count} {often}"),
        [first, .., last] if clocks.len() > WRITTEN_OUT => {
            format!("{first}–{last}, {count} {often}")
        }
        few => few.join(", "),
    }
}

/// Groups what is newest first by day, and within a day by who and what.
fn days(
    touches: &[Touch],
    clock: ClockFace<'_>,
    language: Language,
    line: impl Fn(&Touch) -> Line,
) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let mut moments: Vec<Vec<Moment>> = Vec::new();
    for touch in touches {
        let day = date(clock, touch.at, language);
        if days.last().is_none_or(|last| last.day != day) {
            finish(&mut days, &mut moments, clock, language);
            days.push(Day {
                day,
                lines: Vec::new(),
            });
        }
        let line = line(touch);
        let Some(last) = days.last_mut() else {
            continue;
        };
        match last.lines.iter().position(|known| *known == line) {
            Some(place) => {
                if let Some(of_line) = moments.get_mut(place) {
                    of_line.push(touch.at);
                }
            }
            None => {
                last.lines.push(line);
                moments.push(vec![touch.at]);
            }
        }
    }
    finish(&mut days, &mut moments, clock, language);
    days
}

/// Writes the times of the last day into its lines.
fn finish(
    days: &mut [Day],
    moments: &mut Vec<Vec<Moment>>,
    clock: ClockFace<'_>,
    language: Language,
) {
    if let Some(last) = days.last_mut() {
        for (line, of_line) in last.lines.iter_mut().zip(moments.drain(..)) {
            line.times = times(&of_line, clock, language);
        }
    }
    moments.clear();
}

impl OwnReaders<'_> {
    const fn says(&self, en: &'static str, es: &'static str) -> &'static str {
        words(self.frame.language, en, es)
    }

    fn days(&self) -> Vec<Day> {
        let clock = self.frame.around.clock();
        let language = self.frame.language;
        days(self.touches, clock, language, |touch| {
            let (who, role) = touch.who(language);
            Line::of(who, role, touch.what(clock, language))
        })
    }

    /// What is not noted: said, so that an empty list is not read as more than it is.
    fn not_noted(&self) -> Vec<&'static str> {
        vec![
            self.says(
                "Lists on which your name stands among others: the day’s calendar, the board of the rooms, lists of who is waited for or called.",
                "Listas en las que su nombre está entre otros: el calendario del día, el tablero de las salas, las listas de a quién se espera o se llama.",
            ),
            self.says(
                "Lists over everybody that are made for the law, such as the book of controlled drugs: who read the book is noted, but not under each name in it.",
                "Listas de todas las personas que pide la ley, como el libro de medicamentos controlados: se anota quién lo leyó, pero no bajo cada nombre.",
            ),
            self.says(
                "How long a page stayed open, and who looked over a shoulder.",
                "Cuánto tiempo quedó abierta una página, y quién miró por encima del hombro.",
            ),
            self.says(
                "What you read on your own pages. That you came in is noted, so that you see if it was not you.",
                "Lo que usted lee en sus propias páginas. Que entró sí se anota, para que vea si no fue usted.",
            ),
            self.says(
                "A program that reads the same part again within an hour is noted once.",
                "Un programa que lee otra vez la misma parte en una hora se anota una vez.",
            ),
            self.says(
                "Paper and files once they have left, and whoever runs the computer itself and its backups.",
                "Papeles y archivos que ya salieron, y quien maneja la computadora y sus copias de seguridad.",
            ),
        ]
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

impl StaffReaders<'_> {
    fn days(&self) -> Vec<Day> {
        let clock = self.around.clock();
        days(self.touches, clock, Language::English, |touch| {
            let (who, mut role) = touch.who(Language::English);
            // Only on their own page the person is "you".
            if let Actor::Person { role: of, .. } = &touch.actor {
                role = role_says(*of);
            }
            Line::of(who, role, touch.as_noted(clock))
        })
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! A nurse who looked twice, a program, and the person who came in.

    use super::{OwnReaders, Touch};
    use crate::web::pages::{around, my_frame};
    use clinical::leaflet::Language;
    use clinical::record::{Actor, Role, StaffId};
    use units::Span;
    use uuid::Uuid;

    /// Five notes of two days, newest first.
    pub fn touches() -> Vec<Touch> {
        let person = |name: &str, role| Actor::Person {
            id: StaffId(Uuid::nil()),
            name: name.to_owned(),
            role,
        };
        let touch = |minutes: i64, actor: Actor, action: &str| Touch {
            at: around::sample::NOW - Span::from_minutes(minutes),
            actor,
            action: action.to_owned(),
            detail: String::new(),
            session: None,
        };
        vec![
            touch(2, person("Nora Lindqvist", Role::Nurse), "open a chart"),
            touch(5, person("Ana Moreno", Role::Patient), "let in"),
            touch(60, person("Nora Lindqvist", Role::Nurse), "open a chart"),
            Touch {
                detail: "Observation".to_owned(),
                ..touch(
                    24 * 60,
                    person("hospital", Role::IntegrationClient),
                    crate::web::fhir::READ_BY_PROGRAM,
                )
            },
            touch(
                24 * 60 + 1,
                person("Petra Ivanova", Role::Prescriber),
                "something new",
            ),
        ]
    }

    /// The person's page in a language.
    pub fn page(touches: &[Touch], language: Language) -> OwnReaders<'_> {
        OwnReaders {
            frame: my_frame::sample::frame("/my/readers", language),
            touches,
            older: None,
            first: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_who_as_what_when_and_which_part_and_a_second_look_is_not_a_second_line() {
        let touches = sample::touches();
        let page = sample::page(&touches, Language::English);
        let days = page.days();
        // Witness: the sample's moment is 20 November 2025, 13:12, a Thursday.
        assert_eq!(days[0].day, "Thu 20 Nov 2025");
        assert_eq!(
            days[0].lines[0],
            Line {
                who: "Nora Lindqvist".to_owned(),
                role: "nurse",
                what: "read your chart".to_owned(),
                times: "12:12, 13:10".to_owned(),
            }
        );
        assert_eq!(days[0].lines[1].role, "you");
        assert_eq!(days[1].lines[0].what, "read your vital signs and scores");
        assert_eq!(days[1].lines[0].role, "connected program");
    }

    // Hazard: H72 — what has no words of its own yet is still told.
    #[test]
    fn an_action_that_nobody_put_into_words_stands_there_all_the_same() {
        let touches = sample::touches();
        for language in Language::ALL {
            let page = sample::page(&touches, language);
            let html = page.html();
            assert!(html.contains("Petra Ivanova"), "{html}");
            for says in page.not_noted() {
                assert!(html.contains(says), "{says}");
            }
        }
        let english = sample::page(&touches, Language::English);
        assert_eq!(
            english.days()[1].lines[1].what,
            "did or wrote something in your record"
        );
    }

    #[test]
    fn many_looks_of_one_day_are_counted() {
        let one = sample::touches().remove(0);
        let touches: Vec<Touch> = (0..5)
            .map(|number| Touch {
                at: one.at - units::Span::from_minutes(number),
                ..one.clone()
            })
            .collect();
        let page = sample::page(&touches, Language::English);
        // Witness: five looks from 13:06 to 13:10.
        assert_eq!(page.days()[0].lines[0].times, "13:06–13:10, 5 times");
    }
}
