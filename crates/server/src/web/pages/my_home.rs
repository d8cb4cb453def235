//! A patient's own page: one thing now, then the way to everything else that is theirs.

use super::my_frame::Frame;
use askama::Template;
use clinical::leaflet::Language;
use units::Moment;

/// One thing on the page. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// A chair came free and is offered.
    Offer,
    /// The history: how far it has come.
    History(HistoryState),
    /// A visit comes, and there is something to prepare.
    Preparation {
        /// When it begins.
        starts: Moment,
        /// Something still stands in the way of it.
        open: bool,
    },
    /// How they are after a session.
    FollowUp {
        /// A warning sign is not dealt with yet.
        flagged: bool,
    },
    /// The drug has ended: what is left until tomorrow, and when to call.
    GoingHome,
    /// Questions about the last two weeks wait.
    Scales,
    /// Their journal and what they took home to do.
    Integration {
        /// Something that they took home has no answer yet.
        homework: bool,
    },
    /// Their way so far.
    Journey,
    /// What they wish for the session.
    Wishes {
        /// Something was said already.
        said: bool,
    },
    /// Something can be kept of a session, or was.
    Keepsakes,
    /// A consent is to be signed, or asked about today.
    ConsentToSign,
    /// What was signed.
    Consent,
    /// The visits.
    Visits,
    /// What there is to read.
    Leaflets,
    /// Their record: who has read it, and to take it away.
    Record,
    /// An account of their own.
    Account,
}

/// How far a history has come, for its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryState {
    /// Nothing was said yet.
    NotBegun,
    /// So many pages have no answer.
    Open(usize),
    /// Everything is answered and waits to be handed in.
    ToHandIn,
    /// The clinic asks something.
    Asked,
    /// It is with the clinic.
    HandedIn,
}

/// The page.
#[derive(Template)]
#[template(path = "my_home.html")]
pub struct MyHome<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What is on it, the most pressing first.
    pub cards: Vec<Card>,
}

/// One card in words.
pub struct Line {
    to: &'static str,
    title: &'static str,
    says: String,
}

impl MyHome<'_> {
    fn greeting(&self) -> String {
        let name = self.frame.own.map_or("", |own| own.name);
        match self.frame.language {
            Language::English => format!("Hello {name}"),
            Language::Spanish => format!("Hola {name}"),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let english = self.frame.language == Language::English;
        let words = |en: &'static str, es: &'static str| if english { en } else { es };
        self.cards
            .iter()
            .map(|card| match card {
                Card::Offer => Line {
                    to: "/my/visits",
                    title: words("A chair came free for you", "Hay un lugar libre para usted"),
                    says: words("Say yes or no soon.", "Diga pronto si lo quiere o no.").to_owned(),
                },
                Card::History(state) => Line {
                    to: "/my/history",
                    title: words("Your health history", "Su historia de salud"),
                    says: match state {
                        HistoryState::NotBegun => words(
                            "Tell us about your health, one question at a time.",
                            "Cuéntenos de su salud, una pregunta a la vez.",
                        )
                        .to_owned(),
                        HistoryState::Open(1) => words(
                            "One page is left. Go on where you stopped.",
                            "Falta una página. Siga donde paró.",
                        )
                        .to_owned(),
                        HistoryState::Open(pages) if english => {
                            format!("{pages} pages are left. Go on where you stopped.")
                        }
                        HistoryState::Open(pages) => {
                            format!("Faltan {pages} páginas. Siga donde paró.")
                        }
                        HistoryState::ToHandIn => words(
                            "Check your answers and hand them in.",
                            "Revise sus respuestas y entréguelas.",
                        )
                        .to_owned(),
                        HistoryState::Asked => words(
                            "The clinic asks you something.",
                            "La clínica le pregunta algo.",
                        )
                        .to_owned(),
                        HistoryState::HandedIn => words(
                            "Handed in. The clinic reads it.",
                            "Entregada. La clínica la lee.",
                        )
                        .to_owned(),
                    },
                },
                Card::Preparation { starts, open } => Line {
                    to: "/my/preparation",
                    title: words("Prepare for your next visit", "Prepare su próxima visita"),
                    says: {
                        let still = words(
                            " Something is still open: see what.",
                            " Hay algo pendiente: vea qué.",
                        );
                        format!("{}{}", self.starts(*starts), if *open { still } else { "" })
                    },
                },
                Card::FollowUp { flagged: true } => Line {
                    to: "/my/follow-up/now",
                    title: words("What to do now", "Qué hacer ahora"),
                    says: words(
                        "You told us of a warning sign. See who has read it.",
                        "Nos contó de una señal de alarma. Vea quién lo leyó.",
                    )
                    .to_owned(),
                },
                Card::FollowUp { flagged: false } => Line {
                    to: "/my/follow-up",
                    title: words(
                        "How are you after your session?",
                        "¿Cómo está después de su sesión?",
                    ),
                    says: words(
                        "Tell us in half a minute, at any hour.",
                        "Cuéntenos en medio minuto, a cualquier hora.",
                    )
                    .to_owned(),
                },
                Card::GoingHome => Line {
                    to: "/my/going-home",
                    title: words("Tonight and tomorrow", "Esta noche y mañana"),
                    says: words(
                        "When you may drive again, what to leave, when to call.",
                        "Cuándo puede manejar, qué no hacer, cuándo llamar.",
                    )
                    .to_owned(),
                },
                Card::Scales => Line {
                    to: "/my/scales",
                    title: words("The last two weeks", "Las últimas dos semanas"),
                    says: words(
                        "A few questions about mood, sleep and worry. Stop and go on as you like.",
                        "Unas preguntas sobre ánimo, sueño y preocupación. Pare y siga cuando quiera.",
                    )
                    .to_owned(),
                },
                Card::Integration { homework } => Line {
                    to: "/my/integration",
                    title: words("After your session", "Después de su sesión"),
                    says: if *homework {
                        words(
                            "What you took home to do, and your journal.",
                            "Lo que se llevó para hacer, y su diario.",
                        )
                    } else {
                        words(
                            "A few questions for your journal. It is yours.",
                            "Unas preguntas para su diario. Es suyo.",
                        )
                    }
                    .to_owned(),
                },
                Card::Journey => Line {
                    to: "/my/journey",
                    title: words("My journey", "Mi camino"),
                    says: words(
                        "Your sessions, what you told us, and what comes next.",
                        "Sus sesiones, lo que nos contó y lo que sigue.",
                    )
                    .to_owned(),
                },
                Card::Wishes { said } => Line {
                    to: "/my/wishes",
                    title: words("Your wishes for the session", "Sus deseos para la sesión"),
                    says: if *said {
                        words(
                            "Read them again, or change one.",
                            "Léalos otra vez, o cambie uno.",
                        )
                    } else {
                        words(
                            "Why you come, touch, music, light, what helps.",
                            "Por qué viene, contacto, música, luz, qué ayuda.",
                        )
                    }
                    .to_owned(),
                },
                Card::Keepsakes => Line {
                    to: "/my/keepsakes",
                    title: words("Keep something of your session", "Guarde algo de su sesión"),
                    says: words(
                        "A word, a drawing, your voice. Only you see it.",
                        "Una palabra, un dibujo, su voz. Solo usted lo ve.",
                    )
                    .to_owned(),
                },
                Card::ConsentToSign => Line {
                    to: "/my/consent",
                    title: words(
                        "Your consent: your answer is missing",
                        "Su consentimiento: falta su respuesta",
                    ),
                    says: words(
                        "Read the text, ask, and decide.",
                        "Lea el texto, pregunte y decida.",
                    )
                    .to_owned(),
                },
                Card::Consent => Line {
                    to: "/my/consent",
                    title: words("Your consent", "Su consentimiento"),
                    says: words(
                        "What you signed, and how to take it back.",
                        "Lo que firmó, y cómo retirarlo.",
                    )
                    .to_owned(),
                },
                Card::Visits => Line {
                    to: "/my/visits",
                    title: words("Your visits", "Sus visitas"),
                    says: words(
                        "When to come, and your calendar.",
                        "Cuándo venir, y su calendario.",
                    )
                    .to_owned(),
                },
                Card::Leaflets => Line {
                    to: match self.frame.language {
                        Language::English => "/learn?language=en",
                        Language::Spanish => "/learn?language=es",
                    },
                    title: words("About your treatment", "Sobre su tratamiento"),
                    says: words("Short texts to read.", "Textos cortos para leer.").to_owned(),
                },
                Card::Record => Line {
                    to: "/my/record",
                    title: words("Your record", "Su expediente"),
                    says: words(
                        "Who has read it, a book of your journey, and a copy for you.",
                        "Quién lo leyó, un libro de su camino y una copia para usted.",
                    )
                    .to_owned(),
                },
                Card::Account => Line {
                    to: "/my/account",
                    title: words("Your account", "Su cuenta"),
                    says: words(
                        "If you want to come back without a link.",
                        "Si quiere volver sin enlace.",
                    )
                    .to_owned(),
                },
            })
            .collect()
    }

    /// In the clinic's zone: it is there that the person must be.
    fn starts(&self, starts: Moment) -> String {
        let clock = self.frame.around.clock();
        let zone = self.frame.around.zone_name();
        match self.frame.language {
            Language::English => format!("It begins on {} ({zone}).", clock.full(starts)),
            Language::Spanish => {
                format!("Empieza el {} ({zone}).", clock.in_numbers(starts))
            }
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// Ana in Spanish, two days before a visit.
pub fn sample() -> MyHome<'static> {
    let frame = super::my_frame::sample::frame("/my", Language::Spanish);
    MyHome {
        cards: vec![
            Card::Preparation {
                starts: frame.around.now + units::Span::from_hours(48),
                open: true,
            },
            Card::Visits,
            Card::Leaflets,
            Card::Account,
        ],
        frame,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_next_comes_first_with_its_day_and_clock_time() {
        let html = super::sample().html();
        // Witness: two days after 20 November 2025, 13:12.
        assert!(html.contains("22/11/2025, 13:12"), "{html}");
        let (first, second) = (html.find("/my/preparation"), html.find("/my/visits"));
        assert!(first.unwrap() < second.unwrap());
        assert!(html.contains("<html lang=\"es\""));
    }
}
