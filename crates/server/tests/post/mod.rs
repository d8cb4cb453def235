//! A post office of strangers: a mail server that nobody here wrote, in a process of its own, and
//! a service for text messages on a real socket.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each user of this module needs another part of it"
)]

pub mod moods;

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A mail server.
pub struct MailServer {
    process: Child,
    said: Receiver<Value>,
    /// Where it listens.
    pub port: u16,
}

impl MailServer {
    /// Starts it; fails, and says how to get it, where there is none.
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/post/receive.py");
        let mut process = Command::new("python3")
            .arg(script)
            .stdout(Stdio::piped())
            .spawn()
            .expect("these tests need python3 as their mail server: apt-get install python3");
        let lines = BufReader::new(process.stdout.take().unwrap());
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                if tell.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let first: Value = said
            .recv_timeout(Duration::from_secs(20))
            .expect("no mail server: python3 before 3.12, or python3 -m pip install aiosmtpd");
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        Self {
            process,
            said,
            port,
        }
    }

    /// Its address for the server's configuration.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next e-mail that it took, if one comes soon.
    pub fn next(&self) -> Option<Value> {
        self.said.recv_timeout(Duration::from_secs(5)).ok()
    }

    /// What it took and nobody has read yet.
    pub fn has_nothing(&self) -> bool {
        self.said.recv_timeout(Duration::from_millis(200)).is_err()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A text message's request as it came over the socket.
#[derive(Clone, Debug)]
pub struct Posted {
    /// The head: request line and headers.
    pub head: String,
    /// The body.
    pub body: Value,
}

/// A service for text messages that answers with these statuses, one after the other.
pub fn text_service(answers: &'static [u16]) -> (SocketAddr, Receiver<Posted>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, posted) = channel();
    std::thread::spawn(move || {
        for status in answers {
            let Ok((mut stream, _)) = listener.accept() else {
                return;
            };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body = serde_json::from_slice(&body).unwrap();
            tell.send(Posted { head, body }).ok();
            write!(
                stream,
                "HTTP/1.1 {status} Told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            .unwrap();
        }
    });
    (address, posted)
}
