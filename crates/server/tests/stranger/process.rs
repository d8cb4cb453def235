//! The server's process: started, waited for, killed.

use super::http::{Connection, get};
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where a server listens.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// Pages and FHIR.
    pub http: SocketAddr,
    /// Monitors.
    pub mllp: SocketAddr,
}

impl Ports {
    /// Two ports that nobody listens on at this moment.
    pub fn free() -> io::Result<Self> {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (http, mllp) = (TcpListener::bind(here)?, TcpListener::bind(here)?);
        Ok(Self {
            http: http.local_addr()?,
            mllp: mllp.local_addr()?,
        })
    }

    /// As the commands want to be told.
    pub fn arguments(&self) -> Vec<String> {
        vec![
            "--port".to_owned(),
            self.http.port().to_string(),
            "--mllp-port".to_owned(),
            self.mllp.port().to_string(),
        ]
    }
}

/// A running server; killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    began: Instant,
    log: PathBuf,
    ports: Ports,
}

impl Server {
    /// Starts the program with these arguments; what it says is added to the log.
    pub fn start(
        program: &Path,
        arguments: &[String],
        ports: Ports,
        log: &Path,
    ) -> io::Result<Self> {
        let says = File::options().create(true).append(true).open(log)?;
        let child = Command::new(program)
            .args(arguments)
            .args(ports.arguments())
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(says.try_clone()?)
            .stderr(says)
            .spawn()?;
        Ok(Self {
            child,
            began: Instant::now(),
            log: log.to_owned(),
            ports,
        })
    }

    /// Waits until `/healthz` answers; says how long that took since the start.
    pub fn wait_until_ready(&mut self, patience: Duration) -> io::Result<Duration> {
        loop {
            if let Ok(mut connection) = Connection::open(self.ports.http)
                && let Ok(answer) = connection.send(&get("/healthz", &[]))
                && answer.status == 200
            {
                return Ok(self.began.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(self.complain(&format!("the server ended by itself: {status}")));
            }
            if self.began.elapsed() > patience {
                return Err(self.complain(&format!("the server was not ready in {patience:?}")));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// An error when the process has ended by itself.
    pub fn complain_if_ended(&mut self) -> io::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(self.complain(&format!("the server ended by itself: {status}"))),
        }
    }

    fn complain(&self, says: &str) -> io::Error {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(30).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        io::Error::other(format!("{says}; it said last:\n{}", tail.join("\n")))
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process at once, as `SIGKILL` does: it cannot clean up.
    ///
    /// Refuses, as an error, a process that had ended before: that was a crash of its own.
    pub fn kill(mut self) -> io::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            return Err(self.complain(&format!("the server had ended by itself: {status}")));
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
