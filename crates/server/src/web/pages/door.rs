//! The patient's door: a link asks for the date of birth; staff make links and hand over the tablet.

use super::around::Around;
use super::clock_face::civil_date;
use super::my_frame::Frame;
use askama::Template;
use clinical::leaflet::Language;
use clinical::patient::Patient;
use clinical::record::PatientId;
use units::Span;

/// What the door says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorState {
    /// The link is good: the date of birth is asked.
    Asks,
    /// The link was used, is over, or never was one.
    Ended,
}

/// What was typed, to be typed only once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The day of birth.
    pub day: String,
    /// The month of birth.
    pub month: String,
    /// The year of birth.
    pub year: String,
}

/// The patient's door.
#[derive(Template)]
#[template(path = "door.html")]
pub struct Door<'a> {
    /// What stands around the page; nobody is let in yet.
    pub frame: Frame<'a>,
    /// What it says.
    pub state: DoorState,
    /// What was typed.
    pub typed: Typed,
    /// What was not understood, or did not fit.
    pub problem: Option<&'static str>,
}

/// The door's words.
pub struct DoorWords {
    title: &'static str,
    intro: &'static str,
    day: &'static str,
    month: &'static str,
    year: &'static str,
    go_on: &'static str,
    ended_title: &'static str,
    ended: &'static str,
    new_link: &'static str,
}

impl Door<'_> {
    const fn words(&self) -> DoorWords {
        match self.frame.language {
            Language::English => DoorWords {
                title: "When were you born?",
                intro: "We ask so that nobody else can read what is yours, even with your link.",
                day: "Day",
                month: "Month",
                year: "Year",
                go_on: "Continue",
                ended_title: "This link no longer works",
                ended: "Each link works once and for three days. Nothing that you saved is lost. Ask for a new link here, or call the clinic.",
                new_link: "Get a new link",
            },
            Language::Spanish => DoorWords {
                title: "¿Cuándo nació usted?",
                intro: "Lo preguntamos para que nadie más pueda leer lo suyo, ni con su enlace.",
                day: "Día",
                month: "Mes",
                year: "Año",
                go_on: "Continuar",
                ended_title: "Este enlace ya no funciona",
                ended: "Cada enlace sirve una sola vez y durante tres días. No se ha perdido nada de lo que guardó. Pida aquí un enlace nuevo, o llame a la clínica.",
                new_link: "Pedir un enlace nuevo",
            },
        }
    }

    /// What is said when the date is none.
    pub const fn not_a_date(language: Language) -> &'static str {
        match language {
            Language::English => {
                "That day is not in the calendar. Write it in numbers, such as 9, 5, 1996."
            }
            Language::Spanish => {
                "Ese día no existe en el calendario. Escríbalo con números, por ejemplo 9, 5, 1996."
            }
        }
    }

    /// What is said when the date does not fit.
    pub const fn wrong_date(language: Language) -> &'static str {
        match language {
            Language::English => {
                "That is not the date we have. Check it and try again; after five tries the link stops working."
            }
            Language::Spanish => {
                "No es la fecha que tenemos. Revísela e intente otra vez; después de cinco intentos el enlace deja de funcionar."
            }
        }
    }

    fn asks(&self) -> bool {
        self.state == DoorState::Asks
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// What the page of a new link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewLinkState {
    /// It asks whom to send a link to; perhaps what was typed was not understood.
    Asks(Option<&'static str>),
    /// It was asked for.
    Asked,
    /// It was asked for too often.
    TooOften,
}

/// The page on which a patient asks for a new link.
#[derive(Template)]
#[template(path = "door_new_link.html")]
pub struct NewLink<'a> {
    /// What stands around the page; nobody is let in yet.
    pub frame: Frame<'a>,
    /// What it says.
    pub state: NewLinkState,
    /// The address or number that was typed.
    pub contact: &'a str,
    /// The date of birth that was typed.
    pub typed: Typed,
}

/// The words of a new link.
pub struct NewLinkWords {
    title: &'static str,
    over: &'static str,
    heading: &'static str,
    intro: &'static str,
    contact: &'static str,
    born: &'static str,
    day: &'static str,
    month: &'static str,
    year: &'static str,
    send: &'static str,
    account: &'static str,
    asked_title: &'static str,
    asked: &'static str,
    too_often_title: &'static str,
    too_often: &'static str,
}

impl NewLink<'_> {
    const fn words(&self) -> NewLinkWords {
        match self.frame.language {
            Language::English => NewLinkWords {
                title: "You are not signed in",
                over: "We close your pages when they are not used for a while. Nothing that you saved is lost.",
                heading: "Get a new link",
                intro: "We send it to the address or number that you gave the clinic, and to no other.",
                contact: "Your e-mail address or mobile number",
                born: "When were you born?",
                day: "Day",
                month: "Month",
                year: "Year",
                send: "Send me a link",
                account: "Sign in with your account",
                asked_title: "Look at your messages",
                asked: "If we know you, a link is on its way. If none comes within ten minutes, call the clinic.",
                too_often_title: "Please wait an hour",
                too_often: "A link was asked for too many times. Nothing that you saved is lost. Try again in an hour, or call the clinic.",
            },
            Language::Spanish => NewLinkWords {
                title: "Su sesión está cerrada",
                over: "Cerramos sus páginas cuando no se usan por un tiempo. No se ha perdido nada de lo que guardó.",
                heading: "Pedir un enlace nuevo",
                intro: "Lo enviamos a la dirección o al número que usted dio a la clínica, y a ningún otro.",
                contact: "Su correo electrónico o su número de celular",
                born: "¿Cuándo nació usted?",
                day: "Día",
                month: "Mes",
                year: "Año",
                send: "Enviarme un enlace",
                account: "Entrar con su cuenta",
                asked_title: "Mire sus mensajes",
                asked: "Si le conocemos, el enlace va en camino. Si no llega en diez minutos, llame a la clínica.",
                too_often_title: "Espere una hora, por favor",
                too_often: "Se pidió un enlace demasiadas veces. No se ha perdido nada de lo que guardó. Intente otra vez en una hora, o llame a la clínica.",
            },
        }
    }

    /// What is said when the date is none.
    pub const fn not_a_date(language: Language) -> &'static str {
        Door::not_a_date(language)
    }

    /// What is said when it is neither an address nor a number.
    pub const fn not_a_contact(language: Language) -> &'static str {
        match language {
            Language::English => {
                "Write an e-mail address, such as ana@example.org, or a whole mobile number."
            }
            Language::Spanish => {
                "Escriba un correo electrónico, por ejemplo ana@example.org, o un número de celular completo."
            }
        }
    }

    const fn title(&self) -> &'static str {
        match self.state {
            NewLinkState::Asks(_) => self.words().title,
            NewLinkState::Asked => self.words().asked_title,
            NewLinkState::TooOften => self.words().too_often_title,
        }
    }

    const fn problem(&self) -> Option<&'static str> {
        match self.state {
            NewLinkState::Asks(problem) => problem,
            NewLinkState::Asked | NewLinkState::TooOften => None,
        }
    }

    const fn asks(&self) -> bool {
        matches!(self.state, NewLinkState::Asks(_))
    }

    const fn is_asked(&self) -> bool {
        matches!(self.state, NewLinkState::Asked)
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A patient's own account.
#[derive(Template)]
#[template(path = "door_account.html")]
pub struct AccountPage<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// The name of the account that they have.
    pub known: Option<&'a str>,
    /// The name that was typed.
    pub typed: &'a str,
    /// What was not understood.
    pub problem: Option<&'static str>,
}

/// What can be wrong with a new account.
pub struct AccountProblems {
    /// No name.
    pub no_name: &'static str,
    /// Somebody else has the name.
    pub taken: &'static str,
    /// The password is too short.
    pub short: &'static str,
    /// The passwords differ.
    pub different: &'static str,
}

/// The account page's words.
pub struct AccountWords {
    title: &'static str,
    intro: &'static str,
    have: &'static str,
    name: &'static str,
    password: &'static str,
    password_hint: &'static str,
    repeated: &'static str,
    save: &'static str,
    back: &'static str,
}

impl AccountPage<'_> {
    /// The sentences for what can be wrong.
    pub const fn problems(language: Language) -> AccountProblems {
        match language {
            Language::English => AccountProblems {
                no_name: "Choose a name to sign in with, such as your e-mail address.",
                taken: "Choose another name: this one is taken.",
                short: "Not saved: the password needs at least 12 characters. Three or four words are good.",
                different: "Not saved: the two passwords differ. Type them again.",
            },
            Language::Spanish => AccountProblems {
                no_name: "Elija un nombre para entrar, por ejemplo su correo electrónico.",
                taken: "Elija otro nombre: este ya está en uso.",
                short: "No se guardó: la contraseña necesita al menos 12 caracteres. Tres o cuatro palabras sirven bien.",
                different: "No se guardó: las dos contraseñas son distintas. Escríbalas otra vez.",
            },
        }
    }

    const fn words(&self) -> AccountWords {
        match self.frame.language {
            Language::English => AccountWords {
                title: "Your account",
                intro: "You do not need one: your links always work. With an account you can come back without a link.",
                have: "You have an account. Its name:",
                name: "Name to sign in with",
                password: "Password",
                password_hint: "At least 12 characters. Three or four words are good.",
                repeated: "The password again",
                save: "Save the account",
                back: "Back to your page",
            },
            Language::Spanish => AccountWords {
                title: "Su cuenta",
                intro: "No la necesita: sus enlaces siempre sirven. Con una cuenta puede volver sin enlace.",
                have: "Usted tiene una cuenta. Su nombre:",
                name: "Nombre para entrar",
                password: "Contraseña",
                password_hint: "Al menos 12 caracteres. Tres o cuatro palabras sirven bien.",
                repeated: "La contraseña otra vez",
                save: "Guardar la cuenta",
                back: "Volver a su página",
            },
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// What was just done to let a person in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// Nothing yet.
    Nothing,
    /// A link; it is shown this once.
    Link(String),
    /// A link was put into the outbox.
    Sent,
}

/// Staff: how a person is let in.
#[derive(Template)]
#[template(path = "door_let_in.html")]
pub struct LetIn<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Whom.
    pub patient: &'a Patient,
    /// Their identity.
    pub id: PatientId,
    /// What was just done.
    pub made: Made,
    /// How long a link lets in.
    pub lasts: Span,
}

impl LetIn<'_> {
    /// The subject and the text of a message with a link. Nothing of health.
    pub const fn message(language: Language) -> (&'static str, &'static str) {
        match language {
            Language::English => (
                "Your link",
                "Here is your link to the clinic. It works once, for three days, and asks when you were born: {link}",
            ),
            Language::Spanish => (
                "Su enlace",
                "Este es su enlace a la clínica. Sirve una vez, durante tres días, y le pregunta cuándo nació: {link}",
            ),
        }
    }

    fn link(&self) -> Option<&str> {
        match &self.made {
            Made::Link(link) => Some(link),
            Made::Nothing | Made::Sent => None,
        }
    }

    fn is_sent(&self) -> bool {
        self.made == Made::Sent
    }

    /// The command id of sending one.
    fn sending(&self) -> String {
        self.around.command_id("send a link").to_string()
    }

    fn name(&self) -> String {
        self.patient.banner_name().unwrap_or_default()
    }

    /// When they were born, and their number.
    fn about(&self) -> String {
        let who = self.patient.registration.as_ref();
        who.map_or_else(String::new, |who| {
            format!(
                "born {} · No. {}",
                civil_date(who.birth_date),
                who.record_number
            )
        })
    }

    fn days(&self) -> i64 {
        self.lasts.minutes() / 1_440
    }

    fn reached(&self) -> String {
        let Some(contacts) = &self.patient.contacts else {
            return "How this person is reached is not recorded.".to_owned();
        };
        let known: Vec<&str> = [&contacts.email, &contacts.mobile]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if known.is_empty() {
            return "No e-mail address and no mobile number is recorded.".to_owned();
        }
        format!(
            "Reads {}. Reached by {}.",
            contacts.language.says(),
            known.join(", ")
        )
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// After a wrong date.
pub fn sample() -> Door<'static> {
    let frame = super::my_frame::sample::frame("/p/sample", Language::Spanish);
    Door {
        frame: Frame { own: None, ..frame },
        state: DoorState::Asks,
        typed: Typed {
            day: "9".to_owned(),
            month: "5".to_owned(),
            year: "1996".to_owned(),
        },
        problem: Some(Door::wrong_date(Language::Spanish)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_says_what_was_wrong_and_keeps_what_was_typed_and_names_nobody() {
        let html = sample().html();
        assert!(html.contains("value=\"1996\""));
        assert!(html.contains("No es la fecha que tenemos"));
        assert!(html.contains("<html lang=\"es\""));
        assert!(!html.contains("Moreno"));
    }

    #[test]
    fn an_ended_link_asks_for_nothing() {
        let html = Door {
            state: DoorState::Ended,
            problem: None,
            ..sample()
        }
        .html();
        assert!(html.contains("Este enlace ya no funciona"));
        assert!(!html.contains("<input"));
    }

    #[test]
    fn asking_for_a_link_says_what_was_wrong_and_keeps_what_was_typed() {
        let frame = super::super::my_frame::sample::frame("/p", Language::Spanish);
        let page = |state| {
            NewLink {
                frame: Frame { own: None, ..frame },
                state,
                contact: "rosa",
                typed: sample().typed,
            }
            .html()
        };
        let says = NewLink::not_a_contact(Language::Spanish);
        let asks = page(NewLinkState::Asks(Some(says)));
        for words in [
            says,
            "value=\"rosa\"",
            "value=\"1996\"",
            "Enviarme un enlace",
        ] {
            assert!(asks.contains(words), "{words}");
        }
        for state in [NewLinkState::Asked, NewLinkState::TooOften] {
            let html = page(state);
            assert!(!html.contains("<input") && !html.contains("rosa"));
        }
    }

    #[test]
    fn a_password_is_never_shown_again() {
        let html = AccountPage {
            frame: super::super::my_frame::sample::frame("/my/account", Language::English),
            known: None,
            typed: "ana@example.org",
            problem: Some(AccountPage::problems(Language::English).short),
        }
        .html();
        assert!(html.contains("value=\"ana@example.org\""));
        assert!(html.contains("type=\"password\" autocomplete=\"new-password\" required"));
    }
}
