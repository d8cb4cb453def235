//! `evenkeel program`: an account for a program that reads the record as FHIR.

use super::StoreOptions;
use crate::application::SINGLE_CLINIC;
use crate::fault::Fault;
use crate::identity::Secret;
use crate::web::fhir::is_scope;
use anyhow::Context;
use clinical::record::StaffId;
use std::io::Write;
use std::process::ExitCode;
use store::ApiClient;
use uuid::Uuid;

/// The exit code of an input that was not understood.
const UNREADABLE: u8 = 2;

#[derive(clap::Args)]
pub(super) struct ProgramOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The id to sign in with: at most 64 letters, digits, hyphens and points.
    id: String,
    /// The name to show.
    #[arg(long)]
    name: String,
    /// What it may ask for: SMART system scopes, separated by spaces.
    #[arg(long, default_value = "system/*.rs")]
    scopes: String,
}

/// Makes a program's account, or gives it a new secret, name and scopes. The secret is printed
/// once and kept nowhere; the one before it is good for no new token.
pub(super) async fn program(options: ProgramOptions) -> Result<ExitCode, Fault> {
    let fits = (1..=64).contains(&options.id.len())
        && options
            .id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if !fits {
        eprintln!("Not saved: an id has at most 64 letters, digits, hyphens and points.");
        return Ok(ExitCode::from(UNREADABLE));
    }
    let scopes: Vec<&str> = options.scopes.split_whitespace().collect();
    if let Some(unknown) = scopes.iter().find(|scope| !is_scope(scope)) {
        eprintln!("Not saved: {unknown} is not a scope like system/*.rs or system/Patient.read.");
        return Ok(ExitCode::from(UNREADABLE));
    }
    if scopes.is_empty() {
        eprintln!("Not saved: a program without a scope could ask for nothing.");
        return Ok(ExitCode::from(UNREADABLE));
    }
    let store = store::open(&options.store.address()?)
        .await
        .context("opening the store")?;
    let known = store
        .client(SINGLE_CLINIC, &options.id)
        .await
        .context("reading the program's account")?;
    let secret = Secret::new();
    let client = ApiClient {
        staff: known.map_or_else(|| StaffId(Uuid::now_v7()), |known| known.staff),
        client_id: options.id,
        name: options.name,
        secret_digest: secret.digest(),
        scopes: scopes.join(" "),
    };
    store
        .put_client(SINGLE_CLINIC, client)
        .await
        .context("saving the program's account")?;
    eprintln!("Saved. Its secret, which is shown only now:");
    writeln!(std::io::stdout(), "{}", secret.reveal()).context("printing the secret")?;
    Ok(ExitCode::SUCCESS)
}
