//! After a session: the patient's form and what they do now, the staff's list, one person's page,
//! and who is told.

use super::around::Around;
use super::clock_face::ClockFace;
use super::identity_strip::IdentityStrip;
use super::my_frame::Frame;
use crate::follow_up::{Line, Watch, name_of};
use crate::web::follow_up::MOST_ON_DUTY;
use askama::Template;
use clinical::clinic::{Duty, Weekday};
use clinical::course::follow_up::{
    Began, ContactStanding, Detail, Flag, FlagStanding, FollowUp, Found, Lasted, Mood, NewReport,
    Refusal, Report, Screen, Severity, Signs, SurveillanceRules, Thoughts, Urgency,
};
use clinical::leaflet::Language;
use clinical::record::{PatientId, Role, StaffId};
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
            Refusal::Unknown | Refusal::InHand { .. } | Refusal::NotAcknowledged | Refusal::NotDone,
        ) => "No se guardó: vuelva a abrir la página.".to_owned(),
    }
}

const fn mood_says(mood: Mood, language: Language) -> &'static str {
    match mood {
        Mood::Better => either(language, "Better than before", "Mejor que antes"),
        Mood::Same => either(language, "About the same", "Más o menos igual"),
        Mood::Worse => either(language, "Worse than before", "Peor que antes"),
        Mood::NotSure => either(language, "I cannot say", "No sé decirlo"),
    }
}

const fn thoughts_says(thoughts: Thoughts, language: Language) -> &'static str {
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

const fn severity_says(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Mild => either(language, "A little", "Un poco"),
        Severity::Moderate => either(language, "In the way", "Molestó"),
        Severity::Severe => either(language, "I had to stop", "Tuve que parar"),
    }
}

const fn began_says(began: Began, language: Language) -> &'static str {
    match began {
        Began::Session => either(language, "In the session", "En la sesión"),
        Began::Evening => either(language, "That evening", "Esa tarde"),
        Began::NextDay => either(language, "The next day", "Al día siguiente"),
        Began::Later => either(language, "Later", "Después"),
    }
}

const fn lasted_says(lasted: Lasted, language: Language) -> &'static str {
    match lasted {
        Lasted::Minutes => either(language, "Under an hour", "Menos de una hora"),
        Lasted::Hours => either(language, "Hours", "Horas"),
        Lasted::Days => either(language, "A day or more", "Un día o más"),
        Lasted::Still => either(language, "Still there", "Sigue"),
    }
}

const fn urgency_says(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Now => "Emergency number now",
        Urgency::SameHour => "Within the hour",
        Urgency::SameDay => "Today",
    }
}

/// A choice: its word, what it says, whether it is chosen.
type Choice = (String, String, bool);

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
    }
}

impl OwnReport<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn moods(&self) -> Vec<Choice> {
        let chosen = self.typed.as_ref().and_then(|typed| typed.mood);
        Mood::ALL
            .iter()
            .map(|mood| {
                let says = mood_says(*mood, self.frame.language).to_owned();
                (mood.word().to_owned(), says, chosen == Some(*mood))
            })
            .collect()
    }

    fn thoughts(&self) -> Vec<Choice> {
        let chosen = self.typed.as_ref().and_then(|typed| typed.thoughts);
        Thoughts::ALL
            .iter()
            .map(|one| {
                let says = thoughts_says(*one, self.frame.language).to_owned();
                (one.word().to_owned(), says, chosen == Some(*one))
            })
            .collect()
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
    /// Whether anybody watches.
    pub watch: Watch,
    /// There are side effects of which more can be said.
    pub more: bool,
}

impl OwnNow<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn is_about_suicide(&self) -> bool {
        self.flag.signs.iter().any(|id| {
            matches!(
                id.as_str(),
                "suicidal-plan" | "suicidal-thoughts" | "wants-to-talk"
            )
        })
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

    /// What was reported.
    fn reported(&self) -> Vec<&str> {
        self.flag
            .signs
            .iter()
            .filter_map(|id| self.signs.sign(id))
            .map(|sign| sign.says(self.frame.language))
            .collect()
    }

    /// Truthfully: who knows of it by now.
    // Hazard: H62
    fn watching(&self) -> String {
        let language = self.frame.language;
        let clock = self.frame.around.clock();
        match &self.flag.standing {
            FlagStanding::Acknowledged { by, at } | FlagStanding::Settled { by, at, .. } => {
                let (name, time) = (name_of(by), clock.time(*at));
                match language {
                    Language::English => {
                        format!("{name} has read this at {time} and has it in hand.")
                    }
                    Language::Spanish => format!("{name} lo leyó a las {time} y se ocupa."),
                }
            }
            FlagStanding::Escalating { .. } => watch_says(&self.watch, language, &clock),
        }
    }

    fn told(&self) -> bool {
        !self.flag.is_escalating()
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

/// A person on the staff's list.
pub struct ListLine {
    /// Whose.
    pub patient: PatientId,
    /// Their name, family name first.
    pub name: String,
    /// What is kept.
    pub line: Line,
}

/// Everybody.
#[derive(Template)]
#[template(path = "follow_up_list.html")]
pub struct FollowUpList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Everybody who is followed up.
    pub lines: &'a [ListLine],
    /// What can be reported.
    pub signs: &'a Signs,
    /// Who is told.
    pub duty: &'a Duty,
    /// Whether anybody watches.
    pub watch: Watch,
    /// The reader may act.
    pub may_act: bool,
}

/// A flag on the list.
pub struct FlagShown {
    patient: String,
    name: String,
    flag: Uuid,
    urgency: &'static str,
    signs: String,
    actions: String,
    since: String,
    state: String,
    escalating: bool,
}

/// A person on the list.
pub struct PersonShown {
    patient: String,
    name: String,
    says: String,
    soft: String,
}

impl FollowUpList<'_> {
    fn flags(&self) -> Vec<FlagShown> {
        let clock = self.around.clock();
        let mut flags: Vec<(bool, Urgency, Moment, FlagShown)> = self
            .lines
            .iter()
            .flat_map(|one| one.line.flags.iter().map(move |flag| (one, flag)))
            .map(|(one, flag)| {
                let signs = flag.signs.iter().filter_map(|id| self.signs.sign(id));
                let mut actions: Vec<&str> =
                    signs.clone().map(|sign| sign.action.as_str()).collect();
                actions.dedup();
                let state = match &flag.in_hand {
                    Some((by, at)) => format!("{by} has it in hand since {}", clock.when(*at)),
                    None if flag.rounds == 0 => {
                        "nobody has it in hand; nobody was told yet".to_owned()
                    }
                    None if flag.rounds == 1 => "nobody has it in hand; told once".to_owned(),
                    None => format!("nobody has it in hand; told {} times", flag.rounds),
                };
                let shown = FlagShown {
                    patient: one.patient.to_string(),
                    name: one.name.clone(),
                    flag: flag.flag,
                    urgency: urgency_says(flag.urgency),
                    signs: signs
                        .map(|sign| sign.staff.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                    actions: actions.join(" "),
                    since: format!(
                        "{}, {}",
                        clock.when(flag.raised_at),
                        clock.ago(flag.raised_at)
                    ),
                    state,
                    escalating: flag.in_hand.is_none(),
                };
                (flag.in_hand.is_none(), flag.urgency, flag.raised_at, shown)
            })
            .collect();
        flags.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.cmp(&b.2)));
        flags.into_iter().map(|(.., shown)| shown).collect()
    }

    fn silent(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        let mut silent: Vec<&ListLine> = self
            .lines
            .iter()
            .filter(|one| one.line.silent_at.is_some_and(|at| at <= self.around.now))
            .collect();
        silent.sort_by_key(|one| one.line.silent_at);
        silent
            .into_iter()
            .map(|one| PersonShown {
                patient: one.patient.to_string(),
                name: one.name.clone(),
                says: one.line.silent_at.map_or_else(String::new, |at| {
                    format!("no answer; to be called since {}", clock.when(at))
                }),
                soft: [
                    one.line
                        .asked_at
                        .map(|at| format!("last question {}", clock.ago(at))),
                    Some(one.line.answered_at.map_or_else(
                        || "never answered".to_owned(),
                        |at| format!("last answer {}", clock.when(at)),
                    )),
                ]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            })
            .collect()
    }

    fn waiting(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        self.lines
            .iter()
            .filter(|one| one.line.silent_at.is_some_and(|at| at > self.around.now))
            .map(|one| PersonShown {
                patient: one.patient.to_string(),
                name: one.name.clone(),
                says: one
                    .line
                    .asked_at
                    .map_or_else(String::new, |at| format!("written to {}", clock.when(at))),
                soft: String::new(),
            })
            .collect()
    }

    fn answered(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        let mut answered: Vec<&ListLine> = self
            .lines
            .iter()
            .filter(|one| one.line.answered_at.is_some() && one.line.silent_at.is_none())
            .collect();
        answered.sort_by_key(|one| std::cmp::Reverse(one.line.answered_at));
        answered
            .into_iter()
            .map(|one| {
                let mood = one.line.mood.as_deref().and_then(Mood::of_word);
                let mut says = vec![mood.map_or("mood not answered", |mood| {
                    mood_says(mood, Language::English)
                })];
                says.extend(
                    one.line
                        .effects
                        .iter()
                        .filter_map(|id| self.signs.effect(id))
                        .map(|effect| effect.en.as_str()),
                );
                PersonShown {
                    patient: one.patient.to_string(),
                    name: one.name.clone(),
                    says: says.join(" · "),
                    soft: one
                        .line
                        .answered_at
                        .map_or_else(String::new, |at| clock.when(at)),
                }
            })
            .collect()
    }

    /// Those who come, and were neither asked nor have answered.
    fn to_come(&self) -> usize {
        self.lines
            .iter()
            .filter(|one| one.line.silent_at.is_none() && one.line.answered_at.is_none())
            .count()
    }

    fn duty_says(&self) -> String {
        match &self.watch {
            Watch::Somebody { name } => format!("{name} is told first; somebody watches now."),
            Watch::Nobody { from } => from.map_or_else(
                || "Nobody watches at this hour, and no hours are set; messages go out all the same.".to_owned(),
                |from| {
                    format!(
                        "Nobody watches at this hour; from {} again. Messages go out all the same.",
                        self.around.clock().full(from)
                    )
                },
            ),
            Watch::NoWay if self.duty.people.is_empty() => {
                "Nobody stands in the list of duty: a warning sign is seen here alone.".to_owned()
            }
            Watch::NoWay => {
                "No mail server and no service for text messages is set up: a warning sign is seen here alone.".to_owned()
            }
        }
    }

    fn cannot_tell(&self) -> bool {
        self.watch == Watch::NoWay
    }

    fn may_set(&self) -> bool {
        self.around
            .viewer
            .is_some_and(|viewer| matches!(viewer.role, Role::MedicalDirector | Role::Owner))
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// One person's.
#[derive(Template)]
#[template(path = "follow_up_person.html")]
pub struct FollowUpPerson<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose.
    pub patient: PatientId,
    /// The time after their sessions.
    pub state: &'a FollowUp,
    /// What can be reported.
    pub signs: &'a Signs,
    /// What is looked for over the long term.
    pub surveillance: &'a SurveillanceRules,
    /// The reader may act.
    pub may_act: bool,
    /// Why the last form was not saved.
    pub refused: Option<String>,
}

/// A flag on a person's page.
pub struct FlagOpened {
    flag: Uuid,
    urgency: &'static str,
    signs: String,
    actions: String,
    raised: String,
    told: Vec<String>,
    state: String,
    escalating: bool,
    open: bool,
}

/// A report in words.
pub struct ReportShown {
    at: String,
    by: String,
    mood: &'static str,
    thoughts: &'static str,
    effects: Vec<String>,
    words: String,
}

impl FollowUpPerson<'_> {
    fn flags(&self) -> Vec<FlagOpened> {
        let clock = self.around.clock();
        let mut flags: Vec<&Flag> = self.state.open_flags();
        flags.extend(self.state.flags.iter().rev().filter(|flag| !flag.is_open()));
        flags
            .into_iter()
            .map(|flag| {
                let signs = flag.signs.iter().filter_map(|id| self.signs.sign(id));
                let mut actions: Vec<&str> =
                    signs.clone().map(|sign| sign.action.as_str()).collect();
                actions.dedup();
                FlagOpened {
                    flag: flag.flag,
                    urgency: urgency_says(flag.urgency),
                    signs: signs
                        .map(|sign| sign.staff.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                    actions: actions.join(" "),
                    raised: clock.full(flag.raised_at),
                    told: flag
                        .told
                        .iter()
                        .map(|(at, people)| {
                            let people: Vec<String> = people
                                .iter()
                                .map(|one| match one.ways {
                                    0 => format!("{} not reached: no way out is set up", one.name),
                                    1 => format!("{} by one way", one.name),
                                    ways => format!("{} by {ways} ways", one.name),
                                })
                                .collect();
                            let people = if people.is_empty() {
                                "nobody: the list of duty is empty".to_owned()
                            } else {
                                people.join(", ")
                            };
                            format!("{}: {people}", clock.when(*at))
                        })
                        .collect(),
                    state: match &flag.standing {
                        FlagStanding::Escalating { call_at, .. } => {
                            format!(
                                "nobody has it in hand; told again at {}",
                                clock.time(*call_at)
                            )
                        }
                        FlagStanding::Acknowledged { by, at } => {
                            format!("{} has it in hand since {}", name_of(by), clock.when(*at))
                        }
                        FlagStanding::Settled { by, at, done } => {
                            format!("{done} ({}, {})", name_of(by), clock.when(*at))
                        }
                    },
                    escalating: flag.is_escalating(),
                    open: flag.is_open(),
                }
            })
            .collect()
    }

    fn reports(&self) -> Vec<ReportShown> {
        let clock = self.around.clock();
        self.state
            .reports
            .iter()
            .rev()
            .map(|report| ReportShown {
                at: clock.full(report.at),
                by: name_of(&report.by),
                mood: report
                    .said
                    .mood
                    .map_or("not answered", |mood| mood_says(mood, Language::English)),
                thoughts: report
                    .said
                    .thoughts
                    .map_or("not answered", |one| thoughts_says(one, Language::English)),
                effects: report
                    .said
                    .effects
                    .iter()
                    .filter_map(|id| self.signs.effect(id))
                    .map(|effect| described(&effect.en, report.details.get(&effect.id)))
                    .collect(),
                words: report.said.words.clone(),
            })
            .collect()
    }

    /// Contacts: which, when, how they stand.
    fn contacts(&self) -> Vec<(String, String, String)> {
        let clock = self.around.clock();
        self.state
            .in_order()
            .into_iter()
            .map(|contact| {
                let stands = match &contact.standing {
                    ContactStanding::Planned => "comes".to_owned(),
                    ContactStanding::Made { at, reminders, .. } => {
                        let reminded = match reminders {
                            0 => String::new(),
                            1 => ", reminded once".to_owned(),
                            times => format!(", reminded {times} times"),
                        };
                        format!("written to {}{reminded}, no answer", clock.when(*at))
                    }
                    ContactStanding::Answered { at } => format!("answered {}", clock.when(*at)),
                    ContactStanding::Overtaken => {
                        "a newer contact asks for this time too".to_owned()
                    }
                };
                (contact.kind.says(), clock.full(contact.due), stands)
            })
            .collect()
    }

    /// Screens that are due or come, each: what, what is done, when, what stops treatment.
    fn screens(&self) -> Vec<(&'static str, &'static str, String, &'static str)> {
        let sessions: Vec<Moment> = self.state.sessions.values().copied().collect();
        let clock = self.around.clock();
        self.surveillance
            .due(&sessions, &self.state.screens_done(), self.around.now)
            .into_iter()
            .map(|one| {
                let late = if one.due <= self.around.now {
                    "due since"
                } else {
                    "due"
                };
                let never = if one.never_done { ", never done" } else { "" };
                (
                    one.screen.says(),
                    one.screen.what(),
                    format!("{late} {}{never}", clock.date(one.due)),
                    one.screen.stops(),
                )
            })
            .collect()
    }

    fn screens_done(&self) -> Vec<String> {
        let clock = self.around.clock();
        self.state
            .screens
            .iter()
            .rev()
            .map(|one| {
                let note = if one.note.is_empty() {
                    String::new()
                } else {
                    format!(": {}", one.note)
                };
                format!(
                    "{}, {}: {}{note} ({})",
                    clock.date(one.at),
                    one.screen.says(),
                    found_says(one.found),
                    name_of(&one.by)
                )
            })
            .collect()
    }

    fn creep(&self) -> Option<String> {
        let sessions: Vec<Moment> = self.state.sessions.values().copied().collect();
        creep_says(self.surveillance, &sessions)
    }

    /// Each screen: its word, what it says.
    fn every_screen(&self) -> Vec<(&'static str, &'static str)> {
        Screen::ALL
            .iter()
            .map(|one| (one.word(), one.says()))
            .collect()
    }

    /// Each finding: its word, what it says.
    fn every_finding(&self) -> Vec<(&'static str, &'static str)> {
        Found::ALL
            .iter()
            .map(|one| (one.word(), found_says(*one)))
            .collect()
    }

    fn calls(&self) -> Vec<String> {
        let clock = self.around.clock();
        self.state
            .calls
            .iter()
            .rev()
            .map(|(at, by, reached, note)| {
                let reached = if *reached { "reached" } else { "not reached" };
                format!("{}, {}: {reached}. {note}", clock.full(*at), name_of(by))
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

fn described(effect: &str, detail: Option<&Detail>) -> String {
    let Some(detail) = detail else {
        return format!("{effect}: nothing more said");
    };
    let english = Language::English;
    let mut said: Vec<&str> = Vec::new();
    said.extend(detail.severity.map(|one| severity_says(one, english)));
    said.extend(detail.began.map(|one| began_says(one, english)));
    said.extend(detail.lasted.map(|one| lasted_says(one, english)));
    let helped = if detail.helped.is_empty() {
        String::new()
    } else {
        format!("; what helped: {}", detail.helped)
    };
    format!("{effect}: {}{helped}", said.join(", "))
}

const fn found_says(found: Found) -> &'static str {
    match found {
        Found::Normal => "nothing of note",
        Found::Watch => "something to watch",
        Found::Hold => "hold treatment",
    }
}

fn creep_says(rules: &SurveillanceRules, sessions: &[Moment]) -> Option<String> {
    let creep = rules.creep(sessions)?;
    let days = |span: units::Span| {
        let tenths = span.minutes() / 144;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    Some(format!(
        "Sessions come faster: {} days apart before, {} now, {} % less. Ask why.",
        days(creep.before),
        days(creep.after),
        creep.percent
    ))
}

/// What is due over months and years.
#[derive(Template)]
#[template(path = "surveillance_list.html")]
pub struct SurveillanceList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Everybody who is followed up.
    pub lines: &'a [ListLine],
    /// The rules.
    pub rules: &'a SurveillanceRules,
}

/// How far ahead the list shows what comes.
const AHEAD: units::Span = units::Span::from_hours(24 * 30);

/// A line of what is due.
pub struct DueShown {
    patient: String,
    name: String,
    screen: &'static str,
    what: &'static str,
    says: String,
    sessions: usize,
}

impl SurveillanceList<'_> {
    fn due(&self, late: bool) -> Vec<DueShown> {
        let now = self.around.now;
        let clock = self.around.clock();
        let mut due: Vec<(Moment, DueShown)> = self
            .lines
            .iter()
            .flat_map(|one| {
                let due = self.rules.due(&one.line.sessions, &one.line.screens, now);
                due.into_iter().map(move |screen| (one, screen))
            })
            .filter(|(_, screen)| (screen.due <= now) == late && screen.due <= now + AHEAD)
            .map(|(one, screen)| {
                let never = if screen.never_done {
                    ", never done"
                } else {
                    ""
                };
                let shown = DueShown {
                    patient: one.patient.to_string(),
                    name: one.name.clone(),
                    screen: screen.screen.says(),
                    what: screen.screen.what(),
                    says: format!("{}{never}", clock.date(screen.due)),
                    sessions: one.line.sessions.len(),
                };
                (screen.due, shown)
            })
            .collect();
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, shown)| shown).collect()
    }

    /// Held, or coming faster and faster: whose, their name, why.
    fn held(&self) -> Vec<(String, String, String)> {
        let mut held = Vec::new();
        for one in self.lines {
            let id = one.patient.to_string();
            if let Some((screen, note)) = &one.line.held {
                let why = format!("Hold treatment: {}. {note}", screen.says());
                held.push((id.clone(), one.name.clone(), why));
            }
            if let Some(why) = creep_says(self.rules, &one.line.sessions) {
                held.push((id, one.name.clone(), why));
            }
        }
        held
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// Who is told, and when somebody watches.
#[derive(Template)]
#[template(path = "follow_up_duty.html")]
pub struct DutyPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// What stands.
    pub duty: &'a Duty,
    /// Who may be chosen.
    pub staff: &'a [(StaffId, String, Role)],
    /// A mail server is set up.
    pub mail: bool,
    /// A service for text messages is set up.
    pub text_messages: bool,
}

/// A place in the list of duty.
pub struct Place {
    number: usize,
    people: Vec<Choice>,
    email: String,
    mobile: String,
}

impl DutyPage<'_> {
    fn places(&self) -> Vec<Place> {
        (1..=MOST_ON_DUTY)
            .map(|number| {
                let known = self.duty.people.get(number - 1);
                Place {
                    number,
                    people: self
                        .staff
                        .iter()
                        .map(|(id, name, role)| {
                            let says = format!("{name}, {}", super::around::role_says(*role));
                            (
                                id.to_string(),
                                says,
                                known.is_some_and(|known| known.staff == *id),
                            )
                        })
                        .collect(),
                    email: known
                        .and_then(|known| known.email.clone())
                        .unwrap_or_default(),
                    mobile: known
                        .and_then(|known| known.mobile.clone())
                        .unwrap_or_default(),
                }
            })
            .collect()
    }

    /// Each day: its word, what it says, from, until.
    fn days(&self) -> Vec<(&'static str, &'static str, String, String)> {
        Weekday::ALL
            .into_iter()
            .map(|day| {
                let hours = self.duty.hours.get(&day).and_then(|hours| hours.first());
                let time = |pick: fn(clinical::clinic::Hours) -> clinical::clinic::ClockTime| {
                    hours.map_or_else(String::new, |hours| pick(*hours).to_string())
                };
                (
                    day.word(),
                    day.says(),
                    time(clinical::clinic::Hours::from),
                    time(clinical::clinic::Hours::until),
                )
            })
            .collect()
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
            watch,
            more: false,
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
    fn whoever_thinks_of_suicide_is_led_to_people_in_both_languages() {
        let signs = Signs::shipped().unwrap();
        let flag = flag(Urgency::SameHour, "suicidal-plan");
        for language in Language::ALL {
            let html = sample::now(&signs, &flag, Watch::NoWay, language).html();
            assert!(html.contains("988") && html.contains("112"));
        }
    }
}
