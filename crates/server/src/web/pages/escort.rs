//! The way home: the clinic's page on which whoever takes a person home is asked, and the page that
//! their link opens.

use super::around::Around;
use super::clock_face::ClockFace;
use super::entry_line::{MonitorNames, actor_says};
use super::going_home::GoingHome;
use super::my_frame::Frame;
use super::qr_code;
use crate::escort::Visit;
use crate::web::form::Fields;
use askama::Template;
use clinical::course::escort::{Answered, Comes, EscortAsks, Standing, Way};
use clinical::course::message::{Outgoing, Standing as Sending};
use clinical::course::preparation::{Escort, Ride};
use clinical::leaflet::Language;
use clinical::patient::Patient;
use units::Moment;

/// The picture of a link is so many pixels wide.
const PICTURE: u32 = 220;

/// The clinic's page about the way home from one visit.
pub struct WayHomePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The visit.
    pub visit: &'a Visit,
    /// The person.
    pub person: &'a Patient,
    /// Who was asked.
    pub asks: &'a EscortAsks,
    /// The link of whoever is asked now, while it opens something.
    pub link: Option<&'a str>,
    /// The message that carries it, where one does.
    pub message: Option<&'a Outgoing>,
    /// Why it was not sent.
    pub not_sent: Option<&'a str>,
    /// What was typed then.
    pub typed: Option<&'a Fields>,
    /// Which messages leave this house.
    pub leaves: Leaves,
    /// It stands in the book: a visit that was planned straight into a room has no page there.
    pub is_booked: bool,
    /// There is a session room, and whoever reads this may open it.
    pub opens_room: bool,
}

/// Which messages leave this house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaves {
    /// Text messages.
    pub text: bool,
    /// E-mail.
    pub email: bool,
}

impl Leaves {
    /// The way that is chosen before anybody chooses.
    const fn first(self) -> &'static str {
        match (self.text, self.email) {
            (true, _) => "text",
            (false, true) => "email",
            (false, false) => "shown",
        }
    }

    /// Which do not leave; nothing where both do.
    const fn says(self) -> Option<&'static str> {
        match (self.text, self.email) {
            (true, true) => None,
            (true, false) => Some("No e-mail leaves this clinic: no mail server is set up."),
            (false, true) => Some("No text message leaves this clinic: no service is set up."),
            (false, false) => Some(
                "No message leaves this clinic: neither a service for text messages nor a mail server is set up.",
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "escort_staff.html")]
struct WayHomeTemplate<'a> {
    page: &'a WayHomePage<'a>,
    around: Around<'a>,
    name: String,
    says: String,
    picture: String,
}

impl WayHomePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let standing = self.asks.standing(self.visit.starts);
        super::written(&WayHomeTemplate {
            page: self,
            around: self.around,
            name: self.person.banner_name().unwrap_or_default(),
            says: escort_says(self.asks, standing, &self.clock()),
            picture: self.link.map_or_else(String::new, |link| {
                qr_code::picture(link, PICTURE, "#ffffff")
            }),
        })
    }

    fn clock(&self) -> ClockFace<'_> {
        self.around.clock()
    }

    fn at(&self, moment: Moment) -> String {
        weekday_and_time(&self.clock(), moment)
    }

    fn begins(&self) -> String {
        self.at(self.visit.starts)
    }

    /// What became of the link, and whether the instructions were opened.
    fn more(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(ask) = self.asks.current() else {
            return lines;
        };
        lines.push(match &ask.way {
            Way::Shown => "The link is shown on this page.".to_owned(),
            Way::TextMessage => format!("A text message to {}: {}", ask.escort.phone, self.sent()),
            Way::Email { address } => format!("An e-mail to {address}: {}", self.sent()),
        });
        lines.extend(instructions_say(self.asks, &self.clock()));
        lines
    }

    fn sent(&self) -> String {
        match self.message.map(|message| &message.standing) {
            Some(Sending::Sent { at }) => format!("taken on its way {}.", self.at(*at)),
            Some(Sending::Waiting { .. }) => {
                let trouble = self.message.and_then(|message| message.trouble.as_deref());
                trouble.map_or_else(
                    || "waits to be sent.".to_owned(),
                    |why| format!("not sent yet ({why}); it is tried again."),
                )
            }
            Some(Sending::Failed { why }) => format!("NOT sent: {why}."),
            Some(Sending::Withdrawn) => "withdrawn.".to_owned(),
            Some(Sending::None) | None => "not in the outbox.".to_owned(),
        }
    }

    /// Whoever was asked before, each in a line.
    fn before(&self) -> Vec<String> {
        let current = self.asks.current().map(|ask| ask.id);
        self.asks
            .asks
            .iter()
            .rev()
            .filter(|ask| Some(ask.id) != current)
            .map(|ask| {
                let answer = match ask.answered {
                    None => "no answer",
                    Some(Answered {
                        comes: Comes::Yes { .. },
                        ..
                    }) => "said yes",
                    Some(Answered {
                        comes: Comes::No, ..
                    }) => "said no",
                };
                format!(
                    "{}, asked {} by {}: {answer}; closed: {}",
                    ask.escort.says(),
                    self.at(ask.at),
                    actor_says(&ask.by, &MonitorNames::default()),
                    ask.closed.as_deref().unwrap_or_default()
                )
            })
            .collect()
    }

    /// What a field of the form begins with: what was typed, else who is named.
    fn field(&self, name: &str) -> String {
        if let Some(typed) = self.typed {
            return typed.text(name).to_owned();
        }
        let asked = self.asks.current().map(|ask| &ask.escort);
        let known: Option<&Escort> = self.visit.named.as_ref().or(asked);
        let of =
            |pick: fn(&Escort) -> &str| known.map_or(String::new(), |one| pick(one).to_owned());
        match name {
            "name" => of(|one| &one.name),
            "phone" => of(|one| &one.phone),
            "relationship" => of(|one| &one.relationship),
            // How they go is not chosen for them.
            "ride" => known
                .map_or(Ride::NotSure, |one| one.ride)
                .word()
                .to_owned(),
            "way" => self.leaves.first().to_owned(),
            "language" => self
                .person
                .contacts
                .as_ref()
                .map_or(Language::English, |contacts| contacts.language)
                .tag()
                .to_owned(),
            _ => String::new(),
        }
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.field(name) == value
    }

    fn rides(&self) -> Vec<(&'static str, &'static str)> {
        Ride::ALL
            .into_iter()
            .map(|ride| (ride.word(), ride_says(ride)))
            .collect()
    }

    fn languages(&self) -> [(&'static str, &'static str); 2] {
        [Language::English, Language::Spanish].map(|one| (one.tag(), one.says()))
    }
}

/// `Tue 8 Dec 2026, 14:30`.
pub fn weekday_and_time(clock: &ClockFace<'_>, moment: Moment) -> String {
    format!("{}, {}", clock.weekday(moment), clock.time(moment))
}

/// What is known from whoever is asked to take somebody home, in one sentence.
pub fn escort_says(asks: &EscortAsks, standing: Standing, clock: &ClockFace<'_>) -> String {
    let who = asks.current().map_or("", |ask| ask.escort.name.as_str());
    let at = |moment| weekday_and_time(clock, moment);
    match standing {
        Standing::NotAsked => "Nobody is asked by a link.".to_owned(),
        Standing::Waiting => format!("{who} was asked by a link, and has not answered."),
        Standing::Comes { at: said, ride } => {
            format!(
                "{who} said yes by their link, {}: {}.",
                at(said),
                ride_says(ride)
            )
        }
        Standing::ForAnotherTime { at: said } => format!(
            "{who} said yes by their link, {}, for another time than the visit has now. Their page asks again: call them.",
            at(said)
        ),
        Standing::CannotCome { at: said } => format!(
            "{who} said by their link that they cannot come, {}. Ask who comes instead.",
            at(said)
        ),
    }
}

/// Whether whoever is asked has opened the instructions; nothing where nobody is.
pub fn instructions_say(asks: &EscortAsks, clock: &ClockFace<'_>) -> Option<String> {
    let ask = asks.current()?;
    Some(ask.read_at.map_or_else(
        || "They have not opened the instructions after the drug.".to_owned(),
        |at| {
            let at = weekday_and_time(clock, at);
            format!("They opened the instructions after the drug, {at}.")
        },
    ))
}

/// As staff read it of somebody else; the person themselves reads other words.
const fn ride_says(ride: Ride) -> &'static str {
    match ride {
        Ride::CompanionDrives => "whoever is named drives",
        Ride::Together => "together, by taxi, bus, train or on foot",
        Ride::TaxiAlone => "by taxi, alone",
        Ride::NotSure => "not said yet",
    }
}

/// What a link shows before it opens anything.
#[derive(Template)]
#[template(path = "escort_link.html")]
pub struct LinkPage<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What it shows.
    pub state: LinkState,
    /// What was wrong with what was typed.
    pub problem: Option<String>,
}

/// What a link shows before it opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It asks whom they take home.
    AsksWhose,
    /// It opens nothing, or not any more. It says the same of a link that never was.
    Closed,
}

impl LinkPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    /// What is said of a name that is not the person's.
    pub const fn not_the_name(language: Language) -> &'static str {
        match language {
            Language::English => "That is not the name. Write it as they do.",
            Language::Spanish => "Ese no es el nombre. Escríbalo como lo escribe esa persona.",
        }
    }

    fn asks(&self) -> bool {
        self.state == LinkState::AsksWhose
    }

    const fn says(&self, english: &'static str, spanish: &'static str) -> &'static str {
        match self.frame.language {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }
}

/// What an escort reads and answers.
#[derive(Template)]
#[template(path = "escort_page.html")]
pub struct EscortPage<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// The person's given name; no other part of who they are.
    pub given_name: &'a str,
    /// When the visit begins.
    pub starts: Moment,
    /// What they answered.
    pub answered: Option<Answered>,
    /// What the person takes home, too.
    pub home: GoingHome<'a>,
    /// What was wrong with what was sent.
    pub problem: Option<String>,
}

impl EscortPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    /// What is said of an answer with something missing.
    pub const fn incomplete(language: Language) -> &'static str {
        match language {
            Language::English => {
                "Not saved: say how you go home, and that you are 18 or older. If you are not, choose that you cannot."
            }
            Language::Spanish => {
                "No se guardó: diga cómo van a casa y que usted tiene 18 años o más. Si no los tiene, elija que no puede."
            }
        }
    }

    const fn says(&self, english: &'static str, spanish: &'static str) -> &'static str {
        match self.frame.language {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }

    fn begins(&self) -> String {
        self.home.at(self.starts)
    }

    /// The answer that holds for this time, in words.
    fn stands(&self) -> Option<String> {
        let answered = self.answered.filter(|known| known.starts == self.starts)?;
        let at = self.home.at(answered.at);
        Some(match answered.comes {
            Comes::Yes { .. } => format!(
                "{} ({at})",
                self.says(
                    "You said: yes, I take them home.",
                    "Usted dijo: sí, le llevo a casa."
                )
            ),
            Comes::No => format!(
                "{} ({at})",
                self.says(
                    "You said that you cannot. The clinic has been told.",
                    "Usted dijo que no puede. La clínica ya lo sabe."
                )
            ),
        })
    }

    /// What to call for that whoever is with the person may see.
    fn signs(&self, now: bool) -> Vec<&str> {
        let signs = self.home.asked_signs(now);
        signs
            .filter(|sign| sign.others_see)
            .map(|sign| sign.says(self.frame.language))
            .collect()
    }

    /// They answered for another time than the visit has now.
    fn is_moved(&self) -> bool {
        self.answered
            .is_some_and(|known| known.starts != self.starts)
    }

    fn rides(&self) -> [(&'static str, &'static str); 2] {
        [
            (
                Ride::CompanionDrives.word(),
                self.says("I drive", "Yo manejo"),
            ),
            (
                Ride::Together.word(),
                self.says(
                    "we go together: by taxi, bus, train or on foot",
                    "vamos juntos: en taxi, bus, tren o a pie",
                ),
            ),
        ]
    }

    fn is_ride(&self, word: &str) -> bool {
        matches!(
            self.answered.map(|known| known.comes),
            Some(Comes::Yes { ride }) if ride.word() == word
        )
    }

    fn said_yes(&self) -> bool {
        self.answered
            .is_some_and(|known| matches!(known.comes, Comes::Yes { .. }))
    }
}
