//! Each command, carried out.

use super::advisories::advisories;
use super::consent::consent;
use super::export::export;
use super::import::import;
use super::instrument::instrument;
use super::pk::pk;
use super::program::program;
use super::rescreen::rescreen;
use super::screen::screen;
use super::{
    AccountOptions, Addresses, Command, DemoOptions, ServeOptions, Simulate, StoreOptions,
    VerifyOptions,
};
use crate::application::{Application, SINGLE_CLINIC};
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::demo::{Demo, open};
use crate::fault::Fault;
use crate::https::{Https, own_names};
use crate::identity::hash_password;
use crate::messages::{MailServer, TextMessageService};
use crate::{projection, serve};
use anyhow::Context;
use clinical::record::{Role, StaffId};
use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use store::Account;
use units::Span;
use uuid::Uuid;

pub(super) async fn run(command: Command) -> Result<ExitCode, Fault> {
    match command {
        Command::Demo(options) => demo(options).await,
        Command::Serve(options) => serve_clinic(*options).await,
        Command::Account(options) => account(options).await,
        Command::Program(options) => program(options).await,
        Command::Verify(options) => verify(options).await,
        Command::Rebuild(options) => rebuild(options).await,
        Command::Screen(options) => Ok(screen(&options)),
        Command::Rescreen(options) => rescreen(options).await,
        Command::Export(options) => export(*options).await,
        Command::Import(options) => import(*options).await,
        Command::Instrument(options) => Ok(instrument(&options)),
        Command::Consent(options) => consent(options).await,
        Command::Advisories(options) => Ok(advisories(&options)),
        Command::Pk(options) => Ok(pk(&options).await),
        Command::Simulate(Simulate::Monitor(options)) => simulate(*options).await,
    }
}

fn addresses(addresses: &Addresses) -> (SocketAddr, SocketAddr) {
    (
        SocketAddr::new(addresses.host, addresses.port),
        SocketAddr::new(addresses.host, addresses.mllp_port),
    )
}

async fn demo(options: DemoOptions) -> Result<ExitCode, Fault> {
    let (http, mllp) = addresses(&options.addresses);
    let demo = Demo {
        data_dir: options.data_dir.clone(),
        store: options.store,
        http,
        mllp,
        seed: options.seed,
        simulation: !options.no_simulation,
        past_sessions: options.past_sessions,
        zone: jiff::tz::TimeZone::get(&options.zone).context("the time zone")?,
        clock: Clock::start(),
    };
    let (running, credentials) = open(&demo).await?;
    println!("{}", credentials.says());
    println!(
        "  {}",
        options.data_dir.join("demo-credentials.json").display()
    );
    std::io::stdout().flush().ok();
    running.until_stopped().await?;
    Ok(ExitCode::SUCCESS)
}

/// The mail server of the environment: its address holds a password, which must not stand among
/// the running programs.
fn mail_server(from: Option<&str>) -> Result<Option<MailServer>, Fault> {
    let Ok(url) = std::env::var("EVENKEEL_SMTP_URL") else {
        return Ok(None);
    };
    let from = from.context("--mail-from is needed with EVENKEEL_SMTP_URL")?;
    Ok(Some(MailServer::new(&url, from)?))
}

fn text_messages(url: Option<String>) -> Result<Option<TextMessageService>, Fault> {
    let Some(url) = url else {
        return Ok(None);
    };
    let secret = std::env::var("EVENKEEL_TEXT_SECRET")
        .context("EVENKEEL_TEXT_SECRET is needed with --text-url")?;
    Ok(Some(TextMessageService::new(url, secret)?))
}

/// How browsers are spoken to: in the clear only on this machine, or when told.
fn https(options: &ServeOptions) -> Https {
    let (told, host) = (&options.https, options.addresses.host);
    match (&told.tls_certificate, &told.tls_key) {
        (Some(certificate), Some(key)) => Https::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        },
        _one_or_none if told.plain_http || (host.is_loopback() && !told.tls_authority) => {
            Https::Off
        }
        _one_or_none => {
            let named = told.tls_name.iter().cloned();
            Https::Authority {
                folder: options.store.data_dir.join("authority"),
                names: named.chain(own_names(host)).collect(),
            }
        }
    }
}

async fn serve_clinic(options: ServeOptions) -> Result<ExitCode, Fault> {
    let (http, mllp) = addresses(&options.addresses);
    let https = https(&options);
    if https == Https::Off && !options.addresses.host.is_loopback() {
        tracing::warn!(
            "the connection is not encrypted: put a proxy that speaks TLS before this server"
        );
    }
    let configuration = Configuration {
        mail: mail_server(options.mail_from.as_deref())?,
        text_messages: text_messages(options.text_url)?,
        https,
        public_url: options.public_url,
        phone: options.phone,
        zone: jiff::tz::TimeZone::get(&options.zone).context("the time zone")?,
        consents: options.consents,
        exports: options.store.data_dir.join("prepared-exports"),
        profile: options.profile,
        frames_kept_for: Span::from_hours(24 * i64::from(options.frames_kept_days)),
        connections: options.connections,
        connections_per_address: options.connections_per_address,
        allowed_senders: options.allow_sender,
        ..Configuration::new(options.store.address()?, http, mllp)
    };
    let running = serve::start(configuration).await?;
    println!(
        "Evenkeel serves {} and listens for monitors at {}",
        running.application.base_url, running.mllp
    );
    let certificates = running.application.certificates.as_ref();
    if let Some(root) = certificates.and_then(|known| known.root()) {
        println!(
            "Each tablet installs the clinic’s root once: {}/trust\nIts SHA-256 is {}",
            running.application.base_url,
            root.fingerprint()
        );
    }
    std::io::stdout().flush().ok();
    running.until_stopped().await?;
    Ok(ExitCode::SUCCESS)
}

/// Makes an account; the password is read from standard input, so that it stands in no history.
async fn account(options: AccountOptions) -> Result<ExitCode, Fault> {
    let role = Role::from_word(&options.role)
        .with_context(|| format!("{} is not a role; see --help", options.role))?;
    eprint!(
        "Password for {} (at least 12 characters): ",
        options.username
    );
    let mut password = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut password)
        .context("reading the password")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < 12 {
        eprintln!("Not saved: the password is too short.");
        return Ok(ExitCode::from(2));
    }
    let store = store::open(&options.store.address()?)
        .await
        .context("opening the store")?;
    let known = store
        .account_by_username(SINGLE_CLINIC, &options.username)
        .await
        .context("reading the account")?;
    let account = Account {
        staff: known.map_or_else(|| StaffId(Uuid::now_v7()), |known| known.staff),
        username: options.username,
        display_name: options.name,
        role,
        password_hash: hash_password(password).await?,
        patient: None,
        disabled: false,
    };
    store
        .put_account(SINGLE_CLINIC, account)
        .await
        .context("saving the account")?;
    eprintln!("Saved.");
    Ok(ExitCode::SUCCESS)
}

/// Reads the whole record again; with a size and a root kept elsewhere, also against those.
async fn verify(options: VerifyOptions) -> Result<ExitCode, Fault> {
    let checkpoint = match (options.size, &options.root) {
        (Some(size), Some(root)) => {
            let mut bytes = [0; 32];
            hex::decode_to_slice(root, &mut bytes).context("the root is 64 hexadecimal digits")?;
            Some(store::Checkpoint { size, root: bytes })
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            eprintln!("A checkpoint is a size and a root together.");
            return Ok(ExitCode::from(2));
        }
    };
    let store = store::open(&options.store.address()?)
        .await
        .context("opening the store")?;
    let report = store::verify(store.as_ref(), SINGLE_CLINIC, checkpoint)
        .await
        .context("verifying")?;
    println!("events {}", report.events);
    println!("blocks {}", report.blocks);
    println!("root   {}", hex::encode(report.root));
    if report.is_sound() {
        println!("The record is whole and unchanged.");
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &report.findings {
        println!("FOUND  {finding}");
    }
    Ok(ExitCode::FAILURE)
}

async fn rebuild(options: StoreOptions) -> Result<ExitCode, Fault> {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let configuration = Configuration::new(options.address()?, nowhere, nowhere);
    let application = Application::open(configuration).await?;
    let before = digest(&application).await?;
    let events = projection::rebuild(&application).await?;
    let after = digest(&application).await?;
    println!("{events} events\nbefore {before}\nafter  {after}");
    Ok(if before == after {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn digest(application: &Application) -> Result<String, Fault> {
    let digest = application
        .store
        .projection_digest(SINGLE_CLINIC)
        .await
        .context("reading the projections")?;
    Ok(hex::encode(digest))
}

async fn simulate(options: simulator::MonitorOptions) -> Result<ExitCode, Fault> {
    let stop = tokio_util::sync::CancellationToken::new();
    let feed = simulator::Feed::planned(stop.clone());
    tokio::spawn(async move {
        tokio::signal::ctrl_c().await.ok();
        stop.cancel();
    });
    let report = simulator::run_monitor_with(options, feed)
        .await
        .context("the monitor")?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(ExitCode::SUCCESS)
}
