//! A person's wishes as their events have made them.

use super::event::WishesEvent;
use super::vocabulary::{Light, Music, Touch, Wish};
use crate::record::{Actor, Folded, Header, SessionId, StreamKind};
use units::Moment;

/// How long one wish may be, in characters. A limit of the form, not of the person: whoever has
/// more to say is asked to say it to the therapist.
pub const LONGEST_WISH: usize = 2_000;

/// Something that was said, when and by whom it was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    /// What.
    pub what: T,
    /// When.
    pub at: Moment,
    /// The person, or the member of staff who entered it with them.
    pub by: Actor,
}

/// A person's wishes. What nobody has said is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Why they come.
    pub intention: Option<Said<String>>,
    /// What they said of music.
    pub music: Option<Said<(Music, String)>>,
    /// What they said of light.
    pub light: Option<Said<(Light, String)>>,
    /// What helps.
    pub helps: Option<Said<String>>,
    /// What frightens.
    pub frightens: Option<Said<String>>,
    /// Everything that was ever said of touch, in the order recorded.
    touch: Vec<Said<Touch>>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// More words than the form takes.
    TooLong,
}

impl Refusal {
    /// In one plain sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::TooLong => {
                "Not saved: this is longer than 2,000 characters. Shorten it, or tell the rest in the room."
            }
        }
    }
}

impl Folded for Wishes {
    type Event = WishesEvent;
    const KIND: StreamKind = StreamKind::Wishes;
    fn take(&mut self, header: &Header, event: &WishesEvent) {
        let WishesEvent::WishSaid { said, .. } = event;
        let (at, by) = (header.occurred_at, header.actor.clone());
        let words = |text: &String| {
            (!text.is_empty()).then(|| Said {
                what: text.clone(),
                at,
                by: by.clone(),
            })
        };
        match said {
            Wish::Intention { words: text } => self.intention = words(text),
            Wish::Helps { words: text } => self.helps = words(text),
            Wish::Frightens { words: text } => self.frightens = words(text),
            Wish::Touch { touch } => self.touch.push(Said {
                what: *touch,
                at,
                by,
            }),
            Wish::Music { music, words } => {
                self.music = Some(Said {
                    what: (*music, words.clone()),
                    at,
                    by,
                });
            }
            Wish::Light { light, words } => {
                self.light = Some(Said {
                    what: (*light, words.clone()),
                    at,
                    by,
                });
            }
        }
    }
}

impl Wishes {
    /// Takes a wish. Nothing where it stands like that already, but for touch: each word about it
    /// has its own time.
    ///
    /// Refuses more than [`LONGEST_WISH`] characters.
    pub fn say(&self, said: Wish, session: Option<SessionId>) -> Result<Vec<WishesEvent>, Refusal> {
        let said = trimmed(said);
        if said
            .words()
            .is_some_and(|words| words.chars().count() > LONGEST_WISH)
        {
            return Err(Refusal::TooLong);
        }
        if self.stands(&said) {
            return Ok(Vec::new());
        }
        Ok(vec![WishesEvent::WishSaid { said, session }])
    }

    fn stands(&self, said: &Wish) -> bool {
        let same = |known: &Option<Said<String>>, words: &String| {
            known.as_ref().map_or("", |known| known.what.as_str()) == words
        };
        match said {
            Wish::Intention { words } => same(&self.intention, words),
            Wish::Helps { words } => same(&self.helps, words),
            Wish::Frightens { words } => same(&self.frightens, words),
            Wish::Touch { .. } => false,
            Wish::Music { music, words } => self
                .music
                .as_ref()
                .is_some_and(|known| known.what == (*music, words.clone())),
            Wish::Light { light, words } => self
                .light
                .as_ref()
                .is_some_and(|known| known.what == (*light, words.clone())),
        }
    }

    /// The newest word about touch; none where nobody has said one.
    pub fn touch(&self) -> Option<&Said<Touch>> {
        self.touch.iter().max_by_key(|said| said.at)
    }

    /// What was agreed at a moment: what is charted late is judged by what held then.
    pub fn touch_at(&self, at: Moment) -> Option<&Said<Touch>> {
        self.touch
            .iter()
            .filter(|said| said.at <= at)
            .max_by_key(|said| said.at)
    }

    /// True when nothing at all was said.
    pub const fn is_empty(&self) -> bool {
        self.intention.is_none()
            && self.music.is_none()
            && self.light.is_none()
            && self.helps.is_none()
            && self.frightens.is_none()
            && self.touch.is_empty()
    }
}

fn trimmed(said: Wish) -> Wish {
    let trim = |words: String| words.trim().to_owned();
    match said {
        Wish::Intention { words } => Wish::Intention { words: trim(words) },
        Wish::Helps { words } => Wish::Helps { words: trim(words) },
        Wish::Frightens { words } => Wish::Frightens { words: trim(words) },
        Wish::Touch { touch } => Wish::Touch { touch },
        Wish::Music { music, words } => Wish::Music {
            music,
            words: trim(words),
        },
        Wish::Light { light, words } => Wish::Light {
            light,
            words: trim(words),
        },
    }
}
