//! What somebody takes home after the drug: until when what is left, and when to call; on their
//! phone, and on paper for them and for whoever takes them home.

use super::my_frame::Frame;
use askama::Template;
use clinical::course::follow_up::{Sign, Signs, Urgency};
use clinical::leaflet::{Language, Leaflet};
use report::book::{Block, Chapter};
use units::{Moment, Span};

/// For how long each thing is left, from the end of the drug; nothing where no rule says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Opioids and sedatives.
    pub sedatives: Option<Span>,
    /// Alcohol and cannabis.
    pub alcohol: Option<Span>,
    /// Contracts and big decisions.
    pub decisions: Option<Span>,
    /// Driving, machines, heights, open fire, small children alone.
    pub driving: Option<Span>,
}

impl Left {
    /// When the last of them is over; nothing where no rule says any.
    pub fn over(&self, ended: Moment) -> Option<Moment> {
        [self.sedatives, self.alcohol, self.decisions, self.driving]
            .into_iter()
            .flatten()
            .max()
            .map(|span| ended + span)
    }
}

/// The page, and the sheet.
#[derive(Template)]
#[template(path = "going_home.html")]
pub struct GoingHome<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// The leaflet, with the clinic's numbers.
    pub leaflet: &'a Leaflet,
    /// When the drug ended; nothing before.
    pub ended: Option<Moment>,
    /// For how long what is left.
    pub left: Left,
    /// What to call for.
    pub signs: &'a Signs,
    /// The next visit, if one is booked.
    pub next: Option<Moment>,
    /// On paper: whose it is and who takes them home; nothing on the person's own phone.
    pub paper: Option<Paper>,
}

/// What the sheet has and the phone has not.
pub struct Paper {
    /// The person.
    pub name: String,
    /// Who takes them home; empty where nobody is named.
    pub escort: String,
    /// Back to the room.
    pub back: String,
}

struct Words {
    until: &'static str,
    not_ended: &'static str,
    call_now: &'static str,
    call_us: &'static str,
    danger: &'static str,
    next: &'static str,
    no_next: &'static str,
    tell: &'static str,
    tell_link: &'static str,
    read: &'static str,
    person: &'static str,
    escort: &'static str,
    sources: &'static str,
}

const ENGLISH: Words = Words {
    until: "Until when",
    not_ended: "The times stand here when the medicine has ended.",
    call_now: "Call the emergency number now",
    call_us: "Call the clinic today",
    danger: "112, 911 or 999. In the United States 988 for thoughts of suicide.",
    next: "Your next visit",
    no_next: "No visit is booked. Ask us before you leave.",
    tell: "We ask you tonight and tomorrow how you are. You can tell us at any hour.",
    tell_link: "How are you?",
    read: "We went through this together.",
    person: "Patient",
    escort: "Who takes them home",
    sources: "Where this comes from",
};

const SPANISH: Words = Words {
    until: "Hasta cuándo",
    not_ended: "Las horas aparecen aquí cuando termina la medicina.",
    call_now: "Llame ahora al número de emergencia",
    call_us: "Llame hoy a la clínica",
    danger: "112, 911 o 999. En Estados Unidos 988 si piensa en el suicidio.",
    next: "Su próxima visita",
    no_next: "No hay una visita reservada. Pregunte antes de irse.",
    tell: "Esta noche y mañana le preguntamos cómo está. Puede contarnos a cualquier hora.",
    tell_link: "¿Cómo está?",
    read: "Leímos esto juntos.",
    person: "Paciente",
    escort: "Quien le lleva a casa",
    sources: "De dónde viene esto",
};

impl GoingHome<'_> {
    const fn words(&self) -> &'static Words {
        match self.frame.language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }

    pub(in crate::web) fn at(&self, moment: Moment) -> String {
        let clock = self.frame.around.clock();
        match self.frame.language {
            Language::English => format!("{}, {}", clock.weekday(moment), clock.time(moment)),
            Language::Spanish => clock.in_numbers(moment),
        }
    }

    /// Until when what is left, the soonest first.
    pub(super) fn times(&self) -> Vec<(String, &'static str)> {
        let Some(ended) = self.ended else {
            return Vec::new();
        };
        let words = |en: &'static str, es: &'static str| match self.frame.language {
            Language::English => en,
            Language::Spanish => es,
        };
        let mut left = [
            (
                self.left.sedatives,
                words(
                    "no strong pain pills and no sleeping pills, unless we said so",
                    "nada de pastillas fuertes para el dolor ni para dormir, si no se lo dijimos",
                ),
            ),
            (
                self.left.alcohol,
                words(
                    "no alcohol, no cannabis",
                    "nada de alcohol, nada de cannabis",
                ),
            ),
            (
                self.left.decisions,
                words(
                    "no papers to sign, no big choices",
                    "no firme papeles, no tome decisiones grandes",
                ),
            ),
            (
                self.left.driving,
                words(
                    "and not before a full night of sleep: no driving, bike, machines, heights, open fire; no small children alone",
                    "y no antes de dormir toda la noche: no maneje, no bici, no máquinas, no alturas, no fuego; no cuide solo a niños pequeños",
                ),
            ),
        ];
        left.sort_by_key(|(span, _)| *span);
        left.into_iter()
            .filter_map(|(span, says)| Some((self.at(ended + span?), says)))
            .collect()
    }

    fn signs(&self, now: bool) -> Vec<&str> {
        let signs = self.asked_signs(now);
        signs.map(|sign| sign.says(self.frame.language)).collect()
    }

    /// The signs that are asked about, for the emergency number or for the clinic.
    pub(super) fn asked_signs(&self, now: bool) -> impl Iterator<Item = &Sign> {
        let signs = self.signs.signs.iter();
        signs.filter(move |sign| sign.asked && (sign.urgency == Urgency::Now) == now)
    }

    fn next_visit(&self) -> String {
        self.next
            .map_or_else(|| self.words().no_next.to_owned(), |at| self.at(at))
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    /// The same as sheets are set from it.
    pub fn blocks(&self) -> Vec<Block> {
        let words = self.words();
        let mut sheet = Chapter::default();
        sheet.words(self.leaflet.summary.clone());
        sheet.heading(words.until);
        let times = self.times();
        if times.is_empty() {
            sheet.words(words.not_ended);
        }
        sheet.facts(
            times
                .into_iter()
                .map(|(at, says)| (at, says.to_owned()))
                .collect(),
        );
        for section in &self.leaflet.sections {
            sheet.heading(section.heading.clone());
            for paragraph in &section.paragraphs {
                sheet.words(paragraph.clone());
            }
            sheet.list(section.points.clone());
        }
        let signs = |now| self.signs(now).into_iter().map(str::to_owned).collect();
        sheet.heading(words.call_now);
        sheet.words(words.danger);
        sheet.list(signs(true));
        let phone = self.frame.phone;
        sheet.heading(if phone.is_empty() {
            words.call_us.to_owned()
        } else {
            format!("{}: {phone}", words.call_us)
        });
        sheet.list(signs(false));
        sheet.heading(words.next);
        sheet.words(self.next_visit());
        sheet.words(words.tell);
        for source in &self.leaflet.sources {
            sheet.small(source.says.clone());
        }
        sheet.blocks
    }

    /// What is written by hand below it, and by whom: that it was gone through together.
    pub fn by_hand(&self) -> Vec<String> {
        let words = self.words();
        let escort = match &self.paper {
            Some(paper) if !paper.escort.is_empty() => {
                format!("{} ({})", words.escort, paper.escort)
            }
            Some(_) | None => words.escort.to_owned(),
        };
        vec![format!("{} {}", words.read, words.person), escort]
    }
}
