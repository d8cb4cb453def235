//! A page of the history as it was sent, read into what somebody says; whoever speaks.
//!
//! What is not understood, or seems not to be meant, is told in the speaker's language and asked
//! back; nothing is guessed.

use super::form::Fields;
use crate::book::{LocalTime, local_time};
use clinical::clinic::ClockTime;
use clinical::course::intake::measure::{
    Doubt, NoDay, TypedHeight, TypedWeight, height, past_day, weight,
};
use clinical::course::intake::{
    Asks, Command, Intake, Intolerant, Item, Page, PastTrial, Said, TakenMedicine,
};
use clinical::course::screening::medicine::{Medicine, MedicineList, Use};
use clinical::course::screening::person::{
    Intolerance, LastEvent, LastUse, Reaction, Trial, TrialOutcome, Weighing,
};
use clinical::instrument;
use clinical::leaflet::Language;
use clinical::patient::{Channel, CivilDate, Companion, Contacts, WritingHours};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use units::{Centimetres, Moment, Span};

/// What was not understood, or is asked back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// At which field.
    pub field: String,
    /// In one sentence, in the speaker's language.
    pub says: &'static str,
    /// True when the speaker may say that it is right all the same.
    pub may_be_confirmed: bool,
}

/// What is wanted of the history as it stands when it is written.
pub type Wanted = Box<dyn Fn(&Intake) -> Vec<Command> + Send + Sync>;

/// The fields in which a height is typed.
pub const HEIGHT_FIELDS: [&str; 3] = ["centimetres", "feet", "inches"];
/// The fields that a weight is judged by: itself, and the height beside it.
pub const WEIGHT_FIELDS: [&str; 5] = ["kilograms", "pounds", "centimetres", "feet", "inches"];

/// A page, read.
pub enum Reading {
    /// Answers, and whether the page is done with.
    Answers {
        /// What is said.
        wanted: Wanted,
        /// False while a list is still being told.
        done: bool,
    },
    /// How the person is reached.
    Contacts(Box<Contacts>),
}

/// What a form is read with.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The speaker's language.
    pub language: Language,
    /// The clinic's zone.
    pub zone: &'a TimeZone,
    /// Today, at the clinic.
    pub today: CivilDate,
    /// Now.
    pub now: Moment,
    /// The medicines that are known by name.
    pub medicines: &'a MedicineList,
    /// What is known of how the person is reached.
    pub contacts: Option<&'a Contacts>,
    /// The height that is known, to weigh a weight against.
    pub height: Option<Centimetres>,
}

impl Around<'_> {
    const fn told(&self, english: &'static str, spanish: &'static str) -> &'static str {
        match self.language {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }

    fn asked(&self, field: &str, english: &'static str, spanish: &'static str) -> Asked {
        Asked {
            field: field.to_owned(),
            says: self.told(english, spanish),
            may_be_confirmed: false,
        }
    }

    fn choose(&self, field: &str) -> Asked {
        self.asked(field, "Choose an answer.", "Elija una respuesta.")
    }
}

fn answers(commands: Vec<Command>) -> Reading {
    Reading::Answers {
        wanted: Box::new(move |_| commands.clone()),
        done: true,
    }
}

fn say(item: Item, answer: Said) -> Command {
    Command::Say { item, answer }
}

/// Reads a page; `item` is the question of a questionnaire.
pub fn read(
    page: &Page,
    item: Option<&str>,
    fields: &Fields,
    around: &Around<'_>,
) -> Result<Reading, Asked> {
    match &page.asks {
        Asks::Contacts => contacts(fields, around),
        Asks::Body => body(fields, around),
        Asks::Questions(questions) => {
            let none_at_all = fields.text("all") == "no";
            let commands = questions
                .iter()
                .map(|question| {
                    let answer = match fields.text(question.name()) {
                        "yes" => Said::Yes(true),
                        "no" => Said::Yes(false),
                        "not-sure" => Said::NotSure,
                        "" if none_at_all => Said::Yes(false),
                        _ => return Err(around.choose(question.name())),
                    };
                    Ok(say(Item::Question(*question), answer))
                })
                .collect::<Result<Vec<_>, _>>()?;
            Ok(answers(commands))
        }
        Asks::AcuteEvent => {
            let answer = match fields.text("when") {
                "never" => Said::AcuteEvent(LastEvent::Never),
                "not-sure" => Said::NotSure,
                "on" => Said::AcuteEvent(LastEvent::On(day(fields, around)?)),
                _ => return Err(around.choose("when")),
            };
            Ok(answers(vec![say(Item::AcuteEvent, answer)]))
        }
        Asks::LastUse(substance) => {
            let answer = match fields.text("when") {
                "never" => Said::LastUse(LastUse::Never),
                "not-sure" => Said::NotSure,
                "on" => Said::LastUse(LastUse::At(end_of(day(fields, around)?, around))),
                _ => return Err(around.choose("when")),
            };
            Ok(answers(vec![say(Item::LastUse(*substance), answer)]))
        }
        Asks::Operations => {
            let answer = match (fields.text("any"), fields.optional("words")) {
                ("none", None) => Said::Words(around.told("None.", "Ninguna.").to_owned()),
                ("not-sure", None) => Said::NotSure,
                ("some" | "", Some(words)) => Said::Words(words),
                ("none" | "not-sure", Some(_)) => {
                    return Err(around.asked(
                        "words",
                        "You wrote operations and chose another answer. Choose one of the two.",
                        "Escribió operaciones y eligió otra respuesta. Elija una de las dos.",
                    ));
                }
                ("some", None) => {
                    return Err(around.asked(
                        "words",
                        "Write which operations you had.",
                        "Escriba qué operaciones tuvo.",
                    ));
                }
                (_, _) => return Err(around.choose("any")),
            };
            Ok(answers(vec![say(Item::Operations, answer)]))
        }
        Asks::Medicines => list(Kind::Medicines, fields, around),
        Asks::Allergies => list(Kind::Allergies, fields, around),
        Asks::Trials => list(Kind::Trials, fields, around),
        Asks::Instrument(instrument) => {
            let answer = scale_answer(fields).ok_or_else(|| around.choose("answer"))?;
            let item = Item::OfScale {
                instrument: instrument.clone(),
                item: item.unwrap_or_default().to_owned(),
            };
            Ok(answers(vec![say(item, Said::OfScale(answer))]))
        }
    }
}

/// The answer to one question of a questionnaire; none where nothing is chosen.
pub fn scale_answer(fields: &Fields) -> Option<instrument::Answer> {
    match fields.text("answer") {
        "" => None,
        "not-sure" => Some(instrument::Answer::NotSure),
        "declined" => Some(instrument::Answer::Declined),
        chosen => Some(instrument::Answer::Chosen(chosen.to_owned())),
    }
}

/// A day that has been, from its three fields.
fn day(fields: &Fields, around: &Around<'_>) -> Result<CivilDate, Asked> {
    past_day(
        fields.text("year"),
        fields.text("month"),
        fields.text("day"),
        around.today,
    )
    .map_err(|why| match why {
        NoDay::NotInCalendar => around.asked(
            "day",
            "There is no such day. Write day, month and year in numbers, such as 27 3 2024.",
            "Ese día no existe. Escriba día, mes y año en números, por ejemplo 27 3 2024.",
        ),
        NoDay::NotYet => around.asked(
            "year",
            "That day has not come yet. Check the year.",
            "Ese día todavía no ha llegado. Revise el año.",
        ),
        NoDay::TooLongAgo => around.asked(
            "year",
            "That is more than 120 years ago. Check the year.",
            "Eso fue hace más de 120 años. Revise el año.",
        ),
    })
}

/// The last moment of a day, or now when it is today: the least time that may have passed since.
fn end_of(day: CivilDate, around: &Around<'_>) -> Moment {
    let midnight = ClockTime::new(0, 0).map_or(LocalTime::Never, |begins| {
        local_time(around.zone, day.plus_days(1), begins)
    });
    match midnight {
        LocalTime::Once(at) | LocalTime::Twice(at, _) => {
            (at - Span::from_microseconds(1)).min(around.now)
        }
        // The clocks are put forward over that midnight: eleven in the evening is still that day.
        LocalTime::Never => ClockTime::new(23, 0)
            .map(|late| local_time(around.zone, day, late))
            .and_then(|late| match late {
                LocalTime::Once(at) | LocalTime::Twice(_, at) => Some(at.min(around.now)),
                LocalTime::Never => None,
            })
            .unwrap_or(around.now),
    }
}

fn number(fields: &Fields, name: &str, around: &Around<'_>) -> Result<Option<Decimal>, Asked> {
    fields.number(name).map_err(|_| {
        around.asked(
            name,
            "That is not a number that can be read. Write it like 70 or 70.5.",
            "Ese número no se puede leer. Escríbalo así: 70 o 70.5.",
        )
    })
}

fn body(fields: &Fields, around: &Around<'_>) -> Result<Reading, Asked> {
    // A tick holds for the very numbers beside which it was asked for. Hazard: H18
    let numbers = |names: &[&str]| {
        let typed: Vec<&str> = names.iter().map(|name| fields.text(name)).collect();
        typed.join("/")
    };
    let right = |which: &str, names: &[&str]| fields.text(which) == numbers(names);
    let typed_height = match (
        number(fields, "centimetres", around)?,
        number(fields, "feet", around)?,
        number(fields, "inches", around)?,
    ) {
        (Some(value), None, None) => Some(TypedHeight::Centimetres(value)),
        (None, Some(feet), inches) => Some(TypedHeight::FeetAndInches(
            feet,
            inches.unwrap_or(Decimal::ZERO),
        )),
        (None, None, None) => None,
        (Some(_), _, _) | (None, None, Some(_)) => {
            return Err(around.asked(
                "centimetres",
                "Write your height in centimetres, or in feet and inches, not both.",
                "Escriba su estatura en centímetros, o en pies y pulgadas, no de las dos formas.",
            ));
        }
    };
    let typed_weight = match (
        number(fields, "kilograms", around)?,
        number(fields, "pounds", around)?,
    ) {
        (Some(value), None) => Some(TypedWeight::Kilograms(value)),
        (None, Some(value)) => Some(TypedWeight::Pounds(value)),
        (None, None) => None,
        (Some(_), Some(_)) => {
            return Err(around.asked(
                "kilograms",
                "Write your weight in kilograms or in pounds, not both.",
                "Escriba su peso en kilos o en libras, no de las dos formas.",
            ));
        }
    };
    let height_said = match typed_height {
        Some(typed) => {
            let read = height(typed, right("height_right", &HEIGHT_FIELDS));
            Some(read.map_err(|doubt| doubted("centimetres", doubt, around))?)
        }
        None if fields.text("height_not_sure") == "yes" => None,
        None => {
            return Err(around.asked(
                "centimetres",
                "Write your height, or say that you are not sure.",
                "Escriba su estatura, o diga que no tiene certeza.",
            ));
        }
    };
    let weight_said = match typed_weight {
        Some(typed) => {
            let known = height_said.or(around.height);
            let read = weight(typed, known, right("weight_right", &WEIGHT_FIELDS));
            Some(read.map_err(|doubt| doubted("kilograms", doubt, around))?)
        }
        None if fields.text("weight_not_sure") == "yes" => None,
        None => {
            return Err(around.asked(
                "kilograms",
                "Write your weight, or say that you are not sure.",
                "Escriba su peso, o diga que no tiene certeza.",
            ));
        }
    };
    let today = around.today;
    Ok(answers(vec![
        say(
            Item::Height,
            height_said.map_or(Said::NotSure, Said::Height),
        ),
        say(
            Item::Weight,
            weight_said.map_or(Said::NotSure, |kilograms| {
                Said::Weight(Weighing {
                    kilograms,
                    on: today,
                })
            }),
        ),
    ]))
}

// Hazard: H18
fn doubted(field: &str, doubt: Doubt, around: &Around<'_>) -> Asked {
    let says = match doubt {
        Doubt::NoSuchHeight => around.told(
            "Nobody has such a height. Check the number and its unit.",
            "Nadie mide eso. Revise el número y la unidad.",
        ),
        Doubt::NoSuchWeight => around.told(
            "Nobody has such a weight. Check the number and its unit.",
            "Nadie pesa eso. Revise el número y la unidad.",
        ),
        Doubt::TooManyInches => around.told(
            "There are 12 inches in a foot: write 0 to 11 inches.",
            "Un pie tiene 12 pulgadas: escriba de 0 a 11 pulgadas.",
        ),
        Doubt::UnusualHeight => around.told(
            "That is an unusual height. Is it right, in this unit?",
            "Es una estatura poco común. ¿Está bien, en esta unidad?",
        ),
        Doubt::PoundsMeant => around.told(
            "That looks like pounds, but it stands in kilograms. Is it right?",
            "Parece que son libras, pero está en kilos. ¿Está bien?",
        ),
        Doubt::KilogramsMeant => around.told(
            "That looks like kilograms, but it stands in pounds. Is it right?",
            "Parece que son kilos, pero está en libras. ¿Está bien?",
        ),
        Doubt::UnusualBuild => around.told(
            "Height and weight hardly fit together. Are both right, in these units?",
            "La estatura y el peso casi no van juntos. ¿Están bien los dos, en estas unidades?",
        ),
    };
    Asked {
        field: field.to_owned(),
        says,
        may_be_confirmed: doubt.may_be_confirmed(),
    }
}

/// A list that is told one at a time.
#[derive(Clone, Copy)]
enum Kind {
    Medicines,
    Allergies,
    Trials,
}

/// One more of a list.
#[derive(Clone)]
enum One {
    Medicine(Box<TakenMedicine>),
    Allergy(Intolerant),
    Trial(PastTrial),
}

/// What a form does to a list.
#[derive(Clone)]
enum Act {
    Add(One),
    Remove(String),
    Whole,
    NotSure,
}

fn list(kind: Kind, fields: &Fields, around: &Around<'_>) -> Result<Reading, Asked> {
    let typed = ["name", "how", "happened", "dose", "weeks"]
        .iter()
        .any(|name| !fields.text(name).is_empty());
    let act = match (fields.text("act"), fields.text("remove")) {
        ("", gone) if !gone.is_empty() => Act::Remove(gone.to_owned()),
        ("add", _) => Act::Add(one(kind, fields, around)?),
        // What is typed and not added yet would be lost.
        ("done" | "none" | "not-sure", _) if typed => {
            return Err(around.asked(
                "name",
                "Add this first, or clear the field.",
                "Primero agregue esto, o borre el campo.",
            ));
        }
        ("done" | "none", _) => Act::Whole,
        ("not-sure", _) => Act::NotSure,
        _ => return Err(around.choose("name")),
    };
    let done = matches!(act, Act::Whole | Act::NotSure);
    Ok(Reading::Answers {
        wanted: Box::new(move |intake| changed(kind, &act, intake)),
        done,
    })
}

fn one(kind: Kind, fields: &Fields, around: &Around<'_>) -> Result<One, Asked> {
    let name = fields
        .optional("name")
        .ok_or_else(|| around.asked("name", "Write its name.", "Escriba el nombre."))?;
    let three = |field: &str| match fields.text(field) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    Ok(match kind {
        Kind::Medicines => {
            // Only a name that the list knows is coded; nothing is guessed from the words.
            let code = around
                .medicines
                .named(&name)
                .and_then(|known| known.code.clone());
            One::Medicine(Box::new(TakenMedicine {
                medicine: Medicine {
                    words: name,
                    codes: code.into_iter().collect(),
                    status: Use::Current,
                    last_taken: None,
                    milligrams_per_day: None,
                    morphine_equivalent: None,
                    review: None,
                },
                how: fields.text("how").to_owned(),
            }))
        }
        Kind::Allergies => One::Allergy(Intolerant {
            intolerance: Intolerance {
                substance: name,
                is_of_the_product: None,
                reaction: match fields.text("reaction") {
                    "allergy" => Reaction::Allergy,
                    "side-effect" => Reaction::SideEffect,
                    _ => Reaction::Unknown,
                },
            },
            happened: fields.text("happened").to_owned(),
        }),
        Kind::Trials => {
            let weeks = number(fields, "weeks", around)?;
            let weeks = weeks
                .map(|weeks| u16::try_from(weeks.round()).ok())
                .map(|weeks| {
                    weeks.filter(|weeks| *weeks <= 2_600).ok_or_else(|| {
                        around.asked("weeks", "Check the weeks.", "Revise las semanas.")
                    })
                });
            One::Trial(PastTrial {
                trial: Trial {
                    drug: name,
                    weeks_at_adequate_dose: weeks.transpose()?,
                    taken_as_prescribed: three("taken"),
                    in_this_episode: three("now"),
                    outcome: match fields.text("outcome") {
                        "below-25" => Some(TrialOutcome::Below25Percent),
                        "25-to-49" => Some(TrialOutcome::From25To49Percent),
                        "at-least-50" => Some(TrialOutcome::AtLeast50Percent),
                        "side-effects" => Some(TrialOutcome::StoppedForSideEffects),
                        _ => None,
                    },
                },
                dose: fields.text("dose").to_owned(),
            })
        }
    })
}

/// Takes the one at this place away, if it is still the one of this name: `2 Sertraline`.
fn remove<T>(list: &mut Vec<T>, gone: &str, name: impl Fn(&T) -> &String) {
    let named = gone.split_once(' ').and_then(|(place, named)| {
        let place: usize = place.parse().ok()?;
        list.get(place)
            .filter(|one| name(one) == named)
            .map(|_| place)
    });
    if let Some(place) = named {
        list.remove(place);
    }
}

/// What is said of a list, from how it stands: somebody else's additions stay.
fn changed(kind: Kind, act: &Act, intake: &Intake) -> Vec<Command> {
    let whole = matches!(act, Act::Whole);
    let not_sure = matches!(act, Act::NotSure);
    let command = match kind {
        Kind::Medicines => {
            let mut list = match intake.said(&Item::Medicines) {
                Some(Said::Medicines { list, .. }) => list.clone(),
                _ => Vec::new(),
            };
            match act {
                Act::Add(One::Medicine(one)) => list.push(one.as_ref().clone()),
                Act::Remove(gone) => remove(&mut list, gone, |one| &one.medicine.words),
                _ => {}
            }
            if not_sure && list.is_empty() {
                say(Item::Medicines, Said::NotSure)
            } else {
                say(Item::Medicines, Said::Medicines { list, whole })
            }
        }
        Kind::Allergies => {
            let mut list = match intake.said(&Item::Intolerances) {
                Some(Said::Intolerances { list, .. }) => list.clone(),
                _ => Vec::new(),
            };
            match act {
                Act::Add(One::Allergy(one)) => list.push(one.clone()),
                Act::Remove(gone) => remove(&mut list, gone, |one| &one.intolerance.substance),
                _ => {}
            }
            if not_sure && list.is_empty() {
                say(Item::Intolerances, Said::NotSure)
            } else {
                say(Item::Intolerances, Said::Intolerances { list, whole })
            }
        }
        Kind::Trials => {
            let mut list = match intake.said(&Item::Trials) {
                Some(Said::Trials { list, .. }) => list.clone(),
                _ => Vec::new(),
            };
            match act {
                Act::Add(One::Trial(one)) => list.push(one.clone()),
                Act::Remove(gone) => remove(&mut list, gone, |one| &one.trial.drug),
                _ => {}
            }
            if not_sure && list.is_empty() {
                say(Item::Trials, Said::NotSure)
            } else {
                say(Item::Trials, Said::Trials { list, whole })
            }
        }
    };
    vec![command]
}

fn companion(fields: &Fields, who: &str, around: &Around<'_>) -> Result<Option<Companion>, Asked> {
    let field = |part: &str| format!("{who}_{part}");
    let (name, phone) = (
        fields.optional(&field("name")),
        fields.optional(&field("phone")),
    );
    match (name, phone) {
        (None, None) => Ok(None),
        (Some(name), Some(phone)) if digits(&phone) >= 5 => Ok(Some(Companion {
            name,
            phone,
            relationship: fields.text(&field("relationship")).to_owned(),
        })),
        (None | Some(_), None | Some(_)) => Err(around.asked(
            &field("phone"),
            "Write both the name and the telephone number of this person.",
            "Escriba el nombre y el número de teléfono de esta persona.",
        )),
    }
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

impl Asked {
    /// Somebody else changed what this page is about while it was open.
    pub fn changed_meanwhile(language: Language) -> Self {
        Self {
            field: "email".to_owned(),
            says: match language {
                Language::English => {
                    "Not saved yet: somebody changed these details while the page was open. What you typed is still here. Check it, then save again."
                }
                Language::Spanish => {
                    "Todavía no se guardó: alguien cambió estos datos mientras la página estaba abierta. Lo que escribió sigue aquí. Revíselo y guarde otra vez."
                }
            },
            may_be_confirmed: false,
        }
    }
}

/// The hours that a person may choose, each with its word in the form.
pub const HOURS: [(&str, WritingHours); 4] = [
    ("any", WritingHours::DAYTIME),
    ("morning", WritingHours { from: 8, until: 12 }),
    (
        "afternoon",
        WritingHours {
            from: 12,
            until: 18,
        },
    ),
    (
        "evening",
        WritingHours {
            from: 17,
            until: 21,
        },
    ),
];

/// The word of hours that are recorded and are none of those that may be chosen.
pub const HOURS_AS_RECORDED: &str = "recorded";

fn hours_of_word(word: &str) -> Option<WritingHours> {
    let known = HOURS.into_iter().find(|(known, _)| *known == word);
    known.map(|(_, hours)| hours)
}

/// The word of hours in the form.
pub fn word_of_hours(hours: WritingHours) -> &'static str {
    let known = HOURS.into_iter().find(|(_, known)| *known == hours);
    known.map_or(HOURS_AS_RECORDED, |(word, _)| word)
}

fn contacts(fields: &Fields, around: &Around<'_>) -> Result<Reading, Asked> {
    let email = fields.optional("email");
    let looks_whole = |text: &str| {
        text.split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
            && !text.contains(char::is_whitespace)
    };
    if email.as_deref().is_some_and(|text| !looks_whole(text)) {
        return Err(around.asked(
            "email",
            "That is not a whole e-mail address. It looks like name@example.org.",
            "Esa dirección de correo no está completa. Es así: nombre@ejemplo.org.",
        ));
    }
    let mobile = fields.optional("mobile");
    if mobile.as_deref().is_some_and(|text| digits(text) < 5) {
        return Err(around.asked(
            "mobile",
            "That is not a whole telephone number.",
            "Ese número de teléfono no está completo.",
        ));
    }
    let mut channels = Vec::new();
    for word in fields.all("channel") {
        let (channel, address, field) = match Channel::of_word(word) {
            Some(Channel::Email) => (Channel::Email, email.is_some(), "email"),
            Some(Channel::TextMessage) => (Channel::TextMessage, mobile.is_some(), "mobile"),
            None => {
                return Err(around.asked(
                    "channel",
                    "Choose from the list how we may write to you.",
                    "Elija de la lista cómo podemos escribirle.",
                ));
            }
        };
        if !address {
            return Err(around.asked(
                field,
                "Write where we may write to, or take the tick away.",
                "Escriba adónde podemos escribirle, o quite la marca.",
            ));
        }
        channels.push(channel);
    }
    let known = around.contacts;
    let hours = match fields.text("hours") {
        HOURS_AS_RECORDED => known.map(|known| known.hours),
        word => hours_of_word(word),
    };
    let Some(hours) = hours else {
        return Err(around.asked(
            "hours",
            "Choose from the list when we may write to you.",
            "Elija de la lista cuándo podemos escribirle.",
        ));
    };
    Ok(Reading::Contacts(Box::new(Contacts {
        email,
        mobile,
        language: around.language,
        zone: known.and_then(|known| known.zone.clone()),
        channels,
        hours,
        emergency_contact: companion(fields, "emergency", around)?,
        escort: companion(fields, "escort", around)?,
    })))
}
