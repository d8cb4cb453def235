//! A viewer of server-sent events, as a browser's `EventSource` is one.

use crate::stranger::http::{Connection, get};
use serde_json::Value;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its kind.
    pub kind: String,
    /// Its id, when it has one.
    pub id: Option<String>,
    /// Its data.
    pub data: Value,
    /// When it was read.
    pub at: Instant,
}

/// A stream of them.
pub struct Events {
    connection: Connection,
    text: String,
    /// The last id that was seen: what the browser would send to resume.
    pub last_id: Option<String>,
}

impl Events {
    /// Opens the stream of an address; `after` is the last id of an earlier one.
    pub fn open(address: SocketAddr, path: &str, cookie: &str, after: Option<&str>) -> Self {
        Self::over(Connection::open(address).unwrap(), path, cookie, after)
    }

    /// The same over a socket that takes in only a little before it is read.
    pub fn narrow(address: SocketAddr, path: &str, cookie: &str, after: Option<&str>) -> Self {
        let socket = socket2::Socket::new(
            socket2::Domain::for_address(address),
            socket2::Type::STREAM,
            None,
        )
        .unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        socket.connect(&address.into()).unwrap();
        let connection = Connection::over(socket.into()).unwrap();
        Self::over(connection, path, cookie, after)
    }

    fn over(mut connection: Connection, path: &str, cookie: &str, after: Option<&str>) -> Self {
        let mut headers = vec![("cookie", cookie), ("accept", "text/event-stream")];
        if let Some(after) = after {
            headers.push(("last-event-id", after));
        }
        let answer = connection.follow(&get(path, &headers)).unwrap();
        assert_eq!(answer.status, 200, "{path}");
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self {
            connection,
            text: String::new(),
            last_id: after.map(str::to_owned),
        }
    }

    /// The socket under it.
    pub fn socket(&self) -> TcpStream {
        self.connection.stream().unwrap()
    }

    /// The next event; an error when the stream has ended or was silent for longer than this.
    pub fn next(&mut self, patience: Duration) -> io::Result<Event> {
        self.connection.stream()?.set_read_timeout(Some(patience))?;
        loop {
            if let Some((whole, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (read(whole), rest.to_owned());
                self.text = rest;
                if let Some(id) = &event.id {
                    self.last_id = Some(id.clone());
                }
                return Ok(event);
            }
            let chunk = self.connection.chunk()?;
            if chunk.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }

    /// The next event of a kind that is as wanted; fails after this long.
    pub fn until(&mut self, within: Duration, mut wanted: impl FnMut(&Event) -> bool) -> Event {
        let end = Instant::now() + within;
        loop {
            assert!(Instant::now() < end, "it did not come within {within:?}");
            let event = self.next(within).unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }
}

fn read(text: &str) -> Event {
    let field = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.trim_start().to_owned())
    };
    Event {
        kind: field("event").unwrap_or_else(|| "message".to_owned()),
        id: field("id"),
        data: field("data")
            .and_then(|data| serde_json::from_str(&data).ok())
            .unwrap_or(Value::Null),
        at: Instant::now(),
    }
}
