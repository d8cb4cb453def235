//! HTTPS out of the box: with the clinic's own certificate, or with one by a small authority that
//! this server makes at its first start and whose root each tablet installs once.
//!
//! Browsers keep a page without HTTPS from being installed, from working without a network, and
//! from keeping the screen awake; what is missing is said on every page
//! ([`crate::web::page::Asked::around`]).

mod authority;
mod listener;

pub use authority::{Authority, Root};
pub use listener::{Arrivals, InTheClear, Peer};

use crate::fault::Fault;
use anyhow::{Context as _, anyhow};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;
use units::{Moment, Span};

/// How the server speaks to browsers and programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Https {
    /// In the clear: on this machine only, behind a proxy, or because the operator said so.
    Off,
    /// With the clinic's own certificate.
    Files {
        /// The certificate and those that lead to its authority, PEM.
        certificate: PathBuf,
        /// Its key, PEM.
        key: PathBuf,
    },
    /// With a certificate of the small authority that is kept in a folder.
    Authority {
        /// Where its root and key are.
        folder: PathBuf,
        /// Under which names and addresses the server is reached.
        names: Vec<String>,
    },
}

impl Https {
    /// The address of a server that is reached at a socket: the first name that is not this
    /// machine's own for itself.
    pub fn address(&self, socket: SocketAddr) -> String {
        let at = |host: &str| format!("https://{host}:{}", socket.port());
        match self {
            Self::Off => format!("http://{socket}"),
            Self::Files { .. } => at(&host(socket.ip())),
            Self::Authority { names, .. } => {
                let abroad =
                    |name: &&String| !matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1");
                // Whoever listens to this machine alone is reached from it alone.
                let name = names
                    .iter()
                    .find(abroad)
                    .filter(|_| !socket.ip().is_loopback());
                match name.map(|name| name.parse::<IpAddr>().map_err(|_| name)) {
                    None => at(&host(socket.ip())),
                    Some(Ok(address)) => at(&host(address)),
                    Some(Err(name)) => at(name),
                }
            }
        }
    }
}

fn host(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A certificate of the small authority is renewed when it is this old.
const RENEWED_AFTER: Span = Span::from_hours(24 * 30);

/// How often is looked whether a certificate is to be renewed, or its file has changed.
pub const LOOKED_AT_EVERY: std::time::Duration = std::time::Duration::from_secs(600);

/// Where certificates come from.
#[derive(Debug)]
enum Source {
    Files {
        certificate: PathBuf,
        key: PathBuf,
    },
    Authority {
        authority: Authority,
        names: Vec<String>,
    },
}

/// The certificate that is shown now, and what comes after it.
#[derive(Debug)]
pub struct Certificates {
    source: Source,
    shown: RwLock<Shown>,
}

#[derive(Debug)]
struct Shown {
    key: Arc<CertifiedKey>,
    since: Moment,
    /// When the file was changed last; none for the small authority.
    changed: Option<SystemTime>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown_now())
    }
}

impl Certificates {
    /// Reads, or makes, the first certificate; none where nothing is encrypted.
    ///
    /// Refuses files that cannot be read or do not belong together, and names that are none.
    pub fn open(https: &Https, now: Moment) -> Result<Option<Arc<Self>>, Fault> {
        let source = match https {
            Https::Off => return Ok(None),
            Https::Files { certificate, key } => Source::Files {
                certificate: certificate.clone(),
                key: key.clone(),
            },
            Https::Authority { folder, names } => {
                if let Some(name) = names.iter().find(|name| !authority::may_sign(name)) {
                    return Err(Fault(anyhow!(
                        "{name} is no name or address of a clinic’s own network, and the clinic’s authority signs for nothing else; use a certificate of a public authority for it"
                    )));
                }
                Source::Authority {
                    authority: Authority::open(folder, now)?,
                    names: names.clone(),
                }
            }
        };
        let shown = RwLock::new(source.read(now)?);
        Ok(Some(Arc::new(Self { source, shown })))
    }

    fn shown_now(&self) -> Arc<CertifiedKey> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&shown.key)
    }

    /// Renews the certificate where it is time, or its file has changed; says whether it did.
    ///
    /// What cannot be renewed stays as it was, and is a fault for whoever runs the server.
    pub fn keep_fresh(&self, now: Moment) -> Result<bool, Fault> {
        let due = {
            let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
            match &self.source {
                Source::Authority { .. } => now - shown.since >= RENEWED_AFTER,
                Source::Files { certificate, .. } => shown.changed != changed(certificate),
            }
        };
        if due {
            let next = self.source.read(now)?;
            *self.shown.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
        Ok(due)
    }

    /// The root that tablets install; none where the clinic has its own certificate.
    pub fn root(&self) -> Option<&Root> {
        match &self.source {
            Source::Files { .. } => None,
            Source::Authority { authority, .. } => Some(authority.root()),
        }
    }

    /// What a listener needs. HTTP/2 and HTTP/1.1, TLS 1.3 and 1.2.
    pub fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, Fault> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("the versions of TLS")?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl Source {
    fn read(&self, now: Moment) -> Result<Shown, Fault> {
        let (chain, key, changed) = match self {
            Self::Files { certificate, key } => {
                let before = changed(certificate);
                let (chain, key) = files(certificate, key)?;
                (chain, key, before)
            }
            Self::Authority { authority, names } => {
                let (chain, key) = authority.issue(names, now)?;
                (chain, key, None)
            }
        };
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .context("the certificate and its key do not belong together, or cannot be used")?;
        Ok(Shown {
            key: Arc::new(key),
            since: now,
            changed,
        })
    }
}

fn files(
    certificate: &Path,
    key: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Fault> {
    let reading = |path: &Path| format!("reading {}", path.display());
    let chain = CertificateDer::pem_file_iter(certificate)
        .with_context(|| reading(certificate))?
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| reading(certificate))?;
    if chain.is_empty() {
        return Err(Fault(anyhow!(
            "{} holds no certificate",
            certificate.display()
        )));
    }
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| reading(key))?;
    Ok((chain, key))
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|known| known.modified())
        .ok()
}

/// Under which names a server is reached that listens on this address and was told no name: the
/// address itself, or, where it listens on all, the one that this machine has towards its network.
pub fn own_names(host: IpAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let address = if host.is_unspecified() {
        towards_the_network()
    } else {
        Some(host)
    };
    names.extend(address.map(|address| address.to_string()));
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    let plain = |one: char| one.is_ascii_alphanumeric() || one == '-';
    if !name.is_empty() && name.chars().all(plain) {
        names.push(format!("{}.local", name.to_ascii_lowercase()));
    }
    // A public address is none of the clinic's own network.
    names.retain(|name| authority::may_sign(name));
    names.dedup();
    names
}

/// The address that this machine would send from. Nothing is sent.
fn towards_the_network() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    // An address for documentation: no packet leaves when a datagram socket is connected.
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}
