//! `evenkeel import`: the export of another system, looked at or brought into the record.

use super::StoreOptions;
use crate::application::Application;
use crate::configuration::Configuration;
use crate::fault::Fault;
use crate::identity::verify_password;
use crate::imports::{Brought, By, Count, files_of, look_at, mapping_of, write};
use anyhow::Context as _;
use clinical::record::Role;
use exchange::import::Report;
use serde_json::json;
use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// The exit code when nothing was looked at, or nobody may write.
const REFUSED: u8 = 2;

/// The exit code when something does not fit.
const LEFT_OUT: u8 = 3;

#[derive(clap::Args)]
pub(super) struct ImportOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The folder with the other system's files.
    #[arg(long)]
    from: PathBuf,
    /// How they are read: the name of a mapping that ships (osmind, optimantra), or a file.
    #[arg(long, default_value = "osmind")]
    mapping: String,
    /// Say what fits and what does not, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The owner's account that brings it; the password is read from standard input. Not needed to
    /// look.
    #[arg(long, required_unless_present = "dry_run")]
    by: Option<String>,
    /// How it is told.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The clinic's time zone, as it is served.
    #[arg(long, default_value = "UTC")]
    zone: String,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// 0: everything fits, 3: something does not, 2: nothing was looked at or written, and why stands on
/// standard error.
pub(super) async fn import(options: ImportOptions) -> Result<ExitCode, Fault> {
    let read =
        mapping_of(&options.mapping).and_then(|mapping| Ok((mapping, files_of(&options.from)?)));
    let (mapping, files) = match read {
        Ok(read) => read,
        Err(unusable) => {
            eprintln!("{unusable}");
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let configuration = Configuration {
        zone: jiff::tz::TimeZone::get(&options.zone).context("the time zone")?,
        ..Configuration::new(options.store.address()?, nowhere, nowhere)
    };
    let application = Application::open(configuration).await?;
    let by = match (&options.by, options.dry_run) {
        (_, true) | (None, false) => None,
        (Some(username), false) => match owner(&application, username).await? {
            Some(by) => Some(by),
            None => {
                eprintln!("Nothing was written: this is not an owner’s account and its password.");
                return Ok(ExitCode::from(REFUSED));
            }
        },
    };
    let looked = look_at(&application, &files, &mapping).await?;
    let brought = match &by {
        Some(by) => Some(write(&application, &mapping, &looked, by).await?),
        None => None,
    };
    tell(&looked.report, brought.as_ref(), options.format).context("telling what was found")?;
    let refused = brought.is_some_and(|brought| !brought.refused.is_empty());
    let (_, _, unfit, _) = looked.report.rows();
    Ok(if refused || unfit > 0 {
        ExitCode::from(LEFT_OUT)
    } else {
        ExitCode::SUCCESS
    })
}

/// The owner of this name, if the next line of standard input is their password.
// Hazard: H45
async fn owner(application: &Application, username: &str) -> Result<Option<By>, Fault> {
    eprint!("Password for {username}: ");
    let mut password = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut password)
        .context("reading the password")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let account = application
        .store
        .account_by_username(application.tenant, username)
        .await
        .context("reading the account")?;
    let hash = account.as_ref().map(|known| known.password_hash.clone());
    let proved = verify_password(password, hash).await?;
    let owner = account.filter(|known| proved && known.role == Role::Owner && !known.disabled);
    Ok(owner.map(|account| By {
        id: account.staff,
        name: account.display_name,
    }))
}

fn tell(report: &Report, brought: Option<&Brought>, format: Format) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if format == Format::Json {
        let mut told = report.as_json();
        told["brought"] = json!(brought);
        return writeln!(out, "{told}");
    }
    writeln!(out, "{report}")?;
    let Some(brought) = brought else {
        return writeln!(out, "Nothing was written.");
    };
    let line = |out: &mut std::io::StdoutLock<'_>, what: &str, count: Count| {
        writeln!(out, "{:>6} {:>6}  {what}", count.new, count.before)
    };
    writeln!(out, "Brought\n   now before")?;
    line(&mut out, "people", brought.people)?;
    line(&mut out, "allergies and intolerances", brought.allergies)?;
    line(&mut out, "medicines", brought.medicines)?;
    line(&mut out, "totals of questionnaires", brought.scores)?;
    for says in &brought.refused {
        writeln!(out, "  {says}")?;
    }
    Ok(())
}
