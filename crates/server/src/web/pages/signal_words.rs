//! The few words on the patient's signal, in the languages that patients read in.

use clinical::course::session::Meaning;
use clinical::leaflet::Language;

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct SignalWords {
    /// What the page is.
    pub title: &'static str,
    /// Nothing was signalled yet.
    pub ready: &'static str,
    /// Staff ask for a try.
    pub test_asked: &'static str,
    /// It is on its way.
    pub sending: &'static str,
    /// The server has not got it.
    pub not_sent: &'static str,
    /// The server is not heard.
    pub silent: &'static str,
    /// Somebody has acknowledged it.
    pub seen: &'static str,
    /// What the touches mean, from the calmest.
    pub how: [&'static str; 3],
    /// Before the room's name.
    pub room: &'static str,
    sent: &'static str,
    test: &'static str,
    meanings: [&'static str; 3],
}

const ENGLISH: SignalWords = SignalWords {
    title: "Signal to your nurse",
    ready: "Ready.",
    test_asked: "Please try it: touch once.",
    sending: "Sending…",
    not_sent: "Not sent yet. Call out loud.",
    silent: "No connection. Call out loud.",
    seen: "They have seen it.",
    how: [
        "one touch: all is well",
        "two, or hold: come quietly",
        "three, or hold long: now",
    ],
    room: "room",
    sent: "Sent",
    test: "Test",
    meanings: ["all is well", "come quietly", "now"],
};

// For a second reader of Spanish to confirm.
const SPANISH: SignalWords = SignalWords {
    title: "Aviso a su enfermera",
    ready: "Listo.",
    test_asked: "Por favor, pruébelo: toque una vez.",
    sending: "Enviando…",
    not_sent: "Aún no enviado. Llame en voz alta.",
    silent: "Sin conexión. Llame en voz alta.",
    seen: "Ya lo han visto.",
    how: [
        "un toque: todo bien",
        "dos, o mantener: venga sin prisa",
        "tres, o mantener mucho: ahora",
    ],
    room: "sala",
    sent: "Enviado",
    test: "Prueba",
    meanings: ["todo bien", "venga sin prisa", "ahora"],
};

impl SignalWords {
    /// In a language.
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }

    /// A meaning.
    pub const fn meaning(&self, meaning: Meaning) -> &'static str {
        let [all_is_well, come_quietly, now] = self.meanings;
        match meaning {
            Meaning::AllIsWell => all_is_well,
            Meaning::ComeQuietly => come_quietly,
            Meaning::Now => now,
        }
    }

    /// A signal that is stored.
    pub fn sent(&self, meaning: Meaning) -> String {
        format!("{}: {}.", self.sent, self.meaning(meaning))
    }

    /// A try that is stored.
    pub fn tried(&self, meaning: Meaning) -> String {
        format!("{}: {}.", self.test, self.meaning(meaning))
    }
}
