//! A person's own preparation, in their language: what to do when, and one question at a time.

use super::clock_face::ClockFace;
use super::my_frame::Frame;
use super::preparation_medicine;
use super::preparation_open::Open;
use crate::web::form::Fields;
use askama::Template;
use clinical::course::escort::Standing;
use clinical::course::preparation::{Answers, Preparation, Ride, Said, Step, StepKind};
use clinical::course::session::Answer;
use clinical::leaflet::Language;
use clinical::patient::Companion;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use units::Moment;

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// When it was last.
    When,
    /// Yes or no.
    YesNo,
    /// Who, by which number, and how.
    Escort,
    /// A telephone number.
    Phone,
}

/// A question of the preparation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who takes them home.
    Escort,
    /// Fried or fatty food or meat.
    HeavyMeal,
    /// Other food, milk.
    LightMeal,
    /// Clear drinks.
    ClearLiquid,
    /// Alcohol.
    Alcohol,
    /// Cannabis.
    Cannabis,
    /// Other drugs.
    OtherDrugs,
    /// Ill.
    Illness,
    /// Diagnosis, hospital.
    Admission,
    /// Pregnancy.
    Pregnancy,
    /// Passing water.
    Urinary,
    /// Breathing device.
    BreathingDevice,
    /// Thoughts of not living.
    Thoughts,
    /// Telephone.
    Phone,
}

impl Question {
    /// Every question, in the order in which they are asked.
    pub const ALL: [Self; 14] = [
        Self::Escort,
        Self::HeavyMeal,
        Self::LightMeal,
        Self::ClearLiquid,
        Self::Alcohol,
        Self::Cannabis,
        Self::OtherDrugs,
        Self::Illness,
        Self::Admission,
        Self::Pregnancy,
        Self::Urinary,
        Self::BreathingDevice,
        Self::Thoughts,
        Self::Phone,
    ];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Escort => "way-home",
            Self::HeavyMeal => "fatty-food",
            Self::LightMeal => "food",
            Self::ClearLiquid => "drinks",
            Self::Alcohol => "alcohol",
            Self::Cannabis => "cannabis",
            Self::OtherDrugs => "drugs",
            Self::Illness => "ill",
            Self::Admission => "hospital",
            Self::Pregnancy => "pregnancy",
            Self::Urinary => "passing-water",
            Self::BreathingDevice => "breathing-device",
            Self::Thoughts => "safety",
            Self::Phone => "phone",
        }
    }

    /// The question of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// The next one, if there is one.
    pub fn next(self) -> Option<Self> {
        let place = Self::ALL.iter().position(|known| *known == self)?;
        Self::ALL.get(place + 1).copied()
    }

    /// How it is answered.
    pub const fn form(self) -> Form {
        match self {
            Self::Escort => Form::Escort,
            Self::HeavyMeal
            | Self::LightMeal
            | Self::ClearLiquid
            | Self::Alcohol
            | Self::Cannabis => Form::When,
            Self::OtherDrugs
            | Self::Illness
            | Self::Admission
            | Self::Pregnancy
            | Self::Urinary
            | Self::BreathingDevice
            | Self::Thoughts => Form::YesNo,
            Self::Phone => Form::Phone,
        }
    }

    /// The question, and why it is asked.
    pub const fn words(self, language: Language) -> [&'static str; 2] {
        match (language, self) {
            (Language::English, Self::Escort) => [
                "Who takes you home?",
                "You may be drowsy. An adult must come with you; a taxi alone is not enough.",
            ],
            (Language::English, Self::HeavyMeal) => [
                "When did you last eat meat, or something fried or fatty?",
                "It stays in the stomach longest and can make you sick while you are drowsy.",
            ],
            (Language::English, Self::LightMeal) => [
                "When did you last eat anything else, or drink milk?",
                "Milk in tea or coffee counts too. Eating shortly before can make you sick while you are drowsy.",
            ],
            (Language::English, Self::ClearLiquid) => [
                "When did you last drink water or another clear drink?",
                "Water, clear juice, tea or coffee without milk. Drinking is good for you until your time for drinks.",
            ],
            (Language::English, Self::Alcohol) => [
                "When did you last drink alcohol?",
                "We do not judge. Together with the treatment it can be dangerous.",
            ],
            (Language::English, Self::Cannabis) => [
                "When did you last use cannabis?",
                "We do not judge. It can make the treatment harder on your heart and mind.",
            ],
            (Language::English, Self::OtherDrugs) => [
                "Have you used other drugs in the last 7 days?",
                "We do not judge, and we ask everybody.",
            ],
            (Language::English, Self::Illness) => [
                "Have you been ill since your last visit?",
                "Such as fever, cough, a blocked nose, or vomiting.",
            ],
            (Language::English, Self::Admission) => [
                "Have you had a new diagnosis, or been in hospital, since your last visit?",
                "It may change what is safe for you.",
            ],
            (Language::English, Self::Pregnancy) => [
                "Could you be pregnant?",
                "We ask everybody. Answer “No” if it is not possible for you.",
            ],
            (Language::English, Self::Urinary) => [
                "Have you had pain, urgency or blood when passing water?",
                "The treatment can irritate the bladder.",
            ],
            (Language::English, Self::BreathingDevice) => [
                "Do you use a breathing device at night, and will you bring it?",
                "Answer “No” if you have none.",
            ],
            (Language::English, Self::Thoughts) => [
                "Since we last spoke, have you had thoughts of not living, or of harming yourself?",
                "We ask everybody, every time. If you are in danger now, call your emergency number.",
            ],
            (Language::English, Self::Phone) => [
                "On which number can we reach you on the day after?",
                "We call to ask how you are.",
            ],
            (Language::Spanish, Self::Escort) => [
                "¿Quién le acompaña a casa?",
                "Puede tener sueño. Un adulto debe venir con usted; un taxi sin compañía no basta.",
            ],
            (Language::Spanish, Self::HeavyMeal) => [
                "¿Cuándo comió por última vez carne, o algo frito o con mucha grasa?",
                "Es lo que más tarda en salir del estómago y puede hacerle vomitar mientras tiene sueño.",
            ],
            (Language::Spanish, Self::LightMeal) => [
                "¿Cuándo comió por última vez otra cosa, o tomó leche?",
                "La leche en el té o el café también cuenta. Comer poco antes puede hacerle vomitar mientras tiene sueño.",
            ],
            (Language::Spanish, Self::ClearLiquid) => [
                "¿Cuándo tomó por última vez agua u otra bebida clara?",
                "Agua, jugo sin pulpa, té o café sin leche. Beber le hace bien hasta su hora límite.",
            ],
            (Language::Spanish, Self::Alcohol) => [
                "¿Cuándo tomó alcohol por última vez?",
                "No juzgamos. Junto con el tratamiento puede ser peligroso.",
            ],
            (Language::Spanish, Self::Cannabis) => [
                "¿Cuándo usó cannabis por última vez?",
                "No juzgamos. Puede hacer el tratamiento más duro para el corazón y la mente.",
            ],
            (Language::Spanish, Self::OtherDrugs) => [
                "¿Ha usado otras drogas en los últimos 7 días?",
                "No juzgamos, y se lo preguntamos a todos.",
            ],
            (Language::Spanish, Self::Illness) => [
                "¿Ha tenido alguna enfermedad desde su última visita?",
                "Por ejemplo fiebre, tos, nariz tapada o vómito.",
            ],
            (Language::Spanish, Self::Admission) => [
                "¿Le han dado un diagnóstico nuevo, o ha estado en el hospital, desde su última visita?",
                "Puede cambiar lo que es seguro para usted.",
            ],
            (Language::Spanish, Self::Pregnancy) => [
                "¿Podría haber un embarazo?",
                "Se lo preguntamos a todos. Responda «No» si en su caso no es posible.",
            ],
            (Language::Spanish, Self::Urinary) => [
                "¿Ha tenido dolor, urgencia o sangre al orinar?",
                "El tratamiento puede irritar la vejiga.",
            ],
            (Language::Spanish, Self::BreathingDevice) => [
                "¿Usa un aparato para respirar de noche, y lo va a traer?",
                "Responda «No» si no tiene.",
            ],
            (Language::Spanish, Self::Thoughts) => [
                "Desde la última vez que hablamos, ¿ha tenido pensamientos de no vivir o de hacerse daño?",
                "Se lo preguntamos a todos, siempre. Si está en peligro ahora, llame a su número de emergencia.",
            ],
            (Language::Spanish, Self::Phone) => [
                "¿A qué número le podemos llamar al día siguiente?",
                "Llamamos para saber cómo está.",
            ],
        }
    }

    /// True once it has an answer, even “not sure”.
    pub fn is_answered(self, answers: &Answers) -> bool {
        let when = |answer: &Answer<Moment>| *answer != Answer::NotAsked;
        let said = |said: Said| said != Said::NotAsked;
        match self {
            Self::Escort => answers.escort != Answer::NotAsked,
            Self::HeavyMeal => when(&answers.fasting.heavy_meal),
            Self::LightMeal => when(&answers.fasting.light_meal),
            Self::ClearLiquid => when(&answers.fasting.clear_liquid),
            Self::Alcohol => when(&answers.alcohol),
            Self::Cannabis => when(&answers.cannabis),
            Self::OtherDrugs => said(answers.other_drugs),
            Self::Illness => said(answers.illness),
            Self::Admission => said(answers.admission),
            Self::Pregnancy => said(answers.pregnancy),
            Self::Urinary => said(answers.urinary),
            Self::BreathingDevice => said(answers.breathing_device),
            Self::Thoughts => said(answers.thoughts_of_death),
            Self::Phone => answers.phone.is_some(),
        }
    }
}

/// What the answers about food and drink mean for the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// At its time.
    OnTime,
    /// From this moment on.
    From(Moment),
    /// Nobody can tell yet.
    NotKnown,
}

/// The overview.
#[derive(Template)]
#[template(path = "preparation.html")]
pub struct PreparationPage<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// The preparation; `None` where there is no visit.
    pub preparation: Option<&'a Preparation>,
    /// What to do when.
    pub steps: &'a [Step],
    /// The words about medicines.
    pub always: &'a str,
    /// What follows from food and drink.
    pub begins: Begins,
    /// The person's time zone.
    pub zone: &'a TimeZone,
    /// It is the day of the visit: it is asked which medicines were taken.
    pub asks_medicines: bool,
    /// What still stands in the way.
    pub open: Vec<Open>,
    /// What is usually said of a medicine's class, by its name, where that is what was decided.
    pub usual: BTreeMap<String, String>,
}

/// The words of the overview.
pub struct Words {
    title: &'static str,
    none: &'static str,
    to_do: &'static str,
    medicines: &'static str,
    bring: &'static str,
    bring_list: &'static [&'static str],
    questions: &'static str,
    in_the_way: &'static str,
    go_on: &'static str,
    answered: &'static str,
    open: &'static str,
    done: &'static str,
}

impl PreparationPage<'_> {
    const fn words(&self) -> Words {
        match self.frame.language {
            Language::English => Words {
                title: "Your preparation",
                none: "There is no visit to prepare for. The clinic writes to you when there is one.",
                to_do: "What to do when",
                medicines: "Your medicines",
                bring: "What to bring",
                bring_list: &[
                    "Your list of medicines",
                    "Your companion's telephone number",
                    "Comfortable clothes, and music without words if you like",
                    "Your breathing device, if you use one at night",
                ],
                questions: "Questions",
                in_the_way: "Still open before your visit",
                go_on: "Answer the next question",
                answered: "answered",
                open: "open",
                done: "Thank you. Everything is answered. You can change an answer until you arrive.",
            },
            Language::Spanish => Words {
                title: "Su preparación",
                none: "No hay ninguna visita que preparar. La clínica le escribirá cuando la haya.",
                to_do: "Qué hacer y cuándo",
                medicines: "Sus medicamentos",
                bring: "Qué traer",
                bring_list: &[
                    "Su lista de medicamentos",
                    "El número de teléfono de quien le acompaña",
                    "Ropa cómoda, y música sin letra si quiere",
                    "Su aparato para respirar, si usa uno de noche",
                ],
                questions: "Preguntas",
                in_the_way: "Pendiente antes de su visita",
                go_on: "Contestar la siguiente pregunta",
                answered: "contestada",
                open: "pendiente",
                done: "Gracias. Todo está contestado. Puede cambiar una respuesta hasta que llegue.",
            },
        }
    }

    fn when(&self, moment: Moment) -> String {
        day_and_time(self.zone, self.frame.language, moment)
    }

    fn visit(&self) -> Option<String> {
        let planned = self.preparation?.visit()?;
        Some(self.when(planned.starts))
    }

    /// What the gate will say, read back. `Hazard: H24`.
    fn reads_back(&self) -> Option<String> {
        let time = |moment| {
            ClockFace {
                zone: self.zone,
                now: moment,
            }
            .time(moment)
        };
        match (self.begins, self.frame.language) {
            // "On time" is not said beside something that stands in the way.
            (Begins::OnTime, _) if !self.open.is_empty() => None,
            (Begins::OnTime, Language::English) => Some(
                "By what you told us about food and drink, your session can begin on time."
                    .to_owned(),
            ),
            (Begins::OnTime, Language::Spanish) => Some(
                "Según lo que nos dijo de comida y bebida, su sesión puede empezar a tiempo."
                    .to_owned(),
            ),
            (Begins::From(moment), Language::English) => Some(format!(
                "By what you told us about food and drink, your session can begin from {}. Please call the clinic.",
                time(moment)
            )),
            (Begins::From(moment), Language::Spanish) => Some(format!(
                "Según lo que nos dijo de comida y bebida, su sesión puede empezar desde las {}. Llame a la clínica, por favor.",
                time(moment)
            )),
            (Begins::NotKnown, _) => None,
        }
    }

    fn lines(&self) -> Vec<(String, String)> {
        self.steps
            .iter()
            .map(|step| {
                (
                    self.when(step.at),
                    step_says(self.frame.language, &step.kind),
                )
            })
            .collect()
    }

    fn medicines(&self) -> Vec<(String, String)> {
        use clinical::course::preparation::MedicineDecision as Decision;
        let list = self.preparation.and_then(|known| known.medicines.as_ref());
        list.into_iter()
            .flatten()
            .map(|medicine| {
                let usual = match (self.frame.language, medicine.decision) {
                    (Language::English, Decision::Take) => {
                        "Take it as usual, with a sip of water.".to_owned()
                    }
                    (Language::Spanish, Decision::Take) => {
                        "Tómelo como siempre, con un sorbo de agua.".to_owned()
                    }
                    (Language::English, Decision::HoldFor { hours }) => {
                        format!(
                            "Not in the {hours} hours before the visit, as your prescriber decided."
                        )
                    }
                    (Language::Spanish, Decision::HoldFor { hours }) => {
                        format!(
                            "No en las {hours} horas antes de la visita, como decidió su médico."
                        )
                    }
                    (Language::English, Decision::Ask) => {
                        "Ask the clinic before the visit.".to_owned()
                    }
                    (Language::Spanish, Decision::Ask) => {
                        "Pregunte a la clínica antes de la visita.".to_owned()
                    }
                };
                let words = medicine.words.trim();
                let says = if words.is_empty() {
                    self.usual.get(&medicine.name).cloned().unwrap_or(usual)
                } else {
                    words.to_owned()
                };
                (medicine.name.clone(), says)
            })
            .collect()
    }

    fn questions(&self) -> Vec<(String, String, bool)> {
        let Some(preparation) = self.preparation else {
            return Vec::new();
        };
        let answers = &preparation.answers;
        let mut all: Vec<_> = Question::ALL
            .into_iter()
            .map(|question| {
                let [asks, _] = question.words(self.frame.language);
                (
                    format!("/my/preparation/{}", question.word()),
                    asks.to_owned(),
                    question.is_answered(answers),
                )
            })
            .collect();
        if self.asks_medicines {
            let medicines = preparation.decided().zip(1_usize..);
            all.extend(medicines.map(|(medicine, place)| {
                (
                    preparation_medicine::address(place),
                    preparation_medicine::asks(self.frame.language, &medicine.name),
                    answers.taken(&medicine.name) != Said::NotAsked,
                )
            }));
        }
        all
    }

    fn next(&self) -> Option<String> {
        let preparation = self.preparation?;
        Question::ALL
            .into_iter()
            .find(|question| !question.is_answered(&preparation.answers))
            .map(|question| format!("/my/preparation/{}", question.word()))
            .or_else(|| {
                self.asks_medicines
                    .then(|| preparation_medicine::next_open(preparation))
                    .flatten()
            })
    }

    /// What was said of medicines differs from what was decided: a clinician is needed.
    fn call_about(&self) -> Option<String> {
        let preparation = self.preparation.filter(|_| self.asks_medicines)?;
        let differing: Vec<&str> = preparation
            .decided()
            .filter(|medicine| {
                medicine.is_kept(preparation.answers.taken(&medicine.name)) == Some(false)
            })
            .map(|medicine| medicine.name.as_str())
            .collect();
        (!differing.is_empty()).then(|| match self.frame.language {
            Language::English => format!(
                "What you did with {} is not what your prescriber decided. Do not take anything to make up for it. Please call the clinic before you come.",
                differing.join(", ")
            ),
            Language::Spanish => format!(
                "Lo que hizo con {} no es lo que decidió su médico. No tome nada para compensarlo. Llame a la clínica antes de venir, por favor.",
                differing.join(", ")
            ),
        })
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A day and a time as a person reads them, in their zone and language.
pub fn day_and_time(zone: &TimeZone, language: Language, moment: Moment) -> String {
    let there = moment.timestamp().to_zoned(zone.clone());
    let day = usize::from(there.weekday().to_monday_zero_offset().unsigned_abs());
    let month = usize::from(there.month().unsigned_abs()).saturating_sub(1);
    let (days, months) = match language {
        Language::English => (
            [
                "Monday",
                "Tuesday",
                "Wednesday",
                "Thursday",
                "Friday",
                "Saturday",
                "Sunday",
            ],
            [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
        ),
        Language::Spanish => (
            [
                "lunes",
                "martes",
                "miércoles",
                "jueves",
                "viernes",
                "sábado",
                "domingo",
            ],
            [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
        ),
    };
    let (day, month) = (
        days.get(day).unwrap_or(&""),
        months.get(month).unwrap_or(&""),
    );
    let time = there.strftime("%H:%M");
    match language {
        Language::English => format!("{day} {} {month}, {time}", there.day()),
        Language::Spanish => format!("{day} {} de {month}, {time}", there.day()),
    }
}

fn step_says(language: Language, kind: &StepKind) -> String {
    match (language, kind) {
        (Language::English, StepKind::LastAlcohol) => "From now on no alcohol.".to_owned(),
        (Language::English, StepKind::LastCannabis) => "From now on no cannabis and no other drugs.".to_owned(),
        (Language::English, StepKind::LastHeavyMeal) => {
            "Until now you may eat anything. After this no meat, nothing fried or fatty.".to_owned()
        }
        (Language::English, StepKind::LastLightMeal) => {
            "Until now you may have a light meal or milk. After this no food and no milk.".to_owned()
        }
        (Language::English, StepKind::LastClearLiquid) => {
            "Until now please drink: water, clear juice, tea or coffee without milk. After this nothing.".to_owned()
        }
        (Language::English, StepKind::HoldMedicine(medicine)) => {
            format!("From now on no {}, as your prescriber decided.", medicine.name)
        }
        (Language::English, StepKind::Visit) => "Your visit begins.".to_owned(),
        (Language::English, StepKind::NoDrivingUntil) => {
            "No driving before this time, and not before you have slept a night.".to_owned()
        }
        (Language::Spanish, StepKind::LastAlcohol) => "Desde ahora nada de alcohol.".to_owned(),
        (Language::Spanish, StepKind::LastCannabis) => "Desde ahora nada de cannabis ni otras drogas.".to_owned(),
        (Language::Spanish, StepKind::LastHeavyMeal) => {
            "Hasta ahora puede comer de todo. Después, nada de carne, frito ni grasa.".to_owned()
        }
        (Language::Spanish, StepKind::LastLightMeal) => {
            "Hasta ahora puede comer algo ligero o tomar leche. Después, ni comida ni leche.".to_owned()
        }
        (Language::Spanish, StepKind::LastClearLiquid) => {
            "Hasta ahora beba: agua, jugo sin pulpa, té o café sin leche. Después, nada.".to_owned()
        }
        (Language::Spanish, StepKind::HoldMedicine(medicine)) => {
            format!("Desde ahora no tome {}, como decidió su médico.", medicine.name)
        }
        (Language::Spanish, StepKind::Visit) => "Empieza su visita.".to_owned(),
        (Language::Spanish, StepKind::NoDrivingUntil) => {
            "No conduzca antes de esta hora, ni antes de haber dormido una noche.".to_owned()
        }
    }
}

/// One question.
#[derive(Template)]
#[template(path = "preparation_question.html")]
pub struct QuestionPage<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Which.
    pub question: Question,
    /// What was answered before.
    pub answers: &'a Answers,
    /// Whom they named in their history as the one who takes them home.
    pub named_before: Option<&'a Companion>,
    /// What was not understood; the page is then the answer to a form.
    pub problem: Option<&'a str>,
    /// What was typed in it: it stays.
    pub typed: Option<&'a Fields>,
    /// The person's time zone.
    pub zone: &'a TimeZone,
    /// Somebody must come along: a taxi alone is not enough here.
    pub needs_somebody: bool,
    /// What is known from whoever was asked by a link.
    pub asked: Standing,
    /// Text messages leave this house, so that they can be asked by one.
    pub can_ask: bool,
}

/// The words of a question's page.
pub struct QuestionWords {
    back: &'static str,
    go_on: &'static str,
    not_sure: &'static str,
    yes: &'static str,
    no: &'static str,
    today: &'static str,
    yesterday: &'static str,
    longer: &'static str,
    time: &'static str,
    name: &'static str,
    phone: &'static str,
    relationship: &'static str,
    ride: &'static str,
    somebody: &'static str,
    nobody: &'static str,
    from_history: &'static str,
    ask_them: &'static str,
}

impl QuestionPage<'_> {
    const fn words(&self) -> QuestionWords {
        match self.frame.language {
            Language::English => QuestionWords {
                back: "Back",
                go_on: "Save and continue",
                not_sure: "I'm not sure",
                yes: "Yes",
                no: "No",
                today: "Today",
                yesterday: "Yesterday",
                longer: "Before yesterday, or never",
                time: "At what time? Such as 07:40",
                name: "Name",
                phone: "Telephone number",
                relationship: "Who they are to you (you may leave this out)",
                ride: "How do you get home?",
                somebody: "The person above takes me home",
                nobody: "I have nobody who can come",
                from_history: "You named this person in your history. Save it if they come this time too, or change it.",
                ask_them: "Send them a message with a link: they say whether they come, and read what to look for that night. They read nothing else about you",
            },
            Language::Spanish => QuestionWords {
                back: "Volver",
                go_on: "Guardar y seguir",
                not_sure: "No tengo certeza",
                yes: "Sí",
                no: "No",
                today: "Hoy",
                yesterday: "Ayer",
                longer: "Antes de ayer, o nunca",
                time: "¿A qué hora? Por ejemplo 07:40",
                name: "Nombre",
                phone: "Número de teléfono",
                relationship: "Qué es de usted (puede dejarlo en blanco)",
                ride: "¿Cómo vuelve a casa?",
                somebody: "Me lleva a casa la persona de arriba",
                nobody: "No tengo a nadie que pueda venir",
                from_history: "Usted nombró a esta persona en su historia. Guárdelo si también viene esta vez, o cámbielo.",
                ask_them: "Enviarle un mensaje con un enlace: dice si viene y lee qué mirar esa noche. No lee nada más de usted",
            },
        }
    }

    fn title(&self) -> &'static str {
        self.question.words(self.frame.language)[0]
    }

    /// What was said before, for a question of yes and no.
    fn said(&self, word: &str) -> bool {
        let answers = self.answers;
        let said = match self.question {
            Question::OtherDrugs => answers.other_drugs,
            Question::Illness => answers.illness,
            Question::Admission => answers.admission,
            Question::Pregnancy => answers.pregnancy,
            Question::Urinary => answers.urinary,
            Question::BreathingDevice => answers.breathing_device,
            Question::Thoughts => answers.thoughts_of_death,
            Question::Escort
            | Question::HeavyMeal
            | Question::LightMeal
            | Question::ClearLiquid
            | Question::Alcohol
            | Question::Cannabis
            | Question::Phone => Said::NotAsked,
        };
        said.word() == word
    }

    fn last(&self) -> Answer<Moment> {
        let answers = self.answers;
        match self.question {
            Question::HeavyMeal => answers.fasting.heavy_meal,
            Question::LightMeal => answers.fasting.light_meal,
            Question::ClearLiquid => answers.fasting.clear_liquid,
            Question::Alcohol => answers.alcohol,
            Question::Cannabis => answers.cannabis,
            Question::Escort
            | Question::OtherDrugs
            | Question::Illness
            | Question::Admission
            | Question::Pregnancy
            | Question::Urinary
            | Question::BreathingDevice
            | Question::Thoughts
            | Question::Phone => Answer::NotAsked,
        }
    }

    /// Which day was said before, as the form names it; a time that is longer ago is none.
    fn day(&self, word: &str) -> bool {
        if let Some(typed) = self.typed {
            return typed.text("day") == word;
        }
        let now = self.frame.around.now;
        let day = |moment: Moment| moment.timestamp().to_zoned(self.zone.clone()).date();
        let said = match self.last() {
            Answer::NotAsked => return false,
            Answer::NotSure => "not-sure",
            Answer::NoneSuch => "none",
            Answer::Is(at) if day(at) == day(now) => "today",
            Answer::Is(at) if day(at).tomorrow().ok() == Some(day(now)) => "yesterday",
            Answer::Is(_) => "none",
        };
        said == word
    }

    fn time(&self) -> String {
        if let Some(typed) = self.typed {
            return typed.text("time").to_owned();
        }
        match self.last() {
            Answer::Is(at) if self.day("today") || self.day("yesterday") => ClockFace {
                zone: self.zone,
                now: at,
            }
            .time(at),
            Answer::Is(_) | Answer::NotAsked | Answer::NotSure | Answer::NoneSuch => String::new(),
        }
    }

    /// Whether nobody, or somebody not known yet, was said to take them home.
    fn escort_said(&self, word: &str) -> bool {
        if let Some(typed) = self.typed {
            return typed.text("nobody") == word;
        }
        match &self.answers.escort {
            Answer::NoneSuch => word == "none",
            Answer::NotSure => word == "not-sure",
            Answer::Is(_) => word == "somebody",
            Answer::NotAsked => false,
        }
    }

    fn why(&self) -> &'static str {
        // The clinic's own rule about the way home, as it is in force. Hazard: H47
        match (self.question, self.needs_somebody, self.frame.language) {
            (Question::Escort, false, Language::English) => {
                "You may be drowsy. Tell us how you get home, and who comes with you."
            }
            (Question::Escort, false, Language::Spanish) => {
                "Puede tener sueño. Díganos cómo vuelve a casa y quién le acompaña."
            }
            (_, _, language) => self.question.words(language)[1],
        }
    }

    fn is_when(&self) -> bool {
        self.question.form() == Form::When
    }
    fn is_yes_no(&self) -> bool {
        self.question.form() == Form::YesNo
    }
    fn is_escort(&self) -> bool {
        self.question.form() == Form::Escort
    }

    fn is_ride(&self, word: &str) -> bool {
        self.escort()[3] == word
    }

    fn rides(&self) -> Vec<(&'static str, &'static str)> {
        Ride::ALL
            .into_iter()
            .map(|ride| (ride.word(), ride_says(ride, self.frame.language)))
            .collect()
    }

    fn escort(&self) -> [&str; 4] {
        if let Some(typed) = self.typed {
            return ["name", "phone", "relationship", "ride"].map(|field| typed.text(field));
        }
        match &self.answers.escort {
            Answer::Is(escort) => [
                &escort.name,
                &escort.phone,
                &escort.relationship,
                escort.ride.word(),
            ],
            Answer::NotAsked => self.named_before.map_or([""; 4], |known| {
                [&known.name, &known.phone, &known.relationship, ""]
            }),
            Answer::NotSure | Answer::NoneSuch => [""; 4],
        }
    }

    /// What whoever takes them home answered by their link; nothing where nobody was asked.
    fn heard(&self) -> Option<&'static str> {
        let says = |english, spanish| match self.frame.language {
            Language::English => english,
            Language::Spanish => spanish,
        };
        Some(match self.asked {
            Standing::NotAsked => return None,
            Standing::Waiting => says(
                "They were asked by a link, and have not answered yet.",
                "Recibió la pregunta por un enlace y todavía no ha contestado.",
            ),
            Standing::Comes { .. } => says("They said: yes.", "Dijo que sí."),
            Standing::ForAnotherTime { .. } => says(
                "They said yes for another time than your visit has now. Please ask them again.",
                "Dijo que sí para otra hora, no para la que tiene ahora su visita. Pregúntele otra vez, por favor.",
            ),
            Standing::CannotCome { .. } => says(
                "They said that they cannot come. Please name somebody else, or call the clinic.",
                "Dijo que no puede venir. Nombre a otra persona, o llame a la clínica, por favor.",
            ),
        })
    }

    /// True when the page shows somebody whom they named elsewhere, and nothing is saved here yet.
    fn is_from_history(&self) -> bool {
        self.answers.escort == Answer::NotAsked
            && self.named_before.is_some()
            && self.typed.is_none()
    }

    fn phone(&self) -> &str {
        let typed = self.typed.map(|typed| typed.text("phone"));
        let known = self.answers.phone.as_deref();
        typed.or(known).unwrap_or_default()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A way home, in words.
pub const fn ride_says(ride: Ride, language: Language) -> &'static str {
    match (language, ride) {
        (Language::English, Ride::CompanionDrives) => "This person drives me",
        (Language::English, Ride::Together) => "We go together by taxi, bus or on foot",
        (Language::English, Ride::TaxiAlone) => "I take a taxi alone",
        (Language::English, Ride::NotSure) => "I'm not sure yet",
        (Language::Spanish, Ride::CompanionDrives) => "Esta persona me lleva en su vehículo",
        (Language::Spanish, Ride::Together) => "Vamos juntos en taxi, en bus o a pie",
        (Language::Spanish, Ride::TaxiAlone) => "Tomo un taxi sin compañía",
        (Language::Spanish, Ride::NotSure) => "Todavía no lo sé",
    }
}

/// Ana's preparation, in Spanish.
pub fn sample() -> PreparationPage<'static> {
    let frame = super::my_frame::sample::frame("/my/preparation", Language::Spanish);
    PreparationPage {
        frame,
        preparation: None,
        steps: &[],
        always: "",
        begins: Begins::NotKnown,
        zone: frame.around.zone,
        asks_medicines: false,
        open: Vec::new(),
        usual: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_no_visit_is_told_so() {
        assert!(sample().html().contains("No hay ninguna visita"));
    }

    #[test]
    fn every_question_has_its_words_in_both_languages_and_its_page() {
        let answers = Answers::default();
        for language in Language::ALL {
            for question in Question::ALL {
                let page = QuestionPage {
                    frame: super::super::my_frame::sample::frame("/my/preparation", language),
                    question,
                    answers: &answers,
                    named_before: None,
                    problem: None,
                    typed: None,
                    zone: &TimeZone::UTC,
                    needs_somebody: true,
                    asked: Standing::NotAsked,
                    can_ask: true,
                };
                let html = page.html();
                assert!(html.contains("not-sure") || question.form() == Form::Phone);
                assert!(html.contains(&question.words(language)[0].replace('\'', "&#39;")));
            }
        }
    }
}
