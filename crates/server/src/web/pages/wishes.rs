//! What a person wishes for their sessions: their own pages, and the page on which staff enter it
//! with them.

use super::around::Around;
use super::clock_face::ClockFace;
use super::entry_line::{MonitorNames, actor_says};
use super::identity_strip::IdentityStrip;
use super::my_frame::Frame;
use askama::Template;
use clinical::course::wishes::{Light, Music, Touch, Wishes};
use clinical::leaflet::Language;
use clinical::patient::Patient;
use clinical::record::{Actor, PatientId};

/// One wish that is asked. A closed list, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Why they come.
    Intention,
    /// Touch.
    Touch,
    /// Music.
    Music,
    /// Light.
    Light,
    /// What helps.
    Helps,
    /// What frightens.
    Frightens,
}

impl Asks {
    /// Every wish.
    pub const ALL: [Self; 6] = [
        Self::Intention,
        Self::Touch,
        Self::Music,
        Self::Light,
        Self::Helps,
        Self::Frightens,
    ];

    /// Its word in addresses and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Intention => "intention",
            Self::Touch => "touch",
            Self::Music => "music",
            Self::Light => "light",
            Self::Helps => "helps",
            Self::Frightens => "frightens",
        }
    }

    /// The wish of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().skip_while(|one| *one != self).nth(1)
    }

    pub(crate) const fn asks(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Intention, Language::English) => "Why are you doing this? What do you hope for?",
            (Self::Intention, Language::Spanish) => "¿Por qué hace esto? ¿Qué espera?",
            (Self::Touch, Language::English) => "May somebody hold your hand?",
            (Self::Touch, Language::Spanish) => "¿Puede alguien tomarle la mano?",
            (Self::Music, Language::English) => "What would you like to hear?",
            (Self::Music, Language::Spanish) => "¿Qué quiere oír?",
            (Self::Light, Language::English) => "How light should the room be?",
            (Self::Light, Language::Spanish) => "¿Cuánta luz quiere en la sala?",
            (Self::Helps, Language::English) => "What helps you when it gets hard?",
            (Self::Helps, Language::Spanish) => "¿Qué le ayuda cuando es difícil?",
            (Self::Frightens, Language::English) => "What frightens you?",
            (Self::Frightens, Language::Spanish) => "¿Qué le da miedo?",
        }
    }

    const fn why(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Intention, Language::English) => {
                "In your own words, as short as you like. The people in the room read it. You can leave it empty."
            }
            (Self::Intention, Language::Spanish) => {
                "Con sus palabras, tan corto como quiera. Lo leen quienes están en la sala. Puede dejarlo vacío."
            }
            (Self::Touch, Language::English) => {
                "You can change it at any moment with one word, also during the session. What is needed to treat you safely, such as the cuff, is told to you before."
            }
            (Self::Touch, Language::Spanish) => {
                "Puede cambiarlo en cualquier momento con una palabra, también durante la sesión. Lo necesario para tratarle con seguridad, como el manguito, se le dice antes."
            }
            (Self::Music, Language::English) => "You can change your mind in the room.",
            (Self::Music, Language::Spanish) => "Puede cambiar de idea en la sala.",
            (Self::Light, Language::English) => "Some light may be needed to look after you.",
            (Self::Light, Language::Spanish) => "Puede hacer falta algo de luz para cuidarle.",
            (Self::Helps, Language::English) => {
                "A sentence, a person, a way of breathing: whatever it is."
            }
            (Self::Helps, Language::Spanish) => {
                "Una frase, una persona, una forma de respirar: lo que sea."
            }
            (Self::Frightens, Language::English) => {
                "So that we do not do it without knowing. You can leave it empty."
            }
            (Self::Frightens, Language::Spanish) => {
                "Para que no lo hagamos sin saberlo. Puede dejarlo vacío."
            }
        }
    }

    /// The choices, each with its word; none where it is asked in words alone.
    fn choices(self, language: Language) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Intention | Self::Helps | Self::Frightens => Vec::new(),
            Self::Touch => Touch::ALL
                .into_iter()
                .map(|one| (one.word(), touch_says(one, language)))
                .collect(),
            Self::Music => Music::ALL
                .into_iter()
                .map(|one| (one.word(), music_says(one, language)))
                .collect(),
            Self::Light => Light::ALL
                .into_iter()
                .map(|one| (one.word(), light_says(one, language)))
                .collect(),
        }
    }

    /// It is asked in words, alone or beside its choices.
    const fn has_words(self) -> bool {
        !matches!(self, Self::Touch)
    }

    /// What stands: the choice's word, and the words.
    fn stands(self, wishes: &Wishes) -> (&'static str, String) {
        let words = |said: &Option<clinical::course::wishes::Said<String>>| {
            said.as_ref()
                .map_or_else(String::new, |said| said.what.clone())
        };
        match self {
            Self::Intention => ("", words(&wishes.intention)),
            Self::Helps => ("", words(&wishes.helps)),
            Self::Frightens => ("", words(&wishes.frightens)),
            Self::Touch => (
                wishes.touch().map_or("", |said| said.what.word()),
                String::new(),
            ),
            Self::Music => wishes.music.as_ref().map_or(("", String::new()), |said| {
                (said.what.0.word(), said.what.1.clone())
            }),
            Self::Light => wishes.light.as_ref().map_or(("", String::new()), |said| {
                (said.what.0.word(), said.what.1.clone())
            }),
        }
    }

    /// What stands, in words; empty where nothing was said.
    pub(crate) fn stands_says(self, wishes: &Wishes, language: Language) -> String {
        let (word, words) = self.stands(wishes);
        let chosen = self
            .choices(language)
            .into_iter()
            .find(|(known, _)| *known == word)
            .map_or("", |(_, says)| says);
        match (chosen.is_empty(), words.is_empty()) {
            (true, _) => words,
            (false, true) => chosen.to_owned(),
            (false, false) => format!("{chosen}: {words}"),
        }
    }
}

const fn touch_says(touch: Touch, language: Language) -> &'static str {
    match (touch, language) {
        (Touch::NoTouch, Language::English) => "No touch, please",
        (Touch::NoTouch, Language::Spanish) => "Sin contacto, por favor",
        (Touch::Hand, Language::English) => "My hand may be held",
        (Touch::Hand, Language::Spanish) => "Pueden tomarme la mano",
        (Touch::Shoulder, Language::English) => "A hand on my shoulder",
        (Touch::Shoulder, Language::Spanish) => "Una mano en mi hombro",
        (Touch::HandOrShoulder, Language::English) => "Hand or shoulder",
        (Touch::HandOrShoulder, Language::Spanish) => "La mano o el hombro",
        (Touch::AskMe, Language::English) => "Ask me at that moment",
        (Touch::AskMe, Language::Spanish) => "Pregúntenme en ese momento",
    }
}

const fn music_says(music: Music, language: Language) -> &'static str {
    match (music, language) {
        (Music::AsPlanned, Language::English) => "What the clinic plays",
        (Music::AsPlanned, Language::Spanish) => "Lo que pone la clínica",
        (Music::WithoutWords, Language::English) => "Calm music without words",
        (Music::WithoutWords, Language::Spanish) => "Música tranquila sin palabras",
        (Music::Own, Language::English) => "My own music",
        (Music::Own, Language::Spanish) => "Mi propia música",
        (Music::Quiet, Language::English) => "No music",
        (Music::Quiet, Language::Spanish) => "Sin música",
    }
}

const fn light_says(light: Light, language: Language) -> &'static str {
    match (light, language) {
        (Light::Dark, Language::English) => "Dark, or a mask over my eyes",
        (Light::Dark, Language::Spanish) => "Oscuro, o un antifaz",
        (Light::Dim, Language::English) => "Dim",
        (Light::Dim, Language::Spanish) => "Poca luz",
        (Light::Some, Language::English) => "Some light stays on",
        (Light::Some, Language::Spanish) => "Que quede algo de luz",
    }
}

/// The person's own list of their wishes.
#[derive(Template)]
#[template(path = "wishes_own.html")]
pub struct OwnWishes<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What they said.
    pub wishes: &'a Wishes,
}

/// The words of the person's own pages.
pub struct Words {
    title: &'static str,
    lead: &'static str,
    back: &'static str,
    open: &'static str,
    more: &'static str,
    go_on: &'static str,
    begin: &'static str,
    home: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::English => Words {
            title: "Your wishes for the session",
            lead: "We remember them for every session. You can change each one whenever you like, also in the room, with one word.",
            back: "All your wishes",
            open: "nothing said yet",
            more: "In your own words, if you like",
            go_on: "Save and continue",
            begin: "Begin",
            home: "Your page",
        },
        Language::Spanish => Words {
            title: "Sus deseos para la sesión",
            lead: "Los recordamos para cada sesión. Puede cambiar cada uno cuando quiera, también en la sala, con una palabra.",
            back: "Todos sus deseos",
            open: "aún no dijo nada",
            more: "Con sus palabras, si quiere",
            go_on: "Guardar y seguir",
            begin: "Empezar",
            home: "Su página",
        },
    }
}

impl OwnWishes<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn lines(&self) -> Vec<(String, &'static str, String)> {
        Asks::ALL
            .into_iter()
            .map(|asks| {
                (
                    format!("/my/wishes/{}", asks.word()),
                    asks.asks(self.frame.language),
                    asks.stands_says(self.wishes, self.frame.language),
                )
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// One wish, as the person is asked.
#[derive(Template)]
#[template(path = "wish_own.html")]
pub struct OwnWish<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Which.
    pub asks: Asks,
    /// What they said before.
    pub wishes: &'a Wishes,
    /// What was not understood; the page is then the answer to a form.
    pub problem: Option<String>,
    /// What was typed into a form that was not saved.
    pub typed: Option<String>,
}

impl OwnWish<'_> {
    const fn words(&self) -> Words {
        words(self.frame.language)
    }

    fn title(&self) -> &'static str {
        self.asks.asks(self.frame.language)
    }

    fn why(&self) -> &'static str {
        self.asks.why(self.frame.language)
    }

    fn address(&self) -> String {
        format!("/my/wishes/{}", self.asks.word())
    }

    fn choices(&self) -> Vec<(&'static str, &'static str, bool)> {
        let (stands, _) = self.asks.stands(self.wishes);
        self.asks
            .choices(self.frame.language)
            .into_iter()
            .map(|(word, says)| (word, says, word == stands))
            .collect()
    }

    fn text(&self) -> String {
        self.typed
            .clone()
            .unwrap_or_else(|| self.asks.stands(self.wishes).1)
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// The page on which staff enter wishes with the person.
#[derive(Template)]
#[template(path = "wishes_staff.html")]
pub struct StaffWishes<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose wishes.
    pub patient: PatientId,
    /// What was said.
    pub wishes: &'a Wishes,
    /// The reader may enter them.
    pub may_act: bool,
    /// Why the last form was not saved.
    pub refused: Option<String>,
}

/// One wish on the staff's page.
pub struct StaffLine {
    word: &'static str,
    asks: &'static str,
    says: String,
    from: String,
    choices: Vec<(&'static str, &'static str, bool)>,
    text: String,
    has_words: bool,
}

impl<'a> StaffWishes<'a> {
    /// The page of a person.
    pub fn of(
        around: Around<'a>,
        person: &Patient,
        patient: PatientId,
        wishes: &'a Wishes,
        may_act: bool,
        refused: Option<String>,
    ) -> Self {
        Self {
            strip: IdentityStrip::of(person, around.now, around.zone),
            around,
            patient,
            wishes,
            may_act,
            refused,
        }
    }

    fn lines(&self) -> Vec<StaffLine> {
        let clock = self.around.clock();
        Asks::ALL
            .into_iter()
            .map(|asks| {
                let (stands, text) = asks.stands(self.wishes);
                StaffLine {
                    word: asks.word(),
                    asks: asks.asks(Language::English),
                    says: asks.stands_says(self.wishes, Language::English),
                    from: from(asks, self.wishes, &clock),
                    choices: asks
                        .choices(Language::English)
                        .into_iter()
                        .map(|(word, says)| (word, says, word == stands))
                        .collect(),
                    text,
                    has_words: asks.has_words(),
                }
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

fn from(asks: Asks, wishes: &Wishes, clock: &ClockFace<'_>) -> String {
    let said: Option<(&Actor, units::Moment)> = match asks {
        Asks::Intention => wishes.intention.as_ref().map(|said| (&said.by, said.at)),
        Asks::Helps => wishes.helps.as_ref().map(|said| (&said.by, said.at)),
        Asks::Frightens => wishes.frightens.as_ref().map(|said| (&said.by, said.at)),
        Asks::Touch => wishes.touch().map(|said| (&said.by, said.at)),
        Asks::Music => wishes.music.as_ref().map(|said| (&said.by, said.at)),
        Asks::Light => wishes.light.as_ref().map(|said| (&said.by, said.at)),
    };
    said.map_or_else(String::new, |(by, at)| {
        format!(
            "{}, {}",
            actor_says(by, &MonitorNames::new()),
            clock.when(at)
        )
    })
}

pub mod sample {
    //! Somebody who wants her hand held and no talking.

    use super::{Asks, OwnWish, OwnWishes};
    use crate::web::pages::my_frame;
    use clinical::course::wishes::Wishes;
    use clinical::leaflet::Language;

    /// The list, before anything was said.
    pub fn list(wishes: &Wishes, language: Language) -> OwnWishes<'_> {
        OwnWishes {
            frame: my_frame::sample::frame("/my/wishes", language),
            wishes,
        }
    }

    /// One wish.
    pub fn one(wishes: &Wishes, asks: Asks, language: Language) -> OwnWish<'_> {
        OwnWish {
            frame: my_frame::sample::frame("/my/wishes/touch", language),
            asks,
            wishes,
            problem: None,
            typed: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_chosen_for_the_person_and_touch_says_that_a_word_changes_it() {
        let wishes = Wishes::default();
        for language in Language::ALL {
            let html = sample::one(&wishes, Asks::Touch, language).html();
            assert!(!html.contains("checked"));
            assert!(html.contains("value=\"no-touch\"") && html.contains("value=\"ask-me\""));
        }
        let html = sample::one(&wishes, Asks::Touch, Language::English).html();
        assert!(html.contains("at any moment with one word"));
    }

    #[test]
    fn every_wish_stands_on_the_list_in_both_languages() {
        let wishes = Wishes::default();
        for language in Language::ALL {
            let html = sample::list(&wishes, language).html();
            for asks in Asks::ALL {
                assert!(html.contains(asks.asks(language)), "{asks:?}");
            }
        }
    }
}
