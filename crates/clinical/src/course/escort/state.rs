//! Asking an escort as its events have made it, and what may follow.

use super::event::{Comes, EscortEvent, Way};
use crate::course::clearance::Recipient;
use crate::course::preparation::{About, Check, Escort, Fixer, Ride, Standing as CheckStanding};
use crate::leaflet::Language;
use crate::record::{Actor, Folded, Header, StreamKind};
use units::{Moment, Span};
use uuid::Uuid;

/// For so long after the beginning of the visit a link opens: through the night that the
/// instructions are about. Source: the project's choice, for the clinic to confirm.
pub const LINK_OPENS_FOR: Span = Span::from_hours(36);

/// So often somebody is asked for one visit. Source: the project's choice.
const MOST_ASKS: usize = 10;

/// Asking one escort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its identity.
    pub id: Uuid,
    /// Whom.
    pub escort: Escort,
    /// How.
    pub way: Way,
    /// In which language.
    pub language: Language,
    /// When.
    pub at: Moment,
    /// Who asked.
    pub by: Actor,
    /// Their newest answer.
    pub answered: Option<Answered>,
    /// When they opened the instructions first, after the drug had ended.
    pub read_at: Option<Moment>,
    /// Why the link opens nothing any more.
    pub closed: Option<String>,
}

/// An escort's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What.
    pub comes: Comes,
    /// When.
    pub at: Moment,
    /// For a visit that begins then.
    pub starts: Moment,
}

/// Everybody who was asked for one visit, in the order in which they were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EscortAsks {
    /// The asks.
    pub asks: Vec<Ask>,
}

/// What is known from whoever was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody is asked.
    NotAsked,
    /// No answer yet.
    Waiting,
    /// They come.
    Comes {
        /// When they said it.
        at: Moment,
        /// How.
        ride: Ride,
    },
    /// They said yes when the visit had another time.
    ForAnotherTime {
        /// When they said it.
        at: Moment,
    },
    /// They cannot come.
    CannotCome {
        /// When they said it.
        at: Moment,
    },
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The person did not say that they may be written to.
    NotAgreed,
    /// No name.
    NoName,
    /// No telephone number.
    NoNumber,
    /// An e-mail is wanted, and what was given is no address.
    NoAddress,
    /// The visit's evening is over, or there is no visit.
    Over,
    /// Too many asks for one visit.
    TooMany,
    /// This link opens nothing any more.
    Closed,
    /// They did not say that they are an adult.
    NotAnAdult,
    /// They did not say how they go.
    NoRide,
}

impl Refusal {
    /// In one plain sentence, for staff and for the person.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotAgreed => {
                "Not sent: the person has to agree first that whoever takes them home is written to."
            }
            Self::NoName => "Not sent: write the name of whoever takes the person home.",
            Self::NoNumber => "Not sent: write their telephone number.",
            Self::NoAddress => "Not sent: write an e-mail address, or choose another way.",
            Self::Over => "Not saved: this visit is over, or was called off.",
            Self::TooMany => "Not sent: ten people were asked for this visit. Call them.",
            Self::Closed => "Not saved: this link is closed. Ask the clinic for a new one.",
            Self::NotAnAdult => "Not saved: whoever takes the person home has to be an adult.",
            Self::NoRide => "Not saved: say how you go home.",
        }
    }
}

impl Folded for EscortAsks {
    type Event = EscortEvent;
    const KIND: StreamKind = StreamKind::Escort;
    fn take(&mut self, header: &Header, event: &EscortEvent) {
        match event {
            EscortEvent::EscortAsked {
                ask,
                escort,
                way,
                language,
            } => {
                for before in &mut self.asks {
                    before
                        .closed
                        .get_or_insert_with(|| "somebody was asked after them".to_owned());
                }
                self.asks.push(Ask {
                    id: *ask,
                    escort: escort.clone(),
                    way: way.clone(),
                    language: *language,
                    at: header.occurred_at,
                    by: header.actor.clone(),
                    answered: None,
                    read_at: None,
                    closed: None,
                });
            }
            EscortEvent::EscortAnswered { ask, comes, starts } => {
                if let Some(known) = self.named(*ask) {
                    known.answered = Some(Answered {
                        comes: *comes,
                        at: header.occurred_at,
                        starts: *starts,
                    });
                }
            }
            EscortEvent::EscortReadInstructions { ask } => {
                if let Some(known) = self.named(*ask) {
                    known.read_at.get_or_insert(header.occurred_at);
                }
            }
            EscortEvent::EscortLinkClosed { ask, why } => {
                if let Some(known) = self.named(*ask) {
                    known.closed.get_or_insert_with(|| why.clone());
                }
            }
        }
    }
}

impl EscortAsks {
    fn named(&mut self, ask: Uuid) -> Option<&mut Ask> {
        self.asks.iter_mut().find(|known| known.id == ask)
    }

    /// Whoever is asked now; none after their link was closed.
    pub fn current(&self) -> Option<&Ask> {
        self.asks.last().filter(|ask| ask.closed.is_none())
    }

    /// The newest ask of somebody, where they answered it with no. That the link was closed since,
    /// or that somebody else was asked, takes the no away from nobody.
    fn said_no(&self, is_them: impl Fn(&Ask) -> bool) -> Option<&Ask> {
        let theirs = self.asks.iter().rev().find(|ask| is_them(ask));
        theirs.filter(|ask| {
            ask.answered
                .is_some_and(|answered| answered.comes == Comes::No)
        })
    }

    /// An ask whose link opens something at this moment, for a visit that begins then.
    pub fn open(&self, ask: Uuid, starts: Moment, now: Moment) -> Option<&Ask> {
        self.current()
            .filter(|known| known.id == ask && now < starts + LINK_OPENS_FOR)
    }

    /// What is known from whoever is asked now, for a visit that begins then.
    pub fn standing(&self, starts: Moment) -> Standing {
        let Some(ask) = self.current() else {
            return Standing::NotAsked;
        };
        match ask.answered {
            None => Standing::Waiting,
            Some(Answered {
                comes: Comes::No,
                at,
                ..
            }) => Standing::CannotCome { at },
            Some(answered) if answered.starts != starts => {
                Standing::ForAnotherTime { at: answered.at }
            }
            Some(Answered {
                comes: Comes::Yes { ride },
                at,
                ..
            }) => Standing::Comes { at, ride },
        }
    }

    /// Asks somebody, with an identity that was made for it.
    ///
    /// `starts` is when the visit begins; none where there is no visit. Refuses what the person has
    /// not agreed to, a name or a number that is missing, and a visit whose evening is over.
    pub fn ask(
        &self,
        ask: (Uuid, Escort, Way, Language),
        agreed: bool,
        starts: Option<Moment>,
        now: Moment,
    ) -> Result<Vec<EscortEvent>, Refusal> {
        let (ask, escort, way, language) = ask;
        if starts.is_none_or(|starts| now >= starts + LINK_OPENS_FOR) {
            return Err(Refusal::Over);
        }
        if !agreed {
            return Err(Refusal::NotAgreed);
        }
        if escort.name.trim().is_empty() {
            return Err(Refusal::NoName);
        }
        if escort.phone.chars().filter(char::is_ascii_digit).count() < FEWEST_DIGITS {
            return Err(Refusal::NoNumber);
        }
        if let Way::Email { address } = &way
            && !Recipient::is_address(address)
        {
            return Err(Refusal::NoAddress);
        }
        if self.asks.len() >= MOST_ASKS {
            return Err(Refusal::TooMany);
        }
        Ok(vec![EscortEvent::EscortAsked {
            ask,
            escort,
            way,
            language,
        }])
    }

    /// Takes an answer that came by a link.
    ///
    /// Refuses a link that opens nothing, and a yes without saying that they are an adult. Nothing
    /// where it stands like that already.
    // Hazard: H39
    pub fn answer(
        &self,
        ask: Uuid,
        comes: Comes,
        adult: bool,
        starts: Moment,
        now: Moment,
    ) -> Result<Vec<EscortEvent>, Refusal> {
        let known = self.open(ask, starts, now).ok_or(Refusal::Closed)?;
        match comes {
            Comes::Yes { .. } if !adult => return Err(Refusal::NotAnAdult),
            Comes::Yes {
                ride: Ride::TaxiAlone | Ride::NotSure,
            } => return Err(Refusal::NoRide),
            Comes::Yes { .. } | Comes::No => {}
        }
        let stands = known
            .answered
            .is_some_and(|before| before.comes == comes && before.starts == starts);
        if stands {
            return Ok(Vec::new());
        }
        Ok(vec![EscortEvent::EscortAnswered { ask, comes, starts }])
    }

    /// Notes that they opened the instructions after the drug had ended; once.
    pub fn read(&self, ask: Uuid, starts: Moment, now: Moment) -> Vec<EscortEvent> {
        match self.open(ask, starts, now) {
            Some(known) if known.read_at.is_none() => {
                vec![EscortEvent::EscortReadInstructions { ask }]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// Closes a link; nothing where it is closed.
    pub fn close(&self, ask: Uuid, why: &str) -> Vec<EscortEvent> {
        match self.current() {
            Some(known) if known.id == ask => vec![EscortEvent::EscortLinkClosed {
                ask,
                why: why.to_owned(),
            }],
            Some(_) | None => Vec::new(),
        }
    }
}

/// As many digits as the shortest telephone number that is taken elsewhere.
const FEWEST_DIGITS: usize = 5;

/// The check of the way home with what its escort answered: who said that they cannot come takes
/// nobody home, also after their link was closed. Only the one who is named counts: of another one
/// than was asked, nothing is known.
// Hazard: H39
pub fn heard(check: Check, named: Option<&Escort>, asks: &EscortAsks, starts: Moment) -> Check {
    let is_named = |ask: &Ask| {
        named.is_some_and(|named| named.name == ask.escort.name && named.phone == ask.escort.phone)
    };
    if (check.about, check.standing) != (About::WayHome, CheckStanding::Met) {
        return check;
    }
    if let Some(ask) = asks.said_no(is_named) {
        return Check::open(
            About::WayHome,
            CheckStanding::Stop,
            no_of(ask),
            "Ask who takes them home instead: name, telephone number, and how.",
            Fixer::FrontDesk,
        );
    }
    if !asks.current().is_some_and(is_named) {
        return check;
    }
    let more = match asks.standing(starts) {
        Standing::Comes { .. } => "They said yes by their link.",
        Standing::Waiting => "They were asked by a link, and have not answered.",
        Standing::ForAnotherTime { .. } => {
            "They said yes for another time than this; they are to answer again."
        }
        Standing::NotAsked | Standing::CannotCome { .. } => return check,
    };
    Check::met(About::WayHome, format!("{} {more}", check.says))
}

/// That whoever is named for the way home has said that they cannot come, in one sentence; none
/// where they have not. `named` is who takes the person home as the session keeps it, in words.
// Hazard: H39
pub fn cannot_come(asks: &EscortAsks, named: Option<&str>) -> Option<String> {
    let named = named?.to_lowercase();
    let is_named = |ask: &Ask| named.contains(&ask.escort.name.trim().to_lowercase());
    asks.said_no(is_named).map(no_of)
}

fn no_of(ask: &Ask) -> String {
    format!(
        "{} said by their link that they cannot come.",
        ask.escort.name
    )
}
