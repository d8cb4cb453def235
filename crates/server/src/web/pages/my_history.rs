//! A patient's history: its parts, one question a page, and the check of all of it, in two
//! languages.

use super::my_frame::Frame;
use crate::web::form::Fields;
use crate::web::history_form::{
    Asked, HEIGHT_FIELDS, HOURS, HOURS_AS_RECORDED, WEIGHT_FIELDS, word_of_hours,
};
use askama::Template;
use clinical::course::intake::{Asks, Intake, Item, Page, Said, Section};
use clinical::course::screening::person::{LastEvent, LastUse, Reaction, TrialOutcome};
use clinical::instrument::{self, Instrument, Library, Response};
use clinical::leaflet::Language;
use clinical::patient::{Channel, CivilDate, Contacts, WritingHours};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What stands in the fields of a form: from the record, or as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    /// As it was typed: nothing of it is lost while something is asked back.
    pub fn typed(fields: &Fields) -> Self {
        let mut values = Self::default();
        for (name, value) in &fields.0 {
            values.put(name, value);
        }
        values
    }

    fn put(&mut self, name: &str, value: impl Into<String>) {
        self.0
            .entry(name.to_owned())
            .or_default()
            .push(value.into());
    }

    fn text(&self, name: &str) -> &str {
        self.0
            .get(name)
            .and_then(|all| all.first())
            .map_or("", String::as_str)
    }

    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.0
            .get(name)
            .is_some_and(|all| all.iter().any(|known| known == value))
    }

    fn put_day(&mut self, day: CivilDate) {
        self.put("day", day.day().to_string());
        self.put("month", day.month().to_string());
        self.put("year", day.year().to_string());
    }
}

/// What is recorded of a page's questions, as its form has it.
pub fn values_of(
    page: &Page,
    item: Option<&str>,
    intake: &Intake,
    contacts: Option<&Contacts>,
    zone: &TimeZone,
) -> Values {
    let mut values = Values::default();
    match &page.asks {
        Asks::Contacts => {
            if let Some(contacts) = contacts {
                put_contacts(&mut values, contacts);
            }
        }
        Asks::Body => {
            match intake.said(&Item::Height) {
                Some(Said::Height(height)) => {
                    values.put("centimetres", height.value().normalize().to_string());
                }
                Some(Said::NotSure) => values.put("height_not_sure", "yes"),
                _ => {}
            }
            match intake.said(&Item::Weight) {
                Some(Said::Weight(weighing)) => {
                    let kilograms = weighing.kilograms.value().normalize();
                    values.put("kilograms", kilograms.to_string());
                }
                Some(Said::NotSure) => values.put("weight_not_sure", "yes"),
                _ => {}
            }
        }
        Asks::Questions(questions) => {
            for question in questions {
                if let Some(said) = intake.said(&Item::Question(*question)) {
                    values.put(question.name(), yes_word(said));
                }
            }
        }
        Asks::AcuteEvent => match intake.said(&Item::AcuteEvent) {
            Some(Said::AcuteEvent(LastEvent::Never)) => values.put("when", "never"),
            Some(Said::AcuteEvent(LastEvent::On(day))) => {
                values.put("when", "on");
                values.put_day(*day);
            }
            Some(Said::NotSure) => values.put("when", "not-sure"),
            _ => {}
        },
        Asks::LastUse(substance) => match intake.said(&Item::LastUse(*substance)) {
            Some(Said::LastUse(LastUse::Never)) => values.put("when", "never"),
            Some(Said::LastUse(LastUse::At(at))) => {
                values.put("when", "on");
                if let Ok(day) = crate::book::date_of(zone, *at) {
                    values.put_day(day);
                }
            }
            Some(Said::NotSure) => values.put("when", "not-sure"),
            _ => {}
        },
        Asks::Operations => match intake.said(&Item::Operations) {
            Some(Said::Words(words)) => {
                values.put("any", "some");
                values.put("words", words.clone());
            }
            Some(Said::NotSure) => values.put("any", "not-sure"),
            _ => {}
        },
        Asks::Medicines | Asks::Allergies | Asks::Trials => {}
        Asks::Instrument(id) => {
            return values_of_scale(item, &intake.answers(id));
        }
    }
    values
}

/// What is recorded of one question of a questionnaire, as its form has it.
pub fn values_of_scale(item: Option<&str>, answers: &instrument::Answers) -> Values {
    let mut values = Values::default();
    match item.and_then(|item| answers.to(item)) {
        Some(instrument::Answer::Chosen(choice)) => values.put("answer", choice.clone()),
        Some(instrument::Answer::NotSure) => values.put("answer", "not-sure"),
        Some(instrument::Answer::Declined) => values.put("answer", "declined"),
        Some(instrument::Answer::Number(_)) | None => {}
    }
    values
}

fn put_contacts(values: &mut Values, contacts: &Contacts) {
    values.put("email", contacts.email.clone().unwrap_or_default());
    values.put("mobile", contacts.mobile.clone().unwrap_or_default());
    for channel in &contacts.channels {
        values.put("channel", channel.word());
    }
    values.put("hours", word_of_hours(contacts.hours));
    for (who, companion) in [
        ("emergency", &contacts.emergency_contact),
        ("escort", &contacts.escort),
    ] {
        if let Some(known) = companion {
            values.put(&format!("{who}_name"), known.name.clone());
            values.put(&format!("{who}_phone"), known.phone.clone());
            values.put(&format!("{who}_relationship"), known.relationship.clone());
        }
    }
}

const fn yes_word(said: &Said) -> &'static str {
    match said {
        Said::Yes(true) => "yes",
        Said::Yes(false) => "no",
        _ => "not-sure",
    }
}

/// A question of a questionnaire, in words.
pub struct ScaleQuestion {
    pub(super) id: String,
    pub(super) before: Option<String>,
    pub(super) instruction: String,
    pub(super) question: String,
    pub(super) choices: Vec<(String, String)>,
}

/// The words of a question in a language, or in English where it has no others; none where its
/// licence keeps the words out, or it is not one to choose from.
pub fn scale_item(
    instrument: &Instrument,
    item: &str,
    language: Language,
) -> Option<ScaleQuestion> {
    let wording = instrument
        .wording
        .get(language.tag())
        .or_else(|| instrument.wording.get("en"))?;
    let known = instrument.item(item)?;
    let Response::Options(set) = &known.response else {
        return None;
    };
    let words = wording.option.get(set)?;
    Some(ScaleQuestion {
        id: known.id.clone(),
        before: instrument
            .items
            .iter()
            .take_while(|before| before.id != known.id)
            .last()
            .map(|before| before.id.clone()),
        instruction: wording.instruction.clone(),
        question: wording.item.get(item)?.clone(),
        choices: instrument
            .choices(set)
            .iter()
            .filter_map(|choice| Some((choice.id.clone(), words.get(&choice.id)?.clone())))
            .collect(),
    })
}

/// The words of these pages, in one language.
pub struct Words {
    title: &'static str,
    lead: &'static str,
    begin: &'static str,
    go_on: &'static str,
    asked: &'static str,
    answer: &'static str,
    send: &'static str,
    with_clinic: &'static str,
    all_answered: &'static str,
    answered: &'static str,
    pub(super) back: &'static str,
    pub(super) save: &'static str,
    yes: &'static str,
    no: &'static str,
    pub(super) not_sure: &'static str,
    none_of_these: &'static str,
    right: &'static str,
    height: &'static str,
    centimetres: &'static str,
    feet: &'static str,
    inches: &'static str,
    weight: &'static str,
    kilograms: &'static str,
    pounds: &'static str,
    or: &'static str,
    never: &'static str,
    on_day: &'static str,
    day: &'static str,
    month: &'static str,
    year: &'static str,
    none: &'static str,
    these: &'static str,
    listed: &'static str,
    remove: &'static str,
    add: &'static str,
    that_is_all: &'static str,
    medicine: &'static str,
    how: &'static str,
    no_medicine: &'static str,
    looked_up: &'static str,
    substance: &'static str,
    reaction: &'static str,
    allergy: &'static str,
    side_effect: &'static str,
    happened: &'static str,
    no_allergy: &'static str,
    dose: &'static str,
    weeks: &'static str,
    as_prescribed: &'static str,
    this_time: &'static str,
    helped: &'static str,
    helped_little: &'static str,
    helped_some: &'static str,
    helped_much: &'static str,
    stopped: &'static str,
    no_trial: &'static str,
    pub(super) declined: &'static str,
    email: &'static str,
    mobile: &'static str,
    may_write: &'static str,
    by_email: &'static str,
    by_text: &'static str,
    when_write: &'static str,
    any_time: &'static str,
    morning: &'static str,
    afternoon: &'static str,
    evening: &'static str,
    emergency: &'static str,
    escort: &'static str,
    escort_why: &'static str,
    name: &'static str,
    phone: &'static str,
    relationship: &'static str,
    check: &'static str,
    check_lead: &'static str,
    change: &'static str,
    hand_in: &'static str,
    handed_in: &'static str,
    still_open: &'static str,
    nothing_said: &'static str,
    help_title: &'static str,
    help_lead: &'static str,
    help_here: &'static str,
    help_away: &'static str,
    help_after: &'static str,
}

const ENGLISH: Words = Words {
    title: "Your health history",
    lead: "One question at a time. Every answer is saved at once: you can stop, and go on later or on another phone. “I’m not sure” is always an answer.",
    begin: "Begin",
    go_on: "Go on",
    asked: "The clinic asks you",
    answer: "Your answer",
    send: "Send",
    with_clinic: "You have handed in your answers. A clinician reads them and writes to you. You can still change an answer.",
    all_answered: "Check your answers",
    answered: "answered",
    back: "Back",
    save: "Save and continue",
    yes: "Yes",
    no: "No",
    not_sure: "I’m not sure",
    none_of_these: "No to all that is left",
    right: "Yes, that is right",
    height: "Your height",
    centimetres: "Centimetres",
    feet: "Feet",
    inches: "Inches",
    weight: "Your weight",
    kilograms: "Kilograms",
    pounds: "Pounds",
    or: "or",
    never: "Never",
    on_day: "Yes; the last time was on this day",
    day: "Day",
    month: "Month",
    year: "Year",
    none: "None",
    these: "These, with the year if you know it",
    listed: "Written down so far",
    remove: "Remove",
    add: "Add",
    that_is_all: "That is all",
    medicine: "Name of the medicine, as on the box",
    how: "How much and how often",
    no_medicine: "I take no medicine",
    looked_up: "we will look this one up",
    substance: "What was it?",
    reaction: "What kind of reaction?",
    allergy: "An allergy",
    side_effect: "A side effect",
    happened: "What happened?",
    no_allergy: "I have no allergy",
    dose: "Highest dose, if you know it",
    weeks: "For how many weeks?",
    as_prescribed: "Did you take it as prescribed?",
    this_time: "Was it in this illness, not an earlier one?",
    helped: "How much did it help?",
    helped_little: "Little or not at all",
    helped_some: "Somewhat, less than half",
    helped_much: "Half or more",
    stopped: "I stopped because of side effects",
    no_trial: "I have tried none",
    declined: "I’d rather not say",
    email: "E-mail address",
    mobile: "Mobile telephone",
    may_write: "May we write to you? We never write about your health.",
    by_email: "Yes, by e-mail",
    by_text: "Yes, by text message",
    when_write: "When?",
    any_time: "From 8 to 20",
    morning: "From 8 to 12",
    afternoon: "From 12 to 18",
    evening: "From 17 to 21",
    emergency: "Whom do we call in an emergency?",
    escort: "Who takes you home after a visit?",
    escort_why: "An adult. You can leave this out now and tell us later.",
    name: "Name",
    phone: "Telephone number",
    relationship: "Who they are to you",
    check: "Check your answers",
    check_lead: "Read through what you have written. Nothing reaches a decision before a clinician has read it.",
    change: "Change",
    hand_in: "Hand in my answers",
    handed_in: "Handed in. You can still change an answer.",
    still_open: "This page has no answer yet.",
    nothing_said: "no answer yet",
    help_title: "Please talk with someone now",
    help_lead: "Your answer is saved. It tells us that you may need help today.",
    help_here: "You are at the clinic: please tell a member of staff now. They are near you.",
    help_away: "This page does not call anyone. The clinic sees your answer when its staff look at their list, and nobody may be looking at this hour. If you may harm yourself, or are in danger, call your emergency number now.",
    help_after: "You can go on with your answers afterwards.",
};

const SPANISH: Words = Words {
    title: "Su historia de salud",
    lead: "Una pregunta a la vez. Cada respuesta se guarda al momento: puede parar y seguir después o en otro teléfono. “No tengo certeza” siempre es una respuesta.",
    begin: "Empezar",
    go_on: "Seguir",
    asked: "La clínica le pregunta",
    answer: "Su respuesta",
    send: "Enviar",
    with_clinic: "Ya entregó sus respuestas. Una persona de la clínica las lee y le escribe. Todavía puede cambiar una respuesta.",
    all_answered: "Revisar sus respuestas",
    answered: "contestada",
    back: "Volver",
    save: "Guardar y seguir",
    yes: "Sí",
    no: "No",
    not_sure: "No tengo certeza",
    none_of_these: "No a todo lo que falta",
    right: "Sí, está bien",
    height: "Su estatura",
    centimetres: "Centímetros",
    feet: "Pies",
    inches: "Pulgadas",
    weight: "Su peso",
    kilograms: "Kilos",
    pounds: "Libras",
    or: "o",
    never: "Nunca",
    on_day: "Sí; la última vez fue este día",
    day: "Día",
    month: "Mes",
    year: "Año",
    none: "Ninguna",
    these: "Estas, con el año si lo sabe",
    listed: "Anotado hasta ahora",
    remove: "Quitar",
    add: "Agregar",
    that_is_all: "Eso es todo",
    medicine: "Nombre de la medicina, como en la caja",
    how: "Cuánto y cada cuánto",
    no_medicine: "No tomo ninguna medicina",
    looked_up: "esta la vamos a buscar",
    substance: "¿Qué fue?",
    reaction: "¿Qué tipo de reacción?",
    allergy: "Una alergia",
    side_effect: "Un efecto no deseado",
    happened: "¿Qué pasó?",
    no_allergy: "No tengo alergias",
    dose: "Dosis más alta, si la sabe",
    weeks: "¿Cuántas semanas?",
    as_prescribed: "¿La tomó como se la recetaron?",
    this_time: "¿Fue en esta enfermedad, no en una anterior?",
    helped: "¿Cuánto le ayudó?",
    helped_little: "Poco o nada",
    helped_some: "Algo, menos de la mitad",
    helped_much: "La mitad o más",
    stopped: "La dejé por efectos no deseados",
    no_trial: "No he probado ninguna",
    declined: "Prefiero no decirlo",
    email: "Correo electrónico",
    mobile: "Teléfono móvil",
    may_write: "¿Podemos escribirle? Nunca escribimos sobre su salud.",
    by_email: "Sí, por correo electrónico",
    by_text: "Sí, por mensaje de texto",
    when_write: "¿Cuándo?",
    any_time: "De 8 a 20",
    morning: "De 8 a 12",
    afternoon: "De 12 a 18",
    evening: "De 17 a 21",
    emergency: "¿A quién llamamos en una emergencia?",
    escort: "¿Quién le lleva a casa después de una visita?",
    escort_why: "Una persona adulta. Puede dejarlo en blanco y decirlo después.",
    name: "Nombre",
    phone: "Número de teléfono",
    relationship: "Qué es de usted",
    check: "Revise sus respuestas",
    check_lead: "Lea lo que escribió. Nada se decide antes de que una persona de la clínica lo lea.",
    change: "Cambiar",
    hand_in: "Entregar mis respuestas",
    handed_in: "Entregado. Todavía puede cambiar una respuesta.",
    still_open: "Esta página no tiene respuesta todavía.",
    nothing_said: "sin respuesta todavía",
    help_title: "Por favor, hable ahora con alguien",
    help_lead: "Su respuesta está guardada. Nos dice que hoy puede necesitar ayuda.",
    help_here: "Usted está en la clínica: por favor, dígalo ahora a alguien del equipo. Están cerca.",
    help_away: "Esta página no llama a nadie. La clínica ve su respuesta cuando el equipo mira su lista, y puede que a esta hora nadie la mire. Si puede hacerse daño o está en peligro, llame ya a su número de emergencia.",
    help_after: "Después puede seguir con sus respuestas.",
};

pub(super) const fn words_of(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    }
}

const fn section_says(section: Section, language: Language) -> &'static str {
    let [english, spanish] = match section {
        Section::Contacts => ["How we reach you", "Cómo comunicarnos con usted"],
        Section::Body => ["Height and weight", "Estatura y peso"],
        Section::Conditions => ["Illnesses", "Enfermedades"],
        Section::Operations => ["Operations", "Operaciones"],
        Section::Medicines => ["Medicines", "Medicinas"],
        Section::Allergies => ["Allergies", "Alergias"],
        Section::Substances => ["Alcohol and drugs", "Alcohol y drogas"],
        Section::Pregnancy => ["Pregnancy", "Embarazo"],
        Section::Trials => ["Medicines tried before", "Medicinas probadas antes"],
        Section::Scales => ["How you feel", "Cómo se siente"],
    };
    match language {
        Language::English => english,
        Language::Spanish => spanish,
    }
}

/// A question of the clinic that waits.
pub struct AnsweredQuestion<'a> {
    /// Its identity.
    pub question: Uuid,
    /// In the clinic's own words, if it is.
    pub words: Option<String>,
    /// The page that asks it, if one does.
    pub page: Option<&'a Page>,
}

/// The parts, and how far they have come.
#[derive(Template)]
#[template(path = "my_history.html")]
pub struct HistoryOverview<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Every page, and whether it has its answers.
    pub steps: &'a [(&'a Page, bool)],
    /// Questions of the clinic that wait.
    pub questions: Vec<AnsweredQuestion<'a>>,
    /// Something was said already.
    pub begun: bool,
    /// It was handed in.
    pub submitted: bool,
    /// Where one goes on.
    pub go_on: String,
}

/// A part of the history in a list.
struct Part {
    says: &'static str,
    first: String,
    answered: usize,
    pages: usize,
}

impl HistoryOverview<'_> {
    fn words(&self) -> &'static Words {
        words_of(self.frame.language)
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<(Section, Part)> = Vec::new();
        for (page, answered) in self.steps {
            let known = parts
                .iter_mut()
                .find(|(section, _)| *section == page.section);
            let part = match known {
                Some((_, part)) => part,
                None => {
                    parts.push((
                        page.section,
                        Part {
                            says: section_says(page.section, self.frame.language),
                            first: page.id.clone(),
                            answered: 0,
                            pages: 0,
                        },
                    ));
                    match parts.last_mut() {
                        Some((_, part)) => part,
                        None => continue,
                    }
                }
            };
            part.pages += 1;
            part.answered += usize::from(*answered);
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    fn state(&self, part: &Part) -> String {
        let words = self.words();
        let (of, answered, pages) = match self.frame.language {
            Language::English => ("of", part.answered, part.pages),
            Language::Spanish => ("de", part.answered, part.pages),
        };
        if answered == pages {
            words.answered.to_owned()
        } else {
            format!("{answered} {of} {pages}")
        }
    }

    fn title_of(&self, page: &Page) -> String {
        page.words(self.frame.language).title.clone()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// One question, or a few that belong together.
#[derive(Template)]
#[template(path = "my_history_page.html")]
pub struct HistoryPage<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What is asked.
    pub page: &'a Page,
    /// The question of a questionnaire, where it is one whose words are here.
    pub question: Option<ScaleQuestion>,
    /// What stands in the fields.
    pub values: Values,
    /// What is asked back.
    pub asked: Option<Asked>,
    /// What was said so far, for lists.
    pub intake: &'a Intake,
    /// The version of the person's details that this page shows.
    pub version: u64,
    /// The hours that are recorded for writing to them.
    pub recorded_hours: Option<WritingHours>,
    /// Which page it is, counted from one.
    pub place: usize,
    /// How many there are.
    pub of: usize,
    /// The page before.
    pub back: Option<&'a str>,
}

impl HistoryPage<'_> {
    /// The hours to choose from; those that are recorded are never changed unasked.
    fn hours(&self) -> Vec<(&'static str, String)> {
        let words = self.words();
        let says = [
            words.any_time,
            words.morning,
            words.afternoon,
            words.evening,
        ];
        let mut hours: Vec<_> = HOURS
            .iter()
            .zip(says)
            .map(|((word, _), says)| (*word, says.to_owned()))
            .collect();
        let other = self
            .recorded_hours
            .filter(|hours| word_of_hours(*hours) == HOURS_AS_RECORDED);
        if let Some(WritingHours { from, until }) = other {
            let says = match self.frame.language {
                Language::English => format!("From {from} to {until}"),
                Language::Spanish => format!("De {from} a {until}"),
            };
            hours.push((HOURS_AS_RECORDED, says));
        }
        hours
    }

    fn words(&self) -> &'static Words {
        words_of(self.frame.language)
    }

    fn title(&self) -> &str {
        &self.page.words(self.frame.language).title
    }

    fn why(&self) -> &str {
        &self.page.words(self.frame.language).why
    }

    fn progress(&self) -> String {
        match self.frame.language {
            Language::English => format!("Page {} of {}", self.place, self.of),
            Language::Spanish => format!("Página {} de {}", self.place, self.of),
        }
    }

    const fn kind(&self) -> &'static str {
        match &self.page.asks {
            Asks::Contacts => "contacts",
            Asks::Body => "body",
            Asks::Questions(_) => "questions",
            Asks::AcuteEvent | Asks::LastUse(_) => "day",
            Asks::Operations => "operations",
            Asks::Medicines => "medicines",
            Asks::Allergies => "allergies",
            Asks::Trials => "trials",
            Asks::Instrument(_) => "scale",
        }
    }

    /// Name and words of each condition.
    fn conditions(&self) -> Vec<(&'static str, String)> {
        let Asks::Questions(list) = &self.page.asks else {
            return Vec::new();
        };
        let words = self.page.words(self.frame.language);
        list.iter()
            .map(|question| {
                let says = words.item.get(question.name()).cloned();
                (question.name(), says.unwrap_or_default())
            })
            .collect()
    }

    fn value(&self, name: &str) -> &str {
        self.values.text(name)
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.values.has(name, value)
    }

    fn wrong(&self, field: &str) -> bool {
        self.asked
            .as_ref()
            .is_some_and(|asked| asked.field == field)
    }

    fn may_confirm(&self, field: &str) -> bool {
        self.asked
            .as_ref()
            .is_some_and(|asked| asked.field == field && asked.may_be_confirmed)
    }

    /// The numbers that a tick is asked for, as they were typed.
    fn doubted(&self, names: &[&str]) -> String {
        let typed: Vec<&str> = names.iter().map(|name| self.value(name)).collect();
        typed.join("/")
    }

    fn height_typed(&self) -> String {
        self.doubted(&HEIGHT_FIELDS)
    }

    fn weight_typed(&self) -> String {
        self.doubted(&WEIGHT_FIELDS)
    }

    /// The item before this one of a questionnaire, or the page before.
    fn way_back(&self) -> String {
        if let (Asks::Instrument(id), Some(question)) = (&self.page.asks, &self.question)
            && let Some(before) = &question.before
        {
            return format!("/my/history/{id}?item={before}");
        }
        self.back.map_or_else(
            || "/my/history".to_owned(),
            |back| format!("/my/history/{back}"),
        )
    }

    /// What is written down of a list: its name, and the whole line.
    fn listed(&self) -> Vec<(String, String)> {
        lines_of_list(&self.page.asks, self.intake, self.frame.language)
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn lines_of_list(asks: &Asks, intake: &Intake, language: Language) -> Vec<(String, String)> {
    let words = words_of(language);
    match asks {
        Asks::Medicines => match intake.said(&Item::Medicines) {
            Some(Said::Medicines { list, .. }) => list
                .iter()
                .map(|one| {
                    let unknown = if one.medicine.codes.is_empty() {
                        words.looked_up
                    } else {
                        ""
                    };
                    let name = one.medicine.words.clone();
                    let line = joined([name.clone(), one.how.clone(), unknown.to_owned()]);
                    (name, line)
                })
                .collect(),
            _ => Vec::new(),
        },
        Asks::Allergies => match intake.said(&Item::Intolerances) {
            Some(Said::Intolerances { list, .. }) => list
                .iter()
                .map(|one| {
                    let kind = match one.intolerance.reaction {
                        Reaction::Allergy => words.allergy,
                        Reaction::SideEffect => words.side_effect,
                        Reaction::Unknown => "",
                    };
                    let name = one.intolerance.substance.clone();
                    let line = joined([name.clone(), kind.to_lowercase(), one.happened.clone()]);
                    (name, line)
                })
                .collect(),
            _ => Vec::new(),
        },
        Asks::Trials => match intake.said(&Item::Trials) {
            Some(Said::Trials { list, .. }) => list
                .iter()
                .map(|one| {
                    let outcome = match one.trial.outcome {
                        Some(TrialOutcome::Below25Percent) => words.helped_little,
                        Some(TrialOutcome::From25To49Percent) => words.helped_some,
                        Some(TrialOutcome::AtLeast50Percent) => words.helped_much,
                        Some(TrialOutcome::StoppedForSideEffects) => words.stopped,
                        None => "",
                    };
                    let weeks = one
                        .trial
                        .weeks_at_adequate_dose
                        .map(|weeks| match language {
                            Language::English => format!("{weeks} weeks"),
                            Language::Spanish => format!("{weeks} semanas"),
                        });
                    let name = one.trial.drug.clone();
                    let line = joined([
                        name.clone(),
                        one.dose.clone(),
                        weeks.unwrap_or_default(),
                        outcome.to_lowercase(),
                    ]);
                    (name, line)
                })
                .collect(),
            _ => Vec::new(),
        },
        Asks::Contacts
        | Asks::Body
        | Asks::Questions(_)
        | Asks::AcuteEvent
        | Asks::Operations
        | Asks::LastUse(_)
        | Asks::Instrument(_) => Vec::new(),
    }
}

/// Everything that was said, to be checked.
#[derive(Template)]
#[template(path = "my_history_check.html")]
pub struct HistoryCheck<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Every page, and whether it has its answers.
    pub steps: &'a [(&'a Page, bool)],
    /// What was said.
    pub intake: &'a Intake,
    /// How the person is reached.
    pub contacts: Option<&'a Contacts>,
    /// Questionnaires.
    pub library: &'a Library,
    /// The clinic's zone.
    pub zone: &'a TimeZone,
    /// It was handed in.
    pub submitted: bool,
}

impl HistoryCheck<'_> {
    fn words(&self) -> &'static Words {
        words_of(self.frame.language)
    }

    fn is_whole(&self) -> bool {
        self.steps.iter().all(|(_, answered)| *answered)
    }

    fn title_of(&self, page: &Page) -> String {
        page.words(self.frame.language).title.clone()
    }

    /// Every line with where it is changed, if it has an address of its own.
    fn lines(&self, page: &Page) -> Vec<(String, String, Option<String>)> {
        if let Asks::Instrument(id) = &page.asks {
            return self.scale_lines(id);
        }
        let lines = self.plain_lines(page);
        lines
            .into_iter()
            .map(|(asked, said)| (asked, said, None))
            .collect()
    }

    /// What is asked and what was said, line by line.
    fn plain_lines(&self, page: &Page) -> Vec<(String, String)> {
        let words = self.words();
        let language = self.frame.language;
        let of = |values: &Values, name: &str| match values.text(name) {
            "yes" => words.yes.to_owned(),
            "no" => words.no.to_owned(),
            "not-sure" => words.not_sure.to_owned(),
            "declined" => words.declined.to_owned(),
            "never" => words.never.to_owned(),
            "" => words.nothing_said.to_owned(),
            other => other.to_owned(),
        };
        let values = values_of(page, None, self.intake, self.contacts, self.zone);
        match &page.asks {
            Asks::Contacts => self.contact_lines(),
            Asks::Body => {
                let with = |name: &str, unit: &str, not_sure: &str| match values.text(name) {
                    "" if values.has(not_sure, "yes") => words.not_sure.to_owned(),
                    "" => words.nothing_said.to_owned(),
                    value => format!("{value} {unit}"),
                };
                vec![
                    (
                        words.height.to_owned(),
                        with("centimetres", "cm", "height_not_sure"),
                    ),
                    (
                        words.weight.to_owned(),
                        with("kilograms", "kg", "weight_not_sure"),
                    ),
                ]
            }
            Asks::Questions(list) => list
                .iter()
                .map(|question| {
                    let says = page.words(language).item.get(question.name()).cloned();
                    (says.unwrap_or_default(), of(&values, question.name()))
                })
                .collect(),
            Asks::AcuteEvent | Asks::LastUse(_) => {
                let says = if values.has("when", "on") {
                    let part = |name| values.text(name);
                    format!("{}/{}/{}", part("day"), part("month"), part("year"))
                } else {
                    of(&values, "when")
                };
                vec![(String::new(), says)]
            }
            Asks::Operations => {
                let says = match values.text("words") {
                    "" => of(&values, "any"),
                    said => said.to_owned(),
                };
                vec![(String::new(), says)]
            }
            Asks::Medicines | Asks::Allergies | Asks::Trials => {
                let listed = lines_of_list(&page.asks, self.intake, language);
                if listed.is_empty() {
                    vec![(String::new(), self.of_empty_list(&page.asks))]
                } else {
                    listed
                        .into_iter()
                        .map(|(_, line)| (String::new(), line))
                        .collect()
                }
            }
            Asks::Instrument(_) => Vec::new(),
        }
    }

    fn of_empty_list(&self, asks: &Asks) -> String {
        let words = self.words();
        let (item, none) = match asks {
            Asks::Allergies => (Item::Intolerances, words.no_allergy),
            Asks::Trials => (Item::Trials, words.no_trial),
            _ => (Item::Medicines, words.no_medicine),
        };
        match self.intake.said(&item) {
            Some(Said::NotSure) => words.not_sure,
            Some(said) if !said.is_unfinished() => none,
            Some(_) | None => words.nothing_said,
        }
        .to_owned()
    }

    fn scale_lines(&self, id: &str) -> Vec<(String, String, Option<String>)> {
        let words = self.words();
        let Some(instrument) = self.library.named(id) else {
            return Vec::new();
        };
        let answers = self.intake.answers(id);
        instrument
            .items
            .iter()
            .filter_map(|item| {
                let question = scale_item(instrument, &item.id, self.frame.language)?;
                let says = match answers.to(&item.id)? {
                    instrument::Answer::Chosen(chosen) => question
                        .choices
                        .iter()
                        .find(|(choice, _)| choice == chosen)
                        .map(|(_, says)| says.clone())?,
                    instrument::Answer::NotSure => words.not_sure.to_owned(),
                    instrument::Answer::Declined => words.declined.to_owned(),
                    instrument::Answer::Number(number) => number.to_string(),
                };
                let change = format!("/my/history/{id}?item={}", item.id);
                Some((question.question, says, Some(change)))
            })
            .collect()
    }

    fn contact_lines(&self) -> Vec<(String, String)> {
        let words = self.words();
        let Some(contacts) = self.contacts else {
            return vec![(String::new(), words.nothing_said.to_owned())];
        };
        let companion = |known: &Option<clinical::patient::Companion>| {
            known.as_ref().map_or_else(String::new, |known| {
                joined([known.name.clone(), known.phone.clone()])
            })
        };
        let may = contacts.channels.iter().map(|channel| match channel {
            Channel::Email => words.by_email.to_owned(),
            Channel::TextMessage => words.by_text.to_owned(),
        });
        let lines = [
            (words.email, contacts.email.clone().unwrap_or_default()),
            (words.mobile, contacts.mobile.clone().unwrap_or_default()),
            (words.may_write, joined(may)),
            (words.emergency, companion(&contacts.emergency_contact)),
            (words.escort, companion(&contacts.escort)),
        ];
        lines
            .into_iter()
            .map(|(asked, said)| {
                let said = if said.is_empty() {
                    "–".to_owned()
                } else {
                    said
                };
                (asked.to_owned(), said)
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// What to do now, after an answer that needs a person today.
#[derive(Template)]
#[template(path = "my_history_help.html")]
pub struct NeedsHelp<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Where one goes on.
    pub go_on: String,
    /// The person holds the clinic's tablet.
    pub here: bool,
}

impl NeedsHelp<'_> {
    fn words(&self) -> &'static Words {
        words_of(self.frame.language)
    }

    fn call(&self) -> String {
        match (self.frame.language, self.frame.phone) {
            (_, "") => String::new(),
            (Language::English, phone) => format!("Call the clinic: {phone}."),
            (Language::Spanish, phone) => format!("Llame a la clínica: {phone}."),
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// Ana in Spanish, after an answer that needs a person.
pub fn sample() -> NeedsHelp<'static> {
    NeedsHelp {
        frame: super::my_frame::sample::frame("/my/history/help", Language::Spanish),
        go_on: "/my/history".to_owned(),
        here: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::course::intake::Questionnaire;

    #[test]
    fn whoever_needs_help_is_told_whom_to_call_and_that_the_page_calls_nobody() {
        // Hazard: H40
        let html = sample().html();
        assert!(html.contains("01 234 567"));
        assert!(html.contains("Esta página no llama a nadie."));
        assert!(html.contains("número de emergencia"));
    }

    #[test]
    fn every_page_can_be_answered_with_not_sure_in_both_languages() {
        let intake = Intake::default();
        let library = Library::shipped().unwrap();
        for language in Language::ALL {
            for page in Questionnaire::shipped().unwrap().pages() {
                let question = match &page.asks {
                    Asks::Instrument(id) => {
                        let instrument = library.named(id).unwrap();
                        let first = &instrument.items[0].id;
                        Some(scale_item(instrument, first, language).unwrap())
                    }
                    _ => None,
                };
                let shown = HistoryPage {
                    frame: super::super::my_frame::sample::frame("/my/history", language),
                    page,
                    question,
                    values: Values::default(),
                    asked: None,
                    intake: &intake,
                    version: 1,
                    recorded_hours: None,
                    place: 1,
                    of: 23,
                    back: None,
                };
                let html = shown.html();
                let sure = html.contains("not-sure") || html.contains("not_sure");
                assert!(sure || page.id == "contacts", "{}", page.id);
            }
        }
    }
}
