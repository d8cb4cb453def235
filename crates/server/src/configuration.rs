//! What an operator sets.

use crate::clock::Clock;
use crate::https::Https;
use crate::messages::{MailServer, TextMessageService};
use jiff::tz::TimeZone;
use std::net::SocketAddr;
use std::path::PathBuf;
use units::Span;

/// Everything that `evenkeel serve` needs to know.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Where the data is: `sqlite:PATH` or `postgres://…`.
    pub store: String,
    /// Where pages and FHIR are served.
    pub http: SocketAddr,
    /// How browsers and programs are spoken to.
    pub https: Https,
    /// Where monitors connect.
    pub mllp: SocketAddr,
    /// The address that people and programs use, without a slash at the end; the address served
    /// on when empty.
    pub public_url: String,
    /// The telephone number that patients call; empty where none is set.
    pub phone: String,
    /// Where e-mail is handed over; `None`: no e-mail is sent.
    pub mail: Option<MailServer>,
    /// Where text messages are handed over; `None`: none is sent.
    pub text_messages: Option<TextMessageService>,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// The folder of the clinic's own texts of consent; `None`: those that ship.
    pub consents: Option<PathBuf>,
    /// The folder in which exports lie until somebody has fetched them.
    pub exports: PathBuf,
    /// The gateway profile of frames from devices that are not registered.
    pub profile: String,
    /// How long raw frames are kept.
    pub frames_kept_for: Span,
    /// How many monitors may be connected at once.
    pub connections: usize,
    /// How many of them from one address.
    pub connections_per_address: usize,
    /// The only addresses that may send; everyone when empty.
    pub allowed_senders: Vec<std::net::IpAddr>,
    /// This is a demonstration with invented people, and says so on every page.
    pub demo: bool,
    /// The one clock. No option of the binary sets it: it runs by itself but in tests, which tell
    /// hours in seconds.
    pub clock: Clock,
}

impl Configuration {
    /// The shipped values, for this store and these addresses.
    ///
    /// Source of the limits: device reference 2.1 (256 connections, 8 for one address).
    pub fn new(store: String, http: SocketAddr, mllp: SocketAddr) -> Self {
        Self {
            store,
            http,
            https: Https::Off,
            mllp,
            public_url: String::new(),
            phone: String::new(),
            mail: None,
            text_messages: None,
            zone: TimeZone::UTC,
            consents: None,
            exports: std::env::temp_dir()
                .join(format!("evenkeel-exports-{}", uuid::Uuid::now_v7())),
            profile: "generic-pcd01".to_owned(),
            frames_kept_for: Span::from_hours(24 * 30),
            connections: 256,
            connections_per_address: 8,
            allowed_senders: Vec::new(),
            demo: false,
            clock: Clock::start(),
        }
    }
}
