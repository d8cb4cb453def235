//! A message to a person: queued, sent, tried again, given up or withdrawn; one stream each.
//!
//! What a message says never tells of health: it stands on a locked telephone's screen. What is to
//! be read or answered is behind a link that asks for the date of birth.

use crate::leaflet::Language;
use crate::patient::Channel;
use crate::record::{Folded, Header, PatientId, Recorded, SessionId, StaffId, StreamKind};
use serde::{Deserialize, Serialize};
use units::{Moment, Span};
use uuid::Uuid;

/// Where the link stands in a text; it is made when the message is sent, so that no record holds
/// a secret that lets somebody in.
pub const LINK: &str = "{link}";

/// How long to wait after each try that may succeed later; after the last one it is given up.
/// Source: the project's choice.
const AGAIN_AFTER: [Span; 6] = [
    Span::from_minutes(1),
    Span::from_minutes(5),
    Span::from_minutes(15),
    Span::from_hours(1),
    Span::from_hours(3),
    Span::from_hours(6),
];

/// For how long a message belongs to the server that is about to hand it over: above the patience
/// with mail servers and providers. Source: the project's choice.
const CLAIM_LASTS: Span = Span::from_minutes(5);

/// What is to be said to whom, from when on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// To whom; about whom, where it goes to a member of staff.
    pub patient: PatientId,
    /// To which member of staff on duty, by the address that stands in the list of duty when it
    /// leaves; none: to the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// To whoever takes the person home from the visit: the ask that it carries. None: to nobody
    /// outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escort: Option<Uuid>,
    /// About which visit, if about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// What kind of message, in one word of the part that queued it.
    pub kind: String,
    /// By which way.
    pub channel: Channel,
    /// In which language.
    pub language: Language,
    /// The subject of an e-mail; a text message has none.
    pub subject: String,
    /// The text, with [`LINK`] where the link goes.
    pub text: String,
    /// Where the link leads; a path that begins with `/my`. What goes to an escort has a link of its
    /// own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
    /// Not to be sent before.
    pub due: Moment,
}

/// What became true about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum MessageEvent {
    /// It waits to be sent.
    MessageQueued {
        /// What, to whom, when.
        message: Message,
    },
    /// Somebody is about to hand it over; until then nobody else does.
    MessageClaimed {
        /// Which try.
        attempt: Uuid,
        /// Until when. What is not known by then is handed over once more.
        until: Moment,
    },
    /// By its first way it cannot arrive: it goes by the next one that the person agreed to.
    MessageRerouted {
        /// Why not by the way before, in words.
        why: String,
        /// By which way now.
        channel: Channel,
    },
    /// The mail server or the provider took it. Whether it was read, nobody knows.
    MessageSent {
        /// What they answered.
        receipt: String,
    },
    /// It was not taken, and will be tried again.
    MessageDelayed {
        /// Why, in words.
        why: String,
        /// When it is tried again.
        again_at: Moment,
    },
    /// It was not taken, and is not tried again by itself.
    MessageFailed {
        /// Why, in words.
        why: String,
    },
    /// It is not to be sent any more.
    MessageWithdrawn {
        /// Why, in words.
        why: String,
    },
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// Taken.
    Taken {
        /// What was answered.
        receipt: String,
    },
    /// Not taken now; it may be later.
    NotNow {
        /// Why.
        why: String,
    },
    /// Never to be taken so.
    Never {
        /// Why.
        why: String,
    },
}

/// How a message stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    #[default]
    None,
    /// It waits until this moment.
    Waiting {
        /// When it is due.
        due: Moment,
    },
    /// It was taken.
    Sent {
        /// When.
        at: Moment,
    },
    /// It was given up.
    Failed {
        /// Why.
        why: String,
    },
    /// It was withdrawn.
    Withdrawn,
}

impl Standing {
    /// In one word, as lists keep it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waiting { .. } => "waiting",
            Self::Sent { .. } => "sent",
            Self::Failed { .. } => "failed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A message, folded from its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// What, to whom.
    pub message: Option<Message>,
    /// How it stands.
    pub standing: Standing,
    /// How often it was tried.
    pub tries: usize,
    /// Why the last try did not succeed.
    pub trouble: Option<String>,
    /// Which try hands it over just now.
    pub claimed: Option<Uuid>,
    /// The ways by which it could not arrive.
    pub closed: Vec<Channel>,
}

impl Recorded for MessageEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::MessageQueued { .. } => "MessageQueued",
            Self::MessageClaimed { .. } => "MessageClaimed",
            Self::MessageRerouted { .. } => "MessageRerouted",
            Self::MessageSent { .. } => "MessageSent",
            Self::MessageDelayed { .. } => "MessageDelayed",
            Self::MessageFailed { .. } => "MessageFailed",
            Self::MessageWithdrawn { .. } => "MessageWithdrawn",
        }
    }
}

impl Folded for Outgoing {
    type Event = MessageEvent;
    const KIND: StreamKind = StreamKind::Message;
    fn take(&mut self, header: &Header, event: &MessageEvent) {
        self.claimed = None;
        match event {
            MessageEvent::MessageQueued { message } => {
                self.standing = Standing::Waiting { due: message.due };
                self.message = Some(message.clone());
                self.tries = 0;
                self.trouble = None;
            }
            MessageEvent::MessageClaimed { attempt, until } => {
                self.claimed = Some(*attempt);
                self.standing = Standing::Waiting { due: *until };
            }
            MessageEvent::MessageRerouted { why, channel } => {
                self.tries = 0;
                self.trouble = Some(why.clone());
                if let Some(message) = &mut self.message {
                    self.closed.push(message.channel);
                    message.channel = *channel;
                }
                self.standing = Standing::Waiting {
                    due: header.occurred_at,
                };
            }
            MessageEvent::MessageSent { receipt: _ } => {
                self.tries += 1;
                self.trouble = None;
                self.standing = Standing::Sent {
                    at: header.occurred_at,
                };
            }
            MessageEvent::MessageDelayed { why, again_at } => {
                self.tries += 1;
                self.trouble = Some(why.clone());
                self.standing = Standing::Waiting { due: *again_at };
            }
            MessageEvent::MessageFailed { why } => {
                self.tries += 1;
                self.trouble = Some(why.clone());
                self.standing = Standing::Failed { why: why.clone() };
            }
            MessageEvent::MessageWithdrawn { why: _ } => self.standing = Standing::Withdrawn,
        }
    }
}

impl Outgoing {
    /// Queues a message; one that was queued before is not queued again.
    pub fn queue(&self, message: Message) -> Vec<MessageEvent> {
        match self.standing {
            Standing::None => vec![MessageEvent::MessageQueued { message }],
            Standing::Waiting { .. }
            | Standing::Sent { .. }
            | Standing::Failed { .. }
            | Standing::Withdrawn => Vec::new(),
        }
    }

    /// Takes the message for one try; nothing, when it is not due or somebody else has it.
    pub fn claim(&self, attempt: Uuid, now: Moment) -> Vec<MessageEvent> {
        match self.standing {
            Standing::Waiting { due } if due <= now => vec![MessageEvent::MessageClaimed {
                attempt,
                until: now + CLAIM_LASTS,
            }],
            Standing::Waiting { .. }
            | Standing::None
            | Standing::Sent { .. }
            | Standing::Failed { .. }
            | Standing::Withdrawn => Vec::new(),
        }
    }

    /// What a try means; nothing, when the message does not wait any more.
    ///
    /// `agreed` are the ways that the person agreed to, the first one first: what cannot arrive by
    /// one goes by the next that was not tried.
    pub fn tried(&self, tried: Tried, agreed: &[Channel], now: Moment) -> Vec<MessageEvent> {
        let Standing::Waiting { .. } = self.standing else {
            return Vec::new();
        };
        vec![match tried {
            Tried::Taken { receipt } => MessageEvent::MessageSent { receipt },
            Tried::Never { why } => self.given_up(why, agreed),
            Tried::NotNow { why } => match AGAIN_AFTER.get(self.tries) {
                Some(after) => MessageEvent::MessageDelayed {
                    why,
                    again_at: now + *after,
                },
                None => self.given_up(
                    format!("given up after {} tries: {why}", self.tries + 1),
                    agreed,
                ),
            },
        }]
    }

    fn given_up(&self, why: String, agreed: &[Channel]) -> MessageEvent {
        let now_by = self.message.as_ref().map(|message| message.channel);
        let next = agreed
            .iter()
            .find(|channel| Some(**channel) != now_by && !self.closed.contains(channel));
        match next {
            Some(channel) => MessageEvent::MessageRerouted {
                why,
                channel: *channel,
            },
            None => MessageEvent::MessageFailed { why },
        }
    }

    /// Takes a message back while it waits or after it failed.
    pub fn withdraw(&self, why: &str) -> Vec<MessageEvent> {
        match self.standing {
            Standing::Waiting { .. } | Standing::Failed { .. } => {
                vec![MessageEvent::MessageWithdrawn {
                    why: why.to_owned(),
                }]
            }
            Standing::None | Standing::Sent { .. } | Standing::Withdrawn => Vec::new(),
        }
    }
}
