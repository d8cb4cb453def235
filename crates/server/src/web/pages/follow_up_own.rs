//! After a session, for the patient: the form, more of a side effect, what to do now.

use super::clock_face::ClockFace;
use super::follow_up::Choice;
use super::my_frame::Frame;
use crate::follow_up::Watch;
use askama::Template;
use clinical::course::follow_up::{
    Began, Flag, FlagStanding, Lasted, Mood, NewReport, Refusal, Report, Severity, Signs, Thoughts,
    Urgency,
};
use clinical::leaflet::Language;
use units::Moment;
use uuid::Uuid;

/// Of two words the one in the page's language.
const fn either(language: Language, en: &'static str, es: &'static str) -> &'static str {
    match language {
        Language::English => en,
        Language::Spanish => es,
    }
}

/// Why an answer was not saved, for the patient.
pub fn refusal_says(refusal: &Refusal, language: Language) -> String {
    match (language, refusal) {
        (Language::English, _) => refusal.says(),
        (Language::Spanish, Refusal::NothingSaid) => {
            "No se guardó: no eligió nada. Elija una respuesta.".to_owned()
        }
        (Language::Spanish, Refusal::TooLong) => {
            "No se guardó: tiene más de 2.000 caracteres. Acórtelo.".to_owned()
        }
        (
            Language::Spanish,
            Refusal::Unknown
            | Refusal::InHand { .. }
            | Refusal::NotAcknowledged
            | Refusal::NotDone
            | Refusal::ForPrescriber,
        ) => "No se guardó: vuelva a abrir la página.".to_owned(),
    }
}

pub(crate) const fn mood_says(mood: Mood, language: Language) -> &'static str {
    match mood {
        Mood::Better => either(language, "Better than before", "Mejor que antes"),
        Mood::Same => either(language, "About the same", "Más o menos igual"),
        Mood::Worse => either(language, "Worse than before", "Peor que antes"),
        Mood::NotSure => either(language, "I cannot say", "No sé decirlo"),
    }
}

pub(super) const fn thoughts_says(thoughts: Thoughts, language: Language) -> &'static str {
    match thoughts {
        Thoughts::None => either(language, "No", "No"),
        Thoughts::Thoughts => either(language, "Yes, thoughts", "Sí, pensamientos"),
        Thoughts::Plan => either(
            language,
            "Yes, and I know how, or want to do it",
            "Sí, y sé cómo, o quiero hacerlo",
        ),
        Thoughts::Talk => either(
            language,
            "I would rather talk with somebody",
            "Prefiero hablar con alguien",
        ),
    }
}

pub(crate) const fn severity_says(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Mild => either(language, "A little", "Un poco"),
        Severity::Moderate => either(language, "In the way", "Molestó"),
        Severity::Severe => either(language, "I had to stop", "Tuve que parar"),
    }
}

pub(crate) const fn began_says(began: Began, language: Language) -> &'static str {
    match began {
        Began::Session => either(language, "In the session", "En la sesión"),
        Began::Evening => either(language, "That evening", "Esa tarde"),
        Began::NextDay => either(language, "The next day", "Al día siguiente"),
        Began::Later => either(language, "Later", "Después"),
    }
}

pub(crate) const fn lasted_says(lasted: Lasted, language: Language) -> &'static str {
    match lasted {
        Lasted::Minutes => either(language, "Under an hour", "Menos de una hora"),
        Lasted::Hours => either(language, "Hours", "Horas"),
        Lasted::Days => either(language, "A day or more", "Un día o más"),
        Lasted::Still => either(language, "Still there", "Sigue"),
    }
}

/// The form.
#[derive(Template)]
#[template(path = "follow_up_own.html")]
pub struct OwnReport<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What can be reported.
    pub signs: &'a Signs,
    /// A warning sign of before is not dealt with yet.
    pub flagged: bool,
    /// Why it was not saved; the page is then the answer to a form.
    pub problem: Option<String>,
    /// What was chosen in a form that was not saved.
    pub typed: Option<NewReport>,
}

/// The words of the patient's pages.
pub struct Words {
    title: &'static str,
    lead: &'static str,
    flagged: &'static str,
    mood: &'static str,
    effects: &'static str,
    effects_lead: &'static str,
    more: &'static str,
    thoughts: &'static str,
    thoughts_lead: &'static str,
    signs: &'static str,
    signs_now: &'static str,
    words: &'static str,
    send: &'static str,
    effects_title: &'static str,
    effects_why: &'static str,
    how_bad: &'static str,
    began: &'static str,
    lasted: &'static str,
    helped: &'static str,
    save: &'static str,
    skip: &'static str,
    home: &'static str,
    again: &'static str,
    reported: &'static str,
    look_again: &'static str,
    scales: &'static str,
}

const fn words(language: Language) -> Words {
    Words {
        title: either(language, "How are you?", "¿Cómo está?"),
        lead: either(
            language,
            "Half a minute is enough. Leave out what you do not want to answer.",
            "Basta medio minuto. Deje en blanco lo que no quiera contestar.",
        ),
        flagged: either(
            language,
            "What you told us before is still open. What to do now",
            "Lo que nos contó antes sigue pendiente. Qué hacer ahora",
        ),
        mood: either(
            language,
            "Compared with before the session, you feel",
            "Comparado con antes de la sesión, se siente",
        ),
        effects: either(language, "Does anything bother you?", "¿Algo le molesta?"),
        effects_lead: either(
            language,
            "Tick what you had since we last heard from you.",
            "Marque lo que tuvo desde la última vez que supimos de usted.",
        ),
        more: either(language, "Something else", "Otra cosa"),
        thoughts: either(
            language,
            "Thoughts that life is not worth living, or of ending it?",
            "¿Pensamientos de que la vida no vale la pena, o de quitársela?",
        ),
        thoughts_lead: either(
            language,
            "We ask everybody. Your answer goes to a person.",
            "Se lo preguntamos a todos. Su respuesta le llega a una persona.",
        ),
        signs: either(
            language,
            "Any of these? Tick it and send.",
            "¿Algo de esto? Márquelo y envíe.",
        ),
        signs_now: either(
            language,
            "If it is happening now, call your emergency number first: 112, 911 or 999.",
            "Si está pasando ahora, llame primero a su número de emergencia: 112, 911 o 999.",
        ),
        words: either(
            language,
            "In your own words, if you like",
            "Con sus palabras, si quiere",
        ),
        send: either(language, "Send", "Enviar"),
        effects_title: either(language, "A little more about it", "Un poco más sobre eso"),
        effects_why: either(
            language,
            "What you ticked is saved. This helps us next time; you can skip it.",
            "Lo que marcó está guardado. Esto nos ayuda la próxima vez; puede saltarlo.",
        ),
        how_bad: either(language, "How bad", "Qué tan fuerte"),
        began: either(language, "When it began", "Cuándo empezó"),
        lasted: either(language, "How long", "Cuánto duró"),
        helped: either(language, "What helped", "Qué ayudó"),
        save: either(language, "Save", "Guardar"),
        skip: either(language, "Skip this", "Saltar esto"),
        home: either(language, "Your page", "Su página"),
        again: either(language, "Tell us something else", "Contarnos otra cosa"),
        reported: either(language, "You told us", "Nos contó"),
        look_again: either(language, "Look again", "Mirar otra vez"),
        scales: either(
            language,
            "Go on with the questions",
            "Seguir con las preguntas",
        ),
    }
}

impl OwnReport<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn moods(&self) -> Vec<Choice> {
        let chosen = self.typed.as_ref().and_then(|typed| typed.mood);
        choices(Mood::ALL, chosen, Mood::word, |one| {
            mood_says(one, self.frame.language)
        })
    }

    fn thoughts(&self) -> Vec<Choice> {
        let chosen = self.typed.as_ref().and_then(|typed| typed.thoughts);
        choices(Thoughts::ALL, chosen, Thoughts::word, |one| {
            thoughts_says(one, self.frame.language)
        })
    }

    fn effects(&self, common: bool) -> Vec<Choice> {
        let ticked = |id: &String| {
            let typed = self.typed.as_ref();
            typed.is_some_and(|typed| typed.effects.contains(id))
        };
        self.signs
            .effects
            .iter()
            .filter(|effect| effect.common == common)
            .map(|effect| {
                let says = effect.says(self.frame.language).to_owned();
                (effect.id.clone(), says, ticked(&effect.id))
            })
            .collect()
    }

    fn asked_signs(&self, now: bool) -> Vec<Choice> {
        let ticked = |id: &String| {
            let typed = self.typed.as_ref();
            typed.is_some_and(|typed| typed.signs.contains(id))
        };
        self.signs
            .signs
            .iter()
            .filter(|sign| sign.asked && (sign.urgency == Urgency::Now) == now)
            .map(|sign| {
                let says = sign.says(self.frame.language).to_owned();
                (sign.id.clone(), says, ticked(&sign.id))
            })
            .collect()
    }

    fn text(&self) -> &str {
        self.typed.as_ref().map_or("", |typed| typed.words.as_str())
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// More of each side effect.
#[derive(Template)]
#[template(path = "follow_up_effects.html")]
pub struct OwnEffects<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What can be reported.
    pub signs: &'a Signs,
    /// The answer.
    pub report: &'a Report,
}

/// One question about a side effect: the field, what it asks, the choices.
type Question = (&'static str, &'static str, Vec<Choice>);

impl OwnEffects<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn report_id(&self) -> Uuid {
        self.report.said.report
    }

    /// Each side effect: its name, what it says, its questions, what helped.
    fn effects(&self) -> Vec<(String, String, Vec<Question>, String)> {
        let language = self.frame.language;
        let words = self.words();
        self.report
            .said
            .effects
            .iter()
            .filter_map(|id| self.signs.effect(id))
            .map(|effect| {
                let known = self.report.details.get(&effect.id);
                let known = known.cloned().unwrap_or_default();
                let questions = vec![
                    (
                        "severity",
                        words.how_bad,
                        choices(Severity::ALL, known.severity, Severity::word, |one| {
                            severity_says(one, language)
                        }),
                    ),
                    (
                        "began",
                        words.began,
                        choices(Began::ALL, known.began, Began::word, |one| {
                            began_says(one, language)
                        }),
                    ),
                    (
                        "lasted",
                        words.lasted,
                        choices(Lasted::ALL, known.lasted, Lasted::word, |one| {
                            lasted_says(one, language)
                        }),
                    ),
                ];
                let says = effect.says(language).to_owned();
                (effect.id.clone(), says, questions, known.helped)
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

fn choices<T: Copy + PartialEq>(
    all: &[T],
    chosen: Option<T>,
    word: impl Fn(T) -> &'static str,
    says: impl Fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter()
        .map(|one| {
            (
                word(*one).to_owned(),
                says(*one).to_owned(),
                chosen == Some(*one),
            )
        })
        .collect()
}

/// What to do now.
#[derive(Template)]
#[template(path = "follow_up_now.html")]
pub struct OwnNow<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What can be reported.
    pub signs: &'a Signs,
    /// The flag.
    pub flag: &'a Flag,
    /// Every flag that nobody has read, this one among them if so.
    pub unread: Vec<&'a Flag>,
    /// Whether anybody watches.
    pub watch: Watch,
    /// There are side effects of which more can be said.
    pub more: bool,
    /// Questions of a scale wait for answers.
    pub scales: bool,
}

impl OwnNow<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn is_about_suicide(&self) -> bool {
        let mut signs = self.flag.signs.iter();
        signs.any(|id| self.signs.is_of_thoughts(id))
    }

    fn title(&self) -> &'static str {
        let language = self.frame.language;
        match self.flag.urgency {
            Urgency::Now => either(
                language,
                "Call your emergency number now",
                "Llame ahora a su número de emergencia",
            ),
            Urgency::SameHour if self.is_about_suicide() => either(
                language,
                "You should not be alone with this",
                "No se quede a solas con esto",
            ),
            Urgency::SameHour => either(
                language,
                "Somebody must look at this within the hour",
                "Alguien debe ver esto dentro de una hora",
            ),
            Urgency::SameDay => either(
                language,
                "Somebody must look at this today",
                "Alguien debe ver esto hoy",
            ),
        }
    }

    /// What to do, line by line.
    fn steps(&self) -> Vec<String> {
        let language = self.frame.language;
        let mut steps = Vec::new();
        match self.flag.urgency {
            Urgency::Now => {
                steps.push(either(
                    language,
                    "Call 112, 911 or 999, whichever is yours. Do not wait for us.",
                    "Llame al 112, 911 o 999, el que le corresponda. No nos espere.",
                ));
                steps.push(either(
                    language,
                    "Say that you were given ketamine, and when.",
                    "Diga que le dieron ketamina, y cuándo.",
                ));
                steps.push(either(
                    language,
                    "Do not drive. Ask somebody to stay with you.",
                    "No conduzca. Pida a alguien que se quede con usted.",
                ));
            }
            Urgency::SameHour | Urgency::SameDay if self.is_about_suicide() => {
                steps.push(either(
                    language,
                    "If you may act on it: call 112, 911 or 999 now, or go where there are people.",
                    "Si podría hacerlo: llame ya al 112, 911 o 999, o vaya adonde haya gente.",
                ));
                steps.push(either(
                    language,
                    "In the USA you can call or text 988 at any hour.",
                    "En EE. UU. puede llamar o escribir al 988 a cualquier hora.",
                ));
                steps.push(either(
                    language,
                    "Ask somebody you trust to stay with you until we have spoken.",
                    "Pida a alguien de confianza que se quede con usted hasta que hablemos.",
                ));
            }
            Urgency::SameHour => {
                steps.push(either(
                    language,
                    "If it gets worse, call 112, 911 or 999.",
                    "Si empeora, llame al 112, 911 o 999.",
                ));
                steps.push(either(
                    language,
                    "Stay with somebody, and do not drive.",
                    "Quédese con alguien y no conduzca.",
                ));
            }
            Urgency::SameDay => steps.push(either(
                language,
                "If it gets worse, or you are frightened, call 112, 911 or 999.",
                "Si empeora o tiene miedo, llame al 112, 911 o 999.",
            )),
        }
        let mut steps: Vec<String> = steps.into_iter().map(str::to_owned).collect();
        if !self.frame.phone.is_empty() {
            let call = either(
                language,
                "Call the clinic too",
                "Llame también a la clínica",
            );
            steps.push(format!("{call}: {}.", self.frame.phone));
        }
        steps
    }

    /// What was reported: of this flag, and of those that nobody has read.
    fn reported(&self) -> Vec<&str> {
        let mut reported: Vec<&str> = Vec::new();
        for flag in std::iter::once(&self.flag).chain(&self.unread) {
            for sign in flag.signs.iter().filter_map(|id| self.signs.sign(id)) {
                let says = sign.says(self.frame.language);
                if !reported.contains(&says) {
                    reported.push(says);
                }
            }
        }
        reported
    }

    /// Truthfully: who knows of it by now. One sign in hand says nothing of another.
    // Hazard: H62
    fn watching(&self) -> String {
        let language = self.frame.language;
        let clock = self.frame.around.clock();
        match &self.flag.standing {
            FlagStanding::Acknowledged { by, at } | FlagStanding::Settled { by, at, .. }
                if self.unread.is_empty() =>
            {
                let (name, time) = (by.name().to_owned(), clock.time(*at));
                match language {
                    Language::English => {
                        format!("{name} has read this at {time} and has it in hand.")
                    }
                    Language::Spanish => format!("{name} lo leyó a las {time} y se ocupa."),
                }
            }
            FlagStanding::Escalating { .. }
            | FlagStanding::Acknowledged { .. }
            | FlagStanding::Settled { .. } => watch_says(&self.watch, language, &clock),
        }
    }

    const fn told(&self) -> bool {
        self.unread.is_empty()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

fn watch_says(watch: &Watch, language: Language, clock: &ClockFace<'_>) -> String {
    match (watch, language) {
        (Watch::Somebody { name }, Language::English) => format!(
            "It is saved. {name} is on duty and is being told now; others after that, until somebody answers. Nobody has read it yet."
        ),
        (Watch::Somebody { name }, Language::Spanish) => format!(
            "Está guardado. {name} está de guardia y le avisamos ahora; después a otros, hasta que alguien responda. Nadie lo ha leído todavía."
        ),
        (Watch::Nobody { from }, Language::English) => {
            let until = from.map_or_else(String::new, |from| {
                format!(" The clinic watches again from {}.", clock.full(from))
            });
            format!(
                "It is saved, but nobody at the clinic watches at this hour.{until} We send messages all the same; do not wait for an answer."
            )
        }
        (Watch::Nobody { from }, Language::Spanish) => {
            let until = from.map_or_else(String::new, |from| {
                format!(" La clínica vuelve a mirar desde el {}.", clock.in_numbers(from))
            });
            format!(
                "Está guardado, pero a esta hora nadie en la clínica lo mira.{until} Avisamos igual; no espere una respuesta."
            )
        }
        (Watch::NoWay, Language::English) => {
            "It is saved, but the clinic cannot be told at once from here. Somebody sees it when they next open the list. Do not wait: call.".to_owned()
        }
        (Watch::NoWay, Language::Spanish) => {
            "Está guardado, pero desde aquí no se puede avisar enseguida a la clínica. Alguien lo verá al abrir la lista. No espere: llame.".to_owned()
        }
    }
}

/// It is saved.
#[derive(Template)]
#[template(path = "follow_up_thanks.html")]
pub struct OwnThanks<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Whether anybody watches.
    pub watch: Watch,
    /// When the last answer was saved; nothing was said yet.
    pub saved_at: Option<Moment>,
    /// A warning sign is not dealt with yet.
    pub flagged: bool,
    /// Questions of a scale wait for answers.
    pub scales: bool,
}

impl OwnThanks<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn title(&self) -> String {
        let clock = self.frame.around.clock();
        match (self.saved_at, self.frame.language) {
            (Some(at), Language::English) => format!("Thank you. Saved at {}.", clock.time(at)),
            (Some(at), Language::Spanish) => format!("Gracias. Guardado a las {}.", clock.time(at)),
            (None, Language::English) => "You have not told us anything yet.".to_owned(),
            (None, Language::Spanish) => "Aún no nos ha contado nada.".to_owned(),
        }
    }

    fn says(&self) -> &'static str {
        let language = self.frame.language;
        match self.watch {
            Watch::Somebody { .. } => either(
                language,
                "Your team reads it. If anything gets worse, tell us here again at any hour.",
                "Su equipo lo lee. Si algo empeora, cuéntenoslo aquí otra vez, a cualquier hora.",
            ),
            Watch::Nobody { .. } | Watch::NoWay => either(
                language,
                "Your team reads it when the clinic is open. At this hour nobody watches: if anything gets worse, call.",
                "Su equipo lo lee cuando la clínica abre. A esta hora nadie mira: si algo empeora, llame.",
            ),
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! Ana, who had chest pain at night.

    use super::{OwnNow, OwnReport, Watch};
    use crate::web::pages::my_frame;
    use clinical::course::follow_up::{Flag, Signs};
    use clinical::leaflet::Language;

    /// The form.
    pub fn form(signs: &Signs, language: Language) -> OwnReport<'_> {
        OwnReport {
            frame: my_frame::sample::frame("/my/follow-up", language),
            signs,
            flagged: false,
            problem: None,
            typed: None,
        }
    }

    /// What to do now.
    pub fn now<'a>(
        signs: &'a Signs,
        flag: &'a Flag,
        watch: Watch,
        language: Language,
    ) -> OwnNow<'a> {
        OwnNow {
            frame: my_frame::sample::frame("/my/follow-up/now", language),
            signs,
            flag,
            unread: Some(flag)
                .filter(|flag| flag.is_escalating())
                .into_iter()
                .collect(),
            watch,
            more: false,
            scales: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(urgency: Urgency, sign: &str) -> Flag {
        Flag {
            flag: Uuid::from_u128(1),
            report: Uuid::from_u128(2),
            signs: vec![sign.to_owned()],
            urgency,
            raised_at: Moment::from_microseconds(0),
            told: Vec::new(),
            standing: FlagStanding::Escalating {
                round: 0,
                call_at: Moment::from_microseconds(0),
            },
        }
    }

    #[test]
    fn every_warning_sign_that_can_be_ticked_stands_on_the_form_and_nothing_is_chosen() {
        let signs = Signs::shipped().unwrap();
        for language in Language::ALL {
            let html = sample::form(&signs, language).html();
            for sign in signs.signs.iter().filter(|sign| sign.asked) {
                assert!(
                    html.contains(&format!("value=\"{}\"", sign.id)),
                    "{}",
                    sign.id
                );
            }
            assert!(!html.contains(" checked"));
        }
    }

    #[test]
    fn the_page_never_says_that_somebody_watches_when_nobody_does() {
        // Hazard: H62
        let signs = Signs::shipped().unwrap();
        let flag = flag(Urgency::Now, "chest-pain");
        let watched = Watch::Somebody {
            name: "Dana Reyes".to_owned(),
        };
        let html = sample::now(&signs, &flag, watched, Language::English).html();
        assert!(html.contains("Dana Reyes is on duty") && html.contains("Nobody has read it yet"));
        for watch in [Watch::Nobody { from: None }, Watch::NoWay] {
            let html = sample::now(&signs, &flag, watch, Language::English).html();
            assert!(!html.contains("on duty"));
            assert!(html.contains("112, 911 or 999") && html.contains("01 234 567"));
        }
    }

    #[test]
    fn a_sign_in_hand_does_not_say_that_a_newer_one_is() {
        // Hazard: H62
        let signs = Signs::shipped().unwrap();
        let mut before = flag(Urgency::Now, "chest-pain");
        before.standing = FlagStanding::Acknowledged {
            by: clinical::record::Actor::System {
                part: "Dana Reyes".to_owned(),
            },
            at: Moment::from_microseconds(0),
        };
        let newer = flag(Urgency::SameDay, "mania");
        let watched = Watch::Somebody {
            name: "Dr Lee".to_owned(),
        };
        let mut page = sample::now(&signs, &before, watched, Language::English);
        assert!(page.html().contains("Dana Reyes has read this"));
        page.unread = vec![&newer];
        let html = page.html();
        assert!(html.contains("Nobody has read it yet") && !html.contains("has it in hand"));
        // What to do stays that of the worst, and the newer sign is among what was told.
        assert!(html.contains("112, 911 or 999") && html.contains("far too much energy"));
    }

    #[test]
    fn whoever_thinks_of_suicide_is_led_to_people_in_both_languages() {
        let signs = Signs::shipped().unwrap();
        let flag = flag(Urgency::SameHour, "suicidal-plan");
        for language in Language::ALL {
            let html = sample::now(&signs, &flag, Watch::NoWay, language).html();
            assert!(html.contains("988") && html.contains("112"));
        }
    }
}
