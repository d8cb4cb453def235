//! HTTPS out of the box, over real sockets with a client of its own: who trusts the clinic's root
//! is served, who trusts another is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use server::configuration::Configuration;
use server::https::{Authority, Certificates, Https, own_names};
use server::serve::{self, Running};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use units::{Moment, Span};

fn now() -> Moment {
    Moment::parse("2026-11-24T09:00:00Z").unwrap()
}

fn names() -> Vec<String> {
    own_names(Ipv4Addr::LOCALHOST.into())
}

async fn serving(folder: &Path, https: Https) -> Running {
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let store = format!("sqlite:{}", folder.join("evenkeel.db").display());
    let configuration = Configuration {
        https,
        ..Configuration::new(store, here, here)
    };
    serve::start(configuration).await.unwrap()
}

fn by_authority(folder: &Path) -> Https {
    Https::Authority {
        folder: folder.join("authority"),
        names: names(),
    }
}

fn trusting(root: &[u8]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// What a server answers to a request, by TLS; a refusal of its certificate is an error.
async fn ask(
    http: SocketAddr,
    connector: &TlsConnector,
    name: &str,
    request: &str,
) -> std::io::Result<String> {
    let stream = TcpStream::connect(http).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut stream = connector.connect(name, stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // The server ends the connection without a farewell when it is asked to close.
    stream.read_to_end(&mut answer).await.ok();
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

async fn in_the_clear(http: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(http).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn root_of(running: &Running) -> Vec<u8> {
    let certificates = running.application.certificates.as_ref().unwrap();
    certificates.root().unwrap().der.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_trusts_the_clinics_root_is_served_and_who_trusts_another_refuses_the_server() {
    // Hazard: H45
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let running = serving(folder.path(), by_authority(folder.path())).await;
    assert!(
        running
            .application
            .base_url
            .starts_with("https://127.0.0.1:")
    );
    let connector = trusting(&root_of(&running));
    for name in ["localhost", "127.0.0.1"] {
        let answer = ask(running.http, &connector, name, HEALTH).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("ok"), "{answer}");
    }
    let another = Authority::open(other.path(), now()).unwrap();
    let connector = trusting(&another.root().der);
    let refused = ask(running.http, &connector, "localhost", HEALTH).await;
    assert!(refused.unwrap_err().to_string().contains("UnknownIssuer"));
    // A name that the certificate does not have is refused too.
    let connector = trusting(&root_of(&running));
    let refused = ask(running.http, &connector, "clinic.local", HEALTH).await;
    assert!(refused.is_err());
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_reach_the_server_and_their_cookies_stay_on_https() {
    // Hazard: H45
    let folder = TempDir::new().unwrap();
    let running = serving(folder.path(), by_authority(folder.path())).await;
    let connector = trusting(&root_of(&running));
    let body = "contact=nobody%40example.org&day=1&month=2&year=1990";
    let request = format!(
        "POST /p HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // Who asks is known by address: without it this route fails.
    let answer = ask(running.http, &connector, "localhost", &request).await;
    let answer = answer.unwrap();
    assert!(!answer.starts_with("HTTP/1.1 5"), "{answer:.200}");
    assert_eq!(running.application.cookie_name(), "__Host-evenkeel");
    let page = "GET /trust HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let page = ask(running.http, &connector, "localhost", page)
        .await
        .unwrap();
    let certificates = running.application.certificates.as_ref().unwrap();
    assert!(page.contains(&certificates.root().unwrap().fingerprint()));
    assert!(page.contains("<svg"), "{page}");
    assert!(!page.contains("Not encrypted"));
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_clear_only_the_root_is_given_and_everything_else_is_sent_to_https() {
    let folder = TempDir::new().unwrap();
    let running = serving(folder.path(), by_authority(folder.path())).await;
    let base = running.application.base_url.clone();
    let asked = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let root = in_the_clear(running.http, &asked("/trust/root.crt")).await;
    assert!(root.ends_with(&root_of(&running)));
    for (path, to) in [
        ("/board", "/board"),
        ("/a\u{e9}b", "/"),
        ("http://elsewhere/", "/"),
        ("/trust", "/trust"),
    ] {
        let answer = in_the_clear(running.http, &asked(path)).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
        assert!(
            answer.contains(&format!("Location: {base}{to}\r\n")),
            "{answer}"
        );
    }
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_hold_up_nobody() {
    let folder = TempDir::new().unwrap();
    let running = serving(folder.path(), by_authority(folder.path())).await;
    let mut silent = Vec::new();
    for _ in 0..64 {
        silent.push(TcpStream::connect(running.http).await.unwrap());
    }
    let connector = trusting(&root_of(&running));
    let answer = ask(running.http, &connector, "localhost", HEALTH);
    let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
    assert!(answer.unwrap().unwrap().starts_with("HTTP/1.1 200"));
    running.stop().await.unwrap();
}

#[test]
fn a_certificate_is_renewed_by_itself_and_the_root_outlives_it_and_a_restart() {
    let folder = TempDir::new().unwrap();
    let https = by_authority(folder.path());
    let certificates = Certificates::open(&https, now()).unwrap().unwrap();
    let root = certificates.root().unwrap().der.clone();
    let day = Span::from_hours(24);
    let after = |days: i64| now() + Span::from_hours(24 * days);
    // By hand: renewed after 30 days of the 90 that it holds.
    assert!(!certificates.keep_fresh(after(30) - day).unwrap());
    assert!(certificates.keep_fresh(after(30)).unwrap());
    assert!(!certificates.keep_fresh(after(59)).unwrap());
    assert!(certificates.keep_fresh(after(60)).unwrap());
    let again = Certificates::open(&https, after(61)).unwrap().unwrap();
    assert_eq!(again.root().unwrap().der, root);
}

#[cfg(unix)]
#[test]
fn the_authoritys_key_is_readable_for_this_account_alone_and_never_replaced() {
    // Hazard: H45
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let folder = folder.path().join("authority");
    Authority::open(&folder, now()).unwrap();
    let key = folder.join("root.key.pem");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&key) & 0o777, 0o600);
    assert_eq!(mode(&folder) & 0o777, 0o700);
    std::fs::remove_file(&key).unwrap();
    let refused = Authority::open(&folder, now()).unwrap_err();
    assert!(format!("{:#}", refused.0).contains("its key is not"));
}

#[test]
fn an_authority_whose_making_stopped_half_way_is_finished_with_the_same_key() {
    let folder = TempDir::new().unwrap();
    Authority::open(folder.path(), now()).unwrap();
    let (key, root) = (
        folder.path().join("root.key.pem"),
        folder.path().join("root.pem"),
    );
    let before = std::fs::read(&key).unwrap();
    let missing: fn(&Path) = |root| std::fs::remove_file(root).unwrap();
    let empty: fn(&Path) = |root| std::fs::write(root, "").unwrap();
    for stopped in [missing, empty] {
        stopped(&root);
        let finished = Authority::open(folder.path(), now()).unwrap();
        assert_eq!(std::fs::read(&key).unwrap(), before);
        assert!(finished.issue(&names(), now()).is_ok());
        let again = Authority::open(folder.path(), now()).unwrap();
        assert_eq!(again.root().der, finished.root().der);
    }
    // A key of which nothing was written has signed nothing: it is made anew.
    missing(&root);
    std::fs::write(&key, "").unwrap();
    Authority::open(folder.path(), now()).unwrap();
}

#[test]
fn the_address_has_an_ipv6_name_in_brackets() {
    let reached = |names: &[&str]| Https::Authority {
        folder: "authority".into(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let socket = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8443));
    for (name, address) in [
        ("fd00::1", "https://[fd00::1]:8443"),
        ("192.168.1.20", "https://192.168.1.20:8443"),
        ("clinic.local", "https://clinic.local:8443"),
    ] {
        let https = reached(&["localhost", "127.0.0.1", "::1", name]);
        assert_eq!(https.address(socket), address);
    }
}

fn written(folder: &Path, chain: &[CertificateDer<'_>], key: &PrivateKeyDer<'_>) -> Https {
    let pem = |what: &str, der: &[u8]| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {what}-----\n{text}\n-----END {what}-----\n")
    };
    let all: String = chain.iter().map(|one| pem("CERTIFICATE", one)).collect();
    let (certificate, file) = (folder.join("clinic.pem"), folder.join("clinic.key.pem"));
    std::fs::write(&certificate, all).unwrap();
    std::fs::write(&file, pem("PRIVATE KEY", key.secret_der())).unwrap();
    Https::Files {
        certificate,
        key: file,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clinics_own_certificate_is_used_and_read_again_when_its_file_changes() {
    let (folder, keys) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let at = server::clock::Clock::start().now();
    let authority = Authority::open(keys.path(), at).unwrap();
    let (chain, key) = authority.issue(&names(), at).unwrap();
    let https = written(folder.path(), &chain, &key);
    let running = serving(folder.path(), https).await;
    let connector = trusting(&authority.root().der);
    let answer = ask(running.http, &connector, "localhost", HEALTH).await;
    assert!(answer.unwrap().starts_with("HTTP/1.1 200"));
    let certificates = running.application.certificates.clone().unwrap();
    assert!(!certificates.keep_fresh(at).unwrap());
    // What cannot be read is told, and the one that was shown stays.
    std::fs::write(folder.path().join("clinic.pem"), "nothing").unwrap();
    assert!(certificates.keep_fresh(at).is_err());
    let answer = ask(running.http, &connector, "localhost", HEALTH).await;
    assert!(answer.unwrap().starts_with("HTTP/1.1 200"));
    let (chain, key) = authority.issue(&names(), at).unwrap();
    written(folder.path(), &chain, &key);
    assert!(certificates.keep_fresh(at).unwrap());
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_steals_the_root_cannot_pretend_to_be_another_site() {
    // Hazard: H45
    let (folder, keys) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let at = server::clock::Clock::start().now();
    let authority = Authority::open(keys.path(), at).unwrap();
    let stolen = vec!["www.example.org".to_owned(), "203.0.113.7".to_owned()];
    let (chain, key) = authority.issue(&stolen, at).unwrap();
    let running = serving(folder.path(), written(folder.path(), &chain, &key)).await;
    let connector = trusting(&authority.root().der);
    for name in ["www.example.org", "203.0.113.7"] {
        let refused = ask(running.http, &connector, name, HEALTH)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("NameConstraint"), "{refused}");
    }
    running.stop().await.unwrap();
}

#[test]
fn files_that_do_not_belong_together_stop_the_start() {
    let (folder, keys) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let authority = Authority::open(keys.path(), now()).unwrap();
    let (chain, _) = authority.issue(&names(), now()).unwrap();
    let (_, another) = authority.issue(&names(), now()).unwrap();
    let https = written(folder.path(), &chain, &another);
    assert!(Certificates::open(&https, now()).is_err());
}

#[test]
fn the_authority_signs_for_the_clinics_own_network_alone() {
    // Hazard: H45
    // Witness: RFC 1918 for the private networks: 172.16.0.0 to 172.31.255.255.
    let folder = TempDir::new().unwrap();
    let with = |name: &str| Https::Authority {
        folder: folder.path().to_owned(),
        names: vec![name.to_owned()],
    };
    for (name, may) in [
        ("192.168.1.20", true),
        ("172.15.255.255", false),
        ("172.16.0.1", true),
        ("172.31.255.255", true),
        ("172.32.0.0", false),
        ("8.8.8.8", false),
        ("fd00::1", true),
        ("clinic.local", true),
        ("clinic.example.org", false),
        ("notlocal", false),
    ] {
        let opened = Certificates::open(&with(name), now());
        assert_eq!(opened.is_ok(), may, "{name}");
    }
}
