//! Connections as they arrive: greeted by TLS beside each other, so that one that says nothing
//! holds up nobody.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// Whoever has not greeted by then is let go.
const LONGEST_GREETING: Duration = Duration::from_secs(10);

/// At most so many greet at the same time.
const GREETING_AT_ONCE: usize = 256;

/// How many greeted connections may wait to be served.
const WAITING: usize = 64;

/// After the operating system could give no connection, so long is waited.
const BREATH: Duration = Duration::from_millis(200);

/// The first byte of a TLS greeting: a handshake record. Source: RFC 8446, 5.1.
const HANDSHAKE: u8 = 22;

/// A request in the clear is read up to here, and no further.
const LONGEST_REQUEST: usize = 4_096;

/// Connections that have greeted by TLS.
pub struct Arrivals {
    greeted: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

/// What is answered to whoever speaks in the clear: where a tablet gets the root, or where to go.
#[derive(Clone, Debug)]
pub struct InTheClear {
    /// Where everything is, `https://…`.
    pub base_url: String,
    /// The root that tablets install, if there is one.
    pub root: Option<Vec<u8>>,
}

impl Arrivals {
    /// Takes over a listener.
    pub fn of(
        listener: TcpListener,
        config: Arc<ServerConfig>,
        clear: InTheClear,
        stop: CancellationToken,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (into, greeted) = mpsc::channel(WAITING);
        tokio::spawn(take(
            listener,
            TlsAcceptor::from(config),
            Arc::new(clear),
            into,
            stop,
        ));
        Ok(Self { greeted, address })
    }
}

async fn take(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    clear: Arc<InTheClear>,
    into: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
    stop: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(GREETING_AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let arrived = tokio::select! {
            arrived = listener.accept() => arrived,
            () = stop.cancelled() => return,
        };
        let (stream, peer) = match arrived {
            Ok(arrived) => arrived,
            Err(error) => {
                tracing::debug!(%error, "a connection was not taken");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let (acceptor, clear, into) = (acceptor.clone(), Arc::clone(&clear), into.clone());
        tokio::spawn(async move {
            let _place = place;
            match timeout(LONGEST_GREETING, greet(stream, &acceptor, &clear)).await {
                Ok(Ok(Some(stream))) => {
                    into.send((stream, peer)).await.ok();
                }
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::debug!(%peer, %error, "a greeting failed"),
                Err(_) => tracing::debug!(%peer, "a greeting took too long"),
            }
        });
    }
}

/// Greets by TLS; whoever speaks in the clear is answered and gone.
async fn greet(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    clear: &InTheClear,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    let mut first = [0];
    let read = stream.peek(&mut first).await?;
    if read == 1 && first[0] != HANDSHAKE {
        in_the_clear(stream, clear).await?;
        return Ok(None);
    }
    acceptor.accept(stream).await.map(Some)
}

/// The root, which must reach a tablet before it can trust us; everything else is sent on.
///
/// What comes this way can be changed on the way: the page tells to compare the fingerprint.
async fn in_the_clear(mut stream: TcpStream, clear: &InTheClear) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST_REQUEST {
        let mut some = [0; 512];
        match stream.read(&mut some).await? {
            0 => break,
            read => request.extend_from_slice(&some[..read]),
        }
    }
    let line = String::from_utf8_lossy(&request);
    let path = line.split_whitespace().nth(1).unwrap_or("/");
    let answer = match (&clear.root, path) {
        (Some(root), "/trust/root.crt") => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/x-x509-ca-cert\r\nContent-Disposition: attachment; filename=\"evenkeel-root.crt\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                root.len()
            );
            [head.as_bytes(), root].concat()
        }
        _elsewhere => {
            // A path of our own pages only: nothing of the request goes into a header unchecked.
            let plain = |one: char| one.is_ascii_alphanumeric() || "/-_.?=&".contains(one);
            let path = if path.starts_with('/') && path.chars().all(plain) {
                path
            } else {
                "/"
            };
            format!(
                "HTTP/1.1 308 Permanent Redirect\r\nLocation: {}{path}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                clear.base_url
            )
            .into_bytes()
        }
    };
    stream.write_all(&answer).await?;
    stream.shutdown().await
}

impl Listener for Arrivals {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.greeted.recv().await {
            Some(arrived) => arrived,
            // Nobody arrives any more: the server is stopping.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Arrivals>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Arrivals>) -> Self {
        Self(*stream.remote_addr())
    }
}
