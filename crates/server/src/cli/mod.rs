//! What the binary can be told.

mod advisories;
mod consent;
mod export;
mod import;
mod instrument;
mod pk;
mod program;
mod rescreen;
mod run;
mod screen;

use clap::{Parser, Subcommand};
use std::io::IsTerminal as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// The software a ketamine clinic runs on.
#[derive(Parser)]
#[command(name = "evenkeel", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open a clinic of six rooms with invented people, four of them with simulated monitors.
    Demo(DemoOptions),
    /// Run the server.
    Serve(Box<ServeOptions>),
    /// Make or change an account.
    Account(AccountOptions),
    /// Make an account for a program that reads the record as FHIR, or give it a new secret.
    Program(program::ProgramOptions),
    /// Prove that the record is whole and unchanged.
    Verify(VerifyOptions),
    /// Make everything that pages and programs read again, from the record.
    Rebuild(StoreOptions),
    /// Ask the rules of screening about one case, without a server.
    Screen(screen::ScreenOptions),
    /// List whom other rules of screening would affect, of everybody in the record; saves nothing.
    Rescreen(rescreen::RescreenOptions),
    /// Take the record out of the house, as files: for research without names, or all of it.
    #[command(subcommand)]
    Export(Box<export::ExportOptions>),
    /// Bring in the export of another system, or say beforehand what of it would not fit.
    Import(Box<import::ImportOptions>),
    /// Questionnaires and scales: list them, show one, score answers; without a server.
    Instrument(instrument::InstrumentOptions),
    /// The texts that people consent to, as they are in force: list them, show one.
    Consent(consent::ConsentOptions),
    /// How the clinic's limits for notices do on data of which it is known what happened.
    #[command(subcommand)]
    Advisories(advisories::AdvisoriesOptions),
    /// What is in the blood: concentrations that published models predict; without a server.
    #[command(subcommand)]
    Pk(pk::PkOptions),
    /// Simulated bedside devices.
    #[command(subcommand)]
    Simulate(Simulate),
}

#[derive(Subcommand)]
enum Simulate {
    /// A monitor that speaks HL7 over TCP to any server.
    Monitor(Box<simulator::MonitorOptions>),
}

/// Where things are served.
#[derive(clap::Args, Clone, Debug)]
struct Addresses {
    /// The address to serve on. Beyond this machine pages are served by HTTPS.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port of pages and FHIR; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The port where monitors connect; 0 takes a free one.
    #[arg(long, default_value_t = 2575)]
    mllp_port: u16,
}

#[derive(clap::Args)]
struct DemoOptions {
    #[command(flatten)]
    addresses: Addresses,
    /// Where the demo keeps its data and demo-credentials.json.
    #[arg(long, default_value = "demo-data")]
    data_dir: PathBuf,
    /// Keep the data elsewhere: sqlite:PATH or postgres://…
    #[arg(long)]
    store: Option<String>,
    /// Decides over simulated bodies and device keys.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Rooms and sessions, but no simulated data: outside tools feed them.
    #[arg(long)]
    no_simulation: bool,
    /// Put this many signed sessions of the past into the record.
    #[arg(long, default_value_t = 0, hide = true)]
    past_sessions: u32,
    /// The clinic's time zone.
    #[arg(long, default_value = "UTC")]
    zone: String,
}

#[derive(clap::Args)]
struct ServeOptions {
    #[command(flatten)]
    addresses: Addresses,
    #[command(flatten)]
    store: StoreOptions,
    /// The address that people and programs use, if a proxy stands before.
    #[arg(long, default_value = "")]
    public_url: String,
    #[command(flatten)]
    https: HttpsOptions,
    /// The telephone number that patients are told to call.
    #[arg(long, default_value = "")]
    phone: String,
    /// The sender of e-mail, such as "Clinic <post@example.org>". The mail server's address, with
    /// name and password, is read from EVENKEEL_SMTP_URL.
    #[arg(long)]
    mail_from: Option<String>,
    /// Where text messages are handed over. The secret is read from EVENKEEL_TEXT_SECRET.
    #[arg(long)]
    text_url: Option<String>,
    /// The clinic's time zone, such as Europe/Berlin.
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// A folder with the clinic's own texts of consent, as docs/adding-a-consent.md says.
    #[arg(long)]
    consents: Option<PathBuf>,
    /// The gateway profile for devices that are not registered.
    #[arg(long, default_value = "generic-pcd01")]
    profile: String,
    /// How many days raw frames are kept.
    #[arg(long, default_value_t = 30)]
    frames_kept_days: u32,
    /// How many monitors may be connected at once.
    #[arg(long, default_value_t = 256)]
    connections: usize,
    /// How many of them from one address.
    #[arg(long, default_value_t = 8)]
    connections_per_address: usize,
    /// Only these addresses may send; everyone when none is given.
    #[arg(long)]
    allow_sender: Vec<IpAddr>,
}

/// How browsers and programs are spoken to. Without any of these: in the clear on this machine
/// alone, and by HTTPS with a small authority of the clinic's own on every other address.
#[derive(clap::Args)]
struct HttpsOptions {
    /// The clinic's own certificate with its chain, as PEM; read again when the file changes.
    #[arg(long, requires = "tls_key", conflicts_with_all = ["tls_authority", "plain_http"])]
    tls_certificate: Option<PathBuf>,
    /// Its key, as PEM.
    #[arg(long, requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Use the small authority on this machine too; its root is at /trust.
    #[arg(long, conflicts_with = "plain_http")]
    tls_authority: bool,
    /// A name or an address under which tablets reach this server; may be given several times.
    #[arg(long)]
    tls_name: Vec<String>,
    /// Serve other machines in the clear: only behind a proxy that speaks TLS.
    #[arg(long)]
    plain_http: bool,
}

#[derive(clap::Args, Clone)]
struct StoreOptions {
    /// The folder of the data.
    #[arg(long, default_value = "data")]
    data_dir: PathBuf,
    /// Keep the data elsewhere: sqlite:PATH or postgres://…
    #[arg(long)]
    store: Option<String>,
}

#[derive(clap::Args)]
struct VerifyOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The number of events that a checkpoint outside of this machine names.
    #[arg(long)]
    size: Option<u64>,
    /// The root that it names, as 64 hexadecimal digits.
    #[arg(long)]
    root: Option<String>,
}

#[derive(clap::Args)]
struct AccountOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The name to sign in with.
    username: String,
    /// The name to show.
    #[arg(long)]
    name: String,
    /// front-desk, nurse, prescriber, therapist, medical-director, owner, auditor.
    #[arg(long)]
    role: String,
}

impl StoreOptions {
    /// The store's address; makes the folder of an embedded one.
    fn address(&self) -> anyhow::Result<String> {
        if let Some(store) = &self.store {
            return Ok(store.clone());
        }
        std::fs::create_dir_all(&self.data_dir)?;
        Ok(format!(
            "sqlite:{}",
            self.data_dir.join("evenkeel.db").display()
        ))
    }
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        // Colours are for a person at a terminal; a file of colours is hard to search.
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("Evenkeel could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run::run(cli.command)) {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("Evenkeel stopped: {:#}", fault.0);
            ExitCode::FAILURE
        }
    }
}
