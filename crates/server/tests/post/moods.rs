//! Two ways to write, on real sockets, that can be in any mood: they take what comes, put it off,
//! refuse it, hang up, say nothing for as long as one waits, or take it and die before they say so.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How it answers just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes what comes.
    Up,
    /// It hangs up.
    Down,
    /// It does not answer.
    Hangs,
    /// It puts off what comes.
    Busy,
    /// It refuses what comes, for good.
    Refuses,
    /// It takes what comes, and hangs up before it says so.
    TakesAndDies,
}

/// What was handed to one of them.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The message's identity, the same at every try.
    pub id: Uuid,
    /// To which number or address.
    pub to: String,
    /// When.
    pub at: Instant,
    /// It was said that it was taken, to somebody who was there to hear it.
    pub confirmed: bool,
}

/// One way to write.
pub struct Way {
    /// Where it listens.
    pub address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    handed: Arc<Mutex<Vec<Handed>>>,
}

type Speak = fn(TcpStream, &Mutex<Mood>, &Mutex<Vec<Handed>>) -> Option<()>;

impl Way {
    /// A service for text messages.
    pub fn texts() -> Self {
        Self::open(text)
    }

    /// A mail server.
    pub fn mail() -> Self {
        Self::open(mail)
    }

    fn open(speak: Speak) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mood = Arc::new(Mutex::new(Mood::Up));
        let handed = Arc::new(Mutex::new(Vec::new()));
        let (felt, noted) = (Arc::clone(&mood), Arc::clone(&handed));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (felt, noted) = (Arc::clone(&felt), Arc::clone(&noted));
                std::thread::spawn(move || speak(stream, &felt, &noted));
            }
        });
        Self {
            address,
            mood,
            handed,
        }
    }

    /// Changes its mood; whoever waits for an answer is hung up on.
    pub fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// How it is.
    pub fn is(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    /// Everything that was handed to it.
    pub fn handed(&self) -> Vec<Handed> {
        self.handed.lock().unwrap().clone()
    }

    /// Whoever was told in this time that something was taken is there no longer, and may not have
    /// written it down.
    pub fn nobody_heard(&self, within: Duration) {
        for one in self.handed.lock().unwrap().iter_mut() {
            one.confirmed &= one.at.elapsed() > within;
        }
    }
}

/// Waits for another mood.
fn waits(mood: &Mutex<Mood>) {
    while *mood.lock().unwrap() == Mood::Hangs {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Notes what was handed over; what is answered, if anything.
fn answered<'a>(
    mood: &Mutex<Mood>,
    handed: &Mutex<Vec<Handed>>,
    (id, to): (Uuid, String),
    [taken, busy, refused]: [&'a str; 3],
) -> Option<&'a str> {
    let now = *mood.lock().unwrap();
    handed.lock().unwrap().push(Handed {
        id,
        to,
        at: Instant::now(),
        confirmed: now == Mood::Up,
    });
    match now {
        Mood::Up => Some(taken),
        Mood::Busy => Some(busy),
        Mood::Refuses => Some(refused),
        Mood::Hangs => {
            waits(mood);
            None
        }
        Mood::Down | Mood::TakesAndDies => None,
    }
}

/// `None` when whoever spoke has gone.
fn text(mut stream: TcpStream, mood: &Mutex<Mood>, handed: &Mutex<Vec<Handed>>) -> Option<()> {
    if *mood.lock().unwrap() == Mood::Down {
        return None;
    }
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    let (id, to) = (body["id"].as_str()?.parse().ok()?, body["to"].as_str()?);
    let statuses = ["200 OK", "503 Busy", "400 No"];
    let status = answered(mood, handed, (id, to.to_owned()), statuses)?;
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .ok()
}

/// `None` when whoever spoke has gone.
fn mail(mut stream: TcpStream, mood: &Mutex<Mood>, handed: &Mutex<Vec<Handed>>) -> Option<()> {
    if *mood.lock().unwrap() == Mood::Down {
        return None;
    }
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut to = String::new();
    write!(stream, "220 here\r\n").ok()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let word = line.get(..4)?.to_ascii_uppercase();
        let says = match word.as_str() {
            "RCPT" => {
                to = line.split(['<', '>']).nth(1)?.to_owned();
                "250 yes"
            }
            "DATA" => {
                write!(stream, "354 speak\r\n").ok()?;
                let id = letter(&mut reader)?;
                let replies = ["250 taken", "451 busy", "550 no"];
                answered(mood, handed, (id, to.clone()), replies)?
            }
            "QUIT" => "221 bye",
            _greeting_or_sender => "250 yes",
        };
        write!(stream, "{says}\r\n").ok()?;
        if word == "QUIT" {
            return Some(());
        }
    }
}

/// The identity in a letter's head, once it is read to its end.
fn letter(reader: &mut impl BufRead) -> Option<Uuid> {
    let mut id = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("message-id:") {
            let name = value.trim().trim_start_matches('<').split('@').next()?;
            id = name.parse().ok();
        }
        if line == ".\r\n" {
            return id;
        }
    }
}
