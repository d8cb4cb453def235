//! The patient's signal: the dark surface, the question for the code, and staff's page with it.

use super::around::Around;
use super::clock_face::ClockFace;
use super::identity_strip::IdentityStrip;
use super::qr_code::picture;
use super::signal_words::SignalWords;
use askama::Template;
use clinical::course::session::{Meaning, Session};
use clinical::leaflet::Language;
use clinical::patient::Patient;
use clinical::record::CommandId;
use units::Moment;

/// The surface.
pub struct SignalPad<'a> {
    /// Theme and clinic; nobody is signed in here.
    pub around: Around<'a>,
    /// The room, by name: no name of a person stands on a screen that anybody may see.
    pub room: &'a str,
    /// The token that its forms carry.
    pub csrf: &'a str,
    /// How the last signal stands.
    pub says: String,
    /// The language that the person reads in.
    pub language: Language,
}

/// The question for the code.
pub struct SignalPair<'a> {
    /// Theme and clinic.
    pub around: Around<'a>,
    /// The code as the address had it.
    pub code: String,
    /// The last one was wrong.
    pub wrong: bool,
}

/// Staff's page.
pub struct SignalCode<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The session.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// The address of the server.
    pub address: &'a str,
    /// The code; none where nobody is in the room.
    pub code: Option<String>,
    /// When the device was last heard.
    pub heard: Option<Moment>,
}

#[derive(Template)]
#[template(path = "signal_pad.html")]
struct PadTemplate<'a> {
    page: &'a SignalPad<'a>,
}

#[derive(Template)]
#[template(path = "signal_pair.html")]
struct PairTemplate<'a> {
    page: &'a SignalPair<'a>,
}

#[derive(Template)]
#[template(path = "signal_code.html")]
struct CodeTemplate<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: String,
    room: &'a str,
    host: String,
    code: Option<Shown>,
    stands: String,
}

struct Shown {
    digits: String,
    picture: String,
    until: String,
}

impl SignalPad<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&PadTemplate { page: self })
    }

    fn command_id(&self, form: &str) -> CommandId {
        self.around.command_id(form)
    }

    const fn words(&self) -> &'static SignalWords {
        SignalWords::of(self.language)
    }

    /// Word and text of each meaning, from the calmest.
    fn meanings(&self) -> [(&'static str, &'static str); 3] {
        Meaning::ALL.map(|meaning| (meaning.word(), self.words().meaning(meaning)))
    }
}

impl SignalPair<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&PairTemplate { page: self })
    }
}

impl SignalCode<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let code = self.code.as_ref().map(|digits| Shown {
            picture: picture(
                &format!("{}/signal?code={digits}", self.address),
                220,
                "#e4dcd0",
            ),
            digits: format!("{} {}", &digits[..3], &digits[3..]),
            until: clock.time(self.around.now + crate::signal::CODE_LASTS),
        });
        super::written(&CodeTemplate {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            session: self.session.id.to_string(),
            room: &self.session.room,
            host: self.address.to_owned(),
            code,
            stands: stands(self.session, self.heard, &clock),
        })
    }
}

/// How the signal stands, in one sentence.
pub fn stands(session: &Session, heard: Option<Moment>, clock: &ClockFace<'_>) -> String {
    let signal = &session.signal;
    match (&signal.device, signal.lost, signal.tested) {
        (None, _, _) => "No device is connected.".to_owned(),
        (Some(_), Some((last, _)), _) => {
            format!("The device is not heard since {}.", clock.time(last))
        }
        (Some(_), None, tested) => {
            let heard = heard.map_or_else(
                || "not heard yet".to_owned(),
                |at| format!("heard at {}", clock.time(at)),
            );
            match tested {
                Some(at) => format!("Connected, {heard}, tested at {}.", clock.time(at)),
                None => format!("Connected, {heard}, not tested yet."),
            }
        }
    }
}
