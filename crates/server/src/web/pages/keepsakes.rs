//! What a person keeps of a session, on their own page; what they share, on the staff's.

use super::around::Around;
use super::identity_strip::IdentityStrip;
use super::my_frame::Frame;
use askama::Template;
use clinical::course::keepsake::Form;
use clinical::leaflet::Language;
use clinical::patient::Patient;
use clinical::record::PatientId;

/// One keepsake.
pub struct Line {
    /// Its name.
    pub id: String,
    /// When it was kept.
    pub at: String,
    /// What it is.
    pub form: Form,
    /// Its words, where it is words.
    pub words: Option<String>,
    /// It is shared.
    pub shared: bool,
}

impl Line {
    const fn is_drawing(&self) -> bool {
        matches!(self.form, Form::Drawing)
    }

    const fn is_voice(&self) -> bool {
        matches!(self.form, Form::Voice)
    }
}

/// The person's own page.
#[derive(Template)]
#[template(path = "keepsakes_own.html")]
pub struct OwnKeepsakes<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What they kept, newest first.
    pub lines: Vec<Line>,
    /// Something can be kept now.
    pub open: bool,
    /// Why the last form was not kept.
    pub problem: Option<String>,
    /// The words of a form that was not kept.
    pub typed: String,
}

/// The words of the page.
pub struct Words {
    home: &'static str,
    title: &'static str,
    lead: &'static str,
    not_now: &'static str,
    word: &'static str,
    word_label: &'static str,
    keep: &'static str,
    drawing: &'static str,
    drawing_label: &'static str,
    draw_here: &'static str,
    clear: &'static str,
    voice: &'static str,
    voice_label: &'static str,
    record: &'static str,
    stop: &'static str,
    recording: &'static str,
    no_microphone: &'static str,
    kept: &'static str,
    nothing: &'static str,
    mine: &'static str,
    shared: &'static str,
    share: &'static str,
    unshare: &'static str,
    remove: &'static str,
    gone: &'static str,
    hear: &'static str,
}

impl OwnKeepsakes<'_> {
    const fn words(&self) -> Words {
        match self.frame.language {
            Language::English => Words {
                home: "Your page",
                title: "Keep something of your session",
                lead: "A word, a drawing or your voice. It is yours: nobody at the clinic sees it, or that it is there, unless you share it. You can stop sharing at any time.",
                not_now: "This opens when your first session has ended. What you have kept stands below.",
                word: "A word",
                word_label: "What you want to remember",
                keep: "Keep it",
                drawing: "A drawing",
                drawing_label: "A picture from this device, if you do not draw here",
                draw_here: "Draw here with your finger",
                clear: "Clear",
                voice: "Your voice",
                voice_label: "A recording from this device, if you do not record here",
                record: "Record",
                stop: "Stop",
                recording: "Recording…",
                no_microphone: "This device did not give its microphone. Write instead, or choose a recording.",
                kept: "What you have kept",
                nothing: "Nothing yet.",
                mine: "Only you see this.",
                shared: "You share this with the people who treat you.",
                share: "Share it with the clinic",
                unshare: "Stop sharing",
                remove: "Throw it away for good",
                gone: "This one cannot be read any more.",
                hear: "Listen",
            },
            Language::Spanish => Words {
                home: "Su página",
                title: "Guarde algo de su sesión",
                lead: "Una palabra, un dibujo o su voz. Es suyo: nadie en la clínica lo ve, ni sabe que existe, si no lo comparte. Puede dejar de compartirlo cuando quiera.",
                not_now: "Esto se abre cuando haya terminado su primera sesión. Lo que guardó está abajo.",
                word: "Una palabra",
                word_label: "Lo que quiere recordar",
                keep: "Guardarlo",
                drawing: "Un dibujo",
                drawing_label: "Una imagen de este aparato, si no dibuja aquí",
                draw_here: "Dibuje aquí con el dedo",
                clear: "Borrar",
                voice: "Su voz",
                voice_label: "Una grabación de este aparato, si no graba aquí",
                record: "Grabar",
                stop: "Parar",
                recording: "Grabando…",
                no_microphone: "Este aparato no dio acceso al micrófono. Escriba, o elija una grabación.",
                kept: "Lo que guardó",
                nothing: "Todavía nada.",
                mine: "Solo usted lo ve.",
                shared: "Lo comparte con quienes le tratan.",
                share: "Compartirlo con la clínica",
                unshare: "Dejar de compartir",
                remove: "Tirarlo para siempre",
                gone: "Esto ya no se puede leer.",
                hear: "Escuchar",
            },
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// What staff see: what is shared.
#[derive(Template)]
#[template(path = "keepsakes_staff.html")]
pub struct StaffKeepsakes<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    patient: PatientId,
    lines: Vec<Line>,
}

impl<'a> StaffKeepsakes<'a> {
    /// The page of a person.
    pub fn of(around: Around<'a>, person: &Patient, patient: PatientId, lines: Vec<Line>) -> Self {
        Self {
            strip: IdentityStrip::of(person, around.now, around.zone),
            around,
            patient,
            lines,
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! A word that is shared, and a drawing that is not.

    use super::{Line, OwnKeepsakes};
    use crate::web::pages::my_frame;
    use clinical::course::keepsake::Form;
    use clinical::leaflet::Language;

    /// The person's page in a language.
    pub fn page(language: Language) -> OwnKeepsakes<'static> {
        let line = |id: &str, form, words: Option<&str>, shared| Line {
            id: id.to_owned(),
            at: "14:10".to_owned(),
            form,
            words: words.map(str::to_owned),
            shared,
        };
        OwnKeepsakes {
            frame: my_frame::sample::frame("/my/keepsakes", language),
            lines: vec![
                line("1", Form::Word, Some("the lake"), true),
                line("2", Form::Drawing, None, false),
            ],
            open: true,
            problem: None,
            typed: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_one_says_who_sees_it_and_works_as_words_without_scripts() {
        for language in Language::ALL {
            let page = sample::page(language);
            let html = page.html();
            let words = page.words();
            assert!(html.contains(words.mine) && html.contains(words.shared));
            assert!(html.contains("<textarea") && html.contains("type=\"file\""));
        }
    }
}
