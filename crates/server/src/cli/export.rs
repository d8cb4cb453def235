//! `evenkeel export`: taking the record out of the house, as files.

use super::StoreOptions;
use crate::application::Application;
use crate::configuration::Configuration;
use crate::exports::{Asked, Progress, Refused, everything, research};
use crate::fault::Fault;
use anyhow::Context as _;
use clinical::patient::CivilDate;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// The exit code when nothing was written because the rules or the folder do not permit it.
const REFUSED: u8 = 2;

#[derive(clap::Subcommand)]
pub(super) enum ExportOptions {
    /// Tables for research: no names, days moved, ages in bands, as CSV and Parquet.
    Research {
        #[command(flatten)]
        store: StoreOptions,
        /// The folder to write: new or empty.
        #[arg(long)]
        out: PathBuf,
        /// The same seed gives the same numbers to the same people.
        #[arg(long)]
        seed: u64,
        /// Only people whose first drug was on this day or later, as 2026-11-30.
        #[arg(long)]
        from: Option<String>,
        /// Only people whose first drug was on this day or earlier.
        #[arg(long)]
        to: Option<String>,
        /// The clinic's time zone, as it is served.
        #[arg(long, default_value = "UTC")]
        zone: String,
    },
    /// The clinic's whole record as it was written. PEOPLE STAND IN IT BY NAME.
    Everything {
        #[command(flatten)]
        store: StoreOptions,
        /// The folder to write: new or empty.
        #[arg(long)]
        out: PathBuf,
    },
}

async fn opened(store: &StoreOptions, zone: &str) -> Result<Arc<Application>, Fault> {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let configuration = Configuration {
        zone: jiff::tz::TimeZone::get(zone).context("the time zone")?,
        ..Configuration::new(store.address()?, nowhere, nowhere)
    };
    Application::open(configuration).await
}

fn day(text: Option<String>) -> Result<Option<CivilDate>, Fault> {
    let read = text.map(|text| {
        let says = format!("{text} is no day; write it as 2026-11-30");
        text.parse::<CivilDate>().ok().context(says)
    });
    Ok(read.transpose()?)
}

/// 0: written, 2: nothing was written, and why stands on standard error.
pub(super) async fn export(options: ExportOptions) -> Result<ExitCode, Fault> {
    let progress = Progress::default();
    let ended = match options {
        ExportOptions::Research {
            store,
            out,
            seed,
            from,
            to,
            zone,
        } => {
            let application = opened(&store, &zone).await?;
            let asked = Asked {
                seed,
                from: day(from)?,
                to: day(to)?,
            };
            let wrote = beside(&progress, research(&application, asked, &out, &progress)).await;
            wrote.map(|wrote| {
                let manifest = wrote.manifest;
                println!("people {}", manifest.people);
                println!("key    {}", manifest.key_fingerprint);
                for line in manifest.withheld.iter().filter(|line| line.rows > 0) {
                    println!(
                        "withheld {}.{} in {} rows: {}",
                        line.table, line.column, line.rows, line.because
                    );
                }
                println!("{} files in {}", manifest.files.len() + 1, out.display());
            })
        }
        ExportOptions::Everything { store, out } => {
            let application = opened(&store, "UTC").await?;
            eprintln!("PEOPLE STAND IN THIS EXPORT BY NAME. Keep it as you keep a paper chart.");
            let wrote = beside(&progress, everything(&application, &out, &progress)).await;
            wrote.map(|wrote| {
                println!("events {}", wrote.events);
                println!("root   {}", wrote.root);
                println!("{} files in {}", wrote.files.len() + 1, out.display());
            })
        }
    };
    match ended {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Refused::Fault(error)) => Err(Fault(error)),
        Err(refused) => {
            eprintln!("{refused}");
            Ok(ExitCode::from(REFUSED))
        }
    }
}

/// The work, with a line of how far it is on a terminal.
async fn beside<T>(progress: &Progress, work: impl Future<Output = T>) -> T {
    let show = async {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let (done, total) = progress.read();
            if std::io::stderr().is_terminal() && total > 0 {
                eprint!("\r{done} of {total}");
            }
        }
    };
    tokio::select! {
        ended = work => {
            if std::io::stderr().is_terminal() {
                eprintln!();
            }
            ended
        }
        () = show => std::future::pending().await,
    }
}
